/** In how many of its samples a task was in a state, in a wait, in a system call, under a flag: where its time goes. */
import { decodeSyscall } from '../decode/syscall.ts';
import { stateFact } from '../kernel/states.ts';
import { syscallName, syscallTable } from '../kernel/syscalls.ts';
import { isKernelThread } from '../fields/task.ts';
import type { FlagTable } from '../kernel/task-flags.ts';
import { waitFamily } from '../kernel/wait-channels.ts';
import type { Life } from '../model/life.ts';
import { grouped } from '../units/format.ts';
import { isMissing } from '../units/missing.ts';
import { mapsOf } from './address.ts';
import type { TaskContext } from './context.ts';
import { item, type Item, note, numberItem, type Section, type TableColumn } from './document.ts';
import { flagWords, rawBytes, type Seen } from './history-changes.ts';
import { decimals } from './numbers.ts';
import { abiOf } from './system-call.ts';
import { whyNot } from './task-files.ts';

/** Names that are seen less often than so many others are left out. */
const MOST_NAMES = 20;

/** How often each of some names was seen. */
type Counts = Map<string, number>;

const count = (counts: Counts, name: string): void => {
  counts.set(name, (counts.get(name) ?? 0) + 1);
};

const total = (counts: Counts): number => [...counts.values()].reduce((sum, seen) => sum + seen, 0);

const percentItem = (seen: number, all: number): Item => {
  const percent = (seen / all) * 100;
  return numberItem(`${decimals(percent)} %`, Math.round(percent * 100) / 100);
};

const NUMBERS: readonly TableColumn[] = [
  { id: 'samples', title: 'samples', align: 'right' },
  { id: 'percent', title: 'share', align: 'right' },
];

interface Shares {
  readonly id: string;
  readonly title: string;
  /** Of the first column. */
  readonly named: string;
  readonly counts: Counts;
  readonly meaning: (name: string) => string;
}

function sharesTable({ id, title, named, counts, meaning }: Shares): Section[] {
  const all = total(counts);
  const names = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const left = names.length - MOST_NAMES;
  return [
    {
      kind: 'table',
      id,
      title,
      columns: [{ id: 'name', title: named }, ...NUMBERS, { id: 'meaning', title: '' }],
      rows: names
        .slice(0, MOST_NAMES)
        .map(([name, seen]) => [
          item(name, name, 'strong'),
          numberItem(grouped(seen), seen),
          percentItem(seen, all),
          item(meaning(name), meaning(name) || null, 'dim'),
        ]),
    },
    ...(left > 0 ? [note(`${grouped(left)} more that were seen less often are left out.`)] : []),
  ];
}

/** The letter alone: lines of many threads are not taken apart for it. */
const letterOf = (line: string): string => line[line.lastIndexOf(')') + 2] ?? '?';

/** A name for what `syscall` holds. @returns undefined for text of no known form. */
function callNames(context: TaskContext): (text: string) => string | undefined {
  const { architecture } = context.task.machine;
  const table = syscallTable(architecture, abiOf(context, mapsOf(context)).compat);
  return text => {
    const call = decodeSyscall(rawBytes(text));
    if (call?.state !== 'inside') return call?.state;
    return (table && syscallName(table, call.nr)) ?? `number ${call.nr}`;
  };
}

const CALL_WORDS: Readonly<Record<string, string>> = {
  running: 'it ran, or was woken while the file was read',
  outside: 'blocked, but in no call: a page fault, an interrupt',
  none: 'it has no user side',
};

const waitWords = (name: string): string =>
  name === '0' ? 'it did not sleep, or the kernel tells no name' : (waitFamily(name)?.words ?? '');

const UNREAD_WAITS = 'read in none of these samples, as nothing that was shown needed it';

function whyNoCalls(context: TaskContext): string {
  const { task } = context;
  if (isKernelThread(task)) return 'a kernel thread makes none';
  const now = task.file('syscall');
  if (isMissing(now) && now.missing !== 'not-read') return whyNot(context, 'syscall', now);
  return "read in none of these samples, only while this page is open, and for tasks of 'record --keep'";
}

/** @param whose follows the name of what is counted: ` of all 12 threads`. */
function sharesOf(context: TaskContext, lives: readonly Life[], prefix: string, whose: string): Section[] {
  const { tables } = context.task.machine;
  const states: Counts = new Map();
  const waits: Counts = new Map();
  const calls: Counts = new Map();
  let names: ReturnType<typeof callNames> | undefined;
  for (const { moments } of lives)
    for (const { line, wchan, syscall } of moments) {
      count(states, letterOf(line));
      if (wchan !== undefined) count(waits, wchan.trim() || '0');
      if (syscall === undefined) continue;
      names ??= callNames(context);
      const name = names(syscall);
      if (name !== undefined) count(calls, name);
    }
  const all = total(states);
  const read = (counts: Counts): string => `read in ${grouped(total(counts))} of ${grouped(all)} samples`;
  const shares: Shares[] = [
    {
      id: `${prefix}states`,
      title: `States${whose}, of ${grouped(all)} samples`,
      named: 'state',
      counts: states,
      meaning: letter => stateFact(letter, tables)?.name ?? '',
    },
    {
      id: `${prefix}wait_channels`,
      title: `Wait channels${whose}, ${read(waits)}`,
      named: 'wchan',
      counts: waits,
      meaning: waitWords,
    },
    {
      id: `${prefix}system_calls`,
      title: `System calls${whose}, ${read(calls)}`,
      named: 'call',
      counts: calls,
      meaning: name => CALL_WORDS[name] ?? '',
    },
  ];
  return [
    ...shares.filter(({ counts }) => counts.size > 0).flatMap(sharesTable),
    ...(waits.size === 0 ? [note(`No shares of wait channels${whose}: ${UNREAD_WAITS}.`)] : []),
    ...(calls.size === 0 ? [note(`No shares of system calls${whose}: ${whyNoCalls(context)}.`)] : []),
  ];
}

/** The living and former threads of the task's process, but for those of an earlier process of the same id. */
function threadsOf({ lives, own }: { readonly lives: readonly Life[]; readonly own: Life }): Life[] {
  const leader = lives.findLast(({ tid, tgid }) => tid === own.tgid && tgid === own.tgid);
  const began = own.tid === own.tgid ? own.startTicks : (leader?.startTicks ?? 0);
  return lives.filter(({ tgid, startTicks }) => tgid === own.tgid && startTicks >= began);
}

/** Of the task, and where its process's threads are remembered, of all of them together. */
export function shareSections(context: TaskContext, lives: readonly Life[], own: Life): Section[] {
  const threads = threadsOf({ lives, own });
  return [
    ...sharesOf(context, [own], '', ''),
    ...(threads.length > 1
      ? sharesOf(context, threads, 'process_', ` of all ${grouped(threads.length)} threads together`)
      : []),
  ];
}

/** In how many samples each flag was set. */
export function flagShares(seen: readonly Seen[], table: FlagTable): Section {
  const hits: Counts = new Map();
  for (const { stat, comm } of seen) for (const name of flagWords(stat(9), table, comm)) count(hits, name);
  const last = seen.at(-1)!;
  const now = new Set(flagWords(last.stat(9), table, last.comm));
  return {
    kind: 'table',
    id: 'flag_hits',
    title: `Flags, of ${grouped(seen.length)} samples`,
    columns: [{ id: 'name', title: 'name PF_' }, ...NUMBERS, { id: 'now', title: 'now' }],
    rows: [...hits]
      .sort(([, a], [, b]) => b - a)
      .map(([name, times]) => [
        item(name.replace(/^PF_/, ''), name, 'strong'),
        numberItem(grouped(times), times),
        percentItem(times, seen.length),
        item(now.has(name) ? '●' : '·', now.has(name), now.has(name) ? 'good' : 'dim'),
      ]),
    empty: 'no flag was set',
  };
}
