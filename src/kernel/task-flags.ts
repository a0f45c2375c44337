/**
 * Decoding of PF_ masks by release: the same bit had several names, and the same name several bits.
 */
import { isBetween, minorText, NEWEST_KNOWN, OLDEST_KNOWN, releaseNumber } from './release.ts';
import type { Release } from './release.ts';
import { BACKPORTED_FLAGS, TASK_FLAGS } from './task-flag-data.ts';
import type { BackportedFlag, TaskFlag } from './task-flag-data.ts';

export { TASK_FLAGS, VENDOR_FLAGS } from './task-flag-data.ts';
export type { TaskFlag } from './task-flag-data.ts';

/** The flags of one release. A mask is a number whose low 32 bits count, signed or not. */
export interface FlagTable {
  /** The minor the table is of: `6.18`. */
  readonly release: string;
  /** The release asked for is outside of what was read; the nearest table stands in. */
  readonly newerThanKnown: boolean;
  readonly olderThanKnown: boolean;
  /** In order of interest: what the task is, what happens to it, then by bit. */
  readonly flags: readonly TaskFlag[];
  /** The bits that have a name, unsigned. */
  readonly knownBits: number;
  byMask(mask: number): TaskFlag | undefined;
  /** Exact name with `PF_`. */
  byName(name: string): TaskFlag | undefined;
  /** This table, or the one with the flags that a backport may have brought to a task of this comm. */
  forTask(mask: number, comm: string | undefined): FlagTable;
  /** {@link flagLetters} without a comm. */
  letters(mask: number): string;
}

export interface DecodedFlags {
  /** In order of interest. */
  readonly flags: readonly TaskFlag[];
  /** Set bits without a name, unsigned. */
  readonly unknownBits: number;
}

const INTEREST = 'KWIUVQCiXGDpMFOPywSNR';
const MAX_CACHED_STRIPS = 1024;

/** The table of a release, the same object each time. */
export function flagTable(release: Release): FlagTable {
  const wanted = releaseNumber(release);
  const known = Math.min(Math.max(wanted, OLDEST - 1), NEWEST + 1);
  let table = tables.get(known);
  if (table === undefined) {
    table = tableOf(known < OLDEST ? OLDEST_KNOWN : known > NEWEST ? NEWEST_KNOWN : minorText(release), known);
    tables.set(known, table);
  }
  return table;
}

/**
 * Takes a mask apart; nothing is lost: the masks and unknownBits together are the mask again.
 * `comm` decides about backported flags (kcompactd on 6.12 and 6.13).
 */
export function decodeFlags(mask: number, table: FlagTable, comm?: string): DecodedFlags {
  const known = table.forTask(mask, comm);
  return {
    flags: known.flags.filter(flag => (mask & flag.mask) !== 0),
    unknownBits: (mask & ~known.knownBits) >>> 0,
  };
}

/** The set bits' letters, in order of interest; one `?` at the end for all unknown bits. Cached by mask. */
export function flagLetters(mask: number, table: FlagTable, comm?: string): string {
  return table.forTask(mask, comm).letters(mask);
}

/** `KTHREAD`, `pf_kthread` → 0x00200000; undefined when this release has no such flag. */
export function flagNameToMask(name: string, table: FlagTable): number | undefined {
  const full = `PF_${name.trim().toUpperCase().replace(/^PF_/, '')}`;
  const backported = BACKPORTED_FLAGS.find(
    flag => flag.name === full && isBetween(table.release, flag.first, flag.last),
  );
  return (table.byName(full) ?? backported)?.mask;
}

/** Every mainline name that a bit ever had, oldest first: for a mask of an unknown release. */
export function possibleNames(mask: number): readonly TaskFlag[] {
  return TASK_FLAGS.filter(flag => flag.mask === mask >>> 0);
}

const OLDEST = releaseNumber(OLDEST_KNOWN);
const NEWEST = releaseNumber(NEWEST_KNOWN);
const tables = new Map<number, FlagTable>();

function tableOf(release: string, wanted: number): FlagTable {
  const flags = TASK_FLAGS.filter(flag => isBetween(release, flag.first, flag.last));
  const backports = BACKPORTED_FLAGS.filter(flag => isBetween(release, flag.first, flag.last));
  return makeTable({ release, newerThanKnown: wanted > NEWEST, olderThanKnown: wanted < OLDEST }, flags, backports);
}

function makeTable(
  head: Pick<FlagTable, 'release' | 'newerThanKnown' | 'olderThanKnown'>,
  members: readonly TaskFlag[],
  backports: readonly BackportedFlag[],
): FlagTable {
  const flags = members.toSorted((a, b) => rank(a) - rank(b));
  const masks = new Map(flags.map(flag => [flag.mask, flag]));
  const names = new Map(flags.map(flag => [flag.name, flag]));
  const knownBits = flags.reduce((bits, flag) => bits | flag.mask, 0) >>> 0;
  const strips = new Map<number, string>();
  const extended = backports.length === 0 ? undefined : makeTable(head, [...flags, ...backports.map(mainline)], []);

  const table: FlagTable = {
    ...head,
    flags,
    knownBits,
    byMask: mask => masks.get(mask >>> 0),
    byName: name => names.get(name),
    forTask(mask, comm) {
      if (extended === undefined || comm === undefined) return table;
      return backports.some(flag => (mask & flag.mask) !== 0 && comm.startsWith(flag.comm)) ? extended : table;
    },
    letters(mask) {
      let strip = strips.get(mask);
      if (strip === undefined) {
        const { flags: set, unknownBits } = decodeFlags(mask, table);
        strip = set.map(flag => flag.letter).join('') + (unknownBits === 0 ? '' : '?');
        if (strips.size >= MAX_CACHED_STRIPS) strips.clear();
        strips.set(mask, strip);
      }
      return strip;
    },
  };
  return table;
}

function rank(flag: TaskFlag): number {
  const place = INTEREST.indexOf(flag.letter);
  return place === -1 ? INTEREST.length + Math.log2(flag.mask) : place;
}

function mainline(backport: BackportedFlag): TaskFlag {
  const { name, mask } = backport;
  const flag = TASK_FLAGS.find(known => known.name === name && known.mask === mask);
  if (flag === undefined) throw new Error(`${name} is no mainline flag`);
  return flag;
}
