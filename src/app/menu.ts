/** Lists to choose from: what stands in them, and what a choice does. */
import type { Field } from '../fields/field.ts';
import { chooseSort, field, FIELDS } from '../fields/registry.ts';
import { ALL_FOLDED, GROUPINGS, type GroupBy, NOTHING_FOLDED } from '../model/rows.ts';
import { isMissing } from '../units/missing.ts';
import { sortOf } from './arrange.ts';
import { letGo } from './selection.ts';
import { type AppState, type Arrangement, type MenuKind, type Step, step } from './state.ts';
import type { World } from './state.ts';

export interface MenuItem {
  readonly id: string;
  /** Short, in a column of its own. */
  readonly text: string;
  readonly help: string;
}

interface Menu {
  readonly title: string;
  readonly items: (state: AppState, world: World) => readonly MenuItem[];
  /** The item that is chosen at first. */
  readonly current: (state: AppState) => string;
  readonly choose: (state: AppState, id: string) => Step;
}

/** Numbers are of interest from the largest down, text and pids from the smallest up. */
export const firstDirection = ({ id, unit }: Field): string =>
  ['text', 'letter', 'id'].includes(unit) || id === 'nice' || id === 'priority' ? id : '-' + id;

/** Sorts by words as on the command line; undefined: one of them is no column. */
export function sortByWords(state: AppState, words: readonly string[]): Step | string {
  const chosen = chooseSort(words);
  if ('error' in chosen) return chosen.error;
  const order = state.arrangement === 'tree' ? { treeSort: chosen.keys } : { sort: chosen.keys };
  return step({ ...state, ...order, movedMs: Number.NEGATIVE_INFINITY }, 'reorder');
}

export const sortBy = (state: AppState, word: string): Step => {
  const done = sortByWords(state, [word]);
  return typeof done === 'string' ? step(state) : done;
};

const NOBODY = '';

/** Users of the tasks, those with most tasks first. */
function users(_: AppState, { cursor }: World): MenuItem[] {
  const { table } = cursor;
  const counts = new Map<string, number>();
  let unknown = 0;
  for (const seat of table.order.subarray(0, table.count)) {
    const user = field('user').value(cursor.at(seat));
    if (isMissing(user)) unknown++;
    else counts.set(String(user), (counts.get(String(user)) ?? 0) + 1);
  }
  const list = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const everybody = {
    id: NOBODY,
    text: 'everybody',
    help: `${table.count} tasks${unknown > 0 ? `, ${unknown} of them of users that are not known` : ''}`,
  };
  return [everybody, ...list.map(([name, count]) => ({ id: name, text: name, help: `${count} tasks` }))];
}

const GROUP_HELP: Readonly<Record<GroupBy, string>> = {
  comm: 'tasks of the same name',
  user: 'tasks of the same user',
  cgroup: 'tasks of the same control group',
  container: 'tasks of the same container',
  wchan_name: 'tasks that sleep in the same kernel function',
};

/** Gathers the rows anew; a group is folded at first, a tree is open. */
export function arrangeAs(state: AppState, arrangement: Arrangement): Step {
  const folds = arrangement === 'list' || arrangement === 'tree' ? NOTHING_FOLDED : ALL_FOLDED;
  const kept = arrangement === 'tree' ? state : letGo(state);
  return step({ ...kept, arrangement, folds, movedMs: Number.NEGATIVE_INFINITY }, 'reorder');
}

/** Is there a column that stays empty for processes with several threads, as threads have no rows? */
export const needsThreads = ({ threads }: AppState, columns: readonly Field[]): boolean =>
  !threads && columns.some(({ byThread }) => byThread === true);

const threadsNeeded = (set: string): NonNullable<AppState['message']> => ({
  text: `${set} columns: - where a process has several threads (H shows them)`,
  tone: 'normal',
  passing: true,
});

/** Takes a tab of the table; what was changed in the present one is kept. */
export function takeSet(state: AppState, index: number): Step {
  const { sets, columns, sort } = state;
  const kept = sets.map((set, at) => (at === state.set ? { ...set, columns, sort } : set));
  const next = kept[(index + kept.length) % kept.length]!;
  const set = kept.indexOf(next);
  const message = needsThreads(state, next.columns) ? threadsNeeded(next.name) : undefined;
  return step({ ...state, sets: kept, set, columns: next.columns, sort: next.sort, skipped: 0, message }, 'reorder');
}

export const MENUS: Readonly<Record<MenuKind, Menu>> = {
  sort: {
    title: 'Sort by',
    items: state =>
      [...state.columns, ...FIELDS.filter(entry => !state.columns.includes(entry))].map(({ id, title, help }) => ({
        id,
        text: title,
        help,
      })),
    current: state => sortOf(state)[0]?.field.id ?? '',
    choose: (state, id) => sortBy(state, firstDirection(field(id))),
  },
  user: {
    title: 'Show the tasks of',
    items: users,
    current: state => state.users?.[0] ?? NOBODY,
    choose: (state, id) => step({ ...letGo(state), users: id === NOBODY ? undefined : [id] }, 'reorder'),
  },
  group: {
    title: 'Gather tasks by',
    items: () => [
      { id: 'list', text: 'list', help: 'one row for each task' },
      { id: 'tree', text: 'tree', help: 'children below their parents' },
      ...GROUPINGS.map(id => ({ id, text: field(id).title, help: GROUP_HELP[id] })),
    ],
    current: state => state.arrangement,
    choose: (state, id) => arrangeAs(state, id as Arrangement),
  },
  theme: {
    title: 'Theme',
    items: state => state.themes.map(id => ({ id, text: id, help: '' })),
    current: state => state.theme,
    choose: (state, id) => step({ ...state, theme: id }),
  },
  set: {
    title: 'Columns',
    items: state =>
      state.sets.map(({ name, columns }) => ({
        id: name,
        text: name,
        help: columns.map(({ title }) => title).join(' '),
      })),
    current: state => state.sets[state.set]?.name ?? '',
    choose: (state, id) =>
      takeSet(
        state,
        state.sets.findIndex(({ name }) => name === id),
      ),
  },
};

/** A list of users is complete only when the files of all tasks are read, see `neededFields`. */
export function openMenu(state: AppState, kind: MenuKind): Step {
  const opened: AppState = { ...state, mode: 'menu', menu: { kind, chosen: MENUS[kind].current(state) } };
  return kind === 'user' ? step(opened, 'reorder') : step(opened);
}

/** The place of the chosen item among the present ones; the first when it is none of them. */
export const chosenAt = (items: readonly MenuItem[], { chosen }: AppState['menu']): number =>
  Math.max(
    0,
    items.findIndex(({ id }) => id === chosen),
  );

/** Goes up or down by so many items, to the first or the last at most. */
export function moveInMenu(state: AppState, world: World, rows: number): Step {
  const { menu } = state;
  const items = MENUS[menu.kind].items(state, world);
  const at = Math.max(0, Math.min(items.length - 1, chosenAt(items, menu) + rows));
  return step({ ...state, menu: { ...menu, chosen: items[at]?.id ?? '' } });
}

/** Enter in a menu. */
export function chooseItem(state: AppState, world: World): Step {
  const { kind } = state.menu;
  const items = MENUS[kind].items(state, world);
  const item = items[chosenAt(items, state.menu)];
  const mode = state.system ? 'system' : state.task ? 'task' : 'table';
  const back: AppState = { ...state, mode };
  return item ? MENUS[kind].choose(back, item.id) : step(back);
}
