import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TAINTS, taintsOf } from '../../src/kernel/taint.ts';

const letters = (mask: bigint): string =>
  taintsOf(mask)
    .taints.map(({ letter }) => letter)
    .join('');

test('masks as the kernel prints them', () => {
  assert.equal(letters(0n), '');
  // 4096 + 8192: an out-of-tree module without a signature
  assert.equal(letters(12288n), 'OE');
  // 512 + 128 + 1
  assert.equal(letters(641n), 'PDW');
});

test('bits without a name are told', () => {
  assert.deepEqual(taintsOf((1n << 63n) | 1n), { taints: [TAINTS[0]], unknown: 1n << 63n });
});

test('each bit and each letter once, in order', () => {
  assert.deepEqual(
    TAINTS.map(({ bit }) => bit),
    Array.from({ length: 20 }, (_, bit) => bit),
  );
  assert.equal(new Set(TAINTS.map(({ letter }) => letter)).size, 20);
});
