import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openFixture } from '../support/fixtures.ts';
import { readWhole } from '../../src/sample/tree.ts';
import { exactText } from '../../src/decode/bytes.ts';
import { decoded, kinds, one, part, words } from './decoded.ts';

const STATUS = `Name:	systemd-sleep
Umask:	0022
State:	D (disk sleep)
Tgid:	638591
Pid:	638591
PPid:	1
TracerPid:	0
Uid:	0	0	0	0
Gid:	0	1000	0	0
Groups:	 
VmPeak:	   14096 kB
Threads:	1
SigQ:	1/62830
SigPnd:	0000000000000100
ShdPnd:	0000000000004100
SigBlk:	0000000000004000
SigIgn:	0000000000001000
CapPrm:	000001ffffffffff
CapEff:	000000fffffeffff
NoNewPrivs:	1
Seccomp:	2
New_key:	3
Cpus_allowed:	ff,00000003
voluntary_ctxt_switches:	17`;

describe('a status file', () => {
  test('values by id: bytes, numbers, masks in hexadecimal, other text as it is', () => {
    const status = one('status', STATUS);
    const value = (key: string): unknown => part(status, 'fields', `status.${key}`);
    assert.deepEqual(
      [
        'Name',
        'Umask',
        'State',
        'Pid',
        'Uid',
        'Groups',
        'VmPeak',
        'SigQ',
        'SigBlk',
        'Seccomp',
        'New_key',
        'voluntary_ctxt_switches',
      ].map(value),
      [
        'systemd-sleep',
        '0022',
        'D (disk sleep)',
        638591,
        '0\t0\t0\t0',
        '',
        14434304,
        '1/62830',
        '0x0000000000004000',
        2,
        '3',
        17,
      ],
    );
    assert.equal(part(status, 'raw', 'status.SigBlk'), '0000000000004000');
    assert.deepEqual(part(status, 'names', 'status.ShdPnd'), ['SIGKILL', 'SIGTERM']);
    assert.equal(status.text, STATUS.replace('Groups:\t ', 'Groups:'));
    assert.deepEqual(kinds(STATUS), ['status']);
  });
  test('in words', () => {
    const said = words(STATUS);
    for (const line of [
      /^status of systemd-sleep, pid 638591: 24 keys$/m,
      /Umask +0022 +new files get at most 0644, directories 0755/,
      /State +D \(disk sleep\) +uninterruptible sleep/,
      /TracerPid +0 +not traced/,
      /Gid +0 1000 0 0 +real 0, effective 1000, saved 0, file system 0/,
      /VmPeak +14096 kB +13\.8MiB - largest VmSize so far/,
      /SigQ +1\/62830 +1 queued of at most 62830/,
      /SigBlk +0000000000004000 +SIGTERM - blocked$/m,
      /CapPrm +000001ffffffffff +all 41 of Linux since 5\.9 - permitted/,
      /CapEff +000000fffffeffff +all but CAP_SYS_MODULE CAP_CHECKPOINT_RESTORE/,
      /NoNewPrivs +1 +execve\(\) can give no more privileges/,
      /Seccomp +2 +filter$/m,
      /New_key +3 +not known/,
      /Cpus_allowed +ff,00000003 +CPUs 0-1,32-39/,
      /SIGTERM pending and blocked/,
      /SIGKILL is pending while it is in D/,
    ])
      assert.match(said, line);
  });
  test('no memory is 0 B', () => assert.match(words('Pid:\t1\nVmLck:\t       0 kB'), /VmLck +0 kB +0 B - /));
  test('a key that the release does not have', () => {
    assert.match(words(STATUS, '4.2'), /NoNewPrivs .*not in mainline Linux 4\.2 \(since 4\.10\)/);
    assert.doesNotMatch(words(STATUS, '6.1'), /Umask.*not in mainline/);
  });
  test('two files, with the names of their files before each line', () => {
    const text = ['12', '13']
      .flatMap(pid => [`/proc/${pid}/status:Pid:\t${pid}`, `/proc/${pid}/status:SigBlk:\t0000000000010000`])
      .join('\n');
    assert.deepEqual(
      decoded(text).map(thing => part(thing, 'fields', 'status.Pid')),
      [12, 13],
    );
  });
  test('the leading zeros of wide machines are left out of the words only', () => {
    const mask = '00000000,'.repeat(30) + '00000000,00000005';
    const text = `Pid:\t1\nMems_allowed:\t${mask}`;
    assert.match(words(text), /Mems_allowed +…00000005 +nodes 0,2/);
    assert.equal(part(one('status', text), 'raw', 'status.Mems_allowed'), mask);
  });
});

describe('single lines', () => {
  test('signals', () => {
    const blocked = one('signals', 'SigBlk:	0000000000010000');
    assert.deepEqual(
      [blocked.text, blocked['name'], blocked['raw'], blocked['names'], blocked['meaning']],
      ['SigBlk:	0000000000010000', 'SigBlk', '0x0000000000010000', ['SIGCHLD'], 'blocked'],
    );
    assert.deepEqual(one('signals', 'ShdPnd:\t0000000000000000')['names'], []);
    assert.match(words('ShdPnd:\t0000000000000000'), /ShdPnd {2}none pending for the whole process$/);
  });
  test('capabilities, of which kernels a full set is', () => {
    assert.equal((one('capabilities', 'CapEff: 000001ffffffffff')['names'] as string[]).length, 41);
    assert.match(words('CapEff: 000001ffffffffff'), /CapEff {2}all 41 of Linux since 5\.9/);
    assert.match(words('CapBnd:\t0000003fffffffff'), /all 38 of Linux since 3\.16, before 5\.8/);
    assert.match(words('CapBnd:\t0000003fffffffff', '6.1'), /all but CAP_PERFMON CAP_BPF CAP_CHECKPOINT_RESTORE/);
    assert.match(words('CapBnd:\t0000003fffffffff', '4.2'), /CapBnd {2}all 38 bounding set/);
    assert.match(words('CapPrm: 0000000000002400'), /CAP_NET_BIND_SERVICE CAP_NET_RAW/);
    assert.equal(one('capabilities', 'CapPrm: 0000020000000001')['unknown_bits'], '0x0000020000000000');
  });
  test('a key alone counts where its value leaves no doubt', () => {
    assert.deepEqual(kinds('Seccomp:\t2'), ['status']);
    assert.deepEqual(kinds('State:\tt (tracing stop)'), ['status']);
    for (const line of ['Name: foo', 'Threads: 3', 'Pid: 12', 'State: fine', 'VmPeak: many kB', 'Groups: 1 2'])
      assert.deepEqual(kinds(line), [], line);
  });
});

test('every line of every captured status file is understood', () => {
  for (const machine of ['debian11-arm64-5.10', 'debian12-armhf-6.1', 'host-x86_64-6.18'] as const) {
    const tree = openFixture(machine);
    for (const pid of tree.pids()) {
      const bytes = readWhole(tree, `${pid}/status`);
      assert.ok(bytes instanceof Uint8Array);
      const text = exactText(bytes);
      const found = decoded(text);
      assert.deepEqual(
        found.map(({ kind }) => kind),
        ['status'],
        `${machine} ${pid}`,
      );
      assert.equal(Object.keys(found[0]!['fields'] as object).length, text.trimEnd().split('\n').length);
    }
  }
});
