/** Asks the rules of every task at each sample, and remembers for how long each has held for which of them. */
import type { TaskFile } from '../fields/files.ts';
import type { Seat } from '../frame/sink.ts';
import type { TaskCursor } from '../model/task-cursor.ts';
import type { TaskTable } from '../model/task-table.ts';
import { moved } from './compile-rule.ts';
import { bitsOf, filesOf, WCHAN_BIT, WHO_BIT } from './file-sets.ts';
import { Hold, type Moment } from './hold.ts';
import { type Entry, Model } from './model.ts';
import type { Rule } from './rule.ts';
import { waitOf } from './waits.ts';
import type { FreshCursor, World } from './world.ts';

/** Of tasks whose files are read in turn about so many at each sample. */
const IN_TURN = 250;

const STATE = 3;

export class Holding {
  readonly #entries: readonly Entry[];
  readonly #processes: Model;
  readonly #threads: Model;
  readonly #world: World;
  #active: readonly boolean[] = [];
  #turns = 1;
  #pass = 0;
  #now: Moment = { ms: Number.NaN, wallMs: Number.NaN };

  /** @param world renewed before each sample is told of. */
  constructor(entries: readonly Entry[], world: World) {
    this.#entries = entries;
    this.#processes = new Model(false, entries);
    this.#threads = new Model(true, entries);
    this.#world = world;
  }

  /** Processes, and threads. */
  get models(): readonly Model[] {
    return [this.#processes, this.#threads];
  }

  /** The files beside stat that have to be read of a task: see {@link FindingsWatch.wanted}. */
  wanted(cursor: TaskCursor, seat: Seat): readonly TaskFile[] {
    const { threads } = cursor.table;
    const model = threads ? this.#threads : this.#processes;
    cursor.at(seat);
    let bits = 0;
    let mayMatch = false;
    for (const entry of model.rulesFor(cursor.stat(STATE), moved(cursor))) {
      if (!model.isOf(entry, cursor) || !this.#isInTurn(entry, model, seat) || !entry.sign(cursor)) continue;
      mayMatch = true;
      bits |= bitsOf(entry.files);
      // whose task it is, too
      if (model.holds.get(entry.index)!.has(seat)) bits |= bitsOf(entry.extras) | WHO_BIT;
    }
    if (!mayMatch) model.ruleOut(seat, cursor.table.readMs(seat));
    if (threads ? this.#world.threadWishes.has(cursor.tgid) : this.#world.wishes.has(cursor.pid)) bits |= WCHAN_BIT;
    return filesOf(bits);
  }

  /** A sample is finished: ends what holds no more, and begins or goes on with what does. */
  sampled(processes: TaskTable, threads: TaskTable | undefined, now: Moment): void {
    this.#now = now;
    this.#active = this.#entries.map(({ rule }) => this.#suitsMachine(rule));
    this.#look(this.#processes, processes);
    if (threads) this.#look(this.#threads, threads);
    this.#pass++;
    this.#turns = Math.max(1, Math.ceil(processes.count / IN_TURN));
  }

  /** Nothing is known to have gone on. */
  forget(): void {
    this.#processes.forget();
    this.#threads.forget();
  }

  #suitsMachine({ machine = [] }: Rule): boolean {
    return machine.every(({ measure, atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY }) => {
      const value = this.#world.measure(measure);
      return value >= atLeast && value <= atMost;
    });
  }

  #look(model: Model, table: TaskTable): void {
    const cursor = model.take(table);
    for (let at = 0; at < table.count; at++) {
      const seat = table.order[at]!;
      const readMs = table.readMs(seat);
      if (!table.holds(seat) || !model.isNews(seat, readMs) || model.isRuledOut(seat, readMs)) continue;
      cursor.at(seat);
      for (const entry of model.rulesFor(cursor.stat(STATE), moved(cursor))) {
        if (!this.#active[entry.index] || !model.isOf(entry, cursor) || !this.#isInTurn(entry, model, seat)) continue;
        if (this.#matches(entry, cursor)) this.#hold(entry, model, seat);
      }
    }
    for (const holds of model.holds.values())
      for (const [seat, { last }] of holds)
        if (last !== this.#now && (model.wasNews(seat) || !table.holds(seat))) holds.delete(seat);
  }

  #matches(entry: Entry, cursor: FreshCursor): boolean {
    if (!entry.sign(cursor)) return false;
    for (const file of entry.files) if (!cursor.isFresh(file)) return false;
    if (!entry.matches(cursor) || !waitSuits(entry, cursor)) return false;
    for (const { holds } of entry.checks) if (holds?.(cursor, this.#world) === false) return false;
    return true;
  }

  #hold(entry: Entry, model: Model, seat: Seat): void {
    const holds = model.holds.get(entry.index)!;
    const cursor = model.cursor!;
    const { startTicks, pid } = cursor;
    const unchanged = entry.unchanged.map(({ value }) => value(cursor));
    let hold = holds.get(seat);
    const same =
      hold !== undefined &&
      hold.pid === pid &&
      hold.startTicks === startTicks &&
      hold.unchanged.every((value, at) => Object.is(value, unchanged[at]));
    if (!same) {
      hold = new Hold(cursor, startTicks, this.#now);
      hold.unchanged = unchanged;
    }
    for (const { goesOn } of entry.checks) if (goesOn?.(cursor, this.#world, hold!) === false) return;
    hold!.samples++;
    hold!.last = this.#now;
    if (!same) holds.set(seat, hold!);
  }

  #isInTurn({ rule, index }: Entry, model: Model, seat: Seat): boolean {
    if (!rule.inTurn || model.holds.get(index)!.has(seat)) return true;
    return seat % this.#turns === this.#pass % this.#turns;
  }
}

/** A wait that is not known is in no family, and not outside of one either. */
function waitSuits({ waits, waitsNot }: Entry, cursor: FreshCursor): boolean {
  if (!waits && !waitsNot) return true;
  const wait = waitOf(cursor);
  if (!wait) return false;
  const family = wait.family?.id ?? '';
  return waits ? waits.has(family) : !waitsNot!.has(family);
}
