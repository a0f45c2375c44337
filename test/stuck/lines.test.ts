import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { lineText } from '../../src/pages/render.ts';
import { stuckLines } from '../../src/stuck/lines.ts';
import type { StuckReport } from '../../src/stuck/report.ts';
import { timeText } from '../../src/units/format.ts';
import { textWidth } from '../../src/units/text.ts';
import { type Stuck, Tables, twice } from './tables.ts';

const EXITING = 0x4;
const SIGNALED = 0x400;

const text = (report: StuckReport, columns: number, ...folded: string[]): string[] =>
  stuckLines(report, columns, new Set(folded)).map(({ line }) => lineText(line));

const status = (uid: number): string => `Name:\tx\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\n`;
const USERS = { userNames: new Map([[0, 'root']]) };
const BEGIN_MS = 1_700_000_000_000;

const NFS: readonly Stuck[] = [
  { pid: 871, comm: 'tar', state: 'D', wchan: 'rpc_wait_bit_killable', status: status(0) },
  { pid: 1544, comm: 'ls', state: 'D', wchan: 'nfs_wait_bit_killable', status: status(1000) },
];
/** Tar in D before we looked, ls for 12 s, a camera that does not go for 41 s. */
function board(): Tables {
  const [tar, ls] = NFS as readonly [Stuck, Stuck];
  const cam = { pid: 4, comm: 'cam', state: 'D', flags: EXITING | SIGNALED, wchan: 'usb_kill_urb' };
  return new Tables(USERS)
    .look(0, tar, { ...ls, state: 'S' }, { ...cam, flags: 0 })
    .look(2000, tar, { ...ls, state: 'S' }, cam)
    .look(31_000, tar, ls, cam)
    .look(43_000, tar, ls, cam)
    .round(39_000);
}

describe('as text', () => {
  test('groups, what they mean, and their tasks', () => {
    assert.deepEqual(text(board().report({ roundSeconds: 4 }), Infinity), [
      ' STUCK  2 tasks in D, 1 exiting   4 looks; threads looked at: all, 4.0s ago',
      ' waits for             tasks  longest  what it means',
      ' ▾ NFS server reply        2    >=43s  The server or the network to it does not answer; a hard mount asks for ever.',
      '     See /proc/self/mountstats and the kernel log for "not responding", and whether the server can be reached. Waits with killable in their name end by SIGKILL.',
      `    871 root tar D >=43s  rpc_wait_bit_killable  before ${timeText(BEGIN_MS)}`,
      `   1544 1000 ls  D   12s  nfs_wait_bit_killable  since ${timeText(BEGIN_MS + 31_000)}`,
      ' ▾ exiting: USB device     1      41s  A device or a hub does not complete a request; cables, power, a hub in reset or its driver hold it.',
      '     See usb lines of the kernel log and usbmon; removing the device or unbinding its driver ends most such waits.',
      `      4 -    cam D   41s  usb_kill_urb           since ${timeText(BEGIN_MS + 2000)}, killed by a signal`,
      ' Looked at: 3 processes, and 0 threads of those that have several.',
    ]);
  });

  test('nothing is cut, however long', () => {
    const wchan = 'a_function_of_a_driver_with_a_very_long_name_indeed_as_some_have';
    const comm = 'kworker/u16:2-events_power_efficient_and_more';
    const lines = text(twice(2, {}, { pid: 1, comm, state: 'D', wchan, flags: 0x200000 }).report(), Infinity);
    assert.ok(lines.some(line => line.includes(comm) && line.includes(wchan)));
  });

  test('nothing is stuck: what was looked at', () => {
    const tables = twice(2, {}, { pid: 1 }).round(0, { tgid: 1, pid: 2 }).round(1000, { tgid: 1, pid: 2 });
    assert.deepEqual(text(tables.report({ roundSeconds: 0.2 }), 80), [
      ' STUCK  nothing is stuck              2 looks; threads looked at: all, just now',
      ' Looked at: 1 process, and 1 thread of those that have several.',
    ]);
    assert.match(text(tables.report(), 80)[0]!, /2 looks; threads: the first round is under way$/);
    assert.match(text(twice(2, {}).report(), 80)[0]!, /2 looks; threads not looked at$/);
  });

  test('seen once, passing and hidden', () => {
    const once = text(new Tables().look(0, { pid: 1, comm: 'dd', state: 'D' }).report(), 120);
    assert.match(once[0]!, /1 task in D .* one look; threads not looked at$/);
    assert.ok(once.includes('   1 - dd D once  -'), once.join('\n'));
    const tables = new Tables().look(0, { pid: 1 }, { pid: 2 });
    tables.processes.sample([{ pid: 1, state: 'D' }, { pid: 2 }], { ms: 1000, denied: 3 });
    const lines = text(tables.report(), 120);
    assert.ok(lines.includes(' 1 more is so for a moment only, and left out.'));
    assert.ok(lines.some(line => line.startsWith(' 3 tasks are hidden from us')));
  });

  test('a function of another generation', () => {
    const lines = text(twice(2, {}, { pid: 1, state: 'D', wchan: 'reclaim_throttle' }).report(), Infinity);
    assert.ok(lines.includes('     In other releases: congestion_wait (up to 5.15).'), lines.join('\n'));
  });

  test('is the same in letters that every terminal has, but for cuts and triangles', () => {
    const lines = text(board().report(), 120);
    assert.ok(lines.some(line => line.includes(' >=43s ')));
    for (const line of lines) assert.match(line, /^[\x20-\x7e▾▸…]*$/);
  });
});

describe('on a screen', () => {
  test('a folded group is one line that bears its name', () => {
    const report = board().report();
    const open = stuckLines(report, 80, new Set());
    const folded = stuckLines(report, 80, new Set(['uninterruptible:nfs']));
    assert.ok(open.some(({ task }) => task?.pid === 871));
    assert.ok(!folded.some(({ task }) => task?.pid === 871));
    const [head] = folded.filter(({ group }) => group === 'uninterruptible:nfs').map(({ line }) => lineText(line));
    assert.equal(head, ' ▸ NFS server reply        2    >=43s  The server or the network to it does no…');
  });

  test('what a function is called in other releases is told where there is room', () => {
    const report = twice(2, {}, { pid: 1, state: 'D', wchan: 'reclaim_throttle' }).report();
    const told = (columns: number): boolean => text(report, columns).some(line => line.includes('In other releases'));
    assert.deepEqual([60, 80, 99, 100, 120].map(told), [false, false, false, true, true]);
  });

  test('a line of a task names it by its id and start time', () => {
    const tables = twice(2, {}, { pid: 60 }).round(0, { tgid: 60, pid: 61, state: 'D', start_time: 444 });
    const tasks = stuckLines(tables.report(), 80, new Set()).flatMap(({ task }) => task ?? []);
    assert.deepEqual(tasks, [{ pid: 61, startTicks: 444, tgid: 60 }]);
  });

  test('the same stack is told once in a group', () => {
    const frames = ['[<0>] rpc_wait_bit_killable+0x1e/0x90 [sunrpc]', '[<0>] __wait_on_bit+0x31/0xa0'];
    const stacks = new Map(['871/871', '1544/1544'].map(key => [key, frames]));
    const lines = text(twice(2, {}, ...NFS).report({ stacks }), 80);
    assert.equal(lines.filter(line => line.includes('rpc_wait_bit_killable+0x1e')).length, 1);
    assert.equal(lines.filter(line => line.endsWith('stack as of 871')).length, 1);
  });

  test('no line is wider than the screen, whatever the names', () => {
    const name = fc.string({ minLength: 1, maxLength: 15, unit: 'grapheme' });
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 160 }), name, name, (columns, comm, wchan) => {
        const hostile = {
          pid: 4_194_304,
          comm: comm.replaceAll('\n', ''),
          state: 'D',
          wchan,
          status: status(4_294_967_295),
        };
        const report = twice(
          900_000,
          USERS,
          hostile,
          { ...hostile, pid: 12, flags: EXITING | SIGNALED },
          ...NFS,
        ).report();
        const thread = { ...hostile, tgid: 4_194_304, pid: 4_194_303 };
        const threads = new Tables(USERS).look(0, hostile).round(0, thread).report();
        for (const line of [...text(report, columns), ...text(threads, columns)])
          assert.ok(textWidth(line) <= columns, line);
      }),
    );
  });

  test('control characters of a name reach nobody', () => {
    const comm = 'evil\u001b[2J\u202e';
    const lines = text(
      twice(
        2,
        {},
        { pid: 1, comm, state: 'D', wchan: 'kernel_clone' },
        { pid: 2, ppid: 1, comm, flags: 0x40 },
      ).report(),
      120,
    );
    assert.ok(
      lines.some(line => line.includes('child 2 evil·[2J· (S)')),
      lines.join('\n'),
    );
    for (const line of lines) assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u202e]/);
  });

  test('a narrow screen has the wait channel on a line of its own', () => {
    const lines = text(board().report(), 40);
    assert.ok(lines.includes('    871 tar D >=43s'), lines.join('\n'));
    assert.ok(lines.some(line => line.startsWith('     rpc_wait_bit_killable,')));
  });
});
