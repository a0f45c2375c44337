import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasFile, MACHINE_FILES, procFile, rightFor, TASK_PROC_FILES } from '../../src/kernel/proc-files.ts';
import { parseRelease, releaseNumber } from '../../src/kernel/release.ts';

test('paths as pages ask for them', () => {
  assert.equal(procFile('stack')!.name, 'stack');
  assert.equal(procFile('task/4711/stack')!.name, 'stack');
  assert.equal(procFile('fd/3')!.name, 'fd/*');
  assert.equal(procFile('task/12/fdinfo/255')!.name, 'fdinfo/*');
  assert.equal(procFile('net/tcp6')!.name, 'net/*');
  assert.equal(procFile('attr/current')!.name, 'attr/*');
  assert.equal(procFile('/proc/pressure/memory')!.name, '/proc/pressure/*');
  assert.equal(procFile('/dev/kmsg')!.since, '3.5');
  for (const path of ['', '/', 'no_such_file', 'stack/x', '/proc/12/stack', 'task/x/stack'])
    assert.equal(procFile(path), undefined, path);
});

test('rights by release', () => {
  const right = (path: string, release: string) => rightFor(procFile(path)!, release);
  assert.equal(right('stack', '2.6.32-754.el6'), 'owner');
  assert.equal(right('stack', '2.6.39'), 'ptrace-attach');
  assert.equal(right('stack', '4.14.0-3-amd64'), 'ptrace-attach');
  assert.equal(right('stack', '4.19.40'), 'CAP_SYS_ADMIN');
  assert.equal(right('stack', '6.18.44'), 'CAP_SYS_ADMIN');
  assert.equal(right('wchan', '4.3'), 'all');
  assert.equal(right('wchan', '4.4'), 'ptrace-read');
  assert.equal(right('io', '2.6.39'), 'all');
  assert.equal(right('io', '3.0'), 'ptrace-read');
  assert.equal(right('limits', '2.6.35'), 'owner');
  assert.equal(right('limits', '2.6.36'), 'all');
  assert.equal(right('cmdline', '5.10'), 'all');
  assert.equal(right('stack', 'unknown'), 'CAP_SYS_ADMIN', 'the newest rule when the release is unknown');
});

test('age', () => {
  assert.ok(!hasFile(procFile('smaps_rollup')!, '4.13.4'));
  assert.ok(hasFile(procFile('smaps_rollup')!, '4.14'));
  assert.ok(hasFile(procFile('stat')!, '2.6.32'));
  assert.ok(!hasFile(procFile('comm')!, '2.6.32'));
  assert.ok(hasFile(procFile('ksm_stat')!, 'unknown'), 'an unknown release rules nothing out');
});

test('the tables: names once, releases that exist, rights in order', () => {
  const names = [...TASK_PROC_FILES, ...MACHINE_FILES].map(file => file.name);
  assert.equal(new Set(names).size, names.length);
  for (const file of [...TASK_PROC_FILES, ...MACHINE_FILES]) {
    if (file.since !== null) assert.ok(parseRelease(file.since), file.name);
    if (typeof file.right === 'string') continue;
    const starts = file.right.map(([since]) => (since === null ? 0 : releaseNumber(since)));
    assert.deepEqual(
      starts,
      [...starts].sort((a, b) => a - b),
      file.name,
    );
    assert.equal(starts[0], 0, file.name);
  }
});
