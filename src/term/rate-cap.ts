/** A hard bound of the bytes per second to the terminal. Pure: the clock is given. */

/** So many seconds' bytes may go at once. */
const BURST_SECONDS = 0.5;

export class RateCap {
  readonly #perSecond: number;
  readonly #now: () => number;
  #tokens: number;
  #lastMs: number;

  /** @param perSecond Infinity: no bound. */
  constructor(perSecond: number, now: () => number) {
    this.#perSecond = perSecond;
    this.#now = now;
    this.#lastMs = now();
    this.#tokens = this.#most;
  }

  get #most(): number {
    return this.#perSecond * BURST_SECONDS;
  }

  /** Bytes that may be sent now. */
  get room(): number {
    return Math.max(0, Math.floor(this.#refill()));
  }

  #refill(): number {
    if (this.#perSecond === Infinity) return Infinity;
    const ms = this.#now();
    this.#tokens = Math.min(this.#most, this.#tokens + ((ms - this.#lastMs) * this.#perSecond) / 1000);
    this.#lastMs = ms;
    return this.#tokens;
  }

  /** Notes what was sent; more than there was room for (an escape sequence is not broken) is paid for later. */
  sent(bytes: number): void {
    if (this.#perSecond !== Infinity) this.#tokens -= bytes;
  }

  /** Milliseconds until there is room for so many bytes, or for as many as ever go at once. */
  waitFor(bytes: number): number {
    const lacking = Math.min(bytes, this.#most) - this.#refill();
    return lacking <= 0 ? 0 : Math.ceil((lacking * 1000) / this.#perSecond);
  }
}
