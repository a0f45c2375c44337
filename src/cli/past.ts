/** What the monitor remembers, and the instant of it that is shown. */
import { Recorder } from '../history/recorder.ts';
import { type Instant, Ring, RING_BYTES } from '../history/ring.ts';
import { TaskCursor } from '../model/task-cursor.ts';
import type { EventLog } from '../model/events.ts';
import type { TaskTable } from '../model/task-table.ts';

/** The samples that can be gone to, live or of a recording. */
export interface Remembered {
  /** Oldest first, the present one included. */
  readonly instants: () => readonly Instant[];
  /** The tasks at a sample; undefined: it has been dropped meanwhile, and was not on the screen. */
  at(number: number): TaskCursor | undefined;
  /** The last minutes as raw text. */
  readonly ring: Ring;
  readonly events: EventLog;
}

export class Past implements Remembered {
  /** Stands between the source and the table. */
  readonly recorder: Recorder;
  readonly ring: Ring;
  readonly #table: TaskTable;
  #shown: { readonly number: number; readonly cursor: TaskCursor } | undefined;

  constructor(table: TaskTable, maxBytes = RING_BYTES) {
    this.#table = table;
    this.recorder = new Recorder(table, record => this.ring.push(record));
    this.ring = new Ring(table.machine, table.threads, {
      maxBytes,
      pending: () => this.recorder.last,
      system: table.system,
    });
  }

  get events(): EventLog {
    return this.#table.events;
  }

  readonly instants = (): readonly Instant[] => this.ring.instants;

  at(number: number): TaskCursor | undefined {
    if (this.#shown?.number === number) return this.#shown.cursor;
    const table = this.ring.at(number);
    if (!table) return undefined;
    this.#shown = { number, cursor: new TaskCursor(table) };
    return this.#shown.cursor;
  }
}
