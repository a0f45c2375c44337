/** `taskscope decode`: words for numbers, on any machine. */
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

/** Every number in the text that can be a flag mask: hexadecimal with 0x, or decimal. */
export function findMasks(text: string): string[] {
  return text.split(/[\s,]+/).filter(word => /^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(word) && Number(word) <= 0xffffffff);
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

export type DecodeResult = { readonly text: string } | { readonly error: string };

/** Decodes all that is recognised in the input. */
export function decodeInput(input: string, kernel: string | undefined, json: boolean): DecodeResult {
  const release = kernel === undefined ? undefined : parseRelease(kernel);
  if (kernel !== undefined && !release)
    return { error: `'${kernel}' is no kernel release: write it as 4.2 or 6.1.21-v8+` };
  const masks = findMasks(input).map(text => decodeMask(text, release));
  if (masks.length === 0)
    return { error: "nothing recognised: give a flag mask as 0x00400140 or 4194624 (field 9 of a task's stat file)" };
  if (json) return { text: JSON.stringify(masks, undefined, 2) + '\n' };
  return { text: masks.flatMap(mask => maskLines(mask, release)).join('\n') + '\n' };
}
