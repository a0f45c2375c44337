import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  addressKind,
  chooseLayouts,
  PAGE_TABLE_LAYOUTS,
  splitAddress,
  type LayoutFacts,
} from '../../src/kernel/page-tables.ts';
import { parseRelease } from '../../src/kernel/release.ts';

interface Fact {
  readonly id: string;
  readonly arch: string;
  readonly page_shift: number;
  readonly va_bits: number;
  readonly levels: readonly (readonly [string, number, number])[];
  readonly user_end: string;
  readonly since: string;
}

// Seen from build/test/kernel, where the compiled test lies.
const FACTS_FILE = new URL('../../../test/fixtures/kernel-facts/page-tables.json', import.meta.url);
const FACTS = JSON.parse(readFileSync(FACTS_FILE, 'utf8')) as readonly Fact[];

const layoutOf = (id: string) => PAGE_TABLE_LAYOUTS.find(layout => layout.id === id)!;
const split = (address: bigint, id: string) => splitAddress(address, layoutOf(id));
const indexes = (address: bigint, id: string) => split(address, id).indexes.map(({ index }) => index);

test('the layouts are those of the facts', () => {
  const ours = PAGE_TABLE_LAYOUTS.map(layout => ({
    id: layout.id,
    arch: layout.arch,
    page_shift: layout.pageShift,
    va_bits: layout.vaBits,
    levels: layout.levels.map(({ level, shift, entries }) => [level, shift, entries]),
    user_end: `0x${layout.userEnd.toString(16)}`,
    since: layout.since ?? '<2.6.32',
  }));
  assert.equal(FACTS.length, 16);
  assert.deepEqual(ours, FACTS);
});

test('the levels of a layout cover its bits without gap or overlap', () => {
  for (const { id, pageShift, vaBits, levels } of PAGE_TABLE_LAYOUTS) {
    let top = vaBits;
    for (const { shift, entries } of levels) {
      assert.equal(2 ** (top - shift), entries, `${id} at ${shift}`);
      top = shift;
    }
    assert.equal(top, pageShift, id);
  }
});

// Worked out by hand: the page offset is cut off, then 9 (4k), 11 (16k) or 13 (64k) bits a level from below.
const BY_HAND: readonly (readonly [id: string, address: bigint, indexes: readonly number[], offset: number])[] = [
  // 0xbeb5e|123: 0xbeb5e & 0x1ff = 0x15e; 0xbeb5e >> 9 = 0x5f5
  ['arm-2level', 0xbeb5e123n, [0x5f5, 0x15e], 0x123],
  // as above, then 0x5f5 & 0x1ff = 0x1f5; 0x5f5 >> 9 = 2
  ['arm-lpae', 0xbeb5e123n, [2, 0x1f5, 0x15e], 0x123],
  // 0xbffff|8a4: 10 bits a level: 0xbffff & 0x3ff = 0x3ff; 0xbffff >> 10 = 0x2ff
  ['i386-2level', 0xbffff8a4n, [767, 1023], 0x8a4],
  // 0xbffff >> 9 = 0x5ff, & 0x1ff = 0x1ff; 0x5ff >> 9 = 2
  ['i386-pae', 0xbffff8a4n, [2, 511, 511], 0x8a4],
  // 0x7ffc8adb6|ff8: & 0x1ff = 0x1b6; >> 9 = 0x3ffe456, 0x056; >> 9 = 0x1fff2, 0x1f2; >> 9 = 0xff
  ['x86_64-4level', 0x7ffc8adb6ff8n, [255, 498, 86, 438], 0xff8],
  // 0x123456789ab|cde: 0x1ab; 0x91a2b3c4, 0x1c4; 0x48d159, 0x159; 0x2468, 0x068; 0x12
  ['x86_64-5level', 0x123456789abcden, [18, 104, 345, 452, 427], 0xcde],
  // 0x7fb1234|567: 0x034; 0x3fd89, 0x189; 0x1fe
  ['arm64-4k-39', 0x7fb1234567n, [510, 393, 52], 0x567],
  // 0xffffd8b27|a10: 0x127; 0x7fffec5, 0x0c5; 0x3ffff, 0x1ff; 0x1ff
  ['arm64-4k-48', 0xffffd8b27a10n, [511, 511, 197, 295], 0xa10],
  // 0xfedcba9876|543: 0x076; 0x7f6e5d4c, 0x14c; 0x3fb72e, 0x12e; 0x1fdb, 0x1db; 0xf
  ['arm64-4k-52', 0xfedcba9876543n, [15, 475, 302, 332, 118], 0x543],
  // 0xfedcba987 >> 14 = 0x3fb72e, & 0x7ff = 0x72e; >> 11 = 0x7f6
  ['arm64-16k-36', 0xfedcba987n, [2038, 1838], 0x2987],
  // 0x7ffff3214567 >> 14 = 0x1ffffcc85, 0x485; >> 11 = 0x3ffff9, 0x7f9; >> 11 = 0x7ff
  ['arm64-16k-47', 0x7ffff3214567n, [2047, 2041, 1157], 0x567],
  // 0xffffd8b27a10 >> 14 = 0x3ffff62c9, 0x2c9; 0x7fffec, 0x7ec; 0xfff, 0x7ff; 1
  ['arm64-16k-48', 0xffffd8b27a10n, [1, 2047, 2028, 713], 0x3a10],
  // 0xfedcba9876543 >> 14 = 0x3fb72ea61d, 0x61d; 0x7f6e5d4, 0x5d4; 0xfedc, 0x6dc; 0x1f
  ['arm64-16k-52', 0xfedcba9876543n, [31, 1756, 1492, 1565], 0x2543],
  // 0x3fedcba|9876: & 0x1fff = 0x1cba; >> 13 = 0x1ff6
  ['arm64-64k-42', 0x3fedcba9876n, [8182, 7354], 0x9876],
  // 0xffffd8b2|7a10: 0x18b2; 0x7fffe, 0x1ffe; 0x3f
  ['arm64-64k-48', 0xffffd8b27a10n, [63, 8190, 6322], 0x7a10],
  // 0xfedcba987|6543: 0x0987; 0x7f6e5d, 0x0e5d; 0x3fb
  ['arm64-64k-52', 0xfedcba9876543n, [1019, 3677, 2439], 0x6543],
];

test('addresses split by hand, one for every layout', () => {
  assert.deepEqual(
    BY_HAND.map(([id]) => id),
    PAGE_TABLE_LAYOUTS.map(({ id }) => id),
  );
  for (const [id, address, expected, offset] of BY_HAND) {
    const found = split(address, id);
    assert.deepEqual(indexes(address, id), expected, id);
    assert.deepEqual(
      found.indexes.map(({ level }) => level),
      layoutOf(id).levels.map(({ level }) => level),
    );
    assert.equal(found.offset, offset, id);
    assert.deepEqual([found.half, found.inUserRange, found.address], ['user', true, address], id);
    assert.equal(addressKind(found, layoutOf(id)), 'user address');
  }
});

test('arm short descriptors: the entries of the hardware behind those of Linux', () => {
  // 0xbeb5e123 >> 20 = 0xbeb; (0xbeb5e123 >> 12) & 0xff = 0x5e; Linux: 0x5f5 = 0xbeb >> 1, 0x15e = (0xbeb & 1) << 8 | 0x5e
  assert.deepEqual(split(0xbeb5e123n, 'arm-2level').hardware, { first: 0xbeb, second: 0x5e });
  assert.equal(split(0xbeb5e123n, 'arm-lpae').hardware, undefined);
});

test('the indexes put together again are the address', () => {
  for (const layout of PAGE_TABLE_LAYOUTS) {
    fc.assert(
      fc.property(fc.bigInt(0n, (1n << 64n) - 1n), address => {
        const found = splitAddress(address, layout);
        let whole = BigInt(found.offset);
        found.indexes.forEach(({ index }, at) => {
          assert.ok(index >= 0 && index < layout.levels[at]!.entries);
          whole |= BigInt(index) << BigInt(layout.levels[at]!.shift);
        });
        assert.equal(whole, BigInt.asUintN(layout.vaBits, address));
        if (found.half !== 'kernel' && found.half !== 'user') return;
        // sign-extended, a translatable address is whole again
        const extended =
          found.half === 'kernel' && layout.vaBits !== 32 ? whole | (-1n << BigInt(layout.vaBits)) : whole;
        assert.equal(BigInt.asUintN(64, extended), found.address);
        if (found.hardware) assert.equal((found.hardware.first << 8) | found.hardware.second, Number(address >> 12n));
      }),
    );
  }
});

test('halves: where user ends, kernel begins, and nothing is', () => {
  const half = (address: bigint, id: string) => {
    const found = split(address, id);
    return `${found.half}${found.inUserRange ? '' : ' out'}`;
  };
  const rows: readonly (readonly [string, bigint, string])[] = [
    ['x86_64-4level', 0x7fffffffefffn, 'user'],
    ['x86_64-4level', 0x7ffffffff000n, 'user out'],
    ['x86_64-4level', 0x7fffffffffffn, 'user out'],
    ['x86_64-4level', 0x800000000000n, 'non-canonical out'],
    ['x86_64-4level', 0xffff7fffffffffffn, 'non-canonical out'],
    ['x86_64-4level', 0xffff800000000000n, 'kernel out'],
    ['x86_64-5level', 0x800000000000n, 'user'],
    ['x86_64-5level', 0x00ffffffffffefffn, 'user'],
    ['x86_64-5level', 0x00fffffffffff000n, 'user out'],
    ['x86_64-5level', 0x0100000000000000n, 'non-canonical out'],
    ['x86_64-5level', 0xff00000000000000n, 'kernel out'],
    ['arm64-4k-39', 0x7fffffffffn, 'user'],
    ['arm64-4k-39', 0x8000000000n, 'non-canonical out'],
    ['arm64-4k-39', 0xffffff7fffffffffn, 'non-canonical out'],
    ['arm64-4k-39', 0xffffff8000000000n, 'kernel out'],
    ['arm64-4k-48', 0xffff000000000000n, 'kernel out'],
    ['arm64-64k-52', 0xfffffffffffffn, 'user'],
    ['arm64-64k-52', 0xfff0000000000000n, 'kernel out'],
    ['arm-2level', 0xbeffffffn, 'user'],
    ['arm-2level', 0xbf000000n, 'kernel out'],
    ['arm-2level', 0xffff0fe0n, 'kernel out'],
    ['i386-pae', 0xc0000000n, 'kernel out'],
    ['i386-pae', 0x100000000n, 'non-canonical out'],
  ];
  for (const [id, address, expected] of rows)
    assert.equal(half(address, id), expected, `${id} ${address.toString(16)}`);
});

test('kernel addresses: the direct map of x86_64 begins at pgd 273 with both', () => {
  // 0x888000000000 >> 39 = 0x888 >> 3 = 0x111; 0xff11 & 0x1ff = 0x111
  assert.deepEqual(indexes(0xffff888000000000n, 'x86_64-4level'), [273, 0, 0, 0]);
  assert.deepEqual(indexes(0xff11000000000000n, 'x86_64-5level'), [273, 0, 0, 0, 0]);
  assert.equal(addressKind(split(0xffff888000000000n, 'x86_64-4level'), layoutOf('x86_64-4level')), 'kernel address');
});

test('arm64: the top byte is a tag, bit 55 decides the half', () => {
  const user = split(0xb4000078_12345678n, 'arm64-4k-39');
  assert.deepEqual([user.half, user.tag, user.address, user.inUserRange], ['user', 0xb4, 0x78_12345678n, true]);
  const kernel = split(0xf5ffff80_12345678n, 'arm64-4k-39');
  assert.deepEqual([kernel.half, kernel.tag, kernel.address], ['kernel', 0xf5, 0xffffff80_12345678n]);
  assert.equal(split(0x78_12345678n, 'arm64-4k-39').tag, undefined);
  assert.equal(split(0xb400007812345678n, 'x86_64-4level').tag, undefined, 'x86 has no such byte');
  assert.equal(split(0xb400007812345678n, 'x86_64-4level').half, 'non-canonical');
});

test('what kind of address that is, in words', () => {
  const kind = (address: bigint, id: string) => addressKind(split(address, id), layoutOf(id));
  assert.equal(kind(0x7ffffffff000n, 'x86_64-4level'), 'above the end of user addresses, 0x7ffffffff000');
  assert.equal(kind(1n << 60n, 'x86_64-4level'), 'not canonical, not an address: bits 63 to 47 must all be equal');
  assert.equal(kind(1n << 60n, 'x86_64-5level'), 'not canonical, not an address: bits 63 to 56 must all be equal');
  assert.equal(kind(1n << 50n, 'arm64-16k-47'), 'not canonical, not an address: bits 55 to 47 must all be equal');
  assert.equal(kind(1n << 50n, 'arm-lpae'), 'not an address: it has more than 32 bits');
});

/** Ids, with `?` when they are only possible. */
function chosen(facts: Omit<LayoutFacts, 'pageBytes' | 'release'> & { pageBytes?: number; on?: string }): string {
  const { on, ...rest } = facts;
  const release = on === undefined ? undefined : parseRelease(on)!;
  const { layouts, certain, reason } = chooseLayouts({ pageBytes: 4096, ...rest, ...(release && { release }) });
  assert.equal(certain, layouts.length === 1);
  assert.notEqual(reason, '');
  return layouts.map(({ id }) => id).join(' ') + (certain ? '' : '?');
}

test('x86_64: 4 or 5 levels', () => {
  const on = (facts: Omit<LayoutFacts, 'pageBytes' | 'architecture' | 'release'> & { on?: string }) =>
    chosen({ architecture: 'x86_64', ...facts });
  assert.equal(on({}), 'x86_64-4level x86_64-5level?');
  assert.equal(on({ cpuFlags: 'fpu vme lm' }), 'x86_64-4level');
  assert.equal(on({ cpuFlags: 'fpu la57 lm' }), 'x86_64-5level');
  assert.equal(on({ cpuFlags: 'fpu xla57 lm' }), 'x86_64-4level');
  assert.equal(on({ cpuFlags: 'la57', bootedNo5lvl: true }), 'x86_64-4level');
  assert.equal(on({ cpuFlags: 'la57', on: '4.13' }), 'x86_64-4level');
  assert.equal(on({ on: '4.13' }), 'x86_64-4level');
  assert.equal(on({ on: '4.14' }), 'x86_64-4level x86_64-5level?');
  assert.equal(on({ config: { x86FiveLevel: false } }), 'x86_64-4level');
  assert.equal(on({ config: { x86FiveLevel: true } }), 'x86_64-4level x86_64-5level?', 'it also runs on other CPUs');
  assert.equal(on({ highestAddress: 0x7ffffffff000n }), 'x86_64-4level x86_64-5level?', 'the stack is there with both');
  assert.equal(on({ highestAddress: 0x7ffffffff001n }), 'x86_64-5level');
  assert.equal(on({ highestAddress: 0x800000000000n, cpuFlags: 'lm' }), 'x86_64-5level', 'proof beats what is told');
  assert.equal(on({ highestAddress: 0xffffffffff601000n }), 'x86_64-4level x86_64-5level?', 'vsyscall proves nothing');
});

test('arm64: page size, configuration, mappings, release', () => {
  const on = (
    facts: Omit<LayoutFacts, 'architecture' | 'pageBytes' | 'release'> & { pageBytes?: number; on?: string },
  ) => chosen({ architecture: 'aarch64', ...facts });
  assert.equal(on({}), 'arm64-4k-39 arm64-4k-48 arm64-4k-52?');
  assert.equal(on({ config: { arm64VaBits: 39 } }), 'arm64-4k-39');
  assert.equal(on({ config: { arm64VaBits: 52 } }), 'arm64-4k-48 arm64-4k-52?', 'it falls back on older CPUs');
  assert.equal(on({ config: { arm64VaBits: 52 }, pageBytes: 16384 }), 'arm64-16k-47 arm64-16k-52?');
  assert.equal(on({ config: { arm64VaBits: 52 }, pageBytes: 65536 }), 'arm64-64k-48 arm64-64k-52?');
  assert.equal(on({ config: { arm64VaBits: 52 }, highestAddress: (1n << 48n) + 1n }), 'arm64-4k-52');
  // end of the environment (field 51 of stat) of three captured machines, up to the next page
  assert.equal(on({ highestAddress: 281474782086144n, on: '6.1' }), 'arm64-4k-48');
  assert.equal(on({ highestAddress: 281474850451456n, on: '5.10' }), 'arm64-4k-48');
  assert.equal(on({ highestAddress: 140736921632768n, pageBytes: 16384, on: '6.12' }), 'arm64-16k-47 arm64-16k-52?');
  assert.equal(on({ highestAddress: 0x7fe3a15000n }), 'arm64-4k-39');
  assert.equal(on({ highestAddress: 0x8000000001n }), 'arm64-4k-48 arm64-4k-52?', 'one byte too high for 39');
  assert.equal(on({ highestAddress: 0x100000n }), 'arm64-4k-39 arm64-4k-48 arm64-4k-52?', 'no stack there');
  assert.equal(on({ highestAddress: 0x7fe3a15000n, wordBytes: 4 }), 'arm64-4k-39 arm64-4k-48 arm64-4k-52?');
  assert.equal(on({ highestAddress: 0xffffd8b28000n, pageBytes: 16384 }), 'arm64-16k-48');
  assert.equal(on({ highestAddress: 0x3ffe0000000n, pageBytes: 65536 }), 'arm64-64k-42');
  assert.equal(on({ on: '3.17' }), 'arm64-4k-39');
  assert.equal(on({ on: '3.17', pageBytes: 65536 }), 'arm64-64k-42');
  assert.equal(on({ on: '6.8' }), 'arm64-4k-39 arm64-4k-48?');
  assert.equal(on({ pageBytes: 8192 }), '?');
});

test('arm and i386: the configuration decides, the CPU can only rule out', () => {
  assert.equal(chosen({ architecture: 'armv7l' }), 'arm-2level arm-lpae?');
  assert.equal(chosen({ architecture: 'armv6l' }), 'arm-2level');
  assert.equal(chosen({ architecture: 'armv5tejl' }), 'arm-2level');
  assert.equal(chosen({ architecture: 'armv7l', on: '3.2' }), 'arm-2level');
  assert.equal(chosen({ architecture: 'armv7l', config: { armLpae: true } }), 'arm-lpae');
  assert.equal(chosen({ architecture: 'armv7l', config: { armLpae: false }, cpuFlags: 'lpae' }), 'arm-2level');
  assert.equal(chosen({ architecture: 'armv7l', cpuFlags: 'half neon lpae', on: '6.1' }), 'arm-2level arm-lpae?');
  assert.equal(chosen({ architecture: 'armv7l', cpuFlags: 'half neon', on: '6.1' }), 'arm-2level');
  assert.equal(chosen({ architecture: 'armv7l', cpuFlags: 'half neon', on: '3.8' }), 'arm-2level arm-lpae?');
  assert.equal(chosen({ architecture: 'i686' }), 'i386-2level i386-pae?');
  assert.equal(chosen({ architecture: 'i586', cpuFlags: 'fpu pse' }), 'i386-2level');
  assert.equal(chosen({ architecture: 'i686', cpuFlags: 'fpu pae' }), 'i386-2level i386-pae?');
  assert.equal(chosen({ architecture: 'i386', config: { i386Pae: true } }), 'i386-pae');
});

test('a 32-bit name on a 64-bit kernel', () => {
  assert.equal(chosen({ architecture: 'armv8l' }), 'arm64-4k-39 arm64-4k-48 arm64-4k-52?');
  assert.equal(chosen({ architecture: 'armv7l', wordBytes: 8, highestAddress: 0x7fe3a15000n }), 'arm64-4k-39');
  assert.equal(chosen({ architecture: 'i686', wordBytes: 8, cpuFlags: 'lm' }), 'x86_64-4level');
  const { layouts, reason } = chooseLayouts({
    architecture: 'i686',
    pageBytes: 4096,
    wordBytes: 4,
    cpuFlags: 'pae lm',
    highestAddress: 0xffffd000n,
  });
  assert.deepEqual(
    layouts.map(({ id, userEnd }) => [id, userEnd]),
    [['x86_64-4level', 0xffffe000n]],
  );
  assert.equal(
    reason,
    'i686 is what 32-bit programs are told: the kernel is x86_64; no la57 in /proc/cpuinfo; ' +
      'a 32-bit program on a 64-bit kernel: its addresses end at 0xffffe000',
  );
});

test('the end of user addresses is that of the task', () => {
  const end = (facts: Omit<LayoutFacts, 'pageBytes'>) => {
    const ends = chooseLayouts({ pageBytes: 4096, ...facts }).layouts.map(({ userEnd }) => userEnd);
    assert.ok(ends.length > 0 && ends.every(one => one === ends[0]));
    return ends[0];
  };
  assert.equal(end({ architecture: 'aarch64', wordBytes: 4 }), 1n << 32n);
  assert.equal(end({ architecture: 'armv7l' }), 0xbf000000n);
  // the environment of init on a captured armhf board ends at 3200208886
  assert.equal(end({ architecture: 'armv7l', highestAddress: 0xbebf0000n }), 0xbf000000n);
  assert.equal(end({ architecture: 'armv7l', highestAddress: 0x7ef8f000n }), 0x7f000000n, 'VMSPLIT_2G');
  assert.equal(end({ architecture: 'armv7l', config: { pageOffset: 0x80000000n } }), 0x7f000000n);
  assert.equal(end({ architecture: 'armv7l', config: { pageOffset: 0xc0000000n } }), 0xbf000000n);
  assert.equal(end({ architecture: 'i686', highestAddress: 0xbfd0a000n }), 0xc0000000n);
  assert.equal(end({ architecture: 'i686', highestAddress: 0x77f00000n }), 0x78000000n);
  assert.equal(end({ architecture: 'i686', config: { pageOffset: 0xb0000000n } }), 0xb0000000n);
  const { layouts } = chooseLayouts({ architecture: 'armv6l', pageBytes: 4096, highestAddress: 0x7ef8f000n });
  assert.equal(splitAddress(0x80001234n, layouts[0]!).half, 'kernel');
});

test('what is not known has no layouts, and a reason', () => {
  for (const architecture of ['riscv64', 'ppc64le', 'armv7ml', 'arm', '', '\u0000', 'x86_64\n']) {
    const { layouts, certain, reason } = chooseLayouts({ architecture, pageBytes: 4096 });
    assert.deepEqual([layouts, certain], [[], false]);
    assert.match(reason, /^no page-table layouts known for /);
  }
  assert.equal(
    chooseLayouts({ architecture: 'x86_64', pageBytes: 16384 }).reason,
    'x86_64 has no pages of 16384 bytes',
  );
});

test('the reason says why, and what would tell', () => {
  const reason = (facts: LayoutFacts) => chooseLayouts(facts).reason;
  assert.equal(
    reason({
      architecture: 'aarch64',
      pageBytes: 4096,
      highestAddress: 0xffffd8b28000n,
      release: parseRelease('6.1')!,
    }),
    'its mappings reach 0xffffd8b28000; Linux 6.1 has no other',
  );
  assert.equal(
    reason({ architecture: 'aarch64', pageBytes: 16384, config: { arm64VaBits: 52 } }),
    'CONFIG_ARM64_VA_BITS=52; 47 or 52 bits: a kernel built for 52 uses them only on CPUs that have LVA or LPA2',
  );
  assert.equal(
    reason({ architecture: 'aarch64', pageBytes: 4096, highestAddress: 0x7fe3a15000n }),
    'its highest mapping ends at 0x7fe3a15000, and the stack lies just below the end',
  );
  assert.equal(
    reason({ architecture: 'x86_64', pageBytes: 4096 }),
    '4 or 5 levels: the flags in /proc/cpuinfo would tell',
  );
});
