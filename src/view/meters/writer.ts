/** Text put into a line of the header, piece after piece. */
import { compactText, formatValue } from '../../units/format.ts';
import { isMissing, type Reading } from '../../units/missing.ts';
import { fit, textWidth } from '../../units/text.ts';
import type { Line, Span, Tone } from '../cells.ts';

/** Pieces of text put one after the other; none of them covers another. */
export class Writer {
  readonly spans: Span[] = [];
  x: number;

  constructor(x = 1) {
    this.x = x;
  }

  put(text: string, tone: Tone = 'normal'): this {
    if (text !== '') this.spans.push({ x: this.x, text, tone });
    this.x += textWidth(text);
    return this;
  }

  gap(cells: number): this {
    this.x += cells;
    return this;
  }

  /** Goes on at a cell, or where it is when it is beyond that already. */
  to(x: number): this {
    this.x = Math.max(this.x, x);
    return this;
  }

  /** A text of any length, cut so that it ends before cell `end`. */
  cut(text: string, end: number, tone: Tone = 'normal'): this {
    return this.put(fit(text, Math.max(0, end - this.x)), tone);
  }

  /** A text that ends before cell `end`, if there is room for all of it and a blank. */
  right(text: string, end: number, tone: Tone = 'normal'): this {
    const x = end - textWidth(text);
    return x > this.x ? this.to(x).put(text, tone) : this;
  }

  get line(): Line {
    return { spans: this.spans };
  }
}

/** How a missing value is written where a rate is; both fit into four cells. */
export const missingText = (reading: { readonly missing: string }): string =>
  reading.missing === 'went-backwards' ? 'back' : '-';

export const missingTone = (reading: { readonly missing: string }): Tone =>
  reading.missing === 'went-backwards' ? 'warn' : 'dim';

/** Cells of {@link rateText}. */
export const RATE_CELLS = 7;

/** Events per second: `0/s`, `0.5/s`, `41/s`, `3.21k/s`. What is more than nothing never reads as nothing. */
export function rateText(reading: Reading<number>): string {
  if (isMissing(reading)) return missingText(reading);
  if (reading > 0 && reading < 0.05) return '<0.1/s';
  return (reading > 0 && reading < 9.95 ? reading.toFixed(1) : compactText(reading)) + '/s';
}

/** A share of 0…100 in at most four cells: `0.0`, `77.9`, `100`. */
export const shareText = (percent: number): string => formatValue(percent, 'percent', 4);
