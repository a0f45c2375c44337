/** Runs the small tools of util-linux (or busybox), which do what Node has no call for. Never through a shell. */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import type { Readable } from 'node:stream';
import { codeOf } from './look.ts';
import { errnoIn } from './refusals.ts';

/** Where the system has them. Not PATH: root may run with somebody else's. */
const SYSTEM_FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin', '/run/current-system/sw/bin'];
const PATIENCE_MS = 5000;
const MOST_CHARACTERS = 4096;

export interface ToolOptions {
  /** Absolute folders, the first that has the tool counts. Default: those of the system. */
  readonly folders?: readonly string[];
  /** A tool that does not end for so long is killed. Default: 5 s. */
  readonly patienceMs?: number;
}

export type ToolAnswer =
  | { readonly stdout: string }
  /** The kernel refused, by the name of its errno. */
  | { readonly errno: string }
  /** `hopeless`: the tool is not there, is too old or is stuck, and will be so for the next task, too. */
  | { readonly complaint: string; readonly hopeless: boolean };

export type ToolName = 'chrt' | 'taskset' | 'ionice';

const hopeless = (complaint: string): ToolAnswer => ({ complaint, hopeless: true });

function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

function judge(name: ToolName, status: number | null, stdout: string, stderr: string): ToolAnswer {
  if (status === 0) return { stdout };
  const first = stderr.trim().split('\n', 1)[0]!;
  const errno = errnoIn(first);
  if (errno !== undefined) return { errno };
  // busybox has fewer options, and applets may be left out of it
  if (/(invalid|unrecognized|unknown) option|applet not found/.test(first))
    return hopeless(`this ${name} cannot do it, that of util-linux can (${first})`);
  const complaint = first === '' ? `${name} failed without a word (${status ?? 'killed'})` : first;
  return { complaint, hopeless: false };
}

/** What a child wrote to both of its pipes; there are none when it could not be started. */
function collect(child: ChildProcess): { stdout: string; stderr: string } {
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    (child[name] as Readable | null | undefined)?.on('data', (chunk: Buffer) => {
      output[name] = (output[name] + chunk.toString('latin1')).slice(0, MOST_CHARACTERS);
    });
  return output;
}

function run(name: ToolName, file: string, words: readonly string[], folders: readonly string[], patienceMs: number) {
  return new Promise<ToolAnswer>(resolve => {
    const child = spawn(file, words, {
      cwd: '/',
      env: { LC_ALL: 'C', PATH: folders.join(':') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = collect(child);
    const timer = setTimeout(() => {
      // its end is not waited for: it may be unable to die
      child.kill('SIGKILL');
      child.unref();
      for (const pipe of [child.stdout, child.stderr]) pipe.destroy();
      resolve(hopeless(`${name} did not answer for ${patienceMs / 1000} s`));
    }, patienceMs);
    child.on('error', error => {
      clearTimeout(timer);
      resolve(hopeless(`${name} cannot be started (${codeOf(error)})`));
    });
    child.on('close', status => {
      clearTimeout(timer);
      resolve(judge(name, status, output.stdout, output.stderr));
    });
  });
}

/** Runs a tool with these words, and tells what it answered. Never rejects. */
export async function runTool(
  name: ToolName,
  words: readonly string[],
  { folders = SYSTEM_FOLDERS, patienceMs = PATIENCE_MS }: ToolOptions,
): Promise<ToolAnswer> {
  const file = folders.map(folder => `${folder}/${name}`).find(isProgram);
  if (file === undefined) return hopeless(`${name} is not installed: util-linux has it`);
  try {
    return await run(name, file, words, folders, patienceMs);
  } catch (error) {
    return hopeless(`${name} cannot be started (${codeOf(error)})`);
  }
}
