/** The screen: frames in, the bytes that show them out. */
import type { Frame } from '../view/cells.ts';
import { Charts } from './charts.ts';
import type { Capabilities, Depth } from './environment.ts';
import { type Cover, Painter } from './painter.ts';
import { Sparks } from './spark.ts';
import { palette } from './theme.ts';
import type { Palette, Theme } from './theme.ts';
import { openWidgets } from './widgets.ts';

export class CellScreen {
  readonly #depth: Depth;
  readonly #painter: Painter;
  readonly #sparks: Sparks;
  readonly #charts: Charts;
  #palette: Palette;
  /** What is to be sent before the next difference. */
  #before = '';

  /** @param chartsReady called when the first charts can be painted: their frame is to be painted again. */
  constructor(
    { depth, unicode }: Capabilities,
    { columns, rows }: { columns: number; rows: number },
    theme: Theme,
    chartsReady: () => void = () => undefined,
  ) {
    this.#depth = depth;
    this.#palette = palette(theme, depth);
    this.#painter = new Painter(!unicode);
    this.#painter.reset(columns, rows);
    const widgets = openWidgets();
    this.#sparks = new Sparks(widgets);
    this.#charts = new Charts(widgets, !unicode, chartsReady);
  }

  setTheme(theme: Theme): void {
    this.#palette = palette(theme, this.#depth);
  }

  /** Takes the terminal as blank and of this size: the next frame is painted as a whole. */
  reset(columns: number, rows: number): void {
    this.#painter.reset(columns, rows);
  }

  /** @returns the bytes that turn what was last painted into `frame`; empty when there is no difference. */
  paint(frame: Frame): string {
    this.#sparks.keepOnly(frame.sparks);
    const covers: Cover[] = [];
    this.#charts.paint(frame.charts ?? [], (x, y, character, tone) =>
      covers.push({ x, y, character, look: this.#palette[tone] }),
    );
    const text = this.#painter.paint(this.#sparks.within(frame), this.#palette, covers);
    if (text === '') return '';
    const before = this.#before;
    this.#before = '';
    return before + text;
  }

  /** Of what was last painted, only the first `sent` characters have been sent, and no more will be. */
  takeBack(text: string, sent: number): void {
    this.#painter.takeBack(text, sent);
    this.#before = '\x1b[m';
  }
}
