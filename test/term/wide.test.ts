/** Names that are wide, joined, marked or empty: what stands behind them stays in its column, whatever the terminal thinks. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import unicode11 from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';
import fc from 'fast-check';
import { eachCell } from '../../src/term/cells.ts';
import { CellScreen } from '../../src/term/screen.ts';
import { THEMES } from '../../src/term/theme.ts';
import { fit, harmless, pad, textWidth } from '../../src/units/text.ts';
import type { Frame } from '../../src/view/cells.ts';
import { lineText, Monitor } from '../support/monitor.ts';

/** Names, and the cells that they take. */
const NAMES: Readonly<Record<string, number>> = {
  plain: 5,
  日本語: 6,
  ﾊﾝｶｸ: 4, // half-width forms
  ＦＵＬＬ: 8, // full-width ones
  한국어: 6,
  '\u1112\u1161\u11ab': 2, // the same script in its parts: only the first has a cell
  'e\u0301le\u0300ve': 5, // combining accents
  'Z\u0310\u0351\u0301a\u0323\u0330l\u0321go': 5,
  ขึ้น: 2, // Thai with marks above marks
  हिन्दी: 3, // Devanagari: the vowels are marks, too
  שלום: 4, // right to left
  'مرحبا\u200f': 5,
  '🐢': 2,
  '👍🏽': 4, // a skin tone by itself
  '👨‍👩‍👧‍👦': 8, // a family: four people joined by what has no width
  '🏳️‍🌈': 3, // a flag, a selector, a joiner, a rainbow
  '🇩🇪🇯🇵': 4, // flags are pairs of letters
  '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}': 2, // and this one of tags
  '1️⃣2️⃣': 2, // keycaps: digits, a selector, a mark
  '❤️': 1, // text made a picture by a selector
  '❤︎': 1,
  '©️™️': 2,
  '⌚⏩': 4, // pictures among old symbols
  '☕⚡': 4,
  '\ue0b0\uf121': 2, // icon fonts
  '𝔘𝔫𝔦': 3, // letters beyond the first plane
  '𠜎𠜱': 4,
  '﷽': 1,
  'a\u00adb\u200bc\ufeffd\u2060e': 5, // nothing to be seen between them
  '\u0301': 0, // a mark alone
  '': 0,
  'x\ud83d\udc00y': 4, // half a pair each: one cell each
  '\u2028\u2029\x85': 3,
};

const cells = (text: string): number => {
  let count = 0;
  eachCell(text, false, (_, width) => (count += width));
  return count;
};

describe('the width', () => {
  for (const [name, width] of Object.entries(NAMES)) {
    test(`of ${JSON.stringify(name)} is ${width}, for columns as for the screen`, () => {
      const shown = harmless(name);
      // what is invisible to the kernel's reader is a dot where it may not stay
      assert.equal(textWidth(shown), cells(shown));
      assert.equal(cells(name), width);
      for (const room of [1, 2, 3, 5, 20]) {
        assert.equal(cells(pad(shown, room, 'left')), room);
        assert.equal(cells(pad(shown, room, 'right')), room);
        assert.ok(cells(fit(shown, room)) <= room);
      }
    });
  }
});

const COLUMNS = 40;
const MARK = 16;
const CAPABILITIES = { description: 'xterm-256color', depth: 256, unicode: true } as const;
/** Tables of widths: emoji have two cells, or one. */
const TABLES = ['11', '6'] as const;

/** A terminal that counts widths by one of the tables. */
class Shown {
  readonly #xterm;
  readonly #screen;
  readonly #rows: number;

  constructor(table: (typeof TABLES)[number], rows: number) {
    this.#rows = rows;
    this.#xterm = new xterm.Terminal({ cols: COLUMNS, rows, allowProposedApi: true });
    this.#xterm.loadAddon(new unicode11.Unicode11Addon());
    this.#xterm.unicode.activeVersion = table;
    this.#screen = new CellScreen(CAPABILITIES, { columns: COLUMNS, rows }, THEMES.default);
  }

  async paint(names: readonly string[]): Promise<void> {
    const lines = names.map((name, y) => ({
      spans: [
        { x: 1, text: pad(harmless(name), MARK - 2, 'left'), tone: 'normal' as const },
        { x: MARK, text: `|${y % 10}|`, tone: 'warn' as const },
      ],
    }));
    const frame: Frame = { columns: COLUMNS, rows: this.#rows, lines, sparks: [] };
    await new Promise<void>(resolve => this.#xterm.write(this.#screen.paint(frame), resolve));
  }

  /** The cell of the first mark of a line, and of the one behind its number. */
  marks(y: number): number[] {
    const line = this.#xterm.buffer.active.getLine(y)!;
    return Array.from({ length: COLUMNS }, (_, x) => x).filter(x => line.getCell(x)!.getChars() === '|');
  }
}

describe('on a terminal', () => {
  const names = Object.keys(NAMES);
  for (const table of TABLES) {
    test(`that counts as Unicode ${table} does, marks stand where they belong`, async () => {
      const shown = new Shown(table, names.length);
      await shown.paint(names);
      for (const [y, name] of names.entries()) assert.deepEqual(shown.marks(y), [MARK, MARK + 2], JSON.stringify(name));
      // and when only parts of the lines change
      const turned = [...names.slice(5), ...names.slice(0, 5)];
      await shown.paint(turned);
      for (const [y, name] of turned.entries())
        assert.deepEqual(shown.marks(y), [MARK, MARK + 2], JSON.stringify(name));
    });

    test(`that counts as Unicode ${table} does, whatever follows what`, async () => {
      const name = fc.string({ unit: fc.constantFrom(...names.filter(Boolean), 'a', ' '), maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(name, name), { minLength: 1, maxLength: 4 }), async frames => {
          const shown = new Shown(table, 2);
          for (const frame of frames) {
            await shown.paint(frame);
            for (const y of [0, 1]) assert.deepEqual(shown.marks(y), [MARK, MARK + 2], JSON.stringify(frames));
          }
        }),
        { numRuns: 60 },
      );
    });
  }
});

test('in the table, the tree and its folds no row is wider than the screen, and all columns begin where they did', () => {
  const tasks = Object.keys(NAMES).map((comm, index) => ({ pid: 10 + index, ppid: index === 0 ? 1 : 10, comm }));
  const monitor = new Monitor().sample(tasks).sample(tasks);
  for (const keys of [[], ['t'], ['-'], ['t', 'p', 'p'], ['right']]) {
    monitor.press(...keys);
    const { lines, columns } = monitor.frame;
    const title = lines.findIndex(line => /PID/.test(lineText(line)));
    const places = lines[title]!.spans.map(({ x }) => x);
    for (const { spans } of lines.slice(title + 1, -1)) {
      for (const { x, text } of spans) {
        assert.ok(x + textWidth(text) <= columns, text);
        assert.equal(cells(text), textWidth(text), text);
        assert.ok(x === 0 || places.includes(x), `${x}: ${text}`);
      }
    }
  }
});
