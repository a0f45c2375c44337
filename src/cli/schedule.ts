/** When the next sample is due. */
import type { Stretched } from '../view/header.ts';
import { Governor } from './governor.ts';

/** The first rates are shown so soon, whatever the interval. */
export const FIRST_RATES_MS = 500;

/** A little more than the interval is not worth a word. */
const STRETCHED = 1.05;
const FIRST_SAMPLES = 5;

export class Schedule {
  readonly #governor: Governor;
  #timer: NodeJS.Timeout | undefined;
  /** When the next sample is due, CLOCK_MONOTONIC milliseconds. */
  #dueMs = 0;

  /** @param maxCpu percent of one CPU that the process may use. */
  constructor(maxCpu: number) {
    this.#governor = new Governor(maxCpu);
  }

  /** A sample begins now. */
  begin(): void {
    this.#dueMs = performance.now();
  }

  /** Begins a sample after so long, and none that was asked for before. */
  after(delayMs: number, sample: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.begin();
      sample();
    }, delayMs);
  }

  /**
   * After a sample: how long to wait for the next one, and the interval where that is longer than wanted, and why.
   * @param samples taken so far.
   */
  next(samples: number, wanted: number): { readonly delayMs: number; readonly stretched: Stretched | undefined } {
    const period = samples === 1 ? Math.min(FIRST_RATES_MS, wanted) : this.#governor.period(wanted);
    const took = performance.now() - this.#dueMs;
    // delay minus work; a pass that took longer than the period skips, it never piles up
    const delayMs = Math.max(period - took, 0);
    // the first ones compile the program
    const isSlow = samples > FIRST_SAMPLES && took > period;
    const kept = isSlow ? took : period;
    if (kept <= wanted * STRETCHED) return { delayMs, stretched: undefined };
    return { delayMs, stretched: { seconds: kept / 1000, why: isSlow ? 'slow' : 'max-cpu' } };
  }
}
