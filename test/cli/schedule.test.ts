import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Schedule } from '../../src/cli/schedule.ts';

test('a sample that takes longer than the interval: the next one begins at once, and the period kept is told', t => {
  let now = 1000;
  t.mock.method(performance, 'now', () => now);
  // so much CPU time that nothing is stretched for its sake
  const schedule = new Schedule(1e9);
  const sample = (took: number, samples: number): ReturnType<Schedule['next']> => {
    schedule.begin();
    now += took;
    return schedule.next(samples, 100);
  };
  for (let samples = 1; samples <= 5; samples++)
    assert.equal(sample(340, samples).stretched, undefined, 'the first ones compile the program');
  assert.deepEqual(sample(340, 6), { delayMs: 0, stretched: { seconds: 0.34, why: 'slow' } });
  assert.deepEqual(sample(40, 7), { delayMs: 60, stretched: undefined });
});
