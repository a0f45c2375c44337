/** Reads the configuration and watches it: every way in which editors and deployments replace a file is noticed. */
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type ConfigResult, type Known, parseConfig } from './config.ts';

/** A swapped symbolic link tells chokidar nothing: the file is looked at again so often. */
const RECHECK_MS = 10_000;
const SETTLE_MS = 60;

const DEFAULTS: ConfigResult = { ok: true, settings: {} };

/** The file's text; undefined when there is none. */
async function textOf(file: string): Promise<string | undefined | Error> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? undefined
      : new Error(`cannot be read (${String(code)}): check its rights`);
  }
}

async function judge(text: string | undefined | Error, known: Known): Promise<ConfigResult> {
  if (text === undefined) return DEFAULTS;
  if (text instanceof Error) return { ok: false, error: { line: null, key: null, message: text.message } };
  return parseConfig(text, known);
}

/** A file that is not there means the defaults. */
export async function readConfig(file: string, known: Known): Promise<ConfigResult> {
  return judge(await textOf(file), known);
}

export interface ConfigWatch {
  close(): void;
}

/** The nearest folder above the file that is there. */
function existingFolder(file: string): string {
  let folder = path.dirname(file);
  while (!existsSync(folder) && folder !== path.dirname(folder)) folder = path.dirname(folder);
  return folder;
}

/** What a look at the file without reading it tells. */
function fingerprint(file: string): string {
  try {
    const { ino, size, mtimeMs, dev } = statSync(file);
    return `${dev}:${ino}:${size}:${mtimeMs}`;
  } catch {
    return '';
  }
}

/** Calls back with each new content that differs from the one before, and with the defaults when the file goes. */
export function watchConfig(file: string, known: Known, onChange: (result: ConfigResult) => void): ConfigWatch {
  let last: string | undefined | Error;
  let closed = false;
  let watched = '';
  let stop: () => Promise<void> = () => Promise.resolve();
  const sameAs = (text: typeof last): boolean =>
    text instanceof Error && last instanceof Error ? text.message === last.message : text === last;

  const look = async (): Promise<void> => {
    const text = await textOf(file);
    if (closed) return;
    void follow();
    if (sameAs(text)) return;
    last = text;
    const result = await judge(text, known);
    if (!isClosed()) onChange(result);
  };
  const isClosed = (): boolean => closed;

  // the folder is watched, not the file: a rename over it, or its first creation, are changes of the folder
  const follow = async (): Promise<void> => {
    const folder = existingFolder(file);
    if (folder === watched) return;
    watched = folder;
    await stop();
    const { watch } = await import('chokidar');
    if (isClosed()) return;
    const watcher = watch(folder, {
      depth: 0,
      ignoreInitial: true,
      // everything else in the folder is none of our business, and may be much
      ignored: candidate => candidate !== folder && candidate !== file && !file.startsWith(candidate + path.sep),
      awaitWriteFinish: { stabilityThreshold: SETTLE_MS, pollInterval: 20 },
    });
    watcher.on('all', () => void look());
    stop = () => watcher.close();
    // what happened while it was being set up
    watcher.on('ready', () => void look());
  };

  let seen = fingerprint(file);
  const timer = setInterval(() => {
    const now = fingerprint(file);
    if (now !== seen) void look();
    seen = now;
  }, RECHECK_MS);
  timer.unref();
  void textOf(file).then(text => {
    last = text;
    return follow();
  });
  return {
    close() {
      closed = true;
      clearInterval(timer);
      void stop();
    },
  };
}
