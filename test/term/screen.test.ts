/** The differences that are sent, replayed by a terminal: what it shows has to be the frame, whatever was before. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import unicode11 from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';
import fc from 'fast-check';
import type { Capabilities } from '../../src/term/environment.ts';
import { CellScreen } from '../../src/term/screen.ts';
import { type Theme, THEMES } from '../../src/term/theme.ts';
import type { Frame, Line, Spark, Tone } from '../../src/view/cells.ts';

const CAPABILITIES: Capabilities = { description: 'xterm-256color', depth: 256, unicode: true };
const COLUMNS = 12;
const ROWS = 3;

/** A terminal and what is painted on it. */
class Shown {
  readonly #xterm = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
  readonly screen: CellScreen;

  constructor(theme: Theme = THEMES.default) {
    this.screen = new CellScreen(CAPABILITIES, { columns: COLUMNS, rows: ROWS }, theme);
    this.#xterm.loadAddon(new unicode11.Unicode11Addon());
    this.#xterm.unicode.activeVersion = '11';
  }

  /** @param share of the bytes that arrive; the others are taken back. */
  async paint(frame: Frame, share = 1): Promise<string> {
    const all = this.screen.paint(frame);
    // as the wire does: before an escape sequence, or nowhere
    const escape = share === 1 ? -1 : all.indexOf('\x1b', share * all.length);
    const text = escape < 0 ? all : all.slice(0, escape);
    if (escape >= 0) this.screen.takeBack(all, escape);
    await new Promise<void>(resolve => this.#xterm.write(text, resolve));
    return text;
  }

  /** Every cell: its characters, width, attributes and colours. */
  cells(): string[] {
    const cells: string[] = [];
    for (let y = 0; y < ROWS; y++) {
      for (let x = 0; x < COLUMNS; x++) {
        const cell = this.#xterm.buffer.active.getLine(y)!.getCell(x)!;
        const look = [cell.isBold(), cell.isUnderline(), cell.isInverse(), cell.getFgColor(), cell.getBgColor()];
        cells.push(`${x},${y} "${cell.getChars() || ' '}" ${cell.getWidth()} ${look.join(' ')}`);
      }
    }
    return cells;
  }
}

function frameOf(lines: readonly Line[], sparks: readonly Spark[] = []): Frame {
  return { columns: COLUMNS, rows: ROWS, lines, sparks };
}

const text = (...spans: readonly string[]): Line => ({
  spans: spans.map((each, i) => ({ x: i * 6, text: each, tone: 'normal' as const })),
});

describe('differences', () => {
  test('a wide character for another, something changed further right', async () => {
    const shown = new Shown();
    await shown.paint(frameOf([text('日ab12')]));
    await shown.paint(frameOf([text('月ab13')]));
    const fresh = new Shown();
    await fresh.paint(frameOf([text('月ab13')]));
    assert.deepEqual(shown.cells(), fresh.cells());
  });

  test('the same frame again is nothing', async () => {
    const shown = new Shown();
    const frame = frameOf([text('日本🐢', 'x')], [{ id: 'a', x: 6, y: 1, width: 5, values: [1, 2], tone: 'good' }]);
    assert.notEqual(await shown.paint(frame), '');
    assert.equal(await shown.paint(structuredClone(frame)), '');
  });

  test('any frames one after the other show the last one', async () => {
    const tone = fc.constantFrom<Tone>('normal', 'dim', 'selected', 'bad', 'header');
    const unit = fc.constantFrom('a', 'b', ' ', '日', '月', '🐢', '👍', 'é', 'e\u0301', '\x1b', '✓', '\ue0b0', '│');
    const span = fc.record({ x: fc.integer({ min: -2, max: COLUMNS }), text: fc.string({ unit, maxLength: 9 }), tone });
    const line = fc.record({ spans: fc.array(span, { maxLength: 3 }), fill: tone }, { requiredKeys: ['spans'] });
    const spark = fc.record({
      ...{ id: fc.constantFrom('a', 'b'), x: fc.integer({ min: 0, max: 9 }), y: fc.integer({ min: 0, max: ROWS }) },
      ...{ width: fc.integer({ min: 1, max: 6 }), values: fc.array(fc.nat(), { maxLength: 8 }), tone },
    });
    const frame = fc.record({
      ...{ columns: fc.constant(COLUMNS), rows: fc.constant(ROWS) },
      ...{
        lines: fc.array(line, { maxLength: ROWS + 1 }),
        sparks: fc.uniqueArray(spark, { maxLength: 2, selector: s => s.id }),
      },
    });
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 2, maxLength: 5 }), async frames => {
        const shown = new Shown();
        for (const each of frames) await shown.paint(each);
        const fresh = new Shown();
        await fresh.paint(frames.at(-1)!);
        assert.deepEqual(shown.cells(), fresh.cells());
      }),
      { numRuns: 60 },
    );
    // and when each but the last one stops somewhere
    const stopped = fc.tuple(frame, fc.double({ min: 0, max: 0.99, noNaN: true }));
    await fc.assert(
      fc.asyncProperty(fc.array(stopped, { minLength: 1, maxLength: 5 }), frame, async (before, last) => {
        const shown = new Shown();
        for (const [each, share] of before) await shown.paint(each, share);
        await shown.paint(last);
        const fresh = new Shown();
        await fresh.paint(last);
        assert.deepEqual(shown.cells(), fresh.cells());
      }),
      { numRuns: 200 },
    );
  });
});

describe('themes', () => {
  const look = (cell: string): string => cell.replace(/^.*" \d /, '');

  test('a background of its own is everywhere, where nobody wrote too', async () => {
    const shown = new Shown(THEMES['high-contrast']);
    await shown.paint(frameOf([text('日ab12'), { spans: [] }]));
    assert.deepEqual(new Set(shown.cells().map(look)), new Set(['0 0 0 231 16']));
    // another theme, the same frame: all of it again, and nothing of the former is left
    shown.screen.setTheme(THEMES.default);
    await shown.paint(frameOf([text('日ab12'), { spans: [] }]));
    assert.deepEqual(new Set(shown.cells().map(look)), new Set(['0 0 0 -1 -1']));
  });
});

describe('sparklines', () => {
  async function line(values: readonly number[], width = 6): Promise<string> {
    const shown = new Shown();
    await shown.paint(frameOf([], [{ id: 'a', x: 2, y: 0, width, values, tone: 'normal' }]));
    return shown
      .cells()
      .slice(0, COLUMNS)
      .map(cell => /"(.)"/u.exec(cell)![1])
      .join('');
  }

  test('from 0 up to the largest, newest at the right', async () => {
    assert.equal(await line([0, 1, 2, 3, 4, 5, 6, 7], 8), '  ▁▂▃▄▅▆▇█  ');
    assert.equal(await line([7, 7]), '      ██    ');
    assert.equal(await line([6, 7, 7]), '     ▇██    ', 'not from the smallest value');
    assert.equal(await line([9, 9, 9, 9, 0, 0, 0, 0, 0, 7]), '  ▁▁▁▁▁█    ', 'the last ones that fit');
  });
  test('nothing, zeros, gaps, tiny and huge numbers', async () => {
    assert.equal(await line([]), '            ');
    assert.equal(await line([0, 0]), '      ▁▁    ');
    assert.equal(await line([1, NaN, 1]), '     █ █    ');
    assert.equal(await line([1e-9, 0]), '      █▁    ');
    assert.equal(await line([2 ** 60, 2 ** 59]), '      █▄    ');
  });
});
