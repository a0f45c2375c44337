/** What is not tried again for a while: paths that hung, and starting a helper when that fails or many are stuck. */
import { statOf, type Helper } from './slow-helper.ts';
import type { SlowMissing } from './slow-result.ts';

const START_BACK_OFF_MS = { first: 5_000, most: 60_000 };
const PATH_BACK_OFF_MS = { first: 30_000, most: 600_000 };
const MOST_REFUSALS = 512;
/** Helpers that cannot die and are left behind; with so many we start no more. */
const MOST_STUCK = 8;
const STUCK_AFTER_MS = 1_000;

/** Start time of the task that a path belongs to; `gone` when there is none; `null` when it belongs to no task. */
function startTimeOf(path: string): string | null {
  const folder = /^\/proc\/(?:.*\/)?\d+(?=\/)/.exec(path)?.[0];
  if (folder === undefined) return null;
  const stat = statOf(folder);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 'gone';
}

interface Refusal {
  readonly startTime: string | null;
  readonly until: number;
  readonly waitMs: number;
  /** The helper in which this read hangs, until that is dead. */
  readonly hangsIn: Helper | null;
}

/** Paths that are not tried again for a while, because they hung or cost us two helpers. */
export class Refusals {
  readonly #now: () => number;
  readonly #isStuck: (helper: Helper) => boolean;
  readonly #byPath = new Map<string, Refusal>();

  constructor(now: () => number, isStuck: (helper: Helper) => boolean) {
    this.#now = now;
    this.#isStuck = isStuck;
  }

  /**
   * After a read that hung (in a helper that may not be dead yet) or twice took its helper with it.
   * @param share the part of the time-out that it had. In less time a file may fail that is only slow: it is tried again
   *   so much sooner, which holds up the others no more than a long try that is seldom.
   */
  add(path: string, hangsIn: Helper | null, share: number): void {
    const before = this.#byPath.get(path)?.waitMs ?? 0;
    const waitMs = Math.min(PATH_BACK_OFF_MS.most, Math.max(before * 2, PATH_BACK_OFF_MS.first * share));
    this.#byPath.delete(path); // to the end of the map: the oldest is dropped first
    this.#byPath.set(path, { startTime: startTimeOf(path), until: this.#now() + waitMs, waitMs, hangsIn });
    const oldest = this.#byPath.keys().next();
    if (this.#byPath.size > MOST_REFUSALS && oldest.done !== true) this.#byPath.delete(oldest.value);
  }

  /** After an answer: the next back-off is the first again. */
  forgive(path: string): void {
    this.#byPath.delete(path);
  }

  /** Why the path must not be read now. A reused pid is another task, and inherits nothing. */
  reason(path: string): SlowMissing | null {
    const refusal = this.#byPath.get(path);
    if (refusal === undefined) return null;
    const startTime = startTimeOf(path);
    if (startTime !== refusal.startTime) this.#byPath.delete(path);
    if (startTime === 'gone') return 'gone';
    if (startTime !== refusal.startTime) return null;
    const stuck = refusal.hangsIn !== null && this.#isStuck(refusal.hangsIn);
    return stuck || this.#now() < refusal.until ? 'could-block' : null;
  }
}

/** Whether a new helper may be started: not soon after a start failed, nor when many cannot even be killed. */
export class Starts {
  readonly #now: () => number;
  /** Killed, when, and not dead yet. */
  readonly #abandoned = new Map<Helper, number>();
  #failures = 0;
  #notBefore = -Infinity;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Why no helper may be started now. */
  get reason(): 'could-block' | 'no-helper' | null {
    const now = this.#now();
    const stuck = [...this.#abandoned.values()].filter(since => now - since > STUCK_AFTER_MS);
    if (stuck.length >= MOST_STUCK) return 'could-block';
    return now < this.#notBefore ? 'no-helper' : null;
  }

  /** The new helper said that it is there: the next back-off is the first again. */
  succeeded(): void {
    this.#failures = 0;
  }

  /** None came to be: no new one for a while. */
  failed(): void {
    const waitMs = START_BACK_OFF_MS.first * 2 ** this.#failures++;
    this.#notBefore = this.#now() + Math.min(waitMs, START_BACK_OFF_MS.most);
  }

  /** Kills a helper and counts it until its `ended`. */
  abandon(helper: Helper): void {
    this.#abandoned.set(helper, this.#now()); // first: it may end inside of the next call
    helper.abandon();
  }

  /** Nothing of it is left. */
  ended(helper: Helper): void {
    this.#abandoned.delete(helper);
  }

  /** Killed, and not dead yet. */
  isDying(helper: Helper): boolean {
    return this.#abandoned.has(helper);
  }

  /** Lets go of all that are not dead yet. */
  forgetAll(): void {
    for (const helper of this.#abandoned.keys()) helper.forget();
    this.#abandoned.clear();
  }
}
