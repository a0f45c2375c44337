/** Whether and how one task is stuck: told by state, flags and wait channel, for the kernel that runs there. */
import type { Machine } from '../decode/machine.ts';
import { field } from '../fields/registry.ts';
import { isExiting, isKernelThread, statDelta, type TaskView } from '../fields/task.ts';
import { isBetween } from '../kernel/release.ts';
import { type WaitFamily, waitFamily } from '../kernel/wait-channels.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import { restingWords, type StuckKind } from './kinds.ts';

/** What a task sleeps in. */
export interface Wait {
  /** `0`: the kernel names nothing. */
  readonly wchan: Reading<string>;
  readonly family: WaitFamily | undefined;
}

export const stateLetter = (task: TaskView): string => String.fromCharCode(task.stat(3));

export const isLeader = (task: TaskView): boolean => task.pid === task.tgid;

/** The first thread has ended, others live: num_threads counts it until it is waited for. */
export const isFalseZombie = (task: TaskView): boolean =>
  isLeader(task) && stateLetter(task) === 'Z' && task.stat(20) > 1;

/** Function names of a stack's lines, innermost first: `[<0>] msleep+0x2d/0x40` → `msleep`. */
const functionNames = (stack: readonly string[]): string[] =>
  stack.map(line => line.replace(/^\s*(?:\[<[^>]*>\]\s*)?/, '').replace(/[+ ].*$/s, ''));

const WCHAN = field('wchan_name');

/** The wait channel in words; where its name says nothing, or only how it waits, the stack may say it. */
export function waitOf(task: TaskView, stack: Reading<readonly string[]> | undefined): Wait {
  const wchan = WCHAN.value(task) as Reading<string>;
  const family = isMissing(wchan) ? undefined : waitFamily(wchan);
  if ((family && family.id !== 'event') || stack === undefined || isMissing(stack)) return { wchan, family };
  const told = functionNames(stack)
    .map(waitFamily)
    .find(each => each && each.id !== 'event' && each.id !== 'lock');
  return { wchan, family: told ?? family };
}

/** `PREEMPT_RT` since 5.15 and in later patch sets, `PREEMPT RT` in older ones. @see scripts/mkcompile_h */
export const isRealTime = ({ banner }: Machine): boolean => /\bPREEMPT[_ ]RT\b/.test(banner);

const RT_LOCK = /^(?:__)?rt_(?:spin|read|write)_|^rtlock_/;
/** Frames above the lock function: the scheduler, and what rwlocks share with rw semaphores. */
const ABOVE_LOCK = /^_*schedule|^preempt_schedule|^_*rwbase_/;

function waitsForRtLock({ wchan }: Wait, stack: Reading<readonly string[]> | undefined): boolean {
  if (!isMissing(wchan) && RT_LOCK.test(wchan)) return true;
  if (stack === undefined || isMissing(stack)) return false;
  return RT_LOCK.test(functionNames(stack).find(name => !ABOVE_LOCK.test(name)) ?? '');
}

/**
 * Sleeps that are interruptible and that the freezer of 6.1 and later leaves in place (TASK_FREEZABLE becomes
 * TASK_FROZEN): with the letter D (before 6.13 R) nothing but the freezer can be the reason.
 */
const FREEZABLE =
  /^(?:poll_schedule_timeout|do_poll|do_sys_poll|do_select|ep_poll|do_epoll_wait|do_nanosleep|hrtimer_nanosleep|common_nsleep|do_sigtimedwait|futex_wait|futex_do_wait)/;
const FREEZABLE_FROM = '6.1';
const CGROUP2_FREEZER_FROM = '5.2';
const FROZEN_IS_R_TO = '6.12';

/** From 6.1 on frozen tasks could show R, until 6.13 made it D (with backports: 6.1.192, 6.12.117). */
export const mayBeFrozenInR = (task: TaskView): boolean =>
  stateLetter(task) === 'R' && isBetween(task.machine.tables, FREEZABLE_FROM, FROZEN_IS_R_TO) && hasRun(task) === false;

function isFrozen(task: TaskView, { wchan, family }: Wait): boolean {
  const { flags, tables } = task.machine;
  const frozenFlag = flags.byName('PF_FROZEN')?.mask ?? 0;
  if ((task.stat(9) & frozenFlag) !== 0) return true;
  const letter = stateLetter(task);
  const mayBe = letter === 'D' || letter === 'S' || mayBeFrozenInR(task);
  if (family === undefined || isMissing(wchan) || !mayBe) return false;
  if (family.id === 'frozen') return true;
  // mostly the compiler puts do_freezer_trap() (cgroup v2) into its caller; who is stopped there has another letter
  if (letter === 'S' && wchan.startsWith('get_signal')) return isBetween(tables, CGROUP2_FREEZER_FROM, null);
  return letter !== 'S' && FREEZABLE.test(wchan) && !isKernelThread(task) && isBetween(tables, FREEZABLE_FROM, null);
}

/**
 * Did it use CPU time since the sample before? Undefined: not known, as the counters of a process are the sum of its
 * threads.
 */
export function hasRun(task: TaskView): boolean | undefined {
  if (!task.isThread && task.stat(20) > 1) return undefined;
  const user = statDelta(task, 14);
  const system = statDelta(task, 15);
  return isMissing(user) || isMissing(system) ? undefined : user + system > 0;
}

const isAtRest = (task: TaskView, { family }: Wait): boolean =>
  family?.id.startsWith('idle-') === true ||
  family?.id === 'parked' ||
  (isKernelThread(task) && restingWords(task.comm) !== undefined);

function inUninterruptible(task: TaskView, wait: Wait, stack: Reading<readonly string[]> | undefined): StuckKind {
  if (isRealTime(task.machine) && waitsForRtLock(wait, stack)) return 'rt-lock';
  if (isAtRest(task, wait)) return 'resting';
  return wait.family?.id === 'vfork' ? 'vfork' : 'uninterruptible';
}

/** Undefined: it is not stuck, or a zombie that waits for its parent. How long it is so is not judged here. */
export function kindOf(
  task: TaskView,
  wait: Wait,
  stack: Reading<readonly string[]> | undefined,
): StuckKind | undefined {
  const letter = stateLetter(task);
  if (letter === 'Z') return isFalseZombie(task) ? 'false-zombie' : undefined;
  if (letter === 'X' || letter === 'x') return undefined;
  if (isFrozen(task, wait)) return 'frozen';
  if (isExiting(task)) return 'exiting';
  if (letter === 'T') return 'stopped';
  if (letter === 't') return 'traced';
  return letter === 'D' ? inUninterruptible(task, wait, stack) : undefined;
}
