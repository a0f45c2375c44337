/**
 * blessed 0.1.81, tamed. It keeps what it is good at (two arrays of cells and the difference between them as bytes) and
 * is kept away from what it does badly: terminal descriptions on disk, keys, signals, entering, leaving and writing.
 * It sees a made-up input that never says anything and a made-up output whose bytes come to us.
 */
import { EventEmitter } from 'node:events';
import blessed from 'blessed';
import type { Program, Screen } from 'blessed';
import type { Frame } from '../view/cells.ts';
import { Charts } from './charts.ts';
import type { Capabilities } from './environment.ts';
import { Grid, RIGHT_HALF } from './grid.ts';
import { Sparks } from './spark.ts';
import { PLAIN, palette } from './theme.ts';
import type { Palette, Theme } from './theme.ts';

/** A place that is left for another at once. blessed says each line's beginning twice. */
const OVERRULED = /\x1b\[\d+;\d+H(?=\x1b\[\d+;\d+H)/g;

/** What {@link CellScreen.paint} makes: a sequence with its first two numbers and what it does, or a character. */
const STEP = /\x1b\[(\d*)(?:;(\d*))?[\d;]*([A-Za-z])|[^]/gu;
/** In no cell: what a cell shows that was taken back. */
const UNKNOWN = '\0';

/** What blessed takes for its terminal. */
class Paper extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  columns: number;
  rows: number;
  /** Everything written since it was last taken. */
  text = '';

  constructor(columns: number, rows: number) {
    super();
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string): boolean {
    this.text += text;
    return true;
  }
}

export class CellScreen {
  readonly #capabilities: Capabilities;
  readonly #paper: Paper;
  readonly #program: Program;
  readonly #screen: Screen;
  readonly #grid: Grid;
  readonly #sparks: Sparks;
  readonly #charts: Charts;
  #palette: Palette;
  /** What is to be sent before the next difference. */
  #before = '';

  /** @param chartsReady called when the first charts can be painted: their frame is to be painted again. */
  constructor(
    capabilities: Capabilities,
    size: { columns: number; rows: number },
    theme: Theme,
    chartsReady: () => void = () => undefined,
  ) {
    this.#capabilities = capabilities;
    this.#palette = palette(theme, capabilities.depth);
    this.#grid = new Grid(!capabilities.unicode);
    this.#paper = new Paper(size.columns, size.rows);
    this.#program = openProgram(this.#paper, capabilities);
    this.#screen = blessed.screen({ program: this.#program, fullUnicode: false, autoPadding: false });
    disarmBlessed();
    this.#sparks = new Sparks(this.#screen);
    this.#charts = new Charts(this.#screen, !capabilities.unicode, chartsReady);
    const pane = blessed.element({ parent: this.#screen, top: 0, left: 0, width: '100%', height: '100%' });
    pane.render = () => this.#copyCells();
    this.#take(); // what blessed wrote to enter the screen: that is done elsewhere
  }

  setTheme(theme: Theme): void {
    this.#palette = palette(theme, this.#capabilities.depth);
  }

  /** Takes the terminal as blank and of this size: the next frame is painted as a whole. */
  reset(columns: number, rows: number): void {
    this.#paper.columns = this.#program.cols = columns;
    this.#paper.rows = this.#program.rows = rows;
    this.#screen.alloc();
    this.#grid.forget();
    this.#take();
  }

  /** @returns the bytes that turn what was last painted into `frame`; empty when there is no difference. */
  paint(frame: Frame): string {
    this.#grid.resize(this.#paper.columns, this.#paper.rows);
    this.#sparks.keepOnly(frame.sparks);
    this.#grid.show(frame, this.#palette, spark => this.#sparks.text(spark));
    this.#charts.paint(frame.charts ?? [], (x, y, character, tone) =>
      this.#grid.cover(x, y, character, this.#palette[tone]),
    );
    this.#screen.render();
    const text = this.#take().replace(OVERRULED, '');
    if (text === '') return '';
    const before = this.#before;
    this.#before = '';
    return before + text;
  }

  /** Of what was last painted, only the first `sent` characters have been sent, and no more will be. */
  takeBack(text: string, sent: number): void {
    let [x, y] = [0, 0];
    for (const { 1: first, 2: second, 3: action, index } of text.matchAll(STEP)) {
      if (action === 'H') [x, y] = [Number(second || 1) - 1, Number(first || 1) - 1];
      else if (action === 'C') x += Number(first || 1);
      else if (action === undefined) {
        const next = this.#screen.olines[y]?.[x + 1]?.[1];
        const width = next === RIGHT_HALF || next?.startsWith('\x1b') ? 2 : 1; // a right half may place the cursor
        if (index >= sent) this.#forget(x, y, width);
        x += width;
      }
    }
    this.#before = '\x1b[m';
  }

  #forget(x: number, y: number, width: number): void {
    for (const cell of this.#screen.olines[y]?.slice(x, x + width) ?? []) cell[1] = UNKNOWN;
    const line = this.#screen.lines[y];
    if (line) line.dirty = true;
  }

  #take(): string {
    this.#program.flush();
    const { text } = this.#paper;
    this.#paper.text = '';
    return text;
  }

  /** The cell pane: the grid into blessed's lines, without tags, wrapping or parsing. */
  #copyCells(): void {
    const { columns, rows, characters, attributes, uncertain, changed } = this.#grid;
    const { normal } = this.#palette; // a theme may have a background of its own
    for (let y = 0; y < rows; y++) {
      if (changed[y] === 0) continue;
      const line = this.#screen.lines[y];
      const shown = this.#screen.olines[y];
      if (!line || !shown) break;
      for (let x = 0; x < columns; x++) {
        const cell = line[x];
        if (!cell) break;
        const i = y * columns + x;
        const attribute = attributes[i] === PLAIN ? normal : attributes[i]!;
        // The place of the next cell is said where terminals may have counted differently.
        const character = uncertain[i] ? `${characters[i]!}\x1b[${y + 1};${x + 2}H` : characters[i]!;
        if (cell[0] === attribute && cell[1] === character) continue;
        cell[0] = attribute;
        cell[1] = character;
        line.dirty = true;
        // draw() skips cells that are unchanged by moving right from the first of them. Behind a wide character that
        // changed, an unchanged right half would be counted from the wrong column: let it count as changed too.
        if (characters[i + 1] === RIGHT_HALF && shown[x + 1]) shown[x + 1]![1] = '\0';
      }
    }
  }
}

/** Placing the cursor is all that is left to blessed's knowledge of terminals. */
const USED_CAPABILITIES: ReadonlySet<string> = new Set(['cursor_address', 'parm_right_cursor']);

/**
 * Runs `open` with blessed compiling only those: it makes a function of each of some 200 capabilities by `new Function`,
 * which takes longer than all the rest of the start.
 */
function withFewCapabilities<T>(open: () => T): T {
  const { prototype } = blessed.Tput;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its `this` below
  const compile = prototype._compile;
  prototype._compile = function (info, name, value) {
    return typeof value !== 'string' || USED_CAPABILITIES.has(name) ? compile.call(this, info, name, value) : () => '';
  };
  try {
    return open();
  } finally {
    prototype._compile = compile;
  }
}

function openProgram(paper: Paper, { description }: Capabilities): Program {
  blessed.Tput.ipaths.length = 0; // no look-up on disk: blessed falls back to the descriptions it ships
  const tmux = process.env['TMUX'];
  delete process.env['TMUX']; // else the constructor runs `tmux -V` and waits for it
  const program = withFewCapabilities(() =>
    blessed.program({
      ...{ input: new EventEmitter(), output: paper, terminal: description },
      ...{ tput: true, buffer: true, zero: true, forceUnicode: true }, // the grid holds what can be sent
    }),
  );
  if (tmux !== undefined) process.env['TMUX'] = tmux;
  program.tput.brokenACS = true; // never ESC ( 0: terminals that ignore it show letters in place of lines
  program.tput.sc = program.tput.rc = () => ''; // nobody looks at the hidden cursor
  program._flush = () => undefined; // written when a frame is complete, not when blessed thinks of it
  return program;
}

/** Takes blessed's own listeners away: they exit with status 0 on SIGTERM and write into a terminal that was left. */
function disarmBlessed(): void {
  const { Screen, Program } = blessed;
  const listeners = [
    ['uncaughtException', Screen._exceptionHandler],
    ['SIGTERM', Screen._sigtermHandler],
    ['SIGINT', Screen._sigintHandler],
    ['SIGQUIT', Screen._sigquitHandler],
    ['exit', Screen._exitHandler],
    ['exit', Program._exitHandler],
  ] as const;
  for (const [event, listener] of listeners) if (listener) process.removeListener(event, listener);
}
