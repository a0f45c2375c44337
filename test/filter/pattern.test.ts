import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { matcher, patternProblem } from '../../src/filter/pattern.ts';

describe('what could take for ever is refused', () => {
  const refused = {
    'a repeated group may hold neither repeats nor alternatives': [
      '(a+)+$',
      '([a-z]+)*',
      '(a|aa)+',
      '(a|a?)+',
      '(.*a){20}',
      '(.*a){2,}',
      '^(([a-z])+.)+[A-Z]([a-z])+$',
      '(x+x+)+y',
      '(?:a*)*?',
      '((a)|b)+',
      '(?<n>a*)*',
      '((a*))*',
      '(?=a*)*',
      '(a{2,3}){4}',
      '([)]+)+',
    ],
    'back-references are not supported': ['(a+)\\1', '(?<n>a)\\k<n>'],
    'has 7 repeats and groups of alternatives, more than 6': [
      'a?'.repeat(7),
      '(a|b)'.repeat(7),
      '(a|b)(c|d)a+b*c?d{1,2}e{3,}',
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
    '(?!k)',
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
  test('a pattern that repeats sees the first 4,096 characters, others all', () => {
    const long = (length: number): string => 'x'.repeat(length) + 'ab';
    assert.ok(matches('a+b', long(4094)));
    assert.ok(!matches('a+b', long(4095)));
    assert.ok(matches('a?b', long(100_000)));
    assert.ok(matches('ab$', long(100_000)));
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

test('a pattern that is not refused is a regular expression, whatever it is', () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    '(',
    ')',
    '|',
    '*',
    '+',
    '?',
    '.',
    '[',
    ']',
    '{2}',
    '{1,}',
    '\\',
    '^',
    '$',
    '(?:',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
      const pattern = pieces.join('');
      if (patternProblem(pattern) === undefined) {
        assert.equal(matcher(pattern)('aab'), new RegExp(pattern, 'si').test('aab'), pattern);
      }
    }),
    { numRuns: 3000 },
  );
});
