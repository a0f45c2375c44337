/**
 * `/proc/[pid]/status`: `Key:\tvalue` lines. Keys come and go between kernels, so every key is kept, known or not.
 *
 * @see proc_pid_status(5); kernel `fs/proc/array.c`, `proc_pid_status`.
 */
import { latin1, lines } from './bytes.ts';

/** String.trim() would take the byte 0xa0, the last of many a UTF-8 letter. */
const trimmed = (value: string): string => value.replace(/^[ \t]+|[ \t]+$/g, '');

/**
 * One value out of the raw file, without reading the others: the text after `Key:` up to the end of its line, trimmed.
 * `undefined`: the file has no such key (another kernel, a kernel thread, a zombie).
 */
export function statusValue(bytes: Uint8Array, key: string): string | undefined {
  const end = bytes.length;
  let at = 0;
  while (at < end) {
    let same = 0;
    while (same < key.length && bytes[at + same] === key.charCodeAt(same)) same++;
    const newline = bytes.indexOf(10, at);
    if (newline < 0) return undefined;
    if (same === key.length && bytes[at + same] === 58) return trimmed(latin1(bytes, at + same + 1, newline));
    at = newline + 1;
  }
  return undefined;
}

/** Every key of the file with its value as text, in the order of the file. */
export function decodeStatus(bytes: Uint8Array): Map<string, string> {
  const out = new Map<string, string>();
  for (const line of lines(bytes)) {
    const colon = line.indexOf(':');
    if (colon > 0) out.set(line.slice(0, colon), trimmed(line.slice(colon + 1)));
  }
  return out;
}

/** `12345 kB` → bytes (the kernel's kB are 1,024 bytes); a bare number stays; other text is undefined. */
export function statusNumber(value: string): number | undefined {
  const match = /^(\d{1,20})( kB)?$/.exec(value);
  return match ? Number(match[1]) * (match[2] ? 1024 : 1) : undefined;
}
