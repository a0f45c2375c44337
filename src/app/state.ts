/** The state of the monitor: what is shown and what is being asked, apart from the tasks themselves. */
import type { Field } from '../fields/field.ts';
import { DEFAULT_COLUMNS, DEFAULT_SORT, chooseSort, field, type SortKey } from '../fields/registry.ts';
import type { KeyMap, Mode, SystemPage, TaskPage } from '../keys/keys.ts';
import type { KernelThreads } from '../model/select.ts';
import type { TaskCursor } from '../model/task-cursor.ts';
import type { Line, Tone } from '../view/cells.ts';
import type { FlagWatch } from '../pages/context.ts';
import { EMPTY_LINE, type EditedLine } from './line-edit.ts';

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

/** What is asked for in the bottom line. */
export type Purpose = 'interval' | 'search' | 'write';

/** A question, what has been typed, and what was wrong with it. */
export interface Prompt {
  readonly purpose: Purpose;
  readonly line: EditedLine;
  readonly problem: string | undefined;
}

export interface AppState {
  readonly mode: Mode;
  readonly map: KeyMap;
  readonly columns: readonly Field[];
  readonly sort: readonly SortKey[];
  readonly threads: boolean;
  readonly kernelThreads: KernelThreads;
  readonly intervalSeconds: number;
  readonly frozen: boolean;
  /**
   * The selected task; undefined: the cursor rests on the first row, whatever stands there. It is bound to a task from
   * the first movement on, and free again with Esc and Home.
   */
  readonly selected: TaskKey | undefined;
  /** Row of the cursor, and the first row on the screen. */
  readonly row: number;
  readonly top: number;
  readonly task: OpenTask | undefined;
  readonly system: OpenPages<SystemPage> | undefined;
  /** First line of the help page on the screen. */
  readonly scroll: number;
  /** The line of the sort menu. */
  readonly chosen: number;
  readonly prompt: Prompt;
  readonly message: { readonly text: string; readonly tone: Tone } | undefined;
}

/** What the state is about: the tasks in their order, and how much of them fits. */
export interface World {
  readonly cursor: TaskCursor;
  /** Seats of the rows in order. */
  readonly rows: Int32Array;
  /** Columns of the table on the screen. */
  readonly visible: readonly Field[];
  /** Rows of the table on the screen. */
  readonly tableRows: number;
  /** Rows for a page (help, menu, task) on the screen, and all its lines. */
  readonly pageRows: number;
  readonly pageLines: readonly Line[];
}

/** What the state asks of the outside. */
export type Wish =
  | 'quit'
  | 'suspend'
  | 'redraw'
  | 'reorder'
  | 'reopen'
  | 'reschedule'
  /** The page as text into a new file. */
  | { readonly writePageTo: string };

export interface Step {
  readonly state: AppState;
  readonly wishes: readonly Wish[];
}

export const step = (state: AppState, ...wishes: Wish[]): Step => ({ state, wishes });

const sortBy = (word: string): readonly SortKey[] => {
  const chosen = chooseSort([word]);
  return 'keys' in chosen ? chosen.keys : [];
};

export function initialState(): AppState {
  return {
    mode: 'table',
    map: 'htop',
    columns: DEFAULT_COLUMNS.map(field),
    sort: sortBy(DEFAULT_SORT),
    threads: false,
    kernelThreads: 'show',
    intervalSeconds: 2,
    frozen: false,
    selected: undefined,
    row: 0,
    top: 0,
    task: undefined,
    system: undefined,
    scroll: 0,
    chosen: 0,
    prompt: { purpose: 'interval', line: EMPTY_LINE, problem: undefined },
    message: undefined,
  };
}
