/** For how long a rule has held for one task, and what the task showed when that began. */
import type { TaskView } from '../fields/task.ts';
import { FIRST_KEPT, LAST_KEPT } from '../model/task-table.ts';

export interface Moment {
  /** CLOCK_MONOTONIC milliseconds of the sample. */
  readonly ms: number;
  readonly wallMs: number;
}

/** How far a growth was followed (see the checks `grows-steadily` and `grows-evenly`). */
export interface Growth {
  /** Most pages that it had. */
  peak: number;
  /** The present slice: since when, and from how many pages and anonymous bytes. */
  ms: number;
  pages: number;
  anonymous: number | undefined;
  slices: number;
  /** Of whole slices, in bytes a millisecond. */
  slowest: number;
  fastest: number;
}

export class Hold {
  readonly pid: number;
  readonly startTicks: number;
  readonly since: Moment;
  /** Samples at which it held. */
  samples = 0;
  /** When it held last; the task was not read again since then. */
  last: Moment;
  /** The values that have to stay as they are. */
  unchanged: readonly unknown[] = [];
  growth: Growth | undefined;
  readonly #start = new Float64Array(LAST_KEPT - FIRST_KEPT + 1);

  constructor(task: TaskView, startTicks: number, since: Moment) {
    this.pid = task.pid;
    this.startTicks = startTicks;
    this.since = since;
    this.last = since;
    for (let n = FIRST_KEPT; n <= LAST_KEPT; n++) this.#start[n - FIRST_KEPT] = task.stat(n);
  }

  /** Stat field n (10 … 24) when it began. */
  atStart(n: number): number {
    return this.#start[n - FIRST_KEPT]!;
  }
}
