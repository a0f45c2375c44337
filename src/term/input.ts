/**
 * Bytes from the terminal into keys and pastes. Knows nothing of blessed, streams or the clock, so that every trick of
 * a slow line can be played in a test.
 *
 * The rules: a sequence that arrives in parts is one key; pasted text is never a key; what the terminal answers or
 * reports is never a key; a complete sequence that nobody knows is dropped.
 */
import { StringDecoder } from 'node:string_decoder';
import { characterName, csiKey, ss3Key } from './key-names.ts';

/** A press of the left button, or a turn of the wheel; the cell where, counted from 0. */
export interface MouseReport {
  readonly kind: 'press' | 'wheel-up' | 'wheel-down';
  readonly x: number;
  readonly y: number;
}

export interface InputSink {
  /** A key by its canonical name, see `key-names.ts`; `alone` if nothing else was read with it. */
  key(name: string, alone: boolean): void;
  /** Pasted text, line ends as `\n`. */
  paste(text: string): void;
  mouse(report: MouseReport): void;
  /** The terminal told where its cursor is. */
  cursorReport(): void;
}

export interface Timers {
  set(callback: () => void, milliseconds: number): unknown;
  clear(handle: unknown): void;
}

/** After ESC: whether more comes is known after this. */
export const ESCAPE_MS = 50;
/** Within a sequence: no key that one presses looks like this, so a slow line has time. */
export const PARTIAL_MS = 1000;
/** After ESC was taken for a key, the rest of a sequence may still come, in one piece. */
const LATE_MS = 300;
/** A paste whose end is missing ends after this silence, so that the keyboard comes back. */
export const PASTE_SILENCE_MS = 2000;
/** What is kept of a paste, and what is swallowed at most. */
export const PASTE_KEPT = 64 * 1024;
const PASTE_SWALLOWED = 4 * 1024 * 1024;
/** A sequence, or an answer of the terminal, is no longer than this. */
const LONGEST_SEQUENCE = 64;
const LONGEST_STRING = 64 * 1024;

const ESC = '\x1b';
const PASTE_END = '\x1b[201~';
/** Where what is dropped ends: answers, sequences, mouse reports. What cannot belong to it is input again. */
const STRING_END = /\x07|\x1b\\/;
const CSI_END = /[@-~]|(?=[^ -?])/;
const MOUSE_END = /[Mm]|(?=[^\d;Mm])/;

/**
 * F3 with a modifier is `ESC [ 1 ; 2 R` and more. `1;1` is no key: a terminal of one row can name no other row, and we ask
 * in the first column.
 */
const CURSOR_REPORT = /^\x1b\[(?:1;1|(?!1;)\d+;\d+)R$/;

interface Complete {
  /** `endless`: dropped, and what follows too, up to its end. */
  readonly kind: 'key' | 'csi' | 'ss3' | 'dropped' | 'endless';
  readonly length: number;
}
/** The input ends within a sequence, whose rest may take so long. */
interface Incomplete {
  readonly kind: 'incomplete';
  readonly wait: number;
}
type Match = Complete | Incomplete;

const SYSTEM_TIMERS: Timers = {
  set: (callback, milliseconds) => setTimeout(callback, milliseconds),
  clear: handle => clearTimeout(handle as NodeJS.Timeout),
};

export class InputTokenizer {
  readonly #sink: InputSink;
  readonly #timers: Timers;
  readonly #decoder = new StringDecoder('utf8');
  #buffer = '';
  #timer: unknown;
  /** Undefined outside of a paste. */
  #paste: string | undefined;
  #swallowed = 0;
  /** Within an answer that was too long or came too late: dropped up to its end, which looks like this. */
  #dropping: RegExp | undefined;
  #escapeWasKey = false;
  /** Keys and pastes that came out of the last read. */
  #fromThisRead = 0;

  constructor(sink: InputSink, timers: Timers = SYSTEM_TIMERS) {
    this.#sink = sink;
    this.#timers = timers;
  }

  /** Takes what was read. */
  feed(data: Uint8Array | string): void {
    this.#timers.clear(this.#timer);
    this.#fromThisRead = 0;
    const text = typeof data === 'string' ? data : this.#decoder.write(Buffer.from(data));
    if (this.#escapeWasKey) {
      this.#escapeWasKey = false;
      // Nobody types "[B" so fast that it is read at once: the rest of a sequence that was torn on the way.
      if (/^(?:\[[\d;]*[A-DFHP-S~]|O[A-DFHP-S]|\[<)/.test(text)) this.#buffer = ESC;
    }
    this.#buffer += text;
    this.#drain();
  }

  /** Forgets what is not complete: after a suspend, the rest of it will not come. */
  reset(): void {
    this.#timers.clear(this.#timer);
    this.#buffer = '';
    this.#paste = undefined;
    this.#dropping = undefined;
    this.#escapeWasKey = false;
  }

  #drain(): void {
    for (;;) {
      if (this.#paste !== undefined) {
        if (this.#continuePaste()) continue;
        this.#later(PASTE_SILENCE_MS, () => this.#endPaste());
        return;
      }
      if (this.#dropping) {
        if (this.#drop(this.#dropping)) continue;
        this.#later(PARTIAL_MS, () => this.reset());
        return;
      }
      if (this.#buffer === '') return;
      const match = matchStart(this.#buffer);
      if (match.kind === 'incomplete') {
        this.#later(match.wait, () => this.#noMore());
        return;
      }
      this.#take(match);
    }
  }

  #later(milliseconds: number, action: () => void): void {
    this.#timer = this.#timers.set(action, milliseconds);
  }

  #take(match: Complete): void {
    const sequence = this.#buffer.slice(0, match.length);
    this.#buffer = this.#buffer.slice(match.length);
    if (match.kind === 'dropped') return;
    const mouse = mouseReport(sequence);
    if (match.kind === 'endless') {
      this.#dropping = CSI_END;
    } else if (mouse) {
      this.#fromThisRead++;
      this.#sink.mouse(mouse);
    } else if (sequence === '\x1b[200~') {
      this.#paste = '';
      this.#swallowed = 0;
    } else if (match.kind === 'csi' && CURSOR_REPORT.test(sequence)) {
      this.#sink.cursorReport();
    } else {
      const name =
        match.kind === 'csi'
          ? csiKey(sequence.slice(2))
          : match.kind === 'ss3'
            ? ss3Key(sequence.slice(2))
            : keyOf(sequence);
      if (name !== undefined) this.#sink.key(name, this.#fromThisRead++ === 0 && this.#buffer === '');
    }
  }

  /** The rest of what began with ESC did not come. */
  #noMore(): void {
    const begun = this.#buffer;
    this.#buffer = '';
    if (begun === ESC) {
      this.#escapeWasKey = true;
      this.#timer = this.#timers.set(() => (this.#escapeWasKey = false), LATE_MS);
      this.#sink.key('escape', this.#fromThisRead === 0);
    } else if (begun.length === 2) {
      this.#sink.key('M-' + begun[1]!, this.#fromThisRead === 0);
    } else if (/^\x1b(?:[\]P_]|\[<)/.test(begun)) {
      this.#dropping = begun[1] === '[' ? MOUSE_END : STRING_END; // the rest may still be on its way
      this.#later(PARTIAL_MS, () => this.reset());
    }
  }

  /** @returns whether the paste has ended. */
  #continuePaste(): boolean {
    const end = this.#buffer.indexOf(PASTE_END);
    // The end mark may have arrived in part: its beginning stays in the buffer.
    const length = end >= 0 ? end : Math.max(0, this.#buffer.length - PASTE_END.length + 1);
    const kept = this.#paste!;
    this.#paste = kept + this.#buffer.slice(0, Math.min(length, PASTE_KEPT - kept.length));
    this.#swallowed += length;
    this.#buffer = this.#buffer.slice(end >= 0 ? end + PASTE_END.length : length);
    const ended = end >= 0 || this.#swallowed > PASTE_SWALLOWED;
    if (ended) this.#deliverPaste();
    return ended;
  }

  #endPaste(): void {
    this.#paste = this.#paste! + this.#buffer;
    this.#buffer = '';
    this.#deliverPaste();
  }

  #deliverPaste(): void {
    const text = this.#paste!.replace(/\r\n?/g, '\n');
    this.#paste = undefined;
    this.#fromThisRead++;
    this.#sink.paste(text);
  }

  /** @returns whether what is dropped has ended. */
  #drop(ending: RegExp): boolean {
    const end = ending.exec(this.#buffer);
    if (end) {
      this.#buffer = this.#buffer.slice(end.index + end[0].length);
      this.#dropping = undefined;
      return true;
    }
    this.#buffer = this.#buffer.endsWith(ESC) ? ESC : '';
    return false;
  }
}

/** What the non-empty input begins with. */
function matchStart(input: string): Match {
  if (!input.startsWith(ESC)) {
    return { length: String.fromCodePoint(input.codePointAt(0)!).length, kind: 'key' };
  }
  const second = input[1];
  if (second === undefined) return { kind: 'incomplete', wait: ESCAPE_MS };
  if (second === '[') return matchCsi(input);
  if (second === 'O') return matchSs3(input);
  if (']P_'.includes(second)) return matchString(input);
  if (second === ESC) return { length: 1, kind: 'key' };
  return { length: 1 + String.fromCodePoint(input.codePointAt(1)!).length, kind: 'key' };
}

function matchCsi(input: string): Match {
  const third = input[2];
  if (third === 'M') {
    // the oldest kind of mouse report: three bytes follow
    return input.length < 6 ? { kind: 'incomplete', wait: ESCAPE_MS } : { length: 6, kind: 'dropped' };
  }
  // the Linux console's F1 to F5
  if (third === '[') return input.length < 4 ? { kind: 'incomplete', wait: PARTIAL_MS } : { length: 4, kind: 'csi' };
  // rxvt's Shift with an editing key ends in a character that elsewhere is in the middle
  const rxvt = /^\x1b\[\d+\$(?![a-z])/.exec(input);
  if (rxvt && input.length > rxvt[0].length) return { length: rxvt[0].length, kind: 'csi' };
  const complete = /^\x1b\[[0-?]*[ -/]*[@-~]/.exec(input);
  if (complete) return { length: complete[0].length, kind: 'csi' };
  if (/^\x1b\[[0-?]*[ -/]*$/.test(input)) {
    return input.length > LONGEST_SEQUENCE
      ? { length: input.length, kind: 'endless' }
      : { kind: 'incomplete', wait: PARTIAL_MS };
  }
  // no sequence after all: a control character within it ends it
  return { length: /^\x1b\[[0-?]*[ -/]*/.exec(input)![0].length, kind: 'dropped' };
}

function matchSs3(input: string): Match {
  const complete = /^\x1bO\d*[ -/:-~]/.exec(input);
  if (complete) return { length: complete[0].length, kind: 'ss3' };
  if (/^\x1bO\d*$/.test(input) && input.length <= LONGEST_SEQUENCE) return { kind: 'incomplete', wait: PARTIAL_MS };
  return { length: 2, kind: 'dropped' };
}

/** Answers: OSC, DCS, APC. Two characters alone are a key pressed with Alt. */
function matchString(input: string): Match {
  const end = /\x07|\x1b\\/.exec(input.slice(2));
  if (end) return { length: 2 + end.index + end[0].length, kind: 'dropped' };
  if (input.length > LONGEST_STRING) return { length: input.length, kind: 'dropped' };
  return { kind: 'incomplete', wait: input.length === 2 ? ESCAPE_MS : PARTIAL_MS };
}

const BUTTONS: Readonly<Record<number, MouseReport['kind']>> = { 0: 'press', 64: 'wheel-up', 65: 'wheel-down' };
/** Bits of a button that tell of Shift, Alt and Control. */
const MODIFIERS = 4 | 8 | 16;

/** A report in decimal, `ESC [ < button ; column ; row M`; undefined for others, releases and movements among them. */
function mouseReport(sequence: string): MouseReport | undefined {
  const [, button, column, row] = /^\x1b\[<(\d{1,5});(\d{1,5});(\d{1,5})M$/.exec(sequence) ?? [];
  const kind = BUTTONS[Number(button) & ~MODIFIERS];
  const [x, y] = [Number(column) - 1, Number(row) - 1];
  return button === undefined || kind === undefined || x < 0 || y < 0 ? undefined : { kind, x, y };
}

/** One character, or one after ESC. */
function keyOf(sequence: string): string | undefined {
  if (sequence === ESC) return 'escape';
  if (!sequence.startsWith(ESC)) return characterName(sequence);
  const name = characterName(sequence.slice(1));
  return name === undefined ? undefined : 'M-' + name;
}
