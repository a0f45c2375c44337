/** Reads the configuration and watches it: every way in which editors and deployments replace a file is noticed. */
import { realpathSync, statfsSync, statSync } from 'node:fs';
import path from 'node:path';
import { type ConfigResult, type Known, parseConfig } from './config.ts';
import { type Content, contentOf } from './file.ts';

/** A swapped symbolic link tells chokidar nothing: the file is looked at again so often. */
const RECHECK_MS = 10_000;
/** A change counts when the file was the same for so long. */
const SETTLE_MS = 60;

// --- The file --------------------------------------------------------------------------------------------------------

async function judge({ kind, text }: Content, known: Known): Promise<ConfigResult> {
  if (kind === 'absent') return { ok: true, settings: {}, absent: true };
  if (kind === 'text') return parseConfig(text, known);
  return { ok: false, error: { line: null, key: null, message: text }, more: 0 };
}

/** Reads the settings. A file that is not there means the defaults, and is marked `absent`. */
export async function readConfig(file: string, known: Known): Promise<ConfigResult> {
  return judge(contentOf(file), known);
}

// --- The folder ------------------------------------------------------------------------------------------------------

interface Folder {
  /** Free of symbolic links. */
  readonly path: string;
  /** The entry in it that leads to the file, or is it. */
  readonly entry: string;
  /** Of this very folder, not only of its name. */
  readonly identity: string;
}

/** The nearest folder above the file that is there. */
function nearestFolder(file: string): Folder {
  for (let entry = path.resolve(file); ; entry = path.dirname(entry)) {
    const above = path.dirname(entry);
    try {
      const real = realpathSync(above);
      const stat = statSync(real);
      // a removed folder's number is soon another's: its birth tells them apart
      const identity = `${real}:${stat.dev}:${stat.ino}:${stat.birthtimeMs}`;
      if (stat.isDirectory()) return { path: real, entry: path.basename(entry), identity };
    } catch (error) {
      if (above === '/') throw error;
    }
  }
}

/** Watches one entry of one folder; everything else in it is none of our business, and may be much. */
async function watchFolder({ path: folder, entry }: Folder, changed: (gone: boolean) => void): Promise<() => void> {
  const { watch } = await import('chokidar');
  const watcher = watch(folder, {
    depth: 0,
    ignoreInitial: true,
    persistent: false,
    ignored: candidate => candidate !== folder && path.basename(candidate) !== entry,
    awaitWriteFinish: { stabilityThreshold: SETTLE_MS, pollInterval: 20 },
  });
  // of the root chokidar says at once that it was removed: believing it, we would watch it anew for ever
  watcher.on('all', (event, what) => changed(event === 'unlinkDir' && what === folder && folder !== '/'));
  watcher.on('ready', () => changed(false)); // what happened while it was being set up
  watcher.on('error', () => undefined); // no inotify watches left: the slow check remains
  return () => void watcher.close();
}

/** NFS, SMB, CIFS, SMB2, Ceph, AFS, Coda, 9p, FUSE. */
const REMOTE = [0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x00c36400, 0x5346414f, 0x73757245, 0x01021997, 0x65735546];

/** Whether a look at the file may hang with its server: then it is read when told of a change, never by the clock. */
function isRemote(folder: string): boolean {
  try {
    return REMOTE.includes(statfsSync(folder).type >>> 0);
  } catch {
    return false;
  }
}

// --- Both, as time goes on -------------------------------------------------------------------------------------------

export interface ConfigWatch {
  close(): void;
}

export interface WatchTimes {
  readonly recheckMs?: number;
  readonly settleMs?: number;
}

type OnChange = (result: ConfigResult) => void;

class Watch implements ConfigWatch {
  readonly #file: string;
  readonly #known: Known;
  readonly #onChange: OnChange;
  readonly #settleMs: number;
  /** What the caller knows. */
  #delivered: string;
  /** What it will be told, if it stays. */
  #candidate: string | null = null;
  #settling: NodeJS.Timeout | undefined;
  #deliveries = 0;
  #followed = '';
  #turns = 0;
  #unfollow = (): void => undefined;
  #glance = '';
  readonly #recheck: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(file: string, known: Known, onChange: OnChange, { recheckMs, settleMs }: WatchTimes) {
    this.#file = path.resolve(file);
    this.#known = known;
    this.#onChange = onChange;
    this.#settleMs = settleMs ?? SETTLE_MS;
    this.#delivered = JSON.stringify(contentOf(this.#file));
    this.#follow();
    if (isRemote(nearestFolder(this.#file).path)) return;
    this.#recheck = setInterval(() => this.#glanceAt(), recheckMs ?? RECHECK_MS).unref();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#recheck);
    clearTimeout(this.#settling);
    this.#unfollow();
  }

  /** Something happened, perhaps to the file. */
  #look(): void {
    if (this.#closed) return;
    this.#follow();
    const content = JSON.stringify(contentOf(this.#file));
    if (content === this.#candidate) return; // the timer runs
    clearTimeout(this.#settling);
    this.#candidate = content === this.#delivered ? null : content;
    if (this.#candidate !== null) this.#settling = setTimeout(() => this.#settled(), this.#settleMs).unref();
  }

  #settled(): void {
    const content = contentOf(this.#file);
    const text = JSON.stringify(content);
    const stayed = text === this.#candidate;
    this.#candidate = null;
    if (!stayed) {
      this.#look();
      return;
    }
    this.#delivered = text;
    const delivery = ++this.#deliveries;
    judge(content, this.#known)
      .then(result => {
        if (!this.#closed && delivery === this.#deliveries) this.#onChange(result);
      })
      // no parser for this Node: the settings that are stay
      .catch(() => undefined);
  }

  /** The folder is watched, not the file: a rename over it, or its first creation, are changes of the folder. */
  #follow(): void {
    const folder = nearestFolder(this.#file);
    if (folder.identity === this.#followed) return;
    this.#followed = folder.identity;
    this.#unfollow();
    this.#unfollow = () => undefined;
    const turn = ++this.#turns;
    const changed = (gone: boolean): void => {
      if (turn !== this.#turns) return;
      if (gone) this.#followed = '';
      this.#look();
    };
    watchFolder(folder, changed)
      .then(stop => {
        if (this.#closed || turn !== this.#turns) stop();
        else this.#unfollow = stop;
      })
      .catch(() => undefined); // no chokidar for this Node: the slow check remains
  }

  #glanceAt(): void {
    const glance = `${nearestFolder(this.#file).identity} ${fingerprint(this.#file)}`;
    if (glance !== this.#glance) this.#look();
    this.#glance = glance;
  }
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

/**
 * Calls back with each new content that differs from the one before, and with the defaults when the file goes. Keeps
 * nothing alive.
 */
export function watchConfig(file: string, known: Known, onChange: OnChange, times: WatchTimes = {}): ConfigWatch {
  return new Watch(file, known, onChange, times);
}
