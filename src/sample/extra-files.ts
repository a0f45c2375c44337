/**
 * The files beside stat, read for the rows that need them: those that cannot block at once, the others by the slow-read
 * helper (or directly, for `--once`). What was read stays good for as long as its kind says, see `TASK_FILES`.
 */
import { TASK_FILES, type TaskFile } from '../fields/files.ts';
import { NOTICED, type SampleSink, type Seat, type WhyUnread } from '../frame/sink.ts';
import type { Sampler } from './sampler.ts';
import type { SlowReader } from './slow-reader.ts';
import { readWhole, type Tree } from './tree.ts';

/** A value that seldom changes is read again after so long, even when the task did nothing that shows. */
const STEADY_MS = 10_000;
const CACHED_MS = 30_000;
/** So long after a pass a pid is believed to be still the same task's. */
const TRUSTED_MS = 1000;

/** When a file was last read, by seat. */
interface ReadLog {
  sample: Uint32Array;
  ms: Float64Array;
  /** 1: it could not be read because it blocked; asked again at the next sample, as the helper knows when to try. */
  blocked: Uint8Array;
  /** 1: the helper has been asked and has not answered. */
  waiting: Uint8Array;
  /** Owner of the task's folder before it was read, NaN: not known; and when that was last seen to be the same. */
  owner: Float64Array;
  ownerSample: Uint32Array;
  ownerMs: Float64Array;
}

const readLog = (size: number): ReadLog => ({
  sample: new Uint32Array(size),
  ms: new Float64Array(size),
  blocked: new Uint8Array(size),
  waiting: new Uint8Array(size),
  owner: new Float64Array(size).fill(Number.NaN),
  ownerSample: new Uint32Array(size),
  ownerMs: new Float64Array(size),
});

export class ExtraFiles {
  readonly #tree: Tree;
  readonly #sampler: Sampler;
  readonly #sink: SampleSink;
  readonly #slow: SlowReader | undefined;
  readonly #onLate: () => void;
  readonly #logs = new Map<TaskFile, ReadLog>();

  /**
   * @param slow who reads what can block; undefined: read it here, but never of tasks in D or exiting.
   * @param onLate called when an answer came after the call that asked for it.
   */
  constructor(tree: Tree, sampler: Sampler, sink: SampleSink, slow: SlowReader | undefined, onLate: () => void) {
    this.#tree = tree;
    this.#sampler = sampler;
    this.#sink = sink;
    this.#slow = slow;
    this.#onLate = onLate;
  }

  /**
   * Sees to it that the sink has the file of a task, as fresh as it needs to be.
   * @param steady all that is wanted of it changes so seldom that an unchanged stat line means: the same.
   */
  want(seat: Seat, file: TaskFile, steady: boolean): void {
    // rows may be painted while a pass finds out that their tasks have ended
    if (!this.#sampler.holds(seat)) return;
    const log = this.#log(file, seat);
    if (log.waiting[seat] === 1 || !this.#stale(seat, file, steady, log)) return;
    // asked before the read: of a task that changes its user in between the next owner differs from this one
    const owner = steady ? this.#ownerOf(seat, file) : undefined;
    if (this.#sameOwner(seat, owner, log)) return;
    const path = `${this.#sampler.folder(seat)}/${file}`;
    const aside = TASK_FILES[file].blocks ? this.#tree.pathAside(path) : undefined;
    if (aside !== undefined && this.#slow) this.#ask(this.#slow, seat, file, aside, log);
    else if (aside !== undefined && this.#mayBlock(seat)) this.#store(seat, file, 'could-block', log);
    else this.#store(seat, file, this.#read(seat, path), log, this.#sampler.sampleNow, owner);
  }

  /**
   * All that is steady in status is who the task belongs to: as long as its folder has the same owner, it need not be read
   * again. What is asked of it beside that is not looked at here, and no fresher for it.
   */
  #sameOwner(seat: Seat, owner: number | undefined, log: ReadLog): boolean {
    if (log.sample[seat]! < this.#sampler.arrivedAt(seat) || owner !== log.owner[seat]) return false;
    log.ownerSample[seat] = this.#sampler.sampleNow;
    log.ownerMs[seat] = this.#tree.nowMs();
    return true;
  }

  /** Undefined: it cannot be told without reading status. */
  #ownerOf(seat: Seat, file: TaskFile): number | undefined {
    if (file !== 'status') return undefined;
    try {
      return this.#tree.owner?.(this.#sampler.folder(seat));
    } catch {
      return undefined;
    }
  }

  /** Whether a direct read of the task could wait for ever; a copy's files cannot. */
  #mayBlock(seat: Seat): boolean {
    return this.#tree.keeps && (this.#sampler.noticed(seat) & (NOTICED.uninterruptible | NOTICED.exiting)) !== 0;
  }

  /** The file, or why not: one that is not there may be gone together with its task. */
  #read(seat: Seat, path: string): Uint8Array | WhyUnread {
    const content = readWhole(this.#tree, path);
    if (content !== 'not-in-this-kernel') return content;
    return typeof readWhole(this.#tree, `${this.#sampler.folder(seat)}/stat`) === 'string' ? 'gone' : content;
  }

  #stale(seat: Seat, file: TaskFile, steady: boolean, log: ReadLog): boolean {
    const sampler = this.#sampler;
    const read = log.sample[seat]!;
    if (read === 0 || read < sampler.arrivedAt(seat)) return true;
    if (log.blocked[seat] === 1) return read < sampler.counters.samples;
    const isCached = TASK_FILES[file].fresh === 'cached';
    if (!isCached && !steady) return read < sampler.counters.samples;
    const nowMs = this.#tree.nowMs();
    if (isCached) return read < sampler.renamedAt(seat) || nowMs - log.ms[seat]! > CACHED_MS;
    const seen = Math.max(read, log.ownerSample[seat]!);
    return seen < sampler.changedAt(seat) || nowMs - Math.max(log.ms[seat]!, log.ownerMs[seat]!) > STEADY_MS;
  }

  /**
   * @param sample when it was asked for: what the task did since then makes it stale.
   * @param owner of its folder before that; undefined: not known.
   */
  #store(
    seat: Seat,
    file: TaskFile,
    content: Uint8Array | WhyUnread,
    log: ReadLog,
    sample = this.#sampler.sampleNow,
    owner?: number,
  ): void {
    const ms = this.#tree.nowMs();
    // frozen, or a long interval: the pid may be another task's by now
    if (this.#tree.keeps && ms - this.#sampler.passedMs > TRUSTED_MS && !this.#sampler.stillThere(seat))
      content = 'gone';
    log.sample[seat] = sample;
    log.ms[seat] = ms;
    // what could not be read is tried again, whoever the task belongs to
    log.owner[seat] = typeof content === 'string' ? Number.NaN : (owner ?? Number.NaN);
    log.blocked[seat] = content === 'could-block' || content === 'no-helper' ? 1 : 0;
    this.#sink.file(seat, file, content, ms);
  }

  #ask(slow: SlowReader, seat: Seat, file: TaskFile, path: string, log: ReadLog): void {
    const arrived = this.#sampler.arrivedAt(seat);
    const asked = this.#sampler.sampleNow;
    log.waiting[seat] = 1;
    slow.read(path, answer => {
      log.waiting[seat] = 0;
      // the seat may have been given to another task meanwhile
      if (this.#sampler.arrivedAt(seat) !== arrived) return;
      this.#store(seat, file, 'bytes' in answer ? answer.bytes : answer.missing, log, asked);
      this.#onLate();
    });
  }

  #log(file: TaskFile, seat: Seat): ReadLog {
    let log = this.#logs.get(file);
    if (log && seat < log.sample.length) return log;
    const size = Math.max(256, (log?.sample.length ?? 0) * 2, seat + 1);
    const more = readLog(size);
    for (const key of Object.keys(log ?? {}) as (keyof ReadLog)[]) more[key].set(log![key]);
    // the answers that are waited for know the log that was there when they were asked for
    log = Object.assign(log ?? {}, more);
    this.#logs.set(file, log);
    return log;
  }
}
