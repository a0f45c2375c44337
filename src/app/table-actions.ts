/** What keys do in the table. */
import { field } from '../fields/registry.ts';
import type { KernelThreads } from '../model/select.ts';
import { ALL_FOLDED, isFolded, NOTHING_FOLDED, taskName } from '../model/rows.ts';
import { sortOf, withChildren } from './arrange.ts';
import { arrangeAs, firstDirection, sortBy } from './menu.ts';
import { keyAt, letGo, select } from './selection.ts';
import { type AppState, type CommandAs, type Step, step, type World } from './state.ts';

/** Rows keep their places so long after the cursor was moved. */
export const STILL_MS = 3000;

/** Only columns that are on the screen: an order that nobody sees is no answer to a key. */
export function neighbour(state: AppState, { visible }: World, offset: number): Step {
  const at = visible.findIndex(({ id }) => id === sortOf(state)[0]?.field.id);
  const column = visible[Math.max(0, Math.min(visible.length - 1, at + offset))];
  return column ? sortBy(state, firstDirection(column)) : step(state);
}

export function reverse(state: AppState): Step {
  const turned = sortOf(state).map(({ field, descending }) => ({ field, descending: !descending }));
  return step({ ...state, ...(state.arrangement === 'tree' ? { treeSort: turned } : { sort: turned }) }, 'reorder');
}

const NEXT_KERNEL: Readonly<Record<KernelThreads, KernelThreads>> = { show: 'hide', hide: 'only', only: 'show' };
export const nextKernelThreads = (state: AppState): Step =>
  step({ ...state, kernelThreads: NEXT_KERNEL[state.kernelThreads] }, 'reorder');

const NEXT_STATE: Readonly<Record<string, string | undefined>> = { '': 'D', D: 'Z', Z: 'R', R: undefined };
export const nextStateFilter = (state: AppState): Step =>
  step({ ...letGo(state), stateFilter: NEXT_STATE[state.stateFilter ?? ''] }, 'reorder');

const NEXT_COMMAND: Readonly<Record<CommandAs, CommandAs>> = { full: 'name', name: 'comm', comm: 'full' };
export const nextCommandAs = (state: AppState): Step => step({ ...state, commandAs: NEXT_COMMAND[state.commandAs] });

export const toggleTree = (state: AppState): Step => arrangeAs(state, state.arrangement === 'tree' ? 'list' : 'tree');

/** The row of the cursor, where it stands in a tree or is a group. */
function foldable(state: AppState, { rows }: World): { readonly key: string; readonly depth: number } | undefined {
  const extra = rows.extras[state.row];
  return extra?.folded === undefined ? undefined : extra;
}

export function fold(state: AppState, world: World, shut: boolean): Step {
  const { folds } = state;
  const at = foldable(state, world);
  if (!at) return shut ? toParent(state, world) : step(state);
  if (isFolded(folds, at.key, at.depth) === shut) return step(state);
  const except = new Set(folds.except);
  if (!except.delete(at.key)) except.add(at.key);
  return step({ ...state, folds: { ...folds, except } }, 'reorder');
}

/** Folding where there is nothing to fold goes to the parent, as in file managers. */
function toParent(state: AppState, world: World): Step {
  const { extras } = world.rows;
  const depth = extras[state.row]?.depth ?? 0;
  if (depth === 0) return step(state);
  let row = state.row;
  while (row > 0 && extras[row]!.depth >= depth) row--;
  return step(select(state, world, row));
}

export const foldAll = (state: AppState): Step =>
  step({ ...state, folds: state.folds.from === 0 ? NOTHING_FOLDED : ALL_FOLDED }, 'reorder');

/** Tags the tasks of the cursor's row, or frees them when all are tagged; the cursor goes down, as in mutt and htop. */
export function tag(state: AppState, world: World): Step {
  const { cursor, rows } = world;
  const seat = rows.seats[state.row];
  if (seat === undefined) return step(state);
  const seats = seat >= 0 ? [seat] : [...rows.extras[state.row]!.members!];
  return step(
    select(
      toggleTags(
        state,
        seats.map(one => taskName(cursor.at(one))),
      ),
      world,
      state.row + 1,
    ),
  );
}

function toggleTags(state: AppState, names: readonly string[]): AppState {
  const tagged = new Set(state.tagged);
  const all = names.every(name => tagged.has(name));
  for (const name of names) {
    if (all) tagged.delete(name);
    else tagged.add(name);
  }
  return { ...state, tagged };
}

export function tagChildren(state: AppState, world: World): Step {
  const seat = world.rows.seats[state.row];
  if (seat === undefined || seat < 0) return tag(state, world);
  return step(toggleTags(state, withChildren(world.cursor, seat)));
}

/** Follows the task of the cursor, or nobody any more. */
export function follow(state: AppState, world: World): Step {
  const key = keyAt(world, state.row);
  if (state.following || !key || key.group !== undefined)
    return step({ ...state, following: undefined, message: undefined }, 'reorder');
  const following = { pid: key.pid, startTicks: key.startTicks };
  const message = { text: `following ${key.pid}: F lets go`, tone: 'good' as const };
  return step({ ...state, following, selected: following, message }, 'reorder');
}

/** Columns first, then the command, a part at a time. */
const COMMAND_STEP = 16;

export function scrollSideways(state: AppState, right: boolean): Step {
  const most = Math.max(0, state.columns.length - 2);
  const stride = right ? (state.skipped < most ? 1 : COMMAND_STEP) : state.skipped > most ? COMMAND_STEP : 1;
  const skipped = Math.max(0, Math.min(most + 40 * COMMAND_STEP, state.skipped + (right ? stride : -stride)));
  return step({ ...state, skipped: !right && state.skipped > most ? Math.max(most, skipped) : skipped });
}

const COMMAND = field('command');

/** What a search in the table looks through. */
function matches({ cursor, rows }: World, row: number, wanted: string): boolean {
  const group = rows.extras[row]?.group;
  const exact = /\p{Lu}/u.test(wanted);
  const has = (text: string): boolean => (exact ? text : text.toLowerCase()).includes(wanted);
  if (group !== undefined) return has(group);
  cursor.at(rows.seats[row]!);
  const command = COMMAND.value(cursor);
  return String(cursor.pid) === wanted || has(cursor.comm) || (typeof command === 'string' && has(command));
}

/** Puts the cursor on the next row that matches, `from` included; round at the end. False: there is none. */
export function searchFrom(state: AppState, world: World, from: number, direction: 1 | -1): AppState | undefined {
  const { length } = world.rows.seats;
  for (let turn = 0; turn < length; turn++) {
    const row = (((from + direction * turn) % length) + length) % length;
    if (matches(world, row, state.search)) return select(state, world, row);
  }
  return undefined;
}

export function searchNext(state: AppState, world: World, direction: 1 | -1): Step {
  const found = searchFrom(state, world, state.row + direction, direction);
  const message = { text: `no task matches '${state.search}'`, tone: 'warn' as const };
  return step(found ? { ...found, message: undefined } : { ...state, message });
}
