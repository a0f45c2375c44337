/** Which rows the table has, and in which order: what the state asks for, applied to the tasks. */
import type { Field } from '../fields/field.ts';
import { field, type SortKey } from '../fields/registry.ts';
import { flatRows, groupRows, type Rows, taskName, treeRows } from '../model/rows.ts';
import { selectTasks } from '../model/select.ts';
import { sortTasks } from '../model/sort.ts';
import type { TaskCursor } from '../model/task-cursor.ts';
import type { AppState, TaskKey } from './state.ts';

const PPID = 4;

/** The order in force: a tree has its own, so that it stands still unless it is told otherwise. */
export const sortOf = ({ arrangement, sort, treeSort }: AppState): readonly SortKey[] =>
  arrangement === 'tree' ? treeSort : sort;

/** Is the name of a user being typed, in a filter or behind a command? All that there are can complete it. */
export const isUserAsked = ({ mode, prompt: { purpose, line } }: AppState): boolean =>
  mode === 'prompt' && (purpose === 'filter' || purpose === 'command') && /\buser\b/.test(line.text);

/** The columns whose values are needed of all tasks, not only of those on the screen. */
export function neededFields(state: AppState): readonly Field[] {
  const { filter, users, arrangement, search, mode, menu } = state;
  const usersListed = (mode === 'menu' && menu.kind === 'user') || isUserAsked(state);
  return [
    ...sortOf(state).map(key => key.field),
    ...(users || usersListed ? [field('user')] : []),
    ...(filter?.fields ?? []),
    ...(search === '' ? [] : [field('command')]),
    ...(arrangement === 'list' || arrangement === 'tree' ? [] : [field(arrangement)]),
  ];
}

/** Neither running nor waiting for a disk, and nothing counted since the last sample. */
function isIdle(cursor: TaskCursor): boolean {
  const state = String.fromCharCode(cursor.stat(3));
  if (state === 'R' || state === 'D') return false;
  // utime, stime and both fault counters
  return [10, 12, 14, 15].every(n => !(cursor.stat(n) > cursor.statBefore(n)));
}

const isSame = (cursor: TaskCursor, key: TaskKey | undefined): boolean =>
  key !== undefined && cursor.pid === key.pid && cursor.startTicks === key.startTicks;

/** The tasks that are shown, in the order of the listing. */
function shownTasks(state: AppState, cursor: TaskCursor): Int32Array {
  const { kernelThreads, users, filter, stateFilter, hideIdle, following } = state;
  const seats = selectTasks(cursor, { kernelThreads, users, always: task => isSame(task, following) });
  if (!filter && stateFilter === undefined && !hideIdle) return seats;
  const compared = cursor.table.samples > 1;
  return seats.filter(seat => {
    cursor.at(seat);
    if (isSame(cursor, following)) return true;
    if (stateFilter !== undefined && !stateFilter.includes(String.fromCharCode(cursor.stat(3)))) return false;
    if (hideIdle && compared && isIdle(cursor)) return false;
    return !filter || filter.matches(cursor);
  });
}

/** The tasks and all their ancestors, so that a tree that is filtered still hangs together. */
function withAncestors(cursor: TaskCursor, seats: Int32Array): Int32Array {
  const { table } = cursor;
  if (seats.length === table.count) return seats;
  const all = table.order.subarray(0, table.count);
  const byPid = new Map<number, number>();
  for (const seat of all) byPid.set(table.pid(seat), seat);
  const kept = new Set<number>();
  for (const seat of seats) {
    for (let next: number | undefined = seat; next !== undefined && !kept.has(next);) {
      kept.add(next);
      cursor.at(next);
      next = byPid.get(cursor.pid === cursor.tgid ? cursor.stat(PPID) : cursor.tgid);
    }
  }
  return all.filter(seat => kept.has(seat));
}

/** Rows keep the places that they had; new ones come behind, in the order of the sort keys. */
function inFormerOrder(
  cursor: TaskCursor,
  tasks: Int32Array,
  sort: readonly SortKey[],
  former: Int32Array,
): Int32Array {
  const fresh = new Set(tasks);
  const kept = former.filter(seat => fresh.delete(seat));
  const out = new Int32Array(tasks.length);
  out.set(kept);
  out.set(sortTasks(cursor, Int32Array.from(fresh), sort), kept.length);
  return out;
}

/** The rows before. */
export interface Former {
  /** Of the same table. */
  readonly seats: Int32Array;
  /** Whether the state asked for the same then, see {@link asksTheSame}. */
  readonly same: boolean;
  /** Whether they are to stand where they stood, whatever their values are now. */
  readonly stand: boolean;
}

const ASKS = [
  ...(['arrangement', 'filter', 'users', 'stateFilter', 'hideIdle', 'kernelThreads'] as const),
  ...(['sort', 'treeSort', 'following', 'folds'] as const),
];

/** Whether two states ask for the same tasks in the same order. */
export const asksTheSame = (a: AppState, b: AppState): boolean => ASKS.every(what => a[what] === b[what]);

/**
 * Most tasks are idle, and equal in whatever counts work. In a list those that are equal stay as they stood: who goes idle stands
 * below those that work, not somewhere among the others by its pid, where it would push all rows between.
 */
export function arrange(state: AppState, cursor: TaskCursor, former: Former | undefined): Rows {
  const { arrangement, folds } = state;
  const sort = sortOf(state);
  const chosen = shownTasks(state, cursor);
  const tasks = arrangement === 'tree' ? withAncestors(cursor, chosen) : chosen;
  const before = former?.same && sort.length > 0 && arrangement === 'list' ? former.seats : undefined;
  const seats = former?.stand
    ? inFormerOrder(cursor, tasks, sort, former.seats)
    : sortTasks(cursor, tasks, sort, before);
  if (arrangement === 'list') return flatRows(seats);
  if (arrangement === 'tree') return treeRows(cursor, seats, folds);
  return groupRows(cursor, seats, arrangement, sort, folds);
}

/** The tasks of a row: itself, or all that it stands for. */
export function tasksOf({ seats, extras }: Rows, row: number): Int32Array {
  const seat = seats[row];
  if (seat === undefined) return new Int32Array(0);
  return extras[row]?.members ?? Int32Array.of(seat);
}

/** A task with its descendants, whatever is folded. */
export function withChildren(cursor: TaskCursor, seat: number): string[] {
  const { table } = cursor;
  const all = table.order.slice(0, table.count);
  const open = treeRows(cursor, all, { from: Number.POSITIVE_INFINITY, except: new Set() });
  const at = open.seats.indexOf(seat);
  if (at < 0) return [];
  const depth = open.extras[at]!.depth;
  let end = at + 1;
  while (end < open.seats.length && open.extras[end]!.depth > depth) end++;
  return names(cursor, open.seats.subarray(at, end));
}

const names = (cursor: TaskCursor, seats: Int32Array): string[] => Array.from(seats, seat => taskName(cursor.at(seat)));
