/** The main views as a terminal shows them, at four sizes and in three looks; `npm run docs` writes them anew. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { before, describe, test } from 'node:test';
import type { Chart, Frame, Line, Tone } from '../../src/view/cells.ts';
import { textWidth } from '../../src/units/text.ts';
import {
  allLooks,
  type Cell,
  type Looks,
  type LookName,
  type Screen,
  SCREEN_SIZES,
  screensFile,
  screensText,
  textOf,
  toneLook,
  tonesByLook,
  VIEWS,
} from '../support/screens.ts';

const LOOKS: readonly LookName[] = ['colour', 'mono', 'ascii'];
/** Views with a row that the cursor is on. */
const LISTS: readonly string[] = VIEWS.filter(({ name }) => !/help|machine|graphs|flags|dialog|mistake/.test(name)).map(
  ({ name }) => name,
);
/** Views of tasks in columns. */
const TABLES = /^(table|tree|threads|by |columns of|search|filter|signal refused)/;

const linesOf = (screen: Screen): string[] => screen.cells.map(textOf);
const has = (row: readonly Cell[], word: string): boolean => row.some(({ look }) => look.split(' ').includes(word));

interface Run {
  readonly from: number;
  readonly to: number;
}

/** Cells of a line that something is written into: spans, sparklines, charts. */
function runs(frame: Frame, y: number): Run[] {
  const line: Line = frame.lines[y] ?? { spans: [] };
  const inRow = (chart: Chart): boolean =>
    y >= Math.max(chart.y, chart.clip.top) && y < Math.min(chart.y + chart.height, chart.clip.bottom);
  const widths = [
    ...line.spans.map(({ x, text }) => ({ from: x, to: x + textWidth(text) })),
    ...frame.sparks.filter(spark => spark.y === y).map(({ x, width }) => ({ from: x, to: x + width })),
    ...(frame.charts ?? []).filter(inRow).map(({ x, width }) => ({ from: x, to: x + width })),
  ];
  return widths.filter(({ from, to }) => to > from).sort((a, b) => a.from - b.from);
}

for (const [columns, lines] of SCREEN_SIZES) {
  describe(`at ${columns}x${lines}`, () => {
    let looks: Looks;
    before(async () => {
      looks = await allLooks(columns, lines);
    });
    const each = (check: (screen: Screen, look: LookName) => void, wanted: readonly LookName[] = LOOKS): void => {
      for (const look of wanted) {
        for (const screen of looks[look]) {
          try {
            check(screen, look);
          } catch (error) {
            if (error instanceof Error) error.message = `${screen.view.name}, ${look}: ${error.message}`;
            throw error;
          }
        }
      }
    };
    const named = (name: string, look: LookName = 'mono'): Screen =>
      looks[look].find(({ view }) => view.name === name)!;

    test('all views are what they were', () => {
      const expected = fs.readFileSync(screensFile(columns, lines), 'utf8').split('\f');
      const actual = screensText(looks).split('\f');
      assert.equal(actual.length, expected.length);
      actual.forEach((screen, index) => assert.equal(screen, expected[index]));
    });

    test('nothing is wider than the screen, and nothing covers anything', () => {
      each(({ frame }) => {
        assert.equal(frame.lines.length, lines);
        for (let y = 0; y < lines; y++) {
          let end = 0;
          for (const { from, to } of runs(frame, y)) {
            assert.ok(from >= end, `line ${y + 1}: cell ${from} is taken up to ${end}`);
            end = to;
          }
          assert.ok(end <= columns, `line ${y + 1} ends at ${end}`);
        }
      });
    });

    test('every line covers the screen exactly, wide characters are whole', () => {
      each(({ cells }) => {
        assert.equal(cells.length, lines);
        for (const row of cells) {
          assert.equal(row.length, columns);
          row.forEach(({ cells: width }, x) => {
            if (width === 2) assert.equal(row[x + 1]?.cells, 0);
            if (width === 0) assert.equal(row[x - 1]?.cells, 2);
          });
        }
      });
    });

    test('every cell has the look of a meaning; mono has no colours', () => {
      each(({ cells }, look) => {
        const known = tonesByLook(look);
        for (const cell of cells.flat()) {
          assert.ok(known.has(cell.look), `${cell.text} is ${cell.look}`);
          if (look === 'mono') assert.match(cell.look, /^((bold|underline|reverse)( |$))*$/);
        }
      });
      assert.ok(tonesByLook('colour').size > 10, 'in colours the meanings differ');
    });

    test('with colours and without there is the same text, and the same meaning in each cell', () => {
      const tones = tonesByLook('colour');
      looks.colour.forEach((coloured, at) => {
        const mono = looks.mono[at]!;
        assert.deepEqual(linesOf(mono), linesOf(coloured));
        coloured.cells.forEach((row, y) => {
          row.forEach(({ look, text }, x) => {
            const allowed = tones.get(look)!.map((tone: Tone) => toneLook(tone, 'mono'));
            assert.ok(allowed.includes(mono.cells[y]![x]!.look), `${coloured.view.name} ${x},${y} '${text}'`);
          });
        });
      });
    });

    test('in ASCII there is nothing else, and every line is as long', () => {
      looks.ascii.forEach((ascii, at) => {
        const rows = linesOf(ascii);
        for (const row of rows) assert.match(row, /^[\x20-\x7e]*$/, ascii.view.name);
        if (ascii.frame.charts) return; // an empty braille cell at the end is nothing
        const width = (cells: readonly Cell[]): number => cells.findLastIndex(({ text }) => text.trim() !== '');
        looks.colour[at]!.cells.forEach((row, y) => {
          const last = row[width(row)];
          const end = last ? width(row) + last.cells : 0;
          assert.equal(rows[y]!.length, end, `${ascii.view.name} line ${y + 1}`);
        });
      });
    });

    test('the bottom line is a bar with the keys of the mode, or the question', () => {
      each(({ cells, state, frame }, look) => {
        const bar = cells.at(-1)!;
        assert.equal(frame.lines.at(-1)!.fill, 'bar');
        const tones: readonly Tone[] = ['bar', 'key', 'selected'];
        for (const { look: seen } of bar)
          assert.ok(
            tones.some(tone => toneLook(tone, look) === seen),
            seen,
          );
        const wanted = {
          table: /^ F1 Help .*S Stuck .*F10 Quit$/,
          searching: /^ F1 Help/,
          frozen: /^ F1 Help/,
          replay: /^ F1 Help/,
          board: /^ F1 Help/,
          task: /^ F1 Help .*Esc Back.* F10 Quit$/,
          system: /^ F1 Help .*Esc Back.* F10 Quit$/,
          columns: / Show /,
          help: / Esc Back$/,
          menu: /^ Enter Open {2}Esc Back/,
          prompt: /^ (Search|Filter): /,
          dialog: /^$/, // its keys are at the foot of the box
        }[state.mode];
        assert.match(textOf(bar), wanted);
      });
    });

    test('without colours one row is the chosen one, and it alone is reversed as a whole', () => {
      for (const screen of looks.mono.filter(({ view }) => LISTS.includes(view.name))) {
        const middle = screen.cells.slice(0, -1);
        const reversed = middle.filter(row => row.every(({ look }) => look === 'reverse'));
        assert.equal(reversed.length, 1, screen.view.name);
        assert.notEqual(textOf(reversed[0]!).trim(), '');
      }
    });

    test('what is chosen is the one that is meant', () => {
      const chosen = (name: string): string =>
        textOf(
          named(name)
            .cells.slice(0, -1)
            .find(row => row.every(({ look }) => look === 'reverse'))!,
        );
      assert.match(chosen('table'), /^ +133 /);
      assert.match(chosen('tree'), /^ +136 /);
      assert.match(chosen('by wait channel, one group unfolded'), /▾ smpboot_thread_fn \(2\)$/);
      assert.match(chosen('search'), /^ +135 .*sleep 100000$/);
      assert.match(chosen('column chooser'), /^ \[x\] flags /);
      assert.match(chosen('sort menu'), /^ cpu_percent /);
    });

    test('what is not a row is marked by a character', () => {
      assert.ok(
        linesOf(named('tree')).some(line => /^\* +135 /.test(line)),
        'a tag',
      );
      assert.ok(
        linesOf(named('flags of a task')).some(line => line.includes('[2 FLAGS]')),
        'the open page',
      );
      assert.ok(
        linesOf(named('signal dialog')).some(line => />\s+15 SIGTERM/.test(line)),
        'the chosen signal',
      );
      const cursor = named('search')
        .cells.at(-1)!
        .filter(({ look }) => look === 'reverse');
      assert.equal(cursor.length, 1, 'the cursor of the prompt');
      const graphs = linesOf(named('graphs')).join('\n');
      for (const { mark } of named('graphs').frame.charts!.flatMap(chart => chart.lines))
        assert.ok(graphs.includes(mark), `the line ${mark}`);
    });

    test('the column that the order is by is on the screen', () => {
      for (const { view, cells } of looks.mono.filter(screen => TABLES.test(screen.view.name))) {
        const title = cells.map(textOf).find(line => line.includes('COMMAND'))!;
        assert.match(title, view.name === 'columns of memory' ? /RES▼/ : view.name === 'tree' ? /PID▲/ : /CPU%▼/);
      }
    });

    test('a prompt shows what is typed, and that something is wrong with it', () => {
      const wrong = linesOf(named('filter with a mistake')).at(-1)!;
      assert.match(wrong, / and fooo = 3 {3}at 14: unk/);
      if (columns >= 80) assert.match(wrong, /Filter: rss > 15 and fooo = 3 {3}at 14: unknown column 'fooo'/);
      const [above, below] = linesOf(named('filter with its completion')).slice(-2);
      assert.match(above!, /^ maj_flt {2}maj_flt_delta /);
      assert.match(below!, /M or maj_flt /);
    });

    test('what is folded counts as shown', () => {
      const told = linesOf(named('by wait channel, one group unfolded')).find(line => / shown( |$)/.test(line));
      if (columns >= 200) assert.match(told!, / · 23 shown /);
      else if (told !== undefined) assert.match(told, / · 23 shown( |$)/);
    });

    test('a refusal is told, whole where there are 80 columns', () => {
      const told = linesOf(named('signal refused')).filter(line => line.includes('No actions: '));
      assert.equal(told.length, 1);
      if (columns >= 80) assert.match(told[0]!, /No actions: .*\.$/);
      assert.ok(has(named('signal refused', 'mono').cells.flat(), 'bold'));
    });
  });
}
