/**
 * What a field may look at: one task at one sample, and the same task at the sample before. The model implements it
 * over its arrays; there is one such object, moved from task to task, so that reading a column allocates nothing.
 */
import type { Machine } from '../decode/machine.ts';
import { statusValue } from '../decode/pid-status.ts';
import { isMissing, missing, type Reading } from '../units/missing.ts';
import type { TaskFile } from './files.ts';

export interface TaskView {
  readonly machine: Machine;
  readonly pid: number;
  /** The process that a thread belongs to; equal to pid for a process. */
  readonly tgid: number;
  /** Was it read from task/TID/stat? Then counters are the thread's own. */
  readonly isThread: boolean;
  readonly comm: string;
  /** Stat field n (1…52) as a double, the state (3) as a character code; NaN: not in this kernel's line. */
  stat(n: number): number;
  /** The same at the sample before; NaN without one. */
  statBefore(n: number): number;
  /** Seconds between the two reads of stat; NaN without a sample before. */
  readonly elapsed: number;
  /** Every digit of stat field n. */
  statText(n: number): string | undefined;
  /** Effective user id where that was asked for without reading status; NaN: it was not. */
  readonly owner: number;
  /** The raw bytes of another file as last read, or why there are none. */
  file(file: TaskFile): Reading<Uint8Array>;
  /** The bytes that were read before those, for counters. */
  fileBefore(file: TaskFile): Reading<Uint8Array>;
  /** Seconds between these two reads; NaN without a read before. */
  fileElapsed(file: TaskFile): number;
  /** Seconds since boot at the time of the sample; NaN when the source does not say. */
  readonly uptime: number;
  /** Has any task of this machine shown a wait channel by name? Else the kernel has no names to give. */
  readonly wchanNamesSeen: boolean;
  /** Seconds for which we have seen the task in its present state, or PF_EXITING set; 0 when first seen so. */
  readonly stateSeconds: number;
  readonly exitingSeconds: number;
  /** Did we see the present state begin? Else it may be as old as the task. */
  readonly stateBegan: boolean;
  /** Its states at the last samples, oldest first, one letter each. */
  readonly states: string;
  /** Bits of the flags that we saw change in the last minutes. */
  readonly flagsChanged: number;
  /** Resident pages gained per second in the last minutes; NaN: seen only once. */
  readonly rssGrowth: number;
}

export const FIRST_SAMPLE = missing('first-sample');
export const NOT_READ = missing('not-read');
export const NO_PERMISSION = missing('no-permission');
export const NOT_IN_KERNEL = missing('not-in-this-kernel');
export const NOT_APPLICABLE = missing('not-applicable');
export const WENT_BACKWARDS = missing('went-backwards');

/** Field n of stat as a number. */
export function stat(task: TaskView, n: number): Reading<number> {
  const value = task.stat(n);
  return Number.isNaN(value) ? NOT_IN_KERNEL : value;
}

/** What a counter of stat gained since the sample before. */
export function statDelta(task: TaskView, n: number): Reading<number> {
  const before = task.statBefore(n);
  const now = task.stat(n);
  if (Number.isNaN(now)) return NOT_IN_KERNEL;
  if (Number.isNaN(before)) return FIRST_SAMPLE;
  return now < before ? WENT_BACKWARDS : now - before;
}

/** The same per second. */
export function statRate(task: TaskView, n: number): Reading<number> {
  const delta = statDelta(task, n);
  if (isMissing(delta)) return delta;
  return task.elapsed > 0 ? delta / task.elapsed : FIRST_SAMPLE;
}

/** The sum, or the first reason why there is none. */
export function sum(a: Reading<number>, b: Reading<number>): Reading<number> {
  if (isMissing(a)) return a;
  return isMissing(b) ? b : a + b;
}

export function scale(reading: Reading<number>, factor: number): Reading<number> {
  return isMissing(reading) ? reading : reading * factor;
}

/** One number out of another file, decoded by `pick`; undefined from `pick` means the kernel does not have it. */
export function fromFile<T>(task: TaskView, file: TaskFile, pick: (bytes: Uint8Array) => T | undefined): Reading<T> {
  const bytes = task.file(file);
  if (isMissing(bytes)) return bytes;
  return pick(bytes) ?? NOT_IN_KERNEL;
}

/** What a counter of another file gained per second between its last two reads. */
export function fileRate(
  task: TaskView,
  file: TaskFile,
  pick: (bytes: Uint8Array) => number | undefined,
): Reading<number> {
  const now = fromFile(task, file, pick);
  if (isMissing(now)) return now;
  const bytes = task.fileBefore(file);
  if (isMissing(bytes)) return FIRST_SAMPLE;
  const before = pick(bytes);
  const elapsed = task.fileElapsed(file);
  if (before === undefined || !(elapsed > 0)) return FIRST_SAMPLE;
  return now < before ? WENT_BACKWARDS : (now - before) / elapsed;
}

const FLAG_EXITING = 0x4;
const FLAG_KTHREAD = 0x200000;
const MM_FIELD_VSIZE = 23;
const STARTCODE = 26;

export const isKernelThread = (task: TaskView): boolean => (task.stat(9) & FLAG_KTHREAD) !== 0;
export const isExiting = (task: TaskView): boolean => (task.stat(9) & FLAG_EXITING) !== 0;

/** Kernel threads and zombies have no memory of their own: what is counted there does not apply to them. */
export const hasAddressSpace = (task: TaskView): boolean => task.stat(MM_FIELD_VSIZE) > 0;

/** Effective user id, out of status if it is not known without. */
export const effectiveUid = (task: TaskView): Reading<number> =>
  Number.isNaN(task.owner)
    ? fromFile(task, 'status', bytes => {
        const uid = statusValue(bytes, 'Uid')?.split(/\s+/)[1];
        return uid === undefined ? undefined : Number(uid);
      })
    : task.owner;

/**
 * Whether the kernel hides addresses and wchan of this task from us. With an address space `startcode` = 1 is the
 * kernel's own mark of "not permitted" (kernel `fs/proc/array.c`, since 2.6.39; before, only wchan was hidden). A kernel
 * thread or zombie has no such mark: without CAP_SYS_PTRACE we may look at zombies of our own, and at no kernel thread.
 */
export function addressesHidden(task: TaskView): boolean {
  if (hasAddressSpace(task)) return task.stat(STARTCODE) === 1;
  const { live, wasLive, mayPtrace, ownUid } = task.machine;
  return (live || wasLive === true) && !mayPtrace && (isKernelThread(task) || effectiveUid(task) !== ownUid);
}
