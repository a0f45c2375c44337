/**
 * The fault registers that arm and arm64 kernels print when they oops: DFSR/IFSR (`Internal error: Oops: 817`) and ESR
 * (`Oops: 96000006`, `ESR = 0x96000006`). ARM Architecture Reference Manuals for ARMv7-A and A-profile; the names are
 * those that arch/arm/mm/fsr-2level.c, fsr-3level.c, arch/arm64/mm/fault.c and arch/arm64/kernel/traps.c print.
 */

/** One fault status with the short-descriptor tables of arm: FS[4] is bit 10 of the register, FS[3:0] are bits 3 … 0. */
export interface ShortFault {
  readonly status: number;
  /** As Linux calls it after a data access. */
  readonly data: string;
  /** The same after an instruction fetch, where it differs. */
  readonly instruction?: string;
  readonly meaning: string;
  /** The same of an instruction fetch, where it differs. */
  readonly fetched?: string;
  /** The register's domain field says something. */
  readonly domain?: true;
  /** The abort came later than the access: neither pc nor address need belong to it. */
  readonly asynchronous?: true;
}

const NO_FETCH = 'reserved for instruction fetches';

// prettier-ignore
export const SHORT_FAULTS: readonly ShortFault[] = [
  { status: 0x00, data: 'vector exception',                instruction: 'unknown 0',  meaning: 'no fault of ARMv6 and later', fetched: NO_FETCH },
  { status: 0x01, data: 'alignment exception',             instruction: 'unknown 1',  meaning: 'unaligned access', fetched: NO_FETCH },
  { status: 0x02, data: 'terminal exception',              instruction: 'debug event', meaning: 'debug event: breakpoint or watchpoint', fetched: 'breakpoint (BKPT or by hardware) or vector catch' },
  { status: 0x03, data: 'section access flag fault',       meaning: 'access flag clear in a first-level entry (ARMv7; before ARMv6K an alignment exception)' },
  { status: 0x04, data: 'I-cache maintenance fault',       instruction: 'unknown 4',  meaning: 'cache maintenance by address faulted (ARMv6 and later; before: external abort on linefetch)', fetched: NO_FETCH },
  { status: 0x05, data: 'section translation fault',       meaning: 'the first-level entry (pgd) is empty' },
  { status: 0x06, data: 'section access flag fault',       instruction: 'page access flag fault', meaning: 'access flag clear in a second-level entry (ARMv7; before ARMv6: external abort on linefetch)', domain: true },
  { status: 0x07, data: 'page translation fault',          meaning: 'the second-level entry (pte) is empty', domain: true },
  { status: 0x08, data: 'external abort on non-linefetch', meaning: 'the bus answered with an error: no device there, or its clock or power is off' },
  { status: 0x09, data: 'section domain fault',            meaning: 'the domain of the first-level entry allows no access', domain: true },
  { status: 0x0a, data: 'external abort on non-linefetch', instruction: 'unknown 10', meaning: 'the bus answered with an error (before ARMv6)', fetched: NO_FETCH },
  { status: 0x0b, data: 'page domain fault',               meaning: 'the domain of the page allows no access', domain: true },
  { status: 0x0c, data: 'external abort on translation',   meaning: 'the bus answered with an error to the walk, first level' },
  { status: 0x0d, data: 'section permission fault',        meaning: 'the first-level entry forbids this access', domain: true },
  { status: 0x0e, data: 'external abort on translation',   meaning: 'the bus answered with an error to the walk, second level', domain: true },
  { status: 0x0f, data: 'page permission fault',           meaning: 'the second-level entry forbids this access', domain: true },
  { status: 0x10, data: 'unknown 16',                      meaning: 'TLB conflict abort' },
  { status: 0x14, data: 'lock abort',                      instruction: 'unknown 20', meaning: 'implementation defined (cache lockdown)' },
  { status: 0x16, data: 'imprecise external abort',        instruction: 'unknown 22', meaning: 'asynchronous external abort: an earlier access failed on the bus, so neither pc nor address need belong to it', fetched: NO_FETCH, asynchronous: true },
  { status: 0x18, data: 'dcache parity error',             instruction: 'unknown 24', meaning: 'asynchronous parity error on a memory access', fetched: NO_FETCH, asynchronous: true },
  { status: 0x19, data: 'unknown 25',                      meaning: 'parity error on a memory access' },
  { status: 0x1a, data: 'unknown 26',                      meaning: 'implementation defined (coprocessor abort)' },
  { status: 0x1c, data: 'unknown 28',                      meaning: 'parity error on the walk, first level' },
  { status: 0x1e, data: 'unknown 30',                      meaning: 'parity error on the walk, second level' },
];

/** A fault status in words: `level 2 translation fault` and what it means. */
export interface StatusWords {
  readonly name: string;
  readonly meaning: string;
}

/** The walk's levels by Linux' names. The first level of a walk is Linux' pgd whatever its number. */
const LEVELS: Readonly<Record<'arm' | 'arm64', Readonly<Record<number, string>>>> = {
  arm: { 1: 'pgd', 2: 'pmd', 3: 'pte' },
  arm64: { [-1]: 'pgd', 0: 'pgd or p4d', 1: 'pud, or pgd of three levels', 2: 'pmd, or pgd of two levels', 3: 'pte' },
};

/** Faults of one level each: the code of level 0 and what happened there. */
// prettier-ignore
const BY_LEVEL: readonly { readonly first: number; readonly name: (level: number) => string; readonly meaning: string }[] = [
  { first: 0x00, name: level => (level === 0 ? 'ttbr address size fault' : `level ${level} address size fault`), meaning: 'an entry holds a physical address beyond the supported size' },
  { first: 0x04, name: level => `level ${level} translation fault`, meaning: 'the entry is empty' },
  { first: 0x08, name: level => `level ${level} access flag fault`, meaning: 'the access flag of the entry is clear' },
  { first: 0x0c, name: level => `level ${level} permission fault`, meaning: 'the entry forbids this access' },
  { first: 0x14, name: level => `level ${level} (translation table walk)`, meaning: 'external abort: the bus answered with an error to the walk' },
  { first: 0x1c, name: level => `level ${level} synchronous parity error (translation table walk)`, meaning: 'parity or ECC error on the walk' },
  { first: 0x24, name: level => `level ${level} granule protection fault (translation table walk)`, meaning: 'the table belongs to another physical address space' },
];

const EXTERNAL = 'the bus answered with an error: no device there, or its clock or power is off';
const BELOW_ZERO: readonly (readonly [number, string, string])[] = [
  [0x13, 'level -1 (translation table walk)', 'external abort: the bus answered with an error to the walk'],
  [0x1b, 'level -1 synchronous parity error (translation table walk)', 'parity or ECC error on the walk'],
  [0x29, 'level -1 address size fault', 'an entry holds a physical address beyond the supported size'],
  [0x2b, 'level -1 translation fault', 'the entry is empty'],
];
const SINGLE: Readonly<Record<'both' | 'arm' | 'arm64', readonly (readonly [number, string, string])[]>> = {
  both: [
    [0x10, 'synchronous external abort', EXTERNAL],
    [0x18, 'synchronous parity or ECC error', 'parity or ECC error on a memory access'],
    [0x21, 'alignment fault', 'unaligned access'],
    [0x30, 'TLB conflict abort', 'several TLB entries match the address'],
    [0x34, 'implementation fault (lockdown abort)', 'implementation defined'],
  ],
  arm: [
    [0x11, 'asynchronous external abort', 'an earlier access failed on the bus: pc and address need not belong to it'],
    [0x19, 'asynchronous parity error', 'parity error of an earlier access'],
    [0x22, 'debug event', 'breakpoint or watchpoint'],
    [0x3a, 'implementation fault (coprocessor abort)', 'implementation defined'],
  ],
  arm64: [
    [0x11, 'synchronous tag check fault', 'the pointer tag differs from the tag of the memory (MTE)'],
    [0x28, 'granule protection fault', 'the memory belongs to another physical address space'],
    [0x31, 'Unsupported atomic hardware update fault', 'the entry could not be updated by hardware'],
    [0x35, 'implementation fault (unsupported exclusive)', 'exclusive or atomic access to memory that cannot do it'],
    [0x3d, 'section domain fault', 'only for translations of AArch32'],
    [0x3e, 'page domain fault', 'only for translations of AArch32'],
  ],
};

/**
 * The fault status of long-descriptor tables, 6 bits: DFSR/IFSR bits 5 … 0 of arm with LPAE, ESR bits 5 … 0 (FSC) of arm64.
 * The levels -1 and 0x23 … 0x28 are of extensions of ARMv8 and later.
 */
export function longFault(status: number, architecture: 'arm' | 'arm64'): StatusWords {
  const below = architecture === 'arm64' ? BELOW_ZERO : [];
  const single = [...SINGLE.both, ...SINGLE[architecture], ...below].find(([code]) => code === status);
  if (single) return { name: single[1], meaning: single[2] };
  const kind = BY_LEVEL.find(({ first }) => first <= status && status < first + 4);
  if (!kind || (architecture === 'arm' && status >= 0x24)) return { name: `unknown ${status}`, meaning: 'reserved' };
  const level = status - kind.first;
  const linux = LEVELS[architecture][level];
  return { name: kind.name(level), meaning: linux === undefined ? kind.meaning : `${kind.meaning} (${linux})` };
}

/** A fault status register of arm, taken apart. */
export interface Fsr extends StatusWords {
  /** Bit 9: which kind of tables the processor walked; kernels with LPAE use the long ones. */
  readonly format: 'short-descriptor' | 'long-descriptor';
  readonly status: number;
  /** Bits 7 … 4 of the DFSR with short descriptors; undefined where the status gives it no meaning. */
  readonly domain: number | undefined;
  /** An instruction fetch: the register is the IFSR, not the DFSR. Linux puts bit 31 there where it prints the number. */
  readonly instruction: boolean;
  /** Neither pc nor address need belong to it. */
  readonly asynchronous: boolean;
  /** WnR, bit 11; of data accesses only. */
  readonly write: boolean;
  /** ExT, bit 12: a detail of external aborts that each processor defines. */
  readonly external: boolean;
  /** CM, bit 13: a cache maintenance operation faulted. */
  readonly cacheMaintenance: boolean;
}

const bit = (value: number, n: number): boolean => Math.floor(value / 2 ** n) % 2 === 1;

const LONG_ASYNCHRONOUS = [0x11, 0x19];

/**
 * The DFSR or IFSR as Linux prints it (`Oops: 817`, `(0x1008)`, `Oops: 80000005`). `isFetch`: it is known to be the
 * IFSR (`Unhandled prefetch abort`, which prints it without bit 31). The IFSR has no WnR, domain and CM.
 */
export function decodeFsr(fsr: number, isFetch = false): Fsr {
  const long = bit(fsr, 9);
  const instruction = isFetch || bit(fsr, 31);
  const status = long ? fsr & 0x3f : (fsr & 0xf) | ((fsr >>> 6) & 0x10);
  const short = SHORT_FAULTS.find(fault => fault.status === status);
  const name = (instruction && short?.instruction) || short?.data || `unknown ${status}`;
  return {
    ...(long
      ? longFault(status, 'arm')
      : { name, meaning: (instruction && short?.fetched) || short?.meaning || 'reserved' }),
    format: long ? 'long-descriptor' : 'short-descriptor',
    status,
    domain: !long && !instruction && short?.domain ? (fsr >>> 4) & 0xf : undefined,
    instruction,
    asynchronous: !instruction && (long ? LONG_ASYNCHRONOUS.includes(status) : short?.asynchronous === true),
    write: !instruction && bit(fsr, 11),
    external: bit(fsr, 12),
    cacheMaintenance: !instruction && bit(fsr, 13),
  };
}

/** Exception classes: ESR bits 31 … 26, with the words that Linux prints and what they mean. */
export interface ExceptionClass extends StatusWords {
  readonly ec: number;
}

// prettier-ignore
export const EXCEPTION_CLASSES: readonly ExceptionClass[] = [
  { ec: 0x00, name: 'Unknown/Uncategorized',      meaning: 'an undefined instruction, mostly' },
  { ec: 0x01, name: 'WFI/WFE',                    meaning: 'trapped wait instruction' },
  { ec: 0x03, name: 'CP15 MCR/MRC',               meaning: 'trapped AArch32 coprocessor access' },
  { ec: 0x04, name: 'CP15 MCRR/MRRC',             meaning: 'trapped AArch32 coprocessor access' },
  { ec: 0x05, name: 'CP14 MCR/MRC',               meaning: 'trapped AArch32 coprocessor access' },
  { ec: 0x06, name: 'CP14 LDC/STC',               meaning: 'trapped AArch32 coprocessor access' },
  { ec: 0x07, name: 'ASIMD',                      meaning: 'trapped floating point or SIMD access' },
  { ec: 0x08, name: 'CP10 MRC/VMRS',              meaning: 'trapped AArch32 floating-point id access' },
  { ec: 0x09, name: 'PAC',                        meaning: 'trapped pointer authentication' },
  { ec: 0x0a, name: 'OTHER',                      meaning: 'trapped 64-byte load or store, or another instruction' },
  { ec: 0x0c, name: 'CP14 MCRR/MRRC',             meaning: 'trapped AArch32 coprocessor access' },
  { ec: 0x0d, name: 'BTI',                        meaning: 'an indirect branch landed where none may land' },
  { ec: 0x0e, name: 'PSTATE.IL',                  meaning: 'illegal execution state' },
  { ec: 0x11, name: 'SVC (AArch32)',              meaning: 'system call of a 32-bit program' },
  { ec: 0x12, name: 'HVC (AArch32)',              meaning: 'hypervisor call, 32 bit' },
  { ec: 0x13, name: 'SMC (AArch32)',              meaning: 'secure monitor call, 32 bit' },
  { ec: 0x15, name: 'SVC (AArch64)',              meaning: 'system call' },
  { ec: 0x16, name: 'HVC (AArch64)',              meaning: 'hypervisor call' },
  { ec: 0x17, name: 'SMC (AArch64)',              meaning: 'secure monitor call' },
  { ec: 0x18, name: 'MSR/MRS (AArch64)',          meaning: 'trapped system register access' },
  { ec: 0x19, name: 'SVE',                        meaning: 'trapped SVE access' },
  { ec: 0x1a, name: 'ERET/ERETAA/ERETAB',         meaning: 'trapped exception return' },
  { ec: 0x1c, name: 'FPAC',                       meaning: 'pointer authentication failed' },
  { ec: 0x1d, name: 'SME',                        meaning: 'trapped SME access' },
  { ec: 0x1f, name: 'EL3 IMP DEF',                meaning: 'implementation defined' },
  { ec: 0x20, name: 'IABT (lower EL)',            meaning: 'instruction abort: a user program fetched from there' },
  { ec: 0x21, name: 'IABT (current EL)',          meaning: 'instruction abort: the kernel itself fetched from there' },
  { ec: 0x22, name: 'PC Alignment',               meaning: 'the program counter is not aligned' },
  { ec: 0x24, name: 'DABT (lower EL)',            meaning: 'data abort: a user program accessed it' },
  { ec: 0x25, name: 'DABT (current EL)',          meaning: 'data abort: the kernel itself accessed it' },
  { ec: 0x26, name: 'SP Alignment',               meaning: 'the stack pointer is not aligned' },
  { ec: 0x27, name: 'MOPS',                       meaning: 'memory copy or set instruction' },
  { ec: 0x28, name: 'FP (AArch32)',               meaning: 'floating-point exception, 32 bit' },
  { ec: 0x2c, name: 'FP (AArch64)',               meaning: 'floating-point exception' },
  { ec: 0x2d, name: 'Guarded Control Stack',      meaning: 'return address does not match' },
  { ec: 0x2f, name: 'SError',                     meaning: 'asynchronous error: an earlier access failed, pc need not belong to it' },
  { ec: 0x30, name: 'Breakpoint (lower EL)',      meaning: 'hardware breakpoint in user mode' },
  { ec: 0x31, name: 'Breakpoint (current EL)',    meaning: 'hardware breakpoint in the kernel' },
  { ec: 0x32, name: 'Software Step (lower EL)',   meaning: 'single step of a user program' },
  { ec: 0x33, name: 'Software Step (current EL)', meaning: 'single step of the kernel' },
  { ec: 0x34, name: 'Watchpoint (lower EL)',      meaning: 'hardware watchpoint in user mode' },
  { ec: 0x35, name: 'Watchpoint (current EL)',    meaning: 'hardware watchpoint in the kernel' },
  { ec: 0x38, name: 'BKPT (AArch32)',             meaning: 'breakpoint instruction, 32 bit' },
  { ec: 0x3a, name: 'Vector catch (AArch32)',     meaning: 'debug event, 32 bit' },
  { ec: 0x3c, name: 'BRK (AArch64)',              meaning: 'BRK instruction: BUG(), WARN(), a sanitizer or a debugger' },
];

/** The class of a number, known or not. */
export function exceptionClass(ec: number): ExceptionClass {
  return EXCEPTION_CLASSES.find(known => known.ec === ec) ?? { ec, name: 'UNRECOGNIZED EC', meaning: 'reserved' };
}

/** The syndrome of an instruction or data abort: the low 25 bits (ISS) of its ESR. */
export interface AbortSyndrome extends StatusWords {
  readonly fsc: number;
  readonly instruction: boolean;
  /** WnR, bit 6; false for instruction aborts. Set for every cache maintenance operation. */
  readonly write: boolean;
  /** S1PTW, bit 7: the fault was at stage 2, on the walk of stage 1. */
  readonly walk: boolean;
  /** CM, bit 8: a cache maintenance or address translation instruction. */
  readonly cacheMaintenance: boolean;
  /** EA, bit 9: a detail of external aborts that each processor defines. */
  readonly external: boolean;
  /** FnV, bit 10: the fault address register, and so the printed address, is not valid. */
  readonly addressInvalid: boolean;
}

/** An exception syndrome register of arm64, taken apart. */
export interface Esr {
  readonly ec: ExceptionClass;
  /** IL, bit 25: the instruction was 32 (not 16) bits long; set for all aborts. */
  readonly instructionBits: 16 | 32;
  /** Bits 24 … 0. */
  readonly iss: number;
  /** Only for instruction and data aborts. */
  readonly abort: AbortSyndrome | undefined;
  /** Only for SError. */
  readonly serror: string | undefined;
  /** Only for BRK: the immediate, which says who put it there (0x800 = BUG and WARN). */
  readonly brk: number | undefined;
}

const IABT = [0x20, 0x21];
const DABT = [0x24, 0x25];
const SERROR = 0x2f;
const BRK64 = 0x3c;

/** ESR_EL1 as Linux prints it, 32 bits or (since 5.19 or so) 64. */
export function decodeEsr(esr: bigint): Esr {
  const low = Number(BigInt.asUintN(32, esr));
  const ec = low >>> 26;
  const iss = low & 0x1ffffff;
  return {
    ec: exceptionClass(ec),
    instructionBits: bit(low, 25) ? 32 : 16,
    iss,
    abort: IABT.includes(ec) || DABT.includes(ec) ? abortSyndrome(iss, IABT.includes(ec)) : undefined,
    serror: ec === SERROR ? serrorText(iss) : undefined,
    brk: ec === BRK64 ? iss & 0xffff : undefined,
  };
}

/** AET, bits 12 … 10: what became of the processor's state (RAS extension). */
const SERROR_TYPES: Readonly<Record<number, string>> = {
  0: 'uncontainable',
  1: 'unrecoverable',
  2: 'restartable',
  3: 'recoverable',
  6: 'corrected',
};

/** The syndrome of an SError: IDS is bit 24, DFSC 0x11 says that AET counts. */
function serrorText(iss: number): string {
  if (bit(iss, 24)) return 'IDS 1: the other bits are as each processor defines';
  if ((iss & 0x3f) !== 0x11) return 'IDS 0: uncategorized, the processor says no more';
  const type = (iss >>> 10) & 7;
  return `IDS 0: asynchronous error, AET ${type}: ${SERROR_TYPES[type] ?? 'reserved'}`;
}

function abortSyndrome(iss: number, instruction: boolean): AbortSyndrome {
  const fsc = iss & 0x3f;
  return {
    ...longFault(fsc, 'arm64'),
    fsc,
    instruction,
    write: !instruction && bit(iss, 6),
    walk: bit(iss, 7),
    cacheMaintenance: !instruction && bit(iss, 8),
    external: bit(iss, 9),
    addressInvalid: bit(iss, 10),
  };
}

type Bits = readonly (readonly [number, string, string | undefined])[];

/** SCTLR of ARMv6 and later: bit, letter, what it says when set. What is off and matters is said as well. */
const SCTLR: Bits = [
  [0, 'M', 'MMU on'],
  [1, 'A', 'unaligned access faults'],
  [2, 'C', 'data cache on'],
  [11, 'Z', 'branch prediction on'],
  [12, 'I', 'instruction cache on'],
  [13, 'V', 'vectors at 0xffff0000'],
  [22, 'U', undefined],
  [23, 'XP', undefined],
  [25, 'EE', 'exceptions are big endian'],
  [28, 'TRE', 'TEX remap'],
  [29, 'AFE', 'access flag in page tables'],
  [30, 'TE', 'exceptions in Thumb'],
];

/** The control register that arm prints beside an oops (`Control: 10c5387d`), in words. */
export function controlText(control: number): string {
  const set = SCTLR.filter(([n]) => bit(control, n));
  const off = SCTLR.filter(([n]) => n <= 12 && !bit(control, n)).map(([, name]) => name);
  const on = set.map(([, name, words]) => (words === undefined ? name : `${name}: ${words}`)).join(', ');
  return [on, off.length === 0 ? '' : `clear: ${off.join(' ')}`].filter(Boolean).join('; ');
}

/** CPSR bits 4 … 0. */
const ARM_MODES: Readonly<Record<number, string>> = {
  0x10: 'user',
  0x11: 'FIQ',
  0x12: 'IRQ',
  0x13: 'SVC (kernel)',
  0x16: 'monitor',
  0x17: 'abort',
  0x1a: 'HYP',
  0x1b: 'undefined instruction',
  0x1f: 'system',
};

/** PSTATE.M of arm64 in AArch64 state. */
const ARM64_MODES: Readonly<Record<number, string>> = {
  0x0: 'EL0t (user)',
  0x4: 'EL1t (kernel)',
  0x5: 'EL1h (kernel)',
  0x8: 'EL2t (hypervisor)',
  0x9: 'EL2h (hypervisor, or a kernel with VHE)',
};

const conditions = (psr: number): string =>
  ['N', 'Z', 'C', 'V'].map((letter, n) => (bit(psr, 31 - n) ? letter : letter.toLowerCase())).join('');
const onOff = (psr: number, bits: readonly (readonly [number, string])[]): string[] =>
  bits.map(([n, name]) => `${name} ${bit(psr, n) ? 'masked' : 'on'}`);

/** A processor state in words, and whether a program or the kernel was running. */
export interface ProcessorState {
  readonly words: string;
  readonly isUser: boolean;
}

/** `psr: 60000013` of arm (CPSR). */
export function psrState(psr: number): ProcessorState {
  const mode = psr & 0x1f;
  const isa = bit(psr, 5) ? (bit(psr, 24) ? 'ThumbEE' : 'Thumb') : bit(psr, 24) ? 'Jazelle' : 'ARM';
  const masks = onOff(psr, [
    [7, 'IRQs'],
    [6, 'FIQs'],
  ]);
  const words = [conditions(psr), ...masks, `mode ${ARM_MODES[mode] ?? `0x${mode.toString(16)}`}`, isa];
  return { words: [...words, ...(bit(psr, 9) ? ['big endian'] : [])].join(', '), isUser: mode === 0x10 };
}

/** `pstate: 60000005 (nZCv daif -PAN -UAO)` of arm64. */
export function pstateState(pstate: number): ProcessorState {
  if (bit(pstate, 4)) {
    const { words, isUser } = psrState(pstate);
    return { words: `AArch32: ${words}`, isUser };
  }
  const mode = pstate & 0xf;
  const masks = onOff(pstate, [
    [9, 'debug'],
    [8, 'SError'],
    [7, 'IRQs'],
    [6, 'FIQs'],
  ]);
  const features = [bit(pstate, 22) ? ['PAN'] : [], bit(pstate, 23) ? ['UAO'] : []].flat();
  const words = [conditions(pstate), ...masks, ...features, `mode ${ARM64_MODES[mode] ?? `0x${mode.toString(16)}`}`];
  return { words: words.join(', '), isUser: mode === 0 };
}
