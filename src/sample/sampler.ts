/**
 * Reads `stat` of every task, one `pread` each on a kept descriptor, into one reused buffer, and pushes the bytes into a
 * sink. A pass can be taken in steps, so that keys are answered while it runs.
 */
import { latin1 } from '../decode/bytes.ts';
import { startTimeOf } from '../decode/pid-stat.ts';
import { NOTICED, type SampleSink, type Seat } from '../frame/sink.ts';
import { larger } from '../units/larger.ts';
import { Births, type TaskSource } from './births.ts';
import { errnoOf, isGone, readWhole, type Tree } from './tree.ts';

/** System-wide files read at every sample. Those of a pressure wait at most for its averages to be made. */
const SYSTEM_FILES: readonly string[] = [
  ...['stat', 'loadavg', 'uptime', 'meminfo', 'vmstat'],
  ...['pressure/cpu', 'pressure/memory', 'pressure/io'],
];

/** The clock is read once for so many reads (or as much listing): about every tenth of a millisecond. */
const READS_PER_CLOCK = 16;
/** A kept descriptor may be given up when its task did nothing for so many samples. */
const IDLE_SAMPLES = 4;
/** How many kept descriptors are looked at to find an idle one. */
const EVICTION_TRIES = 8;
/** Longer than any stat line: 64 bytes of comm, 51 numbers of at most 20 digits. */
const LONGEST_LINE = 2048;

export interface SamplerOptions {
  /** Read every thread (task/TID/stat) instead of every process. */
  readonly threads: boolean;
  /** Only these processes; undefined: all. */
  readonly only?: readonly number[] | (() => readonly number[]) | undefined;
  /** How many descriptors may be kept open. */
  readonly descriptors: number;
  /** One pass is all, and nobody waits meanwhile: the list is read at once, which takes a fifth of the time. */
  readonly once?: boolean | undefined;
  /** Adds to the system-wide files of a sample what else is known of the machine; it must not block. */
  readonly host?: { read(into: Map<string, Uint8Array>): void } | undefined;
}

/** What a pass did; for tests and for the line that shows our own cost. */
export interface SamplerCounters {
  samples: number;
  /** Reads of per-task stat files. */
  reads: number;
  opens: number;
  lists: number;
}

export class Sampler {
  readonly counters: SamplerCounters = { samples: 0, reads: 0, opens: 0, lists: 0 };
  /** Seats of the tasks in the last finished pass, in the order of the listing. */
  order = new Int32Array(0);
  count = 0;

  readonly #tree: Tree;
  readonly #sink: SampleSink;
  readonly #threads: boolean;
  readonly #only: SamplerOptions['only'];
  readonly #descriptors: number;
  readonly #once: boolean;
  readonly #host: SamplerOptions['host'];
  #systemFiles = SYSTEM_FILES;
  readonly #buffer = new Uint8Array(LONGEST_LINE);

  // by seat
  #pid = new Int32Array(256);
  #tgid = new Int32Array(256);
  #handle = new Int32Array(256).fill(-1);
  #listed = new Uint32Array(256);
  #changed = new Uint32Array(256);
  #arrived = new Uint32Array(256);
  #start = new Float64Array(256);
  #renamed = new Uint32Array(256);
  #noticed = new Uint8Array(256);

  readonly #seats = new Map<number, Seat>();
  readonly #free: Seat[] = [];
  #used = 0;
  #kept = 0;
  #hand = 0;

  // the pass under way
  #next = new Int32Array(0);
  #nextCount = 0;
  #work: Generator<number, void> | undefined;
  #denied = 0;
  /** Tasks that we may not read are not on the list of the passes that do not list. */
  #deniedListed = 0;
  #nowMs = 0;
  #running = false;
  readonly #births = new Births();

  constructor(tree: Tree, sink: SampleSink, options: SamplerOptions) {
    this.#tree = tree;
    this.#sink = sink;
    this.#threads = options.threads;
    this.#only = options.only;
    this.#once = options.once === true;
    this.#descriptors = tree.keeps && !this.#once ? options.descriptors : 0;
    this.#host = options.host;
  }

  get running(): boolean {
    return this.#running;
  }

  /** Descriptors kept open now. */
  get kept(): number {
    return this.#kept;
  }

  /** Is a task in the seat? */
  holds(seat: Seat): boolean {
    return seat < this.#pid.length && this.#pid[seat]! > 0;
  }

  /**
   * The sample that what is read now belongs to: during a pass the one before, because the task's stat may be read after
   * it and show that it is stale.
   */
  get sampleNow(): number {
    return this.counters.samples - (this.#running ? 1 : 0);
  }

  /** Is the task of a seat still the one that was sampled? Asked when the last pass is long ago: its pid may be another's. */
  stillThere(seat: Seat): boolean {
    const line = readWhole(this.#tree, this.folder(seat) + '/stat');
    return typeof line !== 'string' && startTimeOf(line) === this.#start[seat];
  }

  /** CLOCK_MONOTONIC milliseconds of the last pass's end. */
  get passedMs(): number {
    return this.#nowMs;
  }

  /** Bits of {@link NOTICED} of the task's last read. */
  noticed(seat: Seat): number {
    return this.#noticed[seat]!;
  }

  /** The sample (counted from 1) in which the task's stat last changed. */
  changedAt(seat: Seat): number {
    return this.#changed[seat]!;
  }

  /** The sample in which the task took its seat; what was read before is another task's. */
  arrivedAt(seat: Seat): number {
    return this.#arrived[seat]!;
  }

  /** The sample in which its command name or argument addresses last changed. */
  renamedAt(seat: Seat): number {
    return this.#renamed[seat]!;
  }

  /** The task's folder below /proc. */
  folder(seat: Seat): string {
    const pid = this.#pid[seat]!;
    return this.#threads ? `${this.#tgid[seat]!}/task/${pid}` : String(pid);
  }

  /** A whole pass at once. */
  sample(): void {
    this.begin();
    this.step(Number.POSITIVE_INFINITY);
  }

  /** Starts a pass: reads the system-wide files. Listing and reading the tasks is the work of the steps. */
  begin(): void {
    this.counters.samples++;
    this.#running = true;
    const system = new Map<string, Uint8Array>();
    for (const name of this.#systemFiles) {
      const content = readWhole(this.#tree, name);
      if (typeof content !== 'string') system.set(name, content);
      // a failed open costs more than the read of a file that is there
      else if (content === 'not-in-this-kernel') this.#systemFiles = this.#systemFiles.filter(other => other !== name);
    }
    this.#host?.read(system);
    this.#nowMs = this.#tree.nowMs();
    this.#sink.begin({ wallMs: this.#tree.wallMs(), system, systemMs: this.#nowMs });
    this.#denied = 0;
    const source = this.#births.begin(system.get('stat'), system.get('loadavg'), {
      mayTrust: this.#tree.live && this.#only === undefined,
      known: this.count,
      denied: this.#deniedListed,
    });
    this.#work = this.#pass(source);
  }

  /**
   * Goes on with the pass until the clock says `untilMs` (CLOCK_MONOTONIC).
   * @returns true when the pass is over.
   */
  step(untilMs: number): boolean {
    if (!this.#running) return true;
    const limit = Error.stackTraceLimit;
    // a task that died costs an exception; without its stack it is half as dear
    Error.stackTraceLimit = 0;
    try {
      // at least one batch a step, however late it is
      do {
        if (this.#batch()) return true;
      } while (!this.#tree.keeps || this.#tree.nowMs() < untilMs);
      return false;
    } finally {
      Error.stackTraceLimit = limit;
    }
  }

  /**
   * Goes on by so many reads, or as much listing.
   * @returns true when the pass is over.
   */
  stepReads(reads: number): boolean {
    for (let done = 0; this.#running && done < reads; done += READS_PER_CLOCK) if (this.#batch()) return true;
    return !this.#running;
  }

  /** As much as goes with one look at the clock. @returns true when the pass is over. */
  #batch(): boolean {
    this.#nowMs = this.#tree.nowMs();
    for (let done = 0; done < READS_PER_CLOCK;) {
      const { value } = this.#work!.next();
      if (value === undefined) return true;
      done += value;
    }
    return false;
  }

  /** Gives up every descriptor and seat. The sink is told nothing: that a task is read no more is not its end. */
  close(): void {
    for (let seat = 0; seat < this.#used; seat++) {
      if (this.#pid[seat]! > 0) this.#vacate(seat);
    }
    this.count = 0;
    this.#work?.return();
    this.#running = false;
    this.#births.distrust();
  }

  /** All that a pass does, piece by piece; each says how many reads it was worth. */
  *#pass(source: TaskSource): Generator<number, void> {
    if (source === 'list') yield* this.#list();
    else this.#sameTasks();
    if (source === 'tries') yield* this.#tryPids();
    if (this.#once) this.#sink.expect?.(this.#used);
    let alive = 0;
    for (let at = 0; at < this.#nextCount; at++) {
      const seat = this.#next[at]!;
      if (this.#read(seat)) this.#next[alive++] = seat;
      yield 1;
    }
    this.#finish(alive);
  }

  #finish(alive: number): void {
    const order = this.order;
    this.order = this.#next;
    this.#next = order.length < this.order.length ? new Int32Array(this.order.length) : order;
    this.count = alive;
    this.#running = false;
    this.#sink.end(this.#denied);
  }

  /** New tasks among the pids that were given since. */
  *#tryPids(): Generator<number, void> {
    for (const pid of this.#births.candidates()) {
      if (this.#seats.has(pid)) continue;
      const status = readWhole(this.#tree, `${pid}/status`);
      const tgid = typeof status === 'string' ? 0 : Number(/\nTgid:\t(\d+)/.exec(latin1(status))?.[1] ?? 0);
      if (tgid === pid || (tgid > 0 && this.#threads)) this.#add(pid, tgid);
      yield 1;
    }
  }

  /** The tasks of the last pass. */
  #sameTasks(): void {
    this.#denied = this.#deniedListed;
    this.#next.set(this.order.subarray(0, this.count));
    this.#nextCount = this.count;
  }

  /** A listing that fails (no descriptor, no memory, a folder that went) leaves the tasks that were there. */
  *#list(): Generator<number, void> {
    this.counters.lists++;
    this.#nextCount = 0;
    this.#deniedListed = 0;
    let whole = true;
    try {
      const only = typeof this.#only === 'function' ? this.#only() : this.#only;
      for (const pid of only ?? (this.#once ? this.#tree.pids() : this.#tree.eachPid())) {
        if (!this.#threads) this.#add(pid, pid);
        yield this.#threads ? this.#addThreads(pid) : 1;
      }
    } catch (error) {
      if (this.counters.samples === 1) throw error;
      this.#births.distrust();
      whole = false;
    }
    for (let index = 0; index < this.count; index++) {
      const seat = this.order[index]!;
      if (this.#listed[seat] === this.counters.samples) continue;
      if (whole) this.#leave(seat);
      else this.#queue(seat);
      yield 1;
    }
  }

  /** @returns how many reads it was worth */
  #addThreads(pid: number): number {
    try {
      const tids = this.#tree.tids(pid);
      for (const tid of tids) this.#add(tid, pid);
      return tids.length + 1;
    } catch (error) {
      if (!isGone(error)) this.#denied++;
      return 1;
    }
  }

  /** Puts the task on the list of this pass, once; it keeps its seat or takes one. */
  #add(pid: number, tgid: number): void {
    let seat = this.#seats.get(pid);
    if (seat === undefined) {
      seat = this.#free.pop() ?? this.#used++;
      if (seat >= this.#pid.length) this.#grow();
      this.#pid[seat] = pid;
      this.#handle[seat] = -1;
      this.#noticed[seat] = 0;
      this.#changed[seat] = this.counters.samples;
      this.#listed[seat] = 0;
      this.#seats.set(pid, seat);
      this.#births.found(pid);
    }
    if (this.#listed[seat] === this.counters.samples) return;
    this.#listed[seat] = this.counters.samples;
    this.#tgid[seat] = tgid;
    this.#queue(seat);
  }

  /** The task will be read in this pass. */
  #queue(seat: Seat): void {
    if (this.#nextCount >= this.#next.length) {
      const more = new Int32Array(Math.max(256, this.#next.length * 2));
      more.set(this.#next);
      this.#next = more;
    }
    this.#next[this.#nextCount++] = seat;
  }

  #grow(): void {
    const size = this.#pid.length * 2;
    this.#pid = larger(this.#pid, new Int32Array(size));
    this.#tgid = larger(this.#tgid, new Int32Array(size));
    this.#handle = larger(this.#handle, new Int32Array(size).fill(-1));
    this.#listed = larger(this.#listed, new Uint32Array(size));
    this.#changed = larger(this.#changed, new Uint32Array(size));
    this.#arrived = larger(this.#arrived, new Uint32Array(size));
    this.#start = larger(this.#start, new Float64Array(size));
    this.#renamed = larger(this.#renamed, new Uint32Array(size));
    this.#noticed = larger(this.#noticed, new Uint8Array(size));
  }

  /** The task of a seat is gone. */
  #leave(seat: Seat): void {
    this.#vacate(seat);
    this.#sink.gone(seat);
  }

  #vacate(seat: Seat): void {
    this.#drop(seat);
    this.#seats.delete(this.#pid[seat]!);
    this.#pid[seat] = 0;
    this.#free.push(seat);
  }

  #drop(seat: Seat): void {
    const handle = this.#handle[seat]!;
    if (handle < 0) return;
    this.#handle[seat] = -1;
    this.#kept--;
    this.#tree.close(handle);
  }

  /** Reads one task's stat into the sink. False: it is gone, or may not be read. */
  #read(seat: Seat): boolean {
    let handle = this.#handle[seat]!;
    if (handle >= 0) {
      try {
        this.#push(seat, handle);
        return true;
      } catch {
        // the task of this descriptor is dead; the pid may belong to another one by now
        this.#drop(seat);
      }
    }
    try {
      handle = this.#open(this.folder(seat) + '/stat');
    } catch (error) {
      return this.#lost(seat, error);
    }
    let keep = false;
    try {
      this.#push(seat, handle);
      keep = this.#mayKeep(seat);
      if (keep) {
        this.#handle[seat] = handle;
        this.#kept++;
      }
      return true;
    } catch (error) {
      return this.#lost(seat, error);
    } finally {
      if (!keep) this.#tree.close(handle);
    }
  }

  #push(seat: Seat, handle: number): void {
    this.counters.reads++;
    const length = this.#tree.read(handle, this.#buffer);
    const noticed = this.#sink.stat(seat, this.#pid[seat]!, this.#tgid[seat]!, this.#buffer, length, this.#nowMs);
    this.#noticed[seat] = noticed;
    if (noticed & NOTICED.changed) this.#changed[seat] = this.counters.samples;
    if (noticed & NOTICED.arrived) {
      this.#arrived[seat] = this.counters.samples;
      this.#start[seat] = startTimeOf(this.#buffer.subarray(0, length));
    }
    if (noticed & NOTICED.renamed) this.#renamed[seat] = this.counters.samples;
  }

  /** Opens; where no descriptor is left, one that is kept is given up for it. */
  #open(path: string): number {
    this.counters.opens++;
    try {
      return this.#tree.open(path);
    } catch (error) {
      const code = errnoOf(error);
      if ((code === 'EMFILE' || code === 'ENFILE') && this.#evict(0, this.#used)) return this.#tree.open(path);
      throw error;
    }
  }

  /** @returns whether the task stays: an error that says nothing of it (no memory, no descriptor) is not its end. */
  #lost(seat: Seat, error: unknown): boolean {
    const code = errnoOf(error);
    const forbidden = code === 'EACCES' || code === 'EPERM';
    if (!isGone(error)) this.#denied++;
    if (forbidden) this.#deniedListed++;
    if (forbidden || isGone(error)) this.#leave(seat);
    return this.#pid[seat]! > 0;
  }

  #mayKeep(seat: Seat): boolean {
    if (this.#kept < this.#descriptors) return true;
    // full: one that runs takes the place of one that does not
    return (
      this.#descriptors > 0 &&
      (this.#noticed[seat]! & NOTICED.changed) !== 0 &&
      this.#evict(IDLE_SAMPLES, EVICTION_TRIES)
    );
  }

  /** Closes one kept descriptor whose task did nothing for `idle` samples, if one is found in so many tries. */
  #evict(idle: number, most: number): boolean {
    for (let tries = 0; tries < most; tries++) {
      this.#hand = (this.#hand + 1) % Math.max(1, this.#used);
      if (this.#handle[this.#hand]! >= 0 && this.#changed[this.#hand]! + idle <= this.counters.samples) {
        this.#drop(this.#hand);
        return true;
      }
    }
    return false;
  }
}
