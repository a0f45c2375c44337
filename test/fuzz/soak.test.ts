/** The short form of `npm run soak`: what is counted stands still. Heap and RSS are watched by the long one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DESCRIPTORS, RECORDING_BOUND, RING_BOUND, Soak, type Soaked } from '../support/soak.ts';

const MOST_EVENTS = 20_000;

test('2,000 ticks of a machine that changes, with failures and hours of sleep: nothing piles up', t => {
  const soak = new Soak();
  t.after(() => soak.close());
  const seen: Soaked[] = [];
  while (soak.ticks < 2000) {
    soak.tick();
    if (soak.ticks % 500 === 0) seen.push(soak.measure());
  }
  const [first] = seen;
  for (const now of seen) {
    const where = `after ${now.ticks} ticks`;
    assert.ok(now.tasks >= 50 && now.tasks <= 60, where);
    assert.ok(now.open <= DESCRIPTORS, where);
    assert.ok(now.mostOpen <= DESCRIPTORS + 2, where);
    assert.equal(now.seats, first!.seats, where);
    assert.ok(now.instants <= 302, `${where}: ten minutes of two seconds`);
    assert.ok(now.ringBytes <= RING_BOUND, where);
    assert.ok(now.recordingBytes <= RECORDING_BOUND, where);
    assert.equal(now.descriptors, first!.descriptors, where);
    assert.equal(now.timers, first!.timers, where);
    assert.ok(now.events <= MOST_EVENTS, where);
  }
});
