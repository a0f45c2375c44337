/** What a filter cannot say of a task: two of its columns against each other, its past, other tasks, its control group. */
import { statusNumber, statusValue } from '../decode/pid-status.ts';
import type { TaskFile } from '../fields/files.ts';
import { field } from '../fields/registry.ts';
import type { TaskView } from '../fields/task.ts';
import { signalNames } from '../kernel/signals.ts';
import { isMissing } from '../units/missing.ts';
import { bytesFact, countFact, countedFact, type Facts, numberFact, secondsFact, textFact } from './facts.ts';
import type { Hold } from './hold.ts';
import type { CheckName } from './rule.ts';
import { blockedPending, ENDING_SIGNALS, statusMask } from './signals.ts';
import { waitOf } from './waits.ts';
import { cpuCgroup, type FreshCursor, type World } from './world.ts';

export interface Check {
  /** Says stat that it may hold? */
  readonly sign?: (task: TaskView) => boolean;
  readonly files?: readonly TaskFile[];
  /** Asked at each sample: false ends the hold. */
  readonly holds?: (task: FreshCursor, world: World) => boolean;
  /** The same where the past is needed. */
  readonly goesOn?: (task: FreshCursor, world: World, hold: Hold) => boolean;
  /** Asked when it has held for long enough. */
  readonly proves?: (task: FreshCursor, hold: Hold) => boolean;
  readonly tells?: (task: FreshCursor, world: World, hold: Hold) => Facts;
}

/** Stat fields by their number, proc_pid_stat(5). */
const S = {
  ppid: 4,
  min_flt: 10,
  cmin_flt: 11,
  utime: 14,
  stime: 15,
  num_threads: 20,
  rss: 24,
  blocked: 32,
  processor: 39,
} as const;

const gained = (task: TaskView, n: number): number => task.stat(n) - task.statBefore(n);
const gainedSince = (task: TaskView, hold: Hold, n: number): number => task.stat(n) - hold.atStart(n);

/** So many times its resident memory in fresh pages: what a growing task takes is about its growth, once. */
const CHURN = 4;

const faultedBytes = (task: TaskView, hold: Hold): number =>
  gainedSince(task, hold, S.min_flt) * task.machine.pageBytes;

const MIB = 1024 * 1024;
const LEAST_SLICE_GROWTH = MIB / 4;
const LEAST_GROWTH = 4 * MIB;
/** A smaller share than this of its peak: it gave memory back. */
const GAVE_BACK = 0.95;

const statusBytes = (task: TaskView, key: string): number | undefined => {
  const bytes = task.file('status');
  return isMissing(bytes) ? undefined : statusNumber(statusValue(bytes, key) ?? '');
};

/** Slice by slice it has more, and never much less than before; what grows are no pages of files. */
function growsBySlices(sliceMs: number, task: FreshCursor, { nowMs }: World, hold: Hold): boolean {
  const pages = task.stat(S.rss);
  const anonymous = statusBytes(task, 'RssAnon');
  const growth = (hold.growth ??= {
    peak: pages,
    ms: nowMs,
    pages,
    anonymous,
    slices: 0,
    slowest: Infinity,
    fastest: 0,
  });
  if (pages < growth.peak * GAVE_BACK) return false;
  growth.peak = Math.max(growth.peak, pages);
  const ms = nowMs - growth.ms;
  if (ms < sliceMs) return true;
  const bytes = (pages - growth.pages) * task.machine.pageBytes;
  const own = anonymous === undefined || growth.anonymous === undefined ? bytes : anonymous - growth.anonymous;
  if (bytes < LEAST_SLICE_GROWTH || own < bytes / 2) return false;
  Object.assign(growth, {
    ...{ ms: nowMs, pages, anonymous, slices: growth.slices + 1 },
    ...{ slowest: Math.min(growth.slowest, bytes / ms), fastest: Math.max(growth.fastest, bytes / ms) },
  });
  return true;
}

/** Two or three samples: huge pages and the kernel's counting come in steps. */
const SHORT_SLICE_MS = 2500;
/** Of those slices the slowest grows by such a share of the fastest at least. */
const EVEN = 0.5;

function growsEvenly(task: FreshCursor, world: World, hold: Hold): boolean {
  if (!growsBySlices(SHORT_SLICE_MS, task, world, hold)) return false;
  const { slowest, fastest } = hold.growth!;
  return slowest >= EVEN * fastest;
}

const hasGrown = (slices: number, task: TaskView, hold: Hold): boolean =>
  (hold.growth?.slices ?? 0) >= slices && grownBytes(task, hold) >= LEAST_GROWTH;

/** Bytes a second since the hold began; NaN at its first sample. */
const paceOf = (task: TaskView, hold: Hold): number => grownBytes(task, hold) / ((hold.last.ms - hold.since.ms) / 1000);

const AGE = field('age');
/** How much of its memory growth at the present pace explains: what it began with is missing, and a pace varies. */
const LEAST_EXPLAINED = 0.8;
const MOST_EXPLAINED = 1.1;
/** A smaller share than this of the most that it ever had: it grows again to where it has been. */
const AT_ITS_PEAK = 0.98;

/** Grown at this pace since its start it would have what it has; and it never had more, as a heap that is collected has. */
function hasGrownFromStart(task: FreshCursor, hold: Hold): boolean {
  const age = AGE.value(task);
  const [resident, most] = [statusBytes(task, 'VmRSS'), statusBytes(task, 'VmHWM')];
  if (typeof age !== 'number' || resident === undefined || most === undefined) return false;
  const explained = (paceOf(task, hold) * age) / (task.stat(S.rss) * task.machine.pageBytes);
  return explained >= LEAST_EXPLAINED && explained <= MOST_EXPLAINED && resident >= AT_ITS_PEAK * most;
}

const grownBytes = (task: TaskView, hold: Hold): number => gainedSince(task, hold, S.rss) * task.machine.pageBytes;

/** More threads than an application starts when it starts. */
const STORM_THREADS = 300;

const MOST_FAULTS_A_FORK = 400;

const THROTTLED_SHARE = 0.25;

const familyOf = (task: TaskView): string => waitOf(task)?.family?.id ?? '';

/** Who starts a program waits for its exec: in vfork, or for the pipe that the exec closes. */
const WAITS_FOR_EXEC = new Set(['vfork', 'pipe']);

function parentWaitsForExec(task: FreshCursor, world: World): boolean {
  const ppid = task.stat(S.ppid);
  const parent = world.process(ppid);
  // with one thread there is nobody who could have held a lock at the fork
  if (!parent || parent.stat(S.num_threads) < 2) return false;
  world.wishes.add(ppid);
  world.threadWishes.add(ppid);
  if (WAITS_FOR_EXEC.has(familyOf(parent))) return true;
  for (const thread of world.threadsOf(ppid)) if (WAITS_FOR_EXEC.has(familyOf(thread))) return true;
  return false;
}

/** What every thread of the process blocks, of the first 31 signals: stat tells those. */
function blockedByAll(task: FreshCursor, world: World): bigint | undefined {
  const threads = task.stat(S.num_threads);
  if (threads <= 1) return undefined;
  let common = (1n << 64n) - 1n;
  let seen = 0;
  for (const thread of world.threadsOf(task.pid)) {
    common &= BigInt(thread.stat(S.blocked));
    seen++;
  }
  return seen >= threads ? common : undefined;
}

function blockedSignals(task: FreshCursor, world: World): { own: bigint; shared: bigint } | undefined {
  const bytes = task.file('status');
  if (isMissing(bytes)) return undefined;
  const mask = (key: string): bigint | undefined => statusMask(statusValue(bytes, key));
  const [pending, shared, blocked, ignored] = [mask('SigPnd'), mask('ShdPnd'), mask('SigBlk'), mask('SigIgn')];
  if (pending === undefined || shared === undefined || blocked === undefined || ignored === undefined) return undefined;
  const single = task.stat(S.num_threads) <= 1;
  // what is pending for the process is told in the process's row
  const ofProcess = task.isThread ? 0n : shared;
  const every = single ? blocked : ofProcess === 0n ? undefined : blockedByAll(task, world);
  return blockedPending({ pending, shared: ofProcess, blocked, blockedByAll: every, ignored });
}

const ENDING_BITS = Number(ENDING_SIGNALS);

const SCOPES = ['PF_MEMALLOC', 'PF_MEMALLOC_NOIO', 'PF_MEMALLOC_NOFS'];

/** Of the flags that an allocation scope sets, those that are set. */
export const scopesOf = (task: TaskView): string =>
  SCOPES.filter(name => (task.stat(9) & (task.machine.flags.byName(name)?.mask ?? 0)) !== 0).join(' ');

export const CHECKS: Readonly<Record<CheckName, Check>> = {
  'mostly-in-kernel': { holds: task => gained(task, S.stime) > gained(task, S.utime) },
  'faults-exceed-memory': {
    proves: (task, hold) => faultedBytes(task, hold) >= CHURN * task.stat(S.rss) * task.machine.pageBytes,
    tells: (task, _, hold) => ({ faulted: bytesFact(faultedBytes(task, hold)) }),
  },
  'grows-steadily': {
    files: ['status'],
    goesOn: (task, world, hold) => growsBySlices(60_000, task, world, hold),
    proves: (task, hold) => hasGrown(5, task, hold),
    tells: (task, _, hold) => ({ grown: bytesFact(grownBytes(task, hold)) }),
  },
  'grows-evenly': {
    files: ['status'],
    goesOn: growsEvenly,
    proves: (task, hold) => hasGrown(4, task, hold),
    tells: (task, _, hold) => ({ grown: bytesFact(grownBytes(task, hold)), pace: bytesFact(paceOf(task, hold)) }),
  },
  'grown-from-start': {
    files: ['status'],
    proves: hasGrownFromStart,
    tells: (task, _, hold) => {
      const bytes = task.stat(S.rss) * task.machine.pageBytes;
      return { taken: secondsFact(bytes / paceOf(task, hold)) };
    },
  },
  'threads-keep-coming': {
    proves: (task, hold) => gainedSince(task, hold, S.num_threads) >= STORM_THREADS,
    tells: (task, _, hold) => ({ threads_more: countFact(gainedSince(task, hold, S.num_threads)) }),
  },
  'cpu-taken': { holds: (task, world) => world.isTaken(task.stat(S.processor)) === true },
  'rt-holds-cpu': { holds: (task, world) => world.realTimePercent(task.stat(S.processor)) >= 50 },
  'blocked-pending': {
    // stat does not show what is pending for a process, but what a thread blocks
    sign: task => (task.stat(S.blocked) & ENDING_BITS) !== 0,
    files: ['status'],
    holds: (task, world) => {
      const found = blockedSignals(task, world);
      return found !== undefined && (found.own | found.shared) !== 0n;
    },
    tells: (task, world) => {
      const { own, shared } = blockedSignals(task, world) ?? { own: 0n, shared: 0n };
      const threads = task.stat(S.num_threads);
      const all = threads > 1 ? `by all of its ${countedFact(threads, 'thread').text}` : 'by its only thread';
      return {
        signals: textFact(signalNames(own | shared).join(', ')),
        blocked_by: textFact(shared !== 0n ? all : 'by the thread that it was sent to'),
      };
    },
  },
  'parent-waits-for-exec': { files: ['wchan'], holds: parentWaitsForExec },
  'short-children': {
    holds: (task, world) => {
      const faults = gained(task, S.cmin_flt) / task.elapsed;
      return faults <= MOST_FAULTS_A_FORK * world.measure('forks');
    },
  },
  throttled: {
    files: ['cgroup'],
    holds: (task, world) => {
      const path = cpuCgroup(task);
      return path !== undefined && (world.throttled(path)?.share ?? 0) >= THROTTLED_SHARE;
    },
    tells: (task, world): Facts => {
      const path = cpuCgroup(task);
      const found = path === undefined ? undefined : world.throttled(path);
      if (!found) return {};
      return {
        throttled_group: textFact(found.path),
        throttled_percent: numberFact(found.share * 100),
        throttled_seconds: { text: found.seconds.toFixed(1), value: found.seconds },
      };
    },
  },
};
