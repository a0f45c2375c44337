/** Tasks that use more than they should: faults, memory, CPU, threads, processes. Each rule beside its healthy neighbours. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RULES } from '../../src/findings/rules.ts';
import { type MadeTask, idsOf, K, one, status, type StatusValues, systemFiles, Watched } from './watching.ts';

const steady = (...tasks: MadeTask[]) => ({ processes: tasks });
const HERTZ = 100;

describe('fault storm', () => {
  /** 50,000 faults a second = 195 MiB of fresh pages; 20 MiB are resident. */
  const storm = (second: number, more: MadeTask['stat'] = {}): MadeTask => ({
    pid: 5,
    stat: {
      state: 'R',
      comm: 'alloc',
      min_flt: second * 50_000,
      stime: second * 80,
      utime: second * 15,
      rss: 5000,
      ...more,
    },
    files: { wchan: '0' },
  });
  it('the same memory is mapped and unmapped for 20 s', () => {
    const watched = new Watched();
    const findings = watched.run(0, 25, second => steady(storm(second)));
    assert.deepEqual(idsOf(findings), ['fault-storm']);
    // rates need a second sample
    assert.deepEqual(watched.secondsOf('fault-storm'), [21, 22, 23, 24, 25]);
    const { evidence, since, values } = findings[0]!;
    assert.equal(since.ms, 1000);
    assert.match(
      evidence[0]!,
      /^alloc \(5\) takes 50,000\.0 minor faults a second and uses 80\.0 % of a CPU in the kernel, 15\.0 %/,
    );
    assert.match(evidence[1]!, /^That is 4\.58G of fresh pages, while 19\.5M is resident/);
    assert.deepEqual([values['min_flt_rate'], values['faulted']], [50_000, 24 * 50_000 * 4096]);
  });
  it('not a program that fills its memory, a compiler, or one that has just started', () => {
    const scenes: ((second: number) => MadeTask)[] = [
      second => storm(second, { rss: 5000 + second * 50_000 }),
      second => storm(second, { utime: second * 95, stime: second * 60 }),
      second => storm(second, { start_time: 10_000 * HERTZ }),
      second => storm(second, { stime: second * 30 }),
      second => ({ ...storm(second), pid: 100 + Math.floor(second / 8) }),
    ];
    for (const scene of scenes)
      assert.deepEqual(
        new Watched().run(0, 24, second => steady(scene(second))),
        [],
      );
  });
});

describe('thrash', () => {
  const sufferer = (pid: number, second: number): MadeTask => ({
    pid,
    stat: { comm: `daemon${pid}`, maj_flt: second * 20 },
  });
  const kswapd = (second: number): MadeTask => ({
    pid: 40,
    stat: { comm: 'kswapd0', flags: K.kthread | K.kswapd | 0x800 | K.noexec, vsize: 0, stime: second * 60, state: 'R' },
    files: { wchan: '0' },
  });
  const machine = (second: number, full: number | undefined, majors: number): Record<string, string> => ({
    ...systemFiles(second),
    vmstat: `pgfault ${second * 1000}\npgmajfault ${second * majors}\n`,
    ...(full === undefined
      ? {}
      : {
          'pressure/memory': `some avg10=40.00 avg60=1.00 avg300=0.00 total=1\nfull avg10=${full.toFixed(2)} avg60=0.00 avg300=0.00 total=1\n`,
        }),
  });
  const suffering = (second: number) => [1, 2, 3].map(pid => sufferer(pid, second));

  it('pressure, major faults, and several tasks that wait', () => {
    const findings = new Watched().run(0, 12, second => ({
      ...steady(...suffering(second), kswapd(second)),
      system: machine(second, 25, 120),
    }));
    assert.deepEqual(idsOf(findings), ['thrash']);
    const { evidence, count } = findings[0]!;
    assert.equal(count, 3);
    assert.match(evidence[0]!, /memory 25\.0 % of the last 10 s \(PSI full\), 40\.0 % some did/);
    assert.match(
      evidence[1]!,
      /^120\.0 major faults a second on the machine, 3 tasks among those who wait; daemon\d \(\d\) has 20\.0/,
    );
  });
  it('goes on when others suffer than before', () => {
    const watched = new Watched();
    watched.run(0, 12, second => ({
      ...steady(...[1, 2, 3, 4, 5, 6].map(pid => sufferer(pid, second % 2 === pid % 2 ? second : second - 1))),
      system: machine(second, 25, 120),
    }));
    assert.deepEqual(idsOf(watched.watch.findings), ['thrash']);
  });
  it('without PSI in the kernel, by kswapd', () => {
    const findings = new Watched().run(0, 17, second => ({
      ...steady(...suffering(second), kswapd(second)),
      system: machine(second, undefined, 120),
    }));
    assert.deepEqual(idsOf(findings), ['thrash-kswapd']);
  });
  it('not the start of a large program, nor a copy of large files', () => {
    const start = new Watched().run(0, 30, second => ({
      ...steady(...suffering(second)),
      system: machine(second, 0.5, 500),
    }));
    const copy = new Watched().run(0, 30, second => ({
      ...steady(kswapd(second)),
      system: machine(second, undefined, 0),
    }));
    assert.deepEqual([start, copy], [[], []]);
  });
});

describe('leak', () => {
  const growing = (rss: number, anonymousKib = rss * 4): MadeTask => ({
    pid: 7,
    stat: { comm: 'leaky', rss, start_time: 100 },
    files: { status: status({ anonymousKib }) },
  });
  it('grows minute by minute', () => {
    const watched = new Watched();
    const findings = watched.run(0, 400, second => steady(growing(10_000 + second * 10)), 2);
    const { evidence, values } = one(findings, 'leak');
    assert.deepEqual(watched.secondsOf('leak')[0], 302);
    // 398 s of 10 pages each
    assert.match(evidence[0]!, /^leaky \(7\) grew by 15\.5M in 6m38s, since .*: 54\.7M now\.$/);
    assert.equal(values['grown'], 398 * 10 * 4096);
  });
  it('minutes of growth are none: data that are loaded, a heap between two collections, of a program that runs for long', () => {
    // a mebibyte a second, as evenly as a leak
    const loads = (second: number): number => 10_000 + Math.min(second, 280) * 256;
    const collected = (second: number): number => 10_000 + (second % 280) * 256;
    for (const pages of [loads, collected])
      assert.deepEqual(
        new Watched().run(0, 700, second => steady(growing(pages(second))), 2),
        [],
      );
  });
  it('not a cache of file pages, a heap that is collected, a program that has just started, or one that stopped growing', () => {
    const scenes: ((second: number) => MadeTask)[] = [
      second => growing(10_000 + second * 10, 40_000),
      second => growing(10_000 + (second % 100) * 50),
      second => ({
        ...growing(1000 + second * 10),
        stat: { rss: 1000 + second * 10, start_time: 10_000 * HERTZ },
      }),
      second => growing(10_000 + Math.min(second, 200) * 100),
    ];
    for (const [at, scene] of scenes.entries())
      assert.deepEqual(
        new Watched().run(0, at === 2 ? 500 : 700, second => steady(scene(second)), 2),
        [],
        String(at),
      );
  });
});

describe('leak from the start', () => {
  const AGE = 330;
  const PAGES = 256;
  const BASE = 1000;
  const BEGAN = (10_000 - AGE) * HERTZ;
  /** 330 s old at the first sample. */
  const leaky = (rss: number, more: StatusValues = {}, start = BEGAN): MadeTask => ({
    pid: 7,
    stat: { comm: 'leaky', rss, start_time: start },
    files: { status: status({ anonymousKib: rss * 4, residentKib: rss * 4, ...more }) },
  });
  const grown = (second: number): number => BASE + (AGE + second) * PAGES;

  it('half a minute of a growth that explains all its memory, at every interval', () => {
    for (const [step, found] of [
      [1, 25],
      [2, 26],
      [5, 30],
    ] as const) {
      const watched = new Watched();
      const findings = watched.run(0, 30, second => steady(leaky(grown(second))), step);
      assert.deepEqual(idsOf(findings), ['leak-from-start'], `${step}`);
      assert.equal(watched.secondsOf('leak-from-start')[0], found);
    }
  });
  it('tells the pace, and how long its memory took', () => {
    const findings = new Watched().run(0, 26, second => steady(leaky(grown(second))), 2);
    const { evidence, values, severity } = one(findings, 'leak-from-start');
    assert.equal(severity, 'note');
    assert.match(evidence[0]!, /^leaky \(7\) grew by 24\.0M in 24s, since .*: evenly, by 1\.00M a second\.$/);
    // 1,000 pages more than 356 s of 1 MiB: 359.9 s
    assert.equal(evidence[1], 'At that pace its 360M took 6m00s, and it is 5m56s old; it never had more.');
    assert.deepEqual([values['pace'], values['grown'], values['age']], [1 << 20, 24 << 20, 356]);
  });
  it('nearly even is even: steps of huge pages, and a sample that is late', () => {
    const huge = (second: number): number => BASE + Math.floor((AGE + second) / 2) * 512;
    for (const step of [1, 2]) {
      const findings = new Watched().run(0, 30, second => steady(leaky(huge(second))), step);
      assert.deepEqual(idsOf(findings), ['leak-from-start']);
    }
    const watched = new Watched();
    for (const second of [0, 2, 4.1, 6, 8, 10.9, 12, 14, 16, 18.2, 20, 22, 24, 26, 28])
      watched.sample(second, steady(leaky(Math.floor(grown(second)))));
    assert.deepEqual(watched.secondsOf('leak-from-start'), [26, 28]);
  });
  it('of a slow one four mebibytes have to be seen', () => {
    const watched = new Watched();
    watched.run(0, 60, second => steady(leaky((AGE + second) * 25)));
    // 1,024 pages, from second 1 on
    assert.equal(watched.secondsOf('leak-from-start')[0], 42);
  });
  it('becomes the finding `leak` when that is proven: there is never more than one of them', () => {
    const watched = new Watched();
    watched.run(0, 400, second => steady(leaky(grown(second))), 2);
    for (const [second, findings] of watched.log) {
      const expected = second < 26 ? [] : [second < 302 ? 'leak-from-start' : 'leak'];
      assert.deepEqual(
        findings.map(({ rule }) => rule.id),
        expected,
        `${second}`,
      );
    }
    assert.equal(one(watched.watch.findings, 'leak').since.ms, 2000);
  });
  it('a rule of the user that takes the place of `leak` is told beside it', () => {
    const own = { ...RULES.find(({ id }) => id === 'leak')!, when: 'rss_growth > 0', checks: [], seconds: 10 };
    const rules = [...RULES.filter(({ id }) => id !== 'leak'), own];
    const findings = new Watched({ rules }).run(0, 30, second => steady(leaky(grown(second))), 2);
    assert.deepEqual(idsOf(findings).sort(), ['leak', 'leak-from-start']);
  });
  it('not without the peak of its memory, which tells a heap that grows again to where it was', () => {
    for (const more of [{ residentKib: undefined }, { peakKib: grown(AGE) * 4 }]) {
      const scene = (second: number) =>
        steady({
          ...leaky(grown(second)),
          files: { status: status({ anonymousKib: grown(second) * 4, residentKib: grown(second) * 4, ...more }) },
        });
      assert.deepEqual(new Watched().run(0, 30, scene, 2), []);
    }
  });
});

describe('kernel work', () => {
  const worker = (pid: number, comm: string, stime: number): MadeTask => ({
    pid,
    stat: { comm, flags: K.kthread | K.worker | K.noexec, vsize: 0, stime },
  });
  it('of one queue, summed over its workers, whichever are at work', () => {
    const findings = new Watched().run(0, 25, second =>
      steady(
        worker(11, second % 2 ? 'kworker/0:1+events_poll' : 'kworker/0:1-events_poll', second * 40),
        worker(12, 'kworker/1:0+events_poll', second * 30),
        worker(13, 'kworker/1:1+events', second * 5),
      ),
    );
    const { evidence, values } = one(findings, 'kworker');
    assert.match(
      evidence[0]!,
      /^The workers of events_poll use 70\.0 % of a CPU, .*; kworker\/0:1\+events_poll \(11\) alone 40\.0 %\.$/,
    );
    assert.equal(values['sum'], 70);
  });
  it('not the encryption of a disk, nor several queues with a little each', () => {
    const findings = new Watched().run(0, 40, second =>
      steady(
        worker(11, 'kworker/u8:1+kcryptd/253:0', second * 90),
        worker(12, 'kworker/u8:2+flush-8:0', second * 60),
        worker(13, 'kworker/0:0+events', second * 30),
        worker(14, 'kworker/1:0+pm', second * 30),
      ),
    );
    assert.deepEqual(findings, []);
  });
});

describe('fork churn', () => {
  const parent = (second: number, faults: number, cpu: number, comm = 'sh'): MadeTask => ({
    pid: 30,
    stat: { comm, cmin_flt: second * faults, cutime: second * cpu, cstime: second * cpu },
  });
  const child = (second: number): MadeTask => ({
    pid: 1000 + second,
    stat: { comm: 'true', ppid: 30, start_time: 1_000_000 },
  });
  it('names the parent, what its children cost and what they are called', () => {
    const findings = new Watched().run(0, 25, second => ({
      ...steady(parent(second, 60_000, 20), child(second)),
      system: systemFiles(second, 50, 500),
    }));
    assert.deepEqual(idsOf(findings), ['fork-churn']);
    const { evidence } = findings[0]!;
    assert.match(evidence[0]!, /^500\.0 forks a second on the machine for 24s/);
    assert.match(
      evidence[1]!,
      /^The children that sh \(30\) waited for used 40\.0 % of a CPU and took 60,000\.0 faults a second/,
    );
    assert.equal(evidence[2], 'Its children at this moment: true.');
  });
  it('not a build, whose children have much to do, nor a supervisor that restarts its services', () => {
    const build = new Watched().run(0, 60, second => ({
      ...steady(parent(second, 900_000, 180, 'make')),
      system: systemFiles(second, 100, 300),
    }));
    const restart = new Watched().run(0, 60, second => ({
      ...steady(parent(Math.min(second, 10), 60_000, 20, 'systemd')),
      system: systemFiles(Math.min(second, 10), 50, 300),
    }));
    assert.deepEqual([build, restart], [[], []]);
  });
});

describe('forked and never exec’d', () => {
  const child = (wchan: string, stat: MadeTask['stat'] = {}): MadeTask => ({
    pid: 81,
    stat: { ppid: 80, flags: 0x400000 | K.noexec, comm: 'server', start_time: 900_000, utime: 1, ...stat },
    files: { wchan },
  });
  const parent = (wchan: string, threads: number): MadeTask => ({
    pid: 80,
    stat: { comm: 'server', num_threads: threads, flags: 0x400000 },
    files: { wchan },
  });
  it('a child at a lock, whose parent with threads waits for its exec', () => {
    const findings = new Watched().run(0, 20, () => steady(parent('anon_pipe_read', 4), child('futex_do_wait')));
    const { evidence } = one(findings, 'forked-no-exec');
    assert.match(
      evidence[0]!,
      /^server \(81\) was forked 17m00s ago, has not called exec, .* waits in futex_do_wait\.$/,
    );
    assert.equal(evidence[1], 'Its parent 80 has several threads and waits for it.');
  });
  it('not the workers of servers that fork, wherever they wait', () => {
    for (const tasks of [
      [parent('do_wait', 1), child('futex_wait_queue')],
      [parent('do_epoll_wait', 4), child('futex_wait_queue')],
      [parent('pipe_read', 4), child('ep_poll')],
      [parent('pipe_read', 4), child('futex_wait_queue', { utime: 500 })],
      [parent('pipe_read', 1), child('futex_wait_queue')],
      [parent('kernel_clone', 4), child('hrtimer_nanosleep')],
    ])
      assert.deepEqual(
        new Watched().run(0, 40, () => steady(...tasks)),
        [],
      );
  });
});

describe('zombies', () => {
  const zombie = (pid: number, ppid: number): MadeTask => ({
    pid,
    stat: { state: 'Z', ppid, vsize: 0, comm: 'job', flags: 0x400004 | 0x400 },
  });
  const reaper: MadeTask = { pid: 90, stat: { comm: 'lazy', state: 'S' }, files: { wchan: 'hrtimer_nanosleep' } };
  it('one that stays is a note, five of one reaper a warning; their parent is named', () => {
    const watched = new Watched();
    const few = watched.run(0, 21, () => steady(reaper, zombie(91, 90)));
    assert.deepEqual(watched.secondsOf('zombies'), [20, 21]);
    assert.deepEqual(
      one(few, 'zombies').evidence[1],
      'The parent is lazy (90), in state S in hrtimer_nanosleep, sleeps for a time that it asked for.',
    );
    assert.ok(one(few, 'zombies').look.includes('taskscope show 90: the parent that owes the wait()'));
    assert.equal(one(few, 'zombies').severity, 'note');
    const many = new Watched().run(0, 21, () =>
      steady(reaper, ...[91, 92, 93, 94, 95].map(pid => zombie(pid, 90)), zombie(99, 1)),
    );
    assert.deepEqual(
      many.map(({ severity, count }) => [severity, count]),
      [
        ['warning', 5],
        ['note', 1],
      ],
    );
  });
  it('not those that are soon waited for, nor one that follows another', () => {
    assert.deepEqual(
      new Watched().run(0, 60, second => steady(zombie(100 + Math.floor(second / 15), 90))),
      [],
    );
  });

  it('a first thread that has ended: names the threads that live and where they wait', () => {
    const leader: MadeTask = { pid: 200, stat: { state: 'Z', num_threads: 3, comm: 'mlx', vsize: 0, flags: 0x400004 } };
    const threads: MadeTask[] = [
      { ...leader, tgid: 200 },
      {
        pid: 201,
        tgid: 200,
        stat: { comm: 'io', state: 'D', num_threads: 3, stime: 3 },
        files: { wchan: 'usb_kill_urb' },
      },
      { pid: 202, tgid: 200, stat: { comm: 'aux', state: 'S', num_threads: 3 }, files: { wchan: 'futex_do_wait' } },
    ];
    const watched = new Watched();
    const findings = watched.run(0, 8, () => ({ ...steady(leader), threads }));
    assert.deepEqual(idsOf(findings), ['false-zombie']);
    assert.match(findings[0]!.evidence[0]!, /mlx \(200\) shows Z for 8\.0s, .* has 3 threads/);
    assert.equal(
      findings[0]!.evidence[1],
      'Alive: io (201) D for 8.0s in usb_kill_urb, waits for a USB device; aux (202) S for 8.0s in futex_do_wait, waits for another thread (a lock, a condition, a join).',
    );
    watched.run(9, 12, () => ({ ...steady(leader), threads }));
    assert.deepEqual(idsOf(watched.watch.findings), ['stuck-d', 'false-zombie']);
  });
});

describe('thread storm', () => {
  const process = (threads: number): MadeTask => ({ pid: 60, stat: { comm: 'java', num_threads: threads } });
  it('hundreds more, and more at every sample', () => {
    const findings = new Watched().run(0, 12, second => steady(process(600 + second * 50)));
    const { evidence } = one(findings, 'thread-storm');
    assert.match(evidence[0]!, /^java \(60\) has 1,200 threads, 550 more than 11s ago/);
  });
  it('not an application that starts its threads and keeps them', () => {
    for (const threads of [
      (second: number) => Math.min(second * 100, 900),
      () => 10_000,
      (second: number) => 600 + second,
    ])
      assert.deepEqual(
        new Watched().run(0, 40, second => steady(process(threads(second)))),
        [],
      );
  });

  const workers = (second: number, user: number, system: number): MadeTask[] =>
    Array.from({ length: 80 }, (_, at) => ({
      pid: 301 + at,
      tgid: 300,
      stat: { comm: 'w', num_threads: 81, utime: second * user, stime: second * system },
      files: { wchan: 'futex_wait_queue' },
    }));
  it('a convoy: all wake for one lock and sleep again', () => {
    const owner: MadeTask = { pid: 300, stat: { num_threads: 81, comm: 'pool' } };
    const findings = new Watched().run(0, 12, second => ({ ...steady(owner), threads: workers(second, 1, 3) }));
    const { evidence } = one(findings, 'lock-convoy');
    assert.match(
      evidence[0]!,
      /^80 threads of process 300 sleep in futex_wait_queue at once and use 240\.0 % of a CPU in the kernel/,
    );
    const working = new Watched().run(0, 12, second => ({ ...steady(owner), threads: workers(second, 5, 1) }));
    const idle = new Watched().run(0, 12, () => ({ ...steady(owner), threads: workers(0, 0, 0) }));
    assert.deepEqual([working, idle], [[], []]);
  });
});

describe('throttled', () => {
  const busy = (second: number): MadeTask => ({
    pid: 70,
    stat: { comm: 'app', utime: second * 50 },
    files: { cgroup: '0::/system.slice/app.service\n' },
  });
  const watched = (share: number, path = '/system.slice/app.service') => {
    let calls = 0;
    return new Watched({
      throttling: asked =>
        asked === path
          ? { periods: ++calls * 10, throttled: calls * 10 * share, throttledSeconds: calls * 0.4 }
          : undefined,
    });
  };
  it('by its own group, or by one above it', () => {
    for (const path of ['/system.slice/app.service', '/system.slice']) {
      const findings = watched(0.4, path).run(0, 13, second => steady(busy(second)));
      const { evidence, values } = one(findings, 'throttled');
      assert.ok(
        evidence[0]!.startsWith(`${path} was throttled in 40.0 % of its periods over the last sample`),
        evidence[0],
      );
      assert.match(evidence[0]!, /0\.4 s of CPU time were held back/);
      assert.equal(evidence[1], '1 task in /system.slice/app.service, app (70) the busiest.');
      assert.equal(values['throttled_percent'], 40);
    }
  });
  it('not now and then, and not where nothing is known', () => {
    assert.deepEqual(
      watched(0.1).run(0, 30, second => steady(busy(second))),
      [],
    );
    assert.deepEqual(
      new Watched().run(0, 30, second => steady(busy(second))),
      [],
    );
  });
});
