/**
 * Where the bytes come from: a procfs directory (this machine's, or a copy), or a captured tree in memory. Paths are
 * relative to the procfs root. Every read is by descriptor at offset 0, so that a kept one gives fresh bytes.
 */
import fs from 'node:fs';
import { exactText } from '../decode/bytes.ts';
import type { WhyUnread } from '../frame/sink.ts';

export interface Tree {
  /** This machine's own /proc: permissions are judged by our ids, and actions are possible. */
  readonly live: boolean;
  /** Does a kept descriptor give fresh bytes at the next sample? */
  readonly keeps: boolean;
  /** CLOCK_MONOTONIC of the reads, milliseconds; for a capture the machine's uptime. */
  nowMs(): number;
  /** Wall clock, milliseconds since 1970; NaN when a capture does not tell. */
  wallMs(): number;
  /** Goes to the next instant of a capture. False: there is none (a live tree moves by itself, and says true). */
  advance(): boolean;
  /** Back to the first instant of a capture. */
  rewind(): void;
  /** Process ids, ascending. */
  pids(): number[];
  /** The same one by one: /proc is read as they are taken, because at once tens of thousands take long. */
  eachPid(): Iterable<number>;
  /** Thread ids of a process. Throws when it is gone. */
  tids(pid: number): number[];
  /** The names in a folder, in its own order. Throws an error with an errno code. */
  names(folder: string): string[];
  /** Where a symbolic link leads, without going there: that could block. Throws an error with an errno code. */
  link(path: string): string;
  /**
   * Effective user id of the task of a folder, as its status has it; undefined: only status tells. To stat(2) the folder is a
   * quarter of opening status: the kernel gives /proc/PID to that user, whatever of the files in it (fs/proc/base.c, task_dump_owner).
   * Throws an error with an errno code.
   */
  owner?(folder: string): number | undefined;
  /** A descriptor or handle; throws an error with an errno code. Never waits (a FIFO opens without its writer). */
  open(path: string): number;
  /** Bytes from the start of the file into `into`; returns how many. */
  read(handle: number, into: Uint8Array): number;
  close(handle: number): void;
  /** The file for the slow-read helper; undefined when reading here cannot block. */
  pathAside(path: string): string | undefined;
}

/** The errno code of a failed call. */
export const errnoOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

/** Does the failure say that the task is not there any more? */
export const isGone = (error: unknown): boolean => ['ENOENT', 'ESRCH'].includes(errnoOf(error));

/**
 * The one place that says what a failed read means. ENOENT of a file whose task is there: the kernel does not have the file.
 */
export function whyUnread(code: string): WhyUnread {
  switch (code) {
    case 'ESRCH':
      return 'gone';
    case 'ENOENT':
    case 'EINVAL':
    case 'EOPNOTSUPP':
      return 'not-in-this-kernel';
    case 'EACCES':
    case 'EPERM':
      return 'no-permission';
    // a FIFO in a copied tree: it has no offset to read at
    case 'ESPIPE':
    case 'EAGAIN':
    case 'ENXIO':
      return 'could-block';
    // a recording of a machine that had no shell
    case 'ENOEXEC':
      return 'no-helper';
    default:
      return 'not-read';
  }
}

const ZERO = 48;

/** A directory name as a process id; 0: it is none. */
export function pidOf(name: string): number {
  let pid = 0;
  for (let at = 0; at < name.length; at++) {
    const digit = name.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return 0;
    pid = pid * 10 + digit;
  }
  return pid;
}

/** Procfs lists pids in order; a copy lists them as its file system likes. */
function ascending(names: readonly string[]): number[] {
  const pids: number[] = [];
  let sorted = true;
  for (const name of names) {
    const pid = pidOf(name);
    if (pid === 0) continue;
    if (pids.length > 0 && pids[pids.length - 1]! > pid) sorted = false;
    pids.push(pid);
  }
  return sorted ? pids : pids.sort((a, b) => a - b);
}

/** Entries of /proc that are read at once: a fifth of a millisecond. */
const ENTRIES_AT_ONCE = 256;

/** CLOCK_MONOTONIC: times of two runs can be compared. `performance` is a module that takes a millisecond to load. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

const OPEN_FLAGS = fs.constants.O_RDONLY | fs.constants.O_NONBLOCK | fs.constants.O_NOCTTY;

/** A procfs directory: the live one, a mounted one, or a copy. */
export class DirectoryTree implements Tree {
  readonly live: boolean;
  readonly keeps: boolean;
  readonly #root: string;
  #buffers: readonly Uint8Array[] = [];
  readonly #captured: { readonly uptimeMs: number; readonly wallMs: number } | undefined;

  /** @param captured when the tree is a copy: the time it was taken at. */
  constructor(root: string, live: boolean, captured?: { readonly uptimeMs: number; readonly wallMs: number }) {
    this.#root = root.endsWith('/') ? root : root + '/';
    this.live = live;
    this.#captured = captured;
    this.keeps = captured === undefined;
  }

  nowMs(): number {
    return this.#captured?.uptimeMs ?? monotonicMs();
  }

  wallMs(): number {
    return this.#captured?.wallMs ?? Date.now();
  }

  advance(): boolean {
    return this.keeps;
  }

  rewind(): void {
    // there is only one instant: now
  }

  pids(): number[] {
    return ascending(fs.readdirSync(this.#root));
  }

  *eachPid(): Generator<number, void> {
    // only procfs has them in order
    if (!this.keeps) return yield* this.pids();
    const folder = fs.opendirSync(this.#root, { bufferSize: ENTRIES_AT_ONCE });
    try {
      for (let entry = folder.readSync(); entry; entry = folder.readSync()) {
        const pid = pidOf(entry.name);
        if (pid > 0) yield pid;
      }
    } finally {
      folder.closeSync();
    }
  }

  tids(pid: number): number[] {
    return ascending(fs.readdirSync(`${this.#root}${pid}/task`));
  }

  names(folder: string): string[] {
    return fs.readdirSync(this.#root + folder);
  }

  link(path: string): string {
    const file = this.#root + path;
    // a copy may hold the link's target as text
    return this.keeps || fs.lstatSync(file).isSymbolicLink()
      ? exactText(fs.readlinkSync(file, 'buffer'))
      : exactText(fs.readFileSync(file));
  }

  owner(folder: string): number | undefined {
    // a copy belongs to who made it
    return this.keeps ? fs.statSync(this.#root + folder).uid : undefined;
  }

  open(path: string): number {
    return fs.openSync(this.#root + path, OPEN_FLAGS);
  }

  read(handle: number, into: Uint8Array): number {
    // the same buffer again and again; readv looks at fewer arguments than read, which is a sixth of its time
    if (this.#buffers[0] !== into) this.#buffers = [into];
    return fs.readvSync(handle, this.#buffers, 0);
  }

  close(handle: number): void {
    fs.closeSync(handle);
  }

  pathAside(path: string): string {
    return this.#root + path;
  }
}

const notInArchive = (path: string): Error => Object.assign(new Error(`no ${path} in the archive`), { code: 'ENOENT' });

/** A captured tree in memory, from an archive. */
export class MemoryTree implements Tree {
  readonly live = false;
  readonly keeps = false;
  readonly #files: ReadonlyMap<string, Uint8Array>;
  readonly #time: { readonly uptimeMs: number; readonly wallMs: number };
  readonly #handles: Uint8Array[] = [];
  readonly #children = new Map<string, Set<string>>();

  constructor(files: ReadonlyMap<string, Uint8Array>, time: { readonly uptimeMs: number; readonly wallMs: number }) {
    this.#files = files;
    this.#time = time;
    for (const path of files.keys()) {
      for (let end = path.length; end > 0;) {
        const slash = path.lastIndexOf('/', end - 1);
        this.#child(path.slice(0, Math.max(0, slash)), path.slice(slash + 1, end));
        end = slash;
      }
    }
  }

  #child(folder: string, name: string): void {
    const names = this.#children.get(folder);
    if (names) names.add(name);
    else this.#children.set(folder, new Set([name]));
  }

  nowMs(): number {
    return this.#time.uptimeMs;
  }

  wallMs(): number {
    return this.#time.wallMs;
  }

  advance(): boolean {
    return false;
  }

  rewind(): void {
    // there is only one instant
  }

  pids(): number[] {
    return ascending([...(this.#children.get('') ?? [])]);
  }

  eachPid(): number[] {
    return this.pids();
  }

  tids(pid: number): number[] {
    return ascending([...(this.#children.get(`${pid}/task`) ?? [])]);
  }

  names(folder: string): string[] {
    const names = this.#children.get(folder);
    if (!names) throw notInArchive(folder);
    return [...names];
  }

  link(path: string): string {
    const target = this.#files.get(path);
    if (!target) throw notInArchive(path);
    return exactText(target);
  }

  open(path: string): number {
    const bytes = this.#files.get(path);
    if (!bytes) throw notInArchive(path);
    return this.#handles.push(bytes) - 1;
  }

  read(handle: number, into: Uint8Array): number {
    const bytes = this.#handles[handle]!.subarray(0, into.length);
    into.set(bytes);
    return bytes.length;
  }

  close(): void {
    // the bytes belong to the archive, which stays
  }

  pathAside(): undefined {
    return undefined;
  }
}

/** Several instants of one machine, one after the other. */
export class InstantTree implements Tree {
  readonly live = false;
  readonly keeps = false;
  readonly #instants: readonly Tree[];
  #at = 0;

  constructor(instants: readonly Tree[]) {
    this.#instants = instants;
  }

  get #now(): Tree {
    return this.#instants[this.#at]!;
  }

  advance(): boolean {
    if (this.#at + 1 >= this.#instants.length) return false;
    this.#at++;
    return true;
  }

  rewind(): void {
    this.#at = 0;
  }

  nowMs = (): number => this.#now.nowMs();
  wallMs = (): number => this.#now.wallMs();
  pids = (): number[] => this.#now.pids();
  eachPid = (): Iterable<number> => this.#now.eachPid();
  tids = (pid: number): number[] => this.#now.tids(pid);
  names = (folder: string): string[] => this.#now.names(folder);
  link = (path: string): string => this.#now.link(path);
  open = (path: string): number => this.#now.open(path);
  read = (handle: number, into: Uint8Array): number => this.#now.read(handle, into);
  close = (handle: number): void => this.#now.close(handle);
  pathAside = (path: string): string | undefined => this.#now.pathAside(path);
}

const scratch = new Uint8Array(1 << 16);
/** What is longer is a Buffer, whose text and comparison are native code; to make one takes longer than to go through less. */
const LONG = 256;

function copyOf(bytes: Uint8Array, length: number): Uint8Array {
  if (length <= LONG) return bytes.slice(0, length);
  const copy = Buffer.allocUnsafeSlow(length);
  copy.set(bytes.subarray(0, length));
  return copy;
}

/** A whole file, or why it cannot be read. Follows the file to its end, whatever its length. */
export function readWhole(tree: Tree, path: string): Uint8Array | WhyUnread {
  let handle: number | undefined;
  try {
    handle = tree.open(path);
    let room = scratch;
    let length = tree.read(handle, room);
    while (length === room.length) {
      room = new Uint8Array(room.length * 4);
      length = tree.read(handle, room);
    }
    return copyOf(room, length);
  } catch (error) {
    const code = errnoOf(error);
    // a copy has what was copied: a file that is not there was not read then
    return code === 'ENOENT' && !tree.keeps ? 'not-read' : whyUnread(code);
  } finally {
    if (handle !== undefined) tree.close(handle);
  }
}
