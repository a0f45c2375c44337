/** Bytes that nobody expects: any at all, and files of a kernel that were cut, torn, repeated, swapped and blown up. */
import fc from 'fast-check';

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, character => character.charCodeAt(0) & 0xff);

/** What a parser stumbles over. */
const SHARDS: readonly Uint8Array[] = [
  ...[
    '\n',
    '\r\n',
    ' ',
    '\t',
    ':',
    '-',
    '(',
    ')',
    '/',
    '=',
    '\0',
    '\xff',
    '\xa0',
    '\x85',
    '\x1b]0;x\x07',
    '\\x0a',
    '\\012',
  ],
  ...['0', '-1', '007', '1e9', '0x1', 'NaN', 'Infinity', '9'.repeat(19), '9'.repeat(25), '9'.repeat(400), '4294967295'],
  ...['18446744073709551615', '9007199254740993', 'f'.repeat(16), 'f'.repeat(40), ' kB', '__proto__', 'constructor'],
  ...['(deleted)', 'x'.repeat(5000), '1 '.repeat(2000), '\n'.repeat(1000), '(('.repeat(500), '\u00e2\u0080\u00ae'],
].map(latin1);

const place = fc.double({ min: 0, max: 1, noNaN: true });
const shard = fc.oneof(fc.constantFrom(...SHARDS), fc.uint8Array({ maxLength: 12 }));

type Edit = (bytes: Uint8Array) => Uint8Array;
const at = (bytes: Uint8Array, where: number): number => Math.floor(where * (bytes.length + 1));
const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

const edit: fc.Arbitrary<Edit> = fc.oneof(
  place.map(
    (where): Edit =>
      bytes =>
        bytes.subarray(0, at(bytes, where)),
  ),
  place.map(
    (where): Edit =>
      bytes =>
        bytes.subarray(at(bytes, where)),
  ),
  fc.tuple(place, shard).map(
    ([where, piece]): Edit =>
      bytes =>
        joined(bytes.subarray(0, at(bytes, where)), piece, bytes.subarray(at(bytes, where))),
  ),
  fc.tuple(place, shard).map(
    ([where, piece]): Edit =>
      bytes =>
        joined(bytes.subarray(0, at(bytes, where)), piece, bytes.subarray(at(bytes, where) + piece.length)),
  ),
  fc.tuple(place, place).map(([from, to]): Edit => bytes => {
    const part = bytes.subarray(at(bytes, Math.min(from, to)), at(bytes, Math.max(from, to)));
    return joined(bytes, part, part.subarray(0, 4096));
  }),
  fc.tuple(place, fc.integer({ min: 0, max: 255 })).map(([where, byte]): Edit => bytes => {
    const out = Uint8Array.from(bytes);
    if (out.length > 0) out[Math.min(out.length - 1, at(bytes, where))] = byte;
    return out;
  }),
);

/** Any bytes, or one of these files after up to five accidents. */
export const hostileBytes = (files: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
    { weight: 1, arbitrary: fc.array(shard, { maxLength: 12 }).map(pieces => joined(...pieces)) },
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.constantFrom(...files), fc.array(edit, { maxLength: 5 }))
        .map(([file, edits]) => edits.reduce((bytes, change) => change(bytes), file)),
    },
  );

/** The same as text: every byte a character of its number. */
export const hostileText = (files: readonly string[]): fc.Arbitrary<string> =>
  hostileBytes(files.map(text => new TextEncoder().encode(text))).map(bytes => Buffer.from(bytes).toString('utf8'));

/** A file blown up to so many bytes, by repeating it and by one endless line. */
export function huge(file: Uint8Array, length = 1 << 20): readonly Uint8Array[] {
  const repeated = new Uint8Array(length);
  for (let start = 0; start < length && file.length > 0; start += file.length)
    repeated.set(file.subarray(0, length - start), start);
  const oneLine = repeated.map(byte => (byte === 10 ? 32 : byte));
  return [repeated, oneLine, new Uint8Array(length).fill(57), new Uint8Array(length).fill(32), new Uint8Array(length)];
}
