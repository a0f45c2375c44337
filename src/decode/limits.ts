/** `/proc/[pid]/limits`. @see proc_pid_limits(5), getrlimit(2); kernel `fs/proc/base.c`, `proc_pid_limits`. Since 2.6.24. */
import { lines } from './bytes.ts';

export interface LimitFact {
  /** `RLIMIT_NOFILE`. */
  readonly resource: string;
  readonly meaning: string;
}

/** By the name that the file uses. */
const LIMITS: Readonly<Record<string, LimitFact>> = {
  'Max cpu time': {
    resource: 'RLIMIT_CPU',
    meaning: 'CPU time of the process: SIGXCPU each second from the soft limit on, SIGKILL at the hard one',
  },
  'Max file size': { resource: 'RLIMIT_FSIZE', meaning: 'largest file that it may write: then SIGXFSZ' },
  'Max data size': {
    resource: 'RLIMIT_DATA',
    meaning: 'data and heap, since 4.7 all private writable memory',
  },
  'Max stack size': {
    resource: 'RLIMIT_STACK',
    meaning: 'the stack of the first thread; arguments take a quarter of it',
  },
  'Max core file size': {
    resource: 'RLIMIT_CORE',
    meaning: 'core dump; 0 = none (a dump through a pipe does not heed it)',
  },
  'Max resident set': { resource: 'RLIMIT_RSS', meaning: 'not heeded by Linux' },
  'Max processes': {
    resource: 'RLIMIT_NPROC',
    meaning:
      'threads of the real user on the machine, not of this process; CAP_SYS_RESOURCE and CAP_SYS_ADMIN are exempt',
  },
  'Max open files': { resource: 'RLIMIT_NOFILE', meaning: 'one more than the largest file descriptor' },
  'Max locked memory': {
    resource: 'RLIMIT_MEMLOCK',
    meaning: 'memory locked with mlock(), and for BPF, io_uring, perf',
  },
  'Max address space': { resource: 'RLIMIT_AS', meaning: 'virtual size' },
  'Max file locks': { resource: 'RLIMIT_LOCKS', meaning: 'not heeded since 2.4.25' },
  'Max pending signals': { resource: 'RLIMIT_SIGPENDING', meaning: 'queued signals of the real user' },
  'Max msgqueue size': { resource: 'RLIMIT_MSGQUEUE', meaning: 'bytes in POSIX message queues of the real user' },
  'Max nice priority': { resource: 'RLIMIT_NICE', meaning: 'lowest nice value that it may take: 20 minus this' },
  'Max realtime priority': { resource: 'RLIMIT_RTPRIO', meaning: 'highest real-time priority that it may take' },
  'Max realtime timeout': {
    resource: 'RLIMIT_RTTIME',
    meaning: 'CPU time that a real-time task may use without sleeping: SIGXCPU, then SIGKILL',
  },
};

export interface Limit {
  /** As the file says: `Max open files`. */
  readonly name: string;
  /** Decimal digits, or `unlimited`. */
  readonly soft: string;
  readonly hard: string;
  /** `bytes`, `files`, `us` …; empty where there is none. */
  readonly unit: string;
  /** Absent for a name that is not known. */
  readonly fact?: LimitFact;
}

const ROW = /^(\S.*?) {2,}(unlimited|\d{1,20}) +(unlimited|\d{1,20})(?: +(\S+))? *$/;

/** The rows of the table in their order; the title, and a last row that was cut off, are left out. */
export function decodeLimits(bytes: Uint8Array): Limit[] {
  const limits: Limit[] = [];
  for (const line of lines(bytes.subarray(0, bytes.lastIndexOf(10) + 1))) {
    const match = ROW.exec(line);
    if (!match) continue;
    const [, name = '', soft = '', hard = '', unit = ''] = match;
    const fact = Object.hasOwn(LIMITS, name) ? LIMITS[name] : undefined;
    limits.push({ name, soft, hard, unit, ...(fact && { fact }) });
  }
  return limits;
}
