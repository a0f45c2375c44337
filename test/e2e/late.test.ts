/** The program gets no time for a while: what was missed is not made up for by samples that follow each other at once. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { folder, opened } from '../recording/recorded.ts';
import { ENV, NODE, PROGRAM } from './program.ts';

const INTERVAL = 0.3;
const STOPPED_MS = 1500;
const env = { ...process.env, ...ENV };

async function stopAWhile(child: ChildProcess): Promise<void> {
  child.kill('SIGSTOP');
  await delay(STOPPED_MS);
  child.kill('SIGCONT');
}

/** The machine may be busy, but nothing comes at once. */
function assertApart(intervals: readonly number[]): void {
  const told = intervals.join(' ');
  assert.ok(
    intervals.some(seconds => seconds > INTERVAL * 3),
    `the stop is in an interval: ${told}`,
  );
  assert.ok(Math.min(...intervals) > INTERVAL / 3, told);
}

test('-n, stopped for five intervals', async t => {
  const args = ['-n', '6', '-d', String(INTERVAL), '--format', 'ndjson', '-c', 'pid', '--limit', '1'];
  const child = spawn(NODE, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'ignore'], env });
  t.after(() => child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  const intervals: number[] = [];
  for await (const line of createInterface(child.stdout)) {
    intervals.push((JSON.parse(line) as { interval_seconds: number }).interval_seconds);
    if (intervals.length === 2) await stopAWhile(child);
  }
  assert.deepEqual(await ended, [0, null]);
  assert.equal(intervals.length, 6);
  assertApart(intervals);
});

test('record, stopped for five intervals', async t => {
  const file = `${folder(t)}/r`;
  const child = spawn(NODE, [PROGRAM, 'record', file, '-d', String(INTERVAL), '--for', '4'], { stdio: 'ignore', env });
  t.after(() => child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  await delay(1200);
  await stopAWhile(child);
  assert.deepEqual(await ended, [0, null]);
  const recording = opened(file);
  const times = Array.from({ length: recording.count }, (_, index) => recording.instant(index).ms);
  recording.close();
  assertApart(times.slice(1).map((ms, before) => (ms - times[before]!) / 1000));
});
