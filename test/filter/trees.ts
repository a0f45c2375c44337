/** Arbitrary filters as trees. */
import fc from 'fast-check';
import type { Field } from '../../src/fields/field.ts';
import { FIELDS } from '../../src/fields/registry.ts';
import { STATUS_FIELDS } from '../../src/fields/status-fields.ts';
import type { Comparison, Operator, Tree } from '../../src/filter/syntax.ts';
import { literal, operatorsOf, unitsOf, vocabularyOf } from '../../src/filter/values.ts';

const fields: readonly Field[] = [...FIELDS, ...STATUS_FIELDS];
const PLAIN = { noNullPrototype: true };
const number = fc.oneof(
  fc.nat(100).map(String),
  fc.maxSafeNat().map(String),
  fc.constantFrom('-5', '0.25', '.5', '18446744073709551615', '9007199254740993'),
);
const hexadecimal = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(value => '0x' + value.toString(16));
const pattern = fc.constantFrom('nfs', '^k', 'a.*b', '[A-Z]', '0-3', 'PF_(K|E)', '\\d$', "it's", 'say "x"', ' ');
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.string({
    unit: fc.constantFrom('"', "'", ' ', 'a', '(', '!', '&', '|', '=', '~', '<', ',', '\n', '\udcff'),
    maxLength: 5,
  }),
  fc.constantFrom(
    'and',
    'OR',
    'not',
    'in',
    'has',
    'is',
    'missing',
    'root',
    '0',
    '1000',
    'state',
    'pid',
    'task',
    'S',
    'D',
  ),
);

/** Texts that are likely to be values of the column; what is none is sorted out below. */
function values(field: Field, operator: Operator): fc.Arbitrary<string> {
  if (operator === '~' || operator === '!~') return pattern;
  const words = vocabularyOf(field, operator)?.names.flatMap(({ word, also }) => [word, ...also]) ?? [];
  const units = [...unitsOf(field).keys(), ''];
  const amount = fc.tuple(number, fc.constantFrom(...units)).map(parts => parts.join(''));
  const names = words.length > 0 ? [{ arbitrary: fc.constantFrom(...words), weight: 6 }] : [];
  return fc.oneof(...names, { arbitrary: amount, weight: 3 }, hexadecimal, fc.constant('unlimited'), text);
}

const comparison: fc.Arbitrary<Tree> = fc
  .constantFrom(...fields)
  .chain(field => fc.tuple(fc.constant(field), fc.constantFrom(...operatorsOf(field))))
  .chain(([field, operator]) => {
    const several = operator === 'in' || operator === 'not in';
    return fc.array(values(field, operator), { minLength: 1, maxLength: several ? 4 : 1 }).map((texts): Comparison => {
      const literals = texts.map(value => literal(field, operator, value));
      return { kind: 'comparison', field, operator, values: literals.flatMap(one => ('problem' in one ? [] : [one])) };
    });
  })
  .filter(({ values: { length } }) => length > 0);

const presence: fc.Arbitrary<Tree> = fc.record(
  {
    kind: fc.constant('presence'),
    field: fc.constantFrom(...fields),
    known: fc.boolean(),
  },
  PLAIN,
);

const search: fc.Arbitrary<Tree> = fc.record(
  {
    kind: fc.constant('search'),
    text: fc.oneof(text, fc.nat(5).map(String), fc.constantFrom('tas', 'TASK', '[task]')).filter(word => word !== ''),
  },
  PLAIN,
);

export const { tree } = fc.letrec<{ tree: Tree; leaf: Tree; branch: Tree }>(tie => ({
  tree: fc.oneof({ maxDepth: 4 }, tie('leaf'), tie('branch')),
  leaf: fc.oneof({ arbitrary: comparison, weight: 6 }, presence, search),
  branch: fc.oneof(
    fc.record(
      {
        kind: fc.constantFrom('and' as const, 'or' as const),
        parts: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
      },
      PLAIN,
    ),
    fc.record({ kind: fc.constant('not'), part: tie('tree') }, PLAIN),
  ),
}));

/** Rubbish that looks like a filter here and there. */
export const garbage: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        ...[
          'state',
          'flags',
          'CPU%',
          'rss_bytes',
          'policy_name',
          'user',
          'cpus_allowed',
          'rsslim',
          'comm',
          'x',
          'PF_K',
        ],
        ...[
          '=',
          '!=',
          '<',
          '>=',
          '~',
          '!~',
          'has',
          'in',
          'not',
          'is',
          'missing',
          'and',
          'or',
          '!',
          '&&',
          '||',
          '&',
          '|',
        ],
        ...[
          '(',
          ')',
          ',',
          '"',
          "'",
          '"a b"',
          "'D'",
          'D',
          'KTHREAD',
          'fifo',
          '5',
          '5s',
          '100MiB',
          '0x40',
          '-1',
          '[',
          '\u001b',
        ],
      ),
      { maxLength: 12 },
    )
    .chain(words =>
      fc
        .array(fc.constantFrom(' ', '', '  '), { minLength: words.length, maxLength: words.length })
        .map(blanks => words.map((word, index) => word + blanks[index]!).join('')),
    ),
);
