import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exitSignalText, POLICIES, policyName, priorityText } from '../../src/kernel/sched.ts';

test('policies by number', () => {
  const names = ['other', 'fifo', 'rr', 'batch', 'iso', 'idle', 'deadline', 'ext'];
  assert.deepEqual(
    names.map((_, n) => policyName(n)),
    names,
  );
  assert.ok(POLICIES.every((policy, n) => policy.n === n));
  assert.equal(policyName(9), 'policy 9');
  assert.equal(policyName(-1), 'policy -1');
});

test('priorities in words', () => {
  assert.equal(priorityText(20), 'nice 0 (kernel priority 120)');
  assert.equal(priorityText(0, 0), 'nice -20 (kernel priority 100)');
  assert.equal(priorityText(39, 5), 'nice 19 (kernel priority 139)');
  assert.equal(priorityText(-2, 1), 'real-time priority 1 (kernel priority 98)');
  assert.equal(priorityText(-100, 2), 'real-time priority 99 (kernel priority 0)');
  assert.equal(priorityText(-101, 6), 'deadline (kernel priority -1)');
  assert.equal(priorityText(-101), 'deadline (kernel priority -1)');
});

test('a priority that the policy cannot give is borrowed', () => {
  assert.equal(priorityText(-51, 0), 'real-time priority 50 (kernel priority 49, borrowed: its policy is other)');
  assert.equal(priorityText(-101, 1), 'deadline (kernel priority -1, borrowed: its policy is fifo)');
});

test('priorities that mean nothing', () => {
  assert.equal(priorityText(-1), 'kernel priority 99, which no policy uses');
  assert.equal(priorityText(40), 'unknown priority 40');
  assert.equal(priorityText(-102), 'unknown priority -102');
});

test('exit signals', () => {
  assert.match(exitSignalText(17), /^SIGCHLD: /);
  assert.match(exitSignalText(-1), /^none: a thread/);
  assert.match(exitSignalText(0), /^none: .*kthreadd/);
  assert.match(exitSignalText(10), /^SIGUSR1: /);
  assert.equal(exitSignalText(255), 'unknown signal 255');
});
