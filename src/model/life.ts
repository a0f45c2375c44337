/** The remembered samples of one task. */

/** One sample of a task, as raw as it was kept. Text of files: code points 0…255 for the bytes of the same numbers. */
export interface Moment {
  /** The sample's number, counted from the first of the source. */
  readonly number: number;
  /** CLOCK_MONOTONIC, and wall clock (NaN: not known), milliseconds, of the sample … */
  readonly ms: number;
  readonly wallMs: number;
  /** … and CLOCK_MONOTONIC at which the task itself was read. */
  readonly readMs: number;
  /** Its stat line. The same text object as long as it did not change. */
  readonly line: string;
  /** Files that were read at this sample; absent: they were not, or could not be. */
  readonly wchan?: string;
  readonly syscall?: string;
  readonly cgroup?: string;
}

export interface Life {
  readonly tid: number;
  readonly tgid: number;
  /** With the thread id it says which task this is. */
  readonly startTicks: number;
  /** Oldest first, never empty; samples at which the task could not be read are left out. */
  readonly moments: readonly Moment[];
  /** Was it seen to end? */
  readonly ended: boolean;
}
