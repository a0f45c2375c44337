/** What the monitor itself costs, for its header. */
import { ownCostMeter } from '../sample/own-cost.ts';
import type { Terminal } from '../term/terminal.ts';
import type { OwnCost, Stretched } from '../view/header.ts';

const FIRST_OWN_COST_MS = 1500;
const OWN_COST_MS = 5000;

export class OwnCosts {
  readonly #terminal: Pick<Terminal, 'bytesWritten'>;
  readonly #measure = ownCostMeter();
  #own: OwnCost = { cpuPercent: undefined, rssBytes: undefined, bytesPerSecond: undefined };
  #bytesAt = { ms: performance.now(), bytes: 0 };

  constructor(terminal: Pick<Terminal, 'bytesWritten'>) {
    this.#terminal = terminal;
  }

  /** As it was measured last. */
  get last(): OwnCost {
    return this.#own;
  }

  /** Measures from now on. */
  start(): void {
    // the first measurement has nothing to compare with
    setTimeout(() => this.#measureSelf(), FIRST_OWN_COST_MS).unref();
    setInterval(() => this.#measureSelf(), OWN_COST_MS).unref();
  }

  /** The interval is longer than it was asked to be; undefined: it is not. */
  stretched(stretched: Stretched | undefined): void {
    this.#own = { ...this.#own, stretched };
  }

  #measureSelf(): void {
    const now = performance.now();
    const bytes = this.#terminal.bytesWritten;
    const bytesPerSecond = ((bytes - this.#bytesAt.bytes) * 1000) / (now - this.#bytesAt.ms);
    this.#bytesAt = { ms: now, bytes };
    this.#own = { ...this.#own, bytesPerSecond };
    this.#measure(usage => {
      this.#own = { ...this.#own, ...usage };
    });
  }
}
