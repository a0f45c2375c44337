/** What a key or a sample does to the state: pure functions. */
import { FIELDS, chooseSort } from '../fields/registry.ts';
import type { Field } from '../fields/field.ts';
import { actionsOf, type ActionName } from '../keys/keys.ts';
import type { KernelThreads } from '../model/select.ts';
import { parseDuration } from '../units/parse.ts';
import { TASK_PAGES, type TaskPage } from '../view/task-pages.ts';
import { follow, keyAt, letGo, select } from './selection.ts';
import type { AppState, OpenTask, Step, Wish, World } from './state.ts';

type Handler = (state: AppState, world: World) => Step;

const step = (state: AppState, ...wishes: Wish[]): Step => ({ state, wishes });
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

function openTask(state: AppState, world: World): Step {
  const key = state.selected ?? keyAt(world, state.row);
  if (!key) return step(state);
  const { cursor } = world;
  const seat = cursor.table.find(key.pid, key.startTicks);
  if (seat < 0) return step(state);
  const task: OpenTask = {
    key,
    page: 'overview',
    scroll: 0,
    watch: { openedMs: cursor.table.system.wallMs, changes: [] },
    flags: cursor.at(seat).stat(9),
    gone: undefined,
  };
  return step({ ...state, mode: 'task', selected: key, task });
}

function open(state: AppState, world: World): Step {
  if (state.mode !== 'menu') return openTask(state, world);
  const field = sortChoices(state)[state.chosen];
  return field ? sortBy(state, firstDirection(field)) : step(state);
}

const showPage = (state: AppState, page: TaskPage): Step =>
  step(state.task ? { ...state, task: { ...state.task, page, scroll: 0 } } : state);

function turnPage(state: AppState, offset: number): Step {
  const at = TASK_PAGES.findIndex(({ id }) => id === state.task?.page);
  return showPage(state, TASK_PAGES[(at + offset + TASK_PAGES.length) % TASK_PAGES.length]!.id);
}

function back(state: AppState): Step {
  if (state.mode === 'table') return step({ ...letGo(state), message: undefined });
  if (state.mode === 'task') return step({ ...state, mode: 'table', task: undefined });
  return step({ ...state, mode: state.task ? 'task' : 'table', problem: undefined });
}

/** Moves by rows in the table and the menu, by lines on a page. */
function move(state: AppState, world: World, rows: number): Step {
  const lines = (scroll: number): number => Math.max(0, Math.min(world.pageLength - world.pageRows, scroll + rows));
  switch (state.mode) {
    case 'table':
      return step(select(state, world, state.row + rows));
    case 'menu':
      return step({ ...state, chosen: Math.max(0, Math.min(sortChoices(state).length - 1, state.chosen + rows)) });
    case 'help':
      return step({ ...state, scroll: lines(state.scroll) });
    case 'task':
      return step(state.task ? { ...state, task: { ...state.task, scroll: lines(state.task.scroll) } } : state);
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
const HANDLERS: Record<ActionName, Handler> = {
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
  interval: state => step({ ...state, mode: 'prompt', typed: '', problem: undefined }),
  freeze: state => step({ ...state, frozen: !state.frozen }, 'reschedule'),
  up: moveBy(() => -1),
  down: moveBy(() => 1),
  'page-up': moveBy((state, world) => -pageOf(state, world)),
  'page-down': moveBy(pageOf),
  'half-up': moveBy((state, world) => -Math.ceil(pageOf(state, world) / 2)),
  'half-down': moveBy((state, world) => Math.ceil(pageOf(state, world) / 2)),
  first: (state, world) => (state.mode === 'table' ? step(letGo(state)) : move(state, world, -EVERYTHING)),
  last: moveBy(() => EVERYTHING),
  'next-page': state => turnPage(state, 1),
  'previous-page': state => turnPage(state, -1),
  back,
  redraw: wish('redraw'),
  suspend: wish('suspend'),
  quit: wish('quit'),
};

const MOST_TYPED = 12;

/** The interval is being typed. */
function prompt(state: AppState, key: string): Step {
  if (key === 'enter') {
    const seconds = parseDuration(state.typed);
    if (state.typed === '') return back(state);
    if (seconds === undefined || seconds < 0.1 || seconds > 3600) return step({ ...state, problem: '(0.1 to 3600)' });
    return step({ ...back(state).state, intervalSeconds: seconds }, 'reschedule');
  }
  if (key === 'backspace') return step({ ...state, typed: state.typed.slice(0, -1), problem: undefined });
  if (key === 'escape') return back(state);
  const room = /^[\x21-\x7e]$/.test(key) && state.typed.length < MOST_TYPED;
  return step(room ? { ...state, typed: state.typed + key, problem: undefined } : state);
}

/** A key was pressed. */
export function press(state: AppState, key: string, world: World): Step {
  const action = actionsOf(state.mode, state.map).get(key);
  if (action) return HANDLERS[action](state, world);
  if (state.mode === 'prompt') return prompt(state, key);
  const page = state.mode === 'task' ? TASK_PAGES[Number(key) - 1] : undefined;
  return page ? showPage(state, page.id) : step(state);
}

/** Text was pasted: it is typed where something is being typed, and is never keys. */
export function paste(state: AppState, text: string): AppState {
  if (state.mode !== 'prompt') return state;
  const clean = text.split('\n', 1)[0]!.replace(/[^\x20-\x7e]/g, '');
  return { ...state, typed: (state.typed + clean).slice(0, MOST_TYPED), problem: undefined };
}

/** The tasks were sampled, or put in another order. */
export function sampled(state: AppState, world: World): AppState {
  return follow(state.task ? { ...state, task: watchFlags(state.task, world) } : state, world);
}

const MOST_CHANGES = 500;

function watchFlags(task: OpenTask, { cursor }: World): OpenTask {
  const seat = cursor.table.find(task.key.pid, task.key.startTicks);
  if (task.gone || seat < 0) return task;
  const flags = cursor.at(seat).stat(9);
  const changed = flags ^ task.flags;
  if (changed === 0) return task;
  const change = {
    wallMs: cursor.table.system.wallMs,
    set: (changed & flags) >>> 0,
    cleared: (changed & task.flags) >>> 0,
  };
  return { ...task, flags, watch: { ...task.watch, changes: [change, ...task.watch.changes].slice(0, MOST_CHANGES) } };
}
