/** Why a file of a task or of the machine gave nothing, in one sentence for the person who looks at the page. */
import { hasFile, procFile, type ProcFile, type Right, rightFor, type WaitsFor } from '../kernel/proc-files.ts';
import type { Release } from '../kernel/release.ts';
import { MISSING_REASONS, type MissingReason } from '../units/missing.ts';

const RIGHT_WORDS: Readonly<Record<Right, string>> = {
  all: 'everybody may read it, so a security module, a sandbox or a hidepid mount of /proc refuses it',
  owner: 'needs the user that the task runs as (root, if the process is not dumpable) or CAP_DAC_READ_SEARCH',
  'ptrace-read': 'needs the same user (and a dumpable process) or CAP_SYS_PTRACE',
  'ptrace-attach':
    'needs the same user (and a dumpable process) or CAP_SYS_PTRACE; kernel.yama.ptrace_scope may ask for more',
  CAP_SYS_ADMIN: 'needs CAP_SYS_ADMIN in the first user namespace: root, and not root of a container',
  CAP_SYS_NICE: "needs CAP_SYS_NICE for another user's or another process's value",
  CAP_SYSLOG: 'needs CAP_SYSLOG while kernel.dmesg_restrict is 1',
  root: 'needs root',
};

/** Rights that CAP_SYS_PTRACE gives, where it holds: in the user namespace of the task's memory. @see kernel/ptrace.c */
const PTRACE: readonly Right[] = ['ptrace-read', 'ptrace-attach'];
const DENIED_ALTHOUGH =
  'denied although CAP_SYS_PTRACE is held: the process belongs to another user namespace, or a security module refuses';

const LOCK_WORDS: Readonly<Record<WaitsFor, string>> = {
  'address space': "somebody holds the lock of this task's address space",
  exec: "somebody holds the lock of this task's credentials (an exec or a debugger's attach that does not end)",
  'mount namespace': 'somebody holds the lock of the mounts',
  cgroups: 'somebody holds the lock of the control groups',
  resctrl: 'somebody holds the lock of the resource control groups',
};

function whyAbsent(path: string, file: ProcFile, release: Release | string): string {
  const none = MISSING_REASONS['not-in-this-kernel'];
  if (path.startsWith('task/') && file.only === 'process') return 'only the process has this file, not each thread';
  if (!path.startsWith('task/') && file.only === 'thread') return 'only threads have this file, under task/';
  if (!hasFile(file, release)) return `${none}: since Linux ${file.since ?? ''}`;
  return file.config === undefined ? none : `${none}: needs ${file.config}`;
}

/**
 * One sentence without a full stop.
 * @param path as asked of the dossier: `stack`, `fd`, `task/12/syscall`, `/dev/kmsg`; unknown ones get the plain reason.
 * @param release that of the kernel which the file belongs to.
 * @param mayPtrace have we CAP_SYS_PTRACE ourselves?
 */
export function whyMissing(path: string, reason: MissingReason, release: Release | string, mayPtrace = false): string {
  const file = procFile(path) ?? procFile(`${path}/*`);
  const plain = MISSING_REASONS[reason];
  if (!file) return plain;
  if (reason === 'no-permission') {
    const right = rightFor(file, release);
    return mayPtrace && PTRACE.includes(right) ? DENIED_ALTHOUGH : `not permitted: ${RIGHT_WORDS[right]}`;
  }
  if (reason === 'not-in-this-kernel') return whyAbsent(path, file, release);
  if (reason === 'could-block') {
    const lock = file.waitsFor === undefined ? 'somebody holds a lock that it needs' : LOCK_WORDS[file.waitsFor];
    return `could not be read: the read did not return in time, ${lock}`;
  }
  return plain;
}
