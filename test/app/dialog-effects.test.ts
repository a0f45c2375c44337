/** What is said beforehand of what an action will do. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Action, Change } from '../../src/act/action.ts';
import { effectsOf } from '../../src/app/dialog-effects.ts';
import { type Target, targetOf } from '../../src/app/dialog-target.ts';
import { isMissing } from '../../src/units/missing.ts';
import { Pushed, type PushedTask } from '../support/model.ts';

const OWN_PID = 4242;
const KTHREAD = 0x208040;
const EXITING = 0x400004;

/** `status` as the kernel writes it; masks by number of the signals in them. */
interface Facts {
  readonly blocked?: readonly number[];
  readonly ignored?: readonly number[];
  readonly caught?: readonly number[];
  readonly more?: string;
}
const hex = (signals: readonly number[] = []): string =>
  signals
    .reduce((mask, n) => mask | (1n << BigInt(n - 1)), 0n)
    .toString(16)
    .padStart(16, '0');
const statusText = ({ blocked, ignored, caught, more = '' }: Facts): string =>
  `Uid:\t0\t0\t0\t0\nTracerPid:\t0\nSigBlk:\t${hex(blocked)}\nSigIgn:\t${hex(ignored)}\nSigCgt:\t${hex(caught)}\n` +
  `Cpus_allowed_list:\t0-3\n${more}`;

function target(task: Partial<PushedTask> = {}, facts: Facts = {}, threads = false): Target {
  const pushed = new Pushed(undefined, threads);
  const pid = task.pid ?? 870;
  pushed.sample([{ pid, comm: 'tar', ...task }], { ms: 1000 });
  pushed.file(pid, 'status', statusText(facts), 1000);
  return targetOf(pushed.cursor.at(pushed.seat(pid)));
}
const unread = (task: Partial<PushedTask> = {}): Target => {
  const pushed = new Pushed();
  pushed.sample([{ pid: 870, comm: 'tar', ...task }], { ms: 1000 });
  return targetOf(pushed.cursor.at(pushed.seat(870)));
};

const signal = (n: number): Action => ({ kind: 'signal', signal: n });
const said = (of: Target, action: Action): string[] =>
  effectsOf(of, action.kind, action, OWN_PID).map(({ text, tone }) => `${tone}: ${text}`);
const TERM = signal(15);
const KILL = signal(9);
const CONT = signal(18);
const ALL = Array.from({ length: 64 }, (_, n) => n + 1);

describe('who it is', () => {
  test('out of stat and status', () => {
    const { pid, startTicks, startedMs, user, comm, command, state, ppid, nice, threads, cpus, blocked, ...rest } =
      target(
        { start_time: 250, state: 'D', ppid: 12, nice: -3, num_threads: 4, policy: 2, rt_priority: 7 },
        { blocked: [1, 64] },
      );
    assert.deepEqual(
      [pid, startTicks, startedMs, user, comm, command, state, ppid, nice, threads, cpus],
      [870, 250, 1_700_000_002_500, 'root', 'tar', '[tar]', 'D', 12, -3, 4, '0-3'],
    );
    assert.equal(blocked, 0x8000000000000001n);
    assert.deepEqual([rest.policy, rest.rtPriority, rest.isThread, rest.gone], [2, 7, false, false]);
  });
  test('masks that are not read, or no masks at all, are missing and never 0', () => {
    assert.ok(isMissing(unread().blocked));
    const pushed = new Pushed();
    pushed.sample([{ pid: 1, comm: 'x' }], { ms: 1000 });
    pushed.file(1, 'status', 'SigBlk:\tzebra\nSigIgn:\t11112222333344445\n', 1000);
    const { blocked, ignored, caught } = targetOf(pushed.cursor.at(pushed.seat(1)));
    assert.ok([blocked, ignored, caught].every(isMissing));
  });
});

describe('a signal', () => {
  test('its default: by number', () => {
    assert.deepEqual(said(target(), TERM), ['dim: SIGTERM: ends it']);
    assert.deepEqual(said(target(), signal(11)), ['dim: SIGSEGV: ends it, with a core dump where that is allowed']);
    assert.deepEqual(said(target(), signal(19)), ['dim: SIGSTOP: stops it']);
    assert.deepEqual(said(target(), signal(17)), ['warn: SIGCHLD: does nothing by default']);
    assert.deepEqual(said(target(), CONT), ['dim: SIGCONT: continues it, were it stopped']);
    assert.deepEqual(said(target(), signal(64)), ['dim: SIGRTMIN+30: ends it']);
  });
  test('ignored, blocked, caught', () => {
    assert.deepEqual(said(target({}, { ignored: [15] }), TERM), ['warn: ignores SIGTERM: nothing will happen']);
    assert.deepEqual(said(target({}, { blocked: [15] }), TERM), ['warn: blocks SIGTERM: stays pending']);
    assert.deepEqual(said(target({}, { caught: [15] }), TERM), ['dim: catches SIGTERM: its handler runs']);
    assert.deepEqual(said(target({}, { caught: [14, 16] }), TERM), ['dim: SIGTERM: ends it']);
  });
  test('a blocked signal stays pending even if it is ignored, too', () =>
    assert.deepEqual(said(target({}, { blocked: [15], ignored: [15] }), TERM), [
      'warn: blocks SIGTERM: stays pending',
    ]));
  test('SIGKILL and SIGSTOP heed no mask', () =>
    assert.deepEqual(said(target({}, { blocked: ALL, ignored: ALL, caught: ALL }), KILL), ['dim: SIGKILL: ends it']));
  test('blocked by the first of several threads', () =>
    assert.deepEqual(said(target({ num_threads: 3 }, { blocked: [15] }), TERM), [
      'warn: its first thread blocks SIGTERM: another of its 3 may take it',
    ]));
  test('pending already: one more of the old signals is lost, of the real-time ones it is queued', () => {
    const pending = (...signals: number[]): Facts => ({ blocked: signals, more: `ShdPnd:\t${hex(signals)}\n` });
    assert.deepEqual(said(target({ num_threads: 2 }, pending(15)), TERM), [
      'warn: its first thread blocks SIGTERM',
      'warn: SIGTERM is pending already: one more changes nothing',
    ]);
    assert.deepEqual(said(target({}, pending(15)), TERM), [
      'warn: blocks SIGTERM: stays pending',
      'warn: SIGTERM is pending already: one more changes nothing',
    ]);
    assert.deepEqual(said(target({}, pending(64)), signal(64)), [
      'warn: blocks SIGRTMIN+30: stays pending',
      'warn: SIGRTMIN+30 is pending already: one more is queued behind it',
    ]);
    assert.deepEqual(said(target({}, pending(15)), KILL), ['dim: SIGKILL: ends it']);
  });
  test('not read: not known', () => {
    assert.deepEqual(said(unread(), TERM), [
      'warn: not known whether it blocks, ignores or catches SIGTERM: not read in this sample',
    ]);
    assert.deepEqual(said(unread(), KILL), ['dim: SIGKILL: ends it']);
  });
  test('in D', () => {
    assert.deepEqual(said(target({ state: 'D' }), TERM), [
      'dim: SIGTERM: ends it',
      'warn: is in D: acts only when it wakes',
    ]);
    assert.deepEqual(said(target({ state: 'D' }), KILL), [
      'dim: SIGKILL: ends it',
      'warn: is in D: acts only when it wakes, at once if that sleep is killable',
    ]);
    assert.deepEqual(said(target({ state: 'D' }, { ignored: [15] }), TERM), [
      'warn: ignores SIGTERM: nothing will happen',
    ]);
    assert.match(said(target({ state: 'D', num_threads: 2 }), TERM)[1]!, /^warn: its first thread is in D/);
    assert.match(said(unread({ state: 'D' }), TERM)[1]!, /^warn: is in D/);
  });
  test('stopped, and traced', () => {
    assert.deepEqual(said(target({ state: 'T' }), TERM), [
      'dim: SIGTERM: ends it',
      'warn: is stopped: acts only after SIGCONT',
    ]);
    assert.deepEqual(said(target({ state: 'T' }), KILL), ['dim: SIGKILL: ends it']);
    assert.deepEqual(said(target({ state: 'T' }, { blocked: [18] }), CONT), ['dim: SIGCONT: continues it']);
    const traced = { more: 'TracerPid:\t77\n' };
    const pushed = new Pushed();
    pushed.sample([{ pid: 870, comm: 'tar', state: 't' }], { ms: 1000 });
    pushed.file(870, 'status', statusText(traced).replace('TracerPid:\t0\n', ''), 1000);
    const of = targetOf(pushed.cursor.at(pushed.seat(870)));
    assert.deepEqual(said(of, TERM), [
      'dim: SIGTERM: ends it',
      'warn: is traced: its debugger 77 sees the signal first',
    ]);
    assert.deepEqual(said(of, KILL), ['dim: SIGKILL: ends it']);
  });
  test('a zombie, unless other threads of it live', () => {
    assert.deepEqual(said(target({ state: 'Z', ppid: 12 }), KILL), [
      'warn: is a zombie: only its parent 12 can reap it',
    ]);
    assert.deepEqual(said(target({ state: 'Z', num_threads: 3 }), KILL), ['dim: SIGKILL: ends it']);
  });
  test('exiting', () =>
    assert.deepEqual(said(target({ flags: EXITING }), TERM), ['warn: is exiting already: a signal changes nothing']));
  test('a kernel thread, and one that takes signals', () => {
    const kernel = { flags: KTHREAD, vsize: 0 };
    assert.deepEqual(said(target(kernel, { ignored: ALL }), KILL), ['warn: kernel thread: ignores signals']);
    assert.deepEqual(said(unread(kernel), KILL), ['warn: kernel thread: ignores signals']);
    assert.deepEqual(said(target(kernel, { caught: [9] }), KILL), [
      'dim: kernel thread that asked for SIGKILL: its own code acts on it',
    ]);
  });
  test('process 1', () => {
    const init = (facts: Facts): Target => target({ pid: 1, comm: 'init' }, facts);
    assert.deepEqual(said(init({}), KILL), ['warn: pid 1: signals without handler are ignored, SIGKILL too']);
    assert.deepEqual(said(init({ caught: [15] }), TERM), ['dim: catches SIGTERM: its handler runs']);
    const pushed = new Pushed();
    pushed.sample([{ pid: 1, comm: 'init' }], { ms: 1000 });
    assert.match(
      said(targetOf(pushed.cursor.at(pushed.seat(1))), TERM)[0]!,
      /are ignored, SIGTERM too, unless it has one$/,
    );
  });
  test('process 1 of a container', () => {
    const init = (facts: Facts): Target => target({}, { ...facts, more: 'NSpid:\t870\t1\n' });
    assert.deepEqual(said(init({}), TERM), ['warn: pid 1 of its namespace: SIGTERM without handler is ignored']);
    assert.deepEqual(said(init({}), KILL), ['dim: SIGKILL: ends it']);
    assert.deepEqual(said(init({ caught: [15] }), TERM), ['dim: catches SIGTERM: its handler runs']);
    assert.deepEqual(said(target({}, { more: 'NSpid:\t870\t11\n' }), TERM), ['dim: SIGTERM: ends it']);
  });
  test('a thread cannot be signalled alone', () =>
    assert.deepEqual(said(target({ num_threads: 12 }, {}, true), TERM), [
      'dim: SIGTERM: ends it',
      'warn: goes to process 870 with all 12 threads, not to 870 alone',
    ]));
  test('taskscope itself', () =>
    assert.deepEqual(said(target({ pid: OWN_PID }), TERM), ['bad: this is taskscope itself', 'dim: SIGTERM: ends it']));
  test('it has ended meanwhile', () =>
    assert.deepEqual(said({ ...target(), gone: true }, TERM), ['bad: has ended meanwhile: will be left alone']));
});

describe('a change', () => {
  const nice = (value: number, rest: Partial<Change & { kind: 'renice' }> = {}): Action => ({
    kind: 'renice',
    nice: value,
    relative: false,
    allThreads: true,
    ...rest,
  });
  test('of nice', () => {
    assert.deepEqual(said(target({ nice: 3 }), nice(5)), ['dim: nice 3 → 5']);
    assert.deepEqual(said(target({ nice: 3 }), nice(-2, { relative: true })), ['dim: nice 3 → 1']);
    assert.deepEqual(said(target({ nice: 3 }), nice(3)), ['dim: has nice 3 already']);
    assert.deepEqual(said(target({ nice: 18 }), nice(3, { relative: true })), ['dim: nice 18 → 19']);
    assert.deepEqual(said(target({ nice: -19 }), nice(-3, { relative: true })), ['dim: nice -19 → -20']);
    for (const [policy, name] of [
      [1, 'fifo'],
      [2, 'rr'],
      [5, 'idle'],
      [6, 'deadline'],
    ] as const)
      assert.deepEqual(said(target({ policy }), nice(5)), [
        'dim: nice 0 → 5',
        `warn: nice has no effect under ${name}`,
      ]);
  });
  test('of all threads, the first, or one', () => {
    assert.deepEqual(said(target({ num_threads: 12 }), nice(5)), ['dim: nice 0 → 5', 'dim: all 12 threads']);
    assert.deepEqual(said(target({ num_threads: 12 }), nice(5, { allThreads: false })), [
      'dim: nice 0 → 5',
      'dim: its first thread alone, of 12',
    ]);
    assert.deepEqual(said(target({ num_threads: 12 }, {}, true), nice(5)), [
      'dim: nice 0 → 5',
      'dim: this thread alone, of 12',
    ]);
  });
  test('of the I/O class', () =>
    assert.deepEqual(said(target(), { kind: 'io-class', ioClass: 'best-effort', level: 6, allThreads: true }), [
      'dim: I/O class → best-effort 6',
    ]));
  test('of the CPUs', () => {
    const to = (cpus: string): Action => ({ kind: 'affinity', cpus, allThreads: true });
    assert.deepEqual(said(target(), to('0')), ['dim: CPUs 0-3 → 0']);
    assert.deepEqual(said(target(), to('0-3')), ['dim: has CPUs 0-3 already']);
    assert.deepEqual(said(unread(), to('0')), ['dim: CPUs → 0']);
    // PF_NO_SETAFFINITY
    assert.deepEqual(said(target({ flags: 0x04208040 }), to('0')), [
      'warn: the kernel has bound it to its CPU: will be refused',
    ]);
  });
  test('of the policy', () => {
    const to = (policy: 'other' | 'fifo', rtPriority: number): Action => ({
      kind: 'policy',
      policy,
      rtPriority,
      allThreads: true,
    });
    const realTime = 'warn: real time: others wait as long as it does not sleep';
    assert.deepEqual(said(target(), to('fifo', 50)), ['dim: policy other → fifo 50', realTime]);
    assert.deepEqual(said(target({ policy: 2, rt_priority: 9 }), to('other', 0)), ['dim: policy rr 9 → other']);
    assert.deepEqual(said(target({ flags: KTHREAD }), to('other', 0)), [
      'dim: has policy other already',
      'warn: kernel thread: the kernel may rely on its policy',
    ]);
  });
  test('of a zombie', () =>
    assert.deepEqual(said(target({ state: 'Z', ppid: 12 }), nice(5)), [
      'warn: is a zombie: only its parent 12 can reap it; it is not scheduled any more',
    ]));
  test('not yet clear: what it has now', () => {
    const present = (kind: Action['kind']): string[] =>
      effectsOf(target({ nice: 4 }), kind, undefined, OWN_PID).map(({ text }) => text);
    assert.deepEqual(present('renice'), ['nice 4']);
    assert.deepEqual(present('affinity'), ['CPUs 0-3']);
    assert.deepEqual(present('signal'), []);
  });
});
