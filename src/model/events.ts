/** What happened to tasks, as seen from sample to sample: who came and went, entered D or left it, gained a flag. */

/** Events are kept so long, and at most so many. */
const KEPT_MS = 600_000;
const MOST = 20_000;
/** They are dropped so many at a time. */
const DROPPED_AT_ONCE = 1_000;

const UNINTERRUPTIBLE = 'D'.charCodeAt(0);

export const EVENT_KINDS = ['appeared', 'gone', 'entered_d', 'left_d', 'gained_flags', 'policy'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** The task of an event. */
export interface EventTask {
  readonly pid: number;
  readonly tgid: number;
  readonly startTicks: number;
  readonly comm: string;
}

export interface TaskEvent extends EventTask {
  readonly kind: EventKind;
  /** CLOCK_MONOTONIC and wall clock milliseconds of the sample that noticed it. */
  readonly ms: number;
  readonly wallMs: number;
  /** The state after it, and for `gone` the last one that was seen. */
  readonly state: string;
  /** Flags after it (for `gone` the last seen), and those that were gained. */
  readonly flags: number;
  readonly gained: number;
  /** Scheduling policy before and after; equal where the event is another one. */
  readonly policy: readonly [number, number];
  /** `left_d`: seconds that the task was seen in D. */
  readonly seconds: number;
}

/** What a stat line said of a task. */
export interface Standing {
  readonly state: number;
  readonly flags: number;
  readonly policy: number;
}

export class EventLog {
  /** Oldest first. */
  readonly list: TaskEvent[] = [];
  /** How many were dropped because there were too many. */
  dropped = 0;
  #ms = 0;
  #wallMs = 0;

  /** A sample begins: what is noticed from now on is of its time. */
  begin(ms: number, wallMs: number): void {
    // a recording that jumped back has other events before it
    if (ms < this.#ms) this.list.length = 0;
    this.#ms = ms;
    this.#wallMs = wallMs;
    const old = this.list.findIndex(event => event.ms > ms - KEPT_MS);
    if (old > DROPPED_AT_ONCE) this.list.splice(0, old);
  }

  appeared(task: EventTask, now: Standing): void {
    this.#add('appeared', task, now, now);
  }

  gone(task: EventTask, last: Standing): void {
    this.#add('gone', task, last, last);
  }

  /** @param stateSeconds how long the task was seen in the state that it left. */
  changed(task: EventTask, was: Standing, is: Standing, stateSeconds: number): void {
    if (was.state !== UNINTERRUPTIBLE && is.state === UNINTERRUPTIBLE) this.#add('entered_d', task, was, is);
    if (was.state === UNINTERRUPTIBLE && is.state !== UNINTERRUPTIBLE) this.#add('left_d', task, was, is, stateSeconds);
    if ((is.flags & ~was.flags) !== 0) this.#add('gained_flags', task, was, is);
    if (was.policy !== is.policy) this.#add('policy', task, was, is);
  }

  /** Wall clock, milliseconds, of the sample that noticed that a task had ended; undefined: it is not remembered. */
  endOf({ pid, startTicks }: Pick<EventTask, 'pid' | 'startTicks'>): number | undefined {
    return this.list.findLast(event => event.kind === 'gone' && event.pid === pid && event.startTicks === startTicks)
      ?.wallMs;
  }

  #add(kind: EventKind, task: EventTask, was: Standing, is: Standing, seconds = 0): void {
    this.list.push({
      ...task,
      kind,
      ms: this.#ms,
      wallMs: this.#wallMs,
      state: String.fromCharCode(is.state),
      flags: is.flags,
      gained: (is.flags & ~was.flags) >>> 0,
      policy: [was.policy, is.policy],
      seconds,
    });
    if (this.list.length <= MOST) return;
    this.list.splice(0, DROPPED_AT_ONCE);
    this.dropped += DROPPED_AT_ONCE;
  }
}

/** Is there anything to tell? Asked for every changed line: no garbage here. */
export const isTelling = (
  stateBefore: number,
  state: number,
  flagsBefore: number,
  flags: number,
  samePolicy: boolean,
): boolean =>
  (stateBefore === UNINTERRUPTIBLE) !== (state === UNINTERRUPTIBLE) || (flags & ~flagsBefore) !== 0 || !samePolicy;
