/** Memory faults of arm and arm64 kernels in words: the fault register, the address, the page-table entries. */
import {
  controlText,
  decodeEsr,
  decodeFsr,
  exceptionClass,
  longFault,
  psrState,
  pstateState,
  type Esr,
  type Fsr,
  type ProcessorState,
} from '../kernel/arm-faults.ts';
import { addressKind, PAGE_TABLE_LAYOUTS, splitAddress, type PageTableLayout } from '../kernel/page-tables.ts';
import { isBetween } from '../kernel/release.ts';
import { signalName } from '../kernel/signals.ts';
import { entryText, entryWords, type EntryFormat } from './arm-entries.ts';
import { columns, wrapped } from './layout.ts';
import { poisonText } from './poison.ts';
import { isFsr, type Entry, type Fault } from './oops-lines.ts';
import { fromHex, head, hex, hex32, plural, type Context, type Json, type Thing } from './thing.ts';

type Architecture = 'arm' | 'arm64' | null;

function architectureOf(known: Fault): Architecture {
  const isWide = known.entries.some(({ digits }) => digits.length === 16);
  if (
    known.esr !== null ||
    known.ec !== null ||
    known.fsc !== null ||
    known.vaBits !== null ||
    known.pstate !== null ||
    known.isBetween ||
    isWide
  )
    return 'arm64';
  if (known.saysArm || known.fsr !== null || known.psr !== null || known.control !== null || known.entries.length > 0)
    return 'arm';
  if (known.syndrome !== null) {
    if (known.syndrome.length === 16 || !isFsr(known.syndrome)) return 'arm64';
    if (!known.isOther) return 'arm';
  }
  // 16 digits: arm64, but riscv prints the same line
  return known.address?.length === 8 ? 'arm' : null;
}

/** What is printed, decoded. */
interface Decoded {
  readonly architecture: Architecture;
  readonly fsr: { readonly raw: bigint; readonly is: Fsr } | undefined;
  readonly esr: { readonly raw: bigint; readonly is: Esr } | undefined;
  readonly format: EntryFormat | undefined;
  readonly access: string | null;
}

function decode(known: Fault): Decoded {
  const architecture = architectureOf(known);
  const syndrome = known.isOther ? null : known.syndrome;
  const fsrDigits = known.fsr ?? (architecture === 'arm' ? syndrome : null);
  const esrDigits = known.esr ?? (architecture === 'arm64' ? syndrome : null);
  const fsr =
    fsrDigits === null
      ? undefined
      : { raw: fromHex(fsrDigits), is: decodeFsr(Number(fromHex(fsrDigits)), known.isFetch) };
  const esr = esrDigits === null ? undefined : { raw: fromHex(esrDigits), is: decodeEsr(fromHex(esrDigits)) };
  const of = fsr?.is ?? esr?.is.abort;
  const access = known.access ?? (of ? (of.instruction ? 'execute' : of.write ? 'write' : 'read') : null);
  return { architecture, fsr, esr, format: formatOf(known, architecture, fsr?.is), access };
}

function formatOf(known: Fault, architecture: Architecture, fsr: Fsr | undefined): EntryFormat | undefined {
  if (architecture !== 'arm') return architecture ?? undefined;
  const isLong = known.entries.some(({ level, digits }) => level === 'pmd' || digits.length > 8);
  if (isLong || fsr?.format === 'long-descriptor') return 'arm-lpae';
  return fsr || known.entries.some(({ digits }) => fromHex(digits) !== 0n) ? 'arm-short' : undefined;
}

/** The layouts that the address can have been walked by. */
function layoutsOf(known: Fault, { architecture, format }: Decoded, { release }: Context): readonly PageTableLayout[] {
  const address = fromHex(known.address ?? '0');
  return PAGE_TABLE_LAYOUTS.filter(layout => {
    if (layout.arch !== architecture) return false;
    if (release && layout.since !== null && !isBetween(release, layout.since, null)) return false;
    if (architecture === 'arm')
      return format === undefined || layout.id === (format === 'arm-lpae' ? 'arm-lpae' : 'arm-2level');
    if (known.vaBits !== null) return layout.vaBits === known.vaBits && 1 << (layout.pageShift - 10) === known.pageKb;
    return splitAddress(address, layout).half !== 'non-canonical';
  });
}

function indexText(address: bigint, layout: PageTableLayout): string {
  const { indexes, offset, hardware, tag } = splitAddress(address, layout);
  const walk = indexes.map(({ level, index }) => `${level} ${index}`).join(', ');
  const cpu = hardware ? `; the processor: first level ${hardware.first}, second level ${hardware.second}` : '';
  return `${walk}, offset ${hex(offset)}${cpu}${tag === undefined ? '' : `; tag ${hex(tag)} left out`}`;
}

/** Entries that repeat the one above are folded levels. */
const isFolded = (entries: readonly Entry[], n: number): boolean =>
  n > 0 && entries[n]!.level !== 'ppte' && entries[n]!.level !== 'pte' && entries[n]!.digits === entries[n - 1]!.digits;

function describeEntries(
  known: Fault,
  { format }: Decoded,
): { readonly entry: Entry; readonly words: string; readonly facts: Json }[] {
  const pageShift = known.pageKb === null ? 12 : Math.log2(known.pageKb) + 10;
  return known.entries.map((entry, n) => {
    const value = fromHex(entry.digits);
    const words = entryWords(entry.level, value, format ?? 'arm-short', pageShift);
    const folded = isFolded(known.entries, n) ? `the same as ${known.entries[n - 1]!.level}: this level is folded` : '';
    const goesOn = value === 0n && n < known.entries.length - 1 && format === 'arm64';
    const bad = entry.isBad ? '; marked (bad), as Linux expects a table there' : '';
    const text = folded || (goesOn ? 'none, yet the walk goes on: this level is folded' : entryText(words) + bad);
    return {
      entry,
      words: text,
      facts: {
        level: entry.level,
        raw: '0x' + entry.digits,
        type: words.type,
        points_to: words.points === undefined ? null : hex(words.points),
        attributes: words.attributes,
        folded: folded !== '' || goesOn,
      },
    };
  });
}

const SECOND_OF_PAIR = 1n << 20n;
/** Top tables are aligned to their size: 16 KiB on arm, on arm64 at least 64 bytes. */
const TABLE_BYTES = { arm: 0x4000n, arm64: 64n };

/** What the printed pgd is. */
function pgdText(known: Fault, architecture: Architecture): string {
  if (known.pgdIsPhysical) return 'physical address of the top table';
  const isTable = fromHex(known.pgd!) % TABLE_BYTES[architecture ?? 'arm64'] === 0n;
  return isTable ? 'virtual address of the top table' : 'no address: pointers are printed hashed since 4.15';
}

function fsrText({ raw, is }: NonNullable<Decoded['fsr']>): string {
  const parts = [`${is.name}: ${is.meaning}`];
  if (is.domain !== undefined) parts.push(`domain ${is.domain}`);
  parts.push(is.instruction ? 'on an instruction fetch (IFSR)' : is.write ? 'on a write (WnR)' : 'on a read');
  if (is.cacheMaintenance) parts.push('CM: by cache maintenance');
  if (is.external) parts.push('ExT: defined by the processor (often: the answer was SLVERR, not DECERR)');
  parts.push(is.format === 'long-descriptor' ? 'bit 9 set: LPAE tables' : 'bit 9 clear: short-descriptor tables');
  return `${hex(raw, 3)}: ${parts.join('; ')}`;
}

function esrRows({ raw, is }: NonNullable<Decoded['esr']>, isOutside: boolean): string[][] {
  const { ec, abort } = is;
  const rows = [
    [
      'ESR',
      `${hex(raw, 8)}: EC ${hex(ec.ec, 2)} ${ec.name}: ${ec.meaning}; IL: ${is.instructionBits} bit; ISS ${hex(is.iss, 7)}`,
    ],
  ];
  if (is.brk !== undefined)
    rows.push(['BRK', `immediate ${hex(is.brk, 3)}${is.brk === 0x800 ? ': BUG() or WARN()' : ''}`]);
  if (is.serror !== undefined) rows.push(['ISS', is.serror]);
  if (!abort) return rows;
  rows.push([
    'FSC',
    `${hex(abort.fsc, 2)}: ${abort.name}: ${isOutside ? 'the address is in no range, so no table entry was read' : abort.meaning}`,
  ]);
  const bits = [
    abort.instruction ? 'an instruction fetch' : `WnR ${abort.write ? '1: a write' : '0: a read'}`,
    `FnV ${abort.addressInvalid ? '1: the address is not valid' : '0: the address is valid'}`,
    ...(abort.instruction ? [] : [`CM ${abort.cacheMaintenance ? '1: by cache maintenance' : '0'}`]),
    `S1PTW ${abort.walk ? '1: on the walk of stage 1' : '0'}`,
    `EA ${abort.external ? 1 : 0}`,
  ];
  rows.push(['ISS', bits.join('; ')]);
  return rows;
}

/** Below this an address is NULL and an offset. */
const NEAR_NULL = 4096n;

/** Why the address has no walk; undefined when it was translated, as far as is known. */
function unwalked(known: Fault, { architecture, fsr, esr }: Decoded): 'unrelated' | 'invalid' | 'outside' | undefined {
  if (known.address === null) return undefined;
  if (fsr?.is.asynchronous) return 'unrelated';
  if (esr?.is.abort?.addressInvalid) return 'invalid';
  const address = fromHex(known.address);
  const layouts = PAGE_TABLE_LAYOUTS.filter(({ arch }) => arch === 'arm64');
  const isOutside = layouts.every(layout => splitAddress(address, layout).half === 'non-canonical');
  return architecture === 'arm64' && (known.isBetween || isOutside) ? 'outside' : undefined;
}

const UNWALKED = {
  unrelated: 'need not be what was accessed: the abort is asynchronous',
  invalid: 'no address: FnV says that the register was not written',
  outside:
    'in neither range (TTBR0: low addresses, of programs; TTBR1: high ones, of the kernel): no table entry was read',
};

/** Layouts that are in wide use; JSON has all that fit. */
const COMMON = new Set(['arm64-4k-39', 'arm64-4k-48', 'arm64-16k-47', 'arm-2level', 'arm-lpae']);

function addressRows(known: Fault, decoded: Decoded, layouts: readonly PageTableLayout[]): string[][] {
  if (known.address === null) return [];
  const address = fromHex(known.address);
  const why = unwalked(known, decoded);
  const shown = '0x' + known.address.replace(/^0x/, '');
  const row = (...words: (string | undefined)[]): string[] => ['address', [shown, ...words].filter(Boolean).join(': ')];
  if (why === 'unrelated' || why === 'invalid') return [row(UNWALKED[why])];
  const poison = poisonText(address);
  if (why === 'outside') return [row(UNWALKED[why]), ...(poison === undefined ? [] : [['', poison]])];
  if (address < NEAR_NULL) return [row(nearNull(address, decoded))];
  const [only] = layouts;
  const isOnly = decoded.architecture === 'arm64' && layouts.length === 1;
  return [
    row(poison ?? (isOnly ? addressKind(splitAddress(address, only!), only!) : undefined)),
    ...walkRows(address, decoded, layouts),
  ];
}

/** LIST_POISON1 and 2 of 32-bit kernels since 4.3: no higher than a member of a structure. */
const LOW_POISONS: Readonly<Record<string, string>> = { '256': '1', '260': '1 + 0x4', '290': '2', '294': '2 + 0x4' };

function nearNull(address: bigint, { architecture }: Decoded): string {
  const poison = architecture === 'arm' ? LOW_POISONS[String(address)] : undefined;
  const also = poison === undefined ? '' : `, or LIST_POISON${poison} (a list entry used after list_del())`;
  return address === 0n ? 'NULL' : `${hex(address)} bytes beyond NULL: a member or element of a NULL pointer${also}`;
}

function walkRows(address: bigint, { architecture }: Decoded, layouts: readonly PageTableLayout[]): string[][] {
  if (architecture === null)
    return [['', 'arm64 or another 64-bit architecture: the line does not say, so the address is not split']];
  if (layouts.length === 0) return [['', 'no page-table layout is known that it fits']];
  if (layouts.length === 1) return [['walk', indexText(address, layouts[0]!)]];
  const common = layouts.filter(({ id }) => COMMON.has(id));
  const told = common.length === 0 ? layouts : common;
  const rows = told.map((layout, n) => [n === 0 ? 'walk' : '', `${layout.id}: ${indexText(address, layout)}`]);
  const others = layouts.length - told.length;
  const clue =
    architecture === 'arm64'
      ? "the line 'swapper pgtable: 4k pages, 39-bit VAs' would"
      : 'entries of 64 bits and *pmd would mean LPAE';
  const more = others === 0 ? '' : `; ${plural(others, 'rarer layout')} left out`;
  return [...rows, ['', `the text does not say which: ${clue}${more}`]];
}

/** Linux prints the first of two hardware entries, which need not be the one that was used. */
function pairNote(known: Fault, { format }: Decoded): string[] {
  if (format !== 'arm-short' || known.address === null || known.entries.length === 0) return [];
  if ((fromHex(known.address) & SECOND_OF_PAIR) === 0n || fromHex(known.entries[0]!.digits) === 0n) return [];
  return [
    'Linux prints the first of the two first-level entries that make one pgd entry; this address belongs to the second one ' +
      '(its table lies 0x400 bytes further on).',
  ];
}

/** When only the length of an address says which architecture it is. */
const guessNote = (known: Fault, { architecture, fsr }: Decoded): string[] =>
  architecture === 'arm' && !fsr && !known.saysArm && known.entries.length === 0
    ? ['Taken for arm, as the address has 8 digits: other 32-bit architectures print the same line.']
    : [];

const ACCESS: Readonly<Record<string, string>> = {
  read: 'on a read',
  write: 'on a write',
  execute: 'on an instruction fetch',
};

const WHERE = { kernel: 'kernel fault', program: 'fault of a program', unknown: 'fault' };

const OF_PROGRAMS = [0x20, 0x24];
const OF_KERNEL = [0x21, 0x25];

/** Who faulted: `unknown` unless the text proves it. */
function modeOf(known: Fault, { esr }: Decoded): keyof typeof WHERE {
  const ec = esr?.is.ec.ec ?? known.ec;
  if (known.signal !== null || known.message?.endsWith('in user mode')) return 'program';
  if (ec !== null && OF_PROGRAMS.includes(ec)) return 'program';
  if (known.inKernel || (ec !== null && OF_KERNEL.includes(ec))) return 'kernel';
  const state = stateOf(known);
  return state === undefined ? 'unknown' : state.isUser ? 'program' : 'kernel';
}

const stateOf = ({ psr, pstate }: Fault): ProcessorState | undefined =>
  psr !== null ? psrState(Number(fromHex(psr))) : pstate !== null ? pstateState(Number(fromHex(pstate))) : undefined;

/** Nothing of it is of a fault: registers are printed for other reasons too. */
const isOnlyRegisters = (known: Fault): boolean =>
  [known.address, known.syndrome, known.fsr, known.esr, known.ec, known.fsc, known.message, known.oops].every(
    value => value === null,
  ) && (known.psr ?? known.pstate ?? known.control) !== null;

function registerRows(known: Fault): string[][] {
  const state = stateOf(known);
  const rows: string[][] = [];
  if (known.control !== null)
    rows.push(['Control', `0x${known.control}: ${controlText(Number(fromHex(known.control)))}`]);
  if (state) rows.push([known.psr === null ? 'pstate' : 'psr', `0x${known.psr ?? known.pstate!}: ${state.words}`]);
  return rows;
}

function title(known: Fault, decoded: Decoded): string {
  const { architecture, access } = decoded;
  if (isOnlyRegisters(known)) return `registers of ${architecture ?? 'arm or arm64'}`;
  const where = WHERE[modeOf(known, decoded)];
  const on = architecture === null ? '' : ` on ${architecture}`;
  const what = known.message === null ? '' : `: ${known.message}`;
  const how = access === null ? '' : `, ${ACCESS[access]!}`;
  const which =
    known.oops === null ? '' : `; oops #${known.oops}${known.oops > 1 ? ': the first one matters most' : ''}`;
  return `${where}${on}${what}${how}${which}`;
}

function fsrFacts({ raw, is }: NonNullable<Decoded['fsr']>): Json {
  return {
    raw: hex32(raw),
    format: is.format,
    status: is.status,
    name: is.name,
    meaning: is.meaning,
    domain: is.domain ?? null,
    write: is.write,
    instruction: is.instruction,
    external: is.external,
    cache_maintenance: is.cacheMaintenance,
  };
}

function esrFacts({ raw, is }: NonNullable<Decoded['esr']>): Json {
  const { abort } = is;
  return {
    raw: hex32(raw),
    ec: hex(is.ec.ec, 2),
    ec_name: is.ec.name,
    instruction_bits: is.instructionBits,
    iss: hex(is.iss, 7),
    fsc: abort ? hex(abort.fsc, 2) : null,
    fsc_name: abort?.name ?? null,
    write: abort ? abort.write : null,
    instruction: abort ? abort.instruction : null,
    cache_maintenance: abort ? abort.cacheMaintenance : null,
    stage_1_walk: abort ? abort.walk : null,
    external: abort ? abort.external : null,
    address_valid: abort ? !abort.addressInvalid : null,
  };
}

function layoutFacts(address: bigint, layout: PageTableLayout): Json {
  const { indexes, offset, hardware } = splitAddress(address, layout);
  return {
    layout: layout.id,
    indexes: Object.fromEntries(indexes.map(({ level, index }) => [level, index])),
    offset,
    ...(hardware ? { hardware } : {}),
  };
}

/** A fault as one thing. */
export function oopsThing(known: Fault, context: Context): Thing {
  const decoded = decode(known);
  const { architecture, fsr, esr } = decoded;
  const why = unwalked(known, decoded);
  const layouts = known.address === null || why ? [] : layoutsOf(known, decoded, context);
  const entries = describeEntries(known, decoded);
  const task = [
    known.comm,
    known.pid === null ? '' : `pid ${known.pid}`,
    known.cpu === null ? '' : `on CPU ${known.cpu}`,
  ];
  const notes = [...guessNote(known, decoded), ...pairNote(known, decoded)];
  const rows: string[][] = [];
  if (known.comm !== null) rows.push(['task', task.filter(Boolean).join(', ')]);
  if (known.signal !== null) rows.push(['signal', signalName(known.signal)]);
  if (known.isOther) rows.push(['code', `${known.syndrome!}: of no meaning, as this is no memory fault`]);
  if (fsr) rows.push(['FSR', fsrText(fsr)]);
  if (esr) rows.push(...esrRows(esr, why === 'outside'));
  else {
    if (known.ec !== null) rows.push(['EC', classText(known.ec)]);
    if (known.fsc !== null) rows.push(['FSC', statusText(known.fsc)]);
  }
  rows.push(...addressRows(known, decoded, layouts));
  if (known.pgd !== null) rows.push(['pgd', `0x${known.pgd}: ${pgdText(known, architecture)}`]);
  rows.push(...registerRows(known));
  const star = architecture === 'arm' ? '*' : '';
  for (const { entry, words } of entries) rows.push([star + entry.level, `0x${entry.digits}: ${words}`]);
  return {
    facts: {
      ...head('oops', known.texts.join('\n'), context),
      architecture,
      message: known.message,
      oops_number: known.oops,
      address: known.address === null ? null : '0x' + known.address.replace(/^0x/, ''),
      access: decoded.access,
      comm: known.comm,
      pid: known.pid,
      cpu: known.cpu,
      signal: known.signal === null ? null : signalName(known.signal),
      fsr: fsr ? fsrFacts(fsr) : null,
      esr: esr ? esrFacts(esr) : null,
      control: known.control === null ? null : controlText(Number(fromHex(known.control))),
      processor_state: stateOf(known)?.words ?? null,
      poison:
        known.address === null || why === 'unrelated' || why === 'invalid'
          ? null
          : (poisonText(fromHex(known.address)) ?? null),
      ec: known.ec === null ? null : classText(known.ec),
      fsc: known.fsc === null ? null : statusText(known.fsc),
      walks: known.address === null ? [] : layouts.map(layout => layoutFacts(fromHex(known.address!), layout)),
      entries: entries.map(({ facts }) => facts),
      notes,
    },
    lines: [...wrapped('', title(known, decoded)), ...columns(rows), ...notes.flatMap(note => wrapped('  ', note))],
  };
}

function classText(ec: number): string {
  const { name, meaning } = exceptionClass(ec);
  return `${hex(ec, 2)} ${name}: ${meaning}`;
}

function statusText(fsc: number): string {
  const { name, meaning } = longFault(fsc, 'arm64');
  return `${hex(fsc, 2)}: ${name}: ${meaning}`;
}
