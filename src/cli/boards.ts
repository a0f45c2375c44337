/** The boards of the monitor: lines, text and JSON of stuck tasks, events and findings. */
import type { AppState, BoardKind, Instant, OpenBoard } from '../app/state.ts';
import { filteredLines } from '../app/boards.ts';
import type { EventLog } from '../model/events.ts';
import { eventsJson } from '../out/events.ts';
import { chosenEvents, eventLines } from '../view/events.ts';
import { findingsJson } from '../findings/json.ts';
import { findingsLines, type Watched } from '../findings/lines.ts';
import { stuckJson } from '../stuck/json.ts';
import { stuckLines } from '../stuck/lines.ts';
import { stuckInD } from '../stuck/count.ts';
import { stuckReport, type StuckReport } from '../stuck/report.ts';
import { machineJson } from '../out/json.ts';
import { lineText } from '../pages/render.ts';
import type { TaskCursor } from '../model/task-cursor.ts';
import type { TaskTable } from '../model/task-table.ts';
import type { BarCounts } from '../view/bars.ts';
import type { BoardLine } from '../view/board.ts';
import type { FindingsWatch } from '../findings/watch.ts';
import type { Watchers } from './watchers.ts';
import { jsonText } from '../units/json-text.ts';

/** Wide enough that nothing is cut in text. */
const WIDE = 240;

/** What happened, and how much of it was too much to be kept. */
type Happened = Pick<EventLog, 'list' | 'dropped'>;

interface BoardSource {
  /** Started when somebody wants to know what they watch. */
  readonly watchers: () => Watchers;
  readonly cursor: TaskCursor;
  /** Undefined: the present is shown. */
  readonly instant: Instant | undefined;
  /** What was known of trouble at a past instant. */
  readonly past: (instant: Instant) => FindingsWatch;
  /** Up to the instant that is shown, oldest first. */
  readonly events: Happened;
}

/** Of the past only what the ring holds is known: no threads beside processes, no stacks. */
const stuckOf = ({ watchers, cursor, instant }: BoardSource): StuckReport =>
  instant ? stuckReport(cursor, undefined) : watchers().stuck();

const findingsOf = ({ watchers, past, instant }: BoardSource): Watched =>
  instant ? past(instant) : watchers().findings;

const LINES: Readonly<
  Record<BoardKind, (source: BoardSource, columns: number, board: OpenBoard) => readonly BoardLine[]>
> = {
  stuck: (source, columns, { folded, filter }) => filteredLines(stuckLines(stuckOf(source), columns, folded), filter),
  events: ({ events: { list, dropped }, cursor }, columns, { filter }) =>
    eventLines(list, cursor.machine, columns, { dropped, filter }),
  findings: (source, columns, { filter }) => filteredLines(findingsLines(findingsOf(source), columns), filter),
};

/** Keeps the watchers once somebody asked for them, and the lines of the open board until something has changed. */
export class Boards {
  readonly #start: () => Watchers;
  readonly #findingsAt: (instant: Instant) => FindingsWatch;
  #past: { readonly number: number; readonly findings: FindingsWatch } | undefined;
  #watchers: Watchers | undefined;
  /** Somebody watched, and is to watch again from the next sample on. */
  #resume = false;
  #built: { readonly key: string; readonly lines: readonly BoardLine[] } = { key: '', lines: [] };
  #changes = 0;
  #stuck: { readonly table: TaskTable | undefined; readonly samples: number; readonly count: number } = {
    table: undefined,
    samples: 0,
    count: 0,
  };

  /**
   * @param start makes watchers that know what is remembered.
   * @param findingsAt what was known of trouble at a past sample.
   */
  constructor(start: () => Watchers, findingsAt: (instant: Instant) => FindingsWatch) {
    this.#start = start;
    this.#findingsAt = findingsAt;
  }

  /** A sample is finished. */
  sampled(): void {
    if (this.#resume && !this.#watchers) this.#watchers = this.#start();
    else this.#watchers?.sampled();
    this.#resume = false;
    // while it was taken, what was counted was of two samples
    this.#stuck = { ...this.#stuck, table: undefined };
    this.changed();
  }

  /** Something came late. */
  changed(): void {
    this.#changes++;
  }

  /**
   * How many tasks are stuck where the cursor is, and how many findings go on: that only where somebody watches already.
   * @param cursor is moved.
   */
  counts({ instant }: AppState, cursor: TaskCursor): BarCounts {
    const { table } = cursor;
    if (this.#stuck.table !== table || this.#stuck.samples !== table.samples)
      this.#stuck = { table, samples: table.samples, count: stuckInD(cursor) };
    const known = instant
      ? this.#past?.number === instant.number
        ? this.#past.findings
        : undefined
      : this.#watchers?.findings;
    const findings = known?.findings.filter(({ ended }) => !ended).length;
    return { stuck: this.#stuck.count, ...(findings === undefined ? {} : { findings }) };
  }

  /** What was known does not hold any more; who watched goes on with the next sample. */
  close(): void {
    this.#watchers?.close();
    this.#resume ||= this.#watchers !== undefined;
    this.#watchers = undefined;
    this.#past = undefined;
    this.changed();
  }

  /** The lines of the open board; none when none is open. */
  lines(state: AppState, cursor: TaskCursor, events: Happened, columns: number): readonly BoardLine[] {
    const { board, instant } = state;
    if (!board) return [];
    const key = [this.#changes, instant?.number, columns, board.page, board.filter, ...board.folded].join(' ');
    if (key !== this.#built.key)
      this.#built = { key, lines: LINES[board.page](this.#source(state, cursor, events), columns, board) };
    return this.#built.lines;
  }

  /** The open board as text, nothing cut, or as JSON. */
  text(state: AppState, cursor: TaskCursor, events: Happened, json: boolean): string {
    const { board } = state;
    const source = this.#source(state, cursor, events);
    if (!board) return '';
    if (json) return jsonText(JSON_OF[board.page](source, board), 2) + '\n';
    return LINES[board.page](source, WIDE, board)
      .map(({ line }) => lineText(line).trimEnd() + '\n')
      .join('');
  }

  /** Made once for an instant. */
  #pastAt(instant: Instant): FindingsWatch {
    if (this.#past?.number !== instant.number)
      this.#past = { number: instant.number, findings: this.#findingsAt(instant) };
    return this.#past.findings;
  }

  #source({ instant }: AppState, cursor: TaskCursor, events: Happened): BoardSource {
    return {
      watchers: () => (this.#watchers ??= this.#start()),
      past: then => this.#pastAt(then),
      cursor,
      instant,
      events: instant ? { list: events.list.filter(({ ms }) => ms <= instant.ms), dropped: events.dropped } : events,
    };
  }
}

const JSON_OF: Readonly<Record<BoardKind, (source: BoardSource, board: OpenBoard) => unknown>> = {
  stuck: source => stuckJson(stuckOf(source), machineJson(source.cursor.machine)),
  events: ({ events: { list, dropped }, cursor }, { filter }) =>
    eventsJson(chosenEvents(list, filter, cursor.machine), machineJson(cursor.machine), {
      dropped,
      filter,
      wallMs: cursor.table.system.wallMs,
    }),
  findings: source => findingsJson(findingsOf(source), machineJson(source.cursor.machine)),
};
