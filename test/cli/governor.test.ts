import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Governor } from '../../src/cli/governor.ts';

/** Periods when each sample costs so much. */
function periods(maxPercent: number, wantedMs: number, costs: readonly number[]): number[] {
  let spent = 1000;
  const governor = new Governor(maxPercent, () => spent);
  return costs.map(cost => {
    spent += cost;
    return governor.period(wantedMs);
  });
}

describe('the share of a CPU', () => {
  test('is kept without stretching as long as the work fits', () => {
    assert.deepEqual(
      periods(
        10,
        1000,
        Array.from({ length: 20 }, () => 100),
      ),
      Array.from({ length: 20 }, () => 1000),
    );
  });

  test('stretches the interval to what the work needs, and lets go of it again', () => {
    const costs = [...Array.from({ length: 40 }, () => 300), ...Array.from({ length: 40 }, () => 5)];
    const seen = periods(10, 1000, costs);
    assert.ok(Math.abs(seen[39]! - 3000) < 1, `${seen[39]!}`);
    assert.equal(seen.at(-1), 1000);
    // 300 ms in 3000 ms are ten percent
    assert.ok(seen.every(period => period >= 1000));
  });

  test('does not judge by the first samples, which compile the program', () => {
    assert.deepEqual(periods(10, 1000, [900, 500, 400, 100, 50, 20]), [1000, 1000, 1000, 1000, 1000, 1000]);
  });
});
