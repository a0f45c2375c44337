import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { cgroupPage } from '../../src/pages/cgroup.ts';
import { lineOf, shown, type Subject } from './shown.ts';

const V2 = '/sys/fs/cgroup';
const FOO = `${V2}/system.slice/foo.service`;
const pressure = (some: number): string =>
  `some avg10=${some.toFixed(2)} avg60=0.00 avg300=0.00 total=1\nfull avg10=0.50 avg60=0.00 avg300=0.00 total=1\n`;
const cpuStat = (usage: number, periods: number, throttled: number, usec: number): string =>
  `usage_usec ${usage}\nuser_usec 0\nsystem_usec 0\nnr_periods ${periods}\nnr_throttled ${throttled}\nthrottled_usec ${usec}\n`;

/** foo.service has half a CPU, of which it used 0.4 in two seconds; its slice has memory for it and little more. */
const UNIFIED: Subject = {
  machine: { live: true },
  screen: 200,
  elapsed: 2,
  files: {
    cgroup: '0::/system.slice/foo.service\n',
    '/proc/self/mountinfo': '31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n',
    [`${FOO}/cpu.max`]: '50000 100000\n',
    [`${FOO}/cpu.weight`]: '100\n',
    [`${FOO}/cpu.stat`]: cpuStat(1_800_000, 150, 38, 2_900_000),
    [`${FOO}/memory.current`]: '104857600\n',
    [`${FOO}/memory.max`]: '1073741824\n',
    [`${FOO}/memory.high`]: 'max\n',
    [`${FOO}/memory.swap.current`]: '4096\n',
    [`${FOO}/memory.events`]: 'low 0\nhigh 7\nmax 2\noom 0\noom_kill 0\n',
    [`${FOO}/pids.current`]: '5\n',
    [`${FOO}/pids.max`]: '5\n',
    [`${FOO}/io.stat`]: '8:0 rbytes=3145728 wbytes=4096 rios=1 wios=1\n8:16 rbytes=1048576 wbytes=0 rios=1 wios=0\n',
    [`${FOO}/io.max`]: '8:0 rbps=max wbps=1048576 riops=max wiops=max\n',
    [`${FOO}/cpu.pressure`]: pressure(12.34),
    [`${FOO}/memory.pressure`]: pressure(0),
    [`${FOO}/cpuset.cpus.effective`]: '0-3\n',
    [`${V2}/system.slice/cpu.max`]: 'max 100000\n',
    [`${V2}/system.slice/cpu.stat`]: cpuStat(4_000_000, 0, 0, 0),
    [`${V2}/system.slice/memory.current`]: '104857600\n',
    [`${V2}/system.slice/memory.max`]: '125829120\n',
    [`${V2}/cpu.stat`]: 'usage_usec 9000000\n',
  },
  before: {
    [`${FOO}/cpu.stat`]: cpuStat(1_000_000, 50, 0, 1_000_000),
    [`${FOO}/memory.events`]: 'low 0\nhigh 7\nmax 0\noom 0\noom_kill 0\n',
    [`${FOO}/io.stat`]: '8:0 rbytes=1048576 wbytes=4096 rios=1 wios=1\n',
    [`${V2}/system.slice/cpu.stat`]: cpuStat(3_000_000, 0, 0, 0),
  },
};

const rowsOf = (page: { readonly json: Readonly<Record<string, unknown>> }, id: string) =>
  page.json[id] as Readonly<Record<string, unknown>>[];

describe('version 2', () => {
  const page = shown(cgroupPage, UNIFIED);
  test('mode, group and where it is', () => {
    assert.match(lineOf(page, 'Control groups'), /version 2: one hierarchy/);
    assert.match(lineOf(page, '0  version 2'), /\/sys\/fs\/cgroup +\/system\.slice\/foo\.service$/);
    assert.equal(rowsOf(page, 'groups')[0]!['folder'], FOO);
    assert.match(lineOf(page, 'CPUs'), /0-3$/);
  });
  test('throttling in one sentence: 38 of 100 periods', () => {
    assert.match(
      page.text,
      /Throttled in 38\.0 % of the periods by \/system\.slice\/foo\.service \(50000 of 100000 us\): 38 of 100, 1\.90 s summed over CPUs\./,
    );
  });
  test('CPU of each group up to the top: 0.8 s of 2 s is 40 %, and the quota that binds', () => {
    assert.match(page.text, /foo\.service +40\.0 % +50\.0 % {2}\* +38\.0 % +100\n/);
    assert.match(page.text, /system\.slice +50\.0 % +no limit +0 % +-\n/);
    assert.deepEqual(
      rowsOf(page, 'cpu').map(({ group, binds }) => [group, binds]),
      [
        ['/system.slice/foo.service', true],
        ['/system.slice', false],
        ['/', false],
      ],
    );
    assert.deepEqual(rowsOf(page, 'cpu')[0]!['quota'], { quota_us: 50000, period_us: 100000 });
    assert.equal(rowsOf(page, 'cpu')[2]!['cpu_percent'], null);
  });
  test('memory: the limit with the least room binds, though it is the one of a group above', () => {
    assert.match(page.text, /foo\.service +100M +1\.00G +no limit +4\.00K +high 7, max 2 \(\+2\)\n/);
    assert.match(page.text, /system\.slice +100M +120M {2}\* /);
    assert.deepEqual(
      rowsOf(page, 'memory').map(({ max }) => max),
      ['1073741824', '125829120', null],
    );
    assert.equal(rowsOf(page, 'memory')[0]!['high'], 'max');
    assert.match(page.text, /Memory of \/system\.slice\/foo\.service: max \+2 since the last sample\./);
    assert.deepEqual((rowsOf(page, 'memory')[0]!['events'] as Record<string, unknown>)['max'], { total: 2, gain: 2 });
  });
  test('tasks at their limit, I/O by second over all devices, pressure', () => {
    assert.match(page.text, /foo\.service +5 +5 {2}\*/);
    // (4 MiB - 1 MiB) / 2 s
    assert.match(page.text, /foo\.service +1\.50M\/s +0B\/s +8:0 wbps 1048576\n/);
    assert.match(page.text, /foo\.service +12\.3 \/ 0\.5 +0\.0 \/ 0\.5 +-\n/);
    assert.deepEqual(rowsOf(page, 'pressure')[0]!['cpu'], { some: 12.34, full: 0.5 });
  });
  test('without a sample before there are no rates, and nobody is said to be throttled', () => {
    const first = shown(cgroupPage, { ...UNIFIED, before: {} });
    assert.doesNotMatch(first.text, /Throttled/);
    assert.equal(rowsOf(first, 'cpu')[0]!['cpu_percent'], null);
    assert.equal(rowsOf(first, 'cpu')[0]!['throttled_percent'], null);
  });
  test('frozen: by which group', () => {
    const files = { ...UNIFIED.files, [`${FOO}/cgroup.freeze`]: '0\n', [`${V2}/system.slice/cgroup.freeze`]: '1\n' };
    assert.match(shown(cgroupPage, { ...UNIFIED, files }).text, /Frozen by \/system\.slice: cgroup\.freeze is 1\./);
  });
  test('at the top there are no limits: no table without a value', () => {
    const files = { ...UNIFIED.files, cgroup: '0::/\n' };
    const top = shown(cgroupPage, { ...UNIFIED, files });
    assert.ok(!('pids' in top.json) && !('memory' in top.json));
    assert.doesNotMatch(top.text, /reached first/);
  });
});

describe('version 1 and hybrid', () => {
  const HYBRID: Subject = {
    machine: { live: true },
    screen: 200,
    files: {
      cgroup: '4:memory:/m\n3:freezer:/f/g\n2:cpu,cpuacct:/a/b\n1:name=systemd:/u\n0::/u\n',
      '/proc/self/mountinfo':
        '31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n' +
        '32 31 0:29 / /cg/cpu rw - cgroup cgroup rw,cpu,cpuacct\n' +
        '33 31 0:30 / /cg/memory rw - cgroup cgroup rw,memory\n' +
        '34 31 0:31 / /cg/freezer rw - cgroup cgroup rw,freezer\n' +
        '35 31 0:32 / /cg/unified rw - cgroup2 cgroup2 rw\n',
      '/cg/cpu/a/b/cpu.cfs_quota_us': '-1\n',
      '/cg/cpu/a/b/cpu.cfs_period_us': '100000\n',
      '/cg/cpu/a/b/cpu.shares': '1024\n',
      '/cg/cpu/a/b/cpu.stat': 'nr_periods 0\nnr_throttled 0\nthrottled_time 0\n',
      '/cg/cpu/a/b/cpuacct.usage': '1500000000\n',
      '/cg/cpu/a/cpu.cfs_quota_us': '20000\n',
      '/cg/cpu/a/cpu.cfs_period_us': '100000\n',
      '/cg/cpu/a/cpu.stat': 'nr_periods 30\nnr_throttled 15\nthrottled_time 500000000\n',
      '/cg/memory/m/memory.usage_in_bytes': '1048576\n',
      '/cg/memory/m/memory.limit_in_bytes': '2097152\n',
      '/cg/memory/m/memory.failcnt': '9\n',
      '/cg/memory/m/memory.oom_control': 'oom_kill_disable 0\nunder_oom 1\noom_kill 4\n',
      '/cg/memory/memory.usage_in_bytes': '4194304\n',
      '/cg/memory/memory.limit_in_bytes': '9223372036854771712\n',
      '/cg/freezer/f/g/freezer.state': 'FROZEN\n',
      '/cg/freezer/f/freezer.state': 'FROZEN\n',
      '/cg/freezer/freezer.state': { missing: 'not-in-this-kernel' },
      '/cg/unified/u/cpu.pressure': pressure(1),
    },
    before: {
      '/cg/cpu/a/b/cpuacct.usage': '1000000000\n',
      '/cg/cpu/a/b/cpu.stat': 'nr_periods 0\nnr_throttled 0\nthrottled_time 0\n',
      '/cg/cpu/a/cpu.stat': 'nr_periods 20\nnr_throttled 10\nthrottled_time 0\n',
      '/cg/memory/m/memory.failcnt': '6\n',
    },
  };
  const page = shown(cgroupPage, HYBRID);
  test('each controller in its own hierarchy', () => {
    assert.match(lineOf(page, 'Control groups'), /hybrid/);
    assert.match(lineOf(page, '2  cpu,cpuacct'), /\/cg\/cpu +\/a\/b$/);
    assert.deepEqual(
      rowsOf(page, 'groups').map(({ folder }) => folder),
      ['/cg/memory/m', '/cg/freezer/f/g', '/cg/cpu/a/b', null, '/cg/unified/u'],
    );
  });
  test('quota, throttling by the group above, use out of cpuacct in nanoseconds', () => {
    assert.match(page.text, /Throttled in 50\.0 % of the periods by \/a \(20000 of 100000 us\): 5 of 10, 0\.50 s/);
    assert.match(page.text, /\n {2}b +50\.0 % +no limit +0 % +1,024\n/);
    assert.match(page.text, /\n {2}a +- +20\.0 % {2}\* +50\.0 % +-\n/);
  });
  test('memory: no limit is a number near 2^63; hits since the last sample', () => {
    assert.match(page.text, /\n {2}m +1\.00M +2\.00M {2}\* +- +- +failcnt 9 \(\+3\), under_oom 1, oom_kill 4\n/);
    assert.match(page.text, /\n {2}\/ +4\.00M +no limit/);
  });
  test('the freezer: the highest frozen group was told to', () => {
    assert.match(page.text, /Frozen by \/f: freezer\.state is FROZEN\./);
  });
  test('pressure is with version 2 in a hybrid', () => {
    assert.deepEqual(
      rowsOf(page, 'pressure').map(({ group }) => group),
      ['/u', '/'],
    );
  });
});

describe('what cannot be seen', () => {
  const note = (subject: Subject): string => shown(cgroupPage, { ...subject, screen: 200 }).text;
  test('a copy of /proc holds no values', () => {
    const page = shown(cgroupPage, { files: UNIFIED.files!, screen: 200 });
    assert.match(page.text, /a copy of \/proc does not hold \/sys\/fs\/cgroup/);
    assert.ok(![...page.asked].some(path => path.startsWith('/sys/')));
  });
  test('a group outside of our cgroup namespace', () => {
    const files = { ...UNIFIED.files, cgroup: '0::/../../other.slice\n' };
    const text = note({ ...UNIFIED, files });
    assert.match(text, /\/\.\.\/\.\.\/other\.slice \(outside of our cgroup namespace\)/);
    assert.match(text, /no mount that we see shows these groups/);
  });
  test('a mount that shows only a branch', () => {
    const files = {
      ...UNIFIED.files,
      '/proc/self/mountinfo': '31 23 0:28 /system.slice /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n',
      [`${V2}/foo.service/memory.current`]: '4096\n',
    };
    const page = shown(cgroupPage, { ...UNIFIED, files });
    assert.deepEqual(
      rowsOf(page, 'memory').map(({ group }) => group),
      ['/system.slice/foo.service', '/system.slice'],
    );
  });
  test('mounts out of the task, where our own do not come', () => {
    const files = { ...UNIFIED.files, mountinfo: UNIFIED.files!['/proc/self/mountinfo'] as string };
    delete (files as Record<string, unknown>)['/proc/self/mountinfo'];
    assert.match(note({ ...UNIFIED, files }), /foo\.service +40\.0 %/);
    delete (files as Record<string, unknown>)['mountinfo'];
    assert.match(note({ ...UNIFIED, files }), /Limits and use are not known: mountinfo: not read/);
  });
  test('the file cgroup itself, and a kernel without any', () => {
    const page = shown(cgroupPage, { files: { cgroup: { missing: 'could-block' } }, screen: 200 });
    assert.match(page.text, /somebody holds the lock of the control groups/s);
    assert.equal(page.json['mode'], null);
    const none = shown(cgroupPage, { files: { cgroup: { missing: 'not-in-this-kernel' } } });
    assert.match(none.text, /CONFIG_CGROUPS/);
  });
  test('a removed group says so', () => {
    const files = { ...UNIFIED.files, cgroup: '0::/old.slice (deleted)\n' };
    assert.match(note({ ...UNIFIED, files }), /\/old\.slice \(removed\)/);
  });
  test('a container by its group', () => {
    const id = '0123456789abcdef'.repeat(4);
    const files = { ...UNIFIED.files, cgroup: `0::/system.slice/docker-${id}.scope\n` };
    assert.match(note({ ...UNIFIED, files }), /Container {9}0123456789ab\n/);
  });
  test('groups nested without end', () => {
    const files = { ...UNIFIED.files, cgroup: `0::${'/a'.repeat(2000)}\n` };
    const page = shown(cgroupPage, { ...UNIFIED, files });
    assert.ok([...page.asked].filter(path => path.endsWith('/cpu.max')).length <= 32);
  });
});

test('any bytes in any file: a page', () => {
  const content = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'binary', maxLength: 200 }));
  const names = Object.keys(UNIFIED.files!);
  const files = fc.record(
    Object.fromEntries(names.map(name => [name, fc.oneof(content, fc.constant(UNIFIED.files![name]! as string))])),
  );
  fc.assert(
    fc.property(files, texts => {
      assert.ok(shown(cgroupPage, { ...UNIFIED, files: texts }).text.length > 0);
    }),
    { numRuns: 200 },
  );
});
