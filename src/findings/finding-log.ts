/** The life of a finding: it is there, goes on from sample to sample, ends, and is forgotten some minutes later. */
import type { Finding } from './finding.ts';
import type { Moment } from './hold.ts';
import { SEVERITIES } from './rule.ts';

/** So many findings that have ended are remembered. */
const MOST_ENDED = 100;

export class FindingLog {
  readonly #endedKeptMs: number;
  #present = new Map<string, Finding>();
  #ended: Finding[] = [];
  #sorted: readonly Finding[] | undefined;

  /** @param endedKeptMs for how long those that have ended are remembered, milliseconds. */
  constructor(endedKeptMs: number) {
    this.#endedKeptMs = endedKeptMs;
  }

  /** Those that go on, the gravest and oldest first; then those that ended in the last minutes, the latest first. */
  get findings(): readonly Finding[] {
    const rank = ({ severity }: Finding): number => SEVERITIES.indexOf(severity);
    this.#sorted ??= [
      ...[...this.#present.values()].sort((a, b) => rank(b) - rank(a) || a.since.ms - b.since.ms),
      ...this.#ended,
    ];
    return this.#sorted;
  }

  /** Undefined: it was not there at the sample before. */
  get(key: string): Finding | undefined {
    return this.#present.get(key);
  }

  set(key: string, finding: Finding): void {
    this.#present.set(key, finding);
  }

  /** All of a sample are set: those that are not among them have ended. */
  endOthers(seen: ReadonlySet<string>, now: Moment): void {
    for (const [key, finding] of this.#present) {
      if (seen.has(key)) continue;
      this.#present.delete(key);
      this.#ended.unshift({ ...finding, ended: now });
    }
    this.#ended = this.#ended.filter(({ ended }) => now.ms - ended!.ms < this.#endedKeptMs).slice(0, MOST_ENDED);
    this.#sorted = undefined;
  }

  endAll(now: Moment): void {
    for (const finding of this.#present.values()) this.#ended.unshift({ ...finding, ended: now });
    this.#present.clear();
    this.#sorted = undefined;
  }

  forget(): void {
    this.#present.clear();
    this.#ended = [];
  }
}
