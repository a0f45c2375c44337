/** A time limit that is not unjust after ^Z or a long turn of ours, and does not keep the process alive. */
export class Deadline {
  readonly #passed: () => void;
  #timer: NodeJS.Timeout | undefined;
  /** Changes whenever something happens that the timer was not set for. */
  #turn = 0;

  constructor(passed: () => void) {
    this.#passed = passed;
  }

  /** Replaces the limit that was set before. */
  set(withinMs: number): void {
    this.clear();
    const turn = this.#turn;
    const due = (): void => {
      // After ^Z or a long turn the answer may lie in the pipe: timers come before it in the loop, immediates after.
      setImmediate(() => {
        if (turn === this.#turn) this.#passed();
      });
    };
    this.#timer = setTimeout(due, withinMs).unref();
  }

  /** Nothing is waited for. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#turn++;
  }
}
