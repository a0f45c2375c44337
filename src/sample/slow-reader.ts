/**
 * Reads files that can block, in a process that can be killed (docs/adr/0006-helper-for-slow-reads.md).
 *
 * A read of `cmdline`, `maps` or `io` may wait for somebody's lock for ever, and inside Node nothing can abandon it: in
 * libuv's pool or in a Worker it makes exit wait. So a POSIX shell runs `cat` in a process group of its own; when it
 * does not answer in time the group is killed, a new one takes over, and one that cannot die is left behind.
 *
 * This file is the queue: `slow-helper` is the process, `slow-frames` and `slow-result` its answers, `slow-refusals`
 * what is not tried again for a while.
 *
 * Nothing here keeps the process alive: who waits only for an answer must hold a timer of his own.
 */
import { Deadline } from './slow-deadline.ts';
import type { Frame } from './slow-frames.ts';
import { startHelper, type Helper, type Spawn } from './slow-helper.ts';
import { Refusals, Starts } from './slow-refusals.ts';
import { resultOf, type SlowMissing, type SlowResult } from './slow-result.ts';

export type { SlowMissing, SlowResult } from './slow-result.ts';

/** Somebody who reads files that can block. */
export interface SlowReader {
  /**
   * Queues a read; `done` is called once, never from inside this call. A path that already waits is read once for all.
   * The path is absolute and without newline or NUL, else it is never read: `could-block`. `/proc/self` is the helper's own `cat`: name our pid instead.
   */
  read(path: string, done: (result: SlowResult) => void): void;
  /** The same of one 64-bit word of a file of such words. */
  readWord(path: string, index: bigint, done: (result: SlowResult) => void): void;
  /** Paths that wait for an answer. */
  readonly pending: number;
  /** Kills the helper and answers `could-block` to all that wait; returns at once, whatever state the helper is in. */
  close(): void;
}

/** What a reader can be told; each has a default for the live machine. */
export interface SlowReaderOptions {
  /** How long one file may take, from when it is the first in the queue; less when those before it hung. */
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  readonly shell?: string;
  /** Monotonic milliseconds, for the back-off. */
  readonly now?: () => number;
}

type Done = (result: SlowResult) => void;

/** Few, so that a time-out is the fault of the first one and little has to be sent again. */
const WRITE_AHEAD = 4;
/** The least part of its time-out that a file gets after others hung. */
const LEAST_SHARE = 1 / 8;
/** A start is not a read: on a loaded board it may take longer. */
const START_TIMEOUT_MS = 5_000;
/** A file this many times the limit is not read to its end: a new helper is cheaper. */
const DRAIN_FACTOR = 16;

interface Request {
  /** What the helper is told. */
  readonly line: string;
  readonly path: string;
  readonly waiting: Done[];
  /** Helpers that were lost while this was the first in the queue. */
  losses: number;
}

const answerLater = (waiting: readonly Done[], result: SlowResult): void => {
  for (const done of waiting) queueMicrotask(() => done(result)); // apart, so that one that throws stops nobody
};

class QueuedReader implements SlowReader {
  readonly #timeoutMs: number;
  readonly #maxBytes: number;
  readonly #shell: string;
  readonly #refusals: Refusals;
  readonly #starts: Starts;
  readonly #deadline = new Deadline(() => this.#expire());
  /** All that wait, in order; the first `#sent` are known to the helper. */
  readonly #queue = new Map<string, Request>();
  #sent = 0;
  /**
   * The part of the time-out that a file gets. Halved by each that hangs, as it holds up all that wait behind it and
   * the next is likely to hang, too; whole again when one is answered.
   */
  #share = 1;
  #helper: Helper | null = null;
  #starting = false;
  /** Whether the helper said that it is there. */
  #ready = false;
  #closed = false;

  constructor(options: SlowReaderOptions) {
    this.#timeoutMs = options.timeoutMs ?? 1_000;
    this.#maxBytes = options.maxBytes ?? 256 * 1024;
    this.#shell = options.shell ?? '/bin/sh';
    const now = options.now ?? (() => performance.now());
    this.#starts = new Starts(now);
    this.#refusals = new Refusals(now, helper => this.#starts.isDying(helper));
  }

  get pending(): number {
    return this.#queue.size;
  }

  read(path: string, done: Done): void {
    this.#request(path, path, done);
  }

  readWord(path: string, index: bigint, done: Done): void {
    this.#request(`${index} ${path}`, path, done);
  }

  #request(line: string, path: string, done: Done): void {
    const queued = this.#queue.get(line);
    if (queued !== undefined) {
      queued.waiting.push(done);
      return;
    }
    const missing = this.#refuse(path);
    if (missing !== null) {
      answerLater([done], { missing });
      return;
    }
    // Nobody waits behind it; and when all files are slow, none would ever be answered in the least time.
    if (this.#queue.size === 0) this.#share = 1;
    this.#queue.set(line, { line, path, waiting: [done], losses: 0 });
    this.#pump();
  }

  close(): void {
    this.#closed = true;
    this.#drop();
    this.#starts.forgetAll();
    this.#giveUp('could-block');
  }

  #refuse(path: string): SlowMissing | null {
    if (this.#closed || !/^\/[^\n\0]*$/.test(path)) return 'could-block';
    return (this.#helper === null ? this.#starts.reason : null) ?? this.#refusals.reason(path);
  }

  /** Sends what may be sent; starts a helper if there is none. */
  #pump(): void {
    if (this.#queue.size === 0 || this.#closed) return;
    if (this.#helper === null) {
      const missing = this.#starts.reason;
      if (missing === null) this.#start();
      else this.#giveUp(missing);
      return;
    }
    const idle = this.#sent === 0;
    let place = 0;
    for (const { line } of this.#queue.values()) {
      if (place >= WRITE_AHEAD) break;
      if (place++ < this.#sent) continue;
      this.#helper.send(line);
      this.#sent++;
    }
    if (idle && this.#ready) this.#expect();
  }

  #start(): void {
    if (this.#starting) return;
    this.#starting = true;
    // Loaded only here: --once never needs it, and it costs 3-5 ms.
    import('node:child_process')
      .then(({ spawn: spawnProcess }) => {
        this.#starting = false;
        if (!this.#closed) this.#startWith(spawnProcess);
      })
      .catch(() => this.#startFailed());
  }

  #startWith(spawnProcess: Spawn): void {
    const helper: Helper = startHelper(spawnProcess, this.#shell, this.#maxBytes, {
      answers: frames => this.#answers(helper, frames),
      lost: () => this.#lost(helper),
      ended: () => this.#starts.ended(helper),
    });
    this.#helper = helper;
    this.#expect(START_TIMEOUT_MS);
    this.#pump();
  }

  /** No shell, or no more processes: nothing is the files' fault. */
  #startFailed(): void {
    this.#drop();
    this.#starts.failed();
    this.#giveUp('no-helper');
  }

  #answers(helper: Helper, frames: readonly Frame[]): void {
    for (const frame of frames) {
      if (helper !== this.#helper) return;
      if (this.#ready) this.#answered(frame);
      else this.#isReady();
    }
    if (helper !== this.#helper) return;
    const { received } = helper.parser;
    if (received > 0 && this.#ready && this.#sent === 0)
      this.#drop(); // it talks unasked
    else if (received > this.#maxBytes * DRAIN_FACTOR) this.#expire();
  }

  #isReady(): void {
    this.#ready = true;
    this.#starts.succeeded();
    this.#expect();
  }

  #answered(frame: Frame): void {
    const first = this.#first();
    if (first === undefined || this.#sent === 0) {
      this.#drop();
      return;
    }
    const result = resultOf(first.path, frame);
    this.#sent--;
    if (result === null) {
      this.#settle(first, { missing: 'no-helper' });
    } else {
      this.#refusals.forgive(first.path);
      this.#share = 1;
      this.#settle(first, result);
    }
    this.#expect();
    this.#pump();
  }

  /** The helper ended by itself: somebody killed it, or it was never there. */
  #lost(helper: Helper): void {
    if (helper !== this.#helper) return;
    if (!this.#ready) {
      this.#startFailed();
      return;
    }
    this.#drop();
    this.#blame();
    this.#pump();
  }

  /** The first in the queue had its time. */
  #expire(): void {
    const helper = this.#helper;
    if (helper === null) return;
    if (!this.#ready) {
      this.#startFailed();
      return;
    }
    const first = this.#first();
    const bytes = helper.parser.partial();
    const stopped = helper.isStopped();
    this.#drop();
    if (first !== undefined && bytes.length >= this.#maxBytes) {
      this.#share = 1;
      this.#settle(first, { bytes, truncated: true });
    } else if (stopped) {
      this.#blame();
    } else if (first !== undefined) {
      this.#refuseFromNow(first, helper, this.#share);
      this.#share = Math.max(this.#share / 2, LEAST_SHARE);
    }
    this.#pump();
  }

  /** A helper was lost, perhaps not by the file's fault: the first in the queue gets a second try, no third. */
  #blame(): void {
    const first = this.#first();
    if (first !== undefined && ++first.losses > 1) this.#refuseFromNow(first, null, 1);
  }

  #refuseFromNow(request: Request, hangsIn: Helper | null, share: number): void {
    this.#refusals.add(request.path, hangsIn, share);
    this.#settle(request, { missing: 'could-block' });
  }

  #first(): Request | undefined {
    return this.#queue.values().next().value;
  }

  #settle(request: Request, result: SlowResult): void {
    this.#queue.delete(request.line);
    answerLater(request.waiting, result);
  }

  #giveUp(missing: SlowMissing): void {
    for (const request of [...this.#queue.values()]) this.#settle(request, { missing });
  }

  /** Kills the helper; what it had not answered is sent again to the next. */
  #drop(): void {
    this.#deadline.clear();
    this.#sent = 0;
    this.#ready = false;
    this.#starting = false;
    if (this.#helper === null) return;
    this.#starts.abandon(this.#helper);
    this.#helper = null;
  }

  /** Sets the limit for what the helper owes us next, if it owes anything: as a rule a file. */
  #expect(withinMs = this.#timeoutMs * this.#share): void {
    if (this.#ready && this.#sent === 0) this.#deadline.clear();
    else this.#deadline.set(withinMs);
  }
}

/** Makes a reader; its helper is started by the first read. */
export function createSlowReader(options: SlowReaderOptions = {}): SlowReader {
  return new QueuedReader(options);
}
