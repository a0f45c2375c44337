/** What can be done to a task, and what came of it. Pure: the dialog proposes actions, `perform.ts` does them. */
import { signalName } from '../kernel/signals.ts';

/** One task, whoever has its pid later: `startTicks` is field 22 of its stat. */
export interface Subject {
  readonly pid: number;
  /** The process that it belongs to. */
  readonly tgid: number;
  /** Is one thread meant (`/proc/TGID/task/PID`), or the process? */
  readonly isThread: boolean;
  readonly startTicks: number;
}

/** ioprio_set(2): real-time and best-effort have levels, 0 (first) … 7. */
export const IO_CLASSES = ['none', 'real-time', 'best-effort', 'idle'] as const;
export type IoClass = (typeof IO_CLASSES)[number];

/** The policies that can be given to a task by name: `name` of POLICIES, and the option of chrt(1). */
export const POLICY_OPTIONS = { other: '-o', batch: '-b', idle: '-i', fifo: '-f', rr: '-r' } as const;
export type Policy = keyof typeof POLICY_OPTIONS;

interface Scope {
  /** Every thread of a process; else its first alone. A thread is always meant alone. */
  readonly allThreads: boolean;
}

/** What is to become of each thread; a signal goes to the process as a whole. */
export type Change = Scope &
  (
    | {
        readonly kind: 'renice';
        /** −20 … 19; when `relative` it is added to what each thread has. */
        readonly nice: number;
        readonly relative: boolean;
      }
    | { readonly kind: 'io-class'; readonly ioClass: IoClass; readonly level: number }
    /** CPUs as the kernel writes them, `0-2,5`. */
    | { readonly kind: 'affinity'; readonly cpus: string }
    /** `rtPriority` is 1 … 99 for fifo and rr, else 0. */
    | { readonly kind: 'policy'; readonly policy: Policy; readonly rtPriority: number }
  );

export type Action = { readonly kind: 'signal'; readonly signal: number } | Change;

/** What came of it for one task, in words for the user. */
export interface Result {
  readonly pid: number;
  /** Was it done, wholly and as asked? */
  readonly ok: boolean;
  readonly text: string;
}

const LEAST_NICE = -20;
const MOST_NICE = 19;

/** The nice value that a change leads to, from the present one. */
export const niceAfter = (change: { readonly nice: number; readonly relative: boolean }, present: number): number =>
  Math.max(LEAST_NICE, Math.min(MOST_NICE, change.relative ? present + change.nice : change.nice));

export const hasLevels = (ioClass: IoClass): boolean => ioClass === 'real-time' || ioClass === 'best-effort';
export const isRealTime = (policy: Policy): boolean => policy === 'fifo' || policy === 'rr';

/** `SIGTERM`, `best-effort 4`, `fifo 50`: what is being asked for. */
export function ioClassText(ioClass: IoClass, level: number): string {
  return hasLevels(ioClass) ? `${ioClass} ${level}` : ioClass;
}
export const policyText = (policy: string, rtPriority: number): string =>
  rtPriority > 0 ? `${policy} ${rtPriority}` : policy;

export const signalText = (signal: number): string => `${signalName(signal)} (${signal})`;
