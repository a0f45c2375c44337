/** PF_ masks, by release or with all names that a bit ever had. */
import {
  decodeFlags,
  flagTable,
  possibleNames,
  VENDOR_FLAGS,
  type FlagTable,
  type TaskFlag,
} from '../kernel/task-flags.ts';
import { isBetween, minorText, type Release } from '../kernel/release.ts';
import { columns, wrapped } from './layout.ts';
import { head, hex32, type Context, type Thing } from './thing.ts';

/** A mask taken apart. */
export interface FlagNames {
  /** Without a release only the names that all of them share. */
  readonly names: readonly string[];
  readonly unknown_bits: string;
  /** Without a release: bits whose name depends on it, with all their names. */
  readonly possible?: Readonly<Record<string, readonly string[]>>;
}

const BITS = Array.from({ length: 32 }, (_, n) => 2 ** n);
const has = (mask: number, bit: number): boolean => Math.floor(mask / bit) % 2 === 1;

const range = ({ first, last }: TaskFlag): string =>
  last === null ? `since ${first}` : first === '2.6.32' ? `up to ${last}` : `${first} to ${last}`;

/** Releases that a text can be of, when it does not say which: both ends included, null is open. */
export interface Span {
  readonly first: string;
  readonly last: string | null;
  /** What in the text says so. */
  readonly because?: string;
}

/** sched_show_task() prints `task_flags:` since 6.14; 6.13 does not. */
export const TASK_FLAGS_LINE: Span = { first: '6.14', last: null, because: 'task_flags: is printed since Linux 6.14' };

const ANY_RELEASE: Span = { first: '2.6.32', last: null };

const overlaps = (flag: TaskFlag, span: Span): boolean =>
  (span.last === null || isBetween(flag.first, null, span.last)) &&
  (flag.last === null || isBetween(flag.last, span.first, null));

const covers = (flag: TaskFlag, span: Span): boolean =>
  isBetween(span.first, flag.first, null) &&
  (flag.last === null || (span.last !== null && isBetween(span.last, null, flag.last)));

/** One order wherever flags are told: lowest bit first. */
const byBit = (flags: readonly TaskFlag[]): readonly TaskFlag[] => flags.toSorted((a, b) => a.mask - b.mask);

/**
 * `comm` decides about flags that a backport may have brought. Without a release, `span` or, when the text names
 * several, `among` narrows what a bit can be.
 */
export function flagNames(
  mask: number,
  release: Release | undefined,
  comm?: string,
  span = ANY_RELEASE,
  among: readonly Release[] = [],
): FlagNames {
  if (release) {
    const { flags, unknownBits } = decodeFlags(mask, flagTable(release), comm);
    return { names: byBit(flags).map(({ name }) => name), unknown_bits: hex32(unknownBits) };
  }
  const names: string[] = [];
  const possible: Record<string, readonly string[]> = {};
  let unknown = 0;
  for (const bit of BITS.filter(candidate => has(mask, candidate))) {
    const known = among.length > 0 ? namesAmong(bit, among) : namesWithin(bit, span);
    if (known.length === 0) unknown += bit;
    else if (known.length === 1 && known[0]!.when === null) names.push(known[0]!.name);
    else possible[hex32(bit)] = known.map(({ name, when }) => (when === null ? name : `${name} (${when})`));
  }
  return { names, unknown_bits: hex32(unknown), possible };
}

/** A name of a bit; `when`: only some of the releases have it. */
interface BitName {
  readonly name: string;
  readonly when: string | null;
}

function namesWithin(bit: number, span: Span): BitName[] {
  const known = possibleNames(bit).filter(flag => overlaps(flag, span));
  const isAlone = known.length === 1 && covers(known[0]!, span);
  return known.map(flag => ({ name: flag.name, when: isAlone ? null : range(flag) }));
}

function namesAmong(bit: number, releases: readonly Release[]): BitName[] {
  const minors = new Map<string, string[]>();
  for (const release of releases) {
    const name = flagTable(release).byMask(bit)?.name;
    if (name !== undefined) minors.set(name, [...(minors.get(name) ?? []), minorText(release)]);
  }
  return [...minors].map(([name, of]) => ({
    name,
    when: of.length === releases.length ? null : of.join(', '),
  }));
}

const ANY_TABLE = BITS.flatMap(bit => possibleNames(bit));

/** The flag of a name that {@link flagNames} gave. */
const flagOf = (name: string, table: FlagTable | undefined): TaskFlag | undefined =>
  table?.byName(name) ?? ANY_TABLE.findLast(flag => flag.name === name);

const vendors = (bits: number): string =>
  VENDOR_FLAGS.filter(({ mask }) => has(bits, mask))
    .map(({ name, note }) => `; ${name} in ${note}`)
    .join('');

/** The set bits, one a row, lowest first: bit, name, meaning. */
export function flagRows(decoded: FlagNames, { release }: Context): string[][] {
  const table = release && flagTable(release);
  const rows = decoded.names.map(name => {
    const flag = flagOf(name, table);
    return [hex32(flag?.mask ?? 0), name, flag?.meaning ?? ''];
  });
  for (const [bit, names] of Object.entries(decoded.possible ?? {}))
    rows.push([bit, 'depends on the kernel:', names.join(', ')]);
  const unknown = Number(decoded.unknown_bits);
  if (unknown !== 0) rows.push([decoded.unknown_bits, 'no name in this table', vendors(unknown).slice(2)]);
  return rows.toSorted((a, b) => Number(a[0]) - Number(b[0]));
}

/** What must be said of a release that no table is of. */
export function tableNote(release: Release | undefined): string | undefined {
  const table = release && flagTable(release);
  if (table?.newerThanKnown) return `no table for ${release!.text}: decoded as ${table.release}, the newest known`;
  return table?.olderThanKnown
    ? `no table for ${release!.text}: decoded as ${table.release}, the oldest known`
    : undefined;
}

/** A mask as one thing; `text` is how it was written: hexadecimal with 0x, or decimal. */
export function flagsThing(text: string, context: Context, comm?: string, span?: Span): Thing {
  const mask = Number(text);
  const decoded = flagNames(mask, context.release, comm, span, context.among);
  const because = narrowed(mask, decoded, context, comm, span);
  const facts = { ...head('flags', text, context), raw: hex32(mask), ...decoded };
  return {
    facts,
    needsRelease: needsRelease(decoded),
    lines: [
      `task flags ${facts.raw} (${mask})${facts.kernel === null ? '' : `, Linux ${facts.kernel}`}`,
      ...(mask === 0 ? ['  no flag is set'] : columns(flagRows(decoded, context))),
      ...(because === undefined ? [] : wrapped('  ', because)),
    ],
  };
}

/** Why fewer names are possible than the mask alone says. */
export function narrowed(
  mask: number,
  decoded: FlagNames,
  { release, among }: Context,
  comm?: string,
  span?: Span,
): string | undefined {
  if (release || among?.length || span?.because === undefined) return undefined;
  const all = flagNames(mask, undefined, comm);
  return JSON.stringify(all) === JSON.stringify(decoded)
    ? undefined
    : `Names of other releases are left out: ${span.because}.`;
}

/** Whether a release would tell more. */
export const needsRelease = ({ possible }: FlagNames): boolean => Object.keys(possible ?? {}).length > 0;

const THREAD_INFO = 'flags: is the thread_info mask (TIF_*, per architecture), not the PF_ mask: that is task_flags:';

/** The `flags:` of a kernel log line: another mask than the PF_ one, which is never decoded as such. */
export const threadInfoThing = (raw: string, text: string, context: Context): Thing => ({
  facts: { ...head('thread_info_flags', text, context), raw, note: THREAD_INFO },
  lines: wrapped(`${text}  `, THREAD_INFO),
  explains: 'thread_info',
  again: wrapped('', `${text}  thread_info mask`),
});
