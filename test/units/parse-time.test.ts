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

test('a clock time with a zone is of that zone, whatever ours is', () => {
  const utc = (day: number, hours: number, minutes: number, seconds = 0): number =>
    Date.UTC(2026, 10, day, hours, minutes, seconds);
  const since = utc(22, 23, 59, 30);
  assert.deepEqual(parseTime('23:59:30Z', since), { fromMs: since, toMs: since + 999 });
  assert.deepEqual(parseTime('08:02:20Z', since)?.fromMs, utc(23, 8, 2, 20));
  assert.deepEqual(parseTime('08:02Z', since), { fromMs: utc(23, 8, 2), toMs: utc(23, 8, 2) + 59_999 });
  // there it is 01:59:30 of the 23rd already
  assert.deepEqual(parseTime('02:00+02:00', since)?.fromMs, utc(23, 0, 0));
  assert.deepEqual(parseTime('01:00:00+0200', since)?.fromMs, utc(23, 23, 0));
  assert.deepEqual(parseTime('18:59:40-05:00', since)?.fromMs, utc(22, 23, 59, 40));
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
    '12:00z',
    '12:00+1',
    '12:00+15:00',
    'Z',
  ])
    assert.equal(parseTime(text, 0), undefined, text);
});
