import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cgroupFolder, cgroupMounts, decodeMountinfo } from '../../src/decode/mountinfo.ts';
import { bytes, rawBytes } from '../support/stat-line.ts';

// of a 6.18 machine with both versions of control groups
const HYBRID = `\
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard,resuid=65534
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
33 31 0:30 / /sys/fs/cgroup/cpuacct rw,relatime - cgroup cgroup rw,cpuacct
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
`;

test('mounts', () => {
  const mounts = decodeMountinfo(bytes(HYBRID));
  assert.equal(mounts.length, 8);
  assert.deepEqual(mounts[1], {
    id: 27,
    parentId: 1,
    major: 254,
    minor: 0,
    root: '/',
    mountPoint: '/',
    options: ['rw', 'relatime'],
    fsType: 'ext4',
    source: '/dev/vda',
    superOptions: ['rw', 'discard', 'resuid=65534'],
  });
});

test('tags, escapes, bytes that are no UTF-8, an empty source', () => {
  const [bind, odd, empty] = decodeMountinfo(
    rawBytes(
      '36 35 98:0 /mnt1 /mnt\\0402/a\\134b rw,noatime master:1 shared:7 propagate_from:2 - fuse.sshfs user@host:/x\\043y rw,errors=continue\n' +
        '37 35 0:50 / /\xff\\012 rw - nfs4 server:/\xc3\xa9 rw,vers=4.2\n' +
        '38 35 0:51 / /t rw - tmpfs  rw\n',
    ),
  );
  assert.equal(bind!.root, '/mnt1');
  assert.equal(bind!.mountPoint, '/mnt 2/a\\b');
  assert.equal(bind!.source, 'user@host:/x#y');
  assert.equal(bind!.fsType, 'fuse.sshfs');
  assert.equal(odd!.mountPoint, '/\udcff\n');
  assert.equal(odd!.source, 'server:/é');
  assert.equal(empty!.source, '');
});

test('a folder named like the separator', () => {
  const [mount] = decodeMountinfo(bytes('36 35 98:0 / /a rw shared:7 - ext4 /dev/- rw\n'));
  assert.equal(mount!.source, '/dev/-');
});

test('control groups: both versions', () => {
  const { v2, v1 } = cgroupMounts(decodeMountinfo(bytes(HYBRID)));
  assert.deepEqual(v2, { mountPoint: '/sys/fs/cgroup/unified', root: '/' });
  assert.deepEqual([...v1.keys()], ['cpu', 'cpuacct', 'memory', 'name=systemd']);
  assert.equal(v1.get('memory')!.mountPoint, '/sys/fs/cgroup/memory');
});

test('control groups: v2 alone, v1 with joint controllers, none', () => {
  const unified = cgroupMounts(
    decodeMountinfo(
      bytes('30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n'),
    ),
  );
  assert.deepEqual(unified.v2, { mountPoint: '/sys/fs/cgroup', root: '/' });
  assert.equal(unified.v1.size, 0);
  const joint = cgroupMounts(
    decodeMountinfo(
      bytes(
        '30 23 0:26 /docker/1 /mnt/part ro - cgroup cgroup rw,cpu,cpuacct\n' +
          '31 23 0:26 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,xattr,cpu,cpuacct,release_agent=/x,clone_children\n' +
          '32 23 0:26 /docker/2 /mnt/other ro - cgroup cgroup rw,cpu,cpuacct\n',
      ),
    ),
  );
  assert.deepEqual(
    [...joint.v1],
    [
      ['cpu', { mountPoint: '/sys/fs/cgroup/cpu,cpuacct', root: '/' }],
      ['cpuacct', { mountPoint: '/sys/fs/cgroup/cpu,cpuacct', root: '/' }],
    ],
  );
  assert.equal(joint.v2, undefined);
  assert.deepEqual(cgroupMounts([]), { v1: new Map() });
});

test('the folder of a group', () => {
  const whole = { mountPoint: '/sys/fs/cgroup', root: '/' };
  assert.equal(cgroupFolder(whole, '/'), '/sys/fs/cgroup');
  assert.equal(cgroupFolder(whole, '/system.slice/a.service'), '/sys/fs/cgroup/system.slice/a.service');
  const branch = { mountPoint: '/cg', root: '/docker/1' };
  assert.equal(cgroupFolder(branch, '/docker/1'), '/cg');
  assert.equal(cgroupFolder(branch, '/docker/1/x'), '/cg/x');
  assert.equal(cgroupFolder(branch, '/docker/12'), undefined);
  assert.equal(cgroupFolder(branch, '/'), undefined);
  assert.equal(cgroupFolder(whole, '/../sibling'), undefined);
  assert.equal(cgroupFolder(whole, ''), undefined);
});

test('cut off and malformed', () => {
  assert.deepEqual(decodeMountinfo(bytes('')), []);
  assert.equal(decodeMountinfo(bytes(HYBRID.slice(0, -1))).length, 7);
  assert.deepEqual(decodeMountinfo(bytes('1 2 3:4 / /\n1 2 3 / / rw - a b c\nx\n - \n')), []);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), data => decodeMountinfo(data).length === 0));
});
