/**
 * One row of the screen as cells: what a line becomes before it is compared with what the terminal shows. Pure: knows no
 * terminal.
 */
import type { Line } from '../view/cells.ts';
import { eachCell, isPlain, isSimple } from './cells.ts';
import type { Palette } from './theme.ts';

/** In place of a code point: the right half of a wide character, for which nothing is sent. */
export const RIGHT_HALF = 0;
export const BLANK = 0x20;

export class Row {
  /** A code point each. */
  codes = new Int32Array(0);
  /** Attributes, as {@link Palette} has them. */
  looks = new Int32Array(0);
  columns = 0;

  readonly #ascii: boolean;

  /** @param ascii whatever else is shown as something of ASCII. */
  constructor(ascii: boolean) {
    this.#ascii = ascii;
  }

  resize(columns: number): void {
    if (columns === this.columns) return;
    this.columns = columns;
    this.codes = new Int32Array(columns);
    this.looks = new Int32Array(columns);
  }

  /** The row is this line. What does not fit is cut off; what it does not cover is blank. */
  show(line: Line, palette: Palette): void {
    this.codes.fill(BLANK);
    this.looks.fill(palette[line.fill ?? 'normal']);
    for (const span of line.spans) this.put(span.x, span.text, palette[span.tone]);
  }

  /** Writes text from cell `x` on; `x` may lie left of the screen. Returns the cell behind the text. */
  put(x: number, text: string, look: number): number {
    // A line of text is bounded by the screen, a command line is not: do not walk through what cannot be seen.
    const seen = text.length > 16 * this.columns ? text.slice(0, 16 * this.columns) : text;
    if (this.#ascii ? isPlain(seen) : isSimple(seen)) return this.#putSimple(x, seen, look);
    eachCell(seen, this.#ascii, (character, width) => {
      if (x >= 0 && x + width <= this.columns) this.#set(x, character.codePointAt(0)!, width, look);
      else if (x < this.columns && x + width > 0) this.#set(Math.max(x, 0), BLANK, 1, look); // half of it fits
      x += width;
    });
    return x;
  }

  /** A code unit a cell: only at the ends may it cut a wide one in two. */
  #putSimple(x: number, text: string, look: number): number {
    const { codes } = this;
    const from = Math.max(x, 0);
    const to = Math.min(x + text.length, this.columns);
    if (from < to) {
      this.#splitWide(from, 1);
      this.#splitWide(to - 1, 1);
      for (let at = from; at < to; at++) codes[at] = text.charCodeAt(at - x);
      this.looks.fill(look, from, to);
    }
    return x + text.length;
  }

  #set(x: number, code: number, width: 1 | 2, look: number): void {
    this.#splitWide(x, width);
    this.codes[x] = code;
    this.looks[x] = look;
    if (width === 1) return;
    this.codes[x + 1] = RIGHT_HALF;
    this.looks[x + 1] = look;
  }

  /** Writing over one half of a wide character leaves a blank where the other half was. */
  #splitWide(x: number, width: 1 | 2): void {
    if (x > 0 && this.codes[x] === RIGHT_HALF) this.codes[x - 1] = BLANK;
    if (x + width < this.columns && this.codes[x + width] === RIGHT_HALF) this.codes[x + width] = BLANK;
  }
}
