/**
 * A program in a real terminal, driven by words.
 *
 *     ptyTest('opens the help', async open => {
 *       const screen = open(process.execPath, ['dist/taskscope.cjs'], { columns: 100, rows: 30 });
 *       await screen.expectText('PID');
 *       await screen.press('?');
 *       await screen.expectLine(0, /Help/);
 *       await screen.press('escape', 'q');
 *       assert.equal(await screen.exitStatus(), 0);
 *     });
 *
 * The program runs under a pseudoterminal, its output goes into a headless xterm that also answers its questions, and
 * `expect…` look at the cells of that xterm until they find what they want or time is up; then the error shows the
 * screen. Nothing here sleeps for luck: wait for a sign on the screen, for the exit status, or for a file.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { Screen, ptyUnavailable } from '../term/pty-screen.ts';
import type { OpenOptions } from '../term/pty-screen.ts';

export { Screen, ptyUnavailable } from '../term/pty-screen.ts';
export type { CellLook, OpenOptions, Patience } from '../term/pty-screen.ts';

/** Starts a program in a terminal; closed by the end of the test. */
export type Open = (command: string, args?: readonly string[], options?: OpenOptions) => Screen;

/** Whether a command is installed. */
function has(command: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
}

/**
 * A test that needs a pseudoterminal, and perhaps commands (`needs`). It is skipped with a reason where one of them is
 * missing; every screen it opened is closed at its end.
 */
export function ptyTest(
  name: string,
  body: (open: Open, t: TestContext) => Promise<void>,
  { needs = [] }: { readonly needs?: readonly string[] } = {},
): void {
  const missing = needs.find(command => !has(command));
  const skip = ptyUnavailable ?? (missing === undefined ? false : `no ${missing} here`);
  test(name, { skip }, async t => {
    const screens: Screen[] = [];
    try {
      await body((command, args = [], options = {}) => {
        const screen = new Screen(command, args, options);
        screens.push(screen);
        return screen;
      }, t);
    } finally {
      for (const screen of screens) await screen.close();
    }
  });
}

/** Whether a process is still there (a zombie is not). */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}
