/**
 * Sparklines by blessed-contrib's widget. The widget knows how to turn numbers into a line of blocks; its own way of
 * showing it (a blank line, a title in tags, then the line) does not fit into one row, so its content is caught and
 * painted as cells. Only the widget's own file is loaded: the package's index costs 90 ms more.
 */
import type { Screen } from 'blessed';
import sparkline from 'blessed-contrib/lib/widget/sparkline.js';
import type { Sparkline } from 'blessed-contrib/lib/widget/sparkline.js';
import type { Frame, Line, Spark } from '../view/cells.ts';

/** Values are scaled to this, a multiple of the widget's seven steps and far below where its 32-bit shift overflows. */
const FULL = 700;
/** The widget leaves two columns for a border that it does not have here. */
const BORDER = 2;

interface Drawn {
  readonly widget: Sparkline;
  /** The last content that the widget set. */
  content: string;
  /** What `text` was drawn from. */
  spark: Spark | undefined;
  text: string;
}

/** The sparklines of the frames: a widget for each id, used again as long as the frames name it. */
export class Sparks {
  readonly #screen: Screen;
  readonly #drawn = new Map<string, Drawn>();

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** The frame with its sparklines as spans of its lines. */
  within(frame: Frame): Frame {
    if (frame.sparks.length === 0) return frame;
    const lines: Line[] = [...frame.lines];
    for (const spark of frame.sparks) {
      while (lines.length <= spark.y) lines.push({ spans: [] });
      const line = lines[spark.y]!;
      const span = { x: spark.x, text: this.#text(spark), tone: spark.tone };
      lines[spark.y] = { ...line, spans: [...line.spans, span] };
    }
    return { ...frame, lines };
  }

  /** @returns the values as blocks, newest at the right end, exactly `spark.width` cells. */
  #text(spark: Spark): string {
    const drawn = this.#drawn.get(spark.id) ?? this.#create(spark.id);
    if (!drawn.spark || !isSameDrawing(drawn.spark, spark)) {
      drawn.spark = spark;
      drawn.text = draw(drawn, spark);
    }
    return drawn.text;
  }

  /** Drops the widgets that the frame no longer names. */
  keepOnly(sparks: readonly Spark[]): void {
    if (this.#drawn.size <= sparks.length) return;
    for (const [id, { widget }] of this.#drawn) {
      if (sparks.some(spark => spark.id === id)) continue;
      widget.destroy();
      this.#drawn.delete(id);
    }
  }

  #create(id: string): Drawn {
    const options = { parent: this.#screen, top: 0, left: 0, width: 1, height: 1, hidden: true };
    const drawn: Drawn = { widget: sparkline(options), content: '', spark: undefined, text: '' };
    drawn.widget.setContent = content => {
      drawn.content = content;
    };
    // A hidden element is still asked to render, and would parse its (empty) content each time.
    drawn.widget.render = () => undefined;
    this.#drawn.set(id, drawn);
    return drawn;
  }
}

function isSameDrawing(a: Spark, b: Spark): boolean {
  if (a.width !== b.width || a.values.length !== b.values.length) return false;
  for (let at = 0; at < a.values.length; at++) if (!Object.is(a.values[at], b.values[at])) return false;
  return true;
}

function draw(drawn: Drawn, spark: Spark): string {
  const values = spark.values.slice(-spark.width);
  const most = values.reduce((max, value) => (Number.isFinite(value) ? Math.max(max, value) : max), 0);
  const scaled = values.map(value => (most > 0 && value > 0 ? Math.round((value / most) * FULL) : 0));
  // The widget scales from the smallest value: a 0 in front makes it scale from 0, and is cut off again.
  drawn.widget.width = 1 + values.length + BORDER;
  drawn.widget.setData([''], [[0, ...scaled]]);
  const blocks = /[▁-█]+/.exec(drawn.content)?.[0].slice(1) ?? '';
  const shown = values.map((value, i) => (Number.isFinite(value) ? blocks[i]! : ' ')).join('');
  return shown.padStart(spark.width);
}
