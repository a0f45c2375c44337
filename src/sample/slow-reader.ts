/**
 * Reads files that can block, in a process that can be killed (DESIGN rule 9).
 *
 * A read of `cmdline`, `maps` or `io` may wait for somebody's lock for ever, and inside Node nothing can abandon it: in
 * libuv's pool or in a Worker it makes exit wait. So a POSIX shell runs `cat` in a process group of its own; when it
 * does not answer in time the group is killed, a new one takes over, and one that cannot die is left behind.
 *
 * Nothing here keeps the process alive: who waits only for an answer must hold a timer of his own.
 */
import { readFileSync } from 'node:fs';
import type { ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';

export type SlowMissing = 'could-block' | 'gone' | 'no-permission' | 'not-in-this-kernel';

/** The bytes of a file (`truncated` when there were more than `maxBytes`), or why there are none. */
export type SlowResult = { readonly bytes: Buffer; readonly truncated?: true } | { readonly missing: SlowMissing };

export interface SlowReader {
  /**
   * Queues a read; `done` is called once, never from inside this call. A path that already waits is read once for all.
   * The path is absolute and without newline or NUL, else it is never read: `could-block`, as when no shell can be
   * started. `/proc/self` is the helper's own `cat`: name our pid instead.
   */
  read(path: string, done: (result: SlowResult) => void): void;
  /** Paths that wait for an answer. */
  readonly pending: number;
  /** Kills the helper and answers `could-block` to all that wait; returns at once, whatever state the helper is in. */
  close(): void;
}

export interface SlowReaderOptions {
  /** How long one file may take, from when it is the first in the queue. */
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  readonly shell?: string;
  /** Monotonic milliseconds, for the back-off. */
  readonly now?: () => number;
}

type Done = (result: SlowResult) => void;
type Spawn = typeof spawn;

/** Few, so that a time-out is the fault of the first one and little has to be sent again. */
const WRITE_AHEAD = 4;
/** A start is not a read: on a loaded board it may take longer. */
const START_TIMEOUT_MS = 5_000;
const START_BACK_OFF_MS = { first: 5_000, most: 60_000 };
const PATH_BACK_OFF_MS = { first: 30_000, most: 600_000 };
const MOST_REFUSALS = 512;
/** Helpers that cannot die and are left behind; with so many we start no more. */
const MOST_STUCK = 8;
const STUCK_AFTER_MS = 1_000;
/** A file this many times the limit is not read to its end: a new helper is cheaper. */
const DRAIN_FACTOR = 16;
/** The system's folders first: root may run with somebody else's PATH. */
const SYSTEM_PATH = '/usr/bin:/bin:/usr/sbin:/sbin';

/**
 * The first line of stdin is a secret token, each further one a path. After each file comes a trailer
 * `TOKEN NUMBER STATUS FOLDER ERROR`, number 0 before the first file; as nobody else knows the token no content can
 * look like it (`echo` is built in: it never shows in an argument list). Descriptor 3 closes when we die, in whatever
 * way: the subshell then kills the group, even when `cat` hangs and nobody reads stdin.
 */
const SCRIPT = `: taskscope reads files that can block
(exec </dev/null >/dev/null; read -r x <&3; kill -KILL 0) & exec 3<&- 4>&1
IFS= read -r t || exit
n=0
echo "$t 0 0 1 "
while IFS= read -r p; do
n=$((n+1)) d=0
e=$(cat "$p" 2>&1 >&4 </dev/null); s=$?
[ $s = 0 ] || { [ -d "\${p%/*}/" ] && d=1; }
echo "$t $n $s $d \${e##*: }"
done`;

// --- The answers on the wire -----------------------------------------------------------------------------------------

/** One answer of the helper. */
export interface Frame {
  readonly bytes: Buffer;
  readonly truncated: boolean;
  /** Exit status of `cat`. */
  readonly status: number;
  /** Whether the folder of a file that could not be read is there. */
  readonly folderThere: boolean;
  /** The system's error text in the C locale. */
  readonly error: string;
}

export interface FrameParser {
  /** Takes what arrived and returns the answers that are complete. */
  push(chunk: Buffer): Frame[];
  /** What there is, cut to the limit, of the answer that is arriving. */
  partial(): Buffer;
  /** Bytes of the answer that is arriving, kept or not. */
  readonly received: number;
}

const NOTHING = Buffer.alloc(0);
const NEWLINE = 10;

/** Splits the helper's output into answers; keeps at most `maxBytes` of each. */
export function createFrameParser(token: string, maxBytes: number): FrameParser {
  const markerOf = (number: number) => Buffer.from(`${token} ${number} `, 'latin1');
  let number = 0;
  let marker = markerOf(number);
  let rest: Buffer = NOTHING;
  let kept: Buffer[] = [];
  let received = 0;

  const keep = (part: Buffer): void => {
    if (received < maxBytes && part.length > 0) kept.push(part.subarray(0, maxBytes - received));
    received += part.length;
  };
  const finish = (trailer: string): Frame => {
    const [status = '', folder = '', ...error] = trailer.split(' ');
    const frame = {
      bytes: Buffer.concat(kept),
      truncated: received > maxBytes,
      status: /^\d+$/.test(status) ? Number(status) : 127,
      folderThere: folder === '1',
      error: error.join(' '),
    };
    kept = [];
    received = 0;
    marker = markerOf(++number);
    return frame;
  };
  /** The next complete answer in `rest`, which shrinks. */
  const next = (): Frame | null => {
    const at = rest.indexOf(marker);
    const content = at < 0 ? Math.max(0, rest.length - marker.length + 1) : at;
    keep(rest.subarray(0, content));
    rest = rest.subarray(content);
    const end = at < 0 ? -1 : rest.indexOf(NEWLINE);
    if (end < 0) return null;
    const trailer = rest.toString('latin1', marker.length, end);
    rest = rest.subarray(end + 1);
    return finish(trailer);
  };

  return {
    push(chunk) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const frames: Frame[] = [];
      for (let frame = next(); frame !== null; frame = next()) frames.push(frame);
      return frames;
    },
    partial: () => Buffer.concat(kept),
    get received() {
      return received + rest.length;
    },
  };
}

const COMMAND_FAILED = 126; // no cat (126, 127), or a signal ended it (128 + n)
const ONE_TASK_OR_KERNEL = /^\/(?:proc|sys)\/|\/\d+\//;

/** `null`: the command failed, not the file. */
function resultOf(path: string, frame: Frame): SlowResult | null {
  if (frame.status === 0) return frame.truncated ? { bytes: frame.bytes, truncated: true } : { bytes: frame.bytes };
  if (frame.status >= COMMAND_FAILED) return null;
  if (!frame.folderThere) return { missing: 'gone' };
  if (/^(Permission denied|Operation not permitted)$/.test(frame.error)) return { missing: 'no-permission' };
  // A task that is there without the file, or whose file says ESRCH or EINVAL (a kernel thread's), will never have it.
  const never = ONE_TASK_OR_KERNEL.test(path) || frame.error !== 'No such file or directory';
  return { missing: never ? 'not-in-this-kernel' : 'gone' };
}

// --- One helper process ----------------------------------------------------------------------------------------------

interface HelperEvents {
  readonly answers: (frames: Frame[]) => void;
  /** It ended, or could not be started. */
  readonly lost: () => void;
  /** The last process that could write to us is dead. */
  readonly ended: () => void;
}

interface Helper {
  readonly parser: FrameParser;
  send(path: string): void;
  isStopped(): boolean;
  /** Kills the group and lets go of it, but for the pipe that tells its end. */
  abandon(): void;
  /** Lets go of that too. */
  forget(): void;
}

function spawnShell(spawnProcess: Spawn, shell: string): ChildProcess {
  const path = process.env['PATH'];
  const child = spawnProcess(shell, ['-c', SCRIPT], {
    cwd: '/',
    detached: true, // setsid: a group to kill, no terminal, no ^C
    env: { PATH: path ? `${SYSTEM_PATH}:${path}` : SYSTEM_PATH, LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'ignore', 'pipe'],
  });
  child.unref();
  return child;
}

/** The pipes of a child, unref'ed; none when the process limit was met. Errors are told by `exit` and time-outs. */
function pipesOf(child: ChildProcess): (Socket | undefined)[] {
  const pipes = [child.stdin, child.stdout, child.stdio[3]] as (Socket | null | undefined)[];
  return pipes.map(pipe => pipe?.unref().on('error', () => undefined));
}

function startHelper(spawnProcess: Spawn, shell: string, maxBytes: number, events: HelperEvents): Helper {
  const token = crypto.randomUUID().replaceAll('-', '');
  const parser = createFrameParser(token, maxBytes);
  const child = spawnShell(spawnProcess, shell);
  const [stdin, stdout, lifeline] = pipesOf(child);
  let alive = child.pid !== undefined;
  let abandoned = false;
  const lost = (): void => {
    alive = false;
    events.lost();
  };
  child.on('error', lost).on('exit', lost);
  stdout?.on('close', events.ended).on('data', (chunk: Buffer) => {
    if (!abandoned) events.answers(parser.push(chunk));
  });
  stdin?.write(`${token}\n`);
  return {
    parser,
    send: path => stdin?.write(`${path}\n`),
    isStopped: () => alive && /\) [Tt] [^)]*$/.test(statOf(`/proc/${child.pid ?? 0}`) ?? ''),
    abandon() {
      abandoned = true;
      // Once reaped its number may be another's: then the closing lifeline does it.
      if (alive && child.pid !== undefined) killGroup(child.pid);
      stdin?.destroy();
      lifeline?.destroy();
      if (stdout === undefined) events.ended();
    },
    forget: () => stdout?.destroy(),
  };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Already dead.
  }
}

// --- Paths that are not tried again for a while ----------------------------------------------------------------------

/** A task's stat line (it never blocks), if there is one. */
function statOf(folder: string): string | undefined {
  try {
    return readFileSync(`${folder}/stat`, 'latin1');
  } catch {
    return undefined;
  }
}

/** Start time of the task that a path belongs to; `gone` when there is none; `null` when it belongs to no task. */
function startTimeOf(path: string): string | null {
  const folder = /^\/proc\/(?:.*\/)?\d+(?=\/)/.exec(path)?.[0];
  if (folder === undefined) return null;
  const stat = statOf(folder);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 'gone';
}

interface Refusal {
  readonly startTime: string | null;
  readonly until: number;
  readonly waitMs: number;
  /** The helper in which this read hangs, until that is dead. */
  readonly hangsIn: Helper | null;
}

class Refusals {
  readonly #now: () => number;
  readonly #isStuck: (helper: Helper) => boolean;
  readonly #byPath = new Map<string, Refusal>();

  constructor(now: () => number, isStuck: (helper: Helper) => boolean) {
    this.#now = now;
    this.#isStuck = isStuck;
  }

  add(path: string, hangsIn: Helper | null): void {
    const before = this.#byPath.get(path)?.waitMs ?? 0;
    const waitMs = Math.min(PATH_BACK_OFF_MS.most, before * 2 || PATH_BACK_OFF_MS.first);
    this.#byPath.delete(path); // to the end of the map: the oldest is dropped first
    this.#byPath.set(path, { startTime: startTimeOf(path), until: this.#now() + waitMs, waitMs, hangsIn });
    const oldest = this.#byPath.keys().next();
    if (this.#byPath.size > MOST_REFUSALS && oldest.done !== true) this.#byPath.delete(oldest.value);
  }

  forgive(path: string): void {
    this.#byPath.delete(path);
  }

  /** Why the path must not be read now. A reused pid is another task, and inherits nothing. */
  reason(path: string): SlowMissing | null {
    const refusal = this.#byPath.get(path);
    if (refusal === undefined) return null;
    const startTime = startTimeOf(path);
    if (startTime !== refusal.startTime) this.#byPath.delete(path);
    if (startTime === 'gone') return 'gone';
    if (startTime !== refusal.startTime) return null;
    const stuck = refusal.hangsIn !== null && this.#isStuck(refusal.hangsIn);
    return stuck || this.#now() < refusal.until ? 'could-block' : null;
  }
}

// --- The queue -------------------------------------------------------------------------------------------------------

interface Request {
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
  readonly #now: () => number;
  readonly #refusals: Refusals;
  /** All that wait, in order; the first `#sent` are known to the helper. */
  readonly #queue = new Map<string, Request>();
  #sent = 0;
  #helper: Helper | null = null;
  #starting = false;
  /** Whether the helper said that it is there. */
  #ready = false;
  /** Killed, when, and not dead yet. */
  readonly #abandoned = new Map<Helper, number>();
  #startFailures = 0;
  #startNotBefore = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  /** Changes whenever something happens that the timer was not set for. */
  #turn = 0;
  #closed = false;

  constructor(options: SlowReaderOptions) {
    this.#timeoutMs = options.timeoutMs ?? 1_000;
    this.#maxBytes = options.maxBytes ?? 256 * 1024;
    this.#shell = options.shell ?? '/bin/sh';
    this.#now = options.now ?? (() => performance.now());
    this.#refusals = new Refusals(this.#now, helper => this.#abandoned.has(helper));
  }

  get pending(): number {
    return this.#queue.size;
  }

  read(path: string, done: Done): void {
    const queued = this.#queue.get(path);
    if (queued !== undefined) {
      queued.waiting.push(done);
      return;
    }
    const missing = this.#refuse(path);
    if (missing !== null) {
      answerLater([done], { missing });
      return;
    }
    this.#queue.set(path, { path, waiting: [done], losses: 0 });
    this.#pump();
  }

  close(): void {
    this.#closed = true;
    this.#drop();
    for (const helper of this.#abandoned.keys()) helper.forget();
    this.#abandoned.clear();
    this.#giveUp();
  }

  #refuse(path: string): SlowMissing | null {
    if (this.#closed || !/^\/[^\n\0]*$/.test(path)) return 'could-block';
    if (this.#helper === null && !this.#mayStart()) return 'could-block';
    return this.#refusals.reason(path);
  }

  #mayStart(): boolean {
    const now = this.#now();
    const stuck = [...this.#abandoned.values()].filter(since => now - since > STUCK_AFTER_MS);
    return stuck.length < MOST_STUCK && now >= this.#startNotBefore;
  }

  /** Sends what may be sent; starts a helper if there is none. */
  #pump(): void {
    if (this.#queue.size === 0 || this.#closed) return;
    if (this.#helper === null) {
      if (this.#mayStart()) this.#start();
      else this.#giveUp();
      return;
    }
    const idle = this.#sent === 0;
    let place = 0;
    for (const { path } of this.#queue.values()) {
      if (place >= WRITE_AHEAD) break;
      if (place++ < this.#sent) continue;
      this.#helper.send(path);
      this.#sent++;
    }
    if (idle && this.#ready) this.#expect(this.#timeoutMs);
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
      ended: () => this.#abandoned.delete(helper),
    });
    this.#helper = helper;
    this.#expect(START_TIMEOUT_MS);
    this.#pump();
  }

  /** No shell, or no more processes: nothing is the files' fault. */
  #startFailed(): void {
    this.#drop();
    const waitMs = START_BACK_OFF_MS.first * 2 ** this.#startFailures++;
    this.#startNotBefore = this.#now() + Math.min(waitMs, START_BACK_OFF_MS.most);
    this.#giveUp();
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
    this.#startFailures = 0;
    this.#expect(this.#timeoutMs);
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
      this.#settle(first, { missing: 'could-block' });
    } else {
      this.#refusals.forgive(first.path);
      this.#settle(first, result);
    }
    this.#expect(this.#timeoutMs);
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
    if (first !== undefined && bytes.length >= this.#maxBytes) this.#settle(first, { bytes, truncated: true });
    else if (stopped) this.#blame();
    else if (first !== undefined) this.#refuseFromNow(first, helper);
    this.#pump();
  }

  /** A helper was lost, perhaps not by the file's fault: the first in the queue gets a second try, no third. */
  #blame(): void {
    const first = this.#first();
    if (first !== undefined && ++first.losses > 1) this.#refuseFromNow(first, null);
  }

  #refuseFromNow(request: Request, hangsIn: Helper | null): void {
    this.#refusals.add(request.path, hangsIn);
    this.#settle(request, { missing: 'could-block' });
  }

  #first(): Request | undefined {
    return this.#queue.values().next().value;
  }

  #settle(request: Request, result: SlowResult): void {
    this.#queue.delete(request.path);
    answerLater(request.waiting, result);
  }

  #giveUp(): void {
    for (const request of [...this.#queue.values()]) this.#settle(request, { missing: 'could-block' });
  }

  /** Kills the helper; what it had not answered is sent again to the next. */
  #drop(): void {
    clearTimeout(this.#timer);
    this.#turn++;
    this.#sent = 0;
    this.#ready = false;
    this.#starting = false;
    if (this.#helper === null) return;
    this.#abandoned.set(this.#helper, this.#now()); // until its `ended`
    this.#helper.abandon();
    this.#helper = null;
  }

  /** Sets the timer for what the helper owes us next, if it owes anything. */
  #expect(withinMs: number): void {
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    if (this.#ready && this.#sent === 0) return;
    const due = (): void => {
      // After ^Z or a long turn the answer may lie in the pipe: timers come before it in the loop, immediates after.
      setImmediate(() => {
        if (turn === this.#turn) this.#expire();
      });
    };
    this.#timer = setTimeout(due, withinMs).unref();
  }
}

/** Makes a reader; its helper is started by the first read. */
export function createSlowReader(options: SlowReaderOptions = {}): SlowReader {
  return new QueuedReader(options);
}
