/** One stuck task, as it is told. */
import { statusValue } from '../decode/pid-status.ts';
import { field } from '../fields/registry.ts';
import { fromFile } from '../fields/task.ts';
import type { WaitFamily } from '../kernel/wait-channels.ts';
import type { TaskCursor } from '../model/task-cursor.ts';
import type { TaskTable } from '../model/task-table.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import { hasRun, stateLetter, type Wait } from './classify.ts';
import { restingWords, type StuckKind } from './kinds.ts';

/** One task that is stuck. */
export interface StuckTask {
  /** The process, and the task itself; the same for its first thread. */
  readonly pid: number;
  readonly tid: number;
  /** Of the task itself, in ticks since boot. */
  readonly startTicks: number;
  readonly user: Reading<string>;
  readonly comm: string;
  readonly kind: StuckKind;
  /** As stat has it. */
  readonly state: string;
  /** Seconds for which we have seen it so: in its state, or exiting. */
  readonly age: number;
  /** We did not see it begin: it may be as old as the task. */
  readonly atLeast: boolean;
  /** Seen at one sample: it may be gone in a moment. */
  readonly once: boolean;
  /** Wall clock, milliseconds, when it began or was first seen so; NaN: not known. */
  readonly sinceMs: number;
  /** `0`: none. */
  readonly wchan: Reading<string>;
  /** Of the function, or where its name says nothing of the first one on the stack that does. */
  readonly family: WaitFamily | undefined;
  readonly flags: number;
  /** `exiting`, `killed by a signal` …: what its flags say of its end. */
  readonly flagWords: readonly string[];
  /** What else is known: its tracer, its vfork child, its live threads. */
  readonly remarks: readonly string[];
  /** Threads of the process in the same kind beside it, not told one by one. */
  readonly alike: number;
  /** Kernel stack, innermost first; undefined: not asked for. */
  readonly stack: Reading<readonly string[]> | undefined;
}

/** It may still gain remarks and threads. */
export type Draft = { -readonly [key in keyof StuckTask]: StuckTask[key] };

const FLAG_WORDS: readonly (readonly [flag: string, words: string])[] = [
  ['PF_EXITING', 'exiting'],
  ['PF_SIGNALED', 'killed by a signal'],
  ['PF_DUMPCORE', 'core dump'],
];
const PF_EXITING = 0x4;

const USER = field('user');

export function draftOf(task: TaskCursor, kind: StuckKind, wait: Wait, stack: StuckTask['stack']): Draft {
  const { table, seat } = task;
  const exits = kind === 'exiting';
  const age = exits ? task.exitingSeconds : task.stateSeconds;
  const begin = exits ? (task.flagsChanged & PF_EXITING) !== 0 : task.stateBegan;
  const flags = task.stat(9);
  return {
    pid: task.tgid,
    tid: task.pid,
    startTicks: task.startTicks,
    user: USER.value(task) as Reading<string>,
    comm: task.comm,
    kind,
    state: stateLetter(task),
    age,
    atLeast: !begin,
    once: Number.isNaN(task.elapsed),
    sinceMs: wallClock(table, table.readMs(seat)) - age * 1000,
    wchan: wait.wchan,
    family: wait.family,
    flags,
    flagWords: FLAG_WORDS.filter(([flag]) => (flags & (table.machine.flags.byName(flag)?.mask ?? 0)) !== 0).map(
      ([, words]) => words,
    ),
    remarks: remarksOf(task, kind),
    alike: 0,
    stack,
  };
}

/** The wall clock at a time of CLOCK_MONOTONIC, both milliseconds: a round over threads takes longer than a moment. */
function wallClock({ system }: TaskTable, ms: number): number {
  const began = system.past.ms.at(-1) ?? Number.NaN;
  return system.wallMs + (ms - began);
}

function remarksOf(task: TaskCursor, kind: StuckKind): string[] {
  if (kind === 'false-zombie') {
    const live = task.stat(20) - 1;
    return [live === 1 ? '1 thread lives' : `${live} threads live`];
  }
  if (kind === 'traced') {
    const tracer = fromFile(task, 'status', bytes => statusValue(bytes, 'TracerPid'));
    return isMissing(tracer) || !/^[1-9]\d*$/.test(tracer) ? [] : [`by ${tracer}`];
  }
  if (kind === 'resting') return [restingWords(task.comm) ?? ''].filter(words => words !== '');
  // at each look in D, but not all the time
  return (kind === 'uninterruptible' || kind === 'exiting') && hasRun(task) === true ? ['uses CPU time'] : [];
}
