/**
 * The samples of the last minutes, as text: the base and what changed since, sample by sample. Any instant in it can be
 * made a table again, by the same code that made it live.
 */
import type { Machine } from '../decode/machine.ts';
import type { SystemHistory } from '../model/system.ts';
import { TaskTable } from '../model/task-table.ts';
import { Base } from './base.ts';
import { Player } from './player.ts';
import type { KeyFrame, SampleRecord } from './record.ts';

export const RING_MS = 600_000;
export const RING_BYTES = 16 << 20;

/** A sample that can be gone to; numbers count from the first sample of the source. */
export interface Instant {
  readonly number: number;
  /** CLOCK_MONOTONIC, and wall clock (NaN: not known), milliseconds. */
  readonly ms: number;
  readonly wallMs: number;
}

interface Entry extends Instant {
  readonly text: string;
}

const entryOf = (number: number, record: SampleRecord, text: string): Entry => ({
  number,
  ms: record.ms,
  wallMs: record.wall_ms ?? Number.NaN,
  text,
});

export interface RingOptions {
  readonly maxBytes: number;
  /** The sample that was taken last and may still get files; it is an instant too. */
  readonly pending: () => SampleRecord | undefined;
  /** The history of the machine, for what was remembered before the ring; absent: nothing was. */
  readonly system?: SystemHistory;
}

export class Ring {
  readonly #machine: Machine;
  readonly #threads: boolean;
  readonly #options: RingOptions;
  readonly #entries: Entry[] = [];
  readonly #base = new Base();
  #bytes = 0;
  /** What was asked for last: the next instant is one step on. */
  #player: Player | undefined;

  constructor(machine: Machine, threads: boolean, options: RingOptions) {
    this.#machine = machine;
    this.#threads = threads;
    this.#options = options;
  }

  /** What was before the first sample, where the ring begins in the middle of a recording. */
  start(key: KeyFrame): void {
    this.#base.start(key);
  }

  /** A sample that is complete. @param text its JSON, where it is at hand. */
  push(record: SampleRecord, text = JSON.stringify(record)): void {
    this.#entries.push(entryOf(this.#base.samples + this.#entries.length + 1, record, text));
    this.#bytes += text.length;
    const most = this.#options.maxBytes;
    while (this.#entries.length > 1 && (this.bytes > most || this.#entries[0]!.ms < record.ms - RING_MS)) {
      const [oldest] = this.#entries.splice(0, 1);
      this.#bytes -= oldest!.text.length;
      this.#base.advance(JSON.parse(oldest!.text) as SampleRecord);
    }
  }

  get bytes(): number {
    return this.#bytes + this.#base.bytes;
  }

  /** The instants that can be gone to, oldest first, the present one included. */
  get instants(): readonly Instant[] {
    const pending = this.#options.pending();
    if (!pending) return this.#entries;
    return [...this.#entries, entryOf(this.#base.samples + this.#entries.length + 1, pending, '')];
  }

  /** The state before the oldest instant; undefined: there was nothing before. */
  get before(): KeyFrame | undefined {
    return this.#base.samples === 0 ? undefined : this.#base.keyFrame();
  }

  /** The instants with what is kept of them, oldest first: JSON, of the present one what is to become it. */
  *kept(): Generator<Instant & { readonly record: string | SampleRecord }> {
    for (const { number, ms, wallMs, text } of this.#entries) yield { number, ms, wallMs, record: text };
    const record = this.#options.pending();
    const number = this.#base.samples + this.#entries.length + 1;
    if (record) yield { number, ms: record.ms, wallMs: record.wall_ms ?? Number.NaN, record };
  }

  /** The tasks as they were; undefined: the instant is not in the ring. Good until the next call. */
  at(number: number): TaskTable | undefined {
    const first = this.#base.samples + 1;
    const last = this.#base.samples + this.#entries.length;
    const isPending = number === last + 1;
    const pending = isPending ? this.#options.pending() : undefined;
    if (number < first || (number > last && !pending)) return undefined;
    let player = this.#player;
    if (!player || player.table.samples > number || player.table.samples < first - 1) player = this.#begin();
    while (player.table.samples < number) {
      const entry = this.#entries[player.table.samples - this.#base.samples];
      player.play(entry ? (JSON.parse(entry.text) as SampleRecord) : pending!);
    }
    // files may still come to the present sample: it is not gone on from
    this.#player = isPending ? undefined : player;
    return player.table;
  }

  /** The tasks at every instant, oldest first; the table is good until the next one. What {@link at} gave is left alone. */
  *tables(): Generator<{ readonly instant: Instant; readonly table: TaskTable }> {
    const player = this.#begin();
    for (const { record, ...instant } of this.kept()) {
      player.play(typeof record === 'string' ? (JSON.parse(record) as SampleRecord) : record);
      yield { instant, table: player.table };
    }
  }

  #begin(): Player {
    const { samples, ms } = this.#base;
    const system = this.#options.system?.upTo(samples === 0 ? Number.NEGATIVE_INFINITY : ms);
    const player = new Player(new TaskTable(this.#machine, this.#threads, system));
    if (samples > 0) player.start(this.#base.keyFrame());
    return player;
  }
}
