/** What each field of a stat line says, in the words of a kernel developer. */
import { exitSignalText, POLICIES, policyName, priorityText } from '../kernel/sched.ts';
import { isBetween, type Release } from '../kernel/release.ts';
import { STAT_FIELDS, type StatFieldFact } from '../kernel/stat-fields.ts';
import { ttyName, ttyNumbers, ttyRange } from '../kernel/tty.ts';
import { bytesText, durationText } from '../units/format.ts';
import { signalWords } from './masks.ts';
import { stateWords } from './states.ts';
import { hex } from './thing.ts';
import { waitStatus } from './wait-status.ts';

/** USER_HZ of x86, arm and arm64. A line does not say it. */
export const TICKS = 100;

/** One line's values, by the ids of the fields. */
export interface StatValues {
  /** Every digit; undefined: the line does not have the field. */
  raw(id: string): string | undefined;
  /** The nearest double; NaN when the line does not have the field. */
  number(id: string): number;
  readonly release: Release | undefined;
  readonly isKernelThread: boolean;
  /** startcode is 1: the kernel's own mark that addresses are not shown to the reader. */
  readonly isHidden: boolean;
  /** Some value is beyond 32 bits. */
  readonly is64Bit: boolean;
}

const PAGE_BYTES = 4096;
const ALL_ONES = ['18446744073709551615', '4294967295'];

const since = ({ release }: StatValues, first: string): boolean =>
  release !== undefined && isBetween(release, first, null);
const before = ({ release }: StatValues, first: string): boolean =>
  release !== undefined && !isBetween(release, first, null);

const bytes = (value: number): string => `${bytesText(value)}${value < 1024 ? '' : 'iB'}`;
/** A number of the kernel's type int; undefined for what no kernel prints. */
const int = (digits: string): number | undefined => {
  const value = Number(digits);
  return value >= -0x80000000 && value <= 0xffffffff ? value | 0 : undefined;
};

const ticks =
  (meaning: string) =>
  (digits: string): string =>
    digits === '0' ? `no time ${meaning}` : `${Number(digits) / TICKS} s ${meaning}`;
const plain = (meaning: string) => (): string => meaning;
const signals =
  (meaning: string, key: string) =>
  (digits: string): string =>
    `${meaning}: ${signalWords(BigInt(digits))}; signals 1 to 31 only, ${key} of status has all`;

const group =
  (name: string) =>
  (digits: string, values: StatValues): string => {
    if (digits === '-1') return 'being torn down';
    if (digits === '0') return 'none, or outside of the pid namespace';
    return digits === values.raw('pid') ? `${name}: leads it` : name;
  };

const address =
  (meaning: string) =>
  (digits: string, values: StatValues): string =>
    digits !== '0' ? meaning : values.isKernelThread ? 'none: a kernel thread has no address space' : 'none';

/** kstkesp and kstkeip: since 4.9 the kernel keeps them to itself, but for core dumps. */
const userRegister =
  (meaning: string) =>
  (digits: string, values: StatValues): string => {
    if (digits !== '0') return before(values, '4.9') ? meaning : `${meaning}; since 4.14 only while it dumps core`;
    if (since(values, '4.14')) return 'not told: only while it dumps core';
    if (since(values, '4.9')) return 'not told by 4.9 to 4.13';
    return before(values, '4.9') ? 'none' : 'not told since 4.9, but for core dumps';
  };

function wchan(digits: string, values: StatValues): string {
  const name = 'the name is in /proc/PID/wchan';
  if (ALL_ONES.includes(digits)) return 'not told: no permission, or a process with several threads (before 4.4)';
  if (digits !== '0' && digits !== '1') return `kernel address at which it sleeps (before 4.4); ${name}`;
  if (before(values, '4.4') && digits === '0') return 'does not sleep, or has no wait channel';
  const told = digits === '1' ? 'sleeps in the kernel' : 'runs, or is not told';
  return `${told}: only 0 or 1 since 4.4${digits === '1' && !before(values, '5.16') ? ', 1 = not running since 5.16' : ''}; ${name}`;
}

function terminal(digits: string): string {
  const number = int(digits);
  if (number === undefined) return 'no device number';
  if (number === 0) return 'no controlling terminal';
  const { major, minor } = ttyNumbers(number);
  const meaning = ttyRange(number)?.meaning ?? 'a driver with a dynamic major: see /proc/tty/drivers of that machine';
  return `/dev/${ttyName(number)}: ${meaning} (${major}:${minor})`;
}

function policy(digits: string): string {
  const fact = POLICIES[Number(digits)];
  return fact ? `${fact.kernelName}: ${fact.meaning}` : 'no policy has this number';
}

function nice(_digits: string, values: StatValues): string {
  const name = policyName(values.number('policy'));
  if (name === 'fifo' || name === 'rr' || name === 'deadline') return 'kept, but of no effect for a real-time task';
  return name === 'idle' ? 'of no effect with SCHED_IDLE' : '';
}

function exitCode(digits: string, values: StatValues): string {
  const number = int(digits);
  if (number === undefined) return 'no wait status';
  const whose = values.release ? '' : '; of the whole process since 5.17, of the first thread before';
  if (number !== 0) return (waitStatus(number)?.words ?? 'no wait status') + whose;
  // a zombie or kernel thread has no startcode that would say whether the reader was permitted
  return values.number('vsize') > 0 ? 'not exiting' : 'exited with 0, is not exiting, or was not shown to this reader';
}

function limit(digits: string, values: StatValues): string {
  return isUnlimited(digits, values) ? 'unlimited' : `${bytes(Number(digits))}; not enforced by the kernel`;
}

/** RLIM_INFINITY: 32 ones are it only for a 32-bit kernel. */
export const isUnlimited = (digits: string, { is64Bit }: StatValues): boolean =>
  digits === ALL_ONES[0] || (digits === ALL_ONES[1] && !is64Bit);

function priority(digits: string, values: StatValues): string {
  const known = values.number('policy');
  return priorityText(Number(digits), Number.isNaN(known) ? undefined : known);
}

function blockIo(digits: string, values: StatValues): string {
  if (digits !== '0') return `${Number(digits) / TICKS} s waited for block I/O`;
  const off = since(values, '5.14') ? 'off unless switched on' : 'off by default since 5.14';
  return before(values, '5.14') ? '' : `none, or not counted: delay accounting is ${off}`;
}

function memory(digits: string, values: StatValues): string {
  if (digits !== '0') return bytes(Number(digits));
  return values.isKernelThread ? 'none: a kernel thread' : 'no address space: it has exited, or is a kernel thread';
}

type Words = (digits: string, values: StatValues) => string;

const WORDS: Readonly<Record<string, Words>> = {
  state: (letter, { release }) => {
    const { name, words } = stateWords(letter, release);
    return `${name}: ${words}`;
  },
  ppid: digits => (digits === '0' ? 'none: init, kthreadd, or the parent is outside of the pid namespace' : 'parent'),
  pgrp: group('process group'),
  session: group('session'),
  tty_nr: terminal,
  tpgid: digits => (digits === '-1' ? 'no terminal' : 'foreground process group of the terminal'),
  min_flt: plain('page faults without a disk read'),
  cmin_flt: plain('the same of waited-for children'),
  maj_flt: plain('page faults that waited for a disk read'),
  cmaj_flt: plain('the same of waited-for children'),
  utime: ticks('in user mode'),
  stime: ticks('in the kernel'),
  cutime: ticks('in user mode by waited-for children'),
  cstime: ticks('in the kernel by waited-for children'),
  priority,
  nice,
  num_threads: digits => (digits === '0' ? 'the last phase of exit' : ''),
  itrealvalue: plain('obsolete: 0 since 2.6.17; timers are in /proc/PID/timers'),
  start_time: digits => `${Number(digits) / TICKS} s after boot (${durationText(Number(digits) / TICKS)})`,
  vsize: memory,
  rss: digits => `${bytes(Number(digits) * PAGE_BYTES)} with pages of 4 KiB; counted in batches`,
  rsslim: limit,
  startcode: address('start of program text'),
  endcode: address('end of program text'),
  startstack: address('bottom (highest address) of the main stack'),
  kstkesp: userRegister('user stack pointer'),
  kstkeip: userRegister('user instruction pointer'),
  signal: signals('pending', 'SigPnd'),
  blocked: signals('blocked', 'SigBlk'),
  sigignore: signals('ignored', 'SigIgn'),
  sigcatch: signals('caught', 'SigCgt'),
  wchan,
  nswap: plain('obsolete: never counted; VmSwap of status tells'),
  cnswap: plain('obsolete: never counted'),
  exit_signal: digits => exitSignalText(Number(digits)),
  processor: plain('CPU that it runs on or ran on last'),
  rt_priority: digits => (digits === '0' ? 'not real time' : 'real-time priority'),
  policy,
  delayacct_blkio_ticks: blockIo,
  guest_time: ticks('of it in virtual CPUs'),
  cguest_time: ticks('in virtual CPUs by waited-for children'),
  start_data: address('start of data'),
  end_data: address('end of data'),
  start_brk: address('start of the heap'),
  arg_start: address('start of the command line'),
  arg_end: address('end of the command line'),
  env_start: address('start of the environment'),
  env_end: address('end of the environment'),
  exit_code: exitCode,
};

const IN_HEX: ReadonlySet<string> = new Set([
  ...STAT_FIELDS.filter(({ unit }) => unit === 'address').map(({ name }) => name),
  'signal',
  'blocked',
  'sigignore',
  'sigcatch',
]);

/** A field's digits as they are read best. */
function shown(id: string, digits: string): string {
  const isAddress = id === 'wchan' ? digits.length > 2 : IN_HEX.has(id) && digits !== '0';
  return isAddress ? hex(BigInt.asUintN(64, BigInt(digits))) : digits;
}

/** Number, id, value and words of one field that the line has; flags have rows of their own. */
export function fieldRow({ n, name, gated }: StatFieldFact, values: StatValues): string[] {
  const digits = values.raw(name)!;
  const hidden = gated && values.isHidden;
  const words = hidden
    ? `not permitted: what stands here (${digits}) is no value`
    : (WORDS[name]?.(digits, values) ?? '');
  return [String(n), name, hidden ? '-' : shown(name, digits), words];
}
