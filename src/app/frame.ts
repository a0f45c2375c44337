/** The whole screen out of the state and the tasks. Only rows on the screen are formatted. */
import type { TaskCursor } from '../model/task-cursor.ts';
import { timeText } from '../units/format.ts';
import { fit, harmless } from '../units/text.ts';
import { keyBar, promptBar } from '../view/bars.ts';
import type { Frame, Line, Spark } from '../view/cells.ts';
import { headerLines, type OwnCost } from '../view/header.ts';
import { helpPage, sortMenu } from '../view/pages.ts';
import { type Column, layoutColumns, taskLine, titleLine } from '../view/table.ts';
import { pagesIn } from '../keys/keys.ts';
import { taskTitle } from '../pages/identity.ts';
import { positionText, tabs } from '../pages/tabs.ts';
import { marked, openPages } from './paging.ts';
import { QUESTIONS } from './prompt.ts';
import type { AppState, OpenTask } from './state.ts';
import { sortChoices } from './update.ts';

export interface Scene {
  readonly state: AppState;
  readonly cursor: TaskCursor;
  /** Seats in order. */
  readonly rows: Int32Array;
  readonly columns: number;
  readonly lines: number;
  readonly own: OwnCost;
  /** Digits of the largest pid seen so far. */
  readonly pidDigits: number;
  readonly place: string | undefined;
  /** All lines of the page of the task or of the machine that is open, as wide as the screen. */
  readonly openPage: readonly Line[];
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

export function divide(scene: Scene): Division {
  const { state, cursor, rows, columns, lines, own, place } = scene;
  const { table } = cursor;
  const { lines: header, sparks } = headerLines(
    {
      machine: cursor.machine,
      system: table.system,
      states: table.census(),
      tasks: table.count,
      shown: rows.length,
      denied: table.denied,
      threads: table.threads,
      intervalSeconds: state.intervalSeconds,
      frozen: state.frozen,
      own,
      message: state.message,
      notes: notesOf(scene),
      place,
    },
    columns,
    lines,
  );
  const body = Math.max(0, lines - header.length - 1);
  return {
    header,
    sparks,
    body,
    tableRows: Math.max(0, body - 1),
    pageRows: Math.max(0, openPages(state) ? body - 2 : body - 1),
  };
}

/** What the screen does not show by itself: hidden tasks, and an order by a column that is not there. */
function notesOf(scene: Scene): string[] {
  const { state } = scene;
  const shown = tableColumns(scene);
  const unseen = state.sort.filter(({ field }) => !shown.some(column => column.field === field));
  const hidden = { show: [], hide: ['kernel threads hidden'], only: ['only kernel threads'] }[state.kernelThreads];
  return [...unseen.map(({ field, descending }) => `sort ${field.title}${descending ? '▼' : '▲'}`), ...hidden];
}

/** Columns of the table as they fit now. */
export function tableColumns({ state, columns, pidDigits }: Scene): Column[] {
  return layoutColumns(state.columns, columns, pidDigits);
}

/** Seats of the rows on the screen. */
export function visibleSeats({ state, rows }: Scene, tableRows: number): Int32Array {
  return rows.subarray(state.top, state.top + tableRows);
}

function tableBody(scene: Scene, { tableRows }: Division): Line[] {
  const { state, cursor } = scene;
  const columns = tableColumns(scene);
  const lines = [titleLine(columns, state.sort)];
  visibleSeats(scene, tableRows).forEach((seat, index) =>
    lines.push(taskLine(columns, cursor.at(seat), state.top + index === state.row)),
  );
  return lines;
}

/** The first line of a task's pages: who it is, or that it has ended. */
function titleOf({ cursor }: Scene, { key, gone }: OpenTask): Line {
  const seat = cursor.table.find(key.pid, key.startTicks);
  if (!gone) return seat < 0 ? { spans: [] } : taskTitle(cursor.at(seat));
  const text = `${key.pid} has ended, noticed at ${timeText(gone.wallMs)}; below is what it last showed`;
  return { spans: [{ x: 1, text, tone: 'bad' }] };
}

function openBody(scene: Scene, { pageRows }: Division): Line[] {
  const { state, columns, openPage } = scene;
  const pages = openPages(state)!;
  const title: Line =
    state.system || !state.task
      ? { spans: [{ x: 1, text: harmless(`${scene.cursor.machine.hostname}: the machine`), tone: 'title' }] }
      : titleOf(scene, state.task);
  const shown = openPage.slice(pages.scroll, pages.scroll + pageRows);
  const position = positionText(pages.scroll, pageRows, openPage.length);
  const at = columns - position.length - 1;
  const room = title.spans
    .filter(({ x }) => x < at - 1)
    .map(span => ({ ...span, text: fit(span.text, at - 1 - span.x) }));
  return [
    { ...title, spans: position === '' ? title.spans : [...room, { x: Math.max(0, at), text: position, tone: 'dim' }] },
    tabs(pagesIn(state.system ? 'system' : 'task'), pages.page, columns),
    ...shown.map(line => marked(line, pages.search)),
  ];
}

/** All lines of the page of text that is shown. */
export function pageLines(scene: Scene): readonly Line[] {
  const { state, cursor, columns, openPage } = scene;
  if (state.mode === 'help') return helpPage(state.columns, cursor.machine.flags, state.map, columns);
  if (state.mode === 'menu') return sortMenu(sortChoices(state), state.chosen, columns);
  return openPages(state) ? openPage : [];
}

function pageBody(scene: Scene, title: string, scroll: number, { pageRows }: Division): Line[] {
  const heading: Line = { spans: [{ x: 1, text: title, tone: 'header' }], fill: 'header' };
  return [heading, ...pageLines(scene).slice(scroll, scroll + pageRows)];
}

function bodyLines(scene: Scene, division: Division): Line[] {
  const { state } = scene;
  if (state.mode === 'help') return pageBody(scene, 'taskscope: help', state.scroll, division);
  if (state.mode === 'menu') {
    const scroll = Math.max(0, state.chosen - division.pageRows + 1);
    return pageBody(scene, 'Sort by (Enter chooses, R reverses in the table)', scroll, division);
  }
  return openPages(state) ? openBody(scene, division) : tableBody(scene, division);
}

function bottomBar({ state, columns }: Scene): Line {
  if (state.mode !== 'prompt') return keyBar(state.mode, state.map, columns);
  const { purpose, line, problem } = state.prompt;
  return promptBar(QUESTIONS[purpose].question, line, problem, columns);
}

export function buildFrame(scene: Scene, division: Division): Frame {
  const { columns, lines } = scene;
  const body = bodyLines(scene, division).slice(0, division.body);
  const blank = Array.from({ length: Math.max(0, division.body - body.length) }, (): Line => ({ spans: [] }));
  return {
    columns,
    rows: lines,
    lines: [...division.header, ...body, ...blank, bottomBar(scene)],
    sparks: division.sparks,
  };
}
