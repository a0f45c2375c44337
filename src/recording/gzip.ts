/**
 * The members of a recording, RFC 1952 and 1951: each part is compressed by itself with the 32 KiB before it as its
 * dictionary and ends at a whole byte, so that parts put one behind the other are one stream, and a stream that was cut
 * can be ended anywhere after a part.
 *
 * The check sum of a member stands at its end, where it is missing when the file was cut. So each part ends with a line
 * that has the sum of all before it: what no sum vouches for is never taken for what was recorded.
 */
import zlib from 'node:zlib';

/** No name, no time, of no known system: 10 bytes that are found again in a damaged file. */
export const MEMBER_START = Buffer.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
/** A last, empty block; behind it the check sum and the length of what was compressed. */
const LAST_BLOCK = Buffer.of(3, 0);
/** The ends of parts: how a stored block of no length looks behind a whole byte. */
const PART_END = Buffer.of(0, 0, 0xff, 0xff);
const MEMBER_END = Buffer.concat([PART_END, LAST_BLOCK]);
const WINDOW = 1 << 15;
/** No member that is written comes near these; they bound what a made-up file can ask for. */
const MOST_MEMBER_BYTES = 256 << 20;
const MOST_RATIO = 400;

const TRAILER_BYTES = 8;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = (sum & 1) === 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  return sum;
});

function crc32(bytes: Uint8Array, before: number): number {
  // since Node 20.15
  if (typeof zlib.crc32 === 'function') return zlib.crc32(bytes, before);
  let sum = ~before;
  for (let at = 0; at < bytes.length; at++) sum = CRC_TABLE[(sum ^ bytes[at]!) & 0xff]! ^ (sum >>> 8);
  return ~sum >>> 0;
}

/** A line that ends a part: the check sum of all that stands before it in the member. */
const checkLine = (crc: number): Buffer =>
  Buffer.from(`{"type":"check","crc32":"${crc.toString(16).padStart(8, '0')}"}\n`);
const CHECK_START = Buffer.from('\n{"type":"check","crc32":"');
const CHECK_BYTES = checkLine(0).length;

/** How far check lines vouch for what was uncompressed; `holds`: none of them contradicts. */
function checked(bytes: Buffer): { readonly length: number; readonly holds: boolean } {
  let length = 0;
  let crc = 0;
  for (let at = bytes.indexOf(CHECK_START); at >= 0; at = bytes.indexOf(CHECK_START, length)) {
    const start = at + 1;
    const line = bytes.subarray(start, start + CHECK_BYTES);
    if (line.length < CHECK_BYTES) break;
    crc = crc32(bytes.subarray(length, start), crc);
    if (!line.equals(checkLine(crc))) return { length, holds: false };
    crc = crc32(line, crc);
    length = start + CHECK_BYTES;
  }
  return { length, holds: true };
}

/** A member that is being written. */
export class Member {
  #crc = 0;
  #length = 0;
  #window = Buffer.alloc(0);

  /** Bytes that were compressed. */
  get length(): number {
    return this.#length;
  }

  /** Goes on with bytes that are in the file already. */
  static of(content: Buffer): Member {
    const member = new Member();
    member.#take(content);
    return member;
  }

  /** The next part and its check line, compressed. @param lines whole ones */
  part(lines: Buffer): Buffer {
    const dictionary = this.#window;
    const part = Buffer.concat([lines, checkLine(crc32(lines, this.#crc))]);
    this.#take(part);
    const options = { finishFlush: zlib.constants.Z_SYNC_FLUSH, memLevel: 9 };
    return zlib.deflateRawSync(part, dictionary.length > 0 ? { ...options, dictionary } : options);
  }

  /** What ends the member after the last part. */
  end(): Buffer {
    return Buffer.concat([LAST_BLOCK, trailerOf(this.#crc, this.#length)]);
  }

  #take(bytes: Buffer): void {
    this.#crc = crc32(bytes, this.#crc);
    this.#length += bytes.length;
    this.#window = Buffer.from(Buffer.concat([this.#window, bytes.subarray(-WINDOW)]).subarray(-WINDOW));
  }
}

/** What could be read of a member. */
export interface Content {
  /** What is as it was written: a check sum says so. */
  readonly bytes: Buffer;
  /** Was it ended, and is all of it there? */
  readonly whole: boolean;
  /** Is some of it, or of what stands behind it, not as it was written? What was only cut off is not damaged. */
  readonly damaged: boolean;
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
const isTooLarge = (error: unknown): boolean => hasCode(error, 'ERR_BUFFER_TOO_LARGE');

/** A stream up to its last block, and how many bytes that took. @throws an error with a code */
function inflate(packed: Buffer, maxOutputLength: number): { readonly bytes: Buffer; readonly used: number } {
  const options = { maxOutputLength, info: true };
  // with `info` it says where the stream ended
  const { buffer, engine } = zlib.inflateRawSync(packed, options) as unknown as {
    readonly buffer: Buffer;
    readonly engine: { readonly bytesWritten: number };
  };
  return { bytes: buffer, used: engine.bytesWritten };
}

/**
 * @param member one member and what stands behind it up to the next, which may be cut, damaged or something else altogether.
 * @throws an error with a code when it would be larger than any that is written
 */
export function readMember(member: Buffer): Content {
  const maxOutputLength = Math.min(MOST_MEMBER_BYTES, (1 << 16) + member.length * MOST_RATIO);
  const packed = member.subarray(MEMBER_START.length);
  try {
    const { bytes, used } = inflate(packed, maxOutputLength);
    const trailer = packed.subarray(used, used + TRAILER_BYTES);
    if (trailer.equals(trailerOf(crc32(bytes, 0), bytes.length)))
      return { bytes, whole: true, damaged: !isZero(packed.subarray(used + TRAILER_BYTES)) };
    const { length, holds } = checked(bytes);
    return { bytes: bytes.subarray(0, length), whole: false, damaged: !holds || trailer.length === TRAILER_BYTES };
  } catch (error) {
    if (isTooLarge(error)) throw error;
    const bytes = longestPart(packed, maxOutputLength);
    const { length, holds } = checked(bytes);
    return { bytes: bytes.subarray(0, length), whole: false, damaged: !holds || !isCut(packed, maxOutputLength) };
  }
}

function trailerOf(crc: number, length: number): Buffer {
  const bytes = Buffer.alloc(TRAILER_BYTES);
  bytes.writeUInt32LE(crc, 0);
  bytes.writeUInt32LE(length % 2 ** 32, 4);
  return bytes;
}

const isZero = (bytes: Buffer): boolean => bytes.every(byte => byte === 0);

/** Does a stream only lack its end? Zeros in place of it are what a file system leaves after a power loss. */
function isCut(packed: Buffer, maxOutputLength: number): boolean {
  if (packed.subarray(-(MEMBER_END.length + TRAILER_BYTES), -TRAILER_BYTES).equals(MEMBER_END)) return false;
  let end = packed.length;
  while (end > 0 && packed[end - 1] === 0) end--;
  return [packed.length, end].some(length => {
    try {
      inflate(packed.subarray(0, length), maxOutputLength);
      return false;
    } catch (error) {
      return hasCode(error, 'Z_BUF_ERROR');
    }
  });
}

/** All that can be uncompressed from the beginning on. */
function longestPart(bytes: Buffer, maxOutputLength: number): Buffer {
  const options = { maxOutputLength, finishFlush: zlib.constants.Z_SYNC_FLUSH };
  const first = (length: number): Buffer | undefined => {
    try {
      return zlib.inflateRawSync(bytes.subarray(0, length), options);
    } catch (error) {
      if (isTooLarge(error)) throw error;
      return undefined;
    }
  };
  let good: Buffer = Buffer.alloc(0);
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = low === 0 && high === bytes.length ? high : Math.ceil((low + high) / 2);
    const got = first(middle);
    if (got) {
      good = got;
      low = middle;
    } else high = middle - 1;
  }
  return good;
}

/**
 * Where a member that was cut can be gone on with: after the last part that is whole and as it was written.
 * @returns how much of it stays, and what that is uncompressed; undefined: nothing of it does.
 */
export function wholeParts(bytes: Buffer): { readonly length: number; readonly content: Buffer } | undefined {
  const start = MEMBER_START.length;
  for (let at = bytes.lastIndexOf(PART_END); at >= start; at = bytes.lastIndexOf(PART_END, at - 1)) {
    const length = at + PART_END.length;
    try {
      const content = zlib.inflateRawSync(bytes.subarray(start, length), {
        maxOutputLength: MOST_MEMBER_BYTES,
        finishFlush: zlib.constants.Z_SYNC_FLUSH,
      });
      if (content.length > 0 && checked(content).length === content.length) return { length, content };
    } catch {
      // damaged before this place: look further ahead
    }
  }
  return undefined;
}
