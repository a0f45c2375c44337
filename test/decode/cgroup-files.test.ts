import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  CGROUP_FILES,
  cgroupLimit,
  cgroupNumber,
  cgroupOf,
  decodeCfsQuota,
  decodeCgroupControllers,
  decodeCgroupDevices,
  decodeCgroupKeys,
  decodeCpuMax,
  decodeTaskCgroups,
  throttling,
} from '../../src/decode/cgroup-files.ts';
import { bytes, rawBytes } from '../support/stat-line.ts';

test('groups of a task: both versions (6.18)', () => {
  const task = decodeTaskCgroups(bytes('9:name=systemd:/\n4:memory:/api/b7ff\n2:cpu,cpuacct:/\n0::/\n'));
  assert.equal(task.mode, 'hybrid');
  assert.deepEqual(task.groups[1], { id: 4, controllers: ['memory'], path: '/api/b7ff', deleted: false });
  assert.deepEqual(task.groups[3], { id: 0, controllers: [], path: '/', deleted: false });
  assert.equal(cgroupOf(task, 'cpuacct')!.id, 2);
  assert.equal(cgroupOf(task, 'pids')!.id, 0, 'not in version 1, so in version 2');
});

test('groups of a task: one version, none, odd names', () => {
  const v2 = decodeTaskCgroups(bytes('0::/system.slice/a:b.service\n'));
  assert.equal(v2.mode, 'v2');
  assert.equal(cgroupOf(v2, 'cpu')!.path, '/system.slice/a:b.service');
  const v1 = decodeTaskCgroups(bytes('3:cpu,cpuacct:/x\n1:name=systemd:/y\n'));
  assert.equal(v1.mode, 'v1');
  assert.equal(cgroupOf(v1, 'memory'), undefined);
  assert.deepEqual(decodeTaskCgroups(bytes('')), { mode: 'none', groups: [] });
  assert.deepEqual(decodeTaskCgroups(bytes('0::/gone (deleted)\n')).groups[0], {
    id: 0,
    controllers: [],
    path: '/gone',
    deleted: true,
  });
  assert.equal(decodeTaskCgroups(rawBytes('0::/\xff\xc3\xa9\n')).groups[0]!.path, '/\udcffé');
  assert.equal(decodeTaskCgroups(bytes('0::/../../other\n')).groups[0]!.path, '/../../other');
  assert.equal(decodeTaskCgroups(bytes('0::/cut')).mode, 'none', 'a path that may be cut off is none');
  assert.equal(decodeTaskCgroups(bytes('x::/\n0:/\n0::relative\n:::\n')).mode, 'none');
});

test('/proc/cgroups', () => {
  assert.deepEqual(
    decodeCgroupControllers(
      bytes('#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpuset\t3\t1\t1\nmemory\t0\t18\t0\nbad\t1\n'),
    ),
    [
      { name: 'cpuset', hierarchy: 3, groups: 1, enabled: true },
      { name: 'memory', hierarchy: 0, groups: 18, enabled: false },
    ],
  );
});

test('limits of both versions', () => {
  assert.equal(cgroupLimit(bytes('max\n')), 'max');
  assert.equal(cgroupLimit(bytes('1073741824\n')), 1073741824);
  assert.equal(cgroupLimit(bytes('0\n')), 0);
  for (const unlimited of [
    '9223372036854771712', // pages of 4 KiB, 3.19 on
    '9223372036854759424', // 16 KiB
    '9223372036854710272', // 64 KiB
    '9223372036854775807', // up to 3.18
    '8796093018112', // 32 bits
  ])
    assert.equal(cgroupLimit(bytes(`${unlimited}\n`)), 'max', unlimited);
  assert.equal(cgroupLimit(bytes('8796093018111\n')), 8796093018111);
  for (const text of ['', '\n', '-1\n', 'maximum\n', '1 2\n']) assert.equal(cgroupLimit(bytes(text)), undefined, text);
  assert.equal(cgroupNumber(bytes('1\n')), 1);
  assert.equal(cgroupNumber(bytes('max\n')), undefined);
});

test('CPU quotas of both versions', () => {
  assert.deepEqual(decodeCpuMax(bytes('max 100000\n')), { quotaUs: 'max', periodUs: 100000 });
  assert.deepEqual(decodeCpuMax(bytes('50000 100000\n')), { quotaUs: 50000, periodUs: 100000 });
  for (const text of ['', 'max\n', '1\n', '-1 100000\n', '1 2 3\n']) assert.equal(decodeCpuMax(bytes(text)), undefined);
  assert.deepEqual(decodeCfsQuota(bytes('-1\n'), bytes('100000\n')), { quotaUs: 'max', periodUs: 100000 });
  assert.deepEqual(decodeCfsQuota(bytes('25000\n'), bytes('50000\n')), { quotaUs: 25000, periodUs: 50000 });
  assert.equal(decodeCfsQuota(bytes('-2\n'), bytes('50000\n')), undefined);
  assert.equal(decodeCfsQuota(bytes('1\n'), bytes('')), undefined);
});

test('share of throttled periods', () => {
  const v2 = (periods: number, throttled: number, usec: number) =>
    decodeCgroupKeys(
      bytes(
        `usage_usec 9\nuser_usec 5\nsystem_usec 4\nnr_periods ${periods}\nnr_throttled ${throttled}\nthrottled_usec ${usec}\n`,
      ),
    );
  assert.deepEqual(throttling(v2(100, 10, 500_000), v2(150, 29, 2_000_000)), {
    periods: 50,
    throttledPeriods: 19,
    share: 0.38,
    throttledSeconds: 1.5,
  });
  const v1 = (periods: number, throttled: number, ns: number) =>
    decodeCgroupKeys(bytes(`nr_periods ${periods}\nnr_throttled ${throttled}\nthrottled_time ${ns}\n`));
  assert.deepEqual(throttling(v1(0, 0, 0), v1(4, 1, 250_000_000)), {
    periods: 4,
    throttledPeriods: 1,
    share: 0.25,
    throttledSeconds: 0.25,
  });
  assert.equal(throttling(v2(5, 1, 1), v2(5, 1, 1)), undefined, 'no period passed');
  assert.equal(throttling(v2(5, 3, 1), v2(9, 1, 1)), undefined, 'went backwards');
  assert.equal(throttling(new Map([['usage_usec', 1]]), new Map([['usage_usec', 2]])), undefined, 'no quota');
});

test('keys and devices', () => {
  assert.deepEqual(
    [...decodeCgroupKeys(bytes('low 0\nhigh 12\nmax 3\noom 1\noom_kill 1\nbad\nworse x\n\ncut 12'))],
    [
      ['low', 0],
      ['high', 12],
      ['max', 3],
      ['oom', 1],
      ['oom_kill', 1],
    ],
  );
  const [disk, other] = decodeCgroupDevices(
    bytes(
      '8:16 rbytes=1459200 wbytes=314773504 rios=192 wios=353 dbytes=0 dios=0\n8:0 rbps=max wiops=120\nbad\n9:9 x\n',
    ),
  );
  assert.equal(disk!.major, 8);
  assert.equal(disk!.minor, 16);
  assert.equal(disk!.values.get('wbytes'), '314773504');
  assert.equal(disk!.values.size, 6);
  assert.equal(other!.values.get('rbps'), 'max');
  assert.equal(decodeCgroupDevices(bytes('253:0 \n'))[0]!.values.size, 0, 'a device that was not used yet');
});

test('the table names each file of a version once', () => {
  const names = CGROUP_FILES.map(({ version, file }) => `${version} ${file}`);
  assert.equal(new Set(names).size, names.length);
});

test('any bytes: no exception, nothing made up', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), data => {
      decodeTaskCgroups(data);
      decodeCgroupControllers(data);
      decodeCgroupDevices(data);
      const limit = cgroupLimit(data);
      return limit === undefined || limit === 'max' || limit >= 0;
    }),
  );
});
