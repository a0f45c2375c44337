/**
 * What the view hands to a terminal (or to `--once`): runs of text with a meaning, never a colour.
 * The terminal layer maps a {@link Tone} to colours and attributes of the theme.
 */
export type Tone =
  'normal' | 'dim' | 'strong' | 'title' | 'header' | 'selected' | 'bar' | 'key' | 'good' | 'warn' | 'bad' | 'changed';

/** A run of text that starts at cell `x` (0-based). Text may hold anything: the painter neutralises control characters. */
export interface Span {
  readonly x: number;
  readonly text: string;
  readonly tone: Tone;
}

/** One screen line. A line's `fill` is the tone of the cells that no span covers (for a selected row, a title bar). */
export interface Line {
  readonly spans: readonly Span[];
  readonly fill?: Tone;
}

/** A sparkline of the header: `values` oldest first, all in one unit; drawn from 0 up to their maximum. */
export interface Spark {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly values: readonly number[];
  readonly tone: Tone;
}

/** One line of a {@link Chart}. */
export interface ChartLine {
  /** One value for each half of a cell, oldest first: 0 the bottom, 1 the top of the chart; NaN: nothing is drawn there. */
  readonly values: readonly number[];
  readonly tone: Tone;
  /** An ASCII character that stands on the line here and there: what tells it from the others without colours. */
  readonly mark: string;
}

/** A chart of lines over time, an area of cells without frame or text; later lines lie over earlier ones. */
export interface Chart {
  readonly id: string;
  readonly x: number;
  /** The screen row of its top; what lies outside of the clip is not shown. */
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly lines: readonly ChartLine[];
  /** Screen rows, the last one exclusive, that it may be painted on. */
  readonly clip: { readonly top: number; readonly bottom: number };
}

/** One whole screen. `lines[y]` absent means a blank line. */
export interface Frame {
  readonly columns: number;
  readonly rows: number;
  readonly lines: readonly Line[];
  readonly sparks: readonly Spark[];
  readonly charts?: readonly Chart[];
}
