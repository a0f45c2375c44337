/** The kernel's answer in words, by what was asked of it. The rules are those of kernel/signal.c, sys.c, sched, block/ioprio.c. */
import type { Action } from './action.ts';

const WORDS: Record<Action['kind'], Readonly<Record<string, string>>> = {
  signal: {
    EPERM: 'not permitted: needs CAP_KILL, or to be its user',
    EINVAL: 'this kernel has no such signal',
  },
  renice: {
    EACCES: 'not permitted: a lower nice needs CAP_SYS_NICE, or its RLIMIT_NICE raised',
    EPERM: "not permitted: it is another user's, which needs CAP_SYS_NICE",
  },
  'io-class': {
    EPERM:
      "not permitted: another user's task needs CAP_SYS_NICE, the class real-time CAP_SYS_ADMIN (newer kernels: CAP_SYS_NICE)",
    EINVAL: 'the kernel does not take this class',
    ENOSYS: 'this kernel has no I/O classes (CONFIG_BLOCK)',
  },
  affinity: {
    EPERM: "not permitted: it is another user's, which needs CAP_SYS_NICE",
    EINVAL: 'none of these CPUs is online and in its cpuset, or the kernel has bound it to its CPU',
    EBUSY: 'busy: a deadline task keeps the CPUs that its reservation counts on',
  },
  policy: {
    EPERM:
      'not permitted: needs CAP_SYS_NICE, or its RLIMIT_RTPRIO for fifo and rr, RLIMIT_NICE to leave idle; with ' +
      'CONFIG_RT_GROUP_SCHED also real-time run time for its cgroup',
    EINVAL: 'the kernel does not take this policy or priority for it',
    EBUSY: 'busy: the CPUs have no room for it',
  },
};

const COMMON: Readonly<Record<string, string>> = {
  ESRCH: 'it has ended',
  EACCES: 'not permitted by a security module',
};

/** @param code the errno as a name, `EPERM` */
export const refusalText = (kind: Action['kind'], code: string): string =>
  WORDS[kind][code] ?? COMMON[code] ?? `the kernel answered ${code}`;

/** What strerror(3) says in the locale C, glibc's and musl's words. */
const ERRORS: Readonly<Record<string, string>> = {
  'operation not permitted': 'EPERM',
  'no such process': 'ESRCH',
  'permission denied': 'EACCES',
  'device or resource busy': 'EBUSY',
  'resource busy': 'EBUSY',
  'invalid argument': 'EINVAL',
  'function not implemented': 'ENOSYS',
};

/** The errno that a tool complains of; undefined: it complains of something else. */
export const errnoIn = (complaint: string): string | undefined =>
  ERRORS[complaint.replace(/^.*: /s, '').trim().toLowerCase()];
