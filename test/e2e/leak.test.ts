/**
 * A leak is told of within half a minute of watching when it goes on since the start of a program that is five minutes old. That
 * is longer than tests may take, so a recording stands for it.
 *
 * test/fixtures/leak-30s.tsr: the program of test/scenarios/leak.c, 5 min 38 s old, beside that of healthy.c and the recorder, in
 * namespaces of their own (unshare --pid --mount --uts --cgroup, hostname `board`, a passwd with root alone, /proc/version
 * without who built the kernel, and the mount of that left out): `taskscope record FILE -d 2 --for 32`.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fixture } from '../support/paths.ts';
import { ENV, NODE, PROGRAM } from './program.ts';

interface Report {
  readonly watched_seconds: number;
  readonly findings: readonly {
    readonly id: string;
    readonly severity: string;
    readonly tasks: readonly { readonly comm: string }[];
    readonly evidence: readonly string[];
  }[];
}

function check(seconds: number): Report & { readonly status: number | null } {
  const args = ['check', '--proc', fixture('leak-30s.tsr'), '--for', `${seconds}s`, '--json'];
  const { status, stdout, stderr } = spawnSync(NODE, [PROGRAM, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...ENV },
  });
  assert.equal(stderr, '');
  return { ...(JSON.parse(stdout) as Report), status };
}

test('thirty seconds beside a leak that is five and a half minutes old: the finding, and no other', () => {
  const { status, findings, watched_seconds: watched } = check(30);
  assert.ok(watched <= 30.5, `${watched}`);
  assert.equal(status, 1);
  assert.deepEqual(
    findings.map(({ id, severity, tasks }) => [id, severity, tasks.map(({ comm }) => comm)]),
    [['leak-from-start', 'note', ['leaker']]],
  );
  // a mebibyte a second since its start, but for the time that its steps take
  assert.deepEqual(findings[0]!.evidence, [
    'leaker (10) grew by 28.0M in 28s, since 13:20:34: evenly, by 1.00M a second.',
    'At that pace its 370M took 6m10s, and it is 6m10s old; it never had more.',
  ]);
});

test('fifteen seconds prove nothing', () => {
  const { status, findings } = check(15);
  assert.deepEqual([status, findings], [0, []]);
});
