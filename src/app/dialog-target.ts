/** The tasks that a dialog is about: who they are, and what tells beforehand how an action will go. */
import type { Subject } from '../act/action.ts';
import { field } from '../fields/registry.ts';
import { isExiting, isKernelThread, type TaskView } from '../fields/task.ts';
import { bootedAt, stateLetter } from '../pages/identity.ts';
import { isMissing, missing, type Reading } from '../units/missing.ts';

/** A task as it was last seen. Identity never changes while a dialog is open; the rest may be seen anew. */
export interface Target extends Subject {
  readonly comm: string;
  readonly command: string;
  readonly user: string;
  /** Milliseconds since 1970; NaN when it cannot be told. */
  readonly startedMs: number;
  readonly ppid: number;
  readonly state: string;
  /** Of the whole process. */
  readonly threads: number;
  readonly nice: number;
  readonly policy: number;
  readonly rtPriority: number;
  /** Signal masks: bit n-1 is signal n. Blocked: by this thread; of a process by its first. */
  readonly blocked: Reading<bigint>;
  readonly ignored: Reading<bigint>;
  readonly caught: Reading<bigint>;
  /** For the whole process. */
  readonly pending: Reading<bigint>;
  /** CPUs that it may run on, as the kernel lists them. */
  readonly cpus: Reading<string>;
  /** Pid of its debugger; 0: none, or not known. */
  readonly tracer: number;
  readonly isKernelThread: boolean;
  readonly isExiting: boolean;
  /** Has the kernel bound it to its CPU? */
  readonly isBound: boolean;
  /** Process 1 of our own pid namespace, or of one within it: signals without a handler do not reach it. */
  readonly initOf: 'ours' | 'inner' | undefined;
  /** It was not there any more when it was last looked for. */
  readonly gone: boolean;
}

/** No screen is as wide; a command line may be two megabytes. */
const SHOWN_LENGTH = 1000;
const PPID = 4;
const NICE = 19;
const NUM_THREADS = 20;
const START_TIME = 22;
const RT_PRIORITY = 40;
const POLICY = 41;
const BOUND = ['PF_NO_SETAFFINITY', 'PF_THREAD_BOUND'];

function statusText(task: TaskView, key: string): Reading<string> {
  const value = field(`status.${key}`).value(task);
  return isMissing(value) ? value : String(value);
}

function mask(task: TaskView, key: string): Reading<bigint> {
  const text = statusText(task, key);
  if (isMissing(text)) return text;
  return /^0x[\da-f]{1,16}$/i.test(text) ? BigInt(text) : missing('not-in-this-kernel');
}

function initOf(task: TaskView): Target['initOf'] {
  if (task.tgid === 1) return 'ours';
  const pids = statusText(task, 'NSpid');
  return !isMissing(pids) && /\s1$/.test(pids) && task.pid === task.tgid ? 'inner' : undefined;
}

const textOf = (task: TaskView, id: string): string => {
  const value = field(id).value(task);
  return isMissing(value) ? '-' : String(value);
};

/** Of a task as the table has it. Masks and CPUs are missing unless its status was read. */
export function targetOf(task: TaskView): Target {
  const { machine, pid, tgid, isThread, comm } = task;
  const startTicks = task.stat(START_TIME);
  const tracer = Number(textOf(task, 'status.TracerPid'));
  return {
    pid,
    tgid,
    isThread,
    startTicks,
    comm,
    command: textOf(task, 'command').slice(0, SHOWN_LENGTH),
    user: textOf(task, 'user'),
    startedMs: bootedAt(machine) + (startTicks / machine.ticksPerSecond) * 1000,
    ppid: task.stat(PPID),
    state: stateLetter(task),
    threads: task.stat(NUM_THREADS),
    nice: task.stat(NICE),
    policy: task.stat(POLICY),
    rtPriority: task.stat(RT_PRIORITY),
    blocked: mask(task, 'SigBlk'),
    ignored: mask(task, 'SigIgn'),
    caught: mask(task, 'SigCgt'),
    pending: mask(task, 'ShdPnd'),
    cpus: statusText(task, 'Cpus_allowed_list'),
    tracer: Number.isNaN(tracer) ? 0 : tracer,
    isKernelThread: isKernelThread(task),
    isExiting: isExiting(task),
    isBound: machine.flags.flags.some(({ name, mask: bit }) => BOUND.includes(name) && (task.stat(9) & bit) !== 0),
    initOf: initOf(task),
    gone: false,
  };
}

/** Does the action reach several threads, unless only the first is meant? */
export const isManyThreaded = ({ isThread, threads }: Target): boolean => !isThread && threads > 1;
