/** The order of the rows: by one or several columns, missing values last in both directions, ties by pid. */
import type { SortKey } from '../fields/registry.ts';
import type { Unit } from '../units/format.ts';
import { isMissing } from '../units/missing.ts';
import type { TaskCursor } from './task-cursor.ts';

/** Values of one column for all rows, by row index. NaN and undefined mean missing. */
type Keys = { readonly numbers: Float64Array } | { readonly texts: readonly (string | undefined)[] };

/** Units whose values are written digits: their order is that of the numbers. */
const DIGITS: ReadonlySet<Unit> = new Set(['address', 'limit', 'mask']);
const numberOf = (digits: string): number => (digits === 'unlimited' ? Number.POSITIVE_INFINITY : Number(digits));

function keysOf(cursor: TaskCursor, seats: Int32Array, { field }: SortKey): Keys {
  const numbers = new Float64Array(seats.length);
  let texts: (string | undefined)[] | undefined;
  for (let row = 0; row < seats.length; row++) {
    const value = field.value(cursor.at(seats[row]!));
    if (typeof value === 'number') numbers[row] = value;
    else if (typeof value === 'string' && DIGITS.has(field.unit)) numbers[row] = numberOf(value);
    else if (isMissing(value)) numbers[row] = Number.NaN;
    else {
      texts ??= new Array<string | undefined>(seats.length).fill(undefined);
      texts[row] = typeof value === 'string' ? value : value.join(' ');
    }
  }
  return texts ? { texts } : { numbers };
}

type Compare = (a: number, b: number) => number;

function compareBy(keys: Keys, descending: boolean): Compare {
  const sign = descending ? -1 : 1;
  if ('numbers' in keys) {
    const { numbers } = keys;
    return (a, b) => {
      const x = numbers[a]!;
      const y = numbers[b]!;
      if (x === y) return 0;
      // NaN is unequal to all, itself included
      if (Number.isNaN(x)) return Number.isNaN(y) ? 0 : 1;
      if (Number.isNaN(y)) return -1;
      return x < y ? -sign : sign;
    };
  }
  const { texts } = keys;
  return (a, b) => {
    const x = texts[a];
    const y = texts[b];
    if (x === y) return 0;
    if (x === undefined) return 1;
    if (y === undefined) return -1;
    return x < y ? -sign : sign;
  };
}

/**
 * Most tasks are idle: their CPU and fault rates are all 0. Rows that stand in the order of the listing (by pid) already
 * are put behind the others without being compared one by one.
 */
function splitZeros(numbers: Float64Array, rows: Int32Array): { active: Int32Array; zeros: Int32Array } {
  return { active: rows.filter(row => numbers[row] !== 0), zeros: rows.filter(row => numbers[row] === 0) };
}

function merge(active: Int32Array, zeros: Int32Array, numbers: Float64Array, descending: boolean): Int32Array {
  const beforeZero = active.findIndex(row => {
    const value = numbers[row]!;
    return Number.isNaN(value) || (descending ? value < 0 : value > 0);
  });
  const split = beforeZero < 0 ? active.length : beforeZero;
  const out = new Int32Array(active.length + zeros.length);
  out.set(active.subarray(0, split));
  out.set(zeros, split);
  out.set(active.subarray(split), split + zeros.length);
  return out;
}

/** The seats in the order of the sort keys. `seats` is in the order of the listing: processes by pid. */
export function sortTasks(cursor: TaskCursor, seats: Int32Array, sort: readonly SortKey[]): Int32Array {
  const pids = seats.map(seat => cursor.table.pid(seat));
  const columns = sort.map(key => ({ key, keys: keysOf(cursor, seats, key) }));
  const comparisons = columns.map(({ key, keys }) => compareBy(keys, key.descending));
  const compare: Compare = (a, b) => {
    for (const by of comparisons) {
      const result = by(a, b);
      if (result !== 0) return result;
    }
    return pids[a]! - pids[b]!;
  };
  const rows = Int32Array.from(seats, (_, row) => row);
  const [first] = columns;
  const inOrder = pids.every((pid, row) => row === 0 || pid > pids[row - 1]!);
  if (columns.length === 1 && first && 'numbers' in first.keys && inOrder) {
    const { numbers } = first.keys;
    const { active, zeros } = splitZeros(numbers, rows);
    return merge(active.sort(compare), zeros, numbers, first.key.descending).map(row => seats[row]!);
  }
  return rows.sort(compare).map(row => seats[row]!);
}
