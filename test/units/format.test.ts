import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { DERIVED_FIELDS } from '../../src/fields/derived-fields.ts';
import { RAW_STAT_FIELDS } from '../../src/fields/stat-fields.ts';
import {
  bytesText,
  compactText,
  cpuTimeText,
  dateTimeText,
  durationText,
  formatValue,
  grouped,
  timeText,
  type Unit,
  UNITS,
  uptimeText,
} from '../../src/units/format.ts';

const examples = (write: (value: number) => string, pairs: readonly (readonly [number, string])[]) => () => {
  for (const [value, text] of pairs) assert.equal(write(value), text, String(value));
};

describe('examples', () => {
  test(
    'grouped',
    examples(grouped, [
      [0, '0'],
      [7, '7'],
      [999, '999'],
      [1000, '1,000'],
      [1234567, '1,234,567'],
      [-1000, '-1,000'],
      [-5, '-5'],
      [2 ** 53, '9,007,199,254,740,992'],
    ]),
  );
  test(
    'bytes',
    examples(bytesText, [
      [0, '0B'],
      [1023, '1023B'],
      [1024, '1.00K'],
      [1536, '1.50K'],
      [10 * 1024, '10.0K'],
      [100 * 1024, '100K'],
      [1023.9 * 1024, '1.00M'],
      [3.5 * 2 ** 30, '3.50G'],
      [2 ** 47, '128T'],
      [-4096, '-4.00K'],
    ]),
  );
  test(
    'compact',
    examples(compactText, [
      [0, '0'],
      [999, '999'],
      [999.6, '1.00k'],
      [1000, '1.00k'],
      [41234, '41.2k'],
      [999_499, '999k'],
      [999_600, '1.00M'],
      [1.5e9, '1.50G'],
      [-2000, '-2.00k'],
    ]),
  );
  test(
    'CPU time',
    examples(cpuTimeText, [
      [0, '0:00.00'],
      [62.14, '1:02.14'],
      [59.999, '1:00.00'],
      [0.014, '0:00.01'],
      [5999.99, '99:59.99'],
      [359_999.99, '5999:59.99'],
      [360_000, '100h00'],
      [123.75 * 3600, '123h45'],
    ]),
  );
  test(
    'durations',
    examples(durationText, [
      [0, '0.0s'],
      [4.2, '4.2s'],
      [9.94, '9.9s'],
      [9.96, '10s'],
      [59.4, '59s'],
      [59.94, '1m00s'],
      [59.96, '1m00s'],
      [192, '3m12s'],
      [3599.4, '59m59s'],
      [3599.6, '1h00m'],
      [7500, '2h05m'],
      [86_399, '23h59m'],
      [86_400, '1d00h'],
      [12.2 * 86_400, '12d04h'],
      [-192, '-3m12s'],
    ]),
  );
  test(
    'uptime',
    examples(uptimeText, [
      [0, '00:00'],
      [59, '00:00'],
      [16_260, '04:31'],
      [12 * 86_400 + 16_260, '12d 04:31'],
    ]),
  );
  test('rates round to what they show', () => {
    const rate = (value: number): string => formatValue(value, 'per-second', 10);
    assert.equal(rate(0.04), '0.0');
    assert.equal(rate(999.94), '999.9');
    assert.equal(rate(999.96), '1,000.0');
    assert.equal(rate(1234.56), '1,234.6');
    assert.equal(rate(1234.96), '1,235.0');
    assert.equal(formatValue(1234.56, 'per-second', 6), '1,235');
    assert.equal(formatValue(1_234_567, 'per-second', 6), '1.23M');
  });
  test('what is missing of the clock is a dash', () => {
    assert.equal(timeText(Number.NaN), '-');
    assert.equal(dateTimeText(Number.NaN), '-');
    assert.match(dateTimeText(1.7e12), /^2023-11-1[45] \d\d:\d\d:\d\d$/);
    assert.match(timeText(1.7e12), /^\d\d:\d\d:\d\d$/);
  });
  test('text stays as it is', () => assert.equal(formatValue('abc', 'percent', 1), 'abc'));
});

/** Values that a column of a unit can have. */
const VALUES: Partial<Record<Unit, fc.Arbitrary<number>>> = {
  count: fc.oneof(fc.nat(), fc.maxSafeNat()),
  pages: fc.maxSafeNat(),
  ticks: fc.maxSafeNat(),
  percent: fc.double({ min: 0, max: 1e7, noNaN: true }),
  'per-second': fc.double({ min: 0, max: 1e12, noNaN: true }),
  bytes: fc.oneof(fc.maxSafeNat(), fc.double({ min: 0, max: 2 ** 64, noNaN: true })),
  'bytes-per-second': fc.double({ min: 0, max: 1e13, noNaN: true }),
  // 200 years of uptime, and 10,000 CPUs busy since
  seconds: fc.double({ min: 0, max: 6.3e9, noNaN: true }),
  'cpu-time': fc.oneof(fc.double({ min: 0, max: 1e7, noNaN: true }), fc.double({ min: 0, max: 6e13, noNaN: true })),
};

describe('no number is wider than its column', () => {
  for (const { id, unit, width, title } of [...RAW_STAT_FIELDS, ...DERIVED_FIELDS]) {
    const values = VALUES[unit];
    if (!values) continue;
    test(id, () => {
      fc.assert(
        fc.property(values, value => {
          const text = formatValue(value, unit, width);
          assert.ok(text.length <= width, `${value} is '${text}'`);
          assert.ok(text.length > 0 && title.length > 0);
        }),
        { numRuns: 300 },
      );
    });
  }
  test('memory that shrank', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 47), max: 0 }), value => formatValue(value, 'bytes', 6).length <= 6),
    );
  });
});

describe('a number as text is near the number', () => {
  const factor: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 };
  const read = (text: string): number => {
    const match = /^(-?[\d,.]+)([kMGTPE]?)$/.exec(text)!;
    return Number(match[1]!.replaceAll(',', '')) * factor[match[2]!]!;
  };
  for (const unit of ['count', 'per-second', 'percent'] as const) {
    test(unit, () => {
      fc.assert(
        fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), fc.integer({ min: 5, max: 20 }), (value, width) => {
          const exact = unit === 'count' ? Math.round(value) : value;
          const back = read(formatValue(exact, unit, width));
          assert.ok(Math.abs(back - exact) <= Math.max(0.5, exact * 0.006), `${exact} became ${back}`);
        }),
        { numRuns: 1000 },
      );
    });
  }
  test('larger is never written smaller', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e12, noNaN: true }),
        fc.double({ min: 0, max: 1e12, noNaN: true }),
        (a, b) => {
          const [less, more] = a < b ? [a, b] : [b, a];
          assert.ok(read(formatValue(less, 'per-second', 8)) <= read(formatValue(more, 'per-second', 8)));
        },
      ),
    );
  });
});

test('every unit says what it is in JSON, how it is aligned and what it is called', () => {
  for (const [unit, facts] of Object.entries(UNITS)) {
    assert.ok(['number', 'string'].includes(facts.json), unit);
    assert.ok(facts.words.length > 2, unit);
  }
  assert.doesNotMatch(UNITS.percent.words, /CPU/, 'memory and delay are percents too');
});
