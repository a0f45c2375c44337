import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { kernelPage } from '../../src/pages/kernel.ts';
import { overviewPage } from '../../src/pages/overview.ts';
import { lineOf, shown, type Subject } from './shown.ts';

const MAPS = `00400000-00401000 r-xp 00001000 fe:00 12                                 /usr/bin/reader
7fd76ed48000-7fd76ee28000 rw-p 00000000 00:00 0 
7ffdc96fe000-7ffdc971f000 rw-p 00000000 00:00 0                          [stack]
`;

/** Blocked in read(3, …) on an NFS file. */
const READER: Subject = {
  stat: { state: 'D' },
  columns: { wchan: 'rpc_wait_bit_killable' },
  files: {
    syscall: '0 0x3 0x7fd76ed48010 0x20000 0x0 0x0 0x0 0x7ffdc971ad30 0x400123\n',
    stack:
      '[<0>] rpc_wait_bit_killable+0x1e/0xb0 [sunrpc]\n[<0>] nfs_file_read+0x7d/0xb0 [nfs]\n[<0>] vfs_read+0xbb/0x360\n',
    maps: MAPS,
    sched:
      'a name: (1, #threads: 7)\n-------------------------------------------------\nse.exec_start : 12.5\nprio : 120\n',
  },
  links: { 'fd/3': '/mnt/nfs/data', cwd: '/home/user' },
};

const callOf = (syscall: string, more: Partial<Subject> = {}) =>
  shown(kernelPage, { ...READER, ...more, files: { ...READER.files, ...more.files, syscall } });

describe('a task that waits', () => {
  const page = shown(kernelPage, READER);
  test('why: state, wait channel and system call in one sentence, and whether a signal helps', () => {
    assert.equal(
      page.json['why'],
      'It waits for a reply of an NFS server, in read on /mnt/nfs/data. The sleep is killable: SIGKILL ends it.',
    );
  });
  test('the call by name with its arguments: descriptors by their target, addresses by their region', () => {
    assert.equal(lineOf(page, 'System call'), 'System call       read, number 0');
    assert.equal(lineOf(page, 'fd '), 'fd                0x3  fd 3: /mnt/nfs/data');
    assert.equal(lineOf(page, 'buf '), 'buf    0x7fd76ed48010  in anonymous memory (rw-p)');
    assert.equal(lineOf(page, 'count '), 'count         0x20000  131072');
    assert.deepEqual(page.json['syscall'], {
      nr: 0,
      name: 'read',
      arguments: [
        { name: 'fd', value: '0x3', target: '/mnt/nfs/data' },
        { name: 'buf', value: '0x7fd76ed48010', target: null },
        { name: 'count', value: '0x20000', target: null },
      ],
    });
  });
  test('instruction and stack pointer with their regions', () => {
    assert.match(lineOf(page, 'Instruction ptr'), /0x400123 {2}r-xp \/usr\/bin\/reader at 0x1123 of the file$/);
    assert.match(lineOf(page, 'Stack pointer'), /0x7ffdc971ad30 {2}rw-p \[stack\], 0x1cd30 behind its start$/);
  });
  test('the kernel stack, innermost first, with modules', () => {
    assert.match(page.text, / 0 {2}rpc_wait_bit_killable {2}0x1e\/0xb0 {3}sunrpc\n/);
    assert.match(page.text, / 2 {2}vfs_read {15}0xbb\/0x360\n/);
    const [first] = page.json['stack'] as Record<string, unknown>[];
    assert.deepEqual(first, {
      depth: 0,
      function: 'rpc_wait_bit_killable',
      offset: '0x1e/0xb0',
      place: { module: 'sunrpc', address: null },
    });
  });
  test('sched by key, without its heading, which may hold anything', () => {
    assert.deepEqual(page.json['sched'], [
      { key: 'se.exec_start', value: '12.5' },
      { key: 'prio', value: '120' },
    ]);
  });
});

describe('why, by state', () => {
  const why = (stat: Subject['stat'], more: Partial<Subject> = {}): unknown =>
    shown(kernelPage, { ...READER, columns: {}, ...more, stat: stat! }).json['why'];
  test('a usual wait is said to be one', () => {
    const text = why({ state: 'S' }, { columns: { wchan: 'pipe_read' } });
    assert.match(String(text), /waits for the other end of a pipe, in read on \/mnt\/nfs\/data: the usual wait/);
  });
  test('a D sleep without a name: the call is told, and that signals may not help', () => {
    assert.equal(
      why({ state: 'D' }),
      'It sleeps, in read on /mnt/nfs/data. No signal wakes it, unless the sleep is a killable one: then SIGKILL does.',
    );
  });
  test('a page fault is in no call', () => {
    const files = { ...READER.files, syscall: '-1 0x7ffdc971ad30 0x400123\n' };
    const text = why({ state: 'D' }, { files, columns: { wchan: 'folio_wait_bit_common' } });
    assert.match(String(text), /outside of a system call \(most likely a page fault\)/);
  });
  test('running, stopped, traced, idle, zombie', () => {
    assert.match(String(why({ state: 'R' })), /^It runs, or is ready and waits for a CPU/);
    assert.match(String(why({ state: 'T' })), /SIGCONT lets it go on/);
    assert.equal(
      why({ state: 't' }, { files: { ...READER.files, status: 'TracerPid:\t77\n' } }),
      'It is stopped by its debugger, process 77.',
    );
    assert.match(String(why({ state: 'I', flags: 0x200000 })), /kernel thread without work/);
    assert.match(String(why({ state: 'Z', ppid: 5 })), /^It has ended; process 5 has not yet asked/);
    assert.match(String(why({ state: 'Z', num_threads: 3 })), /first thread has ended, but others/);
    assert.match(String(why({ state: 'D', flags: 0x4 })), /It is exiting\./);
  });
});

test('a wait channel of no family', () => {
  const page = shown(kernelPage, { ...READER, columns: { wchan: 'do_syscall_64' } });
  assert.match(lineOf(page, 'Waits in'), /do_syscall_64: not a known wait: the name is told as the kernel gives it$/);
});

describe('what ended or stopped it', () => {
  const line = (stat: Subject['stat'], start: string): string =>
    lineOf(shown(kernelPage, { ...READER, columns: {}, machine: { live: true, mayPtrace: true }, stat: stat! }), start);
  test('the exit status of a zombie', () => {
    assert.match(line({ state: 'Z', vsize: 0, exit_code: 0x300 }, 'Exit status'), /exited with 3$/);
    assert.match(line({ state: 'Z', vsize: 0, exit_code: 0x8b }, 'Exit status'), /killed by SIGSEGV, core dumped$/);
    assert.equal(line({ state: 'Z', vsize: 0, num_threads: 3 }, 'Exit status'), '', 'its last thread is still to end');
    assert.equal(line({ state: 'S' }, 'Exit status'), '');
  });
  test('the signal of a stop', () => {
    assert.match(line({ state: 'T', exit_code: 19 }, 'Stopped'), /stopped by SIGSTOP$/);
    assert.match(line({ state: 't', exit_code: 0x105 }, 'Stopped'), /stopped by SIGTRAP \(ptrace event: fork\)$/);
    assert.equal(line({ state: 't' }, 'Stopped'), '', 'the debugger has taken the code');
  });
});

describe('how long it has slept', () => {
  const sched = (ms: string): string => `x (1)\n${'-'.repeat(30)}\nse.exec_start  :  ${ms}\n`;
  const why = (own: string, now: string, state = 'S') =>
    shown(kernelPage, {
      ...READER,
      machine: { live: true },
      stat: { state },
      files: { ...READER.files, sched: sched(own), '/proc/self/sched': sched(now) },
    });
  test('by the scheduler, where that is longer than what was seen', () => {
    const page = why('1000.5', '61000.5');
    assert.match(JSON.stringify(page.json['why']), /^"For about 1m00s it waits/);
    assert.match(lineOf(page, 'State'), /S sleeping for about 1m00s: /);
    assert.equal((page.json['state'] as Record<string, unknown>)['about_seconds'], 60);
  });
  test('not where the clocks of two CPUs differ as much, nor of what runs, nor without the file', () => {
    assert.match(lineOf(why('1000.5', '1500.5'), 'State'), /for at least 0/);
    assert.match(lineOf(why('1000.5', '61000.5', 'R'), 'State'), /for at least 0/);
    assert.match(lineOf(why('0.000000', '61000.5'), 'State'), /for at least 0/);
    assert.match(lineOf(shown(kernelPage, { ...READER, machine: { live: true } }), 'State'), /for at least 0/);
  });
});

describe('system calls', () => {
  test('the current folder, and descriptors that are none', () => {
    const page = callOf('257 0xffffff9c 0x400200 0x80000 0x0 0x0 0x0 0x7ffdc971ad30 0x400123\n');
    assert.match(lineOf(page, 'dirfd'), /AT_FDCWD, the current folder: \/home\/user$/);
    assert.match(lineOf(page, 'path'), /in \/usr\/bin\/reader \(r-xp\)$/);
    assert.match(lineOf(callOf('0 0xffffffff 0x0 0x0 0x0 0x0 0x0 0x1 0x1\n'), 'fd '), /-1$/);
  });
  test('an int above the register: poll without a limit', () => {
    const page = callOf('7 0x7ffdc971ad00 0x1 0xffffffff 0x0 0x0 0x0 0x7ffdc971ad30 0x400123\n');
    assert.match(lineOf(page, 'timeout_ms'), /0xffffffff {2}-1: for ever$/);
  });
  test('flags, clocks, operations, signals and times by their names', () => {
    const told = (call: string, name: string): string =>
      lineOf(callOf(`${call} 0x7ffdc971ad30 0x400123\n`), `${name} `).replace(/^\S+ +\S+ +/, '');
    // x86_64: 56 clone, 202 futex, 230 clock_nanosleep, 232 epoll_wait, 257 openat, 61 wait4, 9 mmap, 62 kill
    assert.equal(
      told('56 0x1200011 0x0 0x0 0x0 0x0 0x0', 'flags'),
      'CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID, exit signal SIGCHLD',
    );
    assert.equal(
      told('202 0x7fd76ed48010 0x189 0x0 0x0 0x0 0xffffffff', 'op'),
      'FUTEX_WAIT_BITSET|FUTEX_PRIVATE_FLAG|FUTEX_CLOCK_REALTIME',
    );
    assert.equal(told('202 0x7fd76ed48010 0x80 0x2 0x0 0x0 0x0', 'op'), 'FUTEX_WAIT|FUTEX_PRIVATE_FLAG');
    assert.equal(told('230 0x1 0x1 0x0 0x0 0x0 0x0', 'clockid'), 'CLOCK_MONOTONIC');
    assert.equal(told('230 0x1 0x1 0x0 0x0 0x0 0x0', 'flags'), 'TIMER_ABSTIME');
    // ~12 << 3 | 2: the CPU time of process 12
    assert.equal(told('230 0xffffff9a 0x0 0x0 0x0 0x0 0x0', 'clockid'), 'CPU clock of process 12');
    assert.equal(told('232 0x3 0x0 0x10 0xea60 0x0 0x0', 'timeout_ms'), '60000 ms (1m00s)');
    assert.equal(told('257 0xffffff9c 0x400200 0x80241 0x1b6 0x0 0x0', 'flags'), 'O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC');
    assert.match(told('257 0xffffff9c 0x400200 0x80241 0x1b6 0x0 0x0', 'mode'), /^0666/);
    assert.equal(told('61 0xffffffff 0x0 0x3 0x0 0x0 0x0', 'options'), 'WNOHANG|WUNTRACED');
    assert.equal(told('61 0xffffffff 0x0 0x3 0x0 0x0 0x0', 'pid'), 'any child');
    assert.equal(told('9 0x0 0x1000 0x3 0x22 0xffffffff 0x0', 'prot'), 'PROT_READ|PROT_WRITE');
    assert.equal(told('9 0x0 0x1000 0x3 0x22 0xffffffff 0x0', 'flags'), 'MAP_PRIVATE|MAP_ANONYMOUS');
    assert.equal(told('62 0x5 0x22 0x0 0x0 0x0 0x0', 'sig'), 'SIGRTMIN');
  });
  test('restart_syscall goes on with what was begun before', () => {
    const page = callOf('219 0x0 0x0 0x0 0x0 0x0 0x0 0x7ffdc971ad30 0x400123\n');
    assert.match(page.text, /A sleep, poll or futex wait that began before, .* is resumed\./);
  });
  test('a call without names of arguments shows all six; one without a name its number', () => {
    const page = callOf('9999 0x1 0x2 0x3 0x4 0x5 0x6 0x7ffdc971ad30 0x400123\n');
    assert.match(lineOf(page, 'System call'), /number 9999, which has no name here/);
    assert.match(page.text, /\n {2}a1 +0x1\n[^]*\n {2}a6 +0x6\n/);
  });
  test('a 32-bit program calls by the numbers of its own architecture', () => {
    const low = 'f7fc0000-f7fc2000 r-xp 00000000 00:00 0 [vdso]\nfffdd000-ffffe000 rw-p 00000000 00:00 0 [stack]\n';
    const files = { maps: low, auxv: { missing: 'not-read' } as const };
    const i386 = callOf('3 0x3 0x0 0x10 0x0 0x0 0x0 0xffffd000 0xf7fc0559\n', { files, stat: { startcode: 4096 } });
    assert.match(lineOf(i386, 'System call'), /read, number 3/);
    assert.match(lineOf(i386, 'Program'), /32-bit program on a 64-bit kernel, probably: its addresses are below 4 GiB/);
    const machine = { architecture: 'aarch64' };
    const arm = callOf('3 0x3 0x0 0x10 0x0 0x0 0x0 0xffffd000 0xf7fc0559\n', { files, machine });
    assert.match(lineOf(arm, 'System call'), /read, number 3/);
    const arm64 = callOf('63 0x3 0x0 0x10 0x0 0x0 0x0 0x7ffdc971ad30 0x400123\n', { machine });
    assert.match(lineOf(arm64, 'System call'), /read, number 63/);
    assert.match(lineOf(arm64, 'Program'), /64-bit program, by its addresses/);
  });
  test('the auxiliary vector decides: AT_PAGESZ and AT_CLKTCK in words of 4 bytes', () => {
    const words = new Uint32Array([6, 4096, 17, 100, 0, 0]);
    const page = callOf('3 0x3 0x0 0x10 0x0 0x0 0x0 0xffffd000 0xf7fc0559\n', {
      files: { auxv: new Uint8Array(words.buffer) },
    });
    assert.match(lineOf(page, 'Program'), /32-bit program on a 64-bit kernel, by its auxiliary vector/);
  });
  test('on a 32-bit kernel there is only one', () => {
    const page = callOf('3 0x3 0x0 0x10 0x0 0x0 0x0 0xbedead00 0xb6f00000\n', { machine: { architecture: 'armv7l' } });
    assert.match(lineOf(page, 'System call'), /read, number 3/);
    assert.match(lineOf(page, 'Program'), /32-bit program, as the kernel is/);
  });
  test('an architecture without a table', () => {
    const page = callOf('63 0x3 0x0 0x10 0x0 0x0 0x0 0x7ffdc971ad30 0x400123\n', {
      machine: { architecture: 'riscv64' },
    });
    assert.match(lineOf(page, 'System call'), /number 63, which has no name here/);
  });
  test('a personality alone is a guess, nothing at all a poorer one', () => {
    const hidden = { maps: { missing: 'no-permission' }, syscall: { missing: 'no-permission' } } as const;
    const subject = { ...READER, stat: { startcode: 1 }, machine: { mayPtrace: false } };
    const told = shown(kernelPage, { ...subject, files: { ...hidden, personality: '00000008\n' } });
    assert.match(
      lineOf(told, 'Program'),
      /32-bit program on a 64-bit kernel, probably: its personality is PER_LINUX32/,
    );
    const untold = shown(kernelPage, { ...subject, files: { ...hidden, personality: { missing: 'no-permission' } } });
    assert.match(lineOf(untold, 'Program'), /64-bit program, probably: nothing tells/);
  });
});

describe('what is not told', () => {
  test('each missing right is named', () => {
    const page = shown(kernelPage, {
      stat: { startcode: 1 },
      machine: { mayPtrace: false },
      columns: { wchan: '0' },
      files: {
        syscall: { missing: 'no-permission' },
        stack: { missing: 'no-permission' },
        maps: { missing: 'no-permission' },
        sched: { missing: 'not-in-this-kernel' },
      },
    });
    assert.match(lineOf(page, 'Waits in'), /- \(not permitted/);
    assert.match(lineOf(page, 'System call'), /needs the same user .*CAP_SYS_PTRACE/);
    assert.match(lineOf(page, 'stack: '), /not permitted: needs CAP_SYS_ADMIN/);
    assert.match(lineOf(page, 'sched: '), /CONFIG_SCHED_DEBUG/);
    assert.equal(page.json['syscall'], null);
  });
  test('who has CAP_SYS_PTRACE is told for every line that it does not help here', () => {
    const denied = { missing: 'no-permission' } as const;
    const subject: Subject = {
      stat: { startcode: 1 },
      machine: { live: true, mayPtrace: true },
      columns: { wchan: '0' },
      files: { syscall: denied, maps: denied, stack: denied },
    };
    const page = shown(kernelPage, subject);
    for (const label of ['Waits in', 'System call'])
      assert.match(lineOf(page, label), /- \(denied although CAP_SYS_PTRACE is held: /, label);
    assert.match(lineOf(shown(overviewPage, subject), 'Waits in'), /denied although CAP_SYS_PTRACE is held/);
    assert.doesNotMatch(page.text, /needs [^\n]*CAP_SYS_PTRACE/);
  });
  test('before 4.19 the stack needs no CAP_SYS_ADMIN', () => {
    const files = { stack: { missing: 'no-permission' } } as const;
    const page = shown(kernelPage, { files, machine: { releaseText: '4.9.0' } });
    assert.match(lineOf(page, 'stack: '), /needs the same user/);
  });
  test('a running task tells no call and an empty stack', () => {
    const page = shown(kernelPage, {
      stat: { state: 'R' },
      columns: { wchan: '0' },
      files: { syscall: 'running\n', stack: '' },
    });
    assert.match(lineOf(page, 'System call'), /not told: it runs/);
    assert.match(lineOf(page, 'Waits in'), /none: it does not sleep in the kernel/);
    assert.match(page.text, /Empty: the task runs/);
    assert.doesNotMatch(page.text, /Stack pointer/);
  });
  test('a kernel thread makes no calls, though its file reads like one', () => {
    const page = shown(kernelPage, {
      stat: { flags: 0x200000, vsize: 0, startcode: 0 },
      columns: { wchan: 'kthreadd' },
      files: { syscall: '0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0\n', stack: '[<0>] kthreadd+0x2f0/0x310\n' },
    });
    assert.match(lineOf(page, 'System call'), /a kernel thread makes none/);
    assert.doesNotMatch(page.text, /read, number|Program/);
    assert.match(page.text, / 0 {2}kthreadd/);
  });
  test('a zombie has neither stack nor program', () => {
    const page = shown(kernelPage, {
      stat: { state: 'Z', flags: 4, vsize: 0, startcode: 0 },
      columns: { wchan: '0' },
      files: { syscall: '-1 0x0 0x0\n', stack: '' },
    });
    assert.match(page.text, /Empty: it has ended\./);
    assert.match(lineOf(page, 'System call'), /none: it has no user side/);
    assert.doesNotMatch(page.text, /Program/);
  });
  test('files that only some kernels have are shown where they are', () => {
    assert.doesNotMatch(shown(kernelPage, READER).text, /Live patch|AVX/);
    const files = { ...READER.files, patch_state: '0\n', arch_status: 'AVX512_elapsed_ms:\t1500\n' };
    const page = shown(kernelPage, { ...READER, files });
    assert.match(lineOf(page, 'Live patch'), /0: not yet switched/);
    assert.match(lineOf(page, 'AVX-512'), /1\.5s ago/);
    assert.equal(page.json['avx512_elapsed_ms'], 1500);
  });
  test('the first thread speaks for itself only', () => {
    const page = shown(kernelPage, { ...READER, stat: { state: 'S', num_threads: 4 } });
    assert.match(page.text, /Of the first thread: the page Threads has the others/);
  });
});

test('any bytes in any file: a page', () => {
  const content = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'binary', maxLength: 200 }));
  const names = ['syscall', 'stack', 'maps', 'sched', 'auxv', 'personality', 'arch_status', 'patch_state', 'status'];
  const files = fc.record(Object.fromEntries(names.map(name => [name, content])));
  fc.assert(
    fc.property(files, fc.string({ unit: 'binary', maxLength: 80 }), (texts, wchan) => {
      assert.ok(shown(kernelPage, { files: texts, columns: { wchan } }).text.length > 0);
    }),
    { numRuns: 200 },
  );
});
