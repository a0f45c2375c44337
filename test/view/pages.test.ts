import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { field } from '../../src/fields/registry.ts';
import { textWidth } from '../../src/units/text.ts';
import { type EditedLine, lineOf } from '../../src/app/line-edit.ts';
import type { KeyMap, Mode } from '../../src/keys/keys.ts';
import { type BarCounts, keyBar, promptBar } from '../../src/view/bars.ts';
import { entry, type HelpKeys, helpPage, menuLines, wrap } from '../../src/view/pages.ts';
import { testMachine } from '../support/model.ts';
import { lineText } from '../support/monitor.ts';

describe('wrapped text', () => {
  test('breaks at blanks and loses no word', () => {
    assert.deepEqual(wrap('one two three', 7), ['one two', 'three']);
    assert.deepEqual(wrap('日本 語', 4), ['日本', '語']);
    const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 60 }), (list, width) => {
        const lines = wrap(list.join(' '), width);
        // a word longer than a line goes on in the next one
        assert.equal(lines.join('').replaceAll(' ', ''), list.join(''));
        if (width >= 12) assert.equal(lines.join(' '), list.join(' '));
        for (const line of lines) assert.ok(textWidth(line) <= width);
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

const COMMANDS = [{ keys: ':sort COLUMN', help: 'sorts' }];

describe('help', () => {
  const keys = (map: KeyMap): HelpKeys => ({ map, past: [], noActions: false });
  const text = helpPage([field('pid'), field('maj_flt_rate')], testMachine(), keys('htop'), 100, COMMANDS)
    .map(lineText)
    .join('\n');
  test('keys, columns shown, letters of the flags, values', () => {
    for (const part of [
      'F1 ?',
      'PgUp',
      'MAJF/s',
      'Letters of FLAGS: the PF_ flags that are set, no states (Linux 6.18)',
      'KTHREAD',
      'no value',
    ])
      assert.ok(text.includes(part), part);
    assert.ok(!text.includes('MINF/s'), 'a column that is not shown');
  });
  test('letters that are a state and a flag are told of in both lists', () => {
    const states = text.slice(text.indexOf('Letters of S: the state'), text.indexOf('Letters of FLAGS'));
    const flags = text.slice(text.indexOf('Letters of FLAGS'));
    assert.match(states, /^ {2}R running {13}running or ready to run/m);
    assert.match(states, /^ {2}I idle {16}idle kernel thread/m);
    assert.doesNotMatch(states, /wakekill/, 'of other kernels');
    assert.match(flags, /^ {2}R RANDOMIZE /m);
  });
  test('of the map that is used', () => {
    const vim = helpPage([], testMachine(), keys('vim'), 100, COMMANDS).map(lineText).join('\n');
    assert.match(vim, /↑ k/);
    assert.doesNotMatch(text, /↑ k/);
  });
});

describe('help of the past', () => {
  const lines = (change: Partial<HelpKeys>): string[] =>
    helpPage([], testMachine(), { map: 'htop', past: [], noActions: false, ...change }, 100, COMMANDS).map(lineText);
  const at = (list: readonly string[], pattern: RegExp): number => list.findIndex(line => pattern.test(line));
  test('keys of the recording come first; what they hide, and actions, are not told', () => {
    const shown = lines({ past: ['replay', 'frozen'], noActions: true });
    assert.equal(shown[0], ' Keys in a recording');
    for (const key of [
      /^ {2}space +play/,
      /^ {2}\( +play it slower/,
      /^ {2}\) +/,
      /^ {2}, +to the finding/,
      /^ {2}\. +to the next/,
    ])
      assert.ok(at(shown, key) > 0 && at(shown, key) < at(shown, /Keys in the table/), String(key));
    assert.equal(shown.slice(0, at(shown, /Commands/)).filter(line => /^ {2}Z /.test(line)).length, 1);
    for (const gone of [
      /tag the task and go down/,
      /send a signal/,
      /renice/,
      /I\/O class \(/,
      /scheduling policy \(/,
      /CPUs that/,
    ])
      assert.equal(at(shown, gone), -1, String(gone));
    // one of its keys is hidden, the other is not
    assert.ok(at(shown, /^ {2}F3 \/ +search/) > 0);
  });
  test('frozen', () => {
    const shown = lines({ past: ['frozen'] });
    assert.equal(shown[0], ' Keys while the past is shown');
    assert.ok(at(shown, /^ {2}\[ +the sample before/) < at(shown, /Keys in the table/));
    assert.ok(at(shown, /^ {2}F7 +renice: more/) > 0, '[ is the sample before, F7 is still renice');
    assert.ok(at(shown, /send a signal/) > 0);
  });
  test('the present knows nothing of it', () => {
    assert.equal(lines({})[0], ' Keys in the table');
    assert.equal(at(lines({}), /play the recording/), -1);
  });
});

test('a menu marks what is chosen', () => {
  const items = ['pid', 'comm', 'state'].map(field).map(({ id, title, help }) => ({ id, text: title, help }));
  const lines = menuLines(items, 1, 80);
  assert.deepEqual(
    lines.map(({ fill }) => fill),
    [undefined, 'selected', undefined],
  );
  assert.match(lineText(lines[1]!), /^ comm +COMM +Command name/);
});

describe('the bottom line', () => {
  test('as many keys as fit, whole', () => {
    for (let columns = 0; columns < 200; columns++) {
      const { spans } = keyBar(['table'], 'htop', columns);
      for (const { x, text } of spans) assert.ok(x + textWidth(text) <= columns, `${columns}`);
    }
    assert.ok(keyBar(['table'], 'htop', 200).spans.length > keyBar(['table'], 'htop', 40).spans.length);
  });
  const keys = (modes: readonly Mode[], columns: number, counts?: BarCounts): string =>
    lineText(keyBar(modes, 'htop', columns, counts)).trimEnd();
  test('at 80 columns there is what one must know, with all its numbers', () => {
    assert.equal(
      keys(['table'], 80, { stuck: 12, findings: 345 }),
      ' F1 Help F4 Filter F5 Tree F6 Sort F9 Signal S Stuck 12 ! Findings 345 F10 Quit',
    );
    // none has no number: '0 ! Findings' would read as one
    assert.equal(
      keys(['table'], 80, { stuck: 0, findings: 0 }),
      ' F1 Help  F4 Filter  F5 Tree  F6 Sort  F9 Signal  S Stuck  ! Findings  F10 Quit',
    );
    assert.match(keys(['table'], 200, { stuck: 1234 }), / {2}S Stuck 1,234 {2}! Findings {2}s System /);
    for (const mode of ['task', 'system', 'board'] as const)
      assert.match(
        keys([mode], 80, { stuck: 3, findings: 2 }),
        /^ F1 Help .*S Stuck 3 {1,2}! Findings 2 .*Esc Back {1,2}F10 Quit$/,
      );
  });
  test('the narrower, the fewer: the more important ones stay longest', () => {
    assert.equal(keys(['table'], 42, { stuck: 3, findings: 2 }), ' F1 Help S Stuck 3 ! Findings 2 F10 Quit');
    assert.equal(keys(['table'], 40, { stuck: 3, findings: 2 }), ' F1 Help F4 Filter S Stuck 3 F10 Quit');
    assert.equal(keys(['table'], 20), ' F1 Help  F10 Quit');
    assert.equal(keys(['table'], 10), ' F1 Help');
    // the past has its keys before those of the table, each key once
    assert.match(keys(['frozen', 'table'], 80), /^ Z Present \[ Earlier \] Later F1 Help .* F10 Quit$/);
    assert.equal(keys(['frozen', 'table'], 300).match(/Z /g)?.length, 1);
  });
  test('a question, what was typed, what is wrong with it', () => {
    const bar = (question: string, line: EditedLine, problem?: string, columns = 80): string =>
      lineText(promptBar(question, line, problem, columns)).trimEnd();
    assert.equal(bar('Seconds:', lineOf('12')), ' Seconds: 12');
    assert.match(bar('Seconds:', lineOf('x'), '(0.1 to 3600)'), /^ Seconds: x +\(0\.1 to 3600\)$/);
    assert.doesNotMatch(bar('?', lineOf('\x1b[2J')), /\x1b/);
    assert.equal(bar('Q:', { text: 'abc', at: 1 }), ' Q: abc');
    // a long line shows where the cursor is, and never leaves the screen
    for (const at of [0, 50, 200]) {
      for (const { x, text } of promptBar('Q:', { text: '日本'.repeat(100), at }, '(no)', 40).spans)
        assert.ok(x + textWidth(text) <= 40, `${at}`);
    }
  });
});
