/** Boards: lists about tasks that are no table – the stuck ones, events, findings. A cursor goes over their lines. */
import type { Completion } from '../filter/complete.ts';
import { EVENT_KINDS, type EventKind } from '../model/events.ts';
import type { BoardLine } from '../view/board.ts';
import { lineText } from '../pages/render.ts';
import { harmless } from '../units/text.ts';
import type { EditedLine } from './line-edit.ts';
import { type AppState, type BoardKind, type OpenBoard, type Step, step, type World } from './state.ts';

const BOARD_TITLES: Readonly<Record<BoardKind, string>> = {
  stuck: 'Stuck: what waits and does not get on',
  events: 'Events: what happened to tasks, the latest first',
  findings: 'Findings: what is wrong here',
};

export function openBoard(state: AppState, kind: BoardKind): Step {
  // the same key again goes back
  if (state.board?.page === kind && state.mode === 'board') return closeBoard(state);
  const board: OpenBoard = {
    page: kind,
    scroll: 0,
    search: '',
    match: -1,
    row: 0,
    selected: undefined,
    folded: new Set(),
    filter: '',
  };
  return step({ ...state, mode: 'board', board, task: undefined, system: undefined, message: undefined });
}

export const closeBoard = (state: AppState): Step => step({ ...state, mode: 'table', board: undefined });

/** What a line stands for, as a word that stays the same from sample to sample. */
const nameOf = ({ task, group }: BoardLine): string | undefined =>
  group === undefined ? task && `${task.pid}@${task.startTicks}` : `group ${group}`;

const NO_LINE: BoardLine = {
  line: { spans: [{ x: 1, text: 'no line has these words; Esc shows all', tone: 'dim' }] },
};

/** The heading, and the lines that have all words of the filter. */
export function filteredLines(lines: readonly BoardLine[], filter: string): readonly BoardLine[] {
  if (filter === '') return lines;
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const has = ({ line }: BoardLine): boolean => {
    const text = lineText(line).toLowerCase();
    return words.every(word => text.includes(word));
  };
  const [heading, ...rest] = lines;
  const left = rest.filter(has);
  return [...(heading ? [heading] : []), ...(left.length > 0 ? left : [NO_LINE])];
}

const KIND_HELP: Readonly<Record<EventKind, string>> = {
  appeared: 'tasks that came',
  gone: 'tasks that went',
  entered_d: 'into uninterruptible sleep',
  left_d: 'out of it, and after how long',
  gained_flags: 'a PF_ flag was set',
  policy: 'another scheduling policy',
};

/** The words that can stand at the cursor: kinds of events. */
export function completeBoardFilter(page: BoardKind | undefined, { text, at }: EditedLine): Completion {
  const head = text.slice(0, at);
  const listed = /(?<!\S)kind\s*!?=\s*(?:[^\s,]*\s*,\s*)*([^\s,]*)$/i.exec(head)?.[1];
  const word = listed ?? /\S*$/.exec(head)![0];
  const choices =
    listed === undefined
      ? [{ word: 'kind=', help: 'only events of these kinds; != leaves them out' }]
      : EVENT_KINDS.map(kind => ({ word: kind, help: KIND_HELP[kind] }));
  const fitting = choices.filter(choice => choice.word.startsWith(word.toLowerCase()));
  return { start: at - word.length, end: at, choices: page === 'events' ? fitting : [] };
}

/** A board's title, with what it is narrowed to. */
export const boardTitle = ({ page, filter }: OpenBoard): string =>
  BOARD_TITLES[page] + (filter === '' ? '' : `; only ${harmless(filter)}`);

/** Scrolls as little as needed to have the row on the screen. */
function visible(board: OpenBoard, { pageRows, boardLines }: World): OpenBoard {
  const most = Math.max(0, boardLines.length - pageRows);
  const scroll = Math.max(board.row - pageRows + 1, Math.min(board.scroll, board.row));
  return { ...board, scroll: Math.max(0, Math.min(most, scroll)) };
}

const isSelectable = (line: BoardLine | undefined): boolean => line !== undefined && nameOf(line) !== undefined;

/** To the next line that stands for something, in the direction of the movement; else only scrolls. */
export function moveOnBoard(state: AppState, world: World, rows: number): Step {
  const { board } = state;
  const { boardLines, pageRows } = world;
  if (!board || rows === 0) return step(state);
  const direction = rows < 0 ? -1 : 1;
  let row = Math.max(0, Math.min(boardLines.length - 1, board.row + rows));
  const wanted = row;
  while (row >= 0 && row < boardLines.length && !isSelectable(boardLines[row])) row += direction;
  if (!isSelectable(boardLines[row])) {
    // nothing further on: the last one before, and what lies behind it comes to view
    row = wanted;
    while (row >= 0 && row < boardLines.length && !isSelectable(boardLines[row])) row -= direction;
  }
  const most = Math.max(0, boardLines.length - pageRows);
  const scroll = Math.max(0, Math.min(most, board.scroll + rows));
  if (!isSelectable(boardLines[row]) || row === board.row) return step({ ...state, board: { ...board, scroll } });
  return step({ ...state, board: visible({ ...board, row, selected: nameOf(boardLines[row]!) }, world) });
}

/** After the lines changed: the cursor stays with what it was on. */
export function followBoard(state: AppState, world: World): AppState {
  const { board } = state;
  if (!board) return state;
  const { boardLines } = world;
  const found = board.selected === undefined ? -1 : boardLines.findIndex(line => nameOf(line) === board.selected);
  const first = Math.max(0, boardLines.findIndex(isSelectable));
  const row = found >= 0 ? found : board.selected === undefined ? first : Math.min(board.row, boardLines.length - 1);
  return {
    ...state,
    board: found >= 0 && found !== board.row ? visible({ ...board, row }, world) : { ...board, row: Math.max(0, row) },
  };
}

/** Folds the group of the row, or unfolds it; `folded` undefined: the other way round. */
export function foldOnBoard(state: AppState, { boardLines }: World, folded?: boolean): Step {
  const { board } = state;
  const group = board && boardLines[board.row]?.group;
  if (!board || group === undefined) return step(state);
  const next = new Set(board.folded);
  if (folded ?? !next.has(group)) next.add(group);
  else next.delete(group);
  return step({ ...state, board: { ...board, folded: next } });
}

export function foldAllOnBoard(state: AppState, { boardLines }: World): Step {
  const { board } = state;
  if (!board) return step(state);
  const groups = boardLines.flatMap(({ group }) => group ?? []);
  return step({ ...state, board: { ...board, folded: new Set(board.folded.size > 0 ? [] : groups) } });
}
