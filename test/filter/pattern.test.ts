import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Automaton } from '../../src/filter/automaton.ts';
import { treeOf } from '../../src/filter/pattern-tree.ts';
import { matcher, patternProblem } from '../../src/filter/pattern.ts';
import { numbersFrom } from '../support/churning-source.ts';

describe('what one pass cannot answer is refused', () => {
  const around = "looking ahead and behind is not supported: write 'and', and '!~' for what must not match";
  const refused = {
    'back-references are not supported': ['(a+)\\1', '(?<n>a)\\k<n>'],
    [around]: ['(?!k)', 'a(?=b)', '(?<=a)b', '(?<!a)b', '((?=a)|b)*'],
    'needs more than 250 states: + and {n} copy what they repeat': [
      'a{250}',
      'a.{0,300}b.{0,300}c',
      '(a{100}){10}',
      '((a{9}){9}){99}',
      '(a|b){500,}',
      '(?:){99999999999}',
      `a{${'9'.repeat(190)}}`,
    ],
  };
  for (const [problem, patterns] of Object.entries(refused)) {
    for (const pattern of patterns) test(pattern, () => assert.equal(patternProblem(pattern), problem));
  }
  test('an empty one, and a long one', () => {
    assert.equal(patternProblem(''), 'an empty pattern matches everything');
    assert.equal(patternProblem('a'.repeat(200)), undefined);
    assert.equal(patternProblem('a'.repeat(201)), 'a pattern may have 200 characters');
  });
  const malformed = { '(': 'unterminated group', '*a': 'nothing to repeat', '[a': 'unterminated character class' };
  for (const [pattern, reason] of Object.entries(malformed))
    test(pattern, () => assert.equal(patternProblem(pattern), `no regular expression: ${reason}`));
});

describe('what is usual is not', () => {
  const usual = [
    'nfs',
    '^kworker/',
    'nfs|rpc|mmc',
    'a.*b.*c',
    '(nfs|rpc)_.*wait',
    '^(a|b)$',
    '(a|b)?',
    '(abc)+',
    '(?:ab){2}',
    'x{8}'.repeat(7),
    '[*+?|()]+',
    '\\(a+\\)+',
    '\\d+\\.\\d+',
    '^\\S+\\s+\\S+\\s+-x',
    'a|b|c|d|e|f|g|h',
    '(a+)+$',
    '(a|aa)+',
    '(.*a){20}',
    '(?<n>a*)*',
    '(a{2,3}){4}',
    'a?'.repeat(100),
    '.{240}',
  ];
  for (const pattern of usual) test(pattern, () => assert.equal(patternProblem(pattern), undefined));
});

describe('matching', () => {
  const matches = (pattern: string, text: string): boolean => matcher(pattern)(text);
  test('anywhere, in any case, unless there is a capital', () => {
    assert.ok(matches('nfs', 'wait_on_NFS'));
    assert.ok(!matches('Nfs', 'wait_on_nfs'));
    assert.ok(matches('Nfs', 'Nfsd'));
    assert.ok(matches('ü', 'Ü'));
    assert.ok(!matches('Ü', 'ü'));
  });
  test('the capital of an escape is none', () => {
    assert.ok(matches('\\Snfs', '_NFS'));
    assert.ok(!matches('\\SNfs', '_NFS'));
  });
  test('a line end is a character as any other', () => assert.ok(matches('a.b', 'a\nb')));
  test('bytes that are no UTF-8', () => assert.ok(matches('a.b', 'a\udcffb')));
  test('all of a long text is read', () => {
    const long = 'x'.repeat(100_000) + 'ab';
    assert.ok(matches('a+b', long));
    assert.ok(matches('x+ab$', long));
    assert.ok(!matches('x+$', long));
    assert.ok(!matches('x+\\b.', long));
    assert.ok(matches('\\bx+ab\\b', long));
  });
  test('where a text is too much for a pattern no end of it is told', () => {
    // each of the last 120 characters is a way
    const text = `b${'a'.repeat(100_000)}`;
    for (const end of ['$', '\\b', '\\b$']) {
      assert.ok(matches(`a.{120}${end}`, text.slice(0, 1000)));
      assert.ok(!matches(`a.{120}${end}`, text));
    }
    assert.ok(matches('ba.{120}', text));
  });
  test('.* in front changes nothing', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n', 'A'), maxLength: 12 });
    const rest = fc.array(fc.constantFrom('a', 'b', '.', '^', '$', '|', '[ab]', 'a?', 'b*'), { maxLength: 5 });
    fc.assert(
      fc.property(rest, fc.constantFrom('.*', '.*?', '.*.*'), text, (pieces, front, value) => {
        const pattern = front + pieces.join('');
        assert.equal(matcher(pattern)(value), new RegExp(pattern, 'si').test(value), pattern);
      }),
      { numRuns: 1000 },
    );
  });
});

/** Everything that JavaScript's syntax has, and pieces that only look like it. */
const PIECES = [
  ...[
    'a',
    'b',
    'B',
    '0',
    '_',
    ' ',
    '\n',
    'ü',
    'ſ',
    'K',
    '\ud83d',
    '-',
    ',',
    '}',
    ']',
    '{',
    '{,2}',
    '\\c',
    'c',
    '2',
    '12',
  ],
  ...['(', '(?:', '(?<n>', '(?<m>', ')', '|', '*', '+', '?', '*?', '{2}', '{0}', '{1,}', '{1,3}', '{0,2}?', '{'],
  ...['.', '^', '$', '\\b', '\\B', '\\d', '\\W', '\\s', '\\S', '\\.', '\\-', '\\0', '\\012', '\\08', '\\x61', '\\x6'],
  ...[
    '\\u0062',
    '\\u00',
    '\\cJ',
    '\\ca',
    '[ab]',
    '[^a]',
    '[a-c_]',
    '[]',
    '[^]',
    '[\\]b]',
    '[\\b\\d]',
    '[^\\W]',
    '[(*|]',
    '[',
  ],
];
const VALUE = fc.string({
  unit: fc.constantFrom(
    'a',
    'b',
    'A',
    'c',
    '0',
    '1',
    '2',
    '_',
    ' ',
    '\n',
    '\0',
    '\b',
    '\\',
    '-',
    ',',
    '{',
    'ü',
    'Ü',
    's',
    'ſ',
    'k',
    '\ud83d',
  ),
  maxLength: 12,
});

test('a pattern that is not refused is that regular expression', () => {
  let compared = 0;
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 9 }), VALUE, (pieces, value) => {
      const pattern = pieces.join('');
      if (patternProblem(pattern) !== undefined) return;
      compared++;
      const flags = /\p{Lu}/u.test(pattern.replace(/\\./gs, '')) ? 's' : 'si';
      assert.equal(matcher(pattern)(value), new RegExp(pattern, flags).test(value), JSON.stringify(pattern));
    }),
    { numRuns: 4000 },
  );
  assert.ok(compared > 500, `${compared} patterns were none`);
});

describe('the work grows with the text and no faster', () => {
  const automaton = (pattern: string): Automaton => new Automaton(treeOf(pattern), 'si');
  /** Steps that a text takes when its ways are followed anew, and the most that one pass can take. */
  function assertBounded(pattern: string, text: string): void {
    const one = automaton(pattern);
    one.matches(text);
    const kinds = new Set(text).size;
    assert.ok(one.steps <= (text.length + 1) * (one.size + 1) + kinds * one.size, `${pattern}: ${one.steps} steps`);
  }

  const SLOW = [
    'a*a*a*a*$',
    '(a+)+$',
    '(a|aa)+$',
    '(.*a){20}$',
    '(a?){90}a{90}$',
    '(a*)*(a*)*b',
    '(a|b|ab)*c',
    'a.{99}b$',
  ];
  for (const pattern of [...SLOW, '(a|a|a|a|a|a|a|a)(a|a|a|a|a|a|a|a)(a|a|a|a|a|a|a|a)b', '.*.*.*=.*'])
    test(pattern, () => assertBounded(pattern, 'a'.repeat(100_000)));

  test('a text has only so much work, wherever it would match', () => {
    const one = automaton('a.{120}a$');
    assert.equal(one.matches('a'.repeat(1000)), true);
    one.steps = 0;
    assert.equal(one.matches('a'.repeat(1_000_000)), false);
    // four words a set
    assert.ok(one.steps <= 250_000 + 2 * one.size, `${one.steps} steps`);
  });

  test('of sets of ways that never come again', () => {
    // any set of the last 20 places that held an a
    const next = numbersFrom(5);
    const text = Array.from({ length: 20_000 }, () => (next(2) === 0 ? 'a' : 'b')).join('');
    assertBounded('a.{20}c', text);
    assert.equal(automaton('a.{20}c').matches(text), false);
    assert.equal(automaton('a.{20}c').matches(`${text}a${text.slice(0, 20)}c`), true);
  });

  test('for any pattern and text', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 9 }), VALUE, (pieces, value) => {
        const pattern = pieces.join('');
        if (patternProblem(pattern) === undefined) assertBounded(pattern, value.repeat(20));
      }),
      { numRuns: 1000 },
    );
  });
});
