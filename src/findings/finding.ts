/** A finding, as data: which rule holds, for which tasks and since when, and what is told of that. */
import type { Moment } from './hold.ts';
import type { Rule, Severity } from './rule.ts';

export interface FoundTask {
  readonly pid: number;
  readonly tgid: number;
  readonly startTicks: number;
  readonly comm: string;
  /** Undefined: not read. */
  readonly user: string | undefined;
}

export interface Finding {
  readonly rule: Rule;
  readonly severity: Severity;
  readonly title: string;
  /** Those for which it has held longest (or that use most), and how many there are. */
  readonly tasks: readonly FoundTask[];
  readonly count: number;
  /** The first sample at which it held, and the last one so far. */
  readonly since: Moment;
  readonly last: Moment;
  /** The first sample at which it held no more, or the last one before a gap; undefined: it goes on. */
  readonly ended: Moment | undefined;
  readonly evidence: readonly string[];
  /** Empty: a value in it is missing. */
  readonly meaning: string;
  readonly look: readonly string[];
  /** What the sentences are made of, in base units, by column or by name. */
  readonly values: Readonly<Record<string, number | string>>;
}
