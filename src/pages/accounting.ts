/** What one task cost, by whom: its living threads, its dead ones, its reaped children; what it read and wrote. */
import { decodeIo } from '../decode/pid-files.ts';
import { NOT_APPLICABLE, type TaskView } from '../fields/task.ts';
import { isBetween } from '../kernel/release.ts';
import { bytesText, cpuTimeText, grouped } from '../units/format.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import type { TaskContext, TaskPageBuilder } from './context.ts';
import { fact, facts, item, type Item, note, numberItem, type Section } from './document.ts';
import { cellOf, decimals, gainCell, perSecond } from './numbers.ts';
import { missingSection, numberOf, whyNot } from './task-files.ts';
import {
  decodeStat,
  elapsedOf,
  gainOfAll,
  isOneOfMany,
  readOne,
  readThreads,
  type StatLine,
  sumOf,
  threadIds,
  type ThreadReading,
} from './threads-of.ts';

const BLOCK_DELAY = 42;

interface Counter {
  readonly id: string;
  readonly title: string;
  /** Numbers of the stat fields: of the task and its threads, and of its reaped children. */
  readonly own: number;
  readonly children: number;
  /** In clock ticks: shown, and in JSON, as seconds. */
  readonly ticks?: true;
}

const COUNTERS: readonly Counter[] = [
  { id: 'user_seconds', title: 'user', own: 14, children: 16, ticks: true },
  { id: 'system_seconds', title: 'system', own: 15, children: 17, ticks: true },
  { id: 'min_flt', title: 'minor faults', own: 10, children: 11 },
  { id: 'maj_flt', title: 'major', own: 12, children: 13 },
  { id: 'guest_seconds', title: 'guest', own: 43, children: 44, ticks: true },
];

type Stats = readonly ThreadReading<StatLine>[];

const difference = (a: Reading<number>, b: Reading<number>): Reading<number> => {
  if (isMissing(a)) return a;
  return isMissing(b) ? b : a - b;
};

/** Total and gain of one field over some stat files. */
interface Amount {
  readonly total: Reading<number>;
  readonly gain: Reading<number>;
}
const amountOf = (stats: Stats, n: number): Amount => ({
  total: sumOf(stats, ({ fields }) => fields[n]!),
  gain: gainOfAll(stats, ({ fields }) => fields[n]!),
});

type Amounts = (counter: Counter) => Amount;

const scaled = (reading: Reading<number>, { ticks }: Counter, task: TaskView): Reading<number> =>
  isMissing(reading) || !ticks ? reading : reading / task.machine.ticksPerSecond;
const written = ({ ticks }: Counter, value: number): string => (ticks ? cpuTimeText(value) : grouped(value));

/** @param sign before approximate numbers: differences of files that were read one after the other, at least nothing. */
function totals(task: TaskView, id: string, label: string, amounts: Amounts, sign = ''): Item[] {
  const cells = COUNTERS.map(counter =>
    cellOf(scaled(amounts(counter).total, counter, task), total => {
      const value = Math.max(0, total);
      return numberItem(sign + written(counter, value), value);
    }),
  );
  return [item(label, id, 'strong'), ...cells];
}

function gains(task: TaskView, id: string, label: string, amounts: Amounts): Item[] {
  const cells = COUNTERS.map(counter =>
    gainCell(scaled(amounts(counter).gain, counter, task), value => written(counter, value)),
  );
  return [item(`  ${label}`, `${id}_interval`, 'dim'), ...cells];
}

function costRows(context: TaskContext, own: Stats): { rows: Item[][]; notes: Section[] } {
  const { task } = context;
  const seconds = elapsedOf(own);
  const interval = seconds > 0 ? `in ${seconds.toFixed(1)} s` : 'in the interval';
  const ofOwn: Amounts = counter => amountOf(own, counter.own);
  const ofChildren: Amounts = counter => amountOf(own, counter.children);
  const children = [
    totals(task, 'children', 'reaped children', ofChildren),
    gains(task, 'children', interval, ofChildren),
  ];
  const first = [totals(task, 'own', 'own', ofOwn), gains(task, 'own', interval, ofOwn)];
  if (task.isThread) return { rows: [...first, ...children], notes: [] };
  const tids = threadIds(context);
  const living = isMissing(tids) ? [] : readThreads(context, tids, 'stat', decodeStat);
  const ofLiving: Amounts = counter => (isMissing(tids) ? { total: tids, gain: tids } : amountOf(living, counter.own));
  const ofDead: Amounts = counter => ({
    total: difference(ofOwn(counter).total, ofLiving(counter).total),
    gain: NOT_APPLICABLE,
  });
  const count = isMissing(tids) ? '' : ` (${living.length})`;
  return {
    rows: [
      ...first,
      totals(task, 'living_threads', `living threads${count}`, ofLiving),
      gains(task, 'living_threads', interval, ofLiving),
      totals(task, 'dead_threads', 'dead threads', ofDead, '~'),
      ...children,
    ],
    notes: isMissing(tids) ? [note(`Living threads: ${whyNot(context, 'task', tids)}.`)] : [],
  };
}

const PROCESS_NOTES: readonly string[] = [
  'Own: all threads of the process, those that have ended included. Dead threads: what is left of it without the living.',
  'The kernel scales user and system time of the process and of each thread by itself: their difference is good to some ticks.',
];
const CHILDREN_NOTE =
  'Reaped children: ended and waited for, with all that they had reaped, since then. Not those that run, and none while SIGCHLD is ignored.';

function costSections(context: TaskContext): Section[] {
  const { task } = context;
  // read beside the threads' files, so that both are of the same moment
  const own = [readOne(context, task.pid, 'stat', decodeStat)];
  const { rows, notes } = costRows(context, own);
  return [
    {
      kind: 'table',
      id: 'costs',
      title: 'CPU time and page faults',
      columns: [
        { id: 'whose', title: '' },
        ...COUNTERS.map(({ id, title }) => ({ id, title, align: 'right' as const })),
      ],
      rows,
    },
    ...notes,
    ...(task.isThread ? ['Own: this thread alone. Reaped children are those of its process.'] : PROCESS_NOTES).map(
      text => note(text),
    ),
    note(CHILDREN_NOTE),
    note('Guest: running a virtual CPU; part of user time. Minor fault: no disk read; major: waited for one.'),
  ];
}

/**
 * Keys of `io`. A reaped child's counters are added to its parent's. @see proc_pid_io(5); kernel
 * `Documentation/filesystems/proc.rst`, `kernel/exit.c`, `wait_task_zombie`.
 */
export const IO_KEYS: readonly (readonly [key: string, unit: 'bytes' | 'calls', meaning: string])[] = [
  ['rchar', 'bytes', 'returned by read() and its like, whatever they read: page cache, pipes, terminals'],
  ['wchar', 'bytes', 'given to write() and its like'],
  ['syscr', 'calls', 'read() and its like'],
  ['syscw', 'calls', 'write() and its like'],
  ['read_bytes', 'bytes', 'fetched from storage for it'],
  ['write_bytes', 'bytes', 'to be sent to storage, counted when a page becomes dirty'],
  ['cancelled_write_bytes', 'bytes', 'of dirty pages that it threw away (truncated) before they were written'],
];

function ioSections(context: TaskContext): Section[] {
  const io = readOne(context, context.task.pid, 'io', bytes => {
    const keys = decodeIo(bytes);
    return keys.size > 0 ? keys : undefined;
  });
  const title = 'Input and output';
  if (isMissing(io.now)) return [missingSection(context, 'io', { id: 'io', title }, io.now)];
  const of = (keys: ReadonlyMap<string, string>, key: string): number => Number(keys.get(key) ?? Number.NaN);
  const rows = IO_KEYS.map(([key, unit, meaning]) => {
    const total = sumOf([io], keys => of(keys, key));
    const rate = perSecond(
      gainOfAll([io], keys => of(keys, key)),
      io.elapsed,
    );
    const rateText = (value: number): string => (unit === 'bytes' ? `${bytesText(value)}/s` : `${decimals(value)} /s`);
    return [
      item(key, key, 'strong'),
      cellOf(total, value => numberItem(grouped(value), value)),
      item(unit, unit, 'dim'),
      cellOf(rate, value => numberItem(rateText(value), value, value === 0 ? 'dim' : 'normal')),
      item(meaning),
    ];
  });
  return [
    {
      kind: 'table',
      id: 'io',
      title: context.task.isThread ? title : `${title}: all threads, ended ones and reaped children too`,
      columns: [
        { id: 'counter', title: 'counter' },
        { id: 'total', title: 'total', align: 'right' },
        { id: 'unit', title: '' },
        { id: 'rate', title: 'rate', align: 'right' },
        { id: 'meaning', title: 'meaning' },
      ],
      rows,
    },
  ];
}

/** Whether a 0 of the block I/O delay is one: the kernel counts only while delay accounting is on. */
function delayWords({ task, dossier }: TaskContext, seconds: number): string {
  if (seconds > 0) return '';
  if (!isBetween(task.machine.release, '5.14', null))
    return ': it waited for none, or the kernel does not count (CONFIG_TASK_DELAY_ACCT, boot option nodelayacct)';
  const setting = dossier.file('/proc/sys/kernel/task_delayacct');
  const on = isMissing(setting) ? undefined : numberOf(setting);
  if (on === 0) return ': delay accounting is off (kernel.task_delayacct = 0)';
  return on === undefined ? ': or delay accounting is off (kernel.task_delayacct, since 5.14 off at boot)' : '';
}

function delaySection(context: TaskContext): Section {
  const { task } = context;
  const own = task.stat(BLOCK_DELAY) / task.machine.ticksPerSecond;
  const whose = isOneOfMany(task) ? ' by the first thread' : '';
  return facts('', 'Delays', [
    fact(
      'block_io_delay_seconds',
      'Block I/O',
      numberItem(`${own.toFixed(2)} s waited${whose}${delayWords(context, own)}`, own),
    ),
  ]);
}

export const accountingPage: TaskPageBuilder = context => ({
  sections: [...costSections(context), ...ioSections(context), delaySection(context)],
});
