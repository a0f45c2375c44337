/** Trees that bite: command lines that block for ever, and names that are no names. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isAlive, ptyTest } from './harness.ts';
import { CAPTURE, childrenOf, openMonitor } from './program.ts';

const WIDE = { columns: 120, rows: 40 };

function folder(t: { after(done: () => void): void }): string {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'taskscope-'));
  t.after(() => fs.rmSync(made, { recursive: true, force: true }));
  return made;
}

ptyTest(
  'eight command lines that block: the screen lives, the cells say so, q works at once',
  async (open, t) => {
    const tree = folder(t);
    fs.cpSync(path.join(CAPTURE, 'snap-1', 'proc'), tree, { recursive: true });
    const pids = fs
      .readdirSync(tree)
      .filter(name => /^\d+$/.test(name) && fs.readFileSync(path.join(tree, name, 'cmdline')).length > 0);
    for (const pid of pids.slice(0, 8)) {
      fs.rmSync(path.join(tree, pid, 'cmdline'));
      execFileSync('mkfifo', [path.join(tree, pid, 'cmdline')]);
    }
    const screen = await openMonitor(open, ['--proc', tree, '-d', '0.3'], WIDE);
    const { pid } = screen;
    // keys are answered while the helper hangs
    await screen.press('?');
    await screen.expectText('Keys in the table');
    await screen.press('escape');
    await screen.expectText('could-block');
    await screen.until(() => screen.text().split('could-block').length - 1 === 8, 'eight cells that say could-block', {
      patience: 60_000,
    });
    const helpers = childrenOf(pid);
    const asked = performance.now();
    await screen.press('q');
    assert.equal(await screen.exitStatus(), 0);
    assert.ok(performance.now() - asked < 3000, 'q does not wait for the helper');
    await screen.until(() => !helpers.some(isAlive), 'no helper left behind');
  },
  { needs: ['mkfifo'] },
);

ptyTest('names with escape sequences, parentheses and bytes that are no UTF-8 are harmless', async open => {
  const screen = await openMonitor(
    open,
    ['--proc', CAPTURE, '-d', '0.2', '-c', 'pid,comm,state,ppid,command', '-s', 'pid'],
    WIDE,
  );
  const expected = fs.readdirSync(path.join(CAPTURE, 'snap-1', 'proc')).filter(name => /^\d+$/.test(name)).length;
  assert.ok(expected < 34, 'all rows fit on the screen');
  // every row stands whole in its line: pid, name, state, parent, command
  await screen.until(
    () => screen.lines().filter(line => /^ *\d+ .{15} [A-Zt] +\d+ \S/.test(line)).length === expected,
    'one line a task',
  );
  const payload = screen.raw.replace(/\x1b(?:\[[0-?]*[ -/]*[@-~]|[()][A-Z0-9]|[=>78c])/g, '');
  assert.doesNotMatch(
    payload,
    /[\u0000-\u0007\u000b-\u001a\u001c-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
    'no control character beside our own sequences',
  );
  assert.doesNotMatch(payload, /\x1b/, 'no sequence that is not ours');
});
