/** What the monitor remembers, and the instant of it that is shown. */
import type { SampleRecord } from '../history/record.ts';
import { Recorder } from '../history/recorder.ts';
import { type Instant, Ring, RING_BYTES, RING_MS } from '../history/ring.ts';
import { TaskCursor } from '../model/task-cursor.ts';
import type { EventLog } from '../model/events.ts';
import type { TaskTable } from '../model/task-table.ts';

/** The samples that can be gone to, live or of a recording. */
export interface Remembered {
  /** Oldest first, the present one included. */
  readonly instants: () => readonly Instant[];
  /** The tasks at a sample; undefined: it has been dropped meanwhile, and was not on the screen. */
  at(number: number): TaskCursor | undefined;
  /** The last minutes as raw text, oldest first: one ring for each time that threads were switched on or off. */
  readonly rings: readonly Ring[];
  readonly events: EventLog;
}

export class Past implements Remembered {
  /** Stands between the source and the table. */
  readonly recorder: Recorder;
  readonly #table: TaskTable;
  readonly #maxBytes: number;
  readonly #ring: Ring;
  /** What was sampled before, of the other kind and of this one in turn. */
  #former: readonly Ring[];
  #shown: { readonly number: number; readonly cursor: TaskCursor } | undefined;

  /** @param former what goes on here: processes after threads, or threads after processes. */
  constructor(table: TaskTable, maxBytes = RING_BYTES, former?: Past) {
    this.#table = table;
    this.#maxBytes = maxBytes;
    this.recorder = new Recorder(table, record => this.#push(record));
    former?.close();
    this.#former = former?.rings.filter(({ instants }) => instants.length > 0) ?? [];
    const number = this.#former.at(-1)?.instants.at(-1)?.number;
    const { files, ms, wallMs } = table.system;
    if (former) this.recorder.goOnFrom(former.recorder);
    this.#ring = new Ring(table.machine, table.threads, {
      maxBytes,
      pending: () => this.recorder.last,
      system: table.system,
      ...(number === undefined ? {} : { former: { number, system: files, systemMs: ms, wallMs } }),
    });
  }

  /** No more samples will come. */
  close(): void {
    this.recorder.flush();
    this.#ring.close();
  }

  get rings(): readonly Ring[] {
    return [...this.#former, this.#ring];
  }

  get events(): EventLog {
    return this.#table.events;
  }

  readonly instants = (): readonly Instant[] => this.rings.flatMap(({ instants }) => instants);

  at(number: number): TaskCursor | undefined {
    if (this.#shown?.number === number) return this.#shown.cursor;
    const ring = this.rings.findLast(({ first }) => first <= number);
    const table = ring?.at(number);
    if (!table) return undefined;
    // one table of the past is enough
    for (const other of this.rings) if (other !== ring) other.rest();
    this.#shown = { number, cursor: new TaskCursor(table) };
    return this.#shown.cursor;
  }

  /** All rings together keep to the bound: the oldest gives way. */
  #push(record: SampleRecord): void {
    this.#ring.push(record);
    if (this.#former.length === 0) return;
    let over = this.rings.reduce((sum, { bytes }) => sum + bytes, 0) - this.#maxBytes;
    for (const ring of this.#former) {
      const before = ring.bytes;
      ring.trim(over > 0 ? before - over : Number.POSITIVE_INFINITY, record.ms - RING_MS);
      over -= before - ring.bytes;
    }
    this.#former = this.#former.filter(({ instants }) => instants.length > 0);
  }
}
