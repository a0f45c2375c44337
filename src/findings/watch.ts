/**
 * Applies the rules to every sample and remembers for how long each has held for which task. Only tasks that match have
 * any state here; a task is pid and start time; times are those of the samples.
 */
import type { Machine } from '../decode/machine.ts';
import type { TaskFile } from '../fields/files.ts';
import type { Seat } from '../frame/sink.ts';
import type { TaskCursor } from '../model/task-cursor.ts';
import { readyRule } from './compile-rule.ts';
import type { Finding } from './finding.ts';
import { FindingLog } from './finding-log.ts';
import { Gathering } from './gathering.ts';
import type { Moment } from './hold.ts';
import { Holding } from './holding.ts';
import type { Entry } from './model.ts';
import type { Rule } from './rule.ts';
import { findingOf } from './telling.ts';
import { type ThrottlingSource, World } from './world.ts';

export type { Finding, FoundTask } from './finding.ts';

/** So long an ended finding is remembered. */
const ENDED_KEPT_MS = 300_000;

export interface WatchOptions {
  /** What is known of the CPU limits of control groups; without it there is no finding about them. */
  readonly throttling?: ThrottlingSource;
  /** How long findings that have ended are told of, milliseconds; absent: five minutes. */
  readonly endedKeptMs?: number;
}

export class FindingsWatch {
  readonly #entries: readonly Entry[];
  readonly #holding: Holding;
  readonly #gathering: Gathering;
  readonly #log: FindingLog;
  readonly #world: World;
  #first: Moment | undefined;
  /** Is the next sample the first one after a gap? And how long all gaps were. */
  #afterGap = false;
  #gapsMs = 0;
  #now: Moment = { ms: Number.NaN, wallMs: Number.NaN };

  constructor(
    rules: readonly Rule[],
    machine: Machine,
    { throttling, endedKeptMs = ENDED_KEPT_MS }: WatchOptions = {},
  ) {
    this.#entries = rules.map((rule, index) => {
      const same = rules.slice(0, index).findIndex(({ id }) => id === rule.sameAs);
      return { ...readyRule(rule, machine), index, place: same < 0 ? index : same, groups: new Map() };
    });
    this.#world = new World(throttling);
    this.#holding = new Holding(this.#entries, this.#world);
    this.#gathering = new Gathering(this.#holding.models);
    this.#log = new FindingLog(endedKeptMs);
  }

  /** Those that go on, the gravest and oldest first; then those that ended in the last minutes, the latest first. */
  get findings(): readonly Finding[] {
    return this.#log.findings;
  }

  /** Seconds from the first sample to the last, without gaps. */
  get watchedSeconds(): number {
    return this.#first ? (this.#now.ms - this.#first.ms - this.#gapsMs) / 1000 : 0;
  }

  /** The last sample. */
  get now(): Moment {
    return this.#now;
  }

  /**
   * The files beside stat that have to be read of a task, after its stat and before {@link FindingsWatch.sampled} is called:
   * asked at each sample, for each seat of the table. What is not read gives no finding.
   */
  wanted(cursor: TaskCursor, seat: Seat): readonly TaskFile[] {
    return this.#holding.wanted(cursor, seat);
  }

  /**
   * A sample is finished, and what was wanted of it read as far as it could be.
   *
   * @param processes every process.
   * @param threads the threads of all processes with more than one; they may be read in rounds, a part at each sample.
   */
  sampled(processes: TaskCursor, threads?: TaskCursor): void {
    const { table } = processes;
    const ms = table.system.past.ms.at(-1);
    if (ms === undefined) return;
    if (ms < this.#now.ms) this.#forget();
    if (table.system.suspendedSeconds > 0) this.gap();
    if (this.#afterGap) this.#gapsMs += ms - this.#now.ms;
    this.#afterGap = false;
    this.#now = { ms, wallMs: table.system.wallMs };
    this.#first ??= this.#now;
    this.#world.renew(table, threads?.table, ms);
    this.#holding.sampled(table, threads?.table, this.#now);
    this.#judge();
  }

  /**
   * Nobody looked between the last sample and the next one (a recording was begun anew, the machine was suspended): what
   * held is not known to have gone on.
   */
  gap(): void {
    if (!this.#first) return;
    this.#endHolds();
    this.#log.endAll(this.#now);
    this.#afterGap = true;
  }

  #endHolds(): void {
    this.#holding.forget();
    for (const { groups } of this.#entries) groups.clear();
    this.#world.forget();
  }

  #judge(): void {
    const seen = new Set<string>();
    this.#gathering.begin(this.#now);
    for (const entry of this.#entries) {
      for (const found of this.#gathering.found(entry)) {
        const key = `${entry.place} ${found.name}`;
        if (seen.has(key)) continue;
        seen.add(key);
        this.#log.set(key, findingOf(found, this.#log.get(key), this.#world, this.#now));
      }
    }
    this.#log.endOthers(seen, this.#now);
  }

  /** What was seen belongs to another past: a recording jumped back. */
  #forget(): void {
    this.#endHolds();
    this.#log.forget();
    this.#first = undefined;
    this.#afterGap = false;
    this.#gapsMs = 0;
  }
}
