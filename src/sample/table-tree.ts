/** What was read at one instant, as a tree: for pages over a recording or a frozen sample. What was not read then is not there. */
import type { Machine } from '../decode/machine.ts';
import type { TaskFile } from '../fields/files.ts';
import type { Seat } from '../frame/sink.ts';
import { isMissing, type MissingReason, type Reading } from '../units/missing.ts';
import type { Tree } from './tree.ts';

/** What the tree asks a table of tasks; `TaskTable` is one. */
export interface ReadTasks {
  readonly machine: Pick<Machine, 'banner' | 'hostname' | 'architecture' | 'release'>;
  /** Are its tasks threads (task/TID) or processes? */
  readonly threads: boolean;
  readonly order: Int32Array;
  readonly count: number;
  readonly samples: number;
  readonly system: { readonly ms: number; readonly wallMs: number; readonly files: ReadonlyMap<string, Uint8Array> };
  pid(seat: Seat): number;
  tgid(seat: Seat): number;
  line(seat: Seat): Uint8Array;
  fileSlot(seat: Seat, file: TaskFile): { readonly now: Reading<Uint8Array> } | undefined;
  filesOf(seat: Seat): Iterable<readonly [TaskFile, unknown]>;
}

const failed = (code: string, path: string): Error => Object.assign(new Error(`${code}: ${path}`), { code });

/** The codes that `whyUnread` turns into the same reasons again. */
const CODES: Partial<Record<MissingReason, string>> = {
  gone: 'ESRCH',
  'no-permission': 'EACCES',
  'not-in-this-kernel': 'EINVAL',
  'could-block': 'EAGAIN',
  'no-helper': 'ENOEXEC',
};

const text = (line: string): Uint8Array => Uint8Array.from(line, letter => letter.charCodeAt(0) & 0xff);

export class TableTree implements Tree {
  readonly live = false;
  readonly keeps = false;
  readonly #table: ReadTasks;
  readonly #handles = new Map<number, Uint8Array>();
  #lastHandle = 0;
  #seats = new Map<number, Seat>();
  /** The sample that the seats are of. */
  #sample = -1;

  constructor(table: ReadTasks) {
    this.#table = table;
  }

  nowMs(): number {
    return this.#table.system.ms;
  }

  wallMs(): number {
    return this.#table.system.wallMs;
  }

  advance(): boolean {
    return false;
  }

  rewind(): void {
    // there is only one instant
  }

  pids(): number[] {
    const { order, count } = this.#table;
    const pids = new Set(Array.from(order.subarray(0, count), seat => this.#table.tgid(seat)));
    return [...pids].sort((a, b) => a - b);
  }

  eachPid(): number[] {
    return this.pids();
  }

  tids(pid: number): number[] {
    const { threads, order, count } = this.#table;
    const seats = threads ? [...order.subarray(0, count)].filter(seat => this.#table.tgid(seat) === pid) : [];
    if (seats.length === 0) throw failed('ENOENT', `${pid}/task`);
    return seats.map(seat => this.#table.pid(seat)).sort((a, b) => a - b);
  }

  names(folder: string): string[] {
    if (folder === '') return [...this.#systemNames(), ...this.pids().map(String)];
    const task = /^(\d+)\/task$/.exec(folder);
    if (task) return this.tids(Number(task[1])).map(String);
    const seat = this.#seatOf(folder);
    if (seat === undefined) throw failed('ENOENT', folder);
    return ['stat', ...Array.from(this.#table.filesOf(seat), ([file]) => file)];
  }

  link(path: string): string {
    throw failed('ENOENT', path);
  }

  open(path: string): number {
    this.#handles.set(++this.#lastHandle, this.#content(path));
    return this.#lastHandle;
  }

  read(handle: number, into: Uint8Array): number {
    const bytes = this.#handles.get(handle)!.subarray(0, into.length);
    into.set(bytes);
    return bytes.length;
  }

  close(handle: number): void {
    this.#handles.delete(handle);
  }

  pathAside(): undefined {
    return undefined;
  }

  #content(path: string): Uint8Array {
    const system = this.#table.system.files.get(path) ?? this.#fact(path);
    if (system) return system;
    const slash = path.lastIndexOf('/');
    const seat = this.#seatOf(path.slice(0, Math.max(0, slash)));
    if (seat === undefined) throw failed('ENOENT', path);
    const file = path.slice(slash + 1);
    if (file === 'stat') return this.#table.line(seat);
    const now = this.#table.fileSlot(seat, file as TaskFile)?.now;
    if (now === undefined) throw failed('ENOENT', path);
    if (isMissing(now)) throw failed(CODES[now.missing] ?? 'ENOENT', path);
    return now;
  }

  /** Files that say what is known of the machine anyway. */
  #fact(path: string): Uint8Array | undefined {
    const { banner, hostname, architecture, release } = this.#table.machine;
    const fact = new Map([
      ['version', banner],
      ['sys/kernel/hostname', hostname],
      ['sys/kernel/osrelease', release.text],
      ['sys/kernel/arch', architecture],
    ]).get(path);
    return fact ? text(fact + '\n') : undefined;
  }

  #systemNames(): string[] {
    const names = ['version', ...this.#table.system.files.keys()].filter(name => !name.startsWith('/'));
    return [...new Set(names.map(name => name.split('/')[0]!))];
  }

  /** `12` in a table of processes, `12/task/13` in one of threads: the first thread's own stat is not its process's. */
  #seatOf(folder: string): Seat | undefined {
    const { threads } = this.#table;
    const match = threads ? /^(\d+)\/task\/(\d+)$/.exec(folder) : /^(\d+)$/.exec(folder);
    const seat = match ? this.#seat(Number(match[2] ?? match[1])) : undefined;
    return seat !== undefined && this.#table.tgid(seat) === Number(match![1]) ? seat : undefined;
  }

  #seat(tid: number): Seat | undefined {
    const table = this.#table;
    if (this.#sample !== table.samples) {
      this.#seats = new Map(Array.from(table.order.subarray(0, table.count), seat => [table.pid(seat), seat]));
      this.#sample = table.samples;
    }
    return this.#seats.get(tid);
  }
}
