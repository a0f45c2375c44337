import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  syscallArguments,
  syscallName,
  syscallNames,
  type SyscallTable,
  syscallTable,
} from '../../src/kernel/syscalls.ts';

const TABLES: readonly SyscallTable[] = ['x86_64', 'i386', 'arm', 'arm64'];

test('which table: that of the program', () => {
  assert.equal(syscallTable('x86_64', false), 'x86_64');
  assert.equal(syscallTable('x86_64', true), 'i386');
  for (const name of ['i386', 'i486', 'i586', 'i686']) assert.equal(syscallTable(name, false), 'i386');
  for (const name of ['armv5tejl', 'armv6l', 'armv7l', 'armv8l']) assert.equal(syscallTable(name, false), 'arm');
  assert.equal(syscallTable('aarch64', false), 'arm64');
  assert.equal(syscallTable('aarch64', true), 'arm');
  for (const name of ['', 'mips', 'riscv64', 'ppc64le', 's390x']) assert.equal(syscallTable(name, false), undefined);
});

test('numbers known by heart', () => {
  const known: Readonly<Record<string, readonly (number | undefined)[]>> = {
    read: [0, 3, 3, 63],
    write: [1, 4, 4, 64],
    openat: [257, 295, 322, 56],
    ioctl: [16, 54, 54, 29],
    futex: [202, 240, 240, 98],
    nanosleep: [35, 162, 162, 101],
    clock_nanosleep: [230, 267, 265, 115],
    wait4: [61, 114, 114, 260],
    waitid: [247, 284, 280, 95],
    poll: [7, 168, 168, undefined],
    ppoll: [271, 309, 336, 73],
    pselect6: [270, 308, 335, 72],
    epoll_wait: [232, 256, 252, undefined],
    epoll_pwait: [281, 319, 346, 22],
    epoll_pwait2: [441, 441, 441, 441],
    fsync: [74, 118, 118, 82],
    restart_syscall: [219, 0, 0, 128],
    rt_sigsuspend: [130, 179, 179, 133],
    rt_sigtimedwait: [128, 177, 177, 137],
    exit_group: [231, 252, 248, 94],
    io_uring_enter: [426, 426, 426, 426],
    io_getevents: [208, 247, 245, 4],
    recvfrom: [45, 371, 292, 207],
    recvmsg: [47, 372, 297, 212],
    accept4: [288, 364, 366, 242],
    unlinkat: [263, 301, 328, 35],
    statx: [332, 383, 397, 291],
    clone3: [435, 435, 435, 435],
    memfd_secret: [447, 447, undefined, 447],
    futex_wait: [455, 455, 455, 455],
    file_setattr: [469, 469, 469, 469],
    futex_time64: [undefined, 422, 422, undefined],
    msgrcv: [70, 401, 302, 188],
    uretprobe: [335, undefined, undefined, undefined],
    set_tls: [undefined, undefined, 0xf0005, undefined],
  };
  for (const [name, numbers] of Object.entries(known))
    for (const [i, table] of TABLES.entries()) {
      const found = [...syscallNames(table)].find(([, known]) => known === name)?.[0];
      assert.equal(found, numbers[i], `${name} on ${table}`);
    }
});

test('gaps have no name', () => {
  assert.equal(syscallName('x86_64', 337), undefined);
  assert.equal(syscallName('arm', 7), undefined, 'waitpid is not in the EABI');
  assert.equal(syscallName('arm', 447), undefined);
  assert.equal(syscallName('arm64', 295), undefined);
  assert.equal(syscallName('i386', 415), undefined);
  for (const table of TABLES) for (const nr of [-1, 0.5, 100_000, NaN]) assert.equal(syscallName(table, nr), undefined);
});

test('as many names as the kernel has, each once', () => {
  // the headers of 6.1 and what came until 6.19; without the numbers of other ABIs (oabi, x32)
  const sizes = { x86_64: 384, i386: 460, arm: 423 + 6, arm64: 326 };
  for (const table of TABLES) {
    const names = [...syscallNames(table).values()];
    assert.equal(names.length, sizes[table], table);
    assert.equal(new Set(names).size, names.length, table);
    for (const name of names) assert.match(name, /^[a-z_][a-z0-9_]*$/);
  }
});

const HEADERS = '/usr/include/x86_64-linux-gnu/asm';
for (const [table, file] of [
  ['x86_64', 'unistd_64.h'],
  ['i386', 'unistd_32.h'],
] as const)
  test(`as ${file} of this machine says`, { skip: !existsSync(`${HEADERS}/${file}`) }, () => {
    const defined = [...readFileSync(`${HEADERS}/${file}`, 'latin1').matchAll(/^#define __NR_(\w+) (\d+)$/gm)];
    assert.ok(defined.length > 300);
    for (const [, name, nr] of defined) assert.equal(syscallName(table, Number(nr)), name);
  });

test('arguments', () => {
  assert.deepEqual(syscallArguments('x86_64', 'read'), ['fd', 'buf', 'count']);
  assert.deepEqual(syscallArguments('arm', 'epoll_wait'), ['epfd', 'events', 'maxevents', 'timeout_ms']);
  assert.deepEqual(syscallArguments('arm64', 'pause'), []);
  assert.deepEqual(syscallArguments('x86_64', 'clone')!.slice(3), ['child_tid', 'tls']);
  assert.deepEqual(syscallArguments('arm64', 'clone')!.slice(3), ['tls', 'child_tid']);
  assert.deepEqual(syscallArguments('i386', 'select'), ['args']);
  assert.deepEqual(syscallArguments('arm', 'pread64'), ['fd', 'buf', 'count', 'unused', 'offset_low', 'offset_high']);
  assert.equal(syscallArguments('x86_64', 'getpid'), undefined);
  assert.equal(syscallArguments('x86_64', ''), undefined);
});

test('arguments belong to calls that exist, and fill six registers at most', () => {
  const all = new Set(TABLES.flatMap(table => [...syscallNames(table).values()]));
  let described = 0;
  for (const name of all)
    for (const table of TABLES) {
      const names = syscallArguments(table, name);
      if (!names) continue;
      described++;
      assert.ok(names.length <= 6, `${name} on ${table}`);
    }
  assert.ok(described > 400);
});
