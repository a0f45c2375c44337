/**
 * The members of a recording, RFC 1952 and 1951: each part is compressed by itself with the 32 KiB before it as its
 * dictionary and ends at a whole byte, so that parts put one behind the other are one stream, and a stream that was cut
 * can be ended anywhere after a part.
 */
import zlib from 'node:zlib';

/** No name, no time, of no known system: 10 bytes that are found again in a damaged file. */
export const MEMBER_START = Buffer.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
/** A last, empty block, then the check sum and the length of what was compressed. */
const END_BYTES = 10;
const WINDOW = 1 << 15;
/** No member that is written comes near these; they bound what a made-up file can ask for. */
const MOST_MEMBER_BYTES = 256 << 20;
const MOST_RATIO = 400;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = (sum & 1) === 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  return sum;
});

function crc32(bytes: Uint8Array, before: number): number {
  let sum = ~before;
  for (let at = 0; at < bytes.length; at++) sum = CRC_TABLE[(sum ^ bytes[at]!) & 0xff]! ^ (sum >>> 8);
  return ~sum >>> 0;
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

  /** The next part, compressed. */
  part(bytes: Buffer): Buffer {
    const dictionary = this.#window;
    this.#take(bytes);
    const options = { finishFlush: zlib.constants.Z_SYNC_FLUSH, memLevel: 9 };
    return zlib.deflateRawSync(bytes, dictionary.length > 0 ? { ...options, dictionary } : options);
  }

  /** What ends the member after the last part. */
  end(): Buffer {
    const bytes = Buffer.alloc(END_BYTES);
    bytes[0] = 3;
    bytes.writeUInt32LE(this.#crc, 2);
    bytes.writeUInt32LE(this.#length % 2 ** 32, 6);
    return bytes;
  }

  #take(bytes: Buffer): void {
    this.#crc = crc32(bytes, this.#crc);
    this.#length += bytes.length;
    this.#window = Buffer.from(Buffer.concat([this.#window, bytes.subarray(-WINDOW)]).subarray(-WINDOW));
  }
}

/** What could be read of a member. */
export interface Content {
  readonly bytes: Buffer;
  /** Was it ended, and do its check sum and length hold? */
  readonly whole: boolean;
}

const isTooLarge = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';

/**
 * @param bytes of one member, which may be cut, damaged or something else altogether.
 * @throws an error with a code when it would be larger than any that is written
 */
export function readMember(bytes: Buffer): Content {
  const maxOutputLength = Math.min(MOST_MEMBER_BYTES, (1 << 16) + bytes.length * MOST_RATIO);
  try {
    return { bytes: zlib.gunzipSync(bytes, { maxOutputLength }), whole: true };
  } catch (error) {
    if (isTooLarge(error)) throw error;
    return { bytes: longestPart(bytes.subarray(MEMBER_START.length), maxOutputLength), whole: false };
  }
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

/** The ends of parts: how a stored block of no length looks behind a whole byte. */
const PART_END = Buffer.of(0, 0, 0xff, 0xff);

/**
 * Where a member that was cut can be gone on with: after the last part that is whole and ends with a newline.
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
      if (content.at(-1) === 10) return { length, content };
    } catch {
      // damaged before this place: look further ahead
    }
  }
  return undefined;
}
