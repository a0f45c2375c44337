/**
 * The terminal: everything else in the program paints {@link Frame}s and gets keys. This folder is the only one that
 * knows blessed.
 */
import type { ReadStream } from 'node:tty';
import type { Frame } from '../view/cells.ts';
import { capabilities, usableSize } from './environment.ts';
import type { Capabilities, ColorChoice } from './environment.ts';
import { InputTokenizer, type MouseReport } from './input.ts';
import { LastWords } from './last-words.ts';
import { dieOfHangup, Lifecycle } from './lifecycle.ts';
import { CellScreen } from './screen.ts';
import { swallowAnswers } from './swallow.ts';
import { type Theme, THEMES } from './theme.ts';
import { Wire } from './wire.ts';

/** What the terminal tells the program. */
export interface TerminalEvents {
  /**
   * A key, by its canonical name (see `key-names.ts`). `alone` is false when other input came in the same moment, typed
   * ahead or sent by a machine: no key to confirm anything with.
   */
  key(name: string, alone: boolean): void;
  /** Pasted text, line ends as `\n`: one event, never keys. It may hold anything, control characters too. */
  paste(text: string): void;
  /** A press or a turn of the wheel within the screen, where {@link TerminalOptions.mouse} asks for it. */
  mouse?(report: MouseReport): void;
  /** The size changed; the next {@link Terminal.paint} is to be of the new one. */
  resize(columns: number, rows: number): void;
  /** Back after a stop (^Z and `fg`). The last frame is on the screen again; time has passed. */
  resumed(): void;
  /** The terminal is gone, and the process dies of SIGHUP when this returns. Nothing may be written. */
  gone(): void;
}

export interface TerminalOptions {
  readonly colors: ColorChoice;
  /** Only ASCII, whatever the locale. */
  readonly ascii: boolean;
  /** Default: the theme `default`. */
  readonly theme?: Theme;
  /** Presses and the wheel are told; the terminal's own selection then wants Shift. */
  readonly mouse?: boolean;
  readonly events: TerminalEvents;
  /** Never more bytes per second than that; default: no bound but what the terminal takes. */
  readonly bytesPerSecond?: number | undefined;
  /** Default: that of the process. */
  readonly env?: NodeJS.ProcessEnv;
}

export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  /** Whether characters beyond ASCII are shown; if not, they are replaced, so that nobody has to ask. */
  readonly unicode: boolean;
  readonly colors: 0 | 16 | 256;
  /**
   * Shows a frame, by sending what differs from the one before. While the terminal is behind, frames are skipped as a
   * whole; the last one is painted when it has caught up.
   */
  paint(frame: Frame): void;
  /** Whether the last frame was sent as a whole; false while the terminal is behind. */
  readonly isCurrent: boolean;
  setTheme(theme: Theme): void;
  /** Paints everything anew (^L): another program may have written over our screen. */
  redraw(): void;
  /** All bytes sent to the terminal so far. */
  readonly bytesWritten: number;
  /** Frames that were never shown because the terminal was behind. */
  readonly framesSkipped: number;
  /** Stops the whole job (^Z) with the terminal restored; returns when it is continued. */
  suspend(): void;
  /**
   * Back to the normal screen, for good: cooked mode, cursor, no modes left on. Idempotent, synchronous, and it works
   * on a terminal that takes no bytes. It also happens on every way out of the process.
   */
  restore(): void;
}

/** Alternate screen, cleared; cursor hidden; bracketed paste. */
const ENTER = '\x1b[?1049h\x1b[m\x1b[H\x1b[2J\x1b[?25l\x1b[?2004h';
/** Presses and the wheel, never movements: over SSH they would be a flood. In decimal (SGR): the other forms end at column 223. */
const MOUSE = '\x1b[?1000h\x1b[?1006h';
const CLEAR = '\x1b[m\x1b[H\x1b[2J';
/** Undoes that, and what a program before us may have left on: mouse and focus reports, scroll region, charset. */
const LEAVE =
  '\x1b[?2026l\x1b[?1006l\x1b[?1003l\x1b[?1002l\x1b[?1000l\x1b[?1004l\x1b[?2004l\x1b[m\x1b(B\x1b[r\x1b[?25h';
/** Without an alternate screen (Linux console, vt100) the picture stays: the prompt goes below it. */
const NORMAL_SCREEN = {
  'xterm-256color': '\x1b[?1049l',
  xterm: '\x1b[999;1H\r\n\x1b[?1049l',
  linux: '\x1b[999;1H\r\n\x1b[?1049l',
};

/** Opens the terminal of stdin and stdout, or says why it cannot: a sentence with what to do. */
export function openTerminal(options: TerminalOptions): Terminal | { readonly error: string } {
  const env = options.env ?? process.env;
  if (!process.stdout.isTTY) return { error: 'standard output is not a terminal: use --once' };
  if (!process.stdin.isTTY)
    return { error: 'standard input is not a terminal: start it without a pipe, or use --once' };
  const able = capabilities(env, options);
  if ('error' in able) return able;
  return new TtyTerminal(able, options, env);
}

type State = 'open' | 'left' | 'closed';

class TtyTerminal implements Terminal {
  framesSkipped = 0;
  columns = 0;
  rows = 0;
  readonly unicode: boolean;
  readonly colors: 0 | 16 | 256;

  readonly #events: TerminalEvents;
  readonly #env: NodeJS.ProcessEnv;
  readonly #enter: string;
  readonly #leave: string;
  readonly #lastWords = new LastWords();
  readonly #input: ReadStream = process.stdin;
  readonly #tokenizer: InputTokenizer;
  readonly #wire: Wire;
  readonly #screen: CellScreen;
  readonly #lifecycle: Lifecycle;
  #state: State = 'open';
  #last: Frame | undefined;
  /** Whether the last frame is still to be painted. */
  #owed = false;
  /** Whether there was input since the last frame. */
  #isAsked = false;
  /** Whether the screen is to be cleared before the next frame. */
  #clear = false;

  constructor(able: Capabilities, { events, theme, mouse, bytesPerSecond }: TerminalOptions, env: NodeJS.ProcessEnv) {
    this.unicode = able.unicode;
    this.colors = able.depth === 8 ? 16 : able.depth;
    this.#events = events;
    this.#env = env;
    this.#enter = mouse ? ENTER + MOUSE : ENTER;
    this.#leave = LEAVE + NORMAL_SCREEN[able.description];
    this.#measure();
    this.#screen = new CellScreen(able, this, theme ?? THEMES.default, () => this.#paintLast());
    this.#wire = new Wire(process.stdout, { ready: () => this.#ready(), gone: () => this.#gone() }, bytesPerSecond);
    this.#tokenizer = new InputTokenizer({
      key: (name, alone) => {
        this.#isAsked = true;
        events.key(name, alone);
      },
      paste: text => {
        this.#isAsked = true;
        events.paste(text);
      },
      mouse: report => {
        this.#isAsked = true;
        if (mouse && report.x < this.columns && report.y < this.rows) events.mouse?.(report);
      },
      cursorReport: () => this.#wire.answered(),
    });
    this.#lifecycle = new Lifecycle({
      restore: () => this.restore(),
      leave: () => this.#leaveScreen(),
      enter: () => this.#enterAgain(),
      gone: () => this.#gone(),
      say: line => this.#lastWords.say(line),
    });
    this.#listen();
    this.#input.setRawMode(true);
    this.#wire.control(this.#enter);
    this.#input.resume();
  }

  get bytesWritten(): number {
    return this.#wire.bytesWritten;
  }

  get isCurrent(): boolean {
    return !this.#owed && !this.#wire.isSending;
  }

  paint(frame: Frame): void {
    this.#last = frame;
    if (this.#state !== 'open') return;
    if (this.#isAsked) this.#takeBack();
    if (this.#wire.behind) {
      if (this.#owed) this.framesSkipped++;
      this.#owed = true;
      return;
    }
    this.#owed = this.#isAsked = false;
    const text = this.#screen.paint(frame);
    this.#wire.frame(this.#clear ? CLEAR + text : text);
    this.#clear = false;
  }

  /** Who pressed a key wants to see what it did, not the rest of what was before it. */
  #takeBack(): void {
    const unsent = this.#wire.takeBack();
    if (unsent) this.#screen.takeBack(unsent.text, unsent.sent);
  }

  setTheme(theme: Theme): void {
    this.#screen.setTheme(theme);
  }

  redraw(): void {
    this.#forgetScreen();
    this.#paintLast();
  }

  suspend(): void {
    if (this.#state === 'open') this.#lifecycle.suspend();
  }

  restore(): void {
    if (this.#state === 'closed') return;
    const wasOpen = this.#state === 'open';
    this.#state = 'closed';
    this.#lifecycle.close();
    if (wasOpen) this.#backToNormal();
    this.#wire.mute();
    this.#input.pause();
  }

  #listen(): void {
    this.#input.on('data', (data: Buffer) => this.#tokenizer.feed(data));
    for (const event of ['end', 'close', 'error']) this.#input.on(event, () => this.#gone());
    process.stdout.on('resize', () => {
      if (this.#state === 'open') this.#resized();
    });
  }

  /** @returns whether the size is another one than before. */
  #measure(): boolean {
    const { columns, rows } = usableSize(process.stdout.columns, process.stdout.rows, this.#env);
    const changed = columns !== this.columns || rows !== this.rows;
    this.columns = columns;
    this.rows = rows;
    return changed;
  }

  #resized(): void {
    if (!this.#measure()) return;
    this.#forgetScreen();
    this.#events.resize(this.columns, this.rows);
  }

  /** What is on the terminal is unknown: the next frame is sent as a whole. */
  #forgetScreen(): void {
    this.#clear = true;
    this.#screen.reset(this.columns, this.rows);
  }

  #paintLast(): void {
    if (this.#last) this.paint(this.#last);
  }

  #ready(): void {
    if (this.#owed && this.#state === 'open') this.#paintLast();
  }

  #leaveScreen(): void {
    this.#state = 'left';
    this.#backToNormal();
    this.#input.pause();
  }

  #backToNormal(): void {
    this.#lastWords.say(this.#leave);
    // Answers that are still on their way would be typed into the shell.
    if (this.#wire.unansweredQuestions > 0) swallowAnswers(this.#wire.unansweredQuestions, this.#wire.answerMs);
    this.#wire.drop();
    this.#tokenizer.reset();
    // On a serial line that takes nothing this would wait for it; there Node does it on exit, without waiting.
    if (!this.#wire.stalled) this.#input.setRawMode(false);
  }

  #enterAgain(): void {
    if (this.#state === 'closed') return;
    // The mode first: in the background it stops us (SIGTTOU) before a byte is written. Off and on, because Node
    // believes to be in raw mode after a stop that it did not see.
    this.#input.setRawMode(false);
    this.#input.setRawMode(true);
    this.#state = 'open';
    this.#input.resume();
    this.#wire.control(this.#enter);
    const resized = this.#measure();
    this.#forgetScreen();
    this.#clear = false;
    if (resized) this.#events.resize(this.columns, this.rows);
    else this.#paintLast();
    this.#events.resumed();
  }

  #gone(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#lifecycle.close();
    this.#wire.mute();
    this.#input.pause();
    this.#events.gone();
    dieOfHangup();
  }
}
