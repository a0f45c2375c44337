/** The boards of the monitor: lines, text and JSON of stuck tasks, events and findings. */
import type { AppState, BoardKind, Instant, OpenBoard } from '../app/state.ts';
import { filteredLines } from '../app/boards.ts';
import type { EventLog } from '../model/events.ts';
import { eventsJson } from '../out/events.ts';
import { eventLines } from '../view/events.ts';
import { findingsJson } from '../findings/json.ts';
import { findingsLines, type Watched } from '../findings/lines.ts';
import { stuckJson } from '../stuck/json.ts';
import { stuckLines } from '../stuck/lines.ts';
import { stuckReport, type StuckReport } from '../stuck/report.ts';
import { machineJson } from '../out/json.ts';
import { lineText } from '../pages/render.ts';
import type { TaskCursor } from '../model/task-cursor.ts';
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
  Record<BoardKind, (source: BoardSource, columns: number, folded: ReadonlySet<string>) => readonly BoardLine[]>
> = {
  stuck: (source, columns, folded) => stuckLines(stuckOf(source), columns, folded),
  events: ({ events: { list, dropped }, cursor }, columns) => eventLines(list, cursor.machine, columns, { dropped }),
  findings: (source, columns) => findingsLines(findingsOf(source), columns),
};

/** Keeps the watchers once somebody asked for them, and the lines of the open board until something has changed. */
export class Boards {
  readonly #start: () => Watchers;
  readonly #findingsAt: (instant: Instant) => FindingsWatch;
  #past: { readonly number: number; readonly findings: FindingsWatch } | undefined;
  #watchers: Watchers | undefined;
  #built: { readonly key: string; readonly lines: readonly BoardLine[] } = { key: '', lines: [] };
  #changes = 0;

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
    this.#watchers?.sampled();
    this.changed();
  }

  /** Something came late. */
  changed(): void {
    this.#changes++;
  }

  /** What was known does not hold any more. */
  close(): void {
    this.#watchers?.close();
    this.#watchers = undefined;
    this.changed();
  }

  /** The lines of the open board; none when none is open. */
  lines(state: AppState, cursor: TaskCursor, events: Happened, columns: number): readonly BoardLine[] {
    const { board, instant } = state;
    if (!board) return [];
    const key = [this.#changes, instant?.number, columns, board.page, board.filter, ...board.folded].join(' ');
    if (key !== this.#built.key)
      this.#built = { key, lines: this.#build(this.#source(state, cursor, events), board, columns) };
    return this.#built.lines;
  }

  /** The open board as text, nothing cut, or as JSON. */
  text(state: AppState, cursor: TaskCursor, events: Happened, json: boolean): string {
    const { board } = state;
    const source = this.#source(state, cursor, events);
    if (!board) return '';
    if (json) return jsonText(JSON_OF[board.page](source), 2) + '\n';
    return this.#build(source, board, WIDE)
      .map(({ line }) => lineText(line).trimEnd() + '\n')
      .join('');
  }

  #build(source: BoardSource, { page, folded, filter }: OpenBoard, columns: number): readonly BoardLine[] {
    return filteredLines(LINES[page](source, columns, folded), filter);
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

const JSON_OF: Readonly<Record<BoardKind, (source: BoardSource) => unknown>> = {
  stuck: source => stuckJson(stuckOf(source), machineJson(source.cursor.machine)),
  events: ({ events: { list, dropped }, cursor }) =>
    eventsJson(list, machineJson(cursor.machine), { dropped, wallMs: cursor.table.system.wallMs }),
  findings: source => findingsJson(findingsOf(source), machineJson(source.cursor.machine)),
};
