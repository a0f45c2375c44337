/** What a key or a sample does to the state: pure functions. */
import { FIELDS, chooseSort } from '../fields/registry.ts';
import type { Field } from '../fields/field.ts';
import { actionsOf, type ActionName, pagesIn, type TaskPage } from '../keys/keys.ts';
import type { KernelThreads } from '../model/select.ts';
import { watched } from '../pages/context.ts';
import { RAW_FILES } from '../pages/raw.ts';
import { jump, openPages, putPages } from './paging.ts';
import { ask, cancel, pasteLine, typeKey } from './prompt.ts';
import { follow, keyAt, letGo, select } from './selection.ts';
import { type AppState, type OpenTask, type Step, step, type Wish, type World } from './state.ts';

type Handler = (state: AppState, world: World) => Step;

const wish =
  (...wishes: Wish[]): Handler =>
  state =>
    step(state, ...wishes);

/** The columns that the sort menu offers: those on the screen first. */
export function sortChoices(state: AppState): readonly Field[] {
  return [...state.columns, ...FIELDS.filter(field => !state.columns.includes(field))];
}

function sortBy(state: AppState, word: string): Step {
  const chosen = chooseSort([word]);
  return 'keys' in chosen ? step({ ...state, sort: chosen.keys, mode: 'table' }, 'reorder') : step(state);
}

/** Numbers are of interest from the largest down, text and pids from the smallest up. */
const firstDirection = ({ id, unit }: Field): string =>
  ['text', 'letter', 'id'].includes(unit) || id === 'nice' || id === 'priority' ? id : '-' + id;

/** Only columns that are on the screen: an order that nobody sees is no answer to a key. */
function neighbour(state: AppState, { visible }: World, offset: number): Step {
  const at = visible.findIndex(({ id }) => id === state.sort[0]?.field.id);
  const column = visible[Math.max(0, Math.min(visible.length - 1, at + offset))];
  return column ? sortBy(state, firstDirection(column)) : step(state);
}

function reverse(state: AppState): Step {
  return step(
    { ...state, sort: state.sort.map(({ field, descending }) => ({ field, descending: !descending })) },
    'reorder',
  );
}

const NEXT_KERNEL: Record<KernelThreads, KernelThreads> = { show: 'hide', hide: 'only', only: 'show' };

function openTask(state: AppState, world: World, page: TaskPage): Step {
  const key = state.selected ?? keyAt(world, state.row);
  if (!key) return step(state);
  const { cursor } = world;
  const seat = cursor.table.find(key.pid, key.startTicks);
  if (seat < 0) return step(state);
  const task: OpenTask = {
    key,
    page,
    scroll: 0,
    search: '',
    match: -1,
    watch: { openedMs: cursor.table.system.wallMs, changes: [] },
    flags: cursor.at(seat).stat(9),
    rawFile: RAW_FILES[0]!,
    gone: undefined,
  };
  return step({ ...state, mode: 'task', selected: key, task });
}

function open(state: AppState, world: World): Step {
  if (state.mode !== 'menu') return openTask(state, world, 'overview');
  const field = sortChoices(state)[state.chosen];
  return field ? sortBy(state, firstDirection(field)) : step(state);
}

/** A page's own key: turns to it, or opens the task there. */
function showPage(state: AppState, world: World, page: string): Step {
  if (state.mode === 'task' && state.task) return step(putPages(state, { page, scroll: 0, match: -1 }));
  if (state.mode === 'system') return step(putPages(state, { page, scroll: 0, match: -1 }));
  return openTask(state, world, page as TaskPage);
}

function turnPage(state: AppState, world: World, offset: number): Step {
  const pages = pagesIn(state.mode);
  const at = pages.findIndex(({ id }) => id === openPages(state)?.page);
  return showPage(state, world, pages[(at + offset + pages.length) % pages.length]!.id);
}

function turnFile(state: AppState, offset: number): Step {
  const { task } = state;
  if (task?.page !== 'raw') return step(state);
  const at = RAW_FILES.indexOf(task.rawFile);
  const rawFile = RAW_FILES[(at + offset + RAW_FILES.length) % RAW_FILES.length]!;
  return step({ ...state, task: { ...task, rawFile, scroll: 0, match: -1 } });
}

function back(state: AppState): Step {
  if (state.mode === 'table') return step({ ...letGo(state), message: undefined });
  // as in less and vim, Esc first ends the search
  if (openPages(state)?.search) return step(putPages(state, { search: '' }));
  if (state.mode === 'task') return step({ ...state, mode: 'table', task: undefined });
  if (state.mode === 'system') return step({ ...state, mode: state.task ? 'task' : 'table', system: undefined });
  return step(cancel(state));
}

/** Moves by rows in the table and the menu, by lines on a page. */
function move(state: AppState, world: World, rows: number): Step {
  const lines = (scroll: number): number =>
    Math.max(0, Math.min(world.pageLines.length - world.pageRows, scroll + rows));
  const pages = openPages(state);
  switch (state.mode) {
    case 'table':
      return step(select(state, world, state.row + rows));
    case 'menu':
      return step({ ...state, chosen: Math.max(0, Math.min(sortChoices(state).length - 1, state.chosen + rows)) });
    case 'help':
      return step({ ...state, scroll: lines(state.scroll) });
    case 'task':
    case 'system':
      return step(pages ? putPages(state, { scroll: lines(pages.scroll), match: -1 }) : state);
    case 'prompt':
      return step(state);
  }
}

const EVERYTHING = 1e9;
const pageOf = (state: AppState, world: World): number =>
  Math.max(1, (state.mode === 'table' ? world.tableRows : world.pageRows) - 1);
const moveBy =
  (rows: (state: AppState, world: World) => number): Handler =>
  (state, world) =>
    move(state, world, rows(state, world));

/** Every action has its entry: a new one in the key table does not compile without. */
const HANDLERS: Record<Exclude<ActionName, `show-${string}`>, Handler> = {
  help: state => step({ ...state, mode: 'help', scroll: 0 }),
  open,
  'sort-menu': state => {
    const chosen = sortChoices(state).findIndex(({ id }) => id === state.sort[0]?.field.id);
    return step({ ...state, mode: 'menu', chosen: Math.max(0, chosen) });
  },
  'sort-cpu': state => sortBy(state, '-cpu_percent'),
  'sort-memory': state => sortBy(state, '-rss_bytes'),
  'sort-time': state => sortBy(state, '-cpu_time'),
  'sort-pid': state => sortBy(state, 'pid'),
  'sort-left': (state, world) => neighbour(state, world, -1),
  'sort-right': (state, world) => neighbour(state, world, 1),
  'sort-reverse': reverse,
  threads: state => step({ ...letGo(state), threads: !state.threads }, 'reopen'),
  'kernel-threads': state => step({ ...state, kernelThreads: NEXT_KERNEL[state.kernelThreads] }, 'reorder'),
  interval: state => step(ask(state, 'interval')),
  system: state => step({ ...state, mode: 'system', system: { page: 'machine', scroll: 0, search: '', match: -1 } }),
  search: state => step(ask(state, 'search')),
  'search-next': (state, world) => step(jump(state, world, 1)),
  'search-previous': (state, world) => step(jump(state, world, -1)),
  write: state => step(ask(state, 'write')),
  'next-file': state => turnFile(state, 1),
  'previous-file': state => turnFile(state, -1),
  freeze: state => step({ ...state, frozen: !state.frozen }, 'reschedule'),
  up: moveBy(() => -1),
  down: moveBy(() => 1),
  'page-up': moveBy((state, world) => -pageOf(state, world)),
  'page-down': moveBy(pageOf),
  'half-up': moveBy((state, world) => -Math.ceil(pageOf(state, world) / 2)),
  'half-down': moveBy((state, world) => Math.ceil(pageOf(state, world) / 2)),
  first: (state, world) => (state.mode === 'table' ? step(letGo(state)) : move(state, world, -EVERYTHING)),
  last: moveBy(() => EVERYTHING),
  'next-page': (state, world) => turnPage(state, world, 1),
  'previous-page': (state, world) => turnPage(state, world, -1),
  back,
  redraw: wish('redraw'),
  suspend: wish('suspend'),
  quit: wish('quit'),
};

const SHOW = 'show-';
const isPage = (action: ActionName): action is Extract<ActionName, `show-${string}`> => action.startsWith(SHOW);

/** A key was pressed. */
export function press(state: AppState, key: string, world: World): Step {
  const action = actionsOf(state.mode, state.map).get(key);
  if (!action) return state.mode === 'prompt' ? typeKey(state, key, world) : step(state);
  return isPage(action) ? showPage(state, world, action.slice(SHOW.length)) : HANDLERS[action](state, world);
}

/** Text was pasted: it is typed where something is being typed, and is never keys. */
export const paste = (state: AppState, text: string): AppState =>
  state.mode === 'prompt' ? pasteLine(state, text) : state;

/** The tasks were sampled, or put in another order. */
export function sampled(state: AppState, world: World): AppState {
  return follow(state.task ? { ...state, task: watchFlags(state.task, world) } : state, world);
}

function watchFlags(task: OpenTask, { cursor }: World): OpenTask {
  const seat = cursor.table.find(task.key.pid, task.key.startTicks);
  if (task.gone || seat < 0) return task;
  const flags = cursor.at(seat).stat(9);
  return { ...task, flags, watch: watched(task.watch, task.flags, flags, cursor.table.system.wallMs) };
}
