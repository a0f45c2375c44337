import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { field } from '../../src/fields/registry.ts';
import { textWidth } from '../../src/units/text.ts';
import { keyBar, promptBar } from '../../src/view/bars.ts';
import { flagsPage, type FlagWatch } from '../../src/view/flags-page.ts';
import { entry, helpPage, sortMenu, wrap } from '../../src/view/pages.ts';
import { MACHINES, sampleFixture } from '../support/fixtures.ts';
import { Pushed, testMachine } from '../support/model.ts';
import { lineText } from '../support/monitor.ts';

const NOTHING: FlagWatch = { openedMs: 1.7e12, changes: [] };

describe('wrapped text', () => {
  test('breaks at blanks and loses no word', () => {
    assert.deepEqual(wrap('one two three', 7), ['one two', 'three']);
    assert.deepEqual(wrap('日本 語', 4), ['日本', '語']);
    const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 60 }), (list, width) => {
        const lines = wrap(list.join(' '), width);
        assert.equal(lines.join(' '), list.join(' '));
        for (const line of lines) assert.ok(textWidth(line) <= width || !line.includes(' '));
      }),
    );
  });
  test('an explanation goes on in its own column', () => {
    const lines = entry('k', 'word '.repeat(20).trim(), 40).map(lineText);
    assert.ok(lines.length > 3);
    assert.match(lines[0]!, /^ {2}k {15}word/);
    for (const line of lines.slice(1)) assert.match(line, /^ {18}word/);
  });
});

describe('the flags page', () => {
  test('has all 32 bits once, for every captured kernel, set where the mask says', () => {
    for (const name of MACHINES) {
      const { cursor, table, machine } = sampleFixture(name, { files: false });
      for (const seat of table.order.subarray(0, table.count)) {
        const mask = cursor.at(seat).stat(9);
        const text = flagsPage(cursor, NOTHING, 1.7e12, 120).map(lineText);
        for (let bit = 0; bit < 32; bit++) {
          const hex = '0x' + (2 ** bit).toString(16).padStart(8, '0');
          const rows = text.filter(line => line.startsWith(`  ${hex}  `));
          assert.equal(rows.length, 1, hex);
          assert.equal(rows[0]!.includes('●'), Math.floor(mask / 2 ** bit) % 2 === 1, `${hex} of ${cursor.pid}`);
          const flag = machine.flags.byMask(2 ** bit);
          if (flag) assert.ok(rows[0]!.includes(flag.name.slice(3)));
        }
        assert.ok(text[0]!.includes(machine.release.text));
      }
    }
  });
  test('a kernel beyond the tables is said to be so', () => {
    const first = (releaseText: string): string => {
      const pushed = new Pushed(testMachine({ releaseText }));
      pushed.sample([{ pid: 1 }], { ms: 0 });
      return lineText(flagsPage(pushed.cursor.at(0), NOTHING, 0, 120)[0]!);
    };
    assert.match(first('9.1'), /newer than the newest table/);
    assert.match(first('2.6.9'), /older than the oldest table/);
    assert.match(first('4.2'), /table of 4\.2/);
  });
  test('changes: when, which, how often', () => {
    const pushed = new Pushed();
    pushed.sample([{ pid: 1, flags: 0x100 }], { ms: 0 });
    const watch = {
      openedMs: 0,
      changes: [
        { wallMs: 60_000, set: 0x100, cleared: 0 },
        { wallMs: 50_000, set: 0, cleared: 0x100 },
        { wallMs: 40_000, set: 4, cleared: 0 },
      ],
    };
    const text = flagsPage(pushed.cursor.at(0), watch, 62_000, 120).map(lineText);
    assert.match(
      text.find(line => line.startsWith('  0x00000100'))!,
      /2× 2\.0s/,
    );
    assert.match(
      text.find(line => line.startsWith('  0x00000004'))!,
      /· {2}22s/,
    );
    assert.match(text.join('\n'), /\+ PF_SUPERPRIV[^]*- PF_SUPERPRIV[^]*\+ PF_EXITING/);
  });
});

describe('help', () => {
  const text = helpPage([field('pid'), field('maj_flt_rate')], testMachine().flags, 'htop', 100)
    .map(lineText)
    .join('\n');
  test('keys, columns shown, letters of the flags, values', () => {
    for (const part of ['F1 ?', 'PgUp', 'MAJF/s', 'Letters of FLAGS (Linux 6.18)', 'KTHREAD', 'no value'])
      assert.ok(text.includes(part), part);
    assert.ok(!text.includes('MINF/s'), 'a column that is not shown');
  });
  test('of the map that is used', () => {
    const vim = helpPage([], testMachine().flags, 'vim', 100).map(lineText).join('\n');
    assert.match(vim, /↑ k/);
    assert.doesNotMatch(text, /↑ k/);
  });
});

test('the sort menu marks what is chosen', () => {
  const lines = sortMenu(['pid', 'comm', 'state'].map(field), 1, 80);
  assert.deepEqual(
    lines.map(({ fill }) => fill),
    [undefined, 'selected', undefined],
  );
  assert.match(lineText(lines[1]!), /^ comm +COMM +Command name/);
});

describe('the bottom line', () => {
  test('as many keys as fit, whole', () => {
    for (let columns = 0; columns < 200; columns++) {
      const { spans } = keyBar('table', 'htop', columns);
      for (const { x, text } of spans) assert.ok(x + textWidth(text) <= columns, `${columns}`);
    }
    assert.ok(keyBar('table', 'htop', 200).spans.length > keyBar('table', 'htop', 40).spans.length);
  });
  test('a question, what was typed, what is wrong with it', () => {
    assert.equal(lineText(promptBar('Seconds:', '12', undefined)), ' Seconds: 12_');
    assert.match(lineText(promptBar('Seconds:', 'x', '(0.1 to 3600)')), /^ Seconds: x_ +\(0\.1 to 3600\)$/);
    assert.doesNotMatch(lineText(promptBar('?', '\x1b[2J', undefined)), /\x1b/);
  });
});
