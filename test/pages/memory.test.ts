import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { memoryPage } from '../../src/pages/memory.ts';
import { missing, type Reading } from '../../src/units/missing.ts';
import { FakeDossier } from '../support/dossier.ts';
import { lineOf, shown, type Subject } from './shown.ts';

const STATUS = `Name:\tsubject
VmPeak:\t    5400 kB
VmSize:\t    5332 kB
VmRSS:\t    4316 kB
RssShmem:\t       0 kB
VmPTE:\t      52 kB
`;

/** Of a real bash on 6.18, but for a second thread. */
const MAPS = `55f3fe28b000-55f3fe2ba000 r--p 00000000 fe:00 147465                     /usr/bin/bash
55f3fe2ba000-55f3fe37b000 r-xp 0002f000 fe:00 147465                     /usr/bin/bash
55f3fe3b4000-55f3fe3c0000 rw-p 00128000 fe:00 147465                     /usr/bin/bash
55f3fe3c0000-55f3fe3cb000 rw-p 00000000 00:00 0 
55f40c7d5000-55f40c868000 rw-p 00000000 00:00 0                          [heap]
7fd76d000000-7fd76d001000 ---p 00000000 00:00 0 
7fd76d001000-7fd76d801000 rw-p 00000000 00:00 0 
7fd76ed48000-7fd76ee28000 rw-p 00000000 00:00 0 
7fd76ee2c000-7fd76ee52000 r--p 00000000 fe:00 329655                     /usr/lib/libc.so.6
7fd76ee52000-7fd76efa8000 r-xp 00026000 fe:00 329655                     /usr/lib/libc.so.6
7fd76f052000-7fd76f054000 r-xp 00000000 00:00 0                          [vdso]
7ffdc96fe000-7ffdc971f000 rw-p 00000000 00:00 0                          [stack]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
`;

const STAT = {
  startcode: 0x55f3fe2ba000,
  endcode: 0x55f3fe37ab9d,
  start_data: 0x55f3fe3b3af0,
  end_data: 0x55f3fe3bf764,
  start_brk: 0x55f40c7d5000,
  startstack: 0x7ffdc971cde0,
  arg_start: 0x7ffdc971eb7e,
  arg_end: 0x7ffdc971eb8d,
};

/** How the fake dossier names a word of pagemap. */
const pageWord = (page: bigint): string => `pagemap:${page}`;

const X86: Subject = {
  stat: STAT,
  files: {
    status: STATUS,
    maps: MAPS,
    syscall: '270 0xfb 0x7ffdc971ae50 0x0 0x0 0x0 0x0 0x7ffdc971ad30 0x7fd76ef2aaec\n',
    '/proc/cpuinfo': 'processor\t: 0\nflags\t\t: fpu lm pae sse2\n',
  },
  words: {
    [pageWord(0x7ffdc971an)]: (1n << 63n) | (1n << 56n) | 0x18ca0dn,
    [pageWord(0x7fd76ef2an)]: (1n << 63n) | (1n << 61n),
    [pageWord(0x55f40c7d5n)]: (1n << 62n) | 3n | (77n << 5n),
    [pageWord(0x55f3fe2ban)]: 0n,
  },
};

describe('how much', () => {
  test('amounts of status in bytes, each with its meaning; what this kernel has not is missing', () => {
    const page = shown(memoryPage, X86);
    assert.match(lineOf(page, 'VmRSS'), /^VmRSS +4\.21M {2}resident set/);
    const amounts = page.json['amounts'] as Record<string, unknown>;
    assert.equal(amounts['vm_rss'], 4316 * 1024);
    assert.equal(amounts['rss_shmem'], 0);
    assert.equal(amounts['vm_swap'], null);
    assert.equal((page.json['missing'] as Record<string, unknown>)['amounts.vm_swap'], 'not-in-this-kernel');
  });
  test('keys that came later are not asked of an old kernel', () => {
    const page = shown(memoryPage, { ...X86, machine: { releaseText: '3.10.0' } });
    assert.ok(!('rss_anon' in (page.json['amounts'] as object)));
    assert.ok('vm_pin' in (page.json['amounts'] as object));
  });
  test('smaps_rollup with shares of Rss; huge pages and swap are no part of it', () => {
    const rollup =
      '55f3fe28b000-7ffdc971f000 ---p 00000000 00:00 0 [rollup]\nRss: 4000 kB\nPss: 1000 kB\nReferenced: 3000 kB\nSwap: 8 kB\n';
    const page = shown(memoryPage, { ...X86, files: { ...X86.files, smaps_rollup: rollup } });
    assert.match(lineOf(page, 'Pss '), /^Pss +1000K +25% {2}each page/);
    assert.match(lineOf(page, 'Referenced'), / 75% /);
    assert.match(lineOf(page, 'Swap'), /8\.00K {8}swapped out/);
    assert.deepEqual(page.json['rollup'], { rss: 4096000, pss: 1024000, referenced: 3072000, swap: 8192 });
  });
  test('smaps_rollup that may not be read says which right shows it', () => {
    const page = shown(memoryPage, { ...X86, files: { ...X86.files, smaps_rollup: { missing: 'no-permission' } } });
    assert.match(lineOf(page, 'Rss '), /- \(not permitted: needs the same user .*CAP_SYS_PTRACE/);
    assert.deepEqual(page.json['rollup'], { rss: null });
  });
});

describe('addresses', () => {
  const page = shown(memoryPage, X86);
  test('registers, code, heap and stack with the region they lie in', () => {
    assert.match(
      lineOf(page, 'instruction ptr  0x7fd76ef2aaec'),
      /r-xp \/usr\/lib\/libc\.so\.6 at 0xfeaec of the file$/,
    );
    assert.match(lineOf(page, 'stack pointer    0x7ffdc971ad30'), /rw-p \[stack\], 0x1cd30 behind its start$/);
    assert.match(lineOf(page, 'start of heap    0x55f40c7d5000'), /rw-p \[heap\], at its start$/);
  });
  test('page-table indexes, worked out bit by bit', () => {
    // 0x7ffdc971ad30 = 011111111 111110111 001001011 100011010 110100110000
    assert.match(lineOf(page, 'stack pointer    x86_64-4level'), /0x0ff {2}0x1f7 {2}0x04b {2}0x11a {3}0xd30$/);
    const rows = page.json['indexes'] as Record<string, unknown>[];
    assert.deepEqual(rows[1], {
      of: 'stack_pointer',
      layout: 'x86_64-4level',
      pgd: 255,
      pud: 503,
      pmd: 75,
      pte: 282,
      offset: 3376,
      half: 'user',
    });
    assert.match(lineOf(page, 'Layout'), /x86_64-4level \(48 bits, pages of 4\.00K\): no la57 in \/proc\/cpuinfo/);
  });
  test('without the flags of the CPU both layouts are shown', () => {
    const files = { ...X86.files, '/proc/cpuinfo': { missing: 'not-read' } as const };
    const both = shown(memoryPage, { ...X86, files });
    assert.deepEqual((both.json['page_tables'] as Record<string, unknown>)['layouts'], [
      'x86_64-4level',
      'x86_64-5level',
    ]);
    assert.match(lineOf(both, 'stack pointer    x86_64-5level'), /0x000 {2}0x0ff {2}0x1f7 {2}0x04b {2}0x11a/);
    assert.match(lineOf(both, 'stack pointer    x86_64-4level'), /0x0ff {6}- {2}0x1f7/);
  });
  test('pagemap: present, swapped, nothing, and frames that are hidden', () => {
    assert.match(page.text, /stack pointer {4}present {2}0x18ca0d {2}anonymous, exclusive\n/);
    assert.match(
      page.text,
      /instruction ptr {2}present {9}- {2}file or shared, where is hidden: needs CAP_SYS_ADMIN\n/,
    );
    assert.match(page.text, /start of heap {4}swapped {9}- {2}area 3, slot 77\n/);
    assert.match(page.text, /start of code {4}nothing {9}- {2}never touched, or given back\n/);
    const states = (page.json['pages'] as Record<string, unknown>[]).map(({ state, frame }) => [state, frame]);
    assert.deepEqual(states.slice(0, 2), [
      ['present', null],
      ['present', '0x18ca0d'],
    ]);
  });
  test('a running task has no registers to tell, and says so', () => {
    const running = shown(memoryPage, { ...X86, files: { ...X86.files, syscall: 'running\n' } });
    assert.match(lineOf(running, 'stack pointer'), /- {2}- \(it runs\)$/);
  });
  test('an address between the regions is in none; one behind a cut-off file is not known', () => {
    const gap = shown(memoryPage, { ...X86, address: '55f400000000' });
    assert.match(lineOf(gap, 'as typed  '), /in no region: nothing is mapped there/);
    const cut = shown(memoryPage, { ...X86, files: { ...X86.files, maps: MAPS.slice(0, 300) } });
    assert.match(lineOf(cut, 'stack pointer    0x'), /beyond what was read of maps/);
    assert.match(cut.text, /Only the first 3 regions/);
  });
  test('stat shows registers itself up to 4.8: syscall is not asked', () => {
    const stat = { ...STAT, kstkesp: 0x7ffdc971ad30, kstkeip: 0x7fd76ef2aaec };
    const old = shown(memoryPage, { ...X86, stat, machine: { releaseText: '4.4.0' }, files: { maps: MAPS } });
    assert.match(lineOf(old, 'stack pointer '), /0x7ffdc971ad30/);
    assert.ok(!old.asked.has('syscall'));
  });
});

describe('an address as typed', () => {
  test('comes first, split', () => {
    const page = shown(memoryPage, { ...X86, address: '0x7ffdc971ad30' });
    assert.equal(page.lines[0], ' Addresses');
    assert.match(lineOf(page, 'as typed '), /0x7ffdc971ad30 {2}rw-p \[stack\]/);
    assert.equal((page.json['indexes'] as Record<string, unknown>[])[0]!['pmd'], 75);
  });
  test('of the kernel is said to be so, for a kernel thread too', () => {
    const kthread = {
      stat: { flags: 0x200000, vsize: 0, startcode: 0 },
      files: X86.files!,
      address: 'ffffffff81000123',
    };
    const page = shown(memoryPage, kthread);
    assert.match(page.text, /as typed {2}x86_64-4level {2}0x1ff {2}0x1fe {2}0x008 {2}0x000 {3}0x123 {2}kernel address/);
  });
  test('that is none is not guessed at', () => {
    for (const address of ['zz', '', '0x', '12345678901234567', '-1']) {
      const page = shown(memoryPage, { ...X86, address });
      assert.match(page.text, /is no address: type up to 16 hexadecimal digits/);
      assert.doesNotMatch(page.text, /as typed/);
    }
  });
});

describe('other architectures', () => {
  test('arm: 2 levels told by a VmPTE that is no sum of whole pages', () => {
    const page = shown(memoryPage, {
      machine: { architecture: 'armv7l', releaseText: '6.1.0' },
      stat: { startcode: 65536, startstack: 0xbedeadf0, start_brk: 0 },
      files: { status: 'VmPTE:\t146 kB\n', '/proc/cpuinfo': 'Features\t: half thumb lpae\n' },
    });
    // 0xbedeadf0 = 10111110110 111101010 110111110000
    assert.match(
      lineOf(page, 'start of stack  arm-2level'),
      /0x5f6 {2}0x1ea {3}0xdf0 {2}CPU: first level 0xbed, second 0xea/,
    );
    assert.doesNotMatch(page.text, /arm-lpae/);
    assert.match(lineOf(page, 'VmPTE'), /146K: 73 tables of 2\.00K \(PTE\)/);
  });
  test('arm: both layouts where nothing decides', () => {
    const page = shown(memoryPage, {
      machine: { architecture: 'armv7l', releaseText: '6.1.0' },
      stat: { startcode: 65536, startstack: 0xbedeadf0 },
      files: { status: 'VmPTE:\t148 kB\n', '/proc/cpuinfo': 'Features\t: half thumb lpae\n' },
    });
    assert.match(lineOf(page, 'start of stack  arm-lpae'), /0x2 {2}0x1f6 {2}0x1ea {3}0xdf0/);
    assert.match(lineOf(page, 'VmPTE'), /148K: 74 tables of 2\.00K, or 37 tables of 4\.00K \(all levels but the PGD\)/);
    assert.match(page.text, /CONFIG_ARM_LPAE would tell/);
  });
  test('arm64, pages of 16K: by the place of the stack, as maps does not come', () => {
    const page = shown(memoryPage, {
      machine: { architecture: 'aarch64', releaseText: '6.12.0', pageBytes: 16384 },
      stat: { startcode: 4194304, startstack: 0x7fffd9d37e90, env_end: 0x7fffd9d3bfea },
      files: { status: 'VmPTE:\t1936 kB\n', '/proc/config.gz': 'CONFIG_ARM64=y\nCONFIG_ARM64_VA_BITS=47\n' },
    });
    // 0x7fffd9d37e90 = 11111111111 11111101100 11101001101 11111010010000
    assert.match(lineOf(page, 'start of stack  arm64-16k-47'), /0x7ff {2}0x7ec {2}0x74d {2}0x3e90$/);
    assert.match(lineOf(page, 'VmPTE'), /121 tables of 16\.0K \(PMD, PTE\)/);
  });
  test('arm64, pages of 4K, 39 bits', () => {
    const page = shown(memoryPage, {
      machine: { architecture: 'aarch64', releaseText: '5.10.0' },
      stat: { startcode: 4194304, startstack: 0x7fffffffff },
      files: { '/proc/config.gz': 'CONFIG_ARM64=y\nCONFIG_ARM64_VA_BITS=39\n' },
    });
    // 0x7fffffffff: all ones
    assert.match(lineOf(page, 'start of stack  arm64-4k-39'), /0x1ff {2}0x1ff {2}0x1ff {3}0xfff$/);
  });
  test('page tables by level up to 4.14', () => {
    const page = shown(memoryPage, {
      ...X86,
      machine: { releaseText: '4.9.0' },
      files: { ...X86.files, status: 'VmPTE:\t40 kB\nVmPMD:\t12 kB\n' },
    });
    assert.match(lineOf(page, 'VmPTE'), /40\.0K: 10 tables of 4\.00K \(PTE\)/);
    assert.match(lineOf(page, 'VmPMD'), /12\.0K: 3 tables of 4\.00K \(PMD\)/);
  });
  test('an unknown architecture has addresses, but no indexes', () => {
    const page = shown(memoryPage, { ...X86, machine: { architecture: 'riscv64' } });
    assert.match(lineOf(page, 'Layout'), /no page-table layouts known for riscv64/);
    assert.match(lineOf(page, 'start of heap'), /\[heap\]/);
    assert.ok(!('indexes' in page.json));
  });
});

describe('layout', () => {
  test('from low to high: program, bss, heap, stacks of threads, libraries, stack, arguments', () => {
    const page = shown(memoryPage, {
      ...X86,
      stat: { ...STAT, num_threads: 2 },
      files: {
        ...X86.files,
        'task/42/syscall': 'running\n',
        'task/43/syscall': '202 0x1 0x80 0x0 0x0 0x0 0x0 0x7fd76d7ffe00 0x7fd76ef2aaec\n',
      },
    });
    const layout = page.json['layout'] as Record<string, unknown>[];
    assert.deepEqual(
      layout.map(({ kind, name }) => `${String(kind)} ${String(name)}`),
      [
        'program /usr/bin/bash',
        'within code',
        'within data',
        'anon bss',
        'heap [heap]',
        'within start_brk',
        'threads stacks of 43',
        'anon ',
        'library /usr/lib/libc.so.6',
        'kernel [vdso]',
        'stack [stack]',
        'within startstack',
        'within arguments',
        'kernel [vsyscall]',
      ],
    );
    assert.deepEqual(layout[0]!['range'], { from: '0x55f3fe28b000', to: '0x55f3fe3c0000' });
    assert.equal(layout[0]!['bytes'], 0x2f000 + 0xc1000 + 0xc000);
    assert.equal(layout[6]!['regions'], 2);
    assert.match(page.text, /\n 13 regions by kind/);
  });
  test('of very many regions both ends', () => {
    const start = 0x10000000;
    const line = (at: number): string =>
      `${(start + at * 0x2000).toString(16)}-${(start + at * 0x2000 + 0x1000).toString(16)}`;
    const maps = Array.from({ length: 2500 }, (_, at) => `${line(at)} r--p 00000000 fe:00 1 /f${at}\n`).join('');
    const page = shown(memoryPage, { files: { maps } });
    const names = (page.json['layout'] as Record<string, unknown>[]).map(({ name }) => name);
    assert.equal(names.length, 2000);
    assert.deepEqual([names[0], names.at(-1)], ['/f0', '/f2499']);
    assert.match(page.text, /500 rows in the middle are left out/);
  });
  test('of stat alone where maps may not be read', () => {
    const page = shown(memoryPage, { ...X86, files: { ...X86.files, maps: { missing: 'could-block' } } });
    assert.match(page.text, /55f3fe2ba000-55f3fe37ab9d +771K +· code\n/);
    assert.match(page.text, /maps: could not be read: .*somebody holds the lock of this task's address space/);
  });
});

describe('what is not there', () => {
  test('hidden addresses: the right that shows them, and no address', () => {
    const page = shown(memoryPage, {
      machine: { mayPtrace: false },
      stat: { startcode: 1, endcode: 1 },
      files: {
        status: STATUS,
        maps: { missing: 'no-permission' },
        syscall: { missing: 'no-permission' },
        auxv: { missing: 'no-permission' },
      },
    });
    assert.match(page.lines[0]!, /Addresses are hidden: not permitted: needs the same user .*CAP_SYS_PTRACE/);
    assert.doesNotMatch(page.text, /0x[0-9a-f]/);
    const rows = page.json['addresses'] as Record<string, unknown>[];
    assert.deepEqual(new Set(rows.map(({ address }) => address)), new Set([null]));
    assert.ok(!('layout' in page.json));
  });
  test('frame numbers up to 4.2: the open itself is refused', () => {
    class Refused extends FakeDossier {
      override word(): Reading<bigint> {
        return missing('no-permission');
      }
    }
    const subject = { ...X86, machine: { releaseText: '4.1.0' } };
    const page = shown(memoryPage, subject, new Refused(subject));
    assert.match(page.text, /pagemap: only with CAP_SYS_ADMIN: without it open fails with EPERM\./);
  });
  test('kernel threads and zombies have no memory: nothing is read of them', () => {
    const cases = [
      [{ flags: 0x200000 }, /A kernel thread has no address space/],
      [{ state: 'Z', flags: 0x4 }, /Its address space is gone/],
    ] as const;
    for (const [stat, text] of cases) {
      const page = shown(memoryPage, { stat: { ...stat, vsize: 0, startcode: 0 }, files: {} });
      assert.match(page.text, text);
      assert.equal(page.lines.length, 2);
      for (const path of ['maps', 'smaps_rollup', 'syscall', 'pagemap']) assert.ok(!page.asked.has(path), path);
    }
  });
});

test('any bytes in any file: a page', () => {
  const content = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'binary', maxLength: 200 }));
  const files = fc.record({ status: content, maps: content, smaps_rollup: content, syscall: content, auxv: content });
  fc.assert(
    fc.property(
      files,
      fc.string({ maxLength: 20 }),
      fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
      (texts, typed, word) => {
        const words = { [pageWord(0x400n)]: word };
        const { text } = shown(memoryPage, { files: texts, address: typed, words });
        assert.ok(text.length > 0);
      },
    ),
    { numRuns: 200 },
  );
});
