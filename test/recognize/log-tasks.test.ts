import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { recognize } from '../../src/recognize/recognize.ts';
import { decoded, kinds, one, words } from './decoded.ts';

describe('what recent kernels print of a task', () => {
  const ZULIP =
    'Jun 20 08:44:03 host kernel: task:zulip           state:D stack:0     pid:1127285 tgid:1127285 ppid:834819 task_flags:0x400040 flags:0x00000206';
  test('task, PF_ mask and thread_info mask, each once and in this order', () => {
    assert.deepEqual(kinds(ZULIP), ['log_task', 'flags', 'thread_info_flags']);
    const task = one('log_task', ZULIP);
    assert.deepEqual(
      [task['name'], task['pid'], task['tgid'], task['ppid'], task['state'], task['state_name'], task['running']],
      ['zulip', 1127285, 1127285, 834819, 'D', 'disk sleep', false],
    );
    assert.deepEqual([task['task_flags'], task['thread_info_flags']], ['0x400040', '0x00000206']);
    const flags = one('flags', ZULIP);
    assert.deepEqual(
      [flags.text, flags['raw'], flags['names']],
      ['0x400040', '0x00400040', ['PF_FORKNOEXEC', 'PF_RANDOMIZE']],
    );
    assert.deepEqual([flags['possible'], flags['unknown_bits']], [{}, '0x00000000']);
  });
  test('in words', () => {
    const said = words(ZULIP);
    assert.match(said, /^task zulip, pid 1127285$/m);
    assert.match(said, /state +D, disk sleep: uninterruptible sleep/);
    assert.match(said, /parent +pid 834819/);
    assert.match(said, /0x00000040 {2}PF_FORKNOEXEC {2}forked but has not called exec since/);
    assert.match(said, /flags:0x00000206 {2}flags: is the thread_info mask \(TIF_\*/);
  });
  test('a worker of sysrq-w', () => {
    const line =
      '[   31.793298] task:kworker/u17:0   state:D stack:0     pid:72    tgid:72    ppid:2      task_flags:0x4208060 flags:0x00000010';
    assert.deepEqual((one('flags', line, '6.15')['names'] as string[]).toSorted(), [
      'PF_FORKNOEXEC',
      'PF_KTHREAD',
      'PF_NOFREEZE',
      'PF_NO_SETAFFINITY',
      'PF_WQ_WORKER',
    ]);
    assert.match(words(line), /parent +pid 2 \(kthreadd\): a kernel thread/);
  });
  test('an exiting task: the form of the line leaves one name of bit 3', () => {
    const line =
      '[1495645.274797] task:iptsd           state:D stack:0     pid:156898 tgid:156898 ppid:1      task_flags:0x40010c flags:0x00004006';
    const flags = one('flags', line);
    assert.deepEqual(flags['names'], ['PF_EXITING', 'PF_POSTCOREDUMP', 'PF_SUPERPRIV', 'PF_RANDOMIZE']);
    assert.deepEqual(flags['possible'], {});
    assert.match(words(line), /Names of other releases are left out: task_flags: is printed since Linux 6\.14\./);
    assert.doesNotMatch(words(line), /--kernel/);
    assert.deepEqual(one('flags', line, '5.4')['names'], [
      'PF_EXITING',
      'PF_EXITPIDONE',
      'PF_SUPERPRIV',
      'PF_RANDOMIZE',
    ]);
    assert.doesNotMatch(words(line, '6.15'), /left out/);
    assert.deepEqual(one('flags', 'task_flags:0x8')['names'], ['PF_POSTCOREDUMP'], 'the value alone');
    assert.doesNotMatch(words('task_flags:0x40'), /left out/, 'nothing was left out');
  });
  test('a thread; the rest of the line is cut off by a pager', () => {
    const line =
      'Sep 13 00:59:31 nixos kernel: task:hyprlock:sh1    state:D stack:0     pid:7681  tgid:7651  ppid:3411   task_flags:0x>';
    assert.deepEqual(kinds(line), ['log_task']);
    assert.equal(one('log_task', line)['task_flags'], null);
    assert.match(words(line), /task hyprlock:sh1, pid 7681\n[^]*a thread of process 7651[^]*no mask can be told/);
    assert.deepEqual(kinds(line.replace('0x>', '0x40>')), ['log_task'], 'half a mask is no mask');
  });
  test('a name with blanks and parentheses', () => {
    const line =
      'kernel: task:(sd state:R x)  state:S stack:8080  pid:807   tgid:807   ppid:1      task_flags:0x400100 flags:0x00080002';
    const task = one('log_task', line);
    assert.deepEqual([task['name'], task['state'], task['free_stack_bytes']], ['(sd state:R x)', 'S', 8080]);
    assert.match(words(line), /stack +8080 bytes were never used/);
  });
});

describe('a line with only flags: yields no PF_ name', () => {
  const lines = [
    'Jul 03 17:47:54 desk kernel: task:jay             state:R stack:0     pid:1550  tgid:1550  ppid:1533   flags:0x00024002',
    '[46215.384448] task:keybase-redirec state:D stack:    0 pid: 6001 ppid:  2341 flags:0x00004004',
    'task:optee_example_s state:R  running task     stack:    0 pid:  128 ppid:     1 flags:0x00000001',
    '[82015.916407] task:kworker/u2:1    state:D stack:    0 pid:19868 ppid:     2 flags:0x00000000',
    '[236227.577030] task:kworker/1:0     state:D stack:    0 pid:1010415 ppid:     2 flags:0x00000208',
    'flags:0x00004006',
  ];
  for (const line of lines)
    test(line, () => {
      assert.doesNotMatch(words(line, '6.1'), /PF_[A-Z]/);
      assert.doesNotMatch(JSON.stringify(decoded(line, '6.1')), /PF_[A-Z]/);
      assert.match(words(line), /thread_info mask \(TIF_\*[^]*This text holds no PF_ mask\.$/);
      assert.equal(decoded(line).at(-1)!.kind, 'thread_info_flags');
    });
  test('the pid and state of the task are told all the same', () => {
    const task = one('log_task', lines[2]!);
    assert.deepEqual(
      [task['name'], task['pid'], task['ppid'], task['tgid'], task['running'], task['task_flags']],
      ['optee_example_s', 128, 1, null, true, null],
    );
  });
});

describe('the columns of older kernels', () => {
  const cases: readonly (readonly [string, string, number, number, string, string | null])[] = [
    [
      'Mar  9 15:18:04 linaro-alip kernel: [  480.351484] xtest           D ffffffc000086a74     0  5699   5696 0x00000000',
      'xtest',
      5699,
      5696,
      '0x00000000',
      '0xffffffc000086a74',
    ],
    [
      '[330961.364282] z_wr_iss/0      D ffff88001fc13780     0  3912      2 0x00000000',
      'z_wr_iss/0',
      3912,
      2,
      '0x00000000',
      null,
    ],
    ['test_ca         R running      0  1485   1481 0x00000003', 'test_ca', 1485, 1481, '0x00000003', null],
    ['kworker/2:1     D    0  7143      2 0x00000000', 'kworker/2:1', 7143, 2, '0x00000000', null],
    ['[ 1108.791607] systemd-tmpfile D11968  5135      1 0x00040000', 'systemd-tmpfile', 5135, 1, '0x00040000', null],
    [
      '[ 3073.932070] FwgThread OpFor D    0 15341  15184 0x000040a0',
      'FwgThread OpFor',
      15341,
      15184,
      '0x000040a0',
      null,
    ],
    ['mmcqd/0         D 80526000     0    63      2 0x00000000', 'mmcqd/0', 63, 2, '0x00000000', '0x80526000'],
    ['xtest D ffffffc000087130 0 1040 1032 0x00000008', 'xtest', 1040, 1032, '0x00000008', '0xffffffc000087130'],
  ];
  for (const [line, name, pid, ppid, mask, counter] of cases)
    test(name, () => {
      const task = one('log_task', line);
      assert.deepEqual(
        [
          task['name'],
          task['pid'],
          task['ppid'],
          task['thread_info_flags'],
          task['program_counter'],
          task['task_flags'],
        ],
        [name, pid, ppid, mask, counter, null],
      );
      assert.doesNotMatch(words(line, '4.4'), /PF_[A-Z]/);
    });
  test('a word of the stack is no place in the code', () => {
    const at = (digits: string): string => words(`nfsd            D ${digits}     0  1234      2 0x00000000`);
    assert.match(at('ffff880036df3d08'), /at +0xffff880036df3d08 is no code: a word of the stack/);
    assert.match(at('ffffc90000a3fd08'), /is no code/);
    assert.match(at('ffffffff8150d8a0'), /at +0xffffffff8150d8a0 in the kernel/);
    assert.match(at('ffff000008086a74'), /in the kernel/, 'code of arm64 with 48 bits');
    for (const nothing of ['00000000ffffffff', '0000000000000000', 'ffffffffffffffff']) {
      assert.doesNotMatch(at(nothing), /^ +at /m);
      assert.equal(one('log_task', `nfsd D ${nothing} 0 1234 2 0x00000000`)['program_counter'], null);
    }
  });
  test('0 is no measured stack', () => {
    const stack = (line: string): unknown => one('log_task', line)['free_stack_bytes'];
    assert.equal(stack('task:foo             state:D stack:0     pid:5     ppid:1      flags:0x00004006'), null);
    assert.equal(stack('kworker/2:1     D    0  7143      2 0x00000000'), null);
    assert.equal(stack('task:foo             state:D stack:8     pid:5     ppid:1      flags:0x00004006'), 8);
  });
  test('the free stack may touch the state', () =>
    assert.equal(one('log_task', cases[4]![0])['free_stack_bytes'], 11968));
  test('other lines that end in numbers are none', () => {
    for (const line of ['cat D ffff 0 1234 2 0x00000080 x', 'r7 : dafae400  r6 : da7d03e8', 'foo 1 2 3 0x00000004'])
      assert.deepEqual(kinds(line), [], line);
  });
});

describe('hung tasks', () => {
  const HUNG = [
    '[Sat Jun  1 17:40:26 2019] INFO: task kworker/2:1:7143 blocked for more than 120 seconds.',
    '[Sat Jun  1 17:40:26 2019]       Tainted: G         C        4.19.42-v7+ #1219',
    '[Sat Jun  1 17:40:26 2019] "echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.',
    '[Sat Jun  1 17:40:26 2019] kworker/2:1     D    0  7143      2 0x00000000',
    '[Sat Jun  1 17:40:26 2019] Workqueue: events_freezable mmc_rescan',
    '[Sat Jun  1 17:40:26 2019] [<8082642c>] (__schedule) from [<80826a9c>] (schedule+0x50/0xa8)',
  ].join('\n');
  test('both lines are one task; the release is that of the text, and said', () => {
    assert.deepEqual(kinds(HUNG), ['log_task', 'thread_info_flags']);
    const task = one('log_task', HUNG);
    assert.deepEqual(
      [task['name'], task['pid'], task['blocked_seconds'], task['state']],
      ['kworker/2:1', 7143, 120, 'D'],
    );
    assert.deepEqual([task.kernel, task['kernel_named_by_text']], ['4.19', '4.19.42-v7+']);
    assert.match(words(HUNG), /^Decoded as Linux 4\.19, which the text names \(4\.19\.42-v7\+\): --kernel/);
    assert.match(words(HUNG), /blocked +for more than 120 s/);
  });
  test('--kernel is stronger than the text', () => {
    const task = one('log_task', HUNG, '5.10');
    assert.deepEqual([task.kernel, 'kernel_named_by_text' in task], ['5.10', false]);
    assert.doesNotMatch(words(HUNG, '5.10'), /Decoded as/);
  });
  test('several releases: none is taken, and it is said', () => {
    const two = `${HUNG}\n[ 1.0]       Not tainted 5.4.0-54-generic #60-Ubuntu\ntask_flags:0x8`;
    assert.equal(one('flags', two).kernel, null);
    assert.match(
      words(two),
      /^The text names several kernels \(4\.19\.42-v7\+, 5\.4\.0-54-generic\): say which with --kernel\./,
    );
  });
  test('several releases whose names for a bit agree: that name', () => {
    const text = 'Not tainted 4.19.0 #1\nNot tainted 5.4.0-54-generic #60\n0xc';
    assert.deepEqual(one('flags', text)['names'], ['PF_EXITING', 'PF_EXITPIDONE']);
    const apart = 'Not tainted 4.19.0 #1\nNot tainted 6.1.0 #60\n0x8';
    assert.deepEqual(one('flags', apart)['names'], []);
    assert.deepEqual(one('flags', apart)['possible'], {
      '0x00000008': ['PF_EXITPIDONE (4.19)', 'PF_POSTCOREDUMP (6.1)'],
    });
    const some = 'Not tainted 4.2.0 #1\nNot tainted 4.19.0 #60\n0x2';
    assert.deepEqual(one('flags', some)['possible'], { '0x00000002': ['PF_IDLE (4.19)'] });
    const none = 'Not tainted 4.2.0 #1\nNot tainted 4.4.0 #60\n0x2';
    assert.equal(one('flags', none)['unknown_bits'], '0x00000002');
  });
  test('a release behind the dashes of a distribution', () => {
    const line = '[ 3073.910063]       Tainted: G           OE    --------- -  - 4.18.0-240.el8.x86_64 #1\n0x4000';
    assert.deepEqual(one('flags', line)['names'], ['PF_USED_ASYNC']);
  });
  test('newer messages: waiting for I/O, and for whom', () => {
    const text = [
      'INFO: task virtme-ng-init:1 blocked in I/O wait for more than 122 seconds.',
      'INFO: task (udev-worker):374 blocked for more than 122 seconds.',
      'INFO: task (udev-worker):374 is blocked on a mutex likely owned by task virtme-ng-init:1.',
      'INFO: task a b:9 <writer> blocked on an rw-semaphore likely owned by task c:10 <reader>',
    ].join('\n');
    assert.deepEqual(kinds(text), ['log_task', 'log_task', 'log_task']);
    assert.equal(one('log_task', text)['waits_for_io'], true);
    assert.equal(one('log_task', text, undefined, 1)['blocked_on'], 'a mutex likely owned by task virtme-ng-init:1');
    assert.deepEqual(
      [one('log_task', text, undefined, 2)['name'], one('log_task', text, undefined, 2)['pid']],
      ['a b', 9],
    );
    assert.match(words(text), /waits for +a mutex likely owned by task virtme-ng-init:1/);
  });
});

describe('suspend that fails', () => {
  test('who refused, and why', () => {
    const text = [
      'Jun 29 20:26:32 h kernel: Freezing user space processes failed after 20.005 seconds (1 tasks refusing to freeze, wq_busy=0):',
      'Jun 29 20:26:32 h kernel: task:ente            state:D stack:0     pid:569301 tgid:569301 ppid:569186 task_flags:0x400040 flags:0x00004006',
      'Jun 29 20:26:32 h kernel: Call Trace:',
      'Jun 29 20:26:32 h kernel:  folio_wait_bit_common+0x12f/0x310',
      'Jun 29 20:26:32 h kernel: task:other           state:S stack:0     pid:5 tgid:5 ppid:1 task_flags:0x400040 flags:0x00004006',
    ].join('\n');
    const freeze = one('log_freeze', text);
    assert.deepEqual(
      [freeze['outcome'], freeze['seconds'], freeze['tasks_refusing'], freeze['workqueue_busy']],
      ['failed', 20.005, 1, false],
    );
    assert.deepEqual(
      [one('log_task', text)['refused_to_freeze'], one('log_task', text, undefined, 1)['refused_to_freeze']],
      [true, false],
    );
    assert.match(words(text), /1 task refused to freeze/);
    assert.match(words(text), /freezing +refused: in D it freezes only when what it waits for has come/);
  });
  test('a busy workqueue, no task; its flags are no masks', () => {
    const text = [
      'May 23 02:47:24 dom0 kernel: Freezing of tasks failed after 20.001 seconds (0 tasks refusing to freeze, wq_busy=1):',
      'May 23 02:47:24 dom0 kernel: Showing busy workqueues and worker pools:',
      'May 23 02:47:24 dom0 kernel: workqueue writeback: flags=0x4e',
      'May 23 02:47:24 dom0 kernel:   pwq 8: cpus=0-3 flags=0x4 nice=0 active=0/0 refcnt=3',
      'May 23 02:47:24 dom0 kernel:     in-flight: 8729:hub_event',
    ].join('\n');
    assert.deepEqual(kinds(text), ['log_freeze']);
    assert.match(words(text), /none refused\n +workqueues +a freezable workqueue is busy/);
  });
  test('aborted, cut, of older kernels', () => {
    assert.equal(
      one(
        'log_freeze',
        'kernel: Freezing of tasks aborted after 4.435 seconds (1 tasks refusing to freeze, wq_busy=0):',
      )['outcome'],
      'aborted',
    );
    assert.equal(
      one('log_freeze', 'Freezing user space processes failed after 20.002 seconds (1 tasks refusing to freeze, >')[
        'workqueue_busy'
      ],
      null,
    );
    assert.deepEqual(kinds('Freezing user space processes ... (elapsed 0.001 seconds) done.'), []);
  });
});

test('what other lines hold is no mask', () => {
  const text = [
    'BUG: unable to handle kernel NULL pointer dereference at 0000000000000010',
    'Oops: 0002 [#1] SMP',
    'PGD 0 P4D 0',
    'CPU: 2 PID: 3724 Comm: cat Tainted: G    B             4.19.34 #9',
    'RSP: 0018:ffff8883a6d4ef58 EFLAGS: 00010046',
    'Code: 45 00 65 8b 0c 25 20 81 01 00 39 c8 0f 84 ad 00 00 00',
    ' 0000000000000004 ffff88007b7bfe68 000000010b866ffd ffff88007af37ca0',
    'bfa0: 00000001 beae2938 00000001 ffffffff',
    '        00000004 00000003 00000000 10000000',
    '        12345678 10000000',
    'Adding 1048572k swap on /dev/sda2.  Priority:-2 extents:1 across:1048572k',
    'flags: 0xfffffc0000000(node=0|zone=1|lastcpupid=0x1fffff)',
    '[   31.79] 4194560',
    'Pid: 3724, comm: cat Not tainted 4.19.34 #9',
    ' [<ffffffff8135067c>] ? __mutex_lock_common.isra.5+0xff/0x164',
    'Threads: 4',
  ].join('\n');
  assert.deepEqual(decoded(text), []);
});

describe('many tasks', () => {
  const line = (n: number, state: string): string =>
    `[${n}.000000] task:t${n}  state:${state} stack:0     pid:${n}    tgid:${n}    ppid:1      task_flags:0x400040 flags:0x00000000`;
  const count = (text: string, part: string): number => text.split(part).length - 1;
  test('up to eight are told one by one, each explanation once', () => {
    const said = words([1, 2, 3].map(n => line(n, 'D')).join('\n'));
    assert.equal(count(said, 'uninterruptible sleep'), 1);
    assert.equal(count(said, 'is the thread_info mask (TIF_*'), 1);
    assert.equal(count(said, 'thread_info mask'), 3);
    for (const n of [1, 2, 3]) assert.match(said, new RegExp(`^task t${n}, pid ${n}\\n +state +D, disk sleep`, 'm'));
  });
  test('more are a summary and a line each; JSON has all', () => {
    const text = Array.from({ length: 300 }, (_, n) => line(n + 10, n % 100 === 0 ? 'D' : 'S')).join('\n');
    const { lines, facts } = recognize(text, undefined);
    assert.equal(facts.length, 900);
    assert.ok(
      facts
        .filter(({ kind }) => kind === 'thread_info_flags')
        .every(({ note }) => typeof note === 'string' && note.includes('TIF_')),
    );
    assert.ok(lines.length < 320, String(lines.length));
    const said = lines.join('\n');
    assert.match(said, /^300 tasks: 297 S, 3 D\n/);
    assert.match(said, /^ +in D: t10 10, t110 110, t210 210$/m);
    assert.equal(count(said, 'interruptible sleep'), 2);
    assert.equal(count(said, 'TIF_*'), 1);
    assert.match(said, /^ +D +110 +1 +t110 +PF_FORKNOEXEC PF_RANDOMIZE$/m);
  });
  test('what else is in the text stands before and behind', () => {
    const text = ['exit_code 139', ...Array.from({ length: 9 }, (_, n) => line(n + 1, 'S')), 'tty_nr 34816'].join('\n');
    assert.match(words(text), /^exit_code 139[^]*\n\n9 tasks: 9 S\n[^]*\n\ntty_nr 34816/);
  });
});
