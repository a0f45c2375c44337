/** What the tests of the slow reader share: files that hang, shells, and the processes that are there. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';
import { clearTimeout, setTimeout } from 'node:timers'; // not the global ones, which `timeLimits` replaces
import { createSlowReader } from '../../src/sample/slow-reader.ts';
import type { SlowReader, SlowReaderOptions, SlowResult } from '../../src/sample/slow-reader.ts';

export const MODULE = new URL('../../src/sample/slow-reader.js', import.meta.url).href;
export const folder = mkdtempSync(join(tmpdir(), 'slow-reader-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let serial = 0;
export function file(content: string | Buffer): string {
  const path = join(folder, `file ${serial++}`);
  writeFileSync(path, content);
  return path;
}
export function fifo(): string {
  const path = join(folder, `fifo-${serial++}`);
  execFileSync('mkfifo', [path]);
  return path;
}
/** Waits for a reader, elsewhere; not for ever, or a failed test would not end. */
export function writeInto(path: string, text: string): void {
  spawn('sh', ['-c', 'printf %s "$1" >"$2"', 'sh', text, path], { stdio: 'ignore', timeout: 10_000 });
}
export function script(content: string): string {
  const path = file(content);
  chmodSync(path, 0o755);
  return path;
}

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

export async function until(what: string, holds: () => boolean, withinMs = 5_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!holds()) {
    assert.ok(performance.now() < end, `not within ${withinMs} ms: ${what}`);
    await sleep(10);
  }
}

/** The answer; the timer keeps the test alive, which the reader by design does not. */
export function ask(reader: SlowReader, path: string): Promise<SlowResult> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer: ${path}`)), 30_000);
    reader.read(path, result => {
      clearTimeout(timer);
      resolve(result);
    });
  });
}

export async function withReader<T>(options: SlowReaderOptions, use: (reader: SlowReader) => Promise<T>): Promise<T> {
  const reader = createSlowReader(options);
  try {
    return await use(reader);
  } finally {
    reader.close();
  }
}

export const textOf = (result: SlowResult): string =>
  'bytes' in result ? result.bytes.toString() : `-${result.missing}`;

export interface Task {
  readonly pid: number;
  readonly comm: string;
  readonly state: string;
  readonly ppid: number;
  readonly pgrp: number;
  readonly session: number;
  readonly tty: number;
}

export function taskOf(pid: number | string): Task | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const end = stat.lastIndexOf(')');
    const comm = stat.slice(stat.indexOf('(') + 1, end);
    const [state = '', ...rest] = stat.slice(end + 2).split(' ');
    const [ppid = 0, pgrp = 0, session = 0, tty = 0] = rest.map(Number);
    return { pid: Number(pid), comm, state, ppid, pgrp, session, tty };
  } catch {
    return null;
  }
}

/** All that live: a zombie that a lazy init leaves is no left-over of ours. */
export function tasks(wanted: (task: Task) => boolean): Task[] {
  const all = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  return all.map(taskOf).filter((task): task is Task => task !== null && task.state !== 'Z' && wanted(task));
}

export const isShell = ({ pid, pgrp }: Task): boolean => pid === pgrp;
export const helpersOf = (pid: number): Task[] => tasks(task => task.ppid === pid && isShell(task));
export const group = (pgrp: number): Task[] => tasks(task => task.pgrp === pgrp);
export const catHangs = (parent: number): boolean =>
  helpersOf(parent).some(helper => group(helper.pid).some(task => task.comm === 'cat'));
export const ours = (): Task => {
  const [helper, ...more] = helpersOf(process.pid);
  assert.ok(helper !== undefined && more.length === 0, 'one helper');
  return helper;
};
export const descriptors = (): number => readdirSync('/proc/self/fd').length;
export const noHelper = () => until('no helper is left', () => helpersOf(process.pid).length === 0);

/** The time limits that a reader gives to files. */
export interface TimeLimits {
  /** All that were set, in milliseconds. */
  readonly set: number[];
  /** Waits until a file has one and lets it pass, at once; returns how long it would have taken. */
  pass(): Promise<number>;
}

/** Until the test ends time limits do not pass by themselves: so tests can count them. For one reader at a time. */
export function timeLimits(t: TestContext): TimeLimits {
  const START_MS = 5_000; // a helper's, not a file's
  const set: number[] = [];
  let running: { readonly ms: number; readonly due: () => void } | null = null;
  t.mock.method(globalThis, 'setTimeout', (due: () => void, ms: number) => {
    const timer = { ms, due, unref: () => timer };
    running = timer;
    if (ms !== START_MS) set.push(ms);
    return timer;
  });
  t.mock.method(globalThis, 'clearTimeout', () => (running = null));
  return {
    set,
    async pass() {
      await until('a file has a limit', () => running !== null && running.ms !== START_MS);
      const { ms, due } = running!;
      running = null;
      due();
      return ms;
    },
  };
}
