/** Small readers over the raw bytes of a procfs file. No I/O, no clock, no Node types. */

const NEWLINE = 10;
// a byte order mark is text as any other: nothing may be lost
const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes as a string of the code points of the same numbers. */
export function latin1(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let out = '';
  for (let at = start; at < end; at += 4096)
    out += String.fromCharCode(...bytes.subarray(at, Math.min(end, at + 4096)));
  return out;
}

/**
 * Bytes that a program chose (names, command lines) as text, exactly: UTF-8 where it is UTF-8, every other byte
 * 0x80…0xff as the lone surrogate U+DC80…U+DCFF, so that nothing is lost and nothing is guessed.
 */
export function exactText(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let ascii = true;
  for (let at = start; at < end; at++) {
    if (bytes[at]! >= 0x80) {
      ascii = false;
      break;
    }
  }
  if (ascii) return latin1(bytes, start, end);
  try {
    return DECODER.decode(bytes.subarray(start, end));
  } catch {
    return piecewise(bytes, start, end);
  }
}

/** Number of bytes of the valid UTF-8 sequence at `at`, or 0. */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const length =
    first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > end) return 0;
  try {
    DECODER.decode(bytes.subarray(at, at + length));
    return length;
  } catch {
    return 0;
  }
}

function piecewise(bytes: Uint8Array, start: number, end: number): string {
  let out = '';
  for (let at = start; at < end;) {
    const length = sequenceLength(bytes, at, end);
    out += length > 0 ? DECODER.decode(bytes.subarray(at, at + length)) : String.fromCharCode(0xdc00 + bytes[at]!);
    at += Math.max(1, length);
  }
  return out;
}

/** The lines of a file, without their newline; a last line without newline counts. */
export function* lines(bytes: Uint8Array): Generator<string> {
  let start = 0;
  while (start < bytes.length) {
    let end = bytes.indexOf(NEWLINE, start);
    if (end < 0) end = bytes.length;
    yield latin1(bytes, start, end);
    start = end + 1;
  }
}

/** A file of `name value…` or `name: value…` lines as a map from name to the rest of the line, trimmed. */
export function keyValues(bytes: Uint8Array): Map<string, string> {
  const out = new Map<string, string>();
  for (const line of lines(bytes)) {
    const match = /^([^\s:]+(?:\([^)]*\))?):?\s+(.*)$/.exec(line);
    if (match) out.set(match[1]!, match[2]!.trim());
  }
  return out;
}
