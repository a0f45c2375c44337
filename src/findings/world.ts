/** What rules look at beside the task itself: the machine, other tasks, control groups. One object, renewed at each sample. */
import { cgroupOf, decodeTaskCgroups } from '../decode/cgroup-files.ts';
import { TASK_FILES, type TaskFile } from '../fields/files.ts';
import { field } from '../fields/registry.ts';
import { NOT_READ, type TaskView } from '../fields/task.ts';
import type { Seat } from '../frame/sink.ts';
import { TaskCursor } from '../model/task-cursor.ts';
import type { TaskTable } from '../model/task-table.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import type { Measure } from './rule.ts';

/** Totals of `cpu.stat` of a control group. */
export interface ThrottlingTotals {
  readonly periods: number;
  readonly throttled: number;
  readonly throttledSeconds: number;
}
/** Asked with the path of a group of the cpu controller; undefined: nothing is known of it, or it has no limit. */
export type ThrottlingSource = (cgroupPath: string) => ThrottlingTotals | undefined;

/** How a group was throttled between two samples. */
export interface Throttled {
  readonly path: string;
  /** 0 … 1 */
  readonly share: number;
  readonly seconds: number;
}

/**
 * A cursor to which a file that was read before the task's stat is not there: what is stale must not make a task look as if
 * it stood still.
 */
export class FreshCursor extends TaskCursor {
  isFresh(file: TaskFile): boolean {
    const slot = this.table.fileSlot(this.seat, file);
    return slot !== undefined && (TASK_FILES[file].fresh !== 'sample' || slot.nowMs >= this.table.readMs(this.seat));
  }

  override file(file: TaskFile): Reading<Uint8Array> {
    return this.isFresh(file) ? super.file(file) : NOT_READ;
  }
}

/** The group that a controller has the task in. */
export function cgroupPath(task: TaskView, controller: string): string | undefined {
  const bytes = task.file('cgroup');
  return isMissing(bytes) ? undefined : cgroupOf(decodeTaskCgroups(bytes), controller)?.path;
}

/** The group that the cpu controller counts the task in. */
export const cpuCgroup = (task: TaskView): string | undefined => cgroupPath(task, 'cpu');

const FEWEST_IDLE = 10;

const CPU_PERCENT = field('cpu_percent');
const NUM_THREADS = 20;
const PROCESSOR = 39;
const POLICY = 41;
/** SCHED_FIFO, SCHED_RR, SCHED_DEADLINE. */
const REAL_TIME = new Set([1, 2, 6]);

export class World {
  /** Tasks whose wait channel is wanted at the next sample, as somebody else's finding depends on it. */
  readonly wishes = new Set<number>();
  readonly threadWishes = new Set<number>();
  nowMs = 0;

  readonly #source: ThrottlingSource | undefined;
  #processes: FreshCursor | undefined;
  #threads: FreshCursor | undefined;
  #seatOf: Map<number, Seat> | undefined;
  #threadsOf: Map<number, Seat[]> | undefined;
  #totals = new Map<string, ThrottlingTotals>();
  #totalsBefore = new Map<string, ThrottlingTotals>();
  #throttled = new Map<string, Throttled | undefined>();
  #realTime: Map<number, number> | undefined;

  constructor(source: ThrottlingSource | undefined) {
    this.#source = source;
  }

  /** A new sample. */
  renew(processes: TaskTable, threads: TaskTable | undefined, nowMs: number): void {
    this.nowMs = nowMs;
    this.#processes = new FreshCursor(processes);
    this.#threads = threads && new FreshCursor(threads);
    this.#seatOf = undefined;
    this.#threadsOf = undefined;
    this.wishes.clear();
    this.threadWishes.clear();
    this.#totalsBefore = this.#totals;
    this.#totals = new Map();
    this.#throttled = new Map();
    this.#realTime = undefined;
  }

  /** Forgets what belongs to another past. */
  forget(): void {
    this.#totals = new Map();
  }

  /** NaN: missing. */
  measure(measure: Measure): number {
    const system = this.#processes!.table.system;
    const pressure = system.pressure('memory');
    const number = (reading: Reading<number>): number => (isMissing(reading) ? Number.NaN : reading);
    switch (measure) {
      case 'memory_some':
        return isMissing(pressure) ? Number.NaN : (pressure.some?.avg10 ?? Number.NaN);
      case 'memory_full':
        return isMissing(pressure) ? Number.NaN : (pressure.full?.avg10 ?? Number.NaN);
      case 'pressure_known':
        return isMissing(pressure) ? 0 : 1;
      case 'major_faults':
        return number(system.majorFaultRate);
      case 'forks':
        return number(system.forkRate);
    }
  }

  /** Did the CPU hardly idle in the last interval? Undefined: not known. */
  isTaken(cpu: number): boolean | undefined {
    const shares = this.#processes!.table.system.cpuShares(cpu);
    return isMissing(shares) ? undefined : shares.idle + shares.iowait < FEWEST_IDLE;
  }

  /** How much of a CPU real-time tasks used that ran there last, as far as they are read. */
  realTimePercent(cpu: number): number {
    if (!this.#realTime) {
      this.#realTime = new Map();
      for (const process of this.processes()) if (process.stat(NUM_THREADS) <= 1) this.#countRealTime(process);
      const threads = this.#threads;
      for (let at = 0; threads && at < threads.table.count; at++) {
        const seat = threads.table.order[at]!;
        if (threads.table.holds(seat)) this.#countRealTime(threads.at(seat));
      }
    }
    return this.#realTime.get(cpu) ?? 0;
  }

  #countRealTime(task: TaskView): void {
    if (!REAL_TIME.has(task.stat(POLICY))) return;
    const used = CPU_PERCENT.value(task);
    const cpu = task.stat(PROCESSOR);
    if (typeof used === 'number') this.#realTime!.set(cpu, (this.#realTime!.get(cpu) ?? 0) + used);
  }

  /** A process by its pid; the cursor is moved by the next call. */
  process(pid: number): FreshCursor | undefined {
    const cursor = this.#processes!;
    if (!this.#seatOf) {
      this.#seatOf = new Map();
      const { table } = cursor;
      for (let at = 0; at < table.count; at++) this.#seatOf.set(table.pid(table.order[at]!), table.order[at]!);
    }
    const seat = this.#seatOf.get(pid);
    return seat === undefined ? undefined : cursor.at(seat);
  }

  /** All processes, each in the same cursor. */
  *processes(): Generator<FreshCursor> {
    const { table } = this.#processes!;
    for (let at = 0; at < table.count; at++) yield this.#processes!.at(table.order[at]!);
  }

  /** The threads of a process as far as they are read, each in the same cursor. */
  *threadsOf(tgid: number): Generator<FreshCursor> {
    if (!this.#threads) return;
    const { table } = this.#threads;
    if (!this.#threadsOf) {
      this.#threadsOf = new Map();
      for (let at = 0; at < table.count; at++) {
        const seat = table.order[at]!;
        const seats = this.#threadsOf.get(table.tgid(seat));
        if (seats) seats.push(seat);
        else this.#threadsOf.set(table.tgid(seat), [seat]);
      }
    }
    for (const seat of this.#threadsOf.get(tgid) ?? []) if (table.holds(seat)) yield this.#threads.at(seat);
  }

  /** The group of this path, or the one above it, that was throttled most since the sample before. */
  throttled(path: string): Throttled | undefined {
    if (this.#throttled.has(path)) return this.#throttled.get(path);
    const above = path.slice(0, path.lastIndexOf('/'));
    const own = this.#throttledItself(path);
    const other = above === '' ? undefined : this.throttled(above);
    const most = own && (!other || own.share >= other.share) ? own : other;
    this.#throttled.set(path, most);
    return most;
  }

  #throttledItself(path: string): Throttled | undefined {
    const now = this.#source?.(path);
    if (!now) return undefined;
    this.#totals.set(path, now);
    const before = this.#totalsBefore.get(path);
    const periods = now.periods - (before?.periods ?? now.periods);
    const throttled = now.throttled - (before?.throttled ?? 0);
    if (!before || periods <= 0 || throttled < 0) return undefined;
    const seconds = Math.max(0, now.throttledSeconds - before.throttledSeconds);
    return { path, share: Math.min(1, throttled / periods), seconds };
  }
}
