/** The rows of the table: tasks in their order, as a tree, or gathered in groups. */
import { field, type SortKey } from '../fields/registry.ts';
import type { Field } from '../fields/field.ts';
import type { Unit } from '../units/format.ts';
import { isMissing, missing, type Reading } from '../units/missing.ts';
import type { TaskCursor } from './task-cursor.ts';

/** What tasks can be gathered by: columns whose text many tasks share. */
export const GROUPINGS = ['comm', 'user', 'cgroup', 'container', 'wchan_name'] as const;
export type GroupBy = (typeof GROUPINGS)[number];

/** Nodes at this depth and below are folded (Infinity: none), but for those in `except`, where it is the other way round. */
export interface Folds {
  readonly from: number;
  readonly except: ReadonlySet<string>;
}

/** Nothing is folded. */
export const NOTHING_FOLDED: Folds = { from: Number.POSITIVE_INFINITY, except: new Set() };
/** Everything is. */
export const ALL_FOLDED: Folds = { from: 0, except: new Set() };

export const isFolded = ({ from, except }: Folds, key: string, depth: number): boolean =>
  depth >= from !== except.has(key);

/** What a row is beside a task. */
export interface RowExtra {
  /** Name of the row where folds are remembered. */
  readonly key: string;
  /** The lines of a tree before the command. */
  readonly prefix: string;
  readonly depth: number;
  /** Undefined: there is nothing to fold. */
  readonly folded: boolean | undefined;
  /** The tasks whose sum the row shows: those of a group, or of a folded branch. */
  readonly members: Int32Array | undefined;
  /** What the tasks of a group have in common. */
  readonly group: string | undefined;
}

export interface Rows {
  /** The seat of each row's task; -1: a group. */
  readonly seats: Int32Array;
  /** Rows of a tree or of groups; a plain list has none. */
  readonly extras: readonly RowExtra[];
}

export const flatRows = (seats: Int32Array): Rows => ({ seats, extras: [] });

/** A task's name in folds and tags: a reused pid is another one. */
export const taskName = (cursor: TaskCursor): string => `${cursor.pid}@${cursor.startTicks}`;

const PPID = 4;

/** The parent's row of each row, -1 without one: processes by ppid, threads below their process. */
function parentsOf(cursor: TaskCursor, seats: Int32Array): Int32Array {
  const rowOf = new Map<number, number>();
  seats.forEach((seat, row) => rowOf.set(cursor.table.pid(seat), row));
  return Int32Array.from(seats, seat => {
    cursor.at(seat);
    const parent = cursor.pid === cursor.tgid ? cursor.stat(PPID) : cursor.tgid;
    return rowOf.get(parent) ?? -1;
  });
}

interface Branch {
  readonly row: number;
  readonly depth: number;
  readonly prefix: string;
  readonly last: boolean;
}

/**
 * A tree of the tasks. Siblings, and tasks whose parents are not shown, stand in the order of `seats`.
 * Every task is in one row: its own, or that of a folded branch above it.
 */
export function treeRows(cursor: TaskCursor, seats: Int32Array, folds: Folds): Rows {
  const parents = parentsOf(cursor, seats);
  const children = new Map<number, number[]>();
  parents.forEach((parent, row) => {
    const siblings = children.get(parent);
    if (siblings) siblings.push(row);
    else children.set(parent, [row]);
  });
  const seen = new Uint8Array(seats.length);
  const outSeats: number[] = [];
  const extras: RowExtra[] = [];

  const descendants = (row: number): number[] => {
    const all: number[] = [];
    const open = [row];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen[next] === 1) continue;
      seen[next] = 1;
      all.push(seats[next]!);
      open.push(...(children.get(next) ?? []));
    }
    return all;
  };
  const walk = (roots: readonly number[]): void => {
    // a stack, because a chain of parents may be as long as there are tasks
    const open: Branch[] = roots.map(row => ({ row, depth: 0, prefix: '', last: false })).reverse();
    for (let branch = open.pop(); branch; branch = open.pop()) {
      const { row, depth, prefix, last } = branch;
      if (seen[row] === 1) continue;
      const below = children.get(row) ?? [];
      const key = taskName(cursor.at(seats[row]!));
      const folded = below.length > 0 ? isFolded(folds, key, depth) : undefined;
      const members = folded === true ? Int32Array.from(descendants(row)) : undefined;
      seen[row] = 1;
      outSeats.push(seats[row]!);
      const own = depth === 0 ? '' : prefix + (last ? '└─ ' : '├─ ');
      extras.push({ key, prefix: own, depth, folded, members, group: undefined });
      if (folded !== false) continue;
      const deeper = depth === 0 ? '' : prefix + (last ? '   ' : '│  ');
      for (let at = below.length - 1; at >= 0; at--)
        open.push({ row: below[at]!, depth: depth + 1, prefix: deeper, last: at === below.length - 1 });
    }
  };
  walk(children.get(-1) ?? []);
  // a pid that was reused while the tasks were read can make a ring of parents, which no root leads to
  for (let row = 0; row < seats.length; row++) if (seen[row] === 0) walk([row]);
  return { seats: Int32Array.from(outSeats), extras };
}

const SUMMED: ReadonlySet<Unit> = new Set([
  'percent',
  'per-second',
  'bytes-per-second',
  'bytes',
  'pages',
  'count',
  'ticks',
  'cpu-time',
]);

/** Does the sum over several tasks mean anything? */
export const isSummed = ({ unit }: Field): boolean => SUMMED.has(unit);

/** The sum of a column over tasks; those that have no value are left out. Missing when none has one. */
export function sumOf(cursor: TaskCursor, members: Int32Array, { value }: Field): Reading<number> {
  let sum = 0;
  let none: Reading<number> = missing('not-applicable');
  let known = false;
  for (const seat of members) {
    const one = value(cursor.at(seat));
    if (typeof one === 'number') {
      sum += one;
      known = true;
    } else if (isMissing(one)) none = one;
  }
  return known ? sum : none;
}

/** What a group is called whose tasks have no value. */
function nameOf(value: ReturnType<Field['value']>, by: GroupBy): string {
  if (isMissing(value)) return value.missing === 'not-read' ? '(not read yet)' : '(none)';
  const text = typeof value === 'string' ? value : String(value);
  // a wait channel 0 is none
  return text === '' || (text === '0' && by === 'wchan_name') ? '(none)' : text;
}

interface Group {
  readonly name: string;
  readonly members: Int32Array;
}

function groupsOf(cursor: TaskCursor, seats: Int32Array, by: GroupBy): Group[] {
  const { value } = field(by);
  const byName = new Map<string, number[]>();
  for (const seat of seats) {
    const name = nameOf(value(cursor.at(seat)), by);
    const members = byName.get(name);
    if (members) members.push(seat);
    else byName.set(name, [seat]);
  }
  return [...byName].map(([name, members]) => ({ name, members: Int32Array.from(members) }));
}

/** By the first sort key where its sum means something, else the most tasks first; ties by name. */
function sortGroups(cursor: TaskCursor, groups: readonly Group[], sort: readonly SortKey[]): Group[] {
  const key = sort.find(entry => isSummed(entry.field));
  const amount = ({ members }: Group): number => {
    if (!key) return members.length;
    const sum = sumOf(cursor, members, key.field);
    return isMissing(sum) ? Number.NaN : sum;
  };
  const sign = key && !key.descending ? 1 : -1;
  return groups
    .map(group => ({ group, amount: amount(group) }))
    .sort((a, b) => {
      const difference =
        Number(Number.isNaN(a.amount)) - Number(Number.isNaN(b.amount)) || sign * (a.amount - b.amount);
      return difference || (a.group.name < b.group.name ? -1 : 1);
    })
    .map(({ group }) => group);
}

/** Groups of tasks with their sums; the tasks of one that is not folded stand below it in the order of `seats`. */
export function groupRows(
  cursor: TaskCursor,
  seats: Int32Array,
  by: GroupBy,
  sort: readonly SortKey[],
  folds: Folds,
): Rows {
  const outSeats: number[] = [];
  const extras: RowExtra[] = [];
  for (const { name, members } of sortGroups(cursor, groupsOf(cursor, seats, by), sort)) {
    const key = `${by}=${name}`;
    const folded = isFolded(folds, key, 0);
    outSeats.push(-1);
    extras.push({ key, prefix: '', depth: 0, folded, members, group: name });
    if (folded) continue;
    members.forEach((seat, at) => {
      outSeats.push(seat);
      const prefix = at === members.length - 1 ? '└─ ' : '├─ ';
      const own = taskName(cursor.at(seat));
      extras.push({ key: own, prefix, depth: 1, folded: undefined, members: undefined, group: undefined });
    });
  }
  return { seats: Int32Array.from(outSeats), extras };
}
