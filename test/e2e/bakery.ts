/** A small machine whose tasks are known to the last tick, for tests that drive the monitor over its instants. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { type CapturedTask, writeCapture } from '../support/captured-machine.ts';
import type { Open, OpenOptions, Screen } from './harness.ts';
import { openMonitor } from './program.ts';

/** Room for the whole line of notes; the title line is the sixth, the bottom bar the last. */
export const WIDE = { columns: 140, rows: 40 };
export const TITLES = 5;
export const BAR = 39;

const KTHREAD = 0x208040;
const CONTAINER = `/docker/${'0123456789ab'.padEnd(64, 'c')}`;

/**
 * The tasks at an instant. CPU% up to the third: baker 30.0 (10.0 of it its thread dough), oven 20.0 (5.0 of it in the
 * kernel), nginx 7.0 and 5.0, kworker 1.0; mixer has 12 major faults a second. Then baker has 1.0 and sleepy wakes to
 * 90.0; at the fifth the oven has ended and a cook is there.
 */
export function bakery(instant: number): CapturedTask[] {
  const gained = (first: number, later: number): number =>
    first * Math.min(instant, 2) + later * Math.max(0, instant - 2);
  const baker = { comm: 'baker', num_threads: 2 };
  const oven = { pid: 110, comm: 'oven', ppid: 100, state: 'R', utime: 150 * instant, stime: 50 * instant, rss: 5120 };
  const mixer = { pid: 120, comm: 'mixer', ppid: 100, state: 'D', min_flt: 30 * instant, maj_flt: 120 * instant };
  const kernel = { flags: KTHREAD, vsize: 0, rss: 0 };
  return [
    { stat: { pid: 1, comm: 'init', ppid: 0 }, command: ['/sbin/init', 'splash'] },
    { stat: { ...kernel, pid: 2, comm: 'kthreadd', ppid: 0 } },
    { stat: { ...kernel, pid: 20, comm: 'kworker/0:1', ppid: 2, state: 'I', stime: 10 * instant } },
    {
      stat: { ...baker, pid: 100, utime: 1000 + gained(300, 10), rss: 2560 },
      uid: 1000,
      command: ['/usr/bin/baker', '--bread', '12'],
      wchan: 'futex_wait',
      threads: [
        { ...baker, pid: 100, utime: 500 + gained(200, 5) },
        { ...baker, pid: 105, comm: 'dough', utime: 500 + gained(100, 5) },
      ],
    },
    instant < 4
      ? { stat: oven, uid: 1000, command: ['/usr/bin/oven', '-t', '220'] }
      : { stat: { pid: 500, comm: 'cook', ppid: 100, start_time: 103_500 }, uid: 1000, command: ['cook'] },
    { stat: mixer, uid: 1000, command: ['mixer', '/srv/flour'], wchan: 'io_schedule' },
    {
      stat: { pid: 200, comm: 'nginx', utime: 50 * instant, nice: 5, priority: 25 },
      uid: 33,
      command: ['nginx: master process'],
      wchan: 'ep_poll',
      cgroup: CONTAINER,
    },
    {
      stat: { pid: 210, comm: 'nginx', ppid: 200, utime: 70 * instant },
      uid: 33,
      command: ['nginx: worker process'],
      wchan: 'ep_poll',
      cgroup: CONTAINER,
    },
    { stat: { pid: 300, comm: 'ghost', ppid: 100, state: 'Z', vsize: 0, rss: 0 }, uid: 1000 },
    {
      stat: { pid: 400, comm: 'sleepy', utime: gained(0, 900) },
      command: ['sleepy', 'head'],
      wchan: 'do_nanosleep',
      cgroup: '/system.slice/sleepy.service',
    },
  ];
}

/** Writes a capture that is removed with the test. */
export function captureOf(t: TestContext, tasksAt: (instant: number) => CapturedTask[], instants = 6): string {
  const folder = writeCapture(Array.from({ length: instants }, (_, instant) => tasksAt(instant)));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** All of them, by CPU%, at the second and the third instant. */
export const BY_CPU = [100, 110, 210, 200, 20, 1, 2, 120, 300, 400];

/** An empty folder that is removed with the test. */
export function folderOf(t: TestContext): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'taskscope-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens the bakery at its second instant, the first with rates; it stays there until {@link nextInstant}. */
export async function openBakery(
  open: Open,
  t: TestContext,
  args: readonly string[] = [],
  options: OpenOptions = WIDE,
): Promise<Screen> {
  const screen = await openMonitor(open, ['--proc', captureOf(t, bakery), '-d', '3600', ...args], options);
  await screen.expectText(/min +88\/s|CPU \d+%/);
  return screen;
}

/** An interval begins with a sample soon, also one as long as that before: what {@link nextInstant} types. */
export const ONWARD = ':interval 3600\r';

/** On to the next instant. @param sign what the screen shows then. */
export async function nextInstant(screen: Screen, sign: string | RegExp): Promise<void> {
  screen.type(ONWARD);
  await screen.expectText(sign);
}

/** Pids of the rows from above to below; tagged and followed ones have a mark before. */
export const pidsOf = (screen: Screen): number[] =>
  screen.lines().flatMap(line => {
    const pid = /^[ *»] +(\d+) +\S/.exec(line)?.[1];
    return pid === undefined ? [] : [Number(pid)];
  });

export const expectPids = (screen: Screen, ...pids: number[]): Promise<void> =>
  screen.until(() => String(pidsOf(screen)) === String(pids), `the rows ${pids.join(' ')}`);

/** Waits until the cursor is on this task. */
export const expectCursor = (screen: Screen, pid: number): Promise<void> =>
  screen.until(() => {
    const row = screen.find(new RegExp(`^[ *»]*${pid} `));
    return row >= 0 && screen.look(4, row).reverse;
  }, `the cursor on ${pid}`);

/** Types a command and its Enter, as one does behind `:`. */
export async function command(screen: Screen, text: string): Promise<void> {
  await screen.press(':');
  await screen.expectLine(screen.rows - 1, /^ : /);
  screen.type(text);
  await screen.press('enter');
}
