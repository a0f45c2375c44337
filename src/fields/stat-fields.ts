/**
 * The 52 raw fields of stat as columns: the facts come from the kernel table, what a column needs beside them
 * (title, width, unit) stands here, by name.
 */
import type { Machine } from '../decode/machine.ts';
import { exactHex } from './hex.ts';
import type { Field } from './field.ts';
import { addressesHidden, isKernelThread, NO_PERMISSION, NOT_IN_KERNEL, stat, type TaskView } from './task.ts';
import { STAT_FIELDS, type StatFieldFact } from '../kernel/stat-fields.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import type { Unit } from '../units/format.ts';

/** RLIM_INFINITY as 64-bit and as 32-bit kernels print it; for the former the latter is a limit as any other. */
const UNLIMITED_64 = '18446744073709551615';
const UNLIMITED_32 = '4294967295';
const isUnlimited = (digits: string, { architecture }: Machine): boolean =>
  digits === UNLIMITED_64 || (digits === UNLIMITED_32 && !architecture.includes('64'));

type Shape = readonly [title: string, width: number, unit: Unit];

/** Title, cells and unit of each raw field. Times are seconds: ticks divided by the machine's ticks per second. */
const SHAPES: Readonly<Record<string, Shape>> = {
  pid: ['PID', 7, 'id'],
  comm: ['COMM', 15, 'text'],
  state: ['S', 1, 'letter'],
  ppid: ['PPID', 7, 'id'],
  pgrp: ['PGRP', 7, 'id'],
  session: ['SESSION', 7, 'id'],
  tty_nr: ['TTY_NR', 6, 'id'],
  tpgid: ['TPGID', 7, 'id'],
  flags: ['FLAGS', 6, 'mask'],
  min_flt: ['MINFLT', 11, 'count'],
  cmin_flt: ['CMINFLT', 11, 'count'],
  maj_flt: ['MAJFLT', 9, 'count'],
  cmaj_flt: ['CMAJFLT', 9, 'count'],
  utime: ['UTIME', 9, 'cpu-time'],
  stime: ['STIME', 9, 'cpu-time'],
  cutime: ['CUTIME', 9, 'cpu-time'],
  cstime: ['CSTIME', 9, 'cpu-time'],
  priority: ['PRI', 4, 'integer'],
  nice: ['NI', 3, 'integer'],
  num_threads: ['THR', 4, 'count'],
  itrealvalue: ['ITREAL', 6, 'integer'],
  start_time: ['START', 10, 'seconds'],
  vsize: ['VSIZE', 6, 'bytes'],
  rss: ['RSSPG', 9, 'pages'],
  rsslim: ['RSSLIM', 20, 'limit'],
  startcode: ['STARTCODE', 18, 'address'],
  endcode: ['ENDCODE', 18, 'address'],
  startstack: ['STARTSTACK', 18, 'address'],
  kstkesp: ['KSTKESP', 18, 'address'],
  kstkeip: ['KSTKEIP', 18, 'address'],
  signal: ['SIGNAL', 10, 'mask'],
  blocked: ['BLOCKED', 10, 'mask'],
  sigignore: ['SIGIGNORE', 10, 'mask'],
  sigcatch: ['SIGCATCH', 10, 'mask'],
  wchan: ['WCHAN#', 18, 'address'],
  nswap: ['NSWAP', 5, 'integer'],
  cnswap: ['CNSWAP', 6, 'integer'],
  exit_signal: ['EXSIG', 5, 'integer'],
  processor: ['CPU', 4, 'integer'],
  rt_priority: ['RTPRI', 5, 'integer'],
  policy: ['POL', 3, 'integer'],
  delayacct_blkio_ticks: ['BLKIO_T', 8, 'ticks'],
  guest_time: ['GUEST', 9, 'cpu-time'],
  cguest_time: ['CGUEST', 9, 'cpu-time'],
  start_data: ['START_DATA', 18, 'address'],
  end_data: ['END_DATA', 18, 'address'],
  start_brk: ['START_BRK', 18, 'address'],
  arg_start: ['ARG_START', 18, 'address'],
  arg_end: ['ARG_END', 18, 'address'],
  env_start: ['ENV_START', 18, 'address'],
  env_end: ['ENV_END', 18, 'address'],
  exit_code: ['EXIT', 6, 'integer'],
};

const WCHAN = 35;

/** Whether this field of this task is hidden from us, so that its 0 or 1 is no value. */
function hidden(fact: StatFieldFact, task: TaskView): boolean {
  if (!fact.gated || !addressesHidden(task)) return false;
  // a kernel thread has no addresses to hide: its zeros are the truth, but for wchan and the exit code
  return !isKernelThread(task) || fact.n === WCHAN || fact.n === 52;
}

function digits(task: TaskView, n: number): Reading<string> {
  return task.statText(n) ?? NOT_IN_KERNEL;
}

/** How a raw field is read, by its unit. */
const READERS: Partial<Record<Unit, (fact: StatFieldFact) => Field['value']>> = {
  text: () => task => task.comm,
  letter: fact => task => String.fromCharCode(task.stat(fact.n)),
  mask: fact => task => {
    const text = digits(task, fact.n);
    return isMissing(text) ? text : exactHex(text, 8);
  },
  address: fact => task => {
    const text = digits(task, fact.n);
    return isMissing(text) ? text : exactHex(text, 1);
  },
  limit: fact => task => {
    const text = digits(task, fact.n);
    return isMissing(text) || !isUnlimited(text, task.machine) ? text : 'unlimited';
  },
  seconds: fact => task => {
    const ticks = stat(task, fact.n);
    return isMissing(ticks) ? ticks : ticks / task.machine.ticksPerSecond;
  },
  'cpu-time': fact => task => {
    const ticks = stat(task, fact.n);
    return isMissing(ticks) ? ticks : ticks / task.machine.ticksPerSecond;
  },
};

function statField(fact: StatFieldFact): Field {
  const shape = SHAPES[fact.name];
  if (!shape) throw new Error(`no column shape for stat field ${fact.name}`);
  const [title, width, unit] = shape;
  const read = READERS[unit]?.(fact) ?? ((task: TaskView) => stat(task, fact.n));
  return {
    id: fact.name,
    title,
    width,
    unit,
    files: ['stat'],
    // what is `same` in both files belongs to the process; what is summed there, too
    scope: fact.scope === 'differs' ? 'leader' : 'group',
    since: fact.since ?? '2.6',
    help: sentence(fact.meaning),
    changes: fact.changes,
    ...(fact.kernelVariable === undefined ? {} : { kernelVariable: fact.kernelVariable }),
    ...(fact.hiddenReads === undefined ? {} : { hiddenReads: fact.hiddenReads }),
    value: fact.gated ? task => (hidden(fact, task) ? NO_PERMISSION : read(task)) : read,
  };
}

const sentence = (text: string): string =>
  text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');

export const RAW_STAT_FIELDS: readonly Field[] = STAT_FIELDS.map(statField);
