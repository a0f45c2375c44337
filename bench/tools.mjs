/** The small programs of the bench: C compiled, parts of src bundled, into a folder that goes at the end. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { atEnd, killAtEnd } from './cleanup.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));

export const folder = mkdtempSync(path.join(tmpdir(), 'taskscope-bench-'));
atEnd(() => rmSync(folder, { recursive: true, force: true }));
/** A home without settings: everybody runs with the defaults. */
export const home = path.join(folder, 'home');
mkdirSync(home);
export const ENV = {
  PATH: process.env.PATH,
  HOME: home,
  XDG_CONFIG_HOME: home,
  LANG: 'C.UTF-8',
  TERM: 'xterm-256color',
};

const made = new Map();

/** @returns the path of the program made of c/NAME.c. */
export function compiled(name) {
  if (!made.has(name)) {
    const out = path.join(folder, name);
    const { status, stderr, error } = spawnSync(
      'cc',
      ['-O2', '-Wall', '-o', out, path.join(here, 'c', `${name}.c`), '-lpthread'],
      { encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`cannot compile ${name}.c: ${error?.message ?? stderr}`);
    made.set(name, out);
  }
  return made.get(name);
}

/** @returns the path of NAME.mjs with the parts of src that it imports. */
export async function bundled(name) {
  const outfile = path.join(folder, `${name}.bundle.mjs`);
  if (!made.has(outfile)) {
    await build({
      entryPoints: [path.join(here, `${name}.mjs`)],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20.11',
      logLevel: 'error',
    });
    made.set(outfile, outfile);
  }
  return outfile;
}

/** A program that does one thing for each line on its stdin and answers with a line of numbers. */
export class Stepper {
  #child;
  #lines;

  constructor(command, args) {
    this.#child = killAtEnd(spawn(command, args, { env: ENV, stdio: ['pipe', 'pipe', 'inherit'] }));
    this.#child.stdin.on('error', () => undefined);
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async step() {
    this.#child.stdin.write('\n');
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.#child.spawnfile} has ended`);
    return value.split(' ').map(Number);
  }

  end() {
    this.#child.stdin.end();
  }
}

/** @returns {Promise<{ends: () => Promise<void>}>} when all of the crowd is there. */
export async function startCrowd(processes, threads, busy) {
  const words = [processes, threads, Math.min(busy, processes)].map(String);
  const child = spawn(compiled('crowd'), words, { stdio: ['pipe', 'pipe', 'inherit'] });
  // its stdin is what it lives by: it takes its children with it
  const undo = atEnd(() => child.stdin.destroy());
  const ended = new Promise(resolve => child.once('exit', resolve));
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  if (value !== 'ready') {
    undo();
    throw new Error(`a crowd of ${processes} processes and ${threads} threads cannot be had here`);
  }
  return {
    async end() {
      undo();
      await ended;
    },
  };
}

/** What a command costs: CPU and wall time in ms, KiB of its largest process. */
export async function costOf(command, args, env = ENV) {
  const child = killAtEnd(
    spawn(compiled('rusage'), [command, ...args], { env, cwd: home, stdio: ['ignore', 'ignore', 'ignore', 'pipe'] }),
  );
  let text = '';
  child.stdio[3].on('data', bytes => (text += bytes));
  const status = await new Promise(resolve => child.once('close', resolve));
  const [cpuUs, wallUs, kib] = text.split(' ').map(Number);
  return { cpuMs: cpuUs / 1000, wallMs: wallUs / 1000, rssKb: kib, status };
}

/** @returns the first line with a digit that one of the calls prints; undefined: it is not here. */
export function versionOf(command, ...calls) {
  if (!has(command)) return undefined;
  for (const args of calls) {
    const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env: ENV });
    const line = `${stdout}\n${stderr}`.split('\n').find(text => /\d/.test(text));
    if (line !== undefined) return line.replace(/\s+/g, ' ').trim();
  }
  return 'says no version';
}

const has = command => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
