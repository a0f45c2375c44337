/** The whole screen out of the state and the tasks. Only rows on the screen are formatted. */
import { dateTimeText, durationText, timeText } from '../units/format.ts';
import { choiceBar, promptBar } from '../view/bars.ts';
import { hiddenText } from '../model/hidden.ts';
import type { Rows } from '../model/rows.ts';
import type { Chart, Frame, Line } from '../view/cells.ts';
import { graphsPage } from '../view/meters/graphs.ts';
import { sortOf } from './arrange.ts';
import { pastModes } from './travel.ts';
import { bodyLines, pageLines, tableColumns, visibleSeats } from './bodies.ts';
import { dialogLines } from './dialog-lines.ts';
import { needsThreads } from './menu.ts';
import { completionOf, QUESTIONS } from './prompt.ts';
import type { Division, Scene } from './scene.ts';
import type { AppState, World } from './state.ts';

export { pageLines, tableColumns, visibleSeats };

/** Tasks that have a row, their own or one that stands for several: what is only folded is not left out. */
const tasksShown = ({ seats, extras }: Rows): number =>
  extras.length === 0
    ? seats.length
    : extras.reduce((sum, { folded, members }, row) => {
        return sum + (folded && members ? members.length : seats[row]! < 0 ? 0 : 1);
      }, 0);

export function divide(scene: Scene): Division {
  const { state, cursor, rows, columns, lines, own, place } = scene;
  const { table } = cursor;
  const { lines: header, sparks } = scene.memo.header(
    {
      machine: cursor.machine,
      system: table.system,
      states: table.census(),
      tasks: table.count,
      shown: tasksShown(rows),
      denied: table.denied,
      hidden: hiddenText(table),
      threads: table.threads,
      intervalSeconds: state.intervalSeconds,
      instant: instantText(scene),
      own,
      message: state.message,
      leftOut: leftOutOf(scene.state),
      notes: notesOf(scene),
      place,
      meters: { layout: state.layout, perCpu: state.perCpu },
      ascii: scene.ascii,
    },
    columns,
    lines,
  );
  const body = Math.max(0, lines - header.length - 1);
  const isPaged = state.help === undefined && (state.system ?? state.task) !== undefined;
  return {
    header,
    sparks,
    body,
    tableRows: Math.max(0, body - 1),
    pageRows: Math.max(0, isPaged ? body - 2 : body - 1),
  };
}

/** What the state is about, for keys. */
export function worldOf(scene: Scene, division = divide(scene)): World {
  const { tableRows, pageRows } = division;
  const { cursor, rows, nowMs, confirmed, dialogFacts, instants } = scene;
  const visible = tableColumns(scene).map(column => column.field);
  return {
    cursor,
    rows,
    nowMs,
    instants,
    confirmed,
    dialogFacts,
    visible,
    tableRows,
    pageRows,
    boardLines: scene.board,
    pageLines: pageLines(scene, pageRows),
  };
}

/** How far the past goes that can be gone to. */
function reachOf({ state: { instant, replay }, instants }: Scene): string[] {
  if (!instant) return [];
  const list = instants();
  const [oldest] = list;
  if (!oldest) return [];
  if (!replay) return [`remembered since ${timeText(oldest.wallMs)}`];
  return [
    `sample ${instant.number} of ${list.length}, ${dateTimeText(oldest.wallMs)} to ${timeText(list.at(-1)!.wallMs)}`,
  ];
}

/** That a sample of the past is of the other kind than those of the present. */
function kindOf({ state: { instant, threads }, cursor: { table } }: Scene): string[] {
  if (!instant || table.threads === threads) return [];
  return [table.threads ? 'threads: no processes were sampled then' : 'processes only: no threads were sampled then'];
}

/** That what is shown is not now. */
function instantText({ state, instants }: Scene): string | undefined {
  const { instant, replay } = state;
  if (!instant) return undefined;
  if (replay) return `REPLAY ${timeText(instant.wallMs)} ${replay.playing ? 'playing' : 'paused'} ${replay.speed}x`;
  const behind = ((instants().at(-1)?.ms ?? instant.ms) - instant.ms) / 1000;
  return `FROZEN ${timeText(instant.wallMs)}${behind > 0 ? `, ${durationText(behind)} ago` : ''}`;
}

const HIDDEN = { show: [], hide: ['kernel threads hidden'], only: ['only kernel threads'] } as const;

/** What the table leaves out: the reader must not take a part for the whole. */
const leftOutOf = ({ filter, stateFilter, users, kernelThreads, hideIdle }: AppState): string =>
  [
    ...(filter ? [`filter ${filter.text}`] : []),
    ...(stateFilter === undefined ? [] : [`only ${stateFilter}`]),
    ...(users ? [`user ${users.join(',')}`] : []),
    ...HIDDEN[kernelThreads],
    ...(hideIdle ? ['idle hidden'] : []),
  ].join(' · ');

/** How the table shows what it does. */
function notesOf(scene: Scene): string[] {
  const { state } = scene;
  const { tagged, arrangement, sets, set } = state;
  const shown = tableColumns(scene);
  const unseen = sortOf(state).filter(({ field }) => !shown.some(column => column.field.id === field.id));
  const gathered = arrangement === 'list' ? [] : [arrangement === 'tree' ? 'tree' : `by ${arrangement}`];
  return [
    ...kindOf(scene),
    ...reachOf(scene),
    ...gathered,
    ...(tagged.size > 0 ? [`${tagged.size} tagged`] : []),
    ...unseen.map(({ field, descending }) => `sort ${field.title}${descending ? '▼' : '▲'}`),
    ...(sets[set] ? [`${sets[set].name} columns`] : []),
    ...(needsThreads(
      state,
      shown.map(column => column.field),
    )
      ? ['- : has threads (H)']
      : []),
  ];
}

function bottomBar({ state, columns, counts, memo }: Scene): Line {
  if (state.mode !== 'prompt') return memo.bar([...pastModes(state), state.mode], state.map, columns, counts);
  const { purpose, line, problem } = state.prompt;
  return promptBar(QUESTIONS[purpose].question, line, problem, columns);
}

/** Words that could stand at the cursor of the prompt, above it. */
function choices(scene: Scene, world: World): Line[] {
  const { state, columns } = scene;
  if (state.mode !== 'prompt') return [];
  const completion = completionOf(state, world);
  return completion && completion.choices.length > 0
    ? [choiceBar(completion.choices, state.prompt.round?.chosen, columns)]
    : [];
}

/** The page of graphs is painted by the terminal, between the lines of its frames. */
function chartsOf(scene: Scene, { header, pageRows }: Division): readonly Chart[] {
  const { state, cursor, columns } = scene;
  if (state.help || state.dialog || state.system?.page !== 'graphs') return [];
  const area = { y: header.length + 2, columns, rows: pageRows, scroll: state.system.scroll };
  return graphsPage(cursor.table.system, area).charts;
}

/** The dialog stands in the middle, over what is there. */
function withDialog({ state, columns }: Scene, lines: Line[]): Line[] {
  if (!state.dialog) return lines;
  const box = dialogLines(state.dialog, columns, lines.length).slice(0, lines.length);
  const top = Math.floor((lines.length - box.length) / 2);
  return lines.map((line, y) => box[y - top] ?? line);
}

export function buildFrame(scene: Scene, division: Division): Frame {
  const { columns, lines } = scene;
  const world = worldOf(scene, division);
  const above = choices(scene, world).slice(0, division.body);
  const room = division.body - above.length;
  const body = bodyLines(scene, division, world).slice(0, room);
  const blank = Array.from({ length: Math.max(0, room - body.length) }, (): Line => ({ spans: [] }));
  const middle = withDialog(scene, [...body, ...blank]);
  const all = [...division.header, ...middle, ...above, bottomBar(scene)];
  const charts = chartsOf(scene, division);
  return {
    columns,
    rows: lines,
    lines: all,
    sparks: scene.state.sparklines ? division.sparks : [],
    ...(charts.length > 0 ? { charts } : {}),
  };
}
