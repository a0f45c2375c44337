import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { RateCap } from '../../src/term/rate-cap.ts';

describe('a cap of bytes per second', () => {
  test('is never exceeded by more than what may go at once, whatever is asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 100_000 }),
        fc.array(fc.tuple(fc.nat(2000), fc.nat(5000)), { maxLength: 200 }),
        (perSecond, asks) => {
          let ms = 50;
          const cap = new RateCap(perSecond, () => ms);
          let sent = 0;
          for (const [wait, wanted] of asks) {
            ms += wait;
            const bytes = Math.min(wanted, cap.room);
            cap.sent(bytes);
            sent += bytes;
            assert.ok(sent <= ((ms - 50) * perSecond) / 1000 + perSecond * 0.5 + 1e-6);
          }
        },
      ),
    );
  });

  test('tells how long to wait, and then there is room', () => {
    let ms = 0;
    const cap = new RateCap(1000, () => ms);
    assert.equal(cap.room, 500);
    cap.sent(600);
    assert.equal(cap.room, 0);
    ms += cap.waitFor(128);
    assert.equal(cap.room, 128);
    assert.equal(cap.waitFor(10), 0);
    ms += 60_000;
    assert.equal(cap.room, 500, 'what was not used is not saved up');
  });

  test('without a bound there is always room', () => {
    const cap = new RateCap(Infinity, () => 0);
    cap.sent(1e9);
    assert.deepEqual([cap.room, cap.waitFor(1e9)], [Infinity, 0]);
  });
});
