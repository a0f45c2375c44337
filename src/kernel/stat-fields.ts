import { releaseNumber } from './release.ts';
import type { Release } from './release.ts';

/**
 * The fields of /proc/PID/stat and /proc/PID/task/TID/stat, by number from 1.
 * fs/proc/array.c, do_task_stat(): 44 fields up to 3.2, 47 in 3.3 and 3.4, 52 since 3.5.
 */
export interface StatFieldFact {
  readonly n: number;
  /** Our public id: as the kernel and ps spell it. */
  readonly name: string;
  /** As proc(5) spells it, where it differs from the kernel: `minflt`, `starttime`. */
  readonly manualName: string;
  /** What the kernel prints, in its own words; absent for constants. `mm` and `signal` are those of the task. */
  readonly kernelVariable?: string;
  /** The C type it is printed as. */
  readonly type: string;
  readonly unit: string | null;
  readonly meaning: string;
  /** First mainline minor; null = older than 2.6.32. */
  readonly since: string | null;
  readonly changes: readonly StatFieldChange[];
  /** Needs ptrace read rights; without them the file shows `hiddenReads`. */
  readonly gated: boolean;
  readonly hiddenReads?: string;
  /**
   * Process file against thread file: the `same` in both; `differs`: of the thread named by the path, in /proc/PID/stat
   * the leader alone; `sum`: in /proc/PID/stat over all threads.
   */
  readonly scope: 'same' | 'differs' | 'sum';
  readonly scopeNote?: string;
}

export interface StatFieldChange {
  readonly from: string;
  readonly what: string;
}

type Row = Omit<StatFieldFact, 'manualName' | 'changes' | 'gated'> & { readonly manualName?: string };

// prettier-ignore
const ROWS: readonly Row[] = [
  { n: 1,  name: 'pid',                   since: null,     scope: 'differs', kernelVariable: 'pid_nr_ns(task_pid(task), ns)',            type: 'int', unit: null, meaning: 'process id (thread id under task/), as seen in the pid namespace of the proc mount', scopeNote: 'task/TID/stat shows the thread id' },
  { n: 2,  name: 'comm',                  since: null,     scope: 'differs', kernelVariable: 'task->comm',                               type: 'string', unit: null, meaning: 'command name, at most 15 characters for user tasks; spaces, parentheses and newlines are not escaped: it ends at the last )', scopeNote: 'each thread has its own comm' },
  { n: 3,  name: 'state',                 since: null,     scope: 'differs', kernelVariable: 'task->state, task->exit_state',            type: 'char', unit: null, meaning: 'state letter', scopeNote: 'of that thread; /proc/PID/stat shows the main thread only' },
  { n: 4,  name: 'ppid',                  since: null,     scope: 'same',    kernelVariable: 'task->real_parent',                        type: 'int', unit: null, meaning: 'pid of the parent (real parent, not the tracer); 0 for init, kthreadd and for parents outside of the pid namespace' },
  { n: 5,  name: 'pgrp',                  since: null,     scope: 'same',    kernelVariable: 'task_pgrp_nr_ns(task, ns)',                type: 'int', unit: null, meaning: 'process group id; -1 when the task is already being torn down' },
  { n: 6,  name: 'session',               since: null,     scope: 'same',    kernelVariable: 'task_session_nr_ns(task, ns)',             type: 'int', unit: null, meaning: 'session id; -1 when being torn down' },
  { n: 7,  name: 'tty_nr',                since: null,     scope: 'same',    kernelVariable: 'tty_devnum(signal->tty)',                  type: 'int', unit: null, meaning: 'controlling terminal as an encoded device number; 0 = none' },
  { n: 8,  name: 'tpgid',                 since: null,     scope: 'same',    kernelVariable: 'tty_get_pgrp(signal->tty)',                type: 'int', unit: null, meaning: 'foreground process group of the controlling terminal; -1 = no terminal' },
  { n: 9,  name: 'flags',                 since: null,     scope: 'differs', kernelVariable: 'task->flags',                              type: 'unsigned 32 bit', unit: 'bit mask', meaning: 'kernel task flags PF_*' },
  { n: 10, name: 'min_flt',               since: null,     scope: 'sum',     kernelVariable: 'task->min_flt, signal->min_flt',           type: 'unsigned long', unit: 'faults', manualName: 'minflt', meaning: 'minor page faults (no disk IO)', scopeNote: 'dead threads included' },
  { n: 11, name: 'cmin_flt',              since: null,     scope: 'same',    kernelVariable: 'signal->cmin_flt',                         type: 'unsigned long', unit: 'faults', manualName: 'cminflt', meaning: 'minor faults of waited-for children' },
  { n: 12, name: 'maj_flt',               since: null,     scope: 'sum',     kernelVariable: 'task->maj_flt, signal->maj_flt',           type: 'unsigned long', unit: 'faults', manualName: 'majflt', meaning: 'major page faults (needed disk IO)' },
  { n: 13, name: 'cmaj_flt',              since: null,     scope: 'same',    kernelVariable: 'signal->cmaj_flt',                         type: 'unsigned long', unit: 'faults', manualName: 'cmajflt', meaning: 'major faults of waited-for children' },
  { n: 14, name: 'utime',                 since: null,     scope: 'sum',     kernelVariable: 'task->utime, signal->utime',               type: 'unsigned long', unit: 'clock ticks', meaning: 'CPU time in user mode, guest time included' },
  { n: 15, name: 'stime',                 since: null,     scope: 'sum',     kernelVariable: 'task->stime, signal->stime',               type: 'unsigned long', unit: 'clock ticks', meaning: 'CPU time in kernel mode; scaled as field 14' },
  { n: 16, name: 'cutime',                since: null,     scope: 'same',    kernelVariable: 'signal->cutime',                           type: 'long', unit: 'clock ticks', meaning: 'user time of waited-for children' },
  { n: 17, name: 'cstime',                since: null,     scope: 'same',    kernelVariable: 'signal->cstime',                           type: 'long', unit: 'clock ticks', meaning: 'kernel time of waited-for children' },
  { n: 18, name: 'priority',              since: null,     scope: 'differs', kernelVariable: 'task->prio - MAX_RT_PRIO',                 type: 'int (long before 3.5)', unit: null, meaning: 'kernel priority minus 100: 0..39 = 20 + nice; real time -2..-100 = -1 - rt_priority; deadline -101' },
  { n: 19, name: 'nice',                  since: null,     scope: 'differs', kernelVariable: 'task->static_prio',                        type: 'int', unit: null, meaning: 'nice value -20..19 (kept but unused for real-time tasks)' },
  { n: 20, name: 'num_threads',           since: null,     scope: 'same',    kernelVariable: 'get_nr_threads(task)',                     type: 'int', unit: 'threads', meaning: 'number of threads in the group; 0 when the signal data are gone (very last phase of exit)' },
  { n: 21, name: 'itrealvalue',           since: null,     scope: 'same',    type: 'constant 0', unit: null, meaning: 'was the interval timer; always 0 since 2.6.17' },
  { n: 22, name: 'start_time',            since: null,     scope: 'differs', kernelVariable: 'task->start_boottime',                     type: 'unsigned long long', unit: 'clock ticks', manualName: 'starttime', meaning: 'start time of the task after boot (CLOCK_BOOTTIME based)' },
  { n: 23, name: 'vsize',                 since: null,     scope: 'same',    kernelVariable: 'mm->total_vm',                             type: 'unsigned long', unit: 'bytes', meaning: 'virtual memory size; 0 for kernel threads' },
  { n: 24, name: 'rss',                   since: null,     scope: 'same',    kernelVariable: 'get_mm_rss(mm)',                           type: 'long (printed unsigned since 3.5)', unit: 'pages', meaning: 'resident set: anonymous + file + shared pages; batched counters, so it can be off by some pages' },
  { n: 25, name: 'rsslim',                since: null,     scope: 'same',    kernelVariable: 'signal->rlim[RLIMIT_RSS].rlim_cur',        type: 'unsigned long', unit: 'bytes', meaning: 'soft RLIMIT_RSS; all ones = unlimited; not enforced by the kernel' },
  { n: 26, name: 'startcode',             since: null,     scope: 'same',    kernelVariable: 'mm->start_code',                           type: 'unsigned long', unit: 'address', hiddenReads: '1 (0 for kernel threads)', meaning: 'start of program text' },
  { n: 27, name: 'endcode',               since: null,     scope: 'same',    kernelVariable: 'mm->end_code',                             type: 'unsigned long', unit: 'address', hiddenReads: '1 (0 for kernel threads)', meaning: 'end of program text' },
  { n: 28, name: 'startstack',            since: null,     scope: 'same',    kernelVariable: 'mm->start_stack',                          type: 'unsigned long', unit: 'address', hiddenReads: '0', meaning: 'bottom (start, highest address) of the main stack' },
  { n: 29, name: 'kstkesp',               since: null,     scope: 'same',    kernelVariable: 'KSTK_ESP(task)',                           type: 'unsigned long', unit: 'address', hiddenReads: '0', meaning: 'user stack pointer at the last kernel entry' },
  { n: 30, name: 'kstkeip',               since: null,     scope: 'same',    kernelVariable: 'KSTK_EIP(task)',                           type: 'unsigned long', unit: 'address', hiddenReads: '0', meaning: 'user instruction pointer at the last kernel entry' },
  { n: 31, name: 'signal',                since: null,     scope: 'differs', kernelVariable: 'task->pending.signal.sig[0]',              type: 'unsigned 31 bit', unit: 'bit mask', meaning: 'signals pending for this thread (not the shared queue); signals 1..31 only: see the Sig masks of status' },
  { n: 32, name: 'blocked',               since: null,     scope: 'differs', kernelVariable: 'task->blocked.sig[0]',                     type: 'unsigned 31 bit', unit: 'bit mask', meaning: 'blocked signals; signals 1..31 only: see the Sig masks of status' },
  { n: 33, name: 'sigignore',             since: null,     scope: 'same',    kernelVariable: 'sighand->action[] = SIG_IGN',              type: 'unsigned 31 bit', unit: 'bit mask', meaning: 'ignored signals; signals 1..31 only: see the Sig masks of status' },
  { n: 34, name: 'sigcatch',              since: null,     scope: 'same',    kernelVariable: 'sighand->action[] = handler',              type: 'unsigned 31 bit', unit: 'bit mask', meaning: 'caught signals; signals 1..31 only: see the Sig masks of status' },
  { n: 35, name: 'wchan',                 since: null,     scope: 'differs', kernelVariable: 'get_wchan(task)',                          type: 'unsigned long, then 0/1', unit: 'address or flag', hiddenReads: 'all ones before 4.4, 0 since', meaning: 'where in the kernel the task sleeps', scopeNote: 'in /proc/PID/stat only shown if the process has a single thread; under task/ always' },
  { n: 36, name: 'nswap',                 since: null,     scope: 'same',    type: 'constant 0', unit: null, meaning: 'never maintained' },
  { n: 37, name: 'cnswap',                since: null,     scope: 'same',    type: 'constant 0', unit: null, meaning: 'never maintained' },
  { n: 38, name: 'exit_signal',           since: null,     scope: 'differs', kernelVariable: 'task->exit_signal',                        type: 'int', unit: null, meaning: 'signal sent to the parent on exit: 17 SIGCHLD for normal processes, -1 for non-leader threads, 0 = none (kthreadd)', scopeNote: 'non-leader threads show -1' },
  { n: 39, name: 'processor',             since: null,     scope: 'differs', kernelVariable: 'task_cpu(task)',                           type: 'int', unit: 'CPU number', meaning: 'CPU it runs on or ran on last' },
  { n: 40, name: 'rt_priority',           since: null,     scope: 'differs', kernelVariable: 'task->rt_priority',                        type: 'unsigned', unit: '1..99, 0 = not real time', meaning: 'real-time priority' },
  { n: 41, name: 'policy',                since: null,     scope: 'differs', kernelVariable: 'task->policy',                             type: 'unsigned', unit: null, meaning: 'scheduling policy, without the reset-on-fork bit' },
  { n: 42, name: 'delayacct_blkio_ticks', since: '2.6.18', scope: 'differs', kernelVariable: 'delayacct_blkio_ticks(task)',              type: 'unsigned long long', unit: 'clock ticks', meaning: 'time spent waiting for block IO (incl. swap-in)', scopeNote: 'of that thread, NOT summed: /proc/PID/stat shows the main thread only' },
  { n: 43, name: 'guest_time',            since: '2.6.24', scope: 'sum',     kernelVariable: 'task->gtime, signal->gtime',               type: 'unsigned long', unit: 'clock ticks', meaning: 'time running a virtual CPU (part of utime)' },
  { n: 44, name: 'cguest_time',           since: '2.6.24', scope: 'same',    kernelVariable: 'signal->cgtime',                           type: 'long', unit: 'clock ticks', meaning: 'guest time of waited-for children' },
  { n: 45, name: 'start_data',            since: '3.3',    scope: 'same',    kernelVariable: 'mm->start_data',                           type: 'unsigned long', unit: 'address', hiddenReads: '0', meaning: 'start of initialised + bss data' },
  { n: 46, name: 'end_data',              since: '3.3',    scope: 'same',    kernelVariable: 'mm->end_data',                             type: 'unsigned long', unit: 'address', hiddenReads: '0', meaning: 'end of initialised + bss data' },
  { n: 47, name: 'start_brk',             since: '3.3',    scope: 'same',    kernelVariable: 'mm->start_brk',                            type: 'unsigned long', unit: 'address', hiddenReads: '0', meaning: 'start of the heap' },
  { n: 48, name: 'arg_start',             since: '3.5',    scope: 'same',    kernelVariable: 'mm->arg_start',                            type: 'unsigned long', unit: 'address', hiddenReads: '0', meaning: 'start of the command line strings' },
  { n: 49, name: 'arg_end',               since: '3.5',    scope: 'same',    kernelVariable: 'mm->arg_end',                              type: 'unsigned long', unit: 'address', hiddenReads: '0', meaning: 'end of the command line strings' },
  { n: 50, name: 'env_start',             since: '3.5',    scope: 'same',    kernelVariable: 'mm->env_start',                            type: 'unsigned long', unit: 'address', hiddenReads: '0', meaning: 'start of the environment strings' },
  { n: 51, name: 'env_end',               since: '3.5',    scope: 'same',    kernelVariable: 'mm->env_end',                              type: 'unsigned long', unit: 'address', hiddenReads: '0', meaning: 'end of the environment strings' },
  { n: 52, name: 'exit_code',             since: '3.5',    scope: 'differs', kernelVariable: 'task->exit_code, signal->group_exit_code', type: 'int', unit: 'wait status', hiddenReads: '0', meaning: 'status as waitpid gives it: signal in bits 0..6, core flag bit 7, exit value in bits 8..15; meaningful for zombies', scopeNote: 'under task/ the code of that thread' },
];

// prettier-ignore
const CHANGES: readonly (StatFieldChange & { readonly n: number })[] = [
  { n: 2,  from: '4.18',   what: 'workqueue workers show up to 63 characters: kworker/CPU:ID and the work' },
  { n: 2,  from: '5.17',   what: 'all kernel threads show their full name, up to 63 characters (before: cut to 15)' },
  { n: 3,  from: '2.6.33', what: 't (tracing stop) is told apart from T (stopped)' },
  { n: 3,  from: '4.14',   what: 'P (parked) and I (idle kernel thread) appear' },
  { n: 14, from: '2.6.32', what: 'scaled so that user + system equals the precise run time: it can stand still, then jump' },
  { n: 21, from: '2.6.17', what: 'constant 0' },
  { n: 22, from: '2.6.32', what: 'counts from boot with time in suspend (CLOCK_BOOTTIME) in every known version' },
  { n: 22, from: '5.5',    what: 'the kernel variable is start_boottime (was real_start_time), same value' },
  { n: 22, from: '5.11',   what: 'shifted by the boot-time offset of the reader time namespace' },
  { n: 24, from: '4.5',    what: 'counts shmem explicitly (anon+file+shmem), same total' },
  { n: 24, from: '6.2',    what: 'per-CPU counters: the error grows with the number of CPUs' },
  { n: 26, from: '2.6.39', what: 'hidden without ptrace rights: shows 1. Before: shown to everybody' },
  { n: 27, from: '2.6.39', what: 'as field 26' },
  { n: 28, from: '2.6.34', what: 'taken from the address space; before, threads showed their own value' },
  { n: 29, from: '4.9',    what: 'always 0' },
  { n: 29, from: '4.14',   what: 'value again, but only while the task dumps core' },
  { n: 29, from: '5.2',    what: 'also for exiting threads of a dumping process' },
  { n: 29, from: '6.14',   what: 'also after the core dump point (PF_POSTCOREDUMP); backported to 6.13.7, 6.12.117, 6.1.192' },
  { n: 30, from: '4.9',    what: 'always 0' },
  { n: 30, from: '4.14',   what: 'value again, but only while the task dumps core' },
  { n: 30, from: '5.2',    what: 'also for exiting threads of a dumping process' },
  { n: 30, from: '6.14',   what: 'also after the core dump point (PF_POSTCOREDUMP); backported to 6.13.7, 6.12.117, 6.1.192' },
  { n: 35, from: '2.6.32', what: 'address of the wait channel; all ones when hidden or in a process of several threads; 0 when running' },
  { n: 35, from: '4.4',    what: '0 or 1 only (the name is in /proc/PID/wchan); vendor kernels differ: tell by the value' },
  { n: 35, from: '5.16',   what: '1 = simply not running (no stack walk)' },
  { n: 42, from: '2.6.18', what: 'added; 0 unless CONFIG_TASK_DELAY_ACCT' },
  { n: 42, from: '5.14',   what: 'off by default: 0 unless booted with delayacct or sysctl kernel.task_delayacct=1' },
  { n: 52, from: '5.17',   what: 'of the whole process: the group exit code while it exits or is stopped; before: of the main thread' },
];

/** All 52, in order: field n is `STAT_FIELDS[n - 1]`. */
export const STAT_FIELDS: readonly StatFieldFact[] = ROWS.map(row => ({
  manualName: row.name,
  ...row,
  gated: row.hiddenReads !== undefined,
  changes: CHANGES.filter(change => change.n === row.n).map(({ from, what }) => ({ from, what })),
}));

/** The numbers of the fields that need ptrace read rights. */
export const GATED: ReadonlySet<number> = new Set(STAT_FIELDS.filter(field => field.gated).map(field => field.n));

const BY_NAME = new Map(STAT_FIELDS.flatMap(field => [field.name, field.manualName].map(name => [name, field])));

/** By our id or by the manual's spelling. */
export function statField(name: string): StatFieldFact | undefined {
  return BY_NAME.get(name);
}

/** How many fields a line of this release holds. */
export function statFieldCount(release: Release): 44 | 47 | 52 {
  const number = releaseNumber(release);
  if (number < releaseNumber('3.3')) return 44;
  return number < releaseNumber('3.5') ? 47 : 52;
}
