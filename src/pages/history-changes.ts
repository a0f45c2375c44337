/** What changed of a task from sample to sample: its state, flags, priority, policy, CPU, parent, control group, program. */
import { exactText } from '../decode/bytes.ts';
import { decodeCgroupPath } from '../decode/pid-files.ts';
import { statTexts } from '../decode/pid-stat.ts';
import { policyName } from '../kernel/sched.ts';
import { decodeFlags, type FlagTable } from '../kernel/task-flags.ts';
import type { Life, Moment } from '../model/life.ts';
import { durationText } from '../units/format.ts';

/** Kinds with their names on the page. A change between R and S is a kind of its own: it happens all the time. */
export const CHANGE_KINDS = {
  run: 'state R/S',
  state: 'state',
  flags: 'flags',
  exec: 'exec',
  comm: 'name',
  policy: 'policy',
  rt_priority: 'rt priority',
  priority: 'priority',
  nice: 'nice',
  parent: 'parent',
  cgroup: 'cgroup',
  cpu: 'CPU',
} as const;
export type ChangeKind = keyof typeof CHANGE_KINDS;

/** What a sample told of a task, and what was new in it. */
export interface Change {
  readonly kind: ChangeKind;
  readonly moment: Moment;
  readonly text: string;
  /** Short values: masks in hexadecimal. */
  readonly before: string;
  readonly after: string;
  /** Kinds `run` and `state`: seconds for which the state before was seen, without samples in between that missed it. */
  readonly seconds?: number;
}

/** A stat line as needed here. */
export interface Seen {
  readonly moment: Moment;
  readonly comm: string;
  readonly state: string;
  /** Field n of stat; NaN: not in this kernel's line. */
  readonly stat: (n: number) => number;
}

export const rawBytes = (text: string): Uint8Array => Uint8Array.from(text, character => character.charCodeAt(0));

/** The moments of a life with their lines taken apart, each line once; lines that are none are left out. */
export function seenOf({ moments }: Life): Seen[] {
  const out: Seen[] = [];
  let line = '';
  let fields: string[] | undefined;
  let comm = '';
  for (const moment of moments) {
    if (moment.line !== line) {
      line = moment.line;
      fields = statTexts(line);
      comm = fields ? exactText(rawBytes(fields[1]!)) : '';
    }
    const texts = fields;
    if (texts) out.push({ moment, comm, state: texts[2]!, stat: n => Number(texts[n - 1] ?? Number.NaN) });
  }
  return out;
}

/** Names of set bits; hexadecimal where there is none. */
export function flagWords(mask: number, table: FlagTable, comm: string): string[] {
  const { flags, unknownBits } = decodeFlags(mask, table, comm);
  return [...flags.map(({ name }) => name), ...(unknownBits === 0 ? [] : [`0x${unknownBits.toString(16)}`])];
}

const FLAGS = 9;
/** The stack of a program begins elsewhere with each exec. */
const START_STACK = 28;

const NICE = 19;

interface Numbered {
  readonly kind: ChangeKind;
  readonly n: number;
  readonly text?: (value: number) => string;
}
// prettier-ignore
const NUMBERS: readonly Numbered[] = [
  { kind: 'policy',      n: 41, text: policyName },
  { kind: 'rt_priority', n: 40 },
  { kind: 'nice',        n: NICE },
  { kind: 'priority',    n: 18 },
  { kind: 'parent',      n: 4 },
  { kind: 'cpu',         n: 39 },
];

type Add = (kind: ChangeKind, before: string, after: string, text?: string, seconds?: number) => void;

/** An exec moves the stack; a program can also only give itself another name. Hidden addresses are 0. */
function programChanges(before: Seen, now: Seen, add: Add): void {
  const renamed = before.comm !== now.comm;
  const moved = before.stat(START_STACK) !== now.stat(START_STACK);
  const both = before.stat(START_STACK) > 0 && now.stat(START_STACK) > 0;
  if (moved && both) add('exec', before.comm, now.comm, renamed ? undefined : `${now.comm}, the same name again`);
  else if (renamed)
    add('comm', before.comm, now.comm, `${before.comm} → ${now.comm}${both ? '' : ': exec or renamed'}`);
}

const hexMask = (mask: number): string => `0x${mask.toString(16).padStart(8, '0')}`;

function flagChanges(before: Seen, now: Seen, table: FlagTable, add: Add): void {
  const [was, is] = [before.stat(FLAGS), now.stat(FLAGS)];
  if (was === is) return;
  const gained = flagWords((is & ~was) >>> 0, table, now.comm);
  const lost = flagWords((was & ~is) >>> 0, table, before.comm);
  const words = [gained.length > 0 && `gained ${gained.join(', ')}`, lost.length > 0 && `lost ${lost.join(', ')}`];
  add('flags', hexMask(was), hexMask(is), words.filter(word => word !== false).join('; '));
}

/** Seconds by our clock between two reads of the task. */
export const secondsBetween = (before: Seen, now: Seen): number => (now.moment.readMs - before.moment.readMs) / 1000;

/** The wait channels that were read during a run of samples in one state, most seen first. */
function waitedIn(seen: readonly Seen[], from: number, to: number): string {
  const counts = new Map<string, number>();
  for (let at = from; at < to; at++) {
    const name = seen[at]!.moment.wchan?.trim() ?? '';
    if (name !== '' && name !== '0') counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const names = [...counts].sort(([, a], [, b]) => b - a).map(([name]) => name);
  return names.length === 0 ? '' : ` in ${names.slice(0, 3).join(', ')}`;
}

function numberChanges(before: Seen, now: Seen, add: Add): void {
  for (const { kind, n, text = String } of NUMBERS) {
    const [was, is] = [before.stat(n), now.stat(n)];
    // a nice value that changes moves the priority with it
    const follows = kind === 'priority' && is - was === now.stat(NICE) - before.stat(NICE);
    if (was !== is && !follows && !Number.isNaN(was) && !Number.isNaN(is)) add(kind, text(was), text(is));
  }
}

/** Were there samples between the two in which the task was not read? Nobody knows what it did meanwhile. */
const isGap = (before: Seen, now: Seen): boolean => now.moment.number > before.moment.number + 1;

/** All changes, oldest first. A change lies between two samples: its time is that of the second one. */
export function changesOf(seen: readonly Seen[], table: FlagTable): readonly Change[] {
  const out: Change[] = [];
  /** Where the state was first seen, and whether it was seen to begin. */
  let since = 0;
  let began = false;
  let cgroup: string | undefined;
  seen.forEach((now, index) => {
    const { moment } = now;
    const add: Add = (kind, was, is, text = `${was} → ${is}`, seconds) =>
      out.push({ kind, moment, text, before: was, after: is, ...(seconds === undefined ? {} : { seconds }) });
    const path = moment.cgroup === undefined ? undefined : decodeCgroupPath(rawBytes(moment.cgroup));
    if (path !== undefined) {
      if (cgroup !== undefined && path !== cgroup) add('cgroup', cgroup, path);
      cgroup = path;
    }
    const before = seen[index - 1];
    if (!before) return;
    const gap = isGap(before, now);
    if (gap && before.state === now.state) [since, began] = [index, false];
    if (before.moment.line === moment.line) return;
    if (before.state !== now.state) {
      const seconds = secondsBetween(seen[since]!, gap ? before : now);
      const least = began && !gap ? '' : 'at least ';
      const waited = waitedIn(seen, since, index);
      const isRun = [before.state, now.state].every(state => state === 'R' || state === 'S');
      const text = `${before.state} → ${now.state} after ${least}${durationText(seconds)}${waited}`;
      add(isRun ? 'run' : 'state', before.state, now.state, text, seconds);
      [since, began] = [index, !gap];
    }
    flagChanges(before, now, table, add);
    programChanges(before, now, add);
    numberChanges(before, now, add);
  });
  return out;
}
