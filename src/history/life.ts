/**
 * What the ring remembers of some tasks, sample by sample, without making tables. Measured: looking for the wanted tasks in
 * the text of a sample is no faster than parsing all of it, a few milliseconds for a full ring.
 */
import { parseStat, STAT_STRIDE, type StatParse } from '../decode/pid-stat.ts';
import type { Life, Moment } from '../model/life.ts';
import { nextOrder, type TaskOrder, walk } from './order.ts';
import { bytesOf, type FileRecord, type KeyFrame, type SampleRecord } from './record.ts';
import type { Instant, Ring } from './ring.ts';

const START_TIME = 22;
/** The files that a moment tells of. */
const FILES = ['wchan', 'syscall', 'cgroup'] as const;
type MomentFile = (typeof FILES)[number];
const isMomentFile = (file: string): file is MomentFile => (FILES as readonly string[]).includes(file);

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
interface GrowingLife extends Writable<Omit<Life, 'moments'>> {
  readonly moments: Writable<Moment>[];
}

/** A task that was there at the last sample. */
interface Open {
  readonly life: GrowingLife;
  line: string;
  /** The files as they were read last, and at which sample; undefined: there was no content. */
  readonly files: Map<MomentFile, { readonly text: string | undefined; readonly number: number }>;
}

class Lives {
  readonly #wanted: (tid: number, tgid: number) => boolean;
  readonly #lives = new Map<string, GrowingLife>();
  readonly #open = new Map<number, Open>();
  #order: TaskOrder = [];
  #instant: Instant | undefined;
  readonly #scratch = new Float64Array(STAT_STRIDE);
  readonly #parse: StatParse = { fields: 0, commStart: 0, commEnd: 0 };

  constructor(wanted: (tid: number, tgid: number) => boolean) {
    this.#wanted = wanted;
  }

  get list(): Life[] {
    return [...this.#lives.values()].filter(({ moments }) => moments.length > 0);
  }

  /** Another ring begins: nothing is known of what was between the two. */
  begin(): void {
    this.#open.clear();
    this.#order = [];
    this.#instant = undefined;
  }

  start({ order, aside, stat, files }: KeyFrame): void {
    this.#order = order;
    for (const [tid, tgid] of [...order, ...aside]) this.#stat(tid, tgid, 0, stat[tid]);
    for (const [tid, file, ms, content] of files) this.#file([tid, file, ms, content]);
  }

  go(instant: Instant, record: SampleRecord): void {
    this.#instant = instant;
    for (const tid of record.gone ?? []) this.#gone(tid);
    this.#order = nextOrder(this.#order, record);
    walk(record, this.#order, {
      stat: this.#stat,
      file: this.#file,
      former: tid => this.#open.get(tid)?.line,
    });
    for (const { life, files } of this.#open.values()) {
      const moment = life.moments.at(-1);
      if (moment?.number !== instant.number) continue;
      for (const [file, { text, number }] of files)
        if (number === instant.number && text !== undefined) moment[file] = text;
    }
  }

  #gone(tid: number): void {
    const open = this.#open.get(tid);
    if (open) open.life.ended = true;
    this.#open.delete(tid);
  }

  readonly #stat = (tid: number, tgid: number, readMs: number, line: string | undefined): void => {
    if (!this.#wanted(tid, tgid)) return;
    const open = line === undefined ? this.#open.get(tid) : this.#opened(tid, tgid, line);
    if (!open || !this.#instant) return;
    const { number, ms, wallMs } = this.#instant;
    open.life.moments.push({ number, ms, wallMs, readMs, line: open.line });
  };

  /** The task whose line this is: a start time of its own makes it another one. */
  #opened(tid: number, tgid: number, line: string): Open | undefined {
    const bytes = bytesOf(line);
    if (!parseStat(bytes, bytes.length, this.#scratch, 0, this.#parse)) return this.#open.get(tid);
    const startTicks = this.#scratch[START_TIME]!;
    const former = this.#open.get(tid);
    if (former?.life.startTicks === startTicks) {
      former.line = line;
      return former;
    }
    this.#gone(tid);
    const key = `${tid}@${startTicks}`;
    const life = this.#lives.get(key) ?? { tid, tgid, startTicks, moments: [], ended: false };
    life.ended = false;
    this.#lives.set(key, life);
    const open = { life, line, files: new Map() };
    this.#open.set(tid, open);
    return open;
  }

  readonly #file = ([tid, file, , content]: FileRecord): void => {
    const open = isMomentFile(file) ? this.#open.get(tid) : undefined;
    if (!open) return;
    const name = file as MomentFile;
    const text = content === null ? open.files.get(name)?.text : typeof content === 'string' ? content : undefined;
    open.files.set(name, { text, number: this.#instant?.number ?? 0 });
  };
}

/**
 * The lives of the wanted tasks as far as they are in rings of one kind, the oldest first, in the order in which they were
 * first seen. A task is its thread id and its start time: when the id is used again another life begins.
 */
export function livesOf(rings: readonly Ring[], wanted: (tid: number, tgid: number) => boolean): Life[] {
  const lives = new Lives(wanted);
  for (const ring of rings) {
    lives.begin();
    const { before } = ring;
    if (before) lives.start(before);
    for (const { record, ...instant } of ring.kept())
      lives.go(instant, typeof record === 'string' ? (JSON.parse(record) as SampleRecord) : record);
  }
  return lives.list;
}
