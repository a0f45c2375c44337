/** Reads a recording: where its samples are, and the state of the tasks at any of them. */
import fs from 'node:fs';
import type { Machine } from '../decode/machine.ts';
import { Player } from '../history/player.ts';
import type { KeyFrame, SampleRecord } from '../history/record.ts';
import type { Instant } from '../history/ring.ts';
import { TaskTable } from '../model/task-table.ts';
import { type Content, MEMBER_START, readMember } from './gzip.ts';
import { machineOf, parseHeader, type RecordingHeader, whyApart } from './header.ts';
import { memberStarts, readPart } from './members.ts';
import { olderSegment } from './writer.ts';

/** Calls for every sample that is played on the way. */
export type EachSample = (index: number, record: SampleRecord, text: string) => void;

export interface Recording {
  readonly machine: Machine;
  /** Does it hold threads (task/TID) or processes? */
  readonly threads: boolean;
  /** Samples; index 0 is the oldest. */
  readonly count: number;
  /** Its number counts from 1. */
  instant(index: number): Instant;
  /** Does something new begin with the sample (another run of `record`, or a gap), so that no player can go on into it? */
  begins(index: number): boolean;
  /**
   * Where samples are missing because the file is damaged there: the index of the last one before each such place,
   * ascending; -1: before the first. Said in words by `damageText`.
   */
  readonly damagedAfter: readonly number[];
  /** The last sample taken at that time or before; -1: there is none. */
  indexAt(wallMs: number): number;
  /** The JSON of the sample's record. */
  textOf(index: number): string;
  /**
   * A fresh player whose table stands at the sample: it begins at the last key frame that is at least `backMs` before it,
   * (`begun` gets it), or at the first one of the run. @throws Error, a sentence, when the recording is damaged there
   */
  playerAt(index: number, backMs: number, each?: EachSample, begun?: (key: KeyFrame) => void): Player;
  /** Plays the sample that follows the one at which the player stands. @throws Error, a sentence, when it is damaged */
  playOn(player: Player, index: number): void;
  /** Nothing can be read any more. */
  close(): void;
}

/** Beyond it nobody waits for the index. */
const MOST_BYTES = 16 * 2 ** 30;
/** No member that is written comes near it. */
const MOST_MEMBER_BYTES = 128 << 20;
/** Members that are kept uncompressed. */
const KEPT = 2;

const LINE_START = /^\{"type":"(\w+)"(?:,"wall_ms":(null|-?[\d.eE+-]+),"ms":(-?[\d.eE+-]+)(?:,"samples":(\d+))?)?/;
/** So much of a line tells what it is. */
const LINE_START_BYTES = 160;
const NEWLINE = 10;

interface Line {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly wallMs: number;
  readonly ms: number;
  readonly samples: number;
}

/** What is known of a member of a file. */
interface Place {
  readonly handle: number;
  readonly start: number;
  readonly length: number;
  /** Index of its first sample, and how many it has. */
  readonly first: number;
  readonly count: number;
  /** CLOCK_MONOTONIC of the state that it begins with; NaN: it begins with nothing. */
  readonly keyMs: number;
  /** Do its samples follow those of the member before? */
  readonly follows: boolean;
}

interface Loaded {
  readonly place: Place;
  readonly bytes: Buffer;
  readonly key: Line | undefined;
  readonly samples: readonly Line[];
}

const number = (text: string | undefined): number =>
  text === undefined || text === 'null' ? Number.NaN : Number(text);

function linesOf(bytes: Buffer): Line[] {
  const lines: Line[] = [];
  for (let start = 0; ;) {
    const end = bytes.indexOf(NEWLINE, start);
    if (end < 0) return lines;
    const head = LINE_START.exec(bytes.toString('latin1', start, Math.min(end, start + LINE_START_BYTES)));
    // lines of other kinds are for later versions
    const [, type = '', wall, ms, samples] = head ?? [];
    lines.push({ type, start, end, wallMs: number(wall), ms: number(ms), samples: number(samples) });
    start = end + 1;
  }
}

/** A member uncompressed, as far as it is as it was written. */
const contentOf = ({ handle, start, length }: Pick<Place, 'handle' | 'start' | 'length'>): Content =>
  readMember(readPart(handle, start, Math.min(length, MOST_MEMBER_BYTES)));

const errnoOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

interface Segment {
  readonly handle: number;
  readonly size: number;
  readonly starts: readonly number[];
  readonly header: RecordingHeader | string;
}

/** @throws an error with an errno code; undefined: it is no file of members. */
function openSegment(file: string): Segment | undefined {
  const handle = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  try {
    const stat = fs.fstatSync(handle);
    const isOurs = stat.isFile() && readPart(handle, 0, MEMBER_START.length).equals(MEMBER_START);
    if (isOurs && stat.size <= MOST_BYTES) {
      const starts = memberStarts(handle);
      return { handle, size: stat.size, starts, header: firstHeader(handle, starts, stat.size) };
    }
  } catch (error) {
    fs.closeSync(handle);
    throw error;
  }
  fs.closeSync(handle);
  return undefined;
}

/** The header, or that of a later run where the first is damaged; else what is wrong with the first. */
function firstHeader(handle: number, starts: readonly number[], size: number): RecordingHeader | string {
  let problem: string | undefined;
  for (const [at, start] of starts.entries()) {
    const { bytes, damaged } = contentOf({ handle, start, length: (starts[at + 1] ?? size) - start });
    const newline = bytes.indexOf(NEWLINE);
    const without = damaged ? 'its header is damaged' : 'it ends before its header does';
    const header = newline < 0 ? without : parseHeader(bytes.toString('utf8', 0, newline));
    if (typeof header !== 'string') return header;
    problem ??= header;
    // what begins with something else is no recording, whatever comes behind it
    if (newline >= 0 && at === 0) break;
  }
  return problem ?? '';
}

/** Undefined: there is none. */
function openOlder(file: string): Segment | 'damaged' | undefined {
  try {
    return openSegment(olderSegment(file)) ?? 'damaged';
  } catch (error) {
    return errnoOf(error) === 'ENOENT' ? undefined : 'damaged';
  }
}

/** Does the file begin as a recording does? Then it is none of the other things that `--proc` takes. */
export function isRecording(file: string): boolean {
  try {
    const handle = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    try {
      return fs.fstatSync(handle).isFile() && readPart(handle, 0, MEMBER_START.length).equals(MEMBER_START);
    } finally {
      fs.closeSync(handle);
    }
  } catch {
    return false;
  }
}

/**
 * Opens a recording: the file, and the segment before it (`FILE.1`) where there is one. Errors are sentences for the user.
 * @param kernel `--kernel`: decode with that release's tables.
 */
export function openRecording(
  file: string,
  kernel?: string,
): { readonly recording: Recording } | { readonly error: string } {
  const what = "name a file that 'taskscope record' wrote";
  const segments: Segment[] = [];
  try {
    const newer = openSegment(file);
    if (!newer) return { error: `cannot replay ${file}: it is no recording: ${what}` };
    segments.push(newer);
    const before = openOlder(file);
    const older = before === 'damaged' ? undefined : before;
    if (older) segments.unshift(older);
    const header = typeof newer.header === 'string' ? older?.header : newer.header;
    if (header === undefined || typeof header === 'string') {
      closeAll(segments);
      const why = header ?? (typeof newer.header === 'string' ? newer.header : '');
      return { error: `cannot replay ${file}: ${why}: ${what}` };
    }
    const recording = new SegmentedRecording(header, kernel, segments, before === 'damaged');
    if (recording.count > 0) return { recording };
    recording.close();
    return { error: `cannot replay ${file}: it holds no whole sample: ${what}` };
  } catch (error) {
    closeAll(segments);
    return { error: `cannot replay ${file} (${errnoOf(error)}): ${what}` };
  }
}

function closeAll(segments: readonly Segment[]): void {
  for (const { handle } of segments) fs.closeSync(handle);
}

class SegmentedRecording implements Recording {
  readonly machine: Machine;
  readonly threads: boolean;
  readonly damagedAfter: number[] = [];
  readonly #segments: readonly Segment[];
  readonly #places: Place[] = [];
  readonly #ms: number[] = [];
  readonly #wallMs: number[] = [];
  #loaded: Loaded[] = [];

  /** @param isBeforeDamaged there is a segment before these, which cannot be read. */
  constructor(
    header: RecordingHeader,
    kernel: string | undefined,
    segments: readonly Segment[],
    isBeforeDamaged: boolean,
  ) {
    if (isBeforeDamaged) this.#damagedHere();
    this.machine = machineOf(header, kernel);
    this.threads = header.threads;
    this.#segments = segments;
    this.#index(header);
  }

  get count(): number {
    return this.#ms.length;
  }

  instant(index: number): Instant {
    return { number: index + 1, ms: this.#ms[index] ?? Number.NaN, wallMs: this.#wallMs[index] ?? Number.NaN };
  }

  begins(index: number): boolean {
    const { first, follows } = this.#placeOf(index);
    return first === index && !follows;
  }

  indexAt(wallMs: number): number {
    return this.#wallMs.findLastIndex(ms => ms <= wallMs);
  }

  textOf(index: number): string {
    const place = this.#placeOf(index);
    const { bytes, samples } = this.#load(place);
    const line = samples[index - place.first];
    if (!line) throw this.#damaged(index);
    return bytes.toString('utf8', line.start, line.end);
  }

  playerAt(index: number, backMs: number, each?: EachSample, begun?: (key: KeyFrame) => void): Player {
    const from = this.#startFor(index, backMs);
    const player = new Player(new TaskTable(this.machine, this.threads));
    const { key, bytes } = this.#load(from);
    this.#carefully(from.first, () => {
      if (!key) return;
      const frame = JSON.parse(bytes.toString('utf8', key.start, key.end)) as KeyFrame;
      player.start(frame);
      begun?.(frame);
    });
    for (let at = from.first; at <= index; at++) {
      const text = this.textOf(at);
      const record = this.#play(player, at, text);
      each?.(at, record, text);
    }
    return player;
  }

  playOn(player: Player, index: number): void {
    this.#play(player, index, this.textOf(index));
  }

  #play(player: Player, index: number, text: string): SampleRecord {
    return this.#carefully(index, () => {
      const record = JSON.parse(text) as SampleRecord;
      player.play(record);
      return record;
    });
  }

  /** What is no sample, although it says so, fails in one of these ways. */
  #carefully<T>(index: number, work: () => T): T {
    try {
      return work();
    } catch (error) {
      const isWrong = error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError;
      throw isWrong ? this.#damaged(index) : error;
    }
  }

  close(): void {
    closeAll(this.#segments);
    this.#loaded = [];
  }

  #damaged(index: number): Error {
    return new Error(`the recording is damaged at sample ${index + 1} of ${this.count}: look at another one`);
  }

  #placeOf(index: number): Place {
    let low = 0;
    let high = this.#places.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#places[middle]!.first <= index) low = middle;
      else high = middle - 1;
    }
    return this.#places[low]!;
  }

  #startFor(index: number, backMs: number): Place {
    let at = this.#places.indexOf(this.#placeOf(index));
    const latest = this.#ms[index]! - backMs;
    while (this.#places[at]!.follows && !(this.#places[at]!.keyMs <= latest)) at--;
    return this.#places[at]!;
  }

  /** Looks through all members once. */
  #index(header: RecordingHeader): void {
    let run = '';
    let samples = Number.NaN;
    for (const { handle, size, starts } of this.#segments) {
      for (const [at, start] of starts.entries()) {
        const length = (starts[at + 1] ?? size) - start;
        const { bytes, whole, damaged } = contentOf({ handle, start, length });
        const lines = linesOf(bytes);
        const first = lines[0];
        const own = first?.type === 'header' ? parseHeader(bytes.toString('utf8', first.start, first.end)) : header;
        // nothing is written behind a member that was not ended
        const isLost = damaged || (!whole && at + 1 < starts.length);
        // somebody put two recordings into one file
        const isOther = typeof own === 'string' || whyApart(own, header) !== undefined;
        const begins = first?.type === 'header' && !isOther ? own.started_at : undefined;
        const key = lines.find(({ type }) => type === 'key');
        // without what it follows nothing is known of the tasks
        if (isOther || (!key && begins === undefined)) {
          if (isLost) this.#damagedHere();
          continue;
        }
        const follows =
          key?.samples === samples && key.ms === this.#ms.at(-1) && (begins === undefined || begins === run);
        const count = this.#list(lines);
        if (isLost) this.#damagedHere();
        if (begins !== undefined) run = begins;
        samples = (key?.samples ?? 0) + count;
        if (count === 0) continue;
        const place = {
          handle,
          start,
          length,
          first: this.count - count,
          count,
          keyMs: key?.ms ?? Number.NaN,
          follows,
        };
        this.#places.push(place);
      }
    }
  }

  #damagedHere(): void {
    if (this.damagedAfter.at(-1) !== this.count - 1) this.damagedAfter.push(this.count - 1);
  }

  #list(lines: readonly Line[]): number {
    const samples = lines.filter(isSample);
    for (const { ms, wallMs } of samples) {
      this.#ms.push(ms);
      this.#wallMs.push(wallMs);
    }
    return samples.length;
  }

  #load(place: Place): Loaded {
    let loaded = this.#loaded.find(one => one.place === place);
    if (!loaded) {
      const { bytes } = contentOf(place);
      const lines = linesOf(bytes);
      const key = lines.find(({ type }) => type === 'key');
      loaded = { place, bytes, key, samples: lines.filter(isSample) };
      this.#loaded = [loaded, ...this.#loaded].slice(0, KEPT);
    }
    return loaded;
  }
}

const isSample = ({ type, ms }: Line): boolean => type === 'sample' && Number.isFinite(ms);
