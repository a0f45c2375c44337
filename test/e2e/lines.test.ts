/**
 * The monitor over a slow line that buffers without end, as sshd, TCP and modems do: the test is the line. Over real ssh,
 * with times and cuts: `npm run bench:lines`.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe } from 'node:test';
import type { Screen } from '../term/pty-screen.ts';
import { isAlive, ptyTest } from './harness.ts';
import { CAPTURE, childrenOf, ENV, NODE, openMonitor, PROGRAM } from './program.ts';

/** The cursor report that the program asks for; see `src/term/wire.ts`. */
const ASKED = /\x1b\[6n/g;
const ANSWER = '\x1b[2;1R';
const STEP_MS = 50;

/** Calls of `read` so far. */
const reads = (pid: number): number => Number(/^syscr: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'latin1'))?.[1]);

/** Answers as a terminal at the end of a line of so many bytes a second does, which has taken everything at once. */
class SlowAnswers {
  /** The most that had been sent and had not arrived. */
  most = 0;
  #arrived = 0;
  #answered = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(screen: Screen, bytesPerSecond: number) {
    let last = performance.now();
    this.#timer = setInterval(() => {
      const now = performance.now();
      const sent = screen.raw.length;
      this.most = Math.max(this.most, sent - this.#arrived);
      this.#arrived = Math.min(sent, this.#arrived + ((now - last) * bytesPerSecond) / 1000);
      last = now;
      const due = screen.raw.slice(0, this.#arrived).match(ASKED)?.length ?? 0;
      for (; this.#answered < due; this.#answered++) screen.send(ANSWER);
    }, STEP_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

describe('slow lines', () => {
  ptyTest('what is on its way stays bounded, keys are answered, q ends it', async open => {
    const screen = open(NODE, [PROGRAM, '-d', '0.1'], { env: ENV, answers: false });
    const line = new SlowAnswers(screen, 1200);
    try {
      await screen.until(() => screen.find('F1 Help') >= 0, 'the first screen');
      for (let i = 0; i < 6; i++) {
        const start = screen.raw.length;
        await screen.press(i % 2 === 0 ? '?' : 'escape');
        await screen.until(() => screen.raw.length > start + 2400, 'two seconds of the line');
      }
      // half a second's bytes, and the granularity of questions, pieces and this clock
      assert.ok(line.most < 1200, `${Math.round(line.most)} bytes on their way`);
      await screen.press('escape', 'q');
      assert.equal(await screen.exitStatus(), 0);
    } finally {
      line.stop();
    }
  });

  ptyTest('--max-bytes-per-second is never exceeded, not by the first screen either', async open => {
    const most = 2000;
    const start = performance.now();
    const args = [PROGRAM, '--max-bytes-per-second', String(most), '-d', '0.1'];
    const screen = open(NODE, args, { env: ENV, columns: 120, rows: 40 });
    // the clock was started before the program: what it may have sent is never more than that
    const allowed = (): number => (most * (performance.now() - start)) / 1000 + most / 2 + 200;
    for (let i = 1; i <= 6; i++) {
      await screen.until(() => Buffer.byteLength(screen.raw) > i * 1500, 'more');
      assert.ok(Buffer.byteLength(screen.raw) <= allowed(), `${Buffer.byteLength(screen.raw)} of ${allowed()} bytes`);
    }
    await screen.press('q');
    assert.equal(await screen.exitStatus(), 0);
  });

  ptyTest('under a cap a key is answered before the rest of the frame that it interrupts', async open => {
    const args = [PROGRAM, '--max-bytes-per-second', '1000', '--proc', CAPTURE];
    const screen = open(NODE, args, { env: ENV, columns: 120, rows: 40 });
    await screen.expectText(/PID.*COMMAND/);
    assert.equal(screen.find('F1 Help'), -1, 'the first screen is still on its way');
    await screen.press('?');
    await screen.expectText('taskscope: help');
    assert.equal(screen.find('F1 Help'), -1);
    await screen.press('escape');
    await screen.expectLine(39, 'F1 Help', { patience: 60_000 });
    await screen.press('q');
    assert.equal(await screen.exitStatus(), 0);
  });
});

describe('lines that end', () => {
  ptyTest('a hangup ends the program and what it started', async open => {
    const screen = await openMonitor(open);
    const pids = [screen.pid, ...childrenOf(screen.pid)];
    screen.hangUp();
    await screen.until(() => !pids.some(isAlive), 'the end of all processes');
  });

  ptyTest('a terminal that takes nothing blocks neither samples nor signals', async open => {
    const screen = await openMonitor(open, ['-d', '0.1']);
    screen.stall();
    const { pid } = screen;
    const before = reads(pid);
    await screen.until(() => reads(pid) > before + 500, 'samples');
    screen.signal('SIGTERM');
    await screen.until(() => !isAlive(pid), 'its end');
  });
});
