/** What stands between the header and the bottom line: the table, a page, a menu, the column chooser, the help. */
import { pagesIn } from '../keys/keys.ts';
import { isSummed, sumOf, taskName } from '../model/rows.ts';
import { taskTitle } from '../pages/identity.ts';
import { lineText } from '../pages/render.ts';
import { positionText, tabs } from '../pages/tabs.ts';
import { timeText } from '../units/format.ts';
import { fit, harmless, pad } from '../units/text.ts';
import type { Line, Tone } from '../view/cells.ts';
import { graphsPage } from '../view/meters/graphs.ts';
import { helpPage, menuLines, wrap } from '../view/pages.ts';
import { type Column, type RowMarks, type RowStyle, sumLine, taskLine, titleLine } from '../view/table.ts';
import { sortOf } from './arrange.ts';
import { columnChoices } from './columns.ts';
import { commandHelp } from './commands.ts';
import type { Division, Scene } from './scene.ts';
import { chosenAt, MENUS } from './menu.ts';
import { marked, openPages } from './paging.ts';
import { boardTitle } from './boards.ts';
import { pastShown } from './travel.ts';
import type { OpenBoard, OpenTask, World } from './state.ts';

const BLANK: Line = { spans: [] };
/** Columns of the table as they fit now. */
export const tableColumns = ({ state, columns, pidDigits, memo }: Scene): readonly Column[] =>
  memo.columns(state.columns, columns, pidDigits, state.skipped, sortOf(state));

function styleOf({ state }: Scene): RowStyle {
  const most = Math.max(0, state.columns.length - 2);
  return {
    zerosBlank: state.zerosBlank,
    commandAs: state.commandAs,
    commandSkip: Math.max(0, state.skipped - most),
  };
}

/** The rows on the screen: from, and up to. */
export const visibleRows = ({ state, rows }: Scene, tableRows: number): readonly [number, number] => [
  state.top,
  Math.min(rows.seats.length, state.top + tableRows),
];

/** Seats of the tasks whose own values are on the screen, those that a sum is made of included. */
export function visibleSeats(scene: Scene, tableRows: number): number[] {
  const [from, to] = visibleRows(scene, tableRows);
  const seats: number[] = [];
  for (let row = from; row < to; row++) {
    const seat = scene.rows.seats[row]!;
    if (seat >= 0) seats.push(seat);
  }
  return seats;
}

function marksOf(scene: Scene, row: number): RowMarks {
  const { state, cursor, rows } = scene;
  const selected = row === state.row;
  const seat = rows.seats[row]!;
  if (seat < 0) return { selected, tagged: false, followed: false };
  const { following, tagged } = state;
  cursor.at(seat);
  const rule = state.highlights.find(({ filter }) => filter.matches(cursor));
  const name = following || tagged.size > 0 ? taskName(cursor) : '';
  return {
    selected,
    tagged: tagged.has(name),
    followed: following !== undefined && name === `${following.pid}@${following.startTicks}`,
    highlight: rule?.tone,
  };
}

function rowLine(scene: Scene, columns: readonly Column[], row: number, style: RowStyle): Line {
  const { cursor, rows } = scene;
  const seat = rows.seats[row]!;
  const extra = rows.extras[row];
  const marks = marksOf(scene, row);
  const members = extra?.members;
  const prefix = extra?.prefix ?? '';
  if (!members)
    return scene.memo.rows.line(seat, marks, prefix, () => taskLine(columns, cursor.at(seat), marks, style, prefix));
  const sum = (entry: Column['field']) => (isSummed(entry) ? sumOf(cursor, members, entry) : undefined);
  if (extra.group !== undefined) {
    const label = `${extra.folded === true ? '▸' : '▾'} ${harmless(extra.group)} (${members.length})`;
    return sumLine(columns, label, sum, undefined, marks, style);
  }
  // a folded branch: its root's own words, with the sums of all
  const own = taskLine([{ field: commandOf(columns), x: 0, width: 4096 }], cursor.at(seat), marks, style);
  const label = `${extra.prefix}▸ ${lineText(own).trimStart()} (+${members.length - 1})`;
  return sumLineOf(scene, columns, { label, seat, sum, marks, style });
}

const commandOf = (columns: readonly Column[]): Column['field'] =>
  columns.find(({ field }) => field.id === 'command')?.field ?? columns[0]!.field;

interface Branch {
  readonly label: string;
  readonly seat: number;
  readonly sum: Parameters<typeof sumLine>[2];
  readonly marks: RowMarks;
  readonly style: RowStyle;
}

/** Sums move the cursor: they are made before the root's own values are shown. */
function sumLineOf({ cursor }: Scene, columns: readonly Column[], { label, seat, sum, marks, style }: Branch): Line {
  const sums = new Map(columns.map(({ field }) => [field, sum(field)]));
  return sumLine(columns, label, field => sums.get(field), cursor.at(seat), marks, style);
}

function tableBody(scene: Scene, { tableRows }: Division): Line[] {
  const columns = tableColumns(scene);
  const style = styleOf(scene);
  const lines = [titleLine(columns, sortOf(scene.state))];
  scene.memo.rows.begin(scene.cursor.table, { columns, style });
  const [from, to] = visibleRows(scene, tableRows);
  for (let row = from; row < to; row++) lines.push(rowLine(scene, columns, row, style));
  if (scene.rows.seats.length === 0)
    lines.push({ spans: [{ x: 2, text: fit(whyEmpty(scene), Math.max(0, scene.columns - 3)), tone: 'dim' }] });
  return lines;
}

/** An empty table says why it is. */
function whyEmpty({ state, cursor }: Scene): string {
  if (cursor.table.samples === 0) return 'reading …';
  const { filter, stateFilter, users, kernelThreads, hideIdle } = state;
  const reasons = [
    ...(filter ? [`match ${harmless(filter.text)}`] : []),
    ...(stateFilter === undefined ? [] : [`are in state ${stateFilter}`]),
    ...(users ? [`belong to ${harmless(users.join(', '))}`] : []),
    ...(kernelThreads === 'only' ? ['are kernel threads'] : []),
    ...(hideIdle ? ['do something (i shows idle ones)'] : []),
  ];
  return reasons.length === 0 ? 'no tasks' : `no tasks that ${reasons.join(' and ')}; Esc shows all`;
}

/** The first line of a task's pages: who it is, or that it has ended. */
function titleOf({ cursor }: Scene, { key, gone }: OpenTask): Line {
  const seat = cursor.table.find(key.pid, key.startTicks);
  if (!gone) return seat < 0 ? { spans: [] } : taskTitle(cursor.at(seat));
  const text = `${key.pid} has ended, noticed at ${timeText(gone.wallMs)}; below is what it last showed`;
  return { spans: [{ x: 1, text, tone: 'bad' }] };
}

/** A line with a short text at its right end; what would run into it is cut. */
function withRight(line: Line, right: string, columns: number): Line {
  if (right === '') return line;
  const at = Math.max(0, columns - right.length - 1);
  const room = line.spans
    .filter(({ x }) => x < at - 1)
    .map(span => ({ ...span, text: fit(harmless(span.text), at - 1 - span.x) }));
  return { ...line, spans: [...room, { x: at, text: right, tone: line.fill ?? 'dim' }] };
}

/** A copy of /proc may not tell the name. */
const machineTitle = ({ cursor: { machine } }: Scene): string =>
  harmless(machine.hostname === '' ? 'the machine' : `${machine.hostname}: the machine`);

function openBody(scene: Scene, { pageRows }: Division): Line[] {
  const { state, columns } = scene;
  const pages = openPages(state)!;
  const lines = pageLines(scene, pageRows);
  const position = positionText(pages.scroll, pageRows, lines.length);
  const shown = lines.slice(pages.scroll, pages.scroll + pageRows).map(line => marked(line, pages.search));
  if (state.board && !state.help && !state.system && !state.task) {
    const title = heading(boardTitle(state.board), columns);
    return [withRight(title, position, columns), ...shown];
  }
  if (state.help) return [withRight(heading('taskscope: help', columns), position, columns), ...shown];
  const title: Line =
    state.system || !state.task
      ? { spans: [{ x: 1, text: machineTitle(scene), tone: 'title' }] }
      : titleOf(scene, state.task);
  return [
    withRight(title, position, columns),
    tabs(pagesIn(state.system ? 'system' : 'task'), pages.page, columns),
    ...shown,
  ];
}

const heading = (text: string, columns: number): Line => ({
  spans: [{ x: 1, text: fit(text, Math.max(0, columns - 2)), tone: 'header' }],
  fill: 'header',
});

/** Titles, scales and axes of the graphs, those on the screen; what is between them is painted as charts. */
function graphLines({ state, cursor, columns }: Scene, rows: number): readonly Line[] {
  const scroll = state.system?.scroll ?? 0;
  const { lines, height } = graphsPage(cursor.table.system, { y: 0, columns, rows, scroll });
  return Array.from({ length: height }, (_, at) => lines[at - scroll] ?? BLANK);
}

/** The lines of a board, the one of the cursor marked. */
const boardText = ({ board }: Scene, { row }: OpenBoard): readonly Line[] =>
  board.map(({ line, task, group }, at) =>
    at === row && (task ?? group) !== undefined
      ? { spans: line.spans.map(span => ({ ...span, tone: 'selected' as const })), fill: 'selected' }
      : line,
  );

/** All lines of the page of text that is shown. */
export function pageLines(scene: Scene, rows: number): readonly Line[] {
  const { state, cursor, columns, openPage } = scene;
  if (state.help) {
    const keys = { map: state.map, past: pastShown(state), noActions: state.noActions !== undefined };
    return helpPage(state.columns, cursor.machine, keys, columns, commandHelp());
  }
  if (state.system?.page === 'graphs') return graphLines(scene, rows);
  if (state.system ?? state.task) return openPage;
  return state.board ? boardText(scene, state.board) : [];
}

/** A list that is longer than the screen is scrolled to its chosen line. */
const scrolledTo = (lines: readonly Line[], chosen: number, rows: number): Line[] => {
  const from = Math.max(0, chosen - rows + 1);
  return lines.slice(from, from + rows);
};

function menuBody(scene: Scene, world: World, { pageRows }: Division): Line[] {
  const { menu } = scene.state;
  const items = MENUS[menu.kind].items(scene.state, world);
  const chosen = chosenAt(items, menu);
  const lines = menuLines(items, chosen, scene.columns);
  const title = heading(`${MENUS[menu.kind].title} (Enter chooses, Esc leaves it)`, scene.columns);
  return [title, ...scrolledTo(lines, chosen, pageRows)];
}

/** What the chosen column means, with a blank line above. */
const ABOUT_LINES = 4;

function chooserBody(scene: Scene, { pageRows }: Division): Line[] {
  const { state, columns } = scene;
  const at = state.chooser?.at ?? 0;
  const list = columnChoices(state);
  const lines = list.map((entry, line): Line => {
    const isShown = line < state.columns.length;
    const tone: Tone = line === at ? 'selected' : isShown ? 'normal' : 'dim';
    const head = `${isShown ? '[x]' : '[ ]'} ${pad(entry.id, 24, 'left')} ${pad(entry.title, 11, 'left')}`;
    const width = isShown ? `width ${entry.width}` : '';
    const text = fit(`${head} ${pad(width, 9, 'left')} ${harmless(entry.help)}`, Math.max(0, columns - 2));
    return { spans: [{ x: 1, text, tone }], ...(line === at ? { fill: 'selected' as const } : {}) };
  });
  // the chosen one is explained whole, below the list
  const chosen = list[at];
  const about = chosen ? wrap(`${chosen.id}: ${chosen.help}`, Math.max(16, columns - 2)) : [];
  const room = Math.max(1, pageRows - ABOUT_LINES);
  const shown = scrolledTo(lines, at, room);
  const gap = Array.from({ length: Math.max(0, room - shown.length) }, () => BLANK);
  const below = about.slice(0, ABOUT_LINES - 1).map((text): Line => ({ spans: [{ x: 1, text, tone: 'strong' }] }));
  return [heading('Columns: those that are shown first, in their order', columns), ...shown, ...gap, BLANK, ...below];
}

export function bodyLines(scene: Scene, division: Division, world: World): Line[] {
  const { state } = scene;
  if (state.mode === 'menu') return menuBody(scene, world, division);
  if (state.chooser) return chooserBody(scene, division);
  return openPages(state) ? openBody(scene, division) : tableBody(scene, division);
}
