import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CAPABILITIES } from '../../src/kernel/capabilities.ts';
import { capabilityWords } from '../../src/pages/capability-words.ts';
import { privilegesPage } from '../../src/pages/privileges.ts';
import { built, type Built, type Parts, statusText } from './built.ts';

const page = (parts: Parts): Built => built(privilegesPage, parts);
const withStatus = (keys: Record<string, string>, parts: Parts = {}): Built =>
  page({ ...parts, files: { ...parts.files, status: statusText(keys) } });

describe('identity', () => {
  test('four equal ids are one; names of users', () => {
    const { json, line } = withStatus({});
    assert.match(line('User '), /0 root \(real, effective, saved, file system\)/);
    assert.deepEqual(json['uid'], { real: 0, effective: 0, saved: 0, fs: 0 });
    assert.match(line('Umask'), /0022: new files 644, folders 755/);
    assert.match(withStatus({ Umask: '0077' }).line('Umask'), /new files 600, folders 700/);
  });
  test('different ids bear their roles', () => {
    const machine = {
      userNames: new Map([
        [0, 'root'],
        [1000, 'anna'],
      ]),
    };
    const shown = withStatus({ Uid: '1000\t0\t0\t0', Groups: '4 27 1000 ' }, { machine });
    assert.match(shown.line('User '), /real 1000 anna, effective 0 root, saved 0 root, file system 0 root/);
    assert.deepEqual(shown.json['groups'], [4, 27, 1000]);
    assert.deepEqual(withStatus({ Groups: ' ' }).json['groups'], []);
  });
  test('nobody logged in: no id, and not 4294967295', () => {
    const unset = page({ files: { loginuid: '4294967295', sessionid: '4294967295' } });
    assert.equal(unset.json['loginuid'], null);
    assert.match(unset.line('Login user'), /none: nobody logged in for it/);
    const set = page({ files: { loginuid: '0', sessionid: '12' } });
    assert.equal(set.json['loginuid'], 0);
    assert.equal(set.json['sessionid'], 12);
  });
});

describe('capabilities', () => {
  test('none, all, all but few, few', () => {
    assert.equal(capabilityWords(0n, 40), 'none');
    assert.equal(capabilityWords(0x1ffffffffffn, 40), 'all 41');
    assert.equal(capabilityWords(0x1fffeffffffn, 40), 'all but CAP_SYS_RESOURCE');
    assert.equal(capabilityWords(0x400n, 40), 'CAP_NET_BIND_SERVICE');
    // a full set of 4.2 is not one of 5.9
    assert.equal(capabilityWords(0x3fffffffffn, 37), 'all 38');
    assert.equal(capabilityWords(0x3fffffffffn, 40), 'all but CAP_PERFMON CAP_BPF CAP_CHECKPOINT_RESTORE');
    assert.equal(capabilityWords(0xffffffffffffffffn, 33), 'all 34', 'old kernels set all 64 bits');
    assert.equal(capabilityWords(1n << 45n, 40), '0x200000000000', 'a bit without a name');
  });
  test('the words and the mask say the same', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: (1n << 41n) - 2n }), mask => {
        const words = capabilityWords(mask, 40);
        const but = words.startsWith('all but ');
        for (const { n, name } of CAPABILITIES) {
          const named = words.split(' ').includes(name);
          assert.equal(named !== but, ((mask >> BigInt(n)) & 1n) === 1n, name);
        }
      }),
    );
  });
  test('the kernel says itself which is its last', () => {
    const keys = { CapEff: '0000003fffffffff' };
    const said = withStatus(keys, { files: { '/proc/sys/kernel/cap_last_cap': '37\n' } });
    assert.match(said.line('Effective'), /0000003fffffffff {2}all 38/);
    assert.match(withStatus(keys, { machine: { releaseText: '4.2.0' } }).line('Effective'), /all 38/);
    const { mask, names } = (said.json['capabilities'] as Record<string, { mask: string; names: string[] }>)[
      'cap_eff'
    ]!;
    assert.equal(mask, '0x0000003fffffffff');
    assert.equal(names.length, 38);
  });
  test('a key that the release does not have', () => {
    const status = statusText().replace(/^CapAmb.*\n/m, '');
    const shown = page({ machine: { releaseText: '4.2.0' }, files: { status } });
    assert.match(shown.line('Ambient'), /since Linux 4\.3/);
    assert.equal((shown.json['missing'] as Record<string, string>)['capabilities.cap_amb'], 'not-in-this-kernel');
  });
});

describe('confinement', () => {
  test('seccomp in words', () => {
    assert.match(withStatus({ Seccomp: '0' }).line('Seccomp'), /off$/);
    const filtered = withStatus({ Seccomp: '2', Seccomp_filters: '3' });
    assert.match(filtered.line('Seccomp'), /filter: 3 filters/);
    assert.deepEqual(filtered.json['seccomp'], { mode: 2, filters: 3 });
    assert.match(withStatus({ Seccomp: '1' }).line('Seccomp'), /strict: only read, write, exit/);
  });
  test('security module: its label, or that none answers', () => {
    assert.match(page({ files: { 'attr/current': 'docker-default (enforce)\n' } }).line('Security'), /docker-default/);
    assert.equal(page({ files: { 'attr/current': 'unconfined\0' } }).json['lsm'], 'unconfined');
    const none = page({ files: { 'attr/current': { missing: 'not-in-this-kernel' } } });
    assert.match(none.line('Security'), /no security module answers/);
  });
  test('personality bits by name', () => {
    const shown = page({ files: { personality: '00040008\n' } });
    assert.match(shown.line('Personality'), /00040008 {2}PER_LINUX32, ADDR_NO_RANDOMIZE \(no random addresses\)/);
    assert.deepEqual(shown.json['personality'], { mask: '0x00040008', names: ['ADDR_NO_RANDOMIZE'] });
    assert.match(page({ files: { personality: '00000000\n' } }).line('Personality'), /00000000 {2}PER_LINUX$/);
    const denied = page({ files: { personality: { missing: 'no-permission' } }, machine: { mayPtrace: false } });
    assert.match(denied.line('Personality'), /not permitted: .*yama/);
  });
});

describe('namespaces', () => {
  const links = {
    'ns/uts': 'uts:[4026531838]',
    'ns/net': 'net:[4026532008]',
    'ns/later': 'later:[1]',
    '/proc/self/ns/uts': 'uts:[4026531838]',
    '/proc/self/ns/net': 'net:[4026531840]',
  };
  test('which are ours, which the initial ones', () => {
    const shown = page({ links });
    assert.deepEqual(
      shown.rows('namespaces').map(row => [row['type'], row['inode'], row['ours']]),
      [
        ['net', 4026532008, false],
        ['uts', 4026531838, true],
        ['later', 1, null],
      ],
    );
    assert.match(shown.line('uts'), /4026531838 {2}ours, initial {2}host name/);
    assert.match(shown.line('net'), /4026532008 {2}not ours/);
  });
  test('on a captured machine nothing is ours', () => {
    const shown = page({ links, machine: { live: false } });
    assert.deepEqual(
      shown.rows('namespaces').map(row => row['ours']),
      [null, null, null],
    );
  });
  test('of a zombie what is gone is told so', () => {
    const files = { 'ns/net': { missing: 'not-in-this-kernel' } } as const;
    const shown = page({ stat: { state: 'Z', vsize: 0 }, links: { 'ns/uts': 'uts:[1]' }, files });
    assert.match(shown.line('net'), /net +- +none any more/);
    assert.match(shown.line('uts'), /uts +1/);
  });
  test('ids inside: the same, or mapped', () => {
    const whole = page({ files: { uid_map: '         0          0 4294967295\n' } });
    assert.match(whole.line('User ids inside'), /every id is itself/);
    const mapped = page({ files: { uid_map: '0 100000 65536\n', gid_map: '' } });
    assert.match(mapped.line('User ids inside'), /0 is 100000 outside \(65,536 ids\)/);
    assert.deepEqual(mapped.json['uid_map'], [{ inside: 0, outside: 100000, count: 65536 }]);
    assert.match(mapped.line('Group ids inside'), /none is set/);
    assert.deepEqual(withStatus({ NSpid: '4711\t1' }).json['ns_pid'], [4711, 1]);
  });
});
