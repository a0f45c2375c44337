/** A program in a pseudoterminal and the xterm that shows it: the works of `test/e2e/harness.ts`, see there. */
import { setTimeout as delay } from 'node:timers/promises';
import type { IPty } from '@lydell/node-pty';
import type { Terminal as Xterm } from '@xterm/headless';
import { keyBytes } from './key-bytes.ts';

/** Long, because machines are busy; what is there sooner is found sooner. */
const PATIENCE_MS = 15_000;
const LOOK_AGAIN_MS = 15;
/** A lone ESC is a key only when nothing follows it. This is the terminal's protocol, not luck. */
const AFTER_ESCAPE_MS = 150;

type PtyModule = typeof import('@lydell/node-pty');

async function load(): Promise<{ pty?: PtyModule; unavailable?: string }> {
  try {
    return { pty: await import('@lydell/node-pty') };
  } catch (error) {
    return { unavailable: `no pseudoterminals here: ${error instanceof Error ? error.message.split('\n')[0]! : ''}` };
  }
}

const { pty, unavailable } = await load();
const { default: xterm } = await import('@xterm/headless');
const { default: unicode11 } = await import('@xterm/addon-unicode11');

/** Why no test with a pseudoterminal can run here (no prebuilt node-pty for the platform); undefined if they can. */
export const ptyUnavailable: string | undefined = unavailable;

export interface OpenOptions {
  /** Default 80. */
  readonly columns?: number;
  /** Default 24. */
  readonly rows?: number;
  /** On top of PATH, HOME, LANG=C.UTF-8 and TERM=xterm-256color; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Whether the terminal answers questions (default true). */
  readonly answers?: boolean;
}

/** What a cell looks like. Colours are palette numbers, undefined for the terminal's default. */
export interface CellLook {
  readonly text: string;
  readonly bold: boolean;
  readonly underline: boolean;
  readonly reverse: boolean;
  readonly foreground: number | undefined;
  readonly background: number | undefined;
}

export class Screen {
  /** Everything the program has sent. */
  raw = '';
  /** Called at the end of each frame (synchronized output), when it is on the screen and nothing after it. */
  onFrame: () => void = () => undefined;
  readonly #pty: IPty;
  readonly #xterm: Xterm;
  readonly #exit: Promise<number>;
  #status: number | undefined;
  #closed = false;

  /** Made by `open` of a `ptyTest`, which also closes it. */
  constructor(command: string, args: readonly string[], options: OpenOptions) {
    if (!pty) throw new Error(ptyUnavailable);
    const { columns: cols = 80, rows = 24 } = options;
    this.#xterm = new xterm.Terminal({ cols, rows, allowProposedApi: true, scrollback: 200 });
    this.#xterm.loadAddon(new unicode11.Unicode11Addon());
    this.#xterm.parser.registerCsiHandler({ prefix: '?', final: 'l' }, ([mode]) => {
      if (mode === 2026) this.onFrame();
      return false; // the terminal takes it, too
    });
    this.#xterm.unicode.activeVersion = '11'; // the default is Unicode 6, where emoji are one cell wide
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, LANG: 'C.UTF-8', TERM: 'xterm-256color', ...options.env };
    // node-pty fills in a TERM of its own where there is none
    const [file, rest] = env.TERM ? [command, [...args]] : ['env', ['TERM=', command, ...args]];
    this.#pty = pty.spawn(file, rest, { cols, rows, env, ...(options.cwd ? { cwd: options.cwd } : {}) });
    this.#pty.onData(data => {
      this.raw += data;
      this.#xterm.write(data);
    });
    if (options.answers !== false) this.#xterm.onData(data => this.send(data));
    this.#exit = new Promise(resolve => {
      this.#pty.onExit(({ exitCode, signal }) => {
        this.#status = signal ? 128 + signal : exitCode;
        resolve(this.#status);
      });
    });
  }

  // ---- what one does

  /** Presses keys, by their canonical names: `press('down', 'C-z', 'f1', 'P')`. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      this.send(keyBytes(key));
      if (key === 'escape') await delay(AFTER_ESCAPE_MS);
    }
  }

  /** Types text, character by character as one would; for the Enter at its end use `press('enter')`. */
  type(text: string): void {
    this.send(text);
  }

  /** Pastes as terminals do: between marks if the program asked for them. */
  paste(text: string): void {
    const carriageReturns = text.replaceAll('\n', '\r');
    this.send(this.#xterm.modes.bracketedPasteMode ? `\x1b[200~${carriageReturns}\x1b[201~` : carriageReturns);
  }

  /** Sends these very bytes. */
  send(bytes: string): void {
    if (!this.#closed && this.#status === undefined) this.#pty.write(bytes);
  }

  resize(columns: number, rows: number): void {
    this.#xterm.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  /** The terminal stops taking output (^S, a dead line), until {@link resume}. */
  stall(): void {
    this.#pty.pause();
  }

  resume(): void {
    this.#pty.resume();
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name);
  }

  /** The window is closed: the kernel hangs up, as when ssh loses its connection. */
  hangUp(): void {
    (this.#pty as IPty & { destroy(): void }).destroy();
  }

  /** Ends the program, whatever it does. Called by {@link ptyTest}. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#status === undefined) {
      this.#pty.resume();
      this.#pty.kill('SIGKILL');
      await Promise.race([this.#exit, delay(2000, undefined, { ref: false })]);
    }
    (this.#pty as IPty & { destroy(): void }).destroy();
    this.#xterm.dispose();
  }

  // ---- what one sees

  get pid(): number {
    return this.#pty.pid;
  }

  get columns(): number {
    return this.#xterm.cols;
  }

  get rows(): number {
    return this.#xterm.rows;
  }

  /** Line `y` (0 is the top one) without trailing blanks. */
  line(y: number): string {
    const buffer = this.#xterm.buffer.active;
    return buffer.getLine(buffer.baseY + y)?.translateToString(true) ?? '';
  }

  lines(): string[] {
    return Array.from({ length: this.rows }, (_, y) => this.line(y));
  }

  text(): string {
    return this.lines().join('\n');
  }

  /** Whether the program's own screen is shown, not the shell's. */
  get isAlternate(): boolean {
    return this.#xterm.buffer.active.type === 'alternate';
  }

  /** What the terminal tells of the mouse: `none`, or `vt200` for presses. */
  get mouseReports(): string {
    return this.#xterm.modes.mouseTrackingMode;
  }

  /** Number of the first line that contains this; -1 if none does. */
  find(wanted: string | RegExp): number {
    return this.lines().findIndex(line => contains(line, wanted));
  }

  /** The column (in cells, not characters) where `character` first stands in line `y`; -1 if it does not. */
  columnOf(y: number, character: string): number {
    for (let x = 0; x < this.columns; x++) if (this.look(x, y).text === character) return x;
    return -1;
  }

  /** A cell's character, attributes and colours. */
  look(x: number, y: number): CellLook {
    const buffer = this.#xterm.buffer.active;
    const cell = buffer.getLine(buffer.baseY + y)?.getCell(x);
    if (!cell) throw new Error(`no cell ${x},${y} on a screen of ${this.columns}x${this.rows}`);
    return {
      text: cell.getChars(),
      bold: cell.isBold() !== 0,
      underline: cell.isUnderline() !== 0,
      reverse: cell.isInverse() !== 0,
      foreground: cell.isFgDefault() ? undefined : cell.getFgColor(),
      background: cell.isBgDefault() ? undefined : cell.getBgColor(),
    };
  }

  /** What the program has sent since `start` (a former `raw.length`). */
  since(start: number): string {
    return this.raw.slice(start);
  }

  get hasExited(): boolean {
    return this.#status !== undefined;
  }

  // ---- what one waits for

  /** Waits until the screen contains this. */
  async expectText(wanted: string | RegExp, options?: Patience): Promise<void> {
    await this.until(() => contains(this.text(), wanted), `${String(wanted)} on the screen`, options);
  }

  /** Waits until the screen no longer contains this. */
  async expectNoText(unwanted: string | RegExp, options?: Patience): Promise<void> {
    await this.until(() => !contains(this.text(), unwanted), `no ${String(unwanted)} on the screen`, options);
  }

  /** Waits until line `y` contains this. */
  async expectLine(y: number, wanted: string | RegExp, options?: Patience): Promise<void> {
    await this.until(() => contains(this.line(y), wanted), `${String(wanted)} in line ${y}`, options);
  }

  /** Waits until the program's own screen is shown (or, with false, the shell's). */
  async expectAlternate(shown: boolean, options?: Patience): Promise<void> {
    await this.until(() => this.isAlternate === shown, shown ? 'the alternate screen' : 'the normal screen', options);
  }

  /** Waits until all that the program has sent so far is on the screen. */
  async settled(): Promise<void> {
    for (let length = -1; length !== this.raw.length;) {
      length = this.raw.length;
      await new Promise<void>(resolve => this.#xterm.write('', resolve));
      await new Promise(resolve => setImmediate(resolve));
    }
  }

  /** Waits for the end of the program, and until its last words are on the screen. */
  async exitStatus(options?: Patience): Promise<number> {
    await this.until(() => this.#status !== undefined, 'the end of the program', options);
    await new Promise<void>(resolve => this.#xterm.write('', resolve));
    return this.#status!;
  }

  /** Waits until `sign` is true; `what` says in the error what was waited for. */
  async until(sign: () => boolean, what: string, { patience = PATIENCE_MS }: Patience = {}): Promise<void> {
    const end = performance.now() + patience;
    while (!sign()) {
      if (performance.now() > end) {
        const state = this.#status === undefined ? '' : `\nThe program has ended with status ${this.#status}.`;
        throw new Error(`waited ${patience} ms for ${what}; the screen is\n${this.text().trimEnd()}${state}`);
      }
      await delay(LOOK_AGAIN_MS);
    }
  }
}

export interface Patience {
  /** Milliseconds to wait at most; default 15,000. */
  readonly patience?: number;
}

function contains(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
}
