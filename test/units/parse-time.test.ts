import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTime } from '../../src/units/parse.ts';

/** Local time on 22 November 2026. */
const local = (day: number, hours: number, minutes: number, seconds = 0, ms = 0): number =>
  new Date(2026, 10, day, hours, minutes, seconds, ms).getTime();

test('a clock time is the first one since then, all of its second or minute', () => {
  const since = local(22, 23, 59, 30);
  assert.deepEqual(parseTime('23:59:30', since), { fromMs: since, toMs: since + 999 });
  assert.deepEqual(parseTime('23:59:29', since)?.fromMs, local(23, 23, 59, 29));
  assert.deepEqual(parseTime('0:01', since), { fromMs: local(23, 0, 1), toMs: local(23, 0, 1, 59, 999) });
  // the minute that has begun counts
  assert.deepEqual(parseTime(' 23:59 ', since)?.fromMs, local(22, 23, 59));
  assert.deepEqual(parseTime('12:00:00', since)?.fromMs, local(23, 12, 0));
});

test('ISO 8601 with a zone, without one (local), with a blank', () => {
  const utc = Date.UTC(2026, 10, 22, 12, 1, 33);
  assert.deepEqual(parseTime('2026-11-22T12:01:33Z', 0), { fromMs: utc, toMs: utc + 999 });
  assert.equal(parseTime('2026-11-22T13:01:33+01:00', 0)?.fromMs, utc);
  assert.deepEqual(parseTime('2026-11-22T12:01:33.250Z', 0), { fromMs: utc + 250, toMs: utc + 250.999 });
  assert.deepEqual(parseTime('2026-11-22 12:01', 0), { fromMs: local(22, 12, 1), toMs: local(22, 12, 1, 59, 999) });
});

test('no times', () => {
  for (const text of [
    '',
    'noon',
    '24:00',
    '12:60',
    '12',
    '12:1',
    '1:02:03:04',
    '2026-11-22',
    '2026-13-01T00:00Z',
    '-1:00',
    '12:00Z',
  ])
    assert.equal(parseTime(text, 0), undefined, text);
});
