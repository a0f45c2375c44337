/** Text that the kernel wrote with escapes, back to the bytes that were meant, and these as exact text. */
import { exactText } from './bytes.ts';

/** The exact text of bytes that were read as code points of the same numbers. */
export function exactOf(latin1: string): string {
  if (/^[\x00-\x7f]*$/.test(latin1)) return latin1;
  return exactText(Uint8Array.from(latin1, character => character.charCodeAt(0)));
}

/** `\x1b` and the like, as in /dev/kmsg. */
export const fromHexEscapes = (latin1: string): string => exactOf(decoded(latin1, /\\x([0-9a-f]{2})/g, 16));

/** `\040` and the like, as in mountinfo (a blank, tab, newline, `#`, backslash). */
export const fromOctalEscapes = (latin1: string): string => exactOf(decoded(latin1, /\\([0-3][0-7]{2})/g, 8));

const decoded = (text: string, escape: RegExp, base: number): string =>
  text.replace(escape, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, base)));
