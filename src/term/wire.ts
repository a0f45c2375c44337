/**
 * The bytes to the terminal. A frame is one write that never blocks; while the last one is on its way, the terminal is
 * {@link Wire.behind} and takes nothing. Large frames for slow lines go in pieces (see `flow.ts`).
 */
import type { WriteStream } from 'node:tty';
import { Flow } from './flow.ts';
import { RateCap } from './rate-cap.ts';

/** Synchronized output: the terminal shows what is between at once. Those that do not know it ignore it. */
const BEGIN = '\x1b[?2026h';
const END = '\x1b[?2026l';
/**
 * "Where is your cursor?", with the cursor put into the second row for the moment: an answer that names the first row
 * would look like F3 with a modifier.
 */
const ASK = '\x1b7\x1b[2;1H\x1b[6n\x1b8';

/** Under a cap of bytes pieces are not smaller. */
const LEAST_PIECE = 128;
/**
 * Between pieces for a slow line, so that each is a packet: of a packet nothing arrives, and no question is answered, before
 * its last byte, and the line would stand idle meanwhile.
 */
const APART_MS = 20;

export interface WireEvents {
  /** The terminal has taken everything. */
  ready(): void;
  /** The terminal is gone. */
  gone(): void;
}

export class Wire {
  bytesWritten = 0;
  readonly #stream: WriteStream;
  readonly #events: WireEvents;
  readonly #flow = new Flow(() => performance.now());
  readonly #cap: RateCap;
  #later: NodeJS.Timeout | undefined;
  /** Writes that the kernel has not taken as a whole. */
  #pending = 0;
  #frame = '';
  /** What of it has not been written. */
  #rest = '';
  #muted = false;
  #patience: NodeJS.Timeout | undefined;

  /** @param bytesPerSecond never more than that, once the first screen has been begun; Infinity: no bound. */
  constructor(stream: WriteStream, events: WireEvents, bytesPerSecond = Infinity) {
    this.#cap = new RateCap(bytesPerSecond, () => performance.now());
    this.#stream = stream;
    this.#events = events;
    handleOf(stream)?.setBlocking?.(false); // Node makes it blocking: a stopped reader would stop the whole program
    stream.on('error', () => {
      if (!this.#muted) events.gone();
    });
  }

  /** Whether a part of the last frame has not been sent. */
  get isSending(): boolean {
    return this.#rest !== '' || this.stalled;
  }

  get behind(): boolean {
    return this.#pending > 0 || this.#rest !== '' || this.#room <= 0;
  }

  get #room(): number {
    return Math.min(this.#flow.room, this.#cap.room);
  }

  /** Whether there are bytes that the kernel does not take. */
  get stalled(): boolean {
    return (handleOf(this.#stream)?.writeQueueSize ?? 0) > 0;
  }

  get unansweredQuestions(): number {
    return this.#flow.outstanding;
  }

  /** Milliseconds that an answer of the terminal takes now, at least; Infinity before the first. */
  get answerMs(): number {
    return this.#flow.tookMs;
  }

  /** Writes a frame. Only when not {@link behind}. */
  frame(text: string): void {
    if (text === '' || this.#muted) return;
    this.#frame = this.#rest = text;
    this.#pump();
  }

  /**
   * What was not written of the last frame will not be. @returns the frame, and how many of its characters were written;
   * undefined if that is all of them, or if the rest begins with clearing the screen.
   */
  takeBack(): { readonly text: string; readonly sent: number } | undefined {
    if (this.#rest === '' || this.#rest.includes('\x1b[2J')) return undefined;
    const sent = this.#frame.length - this.#rest.length;
    this.#rest = '';
    return { text: this.#frame, sent };
  }

  /** Writes modes and the like, now; the first time with a question, so that the line is known before the first frame. */
  control(text: string): void {
    if (this.#muted) return;
    this.#write(this.#flow.sent(Buffer.byteLength(text)) ? text + ASK : text);
    this.#awaitAnswer();
    this.#awaitRoom();
  }

  /** The terminal told where its cursor is. */
  answered(): void {
    if (this.#flow.answered()) {
      this.#cap.sent(ASK.length);
      this.#write(ASK);
    }
    this.#awaitAnswer();
    if (this.#muted) return;
    this.#pump();
    if (!this.behind) this.#events.ready();
  }

  /** Drops what was not written and forgets what was asked: the terminal is left for a while, or for good. */
  drop(): void {
    this.#rest = '';
    this.#flow.forget();
    clearTimeout(this.#patience);
    clearTimeout(this.#later);
  }

  /** Nothing is written any more. */
  mute(): void {
    this.#muted = true;
    this.drop();
  }

  #pump(): void {
    let text = '';
    while (this.#rest !== '' && this.#room > 0) {
      const length = pieceEnd(this.#rest, Math.min(this.#flow.piece, this.#room));
      const piece = this.#rest.slice(0, length);
      this.#rest = this.#rest.slice(length);
      const part = this.#flow.sent(Buffer.byteLength(piece)) ? piece + ASK : piece;
      this.#cap.sent(Buffer.byteLength(part));
      text += part;
      if (this.#flow.isSlow) break;
    }
    if (text !== '') {
      this.#cap.sent(BEGIN.length + END.length);
      this.#write(BEGIN + text + END);
    }
    this.#awaitAnswer();
    this.#awaitRoom();
  }

  /** The rest, or the next frame, goes when there is room again without an answer: after a moment, or by the cap of bytes. */
  #awaitRoom(): void {
    clearTimeout(this.#later);
    const hold = this.#flow.holdMs || this.#cap.waitFor(LEAST_PIECE);
    const wait = this.#rest !== '' && this.#room > 0 ? APART_MS : hold;
    if (wait === 0 || this.#muted) return;
    this.#later = setTimeout(() => {
      this.#pump();
      if (!this.behind) this.#events.ready();
    }, wait).unref();
  }

  #write(text: string): void {
    this.#pending++;
    this.bytesWritten += Buffer.byteLength(text);
    this.#stream.write(text, () => {
      this.#pending--;
      if (!this.behind && !this.#muted) this.#events.ready();
    });
  }

  #awaitAnswer(): void {
    clearTimeout(this.#patience);
    const { patience } = this.#flow;
    if (patience === undefined || this.#muted) return;
    // after a long turn of ours the answer may have come already: timers are before it in the loop, immediates after
    this.#patience = setTimeout(() => setImmediate(() => this.#giveUp()), patience).unref();
  }

  #giveUp(): void {
    if (this.#flow.patience !== 0) {
      this.#awaitAnswer(); // there was one; or the timer was early, by less than a millisecond
      return;
    }
    this.#flow.giveUp();
    this.#pump();
    if (!this.behind) this.#events.ready();
  }
}

/** Where a piece of about `size` characters may end: before an escape sequence, or between two characters. */
function pieceEnd(text: string, size: number): number {
  if (text.length <= size * 1.25) return text.length;
  const escape = text.lastIndexOf('\x1b', size);
  if (escape > size / 2) return escape;
  const next = text.indexOf('\x1b', size);
  return next < 0 ? text.length : next;
}

/** The part of a stream's libuv handle that is used; Node does not document it. */
interface Handle {
  setBlocking?(on: boolean): void;
  readonly writeQueueSize?: number;
}

function handleOf(stream: WriteStream): Handle | undefined {
  return (stream as { _handle?: Handle })._handle;
}
