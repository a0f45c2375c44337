/** What `taskscope decode` recognised in a text, and what decoding it needs to know. */
import { minorText, type Release } from '../kernel/release.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One thing as `decode --json` prints it: the head, then what its kind has. */
export interface Facts {
  /**
   * `stat`, `status`, `flags`, `thread_info_flags`, `signals`, `capabilities`, `tty`, `priority`, `exit_code`, `log_task`,
   * `log_freeze` or `oops`.
   */
  readonly kind: string;
  /** The minor whose tables were used (`6.1`); null: none was given, and only what all releases share is told. */
  readonly kernel: string | null;
  /** What was recognised, exactly as it stands in the text. */
  readonly text: string;
  readonly [key: string]: Json;
}

export interface Thing {
  readonly facts: Facts;
  /** The same in words, for a terminal: every line is harmless and mostly at most 120 cells wide. */
  readonly lines: readonly string[];
  /** What the lines explain; below a thing that explained the same, `again` stands instead of them. */
  readonly explains?: string;
  readonly again?: readonly string[];
  /** The release, were it known, would decide between several names. */
  readonly needsRelease?: boolean;
}

/** A thing and where in the text it begins, in UTF-16 code units. */
export interface Found {
  readonly at: number;
  readonly thing: Thing;
}

export interface Context {
  /** The release whose tables decode; undefined: not known. */
  readonly release: Release | undefined;
  /** Without it: the releases that the text names, when they are several. */
  readonly among?: readonly Release[];
}

/** What every thing begins with. */
export const head = <Kind extends string>(
  kind: Kind,
  text: string,
  { release }: Context,
): { readonly kind: Kind; readonly kernel: string | null; readonly text: string } => ({
  kind,
  kernel: release ? minorText(release) : null,
  text,
});

/** 32-bit numbers as 0x and eight digits; longer ones keep all digits. */
export const hex32 = (mask: number | bigint): string => '0x' + mask.toString(16).padStart(8, '0');
/** Addresses and 64-bit masks: 0x and what digits they have, at least `digits`. */
export const hex = (value: number | bigint, digits = 1): string => '0x' + value.toString(16).padStart(digits, '0');

/** Hexadecimal digits, with or without 0x. */
export const fromHex = (digits: string): bigint => BigInt('0x' + digits.replace(/^0x/i, ''));

export const plural = (count: number | string, one: string, many = one + 's'): string =>
  `${count} ${String(count) === '1' ? one : many}`;
