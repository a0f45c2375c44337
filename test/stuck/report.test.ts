import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stacksWanted, stuckWants } from '../../src/stuck/report.ts';
import { missing } from '../../src/units/missing.ts';
import type { MachineFacts } from '../support/model.ts';
import type { Values } from '../support/stat-line.ts';
import { HIDDEN, onlyGroup, onlyTask, outline, type Stuck, Tables, twice } from './tables.ts';

const EXITING = 0x4;
const DUMPCORE = 0x200;
const SIGNALED = 0x400;
const FROZEN = 0x10000;
const KTHREAD = 0x200000;
const FORKNOEXEC = 0x40;

const kernel = (releaseText: string, more: MachineFacts = {}): MachineFacts => ({ releaseText, ...more });
const RT: MachineFacts = { banner: 'Linux version 6.12.9-rt (a@b) #1 SMP PREEMPT_RT Thu' };
const tar: Stuck = { pid: 871, comm: 'tar', state: 'D', wchan: 'rpc_wait_bit_killable' };

describe('in D', () => {
  test('for longer than a moment', () => {
    const report = twice(1, {}, tar, { pid: 5 }, { pid: 6, state: 'R' }).report();
    assert.deepEqual(outline(report), ['uninterruptible:nfs: 871']);
    const { title, words, count, longest, atLeast } = onlyGroup(report);
    assert.deepEqual(
      { title, words, count, longest, atLeast },
      { title: 'NFS server reply', words: 'waits for a reply of an NFS server', count: 1, longest: 1, atLeast: true },
    );
    assert.equal(report.passing, 0);
    assert.deepEqual([...report.counts], [['uninterruptible', 1]]);
  });

  test('a moment is none: it is counted only', () => {
    const tables = new Tables().look(0, { ...tar, state: 'S' }).look(1000, tar);
    assert.deepEqual(outline(tables.report()), []);
    assert.equal(tables.report().passing, 1);
    assert.equal(tables.look(1500, tar).report().passing, 1, 'half a second of quick looks');
    assert.deepEqual(outline(tables.look(2000, tar).report()), ['uninterruptible:nfs: 871']);
  });

  test('the age is at least what was seen, and exact where we saw it begin', () => {
    const unseen = onlyTask(twice(41, {}, tar).report());
    assert.deepEqual([unseen.age, unseen.atLeast, unseen.once], [41, true, false]);
    assert.equal(unseen.sinceMs, 1_700_000_000_000);
    const seen = onlyTask(
      new Tables()
        .look(0, { ...tar, state: 'S' })
        .look(2000, tar)
        .look(14_000, tar)
        .report(),
    );
    assert.deepEqual([seen.age, seen.atLeast], [12, false]);
    assert.equal(seen.sinceMs, 1_700_000_002_000);
  });

  test('at the first sample all are shown, as seen once', () => {
    const report = new Tables().look(0, tar).report();
    assert.equal(onlyTask(report).once, true);
    assert.ok(report.notes.some(note => note.startsWith('One look only')));
  });

  test('a task that comes in D is not stuck before a moment is over', () => {
    const tables = new Tables().look(0, { pid: 1 }).look(1000, { pid: 1 }, tar);
    assert.deepEqual(outline(tables.report()), []);
    assert.deepEqual([tables.look(2000, { pid: 1 }, tar).report()].map(outline)[0], ['uninterruptible:nfs: 871']);
  });

  test('a pid that another task took has no past', () => {
    const tables = new Tables().look(0, tar).look(9000, { ...tar, start_time: 777 });
    assert.deepEqual(outline(tables.report()), []);
    assert.equal(onlyTask(tables.look(10_000, { ...tar, start_time: 777 }).report()).age, 1);
  });

  test('an idle kernel thread in I is none of it', () =>
    assert.deepEqual(
      outline(twice(9, {}, { pid: 9, state: 'I', flags: KTHREAD, wchan: 'worker_thread' }).report()),
      [],
    ));

  test('who uses CPU time in between is told from who hangs', () => {
    const dd = { pid: 3, comm: 'dd', state: 'D', wchan: 'balance_dirty_pages' };
    const busy = new Tables().look(0, { ...dd, stime: 10 }).look(1000, { ...dd, stime: 25 });
    assert.deepEqual(onlyTask(busy.report()).remarks, ['uses CPU time']);
    assert.deepEqual(onlyTask(twice(1, {}, dd).report()).remarks, []);
    const many = { ...dd, num_threads: 2 };
    const sum = new Tables().look(0, { ...many, stime: 10 }).look(1000, { ...many, stime: 25 });
    assert.deepEqual(onlyTask(sum.report()).remarks, [], 'the counters are of all threads');
  });
});

describe('groups', () => {
  test('by what is waited for, the oldest task first; unknown functions by their name', () => {
    const tables = new Tables()
      .look(0, { ...tar, pid: 10 }, { ...tar, pid: 11, state: 'S' }, { pid: 12, state: 'S' }, { pid: 13, state: 'S' })
      .look(
        5000,
        { ...tar, pid: 10 },
        { ...tar, pid: 11, wchan: 'nfs_wait_on_request' },
        { pid: 12, state: 'D' },
        { pid: 13 },
      )
      .look(
        9000,
        { ...tar, pid: 10 },
        { ...tar, pid: 11, wchan: 'nfs_wait_on_request' },
        { pid: 12, state: 'D', wchan: 'foo_drv_wait' },
        { pid: 13, state: 'D', wchan: 'folio_wait_bit_common' },
      )
      .look(
        19_000,
        { ...tar, pid: 10 },
        { ...tar, pid: 11, wchan: 'nfs_wait_on_request' },
        { pid: 12, state: 'D', wchan: 'foo_drv_wait' },
        { pid: 13, state: 'D', wchan: 'folio_wait_bit_common' },
      );
    const { groups } = tables.report();
    assert.deepEqual(
      groups.map(({ id, tasks, longest }) => [id, tasks.map(({ tid }) => tid), longest]),
      [
        ['uninterruptible:nfs', [10, 11], 19],
        ['uninterruptible:foo_drv_wait', [12], 14],
        ['uninterruptible:page', [13], 10],
      ],
    );
    assert.equal(groups[1]!.title, 'foo_drv_wait');
    assert.equal(groups[1]!.family, undefined);
  });

  test('graver kinds go first, however old the others are', () => {
    const stopped = { pid: 1, state: 'T' };
    const exiting = { pid: 2, state: 'D', flags: EXITING, wchan: 'usb_kill_urb' };
    const tables = new Tables()
      .look(0, stopped, { ...exiting, state: 'S', flags: 0 }, { ...tar, state: 'S' })
      .look(60_000, stopped, exiting, tar)
      .look(62_000, stopped, exiting, tar);
    assert.deepEqual(outline(tables.report()), ['uninterruptible:nfs: 871', 'exiting:usb: 2', 'stopped: 1']);
  });

  test('what other releases call the function', () => {
    const { otherNames } = onlyGroup(twice(1, {}, { pid: 1, state: 'D', wchan: 'wait_on_page_bit_common' }).report());
    assert.deepEqual(otherNames.at(-1), { name: 'folio_wait_bit_common', first: '5.16', last: null });
    assert.ok(otherNames.every(({ name }) => name !== 'wait_on_page_bit_common'));
  });

  test('the stack tells where the name of the function does not', () => {
    const tables = twice(
      1,
      {},
      { pid: 7, state: 'D', wchan: 'wait_for_completion' },
      { pid: 8, state: 'D', wchan: 'odd' },
    );
    const frames = ['[<0>] wait_for_completion+0x24/0x30', '[<0>] usb_sg_wait+0x1a/0x40 [usbcore]'];
    const stacks = new Map([['7/7', frames]]);
    assert.deepEqual(outline(tables.report()), ['uninterruptible:event: 7', 'uninterruptible:odd: 8']);
    assert.deepEqual(outline(tables.report({ stacks })), ['uninterruptible:odd: 8', 'uninterruptible:usb: 7']);
    assert.deepEqual(tables.report({ stacks }).groups[1]!.tasks[0]!.stack, frames);
  });
});

describe('exiting, not gone', () => {
  test('killed, and held by a driver', () => {
    const flags = EXITING | SIGNALED | DUMPCORE;
    const alive = { pid: 4, state: 'S', comm: 'cam' };
    const tables = new Tables().look(0, alive).look(1000, { ...alive, flags, state: 'D', wchan: 'usb_kill_urb' });
    assert.deepEqual(outline(tables.report()), []);
    tables.look(43_000, { ...alive, flags, state: 'D', wchan: 'usb_kill_urb' });
    const task = onlyTask(tables.report());
    assert.deepEqual([task.kind, task.age, task.atLeast], ['exiting', 42, false]);
    assert.deepEqual(task.flagWords, ['exiting', 'killed by a signal', 'core dump']);
    const { title, words } = onlyGroup(tables.report());
    assert.equal(title, 'exiting: USB device');
    assert.equal(words, 'is exiting, and waits for a USB device');
  });

  test('also in R or S; a change of state does not make it young', () => {
    const gone = { pid: 4, flags: EXITING };
    const tables = new Tables().look(0, { ...gone, state: 'R' }).look(3000, { ...gone, state: 'S' });
    tables.look(3500, { ...gone, state: 'R' });
    const task = onlyTask(tables.report());
    assert.deepEqual([task.kind, task.age, task.atLeast], ['exiting', 3.5, true]);
    assert.equal(onlyGroup(tables.report()).title, 'exiting, not gone');
  });

  test('a zombie that waits for its parent is none', () =>
    assert.deepEqual(outline(twice(99, {}, { pid: 4, state: 'Z', flags: EXITING }).report()), []));
});

describe('the zombie that is none', () => {
  const leader = { pid: 50, comm: 'srv', state: 'Z', flags: EXITING, num_threads: 3 };

  test('is told with its live threads; one in D stands with those that wait', () => {
    const stuck = { tgid: 50, pid: 51, state: 'D', wchan: 'mlx5_cmd_exec', num_threads: 3 };
    const idle = { tgid: 50, pid: 52, state: 'S', num_threads: 3 };
    const ended = { tgid: 50, pid: 50, state: 'Z', flags: EXITING, num_threads: 3 };
    const tables = twice(5, {}, leader).round(0, ended, stuck, idle).round(4000, ended, stuck, idle);
    const report = tables.report();
    assert.deepEqual(outline(report), ['uninterruptible:mlx5_cmd_exec: 51', 'false-zombie: 50 52']);
    assert.deepEqual(
      report.groups[1]!.tasks.map(({ remarks }) => remarks),
      [['2 threads live (1 D: mlx5_cmd_exec, 1 S)'], ['lives']],
    );
    assert.equal(report.groups[1]!.count, 1, 'one process');
  });

  test('without threads read, it is told alone', () =>
    assert.deepEqual(onlyTask(twice(5, {}, { ...leader, num_threads: 2 }).report()).remarks, ['1 thread lives']));
});

describe('threads', () => {
  const busy = { pid: 60, comm: 'db', num_threads: 3 };

  test('one in D behind a first thread that sleeps; the first one is told once', () => {
    const thread = { tgid: 60, pid: 61, comm: 'db-io', state: 'D', wchan: 'blk_mq_get_tag' };
    const first = { tgid: 60, pid: 60, comm: 'db', state: 'D', wchan: 'blk_mq_get_tag', num_threads: 3 };
    const asleep = twice(5, {}, busy).round(0, thread).round(4000, thread);
    const task = onlyTask(asleep.report({ roundSeconds: 1 }));
    assert.deepEqual([task.pid, task.tid, task.comm, task.age], [60, 61, 'db-io', 4]);
    assert.deepEqual(asleep.report({ roundSeconds: 1 }).looked.roundSeconds, 1);
    const both = twice(5, {}, { ...busy, state: 'D', wchan: 'blk_mq_get_tag' }).round(0, first, thread);
    assert.deepEqual(outline(both.round(4000, first, thread).report()), ['uninterruptible:block: 60 61']);
  });

  test('the first round has seen them once', () => {
    const tables = twice(5, {}, busy).round(4000, { tgid: 60, pid: 61, state: 'D' });
    assert.equal(onlyTask(tables.report()).once, true);
  });

  test('a first thread whose process is not in the other table is told', () => {
    const first = { tgid: 60, pid: 60, state: 'D', wchan: 'nfs_file_fsync' };
    assert.deepEqual(outline(twice(5, {}).round(0, first).round(2000, first).report()), ['uninterruptible:nfs: 60']);
  });

  test('threads of a stopped process are a number', () => {
    const all = [61, 62].map(pid => ({ tgid: 60, pid, state: 'T' }));
    const tables = twice(5, {}, { ...busy, state: 'T' })
      .round(0, ...all)
      .round(2000, ...all);
    assert.equal(onlyTask(tables.report()).alike, 2);
    assert.equal(onlyGroup(tables.report()).count, 3);
  });

  test('since when a thread is so is told by the time of its read', () => {
    const tables = twice(9, {}, busy).round(0, { tgid: 60, pid: 61 });
    tables.round(2000, { tgid: 60, pid: 61, state: 'D' }).round(8000, { tgid: 60, pid: 61, state: 'D' });
    assert.equal(onlyTask(tables.report()).sinceMs, 1_700_000_002_000);
  });
});

describe('stopped and traced', () => {
  test('a debugger is named', () => {
    const traced = { pid: 8, state: 't', wchan: 'ptrace_stop', status: 'Name:\ttask\nTracerPid:\t4711\n' };
    const task = onlyTask(twice(3, {}, traced).report());
    assert.deepEqual([task.kind, task.remarks], ['traced', ['by 4711']]);
  });
  test('by a signal', () => assert.equal(onlyTask(twice(3, {}, { pid: 8, state: 'T' }).report()).kind, 'stopped'));
});

describe('frozen is no hang', () => {
  const kindIn = (release: string, task: Values): string =>
    twice(3, kernel(release), { pid: 1, ...task })
      .report()
      .groups.map(({ kind }) => kind)
      .join();

  test('suspend and cgroup v1: D in the refrigerator, by name or by flag', () => {
    assert.equal(kindIn('2.6.39', { state: 'D', wchan: 'refrigerator' }), 'frozen');
    assert.equal(kindIn('5.10.0', { state: 'D', wchan: '__refrigerator' }), 'frozen');
    assert.equal(kindIn('5.10.0', { state: 'D', wchan: HIDDEN, flags: FROZEN }), 'frozen');
    // the bit means something else since 6.1
    assert.equal(kindIn('6.18.0', { state: 'D', wchan: 'msleep', flags: FROZEN }), 'uninterruptible');
  });

  test('from 6.1 on a task stays where it slept: only the freezer makes a poll uninterruptible', () => {
    assert.equal(kindIn('6.18.0', { state: 'D', wchan: 'poll_schedule_timeout.constprop.0' }), 'frozen');
    assert.equal(kindIn('6.18.0', { state: 'D', wchan: 'futex_do_wait' }), 'frozen');
    assert.equal(
      kindIn('6.18.44', { state: 'D', wchan: 'hrtimer_nanosleep' }),
      'frozen',
      'seen in freezer.state FROZEN',
    );
    assert.equal(kindIn('5.10.0', { state: 'D', wchan: 'futex_wait_queue_me' }), 'uninterruptible');
    assert.equal(kindIn('6.18.0', { state: 'D', wchan: 'futex_lock_pi' }), 'uninterruptible');
    assert.equal(kindIn('6.18.0', { state: 'D', wchan: 'pipe_write' }), 'uninterruptible', 'the lock of the pipe');
  });

  test('6.1 to 6.12 could show R', () => {
    assert.equal(kindIn('6.1.0', { state: 'R', wchan: '__refrigerator' }), 'frozen');
    assert.equal(kindIn('6.1.0', { state: 'R', wchan: 'do_epoll_wait' }), 'frozen');
    assert.equal(kindIn('6.18.0', { state: 'R', wchan: '__refrigerator' }), '');
    const runs = new Tables(kernel('6.1.0'))
      .look(0, { pid: 1, state: 'R', utime: 5, wchan: 'do_epoll_wait' })
      .look(3000, { pid: 1, state: 'R', utime: 200, wchan: 'do_epoll_wait' });
    assert.deepEqual(outline(runs.report()), [], 'it runs');
  });

  test('cgroup v2: S in its own trap', () => {
    assert.equal(kindIn('6.18.0', { state: 'S', wchan: 'do_freezer_trap' }), 'frozen');
    assert.equal(kindIn('5.10.0', { state: 'S', wchan: 'do_freezer_trap' }), 'frozen');
    assert.equal(kindIn('6.18.44', { state: 'S', wchan: 'get_signal' }), 'frozen', 'as x86-64 kernels show it');
    assert.equal(kindIn('4.19.0', { state: 'S', wchan: 'get_signal' }), '');
    assert.equal(kindIn('6.18.44', { state: 'T', wchan: 'get_signal' }), 'stopped');
    assert.equal(kindIn('6.18.0', { state: 'S', wchan: 'poll_schedule_timeout' }), '');
  });
});

describe('PREEMPT_RT', () => {
  const waiter = { pid: 2, state: 'D', wchan: 'rt_spin_lock' };

  test('a wait for a spin lock is no real D, and only there', () => {
    assert.equal(onlyTask(twice(2, RT, waiter).report()).kind, 'rt-lock');
    assert.equal(onlyTask(twice(2, {}, waiter).report()).kind, 'uninterruptible');
    const old = { banner: 'Linux version 4.19.1-rt3 (a@b) #1 SMP PREEMPT RT Thu' };
    assert.equal(onlyTask(twice(2, old, { ...waiter, wchan: 'rt_spin_lock_slowlock' }).report()).kind, 'rt-lock');
    assert.equal(onlyTask(twice(2, RT, { ...waiter, wchan: 'rwsem_down_read' }).report()).kind, 'uninterruptible');
  });

  test('the lock functions are the scheduler’s own: mostly only the stack tells', () => {
    const tables = twice(2, RT, { ...waiter, wchan: 'lock_sock_nested' });
    assert.equal(onlyTask(tables.report()).kind, 'uninterruptible');
    assert.ok(tables.report().notes.some(note => note.startsWith('PREEMPT_RT')));
    const locked = ['schedule_rtlock+0x1c/0x40', 'rtlock_slowlock_locked+0x3d2/0xd40', 'rt_spin_lock+0x6c/0xb0'];
    const stacks = new Map([['2/2', locked.map(frame => `[<0>] ${frame}`)]]);
    assert.equal(onlyTask(tables.report({ stacks })).kind, 'rt-lock');
    const rwlock = new Map([
      ['2/2', ['[<0>] schedule+0x3d/0xd0', '[<0>] rwbase_write_lock+0x1/0x2', '[<0>] rt_write_lock+0x1/0x2']],
    ]);
    assert.equal(onlyTask(tables.report({ stacks: rwlock })).kind, 'rt-lock');
    const semaphore = new Map([
      ['2/2', ['[<0>] schedule+0x3d/0xd0', '[<0>] rwbase_write_lock+0x1/0x2', '[<0>] down_write+0x1/0x2']],
    ]);
    assert.equal(onlyTask(tables.report({ stacks: semaphore })).kind, 'uninterruptible');
  });
});

test('a vfork parent names its child', () => {
  const parent = { pid: 30, state: 'D', wchan: 'kernel_clone' };
  const older = { pid: 31, ppid: 30, comm: 'worker', flags: FORKNOEXEC, start_time: 200 };
  const child = { pid: 32, ppid: 30, comm: 'sh', state: 'T', flags: FORKNOEXEC, start_time: 300 };
  const other = { pid: 33, ppid: 30, comm: 'ran', start_time: 400 };
  const report = twice(2, {}, parent, older, child, other).report();
  assert.deepEqual(outline(report), ['vfork: 30', 'stopped: 32']);
  assert.deepEqual(report.groups[0]!.tasks[0]!.remarks, ['child 32 sh (T)']);
  for (const wchan of ['do_fork', '_do_fork', 'wait_for_vfork_done'])
    assert.equal(onlyTask(twice(2, {}, { ...parent, wchan }).report()).kind, 'vfork', wchan);
});

describe('at rest in D', () => {
  const kindOf = (task: Values): string => onlyTask(twice(2, {}, { pid: 72, state: 'D', ...task }).report()).kind;

  test('kernel threads that do so by design', () => {
    assert.equal(kindOf({ comm: 'vchiq-keep/0', flags: KTHREAD, wchan: '0' }), 'resting');
    assert.equal(kindOf({ comm: 'venc0_P0_MAIN', flags: KTHREAD, wchan: 'MI_SYS_Wait' }), 'resting');
    assert.equal(kindOf({ comm: 'RGN BUF WQ', flags: KTHREAD, wchan: '0' }), 'resting');
    assert.equal(kindOf({ comm: 'never-started', flags: KTHREAD, wchan: 'kthread' }), 'resting');
    assert.equal(kindOf({ comm: 'kworker/0:1', flags: KTHREAD, wchan: 'worker_thread' }), 'resting', '4.2 to 4.13');
  });
  test('programs that call themselves so, and workers that work, are not', () => {
    assert.equal(kindOf({ comm: 'vchiq-keep/0', wchan: 'msleep' }), 'uninterruptible');
    assert.equal(kindOf({ comm: 'kworker/0:1+mmc', flags: KTHREAD, wchan: '__mmc_claim_host' }), 'uninterruptible');
  });
});

describe('what cannot be seen', () => {
  test('hidden wait channels have a group and a note', () => {
    const report = twice(
      2,
      { ownUid: 1000, mayPtrace: false },
      { pid: 3, state: 'D', startcode: 1, wchan: '0' },
    ).report();
    assert.equal(onlyGroup(report).title, 'hidden from us');
    assert.deepEqual(onlyTask(report).wchan, missing('no-permission'));
    assert.ok(report.notes.some(note => note.startsWith('The wait channels of 1 task are hidden')));
  });
  test('a kernel without names', () => {
    const report = twice(2, {}, { pid: 3, state: 'D', wchan: '0' }).report();
    assert.ok(report.notes.some(note => note.startsWith('This kernel names no wait channels')));
  });
  test('stacks that are not permitted, or not read in time', () => {
    const tables = twice(2, {}, tar, { ...tar, pid: 872 });
    const stacks = new Map([
      ['871/871', missing('no-permission')],
      ['872/872', missing('could-block')],
    ]);
    const { notes } = tables.report({ stacks });
    assert.ok(notes.some(note => note.startsWith('Kernel stacks need root')));
    assert.ok(notes.some(note => note.startsWith('Some kernel stacks')));
  });
  test('threads that were not looked at, tasks that are hidden', () => {
    const report = twice(2, {}).report();
    assert.ok(report.notes.some(note => note.startsWith('Threads were not looked at')));
    assert.equal(report.looked.threads, undefined);
    assert.deepEqual(outline(report), []);
  });
});

describe('what is to be read', () => {
  const wants = (task: Values, release = '6.18.0', sleepers = false): string => {
    const { cursor } = twice(1, kernel(release), { pid: 1, ...task }).processes;
    return stuckWants(cursor, 0, sleepers).join(' ');
  };
  test('wait channel and owner of what may be stuck, nothing of the others', () => {
    for (const state of ['D', 'T', 't']) assert.equal(wants({ state }), 'wchan status', state);
    assert.equal(wants({ state: 'R', flags: EXITING }), 'wchan status');
    assert.equal(wants({ state: 'S' }), '');
    assert.equal(wants({ state: 'R' }), '');
    assert.equal(wants({ state: 'I', flags: KTHREAD }), '');
    assert.equal(wants({ state: 'Z', flags: EXITING }), '');
    assert.equal(wants({ state: 'Z', flags: EXITING, num_threads: 2 }), 'status');
    assert.equal(wants({ state: 'R' }, '6.1.0'), 'wchan', 'a frozen task may show R');
  });
  test('sleepers when cgroup v2 may have frozen them', () => {
    assert.equal(wants({ state: 'S' }, '6.18.0', true), 'wchan');
    assert.equal(wants({ state: 'S', flags: KTHREAD }, '6.18.0', true), '');
  });
  test('stacks: each group gets its oldest first', () => {
    const tasks = [1, 2, 3].map(pid => ({ ...tar, pid }));
    const report = twice(
      2,
      {},
      ...tasks,
      { pid: 9, state: 'D', wchan: 'mmc_wait_for_req' },
      { pid: 10, state: 'T' },
    ).report();
    assert.deepEqual(
      stacksWanted(report, 3).map(({ tgid, tid }) => `${tgid}/${tid}`),
      ['9/9', '1/1', '2/2'],
    );
    assert.equal(stacksWanted(report).length, 4);
  });
});

test('names are exact in the report, whatever they hold', () => {
  const comm = 'a) D (\u001b[2J';
  const task = onlyTask(twice(2, {}, { ...tar, comm }).report());
  assert.equal(task.comm, comm);
});
