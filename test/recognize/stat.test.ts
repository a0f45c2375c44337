import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { machineJson } from '../support/fixtures.ts';
import { statText } from '../support/stat-line.ts';
import { decoded, kinds, one, part, words } from './decoded.ts';

const SLEEP =
  '638591 (systemd-sleep) D 1 638591 638591 0 -1 4194560 454 893 0 0 0 0 0 1 20 0 1 0 84971203 14434304 1361 18446744073709551615 94196019257344 94196019262629 140729509966368 0 0 256 0 4096 0 0 0 0 17 0 0 0 0 0 0 94196019276752 94196019277848 94196027453440 140729509973780 140729509973819 140729509973819 140729509973977 0';
const DOCKER =
  '10996 (docker) S 10970 10996 10970 34845 10996 1077960704 3124 0 1 0 18 27 0 0 20 0 7 0 252734195 222781440 2866 18446744073709551615 4194304 33785809 140732225023424 140732225022864 4652003 0 1945795109 0 2143420159 18446744073709551615 0 0 17 1 0 0 0 0 0 35882968 36246560 44216320 140732225031681 140732225031714 140732225031714 140732225032162 0';
const NOT_PERMITTED =
  '3214 (A process name) S 2780 2384 2384 0 -1 1077960704 12941 0 2 0 74 36 0 0 20 0 12 0 3622 381935616 15575 18446744073709551615 1 1 0 0 0 0 0 4097 1256 0 0 0 17 1 0 0 21 0 0 0 0 0 0 0 0 0 0';

describe('a task in D that a signal waits for', () => {
  test('fields in base units, masks and addresses in hexadecimal, every digit beside', () => {
    const stat = one('stat', SLEEP, '5.13');
    assert.equal(stat.text, SLEEP);
    const field = (id: string): unknown => part(stat, 'fields', id);
    assert.deepEqual(
      [
        'pid',
        'comm',
        'state',
        'flags',
        'cstime',
        'start_time',
        'vsize',
        'rss',
        'rsslim',
        'startcode',
        'signal',
        'sigignore',
      ].map(field),
      [
        638591,
        'systemd-sleep',
        'D',
        '0x00400100',
        0.01,
        849712.03,
        14434304,
        1361,
        'unlimited',
        '0x55abb8446000',
        '0x00000100',
        '0x00001000',
      ],
    );
    assert.deepEqual(
      [part(stat, 'raw', 'rsslim'), part(stat, 'raw', 'startcode'), part(stat, 'raw', 'start_time')],
      ['18446744073709551615', '94196019257344', '84971203'],
    );
    assert.deepEqual(
      [stat['flag_names'], stat['state_name'], stat['policy_name'], stat['tty_name'], stat['ticks_per_second']],
      [['PF_SUPERPRIV', 'PF_RANDOMIZE'], 'disk sleep', 'other', '', 100],
    );
    assert.equal(Object.keys(stat['fields'] as object).length, 52);
  });
  test('in words', () => {
    const said = words(SLEEP, '5.13');
    for (const line of [
      /^stat of task 638591 \(systemd-sleep\), 52 fields: Linux 3\.5 or later$/m,
      / 3 {2}state +D +disk sleep: uninterruptible sleep/,
      / 9 {2}flags +0x00400100 +PF_SUPERPRIV: used a super-user privilege/,
      /18 {2}priority +20 +nice 0 \(kernel priority 120\)/,
      /22 {2}start_time +84971203 +849712\.03 s after boot \(9d20h\)/,
      /29 {2}kstkesp +0 +not told: only while it dumps core/,
      /31 {2}signal +0x100 +pending: SIGKILL; signals 1 to 31 only, SigPnd of status has all/,
      /33 {2}sigignore +0x1000 +ignored: SIGPIPE/,
      /35 {2}wchan +0 +runs, or is not told: only 0 or 1 since 4\.4; the name is in \/proc\/PID\/wchan/,
      /38 {2}exit_signal +17 +SIGCHLD/,
      /52 {2}exit_code +0 +not exiting/,
      /100 ticks per second, as x86, arm and arm64 have/,
    ])
      assert.match(said, line);
  });
});

describe('flags of 2015', () => {
  test('with the release', () => {
    assert.deepEqual((one('stat', DOCKER, '4.0')['flag_names'] as string[]).toSorted(), [
      'PF_FREEZER_SKIP',
      'PF_RANDOMIZE',
      'PF_USED_ASYNC',
      'PF_USED_MATH',
    ]);
  });
  test('without: 52 fields say that it is no kernel before 3.5', () => {
    const stat = one('stat', DOCKER);
    assert.deepEqual(stat['flag_names'], ['PF_USED_MATH', 'PF_RANDOMIZE']);
    assert.deepEqual(stat['possible'], {
      '0x00004000': ['PF_USED_ASYNC (3.8 to 5.16)', 'PF_USER_WORKER (since 6.4)'],
      '0x40000000': ['PF_FREEZER_SKIP (up to 6.0)'],
    });
    assert.match(words(DOCKER), /Say which kernel it was: --kernel/);
    assert.doesNotMatch(words(DOCKER, '4.0'), /Say which kernel/);
  });
  test('state I: no kernel before 4.14', () => {
    const line = statText({ flags: 0x4000, state: 'I' });
    assert.deepEqual(one('stat', line)['possible'], {
      '0x00004000': ['PF_USED_ASYNC (3.8 to 5.16)', 'PF_USER_WORKER (since 6.4)'],
    });
    assert.equal(part(one('stat', statText({ flags: 0x2, state: 'I' })), 'possible', '0x00000002'), undefined);
    assert.deepEqual(one('stat', statText({ flags: 0x2, state: 'I' }))['flag_names'], ['PF_IDLE']);
    assert.match(words(statText({ flags: 0x2, state: 'I' })), /left out: state I is shown since Linux 4\.14/);
    assert.deepEqual(part(one('stat', statText({ flags: 0x2 })), 'possible', '0x00000002'), ['PF_IDLE (since 4.10)']);
  });
  test('44 fields: Linux 3.2 or older', () => {
    const line = statText({ flags: 0x4000, state: 'Z' }, 44);
    assert.deepEqual([one('stat', line)['flag_names'], one('stat', line)['possible']], [['PF_FREEZING'], {}]);
    assert.equal(part(one('stat', line), 'fields', 'exit_code'), null);
    assert.equal(part(one('stat', line), 'raw', 'exit_code'), undefined);
    assert.match(words(line), /44 fields: Linux 3\.2 or older/);
    assert.match(words(line, '4.2'), /Linux 4\.2 prints 52 fields, this line has 44: another kernel\?/);
  });
  test('its terminal, stack pointer and wait channel', () => {
    const said = words(DOCKER, '4.0');
    assert.match(said, /7 {2}tty_nr +34845 +\/dev\/pts\/29: pseudo terminal \(136:29\)/);
    assert.match(said, /29 {2}kstkesp +0x7ffec647eb90 +user stack pointer$/m);
    assert.match(said, /35 {2}wchan +0xffffffffffffffff +not told: no permission, or a process with several threads/);
    assert.equal(one('stat', DOCKER)['tty_name'], 'pts/29');
  });
});

describe('not permitted', () => {
  const GATED = 'startcode endcode startstack kstkesp kstkeip wchan start_data arg_start env_end exit_code'.split(' ');
  test('is no value, and the raw digits stay', () => {
    const stat = one('stat', NOT_PERMITTED);
    for (const id of GATED) assert.equal(part(stat, 'fields', id), null, id);
    assert.deepEqual([part(stat, 'raw', 'startcode'), part(stat, 'raw', 'exit_code')], ['1', '0']);
    assert.equal(part(stat, 'fields', 'sigcatch'), '0x000004e8');
  });
  test('in words', () => {
    const said = words(NOT_PERMITTED);
    assert.match(said, /26 {2}startcode +- +not permitted: what stands here \(1\) is no value/);
    assert.match(said, /startcode is 1: the reader was not permitted/);
    assert.match(said, /Several threads: .*fields 10, 12, 14, 15 and 43 are sums/);
    assert.match(said, /34 {2}sigcatch +0x4e8 +caught: SIGILL SIGABRT SIGBUS SIGFPE SIGSEGV/);
  });
});

describe('values in words', () => {
  const said = (values: Parameters<typeof statText>[0], kernel?: string): string => words(statText(values), kernel);
  test('real time, idle, nice, deadline', () => {
    assert.match(
      said({ priority: -2, policy: 1, rt_priority: 1 }),
      /real-time priority 1 \(kernel priority 98\)[^]*of no effect for a real-time task[^]*SCHED_FIFO: real time/,
    );
    assert.match(said({ priority: 39, nice: 19 }), /nice 19 \(kernel priority 139\)/);
    assert.match(said({ priority: -101, policy: 6 }), /deadline \(kernel priority -1\)[^]*SCHED_DEADLINE/);
    assert.match(said({ priority: -51, policy: 0 }), /real-time priority 50 .*borrowed: its policy is other/);
  });
  test('exit codes', () => {
    assert.match(
      said({ exit_code: 139 }, '6.1'),
      /52 {2}exit_code +139 +killed by SIGSEGV, core dumped \(invalid address\)$/m,
    );
    assert.match(
      said({ exit_code: 256 }),
      /exited with 1; of the whole process since 5\.17, of the first thread before/,
    );
    assert.match(said({ state: 'Z', vsize: 0, startcode: 0 }), /exited with 0, is not exiting, or was not shown/);
  });
  test('what changed its meaning', () => {
    assert.match(said({ wchan: 1 }, '4.14'), /sleeps in the kernel: only 0 or 1 since 4\.4; the name/);
    assert.match(said({ wchan: 1 }, '6.1'), /1 = not running since 5\.16/);
    assert.match(
      said({ wchan: '18446744071580056576' }),
      /0xffffffff81127c00 +kernel address at which it sleeps \(before 4\.4\)/,
    );
    assert.match(said({}, '4.9'), /kstkesp +0 +not told by 4\.9 to 4\.13/);
    assert.match(said({ delayacct_blkio_ticks: 0 }, '5.14'), /delay accounting is off unless switched on/);
    assert.match(said({ itrealvalue: 0 }), /obsolete: 0 since 2\.6\.17/);
    assert.match(said({ nswap: 0 }), /obsolete: never counted; VmSwap of status tells/);
  });
  test('states by release', () => {
    assert.match(said({ state: 'I' }), /idle: idle kernel thread.*\(since 4\.14\)/);
    assert.match(
      said({ state: 'I' }, '4.2'),
      /unknown state 'I': no state has this letter in Linux 4\.2 \(idle: since 4\.14\)/,
    );
    assert.match(said({ state: 'D' }, '6.18'), /frozen tasks too\n/);
    assert.doesNotMatch(said({ state: 'D' }, '5.10'), /frozen/);
  });
  test('a kernel thread', () => {
    const kthread = said({ flags: 0x208040, vsize: 0, rss: 0, startcode: 0, exit_signal: 17 }, '6.1');
    assert.match(kthread, /PF_KTHREAD: kernel thread/);
    assert.match(kthread, /26 {2}startcode +0 +none: a kernel thread has no address space/);
    assert.match(kthread, /23 {2}vsize +0 +none: a kernel thread/);
  });
  test('RLIM_INFINITY of 32-bit kernels is a limit on others', () => {
    const limit = (values: Parameters<typeof statText>[0]): unknown =>
      part(one('stat', statText({ rsslim: 4294967295, ...values })), 'fields', 'rsslim');
    assert.equal(limit({ startcode: 0x10000 }), 'unlimited');
    assert.equal(limit({ startcode: '94196019257344' }), '4294967295');
  });
  test('an unknown flag is shown as its number; vendors may explain it', () => {
    const line = statText({ flags: 0x80000 + 0x40 }, 44);
    assert.deepEqual(one('stat', line, '3.2')['flag_names'], ['PF_FORKNOEXEC', '0x00080000']);
    assert.match(words(line, '3.2'), /no name in this table/);
  });
  test('a flag that a backport brought is known by the comm', () => {
    assert.deepEqual(one('stat', statText({ comm: 'kcompactd0', flags: 0x10000 }), '6.12.117')['flag_names'], [
      'PF_KCOMPACTD',
    ]);
    assert.deepEqual(one('stat', statText({ comm: 'x', flags: 0x10000 }), '6.12.117')['flag_names'], ['0x00010000']);
  });
  test('a kernel that no table is of', () =>
    assert.match(said({}, '7.3'), /^no table for 7\.3: decoded as 6\.19, the newest known/));
});

describe('where lines stand', () => {
  test('several, with prefixes, quoted, between other text', () => {
    const text = [
      'here they are:',
      `/proc/12/stat:${statText({ pid: 12, comm: 'a b) c(' }).trim()}`,
      `> ${statText({ pid: 13 }, 47).trim()}`,
      `[  12.345678] ${statText({ pid: 14 }, 44).trim()}`,
      `2024-01-01T10:11:12 host app[99]: "${statText({ pid: 15 }).trim()}"`,
      `$ cat /proc/16/stat ${statText({ pid: 16 }).trim()} done`,
    ].join('\r\n');
    const found = decoded(text);
    assert.deepEqual(
      found.map(thing => part(thing, 'fields', 'pid')),
      [12, 13, 14, 15, 16],
    );
    assert.equal(part(found[0], 'fields', 'comm'), 'a b) c(');
  });
  test('a line that a mailer broke', () => {
    const broken = `        6929 (java) S 6892 1835 1835 0 -1 1077960704 254628 201687 317 391 120399 23093 3098 329 20 0 65 0 99371 3920023552 
        206380 18446744073709551615 4194304 4196452 140735679649776 140735679632336 140462360397419 0 0 4096 16796879 
        18446744073709551615 0 0 17 1 0 0 0 0 0 6293608 6294244 28815360 140735679656977 140735679657483 
        140735679657483 140735679664098 0
4194560`;
    const [stat, mask] = decoded(broken);
    assert.deepEqual(
      [
        part(stat, 'raw', 'rss'),
        part(stat, 'raw', 'policy'),
        part(stat, 'raw', 'env_end'),
        part(stat, 'raw', 'exit_code'),
      ],
      ['206380', '0', '140735679664098', '0'],
    );
    assert.equal(mask?.['raw'], '0x00400100', 'the next number is none of its fields');
  });
  test('a line that is cut', () => {
    const cut =
      '871 (tar) S) D 1 871 871 0 -1 4194560 220 2179 0 0 4 55 7 46 20 0 1 0 219 1593344 276 18446744073709551615';
    const stat = one('stat', cut, '6.1');
    assert.deepEqual([part(stat, 'fields', 'comm'), stat['flag_names']], ['tar) S', ['PF_SUPERPRIV', 'PF_RANDOMIZE']]);
    assert.deepEqual([part(stat, 'fields', 'policy'), stat['policy_name']], [null, null]);
    assert.match(words(cut), /25 fields, which no kernel prints: the line was cut off/);
    const flagsOnly = one('stat', '871 (tar) D 1 871 871 0 -1 4194560', '6.1');
    assert.deepEqual(flagsOnly['flag_names'], ['PF_SUPERPRIV', 'PF_RANDOMIZE']);
    assert.deepEqual(
      ['flags', 'min_flt', 'start_time', 'exit_code'].map(id => part(flagsOnly, 'fields', id)),
      ['0x00400100', null, null, null],
    );
    for (let count = 9; count <= 43; count++)
      assert.match(
        words(statText({ pid: 5 }).split(' ').slice(0, count).join(' ')),
        new RegExp(`${count} fields, which no kernel prints: the line was cut off`),
      );
    for (const none of [
      '871 (tar) D 1 871 871 0 -1',
      '871 (tar) Q 1 871 871 0 -1 4194560',
      '871 (tar) D 1 871 871 0 -1 41945601230',
      'f (a) S 2 3 4 5 6 7 8',
    ])
      assert.deepEqual(kinds(none), [], none);
  });
  test('names that look like lines, and line breaks in names', () => {
    const comm = (text: string, n = 0): unknown => part(one('stat', text, undefined, n), 'raw', 'comm');
    assert.equal(comm(statText({ pid: 9, comm: '1 (a) S 2' })), '1 (a) S 2');
    assert.equal(comm(statText({ pid: 9, comm: 'x\n5 (b' })), 'x\n5 (b');
    assert.equal(comm(statText({ pid: 8 }) + statText({ pid: 9, comm: 'x\n5 (b' }), 1), 'x\n5 (b');
    assert.equal(comm('process 1 (init)\n' + statText({ pid: 9, comm: 'cat' })), 'cat');
    assert.equal(comm('Name:\tx\n' + statText({ pid: 9, comm: 'new\nline' })), 'new\nline');
    assert.equal(
      comm(statText({ comm: 'kworker/R-a-name-longer-than-any-program-can-have' })),
      'kworker/R-a-name-longer-than-any-program-can-have',
    );
  });
  test('nothing of a comm reaches the screen raw', () => {
    const said = words(statText({ comm: '\u001b[31m\udc80\u202e\u0007' }));
    assert.match(said, /stat of task 0 \(·\[31m···\)/);
    assert.doesNotMatch(said.replaceAll('\n', ''), /\p{Cc}|\p{Cs}|\u202e/u);
  });
});

test('the captured machines: 100 ticks per second are what they have', () => {
  for (const machine of ['debian12-armhf-6.1', 'debian12-arm64-6.1', 'host-x86_64-6.18'] as const)
    assert.equal(machineJson(machine).ticks_per_second, one('stat', SLEEP)['ticks_per_second']);
});
