import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { chooseSort, DEFAULT_COLUMNS, FIELDS, field, type SortKey } from '../../src/fields/registry.ts';
import { eachCell } from '../../src/term/cells.ts';
import { harmless, textWidth } from '../../src/units/text.ts';
import {
  alignOf,
  cellText,
  type Column,
  layoutColumns,
  plainTable,
  type RowMarks,
  type RowStyle,
  taskLine,
  titleLine,
} from '../../src/view/table.ts';
import { MACHINES, sampleFixture } from '../support/fixtures.ts';
import { Pushed } from '../support/model.ts';

const DEFAULT = DEFAULT_COLUMNS.map(field);
const PLAIN: RowMarks = { selected: false, tagged: false, followed: false };
const STYLE: RowStyle = { zerosBlank: false, commandAs: 'full', commandSkip: 0 };
const idsOf = (columns: readonly Column[]): string[] => columns.map(column => column.field.id);
const sortBy = (...words: string[]): readonly SortKey[] => {
  const chosen = chooseSort(words);
  return 'keys' in chosen ? chosen.keys : assert.fail(chosen.error);
};

/** What holds of every layout; undefined when all is well. */
function fault(columns: readonly Column[], width: number): string | undefined {
  let end = -1;
  for (const {
    field: { id },
    x,
    width: cells,
  } of columns) {
    if (x !== end + 1) return `${id} stands at ${x}, not one blank behind ${end}`;
    if (cells < 1) return `${id} has no room`;
    if (x + cells > width) return `${id} ends at ${x + cells} of ${width}`;
    end = x + cells;
  }
  return columns.length > 0 ? undefined : 'no column';
}

describe('layout', () => {
  for (const pidDigits of [3, 5, 7]) {
    test(`the default columns fit every width from 1 to 300, one blank between them (pids of ${pidDigits})`, () => {
      for (let width = 1; width <= 300; width++)
        assert.equal(fault(layoutColumns(DEFAULT, width, pidDigits), width), undefined, `width ${width}`);
    });
  }

  test('the narrowest screens show the pid and what is left of the command', () => {
    const at = (width: number): string =>
      layoutColumns(DEFAULT, width, 5)
        .map(column => `${column.field.id} ${column.width}`)
        .join(', ');
    assert.equal(at(5), 'pid 5');
    assert.equal(at(7), 'pid 5, command 1');
    assert.equal(at(20), 'pid 5, command 14');
  });

  const someColumns = fc.uniqueArray(fc.constantFrom(...FIELDS), {
    minLength: 1,
    maxLength: 12,
    selector: ({ id }) => id,
  });

  test('any columns whose wait channel does not stand behind the command', () => {
    fc.assert(
      fc.property(
        someColumns,
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 7 }),
        (columns, width, digits) => {
          const ids = columns.map(({ id }) => id);
          fc.pre(!(ids.includes('command') && ids.indexOf('wchan_name') > ids.indexOf('command')));
          assert.equal(fault(layoutColumns(columns, width, digits), width), undefined);
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('columns in any order', () => {
    const columns = ['command', 'wchan_name', 'pid'].map(field);
    for (let width = 1; width <= 300; width++)
      assert.equal(fault(layoutColumns(columns, width, 5), width), undefined, `width ${width}`);
  });

  test('the command has 24 cells as long as another column than the first is there', () => {
    for (let width = 1; width <= 300; width++) {
      const columns = layoutColumns(DEFAULT, width, 5);
      const command = columns.find(column => column.field.id === 'command');
      if (columns.length > 2) assert.ok(command && command.width >= 24, `width ${width}`);
      if (command) assert.equal(command.x + command.width, width, 'it takes the rest of the line');
    }
  });

  test('columns fall away one after the other and never come back as it narrows', () => {
    const gone: string[] = [];
    let before = idsOf(layoutColumns(DEFAULT, 300, 5));
    assert.deepEqual(before, DEFAULT_COLUMNS);
    for (let width = 299; width >= 1; width--) {
      const now = idsOf(layoutColumns(DEFAULT, width, 5));
      assert.ok(
        now.every(id => before.includes(id)),
        `width ${width}`,
      );
      gone.push(...before.filter(id => !now.includes(id)));
      before = now;
    }
    assert.deepEqual(gone.slice(0, 8), [
      'num_threads',
      'cpu_time',
      'state_history',
      'system_percent',
      'user_percent',
      'nice',
      'priority',
      'user',
    ]);
    assert.deepEqual(before, ['pid']);
  });

  test('on 80 cells the essentials are there', () => {
    const ids = idsOf(layoutColumns(DEFAULT, 80, 5));
    for (const id of ['pid', 'state', 'flags', 'cpu_percent', 'maj_flt_rate', 'wchan_name', 'command'])
      assert.ok(ids.includes(id), id);
  });
  test('on 40 cells too, but fewer', () => assert.ok(idsOf(layoutColumns(DEFAULT, 40, 5)).length >= 3));
});

describe('titles', () => {
  test('the sort column bears an arrow, the columns keep their places', () => {
    const columns = layoutColumns(DEFAULT, 120, 5);
    for (const word of ['-cpu_percent', 'pid', 'state', '-command']) {
      const { spans, fill } = titleLine(columns, sortBy(word));
      assert.equal(fill, 'header');
      spans.forEach((span, index) => {
        const column = columns[index]!;
        assert.equal(span.x, column.x);
        assert.equal(textWidth(span.text), column.width);
        const sorted = column.field.id === word.replace('-', '');
        assert.equal(/[▼▲]/.test(span.text), sorted, span.text);
        if (sorted) assert.ok(span.text.includes(word.startsWith('-') ? '▼' : '▲'));
      });
    }
  });
});

describe('rows', () => {
  const pushed = new Pushed();
  pushed.sample(
    [
      { pid: 1, comm: 'a\x1b[2Jb', state: 'D' },
      { pid: 4194304, comm: '日本語プロ' },
    ],
    { ms: 0 },
  );
  test('every cell is as wide as its column, but for the command at the end', () => {
    for (const width of [20, 40, 80, 120, 200]) {
      const columns = layoutColumns(DEFAULT, width, 7);
      for (const pid of [1, 4194304]) {
        const { spans } = taskLine(columns, pushed.cursor.at(pushed.seat(pid)), PLAIN, STYLE);
        spans.forEach((span, index) => {
          assert.equal(span.x, columns[index]!.x);
          if (columns[index]!.field.id !== 'command') assert.equal(textWidth(span.text), columns[index]!.width);
        });
      }
    }
  });
  test('missing is a dash, D is bad, names are harmless', () => {
    const columns = layoutColumns(['pid', 'state', 'cpu_percent', 'command'].map(field), 80, 7);
    const { spans } = taskLine(columns, pushed.cursor.at(0), PLAIN, STYLE);
    assert.deepEqual(
      spans.map(({ text }) => text.trim()),
      ['1', 'D', '-', '[a·[2Jb]'],
    );
    assert.deepEqual(
      spans.map(({ tone }) => tone),
      ['normal', 'bad', 'dim', 'dim'],
    );
    assert.equal(taskLine(columns, pushed.cursor.at(0), { ...PLAIN, selected: true }, STYLE).fill, 'selected');
  });

  test('no cell of any captured task is wider than its column, in no field', () => {
    for (const name of MACHINES) {
      const { cursor, table } = sampleFixture(name);
      for (const seat of table.order.subarray(0, table.count)) {
        cursor.at(seat);
        for (const entry of FIELDS) {
          const text = cellText(entry, cursor, entry.width);
          assert.doesNotMatch(text, /[\x00-\x1f\x7f-\x9f]|\p{Cs}/u);
          // text is cut; a number must not be
          if (alignOf(entry) === 'right')
            assert.ok(text.length <= entry.width, `${entry.id} of ${cursor.pid} on ${name}: ${text}`);
        }
      }
    }
  });
});

test('--once: nothing cut, columns aligned, no blanks at the ends', () => {
  const pushed = new Pushed();
  const long = 'x'.repeat(200);
  pushed.sample([{ pid: 1 }, { pid: 12345, num_threads: 1234 }], { ms: 0 });
  pushed.file(1, 'cmdline', long, 0);
  pushed.file(12345, 'cmdline', '日本\0y', 0);
  const text = plainTable(['pid', 'comm', 'num_threads', 'command'].map(field), row => {
    for (const pid of [1, 12345]) row(pushed.cursor.at(pushed.seat(pid)));
  });
  assert.equal(text, `  PID COMM   THR COMMAND\n    1 task     1 ${long}\n12345 task 1,234 日本 y\n`);
});

test('what the view measures is what the terminal paints', () => {
  const anyText = fc.array(
    fc.integer({ min: 0, max: 0x10ffff }).map(code => String.fromCodePoint(code)),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(anyText, characters => {
      const text = harmless(characters.join(''));
      let cells = 0;
      eachCell(text, false, (_, width) => (cells += width));
      assert.equal(textWidth(text), cells);
    }),
    { numRuns: 3000 },
  );
});
