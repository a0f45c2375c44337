import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { field } from '../../src/fields/registry.ts';
import { literal } from '../../src/filter/values.ts';
import { parseSize } from '../../src/units/parse.ts';

test('a size on the command line is the same as in a filter', () => {
  const unit = fc.constantFrom('', 'B', 'k', 'K', 'M', 'G', 'T', 'KiB', 'MiB', 'GiB', 'TiB');
  fc.assert(
    fc.property(fc.nat({ max: 4096 }), unit, (number, letters) => {
      const read = literal(field('rss_bytes'), '=', `${number}${letters}`);
      assert.ok('value' in read);
      assert.equal(parseSize(`${number}${letters}`), read.value);
      assert.equal(parseSize(` ${number} ${letters} `), read.value);
    }),
  );
});

test('of a fraction whole bytes', () => {
  assert.equal(parseSize('1.5KiB'), 1536);
  assert.equal(parseSize('0.3k'), 307);
  for (const text of ['', ' ', 'k', '1.', '.5M', '1 M iB', '1MB', '1m', '1Ki', '1BiB', '0x10', '1,024'])
    assert.equal(parseSize(text), undefined, text);
});
