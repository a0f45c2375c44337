import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GATED, STAT_FIELDS } from '../../src/kernel/stat-fields.ts';
import { cellText } from '../../src/view/table.ts';
import { field } from '../../src/fields/registry.ts';
import { Pushed, testMachine, valueOf } from '../support/model.ts';
import { bytes, rawBytes, type Values } from '../support/stat-line.ts';

/** One task, sampled once. */
function one(values: Values, machine = testMachine()): Pushed {
  const pushed = new Pushed(machine);
  pushed.sample([{ pid: 1, ...values }], { ms: 0, system: { uptime: '100.5 1\n' } });
  return pushed;
}
const value = (values: Values, id: string, machine = testMachine()): unknown => one(values, machine).value(1, id);

describe('numbers beyond 2^53 keep every digit where the column is text', () => {
  test('limits', () => {
    assert.equal(value({ rsslim: '18446744073709551615' }, 'rsslim'), 'unlimited');
    assert.equal(value({ rsslim: '4294967295' }, 'rsslim', testMachine({ architecture: 'x86_64' })), '4294967295');
    assert.equal(value({ rsslim: '18446744073709551614' }, 'rsslim'), '18446744073709551614');
    assert.equal(
      value({ rsslim: '4294967295', vsize: 1000 }, 'rsslim', testMachine({ architecture: 'armv7l' })),
      'unlimited',
    );
  });
  test('addresses and masks', () => {
    assert.equal(value({ kstkeip: '18446744073699065856' }, 'kstkeip'), '0xffffffffff600000');
    assert.equal(value({ startcode: '94406920773632' }, 'startcode'), '0x55dcd2fa2000');
    assert.equal(value({ flags: 0x400140 }, 'flags'), '0x00400140');
    assert.equal(value({ flags: 0xffffffff }, 'flags'), '0xffffffff');
    assert.equal(value({ sigcatch: 65538 }, 'sigcatch'), '0x00010002');
  });
});

describe('permission', () => {
  const hidden = { startcode: 1, endcode: 1 };
  test('startcode 1 hides all gated fields, and only those', () => {
    const pushed = one(hidden);
    for (const { n, name } of STAT_FIELDS) {
      assert.equal(pushed.value(1, name) === 'missing: no-permission', GATED.has(n), name);
    }
    assert.deepEqual(
      [...GATED].sort((a, b) => a - b),
      [26, 27, 28, 29, 30, 35, 45, 46, 47, 48, 49, 50, 51, 52],
    );
    pushed.file(1, 'wchan', '0', 0);
    assert.equal(pushed.value(1, 'wchan_name'), 'missing: no-permission');
  });
  test('a captured line as another user read it (armhf 6.1)', () => {
    const line = bytes(
      '1 (init) S 0 0 0 0 -1 4194560 220 2179 0 0 4 55 7 46 20 0 1 0 2 1593344 276 4294967295 1 1 0 0 0 0 0 4 65538 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n',
    );
    const pushed = new Pushed();
    pushed.table.begin({ wallMs: 0, system: new Map(), systemMs: 0 });
    pushed.table.stat(0, 1, 1, line, line.length, 0);
    pushed.table.end(0);
    const at = pushed.cursor.at(0);
    assert.equal(valueOf(at, 'startstack'), 'missing: no-permission');
    assert.equal(valueOf(at, 'exit_code'), 'missing: no-permission');
    assert.equal(valueOf(at, 'rss_bytes'), 276 * 4096);
  });
  test('a kernel thread has no mark: our own ids decide, and only live', () => {
    const kthread = { flags: 0x208040, vsize: 0, startcode: 0 };
    const wchan = (machine = testMachine()): unknown => {
      const pushed = one(kthread, machine);
      pushed.file(1, 'wchan', 'kthreadd', 0);
      return pushed.value(1, 'wchan_name');
    };
    assert.equal(wchan(), 'kthreadd');
    assert.equal(wchan(testMachine({ live: true, mayPtrace: true })), 'kthreadd');
    assert.equal(wchan(testMachine({ live: true, mayPtrace: false })), 'missing: no-permission');
    assert.equal(
      value(kthread, 'startcode', testMachine({ live: true, mayPtrace: false })),
      '0x0',
      'it has none to hide',
    );
  });
  test('a file that we may not read', () => {
    const pushed = one({});
    pushed.file(1, 'io', { why: 'no-permission' }, 0);
    assert.equal(pushed.value(1, 'read_rate'), 'missing: no-permission');
  });
});

describe('wait channels', () => {
  const wchan = (state: string, content: string, seen: boolean): Pushed => {
    const pushed = new Pushed();
    pushed.sample([{ pid: 1, state }, { pid: 2 }], { ms: 0 });
    if (seen) pushed.file(2, 'wchan', 'do_wait', 0);
    pushed.file(1, 'wchan', content, 0);
    return pushed;
  };
  test('a name', () => assert.equal(wchan('S', 'do_wait', false).value(1, 'wchan_name'), 'do_wait'));
  test('0 where others have names: it does not wait', () => {
    const pushed = wchan('S', '0', true);
    assert.equal(pushed.value(1, 'wchan_name'), '0');
    assert.equal(cellText(field('wchan_name'), pushed.cursor.at(0), 16), '-');
  });
  test('0 where nobody has a name: the kernel has none', () => {
    assert.equal(wchan('S', '0', false).value(1, 'wchan_name'), 'missing: not-in-this-kernel');
    assert.equal(wchan('R', '0', false).value(1, 'wchan_name'), '0', 'one that runs does not wait');
  });
});

describe('command', () => {
  const command = (values: Values, content: string | { why: 'could-block' | 'no-helper' | 'not-read' }): string[] => {
    const pushed = one({ comm: 'name', ...values });
    pushed.file(1, 'cmdline', content, 0);
    return [String(pushed.value(1, 'command')), cellText(field('command'), pushed.cursor.at(0), 60)];
  };
  test('the line', () => assert.deepEqual(command({}, 'sh\0-c\0x\0'), ['sh -c x', 'sh -c x']));
  test('none', () => assert.deepEqual(command({}, ''), ['[name]', '[name]']));
  test('not read yet', () => assert.deepEqual(command({}, { why: 'not-read' }), ['[name]', '[name]']));
  test('could block', () => assert.deepEqual(command({}, { why: 'could-block' }), ['[name]', '[name] could-block']));
  test('nobody to read it', () => assert.deepEqual(command({}, { why: 'no-helper' }), ['[name]', '[name] no-helper']));
  test('zombie', () => assert.deepEqual(command({ state: 'Z' }, ''), ['[name]', '[name] <defunct>']));
  test('zombie, where reading could block: it has no line anyway', () =>
    assert.deepEqual(command({ state: 'Z', flags: 4 }, { why: 'could-block' }), ['[name]', '[name] <defunct>']));
  test('kernel thread: it has none, whatever the reason', () => {
    for (const why of ['could-block', 'no-helper'] as const)
      assert.deepEqual(command({ flags: 0x208040 }, { why }), ['[name]', '[name]'], why);
  });
  test('exiting: it gives its line up', () => {
    for (const why of ['could-block', 'no-helper'] as const)
      assert.deepEqual(command({ flags: 0x404004, state: 'D' }, { why }), ['[name]', '[name]'], why);
  });
  test('hostile', () => assert.equal(command({}, 'a\x1b[2J\nb\0')[1], 'a·[2J·b'));
});

describe('status', () => {
  const status = (text: string | Uint8Array, id: string, values: Values = {}): unknown => {
    const pushed = one(values);
    pushed.table.file(0, 'status', typeof text === 'string' ? bytes(text) : text, 0);
    return pushed.value(1, id);
  };
  test('kB are bytes, masks hexadecimal, text as it is', () => {
    assert.equal(status('VmRSS:\t   12 kB\n', 'status.VmRSS'), 12288);
    assert.equal(status('SigCgt:\t0000000000010002\n', 'status.SigCgt'), '0x0000000000010002');
    assert.equal(status('State:\tS (sleeping)\n', 'status.State'), 'S (sleeping)');
    assert.equal(status('Umask:\t0022\n', 'status.Umask'), '0022');
    assert.equal(status('Threads:\t3\n', 'status.Threads'), 3);
    assert.equal(status('Cpus_allowed_list:\t0-3\n', 'cpus_allowed'), '0-3');
  });
  test('names are exact text, as comm is', () => {
    assert.equal(status('Name:\tprozess-übergr\n', 'status.Name'), 'prozess-übergr');
    assert.equal(status('Name:\tlà\n', 'status.Name'), 'là', 'ends with the byte 0xa0');
    assert.equal(status(rawBytes('Name:\tbad\xff\n'), 'status.Name'), 'bad\udcff');
  });
  test('no such key: not in this kernel, but memory of a kernel thread does not apply', () => {
    assert.equal(status('Name:\tx\n', 'status.Kthread'), 'missing: not-in-this-kernel');
    assert.equal(status('Name:\tx\n', 'status.VmRSS'), 'missing: not-in-this-kernel');
    assert.equal(status('Name:\tx\n', 'status.VmRSS', { vsize: 0, flags: 0x208040 }), 'missing: not-applicable');
    assert.equal(status('Name:\tx\n', 'status.Umask', { state: 'Z', vsize: 0 }), 'missing: not-applicable');
    assert.equal(status('Name:\tx\n', 'swap_bytes', { vsize: 0, flags: 0x208040 }), 'missing: not-applicable');
  });
  test('not read is not 0', () => assert.equal(value({}, 'status.Threads'), 'missing: not-read'));
  test('users by effective id', () => {
    assert.equal(status('Uid:\t5\t0\t5\t5\n', 'user'), 'root');
    assert.equal(status('Uid:\t0\t4294967294\t0\t0\n', 'uid'), 4294967294);
    assert.equal(status('Uid:\t0\t77\t0\t0\n', 'user'), '77');
  });
  test('pending signals of the thread and of the process', () => {
    assert.equal(status('SigPnd:\t0000000000000001\nShdPnd:\t0000000000004000\n', 'signals_pending'), 'SIGHUP SIGTERM');
    assert.equal(status('SigPnd:\t0000000000000000\nShdPnd:\t0000000000000000\n', 'signals_pending'), '');
  });
});

describe('rates of other files', () => {
  const rates = (threads: number, thread = false): Pushed => {
    const pushed = new Pushed(testMachine(), thread);
    pushed.sample([{ pid: 1, num_threads: threads }], { ms: 0 });
    pushed.file(1, 'status', 'voluntary_ctxt_switches:\t10\n', 100);
    pushed.file(1, 'schedstat', '0 1000000000 1\n', 100);
    pushed.sample([{ pid: 1, num_threads: threads }], { ms: 1000 });
    pushed.file(1, 'status', 'voluntary_ctxt_switches:\t30\n', 4100);
    pushed.file(1, 'schedstat', '0 3000000000 1\n', 4100);
    return pushed;
  };
  test('divide by the time between the reads of that file', () => {
    assert.equal(rates(1).value(1, 'vol_ctxt_rate'), 5);
    assert.equal(rates(1).value(1, 'run_delay_percent'), 50);
  });
  test('what is kept by thread is not read for a process with several, but is for a thread', () => {
    assert.equal(rates(2).value(1, 'vol_ctxt_rate'), 'missing: not-read');
    assert.equal(rates(2).value(1, 'run_delay_percent'), 'missing: not-read');
    assert.equal(rates(2, true).value(1, 'vol_ctxt_rate'), 5);
  });
  test('one read is no rate, a counter that went backwards is marked', () => {
    const pushed = one({});
    pushed.file(1, 'io', 'read_bytes: 100\n', 0);
    assert.equal(pushed.value(1, 'read_rate'), 'missing: first-sample');
    pushed.file(1, 'io', 'read_bytes: 50\n', 1000);
    assert.equal(pushed.value(1, 'read_rate'), 'missing: went-backwards');
    assert.equal(pushed.value(1, 'write_rate'), 'missing: not-in-this-kernel');
  });
});

test('faults per second of CPU time: nothing to divide by is not 0', () => {
  const faults = (utime: number, minor: number): unknown => {
    const pushed = new Pushed();
    pushed.sample([{ pid: 1 }], { ms: 0 });
    pushed.sample([{ pid: 1, utime, min_flt: minor }], { ms: 1000 });
    return pushed.value(1, 'faults_per_cpu_second');
  };
  assert.equal(faults(50, 100), 200);
  assert.equal(faults(0, 100), 'missing: not-applicable');
  assert.equal(faults(0, 0), 0);
});

test('age, terminal, policy, memory of the machine', () => {
  assert.equal(value({ start_time: 50 }, 'age'), 100);
  assert.equal(value({ tty_nr: 0x8801 }, 'tty_name'), 'pts/1');
  assert.equal(value({}, 'tty_name'), '');
  assert.equal(value({ policy: 6 }, 'policy_name'), 'deadline');
  assert.equal(value({ rss: 26214.4 * 10 }, 'mem_percent', testMachine({ memoryBytes: 0 })), 'missing: not-read');
  assert.equal(value({ rss: 1000 }, 'rss_bytes', testMachine({ pageBytes: 65536 })), 65_536_000);
});
