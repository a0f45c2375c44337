import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildSystemPage } from '../../src/pages/system-pages.ts';
import { fixturePage, jsonOf, rowsOf, type SystemParts, systemContext, textOf } from '../support/system.ts';

const page = (parts: SystemParts) => buildSystemPage('cgroups', systemContext(parts));
const own = (parts: SystemParts) => jsonOf(page(parts))['own'] as Readonly<Record<string, unknown>>;
const line = (parts: SystemParts, label: string): string =>
  textOf(page(parts), Infinity)
    .find(text => text.startsWith(`  ${label} `))!
    .slice(label.length + 2)
    .trim();

const MOUNTINFO = '/proc/self/mountinfo';
const CGROUP = '/proc/self/cgroup';
const V2 = '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n';
const V1 = ['cpu,cpuacct', 'memory', 'pids']
  .map((names, at) => `${40 + at} 31 0:${30 + at} / /sys/fs/cgroup/${names} rw - cgroup cgroup rw,${names}\n`)
  .join('');
const none = { missing: 'not-in-this-kernel' } as const;

const CGROUPS = `#subsys_name	hierarchy	num_cgroups	enabled
cpuset	0	77	1
memory	5	12	0
net_cls	0	1	1
`;

describe('hierarchies', () => {
  const mode = (mounts: string): unknown => jsonOf(page({ files: { [MOUNTINFO]: mounts } }))['mode'];
  test('version 1, 2, both, none', () => {
    assert.equal(mode(V2), 'v2');
    assert.equal(mode(V1), 'v1');
    assert.equal(mode(V1 + V2), 'hybrid');
    assert.equal(mode('1 0 8:1 / / rw - ext4 /dev/vda rw\n'), 'none');
  });
  test('the controllers of version 2, and those that subgroups have', () => {
    const files = {
      [MOUNTINFO]: V2,
      '/sys/fs/cgroup/cgroup.controllers': 'cpuset cpu io memory\n',
      '/sys/fs/cgroup/cgroup.subtree_control': '\n',
    };
    assert.deepEqual(jsonOf(page({ files }))['v2_controllers'], ['cpuset', 'cpu', 'io', 'memory']);
    assert.equal(line({ files }, 'For subgroups'), 'none');
  });
  test('controllers with id, number of groups, and where they are', () => {
    const rows = rowsOf(page({ files: { [MOUNTINFO]: V1 + V2, '/proc/cgroups': CGROUPS } }), 'controllers', 'name');
    const got = [...rows.values()].map(row =>
      ['name', 'hierarchy', 'groups', 'enabled', 'mounted'].map(key => row[key]),
    );
    assert.deepEqual(got, [
      ['cpuset', 0, 77, true, 'version 2'],
      ['memory', 5, 12, false, '/sys/fs/cgroup/memory'],
      ['net_cls', 0, 1, true, 'not mounted'],
    ]);
  });
  test('a kernel without control groups', () => {
    const lines = textOf(page({ files: { '/proc/cgroups': none } }), Infinity);
    assert.ok(lines.includes('  - (this kernel does not have it: needs CONFIG_CGROUPS)'));
  });
});

describe('the own group', () => {
  const group = '/sys/fs/cgroup/app.slice/x';
  const v2 = (files: SystemParts['files']): SystemParts => ({
    files: { [MOUNTINFO]: V2, [CGROUP]: '0::/app.slice/x\n', ...files },
  });
  test('limits of version 2', () => {
    const parts = v2({
      [`${group}/memory.max`]: '536870912\n',
      [`${group}/memory.high`]: 'max\n',
      [`${group}/memory.current`]: '1048576\n',
      [`${group}/pids.max`]: '1000\n',
      [`${group}/pids.current`]: '7\n',
      [`${group}/cpu.max`]: '150000 100000\n',
      [`${group}/cpuset.cpus.effective`]: '0-3\n',
    });
    assert.deepEqual(own(parts), {
      memory_limit: '536870912',
      memory_high: 'max',
      memory_used: 1_048_576,
      tasks_limit: '1000',
      tasks: 7,
      cpus: '0-3',
      cpu_quota: { quota_us: 150_000, period_us: 100_000 },
    });
    assert.equal(line(parts, 'Memory limit'), '512M');
    assert.equal(line(parts, 'CPU time'), '150,000 us in each 100,000 us (1.50 CPUs)');
    assert.equal(line(parts, 'Slowed down from'), 'no limit');
    assert.deepEqual(jsonOf(page(parts))['own_groups'], [
      { hierarchy: 0, controllers: [], group: { path: '/app.slice/x', folder: group } },
    ]);
  });
  test('a controller that is not enabled for it; the top group', () => {
    const off = v2({ [`${group}/pids.max`]: none, [`${group}/cpu.max`]: none });
    assert.equal(line(off, 'Most tasks'), '- (the controller pids is not enabled for the group)');
    assert.equal(line(off, 'CPU time'), '- (the controller cpu is not enabled for the group)');
    const top = { files: { [MOUNTINFO]: V2, [CGROUP]: '0::/\n', '/sys/fs/cgroup/memory.max': none } };
    assert.equal(line(top, 'Memory limit'), '- (the top group has none)');
  });
  test('limits of version 1, each in its own hierarchy; a number that means none', () => {
    const parts: SystemParts = {
      files: {
        [MOUNTINFO]: V1,
        [CGROUP]: '3:pids:/a\n2:memory:/b\n1:cpu,cpuacct:/\n',
        '/sys/fs/cgroup/memory/b/memory.limit_in_bytes': '9223372036854771712\n',
        '/sys/fs/cgroup/memory/b/memory.usage_in_bytes': '4096\n',
        '/sys/fs/cgroup/pids/a/pids.max': 'max\n',
        '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '-1\n',
        '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
      },
    };
    const limits = own(parts);
    assert.equal(limits['memory_limit'], 'max');
    assert.equal(limits['memory_used'], 4096);
    assert.equal(limits['tasks_limit'], 'max');
    assert.deepEqual(limits['cpu_quota'], { quota_us: null, period_us: 100_000 });
    // version 1 has nothing like it
    assert.equal('memory_high' in limits, false);
  });
  test('a group that no mount shows', () => {
    const parts = { files: { [MOUNTINFO]: V2, [CGROUP]: '0::/../other\n' } };
    assert.equal(line(parts, 'Memory limit'), '- (no mount shows the group)');
  });
  test('of a copy there is none: it would be the group of who made the copy', () => {
    const copy = fixturePage('debian12-arm64-6.1', 'cgroups');
    assert.equal(jsonOf(copy)['own'], undefined);
    assert.ok(textOf(copy).includes('  Mode              - (not in the copy)'));
  });
});
