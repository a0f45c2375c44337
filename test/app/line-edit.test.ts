import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { edit, EMPTY_LINE, insert, lineOf } from '../../src/app/line-edit.ts';

const typed = (start: string, ...keys: string[]): string => {
  let line = lineOf(start);
  for (const key of keys) line = edit(line, key) ?? line;
  return `${line.text.slice(0, line.at)}|${line.text.slice(line.at)}`;
};

describe('a line being typed', () => {
  test('characters, blanks, wide ones and pairs', () => {
    assert.equal(typed('', 'a', 'space', '日', '🐢'), 'a 日🐢|');
    assert.equal(typed('🐢', 'backspace'), '|');
    assert.equal(typed('a🐢b', 'left', 'left', 'delete'), 'a|b');
  });
  test('the keys of readline', () => {
    assert.equal(typed('one two', 'C-w'), 'one |');
    assert.equal(typed('one two  ', 'C-w', 'C-w'), '|');
    assert.equal(typed('one two', 'C-a', 'right', 'C-k'), 'o|');
    assert.equal(typed('one two', 'left', 'left', 'C-u'), '|wo');
    assert.equal(typed('one', 'home', 'x', 'end', 'y'), 'xoney|');
  });
  test('other keys are none of its business', () => {
    for (const key of ['f1', 'up', 'enter', 'escape', 'C-x', '']) assert.equal(edit(EMPTY_LINE, key), undefined, key);
  });
  test('pasted control characters are left out', () => assert.equal(insert(EMPTY_LINE, 'a\x1b[31mb\n').text, 'a[31mb'));
  test('the cursor stays within the text and between characters', () => {
    const keys = ['a', '🐢', 'left', 'right', 'home', 'end', 'backspace', 'delete', 'C-w', 'C-u', 'C-k', 'space'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...keys), { maxLength: 40 }), list => {
        let line = EMPTY_LINE;
        for (const key of list) line = edit(line, key)!;
        assert.ok(line.at >= 0 && line.at <= line.text.length);
        for (const part of [line.text, line.text.slice(0, line.at)]) assert.doesNotMatch(part, /\p{Cs}/u);
      }),
    );
  });
});
