/**
 * How an address walks through the page tables: which bits index which level.
 *
 * Read from arch/arm/include/asm/pgtable-{2,3}level.h, arch/arm64/include/asm/pgtable-hwdef.h and Kconfig,
 * arch/x86/include/asm/pgtable*_types.h, 2.6.32 to 6.18. Levels that a layout does not list are folded: the kernel's
 * code still names them, their index is 0.
 */
import { isBetween, minorText, type Release } from './release.ts';

export type PageTableLevel = 'pgd' | 'p4d' | 'pud' | 'pmd' | 'pte';
export type PageTableArch = 'arm' | 'i386' | 'x86_64' | 'arm64';

export interface PageTableLayout {
  readonly id: string;
  readonly arch: PageTableArch;
  readonly pageShift: number;
  /** Bits of an address that are translated; 64-bit kernels have as many again above, see {@link splitAddress}. */
  readonly vaBits: number;
  /** Outermost first; index = (address >> shift) & (entries - 1). */
  readonly levels: readonly { readonly level: PageTableLevel; readonly shift: number; readonly entries: number }[];
  /** The first address that no program can have. */
  readonly userEnd: bigint;
  /** Where mappings, the stack too, end unless a program asks for more with a high hint; left out: `userEnd`. */
  readonly mapEnd?: bigint;
  /** First mainline minor; null = older than 2.6.32. */
  readonly since: string | null;
  readonly note?: string;
}

const pgd = (shift: number, entries: number) => ({ level: 'pgd', shift, entries }) as const;
const p4d = (shift: number, entries: number) => ({ level: 'p4d', shift, entries }) as const;
const pud = (shift: number, entries: number) => ({ level: 'pud', shift, entries }) as const;
const pmd = (shift: number, entries: number) => ({ level: 'pmd', shift, entries }) as const;
const pte = (shift: number, entries: number) => ({ level: 'pte', shift, entries }) as const;

const USER_END_4_LEVELS = 0x7fff_ffff_f000n;
const HINT = 'mappings end lower unless a program asks for more with a high hint';

// prettier-ignore
export const PAGE_TABLE_LAYOUTS: readonly PageTableLayout[] = [
  { id: 'arm-2level',    arch: 'arm',    pageShift: 12, vaBits: 32, levels: [pgd(21, 2048), pte(12, 512)],                                         userEnd: 0xbf00_0000n,            since: null,   note: 'as Linux sees it: one pgd entry is two of the 4,096 hardware entries of 1 MiB, one pte table two hardware tables of 256' },
  { id: 'arm-lpae',      arch: 'arm',    pageShift: 12, vaBits: 32, levels: [pgd(30, 4), pmd(21, 512), pte(12, 512)],                              userEnd: 0xbf00_0000n,            since: '3.3',  note: 'CONFIG_ARM_LPAE: entries of 8 bytes' },
  { id: 'i386-2level',   arch: 'i386',   pageShift: 12, vaBits: 32, levels: [pgd(22, 1024), pte(12, 1024)],                                        userEnd: 0xc000_0000n,            since: null },
  { id: 'i386-pae',      arch: 'i386',   pageShift: 12, vaBits: 32, levels: [pgd(30, 4), pmd(21, 512), pte(12, 512)],                              userEnd: 0xc000_0000n,            since: null,   note: 'CONFIG_X86_PAE: entries of 8 bytes' },
  { id: 'x86_64-4level', arch: 'x86_64', pageShift: 12, vaBits: 48, levels: [pgd(39, 512), pud(30, 512), pmd(21, 512), pte(12, 512)],              userEnd: USER_END_4_LEVELS,       since: null,   note: 'p4d is folded since 4.12' },
  { id: 'x86_64-5level', arch: 'x86_64', pageShift: 12, vaBits: 57, levels: [pgd(48, 512), p4d(39, 512), pud(30, 512), pmd(21, 512), pte(12, 512)], userEnd: 0xff_ffff_ffff_f000n,   mapEnd: USER_END_4_LEVELS, since: '4.14', note: `la57; CONFIG_X86_5LEVEL, always built in by 6.17; ${HINT}` },
  { id: 'arm64-4k-39',   arch: 'arm64',  pageShift: 12, vaBits: 39, levels: [pgd(30, 512), pmd(21, 512), pte(12, 512)],                            userEnd: 1n << 39n,               since: '3.7',  note: 'boards and Android' },
  { id: 'arm64-4k-48',   arch: 'arm64',  pageShift: 12, vaBits: 48, levels: [pgd(39, 512), pud(30, 512), pmd(21, 512), pte(12, 512)],              userEnd: 1n << 48n,               since: '3.18', note: 'distributions' },
  { id: 'arm64-4k-52',   arch: 'arm64',  pageShift: 12, vaBits: 52, levels: [pgd(48, 16), p4d(39, 512), pud(30, 512), pmd(21, 512), pte(12, 512)], userEnd: 1n << 52n,               mapEnd: 1n << 48n, since: '6.9', note: `48 bits on CPUs without LPA2; ${HINT}` },
  { id: 'arm64-16k-36',  arch: 'arm64',  pageShift: 14, vaBits: 36, levels: [pgd(25, 2048), pte(14, 2048)],                                        userEnd: 1n << 36n,               since: '4.4',  note: 'CONFIG_EXPERT' },
  { id: 'arm64-16k-47',  arch: 'arm64',  pageShift: 14, vaBits: 47, levels: [pgd(36, 2048), pmd(25, 2048), pte(14, 2048)],                         userEnd: 1n << 47n,               since: '4.4' },
  { id: 'arm64-16k-48',  arch: 'arm64',  pageShift: 14, vaBits: 48, levels: [pgd(47, 2), pud(36, 2048), pmd(25, 2048), pte(14, 2048)],             userEnd: 1n << 48n,               since: '4.4' },
  { id: 'arm64-16k-52',  arch: 'arm64',  pageShift: 14, vaBits: 52, levels: [pgd(47, 32), pud(36, 2048), pmd(25, 2048), pte(14, 2048)],            userEnd: 1n << 52n,               mapEnd: 1n << 47n, since: '6.9', note: `47 bits on CPUs without LPA2; ${HINT}` },
  { id: 'arm64-64k-42',  arch: 'arm64',  pageShift: 16, vaBits: 42, levels: [pgd(29, 8192), pte(16, 8192)],                                        userEnd: 1n << 42n,               since: '3.7' },
  { id: 'arm64-64k-48',  arch: 'arm64',  pageShift: 16, vaBits: 48, levels: [pgd(42, 64), pmd(29, 8192), pte(16, 8192)],                           userEnd: 1n << 48n,               since: '3.18' },
  { id: 'arm64-64k-52',  arch: 'arm64',  pageShift: 16, vaBits: 52, levels: [pgd(42, 1024), pmd(29, 8192), pte(16, 8192)],                         userEnd: 1n << 52n,               mapEnd: 1n << 48n, since: '5.0', note: `only user addresses up to 5.3 (CONFIG_ARM64_USER_VA_BITS_52); 48 bits on CPUs without LVA; ${HINT}` },
];

/** An address taken apart by one layout. */
export interface AddressSplit {
  /** What is translated: the address cut to 64 bits, a tag of arm64 put back to what it hides. */
  readonly address: bigint;
  readonly indexes: readonly { readonly level: PageTableLevel; readonly index: number }[];
  /** Within the page. */
  readonly offset: number;
  /** `non-canonical`: the CPU translates no such address; the indexes are then those of its low bits. */
  readonly half: 'user' | 'kernel' | 'non-canonical';
  readonly inUserRange: boolean;
  /** arm64: the top byte, which the CPU ignores, when a program (MTE, HWASan) or KASAN put something there. */
  readonly tag?: number;
  /** arm-2level: the indexes that the CPU uses: 4,096 first-level entries of 1 MiB, 256 second-level ones. */
  readonly hardware?: { readonly first: number; readonly second: number };
}

/**
 * Splits an address into its page-table indexes. 64-bit addresses have a user half (high bits 0) and a kernel half
 * (high bits 1): x86_64 repeats the highest translated bit, arm64 has `vaBits` below each of the two ends and tells
 * them apart by bit 55, as the byte above holds a tag.
 */
export function splitAddress(address: bigint, layout: PageTableLayout): AddressSplit {
  const whole = BigInt.asUintN(64, address);
  const plain = layout.arch === 'arm64' ? BigInt.asUintN(64, BigInt.asIntN(56, whole)) : whole;
  return {
    address: plain,
    indexes: layout.levels.map(({ level, shift, entries }) => ({
      level,
      index: Number((plain >> BigInt(shift)) & BigInt(entries - 1)),
    })),
    offset: Number(BigInt.asUintN(layout.pageShift, plain)),
    half: halfOf(plain, layout),
    inUserRange: plain < layout.userEnd,
    ...(plain !== whole && { tag: Number(whole >> 56n) }),
    ...(layout.id === 'arm-2level' && {
      hardware: { first: Number((plain >> 20n) & 0xfffn), second: Number((plain >> 12n) & 0xffn) },
    }),
  };
}

/** Bits of one half: below the sign bit on x86_64, all translated bits on arm64. */
const halfBits = ({ arch, vaBits }: PageTableLayout): number => (arch === 'x86_64' ? vaBits - 1 : vaBits);

function halfOf(address: bigint, layout: PageTableLayout): AddressSplit['half'] {
  if (layout.vaBits === 32) return address >> 32n ? 'non-canonical' : address < layout.userEnd ? 'user' : 'kernel';
  const high = BigInt.asIntN(64, address) >> BigInt(halfBits(layout));
  return high === 0n ? 'user' : high === -1n ? 'kernel' : 'non-canonical';
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** What kind of address that is, in words for the user. */
export function addressKind(split: AddressSplit, layout: PageTableLayout): string {
  if (split.half === 'kernel') return 'kernel address';
  if (split.half === 'user')
    return split.inUserRange ? 'user address' : `above the end of user addresses, ${hex(layout.userEnd)}`;
  if (layout.vaBits === 32) return 'not an address: it has more than 32 bits';
  const top = layout.arch === 'arm64' ? 55 : 63;
  return `not canonical, not an address: bits ${top} to ${halfBits(layout)} must all be equal`;
}

/** What a kernel configuration says about the layout; what it does not say is left out. */
export interface LayoutConfig {
  readonly arm64VaBits?: number;
  readonly armLpae?: boolean;
  readonly x86FiveLevel?: boolean;
  readonly i386Pae?: boolean;
  /** 32-bit kernels: where the kernel's half begins. */
  readonly pageOffset?: bigint;
}

/** What is known of the machine and the task; each item can be missing. */
export interface LayoutFacts {
  /** As `uname -m` says it. */
  readonly architecture: string;
  /** AT_PAGESZ. */
  readonly pageBytes: number;
  /** The task's own word: 4 in a 32-bit program, also on a 64-bit kernel. */
  readonly wordBytes?: 4 | 8;
  readonly release?: Release;
  /** End of the highest mapping of the task, without the pages that the kernel puts into its own half. */
  readonly highestAddress?: bigint;
  /** `flags` (x86) or `Features` (arm) of /proc/cpuinfo. */
  readonly cpuFlags?: string;
  readonly config?: LayoutConfig;
  /** Is `no5lvl` on the kernel's command line? */
  readonly bootedNo5lvl?: boolean;
}

export interface LayoutChoice {
  /** What is possible, none when nothing is known of the architecture; `userEnd` is that of the task. */
  readonly layouts: readonly PageTableLayout[];
  /** Is exactly one possible? */
  readonly certain: boolean;
  /** For the user: why these. */
  readonly reason: string;
}

/** A fact that holds for some layouts only. */
interface Clue {
  readonly fits: (layout: PageTableLayout) => boolean;
  readonly because: string;
}

/** The page-table layouts that a task's kernel can have, by all that is known of it. */
export function chooseLayouts(facts: LayoutFacts): LayoutChoice {
  const arch = kernelArchitecture(facts);
  if (arch === undefined)
    return nothing(
      `no page-table layouts known for ${facts.architecture === '' ? 'this machine' : facts.architecture}`,
    );
  let layouts = PAGE_TABLE_LAYOUTS.filter(layout => layout.arch === arch && 1 << layout.pageShift === facts.pageBytes);
  if (layouts.length === 0) return nothing(`${arch} has no pages of ${facts.pageBytes} bytes`);

  const because: string[] = [];
  if (/^(i|armv)/.test(facts.architecture) && (arch === 'x86_64' || arch === 'arm64'))
    because.push(`${facts.architecture} is what 32-bit programs are told: the kernel is ${arch}`);
  for (const clue of clues(arch, facts)) {
    const left = layouts.filter(clue.fits);
    // strongest clues come first: one that contradicts them is wrong
    if (left.length === 0 || left.length === layouts.length) continue;
    layouts = left;
    because.push(clue.because);
  }
  const certain = layouts.length === 1;
  if (!certain) because.push(openQuestion(arch, layouts));
  const userEnd = taskUserEnd(arch, facts);
  if (userEnd !== undefined) {
    layouts = layouts.map(layout => ({ ...layout, userEnd: userEnd.end, mapEnd: userEnd.end }));
    because.push(userEnd.because);
  }
  return { layouts, certain, reason: because.join('; ') };
}

const nothing = (reason: string): LayoutChoice => ({ layouts: [], certain: false, reason });

const NATIVE_32_BIT_END = 0xc000_0000n;

/** The architecture of the kernel: `uname -m` of a 32-bit program on a 64-bit kernel names a 32-bit one. */
function kernelArchitecture({ architecture, wordBytes, highestAddress }: LayoutFacts): PageTableArch | undefined {
  const is64 = wordBytes === 8 || (highestAddress ?? 0n) > NATIVE_32_BIT_END;
  if (/^(x86_64|amd64)$/.test(architecture)) return 'x86_64';
  if (/^i[3-6]86$/.test(architecture)) return is64 ? 'x86_64' : 'i386';
  // armv8l and armv8b: what arm64 kernels tell 32-bit programs
  if (/^(aarch64|aarch64_be|arm64|armv8[lb])$/.test(architecture)) return 'arm64';
  // armv7ml and the like have no MMU
  if (/^armv[4-7](?!m)[a-z]*$/.test(architecture)) return is64 ? 'arm64' : 'arm';
  return undefined;
}

/** Strongest first. */
function clues(arch: PageTableArch, facts: LayoutFacts): Clue[] {
  const { release } = facts;
  const highest = highestOf64(facts);
  const out: Clue[] = [];
  if (highest !== undefined)
    out.push({ fits: ({ userEnd }) => highest <= userEnd, because: `its mappings reach ${hex(highest)}` });
  if (release !== undefined)
    out.push({
      fits: ({ since }) => since === null || isBetween(release, since, null),
      because: `Linux ${minorText(release)} has no other`,
    });
  return [...out, ...CLUES[arch](facts)];
}

/** Where the mappings of a 64-bit task end; those of a 32-bit one say nothing. */
const highestOf64 = ({ highestAddress, wordBytes }: LayoutFacts): bigint | undefined =>
  wordBytes === 4 ? undefined : highestAddress;

const only = (id: string, because: string): Clue => ({ fits: layout => layout.id === id, because });

const builtWith = (built: boolean, option: string, yes: string, no: string): Clue =>
  only(built ? yes : no, `the kernel is built with${built ? '' : 'out'} ${option}`);

const hasFlag = (flags: string | undefined, name: string): boolean | undefined => flags?.split(/\s+/).includes(name);

const CLUES: Readonly<Record<PageTableArch, (facts: LayoutFacts) => Clue[]>> = {
  x86_64: ({ config, bootedNo5lvl, cpuFlags }) => {
    const out: Clue[] = [];
    if (config?.x86FiveLevel === false)
      out.push(only('x86_64-4level', 'the kernel is built without CONFIG_X86_5LEVEL'));
    if (bootedNo5lvl === true) out.push(only('x86_64-4level', 'booted with no5lvl'));
    const la57 = hasFlag(cpuFlags, 'la57');
    if (la57 === false) out.push(only('x86_64-4level', 'no la57 in /proc/cpuinfo'));
    if (la57 === true)
      out.push(only('x86_64-5level', 'la57 in /proc/cpuinfo, which a kernel with 4 levels leaves out'));
    return out;
  },
  arm64: facts => [...vaBitsClue(facts.config?.arm64VaBits), ...stackClue(facts)],
  arm: ({ architecture, config, cpuFlags, release }) => {
    if (config?.armLpae !== undefined) return [builtWith(config.armLpae, 'CONFIG_ARM_LPAE', 'arm-lpae', 'arm-2level')];
    if (/^armv[4-6]/.test(architecture)) return [only('arm-2level', 'LPAE needs ARMv7')];
    // the flag is in all kernels since 3.12; with it the CPU can, but need not
    return hasFlag(cpuFlags, 'lpae') === false && release !== undefined && isBetween(release, '3.12', null)
      ? [only('arm-2level', 'no lpae in /proc/cpuinfo')]
      : [];
  },
  i386: ({ config, cpuFlags }) => {
    if (config?.i386Pae !== undefined) return [builtWith(config.i386Pae, 'CONFIG_X86_PAE', 'i386-pae', 'i386-2level')];
    return hasFlag(cpuFlags, 'pae') === false ? [only('i386-2level', 'no pae in /proc/cpuinfo')] : [];
  },
};

const mapEnd = (layout: PageTableLayout): bigint => layout.mapEnd ?? layout.userEnd;

/** Is it what a kernel built for more bits uses on a CPU that cannot do them? Then mappings end at the same address. */
function isFallback({ arch, pageShift, userEnd }: PageTableLayout): boolean {
  return PAGE_TABLE_LAYOUTS.some(wide => wide.arch === arch && wide.pageShift === pageShift && wide.mapEnd === userEnd);
}

function vaBitsClue(bits: number | undefined): Clue[] {
  if (bits === undefined) return [];
  const fits = (layout: PageTableLayout): boolean => layout.vaBits === bits || (bits === 52 && isFallback(layout));
  return [{ fits, because: `CONFIG_ARM64_VA_BITS=${bits}` }];
}

/** The stack is put below the end of mappings, up to 1 GiB lower at random (arch/arm64/include/asm/elf.h). */
const STACK_BELOW_END = 1n << 31n;

function stackClue(facts: LayoutFacts): Clue[] {
  const highest = highestOf64(facts);
  if (highest === undefined) return [];
  return [
    {
      fits: layout => highest <= mapEnd(layout) && highest > mapEnd(layout) - STACK_BELOW_END,
      because: `its highest mapping ends at ${hex(highest)}, and the stack lies just below the end`,
    },
  ];
}

/** What is left open, and what would tell. */
function openQuestion(arch: PageTableArch, layouts: readonly PageTableLayout[]): string {
  if (arch === 'x86_64') return '4 or 5 levels: the flags in /proc/cpuinfo would tell';
  if (arch === 'arm') return '2 levels or LPAE: CONFIG_ARM_LPAE would tell (the CPU flag lpae does not)';
  if (arch === 'i386') return '2 levels or PAE: CONFIG_X86_PAE would tell (the CPU flag pae does not)';
  const bits = layouts.map(({ vaBits }) => vaBits).join(' or ');
  return layouts.every(layout => layout.vaBits === 52 || isFallback(layout))
    ? `${bits} bits: a kernel built for 52 uses them only on CPUs that have LVA or LPA2`
    : `${bits} bits: CONFIG_ARM64_VA_BITS would tell`;
}

/** arm keeps this below the kernel's half for modules. */
const ARM_MODULES = 1n << 24n;

/** Where user addresses can end on a 32-bit kernel (VMSPLIT), lowest first, the usual one last. */
const SPLIT_ENDS: Readonly<Record<'arm' | 'i386', readonly bigint[]>> = {
  arm: [0x3f00_0000n, 0x7f00_0000n, 0xaf00_0000n, 0xbf00_0000n],
  i386: [0x4000_0000n, 0x7800_0000n, 0x8000_0000n, 0xb000_0000n, 0xc000_0000n],
};

/** The task's own end of user addresses, when it is not that of the layout. */
function taskUserEnd(
  arch: PageTableArch,
  { wordBytes, highestAddress, config }: LayoutFacts,
): { readonly end: bigint; readonly because: string } | undefined {
  if (arch === 'x86_64' || arch === 'arm64') {
    if (wordBytes !== 4) return undefined;
    const end = arch === 'x86_64' ? 0xffff_e000n : 1n << 32n;
    return { end, because: `a 32-bit program on a 64-bit kernel: its addresses end at ${hex(end)}` };
  }
  const ends = SPLIT_ENDS[arch];
  const end =
    config?.pageOffset === undefined
      ? ends.find(limit => highestAddress !== undefined && highestAddress <= limit)
      : config.pageOffset - (arch === 'arm' ? ARM_MODULES : 0n);
  if (end === undefined || end === ends.at(-1)) return undefined;
  const source = config?.pageOffset === undefined ? 'to go by its mappings' : 'by CONFIG_PAGE_OFFSET';
  return { end, because: `user addresses end at ${hex(end)}, ${source}` };
}
