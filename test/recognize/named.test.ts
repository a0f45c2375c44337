import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decoded, kinds, one, words } from './decoded.ts';

describe('terminals', () => {
  test('by number', () => {
    const tty = one('tty', 'tty_nr 34816');
    assert.deepEqual([tty['tty_nr'], tty['major'], tty['minor'], tty['name']], [34816, 136, 0, 'pts/0']);
    assert.equal(one('tty', 'tty_nr=1025')['name'], 'tty1');
    assert.equal(one('tty', 'TTY_NR: 0x440')['name'], 'ttyS0');
    assert.match(words('tty_nr 0'), /none {2}no controlling terminal/);
    assert.match(words('tty_nr 52288'), /\/dev\/ttyAMA0 {2}ARM PL011/);
    assert.match(words('tty_nr 61696'), /\/dev\/241:0 {2}a driver with a dynamic major; see \/proc\/tty\/drivers/);
    assert.equal(one('tty', 'tty_nr -2147448832')['minor'], 524288, 'minors from 524288 on make it negative');
  });
});

describe('priorities: both scales', () => {
  const at = (text: string): unknown[] => {
    const { scale, field_18, kernel_priority, meaning } = one('priority', text);
    return [scale, field_18, kernel_priority, meaning];
  };
  test('priority is field 18, prio the scale of the kernel', () => {
    assert.deepEqual(at('priority -2'), ['stat', -2, 98, 'real-time priority 1 (kernel priority 98)']);
    assert.deepEqual(at('prio 120'), ['kernel', 20, 120, 'nice 0 (kernel priority 120)']);
    assert.deepEqual(at('prio=49'), ['kernel', -51, 49, 'real-time priority 50 (kernel priority 49)']);
    assert.deepEqual(at('priority 39'), ['stat', 39, 139, 'nice 19 (kernel priority 139)']);
  });
  test('what is beyond the one scale is of the other', () => {
    assert.deepEqual(at('priority 120'), ['kernel', 20, 120, 'nice 0 (kernel priority 120)']);
    assert.deepEqual(at('prio -100'), ['stat', -100, 0, 'real-time priority 99 (kernel priority 0)']);
  });
  test('nice values', () => {
    assert.deepEqual(at('nice 19'), ['nice', 39, 139, 'nice 19 (kernel priority 139)']);
    assert.deepEqual(at('nice: -20'), ['nice', 0, 100, 'nice -20 (kernel priority 100)']);
    assert.deepEqual(at('nice=0')[2], 120);
    for (const none of ['nice 20', 'nice -21', 'nice 19 is high', 'nice']) assert.deepEqual(kinds(none), [], none);
  });
  test('the other reading is told where it is possible', () => {
    assert.match(
      words('priority 20'),
      /nice 0 \(kernel priority 120\)[^]*were it the kernel's own scale: real-time priority 79/,
    );
    assert.doesNotMatch(words('priority -2'), /were it/);
  });
});

describe('wait statuses', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['exit_code 139', /SIGSEGV, core dumped/],
    ['wait status 0x8b', /killed by SIGSEGV, core dumped \(invalid address\)/],
    ['exit status 256', /exited with 1$/m],
    ['exit_code=9', /killed by SIGKILL \(kill, cannot be caught\)/],
    ['exit_code: 0', /exited with 0: success/],
    ['wait_status 4991', /stopped by SIGSTOP$/m],
    ['wait status 0xffff', /continued by SIGCONT/],
    ['wait status 0x3057f', /stopped by SIGTRAP, ptrace event 3/],
    ['exit code 137', /^ +exit value +as \$\? of a shell: 128 \+ 9, killed by SIGKILL$/m],
    ['exited with 137', /128 \+ 9, killed by SIGKILL/],
    ['exited with code 1', /^ +exit value +as \$\? of a shell or value of exit\(\): 1/m],
    ['exit_code 255', /^ +exit value +as \$\? of a shell or value of exit\(\): 255 \(wait status 0xff00\)$/m],
    ['exit_code 147', /128 \+ 19, killed by SIGSTOP/],
    ['exit_code 19', /value of exit\(\): 19/],
    ['exit_code 128', /value of exit\(\): 128/],
    ['wait status 0x857f', /stopped by SIGTRAP at a system call/],
    ['wait status 0x10b', /no wait status/],
    ['exit status 1', /as \$\? of a shell or value of exit\(\): 1 \(wait status 0x100\)/],
  ];
  for (const [text, said] of cases) test(text, () => assert.match(words(text), said));
  test('what the kernel never gives is no wait status', () => {
    const impossible = /wait status {2}|core dumped|stopped/;
    for (const number of [255, 137, 147, 128, 19, 17, 65, 127 + 128])
      assert.doesNotMatch(words(`exit_code ${number}`), impossible, String(number));
    const { signal, exit_value, core_dumped, other_reading } = one('exit_code', 'exit code 137');
    assert.deepEqual([signal, exit_value, core_dumped, other_reading], ['SIGKILL', null, false, null]);
    assert.equal(one('exit_code', 'exit_code 255')['exit_value'], 255);
  });
  test('as JSON', () => {
    const { raw, signal, exit_value, core_dumped } = one('exit_code', 'exit_code 134');
    assert.deepEqual([raw, signal, exit_value, core_dumped], ['0x86', 'SIGABRT', null, true]);
    assert.deepEqual(
      [one('exit_code', 'exit_code 512')['exit_value'], one('exit_code', 'exit_code 512')['signal']],
      [2, null],
    );
  });
});

describe('masks with a name', () => {
  test('signals and capabilities, as status, people and tools write them', () => {
    assert.deepEqual(one('signals', 'sigblk 10000')['names'], ['SIGCHLD']);
    assert.deepEqual(one('signals', 'signal mask 0x4000')['names'], ['SIGTERM']);
    assert.deepEqual(one('signals', 'SigCgt=0x8000000000000000')['names'], ['SIGRTMIN+30']);
    assert.equal((one('capabilities', 'cap 0x3fffffffff')['names'] as string[]).length, 38);
    assert.equal(one('capabilities', 'CapBnd 0000003fffffffff')['name'], 'CapBnd');
    assert.deepEqual(one('capabilities', 'caps 0x2400')['names'], ['CAP_NET_BIND_SERVICE', 'CAP_NET_RAW']);
  });
  test('several on a line, with flag masks between', () => {
    assert.deepEqual(kinds('0x400040 tty_nr 34816, priority -2; CapEff: 0000000000000000 SigBlk 10000 17'), [
      'flags',
      'tty',
      'priority',
      'capabilities',
      'signals',
      'flags',
    ]);
  });
  test('in a sentence only what leaves no doubt', () => {
    assert.deepEqual(kinds('its SigBlk: 0000000000010000 and tty_nr=34816 look odd'), ['signals', 'tty']);
    for (const line of [
      'priority 10 is low',
      'swap on /dev/sda2. Priority:-2 extents:1',
      'SigBlk add',
      'cap 0x10 is it',
      'exit status 1 was seen',
      'prio 120x',
      'tty_nr x',
    ])
      assert.deepEqual(kinds(line), [], line);
  });
});

describe('flag masks', () => {
  test('hexadecimal with 0x, or decimal, of 32 bits', () => {
    assert.deepEqual(
      decoded('0x00400140 4194624,0xFF\n17 4294967295 0').map(({ text }) => text),
      ['0x00400140', '4194624', '0xFF', '17', '4294967295', '0'],
    );
    for (const word of ['0x123456789', '4294967296', '-5', 'abc', '1.5', '0x', '007', 'pid 4194624 hello'])
      assert.deepEqual(kinds(word), [], word);
  });
  test('task_flags: alone, or half of it', () => {
    assert.deepEqual(kinds('suspend: task_flags:0x00404040 here'), ['flags']);
    assert.deepEqual(kinds('task_flags:0x400040'), ['flags']);
    assert.deepEqual(kinds('suspend: task_flags:0x40>'), []);
  });
  test('each is kept apart by an empty line; the hint comes once', () => {
    const said = words('0x8 0x4000');
    assert.equal(said.split('\n\n').length, 3);
    assert.equal(said.split('Say which kernel').length, 2);
  });
});

test('a text with a bit of everything, in its order', () => {
  const text = `Hello, this hangs:
Linux version 6.1.21-v8+ (dom@buildbot) (aarch64-linux-gnu-gcc-8)
4194560
State:	D (disk sleep)
ShdPnd:	0000000000000100
[   12.3] task:foo             state:D stack:0     pid:5     ppid:1      flags:0x00004006
[   12.4] Unable to handle kernel NULL pointer dereference at virtual address 0000000000000010
[   12.4]   ESR = 0x96000006
exit_code 139
12 (cat) R 1 12 12 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 5 1 1 18446744073709551615`;
  assert.deepEqual(kinds(text), ['flags', 'status', 'log_task', 'thread_info_flags', 'oops', 'exit_code', 'stat']);
  assert.ok(
    decoded(text).every(
      ({ kernel, kernel_named_by_text }) => kernel === '6.1' && kernel_named_by_text === '6.1.21-v8+',
    ),
  );
});
