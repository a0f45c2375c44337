/** The whole screen out of the state and the tasks. Only rows on the screen are formatted. */
import type { TaskCursor } from '../model/task-cursor.ts';
import { timeText } from '../units/format.ts';
import { keyBar, promptBar } from '../view/bars.ts';
import type { Frame, Line, Spark } from '../view/cells.ts';
import { flagsPage } from '../view/flags-page.ts';
import { headerLines, type OwnCost } from '../view/header.ts';
import { helpPage, sortMenu } from '../view/pages.ts';
import { type Column, layoutColumns, taskLine, titleLine } from '../view/table.ts';
import { overviewPage, type ParentChain, tabs, taskTitle } from '../view/task-pages.ts';
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
    pageRows: Math.max(0, state.mode === 'task' ? body - 2 : body - 1),
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

const MOST_PARENTS = 32;

function parentsOf(cursor: TaskCursor): ParentChain {
  const { table } = cursor;
  const byPid = new Map<number, number>();
  for (let index = 0; index < table.count; index++) byPid.set(table.pid(table.order[index]!), table.order[index]!);
  const chain: { pid: number; comm: string }[] = [];
  let parent = cursor.stat(4);
  while (chain.length < MOST_PARENTS) {
    const seat = byPid.get(parent);
    if (seat === undefined) break;
    chain.push({ pid: parent, comm: table.comm(seat) });
    parent = table.value(seat, 4);
  }
  return chain;
}

/** The lines of the open task's page; of one that has ended, what it last showed. */
export function taskLines(scene: Scene, task: OpenTask): readonly Line[] {
  const { cursor, columns } = scene;
  const seat = cursor.table.find(task.key.pid, task.key.startTicks);
  if (task.gone || seat < 0) return task.gone?.lines ?? [];
  const { system } = cursor.table;
  cursor.at(seat);
  if (task.page === 'flags') return flagsPage(cursor, task.watch, system.wallMs, columns);
  const parents = parentsOf(cursor);
  return overviewPage(cursor.at(seat), parents, cursor.machine.bootTime, columns);
}

function taskBody(scene: Scene, task: OpenTask, { pageRows }: Division): Line[] {
  const { cursor } = scene;
  const seat = cursor.table.find(task.key.pid, task.key.startTicks);
  const title: Line = task.gone
    ? {
        spans: [
          {
            x: 1,
            text: `${task.key.pid} has ended, noticed at ${timeText(task.gone.wallMs)}; below is what it last showed`,
            tone: 'bad',
          },
        ],
      }
    : seat < 0
      ? { spans: [] }
      : taskTitle(cursor.at(seat));
  return [title, tabs(task.page), ...taskLines(scene, task).slice(task.scroll, task.scroll + pageRows)];
}

/** The page of text that a mode shows, unscrolled. */
export function pageLines(scene: Scene): readonly Line[] {
  const { state, cursor, columns } = scene;
  if (state.mode === 'help') return helpPage(state.columns, cursor.machine.flags, state.map, columns);
  if (state.mode === 'menu') return sortMenu(sortChoices(state), state.chosen, columns);
  return state.task ? taskLines(scene, state.task) : [];
}

const QUESTION = 'Seconds between samples:';

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
  return state.task ? taskBody(scene, state.task, division) : tableBody(scene, division);
}

export function buildFrame(scene: Scene, division: Division): Frame {
  const { state, columns, lines } = scene;
  const body = bodyLines(scene, division).slice(0, division.body);
  const blank = Array.from({ length: Math.max(0, division.body - body.length) }, (): Line => ({ spans: [] }));
  const bar =
    state.mode === 'prompt' ? promptBar(QUESTION, state.typed, state.problem) : keyBar(state.mode, state.map, columns);
  return { columns, rows: lines, lines: [...division.header, ...body, ...blank, bar], sparks: division.sparks };
}
