/** What is remembered of tasks of this machine: their system calls, and what was before threads were switched on. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { folderOf } from './bakery.ts';
import { ptyTest } from './harness.ts';
import { ENV, NODE, openMonitor, PROGRAM } from './program.ts';

const SIZE = { columns: 140, rows: 60 };
const REFUSED = /No shares of system calls: not permitted: needs the same user/;

function sleeper(t: TestContext): ChildProcess & { readonly pid: number } {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  t.after(() => child.kill('SIGKILL'));
  assert.ok(child.pid !== undefined);
  return child as ChildProcess & { readonly pid: number };
}

/** May somebody who is no parent of the task see its system call? */
const isReadable = (pid: number): boolean => spawnSync('cat', [`/proc/${pid}/syscall`]).status === 0;

ptyTest('page History tells in which system call a task was, also frozen', async (open, t) => {
  const { pid } = sleeper(t);
  const screen = await openMonitor(open, ['-p', String(pid), '-d', '0.3'], SIZE);
  await screen.press('enter', 'v');
  if (!isReadable(pid)) {
    await screen.expectText(REFUSED);
    return;
  }
  await screen.expectText(/System calls, read in ([3-9]|\d\d+) of \d+ samples/);
  await screen.expectText(/nanosleep +\d+ +100 %/);
  await screen.press('Z', '[');
  await screen.expectText(/FROZEN/);
  await screen.expectText(/System calls, read in \d+ of \d+ samples/);
  await screen.press('Z', '9');
  await screen.expectText('[9 THREADS]');
});

test("a recording has the system calls of the tasks that '--keep' chooses", t => {
  const { pid } = sleeper(t);
  const file = path.join(folderOf(t), 'sleep.tsr');
  const run = (...args: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync(NODE, [PROGRAM, ...args], {
      encoding: 'utf8',
      env: { ...process.env, ...ENV },
    });
    assert.equal(status, 0, stderr);
    return stdout;
  };
  run('record', file, '-p', String(pid), '-d', '0.2', '--for', '1', '--keep', 'comm = sleep');
  const page = run('show', String(pid), '--page', 'history', '--proc', file);
  if (isReadable(pid)) assert.match(page, /System calls, read in \d+ of \d+ samples\n.*\n +\w*nanosleep +\d+ +100 %/);
  else assert.match(page, REFUSED);
});

ptyTest('what was before H stays: events, samples of processes, the history of a process', async (open, t) => {
  const [one, other] = [sleeper(t), sleeper(t)];
  const screen = await openMonitor(open, ['-p', `${one.pid},${other.pid}`, '-d', '0.3'], SIZE);
  await screen.expectText(new RegExp(`^ +${other.pid} `, 'm'));
  other.kill('SIGKILL');
  await screen.expectNoText(new RegExp(`^ +${other.pid} `, 'm'));
  await screen.press('H');
  await screen.expectText(/Threads 1:/);
  await screen.press('E');
  await screen.expectText(new RegExp(`${other.pid} +sleep +gone`));
  await screen.press('escape', 'Z');
  await screen.expectText(/FROZEN/);
  await screen.press('{');
  await screen.expectText('processes only: no threads were sampled then');
  await screen.expectText(new RegExp(`^ +${other.pid} `, 'm'));
  await screen.press('H');
  await screen.expectText('either processes or threads');
  await screen.press('Z');
  await screen.expectNoText(/FROZEN/);
  await screen.press('H');
  await screen.expectText(/Tasks 1:/);
  await screen.expectText(new RegExp(`^ +${one.pid} `, 'm'));
  await screen.press('enter', 'v');
  await screen.expectText(/Left out, and \? in its states: \d+ samples of threads, not of processes/);
  await screen.expectText(/States +S+\?+S+/);
});

ptyTest('with threads on, the shares are those of all threads of the process, too', async (open, t) => {
  const child = spawn(NODE, ['-e', 'setInterval(() => undefined, 1e9)'], { stdio: 'ignore' });
  t.after(() => child.kill('SIGKILL'));
  const pid = child.pid!;
  const screen = await openMonitor(open, ['-H', '-p', String(pid), '-d', '0.3'], { columns: 140, rows: 90 });
  await screen.press('N', 'home', 'enter', 'v');
  if (!isReadable(pid)) {
    await screen.expectText(REFUSED);
    return;
  }
  // node's workers wait for a futex, its first thread for events
  await screen.expectText(/System calls of all \d+ threads together, read in ([2-9]\d|\d\d\d+) of \d+ samples/);
  await screen.expectText(/epoll_\w+ +\d+ +100 %/);
  await screen.expectText(/futex\w* +\d+ +\d\d\.\d %/);
});
