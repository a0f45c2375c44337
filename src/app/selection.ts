/** The cursor in the table: bound to a task, not to a row. */
import type { AppState, TaskKey, World } from './state.ts';

export function keyAt({ cursor, rows }: World, row: number): TaskKey | undefined {
  const seat = rows[row];
  if (seat === undefined) return undefined;
  cursor.at(seat);
  return { pid: cursor.pid, startTicks: cursor.startTicks };
}

/** The row on which a task stands, or -1. */
export function rowOf({ cursor, rows }: World, key: TaskKey): number {
  return rows.findIndex(seat => {
    cursor.at(seat);
    return cursor.pid === key.pid && cursor.startTicks === key.startTicks;
  });
}

const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, value));

/** Scrolls as little as needed to have the cursor's row on the screen. */
function visible(state: AppState, { rows, tableRows }: World): AppState {
  const most = Math.max(0, rows.length - tableRows);
  const top = clamp(state.top, state.row - tableRows + 1, state.row);
  return { ...state, top: clamp(top, 0, most) };
}

/** Puts the cursor on a row and binds it to the task there. */
export function select(state: AppState, world: World, row: number): AppState {
  const target = clamp(row, 0, Math.max(0, world.rows.length - 1));
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
