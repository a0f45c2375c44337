/** One of the two tables that are sampled side by side, as rules see it: whose stat is news, and for which tasks which rule holds. */
import type { Seat } from '../frame/sink.ts';
import type { TaskCursor } from '../model/task-cursor.ts';
import type { TaskTable } from '../model/task-table.ts';
import { larger } from '../units/larger.ts';
import type { ReadyRule } from './compile-rule.ts';
import type { Hold, Moment } from './hold.ts';
import { FreshCursor } from './world.ts';

const NUM_THREADS = 20;

/** A rule with its place in the lists. */
export interface Entry extends ReadyRule {
  readonly index: number;
  /** The place of the rule under which its findings are kept: its own, or that of the one that it is the same as. */
  readonly place: number;
  /** Holds of groups, by their name. */
  readonly groups: Map<string, { readonly since: Moment; samples: number; pass: number }>;
}

/** One of the two tables that are sampled side by side, and what holds for its tasks. */
export class Model {
  readonly threads: boolean;
  readonly rules: readonly Entry[];
  /** By rule. */
  holds: ReadonlyMap<number, Map<Seat, Hold>>;
  cursor: FreshCursor | undefined;
  /** By state and whether counters moved. */
  readonly #buckets: (readonly Entry[] | undefined)[] = Array.from({ length: 512 });
  /** By seat: the read of its stat that was looked at last, and in which pass that was. */
  #looked = new Float64Array(0);
  #passOf = new Uint32Array(0);
  /** By seat: the read of its stat that no rule can match. */
  #ruledOut = new Float64Array(0);
  #pass = 0;

  constructor(threads: boolean, entries: readonly Entry[]) {
    this.threads = threads;
    this.rules = entries.filter(({ rule }) => !threads || rule.of !== 'processes');
    this.holds = new Map(this.rules.map(({ index }) => [index, new Map<Seat, Hold>()]));
  }

  forget(): void {
    for (const map of this.holds.values()) map.clear();
    this.#looked.fill(0);
    this.#ruledOut.fill(0);
  }

  /** Begins a pass over a table, which may be another one with the same tasks in other seats. */
  take(table: TaskTable): FreshCursor {
    this.#pass++;
    if (this.cursor?.table === table) return this.cursor;
    const seated = [...this.holds].map(([index, holds]) => {
      const moves = [...holds.values()].map(hold => [table.find(hold.pid, hold.startTicks), hold] as const);
      return [index, new Map(moves.filter(([seat]) => seat >= 0))] as const;
    });
    this.holds = new Map(seated);
    this.#looked.fill(0);
    this.#ruledOut.fill(0);
    return (this.cursor = new FreshCursor(table));
  }

  /** Was the task of the seat read since this was asked last? Threads are read in rounds, some at each sample. */
  isNews(seat: Seat, readMs: number): boolean {
    if (seat >= this.#looked.length) this.#grow(seat + 1);
    // a read at 0 ms is one, too
    if (this.#looked[seat] === readMs + 1) return false;
    this.#looked[seat] = readMs + 1;
    this.#passOf[seat] = this.#pass;
    return true;
  }

  /** Stat says that no rule matches: most tasks are left alone after that. */
  ruleOut(seat: Seat, readMs: number): void {
    if (seat >= this.#looked.length) this.#grow(seat + 1);
    this.#ruledOut[seat] = readMs + 1;
  }

  isRuledOut(seat: Seat, readMs: number): boolean {
    return this.#ruledOut[seat] === readMs + 1;
  }

  #grow(needed: number): void {
    const size = Math.max(256, needed, this.#looked.length * 2);
    this.#looked = larger(this.#looked, new Float64Array(size));
    this.#passOf = larger(this.#passOf, new Uint32Array(size));
    this.#ruledOut = larger(this.#ruledOut, new Float64Array(size));
  }

  wasNews(seat: Seat): boolean {
    return this.#passOf[seat] === this.#pass;
  }

  /** The rules that can match a task in this state. */
  rulesFor(state: number, isMoving: boolean): readonly Entry[] {
    return (this.#buckets[state * 2 + (isMoving ? 1 : 0)] ??= this.rules.filter(
      ({ states, moving }) => states?.has(state) !== false && (isMoving || !moving),
    ));
  }

  /** Is the task of this row the kind of task that the rule is about? */
  isOf({ rule }: Entry, cursor: TaskCursor): boolean {
    if (rule.of === 'threads') return this.threads || cursor.stat(NUM_THREADS) <= 1;
    // the first thread's state stands in its process's row
    return !this.threads || cursor.pid !== cursor.tgid;
  }
}
