import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fact, facts, item, missingItem, note, numberItem, type Page } from '../../src/pages/document.ts';
import { pageJson } from '../../src/pages/json.ts';
import { lineText, pageLines, pageText } from '../../src/pages/render.ts';
import { missing } from '../../src/units/missing.ts';
import { textWidth } from '../../src/units/text.ts';

const PAGE: Page = {
  sections: [
    facts('', undefined, [
      fact('who', 'Who', item('somebody')),
      fact('size', 'Size', { ...numberItem('1.5 G', 1610612736), raw: '1610612736' }),
      fact('none', 'Nothing', missingItem(missing('no-permission'), 'needs root')),
    ]),
    {
      kind: 'table',
      id: 'rows',
      title: 'Rows',
      columns: [
        { id: 'n', title: 'n', align: 'right' },
        { id: 'what', title: 'what' },
        { id: 'why', title: 'why it is so' },
      ],
      rows: [
        [numberItem('7', 7), item('short'), item('because of a long reason that needs more than one line')],
        [numberItem('1,000', 1000), item('longer'), item('x')],
      ],
    },
    note('A last word.'),
  ],
};

describe('a page as text', () => {
  test('facts in one column, numbers to the right, the last column wraps under itself', () => {
    assert.equal(
      pageText(PAGE, 50),
      [
        '  Who               somebody',
        '  Size              1.5 G',
        '  Nothing           - (needs root)',
        '',
        ' Rows',
        '      n  what    why it is so',
        '      7  short   because of a long reason that',
        '                 needs more than one line',
        '  1,000  longer  x',
        '  A last word.',
        '',
      ].join('\n'),
    );
  });
  test('where there is no room beside it the last column has lines of its own', () => {
    const text = pageText(PAGE, 30);
    assert.match(text, /\n {6}7 {2}short\n {4}because of a long reason\n {4}that needs more than one\n/);
  });
  test('nothing is wrapped when it goes to a file', () => {
    assert.match(
      pageText(PAGE, Number.POSITIVE_INFINITY),
      /short {3}because of a long reason that needs more than one line\n/,
    );
  });
  test('hostile text stays within its cells, whatever the width', () => {
    const hostile = fc.string({ unit: 'binary', maxLength: 60 });
    fc.assert(
      fc.property(hostile, hostile, fc.integer({ min: 40, max: 200 }), (a, b, columns) => {
        const page: Page = {
          sections: [
            facts('', undefined, [fact('a', a, item(b))]),
            {
              kind: 'table',
              id: 't',
              columns: [
                { id: 'x', title: 'x' },
                { id: 'y', title: 'y' },
              ],
              rows: [[item(a), item(b)]],
            },
            note(b),
          ],
        };
        for (const line of pageLines(page, columns)) {
          const text = lineText(line);
          assert.doesNotMatch(text, /[\u0000-\u001f\u007f-\u009f]/);
          assert.ok(textWidth(text) <= Math.max(columns, 62), `${columns}: ${text}`);
        }
      }),
    );
  });
});

test('a page as JSON: values, reasons, digits', () => {
  assert.deepEqual(pageJson(PAGE), {
    who: 'somebody',
    size: 1610612736,
    none: null,
    rows: [
      { n: 7, what: 'short', why: 'because of a long reason that needs more than one line' },
      { n: 1000, what: 'longer', why: 'x' },
    ],
    notes: ['A last word.'],
    missing: { none: 'no-permission' },
    raw: { size: '1610612736' },
  });
});

test('what cannot be seen is written out, and a real middle dot stays one', () => {
  const page: Page = { sections: [facts('', undefined, [fact('x', 'X', item('a\n\t\x1b[1m·\udcff\u202eb'))])] };
  assert.match(pageText(page, 80), / a\\n\\t\\x1b\[1m·\\xff\\u202eb\n/);
});
