/** The monitor over ssh over a line, in a terminal that answers. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { atEnd } from '../cleanup.mjs';
import { isAlive } from './process.mjs';
import { Line } from './relay.mjs';
import { clientWords } from './sshd.mjs';

const LOOK_AGAIN_MS = 5;
/** What the shell says when it has the terminal back. */
export const PROMPT = 'prompt-again$';
const root = path.resolve(import.meta.dirname, '../..');
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'taskscope-lines-'));
atEnd(() => fs.rmSync(home, { recursive: true, force: true }));
const ENV = { PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8', TERM: 'xterm-256color' };
/** A copy: who builds while this runs would take the parts away that are loaded on demand. */
for (const name of ['bin', 'dist']) fs.cpSync(`${root}/${name}`, `${home}/${name}`, { recursive: true });
const PROGRAM = `${process.execPath} ${home}/bin/taskscope.js`;

export class Session {
  bytes = 0;
  startMs = performance.now();
  #pty;
  #screen;
  #undo;

  /** Starts `taskscope args` there; over no line, but in the same terminal, without `server`. */
  static async open({ server, speed, args = '', columns = 80, rows = 24 }) {
    const session = new Session();
    await session.#open(server, speed, args, columns, rows);
    return session;
  }

  async #open(server, speed, args, cols, rows) {
    const pidFile = `${server?.folder ?? home}/pid`;
    fs.rmSync(pidFile, { force: true });
    const command =
      `export LANG=C.UTF-8 XDG_CONFIG_HOME=/nonexistent; ` +
      `sh -c 'echo $$ >${pidFile}; exec ${PROGRAM} ${args}'; echo '${PROMPT}'; sleep 30`;
    let words = ['sh', '-c', command];
    if (server) {
      this.line = new Line(speed, server.port);
      words = ['ssh', ...clientWords(await this.line.open(), server.folder, command)];
    }
    this.#screen = new xterm.Terminal({ cols, rows, allowProposedApi: true });
    this.#pty = pty.spawn(words[0], words.slice(1), { cols, rows, env: ENV, cwd: home });
    this.#undo = atEnd(() => this.close());
    this.#pty.onData(text => {
      this.bytes += Buffer.byteLength(text);
      this.#screen.write(text);
    });
    this.#screen.onData(text => this.send(text));
    await this.until(() => fs.existsSync(pidFile) && fs.readFileSync(pidFile, 'utf8').endsWith('\n'), 60_000);
    this.pid = Number(fs.readFileSync(pidFile, 'utf8'));
  }

  get clientPid() {
    return this.#pty.pid;
  }

  send(text) {
    if (isAlive(this.#pty.pid)) this.#pty.write(text);
  }

  lines() {
    const { active } = this.#screen.buffer;
    return Array.from({ length: this.#screen.rows }, (_, y) =>
      active.getLine(active.baseY + y)?.translateToString(true),
    );
  }

  /** The line that is shown reversed or on a background of its own from the first cell on, below the heading. */
  selected() {
    const { active } = this.#screen.buffer;
    const heading = this.lines().findIndex(line => /\bPID\b/.test(line));
    for (let y = this.#screen.rows - 2; y > heading && heading >= 0; y--) {
      const cell = active.getLine(active.baseY + y)?.getCell(0);
      if (cell?.isInverse() || cell?.isBgDefault() === false) return y;
    }
    return -1;
  }

  /** @returns milliseconds until `sign`; NaN if it did not come. */
  async until(sign, patienceMs) {
    const start = performance.now();
    while (!sign()) {
      if (performance.now() > start + patienceMs) return Number.NaN;
      await delay(LOOK_AGAIN_MS);
    }
    return performance.now() - start;
  }

  close() {
    this.#undo();
    for (const pid of [this.#pty.pid, this.pid]) if (pid && isAlive(pid)) process.kill(pid, 'SIGKILL');
    this.line?.close();
    this.#pty.destroy();
    this.#screen.dispose();
  }
}
