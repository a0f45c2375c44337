/** Plays recorded samples into a table, as a source would: the same code computes the same numbers. */
import { latin1 } from '../decode/bytes.ts';
import type { TaskFile } from '../fields/files.ts';
import { NOT_READ } from '../fields/task.ts';
import type { Seat, WhyUnread } from '../frame/sink.ts';
import type { TaskTable } from '../model/task-table.ts';
import { missing, type Reading } from '../units/missing.ts';
import { nextOrder, type TaskOrder, walk } from './order.ts';
import { bytesOf, type FileRecord, type KeyFrame, type SampleRecord } from './record.ts';

const wallOf = (ms: number | null): number => ms ?? Number.NaN;

const bytesRead = (content: string | { readonly missing: WhyUnread }): Reading<Uint8Array> =>
  typeof content === 'string' ? bytesOf(content) : missing(content.missing);

export class Player {
  readonly table: TaskTable;
  #order: TaskOrder = [];
  #system: ReadonlyMap<string, Uint8Array> = new Map();
  readonly #seats = new Map<number, Seat>();
  readonly #free: Seat[] = [];
  #used = 0;

  /** @param table a fresh one. */
  constructor(table: TaskTable) {
    this.table = table;
  }

  /** The whole state to go on from. Nothing may have been played before. */
  start(key: KeyFrame): void {
    const { table } = this;
    this.#begin(key);
    this.#order = key.order;
    walk({ ...key, type: 'sample', files: [] }, [...key.order, ...key.aside], this.#steps);
    table.end(key.denied);
    table.resume(key.samples, key.generation_ms, key.wchan_names);
    for (const [tid, seat] of this.#seats) {
      const seen = key.seen[tid];
      if (seen) table.past.put(seat, key.samples, seen);
      table.setReadBefore(seat, key.before[tid] ?? Number.NEGATIVE_INFINITY);
    }
    for (const [tid, file, nowMs, content, beforeMs, before] of key.files) {
      const seat = this.#seats.get(tid);
      if (seat === undefined) continue;
      const slot = { now: bytesRead(content), nowMs, before: NOT_READ as Reading<Uint8Array>, beforeMs: Number.NaN };
      if (before !== null) Object.assign(slot, { before: bytesRead(before), beforeMs: beforeMs ?? Number.NaN });
      table.keepFile(seat, file as TaskFile, slot);
    }
  }

  play(record: SampleRecord): void {
    this.#begin(record);
    for (const tid of record.gone ?? []) this.#leave(tid);
    this.#order = nextOrder(this.#order, record);
    walk(record, this.#order, this.#steps);
    this.#takeOver(record);
    // files that came after the pass belong to the sample, but `end` makes no difference to them
    this.table.end(record.denied);
  }

  #begin({ wall_ms, ms, system }: Pick<SampleRecord, 'wall_ms' | 'ms' | 'system'>): void {
    const now = new Map(this.#system);
    for (const [name, text] of Object.entries(system)) {
      if (text === null) now.delete(name);
      else now.set(name, bytesOf(text));
    }
    this.#system = now;
    this.table.begin({ wallMs: wallOf(wall_ms), system: now, systemMs: ms });
  }

  #takeOver({ taken_over: known }: SampleRecord): void {
    if (!known) return;
    const { past, samples } = this.table;
    past.generationMs = known.generation_ms;
    for (const [tid, task] of Object.entries(known.tasks)) {
      const seat = this.#seats.get(Number(tid));
      if (seat !== undefined) past.put(seat, samples, task);
    }
  }

  #leave(tid: number): void {
    const seat = this.#seats.get(tid);
    if (seat === undefined) return;
    this.table.gone(seat);
    this.#seats.delete(tid);
    this.#free.push(seat);
  }

  readonly #steps = {
    former: (tid: number): string | undefined => {
      const seat = this.#seats.get(tid);
      return seat === undefined ? undefined : latin1(this.table.line(seat));
    },
    stat: (tid: number, tgid: number, ms: number, line: string | undefined): void => {
      let seat = this.#seats.get(tid);
      if (seat === undefined) {
        // a line that never came: the record is damaged
        if (line === undefined) return;
        seat = this.#free.pop() ?? this.#used++;
        this.#seats.set(tid, seat);
      }
      const bytes = line === undefined ? this.table.line(seat) : bytesOf(line);
      this.table.stat(seat, tid, tgid, bytes, bytes.length, ms);
    },
    file: ([tid, file, ms, content]: FileRecord): void => {
      const seat = this.#seats.get(tid);
      if (seat === undefined) return;
      const bytes = typeof content === 'string' ? bytesOf(content) : this.#same(seat, file as TaskFile, content);
      this.table.file(seat, file, bytes, ms);
    },
  };

  /** The bytes as they were, or why there are none. */
  #same(seat: Seat, file: TaskFile, content: null | { readonly missing: WhyUnread }): Uint8Array | WhyUnread {
    if (content !== null) return content.missing;
    const now = this.table.fileSlot(seat, file)?.now;
    return now instanceof Uint8Array ? now : 'not-read';
  }
}
