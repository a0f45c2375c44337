import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isBetween, minorText, parseRelease, releaseNumber } from '../../src/kernel/release.ts';

const numbers = (text: string) => {
  const release = parseRelease(text);
  return release && [release.major, release.minor, release.patch];
};

test('releases as machines and people write them', () => {
  assert.deepEqual(numbers('6.18.44-fc-v669'), [6, 18, 44]);
  assert.deepEqual(numbers('5.10.0-32-arm64'), [5, 10, 0]);
  assert.deepEqual(numbers('4.2'), [4, 2, 0]);
  assert.deepEqual(numbers('v4.2\n'), [4, 2, 0]);
  assert.deepEqual(numbers('2.6.32-754.el6.x86_64'), [2, 6, 32]);
  assert.deepEqual(numbers('6.1.21-v8+'), [6, 1, 21]);
  assert.deepEqual(numbers('6.5-rc3'), [6, 5, 0]);
  assert.deepEqual(numbers('4.9.337'), [4, 9, 337]);
  assert.equal(parseRelease(' 4.2-x\n')?.text, '4.2-x');
  for (const text of ['', 'abc', '6', '6.', '.1', 'Linux 6.1', '12345.6']) assert.equal(numbers(text), undefined, text);
});

test('releases order by minor, and before 3.0 by the third number', () => {
  const order = ['2.6.31', '2.6.32', '2.6.39', '3.0', '3.9', '3.10', '4.2', '6.1', '6.18', '7.0'];
  const sorted = order.toReversed().sort((a, b) => releaseNumber(a) - releaseNumber(b));
  assert.deepEqual(sorted, order);
  assert.equal(releaseNumber('6.1.192'), releaseNumber('6.1'));
  assert.ok(Number.isNaN(releaseNumber('new')));
});

test('ranges include both ends; null is open; what is no release is in no range', () => {
  assert.ok(isBetween('4.2', '4.2', '4.2'));
  assert.ok(isBetween('4.2.8', null, '4.2'));
  assert.ok(isBetween('6.18', '3.10', null));
  assert.ok(!isBetween('3.9', '3.10', null));
  assert.ok(!isBetween('4.3', '4.0', '4.2'));
  assert.ok(!isBetween('new', null, null));
});

test('the minor names itself', () => {
  assert.equal(minorText(parseRelease('6.18.44-fc-v669')!), '6.18');
  assert.equal(minorText(parseRelease('2.6.32-754.el6')!), '2.6.32');
});
