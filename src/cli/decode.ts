/** `taskscope decode`: words for numbers, on any machine. */
import { statTexts } from '../decode/pid-stat.ts';
import { minorText, parseRelease, type Release } from '../kernel/release.ts';
import { decodeFlags, flagTable, possibleNames, type TaskFlag } from '../kernel/task-flags.ts';

/** A flag mask as `decode --json` prints it. */
export interface DecodedMask {
  readonly kind: 'flags';
  /** The release whose table was used; null: none was given, and only names that all releases share are told. */
  readonly kernel: string | null;
  /** What was recognised. */
  readonly text: string;
  readonly raw: string;
  readonly names: readonly string[];
  readonly unknown_bits: string;
  /** Bits whose name depends on the release, when none was given. */
  readonly possible?: Readonly<Record<string, readonly string[]>>;
}

const hex = (mask: number): string => '0x' + mask.toString(16).padStart(8, '0');
const BITS = Array.from({ length: 32 }, (_, bit) => 2 ** bit);
const has = (mask: number, bit: number): boolean => Math.floor(mask / bit) % 2 === 1;

const range = ({ first, last }: TaskFlag): string =>
  last === null ? `since ${first}` : first === '2.6.32' ? `up to ${last}` : `${first} to ${last}`;

/** The `flags:` of a kernel log line: another mask than the PF_ one, which is never decoded as such. */
export interface ThreadInfoMask {
  readonly kind: 'thread_info_flags';
  readonly text: string;
  readonly raw: string;
  readonly note: string;
}

const THREAD_INFO =
  'flags: is the thread_info mask (TIF_*, another meaning on each architecture), not the PF_ mask: that is task_flags:';

/** What a text holds: PF_ masks, and thread_info masks. */
export interface Found {
  readonly masks: readonly string[];
  readonly threadInfo: readonly string[];
}

const isMask = (word: string): boolean => /^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(word) && Number(word) <= 0xffffffff;

function findInLine(line: string): Found {
  const fields = statTexts(line);
  if (fields) return { masks: [fields[8]!], threadInfo: [] };
  const masks = [...line.matchAll(/\btask_flags:\s*(0x[0-9a-f]{1,8})\b/gi)].map(match => match[1]!);
  const threadInfo = [...line.matchAll(/(?<![\w])flags:\s*(0x[0-9a-f]{1,16})\b/gi)].map(match => match[1]!);
  if (masks.length > 0 || threadInfo.length > 0) return { masks, threadInfo };
  const words = line.split(/[\s,]+/).filter(Boolean);
  // a number among other words may be anything: a pid, an address, a time
  return { masks: words.every(isMask) ? words : [], threadInfo: [] };
}

/**
 * The masks in a text: lines of nothing but numbers (hexadecimal with 0x, or decimal), `task_flags:` of a kernel log, and
 * field 9 of raw stat lines.
 */
export function findMasks(text: string): Found {
  const found = text.split('\n').map(findInLine);
  return { masks: found.flatMap(({ masks }) => masks), threadInfo: found.flatMap(({ threadInfo }) => threadInfo) };
}

export function decodeMask(text: string, release: Release | undefined): DecodedMask {
  const mask = Number(text);
  const base = { kind: 'flags' as const, text, raw: hex(mask) };
  if (release) {
    const { flags, unknownBits } = decodeFlags(mask, flagTable(release));
    return {
      ...base,
      kernel: minorText(release),
      names: flags.map(({ name }) => name),
      unknown_bits: hex(unknownBits),
    };
  }
  const names: string[] = [];
  const possible: Record<string, readonly string[]> = {};
  let unknown = 0;
  for (const bit of BITS.filter(candidate => has(mask, candidate))) {
    const known = possibleNames(bit);
    if (known.length === 0) unknown += bit;
    else if (known.length === 1 && known[0]!.last === null && known[0]!.first === '2.6.32') names.push(known[0]!.name);
    else possible[hex(bit)] = known.map(flag => `${flag.name} (${range(flag)})`);
  }
  return { ...base, kernel: null, names, unknown_bits: hex(unknown), possible };
}

function maskLines(decoded: DecodedMask, release: Release | undefined): string[] {
  const table = release && flagTable(release);
  const meaning = (name: string): string =>
    (table?.byName(name) ?? possibleNames(bitOf(name)).find(flag => flag.name === name))?.meaning ?? '';
  const lines = [
    `task flags ${decoded.raw} (${Number(decoded.raw)})${decoded.kernel ? `, Linux ${decoded.kernel}` : ''}`,
  ];
  if (Number(decoded.raw) === 0) lines.push('  no flag is set');
  for (const name of decoded.names)
    lines.push(`  ${hex(bitOf(name, table?.byName(name)?.mask))}  ${name.padEnd(22)} ${meaning(name)}`);
  for (const [bit, names] of Object.entries(decoded.possible ?? {}))
    lines.push(`  ${bit}  depends on the kernel: ${names.join(', ')}`);
  if (Number(decoded.unknown_bits) !== 0) lines.push(`  ${decoded.unknown_bits}  no name in this table`);
  if (Object.keys(decoded.possible ?? {}).length > 0) lines.push('  Say which kernel it was: --kernel 6.1');
  return lines;
}

/** The bit of a name that is the same in every release. */
const bitOf = (name: string, known?: number): number =>
  known ?? BITS.find(bit => possibleNames(bit).some(flag => flag.name === name)) ?? 0;

const NOTHING =
  'nothing recognised: give a 32-bit flag mask as 0x00400140 or 4194624, a raw stat line, or a kernel log line with task_flags:';

export type DecodeResult = { readonly text: string } | { readonly error: string };

/** Decodes all that is recognised in the input. */
export function decodeInput(input: string, kernel: string | undefined, json: boolean): DecodeResult {
  const release = kernel === undefined ? undefined : parseRelease(kernel);
  if (kernel !== undefined && !release)
    return { error: `'${kernel}' is no kernel release: write it as 4.2 or 6.1.21-v8+` };
  const found = findMasks(input);
  const masks = found.masks.map(text => decodeMask(text, release));
  const threadInfo = found.threadInfo.map((text): ThreadInfoMask => ({
    kind: 'thread_info_flags',
    text: `flags:${text}`,
    raw: text,
    note: THREAD_INFO,
  }));
  if (masks.length === 0 && threadInfo.length === 0) return { error: NOTHING };
  if (json) return { text: JSON.stringify([...masks, ...threadInfo], undefined, 2) + '\n' };
  const lines = [
    ...masks.flatMap(mask => maskLines(mask, release)),
    ...threadInfo.map(({ text, note }) => `${text}  ${note}`),
    ...(masks.length === 0 ? ['This text holds no PF_ mask.'] : []),
  ];
  return { text: lines.join('\n') + '\n' };
}
