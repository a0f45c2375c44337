/** The terminal layer's demo program, opened for tests. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Open, OpenOptions, Screen } from '../e2e/harness.ts';

export const NODE = process.execPath;
export const DEMO = fileURLToPath(new URL('../e2e/term-demo.js', import.meta.url));
/** Lines of the demo's names, and the column of the mark behind them. */
const NAME_LINES = [1, 2, 3, 4, 5, 6, 7, 8, 9];
export const MARK = 20;

/** A folder for this file's tests. */
export const folder = mkdtempSync(path.join(tmpdir(), 'taskscope-term-'));
after(() => {
  rmSync(folder, { recursive: true });
});
let logs = 0;

/** A file in which the demo says what cannot be seen on the screen. */
export class Log {
  readonly path = path.join(folder, `log-${logs++}`);

  text(): string {
    return existsSync(this.path) ? readFileSync(this.path, 'utf8') : '';
  }

  /** The keys that the demo got. */
  keys(): string[] {
    return Array.from(this.text().matchAll(/^key (.*)$/gm), match => match[1]!);
  }
}

export async function openDemo(open: Open, options: OpenOptions = {}): Promise<Screen> {
  const screen = open(NODE, [DEMO], { columns: 60, rows: 14, ...options });
  await screen.expectText('ready');
  return screen;
}

/** A shell with job control, whose prompt is `$ `. */
export async function openShell(open: Open, options: OpenOptions = {}): Promise<Screen> {
  const env = { PS1: '$ ', ...options.env };
  const shell = open('/bin/bash', ['--norc', '-i'], { columns: 60, rows: 14, ...options, env });
  await shell.expectText('$');
  return shell;
}

/** Asserts that what stands behind the hostile names stands where it belongs. */
export function assertColumns(screen: Screen): void {
  for (const y of NAME_LINES) assert.equal(screen.columnOf(y, '|'), MARK, `line ${y}: ${screen.line(y)}`);
}

/** A project whose `npm run demo` starts the demo. */
export function npmProject(): string {
  const project = mkdtempSync(path.join(folder, 'npm-'));
  const scripts = { demo: `${NODE} ${DEMO}` };
  writeFileSync(path.join(project, 'package.json'), JSON.stringify({ name: 'demo', version: '1.0.0', scripts }));
  return project;
}

/** The only child of a process. */
export function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').at(-1));
}
