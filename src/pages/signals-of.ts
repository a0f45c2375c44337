/** What the signal masks of `status` say of each signal, for one thread or for all threads of a process. */
import { statusValue } from '../decode/pid-status.ts';
import { type SignalFact, SIGNALS } from '../kernel/signals.ts';
import { isMissing } from '../units/missing.ts';
import type { TaskContext } from './context.ts';
import { maskFrom, maskOf, type Status, whyNot } from './task-files.ts';
import { isOneOfMany, readThreads, threadIds } from './threads-of.ts';

/** Bit n-1 is signal n. */
interface ThreadMasks {
  readonly tid: number;
  readonly pending: bigint;
  readonly blocked: bigint;
}

export interface Signals {
  /** For the whole process. */
  readonly pending: bigint;
  readonly ignored: bigint;
  readonly caught: bigint;
  readonly threads: readonly ThreadMasks[];
  /** Are these all threads of the process? Else another one may take what is pending for it. */
  readonly whole: boolean;
  /** Why not, where they should be; empty: nothing to say. */
  readonly lacking: string;
}

export interface Story {
  readonly signal: SignalFact;
  readonly disposition: 'ignored' | 'caught' | 'default';
  readonly forProcess: boolean;
  /** Threads for which it is pending, and which block it. */
  readonly forThreads: readonly number[];
  readonly blockedBy: readonly number[];
  /** Is it pending where it is blocked, so that it waits for somebody to unblock it? */
  readonly stuck: boolean;
}

const ALL = (1n << 64n) - 1n;
const has = (mask: bigint, n: number): boolean => ((mask >> BigInt(n - 1)) & 1n) === 1n;

/** Kernel threads ignore everything, SIGKILL and SIGSTOP too. */
export const ignoresAll = ({ ignored }: Signals): boolean => ignored === ALL;
export const isPending = ({ forProcess, forThreads }: Story): boolean => forProcess || forThreads.length > 0;

type Masks = Omit<ThreadMasks, 'tid'>;

/** @param value what a key of a thread's status holds. */
function masksOf(value: (key: string) => string | undefined): Masks | undefined {
  const pending = maskFrom(value('SigPnd') ?? '');
  const blocked = maskFrom(value('SigBlk') ?? '');
  return pending === undefined || blocked === undefined ? undefined : { pending, blocked };
}

/** The masks of every thread of a process, of the task alone otherwise. */
function threadMasks(context: TaskContext, status: Status): Pick<Signals, 'threads' | 'whole' | 'lacking'> {
  const { task } = context;
  const own = masksOf(key => status.get(key));
  const alone = own ? [{ tid: task.pid, ...own }] : [];
  if (!isOneOfMany(task)) return { threads: alone, whole: task.stat(20) <= 1, lacking: '' };
  const tids = threadIds(context);
  if (isMissing(tids))
    return { threads: alone, whole: false, lacking: `Of the first thread only: ${whyNot(context, 'task', tids)}.` };
  // two keys of thousands of files: found one by one
  const read = readThreads(context, tids, 'status', bytes => masksOf(key => statusValue(bytes, key)));
  const threads = read.flatMap(({ tid, now }) => (isMissing(now) ? [] : { tid, ...now }));
  const unread = read.length - threads.length;
  const lacking = unread === 0 ? '' : `${unread} of ${read.length} threads are not read (yet).`;
  return { threads: threads.length > 0 ? threads : alone, whole: unread === 0, lacking };
}

/** @returns undefined when the file has not all masks (cut off). */
export function signalsOf(context: TaskContext, status: Status): Signals | undefined {
  const pending = maskOf(status, 'ShdPnd');
  const ignored = maskOf(status, 'SigIgn');
  const caught = maskOf(status, 'SigCgt');
  const of = threadMasks(context, status);
  if (pending === undefined || ignored === undefined || caught === undefined || of.threads.length === 0)
    return undefined;
  return { pending, ignored, caught, ...of };
}

/** Which threads have a signal in a mask. A process may have thousands: those in no mask, or in all, take no search. */
function holders(threads: readonly ThreadMasks[], mask: 'pending' | 'blocked'): (n: number) => readonly number[] {
  const all = threads.map(({ tid }) => tid);
  const some = threads.reduce((sum, of) => sum | of[mask], 0n);
  const every = threads.reduce((common, of) => common & of[mask], ALL);
  return n => {
    if (!has(some, n)) return [];
    return has(every, n) ? all : threads.filter(of => has(of[mask], n)).map(({ tid }) => tid);
  };
}

/** All 64, in order. */
export function storiesOf({ pending, ignored, caught, threads, whole }: Signals): Story[] {
  const pendingFor = holders(threads, 'pending');
  const blocking = holders(threads, 'blocked');
  return SIGNALS.map(signal => {
    const { n } = signal;
    const forProcess = has(pending, n);
    const forThreads = pendingFor(n);
    const blockedBy = blocking(n);
    const byAll = whole && blockedBy.length === threads.length;
    return {
      signal,
      disposition: has(caught, n) ? 'caught' : has(ignored, n) ? 'ignored' : 'default',
      forProcess,
      forThreads,
      blockedBy,
      stuck: (forProcess && byAll) || forThreads.some(tid => blockedBy.includes(tid)),
    };
  });
}
