import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isBetween, parseRelease } from '../../src/kernel/release.ts';
import { GATED, STAT_FIELDS, statField, statFieldCount } from '../../src/kernel/stat-fields.ts';

const names = (wanted: (field: (typeof STAT_FIELDS)[number]) => boolean) =>
  STAT_FIELDS.filter(wanted).map(field => field.name);

test('52 fields in order, each with its own name', () => {
  assert.equal(STAT_FIELDS.length, 52);
  assert.ok(STAT_FIELDS.every((field, i) => field.n === i + 1));
  assert.equal(new Set(names(() => true)).size, 52);
});

test('five ids are spelt as the kernel spells them; the spelling of the manual finds them too', () => {
  const renamed = STAT_FIELDS.filter(field => field.name !== field.manualName).map(f => [f.n, f.name, f.manualName]);
  assert.deepEqual(renamed, [
    [10, 'min_flt', 'minflt'],
    [11, 'cmin_flt', 'cminflt'],
    [12, 'maj_flt', 'majflt'],
    [13, 'cmaj_flt', 'cmajflt'],
    [22, 'start_time', 'starttime'],
  ]);
  assert.equal(statField('starttime'), statField('start_time'));
  assert.equal(statField('nothing'), undefined);
});

test('as many fields as the release prints', () => {
  const counts = { '2.6.32': 44, '3.2': 44, '3.3': 47, '3.4': 47, '3.5': 52, '6.18': 52 };
  for (const [text, count] of Object.entries(counts)) {
    const release = parseRelease(text)!;
    assert.equal(statFieldCount(release), count, text);
    assert.equal(STAT_FIELDS.filter(field => isBetween(release, field.since, null)).length, count, text);
  }
});

test('fields that need permission say what is read without', () => {
  assert.deepEqual([...GATED], [26, 27, 28, 29, 30, 35, 45, 46, 47, 48, 49, 50, 51, 52]);
  assert.ok(STAT_FIELDS.every(field => field.gated === (field.hiddenReads !== undefined)));
});

test('process against thread', () => {
  assert.deepEqual(
    names(field => field.scope === 'sum'),
    ['min_flt', 'maj_flt', 'utime', 'stime', 'guest_time'],
  );
  const leader = STAT_FIELDS.filter(field => field.scope === 'differs').map(field => field.n);
  assert.deepEqual(leader, [1, 2, 3, 9, 18, 19, 22, 31, 32, 35, 38, 39, 40, 41, 42, 52]);
});

test('changes are in order of release', () => {
  for (const { name, changes } of STAT_FIELDS)
    for (const [i, change] of changes.entries())
      assert.ok(isBetween(change.from, changes[i - 1]?.from ?? null, null), `${name} ${change.from}`);
  assert.deepEqual(
    statField('wchan')!.changes.map(change => change.from),
    ['2.6.32', '4.4', '5.16'],
  );
});
