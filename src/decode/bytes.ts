/** Small readers over the raw bytes of a procfs file. No I/O, no clock, no Node types. */

const NEWLINE = 10;

/** What comes of files is a Buffer, where the program runs: that does at once what takes a turn for each byte here. */
interface Native extends Uint8Array {
  latin1Slice?(start: number, end: number): string;
  equals?(other: Uint8Array): boolean;
}

/** Bytes as a string of the code points of the same numbers. */
export function latin1(bytes: Native, start = 0, end = bytes.length): string {
  if (bytes.latin1Slice) return bytes.latin1Slice(start, end);
  let out = '';
  for (let at = start; at < end; at += 4096)
    // apply takes a typed array as it is; spreading it would make a list of it first
    out += String.fromCharCode.apply(null, bytes.subarray(at, Math.min(end, at + 4096)) as unknown as number[]);
  return out;
}

export function sameBytes(a: Native, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  if (a.equals) return a.equals(b);
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/**
 * Bytes that a program chose (names, command lines) as text, exactly: UTF-8 where it is UTF-8, every other byte
 * 0x80…0xff as the lone surrogate U+DC80…U+DCFF, so that nothing is lost and nothing is guessed.
 */
export function exactText(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let at = start;
  while (at < end && bytes[at]! < 0x80) at++;
  let out = latin1(bytes, start, at);
  while (at < end) {
    const code = codePointAt(bytes, at, end);
    out += code < 0 ? String.fromCharCode(0xdc00 + bytes[at]!) : String.fromCodePoint(code);
    at += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return out;
}

/** The code point of the UTF-8 sequence at `at`; -1 when there is none (RFC 3629: shortest form, no surrogates). */
function codePointAt(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return first;
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > end) return -1;
  let code = first & (0x7f >> length);
  for (let next = at + 1; next < at + length; next++) {
    if ((bytes[next]! & 0xc0) !== 0x80) return -1;
    code = (code << 6) | (bytes[next]! & 0x3f);
  }
  const shortest = length === 2 ? 0x80 : length === 3 ? 0x800 : 0x10000;
  return code < shortest || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? -1 : code;
}

/**
 * The lines of a file, without their newline. The kernel ends every line with one: what stands behind the last is a line that
 * was cut, and its last number perhaps a piece of one.
 */
export function* lines(bytes: Uint8Array): Generator<string> {
  for (let start = 0, end = 0; (end = bytes.indexOf(NEWLINE, start)) >= 0; start = end + 1)
    yield latin1(bytes, start, end);
}

/** The same as one text, with its newlines. */
export const wholeLines = (bytes: Uint8Array): string => latin1(bytes, 0, bytes.lastIndexOf(NEWLINE) + 1);

/** A file of `name value…` or `name: value…` lines as a map from name to the rest of the line, trimmed. */
export function keyValues(bytes: Uint8Array): Map<string, string> {
  const out = new Map<string, string>();
  for (const line of lines(bytes)) {
    const match = /^([^\s:]+(?:\([^)]*\))?):?\s+(.*)$/s.exec(line);
    if (match) out.set(match[1]!, match[2]!.trim());
  }
  return out;
}
