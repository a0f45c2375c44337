/** Keeps the monitor's own CPU time below its share: the interval stretches rather than exceed it. */

/** The first samples compile the program: they say nothing of the next ones. */
const WARM_UP = 5;
/** How much the last interval counts against those before. */
const WEIGHT = 0.3;

export class Governor {
  readonly #maxPercent: number;
  readonly #spent: () => number;
  #lastMs: number;
  #meanMs = 0;
  #samples = 0;

  /**
   * @param maxPercent of one CPU.
   * @param spent CPU milliseconds of the process so far, its helpers not counted.
   */
  constructor(maxPercent: number, spent: () => number = ownMs) {
    this.#maxPercent = maxPercent;
    this.#spent = spent;
    this.#lastMs = spent();
  }

  /** After a sample: the time until the next one, in milliseconds; `wantedMs`, or more. */
  period(wantedMs: number): number {
    const now = this.#spent();
    const cost = now - this.#lastMs;
    this.#lastMs = now;
    if (++this.#samples <= WARM_UP) {
      this.#meanMs = cost;
      return wantedMs;
    }
    this.#meanMs += (cost - this.#meanMs) * WEIGHT;
    return Math.max(wantedMs, (this.#meanMs * 100) / this.#maxPercent);
  }
}

function ownMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
