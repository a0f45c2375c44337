/**
 * The screen as a grid of cells: what a frame becomes before it is compared with what the terminal shows. Pure: knows
 * neither blessed nor a terminal.
 */
import type { Frame, Line, Spark } from '../view/cells.ts';
import { eachCell, isPlain, isUncertain } from './cells.ts';
import type { Palette } from './theme.ts';
import { PLAIN } from './theme.ts';

/** Content of the right half of a wide character: nothing is sent for it. */
export const RIGHT_HALF = '';
const BLANK = ' ';
const BLANK_LINE: Line = { spans: [] };

/** Draws a spark's values as text of exactly its width. */
export type SparkText = (spark: Spark) => string;

export class Grid {
  columns = 0;
  rows = 0;
  /** One character a cell, row by row; {@link RIGHT_HALF} behind a wide one. */
  characters: string[] = [];
  /** Attributes as blessed packs them. */
  attributes = new Int32Array(0);
  /** 1 where the cursor has to be placed anew after the cell, since terminals disagree on the character's width. */
  uncertain = new Uint8Array(0);

  /** 1 where a row may differ from the frame before. */
  changed = new Uint8Array(0);

  readonly #ascii: boolean;
  /** What the rows were made of; undefined: of nothing else. */
  #shown: (Line | undefined)[] = [];
  #palette: Palette | undefined;

  constructor(ascii: boolean) {
    this.#ascii = ascii;
  }

  resize(columns: number, rows: number): void {
    if (columns === this.columns && rows === this.rows) return;
    this.columns = columns;
    this.rows = rows;
    this.characters = new Array<string>(columns * rows).fill(BLANK);
    this.attributes = new Int32Array(columns * rows).fill(PLAIN);
    this.uncertain = new Uint8Array(columns * rows);
    this.changed = new Uint8Array(rows);
    this.forget();
  }

  /** All rows of the next frame count as changed. */
  forget(): void {
    this.#shown = [];
  }

  /** Replaces the content by a frame. What does not fit is cut off; what the frame does not cover is blank. */
  show(frame: Frame, palette: Palette, sparkText: SparkText): void {
    if (palette !== this.#palette) this.forget();
    this.#palette = palette;
    for (let y = 0; y < this.rows; y++) {
      const line = frame.lines[y] ?? BLANK_LINE;
      this.changed[y] = line === this.#shown[y] ? 0 : 1;
      if (this.changed[y] === 0) continue;
      this.#showLine(y, line, palette);
      this.#shown[y] = line;
    }
    for (const spark of frame.sparks) this.cover(spark.x, spark.y, sparkText(spark), palette[spark.tone]);
  }

  /** Writes over what the frame's line says, for this frame. */
  cover(x: number, y: number, text: string, attributes: number): void {
    if (y < 0 || y >= this.rows) return;
    this.changed[y] = 1;
    this.#shown[y] = undefined;
    this.put(x, y, text, attributes);
  }

  #showLine(y: number, line: Line, palette: Palette): void {
    const start = y * this.columns;
    this.characters.fill(BLANK, start, start + this.columns);
    this.attributes.fill(line.fill ? palette[line.fill] : PLAIN, start, start + this.columns);
    this.uncertain.fill(0, start, start + this.columns);
    for (const span of line.spans) this.put(span.x, y, span.text, palette[span.tone]);
  }

  /** Writes text from cell `x` on; `x` may lie left of the screen. Returns the cell behind the text. */
  put(x: number, y: number, text: string, attributes: number): number {
    if (y < 0 || y >= this.rows) return x;
    const row = y * this.columns;
    // A line of text is bounded by the screen, a command line is not: do not walk through what cannot be seen.
    const seen = text.length > 16 * this.columns ? text.slice(0, 16 * this.columns) : text;
    if (isPlain(seen)) return this.#putPlain(row, x, seen, attributes);
    eachCell(seen, this.#ascii, (character, width) => {
      if (x >= 0 && x + width <= this.columns) this.#set(row, x, character, width, attributes);
      else if (x < this.columns && x + width > 0) this.#set(row, Math.max(x, 0), BLANK, 1, attributes); // half of it fits
      x += width;
    });
    return x;
  }

  /** Most text is ASCII, a cell a character: only at its ends may it cut a wide one in two. */
  #putPlain(row: number, x: number, text: string, attributes: number): number {
    const from = Math.max(x, 0);
    const to = Math.min(x + text.length, this.columns);
    if (from < to) {
      this.#splitWide(row, from, 1);
      this.#splitWide(row, to - 1, 1);
      for (let at = from; at < to; at++) this.characters[row + at] = text[at - x]!;
      this.attributes.fill(attributes, row + from, row + to);
      this.uncertain.fill(0, row + from, row + to);
    }
    return x + text.length;
  }

  #set(row: number, x: number, character: string, width: 1 | 2, attributes: number): void {
    this.#splitWide(row, x, width);
    const i = row + x;
    this.characters[i] = character;
    this.attributes[i] = attributes;
    this.uncertain[i] = 0;
    if (width === 2) {
      this.characters[i + 1] = RIGHT_HALF;
      this.attributes[i + 1] = attributes;
    }
    if (isUncertain(character, width)) this.uncertain[i + width - 1] = 1;
    else if (width === 2) this.uncertain[i + 1] = 0;
  }

  /** Writing over one half of a wide character leaves a blank where the other half was. */
  #splitWide(row: number, x: number, width: 1 | 2): void {
    const first = row + x;
    if (x > 0 && this.characters[first] === RIGHT_HALF) this.characters[first - 1] = BLANK;
    const behind = first + width;
    if (x + width < this.columns && this.characters[behind] === RIGHT_HALF) this.#blank(behind);
  }

  #blank(i: number): void {
    this.characters[i] = BLANK;
    this.uncertain[i] = 0;
  }
}
