/** Charts as a terminal shows them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import xterm from '@xterm/headless';
import fc from 'fast-check';
import type { Capabilities } from '../../src/term/environment.ts';
import { CellScreen } from '../../src/term/screen.ts';
import { THEMES } from '../../src/term/theme.ts';
import type { Chart, ChartLine, Frame } from '../../src/view/cells.ts';

const COLUMNS = 14;
const ROWS = 5;
const NONE = Number.NaN;

/** A terminal, and what is painted on it once charts can be drawn. */
class Shown {
  readonly #xterm = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
  readonly #screen: CellScreen;
  readonly #ready: Promise<void>;

  constructor(able: Partial<Capabilities> = {}) {
    let ready = (): void => undefined;
    this.#ready = new Promise(resolve => (ready = resolve));
    const capabilities: Capabilities = { description: 'xterm-256color', depth: 256, unicode: true, ...able };
    this.#screen = new CellScreen(capabilities, { columns: COLUMNS, rows: ROWS }, THEMES.default, () => ready());
  }

  async paint(frame: Frame): Promise<string> {
    let text = this.#screen.paint(frame);
    if (frame.charts?.length) {
      await this.#ready;
      text += this.#screen.paint(frame);
    }
    await new Promise<void>(resolve => this.#xterm.write(text, resolve));
    return text;
  }

  get lines(): string[] {
    return Array.from({ length: ROWS }, (_, y) => this.#xterm.buffer.active.getLine(y)!.translateToString().trimEnd());
  }

  color(x: number, y: number): number {
    return this.#xterm.buffer.active.getLine(y)!.getCell(x)!.getFgColor();
  }
}

const line = (mark: string, values: readonly number[], tone: ChartLine['tone'] = 'good'): ChartLine => ({
  mark,
  values,
  tone,
});

function frameOf(lines: readonly ChartLine[], change: Partial<Chart> = {}): Frame {
  const chart = { id: 'a', x: 2, y: 1, width: 5, height: 1, lines, clip: { top: 0, bottom: ROWS }, ...change };
  return {
    columns: COLUMNS,
    rows: ROWS,
    lines: [{ spans: [{ x: 0, text: 'title', tone: 'normal' }] }],
    sparks: [],
    charts: [chart],
  };
}

async function shown(frame: Frame, able?: Partial<Capabilities>): Promise<string[]> {
  const screen = new Shown(able);
  await screen.paint(frame);
  return screen.lines;
}

describe('a line', () => {
  test('at the bottom, at the top, and from one to the other', async () => {
    // two values a cell; its mark stands next to the right edge
    assert.deepEqual(await shown(frameOf([line('u', new Array(10).fill(0))])), ['title', '  ⣀⣀⣀u⣀', '', '', '']);
    assert.equal((await shown(frameOf([line('u', new Array(10).fill(1))])))[1], '  ⠉⠉⠉u⠉');
    assert.equal((await shown(frameOf([line('u', [0, 0, 0, 0, 1, 1, 1, 1, 1, 1])])))[1], '  ⣀⣠⠋u⠉');
  });
  test('beyond its scale it stays at the edge', async () => {
    assert.equal((await shown(frameOf([line('u', [9, 9, 9, 9, 9, 9, -3, -3, -3, -3])])))[1], '  ⠉⠉⠙u⣀');
  });
  test('what is not known is not drawn, one value alone is', async () => {
    assert.equal((await shown(frameOf([line('u', [0, 0, NONE, NONE, 0, NONE, NONE, NONE, 0, 0])])))[1], '  ⣀ ⡀ ⣀');
    assert.equal((await shown(frameOf([line('u', [1, 1])])))[1], '      ⠉', 'the newest at the right');
    assert.equal((await shown(frameOf([line('u', [])])))[1], '');
  });
  test('over several rows', async () => {
    // dots from the top: 7 7 4 4 0 …; steps are joined by what is drawn between them
    const values = [0, 0, 0.5, 0.5, 1, 1, 1, 1, 1, 1];
    assert.deepEqual((await shown(frameOf([line('u', values)], { height: 2 }))).slice(1, 3), ['   ⢀⠏u⠉', '  ⣠⠋']);
  });
});

describe('lines are told apart', () => {
  const two = [line('u', new Array(10).fill(0)), line('s', new Array(10).fill(1), 'bad')];
  test('by their marks, without any colour', async () => {
    const wide = { width: 12, x: 0 };
    const both = [line('u', new Array(24).fill(0)), line('s', new Array(24).fill(1), 'bad')];
    assert.deepEqual((await shown(frameOf(both, { ...wide, height: 2 }), { depth: 0 })).slice(1, 3), [
      '⠉⠉⠉⠉⠉⠉s⠉⠉⠉⠉⠉',
      '⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀u⣀',
    ]);
  });
  test('by their marks alone where only ASCII can be shown', async () => {
    const lines = await shown(frameOf(two, { height: 3 }), { unicode: false });
    assert.deepEqual(lines, ['title', '  sssss', '', '  uuuuu', '']);
  });
  test('a later line lies over an earlier one, the dots of both are seen', async () => {
    const screen = new Shown();
    await screen.paint(frameOf(two));
    assert.equal(screen.lines[1], '  ⣉⣉⣉⣉⣉', 'the mark of the first is covered, that of the second has no room');
    assert.equal(screen.color(2, 1), THEMES.default.bad.fg256);
  });
});

describe('frames', () => {
  const values = [0, 0, 0, 0, 1, 1, 1, 1, 1, 1];
  test('the same chart again is nothing, without it the cells are blank', async () => {
    const screen = new Shown();
    await screen.paint(frameOf([line('u', values)]));
    assert.equal(await screen.paint(structuredClone(frameOf([line('u', values)]))), '');
    await screen.paint({ ...frameOf([]), charts: [] });
    assert.deepEqual(screen.lines, ['title', '', '', '', '']);
    await screen.paint(frameOf([line('u', values)], { width: 5, x: 8, y: 3 }));
    assert.deepEqual(screen.lines, ['title', '', '', '        ⣀⣠⠋u⠉', '']);
  });
  test('other values, another size, another tone', async () => {
    const screen = new Shown();
    await screen.paint(frameOf([line('u', values)]));
    await screen.paint(frameOf([line('u', [...values].reverse())]));
    assert.equal(screen.lines[1], '  ⠉⠉⠙u⣀');
    await screen.paint(frameOf([line('u', values)], { width: 3 }));
    assert.equal(screen.lines[1], '  ⠉u⠉', 'the newest that fit');
    await screen.paint(frameOf([line('u', values, 'bad')], { width: 3 }));
    assert.equal(screen.color(2, 1), THEMES.default.bad.fg256);
  });
  test('scrolled half away: only rows within its clip are painted', async () => {
    const screen = new Shown();
    const both = [line('u', new Array(10).fill(0)), line('s', new Array(10).fill(1))];
    await screen.paint(frameOf(both, { y: 0, height: 3, clip: { top: 1, bottom: ROWS } }));
    assert.deepEqual(screen.lines, ['title', '', '  ⣀⣀⣀u⣀', '', '']);
    await screen.paint(frameOf(both, { y: 3, height: 3, clip: { top: 0, bottom: 4 } }));
    assert.deepEqual(screen.lines, ['title', '', '', '  ⠉⠉⠉⠉⠉', '']);
  });
  test('any charts one after the other show the last one', async () => {
    const value = fc.oneof(fc.double({ min: -1, max: 2 }), fc.constant(NONE));
    const anyLine = fc.record({
      values: fc.array(value, { maxLength: 40 }),
      tone: fc.constantFrom('good' as const, 'bad' as const),
      mark: fc.constantFrom('u', 's'),
    });
    const anyFrame = fc
      .record({
        ...{ x: fc.integer({ min: 0, max: 10 }), y: fc.integer({ min: -3, max: ROWS }) },
        ...{ width: fc.integer({ min: 1, max: 12 }), height: fc.integer({ min: 1, max: 6 }) },
        lines: fc.array(anyLine, { maxLength: 3 }),
      })
      .map(({ lines, ...place }) => frameOf(lines, place));
    await fc.assert(
      fc.asyncProperty(fc.array(anyFrame, { minLength: 2, maxLength: 4 }), async frames => {
        const screen = new Shown();
        for (const frame of frames) await screen.paint(frame);
        const fresh = new Shown();
        await fresh.paint(frames.at(-1)!);
        assert.deepEqual(screen.lines, fresh.lines);
      }),
      { numRuns: 60 },
    );
  });
});
