/** The page of graphs: what the machine did over the past that is kept, each with its scale and its present value. */
import type { Past, SeriesName, SystemHistory } from '../../model/system.ts';
import { compactText, durationText } from '../../units/format.ts';
import { missing } from '../../units/missing.ts';
import type { Chart, ChartLine, Line, Tone } from '../cells.ts';
import { rateText, shareText, Writer } from './writer.ts';

interface GraphLine {
  readonly series: SeriesName;
  readonly name: string;
  readonly mark: string;
  readonly tone: Tone;
}

interface Graph {
  readonly id: string;
  readonly title: string;
  readonly unit: 'percent' | 'per-second';
  /** Shared: one scale for all lines; else the first has its own at the left, the second at the right. */
  readonly shared: boolean;
  /** The scale ends here at least: a machine that does nothing shows no mountains. */
  readonly leastTop: number;
  readonly lines: readonly GraphLine[];
}

export const GRAPHS: readonly Graph[] = [
  {
    ...{ id: 'cpu', title: 'CPU %', unit: 'percent', shared: true, leastTop: 10 },
    lines: [
      { series: 'user', name: 'user', mark: 'u', tone: 'good' },
      { series: 'system', name: 'system', mark: 's', tone: 'warn' },
      { series: 'iowait', name: 'iowait', mark: 'w', tone: 'title' },
    ],
  },
  {
    ...{ id: 'faults', title: 'Faults', unit: 'per-second', shared: false, leastTop: 10 },
    lines: [
      { series: 'minor_faults', name: 'minor', mark: 'm', tone: 'good' },
      { series: 'major_faults', name: 'major', mark: 'M', tone: 'warn' },
    ],
  },
  {
    ...{ id: 'pressure', title: 'Pressure %', unit: 'percent', shared: true, leastTop: 10 },
    lines: [
      { series: 'cpu_pressure', name: 'cpu', mark: 'c', tone: 'good' },
      { series: 'memory_pressure', name: 'memory', mark: 'm', tone: 'warn' },
      { series: 'io_pressure', name: 'io', mark: 'i', tone: 'title' },
    ],
  },
  {
    ...{ id: 'switches', title: 'Switches', unit: 'per-second', shared: false, leastTop: 100 },
    lines: [
      { series: 'context_switches', name: 'ctxt', mark: 'c', tone: 'good' },
      { series: 'interrupts', name: 'intr', mark: 'i', tone: 'warn' },
    ],
  },
];

/** Where the graphs are to stand. */
export interface GraphsArea {
  /** Screen row of their first line. */
  readonly y: number;
  readonly columns: number;
  /** Lines on the screen. */
  readonly rows: number;
  /** Lines scrolled away. */
  readonly scroll: number;
}

export interface GraphsPage {
  /** The lines on the screen, at most `rows`. */
  readonly lines: readonly Line[];
  readonly charts: readonly Chart[];
  /** Lines in all: more than `rows` where the graphs stand one below the other. */
  readonly height: number;
}

/** Two by two from here on. */
const PAIR_COLUMNS = 76;
const PAIR_ROWS = 12;
/** Title, axis, and three lines of plot. */
const LEAST_GRAPH_ROWS = 5;
const ROOMY_GRAPH_ROWS = 8;
/** Cells of a number at the scale, and of the axis. */
const SCALE_CELLS = 5;
const AXIS_CELLS = SCALE_CELLS + 1;

/** All graphs, two by two where there is room, else one below the other. */
export function graphsPage(system: SystemHistory, area: GraphsArea): GraphsPage {
  const pairs = area.columns >= PAIR_COLUMNS && area.rows >= PAIR_ROWS;
  const across = pairs ? 2 : 1;
  const width = Math.floor(area.columns / across);
  const down = GRAPHS.length / across;
  // whole graphs fill the screen
  const onScreen = pairs ? down : Math.max(1, Math.min(down, Math.floor(area.rows / ROOMY_GRAPH_ROWS)));
  const height = Math.max(LEAST_GRAPH_ROWS, Math.floor(area.rows / onScreen));
  const writers = Array.from({ length: height * down }, () => new Writer(0));
  const window = windowOf(system.past);
  const charts = GRAPHS.map((graph, index): Chart => {
    const left = (index % across) * width;
    const top = Math.floor(index / across) * height;
    const lines = writers.slice(top, top + height);
    const plot = paintFrame(graph, system.past, window, lines, left, width - (index % across === 0 ? 1 : 0));
    return {
      id: graph.id,
      x: plot.x,
      y: area.y + top + 1 - area.scroll,
      width: plot.width,
      height: height - 2,
      lines: plot.lines,
      clip: { top: area.y, bottom: area.y + area.rows },
    };
  });
  const shown = writers.slice(area.scroll, area.scroll + area.rows);
  return { lines: shown.map(({ line }) => line), charts, height: writers.length };
}

interface Plot {
  readonly x: number;
  readonly width: number;
  readonly lines: readonly ChartLine[];
}

/** Title, scales and time axis of a graph; what is between them is left to the chart. */
function paintFrame(
  graph: Graph,
  past: Past,
  window: number,
  writers: readonly Writer[],
  left: number,
  cells: number,
): Plot {
  const right = graph.shared ? 1 : AXIS_CELLS;
  const x = left + AXIS_CELLS;
  const width = Math.max(1, cells - AXIS_CELLS - right);
  const resampled = graph.lines.map(({ series }) => resample(past, series, window, width * 2));
  const tops = topsOf(graph, resampled);
  titleOf(graph, past, writers[0]!, left, left + cells);
  const bottom = writers.length - 2;
  writers.slice(1, -1).forEach((writer, row) => {
    // whose scale it is stands below its end, where each line has its own
    const text = (line: number): string => {
      if (row === 0) return compactText(tops[line]!);
      if (row === bottom - 1) return '0';
      return row === 1 && !graph.shared ? graph.lines[line]!.mark : '';
    };
    writer.to(left).put(text(0).padStart(SCALE_CELLS), 'dim').put('│', 'dim');
    if (!graph.shared)
      writer
        .to(x + width)
        .put('│', 'dim')
        .put(text(1), 'dim');
  });
  timeAxis(writers.at(-1)!, x, width, window);
  const lines = graph.lines.map(({ tone, mark }, index) => ({
    ...{ tone, mark },
    values: resampled[index]!.map(value => value / tops[index]!),
  }));
  return { x, width, lines };
}

/** `CPU %  u user 30.1  s system 12.0`, without the names where there is no room for them. */
function titleOf({ title, lines, unit }: Graph, past: Past, writer: Writer, left: number, end: number): void {
  const text = (series: SeriesName): string => {
    const value = past[series].at(-1) ?? Number.NaN;
    if (unit === 'percent') return (Number.isNaN(value) ? '-' : shareText(value)).padStart(4);
    return rateText(Number.isNaN(value) ? missing('first-sample') : value).padStart(7);
  };
  const cells = (long: boolean): number =>
    lines.reduce((sum, { series, name }) => sum + 4 + (long ? name.length + 1 : 0) + text(series).length, title.length);
  writer.to(left + 1).put(title, 'strong');
  const long = left + 1 + cells(true) <= end;
  for (const { series, name, mark, tone } of lines) {
    const value = text(series);
    if (writer.x + 4 + value.length > end) return;
    writer.gap(2).put(mark, tone).gap(1);
    if (long) writer.put(name, 'dim').gap(1);
    writer.put(value);
  }
}

/** `-10m … now` below the plot. */
function timeAxis(writer: Writer, x: number, width: number, window: number): void {
  const from = `-${durationText(window / 1000)}`.replace(/(m00s|h00m|d00h)$/, end => end[0]!);
  const half = `-${durationText(window / 2000)}`.replace(/(m00s|h00m|d00h)$/, end => end[0]!);
  if (width < from.length + 4) return;
  writer.to(x).put(from, 'dim');
  const middle = x + Math.floor((width - half.length) / 2);
  if (middle > writer.x + 2 && middle + half.length + 5 < x + width) writer.to(middle).put(half, 'dim');
  writer.to(x + width - 3).put('now', 'dim');
}

/** Lengths of time that a graph shows, milliseconds: it keeps one until the past has outgrown it. */
const WINDOWS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1440, 2880, 7200, 14_400].map(minutes => minutes * 60_000);

function windowOf({ ms }: Past): number {
  const span = (ms.at(-1) ?? 0) - (ms[0] ?? 0);
  // a part of an interval more than its name says is still what it is called
  return WINDOWS.find(window => span <= window * 1.01) ?? WINDOWS.at(-1)!;
}

/** The ends of scales: 1, 2, 5, 10, 20 … */
function niceTop(most: number, least: number): number {
  if (!(most > least)) return least;
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map(step => step * power).find(top => most <= top * 1.0001)!;
}

function topsOf({ lines, shared, leastTop }: Graph, resampled: readonly (readonly number[])[]): number[] {
  const most = resampled.map(values => values.reduce((max, value) => (value > max ? value : max), 0));
  const all = Math.max(...most);
  return lines.map((_, index) => niceTop(shared ? all : most[index]!, leastTop));
}

/**
 * A series as one value for each of `count` equal parts of the window, the newest last: the largest of the samples whose
 * time reaches into it, so that no peak is lost. The parts lie at fixed times: a picture moves on, it does not change.
 */
export function resample(past: Past, series: SeriesName, window: number, count: number): number[] {
  const out = new Array<number>(count).fill(Number.NaN);
  const part = window / count;
  const { ms } = past;
  const values = past[series];
  const newest = Math.ceil((ms.at(-1) ?? 0) / part);
  for (let sample = ms.length - 1; sample > 0; sample--) {
    const last = count - 1 - (newest - Math.ceil(ms[sample]! / part));
    if (last < 0) break;
    const value = values[sample]!;
    if (Number.isNaN(value)) continue;
    // its time is that since the sample before
    const first = Math.min(last, count - 1 - (newest - Math.floor(ms[sample - 1]! / part)) + 1);
    for (let at = Math.max(0, first); at <= last; at++) if (!(out[at]! >= value)) out[at] = value;
  }
  return out;
}
