import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { nearest } from '../../src/units/nearest.ts';
import { parseDuration } from '../../src/units/parse.ts';
import { asciiText, cellWidth, fit, harmless, pad, textWidth } from '../../src/units/text.ts';

const codePoint = fc.oneof(
  fc.integer({ min: 0, max: 0x10ffff }),
  fc.integer({ min: 0, max: 0x2ff }),
  fc.integer({ min: 0x2000, max: 0x20ff }),
  fc.integer({ min: 0xd800, max: 0xdfff }),
  fc.integer({ min: 0x4e00, max: 0x9fff }),
  fc.integer({ min: 0x1f300, max: 0x1f6ff }),
  fc.constantFrom(0x1b, 0x9b, 0x202e, 0x2066, 0x200b, 0x200d, 0xfeff, 0x061c, 0xad, 0x1d173, 0xe0041),
);
const anyText = fc
  .array(codePoint, { maxLength: 60 })
  .map(codes => codes.map(code => String.fromCodePoint(code)).join(''));

/** Data rule 5, written by Unicode's properties and not by our lists. */
const FORBIDDEN = /[\x00-\x1f\x7f-\x9f\u2028\u2029]|\p{Bidi_Control}|\p{Cs}|\p{Default_Ignorable_Code_Point}/u;

describe('harmless', () => {
  test('no control, direction mark, invisible or surrogate gets through', () => {
    fc.assert(
      fc.property(anyText, text => assert.doesNotMatch(harmless(text), FORBIDDEN)),
      { numRuns: 5000 },
    );
    for (let code = 0; code < 0x10000; code++)
      assert.doesNotMatch(harmless(String.fromCharCode(code)), FORBIDDEN, code.toString(16));
  });
  test('what is dangerous stays visible as one cell', () => {
    assert.equal(harmless('esc\x1b[2Jred'), 'esc·[2Jred');
    assert.equal(harmless('new\nline'), 'new·line');
    assert.equal(harmless('bad\udcff\udcfeutf'), 'bad··utf');
    assert.equal(harmless('a\u202eb\u2066c'), 'a·b·c');
    assert.equal(harmless('a\u200bb\ufe0f'), 'ab');
  });
  test('what is harmless stays as it is, and doing it twice changes nothing', () => {
    for (const text of ['plain ~text~ (1)', 'prozess-übergröße', '日本語プロセス', 'λ ≤ 🐢'])
      assert.equal(harmless(text), text);
    fc.assert(fc.property(anyText, text => harmless(harmless(text)) === harmless(text)));
  });
});

describe('cells', () => {
  test('widths', () => {
    assert.equal(textWidth('abc'), 3);
    assert.equal(textWidth('日本'), 4);
    assert.equal(textWidth('ü'), 1);
    assert.equal(textWidth('🐢x'), 3);
    assert.equal(cellWidth(0x1100), 2);
  });
  test('cut: whole characters, marked, never wider', () => {
    assert.equal(fit('abcdef', 6), 'abcdef');
    assert.equal(fit('abcdef', 5), 'abcd…');
    assert.equal(fit('日本語', 5), '日本…');
    assert.equal(fit('日本語', 4), '日…');
    assert.equal(fit('日本語', 6), '日本語');
    assert.equal(fit('日本語', 0), '');
    fc.assert(
      fc.property(anyText, fc.nat(70), (text, width) => {
        const safe = harmless(text);
        const cut = fit(safe, width);
        assert.ok(textWidth(cut) <= width);
        if (textWidth(safe) <= width) assert.equal(cut, safe);
        else assert.ok(safe.startsWith(cut.replace(/…$/, '')));
      }),
      { numRuns: 2000 },
    );
  });
  test('padded: exactly the width', () => {
    assert.equal(pad('ab', 4, 'left'), 'ab  ');
    assert.equal(pad('ab', 4, 'right'), '  ab');
    assert.equal(pad('日本語', 4, 'left'), '日… ');
    fc.assert(
      fc.property(anyText, fc.nat(70), fc.constantFrom('left', 'right'), (text, width, align) => {
        assert.equal(textWidth(pad(harmless(text), width, align)), width);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the word that was meant', () => {
  const words = ['cpu_percent', 'maj_flt_rate', 'min_flt_rate', 'json', 'ndjson', 'htop', 'nice', 'flags'];
  const meant: readonly (readonly [string, string | undefined])[] = [
    ['cpu_pecent', 'cpu_percent'],
    ['CPU_PERCENT', 'cpu_percent'],
    ['maj_flt_rat', 'maj_flt_rate'],
    ['maj_ftl_rate', 'maj_flt_rate'],
    ['jsno', 'json'],
    ['flag', 'flags'],
    ['percent', 'cpu_percent'],
    ['zzzzzzzz', undefined],
    ['', undefined],
  ];
  for (const [word, expected] of meant) test(`'${word}'`, () => assert.equal(nearest(word, words), expected));
  test('a valid word is its own nearest', () => {
    for (const word of words) assert.equal(nearest(word, words), word);
  });
  test('no candidates', () => assert.equal(nearest('x', []), undefined));
});

test('durations as users write them', () => {
  const good: readonly (readonly [string, number])[] = [
    ['500ms', 0.5],
    ['10s', 10],
    ['2m', 120],
    ['1h', 3600],
    ['1d', 86400],
    ['0.5', 0.5],
    ['.5s', 0.5],
    [' 3 ', 3],
    ['1.5 m', 90],
    ['0', 0],
  ];
  for (const [text, seconds] of good) assert.equal(parseDuration(text), seconds, text);
  for (const text of ['', 's', '-1', '+1', '1w', '1e3', '1,5', '1.s', '0x10', 'NaN', 'Infinity', '1s2', '٣'])
    assert.equal(parseDuration(text), undefined, text);
});

test('the glyphs that the program draws have ASCII ones, a cell for a cell', () => {
  assert.equal(asciiText('│  └─ ▸ a… 日'), '|  +- > a~ ??');
});
