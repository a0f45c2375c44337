import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CAPABILITIES, capabilityNames, lastCapability, unknownCapabilities } from '../../src/kernel/capabilities.ts';
import { parseRelease } from '../../src/kernel/release.ts';

test('bit n is capability n', () => {
  assert.ok(CAPABILITIES.length === 41 && CAPABILITIES.every((capability, n) => capability.n === n));
  assert.deepEqual(capabilityNames(0n), []);
  assert.deepEqual(capabilityNames(0x10000003000n), ['CAP_NET_ADMIN', 'CAP_NET_RAW', 'CAP_CHECKPOINT_RESTORE']);
  assert.equal(capabilityNames(0x1ffffffffffn).length, 41);
});

test('bits without a name', () => {
  assert.equal(unknownCapabilities(0x1ffffffffffn), 0n);
  assert.equal(unknownCapabilities(0xffffffffffffffffn), 0xfffffe0000000000n);
});

test('the last capability of a release', () => {
  const last = { '2.6.32': 33, '2.6.38': 34, '3.0': 35, '3.5': 36, '4.2': 37, '5.8': 39, '5.9': 40, '6.18': 40 };
  for (const [release, n] of Object.entries(last)) assert.equal(lastCapability(parseRelease(release)!), n, release);
});
