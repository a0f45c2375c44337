/** Runs a monitor in a pseudoterminal and measures it there. */
import { setTimeout as delay } from 'node:timers/promises';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { atEnd } from './cleanup.mjs';
import { cpuMs, keptFiles, peakKb, readCalls, startOf, treeOf } from './proc.mjs';
import { ENV, home } from './tools.mjs';

/** Output after such a silence is a new frame. */
const SILENCE_MS = 60;
/** What everybody is told, and how soon after one the next refresh can be: repaints before that belong to the former. */
const INTERVAL_MS = 1000;
const REFRESH_MS = 800;
const FIRST_ROW_PATIENCE_MS = 30_000;
const REFRESH_PATIENCE_MS = 6000;
const EXIT_PATIENCE_MS = 5000;

const LEAVE = /\x1b\[\?(?:1049|1047|47)l/;
const ASKED = /(?:\x1b\[(\d*);?(\d*)H)?\x1b\[6n|\x1b\[(0?c|5n)/g;

/** Where a question may have been torn: the rest comes with the next chunk. */
const TORN = /\x1b(?:\[[\d;?]*)?$|\x1b\[\d*;?\d*H(?:\x1b(?:\[6?)?)?$/;

/** What a terminal answers to questions in the output. */
function* answers(text) {
  for (const [, row, column, other] of text.matchAll(ASKED))
    yield other === undefined ? `\x1b[${row || 1};${column || 1}R` : other === '5n' ? '\x1b[0n' : '\x1b[?62;22c';
}

/** Is there a number below the word PID? */
function showsRow({ rows, buffer: { active } }) {
  const lines = Array.from({ length: rows }, (_, y) => active.getLine(active.baseY + y)?.translateToString(true) ?? '');
  const heading = lines.findIndex(line => /\bpid\b/i.test(line));
  if (heading < 0) return false;
  const at = lines[heading].search(/\bpid\b/i);
  return lines.slice(heading + 1).some(line => /\d/.test(line.slice(Math.max(0, at - 7), at + 4)));
}

class Session {
  bytes = 0;
  /** Starts of refreshes, and when something came last, in ms since the start. */
  refreshes = [];
  lastMs = Number.NEGATIVE_INFINITY;
  firstRowMs = Number.NaN;
  leftMs = Number.NaN;
  #torn = '';
  #start = performance.now();
  #pty;
  #screen;
  #undo;
  #started;

  constructor({ command, args }, columns, rows) {
    this.#screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.#start = performance.now();
    this.#pty = pty.spawn(command, args, { cols: columns, rows, env: ENV, cwd: home, encoding: null });
    this.#started = startOf(this.pid);
    this.#undo = atEnd(() => this.close());
    this.#pty.onData(chunk => this.#take(chunk));
  }

  get pid() {
    return this.#pty.pid;
  }

  get isThere() {
    return this.#started !== undefined && startOf(this.pid) === this.#started;
  }

  get ms() {
    return performance.now() - this.#start;
  }

  #take(chunk) {
    const { ms } = this;
    this.bytes += chunk.length;
    const text = chunk.toString('latin1');
    const heard = this.#torn + text;
    const cut = heard.search(TORN);
    this.#torn = cut < 0 ? '' : heard.slice(cut);
    for (const answer of answers(cut < 0 ? heard : heard.slice(0, cut))) this.send(answer);
    if (LEAVE.test(text)) this.leftMs = ms;
    if (ms - this.lastMs > SILENCE_MS && ms - (this.refreshes.at(-1) ?? -REFRESH_MS) > REFRESH_MS)
      this.refreshes.push(ms);
    this.lastMs = ms;
    if (!Number.isNaN(this.firstRowMs)) return;
    this.#screen.write(chunk, () => {
      if (Number.isNaN(this.firstRowMs) && showsRow(this.#screen)) this.firstRowMs = ms;
    });
  }

  send(text) {
    if (this.isThere) this.#pty.write(text);
  }

  async until(sign, patienceMs, step = 5) {
    const end = this.ms + patienceMs;
    while (!sign() && this.ms < end && this.isThere) await delay(step);
    return sign();
  }

  /** Just after a refresh, when all of it is there. */
  async betweenRefreshes() {
    const { length } = this.refreshes;
    await this.until(() => this.refreshes.length > length, REFRESH_PATIENCE_MS);
    await this.until(() => this.ms - this.lastMs > SILENCE_MS, REFRESH_PATIENCE_MS);
  }

  /** What has been used up by now. */
  look() {
    const pids = treeOf(this.pid);
    return {
      ms: this.ms,
      cpuMs: cpuMs(pids),
      bytes: this.bytes,
      refreshes: this.refreshes.length,
      atMs: this.refreshes.at(-1),
      reads: readCalls(pids),
      pids,
    };
  }

  /** `q`: until the terminal is its own again, until the program is gone, in ms. */
  async quit() {
    const from = this.ms;
    this.leftMs = Number.NaN;
    this.send('q');
    const end = from + EXIT_PATIENCE_MS;
    while (this.isThere && this.ms < end) await delay(1);
    const goneMs = this.isThere ? Number.NaN : this.ms - from;
    await delay(20); // what it sent last may still be on its way
    return { restoredMs: this.leftMs - from, goneMs };
  }

  close() {
    this.#undo();
    if (this.isThere) process.kill(this.pid, 'SIGKILL');
    this.#pty.destroy();
    this.#screen.dispose();
  }
}

/** Per refresh, between two looks. */
function between(from, to, tasks, isSteady) {
  const counted = to.refreshes - from.refreshes;
  // a repaint between two refreshes is none: nobody gets a better number by it
  const refreshes = isSteady ? Math.min(counted, (to.ms - from.ms) / INTERVAL_MS) : counted;
  const each = key => (refreshes > 0 ? (to[key] - from[key]) / refreshes : Number.NaN);
  return {
    refreshes,
    periodMs: each('atMs'),
    cpuMs: each('cpuMs'),
    bytes: each('bytes'),
    readsPerTask: each('reads') / tasks,
  };
}

/**
 * One run. `earlySeconds`: what counts as the beginning, `seconds`: the whole of it; `tasks`: how many there are.
 * Times in ms, memory in KiB.
 */
export async function measure(program, { columns, rows, earlySeconds, seconds, tasks }) {
  const session = new Session(program, columns, rows);
  try {
    if (!(await session.until(() => !Number.isNaN(session.firstRowMs), FIRST_ROW_PATIENCE_MS)))
      throw new Error(`${program.name} shows no row`);
    await session.until(() => session.ms - session.lastMs > SILENCE_MS, REFRESH_PATIENCE_MS);
    const first = session.look();
    await delay(Math.max(0, earlySeconds * 1000 - session.ms));
    await session.betweenRefreshes();
    const early = session.look();
    await delay(Math.max(0, (seconds - 1) * 1000 - session.ms));
    await session.betweenRefreshes();
    const late = session.look();
    return {
      firstRowMs: session.firstRowMs,
      startCpuMs: first.cpuMs,
      firstBytes: first.bytes,
      early: between(first, early, tasks, false),
      ...between(early, late, tasks, true),
      rssKb: peakKb(late.pids),
      keptFiles: keptFiles(late.pids),
      ...(await session.quit()),
    };
  } finally {
    session.close();
  }
}
