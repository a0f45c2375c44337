import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isBetween } from '../../src/kernel/release.ts';
import { STATUS_KEYS_BY_NAME, STATUS_KEYS } from '../../src/kernel/status-keys.ts';

test('keys are unique, and found by name', () => {
  assert.equal(STATUS_KEYS_BY_NAME.size, STATUS_KEYS.length);
  assert.equal(STATUS_KEYS_BY_NAME.get('VmSwap')?.unit, 'kB');
  assert.equal(STATUS_KEYS_BY_NAME.get('NoSuchKey'), undefined);
});

test('keys come and go with releases', () => {
  const has = (key: string, release: string) =>
    isBetween(release, STATUS_KEYS_BY_NAME.get(key)!.first, STATUS_KEYS_BY_NAME.get(key)!.last);
  assert.ok(has('VmPMD', '4.14') && !has('VmPMD', '4.15') && !has('VmPMD', '3.19'));
  assert.ok(has('Kthread', '6.4') && !has('Kthread', '6.3'));
  assert.ok(has('SigCgt', '2.6.32'));
});

test('what is a size or a mask has the unit of one', () => {
  for (const { key, unit } of STATUS_KEYS) {
    assert.equal(unit === 'kB', /^(Vm|Rss|Huge)/.test(key), key);
    assert.equal(unit === 'hex mask', /^(Sig(?!Q)|ShdPnd|Cap)/.test(key), key);
  }
});
