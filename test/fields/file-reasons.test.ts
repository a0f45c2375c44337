import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whyMissing } from '../../src/fields/file-reasons.ts';
import { MISSING_REASONS, type MissingReason } from '../../src/units/missing.ts';

test('not permitted: which right is missing', () => {
  assert.equal(
    whyMissing('io', 'no-permission', '6.1'),
    'not permitted: needs the same user (and a dumpable process) or CAP_SYS_PTRACE',
  );
  assert.equal(
    whyMissing('task/7/stack', 'no-permission', '6.18.44'),
    'not permitted: needs CAP_SYS_ADMIN in the first user namespace: root, and not root of a container',
  );
  assert.equal(
    whyMissing('fd', 'no-permission', '6.1', true),
    'denied although CAP_SYS_PTRACE is held: the process belongs to another user namespace, or a security module refuses',
  );
  assert.match(whyMissing('stack', 'no-permission', '6.1', true), /CAP_SYS_ADMIN/, 'no matter of that capability');
  assert.match(whyMissing('stack', 'no-permission', '3.2'), /CAP_SYS_PTRACE; kernel\.yama\.ptrace_scope/);
  assert.match(whyMissing('fd', 'no-permission', '5.10'), /same user/, 'a folder');
  assert.match(whyMissing('/dev/kmsg', 'no-permission', '6.1'), /CAP_SYSLOG while kernel\.dmesg_restrict is 1/);
  assert.match(whyMissing('status', 'no-permission', '6.1'), /everybody may read it, so .* hidepid/);
});

test('not in this kernel: since when, or which build option', () => {
  assert.equal(
    whyMissing('smaps_rollup', 'not-in-this-kernel', '4.9.0-6-amd64'),
    'this kernel does not have it: since Linux 4.14',
  );
  assert.equal(
    whyMissing('stack', 'not-in-this-kernel', '6.1'),
    'this kernel does not have it: needs CONFIG_STACKTRACE',
  );
  assert.equal(
    whyMissing('/proc/dynamic_debug/control', 'not-in-this-kernel', '5.6'),
    'this kernel does not have it: since Linux 5.7',
  );
  assert.equal(whyMissing('limits', 'not-in-this-kernel', '6.1'), 'this kernel does not have it');
  assert.equal(
    whyMissing('task/9/timers', 'not-in-this-kernel', '6.1'),
    'only the process has this file, not each thread',
  );
  assert.equal(whyMissing('children', 'not-in-this-kernel', '6.1'), 'only threads have this file, under task/');
  assert.match(whyMissing('task/9/children', 'not-in-this-kernel', '6.1'), /needs CONFIG_PROC_CHILDREN/);
});

test('could block: whose lock', () => {
  assert.equal(
    whyMissing('smaps', 'could-block', '6.1'),
    "could not be read: the read did not return in time, somebody holds the lock of this task's address space",
  );
  assert.match(whyMissing('mountinfo', 'could-block', '6.1'), /lock of the mounts$/);
  assert.match(whyMissing('net/tcp', 'could-block', '6.1'), /a lock that it needs$/);
});

test('other reasons and unknown paths keep the plain sentence', () => {
  for (const reason of Object.keys(MISSING_REASONS) as MissingReason[])
    assert.equal(whyMissing('/nowhere', reason, '6.1'), MISSING_REASONS[reason]);
  assert.equal(whyMissing('stack', 'gone', '6.1'), 'the task is gone');
});
