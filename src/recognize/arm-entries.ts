/**
 * Page-table entries as arm and arm64 kernels print them beside an address that faulted: `*pgd=8f7d1831`,
 * `pte=0068002000155f03`. ARM Architecture Reference Manuals; arch/arm/include/asm/pgtable-{2,3}level{,-hwdef}.h,
 * arch/arm64/include/asm/pgtable-{hwdef,prot}.h.
 */
import { hex } from './thing.ts';

/** Short descriptors, what Linux keeps beside them, and the 64-bit entries of LPAE and arm64. */
export type EntryFormat = 'arm-short' | 'arm-lpae' | 'arm64';

/** One printed entry in words. */
export interface EntryWords {
  /** `page table`, `section`, `small page`, `none` … */
  readonly type: string;
  /** The physical address that the entry points to; undefined when it points nowhere. */
  readonly points: bigint | undefined;
  readonly attributes: readonly string[];
}

const none = (type = 'none'): EntryWords => ({ type, points: undefined, attributes: [] });
const field = (value: bigint, low: number, bits: number): number =>
  Number((value >> BigInt(low)) & ((1n << BigInt(bits)) - 1n));
const isSet = (value: bigint, bit: number): boolean => ((value >> BigInt(bit)) & 1n) === 1n;
/** The address part of an entry: bits `low` … `high`. */
const address = (value: bigint, low: number, high: number): bigint =>
  value & ((1n << BigInt(high + 1)) - 1n) & ~((1n << BigInt(low)) - 1n);
const flags = (value: bigint, names: readonly (readonly [number, string])[]): string[] =>
  names.filter(([bit]) => isSet(value, bit)).map(([, name]) => name);

/** AP[2:0] without the access flag, as Linux uses it on ARMv6 and later. */
const ACCESS = [
  'no access',
  'kernel read-write, user none',
  'kernel read-write, user read-only',
  'kernel and user read-write',
  'reserved access',
  'kernel read-only, user none',
  'kernel and user read-only',
  'kernel and user read-only',
];

/** By TEX, C and B (5 bits); where ARMv7 (TEX remap, as Linux sets it up) and ARMv6 differ, both are told. */
const MEMORY: Readonly<Record<number, string>> = {
  0b00000: 'strongly ordered',
  0b00001: 'normal uncached (ARMv6: shared device)',
  0b00010: 'write-through',
  0b00011: 'write-back',
  0b00100: 'device (ARMv6: normal uncached)',
  0b00111: 'write-back, write-allocate',
  0b01000: 'strongly ordered (ARMv6: device, not shared)',
};

function memory(tex: number, cb: number): string {
  const type = MEMORY[(tex << 2) | cb];
  return `TEX ${tex} C ${cb >> 1} B ${cb & 1}${type === undefined ? '' : ` = ${type}`}`;
}

const access = (ap: number): string => `AP ${ap.toString(2).padStart(3, '0')} = ${ACCESS[ap]}`;

/** First-level entry (*pgd): what bits 1 and 0 say decides. */
function shortFirst(value: bigint): EntryWords {
  const type = field(value, 0, 2);
  if (value === 0n) return none('none: no section or page table here');
  if (type === 0) return none('fault entry, though not empty');
  const domain = `domain ${field(value, 5, 4)}`;
  if (type === 1)
    return {
      type: 'page table',
      points: address(value, 10, 31),
      attributes: [
        domain,
        ...flags(value, [
          [2, 'PXN'],
          [3, 'NS'],
        ]),
      ],
    };
  const isSuper = isSet(value, 18);
  const ap = (field(value, 15, 1) << 2) | field(value, 10, 2);
  const attributes = [
    ...(isSuper ? [] : [domain]),
    access(ap),
    memory(field(value, 12, 3), field(value, 2, 2)),
    ...flags(value, [
      [4, 'XN: not executable'],
      [16, 'S: shareable'],
      [17, 'nG: not global'],
      [19, 'NS'],
    ]),
    ...(type === 3 ? ['PXN'] : []),
  ];
  if (!isSuper) return { type: 'section of 1 MiB', points: address(value, 20, 31), attributes };
  const high = (BigInt(field(value, 20, 4)) << 32n) | (BigInt(field(value, 5, 4)) << 36n);
  return { type: 'supersection of 16 MiB', points: address(value, 24, 31) | high, attributes };
}

/** The processor's second-level entry (*ppte). */
function shortSecond(value: bigint): EntryWords {
  const type = field(value, 0, 2);
  if (type === 0) return none(value === 0n ? 'none: an access faults' : 'fault entry, though not empty');
  const ap = (field(value, 9, 1) << 2) | field(value, 4, 2);
  const isLarge = type === 1;
  return {
    type: isLarge ? 'large page of 64 KiB' : 'small page',
    points: address(value, isLarge ? 16 : 12, 31),
    attributes: [
      access(ap),
      memory(field(value, isLarge ? 12 : 6, 3), field(value, 2, 2)),
      ...flags(value, [
        [isLarge ? 15 : 0, 'XN: not executable'],
        [10, 'S: shareable'],
        [11, 'nG: not global'],
      ]),
    ],
  };
}

/** Memory types of Linux' own entry, L_PTE_MT_*. */
const LINUX_MEMORY: Readonly<Record<number, string>> = {
  0x0: 'UNCACHED',
  0x1: 'BUFFERABLE',
  0x2: 'WRITETHROUGH',
  0x3: 'WRITEBACK',
  0x4: 'DEV_SHARED',
  0x6: 'MINICACHE',
  0x7: 'WRITEALLOC',
  0x9: 'DEV_WC',
  0xb: 'DEV_CACHED',
  0xc: 'DEV_NONSHARED',
  0xf: 'VECTORS',
};

/** Linux' own second-level entry (*pte), which lies 2,048 bytes below the processor's: L_PTE_* bits since 2.6.38. */
function linuxSecond(value: bigint): EntryWords {
  if (value === 0n) return none('none: nothing is mapped here');
  if (!isSet(value, 0)) return none('not present: swapped out, or a migration or special entry');
  const type = LINUX_MEMORY[field(value, 2, 4)];
  return {
    type: 'page',
    points: address(value, 12, 31),
    attributes: [
      'PRESENT',
      ...flags(value, [
        [1, 'YOUNG'],
        [6, 'DIRTY'],
        [7, 'RDONLY'],
        [8, 'USER'],
        [9, 'XN'],
        [10, 'SHARED'],
        [11, 'NONE'],
      ]),
      `memory type ${type ?? `0x${field(value, 2, 4).toString(16)}`}`,
    ],
  };
}

const SHARE = ['', 'reserved shareability', 'outer shareable', 'inner shareable'];

/** AP[2:1], bits 7 and 6. */
const LONG_ACCESS = [
  'kernel read-write, user none',
  'kernel and user read-write',
  'kernel read-only, user none',
  'kernel and user read-only',
];

// prettier-ignore
const LONG_FLAGS: Readonly<Record<'arm-lpae' | 'arm64', readonly (readonly [number, string])[]>> = {
  'arm-lpae': [[11, 'nG: not global'], [52, 'contiguous'], [53, 'PXN'], [54, 'XN: not executable'], [55, 'Linux: dirty'], [56, 'Linux: special'], [57, 'Linux: PROT_NONE'], [58, 'Linux: read-only']],
  arm64: [[11, 'nG: not global'], [50, 'GP: BTI guarded'], [51, 'DBM: writable'], [52, 'contiguous'], [53, 'PXN: not executable by the kernel'], [54, 'UXN: not executable by users'], [55, 'Linux: dirty'], [56, 'Linux: special']],
};
const TABLE_FLAGS: Readonly<Record<'arm-lpae' | 'arm64', readonly (readonly [number, string])[]>> = {
  'arm-lpae': [
    [55, 'Linux: entry of swapper_pg_dir'],
    [59, 'PXNTable'],
    [60, 'XNTable'],
    [61, 'APTable: no user access'],
    [62, 'APTable: read-only'],
    [63, 'NSTable'],
  ],
  arm64: [
    [59, 'PXNTable: not executable by the kernel'],
    [60, 'UXNTable: not executable by users'],
    [61, 'APTable: no user access'],
    [62, 'APTable: read-only'],
    [63, 'NSTable'],
  ],
};

/** A 64-bit entry; `pte` is the last level, where tables and blocks end. */
function long(level: string, value: bigint, format: 'arm-lpae' | 'arm64', pageShift: number): EntryWords {
  const top = format === 'arm-lpae' ? 39 : 47;
  if (value === 0n) return none('none: nothing is mapped here');
  const isLast = level === 'pte';
  const type = field(value, 0, 2);
  if (type === 0 || type === 2 || (isLast && type === 1))
    return none(
      isLast ? 'not valid: swapped out, PROT_NONE, or a migration or special entry' : 'not valid, though not empty',
    );
  if (type === 3 && !isLast)
    return {
      type: 'page table',
      points: address(value, pageShift, top),
      attributes: flags(value, TABLE_FLAGS[format]),
    };
  return {
    type: isLast ? 'page' : 'block (huge mapping)',
    points: address(value, pageShift, top),
    attributes: [
      `AP ${field(value, 6, 2).toString(2).padStart(2, '0')} = ${LONG_ACCESS[field(value, 6, 2)]}`,
      isSet(value, 10) ? 'AF: accessed' : 'AF clear: an access faults',
      `AttrIndx ${field(value, 2, 3)}`,
      ...[SHARE[field(value, 8, 2)]!].filter(Boolean),
      ...flags(value, LONG_FLAGS[format]),
    ],
  };
}

/**
 * One entry in words. `level` is Linux' name (pgd, p4d, pud, pmd, pte), or `ppte`: the processor's own entry beside
 * Linux' pte of arm. `pageShift` matters only to 64-bit entries.
 */
export function entryWords(level: string, value: bigint, format: EntryFormat, pageShift = 12): EntryWords {
  if (format !== 'arm-short') return long(level, value, format, pageShift);
  if (level === 'ppte') return shortSecond(value);
  return level === 'pte' ? linuxSecond(value) : shortFirst(value);
}

/** `page table at 0x192f2800, domain 1`. */
export function entryText({ type, points, attributes }: EntryWords): string {
  return [points === undefined ? type : `${type} at ${hex(points)}`, ...attributes].join(', ');
}
