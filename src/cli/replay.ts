/** A recording as the monitor goes through it: like the past of a live machine, but with samples ahead, too. */
import { type Instant, Ring, RING_MS } from '../history/ring.ts';
import type { Player } from '../history/player.ts';
import type { EventLog } from '../model/events.ts';
import { TaskCursor } from '../model/task-cursor.ts';
import type { TaskTable } from '../model/task-table.ts';
import type { Recording } from '../recording/reader.ts';
import type { Remembered } from './past.ts';

/** So many samples are played on rather than begun anew: what was seen meanwhile is then known. */
const NEAR = 100;
/** What is kept is bounded by time; the recording itself is not in memory. */
const MOST_BYTES = 128 << 20;

interface Loaded {
  readonly player: Player;
  readonly ring: Ring;
  /** Index of the first sample in the ring, and of the one at which the player stands. */
  readonly first: number;
  head: number;
}

export class Replay implements Remembered {
  readonly #recording: Recording;
  readonly #onJump: () => void;
  readonly #list: readonly Instant[];
  #loaded: Loaded;
  #shown: { readonly number: number; readonly cursor: TaskCursor };

  /** @param onJump called when what was known of the time before does not hold any more. */
  constructor(recording: Recording, index: number, onJump: () => void) {
    this.#recording = recording;
    this.#onJump = onJump;
    this.#list = Array.from({ length: recording.count }, (_, at) => recording.instant(at));
    this.#loaded = loadAt(recording, index);
    this.#shown = { number: index + 1, cursor: new TaskCursor(this.table) };
  }

  /** All samples of the recording. */
  readonly instants = (): readonly Instant[] => this.#list;

  get table(): TaskTable {
    return this.#loaded.player.table;
  }

  get events(): EventLog {
    return this.table.events;
  }

  get rings(): readonly Ring[] {
    return [this.#loaded.ring];
  }

  /** Calls for every sample that is played on the way. */
  onPlayed: (() => void) | undefined;

  at(number: number): TaskCursor | undefined {
    if (this.#shown.number === number) return this.#shown.cursor;
    const index = number - 1;
    if (index < 0 || index >= this.#list.length) return undefined;
    const table = this.#tableAt(index);
    this.#shown = { number, cursor: new TaskCursor(table) };
    return this.#shown.cursor;
  }

  #tableAt(index: number): TaskTable {
    const { head, first, ring } = this.#loaded;
    if (index > head && this.#mayPlayOn(head, index)) while (this.#loaded.head < index) this.#playOn();
    if (index === this.#loaded.head) return this.table;
    // the ring counts its samples as the recording's run does
    const past = index >= first && index < head ? ring.at(this.table.samples - (head - index)) : undefined;
    if (past) return past;
    this.#loaded = loadAt(this.#recording, index);
    this.#onJump();
    return this.table;
  }

  #mayPlayOn(head: number, index: number): boolean {
    if (index - head > NEAR) return false;
    for (let at = head + 1; at <= index; at++) if (this.#recording.begins(at)) return false;
    return true;
  }

  #playOn(): void {
    const { player, ring } = this.#loaded;
    const index = ++this.#loaded.head;
    const text = this.#recording.textOf(index);
    this.#recording.playOn(player, index);
    ring.push(JSON.parse(text) as Parameters<Ring['push']>[0], text);
    this.onPlayed?.();
  }
}

/** What is known at a sample of a recording: the ten minutes before it, too. */
export function loadAt(recording: Recording, index: number): Loaded {
  const { machine, threads } = recording;
  const ring = new Ring(machine, threads, { maxBytes: MOST_BYTES, pending: () => undefined });
  let first: number | undefined;
  const player = recording.playerAt(
    index,
    RING_MS,
    (at, record, text) => {
      first ??= at;
      ring.push(record, text);
    },
    key => ring.start(key),
  );
  return { player, ring, first: first ?? index, head: index };
}
