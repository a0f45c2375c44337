/** The threads of a task's process, and what their own files say: each alone, summed, and per second. */
import { parseStat, type StatParse, STAT_STRIDE } from '../decode/pid-stat.ts';
import { FIRST_SAMPLE, NOT_IN_KERNEL, type TaskView, WENT_BACKWARDS } from '../fields/task.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import type { TaskContext } from './context.ts';

const folder = ({ isThread, tgid }: TaskView): string => (isThread ? `/proc/${tgid}/task` : 'task');

/** Ids of all threads of the process, lowest first; or why they are not known. */
export function threadIds({ task, dossier }: TaskContext): Reading<readonly number[]> {
  const names = dossier.names(folder(task));
  if (isMissing(names)) return names;
  return names
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

export const threadFile = ({ task }: TaskContext, tid: number, name: string): string =>
  `${folder(task)}/${tid}/${name}`;

/** Is the row one thread of several, all of which the process stands for? */
export const isOneOfMany = (task: TaskView): boolean => !task.isThread && task.stat(20) > 1;

/** What a file of one thread says now and said at the sample before, `elapsed` seconds earlier. */
export interface ThreadReading<T> {
  readonly tid: number;
  readonly now: Reading<T>;
  readonly before: Reading<T>;
  readonly elapsed: number;
}

/**
 * One file of the task or of one of its threads, now and before.
 * @param decode undefined: the file is not as it should be.
 */
export function readOne<T>(
  { dossier }: TaskContext,
  tid: number,
  path: string,
  decode: (bytes: Uint8Array) => T | undefined,
): ThreadReading<T> {
  const of = (bytes: Reading<Uint8Array>): Reading<T> => (isMissing(bytes) ? bytes : (decode(bytes) ?? NOT_IN_KERNEL));
  const now = of(dossier.file(path));
  return { tid, now, before: of(dossier.before(path)), elapsed: dossier.elapsed(path) };
}

/** A thread that ended since it was listed, or a file that no thread of this kernel has. */
const isAbsent = (bytes: Reading<Uint8Array>): boolean =>
  isMissing(bytes) && (bytes.missing === 'gone' || bytes.missing === 'not-in-this-kernel');

/** A file of each thread; those that ended since they were listed are left out. */
export const readThreads = <T>(
  context: TaskContext,
  tids: readonly number[],
  name: string,
  decode: (bytes: Uint8Array) => T | undefined,
): ThreadReading<T>[] =>
  tids
    .filter(tid => !isAbsent(context.dossier.file(threadFile(context, tid, name))))
    .map(tid => readOne(context, tid, threadFile(context, tid, name), decode));

/** The sum over all threads; the first reason why there is none when one of them is not known. */
export function sumOf<T>(threads: readonly ThreadReading<T>[], pick: (value: T) => number): Reading<number> {
  let sum = 0;
  for (const { now } of threads) {
    if (isMissing(now)) return now;
    sum += pick(now);
  }
  return threads.length > 0 ? sum : NOT_IN_KERNEL;
}

/** What a counter of one thread gained since the sample before. */
export function gainOf<T>({ now, before }: ThreadReading<T>, pick: (value: T) => number): Reading<number> {
  if (isMissing(now)) return now;
  if (isMissing(before)) return FIRST_SAMPLE;
  const gain = pick(now) - pick(before);
  return gain < 0 ? WENT_BACKWARDS : gain;
}

/** The same summed; threads without a sample before do not count, unless all are so. */
export function gainOfAll<T>(threads: readonly ThreadReading<T>[], pick: (value: T) => number): Reading<number> {
  let sum: Reading<number> = FIRST_SAMPLE;
  for (const thread of threads) {
    const gain = gainOf(thread, pick);
    if (!isMissing(gain)) sum = (isMissing(sum) ? 0 : sum) + gain;
    else if (gain.missing !== 'first-sample') return gain;
  }
  return sum;
}

/** Seconds between the two reads: the mean of the threads that have two. */
export function elapsedOf<T>(threads: readonly ThreadReading<T>[]): number {
  const known = threads.filter(({ elapsed }) => elapsed > 0);
  return known.reduce((sum, { elapsed }) => sum + elapsed, 0) / known.length;
}

/** A stat line as numbers by field, with its command. */
export interface StatLine {
  readonly fields: Float64Array;
  readonly comm: Uint8Array;
}

export function decodeStat(bytes: Uint8Array): StatLine | undefined {
  const fields = new Float64Array(STAT_STRIDE);
  const parse: StatParse = { fields: 0, commStart: 0, commEnd: 0 };
  if (!parseStat(bytes, bytes.length, fields, 0, parse)) return undefined;
  return { fields, comm: bytes.subarray(parse.commStart, parse.commEnd) };
}
