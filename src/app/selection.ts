/** The cursor in the table: bound to a task or a group, not to a row. */
import { taskName } from '../model/rows.ts';
import type { AppState, RowKey, World } from './state.ts';

export function keyAt({ cursor, rows }: World, row: number): RowKey | undefined {
  const seat = rows.seats[row];
  if (seat === undefined) return undefined;
  if (seat < 0) return { pid: -1, startTicks: 0, group: rows.extras[row]!.key };
  cursor.at(seat);
  return { pid: cursor.pid, startTicks: cursor.startTicks };
}

/** The row of a task or a group, or -1. A task in a folded branch has none. */
export function rowOf({ cursor, rows }: World, { pid, startTicks, group }: RowKey): number {
  if (group !== undefined) return rows.extras.findIndex((extra, row) => rows.seats[row] === -1 && extra.key === group);
  const seat = cursor.table.find(pid, startTicks);
  return seat < 0 ? -1 : rows.seats.indexOf(seat);
}

const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, value));

/** Scrolls as little as needed to have the cursor's row on the screen. */
function visible(state: AppState, { rows, tableRows }: World): AppState {
  const most = Math.max(0, rows.seats.length - tableRows);
  const top = clamp(state.top, state.row - tableRows + 1, state.row);
  return { ...state, top: clamp(top, 0, most) };
}

/** Puts the cursor on a row and binds it to what stands there. */
export function select(state: AppState, world: World, row: number): AppState {
  const target = clamp(row, 0, Math.max(0, world.rows.seats.length - 1));
  return visible({ ...state, row: target, selected: keyAt(world, target) }, world);
}

/** The cursor rests on the first row again and is bound to nobody. */
export const letGo = (state: AppState): AppState => ({ ...state, selected: undefined, row: 0, top: 0 });

/** After rows came, went or changed places: the cursor follows its task; when that is gone it stays where it was. */
export function follow(state: AppState, world: World): AppState {
  if (!state.selected) return visible({ ...state, row: 0 }, world);
  const row = rowOf(world, state.selected);
  return row < 0 ? select(state, world, state.row) : visible({ ...state, row }, world);
}

/** The tasks that an action is for: those that are tagged, else what the row of the cursor stands for. */
export function chosenSeats(state: AppState, world: World): number[] {
  const { cursor, rows } = world;
  const { table } = cursor;
  if (state.tagged.size > 0)
    return [...table.order.subarray(0, table.count)].filter(seat => state.tagged.has(taskName(cursor.at(seat))));
  const row = state.selected ? rowOf(world, state.selected) : state.row;
  const seat = rows.seats[row];
  if (seat === undefined) return [];
  return seat >= 0 ? [seat] : [...rows.extras[row]!.members!];
}
