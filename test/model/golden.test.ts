/**
 * Golden rows of the captured machines. The numbers in RAW were taken from the raw files of the two instants by hand
 * (differences of stat's fields, `uptime`), the expectations are worked out of them here.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type MachineName, machineJson, MACHINES, sampleFixture } from '../support/fixtures.ts';
import { valueOf } from '../support/model.ts';

interface Facts {
  readonly release: string;
  readonly table: string;
  readonly architecture: string;
  readonly pageBytes: number;
  /** Difference of `uptime`. */
  readonly seconds: number;
  /** By pid: what the two stat lines say. */
  readonly rows: Readonly<Record<number, Row>>;
}

interface Row {
  readonly comm: string;
  readonly state: string;
  readonly flags: string;
  /** Ticks gained. */
  readonly user?: number;
  readonly system?: number;
  /** Minor faults gained. */
  readonly minor?: number;
  /** Pages held, and gained. */
  readonly pages?: number;
  readonly grown?: number;
  readonly threads?: number;
  readonly start: number;
  /** Other fields, as they are. */
  readonly also?: Readonly<Record<string, unknown>>;
}

const KERNEL = { policy_name: 'other', command: '[kswapd0]', rss_bytes: 0, swap_bytes: 'missing: not-applicable' };
const RT = { policy_name: 'fifo', priority: -100, rt_priority: 99 };
const DEAD = { command: '[sleep]', state_name: 'zombie', 'status.VmRSS': 'missing: not-applicable' };

// one row of a task reads better than one value a line
// prettier-ignore
const RAW: Readonly<Record<MachineName, Facts>> = {
  'debian11-arm64-5.10': {
    release: '5.10.0-32-arm64',
    table: '5.10',
    architecture: 'aarch64',
    pageBytes: 4096,
    seconds: 8.79,
    rows: {
      13: { comm: 'migration/0', state: 'S', flags: '0x04208040', start: 3, also: { ...RT, wchan_name: 'smpboot_thread_fn' } },
      50: { comm: 'kswapd0', state: 'S', flags: '0x00a20840', start: 100, also: { ...KERNEL, wchan_name: 'kswapd' } },
      123: { comm: 'sh', state: 'R', flags: '0x00400000', user: 448, system: 5, pages: 1, start: 207, also: { wchan_name: '0' } },
      129: { comm: 'sleep', state: 'Z', flags: '0x00408004', pages: 0, start: 211, also: DEAD },
      132: { comm: 'new\nline', state: 'S', flags: '0x00400000', pages: 1, start: 213, also: { wchan_name: 'sigsuspend' } },
      161: { comm: 'node', state: 'S', flags: '0x00400000', user: 27, system: 22, minor: 3083, pages: 16836, grown: 3036, threads: 8, start: 344 },
    },
  },
  'debian11-x86_64-5.10': {
    release: '5.10.0-46-cloud-amd64',
    table: '5.10',
    architecture: 'x86_64',
    pageBytes: 4096,
    seconds: 5.19,
    rows: {
      // this kernel names no wait channel: every one reads 0
      122: { comm: 'sh', state: 'R', flags: '0x00400000', user: 327, system: 1, pages: 1, start: 344, also: { wchan_name: '0' } },
      124: { comm: 'sleep', state: 'S', flags: '0x40400000', pages: 1, start: 344, also: { wchan_name: 'missing: not-in-this-kernel' } },
      130: { comm: 'sleep', state: 'Z', flags: '0x00408004', pages: 0, start: 347, also: DEAD },
      138: { comm: 'prozess-übergr', state: 'S', flags: '0x00400000', pages: 1, start: 351 },
      160: { comm: 'node', state: 'S', flags: '0x00400000', user: 23, system: 5, minor: 1793, pages: 15541, grown: 1618, threads: 8, start: 470 },
    },
  },
  'debian12-arm64-6.1': {
    release: '6.1.0-56-arm64',
    table: '6.1',
    architecture: 'aarch64',
    pageBytes: 4096,
    seconds: 8.85,
    rows: {
      13: { comm: 'ksoftirqd/0', state: 'S', flags: '0x04208040', user: 2, pages: 0, start: 4 },
      133: { comm: 'sh', state: 'R', flags: '0x00400000', user: 441, system: 2, pages: 1, start: 219 },
      136: { comm: 'sh', state: 'T', flags: '0x00400040', pages: 20, start: 220, also: { wchan_name: 'do_signal_stop', state_name: 'stopped' } },
      168: { comm: 'sleep', state: 'S', flags: '0x00400100', pages: 1, start: 351, also: { uid: 1000, user: '1000', command: 'sleep 100006' } },
      170: { comm: 'sleep', state: 'S', flags: '0x00400000', pages: 1, start: 352, also: { cgroup: '/demo.slice/app.service', container: '' } },
      171: { comm: 'node', state: 'S', flags: '0x00400000', user: 22, system: 15, minor: 2806, pages: 16757, grown: 2838, threads: 8, start: 354 },
    },
  },
  'debian12-armhf-6.1': {
    release: '6.1.0-50-armmp',
    table: '6.1',
    architecture: 'armv7l',
    pageBytes: 4096,
    seconds: 21.75,
    rows: {
      126: { comm: 'sh', state: 'R', flags: '0x00400000', user: 307, system: 2, pages: 1, start: 446, also: { rsslim: 'unlimited' } },
      129: { comm: 'exe', state: 'T', flags: '0x00400000', pages: 1, start: 448, also: { command: 'sleep 100001' } },
      132: { comm: 'sleep', state: 'Z', flags: '0x0040800c', pages: 0, start: 452, also: DEAD },
      133: { comm: 'a) R 1 (b', state: 'S', flags: '0x00400000', pages: 1, start: 452, also: { command: '/bin/sh /tmp/zoo/a) R 1 (b' } },
      164: { comm: 'node', state: 'S', flags: '0x00400100', user: 146, system: 1318, minor: 5347, pages: 13641, grown: 5067, threads: 12, start: 588, also: { num_threads_delta: 2, vol_ctxt_rate: 'missing: not-read', run_delay_percent: 'missing: not-read' } },
    },
  },
  'debian12-x86_64-6.1': {
    release: '6.1.0-56-cloud-amd64',
    table: '6.1',
    architecture: 'x86_64',
    pageBytes: 4096,
    seconds: 7.95,
    rows: {
      8: { comm: 'kworker/0:0H-events_highpri', state: 'I', flags: '0x04208060', pages: 0, start: 69, also: { nice: -20, priority: 0, state_name: 'idle' } },
      14: { comm: 'ksoftirqd/0', state: 'S', flags: '0x04208040', system: 3, pages: 0, start: 70 },
      131: { comm: 'sh', state: 'R', flags: '0x00400000', user: 422, system: 4, pages: 1, start: 358 },
      152: { comm: 'bad\udcff\udcfeutf', state: 'S', flags: '0x00400000', pages: 1, start: 373, also: { command: '/bin/sh /tmp/zoo/bad\udcff\udcfeutf' } },
      169: { comm: 'node', state: 'S', flags: '0x00400000', user: 18, system: 10, minor: 2399, pages: 16056, grown: 2376, threads: 8, start: 491 },
    },
  },
  'debian13-arm64-16k-6.12': {
    release: '6.12.117+deb13-arm64-16k',
    table: '6.12',
    architecture: 'aarch64',
    pageBytes: 16384,
    seconds: 6.59,
    rows: {
      1: { comm: 'init', state: 'S', flags: '0x00400100', pages: 65, start: 4, also: { wchan_name: 'do_wait', uid: 0 } },
      178: { comm: 'sh', state: 'R', flags: '0x00400000', user: 319, system: 2, pages: 65, start: 237 },
      184: { comm: 'sleep', state: 'Z', flags: '0x0040800c', pages: 0, start: 240, also: DEAD },
      201: { comm: '日本語プロ', state: 'S', flags: '0x00400000', pages: 65, start: 251, also: { wchan_name: 'sigsuspend.isra.0' } },
      216: { comm: 'node', state: 'S', flags: '0x00400000', user: 14, system: 4, minor: 511, pages: 3855, grown: 512, threads: 8, start: 368 },
    },
  },
  'host-x86_64-6.18': {
    release: '6.18.44-fc-v669',
    table: '6.18',
    architecture: 'x86_64',
    pageBytes: 4096,
    seconds: 2.67,
    rows: {
      // schedstat 3196612842 → 3388425990 ns, status 4213 → 4353 switches
      2263: { comm: 'sh', state: 'R', flags: '0x00400000', user: 171, pages: 403, start: 243373, also: { command: 'sh -c while :; do :; done', run_delay_percent: 191_813_148 / 2.67e7, nonvol_ctxt_rate: 140 / 2.67, vol_ctxt_rate: 0 } },
      2269: { comm: 'sleep', state: 'Z', flags: '0x0040800c', pages: 0, start: 243373, also: DEAD },
      2277: { comm: 'esc\x1b[2Jred', state: 'S', flags: '0x00400000', pages: 405, start: 243374 },
      2309: { comm: 'sleep', state: 'S', flags: '0x00400100', pages: 403, start: 243480, also: { policy_name: 'fifo', priority: -21, rt_priority: 20 } },
      // statm 9510 pages shared
      2310: { comm: 'node', state: 'S', flags: '0x00400000', user: 1, minor: 615, pages: 18626, grown: 608, threads: 8, start: 243480, also: { wchan_name: 'do_epoll_wait', read_rate: 0, oom_score: 668, shared_bytes: 38_952_960, faults_per_cpu_second: 61_500 } },
    },
  },
};

const near = (actual: unknown, expected: number, what: string): void =>
  assert.ok(
    typeof actual === 'number' && Math.abs(actual - expected) < 1e-6,
    `${what}: ${String(actual)}, not ${expected}`,
  );

for (const name of MACHINES) {
  const facts = RAW[name];
  const { cursor, machine, seat, table } = sampleFixture(name);
  describe(name, () => {
    test('the machine', () => {
      const json = machineJson(name);
      assert.equal(machine.release.text, facts.release);
      assert.equal(machine.release.text, json.kernel);
      assert.equal(machine.flags.release, facts.table);
      assert.equal(machine.architecture, facts.architecture);
      assert.equal(machine.pageBytes, facts.pageBytes);
      assert.equal(machine.pageBytes, json.page_bytes);
      assert.equal(machine.ticksPerSecond, 100);
      assert.equal(machine.live, false);
      assert.ok(machine.bootTime > 1.7e9 && machine.memoryBytes > 2 ** 26);
      near(table.system.intervalSeconds, facts.seconds, 'seconds');
    });
    for (const [pid, row] of Object.entries(facts.rows)) {
      test(`${pid} ${JSON.stringify(row.comm)}`, () => {
        cursor.at(seat(Number(pid)));
        const { user = 0, system = 0, minor = 0, pages = 0, grown = 0, threads = 1 } = row;
        const exact = {
          pid: Number(pid),
          comm: row.comm,
          state: row.state,
          flags: row.flags,
          num_threads: threads,
          rss: pages,
        };
        for (const [id, value] of Object.entries(exact)) assert.equal(valueOf(cursor, id), value, id);
        const computed = {
          // 100 ticks a second: ticks per second are percent
          user_percent: user / facts.seconds,
          system_percent: system / facts.seconds,
          cpu_percent: (user + system) / facts.seconds,
          utime_delta: user / 100,
          stime_delta: system / 100,
          min_flt_delta: minor,
          min_flt_rate: minor / facts.seconds,
          maj_flt_rate: 0,
          rss_bytes: pages * facts.pageBytes,
          rss_delta: grown * facts.pageBytes,
          start_time: row.start / 100,
          mem_percent: (pages * facts.pageBytes * 100) / machine.memoryBytes,
          ...(row.state === 'Z' ? { exiting_age: facts.seconds, state_age: facts.seconds } : {}),
          age: table.system.uptimeSeconds - row.start / 100,
        };
        for (const [id, value] of Object.entries(computed)) near(valueOf(cursor, id), value, id);
        assert.equal(cursor.startTicks, row.start);
        for (const [id, value] of Object.entries(row.also ?? {})) {
          if (typeof value === 'number') near(valueOf(cursor, id), value, id);
          else assert.equal(valueOf(cursor, id), value, id);
        }
      });
    }
  });
}

test('flag names by the table of each kernel', () => {
  const names = (name: MachineName, pid: number): readonly string[] => {
    const { cursor, seat } = sampleFixture(name, { files: false });
    return [...(valueOf(cursor.at(seat(pid)), 'flag_names') as readonly string[])].sort();
  };
  assert.deepEqual(names('host-x86_64-6.18', 2269), ['PF_EXITING', 'PF_NOFREEZE', 'PF_POSTCOREDUMP', 'PF_RANDOMIZE']);
  assert.deepEqual(names('debian11-arm64-5.10', 129), ['PF_EXITING', 'PF_NOFREEZE', 'PF_RANDOMIZE']);
  // bit 30 of 5.10 is PF_FREEZER_SKIP on a task that waits so that the freezer may leave it alone
  assert.deepEqual(names('debian11-x86_64-5.10', 124), ['PF_FREEZER_SKIP', 'PF_RANDOMIZE']);
  assert.deepEqual(names('debian12-arm64-6.1', 38), ['PF_FORKNOEXEC', 'PF_KSWAPD', 'PF_KTHREAD', 'PF_MEMALLOC']);
  assert.deepEqual(names('debian11-arm64-5.10', 50), [
    'PF_FORKNOEXEC',
    'PF_KSWAPD',
    'PF_KTHREAD',
    'PF_MEMALLOC',
    'PF_SWAPWRITE',
  ]);
  assert.deepEqual(names('debian12-x86_64-6.1', 8), [
    'PF_FORKNOEXEC',
    'PF_KTHREAD',
    'PF_NOFREEZE',
    'PF_NO_SETAFFINITY',
    'PF_WQ_WORKER',
  ]);
});

test('the machine as a whole: rates of the system-wide files', () => {
  const { table } = sampleFixture('host-x86_64-6.18', { files: false });
  const { system } = table;
  near(system.majorFaultRate, (25_019 - 24_989) / 2.67, 'major');
  near(system.minorFaultRate, (43_046_753 - 25_019 - (42_986_360 - 24_989)) / 2.67, 'minor');
  near(system.forkRate, (257_554 - 256_984) / 2.67, 'forks');
  near(system.contextSwitchRate, (13_369_554 - 13_364_154) / 2.67, 'ctxt');
  near(system.interruptRate, (4_627_347 - 4_624_332) / 2.67, 'intr');
  const { cpu } = system;
  assert.ok('user' in cpu);
  // of 531 ticks: user 262, nice 214, system 54, idle 1
  near(cpu.user, 26_200 / 531, 'user');
  near(cpu.nice, 21_400 / 531, 'nice');
  near(cpu.idle, 100 / 531, 'idle');
});

test('threads: counters of each, of a process that gained two', () => {
  const { cursor, seat, table } = sampleFixture('debian12-armhf-6.1', { threads: true });
  const threads = Array.from(table.order.subarray(0, table.count), at => table.pid(at)).filter(
    tid => table.tgid(seat(tid)) === 164,
  );
  assert.deepEqual(threads, [164, 170, 171, 172, 173, 174, 175, 176, 177, 199, 431, 432]);
  const value = (tid: number, id: string): unknown => valueOf(cursor.at(seat(tid)), id);
  near(value(170, 'system_percent'), (539 - 215) / 21.75, '170');
  near(value(164, 'user_percent'), (297 - 216) / 21.75, '164');
  assert.equal(value(431, 'cpu_percent'), 'missing: first-sample');
  assert.equal(value(431, 'num_threads'), 12);
});
