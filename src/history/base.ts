/**
 * The state before the oldest sample that is kept: as raw text, so that it takes little room, and moved on by one sample
 * when that one is dropped.
 */
import { parseStat, STAT_STRIDE, type StatParse } from '../decode/pid-stat.ts';
import type { Seat, WhyUnread } from '../frame/sink.ts';
import { TaskPast } from '../model/task-past.ts';
import { nextOrder, type TaskOrder, walk } from './order.ts';
import { bytesOf, type FileRecord, type KeptFile, type KeyFrame, type SampleRecord } from './record.ts';

const STATE = 3;
const FLAGS = 9;
const START_TIME = 22;
const RSS = 24;

/** What a task takes beside its texts: a guess on the safe side. */
const TASK_BYTES = 400;

type Content = string | { readonly missing: WhyUnread };

interface Kept {
  now: Content;
  nowMs: number;
  before: Content | null;
  beforeMs: number;
}

interface BaseTask {
  readonly seat: Seat;
  tgid: number;
  line: string;
  state: number;
  flags: number;
  startTicks: number;
  pages: number;
  nowMs: number;
  beforeMs: number;
  readonly files: Map<string, Kept>;
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
      task.beforeMs = key.before[tid] ?? Number.NEGATIVE_INFINITY;
      const seen = key.seen[tid];
      if (seen) this.#past.put(task.seat, samples, seen);
    }
    for (const [tid, file, nowMs, now, beforeMs, before] of key.files) {
      this.#tasks.get(tid)?.files.set(file, { now, nowMs, before, beforeMs: beforeMs ?? Number.NaN });
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
    walk(record, this.#order, { stat: this.#stat, file: this.#file });
    this.#denied = record.denied;
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
      reads.push(task.nowMs, 1);
      if (Number.isFinite(task.beforeMs)) before[tid] = task.beforeMs;
      stat[tid] = task.line;
      seen[tid] = this.#past.take(task.seat, this.samples);
      for (const [file, { now, nowMs, before, beforeMs }] of task.files)
        files.push([tid, file, nowMs, now, before === null ? null : beforeMs, before]);
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

  readonly #stat = (tid: number, tgid: number, ms: number, line: string | undefined): void => {
    let task = this.#tasks.get(tid);
    if (line === undefined) {
      if (!task) return;
      task.beforeMs = task.nowMs;
      task.nowMs = ms;
      this.#past.follow(task.seat, ms, this.samples, task.state, task.pages);
      return;
    }
    const bytes = bytesOf(line);
    const now = this.#scratch;
    if (!parseStat(bytes, bytes.length, now, 0, this.#parse)) return;
    const fresh = { line, state: now[STATE]!, flags: now[FLAGS]!, pages: now[RSS]!, startTicks: now[START_TIME]! };
    if (task?.startTicks === fresh.startTicks) {
      this.#past.change(task.seat, ms, task.state === fresh.state, task.flags, fresh.flags);
      this.bytes += line.length - task.line.length;
      Object.assign(task, fresh, { beforeMs: task.nowMs, nowMs: ms });
    } else {
      this.#leave(tid);
      const seat = this.#free.pop() ?? this.#used++;
      this.#past.grow(Math.max(256, 2 ** Math.ceil(Math.log2(seat + 1))));
      task = { ...fresh, seat, tgid, nowMs: ms, beforeMs: Number.NEGATIVE_INFINITY, files: new Map() };
      this.#past.arrive(seat, ms, this.samples, task.pages, this.samples > 1);
      this.#tasks.set(tid, task);
      this.bytes += sizeOf(task);
    }
    this.#past.follow(task.seat, ms, this.samples, task.state, task.pages);
  };

  readonly #file = ([tid, file, ms, content]: FileRecord): void => {
    const task = this.#tasks.get(tid);
    if (!task) return;
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
    const compared = slot.nowMs >= task.beforeMs;
    Object.assign(slot, { before: compared ? slot.now : { missing: 'not-read' }, beforeMs: slot.nowMs });
    Object.assign(slot, { now, nowMs: ms });
  };
}

const lengthOf = (content: Content | null): number => (typeof content === 'string' ? content.length : 0);

function sizeOf({ line, files }: BaseTask): number {
  let bytes = line.length + TASK_BYTES;
  for (const { now, before } of files.values()) bytes += lengthOf(now) + lengthOf(before);
  return bytes;
}
