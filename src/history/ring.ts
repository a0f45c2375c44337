/**
 * The samples of the last minutes, as text: the base and what changed since, sample by sample. Any instant in it can be
 * made a table again, by the same code that made it live.
 */
import type { Machine } from '../decode/machine.ts';
import type { SampleStart } from '../frame/sink.ts';
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
  /** The sample before this ring began, of the other kind (processes or threads): its number, and the machine; absent: none. */
  readonly former?: SampleStart & { readonly number: number };
}

export class Ring {
  readonly #machine: Machine;
  /** Does it hold threads, or processes? */
  readonly threads: boolean;
  readonly #options: Omit<RingOptions, 'pending'>;
  #pending: RingOptions['pending'];
  readonly #entries: Entry[] = [];
  readonly #base = new Base();
  #bytes = 0;
  /** What was asked for last: the next instant is one step on. */
  #player: Player | undefined;

  constructor(machine: Machine, threads: boolean, { pending, ...options }: RingOptions) {
    this.#machine = machine;
    this.threads = threads;
    this.#options = options;
    this.#pending = pending;
  }

  /** What was before the first sample, where the ring begins in the middle of a recording. */
  start(key: KeyFrame): void {
    this.#base.start(key);
  }

  /** A sample that is complete. @param text its JSON, where it is at hand. */
  push(record: SampleRecord, text = JSON.stringify(record)): void {
    this.#entries.push(entryOf(this.#next, record, text));
    this.#bytes += text.length;
    this.trim(this.#options.maxBytes, record.ms - RING_MS, 1);
  }

  /** No more samples will come: what they came from is let go. */
  close(): void {
    this.#pending = () => undefined;
    this.rest();
  }

  /** Drops the oldest samples: what is over a number of bytes, or before a time. @param least so many are kept */
  trim(maxBytes: number, sinceMs: number, least = 0): void {
    while (this.#entries.length > least && (this.bytes > maxBytes || this.#entries[0]!.ms < sinceMs)) {
      const [oldest] = this.#entries.splice(0, 1);
      this.#bytes -= oldest!.text.length;
      this.#base.advance(JSON.parse(oldest!.text) as SampleRecord);
    }
  }

  /** The number of the base: samples of other rings, and those that were dropped. */
  get #dropped(): number {
    return (this.#options.former?.number ?? 0) + this.#base.samples;
  }

  /** The number of the oldest instant, or of the one that will be. */
  get first(): number {
    return this.#dropped + 1;
  }

  /** The number of the next sample. */
  get #next(): number {
    return this.#dropped + this.#entries.length + 1;
  }

  get bytes(): number {
    return this.#bytes + this.#base.bytes;
  }

  /** The instants that can be gone to, oldest first, the present one included. */
  get instants(): readonly Instant[] {
    const pending = this.#pending();
    if (!pending) return this.#entries;
    return [...this.#entries, entryOf(this.#next, pending, '')];
  }

  /** The state before the oldest instant; undefined: there was nothing before. */
  get before(): KeyFrame | undefined {
    return this.#base.samples === 0 ? undefined : this.#base.keyFrame();
  }

  /** The instants with what is kept of them, oldest first: JSON, of the present one what is to become it. */
  *kept(): Generator<Instant & { readonly record: string | SampleRecord }> {
    for (const { number, ms, wallMs, text } of this.#entries) yield { number, ms, wallMs, record: text };
    const record = this.#pending();
    if (record) yield { number: this.#next, ms: record.ms, wallMs: record.wall_ms ?? Number.NaN, record };
  }

  /** The tasks as they were; undefined: the instant is not in the ring. Good until the next call. */
  at(number: number): TaskTable | undefined {
    const isPending = number === this.#next;
    const pending = isPending ? this.#pending() : undefined;
    if (number <= this.#dropped || (number >= this.#next && !pending)) return undefined;
    const { samples } = this.#base;
    const wanted = number - this.#dropped + samples;
    let player = this.#player;
    if (!player || player.table.samples > wanted || player.table.samples < samples) player = this.#begin();
    while (player.table.samples < wanted) {
      const entry = this.#entries[player.table.samples - samples];
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

  /** What {@link at} gave is not needed any more. */
  rest(): void {
    this.#player = undefined;
  }

  #begin(): Player {
    const { samples, ms } = this.#base;
    const { former, system } = this.#options;
    const history = system?.upTo(samples > 0 ? ms : (former?.systemMs ?? Number.NEGATIVE_INFINITY));
    if (samples === 0 && former) history?.push(former);
    const player = new Player(new TaskTable(this.#machine, this.threads, history));
    if (samples > 0) player.start(this.#base.keyFrame());
    return player;
  }
}

/** The tasks at every instant of some rings; a table is good until the next one. */
export function* tablesOf(rings: readonly Ring[]): ReturnType<Ring['tables']> {
  for (const ring of rings) yield* ring.tables();
}
