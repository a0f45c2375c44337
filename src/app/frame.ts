/** The whole screen out of the state and the tasks. Only rows on the screen are formatted. */
import { harmless } from '../units/text.ts';
import { choiceBar, keyBar, promptBar } from '../view/bars.ts';
import type { Chart, Frame, Line } from '../view/cells.ts';
import { graphsPage } from '../view/meters/graphs.ts';
import { headerLines } from '../view/header.ts';
import { sortOf } from './arrange.ts';
import { bodyLines, pageLines, tableColumns, visibleSeats } from './bodies.ts';
import { dialogLines } from './dialog-lines.ts';
import { openPages } from './paging.ts';
import { completionOf, QUESTIONS } from './prompt.ts';
import type { Division, Scene } from './scene.ts';
import type { World } from './state.ts';

export { pageLines, tableColumns, visibleSeats };

export function divide(scene: Scene): Division {
  const { state, cursor, rows, columns, lines, own, place } = scene;
  const { table } = cursor;
  const { lines: header, sparks } = headerLines(
    {
      machine: cursor.machine,
      system: table.system,
      states: table.census(),
      tasks: table.count,
      shown: rows.seats.length,
      denied: table.denied,
      threads: table.threads,
      intervalSeconds: state.intervalSeconds,
      frozen: state.frozen,
      own,
      message: state.message,
      notes: notesOf(scene),
      place,
      meters: { layout: state.layout, perCpu: state.perCpu },
      ascii: scene.ascii,
    },
    columns,
    lines,
  );
  const body = Math.max(0, lines - header.length - 1);
  const isPaged = state.help === undefined && openPages(state) !== undefined;
  return {
    header,
    sparks,
    body,
    tableRows: Math.max(0, body - 1),
    pageRows: Math.max(0, isPaged ? body - 2 : body - 1),
  };
}

/** What the state is about, for keys. */
export function worldOf(scene: Scene): World {
  const { tableRows, pageRows } = divide(scene);
  const { cursor, rows, nowMs, confirmed, dialogFacts } = scene;
  const visible = tableColumns(scene).map(column => column.field);
  return {
    cursor,
    rows,
    nowMs,
    confirmed,
    dialogFacts,
    visible,
    tableRows,
    pageRows,
    pageLines: pageLines(scene, pageRows),
  };
}

const HIDDEN = { show: [], hide: ['kernel threads hidden'], only: ['only kernel threads'] } as const;

/** What the table shows, and what it leaves out: the reader must not take a part for the whole. */
function notesOf(scene: Scene): string[] {
  const { state } = scene;
  const { filter, stateFilter, users, tagged, arrangement, sets, set, hideIdle } = state;
  const shown = tableColumns(scene);
  const unseen = sortOf(state).filter(({ field }) => !shown.some(column => column.field.id === field.id));
  const gathered = arrangement === 'list' ? [] : [arrangement === 'tree' ? 'tree' : `by ${arrangement}`];
  return [
    ...(filter ? [`filter ${harmless(filter.text)}`] : []),
    ...(stateFilter === undefined ? [] : [`only ${stateFilter}`]),
    ...(users ? [`user ${harmless(users.join(','))}`] : []),
    ...HIDDEN[state.kernelThreads],
    ...(hideIdle ? ['idle hidden'] : []),
    ...gathered,
    ...(tagged.size > 0 ? [`${tagged.size} tagged`] : []),
    ...unseen.map(({ field, descending }) => `sort ${field.title}${descending ? '▼' : '▲'}`),
    ...(sets[set] ? [`${sets[set].name} columns`] : []),
  ];
}

function bottomBar({ state, columns }: Scene): Line {
  if (state.mode !== 'prompt') return keyBar(state.mode, state.map, columns);
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
  const world = worldOf(scene);
  const above = choices(scene, world).slice(0, division.body);
  const room = division.body - above.length;
  const body = bodyLines(scene, division, world).slice(0, room);
  const blank = Array.from({ length: Math.max(0, room - body.length) }, (): Line => ({ spans: [] }));
  const middle = withDialog(scene, [...body, ...blank]);
  const all = [...division.header, ...middle, ...above, bottomBar(scene)];
  const charts = chartsOf(scene, division);
  return { columns, rows: lines, lines: all, sparks: division.sparks, ...(charts.length > 0 ? { charts } : {}) };
}
