/** Runs the real program and the C helpers, and reads what they say line by line. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { buildHelper, projectRoot, testCache } from './build.ts';

const PATIENCE_MS = 30_000;

/** The lines of a program's output, one at a time. */
interface Lines {
  /** The next line, which may still be to come. @throws when the program ends or is silent for long */
  next(): Promise<string>;
}

function linesOf(child: ChildProcess, what: string): Lines {
  assert.ok(child.stdout, `${what} has a pipe`);
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async next() {
      let timer: NodeJS.Timeout | undefined;
      const silence = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`${what} is silent; stderr: ${errors}`)), PATIENCE_MS);
      });
      const line = await Promise.race([lines.next(), silence]).finally(() => clearTimeout(timer));
      if (line.done === true) throw new Error(`${what} ended; stderr: ${errors}`);
      return line.value;
    },
  };
}

/** A row of the JSON output: values by column id. */
export type TaskRow = Readonly<Record<string, unknown>>;

/** What `--json` prints, as far as the tests need it. */
export interface Snapshot {
  readonly schema: string;
  readonly interval_seconds: number | null;
  readonly machine: { readonly ticks_per_second: number; readonly page_bytes: number };
  readonly columns: readonly string[];
  readonly tasks: readonly TaskRow[];
}

export interface TaskscopeRun {
  /** The next snapshot, as soon as it is printed. */
  next(): Promise<Snapshot>;
}

/** Starts `taskscope --format ndjson …`; it is killed when the test ends. */
export function startTaskscope(t: TestContext, ...args: string[]): TaskscopeRun {
  const program = join(projectRoot, 'bin', 'taskscope.js');
  const child = spawn(process.execPath, [program, '--format', 'ndjson', ...args], {
    env: { ...process.env, XDG_CONFIG_HOME: join(testCache, 'no-configuration') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  const lines = linesOf(child, `taskscope ${args.join(' ')}`);
  return { next: async () => JSON.parse(await lines.next()) as Snapshot };
}

/** The only task of `taskscope --once -p PID -c …`. */
export async function taskOnce(t: TestContext, pid: number, columns: string, ...args: string[]): Promise<TaskRow> {
  const run = startTaskscope(t, '--once', '-d', '0.1', '-p', String(pid), '-c', columns, ...args);
  return onlyTask(await run.next());
}

/** @throws unless there is exactly one task in it */
export function onlyTask(snapshot: Snapshot): TaskRow {
  const [task, ...more] = snapshot.tasks;
  assert.ok(task !== undefined && more.length === 0, `one task: ${JSON.stringify(snapshot.tasks)}`);
  return task;
}

/** The value of a column that must be a number. */
export function numberOf(row: TaskRow, id: string): number {
  const value = row[id];
  assert.equal(typeof value, 'number', `${id} is ${JSON.stringify(value)}`);
  return value as number;
}

/** What a helper says of itself by getrusage(2). */
export interface Usage {
  readonly userSeconds: number;
  readonly systemSeconds: number;
  readonly minorFaults: number;
  readonly majorFaults: number;
  readonly atSeconds: number;
}

function parseUsage(line: string): Usage {
  const [word, ...numbers] = line.split(' ');
  assert.equal(word, 'usage', line);
  const [user = NaN, system = NaN, minorFaults = NaN, majorFaults = NaN, at = NaN] = numbers.map(Number);
  return { userSeconds: user / 1e6, systemSeconds: system / 1e6, minorFaults, majorFaults, atSeconds: at / 1e9 };
}

export interface Helper {
  /** Of the program itself. */
  readonly pid: number;
  /** The number that it said when it was ready: of the zombie, the child, the thread … */
  readonly told: number;
  /** Sends a line and gives the answer. */
  ask(line: string): Promise<string>;
  /** Sends a command (`r`: none) that is answered with the usage. */
  usage(command?: string): Promise<Usage>;
}

/** Starts a C helper until the end of the test; where it cannot run the test is skipped and the answer null. */
export async function startHelper(t: TestContext, name: string, ...args: string[]): Promise<Helper | null> {
  const built = buildHelper(name);
  if ('skip' in built) {
    t.skip(built.skip);
    return null;
  }
  const child = spawn(built.path, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const lines = linesOf(child, name);
  const ready = await lines.next();
  if (ready.startsWith('denied')) {
    t.skip(`${name} cannot do it here: ${ready}`);
    return null;
  }
  assert.match(ready, /^ready \d+$/);
  const ask = (line: string): Promise<string> => {
    child.stdin.write(`${line}\n`);
    return lines.next();
  };
  const usage = async (command = 'r'): Promise<Usage> => parseUsage(await ask(command));
  return { pid: child.pid ?? 0, told: Number(ready.split(' ')[1]), ask, usage };
}

/** The fields of a stat line from the third (`state`) on. @throws when there is no such task */
export function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Waits until the kernel itself shows a task in this state. */
export async function untilState(pid: number, state: string): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (statFields(pid)[0] !== state) {
    assert.ok(performance.now() < end, `task ${pid} never was ${state}`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}
