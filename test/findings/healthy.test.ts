/** A machine that is idle, or busy with what machines do, gives no finding: told by samples of what such tasks show. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RULES } from '../../src/findings/rules.ts';
import { FindingsWatch } from '../../src/findings/watch.ts';
import { MACHINES, sampleFixture } from '../support/fixtures.ts';
import { type MadeTask, K, status, systemFiles, Watched } from './watching.ts';

const TICKS = 100;
const BOOTED = 1_000_000;

/** Kernel threads as an idle machine has them. */
const KERNEL: readonly MadeTask[] = [
  ['kthreadd', 0x208040, 'S', 'kthreadd'],
  ['rcu_preempt', 0x208040, 'I', 'rcu_gp_fqs_loop'],
  ['migration/0', 0x4208040, 'S', 'smpboot_thread_fn'],
  ['kswapd0', 0x220840, 'S', 'kswapd'],
  ['khugepaged', 0x208040, 'S', 'khugepaged'],
  ['kworker/0:1-events', 0x4208060, 'I', 'worker_thread'],
  ['kworker/R-nvme-wq', 0x4208860, 'I', 'rescuer_thread'],
  ['usb-storage', 0x288040, 'S', 'usb_stor_control_thread'],
  ['loop0', 0x3c8040, 'S', 'loop_thread'],
  ['hwrng', 0x208040, 'D', 'hwrng_fillfn'],
  ['vchiq-keep/0', 0x208040, 'D', 'kthread'],
].map(([comm, flags, state, wchan], at) => ({
  pid: 2 + at,
  stat: { comm: comm!, flags: flags!, state: state!, vsize: 0, rss: 0, ppid: 2 },
  files: { wchan: String(wchan), status: status({ ignored: 'ffffffffffffffff' }) },
}));

/** Servers and a desktop at rest. */
const IDLE: readonly MadeTask[] = [
  {
    pid: 100,
    stat: { comm: 'systemd', flags: 0x400100, blocked: 0x7be3c0fe },
    files: { wchan: 'ep_poll', status: status({ blocked: '7be3c0fe28014a03', shared: '10000' }) },
  },
  { pid: 101, stat: { comm: 'dbus-daemon' }, files: { wchan: 'ep_poll' } },
  { pid: 102, stat: { comm: 'agetty', tty_nr: 1025 }, files: { wchan: 'wait_woken' } },
  { pid: 103, stat: { comm: 'postgres', flags: 0x400000 }, files: { wchan: 'do_epoll_wait' } },
  ...[104, 105, 106].map(pid => ({
    pid,
    stat: { comm: 'postgres', ppid: 103, flags: 0x400040 },
    files: { wchan: pid === 104 ? 'futex_do_wait' : 'do_epoll_wait' },
  })),
  { pid: 107, stat: { comm: 'iscsid', flags: 0x580100 }, files: { wchan: 'do_sys_poll' } },
  { pid: 108, stat: { comm: 'java', num_threads: 400, rss: 200_000 }, files: { wchan: 'futex_do_wait' } },
  { pid: 109, stat: { comm: 'vim', state: 'T', tty_nr: 34816 }, files: { wchan: 'do_signal_stop' } },
  {
    pid: 112,
    stat: { comm: 'curl', blocked: 0x1000, signal: 0x1000 },
    files: { status: status({ pending: '1000', blocked: '1000' }) },
  },
];
const JAVA_THREADS: readonly MadeTask[] = Array.from({ length: 399 }, (_, at) => ({
  pid: 2000 + at,
  tgid: 108,
  stat: { comm: 'pool', num_threads: 400, blocked: 4 },
  files: { wchan: 'futex_do_wait' },
}));

/** A build: a maker, compilers that live for seconds and fill their memory, an assembler in between. */
function build(second: number): MadeTask[] {
  const cc1 = Array.from({ length: 8 }, (_, slot): MadeTask => {
    const life = Math.floor((second + slot) / 7);
    const age = (second + slot) % 7;
    return {
      pid: 3000 + life * 8 + slot,
      stat: {
        comm: 'cc1plus',
        state: age === 3 ? 'D' : 'R',
        ppid: 300,
        start_time: BOOTED + (second - age) * TICKS,
        utime: age * 22,
        stime: age * 3,
        min_flt: age * 30_000,
        maj_flt: age,
        rss: age * 28_000,
        processor: slot % 2,
      },
      files: {
        wchan: age === 3 ? 'folio_wait_bit_common' : '0',
        status: status({ voluntary: second, nonvoluntary: second * 9 }),
      },
    };
  });
  const make: MadeTask = {
    pid: 300,
    stat: {
      comm: 'make',
      cmin_flt: second * 240_000,
      cutime: second * 170,
      cstime: second * 25,
      utime: second,
      min_flt: second * 900,
    },
    files: { wchan: 'do_wait' },
  };
  return [make, ...cc1];
}

/** A backup and a copy: in D at nearly every sample, and switched in for every block. */
const copy = (second: number): MadeTask[] => [
  {
    pid: 400,
    stat: { comm: 'rsync', state: 'D', stime: second * 8, utime: second * 2, min_flt: 500 },
    files: { wchan: 'folio_wait_bit_common', status: status({ voluntary: second * 2000 }) },
  },
  {
    pid: 401,
    stat: { comm: 'dd', state: 'D', stime: Math.floor(second / 2), flags: second % 2 ? 0x440000 : 0x400000 },
    files: { wchan: second % 3 ? 'io_schedule' : 'balance_dirty_pages', status: status({ voluntary: second * 30 }) },
  },
  {
    pid: 402,
    stat: {
      comm: 'kworker/u8:3+flush-8:0',
      flags: K.kthread | K.worker | K.noexec,
      vsize: 0,
      stime: second * 25,
      state: second % 2 ? 'D' : 'I',
    },
    files: { wchan: second % 2 ? 'wbt_wait' : 'worker_thread', status: status({ voluntary: second * 50 }) },
  },
  {
    pid: 403,
    stat: { comm: 'kswapd0', flags: 0x220840, vsize: 0, stime: second * 30, state: 'S' },
    files: { wchan: 'kswapd' },
  },
];

/** Programs that simply use the CPU, one of them with many threads, one at nice 19, one SCHED_IDLE. */
const computing = (second: number): MadeTask[] => [
  {
    pid: 500,
    stat: { comm: 'sim', state: 'R', utime: second * 100, min_flt: second * 40 },
    files: { wchan: '0', status: status({ nonvoluntary: second * 20 }) },
  },
  { pid: 501, stat: { comm: 'render', state: 'R', utime: second * 190, num_threads: 16 }, files: { wchan: '0' } },
  {
    pid: 502,
    stat: { comm: 'boinc', state: 'R', nice: 19, priority: 39, utime: Math.floor(second / 10) },
    files: { wchan: '0', status: status() },
  },
  { pid: 503, stat: { comm: 'idle', state: 'R', policy: 5, utime: 0 }, files: { wchan: '0', status: status() } },
];

/** A service that is stopped and started again, cron that starts a job each minute, a shell loop. */
function comings(second: number): MadeTask[] {
  const life = second < 30 ? 0 : 1;
  const dying: MadeTask = {
    pid: 600,
    stat: { comm: 'httpd', state: second % 2 ? 'R' : 'D', flags: 0x400404, vsize: 0, rss: 0, stime: second },
    files: { wchan: second % 2 ? '0' : 'synchronize_rcu' },
  };
  const httpd: MadeTask = {
    pid: 601 + life,
    stat: {
      comm: 'httpd',
      num_threads: second < 30 ? 64 : Math.min(64, 1 + (second - 30) * 20),
      start_time: life ? BOOTED + 30 * TICKS : 100,
      rss: 20_000,
    },
  };
  const job: MadeTask = {
    pid: 700 + second,
    stat: { comm: 'sed', ppid: 699, state: second % 4 ? 'R' : 'Z', start_time: BOOTED + second * TICKS },
    files: { wchan: '0' },
  };
  const shell: MadeTask = {
    pid: 699,
    stat: { comm: 'sh', cmin_flt: second * 9000, cutime: second * 2, cstime: second * 4 },
    files: { wchan: 'do_wait' },
  };
  return [...(second >= 26 && second < 30 ? [dying] : []), httpd, job, shell];
}

const pressure = (second: number) => ({
  ...systemFiles(second, 97, 60),
  vmstat: `pgfault ${second * 250_000}\npgmajfault ${second * 30}\n`,
  'pressure/memory': 'some avg10=0.80 avg60=0.30 avg300=0.00 total=1\nfull avg10=0.20 avg60=0.00 avg300=0.00 total=1\n',
});

describe('no finding', () => {
  it('on an idle machine, for ten minutes', () => {
    const scene = { processes: [...KERNEL, ...IDLE], threads: [...JAVA_THREADS] };
    assert.deepEqual(
      new Watched().run(0, 600, () => scene, 5),
      [],
    );
  });

  it('on a machine that builds, copies, computes and restarts services at once', () => {
    const watched = new Watched();
    for (let second = 0; second <= 90; second++) {
      const findings = watched.sample(second, {
        processes: [
          ...KERNEL.filter(({ pid }) => pid !== 5),
          ...IDLE,
          ...build(second),
          ...copy(second),
          ...computing(second),
          ...comings(second),
        ],
        threads: [...JAVA_THREADS],
        system: pressure(second),
      });
      assert.deepEqual(
        findings.map(({ rule, evidence }) => [second, rule.id, evidence]),
        [],
      );
    }
  });
});

describe('no leak from the start', () => {
  const UPTIME = 10_000;
  const PAGES_A_MIB = 256;
  /** A program of an age, with so many pages; `peak`: the most that it ever had, where that is more. */
  const growing = (age: number, pages: number, { peak = pages, own = pages } = {}): MadeTask => ({
    pid: 7,
    stat: { comm: 'grows', rss: pages, start_time: (UPTIME - age) * TICKS },
    files: { status: status({ anonymousKib: own * 4, residentKib: pages * 4, peakKib: peak * 4 }) },
  });
  const minute = (scene: (second: number) => MadeTask): void => {
    for (const step of [1, 2])
      assert.deepEqual(
        new Watched().run(0, 60, second => ({ processes: [scene(second)] }), step),
        [],
      );
  };
  const at = (age: number, second: number): number => Math.floor((age + second) * PAGES_A_MIB);

  it('the counterpart: one of these that is one', () => {
    const findings = new Watched().run(0, 60, second => ({ processes: [growing(400, at(400, second))] }), 2);
    assert.deepEqual(
      findings.map(({ rule }) => rule.id),
      ['leak-from-start'],
    );
  });
  it('a program in its third minute that loads data since its start', () =>
    minute(second => growing(150, at(150, second))));
  it('a daemon whose cache grows for 20 s and then is full', () =>
    minute(second => growing(400, at(400, Math.min(second, 20)))));
  it('even growth of a daemon that has more than that explains, or is older', () => {
    minute(second => growing(400, 150_000 + at(0, second)));
    minute(second => growing(400, 40_000 + at(400, second)));
    minute(second => growing(9000, at(400, second)));
  });
  it('a heap that is collected: every 12 s, or every 40 s and on the way up to where it was', () => {
    minute(second => growing(400, at(400, second % 12)));
    // V8, the JVM: the peak stays what the last collection found
    minute(second => growing(400, at(400, second % 40), { peak: at(400, 40) + 5000 }));
  });
  it('a page or two at each sample, in a daemon at rest', () => {
    minute(second => growing(400, 400 + second));
    minute(second => growing(400, 2 * (400 + second)));
  });
  it('growth in fits and starts, although its mean explains what is there', () => {
    minute(second => growing(400, at(400, Math.floor(second / 15) * 15)));
    // six seconds at 1.6 MiB a second, six at 0.4
    minute(second => growing(400, at(400, second) + Math.floor((6 - Math.abs((second % 12) - 6)) * 0.6 * PAGES_A_MIB)));
  });
  it('files that are mapped and read', () => minute(second => growing(400, at(400, second), { own: 20_000 })));
});

describe('captured machines', () => {
  // the captures hold a zombie and a stopped program on purpose
  for (const name of MACHINES) {
    it(`${name}: nothing but the zombie and the stopped program that were put there`, () => {
      const { cursor, machine } = sampleFixture(name);
      // a capture is short: what is told by one look, without waiting
      const rules = RULES.filter(({ unchanged }) => !unchanged).map(rule => ({ ...rule, seconds: 0 }));
      const watch = new FindingsWatch(rules, machine);
      watch.sampled(cursor);
      const ids = watch.findings.map(({ rule }) => rule.id);
      assert.deepEqual(ids, ['zombies', 'stopped']);
    });
  }
});
