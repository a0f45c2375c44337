/** What a key or a sample does to the state: pure functions. */
import { actionsOf, type ActionName, pagesIn, type TaskPage } from '../keys/keys.ts';
import { watched } from '../pages/context.ts';
import { RAW_FILES } from '../pages/raw.ts';
import { findColumn, moveColumn, moveInColumns, openColumns, toggleColumn, widenColumn } from './columns.ts';
import { clearFilter } from './filtering.ts';
import { chooseItem, moveInMenu, openMenu, sortBy, takeSet } from './menu.ts';
import { closeBoard, foldAllOnBoard, foldOnBoard, followBoard, moveOnBoard, openBoard } from './boards.ts';
import { changeSpeed, freeze, jumpMinute, pastModes, play, seek, stepInstant } from './travel.ts';
import { dialogKey, dialogPaste, openDialog } from './dialog.ts';
import type { DialogKind } from './dialog-state.ts';
import { targetOf } from './dialog-target.ts';
import { jump, openPages, putPages } from './paging.ts';
import { ask, cancel, pasteLine, typeKey } from './prompt.ts';
import { METER_LAYOUTS } from '../view/header.ts';
import { chosenSeats, follow, keyAt, letGo, select } from './selection.ts';
import {
  fold,
  foldAll,
  follow as followTask,
  neighbour,
  nextCommandAs,
  nextKernelThreads,
  nextStateFilter,
  reverse,
  scrollSideways,
  searchNext,
  tag,
  tagChildren,
  toggleTree,
} from './table-actions.ts';
import { type AppState, type OpenTask, type Step, step, type Wish, type World } from './state.ts';

type Handler = (state: AppState, world: World) => Step;

const wish =
  (...wishes: Wish[]): Handler =>
  state =>
    step(state, ...wishes);

function openTask(state: AppState, world: World, page: TaskPage): Step {
  const key = state.selected ?? keyAt(world, state.row);
  if (!key || key.group !== undefined) return step(state);
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

function findPid({ cursor: { table } }: World, pid: number): number {
  for (const seat of table.order.subarray(0, table.count)) if (table.pid(seat) === pid) return seat;
  return -1;
}

/** Opens the task of the board's line, or folds its group. */
function openFromBoard(state: AppState, world: World): Step {
  const line = state.board && world.boardLines[state.board.row];
  if (line?.group !== undefined) return foldOnBoard(state, world);
  if (!line?.task) return step(state);
  const { pid, startTicks } = line.task;
  if (world.cursor.table.find(pid, startTicks) >= 0)
    return openTask({ ...state, selected: { pid, startTicks } }, world, 'overview');
  const process = line.task.tgid === undefined ? -1 : findPid(world, line.task.tgid);
  // a thread that is no row of its own: its process, at its threads
  if (process >= 0) {
    const startTicks = world.cursor.table.startTicks(process);
    return openTask({ ...state, selected: { pid: line.task.tgid!, startTicks } }, world, 'threads');
  }
  const text = `${pid} is not in the table: it has ended, or is a thread (H shows threads)`;
  return step({ ...state, message: { text, tone: 'warn' } });
}

function open(state: AppState, world: World): Step {
  if (state.mode === 'menu') return chooseItem(state, world);
  if (state.mode === 'board') return openFromBoard(state, world);
  const extra = world.rows.extras[state.row];
  if (extra?.group !== undefined) return fold(state, world, extra.folded === false);
  return openTask(state, world, 'overview');
}

/** A page's own key: turns to it, or opens the task there. */
function showPage(state: AppState, world: World, page: string): Step {
  if (state.mode === 'task' && state.task) return step(putPages(state, { page, scroll: 0, match: -1 }));
  if (state.mode === 'system') return step(putPages(state, { page, scroll: 0, match: -1 }));
  return openTask(state, world, page as TaskPage);
}

function turnPage(state: AppState, world: World, offset: number): Step {
  const pages = pagesIn(state.mode);
  // by its name it can be called for anywhere
  if (pages.length === 0) return step(state);
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

/** Esc undoes one thing at a time: the search, the filters, the bond of the cursor. */
function leaveTable(state: AppState): Step {
  if (state.search !== '') return step({ ...state, search: '', message: undefined });
  if (state.filter || state.stateFilter !== undefined || state.users) return clearFilter(state);
  return step({ ...letGo(state), message: undefined });
}

/** Esc on a board: its filter, then the board. */
const leaveBoard = (state: AppState): Step =>
  state.board?.filter ? step({ ...state, board: { ...state.board, filter: '' } }) : closeBoard(state);

function back(state: AppState): Step {
  if (state.mode === 'table') return leaveTable(state);
  // as in less and vim, Esc first ends the search
  if (openPages(state)?.search) return step(putPages(state, { search: '' }));
  if (state.mode === 'help') return step(cancel({ ...state, help: undefined }));
  if (state.mode === 'columns') return step({ ...state, mode: 'table', chooser: undefined });
  const below = state.board ? 'board' : 'table';
  if (state.mode === 'task') return step({ ...state, mode: below, task: undefined });
  if (state.mode === 'system') return step({ ...state, mode: state.task ? 'task' : below, system: undefined });
  if (state.mode === 'board') return leaveBoard(state);
  return step(cancel(state));
}

/** Moves by rows in the table and the menu, by lines on a page. */
function move(state: AppState, world: World, rows: number): Step {
  const lines = (scroll: number): number =>
    Math.max(0, Math.min(world.pageLines.length - world.pageRows, scroll + rows));
  const pages = openPages(state);
  switch (state.mode) {
    case 'table':
    case 'searching':
      return step({ ...select(state, world, state.row + rows), movedMs: world.nowMs });
    case 'menu':
      return moveInMenu(state, world, rows);
    case 'columns':
      return step(moveInColumns(state, rows));
    case 'board':
      return moveOnBoard(state, world, rows);
    case 'frozen':
    case 'replay':
    case 'help':
    case 'task':
    case 'system':
      return step(pages ? putPages(state, { scroll: lines(pages.scroll), match: -1 }) : state);
    case 'prompt':
    case 'dialog':
      return step(state);
  }
}

/** The next match, on a page or in the table. */
const searchOn = (state: AppState, world: World, direction: 1 | -1): Step => {
  const { chooser } = state;
  if (chooser) return step(findColumn(state, chooser.search, chooser.at + direction, direction) ?? state);
  return openPages(state) ? step(jump(state, world, direction)) : searchNext(state, world, direction);
};

const EVERYTHING = 1e9;
const pageOf = (state: AppState, world: World): number =>
  Math.max(1, (state.mode === 'table' ? world.tableRows : world.pageRows) - 1);
const moveBy =
  (rows: (state: AppState, world: World) => number): Handler =>
  (state, world) =>
    move(state, world, rows(state, world));

const ONE_KIND = {
  text: 'a sample of the past holds either processes or threads: Z goes back to the present, where H switches',
  tone: 'warn',
} as const;

/** Every action has its entry: a new one in the key table does not compile without. */
const HANDLERS: Record<Exclude<ActionName, `show-${string}`>, Handler> = {
  help: state => step({ ...state, mode: 'help', help: { page: 'help', scroll: 0, search: '', match: -1 } }),
  open,
  columns: state => step(openColumns(state)),
  'column-toggle': state => step(toggleColumn(state)),
  'column-left': state => step(moveColumn(state, -1)),
  'column-right': state => step(moveColumn(state, 1)),
  'column-wider': state => step(widenColumn(state, 1)),
  'column-narrower': state => step(widenColumn(state, -1)),
  filter: state => step(ask(state, state.mode === 'board' ? 'narrow' : 'filter')),
  'clear-filter': clearFilter,
  tree: toggleTree,
  signal: (state, world) => openAction(state, world, 'signal'),
  renice: (state, world) => openAction(state, world, 'renice'),
  'nice-down': (state, world) => openAction(state, world, 'renice', 'f7'),
  'nice-up': (state, world) => openAction(state, world, 'renice', 'f8'),
  affinity: (state, world) => openAction(state, world, 'affinity'),
  policy: (state, world) => openAction(state, world, 'policy'),
  'io-class': (state, world) => openAction(state, world, 'io-class'),
  'sort-menu': state => openMenu(state, 'sort'),
  user: state => openMenu(state, 'user'),
  group: state => openMenu(state, 'group'),
  tag,
  'tag-children': tagChildren,
  untag: state => step({ ...state, tagged: new Set() }),
  follow: followTask,
  'state-filter': nextStateFilter,
  fold: (state, world) => (state.mode === 'board' ? foldOnBoard(state, world, true) : fold(state, world, true)),
  unfold: (state, world) => (state.mode === 'board' ? foldOnBoard(state, world, false) : fold(state, world, false)),
  'fold-all': (state, world) => (state.mode === 'board' ? foldAllOnBoard(state, world) : foldAll(state)),
  idle: state => step({ ...state, hideIdle: !state.hideIdle }, 'reorder'),
  zeros: state => step({ ...state, zerosBlank: !state.zerosBlank }),
  'command-as': nextCommandAs,
  'next-set': state => takeSet(state, state.set + 1),
  'previous-set': state => takeSet(state, state.set - 1),
  'scroll-left': state => scrollSideways(state, false),
  'scroll-right': state => scrollSideways(state, true),
  command: state => step(ask(state, 'command')),
  save: wish('save'),
  'sort-cpu': state => sortBy(state, '-cpu_percent'),
  'sort-memory': state => sortBy(state, '-rss_bytes'),
  'sort-time': state => sortBy(state, '-cpu_time'),
  'sort-pid': state => sortBy(state, 'pid'),
  'sort-left': (state, world) => neighbour(state, world, -1),
  'sort-right': (state, world) => neighbour(state, world, 1),
  'sort-reverse': reverse,
  threads: state =>
    state.instant && !state.replay
      ? step({ ...state, message: ONE_KIND })
      : step({ ...letGo(state), threads: !state.threads }, 'reopen'),
  'kernel-threads': nextKernelThreads,
  'per-cpu': state => step({ ...state, perCpu: !state.perCpu }),
  meters: state => {
    const next = METER_LAYOUTS[(METER_LAYOUTS.indexOf(state.layout) + 1) % METER_LAYOUTS.length]!;
    return step({ ...state, layout: next, message: { text: `meters: ${next}`, tone: 'normal' } });
  },
  interval: state => step(ask(state, 'interval')),
  system: state => step({ ...state, mode: 'system', system: { page: 'machine', scroll: 0, search: '', match: -1 } }),
  search: state => step(ask(state, 'search')),
  'search-next': (state, world) => searchOn(state, world, 1),
  'search-previous': (state, world) => searchOn(state, world, -1),
  write: state => step(ask(state, 'write')),
  'next-file': state => turnFile(state, 1),
  'previous-file': state => turnFile(state, -1),
  freeze,
  play,
  faster: state => changeSpeed(state, 1),
  slower: state => changeSpeed(state, -1),
  'next-finding': state => seek(state, 1),
  'previous-finding': state => seek(state, -1),
  'sample-back': (state, world) => stepInstant(state, world, -1),
  'sample-on': (state, world) => stepInstant(state, world, 1),
  'minute-back': (state, world) => jumpMinute(state, world, -1),
  'minute-on': (state, world) => jumpMinute(state, world, 1),
  stuck: state => openBoard(state, 'stuck'),
  events: state => openBoard(state, 'events'),
  findings: state => openBoard(state, 'findings'),
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

function act(state: AppState, action: ActionName, world: World): Step {
  return isPage(action) ? showPage(state, world, action.slice(SHOW.length)) : HANDLERS[action](state, world);
}

const isAction = (name: string): name is ActionName => name.startsWith(SHOW) || Object.hasOwn(HANDLERS, name);

/** A command may call for an action by its name: it is done at once. */
function fulfilled({ state, wishes }: Step, world: World): Step {
  const called = wishes.find(one => typeof one === 'object' && 'action' in one);
  if (!called || !('action' in called) || !isAction(called.action)) return { state, wishes };
  const done = act(state, called.action, world);
  return { state: done.state, wishes: [...wishes.filter(one => one !== called), ...done.wishes] };
}

/** The tasks that an action is for: the open one, else those that are tagged, else those of the cursor's row. */
function openAction(state: AppState, world: World, kind: DialogKind, key?: string): Step {
  if (state.noActions !== undefined) return step({ ...state, message: { text: state.noActions, tone: 'warn' } });
  const { cursor } = world;
  const open =
    state.mode === 'task' && state.task ? cursor.table.find(state.task.key.pid, state.task.key.startTicks) : -1;
  const seats = open >= 0 ? [open] : state.mode === 'task' ? [] : chosenSeats(state, world);
  const targets = seats.map(seat => targetOf(cursor.at(seat)));
  if (targets.length === 0) return step({ ...state, message: { text: 'there is no task to act on', tone: 'warn' } });
  const dialog = openDialog(kind, targets, world.dialogFacts);
  const first = key === undefined ? { dialog } : dialogKey(dialog, key, false);
  return step({ ...state, mode: 'dialog', dialog: 'dialog' in first ? first.dialog : dialog, message: undefined });
}

function inDialog(state: AppState, key: string, { confirmed }: World): Step {
  if (!state.dialog) return step(cancel(state));
  // nothing opens one where there are no actions; were one open nevertheless, it would do nothing
  if (state.noActions !== undefined)
    return step({ ...cancel(state), dialog: undefined, message: { text: state.noActions, tone: 'warn' } });
  const done = dialogKey(state.dialog, key, confirmed);
  if ('close' in done) return step({ ...cancel(state), dialog: undefined });
  if ('perform' in done)
    return step({ ...state, dialog: done.dialog }, { perform: done.perform, targets: done.targets });
  return step({ ...state, dialog: done.dialog });
}

/** A key was pressed. */
export function press(before: AppState, key: string, world: World): Step {
  const state = before.message?.passing ? { ...before, message: undefined } : before;
  const searching =
    state.mode === 'table' && state.search !== '' ? actionsOf('searching', state.map, state.bound).get(key) : undefined;
  const past = pastModes(state).map(mode => actionsOf(mode, state.map, state.bound).get(key));
  const frozen = past.find(action => action !== undefined);
  const action = searching ?? frozen ?? actionsOf(state.mode, state.map, state.bound).get(key);
  if (!action && state.mode === 'dialog') return inDialog(state, key, world);
  if (!action) return state.mode === 'prompt' ? fulfilled(typeKey(state, key, world), world) : step(state);
  return act(state, action, world);
}

/** Text was pasted: it is typed where something is being typed, and is never keys. */
export function paste(state: AppState, text: string, world: World): Step {
  if (state.mode === 'dialog' && state.dialog) return step({ ...state, dialog: dialogPaste(state.dialog, text) });
  return state.mode === 'prompt' ? pasteLine(state, text, world) : step(state);
}

/** The tasks were sampled, or put in another order. */
export function sampled(state: AppState, world: World): AppState {
  const watched = state.task && !state.instant ? { ...state, task: watchFlags(state.task, world) } : state;
  return followBoard(follow(watched, world), world);
}

function watchFlags(task: OpenTask, { cursor }: World): OpenTask {
  const seat = cursor.table.find(task.key.pid, task.key.startTicks);
  if (task.gone || seat < 0) return task;
  const flags = cursor.at(seat).stat(9);
  return { ...task, flags, watch: watched(task.watch, task.flags, flags, cursor.table.system.wallMs) };
}
