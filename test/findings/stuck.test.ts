/** Tasks that stand still: in D, exiting, starved, frozen, with a pending signal. Each rule beside its healthy neighbours. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type MadeTask, idsOf, K, one, RANDOMIZE, status, systemFiles, Watched } from './watching.ts';

const inD = (pid: number, wchan: string, more: Partial<MadeTask> = {}): MadeTask => ({
  pid,
  ...more,
  stat: { state: 'D', comm: 'tar', utime: 50, stime: 20, ...more.stat },
  files: { wchan, ...more.files },
});
const steady = (...tasks: MadeTask[]) => ({ processes: tasks });
const threaded = (processes: MadeTask[], threads: MadeTask[]) => ({ processes, threads });

describe('stuck in D', () => {
  it('after 10 s without having run, by wait channel, with words for it', () => {
    const watched = new Watched();
    const scene = steady(
      inD(871, 'rpc_wait_bit_killable'),
      inD(872, 'rpc_wait_bit_killable', { stat: { comm: 'ls' } }),
    );
    const findings = watched.run(0, 14, () => scene);
    assert.deepEqual(watched.secondsOf('stuck-d'), [10, 11, 12, 13, 14]);
    const found = one(findings, 'stuck-d');
    assert.deepEqual(idsOf(findings), ['stuck-d']);
    assert.equal(found.severity, 'serious');
    assert.deepEqual(
      found.tasks.map(({ pid, comm, user, startTicks }) => [pid, comm, user, startTicks]),
      [
        [871, 'tar', '1000', 100],
        [872, 'ls', '1000', 100],
      ],
    );
    assert.equal(found.since.ms, 0);
    assert.match(found.evidence[0]!, /^2 tasks in D in rpc_wait_bit_killable .* for 14s, since \d\d:\d\d:\d\d\.$/);
    assert.equal(found.evidence[1], 'Each waits for a reply of an NFS server.');
    assert.ok(found.look.includes('taskscope show 871 --page kernel'));
    assert.deepEqual(found.values, {
      tasks: 2,
      wchan_name: 'rpc_wait_bit_killable',
      held: 14,
      since: 1_700_000_000,
      waits: 'waits for a reply of an NFS server',
    });
  });

  it('begins when it was first seen so, and two wait channels are two findings', () => {
    const watched = new Watched();
    watched.run(0, 20, second =>
      steady(
        second < 5 ? { pid: 1, stat: { utime: 50, stime: 20 } } : inD(1, 'nfs4_wait_clnt_recover'),
        inD(2, 'mmc_wait_for_req'),
      ),
    );
    assert.equal(watched.watch.findings.length, 2);
    assert.deepEqual(
      watched.watch.findings.map(({ since }) => since.ms),
      [0, 5000],
    );
    assert.deepEqual(watched.secondsOf('stuck-d')[0], 10);
  });

  it('not while it is switched in again and again: a copy that does I/O', () => {
    for (const moving of [
      (second: number): MadeTask =>
        inD(1, 'folio_wait_bit_common', { files: { status: status({ voluntary: second }) } }),
      (second: number): MadeTask => inD(1, 'folio_wait_bit_common', { stat: { stime: second } }),
      (second: number): MadeTask => inD(1, 'folio_wait_bit_common', { stat: { min_flt: second } }),
      (second: number): MadeTask => inD(1, second % 2 === 0 ? 'io_schedule' : 'folio_wait_bit_common'),
    ]) {
      const watched = new Watched();
      assert.deepEqual(
        watched.run(0, 60, second => steady(moving(second))),
        [],
      );
    }
  });

  it('a parent in vfork is a note that names its child, and only after 20 s', () => {
    const child: MadeTask = { pid: 61, stat: { ppid: 60, comm: 'helper', flags: RANDOMIZE | K.noexec } };
    const watched = new Watched();
    const findings = watched.run(0, 25, () => steady(inD(60, 'kernel_clone'), child));
    assert.deepEqual(idsOf(findings), ['vfork']);
    assert.equal(findings[0]!.severity, 'note');
    assert.equal(findings[0]!.evidence[1], 'Its children at this moment: helper.');
    assert.equal(watched.secondsOf('vfork')[0], 20);
  });

  it('not kernel threads that rest in D', () => {
    const kernel = { flags: K.kthread | K.noexec | 0x8000, vsize: 0 };
    const findings = new Watched().run(0, 90, () =>
      steady(
        inD(3, 'kthread', { stat: { ...kernel, comm: 'hwrng' } }),
        inD(4, 'remote_event_wait', { stat: { ...kernel, comm: 'VCHIQ-0' } }),
        inD(5, 'worker_thread', { stat: { ...kernel, comm: 'kworker/0:0', flags: kernel.flags | K.worker } }),
        inD(6, 'mmc_queue_thread', { stat: { ...kernel, comm: 'mmcqd/0' } }),
      ),
    );
    assert.deepEqual(findings, []);
  });

  it('a kernel worker that waits for a device', () => {
    const worker = inD(43, '__mmc_claim_host', {
      stat: { flags: K.kthread | K.worker | K.noexec, vsize: 0, comm: 'kworker/0:1+events' },
    });
    const watched = new Watched();
    const found = one(
      watched.run(0, 25, () => steady(worker)),
      'stuck-kthread',
    );
    assert.match(found.evidence[0]!, /^1 task of the kernel in D in __mmc_claim_host/);
    assert.deepEqual(watched.secondsOf('stuck-kthread')[0], 20);
  });

  it('a thread beside the first one, told with its process', () => {
    const threads = [
      { pid: 10, tgid: 10, stat: { num_threads: 2 } },
      { ...inD(11, 'usb_kill_urb', { stat: { num_threads: 2, comm: 'reader' } }), tgid: 10 },
    ];
    const found = one(
      new Watched().run(0, 12, () => threaded([{ pid: 10, stat: { num_threads: 2 } }], threads)),
      'stuck-d',
    );
    assert.deepEqual(
      found.tasks.map(({ pid, tgid }) => [pid, tgid]),
      [[11, 10]],
    );
  });

  it('a first thread in D is told once, not in its process and as a thread', () => {
    const leader = inD(10, 'usb_kill_urb', { stat: { num_threads: 2 } });
    const found = one(
      new Watched().run(0, 12, () => threaded([leader], [{ ...leader, tgid: 10 }])),
      'stuck-d',
    );
    assert.equal(found.count, 1);
  });

  it('without the right to see where: a note that says so', () => {
    const watched = new Watched();
    const hidden: MadeTask = { pid: 5, stat: { state: 'D' }, files: {} };
    const findings = watched.run(0, 30, () => steady(hidden));
    assert.deepEqual(idsOf(findings), ['stuck-unnamed']);
    assert.equal(one(findings, 'stuck-unnamed').severity, 'note');
    assert.deepEqual(watched.secondsOf('stuck-unnamed')[0], 20);
  });

  it('nothing was read: no finding', () => {
    const watched = new Watched();
    for (let second = 0; second < 60; second++) watched.sample(second, steady(inD(1, 'usb_kill_urb')), false);
    assert.deepEqual(watched.watch.findings, []);
  });

  it('what was read for an older sample does not stand for this one', () => {
    const watched = new Watched();
    for (let second = 0; second < 60; second++) watched.sample(second, steady(inD(1, 'usb_kill_urb')), second === 0);
    assert.deepEqual(watched.watch.findings, []);
  });
});

describe('a reused pid starts anew', () => {
  it('in the same seat', () => {
    const watched = new Watched();
    watched.run(0, 13, second => steady(inD(9, 'usb_kill_urb', { stat: { start_time: second < 8 ? 100 : 5000 } })));
    assert.deepEqual(watched.watch.findings, []);
    watched.run(14, 18, () => steady(inD(9, 'usb_kill_urb', { stat: { start_time: 5000 } })));
    const found = one(watched.watch.findings, 'stuck-d');
    assert.deepEqual([found.tasks[0]!.startTicks, found.since.ms], [5000, 8000]);
  });
});

describe('the end of a finding', () => {
  const watched = new Watched();
  it('is told with its time, for five minutes', () => {
    watched.run(0, 15, () => steady(inD(1, 'usb_kill_urb')));
    watched.sample(16, steady({ pid: 1 }));
    const [ended] = watched.watch.findings;
    assert.deepEqual([ended!.ended!.ms, ended!.since.ms, ended!.last.ms], [16_000, 0, 15_000]);
    assert.deepEqual(idsOf(watched.watch.findings), []);
    watched.sample(315, steady({ pid: 1 }));
    assert.equal(watched.watch.findings.length, 1);
    watched.sample(316, steady({ pid: 1 }));
    assert.deepEqual(watched.watch.findings, []);
  });

  it('a second time is a finding of its own', () => {
    watched.run(320, 335, () => steady(inD(1, 'usb_kill_urb')));
    watched.sample(336, steady({ pid: 1 }));
    watched.run(337, 350, () => steady(inD(1, 'usb_kill_urb')));
    assert.deepEqual(
      watched.watch.findings.map(({ since, ended }) => [since.ms, ended?.ms]),
      [
        [337_000, undefined],
        [320_000, 336_000],
      ],
    );
  });
});

describe('stuck in exit', () => {
  const dying = (wchan: string, more: MadeTask['stat'] = {}): MadeTask =>
    inD(7, wchan, { stat: { flags: RANDOMIZE | K.exiting | 0x400, vsize: 0, rss: 0, ...more } });
  it('is told after 10 s, and not as stuck in D beside it', () => {
    const watched = new Watched();
    const findings = watched.run(0, 11, () => steady(dying('usb_kill_urb')));
    assert.deepEqual(idsOf(findings), ['stuck-exit']);
    assert.match(findings[0]!.evidence[0]!, /PF_EXITING in usb_kill_urb.*memory left: 0 bytes/);
    assert.deepEqual(watched.secondsOf('stuck-exit'), [10, 11]);
  });
  it('the first task of a pid namespace that waits for the others', () => {
    const findings = new Watched().run(0, 11, () => steady(dying('zap_pid_ns_processes', { state: 'S' })));
    assert.deepEqual(idsOf(findings), ['stuck-exit']);
  });
  it('not while a core is written, nor for a zombie, nor while memory is freed', () => {
    for (const task of [
      () => dying('coredump_task_exit'),
      () => dying('exit_mm'),
      (second: number) => dying('0', { state: 'R', stime: second * 100 }),
    ])
      assert.deepEqual(
        new Watched().run(0, 40, second => steady(task(second))),
        [],
      );
  });
});

describe('frozen', () => {
  it('in D, told apart from a hang: by the refrigerator, or in place since 6.1', () => {
    for (const wchan of ['__refrigerator', 'do_epoll_wait', 'futex_wait_queue', 'hrtimer_nanosleep']) {
      const task = inD(3, wchan, { files: { cgroup: '0::/docker/x\n' } });
      const findings = new Watched().run(0, 12, () => steady(task));
      assert.deepEqual(idsOf(findings), ['frozen'], wchan);
      assert.equal(findings[0]!.severity, 'note');
      assert.equal(findings[0]!.evidence[1], 'Control group: /docker/x.');
    }
  });

  it('in S in a frozen group of version 2; the wait channels are read in turn', () => {
    const task: MadeTask = { pid: 3, files: { wchan: 'get_signal', cgroup: '0::/app.slice\n' } };
    const others = Array.from({ length: 999 }, (_, at): MadeTask => ({ pid: 100 + at, files: { wchan: 'do_wait' } }));
    const watched = new Watched();
    const findings = watched.run(0, 20, () => steady(task, ...others));
    assert.deepEqual(idsOf(findings), ['frozen-group']);
    // a quarter of the thousand, and the one that was found
    assert.ok(watched.asked.length <= 253 && watched.asked.includes('3 cgroup'), String(watched.asked.length));
  });
});

describe('starved', () => {
  const ready: MadeTask = {
    pid: 20,
    stat: { state: 'R', comm: 'worker', processor: 1, utime: 70 },
    files: { wchan: '0', status: status({ voluntary: 9, nonvoluntary: 2 }) },
  };
  const hog = (second: number): MadeTask => ({
    pid: 21,
    stat: { state: 'R', comm: 'spin', processor: 1, utime: second * 99, policy: 1, rt_priority: 50, priority: -51 },
    files: { wchan: '0', status: status({ nonvoluntary: second }), schedstat: '1 1 1\n' },
  });
  const busy = (second: number) => ({ system: systemFiles(second, 100) });

  it('in R and not switched in for 5 s, while another has its CPU; and the real-time task that has it', () => {
    const findings = new Watched().run(0, 12, second => ({ ...steady(ready, hog(second)), ...busy(second) }));
    assert.deepEqual(idsOf(findings).sort(), ['rt-hog', 'starved']);
    assert.deepEqual(one(findings, 'starved').evidence.slice(1), [
      'On CPU 1 meanwhile: spin (21) 99.0 % (fifo, priority -51).',
    ]);
    const { evidence } = one(findings, 'rt-hog');
    assert.match(evidence[0]!, /^spin \(21\), fifo with priority 50, uses 99\.0 % of CPU 1 for 11s/);
  });

  it('with the few percent that the limits of real-time tasks leave', () => {
    const victim = (second: number): MadeTask => ({
      ...ready,
      stat: { ...ready.stat, utime: second * 5 },
      files: {
        wchan: '0',
        status: status({ nonvoluntary: second * 5 }),
        schedstat: `${second * 5e7} ${second * 9.5e8} ${second * 5}\n`,
      },
    });
    const scene = (second: number, by: MadeTask) => ({ ...steady(victim(second), by), ...busy(second) });
    const found = one(
      new Watched().run(0, 12, second => scene(second, hog(second))),
      'starved-rt',
    );
    assert.match(
      found.evidence[0]!,
      /^worker \(20\) is in R on CPU 1, and was ready but not running 95\.0 % of the time/,
    );
    assert.equal(found.evidence[1], 'On CPU 1 meanwhile: spin (21) 99.0 % (fifo, priority -51).');
    // the same beside a common task: it has its turn
    const other = (second: number): MadeTask => ({ ...hog(second), stat: { ...hog(second).stat, policy: 0 } });
    const fair = new Watched().run(0, 12, second => scene(second, other(second)));
    assert.ok(!idsOf(fair).includes('starved-rt'));
  });

  it('not on a crowded machine, where each has its turn', () => {
    const share = (pid: number, second: number): MadeTask => ({
      pid,
      stat: { state: 'R', processor: 1, utime: Math.floor((second * 100) / 32), comm: 'cc1' },
      files: { wchan: '0', status: status({ nonvoluntary: second * 5 + pid }) },
    });
    const all = (second: number) => Array.from({ length: 32 }, (_, at) => share(100 + at, second));
    const findings = new Watched().run(0, 30, second => ({ ...steady(...all(second)), ...busy(second) }));
    assert.deepEqual(findings, []);
  });

  it('not on an idle CPU, not with SCHED_IDLE or a high nice value, not when frozen in R', () => {
    const idle = new Watched().run(0, 20, second => ({ ...steady(ready), system: systemFiles(second, 5) }));
    assert.deepEqual(idle, []);
    for (const task of [
      { ...ready, stat: { ...ready.stat, policy: 5 } },
      { ...ready, stat: { ...ready.stat, nice: 19, priority: 39 } },
      { ...ready, files: { ...ready.files, wchan: '__refrigerator' } },
    ])
      assert.deepEqual(
        new Watched().run(0, 20, second => ({ ...steady(task), ...busy(second) })),
        [],
      );
  });

  it('a real-time task that gets no CPU for much of the time', () => {
    const delayed = (second: number): MadeTask => ({
      pid: 30,
      stat: { state: 'R', policy: 1, rt_priority: 10, utime: second * 40, comm: 'audio' },
      files: { schedstat: `${second * 4e8} ${second * 6e8} ${second}\n`, wchan: '0' },
    });
    const found = one(
      new Watched().run(0, 15, second => steady(delayed(second))),
      'rt-delayed',
    );
    assert.match(found.evidence[0]!, /audio \(30\), fifo with priority 10, was ready but not running 60\.0 %/);
  });
});

describe('a signal that is pending and blocked', () => {
  const TERM = '4000';
  const blocking = (stat: MadeTask['stat'], masks: Parameters<typeof status>[0]): MadeTask => ({
    pid: 50,
    stat: { blocked: 0x4000, ...stat },
    files: { status: status(masks) },
  });

  it('for the only thread', () => {
    const watched = new Watched();
    const findings = watched.run(0, 16, () => steady(blocking({}, { shared: TERM, blocked: TERM })));
    assert.deepEqual(watched.secondsOf('signal-blocked'), [15, 16]);
    assert.match(one(findings, 'signal-blocked').evidence[0]!, /blocked by its only thread: SIGTERM\.$/);
  });

  it('for all threads of a process, or not when one of them takes it', () => {
    const leader = blocking({ num_threads: 2 }, { shared: TERM, blocked: TERM });
    const scene = (second: number) =>
      threaded(
        [leader],
        [
          { ...leader, tgid: 50 },
          { pid: 51, tgid: 50, stat: { blocked: second, num_threads: 2 } },
        ],
      );
    const found = one(
      new Watched().run(0, 16, () => scene(0x4000)),
      'signal-blocked',
    );
    assert.match(found.evidence[0]!, /blocked by all of its 2 threads: SIGTERM/);
    assert.deepEqual(
      new Watched().run(0, 16, () => scene(0)),
      [],
    );
    // the threads are not known
    assert.deepEqual(
      new Watched().run(0, 16, () => steady(leader)),
      [],
    );
  });

  it('for a thread alone', () => {
    const masks = { pending: TERM, blocked: TERM };
    const thread = { ...blocking({ num_threads: 2, signal: 0x4000 }, masks), pid: 52, tgid: 50 };
    const scene = threaded([{ pid: 50, stat: { num_threads: 2 } }], [thread]);
    const found = one(
      new Watched().run(0, 16, () => scene),
      'signal-blocked',
    );
    assert.equal(found.tasks[0]!.pid, 52);
  });

  it('not what is left pending as a habit, ignored, or only blocked', () => {
    for (const masks of [
      { shared: '1000', blocked: '1000' }, // SIGPIPE
      { shared: '10000', blocked: '10000' }, // SIGCHLD
      { shared: TERM, blocked: TERM, ignored: TERM },
      { blocked: 'fffffffe7ffbfeff' },
      { shared: TERM, blocked: '2' },
    ])
      assert.deepEqual(
        new Watched().run(0, 40, () => steady(blocking({}, masks))),
        [],
      );
  });

  it('status is read only where stat shows a sign', () => {
    const watched = new Watched();
    watched.run(0, 3, () =>
      steady({ pid: 1 }, { pid: 2, stat: { blocked: 1 } }, { pid: 3, stat: { blocked: 0x1000 } }),
    );
    assert.deepEqual(
      watched.asked.filter(file => file.endsWith('status')),
      ['2 status'],
    );
  });
});

describe('an allocation scope that stays set', () => {
  const NOIO = 0x80000;
  it('on a sleeping task', () => {
    const task = inD(60, 'reclaim_throttle', { stat: { flags: RANDOMIZE | NOIO | 0x800, state: 'S' } });
    const findings = new Watched().run(0, 10, () => steady(task));
    assert.deepEqual(idsOf(findings), ['memalloc-scope']);
    assert.match(findings[0]!.evidence[0]!, /has PF_MEMALLOC PF_MEMALLOC_NOIO set for 10s/);
  });
  it('not on kernel threads, nor on those that asked for it, nor where it comes and goes', () => {
    const flagged = (flags: number, wchan = 'kswapd'): MadeTask => inD(61, wchan, { stat: { state: 'S', flags } });
    for (const task of [
      () => flagged(K.kthread | K.kswapd | 0x800 | 0x8000),
      () => flagged(K.kthread | K.worker | 0x800, 'rescuer_thread'),
      () => flagged(RANDOMIZE | NOIO | 0x100000, 'do_epoll_wait'),
      (second: number) => flagged(RANDOMIZE | (second % 3 === 0 ? 0 : 0x40000), 'xfs_log_force'),
    ])
      assert.deepEqual(
        new Watched().run(0, 40, second => steady(task(second))),
        [],
      );
  });
});

describe('stopped', () => {
  it('without a terminal, after 20 s', () => {
    const watched = new Watched();
    const findings = watched.run(0, 21, () => steady({ pid: 70, stat: { state: 'T', comm: 'daemon' } }));
    assert.deepEqual(idsOf(findings), ['stopped']);
    assert.deepEqual(watched.secondsOf('stopped'), [20, 21]);
  });
  it('not a job of a shell, nor a program at a breakpoint there', () => {
    const findings = new Watched().run(
      0,
      600,
      () => steady({ pid: 71, stat: { state: 'T', tty_nr: 34816 } }, { pid: 72, stat: { state: 't', tty_nr: 34816 } }),
      20,
    );
    assert.deepEqual(findings, []);
  });
});
