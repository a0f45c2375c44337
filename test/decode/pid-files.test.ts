import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  containerOf,
  decodeCgroupPath,
  decodeCmdline,
  decodeIo,
  decodeSchedstat,
  decodeStatm,
  decodeWchan,
} from '../../src/decode/pid-files.ts';
import { bytes, rawBytes } from '../support/stat-line.ts';

test('statm and schedstat', () => {
  assert.deepEqual(decodeStatm(bytes('389 276 265 309 0 73 0\n')), { size: 389, resident: 276, shared: 265 });
  assert.deepEqual(decodeSchedstat(bytes('2547583776 20373071056 562\n')), {
    runNs: 2547583776,
    delayNs: 20373071056,
    slices: 562,
  });
  for (const text of ['', '\n', '12', '1 2', 'a b c']) {
    assert.equal(decodeStatm(bytes(text)), undefined, JSON.stringify(text));
    assert.equal(decodeSchedstat(bytes(text)), undefined, JSON.stringify(text));
  }
});

test('io and wchan', () => {
  assert.equal(
    decodeIo(bytes('rchar: 617592\nwchar: 525\nread_bytes: 0\ncancelled_write_bytes: 7\n')).get('read_bytes'),
    '0',
  );
  assert.equal(decodeWchan(bytes('do_wait')), 'do_wait');
  assert.equal(decodeWchan(bytes('')), '');
});

test('command lines: arguments end with NUL', () => {
  assert.equal(decodeCmdline(bytes('sh\0-c\0sleep 1\0')), 'sh -c sleep 1');
  assert.equal(decodeCmdline(bytes('nginx: worker process')), 'nginx: worker process', 'overwritten by the program');
  assert.equal(decodeCmdline(bytes('postgres: idle\0\0\0\0\0')), 'postgres: idle');
  assert.equal(decodeCmdline(bytes('a\0\0b\0')), 'a  b', 'an empty argument');
  assert.equal(decodeCmdline(bytes('')), '');
  assert.equal(decodeCmdline(bytes('\0\0')), '');
  assert.equal(decodeCmdline(rawBytes('/tmp/bad\xff\0-x\0')), '/tmp/bad\udcff -x');
});

test('cgroup: v2, v1, both', () => {
  assert.equal(decodeCgroupPath(bytes('0::/user.slice/session-1.scope\n')), '/user.slice/session-1.scope');
  assert.equal(decodeCgroupPath(bytes('0::/\n')), '/');
  assert.equal(
    decodeCgroupPath(bytes('4:memory:/docker/abc\n2:cpu,cpuacct:/\n1:name=systemd:/docker/abc\n')),
    '/docker/abc',
  );
  assert.equal(
    decodeCgroupPath(bytes('4:memory:/session\n1:name=systemd:/\n0::/\n')),
    '/session',
    'v2 is mounted but not used',
  );
  assert.equal(decodeCgroupPath(bytes('4:memory:/long/path/here\n0::/short\n')), '/short');
  assert.equal(decodeCgroupPath(bytes('0::/a:b\n')), '/a:b');
  assert.equal(decodeCgroupPath(bytes('0::/gone (deleted)\n')), '/gone (deleted)');
  assert.equal(decodeCgroupPath(bytes('')), undefined);
});

const ID = '0123456789abcdef'.repeat(4);
const SHORT = ID.slice(0, 12);

const CONTAINERS: Readonly<Record<string, string | undefined>> = {
  [`/docker/${ID}`]: SHORT,
  [`/system.slice/docker-${ID}.scope`]: SHORT,
  [`/machine.slice/libpod-${ID}.scope`]: SHORT,
  [`/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope/container`]: SHORT,
  [`/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/cri-containerd-${ID}.scope`]: SHORT,
  [`/kubepods.slice/kubepods-pod1.slice/crio-${ID}.scope`]: SHORT,
  [`/kubepods/burstable/pod1/${ID}`]: SHORT,
  '/lxc/web': 'web',
  '/lxc.payload.web/init.scope': 'web',
  '/machine.slice/machine-web.scope': 'web',
  '/machine.slice/machine-web\\x2d1.scope': 'web-1',
  '/': undefined,
  '/user.slice/user-1000.slice/session-1.scope': undefined,
  // the engines themselves, and what only looks like them, are in no container
  '/system.slice/docker.service': undefined,
  '/system.slice/docker.socket': undefined,
  '/system.slice/crio.service': undefined,
  '/system.slice/lxc.service': undefined,
  '/system.slice/lxcfs.service': undefined,
  '/system.slice/docker-cleanup.service': undefined,
  '/lxc.monitor.web': undefined,
  '/system.slice/machine-check.service': undefined,
  '/system.slice/system-my\\x2ddocker.slice': undefined,
  [`/machine.slice/libpod-conmon-${ID}.scope`]: undefined,
};
for (const [path, name] of Object.entries(CONTAINERS)) {
  test(`container of ${path}`, () => assert.equal(containerOf(path), name));
}
