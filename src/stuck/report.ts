/**
 * The stuck view as data: tasks in D for longer than a moment, exiting but not gone, stopped, frozen, and what they wait
 * for, grouped. Pure: two tables in, one report out.
 */
import type { TaskFile } from '../fields/files.ts';
import { isExiting, isKernelThread } from '../fields/task.ts';
import type { TaskCursor } from '../model/task-cursor.ts';
import { isMissing, type MissingReason } from '../units/missing.ts';
import { isFalseZombie, isRealTime, mayBeFrozenInR, stateLetter } from './classify.ts';
import { Collector, nameChildren, type Stacks } from './collect.ts';
import { groupsOf, type StuckGroup } from './groups.ts';
import type { StuckKind } from './kinds.ts';
import type { StuckTask } from './task.ts';

export interface StuckReport {
  /** Wall clock of the sample, milliseconds. */
  readonly wallMs: number;
  /** Samples so far: with one nothing can be said of ages. */
  readonly samples: number;
  readonly looked: {
    readonly processes: number;
    /** Undefined: threads are not looked at. */
    readonly threads: number | undefined;
    /** Seconds since the last full round over the threads; undefined: the first one is under way. */
    readonly roundSeconds: number | undefined;
    /** Tasks that we may not see at all. */
    readonly hidden: number;
  };
  /** Tasks in D or exiting that are so for a moment only, and so not in the groups. */
  readonly passing: number;
  /** Tasks by kind, the gravest first. */
  readonly counts: ReadonlyMap<StuckKind, number>;
  readonly groups: readonly StuckGroup[];
  /** Sentences: what is missing, what misleads. */
  readonly notes: readonly string[];
}

export interface StuckOptions {
  readonly stacks?: Stacks;
  /** Seconds since the last full round over the threads ended. */
  readonly roundSeconds?: number;
}

const many = (count: number, one: string, more: string): string => (count === 1 ? `1 ${one}` : `${count} ${more}`);

function notesOf(drafts: readonly StuckTask[], processes: TaskCursor, threads: TaskCursor | undefined): string[] {
  const asleep = drafts.filter(({ kind }) => kind === 'uninterruptible' || kind === 'exiting' || kind === 'rt-lock');
  const lacking = (reason: MissingReason): number =>
    asleep.filter(({ wchan }) => isMissing(wchan) && wchan.missing === reason).length;
  const stacks = new Set(drafts.flatMap(({ stack }) => (isMissing(stack) ? [stack.missing] : [])));
  const notes: string[] = [];
  if (processes.table.samples === 1 && drafts.length > 0)
    notes.push('One look only: what is in D now may be gone in a moment.');
  const hidden = lacking('no-permission');
  if (hidden > 0)
    notes.push(
      `The wait channels of ${many(hidden, 'task', 'tasks')} are hidden: they need the same user or CAP_SYS_PTRACE (root).`,
    );
  if (lacking('not-in-this-kernel') > 0)
    notes.push('This kernel names no wait channels (CONFIG_KALLSYMS, or a boot option hides them).');
  if (stacks.has('no-permission'))
    notes.push('Kernel stacks need root (CAP_SYS_ADMIN in the first user namespace, CAP_SYS_PTRACE for the file).');
  if (stacks.has('could-block'))
    notes.push('Some kernel stacks could not be read in time: a lock of the task is held.');
  if (stacks.has('no-helper'))
    notes.push('Kernel stacks are read by a shell with cat, and these are not here or did not work.');
  if (isRealTime(processes.machine) && asleep.some(({ kind, stack }) => kind !== 'rt-lock' && !Array.isArray(stack)))
    notes.push(
      'PREEMPT_RT: waiting for a spin lock shows D as well; without the kernel stack it may look like any wait.',
    );
  if (!threads) notes.push('Threads were not looked at: a thread in D behind a sleeping first one is not here.');
  return notes;
}

/**
 * All that is stuck, grouped by kind and by what is waited for.
 *
 * @param processes the table of processes, every one read at each sample.
 * @param threads a table of threads, read in rounds; their first threads are told by `processes`.
 */
export function stuckReport(
  processes: TaskCursor,
  threads: TaskCursor | undefined,
  options: StuckOptions = {},
): StuckReport {
  const collector = new Collector(options.stacks);
  collector.processes(processes);
  if (threads) collector.threads(threads, processes.table);
  const { drafts, passing } = collector;
  nameChildren(drafts, processes);
  const groups = groupsOf(drafts);
  const counts = new Map<StuckKind, number>();
  for (const { kind, count } of groups) counts.set(kind, (counts.get(kind) ?? 0) + count);
  return {
    wallMs: processes.table.system.wallMs,
    samples: processes.table.samples,
    looked: {
      processes: processes.table.count,
      threads: threads?.table.count,
      roundSeconds: options.roundSeconds,
      hidden: processes.table.denied,
    },
    passing,
    counts,
    groups,
    notes: notesOf(drafts, processes, threads),
  };
}

const NOTHING: readonly TaskFile[] = [];
const WCHAN: readonly TaskFile[] = ['wchan'];
const WHO: readonly TaskFile[] = ['status'];
const ALL: readonly TaskFile[] = ['wchan', 'status'];

/**
 * What the report needs to know of a task beside its stat.
 *
 * @param sleepers also the wait channel of user tasks asleep: only so are those found that cgroup v2 has frozen (S).
 */
export function stuckWants(cursor: TaskCursor, seat: number, sleepers = false): readonly TaskFile[] {
  const task = cursor.at(seat);
  const letter = stateLetter(task);
  if (letter === 'Z') return isFalseZombie(task) ? WHO : NOTHING;
  if (letter === 'D' || letter === 'T' || letter === 't' || (isExiting(task) && letter !== 'X')) return ALL;
  if (mayBeFrozenInR(task)) return WCHAN;
  return sleepers && letter === 'S' && !isKernelThread(task) ? WCHAN : NOTHING;
}

/** A task whose kernel stack is worth asking for. */
export interface StackTarget {
  readonly tgid: number;
  readonly tid: number;
}

const WORTH_A_STACK: ReadonlySet<StuckKind> = new Set<StuckKind>(['uninterruptible', 'exiting', 'rt-lock']);

/** Whose stack to read (`/proc/TGID/task/TID/stack`): those in D or exiting, of each group the oldest first. */
export function stacksWanted({ groups }: StuckReport, most = 32): StackTarget[] {
  const worth = groups.filter(({ kind }) => WORTH_A_STACK.has(kind));
  const targets: StackTarget[] = [];
  for (let row = 0; targets.length < most && worth.some(({ tasks }) => tasks.length > row); row++)
    for (const { tasks } of worth) {
      const task = tasks[row];
      if (task && targets.length < most) targets.push({ tgid: task.pid, tid: task.tid });
    }
  return targets;
}
