/** A {@link Wire} over a slow line in simulated time: buffers without end, and a terminal at its end that answers. */
import type { TestContext } from 'node:test';
import type { WriteStream } from 'node:tty';
import { Wire } from '../../src/term/wire.ts';

/** What ssh adds to a write: length, padding and seal of a packet. */
const PACKET_BYTES = 64;
const ANSWER_BYTES = 6;
/** Timers of Node count whole milliseconds, performance.now() does not. */
const EARLY_MS = 0.5;
const ASKED = /\x1b\[6n/g;

export interface LineOptions {
  readonly bitsPerSecond: number;
  readonly roundTripMs: number;
  /** Whether there is a terminal that answers. */
  readonly answers?: boolean;
}

interface Happening {
  readonly atMs: number;
  readonly run: () => void;
}

export class SlowLine {
  nowMs = 0;
  readonly wire: Wire;
  /** Whether the program is to be told that it may paint: then it does nothing by itself. */
  onReady: () => void = () => undefined;
  /** The most that ever waited to be sent, as milliseconds of the line. */
  mostMs = 0;
  /** Bytes of the program that the terminal has, by when. */
  readonly arrivals: { readonly atMs: number; readonly bytes: number }[] = [{ atMs: 0, bytes: 0 }];
  readonly #options: LineOptions;
  #due: Happening[] = [];
  #downFreeMs = 0;
  #upFreeMs = 0;

  /** Replaces the clock and the timers for this test. */
  constructor(t: TestContext, options: LineOptions) {
    this.#options = options;
    t.mock.method(performance, 'now', () => this.nowMs);
    t.mock.method(globalThis, 'setTimeout', ((run: () => void, ms: number) =>
      this.#after(Math.max(1, ms - EARLY_MS), run)) as never);
    t.mock.method(globalThis, 'setImmediate', ((run: () => void) => this.#after(0, run)) as never);
    t.mock.method(globalThis, 'clearTimeout', ((timer: Happening | undefined) => {
      this.#due = this.#due.filter(each => each !== timer);
    }) as never);
    const stream = {
      on: () => stream,
      write: (text: string, taken: () => void) => {
        this.#down(text);
        this.#after(0, taken);
      },
    };
    this.wire = new Wire(stream as unknown as WriteStream, { ready: () => this.onReady(), gone: () => undefined });
  }

  /** Time passes. */
  run(ms: number): void {
    const endMs = this.nowMs + ms;
    for (;;) {
      const [next] = this.#due.sort((a, b) => a.atMs - b.atMs);
      if (next === undefined || next.atMs > endMs) break;
      this.#due.shift();
      this.nowMs = next.atMs;
      next.run();
    }
    this.nowMs = endMs;
  }

  /** Nothing moves for so long: what is sent meanwhile arrives afterwards. */
  stall(ms: number): void {
    this.#downFreeMs = Math.max(this.nowMs, this.#downFreeMs) + ms;
  }

  /** When the terminal had so many bytes; Infinity: not yet. */
  hadMs(bytes: number): number {
    return this.arrivals.find(arrival => arrival.bytes >= bytes)?.atMs ?? Infinity;
  }

  /** Milliseconds from a key now until what it makes the program write at once has arrived. */
  answerMs(answerBytes: number): number {
    const { roundTripMs } = this.#options;
    const heardMs = this.nowMs + this.#lasts(1 + PACKET_BYTES) + roundTripMs / 2;
    const started = this.nowMs;
    this.run(heardMs - this.nowMs);
    return Math.max(this.nowMs, this.#downFreeMs) + this.#lasts(answerBytes + PACKET_BYTES) + roundTripMs / 2 - started;
  }

  #lasts(bytes: number): number {
    return (bytes * 8000) / this.#options.bitsPerSecond;
  }

  #after(ms: number, run: () => void): Happening & { unref: () => unknown } {
    const timer = { atMs: this.nowMs + ms, run, unref: () => timer };
    this.#due.push(timer);
    return timer;
  }

  /** A write travels as a whole: nothing of it is known before its end has come. */
  #down(text: string): void {
    const { roundTripMs, answers = true } = this.#options;
    const bytes = Buffer.byteLength(text);
    this.#downFreeMs = Math.max(this.nowMs, this.#downFreeMs) + this.#lasts(bytes + PACKET_BYTES);
    this.mostMs = Math.max(this.mostMs, this.#downFreeMs - this.nowMs);
    const asked = text.match(ASKED)?.length ?? 0;
    this.#after(this.#downFreeMs + roundTripMs / 2 - this.nowMs, () => {
      this.arrivals.push({ atMs: this.nowMs, bytes: this.arrivals.at(-1)!.bytes + bytes });
      if (answers && asked > 0) this.#up(asked);
    });
  }

  #up(count: number): void {
    this.#upFreeMs = Math.max(this.nowMs, this.#upFreeMs) + this.#lasts(count * ANSWER_BYTES + PACKET_BYTES);
    this.#after(this.#upFreeMs + this.#options.roundTripMs / 2 - this.nowMs, () => {
      for (let i = 0; i < count; i++) this.wire.answered();
    });
  }
}
