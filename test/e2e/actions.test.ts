/** Signals and nice values in a real terminal: exactly the task that the dialog named, or nobody. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { keyBytes } from '../term/key-bytes.ts';
import { isAlive, ptyTest, type Screen } from './harness.ts';
import { CAPTURE, openMonitor } from './program.ts';

const WIDE = { columns: 120, rows: 40 };
const LIVE = ['-d', '0.3'];
/** A dialog takes no Enter before somebody can have read it. */
const READ_MS = 400;
/** Less than that is too early. */
const UNREAD_MS = 300;
const FIRST_ROW = 6;

interface Sleeper {
  readonly pid: number;
  readonly command: string;
  readonly child: ChildProcess;
  readonly ended: Promise<unknown[]>;
}

/** Starts processes of one name, each with a command line of its own; those still there are ended with the test. */
function sleepers(t: TestContext): () => Sleeper {
  const all: Sleeper[] = [];
  t.after(async () => {
    // a ChildProcess signals nobody once its process was reaped
    for (const { child } of all) child.kill('SIGKILL');
    await Promise.all(all.map(({ ended }) => ended));
  });
  return () => {
    const seconds = String(5000 + all.length);
    const child = spawn('sleep', [seconds], { stdio: 'ignore' });
    assert.ok(child.pid);
    all.push({ pid: child.pid, command: `sleep ${seconds}`, child, ended: once(child, 'exit') });
    return all.at(-1)!;
  };
}

async function end({ child, ended }: Sleeper): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}

const lives = ({ pid, child }: Sleeper): boolean =>
  child.exitCode === null && child.signalCode === null && isAlive(pid);

/** Shows one task alone, under the cursor. */
async function showOnly(screen: Screen, { pid }: Sleeper): Promise<void> {
  await screen.press('\\');
  await screen.expectText('Filter:');
  screen.type(`pid = ${pid}`);
  await screen.until(
    () => new RegExp(`^ *${pid} .*sleep`).test(screen.line(FIRST_ROW)) && !/^ *\d+ /.test(screen.line(FIRST_ROW + 1)),
    `${pid} alone`,
  );
  await screen.press('enter');
  await screen.expectNoText('Filter:');
}

/** The box names its task by pid and command line. */
async function expectDialog(screen: Screen, title: string, { pid, command }: Sleeper): Promise<void> {
  await screen.expectText(`${title} ${pid} sleep`);
  await screen.expectText(new RegExp(`│ ${pid} .* ${command} +│`));
}

/** Waits for the next second of the header's clock; samples are more frequent. */
async function nextSample(screen: Screen): Promise<void> {
  const clock = (): string => /\d\d:\d\d:\d\d$/.exec(screen.line(4))?.[0] ?? '';
  await screen.until(() => clock() !== '', 'a clock');
  const before = clock();
  await screen.until(() => clock() !== before, 'the next sample');
}

/** Enter, when the dialog was there for long enough; once more where a frame was just on its way. */
async function confirm(screen: Screen): Promise<void> {
  await delay(READ_MS);
  await screen.press('enter');
  await screen.expectText(/press Enter again|Enter close/);
  if (screen.find('Enter close') < 0) await screen.press('enter');
  await screen.expectText('Enter close');
}

ptyTest('SIGTERM ends the chosen one of fifty namesakes that come and go', async (open, t) => {
  const start = sleepers(t);
  const crowd = Array.from({ length: 50 }, start);
  const chosen = crowd[25]!;
  const screen = await openMonitor(open, LIVE, WIDE);
  await showOnly(screen, chosen);
  await screen.press('k');
  await expectDialog(screen, 'Signal to', chosen);
  const leaving = crowd.filter((_, index) => index % 5 === 1);
  for (const one of leaving) {
    await end(one);
    crowd.push(start());
  }
  await nextSample(screen);
  await expectDialog(screen, 'Signal to', chosen);
  await confirm(screen);
  await screen.expectText(`${chosen.pid} sleep: SIGTERM (15) sent`);
  assert.deepEqual(await chosen.ended, [null, 'SIGTERM']);
  const others = crowd.filter(one => one !== chosen && !leaving.includes(one));
  assert.equal(others.length, 49);
  assert.deepEqual(
    others.filter(one => !lives(one)).map(({ command }) => command),
    [],
  );
  await screen.press('enter');
  await screen.expectNoText('Signal to');
});

ptyTest('Enter typed ahead, in one write with k, sends nothing', async (open, t) => {
  const chosen = sleepers(t)();
  const screen = await openMonitor(open, LIVE, WIDE);
  await showOnly(screen, chosen);
  screen.send('k\r\r\r');
  await expectDialog(screen, 'Signal to', chosen);
  await screen.expectText('press Enter again');
  await screen.expectText('Enter send');
  await screen.press('escape');
  await screen.expectNoText('Signal to');
  assert.ok(lives(chosen));
  // the same dialog does send, with Enter at its time
  await screen.press('k');
  await expectDialog(screen, 'Signal to', chosen);
  await confirm(screen);
  assert.deepEqual(await chosen.ended, [null, 'SIGTERM']);
});

ptyTest('Enter before anybody can have read the dialog sends nothing', async (open, t) => {
  const chosen = sleepers(t)();
  const screen = await openMonitor(open, LIVE, WIDE);
  await showOnly(screen, chosen);
  const started = performance.now();
  await screen.press('k');
  await screen.expectText(`Signal to ${chosen.pid} sleep`);
  await screen.press('enter');
  await screen.expectText(/press Enter again|Enter close/);
  if (performance.now() - started >= UNREAD_MS) {
    t.skip('cannot press Enter too early: this machine was too slow');
    return;
  }
  await screen.expectText('press Enter again');
  assert.ok(lives(chosen));
});

async function expectNoActions(screen: Screen, why: string): Promise<void> {
  const keys = ['k', 'f9', ']', 'f7', '[', 'f8', 'a', 'Y', 'I'].map(keyBytes);
  for (const bytes of [...keys, ':signal\r', ':renice\r']) {
    screen.send(bytes);
    await screen.expectText(`No actions: ${why}`);
    assert.doesNotMatch(screen.text(), /Esc cancel|Enter send|Enter set/, bytes);
    await screen.press('escape');
    await screen.expectNoText('No actions');
  }
}

ptyTest('no dialog for the tasks of a captured machine', async open => {
  const screen = await openMonitor(open, ['--proc', CAPTURE, '-d', '0.2'], WIDE);
  await screen.expectText(/2263 .*64\.0/);
  await expectNoActions(screen, 'these tasks are not those of this machine now.');
});

ptyTest('no dialog with --read-only', async open => {
  await expectNoActions(await openMonitor(open, [...LIVE, '--read-only'], WIDE), '--read-only.');
});

/** Lets the next process have this pid, where one may choose it. */
function proposePid(pid: number): void {
  try {
    fs.writeFileSync('/proc/sys/kernel/ns_last_pid', String(pid - 1));
  } catch {
    // needs CONFIG_CHECKPOINT_RESTORE and CAP_SYS_ADMIN: then it gets another
  }
}

ptyTest('a task that ends under its dialog: the next with its number is left alone', async (open, t) => {
  const start = sleepers(t);
  const chosen = start();
  const screen = await openMonitor(open, LIVE, WIDE);
  await showOnly(screen, chosen);
  await screen.press('k');
  await expectDialog(screen, 'Signal to', chosen);
  await end(chosen);
  proposePid(chosen.pid);
  const next = start();
  await screen.expectText('has ended');
  await confirm(screen);
  const why = next.pid === chosen.pid ? `, and its number ${next.pid} is another task's now` : '';
  await screen.expectText(`${chosen.pid} sleep: left alone: it has ended${why}`);
  await screen.press('enter');
  await screen.expectNoText('Signal to');
  assert.ok(lives(next));
});

/** What the kernel says: field 19 of stat. */
function niceOf({ pid }: Sleeper): number {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
}

ptyTest('F8 gives less CPU: the nice value is as the dialog says', async (open, t) => {
  const start = sleepers(t);
  const [chosen, other] = [start(), start()];
  const before = niceOf(chosen);
  if (before > 17) {
    t.skip('cannot go up two steps of nice from here');
    return;
  }
  const screen = await openMonitor(open, LIVE, WIDE);
  await showOnly(screen, chosen);
  await screen.press('f8');
  await expectDialog(screen, 'Nice of', chosen);
  await screen.expectText(`nice ${before} → ${before + 1}`);
  await screen.press('f8');
  await screen.expectText(`nice ${before} → ${before + 2}`);
  assert.equal(niceOf(chosen), before, 'nothing is done before Enter');
  await confirm(screen);
  await screen.expectText(`${chosen.pid} sleep: nice ${before} → ${before + 2}`);
  assert.equal(niceOf(chosen), before + 2);
  assert.equal(niceOf(other), before);
});
