import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { changed, changeOf } from '../../src/history/record.ts';
import { rawBytes } from '../support/stat-line.ts';

const change = (former: string, line: string): ReturnType<typeof changeOf> =>
  changeOf(rawBytes(former), rawBytes(line));

describe('what changed of a line', () => {
  test('the words that are others, with their places', () => {
    assert.deepEqual(change('1 (a) S 10 20\n', '1 (a) R 10 25\n'), [2, 'R', 4, '25\n']);
    assert.deepEqual(change('1 10 2', '1 1 2'), [1, '1']);
    assert.deepEqual(change('1 1 2', '1 10 2'), [1, '10']);
    assert.deepEqual(change('1 ab 2', '1 ba 2'), [1, 'ba']);
  });

  test('the whole line where that is no longer, or where the words are not as many', () => {
    assert.equal(change('1 2', '3 4'), '3 4');
    assert.equal(change('1 (a b) S', '1 (ab) S'), '1 (ab) S');
    assert.equal(change('1 (ab) S', '1 (a b) S'), '1 (a b) S');
    assert.equal(change('', '1'), '1');
  });

  test('only so much of the buffer is the line', () => {
    assert.deepEqual(changeOf(rawBytes('1 2 3'), rawBytes('1 2 4 5 6'), 5), [2, '4']);
  });

  test('the line comes back, whatever it holds', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', '\xff', '('), maxLength: 4 });
    const line = fc.array(word, { maxLength: 6 }).map(words => words.join(' '));
    fc.assert(
      fc.property(line, line, (former, now) => {
        const found = change(former, now);
        assert.equal(typeof found === 'string' ? found : changed(former, found), now);
        // as words, and not more of them than are others
        const [before, after] = [former.split(' '), now.split(' ')];
        const others = after.filter((text, at) => text !== before[at]).length;
        const short = before.length === after.length && 2 * others < after.length;
        assert.equal(typeof found === 'string' ? undefined : found.length, short ? 2 * others : undefined);
      }),
      { numRuns: 3000 },
    );
  });
});
