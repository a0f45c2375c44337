import { signalFact } from './signals.ts';

/**
 * Scheduling: policy (field 41 of /proc/PID/stat), priority (18), exit_signal (38).
 * include/uapi/linux/sched.h, include/linux/sched/prio.h.
 */
export interface PolicyFact {
  readonly n: number;
  /** Our word in `policy_name`. */
  readonly name: string;
  readonly kernelName: string;
  /** First mainline minor; null = older than 2.6.32 (or reserved). */
  readonly first: string | null;
  readonly meaning: string;
  /** A number that mainline keeps free. */
  readonly reserved?: true;
}

// prettier-ignore
export const POLICIES: readonly PolicyFact[] = [
  { n: 0, name: 'other',    kernelName: 'SCHED_NORMAL',   first: null,   meaning: 'time sharing (SCHED_OTHER of POSIX)' },
  { n: 1, name: 'fifo',     kernelName: 'SCHED_FIFO',     first: null,   meaning: 'real time, runs until it blocks; kernel threads that stop a CPU (migration/N) show it with priority 99' },
  { n: 2, name: 'rr',       kernelName: 'SCHED_RR',       first: null,   meaning: 'real time, round robin' },
  { n: 3, name: 'batch',    kernelName: 'SCHED_BATCH',    first: null,   meaning: 'time sharing, CPU bound' },
  { n: 4, name: 'iso',      kernelName: 'SCHED_ISO',      first: null,   meaning: 'never in mainline (some patched desktop kernels define it)', reserved: true },
  { n: 5, name: 'idle',     kernelName: 'SCHED_IDLE',     first: null,   meaning: 'lower than nice 19; its nice value has no effect' },
  { n: 6, name: 'deadline', kernelName: 'SCHED_DEADLINE', first: '3.14', meaning: 'earliest deadline first' },
  { n: 7, name: 'ext',      kernelName: 'SCHED_EXT',      first: '6.12', meaning: 'scheduled by a loaded BPF scheduler (sched_ext)' },
];

const DEADLINE = 6;
const REAL_TIME = [1, 2];

/** `other`, `fifo` …; `policy 9` for a number without a name. */
export function policyName(n: number): string {
  return POLICIES[n]?.name ?? `policy ${n}`;
}

/**
 * Field 18 in words. It is the effective kernel priority minus 100, so that a task holding a lock that a more urgent one
 * waits for (priority inheritance) shows the borrowed priority: told by `policy` when it cannot have it by itself.
 */
export function priorityText(field18: number, policy?: number): string {
  const kernel = `kernel priority ${field18 + 100}`;
  const borrowed = policy === undefined ? '' : `, borrowed: its policy is ${policyName(policy)}`;
  if (field18 === -101) return `deadline (${kernel}${policy === DEADLINE ? '' : borrowed})`;
  if (field18 >= -100 && field18 <= -2) {
    const own = policy !== undefined && REAL_TIME.includes(policy);
    return `real-time priority ${-1 - field18} (${kernel}${own ? '' : borrowed})`;
  }
  if (field18 >= 0 && field18 <= 39) return `nice ${field18 - 20} (${kernel})`;
  return field18 === -1 ? `${kernel}, which no policy uses` : `unknown priority ${field18}`;
}

/** What exit_signal means for the task's parent. */
export function exitSignalText(n: number): string {
  if (n === -1) return 'none: a thread, not the leader of its group';
  if (n === 0) return 'none: cloned without a signal, or kthreadd';
  if (n === 17) return 'SIGCHLD: an ordinary child or a kernel thread';
  const name = signalFact(n)?.name;
  return name === undefined ? `unknown signal ${n}` : `${name}: chosen when it was cloned`;
}
