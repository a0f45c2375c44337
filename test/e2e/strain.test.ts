/** The real program short of descriptors, and on a machine that forks without end. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import { ptyTest } from './harness.ts';
import { ENV, NODE, openMonitor, PROGRAM } from './program.ts';

describe('64 descriptors', () => {
  interface Snapshot {
    readonly tasks: readonly { readonly pid: number }[];
    readonly unreadable: { readonly hidden_tasks: number };
  }

  test('every task is read all the same', () => {
    const { status, stdout, stderr } = spawnSync(
      'sh',
      ['-c', 'ulimit -n 64 && exec "$@"', 'sh', NODE, PROGRAM, ...['-n', '3', '-d', '0.1', '--format', 'ndjson']],
      { encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, ...ENV } },
    );
    assert.equal(status, 0, stderr);
    for (const line of stdout.trimEnd().split('\n')) {
      const { tasks, unreadable } = JSON.parse(line) as Snapshot;
      assert.equal(unreadable.hidden_tasks, 0);
      assert.ok(tasks.some(({ pid }) => pid === 1));
      assert.ok(tasks.some(({ pid }) => pid === process.pid));
    }
  });
});

/** About 500 forks a second: 100 times five at once. */
const CHURN = 'while :; do for n in 1 2 3 4 5; do : & done; wait; sleep 0.01; done';
const FRAMES = 40;

ptyTest('500 forks a second: frame after frame, and no descriptor too many', async (open, t) => {
  const churn = spawn('sh', ['-c', CHURN], { stdio: 'ignore' });
  t.after(() => churn.kill('SIGKILL'));
  const screen = await openMonitor(open, ['-d', '0.2'], { columns: 120, rows: 40 });
  const descriptors = (): number => fs.readdirSync(`/proc/${screen.pid}/fd`).length;
  const tasks = (): number => fs.readdirSync('/proc').filter(name => /^\d+$/.test(name)).length;
  let frames = 0;
  screen.onFrame = () => frames++;
  await screen.until(() => frames >= FRAMES, `${FRAMES} frames`, { patience: 90_000 });
  // one a task, and its own: none of those that have ended
  assert.ok(descriptors() <= tasks() + 60, `${descriptors()} descriptors for ${tasks()} tasks`);
  await screen.press('?');
  await screen.expectText('Keys in the table');
  await screen.press('escape', 'q');
  assert.equal(await screen.exitStatus(), 0);
});
