import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parse } from 'smol-toml';
import { lineOf, outline, type Path } from '../../src/config/outline.ts';
import { documents } from './documents.ts';

const FILE = `\ufeff# taskscope = 1
interval = 1.0 # seconds
columns = [ # mine
  "pid", # [no.table]

  'command',
]
widths = { pid = 5, "a.b" = { c = [1, 2] } }
text = """
x = 1
[no.table]"""

[sets.io] # a = 1
columns = ["pid"]
'sort'. "x y" = '#'
[[highlight]]
tone = "bad"
[highlight.more]
a = 1
[[highlight]]
tone = "warn"
`;

const line = (...path: Path): number | null => lineOf(FILE, outline(FILE), path);

describe('the place of', () => {
  it('settings, by all ways to write them', () => {
    assert.deepEqual([line('interval'), line('columns'), line('widths'), line('text')], [2, 3, 8, 9]);
    assert.deepEqual([line('sets', 'io'), line('sets', 'io', 'columns'), line('sets')], [13, 14, 13]);
    assert.equal(line('sets', 'io', 'sort', 'x y'), 15);
  });
  it('what is in lists and in tables in braces', () => {
    assert.deepEqual([line('columns', 0), line('columns', 1), line('columns', 7)], [4, 6, 3]);
    assert.deepEqual([line('widths', 'pid'), line('widths', 'a.b', 'c', 1)], [8, 8]);
  });
  it('tables of a list, by their number', () => {
    assert.deepEqual([line('highlight', 0), line('highlight', 0, 'tone')], [16, 17]);
    assert.deepEqual([line('highlight', 0, 'more', 'a'), line('highlight', 1, 'tone')], [19, 21]);
    assert.equal(line('highlight'), 16);
  });
  it('what is missing is that of what is around it', () => {
    assert.equal(line('sets', 'io', 'order'), 13);
    assert.equal(line('highlight', 1, 'filter'), 20);
    assert.equal(line('nothing'), null);
    assert.equal(line('no', 'table'), null, 'text and comments are no settings');
  });
});

/** What a parsed table has at a path. */
const at = (table: unknown, path: Path): unknown =>
  path.reduce((value, key) => (value as Record<string | number, unknown>)[key], table);

describe('however it is written', () => {
  it('every pair is found where it stands, with the value that it has', () => {
    let pairsSeen = 0;
    fc.assert(
      fc.property(documents, text => {
        let table: unknown;
        try {
          table = parse(text.replace('\ufeff', ''));
        } catch {
          return;
        }
        const { pairs } = outline(text);
        for (const { path, value, start } of pairs) {
          const literal = text.slice(value.start, value.end);
          assert.deepEqual(parse(`x = ${literal}`)['x'], at(table, path), JSON.stringify(path));
          assert.ok(start < value.start);
          pairsSeen++;
        }
      }),
      { numRuns: 500 },
    );
    assert.ok(pairsSeen > 300, String(pairsSeen));
  });

  it('and any text has an end', () => {
    const unit = fc.constantFrom(...Array.from('ab.=[]{}"\'#,\n\r \\1\ufeff'), '"""', "'''", '[[');
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit, maxLength: 60 }), fc.string({ unit: 'binary' })), text => {
        const { pairs, headers } = outline(text);
        assert.ok(pairs.every(({ start, value }) => start <= value.start && value.end <= text.length));
        assert.ok(headers.length + pairs.length <= text.length);
      }),
    );
    for (const text of ['x = ' + '['.repeat(100_000), 'x = ' + '{a='.repeat(50_000), 'x = """' + 'a'.repeat(500_000)]) {
      assert.equal(outline(text).pairs.length, 1);
    }
    assert.equal(outline(`x = """${'a\n'.repeat(250_000)}"""\ny = 1`).pairs.length, 2);
  });
});
