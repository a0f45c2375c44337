/** The screen as tmux shows it, for the kinds and sizes of terminals that people have. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { CAPTURE, ENV, NODE, PROGRAM } from './program.ts';

const SOCKET = `taskscope-test-${process.pid}`;
const TERMS = ['xterm-256color', 'tmux-256color', 'screen-256color', 'linux', 'vt100'];
const SIZES = [
  [80, 24],
  [120, 40],
  [200, 60],
  [40, 10],
] as const;
const PATIENCE_MS = 15_000;

const tmux = (...args: string[]): string =>
  execFileSync('tmux', ['-L', SOCKET, '-f', '/dev/null', ...args], { encoding: 'utf8' });
const skip = spawnSync('tmux', ['-V']).status === 0 ? false : 'no tmux here';

async function shown(session: string, wanted: RegExp): Promise<string[]> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const text = tmux('capture-pane', '-t', session, '-p');
    if (wanted.test(text)) return text.split('\n');
    assert.ok(performance.now() < end, `waited for ${String(wanted)}; the screen is\n${text}`);
    await delay(30);
  }
}

describe('in tmux', { skip }, () => {
  // a server whose last session ends goes away, and the next session may meet it on its way out
  before(() => {
    tmux('new-session', '-d', '-s', 'hold', 'read end');
  });
  after(() => spawnSync('tmux', ['-L', SOCKET, 'kill-server']));

  for (const term of TERMS) {
    test(`TERM=${term} at all sizes`, async () => {
      for (const [columns, rows] of SIZES) {
        const session = `${term}-${columns}`;
        const env = Object.entries({ ...ENV, TERM: term, LC_ALL: 'C.UTF-8' }).map(
          ([name, value]) => `${name}=${value}`,
        );
        tmux(
          '-u',
          'new-session',
          '-d',
          '-s',
          session,
          '-x',
          String(columns),
          '-y',
          String(rows),
          `env ${env.join(' ')} ${NODE} ${PROGRAM} --proc ${CAPTURE} -d 0.2 -s pid; read end`,
        );
        // tmux may be asked in the middle of a frame: the bar is its end
        const lines = await shown(session, /\n *2263 .*R[^]* F1 Help/);
        const title = lines.findIndex(line => /PID▲/.test(line));
        const bar = lines.findIndex(line => /F1 Help/.test(line));
        assert.equal(bar, rows - 1, `the bar is the last line at ${columns}x${rows}`);
        assert.ok(title >= 1 && title <= rows / 2, `the header takes ${title} of ${rows} lines`);
        // one row a line, in the order of their pids, nothing wrapped
        const pids = lines
          .slice(title + 1, bar)
          .filter(line => line.trim() !== '')
          .map(line => Number(/^ *(\d+) /.exec(line)?.[1]));
        assert.deepEqual(
          pids,
          [...pids].sort((a, b) => a - b),
        );
        assert.equal(pids.length, Math.min(17, bar - title - 1));
        // the name of one task is such a sequence, made harmless
        assert.doesNotMatch(
          lines.join('\n').replace('esc·[2J', ''),
          /\[[0-9;]+[mHJK]|%p\d|\\E/,
          'no sequence stands as text',
        );
        tmux('send-keys', '-t', session, 'q');
        await shown(session, /^(?![^]*F1 Help)/);
        tmux('kill-session', '-t', session);
      }
    });
  }

  test('follows the window', async () => {
    const env = Object.entries(ENV).map(([name, value]) => `${name}=${value}`);
    tmux(
      '-u',
      'new-session',
      '-d',
      '-s',
      'size',
      '-x',
      '120',
      '-y',
      '40',
      `env ${env.join(' ')} ${NODE} ${PROGRAM} --proc ${CAPTURE} -d 0.2`,
    );
    await shown('size', /F1 Help/);
    for (const [columns, rows] of SIZES) {
      tmux('resize-window', '-t', 'size', '-x', String(columns), '-y', String(rows));
      const lines = await shown('size', new RegExp(`^(?=[^]*COMMAND)(?:[^\\n]*\\n){${rows - 1}} F1 Help`));
      assert.equal(lines.filter(line => /COMMAND/.test(line)).length, 1);
    }
  });
});
