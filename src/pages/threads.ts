/** The threads of one process: first how many are in which state and wait where, then each of them. */
import { exactText } from '../decode/bytes.ts';
import { decodeWchan } from '../decode/pid-files.ts';
import { addressesHidden, NO_PERMISSION, NOT_IN_KERNEL, sum, type TaskView } from '../fields/task.ts';
import { policyName } from '../kernel/sched.ts';
import { stateName } from '../kernel/states.ts';
import { compactText, grouped } from '../units/format.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import type { TaskContext, TaskPageBuilder } from './context.ts';
import { fact, facts, item, type Item, note, numberItem, type Section } from './document.ts';
import { cellOf, decimals, perSecond } from './numbers.ts';
import { missingSection, whyNot } from './task-files.ts';
import {
  decodeStat,
  gainOf,
  readThreads,
  type StatLine,
  threadFile,
  threadIds,
  type ThreadReading,
} from './threads-of.ts';

/** More rows than anybody scrolls through; the counts are of all threads. */
const MOST_ROWS = 1000;

interface Thread {
  readonly tid: number;
  readonly comm: string;
  readonly fields: Float64Array;
  readonly state: string;
  /** `0`: it does not wait. */
  readonly wchan: Reading<string>;
  readonly cpuPercent: Reading<number>;
  readonly minorRate: Reading<number>;
  readonly majorRate: Reading<number>;
}

function threadOf(context: TaskContext, reading: ThreadReading<StatLine>): Thread | undefined {
  const { task, dossier } = context;
  const { tid, now, elapsed } = reading;
  if (isMissing(now)) return undefined;
  const rate = (n: number): Reading<number> =>
    perSecond(
      gainOf(reading, ({ fields }) => fields[n]!),
      elapsed,
    );
  const ticks = sum(rate(14), rate(15));
  const wchan = dossier.file(threadFile(context, tid, 'wchan'));
  return {
    tid,
    comm: exactText(now.comm),
    fields: now.fields,
    state: String.fromCharCode(now.fields[3]!),
    // without the right the file reads 0, as if it did not wait
    wchan: addressesHidden(task) ? NO_PERMISSION : isMissing(wchan) ? wchan : decodeWchan(wchan) || '0',
    cpuPercent: isMissing(ticks) ? ticks : (ticks * 100) / task.machine.ticksPerSecond,
    minorRate: rate(10),
    majorRate: rate(12),
  };
}

const numbered = (reading: Reading<number>): number => (isMissing(reading) ? -1 : reading);
const busiestFirst = (a: Thread, b: Thread): number => numbered(b.cpuPercent) - numbered(a.cpuPercent) || a.tid - b.tid;

/** `0` of tasks that sleep, where no task has a name: the kernel has none to give. */
function named(threads: readonly Thread[], task: TaskView): readonly Thread[] {
  if (task.wchanNamesSeen || threads.some(({ wchan }) => !isMissing(wchan) && wchan !== '0')) return threads;
  return threads.map(thread =>
    thread.wchan === '0' && thread.state !== 'R' ? { ...thread, wchan: NOT_IN_KERNEL } : thread,
  );
}

const wchanItem = (wchan: Reading<string>): Item =>
  cellOf(wchan, name => (name === '0' ? item('-', null, 'dim') : item(name)));

function countRows(threads: readonly Thread[], task: TaskView): Item[][] {
  const groups = new Map<string, Thread[]>();
  for (const thread of threads) {
    const key = `${thread.state} ${isMissing(thread.wchan) ? '' : thread.wchan}`;
    groups.set(key, [...(groups.get(key) ?? []), thread]);
  }
  return [...groups.values()]
    .sort((a, b) => b.length - a.length || a[0]!.tid - b[0]!.tid)
    .map(group => {
      const { state, wchan } = group[0]!;
      const words = `${state} ${stateName(state, task.machine.tables)}`;
      const tone = state === 'D' || state === 'Z' ? 'warn' : 'normal';
      return [numberItem(grouped(group.length), group.length, 'strong'), item(words, state, tone), wchanItem(wchan)];
    });
}

const rateItem = (rate: Reading<number>): Item =>
  cellOf(rate, value =>
    numberItem(value < 1000 ? decimals(value) : compactText(value), value, value === 0 ? 'dim' : 'normal'),
  );
const percentItem = (percent: Reading<number>): Item =>
  cellOf(percent, value => numberItem(value.toFixed(1), value, value === 0 ? 'dim' : 'normal'));

function row({ tid, comm, fields, state, wchan, cpuPercent, minorRate, majorRate }: Thread): Item[] {
  const flags = fields[9]!.toString(16).padStart(8, '0');
  const policy = policyName(fields[41]!);
  const isRealTime = policy === 'fifo' || policy === 'rr';
  return [
    item(String(tid), tid, 'strong'),
    item(comm),
    item(state, state, state === 'D' || state === 'Z' ? 'warn' : 'normal'),
    percentItem(cpuPercent),
    numberItem(String(fields[39]), fields[39]!),
    item(`${policy}/${isRealTime ? fields[40]! : fields[19]!}`, {
      policy,
      priority: fields[18]!,
      rt_priority: fields[40]!,
      nice: fields[19]!,
    }),
    numberItem(String(fields[19]), fields[19]!),
    rateItem(minorRate),
    rateItem(majorRate),
    item(flags, `0x${flags}`, 'dim'),
    // empty: on a narrow screen it has a line of its own
    isMissing(wchan) || wchan === '0' ? { ...wchanItem(wchan), text: '' } : wchanItem(wchan),
  ];
}

const isDead = ({ state }: Thread): boolean => state === 'Z' || state === 'X';

/** A leader that ended before its threads looks like a zombie that nobody can reap. */
function zombieLeader(threads: readonly Thread[], { tgid }: TaskView): Section[] {
  const leader = threads.find(({ tid }) => tid === tgid);
  const living = threads.filter(thread => !isDead(thread)).length;
  if (leader?.state !== 'Z' || living === 0) return [];
  const live = living === 1 ? '1 thread lives' : `${grouped(living)} threads live`;
  return [note(`The leader is a zombie, but ${live}: the process still holds its memory and files.`, 'warn')];
}

/** Why wait channels are missing, where they are. */
function wchanNotes(context: TaskContext, threads: readonly Thread[]): Section[] {
  const lacking = threads.map(({ wchan }) => wchan).find(isMissing);
  return lacking ? [note(`Wait channels: ${whyNot(context, 'wchan', lacking)}.`)] : [];
}

function countItem({ task }: TaskContext, threads: number, unread: number): Item {
  const before = task.isThread ? Number.NaN : task.statBefore(20);
  const gained = task.stat(20) - before;
  const change =
    Number.isNaN(gained) || gained === 0 ? '' : `, ${gained > 0 ? '+' : ''}${gained} since the sample before`;
  const lacking = unread === 0 ? '' : `; ${grouped(unread)} not read (yet)`;
  return numberItem(`${grouped(threads)}${change}${lacking}`, threads);
}

export const threadsPage: TaskPageBuilder = context => {
  const { task } = context;
  const tids = threadIds(context);
  if (isMissing(tids))
    return { sections: [missingSection(context, 'task', { id: 'threads', title: 'Threads' }, tids)] };
  const read = readThreads(context, tids, 'stat', decodeStat);
  const threads = named(
    read.flatMap(reading => threadOf(context, reading) ?? []),
    task,
  );
  const sorted = [...threads].sort(busiestFirst);
  const left = sorted.length - MOST_ROWS;
  return {
    sections: [
      ...zombieLeader(threads, task),
      facts('', undefined, [
        fact('num_threads', 'Threads', countItem(context, read.length, read.length - threads.length)),
      ]),
      {
        kind: 'table',
        id: 'states',
        columns: [
          { id: 'count', title: 'count', align: 'right' },
          { id: 'state', title: 'state' },
          { id: 'wchan', title: 'waits in' },
        ],
        rows: countRows(threads, task),
      },
      ...wchanNotes(context, threads),
      {
        kind: 'table',
        id: 'threads',
        columns: [
          { id: 'tid', title: 'tid', align: 'right' },
          { id: 'comm', title: 'comm', most: 15 },
          { id: 'state', title: 'S' },
          { id: 'cpu_percent', title: 'CPU%', align: 'right' },
          { id: 'processor', title: 'on', align: 'right' },
          { id: 'scheduling', title: 'policy' },
          { id: 'nice', title: 'ni', align: 'right' },
          { id: 'min_flt_rate', title: 'minf/s', align: 'right' },
          { id: 'maj_flt_rate', title: 'majf/s', align: 'right' },
          { id: 'flags', title: 'flags' },
          { id: 'wchan', title: 'waits in' },
        ],
        rows: sorted.slice(0, MOST_ROWS).map(row),
      },
      ...(left > 0 ? [note(`${grouped(left)} more threads are left out; the counts are of all.`)] : []),
    ],
  };
};
