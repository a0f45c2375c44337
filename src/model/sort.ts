/** The order of the rows: by one or several columns, missing values last in both directions, ties by pid or as they stood. */
import type { SortKey } from '../fields/registry.ts';
import type { Unit } from '../units/format.ts';
import { isMissing } from '../units/missing.ts';
import type { TaskCursor } from './task-cursor.ts';

/** Units whose values are written digits: their order is that of the numbers. */
const DIGITS: ReadonlySet<Unit> = new Set(['address', 'limit', 'mask']);
const numberOf = (digits: string): number => (digits === 'unlimited' ? Number.POSITIVE_INFINITY : Number(digits));

/** The place of each text among the different ones; NaN where there is none. */
function placesOf(texts: readonly (string | undefined)[]): Float64Array {
  const places = new Map<string, number>();
  for (const text of texts) if (text !== undefined) places.set(text, 0);
  [...places.keys()].sort().forEach((text, place) => places.set(text, place));
  const out = new Float64Array(texts.length);
  texts.forEach((text, row) => (out[row] = text === undefined ? Number.NaN : places.get(text)!));
  return out;
}

/**
 * Room to order in, used again at each sample: at 20,000 tasks it would be a megabyte of garbage a second, which V8 keeps for a
 * long time because it counts little for its heap.
 */
class Room {
  numbers = new Float64Array(0);
  sorted = new Float64Array(0);
  taken = new Int32Array(0);
  /** By seat. */
  places = new Int32Array(0);
  /** Rows, and the rows that are made of them. */
  rows: [Int32Array, Int32Array] = [new Int32Array(0), new Int32Array(0)];

  /** Makes it as large as need be. */
  for(size: number): this {
    if (size <= this.taken.length) return this;
    const more = Math.max(256, Math.ceil(size * 1.25));
    this.numbers = new Float64Array(more);
    this.sorted = new Float64Array(more);
    this.taken = new Int32Array(more);
    this.rows = [new Int32Array(more), new Int32Array(more)];
    return this;
  }

  /** Zeros, one for each seat. */
  forSeats(seats: number): Int32Array {
    if (seats > this.places.length) this.places = new Int32Array(Math.max(256, Math.ceil(seats * 1.25)));
    else this.places.fill(0);
    return this.places;
  }
}
const room = new Room();

/** One number for each row that stands for its value in the order of the column; NaN: missing. */
function numbersOf(cursor: TaskCursor, seats: Int32Array, { field, descending }: SortKey): Float64Array {
  const numbers = room.numbers.subarray(0, seats.length).fill(Number.NaN);
  let texts: (string | undefined)[] | undefined;
  for (let row = 0; row < seats.length; row++) {
    const value = field.value(cursor.at(seats[row]!));
    if (typeof value === 'number') numbers[row] = value;
    else if (isMissing(value)) continue;
    else if (typeof value === 'string' && DIGITS.has(field.unit)) numbers[row] = numberOf(value);
    else {
      texts ??= new Array<string | undefined>(seats.length).fill(undefined);
      texts[row] = typeof value === 'string' ? value : value.join(' ');
    }
  }
  const out = texts ? placesOf(texts) : numbers;
  if (descending) for (let row = 0; row < out.length; row++) out[row] = -out[row]!;
  return out;
}

/** Where a number begins among `count` sorted ones. */
function firstOf(sorted: Float64Array, number: number, count: number): number {
  let from = 0;
  for (let to = count; from < to;) {
    const middle = (from + to) >> 1;
    if (sorted[middle]! < number) from = middle + 1;
    else to = middle;
  }
  return from;
}

/**
 * Rows in the order of their numbers into `out`, NaN last; those with equal numbers stay as they stand. The numbers are sorted
 * alone, which is native code, and each row looks up where its number begins: twice as fast as to compare rows.
 */
function stably(rows: Int32Array, numbers: Float64Array, out: Int32Array): void {
  const sorted = room.sorted.subarray(0, numbers.length);
  sorted.set(numbers);
  sorted.sort();
  let known = sorted.length;
  while (known > 0 && Number.isNaN(sorted[known - 1])) known--;
  /** How many rows of the number that begins at a place have been put there. */
  const taken = room.taken.subarray(0, sorted.length).fill(0);
  let last = Number.NaN;
  let from = known;
  for (const row of rows) {
    const number = numbers[row]!;
    // most tasks are idle: the same number again and again
    if (number !== last) from = Number.isNaN(number) ? known : firstOf(sorted, number, known);
    last = number;
    out[from + taken[from]!++] = row;
  }
}

/** Row numbers in the order of the pids, into `rows`. */
function byPid(cursor: TaskCursor, seats: Int32Array, rows: Int32Array): void {
  const size = seats.length;
  // pid and row in one number, exact below 2^53
  const both = room.numbers.subarray(0, size);
  let inOrder = true;
  for (let row = 0; row < size; row++) {
    both[row] = cursor.table.pid(seats[row]!) * size + row;
    if (row > 0 && both[row]! < both[row - 1]!) inOrder = false;
  }
  if (!inOrder) both.sort();
  for (let place = 0; place < size; place++) rows[place] = inOrder ? place : both[place]! % size;
}

/** Row numbers as their seats stood before, new ones behind them as they are listed, into `rows`. */
function asBefore(seats: Int32Array, before: Int32Array, rows: Int32Array): void {
  let last = 0;
  for (const seat of seats) last = Math.max(last, seat);
  for (const seat of before) last = Math.max(last, seat);
  const places = room.forSeats(last + 1);
  for (let row = 0; row < seats.length; row++) places[seats[row]!] = row + 1;
  let place = 0;
  for (const seat of before) {
    const row = places[seat]! - 1;
    if (row < 0) continue;
    rows[place++] = row;
    places[seat] = 0;
  }
  for (let row = 0; row < seats.length; row++) if (places[seats[row]!]! > 0) rows[place++] = row;
}

/**
 * The seats in the order of the sort keys: ordered by the last one first, and by the first one last.
 * @param before ties stand in the order of these, new tasks behind, as they are listed; undefined: by pid.
 */
export function sortTasks(
  cursor: TaskCursor,
  seats: Int32Array,
  sort: readonly SortKey[],
  before?: Int32Array,
): Int32Array {
  const size = seats.length;
  let [rows, other] = room.for(size).rows.map(each => each.subarray(0, size)) as [Int32Array, Int32Array];
  if (before) asBefore(seats, before, rows);
  else byPid(cursor, seats, rows);
  for (const key of [...sort].reverse()) {
    stably(rows, numbersOf(cursor, seats, key), other);
    [rows, other] = [other, rows];
  }
  return rows.map(row => seats[row]!);
}
