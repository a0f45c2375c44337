/**
 * Stands between a source and the model and writes down what passes: one {@link SampleRecord} a sample, raw bytes, only
 * what changed. Nothing is copied of a task whose line stayed the same.
 */
import { latin1, sameBytes } from '../decode/bytes.ts';
import type { TaskFile } from '../fields/files.ts';
import { NOTICED, type SampleSink, type SampleStart, type Seat, type WhyUnread } from '../frame/sink.ts';
import type { TaskTable } from '../model/task-table.ts';
import { larger } from '../units/larger.ts';
import { isMissing } from '../units/missing.ts';
import { type Came, changeOf, type FileRecord, type LineChange, type SampleRecord } from './record.ts';
import { type TakenOver, takeOver } from './take-over.ts';

/** A record that is being written. */
interface Draft {
  wall_ms: number | null;
  ms: number;
  system: Record<string, string | null>;
  gone: number[];
  reads: number[];
  stat: Record<string, LineChange>;
  files: FileRecord[];
  denied: number;
  order: Pick<SampleRecord, 'came' | 'left' | 'order'>;
  taken_over?: TakenOver;
}

export class Recorder implements SampleSink {
  readonly #table: TaskTable;
  readonly #done: (record: SampleRecord) => void;
  readonly #whole: boolean;
  #draft: Draft | undefined;
  #system: ReadonlyMap<string, Uint8Array> = new Map();
  /** Thread and process ids in the order of the last sample, and of the one that is being taken. */
  #order = noOrder();
  #next = noOrder();
  /** By seat: the task that was last listed there, in which sample, and the one before that in which the same task was. */
  readonly #listed = { tids: new Int32Array(0), now: new Uint32Array(0), before: new Uint32Array(0) };
  #sample = 0;
  /** Does the order differ from that of the last sample? */
  #moved = false;
  #taking = false;
  #former: TaskTable | undefined;

  /**
   * @param done gets each sample when the next one begins: until then files may still come.
   * @param whole lines are written down whole: for files, which others read, too.
   */
  constructor(table: TaskTable, done: (record: SampleRecord) => void, whole = false) {
    this.#whole = whole;
    this.#table = table;
    this.#done = done;
  }

  /**
   * Before the first sample: what another table knows of the same tasks is to be known here, too. One that never finished a
   * sample knows what it would have gone on from.
   */
  goOnFrom(former: Recorder): void {
    this.#former = former.#former ?? former.#table;
  }

  /** The sample that was taken last, as far as it is known. */
  get last(): SampleRecord | undefined {
    return this.#draft && !this.#taking ? recordOf(this.#draft) : undefined;
  }

  /** No more files will come to the last sample. */
  flush(): void {
    const { last } = this;
    this.#draft = undefined;
    if (last) this.#done(last);
  }

  begin(start: SampleStart): void {
    this.flush();
    this.#draft = {
      wall_ms: Number.isNaN(start.wallMs) ? null : start.wallMs,
      ms: start.systemMs,
      system: changedFiles(this.#system, start.system),
      gone: [],
      reads: [],
      stat: {},
      files: [],
      denied: 0,
      order: {},
    };
    this.#system = start.system;
    this.#next.count = 0;
    this.#sample++;
    this.#moved = false;
    this.#taking = true;
    this.#table.begin(start);
  }

  stat(seat: Seat, pid: number, tgid: number, bytes: Uint8Array, length: number, readMs: number): number {
    const { malformed } = this.#table;
    const noticed = this.#table.stat(seat, pid, tgid, bytes, length, readMs);
    const draft = this.#draft;
    if (!draft || this.#table.malformed > malformed) return noticed;
    const { reads } = draft;
    if (reads.length > 0 && reads[reads.length - 2] === readMs) reads[reads.length - 1]!++;
    else reads.push(readMs, 1);
    this.#list(seat, pid, tgid);
    if ((noticed & NOTICED.changed) !== 0) {
      const isShort = !this.#whole && (noticed & NOTICED.arrived) === 0;
      draft.stat[pid] = isShort ? changeOf(this.#table.former, bytes, length) : latin1(bytes, 0, length);
    }
    return noticed;
  }

  file(seat: Seat, file: string, content: Uint8Array | WhyUnread, readMs: number): void {
    const draft = this.#draft;
    if (draft && this.#table.holds(seat)) {
      const former = this.#table.fileSlot(seat, file as TaskFile)?.now;
      const same =
        former !== undefined && !isMissing(former) && typeof content !== 'string' && sameBytes(former, content);
      const text = typeof content === 'string' ? { missing: content } : same ? null : latin1(content);
      const tid = this.#table.pid(seat);
      draft.files.push(this.#taking ? [tid, file, readMs, text, this.#next.count] : [tid, file, readMs, text]);
    }
    this.#table.file(seat, file, content, readMs);
  }

  gone(seat: Seat): void {
    if (this.#table.holds(seat)) this.#draft?.gone.push(this.#table.pid(seat));
    this.#table.gone(seat);
  }

  end(denied: number): void {
    const draft = this.#draft;
    if (draft) {
      draft.denied = denied;
      if (this.#moved || this.#next.count !== this.#order.count) draft.order = this.#difference();
    }
    this.#taking = false;
    [this.#order, this.#next] = [this.#next, this.#order];
    this.#table.end(denied);
    if (this.#former && draft) draft.taken_over = takeOver(this.#former, this.#table);
    this.#former = undefined;
  }

  #list(seat: Seat, tid: number, tgid: number): void {
    const next = this.#next;
    const index = next.count++;
    if (index >= next.tids.length) {
      const size = Math.max(256, next.tids.length * 2);
      next.tids = larger(next.tids, new Int32Array(size));
      next.tgids = larger(next.tgids, new Int32Array(size));
      next.seats = larger(next.seats, new Int32Array(size));
    }
    next.tids[index] = tid;
    next.tgids[index] = tgid;
    next.seats[index] = seat;
    const listed = this.#listed;
    if (seat >= listed.tids.length) {
      const size = Math.max(256, seat + 1, listed.tids.length * 2);
      listed.tids = larger(listed.tids, new Int32Array(size));
      listed.now = larger(listed.now, new Uint32Array(size));
      listed.before = larger(listed.before, new Uint32Array(size));
    }
    listed.before[seat] = listed.tids[seat] === tid ? listed.now[seat]! : 0;
    listed.now[seat] = this.#sample;
    listed.tids[seat] = tid;
    if (this.#order.tids[index] !== tid || this.#order.tgids[index] !== tgid) this.#moved = true;
  }

  /** What became of the order: who left and who came where; the whole order when those that stayed changed places. */
  #difference(): Pick<SampleRecord, 'came' | 'left' | 'order'> {
    const [before, now, listed] = [this.#order, this.#next, this.#listed];
    const left: number[] = [];
    const came: Came[] = [];
    const isThere = (at: number): boolean =>
      listed.now[before.seats[at]!] === this.#sample && listed.tids[before.seats[at]!] === before.tids[at];
    let at = 0;
    for (let index = 0; index < now.count; index++) {
      while (at < before.count && !isThere(at)) left.push(before.tids[at++]!);
      if (at < before.count && before.tids[at] === now.tids[index] && before.tgids[at] === now.tgids[index]) at++;
      else if (listed.before[now.seats[index]!] !== this.#sample - 1)
        came.push([index, now.tids[index]!, now.tgids[index]!]);
      else return { order: Array.from({ length: now.count }, (_, place) => [now.tids[place]!, now.tgids[place]!]) };
    }
    while (at < before.count) left.push(before.tids[at++]!);
    return { ...(came.length > 0 ? { came } : {}), ...(left.length > 0 ? { left } : {}) };
  }
}

interface Order {
  tids: Int32Array;
  tgids: Int32Array;
  seats: Int32Array;
  count: number;
}

const noOrder = (): Order => ({
  tids: new Int32Array(0),
  tgids: new Int32Array(0),
  seats: new Int32Array(0),
  count: 0,
});

const recordOf = ({ order, gone, ...rest }: Draft): SampleRecord => ({
  type: 'sample',
  ...rest,
  ...order,
  ...(gone.length > 0 ? { gone } : {}),
});

function changedFiles(
  before: ReadonlyMap<string, Uint8Array>,
  now: ReadonlyMap<string, Uint8Array>,
): Record<string, string | null> {
  const out: Record<string, string | null> = {};
  for (const [name, bytes] of now) {
    const former = before.get(name);
    if (!former || !sameBytes(former, bytes)) out[name] = latin1(bytes);
  }
  for (const name of before.keys()) if (!now.has(name)) out[name] = null;
  return out;
}
