import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  groupLimits,
  isContainer,
  limitFiles,
  ownGroups,
  relevantMounts,
  usageFiles,
} from '../../src/decode/cgroup-limits.ts';
import { bytes } from '../support/stat-line.ts';

const V2_MOUNT = '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n';
const OTHER_MOUNTS = '22 27 0:20 / /sys rw - sysfs sysfs rw\n23 27 0:21 / /proc rw - proc proc rw\n';

const groupsOf = (cgroup: string, mountinfo: string): ReturnType<typeof ownGroups> =>
  ownGroups(bytes(cgroup), bytes(mountinfo));

const reading =
  (files: Readonly<Record<string, string>>) =>
  (path: string): Uint8Array | undefined => {
    const text = files[path];
    return text === undefined ? undefined : bytes(text);
  };

describe('version 2', () => {
  const groups = groupsOf('0::/user.slice/user-1000.slice/session-2.scope\n', OTHER_MOUNTS + V2_MOUNT);
  const base = '/sys/fs/cgroup';
  const scope = `${base}/user.slice/user-1000.slice/session-2.scope`;
  const user = `${base}/user.slice/user-1000.slice`;

  test('which files tell', () => {
    assert.deepEqual(limitFiles(groups).slice(0, 4), [
      `${scope}/memory.max`,
      `${user}/memory.max`,
      `${base}/user.slice/memory.max`,
      `${base}/memory.max`,
    ]);
    assert.deepEqual(limitFiles(groups).slice(-3), [
      `${base}/cpu.max`,
      `${scope}/cpuset.cpus.effective`,
      `${scope}/cgroup.events`,
    ]);
    const limits = groupLimits(groups, reading({ [`${user}/memory.max`]: '4096\n', [`${scope}/cgroup.events`]: '\n' }));
    assert.deepEqual(usageFiles(groups, limits), [
      `${user}/memory.current`,
      `${scope}/cpu.pressure`,
      `${scope}/memory.pressure`,
      `${scope}/io.pressure`,
    ]);
    assert.deepEqual(usageFiles(groups, groupLimits(groups, reading({}))), [], 'nothing is limited');
  });
  test('the smallest limit on the way up counts, with the use of the group that has it', () => {
    const limits = groupLimits(
      groups,
      reading({
        [`${scope}/memory.max`]: '8589934592\n',
        [`${scope}/memory.current`]: '1048576\n',
        [`${user}/memory.max`]: '4294967296\n',
        [`${user}/memory.current`]: '3221225472\n',
        [`${scope}/cpu.max`]: 'max 100000\n',
        [`${user}/cpu.max`]: '150000 100000\n',
        [`${base}/user.slice/cpu.max`]: '40000 20000\n',
        [`${scope}/cpuset.cpus.effective`]: '0-3\n',
      }),
    );
    assert.deepEqual(limits.memory, {
      limit: 4 * 2 ** 30,
      used: 3 * 2 ** 30,
      usageFile: `${user}/memory.current`,
    });
    assert.equal(limits.cpus, 1.5);
    assert.equal(limits.cpuset, '0-3');
  });
  test('none, and not told', () => {
    const free = groupLimits(
      groups,
      reading({ [`${scope}/memory.max`]: 'max\n', [`${scope}/cpu.max`]: 'max 100000\n' }),
    );
    assert.deepEqual([free.memory, free.cpus, free.cpuset], [undefined, undefined, undefined]);
    const limited = groupLimits(groups, reading({ [`${scope}/memory.max`]: '4096\n', [`${scope}/cpu.max`]: '1 0\n' }));
    assert.deepEqual([limited.memory?.limit, limited.memory?.used, limited.cpus], [4096, undefined, undefined]);
  });
  test('pressure of the group, but not at the root: there it is the machine’s', () => {
    const pressure = { [`${scope}/io.pressure`]: 'some\n', [`${scope}/cgroup.events`]: 'populated 1\n' };
    assert.deepEqual([...groupLimits(groups, reading(pressure)).pressure.keys()], ['io']);
    const root = groupsOf('0::/\n', V2_MOUNT);
    assert.deepEqual(groupLimits(root, reading({ [`${base}/io.pressure`]: 'some\n' })).pressure.size, 0);
  });
  test('in a namespace of its own the container is the root', () => {
    const inside = groupsOf('0::/\n', '600 590 0:26 / /sys/fs/cgroup ro - cgroup2 cgroup rw\n');
    const limits = groupLimits(inside, reading({ '/sys/fs/cgroup/memory.max': '536870912\n' }));
    assert.equal(limits.memory!.limit, 512 * 2 ** 20);
  });
});

describe('version 1', () => {
  const CGROUP = '5:cpuset:/docker/abc\n4:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n1:name=systemd:/docker/abc\n';
  const mounts = (root: string): string =>
    ['memory', 'cpu,cpuacct', 'cpuset']
      .map((name, id) => `4${id} 40 0:3${id} ${root} /sys/fs/cgroup/${name} ro - cgroup cgroup rw,${name}\n`)
      .join('');

  test('on the host the groups above count, too', () => {
    const groups = groupsOf(CGROUP, mounts('/'));
    assert.deepEqual(groups.memory!.folders, [
      '/sys/fs/cgroup/memory/docker/abc',
      '/sys/fs/cgroup/memory/docker',
      '/sys/fs/cgroup/memory',
    ]);
    const limits = groupLimits(
      groups,
      reading({
        '/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes': '9223372036854771712\n',
        '/sys/fs/cgroup/memory/docker/memory.limit_in_bytes': '1073741824\n',
        '/sys/fs/cgroup/memory/docker/memory.usage_in_bytes': '4096\n',
        '/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us': '-1\n',
        '/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us': '100000\n',
        '/sys/fs/cgroup/cpu,cpuacct/docker/cpu.cfs_quota_us': '25000\n',
        '/sys/fs/cgroup/cpu,cpuacct/docker/cpu.cfs_period_us': '100000\n',
        '/sys/fs/cgroup/cpuset/docker/abc/cpuset.cpus': '0-1\n',
      }),
    );
    assert.deepEqual([limits.memory?.limit, limits.memory?.used], [2 ** 30, 4096]);
    assert.equal(limits.cpus, 0.25);
    assert.equal(limits.cpuset, '0-1');
    assert.equal(limits.pressure.size, 0);
  });
  test('in the container only its own branch is mounted', () => {
    const groups = groupsOf(CGROUP, mounts('/docker/abc'));
    assert.deepEqual(groups.memory!.folders, ['/sys/fs/cgroup/memory']);
    assert.equal(groups.unified, undefined);
  });
  test('a group that the mounts do not show', () => {
    const groups = groupsOf(CGROUP, mounts('/other'));
    assert.deepEqual([groups.memory, groups.cpu, groups.cpuset], [undefined, undefined, undefined]);
    assert.deepEqual(limitFiles(groups), []);
  });
});

test('a container is told by its pid namespace', () => {
  assert.equal(isContainer(bytes('pid:[4026531836]')), false);
  assert.equal(isContainer(bytes('pid:[4026532300]')), true);
  assert.equal(isContainer(undefined), false, 'not told');
});

describe('mounts', () => {
  test('over files of procfs', () => {
    const lxcfs = '70 60 0:50 /proc/meminfo /proc/meminfo rw - fuse.lxcfs lxcfs rw\n';
    assert.deepEqual(groupsOf('0::/\n', OTHER_MOUNTS + V2_MOUNT + lxcfs).covered, ['/proc/meminfo']);
  });
  test('only the lines that matter are kept, and tell the same', () => {
    const many = Array.from({ length: 500 }, (_, id) => `1${id} 27 0:9 / /mnt/${id} rw - overlay overlay rw,lower=x\n`);
    const lxcfs = '70 60 0:50 /proc/stat /proc/stat rw - fuse.lxcfs lxcfs rw\n';
    const whole = many.join('') + OTHER_MOUNTS + V2_MOUNT + lxcfs;
    const kept = relevantMounts(bytes(whole));
    assert.equal(new TextDecoder().decode(kept), V2_MOUNT + lxcfs);
    assert.deepEqual(ownGroups(bytes('0::/a\n'), kept), groupsOf('0::/a\n', whole));
  });
});

test('whatever the files hold, nothing is thrown and no path leaves the mount', () => {
  const text = fc.string({
    unit: fc.constantFrom('0', '4', ':', '/', '.', 'm', 'cpu', 'memory', ',', '\n', ' ', '-', '\\', '\xff'),
  });
  fc.assert(
    fc.property(text, text, text, (path, mount, file) => {
      const groups = groupsOf(`0::/${path}\n4:memory:/${mount}\n`, `${V2_MOUNT}${mount}\n`);
      const limits = groupLimits(groups, () => bytes(file));
      for (const name of [...limitFiles(groups), ...usageFiles(groups, limits)])
        assert.ok(name.startsWith('/sys/fs/cgroup/'), name);
      relevantMounts(bytes(mount));
    }),
  );
});
