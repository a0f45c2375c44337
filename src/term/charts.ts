/**
 * Line charts by blessed-contrib's canvas, the widget that its own line chart draws on. That one is left aside: it brings
 * half a megabyte of lodash, and its lines differ by colour alone. The canvas draws into dots that we keep, so nothing of
 * its escape sequences has to be undone; they become braille, or where only ASCII can be shown the mark of each line.
 */
import type { Screen } from 'blessed';
import type { CanvasContext, DotSink } from 'blessed-contrib/lib/widget/canvas.js';
import type { Chart, Tone } from '../view/cells.ts';

/** Dots in a cell. */
const ACROSS = 2;
const DOWN = 4;
/** Their bits in a braille pattern, by row and column. */
const BITS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;
const BRAILLE = 0x2800;

/** Cells from a mark to the next on the same line; the marks of the lines stand so far apart. */
const MARK_EVERY = 16;
const MARK_APART = 4;

/** The dots of one line of a chart. */
class Dots implements DotSink {
  /** A braille pattern for each cell, row by row. */
  patterns = new Uint8Array(0);
  #columns = 0;
  #rows = 0;

  clear(columns: number, rows: number): void {
    this.#columns = columns;
    this.#rows = rows;
    this.patterns = new Uint8Array(columns * rows);
  }

  set(x: number, y: number): void {
    if (x < 0 || y < 0 || x >= this.#columns * ACROSS || y >= this.#rows * DOWN) return;
    this.patterns[Math.floor(y / DOWN) * this.#columns + Math.floor(x / ACROSS)]! |= BITS[y % DOWN]![x % ACROSS]!;
  }
}

/** A cell of a chart that has something in it. */
interface Drawn {
  readonly x: number;
  readonly y: number;
  readonly character: string;
  readonly tone: Tone;
}

export type PutCell = (x: number, y: number, character: string, tone: Tone) => void;

/** The charts of the frames. */
export class Charts {
  readonly #screen: Screen;
  readonly #ascii: boolean;
  readonly #ready: () => void;
  /** What was drawn last, by the id of the chart. */
  readonly #drawn = new Map<string, { readonly chart: Chart; readonly cells: readonly Drawn[] }>();
  #canvas: CanvasContext<Dots> | 'loading' | undefined;

  /** @param ready called when charts can be drawn: the widget is loaded when the first one is asked for. */
  constructor(screen: Screen, ascii: boolean, ready: () => void) {
    this.#screen = screen;
    this.#ascii = ascii;
    this.#ready = ready;
  }

  /** Gives the cells of the charts that are not blank. */
  paint(charts: readonly Chart[], put: PutCell): void {
    for (const id of this.#drawn.keys()) if (!charts.some(chart => chart.id === id)) this.#drawn.delete(id);
    if (charts.length === 0) return;
    const canvas = this.#canvas ?? this.#load();
    if (canvas === 'loading') return;
    for (const chart of charts) {
      for (const { x, y, character, tone } of this.#cells(canvas, chart)) {
        const row = chart.y + y;
        if (row >= chart.clip.top && row < chart.clip.bottom) put(chart.x + x, row, character, tone);
      }
    }
  }

  #load(): 'loading' {
    void import('blessed-contrib/lib/widget/canvas.js').then(({ default: Canvas }) => {
      const widget = new Canvas({ screen: this.#screen, hidden: true }, Dots);
      // the dots have the size of the chart that is drawn, whatever the widget's
      widget.calcSize = () => {
        widget.canvasSize = { width: ACROSS, height: DOWN };
      };
      // a hidden element is still asked to render
      widget.render = () => undefined;
      this.#screen.append(widget);
      this.#canvas = widget.ctx;
      this.#ready();
    });
    return (this.#canvas = 'loading');
  }

  #cells(canvas: CanvasContext<Dots>, chart: Chart): readonly Drawn[] {
    const known = this.#drawn.get(chart.id);
    if (known && sameDrawing(known.chart, chart)) return known.cells;
    const cells = draw(canvas, chart, this.#ascii);
    this.#drawn.set(chart.id, { chart, cells });
    return cells;
  }
}

function sameDrawing(one: Chart, other: Chart): boolean {
  if (one.width !== other.width || one.height !== other.height || one.lines.length !== other.lines.length) return false;
  return one.lines.every(({ values, tone, mark }, index) => {
    const line = other.lines[index]!;
    if (tone !== line.tone || mark !== line.mark || values.length !== line.values.length) return false;
    return values.every((value, at) => Object.is(value, line.values[at]));
  });
}

function draw(canvas: CanvasContext<Dots>, { width, height, lines }: Chart, ascii: boolean): Drawn[] {
  const patterns = new Uint8Array(width * height);
  const owner = new Uint8Array(width * height);
  const marks = new Map<number, string>();
  lines.forEach((line, index) => {
    const values = line.values.slice(-width * ACROSS);
    // what is not known is at the left: the newest value stands at the right edge
    const start = width * ACROSS - values.length;
    strokeLine(canvas, values, start, width, height);
    canvas.canvas.patterns.forEach((pattern, cell) => {
      if (pattern === 0) return;
      patterns[cell]! |= pattern;
      owner[cell] = index;
      marks.delete(cell);
    });
    for (const cell of markCells(values, start, width, height, index)) marks.set(cell, line.mark);
  });
  const cells: Drawn[] = [];
  patterns.forEach((pattern, cell) => {
    if (pattern === 0) return;
    const { tone, mark } = lines[owner[cell]!]!;
    const character = ascii ? mark : (marks.get(cell) ?? String.fromCharCode(BRAILLE + pattern));
    cells.push({ x: cell % width, y: Math.floor(cell / width), character, tone });
  });
  return cells;
}

const dotOf = (value: number, height: number): number =>
  Math.round((1 - Math.max(0, Math.min(1, value))) * (height * DOWN - 1));

function strokeLine(
  canvas: CanvasContext<Dots>,
  values: readonly number[],
  start: number,
  width: number,
  height: number,
): void {
  canvas.canvas.clear(width, height);
  canvas.beginPath();
  let joined = false;
  values.forEach((value, index) => {
    if (Number.isFinite(value)) {
      const x = start + index;
      const y = dotOf(value, height);
      if (!joined) canvas.moveTo(x, y);
      canvas.lineTo(x, y);
    }
    joined = Number.isFinite(value);
  });
  canvas.stroke();
}

/** Cells of a line that show its mark; other lines have theirs beside it. */
function* markCells(
  values: readonly number[],
  start: number,
  width: number,
  height: number,
  line: number,
): Generator<number> {
  for (let x = width - 2 - line * MARK_APART; x >= 0; x -= MARK_EVERY) {
    const value = values[x * ACROSS - start] ?? Number.NaN;
    if (Number.isFinite(value)) yield Math.floor(dotOf(value, height) / DOWN) * width + x;
  }
}
