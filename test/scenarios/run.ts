/** Starts a situation of scenarios.ts and ends it. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { buildHelper, testCache } from '../helpers/build.ts';
import { type ScenarioName, type Scenario, scenarios } from './scenarios.ts';

export interface RunningScenario {
  /** Of the director: the program that made the situation, not a part of it. */
  readonly pid: number;
  /** Of the tasks that it is about, the one with the finding first. */
  readonly pids: readonly number[];
  /** Of the threads that it is about, where these say more than the pids. */
  readonly tids: readonly number[];
  readonly expect: string | null;
  /** The next line after the first (a step of `sequence`). @throws at the end of the output */
  next(): Promise<string>;
  /** Ends it in order, or hard; resolves when the director is gone. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** The machine has no compiler or refuses: a reason to skip. */
export interface Refused {
  readonly cannot: string;
}

interface FirstLine {
  readonly ready: boolean;
  readonly cannot?: string;
  readonly pids: readonly number[];
  readonly tids: readonly number[];
  readonly expect: string | null;
}

/**
 * Resolves when the situation stands; it is held for `seconds` unless stopped.
 * @param mode in place of the scenario's own.
 * @throws when the program fails
 */
export async function startScenario(
  name: ScenarioName,
  seconds = 60,
  mode?: readonly string[],
): Promise<RunningScenario | Refused> {
  const scenario: Scenario = scenarios.find(entry => entry.name === name)!;
  const built = buildHelper(scenario.program, 'scenarios');
  if ('skip' in built) return { cannot: `cannot compile: ${built.skip}` };
  mkdirSync(testCache, { recursive: true });
  const child = spawn(built.path, [String(seconds), ...(mode ?? scenario.mode)], {
    env: { ...process.env, TMPDIR: testCache }, // on a disk, where /tmp may be memory
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const line = await lines.next();
    if (line.done === true) throw new Error(`${name}: its output ended`);
    return line.value;
  };
  const text = await next();
  if (!text.startsWith('{')) throw new Error(`${name}: ${text}`);
  const first = JSON.parse(text) as FirstLine;
  if (!first.ready) {
    await ended;
    return { cannot: first.cannot ?? 'cannot, and does not say why' };
  }
  const stop = async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  return { pid: child.pid!, pids: first.pids, tids: first.tids, expect: first.expect, next, stop };
}
