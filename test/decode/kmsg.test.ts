import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeKmsg, LOG_LEVELS, tasksNamed } from '../../src/decode/kmsg.ts';
import { bytes, rawBytes } from '../support/stat-line.ts';

test('records of a 6.18 kernel', () => {
  const records = decodeKmsg(
    bytes(
      '5,0,0,-;Linux version 6.18.44 (builder@host) #1 SMP PREEMPT_DYNAMIC @0\n' +
        '6,90,224470,-;\\x09Trampoline variant of Tasks RCU enabled.\n' +
        '6,120,301877,-;pci 0000:00:01.0: [1af4:1042] type 00 class 0x018000\n' +
        ' SUBSYSTEM=pci\n' +
        ' DEVICE=+pci:0000:00:01.0\n' +
        '30,410,10665459351,-;systemd[1]: Started a\\x5cb=c; d,e.\n',
    ),
  );
  assert.equal(records.length, 4);
  assert.deepEqual(records[0], {
    level: 5,
    facility: 0,
    facilityName: 'kern',
    sequence: 0,
    microseconds: 0,
    flags: '-',
    text: 'Linux version 6.18.44 (builder@host) #1 SMP PREEMPT_DYNAMIC @0',
    values: new Map(),
  });
  assert.equal(records[1]!.text, '\tTrampoline variant of Tasks RCU enabled.');
  assert.deepEqual(
    [...records[2]!.values],
    [
      ['SUBSYSTEM', 'pci'],
      ['DEVICE', '+pci:0000:00:01.0'],
    ],
  );
  const last = records[3]!;
  assert.equal(LOG_LEVELS[last.level]!.name, 'info');
  assert.equal(last.facilityName, 'daemon', '30 = 3 * 8 + 6');
  assert.equal(last.text, 'systemd[1]: Started a\\b=c; d,e.');
  assert.equal(last.microseconds, 10_665_459_351);
});

test('who wrote it, fragments, unknown facilities', () => {
  const [byThread, byCpu, fragment, odd] = decodeKmsg(
    bytes('4,1,2,-,caller=T4711;a\n4,2,3,-,caller=C1;b\n4,3,4,c;begin\n999999,4,5,+,future=1;rest\n'),
  );
  assert.deepEqual(byThread!.caller, { thread: 4711 });
  assert.deepEqual(byCpu!.caller, { cpu: 1 });
  assert.equal(fragment!.flags, 'c');
  assert.equal(odd!.facilityName, '124999');
  assert.equal(odd!.level, 7);
  assert.equal(odd!.caller, undefined);
});

test('escapes give the bytes back: control characters, UTF-8, what is no UTF-8', () => {
  const text = (escaped: string) => decodeKmsg(bytes(`6,1,1,-;${escaped}\n`))[0]!.text;
  assert.equal(text('\\x1b[2J'), '\u001b[2J');
  assert.equal(text('caf\\xc3\\xa9'), 'café');
  assert.equal(text('\\xff'), '\udcff');
  assert.equal(text('\\x5cx41'), '\\x41', 'a backslash that was written');
  assert.equal(text('\\xZZ \\x4'), '\\xZZ \\x4');
  assert.equal(text('two\\x0alines'), 'two\nlines');
});

test('what is no record is left out, and its continuation with it', () => {
  assert.deepEqual(decodeKmsg(bytes('')), []);
  assert.deepEqual(decodeKmsg(bytes('\n\n')), []);
  const records = decodeKmsg(bytes(' ORPHAN=1\ncut off;half\n LOST=1\n6,1,1,-;good\n BAD\n =x\n K=\n6,2,'));
  assert.equal(records.length, 1);
  assert.deepEqual([...records[0]!.values], [['K', '']]);
});

const HUNG = 'INFO: task jbd2/sda1-8:123 blocked for more than 120 seconds.';
const LINES: Readonly<Record<string, ReturnType<typeof tasksNamed>>> = {
  [HUNG]: [{ pid: 123, name: 'jbd2/sda1-8', why: 'blocked' }],
  'INFO: task kworker/u8:1:77 blocked for more than 241 seconds.': [{ pid: 77, name: 'kworker/u8:1', why: 'blocked' }],
  'INFO: task a:9 is blocked on a mutex likely owned by task b c:10.': [
    { pid: 10, name: 'b c', why: 'lock owner' },
    { pid: 9, name: 'a', why: 'blocked' },
  ],
  'INFO: task a:9 <writer> blocked on an rw-semaphore likely owned by task b:10 <reader>': [
    { pid: 10, name: 'b', why: 'lock owner' },
    { pid: 9, name: 'a', why: 'blocked' },
  ],
  'Out of memory: Killed process 4711 (stress (1)) total-vm:1048576kB, anon-rss:900kB, UID:1000': [
    { pid: 4711, name: 'stress (1)', why: 'killed' },
  ],
  'Out of memory: Kill process 12 (mysqld) score 812 or sacrifice child': [{ pid: 12, name: 'mysqld', why: 'killed' }],
  'oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/a,task=x,y,pid=31,uid=0':
    [{ pid: 31, name: 'x,y', why: 'killed' }],
  'oom_reaper: reaped process 31 (x), now anon-rss:0kB': [{ pid: 31, name: 'x', why: 'killed' }],
  'node[2711]: segfault at a0 ip 00007f18324518ee sp 00007ffdfae78290 error 4 in libgcc_s.so.1[158ee,7f183243f000+17000]':
    [{ pid: 2711, name: 'node', why: 'fault' }],
  'traps: a[b][55] general protection fault ip:55d sp:7ff error:0 in a[55d+1000]': [
    { pid: 55, name: 'a[b]', why: 'fault' },
  ],
  'traps: t[55] trap invalid opcode ip:400 sp:7ff error:0': [{ pid: 55, name: 't', why: 'fault' }],
  'app[88]: unhandled level 0 translation fault (11) at 0x0000, esr 0x92000044': [
    { pid: 88, name: 'app', why: 'fault' },
  ],
  'app (88): undefined instruction: pc=00010400': [{ pid: 88, name: 'app', why: 'fault' }],
  'CPU: 1 UID: 0 PID: 99 Comm: my task Not tainted 6.12.0 #1': [{ pid: 99, name: 'my task', why: 'oops' }],
  'CPU: 0 PID: 1 Comm: swapper/0 Tainted: G        W  4.19.0': [{ pid: 1, name: 'swapper/0', why: 'oops' }],
  'Pid: 7, comm: events/0 Not tainted 2.6.32': [{ pid: 7, name: 'events/0', why: 'oops' }],
  'Process cat (pid: 321, stack limit = 0xdeadbeef)': [{ pid: 321, name: 'cat', why: 'oops' }],
  'note: cat[321] exited with preempt_count 1': [{ pid: 321, name: 'cat', why: 'oops' }],
  'BUG: scheduling while atomic: a/b/12/0x00000002': [{ pid: 12, name: 'a/b', why: 'oops' }],
  'in_atomic(): 1, irqs_disabled(): 0, non_block: 0, pid: 12, name: a b': [{ pid: 12, name: 'a b', why: 'oops' }],
  'watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [kworker/1:2:345]': [
    { pid: 345, name: 'kworker/1:2', why: 'lockup' },
  ],
  'rcu: \tTasks blocked on level-0 rcu_node (CPUs 0-3): P12/1:b..l P34': [
    { pid: 12, why: 'lockup' },
    { pid: 34, why: 'lockup' },
  ],
  'task:cat             state:D stack:0     pid:4242  tgid:4242  ppid:1      task_flags:0x400040 flags:0x00000002': [
    { pid: 4242, name: 'cat', why: 'listed' },
  ],
  'task:cat             state:D stack:    0 pid: 4242 ppid:     1 flags:0x00000002': [
    { pid: 4242, name: 'cat', why: 'listed' },
  ],
  'cat             D    0  4242      1 0x00000000': [{ pid: 4242, name: 'cat', why: 'listed' }],
  'a/12 is trying to acquire lock:': [{ pid: 12, name: 'a', why: 'locks' }],
  '2 locks held by kworker/0:1/45:': [{ pid: 45, name: 'kworker/0:1', why: 'locks' }],
  'ptrace attach of "a b"[12] was attempted by "gdb"[13]': [
    { pid: 12, name: 'a b', why: 'ptrace' },
    { pid: 13, name: 'gdb', why: 'ptrace' },
  ],
  'audit: type=1326 audit(1.2:3): auid=0 uid=0 gid=0 ses=1 pid=77 comm="x y" exe="/x" sig=31': [
    { pid: 77, name: 'x y', why: 'audit' },
  ],
  'systemd[1]: Started thing.': [{ pid: 1, name: 'systemd', why: 'wrote' }],
  'bash (1234): drop_caches: 3': [{ pid: 1234, name: 'bash', why: 'wrote' }],
  'Linux version 6.18.44 (builder@host) (gcc (GCC) 15.3.0)': [],
  'pci 0000:00:01.0: BAR 0 [mem 0xfe000000-0xfe07ffff 64bit]': [],
  'P12 is not a task here': [],
  'foo[0]: bar': [],
  '': [],
};
for (const [line, named] of Object.entries(LINES))
  test(`named: ${line.slice(0, 60)}`, () => assert.deepEqual(tasksNamed(line), named));

test('any bytes and any text: no exception', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), data => Array.isArray(decodeKmsg(data))));
  fc.assert(fc.property(fc.string({ maxLength: 300 }), text => Array.isArray(tasksNamed(text))));
  assert.equal(decodeKmsg(rawBytes('6,1,1,-;\xff\xfe\n'))[0]!.text, '\udcff\udcfe', 'bytes that no kernel writes');
});

test('a hostile line costs no more than its first 2048 characters', () => {
  assert.deepEqual(tasksNamed(' '.repeat(5_000_000) + HUNG), []);
});
