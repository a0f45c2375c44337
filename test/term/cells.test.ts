import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { eachCell, isSimple, isUncertain } from '../../src/term/cells.ts';
import { RIGHT_HALF, Row } from '../../src/term/row.ts';
import { PLAIN, palette, THEMES } from '../../src/term/theme.ts';

function shown(text: string, ascii = false): string {
  let out = '';
  eachCell(text, ascii, character => (out += character));
  return out;
}

function cells(text: string, ascii = false): number {
  let count = 0;
  eachCell(text, ascii, (_, width) => (count += width));
  return count;
}

/** Everything that DESIGN's data rule 5 forbids to send. */
const FORBIDDEN = /[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u061c\p{Cs}\p{M}]/u;
const anyText = fc.string({ unit: fc.oneof(fc.integer({ min: 0, max: 0x10ffff }).map(c => String.fromCodePoint(c))) });

describe('what may be sent', () => {
  test('control characters are one visible cell each', () => {
    assert.equal(shown('a\x00b\x1b[31m\x7f\x9b'), 'a·b·[31m··');
    assert.equal(shown('a\x00b\x1b[31m\x7f\x9b', true), 'a.b.[31m..');
    assert.equal(shown('a\u2028b'), 'a·b');
  });
  test('marks, joiners, selectors and directions have no cell', () => {
    assert.equal(shown('e\u0301\u200d\ufe0f\u202e\u2066\u200b\ufeff\u00ad\u061cx'), 'ex');
    assert.equal(shown('\u1112\u1161\u11ab'), '\u1112', 'conjoining Hangul');
  });
  test('lone surrogates and code points that are no characters are replaced', () => {
    assert.equal(shown('a\ud83db\udc00\uffff'), 'a\ufffdb\ufffd\ufffd');
    assert.equal(shown('a\ud83db', true), 'a?b');
  });
  test('wide characters count twice', () => {
    assert.equal(cells('日本'), 4);
    assert.equal(cells('🐢'), 2);
    assert.equal(cells('é·│▁'), 4);
  });
  test('ASCII: our glyphs have substitutes, everything else is ?, the width is kept', () => {
    assert.equal(shown('│─├└…▲▼▸▾›»●·▁▂▃▄▅▆▇█', true), '|-++~^v>v>>*._.:-=+*#');
    assert.equal(shown('日本é🐢', true), '???????');
  });
  test('never anything forbidden, in ASCII mode nothing but ASCII, and both are as wide', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.string({ unit: 'binary' })), text => {
        assert.doesNotMatch(shown(text), FORBIDDEN);
        assert.match(shown(text, true), /^[\x20-\x7e]*$/);
        assert.equal(cells(text), cells(text, true));
      }),
    );
  });
});

describe('simple text', () => {
  test('is a code unit a cell, and sent as it is', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.string({ unit: fc.constantFrom('a', '…', '█', 'é', '│', '\u28ff') })), text => {
        if (!isSimple(text)) return;
        assert.equal(shown(text), text);
        assert.equal(cells(text), text.length);
        assert.ok(Array.from(text).every(each => !isUncertain(each.codePointAt(0)!, 1)));
      }),
    );
    for (const text of ['', 'abc', 'é·…', '│─▁█', '\u2800']) assert.ok(isSimple(text), text);
    for (const text of ['日', '\x1b', '\x7f', '\xad', 'e\u0301', '🐢', '◾', '\u202e'])
      assert.ok(!isSimple(text), text);
  });
});

describe('a row', () => {
  const colors = palette(THEMES.default, 16);
  const texts = ({ codes }: Row): string[] =>
    Array.from(codes, code => (code === RIGHT_HALF ? '' : String.fromCodePoint(code)));
  function made(columns: number): Row {
    const row = new Row(false);
    row.resize(columns);
    row.show({ spans: [] }, colors);
    return row;
  }
  function row(columns: number, ...puts: readonly (readonly [x: number, text: string])[]): string[] {
    const out = made(columns);
    for (const [x, text] of puts) out.put(x, text, PLAIN);
    return texts(out);
  }

  test('text begins at its cell and is cut at both edges', () => {
    assert.deepEqual(row(4, [1, 'abcdef']), [' ', 'a', 'b', 'c']);
    assert.deepEqual(row(4, [-2, 'abcd']), ['c', 'd', ' ', ' ']);
    assert.deepEqual(row(2, [5, 'abcd']), [' ', ' ']);
  });
  test('half a wide character is a blank', () => {
    assert.deepEqual(row(3, [0, 'a日本']), ['a', '日', '']);
    assert.deepEqual(row(3, [0, '日本']), ['日', '', ' ']);
    assert.deepEqual(row(3, [-1, '日本']), [' ', '本', '']);
  });
  test('writing over one half takes the other half away', () => {
    assert.deepEqual(row(4, [0, '日本'], [1, 'x']), [' ', 'x', '本', '']);
    assert.deepEqual(row(4, [0, '日本'], [2, 'x']), ['日', '', 'x', ' ']);
    assert.deepEqual(row(4, [0, '日本'], [1, '語']), [' ', '語', '', ' ']);
  });
  test('no right half without its left half, whatever is written', () => {
    const put = fc.tuple(fc.integer({ min: -3, max: 8 }), fc.string({ unit: fc.constantFrom('a', '日', '🐢', 'é') }));
    fc.assert(
      fc.property(fc.array(put), puts => {
        const characters = row(7, ...puts);
        for (const [x, character] of characters.entries()) {
          const isWide = character === '日' || character === '🐢';
          assert.equal(characters[x + 1] === '', isWide, JSON.stringify(characters));
        }
        assert.notEqual(characters[0], '');
      }),
    );
  });
  test('spans over a fill', () => {
    const out = made(6);
    out.show({ spans: [{ x: 1, text: 'ab', tone: 'bad' }], fill: 'selected' }, colors);
    assert.equal(texts(out).join(''), ' ab   ');
    const { selected, bad } = colors;
    assert.deepEqual([...out.looks], [selected, bad, bad, selected, selected, selected]);
    out.show({ spans: [] }, colors);
    assert.equal(texts(out).join('').trim(), '');
    assert.ok(out.looks.every(look => look === colors.normal));
  });
  test('a very long text costs no more than a screen of it', () => {
    assert.ok(made(80).put(0, 'é'.repeat(1_000_000), PLAIN) < 80 * 17);
  });
});
