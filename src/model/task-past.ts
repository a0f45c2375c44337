/**
 * What the kernel does not keep of a task and we do, by seat: how long it has been in its state, its last states, which
 * flags changed, how its memory grew. Fed with every sample; it never looks back at samples.
 */
import type { Seat } from '../frame/sink.ts';

/** Samples whose states are kept. */
export const STRIP = 32;
/** Flags and growth are told over the last one to two of these. */
const GENERATION_MS = 300_000;

const EXITING = 0x4;
/** The task could not be read. */
const UNKNOWN = '?'.charCodeAt(0);

/** What was seen of one task, as plain numbers and text: it goes into key frames, so that ages survive a jump. */
export interface SeenTask {
  /** CLOCK_MONOTONIC milliseconds at which the state was first seen, and PF_EXITING. */
  readonly stateMs: number;
  readonly exitingMs: number;
  /** Did we see the state begin? */
  readonly began: boolean;
  /** States at the last samples, oldest first, one letter each. */
  readonly states: string;
  /** Bits of the flags that changed in this generation, and in the one before. */
  readonly flags: readonly [number, number];
  /** Resident pages, and when, at the start of this generation and of the one before. */
  readonly rss: readonly [pages: number, ms: number, pages: number, ms: number];
}

type Arrays = ReturnType<typeof arraysOf>;

const arraysOf = (size: number) => ({
  stateMs: new Float64Array(size),
  exitingMs: new Float64Array(size),
  began: new Uint8Array(size),
  states: new Uint8Array(size * STRIP),
  /** The samples of the oldest state that is kept, and of the newest. */
  since: new Uint32Array(size),
  /** The sample in which the state was another one than before, or not known. */
  turned: new Uint32Array(size),
  last: new Uint32Array(size),
  flagsNow: new Uint32Array(size),
  flagsBefore: new Uint32Array(size),
  pagesNow: new Float64Array(size),
  msNow: new Float64Array(size),
  pagesBefore: new Float64Array(size),
  msBefore: new Float64Array(size),
  /** 1: a generation has begun, and the task was not read in it yet. */
  fresh: new Uint8Array(size),
});

export class TaskPast {
  #capacity = 0;
  #arrays: Arrays = arraysOf(0);
  /** When the present generation began; NaN: before the first sample. */
  generationMs = Number.NaN;

  /** Makes room for so many seats. */
  grow(size: number): void {
    if (size <= this.#capacity) return;
    const larger = arraysOf(size);
    for (const key of Object.keys(larger) as (keyof Arrays)[]) larger[key].set(this.#arrays[key]);
    this.#arrays = larger;
    this.#capacity = size;
  }

  /** A sample begins. */
  begin(ms: number): void {
    if (ms - this.generationMs < GENERATION_MS) return;
    const first = Number.isNaN(this.generationMs);
    this.generationMs = ms;
    if (first) return;
    const { flagsNow, flagsBefore, pagesNow, pagesBefore, msNow, msBefore, fresh } = this.#arrays;
    flagsBefore.set(flagsNow);
    flagsNow.fill(0);
    pagesBefore.set(pagesNow);
    msBefore.set(msNow);
    fresh.fill(1);
  }

  /** The task of the seat was seen for the first time. */
  arrive(seat: Seat, ms: number, sample: number, pages: number, young: boolean): void {
    const all = this.#arrays;
    all.stateMs[seat] = ms;
    all.exitingMs[seat] = ms;
    // a task that came after the first sample is as young as its state
    all.began[seat] = young ? 1 : 0;
    all.since[seat] = all.last[seat] = all.turned[seat] = sample;
    all.flagsNow[seat] = 0;
    all.flagsBefore[seat] = 0;
    all.pagesNow[seat] = all.pagesBefore[seat] = pages;
    all.msNow[seat] = all.msBefore[seat] = ms;
    all.fresh[seat] = 0;
  }

  /** Its stat changed: state, flags before and now. */
  change(seat: Seat, ms: number, sameState: boolean, flagsBefore: number, flags: number): void {
    const all = this.#arrays;
    if (!sameState) {
      all.stateMs[seat] = ms;
      all.began[seat] = 1;
    }
    if (flagsBefore === flags) return;
    all.flagsNow[seat] = (all.flagsNow[seat]! | (flagsBefore ^ flags)) >>> 0;
    if ((flagsBefore & EXITING) === 0 && (flags & EXITING) !== 0) all.exitingMs[seat] = ms;
  }

  /** It was read at this sample, changed or not. */
  follow(seat: Seat, ms: number, sample: number, state: number, pages: number): void {
    const all = this.#arrays;
    const start = seat * STRIP;
    // it could not be read at the samples in between
    for (let at = Math.max(all.last[seat]! + 1, sample - STRIP); at < sample; at++)
      all.states[start + (at % STRIP)] = UNKNOWN;
    const before = all.states[start + ((sample - 1 + STRIP) % STRIP)];
    if (before !== state) all.turned[seat] = sample;
    all.last[seat] = sample;
    all.states[start + (sample % STRIP)] = state;
    if (all.fresh[seat] === 0) return;
    all.fresh[seat] = 0;
    all.pagesNow[seat] = pages;
    all.msNow[seat] = ms;
  }

  /** The last sample in which it was read. */
  lastSample(seat: Seat): number {
    return this.#arrays.last[seat]!;
  }

  /** The sample since which it has been seen in one and the same state. */
  turnedAt(seat: Seat): number {
    return this.#arrays.turned[seat]!;
  }

  stateMs(seat: Seat): number {
    return this.#arrays.stateMs[seat]!;
  }

  exitingMs(seat: Seat): number {
    return this.#arrays.exitingMs[seat]!;
  }

  began(seat: Seat): boolean {
    return this.#arrays.began[seat] === 1;
  }

  /** Letters of the states at the last samples, oldest first, at most {@link STRIP}. */
  states(seat: Seat, sample: number): string {
    const { states, since, last } = this.#arrays;
    let out = '';
    for (let at = Math.max(since[seat]!, sample - STRIP + 1); at <= sample; at++)
      out += String.fromCharCode(at > last[seat]! ? UNKNOWN : states[seat * STRIP + (at % STRIP)]!);
    return out;
  }

  /** Bits of the flags that we saw change. */
  flagsChanged(seat: Seat): number {
    return (this.#arrays.flagsNow[seat]! | this.#arrays.flagsBefore[seat]!) >>> 0;
  }

  /** Resident pages at the start of what is remembered, and when that was. */
  rssThen(seat: Seat): { readonly pages: number; readonly ms: number } {
    const { pagesBefore, msBefore } = this.#arrays;
    return { pages: pagesBefore[seat]!, ms: msBefore[seat]! };
  }

  /** All that is known of one task. */
  take(seat: Seat, sample: number): SeenTask {
    const all = this.#arrays;
    return {
      stateMs: all.stateMs[seat]!,
      exitingMs: all.exitingMs[seat]!,
      began: all.began[seat] === 1,
      states: this.states(seat, sample),
      flags: [all.flagsNow[seat]!, all.flagsBefore[seat]!],
      rss: [all.pagesNow[seat]!, all.msNow[seat]!, all.pagesBefore[seat]!, all.msBefore[seat]!],
    };
  }

  /** Puts back what {@link take} gave, at the sample it was taken at. */
  put(seat: Seat, sample: number, seen: SeenTask): void {
    const all = this.#arrays;
    all.stateMs[seat] = seen.stateMs;
    all.exitingMs[seat] = seen.exitingMs;
    all.began[seat] = seen.began ? 1 : 0;
    const from = sample - seen.states.length + 1;
    all.since[seat] = from;
    all.last[seat] = all.turned[seat] = sample;
    for (let at = 0; at < seen.states.length; at++)
      all.states[seat * STRIP + ((from + at + STRIP) % STRIP)] = seen.states.charCodeAt(at);
    [all.flagsNow[seat], all.flagsBefore[seat]] = seen.flags;
    [all.pagesNow[seat], all.msNow[seat], all.pagesBefore[seat], all.msBefore[seat]] = seen.rss;
    all.fresh[seat] = 0;
  }
}
