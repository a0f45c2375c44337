/**
 * One sample as it was read: what changed since the one before, or (a key frame) all there is. The ring keeps samples so,
 * recordings are made of them; docs/recordings.md describes the format. Raw bytes are text of the code points of the same
 * numbers, so that every byte comes back and JSON can hold them.
 */
import { latin1 } from '../decode/bytes.ts';
import type { WhyUnread } from '../frame/sink.ts';
import type { SeenTask } from '../model/task-past.ts';
import type { TakenOver } from './take-over.ts';

/** A file beside stat: whose, which, when (CLOCK_MONOTONIC ms), its bytes (null: as before) or why there are none, … */
export type FileRecord = readonly [
  tid: number,
  file: string,
  ms: number,
  content: string | null | { readonly missing: WhyUnread },
  /** … and after how many stat lines of the pass it came; absent: after them all. */
  at?: number,
];

/** What a key frame tells of a file: the last two reads. */
export type KeptFile = readonly [
  tid: number,
  file: string,
  ms: number,
  content: string | { readonly missing: WhyUnread },
  beforeMs: number | null,
  before: string | { readonly missing: WhyUnread } | null,
];

/** Tasks that came: their place in the order, thread id, process id. */
export type Came = readonly [index: number, tid: number, tgid: number];

/**
 * A line, or (in memory only, where the line before is at hand) the words of it that changed: place and word, place and
 * word; words are parted by blanks and counted from 0.
 */
export type LineChange = string | readonly (number | string)[];

const BLANK = 32;

/** What makes the second line of the first, as short as it gets. Only words that changed become text. */
export function changeOf(former: Uint8Array, line: Uint8Array, length = line.length): LineChange {
  const change: (number | string)[] = [];
  let [was, is, word] = [0, 0, 0];
  for (;;) {
    const start = is;
    let same = true;
    while (is < length && line[is] !== BLANK) {
      if (line[is] !== former[was] || was >= former.length) same = false;
      else was++;
      is++;
    }
    while (was < former.length && former[was] !== BLANK) {
      same = false;
      was++;
    }
    if (!same) change.push(word, latin1(line, start, is));
    word++;
    // both lines must have as many words
    if (is >= length || was >= former.length) break;
    is++;
    was++;
  }
  return is >= length && was >= former.length && change.length < word ? change : latin1(line, 0, length);
}

export function changed(former: string, change: Exclude<LineChange, string>): string {
  const words = former.split(' ');
  for (let at = 0; at < change.length; at += 2) words[Number(change[at])] = String(change[at + 1]);
  return words.join(' ');
}

export interface SampleRecord {
  readonly type: 'sample';
  /** Milliseconds since 1970; null: the source did not tell. */
  readonly wall_ms: number | null;
  /** CLOCK_MONOTONIC milliseconds of the system-wide files. */
  readonly ms: number;
  /** System-wide files that changed, by path below /proc; null: it is not there any more. */
  readonly system: Readonly<Record<string, string | null>>;
  /** Tasks that came since the sample before, by place; and those that were not read any more. */
  readonly came?: readonly Came[];
  readonly left?: readonly number[];
  /** All tasks in their order where it cannot be told by {@link came} and {@link left}. */
  readonly order?: readonly (readonly [tid: number, tgid: number])[];
  /** Of those that left: the ones that have ended (the others could not be read this time). */
  readonly gone?: readonly number[];
  /** When the tasks were read, along the order: CLOCK_MONOTONIC ms, and how many at that time. */
  readonly reads: readonly number[];
  /** Lines that changed, by thread id, newline included. */
  readonly stat: Readonly<Record<string, LineChange>>;
  readonly files: readonly FileRecord[];
  /** Tasks whose stat we may not read. */
  readonly denied: number;
  /** In memory only, with a first sample: what was seen of its tasks before. */
  readonly taken_over?: TakenOver;
}

/** A whole state to go on from: the tasks with what had been seen of them. */
export interface KeyFrame {
  readonly type: 'key';
  readonly wall_ms: number | null;
  readonly ms: number;
  /** How many samples had been taken, this one included. */
  readonly samples: number;
  readonly generation_ms: number;
  readonly system: Readonly<Record<string, string | null>>;
  readonly order: readonly (readonly [tid: number, tgid: number])[];
  /** Tasks that are there but could not be read in this sample; their reads follow those of {@link order}. */
  readonly aside: readonly (readonly [tid: number, tgid: number])[];
  readonly reads: readonly number[];
  /** When the tasks were read before that, by thread id; absent: they were not. */
  readonly before: Readonly<Record<string, number>>;
  readonly stat: Readonly<Record<string, string>>;
  readonly files: readonly KeptFile[];
  readonly seen: Readonly<Record<string, SeenTask>>;
  readonly wchan_names: boolean;
  readonly denied: number;
}

/** Text of code points 0…255 as bytes. */
export function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}
