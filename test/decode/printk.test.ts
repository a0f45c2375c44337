import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeConsoleLevels } from '../../src/decode/printk.ts';
import { bytes } from '../support/stat-line.ts';

test('the four console log levels', () => {
  assert.deepEqual(decodeConsoleLevels(bytes('4\t4\t1\t7\n')), { current: 4, fallback: 4, minimum: 1, boot: 7 });
  assert.deepEqual(decodeConsoleLevels(bytes('15 6 1 10')), { current: 15, fallback: 6, minimum: 1, boot: 10 });
});

test('other text is none', () => {
  for (const text of ['', '4', '4\t4\t1', '4 4 1 7 9', '-1 4 1 7', 'a b c d', '99999999999 1 1 1'])
    assert.equal(decodeConsoleLevels(bytes(text)), undefined, text);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), any => void decodeConsoleLevels(any)));
});
