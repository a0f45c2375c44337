/** A /proc in memory that counts what is done to it, and fails on command. */
import assert from 'node:assert/strict';
import type { Tree } from '../../src/sample/tree.ts';
import { bytes, statText, type Values } from './stat-line.ts';

export interface FakeTask {
  readonly values: Values;
  /** Other files, by name. */
  readonly files: Map<string, string>;
  /** Thread ids; the process itself is one of them. */
  readonly threads: readonly number[];
}

interface Handle {
  readonly path: string;
  /** The task that had the path when it was opened: a dead one is not read again, whoever has its pid now. */
  readonly task: FakeTask | undefined;
}

export const failure = (code: string): Error => Object.assign(new Error(code), { code });

export class FakeTree implements Tree {
  live = true;
  keeps = true;
  ms = 0;
  forks = 100;
  /** Descriptors that may be open at once. */
  limit = Number.POSITIVE_INFINITY;
  readonly tasks = new Map<number, FakeTask>();
  readonly files = new Map<string, string>();
  /** Paths that fail to open, or to be read, with an errno code. */
  readonly openFails = new Map<string, string>();
  readonly readFails = new Map<string, string>();
  /** What was done, by path, since the last {@link reset}. */
  readonly opened: string[] = [];
  /** Who a task's folder belongs to; undefined: that cannot be asked. */
  owners: ReadonlyMap<string, number> | undefined;
  readonly read_: string[] = [];
  lists = 0;
  readonly open_ = new Map<number, Handle>();
  most = 0;
  /** Called before each read: what happens meanwhile. */
  meanwhile: (path: string) => void = () => undefined;
  #handle = 0;

  owner(folder: string): number | undefined {
    return this.owners && (this.owners.get(folder) ?? assert.fail(`no folder ${folder}`));
  }

  reset(): void {
    this.opened.length = 0;
    this.read_.length = 0;
    this.lists = 0;
  }

  /** A task comes (or another takes its pid); the kernel counts it. */
  start(
    pid: number,
    values: Values = {},
    files: Readonly<Record<string, string>> = {},
    threads: readonly number[] = [pid],
  ): void {
    this.forks++;
    this.tasks.set(pid, { values: { pid, ...values }, files: new Map(Object.entries(files)), threads });
  }

  /** The same task with other values. */
  change(pid: number, values: Values): void {
    const task = this.tasks.get(pid)!;
    Object.assign(task, { values: { ...task.values, ...values } });
  }

  end(pid: number): void {
    this.tasks.delete(pid);
  }

  /** Reads of per-task stat files since the last reset. */
  get statReads(): string[] {
    return this.read_.filter(path => /^\d+\/(task\/\d+\/)?stat$/.test(path));
  }

  nowMs(): number {
    return this.ms;
  }

  wallMs(): number {
    return 1_700_000_000_000 + this.ms;
  }

  advance(): boolean {
    return true;
  }

  rewind(): void {
    // it goes on as a live one does
  }

  pids(): number[] {
    this.lists++;
    return [...this.tasks.keys()].sort((a, b) => a - b);
  }

  eachPid(): Iterable<number> {
    return this.pids();
  }

  tids(pid: number): number[] {
    const task = this.tasks.get(pid);
    if (!task) throw failure('ENOENT');
    return [...task.threads];
  }

  names(folder: string): string[] {
    if (!folder.endsWith('/task')) throw failure('ENOENT');
    return this.tids(Number(folder.split('/')[0])).map(String);
  }

  link(path: string): string {
    const fails = this.openFails.get(path);
    if (fails) throw failure(fails);
    const target = this.files.get(path);
    if (target === undefined) throw failure('ENOENT');
    return target;
  }

  #task(path: string): FakeTask | undefined {
    return this.tasks.get(Number(/^\d+/.exec(path)?.[0]));
  }

  #content(path: string, task: FakeTask | undefined): string | undefined {
    if (path === 'stat') return `cpu  1 2 3 4\nbtime 1\nprocesses ${this.forks}\n`;
    if (!task) return this.files.get(path);
    const [, thread, file] = /^\d+\/(?:task\/(\d+)\/)?(\w+)$/.exec(path)!;
    if (file !== 'stat') return task.files.get(file!);
    return statText(thread === undefined ? task.values : { ...task.values, pid: Number(thread) });
  }

  open(path: string): number {
    this.opened.push(path);
    const fails = this.openFails.get(path);
    if (fails) throw failure(fails);
    if (this.open_.size >= this.limit) throw failure('EMFILE');
    const task = this.#task(path);
    if (this.#content(path, task) === undefined) throw failure('ENOENT');
    this.open_.set(++this.#handle, { path, task });
    this.most = Math.max(this.most, this.open_.size);
    return this.#handle;
  }

  read(handle: number, into: Uint8Array): number {
    const { path, task } = this.open_.get(handle)!;
    this.meanwhile(path);
    this.read_.push(path);
    const fails = this.readFails.get(path);
    if (fails) throw failure(fails);
    if (task && this.#task(path) !== task) throw failure('ESRCH');
    const content = bytes(this.#content(path, task) ?? '').subarray(0, into.length);
    into.set(content);
    return content.length;
  }

  close(handle: number): void {
    if (!this.open_.delete(handle)) throw failure('EBADF');
  }

  pathAside(path: string): string | undefined {
    return `/fake/${path}`;
  }
}
