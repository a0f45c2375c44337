/**
 * Writes a recording. What is in the file stays as it is: everything is appended, and a member that a power loss or a
 * kill left open is ended after its last whole part before anything follows it.
 */
import fs from 'node:fs';
import { Member, MEMBER_START, readMember, wholeParts } from './gzip.ts';
import { parseHeader, type RecordingHeader, whyApart } from './header.ts';
import { memberStarts, readPart } from './members.ts';

/** A member ends after so many samples, or so much text, or twice its key frame where that is long. */
const MEMBER_SAMPLES = 100;
const MEMBER_BYTES = 8 << 20;
/** Parts are kept back until they are so long or so old: an SD card is written in large blocks. */
const FLUSH_BYTES = 1 << 16;
const FLUSH_MS = 10_000;

const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = fs.constants;

/** What goes wrong with the file while it is written; a sentence for the user. */
export class RecordingError extends Error {}

const WHY: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: free some space, or bound it with --max-size',
  EDQUOT: 'the quota is used up: free some space, or bound it with --max-size',
  EFBIG: 'the file may not grow any more (ulimit -f, or the file system): bound it with --max-size',
  EROFS: 'the file system is read-only: choose another place',
  EACCES: 'not permitted: choose another place',
  EPERM: 'not permitted: choose another place',
  ENOENT: 'there is no such folder: create it, or choose another place',
  ENOTDIR: 'there is no such folder: create it, or choose another place',
  EISDIR: 'that is a folder: name a file in it',
  ELOOP: 'it is a symbolic link: name the file itself',
  ENXIO: 'it is no ordinary file: choose another name',
  EIO: 'the device reports an error: choose another place',
};

function failed(file: string, error: unknown): RecordingError {
  if (error instanceof RecordingError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return new RecordingError(`cannot write ${file}: ${WHY[code] ?? `${code}: choose another place`}`);
}

export interface WriterOptions {
  /** Two segments of half of it; undefined: no bound. */
  readonly maxBytes?: number | undefined;
  /** Milliseconds of any clock that goes forward. */
  readonly now: () => number;
}

export class RecordingWriter {
  /** Of this run: samples, and bytes that they took. */
  samples = 0;
  bytes = 0;
  readonly #file: string;
  readonly #header: RecordingHeader;
  readonly #options: WriterOptions;
  #handle: number;
  /** Bytes in the file. */
  #size: number;
  #member: Member | undefined;
  #memberSamples = 0;
  #keyBytes = 0;
  /** The longest part: what the next one may take. */
  #longest = 0;
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #flushedMs: number;
  /** Ends the member as it is in the file. */
  #endOfFlushed: Buffer | undefined;

  private constructor(file: string, header: RecordingHeader, options: WriterOptions, handle: number, size: number) {
    this.#file = file;
    this.#header = header;
    this.#options = options;
    this.#handle = handle;
    this.#size = size;
    this.#flushedMs = options.now();
  }

  /** Creates the file, or goes on with a recording of the same machine. @throws RecordingError */
  static open(file: string, header: RecordingHeader, options: WriterOptions): RecordingWriter {
    let handle: number | undefined;
    try {
      if (options.maxBytes !== undefined) checkReplaceable(olderSegment(file));
      handle = openExisting(file);
      if (handle === undefined) return new RecordingWriter(file, header, options, create(file), 0).#begin('');
      const size = prepare(file, handle, header);
      return new RecordingWriter(file, header, options, handle, size).#begin('');
    } catch (error) {
      if (handle !== undefined) fs.closeSync(handle);
      throw failed(file, error);
    }
  }

  /**
   * Appends a sample.
   * @param text the JSON of its record.
   * @param key the JSON of a key frame: the state after this sample. Asked for when a member begins after it.
   * @throws RecordingError when it cannot be written; what was written before is good.
   */
  sample(text: string, key: () => string): void {
    try {
      this.#add(`${text}\n`);
      this.samples++;
      this.#memberSamples++;
      const length = this.#member?.length ?? 0;
      const half = (this.#options.maxBytes ?? Number.POSITIVE_INFINITY) / 2;
      if (this.#size + this.#keptBytes + this.#longest + MEMBER_START.length * 2 > half) this.#turn(key());
      else if (this.#memberSamples >= MEMBER_SAMPLES || length > Math.max(MEMBER_BYTES, 3 * this.#keyBytes))
        this.#next(key());
      const isDue = this.#keptBytes >= FLUSH_BYTES || this.#options.now() - this.#flushedMs >= FLUSH_MS;
      // the first one at once: a full disk is told of now, not later
      if (isDue || this.samples === 1) this.#flush();
    } catch (error) {
      throw failed(this.#file, error);
    }
  }

  /** Ends the file properly. @throws RecordingError */
  close(): void {
    try {
      this.#endMember();
    } catch (error) {
      throw failed(this.#file, error);
    } finally {
      fs.closeSync(this.#handle);
    }
  }

  /** A segment, or a run, begins with the header. */
  #begin(key: string): this {
    this.#memberWith(`${JSON.stringify(this.#header)}\n${key}`);
    return this;
  }

  #memberWith(text: string): void {
    this.#member = new Member();
    this.#memberSamples = 0;
    this.#longest = 0;
    this.#keep(MEMBER_START);
    this.#keyBytes = text.length;
    if (text !== '') this.#add(text);
  }

  /** The next member, from a key frame on. */
  #next(key: string): void {
    this.#endMember();
    this.#memberWith(`${key}\n`);
  }

  /** The file becomes the older segment, and a new one begins. */
  #turn(key: string): void {
    this.#endMember();
    fs.renameSync(this.#file, olderSegment(this.#file));
    fs.closeSync(this.#handle);
    this.#handle = create(this.#file);
    this.#size = 0;
    this.#begin(`${key}\n`);
  }

  #add(text: string): void {
    const part = this.#member!.part(Buffer.from(text, 'utf8'));
    this.#longest = Math.max(this.#longest, part.length);
    this.#keep(part);
  }

  #keep(bytes: Buffer): void {
    this.#kept.push(bytes);
    this.#keptBytes += bytes.length;
    this.bytes += bytes.length;
  }

  #endMember(): void {
    if (!this.#member) return;
    this.#keep(this.#member.end());
    this.#member = undefined;
    this.#flush();
    fs.fsyncSync(this.#handle);
  }

  /** One write. Where it fails, the file is put back to what was whole. */
  #flush(): void {
    const bytes = Buffer.concat(this.#kept);
    try {
      for (let at = 0; at < bytes.length;)
        at += fs.writeSync(this.#handle, bytes, at, bytes.length - at, this.#size + at);
    } catch (error) {
      this.#putBack();
      throw error;
    }
    this.#size += bytes.length;
    this.#kept = [];
    this.#keptBytes = 0;
    this.#flushedMs = this.#options.now();
    this.#endOfFlushed = this.#member?.end();
  }

  /** After a failed write: the member ends where it was whole, if there is room for that. */
  #putBack(): void {
    this.#member = undefined;
    this.#kept = [];
    this.#keptBytes = 0;
    try {
      fs.ftruncateSync(this.#handle, this.#size);
      if (this.#endOfFlushed) fs.writeSync(this.#handle, this.#endOfFlushed, 0, this.#endOfFlushed.length, this.#size);
    } catch {
      // a member without its end is read as well
    }
  }
}

/** With `--max-size`: the segment before the file. */
export const olderSegment = (file: string): string => `${file}.1`;

function openExisting(file: string): number | undefined {
  try {
    return fs.openSync(file, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The bound takes the older segment away: what is there must be one. @throws RecordingError */
function checkReplaceable(file: string): void {
  const handle = openExisting(file);
  if (handle === undefined) return;
  try {
    const isOne = fs.fstatSync(handle).isFile() && readPart(handle, 0, MEMBER_START.length).equals(MEMBER_START);
    if (!isOne) throw new RecordingError(`cannot replace ${file}: it is no recording: choose another name`);
  } finally {
    fs.closeSync(handle);
  }
}

const create = (file: string): number => fs.openSync(file, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);

const MOST_HEADER_BYTES = 1 << 20;

/** Sees to it that samples can be appended. @returns the size of the file. @throws RecordingError */
function prepare(file: string, handle: number, header: RecordingHeader): number {
  const stat = fs.fstatSync(handle);
  if (!stat.isFile()) throw new RecordingError(`cannot write ${file}: it is no ordinary file: choose another name`);
  if (stat.uid !== process.geteuid?.())
    throw new RecordingError(`cannot write ${file}: it belongs to another user: choose another name`);
  if (stat.size === 0) return 0;
  const other = (why: string): RecordingError =>
    new RecordingError(`cannot add to ${file}: ${why}: choose another name, or move the file away`);
  const starts = memberStarts(handle);
  if (starts[0] !== 0) throw other('it is no recording');
  const last = starts.at(-1)!;
  const member = readPart(handle, 0, Math.min(starts[1] ?? stat.size, MOST_HEADER_BYTES));
  const { bytes } = readMember(member);
  const newline = bytes.indexOf(10);
  if (newline >= 0) {
    const there = parseHeader(bytes.toString('utf8', 0, newline));
    const apart = typeof there === 'string' ? there : whyApart(there, header);
    if (apart !== undefined) throw other(apart);
  }
  return last + endCut(handle, last, readPart(handle, last, stat.size - last));
}

/** @returns the length of the last member, which ends properly now. */
function endCut(handle: number, start: number, bytes: Buffer): number {
  if (readMember(bytes).whole) return bytes.length;
  const stays = wholeParts(bytes);
  fs.ftruncateSync(handle, start + (stays?.length ?? 0));
  if (!stays) return 0;
  const end = Member.of(stays.content).end();
  fs.writeSync(handle, end, 0, end.length, start + stays.length);
  return stays.length + end.length;
}
