/** What is shown of a state, on the screen and into files: its tasks in their rows, the page and the board that are open. */
import { arrange, asksTheSame, type Former, neededFields } from '../app/arrange.ts';
import { FrameMemo } from '../app/memo.ts';
import type { Scene } from '../app/scene.ts';
import type { AppState } from '../app/state.ts';
import { flatRows, type Rows } from '../model/rows.ts';
import type { TaskCursor } from '../model/task-cursor.ts';
import type { TaskTable } from '../model/task-table.ts';
import { renderCsv } from '../out/csv.ts';
import { renderJson } from '../out/json.ts';
import { renderTable } from '../out/table.ts';
import { cpuLists } from '../sample/cpu-lists.ts';
import type { Terminal } from '../term/terminal.ts';
import type { Boards } from './boards.ts';
import type { OwnCosts } from './own-cost.ts';
import type { PageSource } from './page-source.ts';
import type { Remembered } from './past.ts';
import type { Sampling } from './sampling.ts';
import { readColumns } from './visible-files.ts';

/** Where it comes from, and how large the screen is. */
interface Parts {
  readonly sampling: Pick<Sampling, 'model' | 'extra'>;
  /** Of the tasks that are sampled now, or of the recording. */
  readonly past: () => Remembered;
  readonly pages: Pick<PageSource, 'lines' | 'text'>;
  readonly boards: Pick<Boards, 'lines' | 'counts' | 'text'>;
  readonly own: Pick<OwnCosts, 'last'>;
  readonly terminal: Pick<Terminal, 'columns' | 'rows' | 'unicode'>;
  /** Undefined: this machine. */
  readonly place: string | undefined;
}

export class Shown {
  readonly #parts: Parts;
  readonly #memo = new FrameMemo();
  readonly #cpus = cpuLists();
  #rows: Rows = flatRows(new Int32Array(0));
  /** What the rows are of. */
  #of: { readonly table: TaskTable; readonly state: AppState } | undefined;
  #pidDigits = 5;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The tasks that are shown: those of now, or of the instant that was gone to. */
  cursor({ instant }: AppState): TaskCursor {
    const { past, sampling } = this.#parts;
    return (instant && past().at(instant.number)) ?? sampling.model.cursor;
  }

  /** Another table: no row is known of it. */
  clear(): void {
    this.#rows = flatRows(new Int32Array(0));
    this.#of = undefined;
  }

  /**
   * Shows the tasks that are to be shown, in their order, and reads what that needs of all of them.
   * @param stand whether rows are to stay where they are.
   */
  arrange(state: AppState, stand = false): void {
    const cursor = this.cursor(state);
    const { table } = cursor;
    readColumns(this.#parts.sampling.extra, state, table.order.subarray(0, table.count), neededFields(state));
    this.#rows = arrange(state, cursor, this.#former(state, table, stand));
    this.#of = { table, state };
    let largest = 0;
    for (const seat of this.#rows.seats) if (seat >= 0) largest = Math.max(largest, table.pid(seat));
    this.#pidDigits = Math.max(this.#pidDigits, String(largest).length);
  }

  /** The rows before. Another instant has a table of its own, where its tasks have other seats. */
  #former(state: AppState, table: TaskTable, stand: boolean): Former | undefined {
    if (!this.#of) return undefined;
    const { table: before, state: asked } = this.#of;
    const same = asksTheSame(asked, state);
    if (before === table) return { seats: this.#rows.seats, same, stand };
    const seatOf = new Map<number, number>();
    for (const seat of table.order.subarray(0, table.count)) seatOf.set(table.pid(seat), seat);
    const seats = this.#rows.seats.map(seat => (seat < 0 ? -1 : (seatOf.get(before.pid(seat)) ?? -1)));
    return { seats: seats.filter(seat => seat >= 0), same, stand };
  }

  /** The open task has ended: its page keeps what it last showed. */
  noticeEnd(state: AppState): AppState {
    const { sampling, pages, terminal } = this.#parts;
    const { task, instant } = state;
    const { table } = sampling.model;
    if (!task || task.gone || instant || table.find(task.key.pid, task.key.startTicks) >= 0) return state;
    const lines = pages.lines(state, sampling.model.cursor, terminal.columns);
    // while the past was shown it was noticed, too, and not told
    const gone = { wallMs: table.events.endOf(task.key) ?? table.system.wallMs, lines };
    return { ...state, task: { ...task, gone } };
  }

  scene(state: AppState): Scene {
    const { past, boards, pages, own, terminal, place } = this.#parts;
    const { columns, rows, unicode } = terminal;
    const cursor = this.cursor(state);
    return {
      memo: this.#memo,
      state,
      cursor,
      rows: this.#rows,
      instants: past().instants,
      board: boards.lines(state, cursor, past().events, columns),
      counts: boards.counts(state, cursor),
      columns,
      lines: rows,
      own: own.last,
      pidDigits: this.#pidDigits,
      place,
      openPage: pages.lines(state, cursor, columns),
      nowMs: performance.now(),
      ascii: !unicode,
      confirmed: false,
      dialogFacts: { ...this.#cpus, ownPid: process.pid, nowMs: Date.now() },
    };
  }

  /** The open page, or the table with all its rows: as the name of the file says. */
  text(file: string, state: AppState): string {
    const { past, boards, pages, sampling } = this.#parts;
    const cursor = this.cursor(state);
    const { board } = state;
    if (state.system ?? state.task) return pages.text(state, cursor);
    if (board) return boards.text(state, cursor, past().events, file.endsWith('.json'));
    const fields = state.columns;
    const seats = this.#rows.seats.filter(seat => seat >= 0);
    readColumns(sampling.extra, state, seats, fields);
    if (file.endsWith('.json')) return renderJson({ cursor, seats, fields });
    if (file.endsWith('.csv')) return renderCsv({ cursor, seats, fields }, true);
    return renderTable({ cursor, seats, fields });
  }
}
