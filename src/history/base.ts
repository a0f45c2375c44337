/**
 * The state before the oldest sample that is kept: as raw text, so that it takes little room, and moved on by one sample
 * when that one is dropped.
 */
import { parseStat, STAT_STRIDE, type StatParse } from '../decode/pid-stat.ts';
import type { Seat, WhyUnread } from '../frame/sink.ts';
import { TaskPast } from '../model/task-past.ts';
import { larger } from '../units/larger.ts';
import { nextOrder, type TaskOrder, walk } from './order.ts';
import { bytesOf, type FileRecord, type KeptFile, type KeyFrame, type SampleRecord } from './record.ts';

const STATE = 3;
const FLAGS = 9;
const START_TIME = 22;
const RSS = 24;

/** What a task takes beside its texts: a guess on the safe side. */
const TASK_BYTES = 300;

type Content = string | { readonly missing: WhyUnread };

interface Kept {
  now: Content;
  nowMs: number;
  before: Content | null;
  beforeMs: number;
}

interface BaseTask {
  readonly seat: Seat;
  readonly tgid: number;
  readonly startTicks: number;
  line: string;
  flags: number;
  /** Absent: none was read. */
  files: Map<string, Kept> | undefined;
}

export class Base {
  samples = 0;
  ms = Number.NaN;
  /** About how much it takes. */
  bytes = 0;
  #wallMs: number | null = null;
  #order: TaskOrder = [];
  readonly #tasks = new Map<number, BaseTask>();
  readonly #past = new TaskPast();
  #system: Record<string, string | null> = {};
  #denied = 0;
  #wchanNames = false;
  readonly #free: Seat[] = [];
  #used = 0;
  // what changes at every sample, by seat
  #nowMs = new Float64Array(0);
  #beforeMs = new Float64Array(0);
  #pages = new Float64Array(0);
  #state = new Uint8Array(0);
  /** The seats along an order, so that tasks need not be looked up while it stays the same; -1: unknown. */
  #seats: { readonly order: TaskOrder; readonly seats: Int32Array } = { order: [], seats: new Int32Array(0) };
  readonly #scratch = new Float64Array(STAT_STRIDE);
  readonly #parse: StatParse = { fields: 0, commStart: 0, commEnd: 0 };

  /** Takes over a key frame; nothing may have been advanced before. */
  start(key: KeyFrame): void {
    const { order, aside, system, samples } = key;
    this.advance({ ...key, type: 'sample', files: [], order: [...order, ...aside], system });
    this.samples = samples;
    this.#order = order;
    this.#wchanNames = key.wchan_names;
    this.#past.generationMs = key.generation_ms;
    for (const [tid, task] of this.#tasks) {
      this.#beforeMs[task.seat] = key.before[tid] ?? Number.NEGATIVE_INFINITY;
      const seen = key.seen[tid];
      if (seen) this.#past.put(task.seat, samples, seen);
    }
    for (const [tid, file, nowMs, now, beforeMs, before] of key.files) {
      const task = this.#tasks.get(tid);
      if (task) (task.files ??= new Map()).set(file, { now, nowMs, before, beforeMs: beforeMs ?? Number.NaN });
      this.bytes += lengthOf(now) + lengthOf(before);
    }
  }

  /** Goes on by one sample. */
  advance(record: SampleRecord): void {
    this.samples++;
    this.ms = record.ms;
    this.#wallMs = record.wall_ms;
    this.#past.begin(record.ms);
    for (const [name, text] of Object.entries(record.system)) {
      this.bytes += (text?.length ?? 0) - (this.#system[name]?.length ?? 0);
      this.#system[name] = text;
    }
    for (const tid of record.gone ?? []) this.#leave(tid);
    this.#order = nextOrder(this.#order, record);
    if (this.#seats.order !== this.#order) this.#seats = { order: this.#order, seats: this.#seatsAlong(this.#order) };
    walk(record, this.#order, {
      stat: this.#stat,
      file: this.#file,
      former: tid => this.#tasks.get(tid)?.line,
    });
    this.#takeOver(record);
    this.#denied = record.denied;
  }

  #takeOver({ taken_over: known }: SampleRecord): void {
    if (!known) return;
    this.#past.generationMs = known.generation_ms;
    for (const [tid, seen] of Object.entries(known.tasks)) {
      const task = this.#tasks.get(Number(tid));
      if (task) this.#past.put(task.seat, this.samples, seen);
    }
  }

  keyFrame(): KeyFrame {
    const before: Record<string, number> = {};
    const stat: Record<string, string> = {};
    const files: KeptFile[] = [];
    const seen: Record<string, ReturnType<TaskPast['take']>> = {};
    const reads: number[] = [];
    const order = this.#order.filter(([tid]) => this.#tasks.has(tid));
    const listed = new Set(order.map(([tid]) => tid));
    const unlisted = [...this.#tasks].filter(([tid]) => !listed.has(tid));
    const aside = unlisted.map(([tid, { tgid }]) => [tid, tgid] as const);
    for (const [tid] of [...order, ...aside]) {
      const task = this.#tasks.get(tid)!;
      reads.push(this.#nowMs[task.seat]!, 1);
      const beforeMs = this.#beforeMs[task.seat]!;
      if (Number.isFinite(beforeMs)) before[tid] = beforeMs;
      stat[tid] = task.line;
      seen[tid] = this.#past.take(task.seat, this.samples);
      for (const [file, kept] of task.files ?? [])
        files.push([tid, file, kept.nowMs, kept.now, kept.before === null ? null : kept.beforeMs, kept.before]);
    }
    return {
      type: 'key',
      wall_ms: this.#wallMs,
      ms: this.ms,
      samples: this.samples,
      generation_ms: this.#past.generationMs,
      system: this.#system,
      order,
      aside,
      reads,
      before,
      stat,
      files,
      seen,
      wchan_names: this.#wchanNames,
      denied: this.#denied,
    };
  }

  #leave(tid: number): void {
    const task = this.#tasks.get(tid);
    if (!task) return;
    this.bytes -= sizeOf(task);
    this.#tasks.delete(tid);
    this.#free.push(task.seat);
  }

  #seatsAlong(order: TaskOrder): Int32Array {
    return Int32Array.from(order, ([tid]) => this.#tasks.get(tid)?.seat ?? -1);
  }

  readonly #stat = (tid: number, tgid: number, ms: number, line: string | undefined, index: number): void => {
    if (line === undefined) {
      const seat = this.#seats.seats[index]!;
      if (seat >= 0) this.#follow(seat, ms);
      return;
    }
    const bytes = bytesOf(line);
    const now = this.#scratch;
    if (!parseStat(bytes, bytes.length, now, 0, this.#parse)) return;
    const state = now[STATE]!;
    const flags = now[FLAGS]!;
    let task = this.#tasks.get(tid);
    if (task?.startTicks === now[START_TIME]!) {
      this.#past.change(task.seat, ms, this.#state[task.seat] === state, task.flags, flags);
      this.bytes += line.length - task.line.length;
      task.line = line;
      task.flags = flags;
    } else {
      task = this.#arrive(tid, tgid, ms, line);
      this.#seats.seats[index] = task.seat;
    }
    this.#state[task.seat] = state;
    this.#pages[task.seat] = now[RSS]!;
    this.#follow(task.seat, ms);
  };

  /** Another task than before, its line parsed in the scratch. */
  #arrive(tid: number, tgid: number, ms: number, line: string): BaseTask {
    const now = this.#scratch;
    this.#leave(tid);
    const seat = this.#free.pop() ?? this.#used++;
    if (seat >= this.#nowMs.length) this.#grow(seat + 1);
    const task = { seat, tgid, line, flags: now[FLAGS]!, startTicks: now[START_TIME]!, files: undefined };
    this.#past.arrive(seat, ms, this.samples, now[RSS]!, this.samples > 1);
    // what is now is before in a moment: there was nothing before it
    this.#nowMs[seat] = Number.NEGATIVE_INFINITY;
    this.#tasks.set(tid, task);
    this.bytes += sizeOf(task);
    return task;
  }

  /** It was read. */
  #follow(seat: Seat, ms: number): void {
    this.#beforeMs[seat] = this.#nowMs[seat]!;
    this.#nowMs[seat] = ms;
    this.#past.follow(seat, ms, this.samples, this.#state[seat]!, this.#pages[seat]!);
  }

  #grow(needed: number): void {
    const size = Math.max(256, 2 ** Math.ceil(Math.log2(needed)));
    this.#nowMs = larger(this.#nowMs, new Float64Array(size));
    this.#beforeMs = larger(this.#beforeMs, new Float64Array(size));
    this.#pages = larger(this.#pages, new Float64Array(size));
    this.#state = larger(this.#state, new Uint8Array(size));
    this.#past.grow(size);
  }

  readonly #file = ([tid, file, ms, content]: FileRecord): void => {
    const task = this.#tasks.get(tid);
    if (!task) return;
    task.files ??= new Map();
    const slot = task.files.get(file);
    const now = content ?? slot?.now ?? { missing: 'not-read' };
    if (file === 'wchan' && typeof now === 'string' && now !== '' && now !== '0') this.#wchanNames = true;
    this.bytes += lengthOf(now);
    if (!slot) {
      task.files.set(file, { now, nowMs: ms, before: null, beforeMs: Number.NaN });
      return;
    }
    this.bytes -= lengthOf(slot.before);
    // as in TaskTable.file: what is older than the sample before is not compared with
    const compared = slot.nowMs >= this.#beforeMs[task.seat]!;
    Object.assign(slot, { before: compared ? slot.now : { missing: 'not-read' }, beforeMs: slot.nowMs });
    Object.assign(slot, { now, nowMs: ms });
  };
}

const lengthOf = (content: Content | null): number => (typeof content === 'string' ? content.length : 0);

function sizeOf({ line, files }: BaseTask): number {
  let bytes = line.length + TASK_BYTES;
  for (const { now, before } of files?.values() ?? []) bytes += lengthOf(now) + lengthOf(before);
  return bytes;
}
