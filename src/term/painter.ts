/**
 * What the terminal shows, and the bytes that turn it into another frame: the fewest that are simple to find. Pure: knows
 * no terminal.
 */
import type { Frame, Line, Span } from '../view/cells.ts';
import { isSimple, isUncertain } from './cells.ts';
import { BLANK, RIGHT_HALF, Row } from './row.ts';
import { lookChange } from './sgr.ts';
import { PLAIN, type Palette } from './theme.ts';

/** A cell that something is written over its line in, for this frame. */
export interface Cover {
  readonly x: number;
  readonly y: number;
  readonly character: string;
  readonly look: number;
}

/** What {@link Painter.paint} makes: a sequence with its first two numbers and what it does, or a character. */
const STEP = /\x1b\[(\d*)(?:;(\d*))?[\d;]*([A-Za-z])|[^]/gu;
/** The code of a cell of which is not known what the terminal shows. */
const UNKNOWN = -1;
const BLANK_LINE: Line = { spans: [] };
/** To skip a cell takes three bytes, up to nine cells four: so many are sent again instead. */
const SENT_AGAIN = 3;
/** So many blanks at a line's end are cleared by a sequence of three bytes. */
const CLEARED = 4;

const isSame = (a: Span, b: Span): boolean => a === b || (a.text === b.text && a.tone === b.tone);

export class Painter {
  #columns = 0;
  #rows = 0;
  /** What the terminal shows, row by row: a code point a cell … */
  #codes = new Int32Array(0);
  /** … and its attributes. */
  #looks = new Int32Array(0);
  /** The line that a row was made of; undefined: of nothing known. */
  #lines: (Line | undefined)[] = [];
  #palette: Palette | undefined;
  readonly #row: Row;

  // what is sent of a frame, and where that leaves the terminal
  #text = '';
  /** The cursor's column, -1 where it is not known. */
  #x = -1;
  #y = -1;
  #look = PLAIN;

  constructor(ascii: boolean) {
    this.#row = new Row(ascii);
  }

  /** The terminal is blank and of this size. */
  reset(columns: number, rows: number): void {
    this.#columns = columns;
    this.#rows = rows;
    this.#codes = new Int32Array(columns * rows).fill(BLANK);
    this.#looks = new Int32Array(columns * rows).fill(PLAIN);
    this.#lines = [];
    this.#row.resize(columns);
  }

  /** @returns what turns that which the terminal shows into the frame; empty when there is no difference. */
  paint(frame: Frame, palette: Palette, covers: readonly Cover[]): string {
    if (palette !== this.#palette) this.#lines = [];
    this.#palette = palette;
    for (let y = 0; y < this.#rows; y++) {
      const line = frame.lines[y] ?? BLANK_LINE;
      const before = this.#lines[y];
      const over = covers.length > 0 && covers.some(cover => cover.y === y);
      if (!over && (line === before || (before && this.#paintSpans(y, before, line, palette)))) {
        this.#lines[y] = line;
        continue;
      }
      this.#row.show(line, palette);
      if (over) for (const { x, y: at, character, look } of covers) if (at === y) this.#row.put(x, character, look);
      this.#lines[y] = over ? undefined : line;
      this.#compare(y, 0, this.#columns);
    }
    return this.#end();
  }

  /** Of what was last painted, only the first `sent` characters have been sent, and no more will be. */
  takeBack(text: string, sent: number): void {
    let [x, y] = [0, 0];
    for (const { 1: first, 2: second, 3: action, index } of text.matchAll(STEP)) {
      const unsent = index >= sent;
      if (action === 'H') [x, y] = [Number(second || 1) - 1, Number(first || 1) - 1];
      else if (action === 'C') x += Number(first || 1);
      else if (action === 'K' && unsent) this.#forget(x, y, this.#columns);
      else if (action === undefined) {
        const width = this.#codes[y * this.#columns + x + 1] === RIGHT_HALF && x + 1 < this.#columns ? 2 : 1;
        if (unsent) this.#forget(x, y, x + width);
        x += width;
      }
    }
  }

  #forget(x: number, y: number, end: number): void {
    this.#codes.fill(UNKNOWN, y * this.#columns + x, y * this.#columns + end);
    this.#lines[y] = undefined;
  }

  /**
   * Paints the spans that are others than before, where the rest of the line is the same.
   * @returns false: nothing was painted, the lines are not made alike.
   */
  #paintSpans(y: number, { spans: former, fill }: Line, line: Line, palette: Palette): boolean {
    const { spans } = line;
    if (former.length !== spans.length || fill !== line.fill) return false;
    for (let at = 0; at < spans.length; at++) if (!this.#isAlike(at, former, spans)) return false;
    for (let at = 0; at < spans.length; at++) {
      const { x, text, tone } = spans[at]!;
      if (isSame(former[at]!, spans[at]!)) continue;
      this.#row.put(x, text, palette[tone]);
      this.#compare(y, Math.max(0, x), Math.min(this.#columns, x + text.length));
    }
    return true;
  }

  /** Whether the span takes the same cells as before, of which no later one takes any. */
  #isAlike(at: number, former: readonly Span[], spans: readonly Span[]): boolean {
    const [before, now] = [former[at]!, spans[at]!];
    if (before.x !== now.x || before.text.length !== now.text.length) return false;
    if (isSame(before, now)) return true;
    if (!isSimple(now.text) || !isSimple(before.text)) return false;
    const end = now.x + now.text.length;
    for (let later = at + 1; later < spans.length; later++) if (spans[later]!.x < end) return false;
    return true;
  }

  /** Sends the cells of the row that are others than those that the terminal shows. */
  #compare(y: number, from: number, to: number): void {
    const [codes, looks] = [this.#row.codes, this.#row.looks];
    const start = y * this.#columns;
    for (let x = from; x < to; x++) {
      const code = codes[x]!;
      const at = start + x;
      if (code === RIGHT_HALF) continue;
      const isWide = x + 1 < to && codes[x + 1] === RIGHT_HALF;
      if (this.#codes[at] === code && this.#looks[at] === looks[x]) {
        if (!isWide || this.#codes[at + 1] === RIGHT_HALF) continue;
      }
      if (to === this.#columns && code === BLANK && this.#clearedFrom(x, y)) return;
      this.#send(x, y, code, looks[x]!, isWide);
    }
  }

  /** Clears the row from a cell on, where it has only blanks. @returns false: it has others, or too few. */
  #clearedFrom(x: number, y: number): boolean {
    const [codes, looks] = [this.#row.codes, this.#row.looks];
    const start = y * this.#columns;
    let others = 0;
    for (let at = x; at < this.#columns; at++) {
      if (codes[at] !== BLANK || looks[at] !== PLAIN) return false;
      if (this.#codes[start + at] !== BLANK || this.#looks[start + at] !== PLAIN) others++;
    }
    if (others < CLEARED) return false;
    this.#move(x, y);
    this.#turn(PLAIN);
    this.#text += '\x1b[K';
    this.#codes.fill(BLANK, start + x, start + this.#columns);
    this.#looks.fill(PLAIN, start + x, start + this.#columns);
    return true;
  }

  #send(x: number, y: number, code: number, look: number, isWide: boolean): void {
    const at = y * this.#columns + x;
    this.#move(x, y);
    this.#turn(look);
    this.#text += String.fromCodePoint(code);
    this.#codes[at] = code;
    this.#looks[at] = look;
    if (isWide) {
      this.#codes[at + 1] = RIGHT_HALF;
      this.#looks[at + 1] = look;
    }
    const next = x + (isWide ? 2 : 1);
    // The place of the next cell is said where terminals may have counted differently, and behind the last of a row.
    this.#x = next >= this.#columns || isUncertain(code, isWide ? 2 : 1) ? -1 : next;
  }

  #turn(look: number): void {
    this.#text += lookChange(this.#look, look);
    this.#look = look;
  }

  #move(x: number, y: number): void {
    if (this.#y !== y || this.#x < 0 || this.#x > x)
      this.#text += x === 0 ? `\x1b[${y + 1}H` : `\x1b[${y + 1};${x + 1}H`;
    else if (this.#x < x && !this.#sendAgain(x, y)) this.#text += x - this.#x === 1 ? '\x1b[C' : `\x1b[${x - this.#x}C`;
    this.#x = x;
    this.#y = y;
  }

  /** Few unchanged cells in between, of the look that is switched on: they are shorter than to skip them. */
  #sendAgain(x: number, y: number): boolean {
    if (x - this.#x > SENT_AGAIN) return false;
    const start = y * this.#columns;
    let between = '';
    for (let at = start + this.#x; at < start + x; at++) {
      const code = this.#codes[at]!;
      if (code < BLANK || code > 0x7e || this.#looks[at] !== this.#look) return false;
      between += String.fromCharCode(code);
    }
    this.#text += between;
    return true;
  }

  #end(): string {
    if (this.#text === '') return '';
    this.#turn(PLAIN);
    const text = this.#text;
    this.#text = '';
    this.#x = this.#y = -1;
    return text;
  }
}
