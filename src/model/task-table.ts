/**
 * The tasks of the last two samples as arrays by seat: no object and no string per task. It is the sink that a source
 * pushes raw bytes into; {@link TaskCursor} looks at one task of it at a time.
 *
 * A task is pid and start time: a seat or a pid that another task took over starts with no past.
 */
import { exactText, sameBytes } from '../decode/bytes.ts';
import type { Machine } from '../decode/machine.ts';
import { decodeWchan } from '../decode/pid-files.ts';
import { parseStat, STAT_STRIDE, type StatParse } from '../decode/pid-stat.ts';
import type { TaskFile } from '../fields/files.ts';
import { NOT_READ } from '../fields/task.ts';
import { NOTICED, type SampleSink, type SampleStart, type Seat, type WhyUnread } from '../frame/sink.ts';
import { larger } from '../units/larger.ts';
import { isMissing, missing, type Reading } from '../units/missing.ts';
import { EventLog, type EventTask, isTelling, type Standing } from './events.ts';
import { SystemHistory } from './system.ts';
import { TaskPast } from './task-past.ts';

/** Stat fields by their number. */
const STATE = 3;
const FLAGS = 9;
const START_TIME = 22;
const ARG_START = 48;
const ARG_END = 49;

const POLICY = 41;
/** Resident pages. */
const RSS = 24;

const EXITING = 0x4;
const UNINTERRUPTIBLE = 'D'.charCodeAt(0);

/** Stat fields whose value at the sample before is kept: the counters, and what may grow (threads, memory). */
export const FIRST_KEPT = 10;
export const LAST_KEPT = 24;
const KEPT = LAST_KEPT - FIRST_KEPT + 1;

/** Room for a task's raw line, a multiple of 8; longer lines are kept aside. */
const LINE_BYTES = 384;

/** Another file of one task: its last bytes and the ones before. */
export interface FileSlot {
  now: Reading<Uint8Array>;
  nowMs: number;
  before: Reading<Uint8Array>;
  beforeMs: number;
}

/** What a seat holds. */
const VACANT = 0;
const ONE_SAMPLE = 1;
const TWO_SAMPLES = 2;

const standing = (fields: Float64Array): Standing => ({
  state: fields[STATE]!,
  flags: fields[FLAGS]!,
  policy: fields[POLICY]!,
});

function isSameContent(a: Reading<Uint8Array>, b: Reading<Uint8Array>): boolean {
  if (isMissing(a) || isMissing(b)) return isMissing(a) && isMissing(b) && a.missing === b.missing;
  return sameBytes(a, b);
}

export class TaskTable implements SampleSink {
  readonly machine: Machine;
  readonly system: SystemHistory;
  readonly past = new TaskPast();
  readonly events: EventLog;
  /** Were threads read (task/TID/stat)? Then counters are each thread's own. */
  readonly threads: boolean;
  /** Seats of the tasks of the last finished sample, in the order in which the source listed them. */
  order = new Int32Array(0);
  count = 0;
  samples = 0;
  /** Tasks whose stat we may not read. */
  denied = 0;
  /** Were only some processes asked for? Then those that are not here are not hidden. */
  isChosen = false;
  /** Lines that were no stat lines. */
  malformed = 0;
  /** Has any task shown a wait channel by name? */
  wchanNamesSeen = false;

  #capacity = 0;
  #held = new Uint8Array(0);
  #pid = new Int32Array(0);
  #tgid = new Int32Array(0);
  #now = new Float64Array(0);
  #before = new Float64Array(0);
  /** 1: the values before differ from the present ones. */
  #moved = new Uint8Array(0);
  #nowMs = new Float64Array(0);
  #beforeMs = new Float64Array(0);
  #lines = new Uint8Array(0);
  #lineLength = new Uint16Array(0);
  /** The same four bytes at a time. */
  #words = new Int32Array(0);
  /** The buffer that the last line came in, and its words. */
  #given: Uint8Array | undefined;
  #givenWords: Int32Array | undefined;
  readonly #longLines = new Map<Seat, Uint8Array>();
  readonly #former = new Uint8Array(LINE_BYTES);
  #formerLength = 0;
  #formerLong: Uint8Array | undefined;
  readonly #comm: (string | undefined)[] = [];
  /** The sample in which anything of the task last changed, and how often that was. */
  #changedAt = new Uint32Array(0);
  #version = new Uint32Array(0);
  /** A sample is being taken: some tasks have not been read in it yet. */
  #taking = false;
  readonly #files = new Map<TaskFile, (FileSlot | undefined)[]>();
  /** Effective user ids that were asked for without reading status. */
  #owners: (number | undefined)[] = [];
  readonly #scratch = new Float64Array(STAT_STRIDE);
  readonly #parse: StatParse = { fields: 0, commStart: 0, commEnd: 0 };
  #next = new Int32Array(0);
  #listed = 0;
  #census: ReadonlyMap<string, number> | undefined;

  /** @param system of a table before this one, whose history goes on; likewise its events. */
  constructor(machine: Machine, threads: boolean, system?: SystemHistory, events?: EventLog) {
    this.machine = machine;
    this.threads = threads;
    this.system = system ?? new SystemHistory(machine.ticksPerSecond);
    this.events = events ?? new EventLog();
  }

  // ---- what a source pushes

  begin(start: SampleStart): void {
    this.samples++;
    this.#taking = true;
    this.#listed = 0;
    this.past.begin(start.systemMs);
    this.system.push(start);
    this.events.begin(start.systemMs, start.wallMs);
  }

  expect(tasks: number): void {
    if (tasks > this.#capacity) this.#grow(tasks);
  }

  stat(seat: Seat, pid: number, tgid: number, bytes: Uint8Array, length: number, readMs: number): number {
    if (seat >= this.#capacity) this.#grow(seat + 1);
    const known = this.#held[seat] !== VACANT && this.#pid[seat] === pid;
    if (known && this.#sameLine(seat, bytes, length)) {
      this.#list(seat);
      this.#follow(seat, readMs);
      // it could not be read in between
      if (this.readAt(seat) + 1 < this.samples) this.#touch(seat);
      this.past.follow(seat, readMs, this.samples, this.value(seat, STATE), this.value(seat, RSS));
      return this.#standing(seat);
    }
    if (!parseStat(bytes, length, this.#scratch, 0, this.#parse)) {
      this.malformed++;
      return 0;
    }
    this.#list(seat);
    let noticed = NOTICED.changed;
    if (known && this.#now[seat * STAT_STRIDE + START_TIME] === this.#scratch[START_TIME]) {
      if (this.#renamed(seat, bytes)) noticed |= NOTICED.renamed;
      this.#follow(seat, readMs);
      this.#moved[seat] = 1;
      this.#compare(seat, readMs);
    } else {
      noticed |= NOTICED.arrived | NOTICED.renamed;
      // the pid was taken over by another task
      if (known) this.events.gone(this.#named(seat), standing(this.#lineOf(seat)));
      this.#arrive(seat, pid, tgid, readMs);
    }
    if (noticed & NOTICED.renamed) this.#comm[seat] = undefined;
    this.#touch(seat);
    this.#now.set(this.#scratch, seat * STAT_STRIDE);
    this.#keepLine(seat, bytes, length);
    this.past.follow(seat, readMs, this.samples, this.#scratch[STATE]!, this.#scratch[RSS]!);
    if ((noticed & NOTICED.arrived) !== 0 && this.samples > 1)
      this.events.appeared(this.#named(seat), standing(this.#scratch));
    return noticed | this.#standing(seat);
  }

  file(seat: Seat, file: string, content: Uint8Array | WhyUnread, readMs: number): void {
    if (!this.holds(seat)) return;
    if (file === 'wchan' && !this.wchanNamesSeen && typeof content !== 'string') {
      const name = decodeWchan(content);
      this.wchanNamesSeen = name !== '' && name !== '0';
    }
    const now = typeof content === 'string' ? missing(content) : content;
    const slot = this.#files.get(file as TaskFile)?.[seat];
    if (!slot) this.keepFile(seat, file as TaskFile, { now, nowMs: readMs, before: NOT_READ, beforeMs: Number.NaN });
    else {
      // a rate is over one interval: what was read before the last sample is too old to compare with
      const before = slot.nowMs >= this.#beforeMs[seat]! ? slot.now : NOT_READ;
      if (!isSameContent(slot.now, now)) this.#touch(seat);
      Object.assign(slot, { now, nowMs: readMs, before, beforeMs: slot.nowMs });
    }
  }

  gone(seat: Seat): void {
    if (!this.holds(seat)) return;
    this.events.gone(this.#named(seat), standing(this.#lineOf(seat)));
    this.#held[seat] = VACANT;
    this.#forget(seat);
  }

  end(denied: number): void {
    this.denied = denied;
    this.#taking = false;
    const order = this.order;
    this.order = this.#next;
    this.#next = order;
    this.count = this.#listed;
    this.#census = undefined;
  }

  /** A key frame was pushed as one sample; it stands for so many. */
  resume(samples: number, generationMs: number, wchanNamesSeen: boolean): void {
    this.samples = samples;
    this.past.generationMs = generationMs;
    this.wchanNamesSeen = wchanNamesSeen;
  }

  /** Puts back when a task was read before, for what is compared with. */
  setReadBefore(seat: Seat, ms: number): void {
    this.#beforeMs[seat] = ms;
  }

  /** Puts back what a key frame tells of a file. */
  keepFile(seat: Seat, file: TaskFile, slot: FileSlot): void {
    let slots = this.#files.get(file);
    if (!slots) this.#files.set(file, (slots = []));
    slots[seat] = slot;
    this.#touch(seat);
  }

  /** The effective user of a task, for a table of one sample: it is not looked at again. */
  setOwner(seat: Seat, uid: number): void {
    this.#owners[seat] = uid;
  }

  /** Drops what was read of the task beside stat. */
  dropFiles(seat: Seat): void {
    for (const slots of this.#files.values()) slots[seat] = undefined;
  }

  // ---- what a cursor reads

  pid(seat: Seat): number {
    return this.#pid[seat]!;
  }

  tgid(seat: Seat): number {
    return this.#tgid[seat]!;
  }

  /** Is a task in the seat? */
  holds(seat: Seat): boolean {
    return seat >= 0 && seat < this.#capacity && this.#held[seat] !== VACANT;
  }

  /** Start time in ticks since boot: with the pid it says which task this is. */
  startTicks(seat: Seat): number {
    return this.#now[seat * STAT_STRIDE + START_TIME]!;
  }

  value(seat: Seat, n: number): number {
    return this.#now[seat * STAT_STRIDE + n]!;
  }

  /** NaN without a sample before, and for fields whose past is not kept. */
  valueBefore(seat: Seat, n: number): number {
    if (this.#held[seat] !== TWO_SAMPLES || n < FIRST_KEPT || n > LAST_KEPT) return Number.NaN;
    return this.#moved[seat] === 1 ? this.#before[seat * KEPT + n - FIRST_KEPT]! : this.value(seat, n);
  }

  /** Seconds between the last two reads of stat; NaN without two. */
  elapsed(seat: Seat): number {
    return this.#held[seat] === TWO_SAMPLES ? (this.#nowMs[seat]! - this.#beforeMs[seat]!) / 1000 : Number.NaN;
  }

  stateSeconds(seat: Seat): number {
    return (this.#nowMs[seat]! - this.past.stateMs(seat)) / 1000;
  }

  /** Did we see the task enter its present state? */
  stateBegan(seat: Seat): boolean {
    return this.past.began(seat);
  }

  exitingSeconds(seat: Seat): number {
    return (this.#nowMs[seat]! - this.past.exitingMs(seat)) / 1000;
  }

  /** CLOCK_MONOTONIC milliseconds of the last read. */
  readMs(seat: Seat): number {
    return this.#nowMs[seat]!;
  }

  /** The same of the read before; -Infinity: there was none. */
  readBeforeMs(seat: Seat): number {
    return this.#beforeMs[seat]!;
  }

  /** Letters of the states at the last samples, oldest first. */
  states(seat: Seat): string {
    return this.past.states(seat, this.#taking ? Math.max(this.samples - 1, this.readAt(seat)) : this.samples);
  }

  /** Resident pages gained per second since what is remembered of them began; NaN: it was seen only once. */
  rssGrowth(seat: Seat): number {
    const { pages, ms } = this.past.rssThen(seat);
    const seconds = (this.#nowMs[seat]! - ms) / 1000;
    return seconds > 0 ? (this.value(seat, RSS) - pages) / seconds : Number.NaN;
  }

  /** The line that the last changed one took the place of; good until the next line is pushed. */
  get former(): Uint8Array {
    return this.#formerLong ?? this.#former.subarray(0, this.#formerLength);
  }

  /** The stat line as it was read. */
  line(seat: Seat): Uint8Array {
    return (
      this.#longLines.get(seat) ?? this.#lines.subarray(seat * LINE_BYTES, seat * LINE_BYTES + this.#lineLength[seat]!)
    );
  }

  comm(seat: Seat): string {
    return (this.#comm[seat] ??= this.#decodeComm(seat));
  }

  /** NaN: not told. */
  owner(seat: Seat): number {
    return this.#owners[seat] ?? Number.NaN;
  }

  fileSlot(seat: Seat, file: TaskFile): FileSlot | undefined {
    return this.#files.get(file)?.[seat];
  }

  /** Tasks that are there but could not be read in the last sample. */
  unlisted(): Seat[] {
    const listed = new Set(this.order.subarray(0, this.count));
    const seats: Seat[] = [];
    for (let seat = 0; seat < this.#capacity; seat++) if (this.holds(seat) && !listed.has(seat)) seats.push(seat);
    return seats;
  }

  /** All that was read of the task beside its stat. */
  *filesOf(seat: Seat): Generator<readonly [TaskFile, FileSlot]> {
    for (const [file, slots] of this.#files) {
      const slot = slots[seat];
      if (slot) yield [file, slot];
    }
  }

  /** How many tasks are in each state, by letter. */
  census(): ReadonlyMap<string, number> {
    if (this.#census) return this.#census;
    const counts = new Map<number, number>();
    for (let index = 0; index < this.count; index++) {
      const state = this.value(this.order[index]!, STATE);
      counts.set(state, (counts.get(state) ?? 0) + 1);
    }
    this.#census = new Map([...counts].map(([state, count]) => [String.fromCharCode(state), count]));
    return this.#census;
  }

  /** The sample in which its stat was last read. */
  readAt(seat: Seat): number {
    return this.past.lastSample(seat);
  }

  /** The sample in which its stat or another file of it last changed. */
  changedAt(seat: Seat): number {
    return this.#changedAt[seat]!;
  }

  /** Another number after each change. */
  version(seat: Seat): number {
    return this.#version[seat]!;
  }

  /** The seat of a task by its identity, or -1 when it is gone. */
  find(pid: number, startTicks: number): Seat {
    for (let index = 0; index < this.count; index++) {
      const seat = this.order[index]!;
      if (this.#pid[seat] === pid && this.#held[seat] !== VACANT)
        return this.startTicks(seat) === startTicks ? seat : -1;
    }
    return -1;
  }

  // ---- inside

  #touch(seat: Seat): void {
    this.#changedAt[seat] = this.samples;
    this.#version[seat]!++;
  }

  #list(seat: Seat): void {
    if (this.#listed >= this.#next.length) {
      const more = new Int32Array(Math.max(256, this.#next.length * 2));
      more.set(this.#next);
      this.#next = more;
    }
    this.#next[this.#listed++] = seat;
  }

  /** Most lines of most samples are the same: a source that has one buffer for all has them compared four bytes at a time. */
  #sameLine(seat: Seat, bytes: Uint8Array, length: number): boolean {
    if (this.#lineLength[seat] !== length || length > LINE_BYTES) return false;
    const start = seat * LINE_BYTES;
    let at = 0;
    if (bytes !== this.#given) {
      this.#given = bytes;
      this.#givenWords = undefined;
    } else if (bytes.byteOffset % 4 === 0) {
      this.#givenWords ??= new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
      const given = this.#givenWords;
      const words = this.#words;
      const whole = length >> 2;
      for (let word = start >> 2; at < whole; at++, word++) if (words[word] !== given[at]) return false;
      at <<= 2;
    }
    const lines = this.#lines;
    for (; at < length; at++) {
      if (lines[start + at] !== bytes[at]) return false;
    }
    return true;
  }

  #keepLine(seat: Seat, bytes: Uint8Array, length: number): void {
    this.#keepFormer(seat);
    this.#lineLength[seat] = length;
    if (length > LINE_BYTES) {
      this.#longLines.set(seat, bytes.slice(0, length));
      return;
    }
    if (this.#longLines.size > 0) this.#longLines.delete(seat);
    // a line is short: copying it here is cheaper than a view for set()
    const start = seat * LINE_BYTES;
    for (let at = 0; at < length; at++) this.#lines[start + at] = bytes[at]!;
  }

  /** The task is there again: what was now is before. */
  #follow(seat: Seat, readMs: number): void {
    if (this.#moved[seat] === 1 || this.#held[seat] === ONE_SAMPLE) {
      const from = seat * STAT_STRIDE + FIRST_KEPT;
      const to = seat * KEPT;
      for (let index = 0; index < KEPT; index++) this.#before[to + index] = this.#now[from + index]!;
      this.#moved[seat] = 0;
    }
    this.#held[seat] = TWO_SAMPLES;
    this.#beforeMs[seat] = this.#nowMs[seat]!;
    this.#nowMs[seat] = readMs;
  }

  /** What the new line in the scratch says that the one before did not. */
  #compare(seat: Seat, readMs: number): void {
    const was = this.#lineOf(seat);
    const is = this.#scratch;
    // NaN (no such field in this kernel) is the same as NaN
    const samePolicy = Object.is(was[POLICY], is[POLICY]);
    if (isTelling(was[STATE]!, is[STATE]!, was[FLAGS]!, is[FLAGS]!, samePolicy)) {
      const seconds = (readMs - this.past.stateMs(seat)) / 1000;
      this.events.changed(this.#named(seat), standing(was), standing(is), seconds);
    }
    this.past.change(seat, readMs, was[STATE] === is[STATE], was[FLAGS]!, is[FLAGS]!);
  }

  #named(seat: Seat): EventTask {
    return { pid: this.pid(seat), tgid: this.tgid(seat), startTicks: this.startTicks(seat), comm: this.comm(seat) };
  }

  #lineOf(seat: Seat): Float64Array {
    return this.#now.subarray(seat * STAT_STRIDE, (seat + 1) * STAT_STRIDE);
  }

  #arrive(seat: Seat, pid: number, tgid: number, readMs: number): void {
    this.#held[seat] = ONE_SAMPLE;
    this.#pid[seat] = pid;
    this.#tgid[seat] = tgid;
    this.#moved[seat] = 0;
    this.#nowMs[seat] = readMs;
    this.#beforeMs[seat] = Number.NEGATIVE_INFINITY;
    this.past.arrive(seat, readMs, this.samples, this.#scratch[RSS]!, this.samples > 1);
    this.#forget(seat);
  }

  /** Drops what was read and decoded of the seat's former task. */
  #forget(seat: Seat): void {
    this.#comm[seat] = undefined;
    this.#longLines.delete(seat);
    this.dropFiles(seat);
    if (this.#owners.length > 0) this.#owners[seat] = undefined;
  }

  #keepFormer(seat: Seat): void {
    this.#formerLong = this.#longLines.get(seat);
    const start = seat * LINE_BYTES;
    const length = (this.#formerLength = this.#lineLength[seat]!);
    if (this.#formerLong) return;
    for (let at = 0; at < length; at++) this.#former[at] = this.#lines[start + at]!;
  }

  #renamed(seat: Seat, bytes: Uint8Array): boolean {
    const start = seat * STAT_STRIDE;
    // NaN (a kernel without these fields) differs from itself: compare as text does
    if (
      !Object.is(this.#now[start + ARG_START], this.#scratch[ARG_START]) ||
      !Object.is(this.#now[start + ARG_END], this.#scratch[ARG_END])
    ) {
      return true;
    }
    const line = this.line(seat);
    for (let at = 0; at <= this.#parse.commEnd; at++) {
      if (line[at] !== bytes[at]) return true;
    }
    return false;
  }

  #standing(seat: Seat): number {
    const start = seat * STAT_STRIDE;
    return (
      (this.#now[start + STATE] === UNINTERRUPTIBLE ? NOTICED.uninterruptible : 0) |
      ((this.#now[start + FLAGS]! & EXITING) !== 0 ? NOTICED.exiting : 0)
    );
  }

  #decodeComm(seat: Seat): string {
    const line = this.line(seat);
    const open = line.indexOf(40);
    const close = line.lastIndexOf(41);
    return exactText(line, open + 1, close);
  }

  #grow(needed: number): void {
    const size = Math.max(256, needed, Math.ceil(this.#capacity * 1.5));
    this.#held = larger(this.#held, new Uint8Array(size));
    this.#pid = larger(this.#pid, new Int32Array(size));
    this.#tgid = larger(this.#tgid, new Int32Array(size));
    this.#now = larger(this.#now, new Float64Array(size * STAT_STRIDE));
    this.#before = larger(this.#before, new Float64Array(size * KEPT));
    this.#moved = larger(this.#moved, new Uint8Array(size));
    this.#changedAt = larger(this.#changedAt, new Uint32Array(size));
    this.#version = larger(this.#version, new Uint32Array(size));
    this.#nowMs = larger(this.#nowMs, new Float64Array(size));
    this.#beforeMs = larger(this.#beforeMs, new Float64Array(size));
    this.past.grow(size);
    this.#lines = larger(this.#lines, new Uint8Array(size * LINE_BYTES));
    this.#words = new Int32Array(this.#lines.buffer);
    this.#lineLength = larger(this.#lineLength, new Uint16Array(size));
    this.#capacity = size;
  }
}
