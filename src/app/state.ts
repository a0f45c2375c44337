/** The state of the monitor: what is shown and what is being asked, apart from the tasks themselves. */
import type { Field } from '../fields/field.ts';
import { DEFAULT_COLUMNS, DEFAULT_SORT, chooseSort, field, type SortKey } from '../fields/registry.ts';
import type { MeterLayout } from '../view/header.ts';
import type { Bound, KeyMap, Mode, SystemPage, TaskPage } from '../keys/keys.ts';
import type { Completion } from '../filter/complete.ts';
import type { Filter } from '../filter/filter.ts';
import { type Folds, type GroupBy, NOTHING_FOLDED, type Rows } from '../model/rows.ts';
import type { KernelThreads } from '../model/select.ts';
import type { TaskCursor } from '../model/task-cursor.ts';
import type { BoardLine } from '../view/board.ts';
import type { Line, Tone } from '../view/cells.ts';
import type { FlagWatch } from '../pages/context.ts';
import type { Action } from '../act/action.ts';
import type { Dialog, DialogFacts } from './dialog-state.ts';
import type { Target } from './dialog-target.ts';
import { EMPTY_LINE, type EditedLine } from './line-edit.ts';

/** A sample that is remembered. */
export interface Instant {
  /** Counted from the first sample of the source. */
  readonly number: number;
  /** CLOCK_MONOTONIC, and wall clock (NaN: not known), milliseconds. */
  readonly ms: number;
  readonly wallMs: number;
}

/** A task, wherever it stands in the table: a reused pid is another one. */
export interface TaskKey {
  readonly pid: number;
  readonly startTicks: number;
}

/** Pages that are open: which one, and where in it. */
export interface OpenPages<Page extends string = string> {
  readonly page: Page;
  readonly scroll: number;
  /** What was searched for; empty: nothing. */
  readonly search: string;
  /** The line of the match that was jumped to last; -1: none, or scrolled away since. */
  readonly match: number;
}

/** The task whose pages are open. */
export interface OpenTask extends OpenPages<TaskPage> {
  readonly key: TaskKey;
  readonly watch: FlagWatch;
  /** The mask at the last sample. */
  readonly flags: number;
  /** The file that the page Raw shows. */
  readonly rawFile: string;
  /** Set when the task has ended: when we noticed, and what its page last showed. */
  readonly gone: { readonly wallMs: number; readonly lines: readonly Line[] } | undefined;
}

export const BOARDS = ['stuck', 'events', 'findings'] as const;
export type BoardKind = (typeof BOARDS)[number];

/** A list about tasks that is no table. */
export interface OpenBoard extends OpenPages<BoardKind> {
  /** The line of the cursor, and what it stands for. */
  readonly row: number;
  readonly selected: string | undefined;
  readonly folded: ReadonlySet<string>;
  /** Only lines with these words. */
  readonly filter: string;
}

/** What is asked for in the bottom line. */
export type Purpose = 'interval' | 'search' | 'write' | 'filter' | 'narrow' | 'command';

/** A question, what has been typed, and what was wrong with it. */
export interface Prompt {
  readonly purpose: Purpose;
  readonly line: EditedLine;
  readonly problem: string | undefined;
  /** What Esc puts back, where typing takes effect at once. */
  readonly undo: Partial<AppState>;
  /** Tab goes round these words; absent: Tab was not the last key. */
  readonly round?: { readonly completion: Completion; readonly chosen: number };
}

/** A list to choose from. */
export type MenuKind = 'sort' | 'user' | 'group' | 'theme' | 'set';

/** Columns with their order, under one name: a tab of the table. */
export interface ColumnSet {
  readonly name: string;
  readonly columns: readonly Field[];
  readonly sort: readonly SortKey[];
}

/** What the column of commands shows. */
export type CommandAs = 'full' | 'name' | 'comm';

/** How rows are gathered. */
export type Arrangement = 'list' | 'tree' | GroupBy;

/** A row: a task, or a group of tasks (pid -1). */
export interface RowKey extends TaskKey {
  readonly group?: string;
}

export interface AppState {
  readonly mode: Mode;
  readonly map: KeyMap;
  readonly columns: readonly Field[];
  readonly sort: readonly SortKey[];
  /** The order of siblings in a tree: by pid, until it is told otherwise, so that it stands still. */
  readonly treeSort: readonly SortKey[];
  readonly arrangement: Arrangement;
  readonly folds: Folds;
  readonly threads: boolean;
  readonly kernelThreads: KernelThreads;
  /** Names or numbers of users; undefined: everybody. */
  readonly users: readonly string[] | undefined;
  readonly filter: Filter | undefined;
  /** Only tasks in these states. */
  readonly stateFilter: string | undefined;
  readonly hideIdle: boolean;
  readonly zerosBlank: boolean;
  readonly commandAs: CommandAs;
  /** Columns behind the first that are scrolled away, and then cells of the command. */
  readonly skipped: number;
  /** Tasks that actions are for, see `taskName`. */
  readonly tagged: ReadonlySet<string>;
  /** A task that stays on the screen whatever the filter says. */
  readonly following: TaskKey | undefined;
  /** What is searched for in the table; empty: nothing. */
  readonly search: string;
  readonly sets: readonly ColumnSet[];
  readonly set: number;
  /** Rules of the configuration: rows that match have this tone. */
  readonly highlights: readonly { readonly filter: Filter; readonly tone: Tone }[];
  /** Filters that the configuration has names for. */
  readonly filters: ReadonlyMap<string, string>;
  readonly layout: MeterLayout;
  readonly perCpu: boolean;
  readonly sparklines: boolean;
  /** Keys of the user's own. */
  readonly bound: readonly Bound[];
  readonly theme: string;
  readonly themes: readonly string[];
  /** When the cursor was moved last, CLOCK_MONOTONIC milliseconds: rows keep their places for a while. */
  readonly movedMs: number;
  readonly intervalSeconds: number;
  /** The past sample that is shown; undefined: the present. Sampling goes on meanwhile. */
  readonly instant: Instant | undefined;
  /** A recording is gone through; undefined: the source lives, or is a capture. */
  readonly replay: { readonly playing: boolean; readonly speed: number } | undefined;
  /**
   * The selected task; undefined: the cursor rests on the first row, whatever stands there. It is bound to a task from
   * the first movement on, and free again with Esc and Home.
   */
  readonly selected: RowKey | undefined;
  /** Row of the cursor, and the first row on the screen. */
  readonly row: number;
  readonly top: number;
  readonly task: OpenTask | undefined;
  readonly system: OpenPages<SystemPage> | undefined;
  readonly board: OpenBoard | undefined;
  readonly help: OpenPages<'help'> | undefined;
  /** The column chooser: its line, and what was searched for; undefined: it is not open. */
  readonly chooser: { readonly at: number; readonly search: string } | undefined;
  /** By its id: lists change while they are open. */
  readonly menu: { readonly kind: MenuKind; readonly chosen: string };
  readonly prompt: Prompt;
  /** What is asked before an action. */
  readonly dialog: Dialog | undefined;
  /** Why there are no actions here; undefined: there are. */
  readonly noActions: string | undefined;
  /** Stays until something else is said; `passing`: until the next key. */
  readonly message: { readonly text: string; readonly tone: Tone; readonly passing?: true } | undefined;
}

/** What the state is about: the tasks in their order, and how much of them fits. */
export interface World {
  readonly cursor: TaskCursor;
  /** Samples that can be gone to, oldest first, the present one included. */
  readonly instants: () => readonly Instant[];
  readonly rows: Rows;
  /** CLOCK_MONOTONIC, milliseconds. */
  readonly nowMs: number;
  /** Was the key pressed by somebody who saw the screen, and nothing else with it? */
  readonly confirmed: boolean;
  readonly dialogFacts: DialogFacts;
  /** Columns of the table on the screen. */
  readonly visible: readonly Field[];
  /** Rows of the table on the screen. */
  readonly tableRows: number;
  /** Rows for a page (help, menu, task) on the screen, and all its lines. */
  readonly pageRows: number;
  readonly pageLines: readonly Line[];
  readonly boardLines: readonly BoardLine[];
}

/** What the state asks of the outside. */
export type Wish =
  | 'quit'
  | 'suspend'
  | 'redraw'
  | 'reorder'
  | 'reopen'
  | 'reschedule'
  /** The settings, to the configuration file. */
  | 'save'
  /** What is on the screen, whole, as text into a new file; the table by the name's ending as JSON or CSV. */
  | { readonly writeTo: string }
  /** To the next (1) or the previous (-1) sample of a recording at which something is to be told. */
  | { readonly seek: 1 | -1 }
  /** What a dialog asked for was confirmed. */
  | { readonly perform: Action; readonly targets: readonly Target[] }
  /** An action of the key table by its name. */
  | { readonly action: string };

export interface Step {
  readonly state: AppState;
  readonly wishes: readonly Wish[];
}

export const step = (state: AppState, ...wishes: Wish[]): Step => ({ state, wishes });

const sortBy = (word: string): readonly SortKey[] => {
  const chosen = chooseSort([word]);
  return 'keys' in chosen ? chosen.keys : [];
};

const columnSet = (name: string, sort: string, ids: string): ColumnSet => ({
  name,
  columns: ids.split(' ').map(field),
  sort: sortBy(sort),
});

/** The tabs that every table has; the first is the default. */
export const SHIPPED_SETS: readonly ColumnSet[] = [
  columnSet('kernel', DEFAULT_SORT, DEFAULT_COLUMNS.join(' ')),
  columnSet(
    'faults',
    '-maj_flt_rate',
    'pid user state maj_flt_rate min_flt_rate faults_per_cpu_second maj_flt min_flt cmin_flt_rate cmaj_flt_rate rss_bytes rss_delta system_percent cpu_percent wchan_name command',
  ),
  columnSet(
    'sched',
    '-cpu_percent',
    'pid user state policy_name priority nice rt_priority processor cpus_allowed cpu_percent run_delay_percent vol_ctxt_rate nonvol_ctxt_rate num_threads cpu_time command',
  ),
  columnSet(
    'memory',
    '-rss_bytes',
    'pid user state rss_bytes rss_delta shared_bytes swap_bytes mem_percent vsize min_flt_rate maj_flt_rate oom_score num_threads command',
  ),
  columnSet(
    'io',
    '-maj_flt_rate',
    'pid user state read_rate write_rate blkio_delay maj_flt_rate cpu_percent wchan_name cgroup command',
  ),
  columnSet(
    'stuck',
    '-state_age',
    'pid user state state_age exiting_age flags wchan_name signals_pending cpu_percent num_threads age command',
  ),
];

export function initialState(): AppState {
  return {
    mode: 'table',
    map: 'htop',
    columns: DEFAULT_COLUMNS.map(field),
    sort: sortBy(DEFAULT_SORT),
    treeSort: sortBy('pid'),
    arrangement: 'list',
    folds: NOTHING_FOLDED,
    threads: false,
    kernelThreads: 'show',
    users: undefined,
    filter: undefined,
    stateFilter: undefined,
    hideIdle: false,
    zerosBlank: false,
    commandAs: 'full',
    skipped: 0,
    tagged: new Set(),
    following: undefined,
    search: '',
    sets: SHIPPED_SETS,
    set: 0,
    highlights: [],
    filters: new Map(),
    layout: 'auto',
    perCpu: true,
    sparklines: true,
    bound: [],
    theme: 'default',
    themes: ['default'],
    movedMs: Number.NEGATIVE_INFINITY,
    intervalSeconds: 2,
    instant: undefined,
    replay: undefined,
    selected: undefined,
    row: 0,
    top: 0,
    task: undefined,
    system: undefined,
    board: undefined,
    help: undefined,
    chooser: undefined,
    menu: { kind: 'sort', chosen: '' },
    prompt: { purpose: 'interval', line: EMPTY_LINE, problem: undefined, undo: {} },
    dialog: undefined,
    noActions: undefined,
    message: undefined,
  };
}
