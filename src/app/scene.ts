/** What a frame is built from, and how the screen is divided. */
import type { Rows } from '../model/rows.ts';
import type { TaskCursor } from '../model/task-cursor.ts';
import type { BarCounts } from '../view/bars.ts';
import type { BoardLine } from '../view/board.ts';
import type { Line, Spark } from '../view/cells.ts';
import type { OwnCost } from '../view/header.ts';
import type { DialogFacts } from './dialog-state.ts';
import type { FrameMemo } from './memo.ts';
import type { AppState, Instant } from './state.ts';

export interface Scene {
  /** What was made for the frame before. */
  readonly memo: FrameMemo;
  readonly state: AppState;
  readonly cursor: TaskCursor;
  readonly rows: Rows;
  readonly instants: () => readonly Instant[];
  readonly columns: number;
  readonly lines: number;
  readonly own: OwnCost;
  /** Digits of the largest pid seen so far. */
  readonly pidDigits: number;
  readonly place: string | undefined;
  /** All lines of the board that is open. */
  readonly board: readonly BoardLine[];
  /** What the bottom bar tells beside the names of keys. */
  readonly counts: BarCounts;
  /** All lines of the page of the task or of the machine that is open, as wide as the screen. */
  readonly openPage: readonly Line[];
  /** CLOCK_MONOTONIC, milliseconds. */
  readonly nowMs: number;
  /** Only ASCII can be shown. */
  readonly ascii: boolean;
  readonly confirmed: boolean;
  readonly dialogFacts: DialogFacts;
}

/** How the screen is divided; the same for every mode, so that nothing jumps. */
export interface Division {
  readonly header: readonly Line[];
  readonly sparks: readonly Spark[];
  /** Rows between header and bottom bar. */
  readonly body: number;
  /** Rows of the table, below its title line. */
  readonly tableRows: number;
  /** Lines of a page of text. */
  readonly pageRows: number;
}
