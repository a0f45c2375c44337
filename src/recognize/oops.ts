/** Memory faults of arm and arm64 kernels in words: the fault register, the address, the page-table entries. */
import { decodeEsr, decodeFsr, exceptionClass, longFault, type Esr, type Fsr } from '../kernel/arm-faults.ts';
import { addressKind, PAGE_TABLE_LAYOUTS, splitAddress, type PageTableLayout } from '../kernel/page-tables.ts';
import { isBetween } from '../kernel/release.ts';
import { signalName } from '../kernel/signals.ts';
import { entryText, entryWords, type EntryFormat } from './arm-entries.ts';
import { columns, wrapped } from './layout.ts';
import { isFsr, type Entry, type Fault } from './oops-lines.ts';
import { fromHex, head, hex, hex32, type Context, type Json, type Thing } from './thing.ts';

type Architecture = 'arm' | 'arm64' | null;

function architectureOf(known: Fault): Architecture {
  const isWide = known.entries.some(({ digits }) => digits.length === 16);
  if (known.esr !== null || known.ec !== null || known.fsc !== null || known.vaBits !== null || isWide) return 'arm64';
  if (known.saysArm || known.fsr !== null || known.entries.length > 0) return 'arm';
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
  const fsr = fsrDigits === null ? undefined : { raw: fromHex(fsrDigits), is: decodeFsr(Number(fromHex(fsrDigits))) };
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
  parts.push(is.instruction ? 'on an instruction fetch' : is.write ? 'on a write (WnR)' : 'on a read');
  if (is.cacheMaintenance) parts.push('CM: by cache maintenance');
  if (is.external) parts.push('ExT: defined by the processor (often: the answer was SLVERR, not DECERR)');
  parts.push(is.format === 'long-descriptor' ? 'bit 9 set: LPAE tables' : 'bit 9 clear: short-descriptor tables');
  return `${hex(raw, 3)}: ${parts.join('; ')}`;
}

function esrRows({ raw, is }: NonNullable<Decoded['esr']>): string[][] {
  const { ec, abort } = is;
  const rows = [
    [
      'ESR',
      `${hex(raw, 8)}: EC ${hex(ec.ec, 2)} ${ec.name}: ${ec.meaning}; IL: ${is.instructionBits} bit; ISS ${hex(is.iss, 7)}`,
    ],
  ];
  if (is.brk !== undefined)
    rows.push(['BRK', `immediate ${hex(is.brk, 3)}${is.brk === 0x800 ? ': BUG() or WARN()' : ''}`]);
  if (!abort) return rows;
  rows.push(['FSC', `${hex(abort.fsc, 2)}: ${abort.name}: ${abort.meaning}`]);
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

function addressRows(known: Fault, decoded: Decoded, layouts: readonly PageTableLayout[]): string[][] {
  if (known.address === null) return [];
  const address = fromHex(known.address);
  const shown = '0x' + known.address.replace(/^0x/, '');
  const rows: string[][] = [];
  const [only] = layouts;
  const near = address < 4096n ? `${hex(address)} bytes beyond NULL: a member or element of a NULL pointer` : '';
  const kind =
    decoded.architecture === 'arm64' && layouts.length === 1 ? addressKind(splitAddress(address, only!), only!) : '';
  rows.push(['address', [shown, near || kind].filter(Boolean).join(': ')]);
  if (decoded.architecture === null)
    rows.push(['', 'arm64 or another 64-bit architecture: the line does not say, so the address is not split']);
  else if (layouts.length === 0) rows.push(['', 'no page-table layout is known that it fits']);
  for (const layout of layouts) {
    const name = layouts.length === 1 ? '' : `${layout.id}: `;
    rows.push([rows.length === 1 ? 'walk' : '', `${name}${indexText(address, layout)}`]);
  }
  if (layouts.length > 1)
    rows.push([
      '',
      `the text does not say which: ${decoded.architecture === 'arm64' ? "the line 'swapper pgtable: 4k pages, 39-bit VAs' would" : 'entries of 64 bits and *pmd would mean LPAE'}`,
    ]);
  return rows;
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

function title(known: Fault, { architecture, access }: Decoded): string {
  const where =
    known.signal === null && !known.message?.endsWith('in user mode') ? 'kernel fault' : 'fault of a program';
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
  const layouts = known.address === null ? [] : layoutsOf(known, decoded, context);
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
  if (esr) rows.push(...esrRows(esr));
  else {
    if (known.ec !== null) rows.push(['EC', classText(known.ec)]);
    if (known.fsc !== null) rows.push(['FSC', statusText(known.fsc)]);
  }
  rows.push(...addressRows(known, decoded, layouts));
  if (known.pgd !== null) rows.push(['pgd', `0x${known.pgd}: ${pgdText(known, architecture)}`]);
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
