import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exactText, keyValues, latin1, lines } from '../../src/decode/bytes.ts';
import { bytes, rawBytes } from '../support/stat-line.ts';

/** The way back: U+DC80…U+DCFF are bytes, all else is UTF-8. */
function bytesOf(text: string): number[] {
  const out: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code >= 0xdc80 && code <= 0xdcff) out.push(code - 0xdc00);
    else out.push(...bytes(character));
  }
  return out;
}

const wild = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 255 }).map(byte => [byte]),
    // whole characters, byte order marks, and encodings that UTF-8 forbids
    fc.constantFrom(
      [0xef, 0xbb, 0xbf],
      [0xc3, 0xa4],
      [0xe6, 0x97, 0xa5],
      [0xf0, 0x9f, 0x90, 0xa2],
      [0xed, 0xa0, 0x80],
      [0xc0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
    ),
  ),
  { maxLength: 40 },
);

test('exact text loses no byte', () => {
  fc.assert(
    fc.property(wild, pieces => {
      const all = pieces.flat();
      assert.deepEqual(bytesOf(exactText(Uint8Array.from(all))), all);
    }),
    { numRuns: 3000 },
  );
});

test('UTF-8 is text, a byte that is none is a lone surrogate', () => {
  assert.equal(exactText(bytes('prozess-übergr')), 'prozess-übergr');
  assert.equal(exactText(rawBytes('bad\xff\xfeutf')), 'bad\udcff\udcfeutf');
  assert.equal(exactText(rawBytes('\xed\xa0\x80')), '\udced\udca0\udc80', 'an encoded surrogate is no UTF-8');
  assert.equal(exactText(rawBytes('\xe6\x97')), '\udce6\udc97', 'cut in a character');
  assert.equal(
    exactText(rawBytes('x\xef\xbb\xbfy'), 1, 4),
    '\ufeff',
    'a byte order mark is three bytes like any other',
  );
  assert.equal(exactText(rawBytes('abcdef'), 2, 4), 'cd');
});

test('latin1 gives every byte as its number, at any length', () => {
  const all = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256);
  const text = latin1(all);
  assert.equal(text.length, all.length);
  assert.ok([...all.entries()].every(([at, byte]) => text.charCodeAt(at) === byte));
  assert.equal(latin1(all, 65, 68), 'ABC');
});

test('lines end at newlines: what has none was cut', () => {
  assert.deepEqual([...lines(bytes('a\n\nb'))], ['a', '']);
  assert.deepEqual([...lines(bytes('a\n'))], ['a']);
  assert.deepEqual([...lines(bytes(''))], []);
});

test('keys with and without a colon, with parentheses', () => {
  const found = keyValues(bytes('MemTotal:   12 kB\nActive(anon):  3 kB\npgfault 99\nbroken\n'));
  assert.deepEqual(
    [...found],
    [
      ['MemTotal', '12 kB'],
      ['Active(anon)', '3 kB'],
      ['pgfault', '99'],
    ],
  );
});
