import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parse } from 'smol-toml';
import { type Change, edited, type Value } from '../../src/config/edit.ts';
import { documents } from './documents.ts';

async function after(text: string, path: string, value: Value): Promise<string> {
  const result = await edited(text, [{ path: path.split('/'), value }]);
  assert.ok('text' in result, 'error' in result ? result.error : '');
  return result.text;
}

describe('one setting', () => {
  const cases: [what: string, text: string, path: string, value: Value, result: string][] = [
    ['into nothing', '', 'interval', 2, 'interval = 2\n'],
    ['behind a comment without an end', '# hello', 'interval', 2.5, '# hello\ninterval = 2.5\n'],
    ['is changed, its comment stays', 'interval = 1.0   # s\n', 'interval', 2, 'interval = 2   # s\n'],
    ['keeps its odd spelling', '  "interval"=1', 'interval', 2, '  "interval"=2'],
    ['stands behind the others', 'a = 1 # x\n\n[t]\nb = 1\n', 'c', true, 'a = 1 # x\nc = true\n\n[t]\nb = 1\n'],
    [
      'or before the first table and its comment',
      '# top\n\n# of t\n# too\n[t]\nb = 1\n',
      'c',
      'x',
      '# top\n\nc = "x"\n\n# of t\n# too\n[t]\nb = 1\n',
    ],
    ['before a table in the first line', '\ufeff[t]', 'c', 1, '\ufeffc = 1\n\n[t]'],
    ['in lines as long as they are', 'a = 1\r\n[t]\r\n', 'b', 1, 'a = 1\r\nb = 1\r\n[t]\r\n'],
    ['in a table that is not there', 'a = 1', 'widths/pid', 7, 'a = 1\n\n[widths]\npid = 7\n'],
    ['in an empty table', '[widths]', 'widths/pid', 7, '[widths]\npid = 7\n'],
    ['in a table', '[widths]\na = 1\n\n# x\n[t]\n', 'widths/b', 7, '[widths]\na = 1\nb = 7\n\n# x\n[t]\n'],
    ['by a dotted name', 'widths.a = 1\n[t]\n', 'widths/b', 7, 'widths.a = 1\nwidths.b = 7\n[t]\n'],
    ['in braces', 'widths = { a = 1 } # x', 'widths/b', 7, 'widths = { a = 1, b = 7 } # x'],
    ['in empty braces', 'widths = {}', 'widths/b', 7, 'widths = { b = 7 }'],
    ['within braces', 'sets = { a = { sort = "x" } }', 'sets/a/sort', '-y', 'sets = { a = { sort = "-y" } }'],
    [
      'in a table of tables',
      '[sets]\na.sort = "x"\n[t]',
      'sets/a/columns',
      ['p'],
      '[sets]\na.sort = "x"\na.columns = ["p"]\n[t]',
    ],
    ['with a name that needs quotes', '[widths]\n', 'widths/status.VmRSS', 9, '[widths]\n"status.VmRSS" = 9\n'],
    ['a text with everything', 'a = 1', 'a', 'x"\\\x7f\u001b\n\u2028ü', 'a = "x\\"\\\\\\u007f\\u001b\\n\u2028ü"'],
    ['not in what looks like it', "t = '''\na = 1\n'''\na = 2", 'a', 3, "t = '''\na = 1\n'''\na = 3"],
    ['a list in one line', 'c = [\'a\', "b"] # x', 'c', ['b', 'd'], 'c = ["b", "d"] # x'],
    [
      'a list in several lines, with its comments',
      'c = [ # mine\n    # the first\n    "a", # is a\n    \'b\' # is b\n    # the last\n  ] # end\n',
      'c',
      ['c', 'b'],
      'c = [ # mine\n    "c",\n    \'b\', # is b\n    # the first\n    # is a\n    # the last\n  ] # end\n',
    ],
    ['an empty list in several lines', 'c = [\n  # none\n]', 'c', ['a'], 'c = [\n  "a",\n  # none\n]'],
  ];
  for (const [what, text, path, value, result] of cases) {
    it(what, async () => assert.equal(await after(text, path, value), result));
  }

  it('is refused where the file is no TOML, or is written in a way that nobody foresaw', async () => {
    assert.match((await refused('a = = 1', 'a', 2)).error, /no TOML/);
    // a list of tables is no table that one could add to
    assert.match((await refused('[[widths]]\na = 1', 'widths/pid', 2)).error, /change widths\.pid in it by hand$/);
    assert.match((await refused('x = 1', 'y', '\ud800')).error, /by hand$/);
  });
});

async function refused(text: string, path: string, value: Value): Promise<{ error: string }> {
  const result = await edited(text, [{ path: path.split('/'), value }]);
  assert.ok('error' in result);
  return result;
}

// ---- whatever the file is

const NAMES = ['interval', 'theme', 'threads', 'columns', 'a', 'b'];
const value = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.string({ unit: 'grapheme' }),
  fc.array(fc.constantFrom('pid', 'x', 'command')),
);
const change: fc.Arbitrary<Change> = fc.record({
  path: fc.oneof(
    fc.constantFrom(...NAMES).map(name => [name]),
    fc.tuple(fc.constantFrom('widths', 'a'), fc.constantFrom('pid', 'b', 'status.VmRSS')),
    fc.tuple(fc.constant('sets'), fc.constantFrom('io', 'b'), fc.constantFrom('columns', 'sort')),
  ),
  value,
});

const comments = (text: string): string[] => Array.from(text.matchAll(/#[^\r\n]*/g), ([comment]) => comment.trimEnd());
const count = (list: readonly string[]): Map<string, number> =>
  list.reduce((counts, each) => counts.set(each, (counts.get(each) ?? 0) + 1), new Map<string, number>());

describe('whatever the file is', () => {
  it('it says what is wanted, all else stays as it was, or nothing is changed at all', async () => {
    let [changed, compared] = [0, 0];
    await fc.assert(
      fc.asyncProperty(documents, fc.array(change, { minLength: 1, maxLength: 3 }), async (text, changes) => {
        const result = await edited(text, changes);
        if ('error' in result) return;
        changed++;
        const table = parse(result.text.replace('\ufeff', ''));
        const last = new Map(changes.map(each => [each.path.join('/'), each]));
        // one that is within another takes its place
        for (const name of last.keys()) fc.pre(![...last.keys()].some(other => other.startsWith(`${name}/`)));
        for (const { path, value: wanted } of last.values()) {
          const said = path.reduce<unknown>((inside, key) => (inside as Record<string, unknown>)[key], table);
          assert.deepEqual(said, wanted);
        }
        // every line that is not of a changed value stands there still, in its order
        const names = changes.flatMap(({ path }) => path);
        const outside = (line: string): boolean => !names.some(name => line.includes(name));
        const [before, now] = [lines(text), lines(result.text)];
        if (!/[[{]\s*$|"""|'''/m.test(text)) {
          let at = -1;
          for (const line of before.filter(outside)) {
            at = now.indexOf(line, at + 1);
            assert.ok(at >= 0, `${JSON.stringify(line)} of\n${text}\nis not in\n${result.text}`);
            compared++;
          }
        }
        // no comment is lost
        const left = count(comments(result.text));
        if (!/"|'/.test(text))
          for (const [each, times] of count(comments(text))) assert.ok((left.get(each) ?? 0) >= times, each);
        // again the same changes nothing
        assert.deepEqual(await edited(result.text, [...last.values()]), result);
      }),
      { numRuns: 800 },
    );
    assert.ok(changed > 200 && compared > 500, `${changed} changed, ${compared} lines compared`);
  });
});

const lines = (text: string): string[] => text.replace('\ufeff', '').split(/\r?\n/);
