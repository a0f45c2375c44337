/** Arguments of system calls in the names of their headers: flags, clocks, operations, signals, times. */
import { signalName } from '../kernel/signals.ts';
import { durationText } from '../units/format.ts';
import { clockName } from './clock-names.ts';
import { createFlags } from './open-flags.ts';

/** The low 32 bits, signed: what an int argument is, whatever the register holds above. */
export const asInt = (value: string): number => Number(BigInt.asIntN(32, BigInt(value)));
const asUnsigned = (value: string): number => Number(BigInt.asUintN(32, BigInt(value)));

type Bits = readonly (readonly [mask: number, name: string])[];

/** Names of the bits, the rest in hexadecimal. */
function bitWords(bits: Bits, word: number, none = '0'): string {
  let rest = word;
  const names: string[] = [];
  for (const [mask, name] of bits) {
    if ((rest & mask) >>> 0 !== mask) continue;
    names.push(name);
    rest = (rest & ~mask) >>> 0;
  }
  if (rest !== 0) names.push(`0x${rest.toString(16)}`);
  return names.join('|') || none;
}

/** include/uapi/linux/sched.h; the low byte is the signal that the parent gets. */
// prettier-ignore
const CLONE: Bits = [
  [0x100, 'CLONE_VM'], [0x200, 'CLONE_FS'], [0x400, 'CLONE_FILES'], [0x800, 'CLONE_SIGHAND'], [0x1000, 'CLONE_PIDFD'],
  [0x2000, 'CLONE_PTRACE'], [0x4000, 'CLONE_VFORK'], [0x8000, 'CLONE_PARENT'], [0x10000, 'CLONE_THREAD'],
  [0x20000, 'CLONE_NEWNS'], [0x40000, 'CLONE_SYSVSEM'], [0x80000, 'CLONE_SETTLS'], [0x100000, 'CLONE_PARENT_SETTID'],
  [0x200000, 'CLONE_CHILD_CLEARTID'], [0x400000, 'CLONE_DETACHED'], [0x800000, 'CLONE_UNTRACED'],
  [0x1000000, 'CLONE_CHILD_SETTID'], [0x2000000, 'CLONE_NEWCGROUP'], [0x4000000, 'CLONE_NEWUTS'],
  [0x8000000, 'CLONE_NEWIPC'], [0x10000000, 'CLONE_NEWUSER'], [0x20000000, 'CLONE_NEWPID'], [0x40000000, 'CLONE_NEWNET'],
  [0x80000000, 'CLONE_IO'],
];

function cloneWords(value: string): string {
  const flags = asUnsigned(value);
  const signal = flags & 0xff;
  const exit = signal === 0 ? 'no exit signal' : `exit signal ${signalName(signal)}`;
  return `${bitWords(CLONE, (flags & ~0xff) >>> 0)}, ${exit}`;
}

// for unshare and setns the low byte holds a flag too
const UNSHARE: Bits = [[0x80, 'CLONE_NEWTIME'], ...CLONE];

/** include/uapi/linux/futex.h */
// prettier-ignore
const FUTEX_OPS = [
  'WAIT', 'WAKE', 'FD', 'REQUEUE', 'CMP_REQUEUE', 'WAKE_OP', 'LOCK_PI', 'UNLOCK_PI', 'TRYLOCK_PI', 'WAIT_BITSET',
  'WAKE_BITSET', 'WAIT_REQUEUE_PI', 'CMP_REQUEUE_PI', 'LOCK_PI2',
];
const FUTEX_FLAGS: Bits = [
  [128, 'FUTEX_PRIVATE_FLAG'],
  [256, 'FUTEX_CLOCK_REALTIME'],
];

function futexWords(value: string): string {
  const word = asUnsigned(value);
  const op = FUTEX_OPS[word & 0x7f];
  const flags = (word & ~0x7f) >>> 0;
  const name = op === undefined ? `operation ${word & 0x7f}` : `FUTEX_${op}`;
  return flags === 0 ? name : `${name}|${bitWords(FUTEX_FLAGS, flags)}`;
}

/** The futex2 calls: the low two bits are the size. */
function futex2Words(value: string): string {
  const word = asUnsigned(value);
  const rest = (word & ~3) >>> 0;
  const size = `FUTEX2_SIZE_U${8 << (word & 3)}`;
  return rest === 0 ? size : `${size}|${bitWords([[4, 'FUTEX2_NUMA'], [8, 'FUTEX2_MPOL'], [128, 'FUTEX2_PRIVATE']], rest)}`; // prettier-ignore
}

const PROT: Bits = [
  [1, 'PROT_READ'],
  [2, 'PROT_WRITE'],
  [4, 'PROT_EXEC'],
  [8, 'PROT_SEM'],
  [0x1000000, 'PROT_GROWSDOWN'],
  [0x2000000, 'PROT_GROWSUP'],
];

/** include/uapi/asm-generic/mman.h; the low four bits are the type. */
// prettier-ignore
const MAP: Bits = [
  [3, 'MAP_SHARED_VALIDATE'], [1, 'MAP_SHARED'], [2, 'MAP_PRIVATE'], [0x10, 'MAP_FIXED'], [0x20, 'MAP_ANONYMOUS'],
  [0x40, 'MAP_32BIT'], [0x100, 'MAP_GROWSDOWN'], [0x800, 'MAP_DENYWRITE'], [0x1000, 'MAP_EXECUTABLE'],
  [0x2000, 'MAP_LOCKED'], [0x4000, 'MAP_NORESERVE'], [0x8000, 'MAP_POPULATE'], [0x10000, 'MAP_NONBLOCK'],
  [0x20000, 'MAP_STACK'], [0x40000, 'MAP_HUGETLB'], [0x80000, 'MAP_SYNC'], [0x100000, 'MAP_FIXED_NOREPLACE'],
];

/** include/uapi/linux/wait.h */
const WAIT: Bits = [
  [1, 'WNOHANG'],
  [2, 'WUNTRACED'],
  [4, 'WEXITED'],
  [8, 'WCONTINUED'],
  [0x1000000, 'WNOWAIT'],
  [0x20000000, '__WNOTHREAD'],
  [0x40000000, '__WALL'],
  [0x80000000, '__WCLONE'],
];
/** WUNTRACED is WSTOPPED of waitid(2). */
const WAITID = WAIT.map(([mask, name]) => [mask, mask === 2 ? 'WSTOPPED' : name] as const);

const FLOCK: Bits = [
  [1, 'LOCK_SH'],
  [2, 'LOCK_EX'],
  [8, 'LOCK_UN'],
  [4, 'LOCK_NB'],
];

const waitedFor = (pid: number): string =>
  pid > 0 ? `process ${pid}` : pid === -1 ? 'any child' : pid === 0 ? 'own process group' : `process group ${-pid}`;

const milliseconds = (ms: number): string =>
  ms < 0 ? `${ms}: for ever` : ms === 0 ? '0: does not wait' : `${ms} ms (${durationText(ms / 1000)})`;

type Words = (value: string, architecture: string) => string;

const signal: Words = value => signalName(asInt(value));
const timer: Words = value => bitWords([[1, 'TIMER_ABSTIME']], asUnsigned(value), '0: relative');
const clock: Words = value => clockName(asInt(value));
const options: Words = value => bitWords(WAIT, asUnsigned(value));
const opened: Words = (value, architecture) => createFlags(asUnsigned(value), architecture).join('|');
const mode: Words = value => `0${(asUnsigned(value) & 0o7777).toString(8)} (if it creates)`;
const timeout: Words = value => milliseconds(asInt(value));
const protection: Words = value => bitWords(PROT, asUnsigned(value), 'PROT_NONE');
const waited: Words = value => waitedFor(asInt(value));

/** By call and argument. */
const BY_CALL: Readonly<Record<string, Readonly<Record<string, Words>>>> = {
  clone: { flags: cloneWords },
  unshare: { flags: value => bitWords(UNSHARE, asUnsigned(value)) },
  setns: { nstype: value => bitWords(UNSHARE, asUnsigned(value), '0: any') },
  clock_nanosleep: { clockid: clock, flags: timer },
  clock_nanosleep_time64: { clockid: clock, flags: timer },
  futex: { op: futexWords },
  futex_time64: { op: futexWords },
  futex_wait: { clockid: clock, flags: futex2Words },
  futex_waitv: { clockid: clock },
  poll: { timeout_ms: timeout },
  epoll_wait: { timeout_ms: timeout },
  epoll_pwait: { timeout_ms: timeout },
  open: { flags: opened, mode },
  openat: { flags: opened, mode },
  creat: { mode },
  mmap: { prot: protection, flags: value => bitWords(MAP, asUnsigned(value)) },
  mmap2: { prot: protection, flags: value => bitWords(MAP, asUnsigned(value)) },
  mprotect: { prot: protection },
  wait4: { pid: waited, options },
  waitpid: { pid: waited, options },
  waitid: {
    which: value => ['P_ALL', 'P_PID', 'P_PGID', 'P_PIDFD'][asInt(value)] ?? '',
    options: value => bitWords(WAITID, asUnsigned(value)),
  },
  kill: { sig: signal },
  tkill: { sig: signal },
  tgkill: { sig: signal },
  flock: { operation: value => bitWords(FLOCK, asUnsigned(value)) },
};

/** What a value of an argument means by the headers; undefined: it has no names. `value` as the kernel wrote it, hexadecimal. */
export const argumentWords = (
  call: string | undefined,
  argument: string,
  value: string,
  architecture: string,
): string | undefined => BY_CALL[call ?? '']?.[argument]?.(value, architecture) || undefined;
