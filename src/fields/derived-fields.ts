/** Columns computed from the raw ones and from other files. One entry is one column; see CONTRIBUTING for how to add one. */
import {
  containerOf,
  decodeCgroupPath,
  decodeCmdline,
  decodeIo,
  decodeSchedstat,
  decodeStatm,
  decodeWchan,
} from '../decode/pid-files.ts';
import { latin1 } from '../decode/bytes.ts';
import { statusNumber, statusValue } from '../decode/pid-status.ts';
import { decodeFlags, flagLetters } from '../kernel/task-flags.ts';
import { policyName } from '../kernel/sched.ts';
import { signalNames } from '../kernel/signals.ts';
import { stateName } from '../kernel/states.ts';
import { ttyName } from '../kernel/tty.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import type { Field } from './field.ts';
import type { TaskFile } from './files.ts';
import {
  addressesHidden,
  effectiveUid,
  FIRST_SAMPLE,
  fileRate,
  fromFile,
  hasAddressSpace,
  isExiting,
  isKernelThread,
  NO_PERMISSION,
  NOT_APPLICABLE,
  NOT_IN_KERNEL,
  NOT_READ,
  scale,
  stat,
  statDelta,
  statRate,
  sum,
  type TaskView,
} from './task.ts';

/** Stat fields by their number, proc_pid_stat(5). */
const S = {
  state: 3,
  tty_nr: 7,
  flags: 9,
  min_flt: 10,
  cmin_flt: 11,
  maj_flt: 12,
  cmaj_flt: 13,
  utime: 14,
  stime: 15,
  cutime: 16,
  cstime: 17,
  num_threads: 20,
  start_time: 22,
  rss: 24,
  policy: 41,
  blkio: 42,
} as const;

/** Divided, not multiplied by a fraction: 0.47 and not 0.47000000000000003. */
const seconds = (task: TaskView, ticks: Reading<number>): Reading<number> =>
  isMissing(ticks) ? ticks : ticks / task.machine.ticksPerSecond;
const percent = (task: TaskView, ticksPerSecond: Reading<number>): Reading<number> =>
  scale(ticksPerSecond, 100 / task.machine.ticksPerSecond);
const pages = (task: TaskView, reading: Reading<number>): Reading<number> => scale(reading, task.machine.pageBytes);

const cpuPercent = (task: TaskView): Reading<number> =>
  percent(task, sum(statRate(task, S.utime), statRate(task, S.stime)));

/** Faults per second of CPU time used; with less than a tick of it there is nothing to divide by. */
function faultsPerCpuSecond(task: TaskView): Reading<number> {
  const cpu = seconds(task, sum(statDelta(task, S.utime), statDelta(task, S.stime)));
  const faults = sum(statDelta(task, S.min_flt), statDelta(task, S.maj_flt));
  if (isMissing(cpu)) return cpu;
  if (isMissing(faults)) return faults;
  return cpu > 0 ? faults / cpu : faults === 0 ? 0 : NOT_APPLICABLE;
}

/** A memory key of status, which only tasks with an address space have. */
const statusMemory =
  (key: string) =>
  (task: TaskView): Reading<number> =>
    !hasAddressSpace(task)
      ? NOT_APPLICABLE
      : fromFile(task, 'status', bytes => statusNumber(statusValue(bytes, key) ?? ''));

/** A counter that the kernel keeps by thread: a process with several threads would need them all read. */
function ownThreadOnly(task: TaskView, reading: () => Reading<number>): Reading<number> {
  return !task.isThread && task.stat(S.num_threads) > 1 ? NOT_READ : reading();
}

const contextSwitchRate =
  (key: string) =>
  (task: TaskView): Reading<number> =>
    ownThreadOnly(task, () => fileRate(task, 'status', bytes => statusNumber(statusValue(bytes, key) ?? '')));

function user(task: TaskView): Reading<string> {
  const number = effectiveUid(task);
  return isMissing(number) ? number : (task.machine.userNames.get(number) ?? String(number));
}

/** The kernel answers `0` for a task that does not wait (and for everything without kallsyms). */
function wchanName(task: TaskView): Reading<string> {
  if (addressesHidden(task)) return NO_PERMISSION;
  const name = fromFile(task, 'wchan', decodeWchan);
  if (isMissing(name)) return name;
  if (name !== '' && name !== '0') return name;
  // who runs or has ended sleeps nowhere
  const sleeps = !'RZXx'.includes(String.fromCharCode(task.stat(S.state)));
  return task.wchanNamesSeen || !sleeps ? '0' : NOT_IN_KERNEL;
}

const bracketed = (task: TaskView): string => `[${task.comm}]`;
const SHOWN_BYTES = 4096;
const ZOMBIE = 'Z'.charCodeAt(0);

/** The command line; `[comm]` for kernel threads, zombies and as long as the command line is not known. */
function command(task: TaskView): string {
  const bytes = task.file('cmdline');
  const line = isMissing(bytes) ? '' : decodeCmdline(bytes);
  return line === '' ? bracketed(task) : line;
}

/** Reasons for a missing command line that say something of the machine. */
const TOLD_REASONS: ReadonlySet<string> = new Set(['could-block', 'no-helper']);

/** A kernel thread has no command line, and who ends gives it up: that it could not be read is no news. */
const mayHaveLine = (task: TaskView): boolean => !isKernelThread(task) && !isExiting(task);

/** As {@link command}, with the reason where the command line could not be read. */
function commandCell(task: TaskView): string {
  if (task.stat(S.state) === ZOMBIE) return `${bracketed(task)} <defunct>`;
  const bytes = task.file('cmdline');
  // no screen is as wide; a command line may be two megabytes
  if (!isMissing(bytes) && bytes.length > SHOWN_BYTES) return decodeCmdline(bytes.subarray(0, SHOWN_BYTES));
  if (isMissing(bytes))
    return TOLD_REASONS.has(bytes.missing) && mayHaveLine(task)
      ? `${bracketed(task)} ${bytes.missing}`
      : bracketed(task);
  return command(task);
}

const ioRate =
  (key: string) =>
  (task: TaskView): Reading<number> =>
    fileRate(task, 'io', bytes => {
      const text = decodeIo(bytes).get(key);
      return text === undefined ? undefined : Number(text);
    });

/** A `Key:  123 kB` line of smaps_rollup, in bytes. */
const rollup =
  (key: string) =>
  (task: TaskView): Reading<number> =>
    !hasAddressSpace(task)
      ? NOT_APPLICABLE
      : fromFile(task, 'smaps_rollup', bytes => statusNumber(statusValue(bytes, key) ?? ''));

function pendingSignals(task: TaskView): Reading<string> {
  const own = fromFile(task, 'status', bytes => statusValue(bytes, 'SigPnd'));
  const shared = fromFile(task, 'status', bytes => statusValue(bytes, 'ShdPnd'));
  if (isMissing(own)) return own;
  if (isMissing(shared)) return shared;
  return signalNames(BigInt('0x' + own) | BigInt('0x' + shared)).join(' ');
}

/** Cells of the column of states. */
const HISTORY_WIDTH = 8;

const FROM_STAT: readonly TaskFile[] = ['stat'];

// one entry of a few long lines each reads better than one property a line
// prettier-ignore
export const DERIVED_FIELDS: readonly Field[] = [
  {
    id: 'cpu_percent', title: 'CPU%', width: 5, unit: 'percent', files: FROM_STAT, scope: 'group', since: '2.6',
    help: 'CPU time used in the interval, user and system, in percent of one CPU: a process that keeps two CPUs busy shows 200.',
    value: cpuPercent,
  },
  {
    id: 'user_percent', title: 'USR%', width: 5, unit: 'percent', files: FROM_STAT, scope: 'group', since: '2.6',
    help: 'CPU time used in user mode in the interval, in percent of one CPU; time of virtual CPUs included.',
    value: task => percent(task, statRate(task, S.utime)),
  },
  {
    id: 'system_percent', title: 'SYS%', width: 5, unit: 'percent', files: FROM_STAT, scope: 'group', since: '2.6',
    help: 'CPU time used in the kernel in the interval, in percent of one CPU. The kernel splits the precise run time by ticks it happened to see: short intervals make the split coarse.',
    value: task => percent(task, statRate(task, S.stime)),
  },
  {
    id: 'cpu_time', title: 'TIME+', width: 8, unit: 'cpu-time', files: FROM_STAT, scope: 'group', since: '2.6',
    help: 'CPU time used since the start, user and system. Reaped children are not in it: see cutime and cstime.',
    value: task => seconds(task, sum(stat(task, S.utime), stat(task, S.stime))),
  },
  {
    id: 'utime_delta', title: 'dUTIME', width: 7, unit: 'cpu-time', files: FROM_STAT, scope: 'group', since: '2.6',
    help: 'Seconds of CPU time in user mode since the sample before.',
    value: task => seconds(task, statDelta(task, S.utime)),
  },
  {
    id: 'stime_delta', title: 'dSTIME', width: 7, unit: 'cpu-time', files: FROM_STAT, scope: 'group', since: '2.6',
    help: 'Seconds of CPU time in the kernel since the sample before.',
    value: task => seconds(task, statDelta(task, S.stime)),
  },
  {
    id: 'min_flt_delta', title: 'dMINF', width: 9, unit: 'count', files: FROM_STAT, scope: 'group', since: '2.6',
    help: 'Minor page faults (no disk read) since the sample before.',
    value: task => statDelta(task, S.min_flt),
  },
  {
    id: 'maj_flt_delta', title: 'dMAJF', width: 7, unit: 'count', files: FROM_STAT, scope: 'group', since: '2.6',
    help: 'Major page faults (had to wait for a disk read) since the sample before.',
    value: task => statDelta(task, S.maj_flt),
  },
  {
    id: 'min_flt_rate', title: 'MINF/s', width: 8, unit: 'per-second', files: FROM_STAT, scope: 'group', since: '2.6',
    help: 'Minor page faults per second: a page was missing from the page table, but not from memory. First touch of fresh memory, copy after fork, pages mapped again.',
    value: task => statRate(task, S.min_flt),
  },
  {
    id: 'maj_flt_rate', title: 'MAJF/s', width: 6, unit: 'per-second', files: FROM_STAT, scope: 'group', since: '2.6',
    help: 'Major page faults per second: the page had to be read from disk or swap while the task waited.',
    value: task => statRate(task, S.maj_flt),
  },
  {
    id: 'cutime_delta', title: 'dCUTIME', width: 8, unit: 'cpu-time', files: FROM_STAT, scope: 'group', since: '2.6',
    help: 'User CPU seconds of children whose end was waited for in the interval: their whole life counts at that moment.',
    value: task => seconds(task, statDelta(task, S.cutime)),
  },
  {
    id: 'cstime_delta', title: 'dCSTIME', width: 8, unit: 'cpu-time', files: FROM_STAT, scope: 'group', since: '2.6',
    help: 'Kernel CPU seconds of children whose end was waited for in the interval: their whole life counts at that moment.',
    value: task => seconds(task, statDelta(task, S.cstime)),
  },
  {
    id: 'cmin_flt_rate', title: 'CMINF/s', width: 9, unit: 'per-second', files: FROM_STAT, scope: 'group', since: '2.6',
    help: 'Minor faults per second of children waited for in the interval.',
    value: task => statRate(task, S.cmin_flt),
  },
  {
    id: 'cmaj_flt_rate', title: 'CMAJF/s', width: 8, unit: 'per-second', files: FROM_STAT, scope: 'group', since: '2.6',
    help: 'Major faults per second of children waited for in the interval.',
    value: task => statRate(task, S.cmaj_flt),
  },
  {
    id: 'reaped_cpu_percent', title: 'REAP%', width: 6, unit: 'percent', files: FROM_STAT, scope: 'group', since: '2.6',
    help: 'CPU time of children reaped in the interval, in percent of one CPU: shows who starts short-lived processes that no sample sees.',
    value: task => percent(task, sum(statRate(task, S.cutime), statRate(task, S.cstime))),
  },
  {
    id: 'faults_per_cpu_second', title: 'FLT/CPUs', width: 9, unit: 'per-second', files: FROM_STAT, scope: 'group', since: '2.6',
    help: 'Page faults per second of CPU time used: high and steady means that the task mostly faults (a fault storm). Missing when it faulted without a whole tick of CPU time.',
    value: faultsPerCpuSecond,
  },
  {
    id: 'state_name', title: 'STATE', width: 12, unit: 'text', files: FROM_STAT, scope: 'leader', since: '2.6',
    help: 'The state in the words of the kernel; R is running or ready to run.',
    value: task => stateName(String.fromCharCode(task.stat(S.state)), task.machine.tables),
  },
  {
    id: 'state_age', title: 'STATE_AGE', width: 9, unit: 'seconds', files: FROM_STAT, scope: 'leader', since: '2.6', history: true,
    help: 'How long we have seen the task in its present state, sample by sample: it may have left it in between. The kernel does not export it.',
    value: task => (Number.isNaN(task.elapsed) && !task.stateBegan ? FIRST_SAMPLE : task.stateSeconds),
  },
  {
    id: 'state_history', title: 'HISTORY', width: 8, unit: 'text', files: FROM_STAT, scope: 'leader', since: '2.6', history: true, strip: HISTORY_WIDTH,
    help: 'Its states at the last samples, one letter each, the newest at the right; ? where it could not be read.',
    value: task => task.states,
    cell: task => task.states.slice(-HISTORY_WIDTH).padStart(HISTORY_WIDTH),
  },
  {
    id: 'flags_changed', title: 'FLAGS_CHG', width: 10, unit: 'mask', files: FROM_STAT, scope: 'leader', since: '2.6', history: true,
    help: 'PF_ flags that we saw being set or cleared within the last 5 to 10 minutes, as a mask. What comes and goes between two samples is not seen.',
    value: task => (Number.isNaN(task.elapsed) ? FIRST_SAMPLE : '0x' + task.flagsChanged.toString(16).padStart(8, '0')),
  },
  {
    id: 'rss_growth', title: 'RES/s', width: 7, unit: 'bytes-per-second', files: FROM_STAT, scope: 'group', since: '2.6', history: true,
    help: 'How fast the resident memory grew (or shrank: negative) over the last 5 to 10 minutes, or since we first saw the task.',
    value: task => (Number.isNaN(task.rssGrowth) ? FIRST_SAMPLE : task.rssGrowth * task.machine.pageBytes),
  },
  {
    id: 'exiting_age', title: 'EXITING', width: 8, unit: 'seconds', files: FROM_STAT, scope: 'leader', since: '2.6', history: true,
    help: 'How long we have seen PF_EXITING set; missing while it is not.',
    value: task => (isExiting(task) ? task.exitingSeconds : NOT_APPLICABLE),
  },
  {
    id: 'flag_names', title: 'FLAG_NAMES', width: 30, unit: 'text', files: FROM_STAT, scope: 'leader', since: '2.6',
    help: 'The PF_ flags that are set, by the names of the kernel that runs; an unknown bit as its number.',
    value: task => {
      const { flags, unknownBits } = decodeFlags(task.stat(S.flags), task.machine.flags, task.comm);
      const names = flags.map(flag => flag.name);
      return unknownBits === 0 ? names : [...names, '0x' + unknownBits.toString(16).padStart(8, '0')];
    },
  },
  {
    id: 'policy_name', title: 'POLICY', width: 8, unit: 'text', files: FROM_STAT, scope: 'leader', since: '2.6',
    help: 'Scheduling policy: other, fifo, rr, batch, idle, deadline or ext.',
    value: task => {
      const policy = stat(task, S.policy);
      return isMissing(policy) ? policy : policyName(policy);
    },
  },
  {
    id: 'tty_name', title: 'TTY', width: 8, unit: 'text', files: FROM_STAT, scope: 'group', since: '2.6',
    help: 'The controlling terminal by name; empty when there is none.',
    value: task => ttyName(task.stat(S.tty_nr)) ?? '',
  },
  {
    id: 'wchan_name', title: 'WCHAN', width: 12, unit: 'text', files: ['wchan'], scope: 'leader', since: '2.6',
    help: 'The kernel function in which the task sleeps; 0 (shown as -) when it does not. Needs the right to ptrace the task since Linux 4.4.',
    value: wchanName,
    cell: task => {
      const name = wchanName(task);
      return name === '0' ? '-' : name;
    },
  },
  {
    id: 'uid', title: 'UID', width: 10, unit: 'id', files: ['status'], scope: 'group', since: '2.6', steady: true,
    help: 'Effective user id.',
    value: effectiveUid,
  },
  {
    id: 'user', title: 'USER', width: 8, unit: 'text', files: ['status'], scope: 'group', since: '2.6', steady: true,
    help: 'Name of the effective user in the passwd file of the machine that the task is on, else the number.',
    value: user,
  },
  {
    id: 'command', title: 'COMMAND', width: 40, unit: 'text', files: ['cmdline'], scope: 'group', since: '2.6',
    help: 'The command line as the program shows it (it may change it); [comm] for kernel threads and zombies, and as long as the line is not known.',
    value: command,
    cell: commandCell,
  },
  {
    id: 'age', title: 'AGE', width: 7, unit: 'seconds', files: FROM_STAT, scope: 'leader', since: '2.6', settles: Number.POSITIVE_INFINITY,
    help: 'Time since the start of the task.',
    value: task => {
      const start = seconds(task, stat(task, S.start_time));
      return isMissing(start) || Number.isNaN(task.uptime) ? NOT_READ : Math.max(0, task.uptime - start);
    },
  },
  {
    id: 'rss_bytes', title: 'RES', width: 5, unit: 'bytes', files: FROM_STAT, scope: 'group', since: '2.6',
    help: 'Resident memory: anonymous, file and shared pages. The kernel counts it in batches: exact is pss_bytes or smaps_rollup.',
    value: task => pages(task, stat(task, S.rss)),
  },
  {
    id: 'rss_delta', title: 'dRES', width: 6, unit: 'bytes', files: FROM_STAT, scope: 'group', since: '2.6',
    help: 'How much the resident memory grew (or shrank) since the sample before.',
    value: task => {
      const before = task.statBefore(S.rss);
      return Number.isNaN(before) ? FIRST_SAMPLE : (task.stat(S.rss) - before) * task.machine.pageBytes;
    },
  },
  {
    id: 'num_threads_delta', title: 'dTHR', width: 5, unit: 'integer', files: FROM_STAT, scope: 'group', since: '2.6',
    help: 'How many threads came or went since the sample before.',
    value: task => {
      const before = task.statBefore(S.num_threads);
      return Number.isNaN(before) ? FIRST_SAMPLE : task.stat(S.num_threads) - before;
    },
  },
  {
    id: 'shared_bytes', title: 'SHR', width: 5, unit: 'bytes', files: ['statm'], scope: 'group', since: '2.6',
    help: 'Resident pages of files and shared memory; they may be used by other tasks too.',
    value: task => pages(task, fromFile(task, 'statm', bytes => decodeStatm(bytes)?.shared)),
  },
  {
    id: 'mem_percent', title: 'MEM%', width: 5, unit: 'percent', files: FROM_STAT, scope: 'group', since: '2.6',
    help: 'Resident memory in percent of the memory of the machine.',
    value: task =>
      task.machine.memoryBytes > 0 ? scale(pages(task, stat(task, S.rss)), 100 / task.machine.memoryBytes) : NOT_READ,
  },
  {
    id: 'run_delay_percent', title: 'DELAY%', width: 6, unit: 'percent', files: ['schedstat'], scope: 'leader', since: '2.6.9', compares: true, byThread: true,
    help: 'Share of the interval that the thread was ready to run but waited for a CPU. For a process with several threads it needs them all: show threads (H).',
    value: task =>
      ownThreadOnly(task, () => scale(fileRate(task, 'schedstat', bytes => decodeSchedstat(bytes)?.delayNs), 100 / 1e9)),
  },
  {
    id: 'vol_ctxt_rate', title: 'VCTX/s', width: 8, unit: 'per-second', files: ['status'], scope: 'leader', since: '2.6.23', compares: true, byThread: true,
    help: 'How often per second the thread gave up the CPU by itself (it waited for something). For a process with several threads it needs them all: show threads (H).',
    value: contextSwitchRate('voluntary_ctxt_switches'),
  },
  {
    id: 'nonvol_ctxt_rate', title: 'NVCTX/s', width: 8, unit: 'per-second', files: ['status'], scope: 'leader', since: '2.6.23', compares: true, byThread: true,
    help: 'How often per second the thread lost the CPU to another one. For a process with several threads it needs them all: show threads (H).',
    value: contextSwitchRate('nonvoluntary_ctxt_switches'),
  },
  {
    id: 'cgroup', title: 'CGROUP', width: 24, unit: 'text', files: ['cgroup'], scope: 'group', since: '2.6.24',
    help: 'Path of its control group: of the unified hierarchy (v2), else the longest of the v1 ones.',
    value: task => fromFile(task, 'cgroup', decodeCgroupPath),
  },
  {
    id: 'container', title: 'CONTAINER', width: 14, unit: 'text', files: ['cgroup'], scope: 'group', since: '2.6.24',
    help: 'The container that its cgroup path names (docker, podman, containerd, cri-o, lxc, machined); empty when none is recognised.',
    value: task => fromFile(task, 'cgroup', bytes => containerOf(decodeCgroupPath(bytes) ?? '') ?? ''),
  },
  {
    id: 'oom_score', title: 'OOM', width: 5, unit: 'integer', files: ['oom_score'], scope: 'group', since: '2.6.11',
    help: 'How likely the out-of-memory killer takes it; larger is likelier. Since Linux 5.9 an idle process with no adjustment shows about 666.',
    value: task =>
      fromFile(task, 'oom_score', bytes => {
        const score = Number.parseInt(latin1(bytes), 10);
        return Number.isNaN(score) ? undefined : score;
      }),
  },
  {
    id: 'read_rate', title: 'READ/s', width: 6, unit: 'bytes-per-second', files: ['io'], scope: 'group', since: '2.6.20', compares: true,
    help: 'Bytes per second that it caused to be read from storage. Needs the right to ptrace the task.',
    value: ioRate('read_bytes'),
  },
  {
    id: 'write_rate', title: 'WRITE/s', width: 7, unit: 'bytes-per-second', files: ['io'], scope: 'group', since: '2.6.20', compares: true,
    help: 'Bytes per second that it caused to be written to storage, counted when the page is made dirty. Needs the right to ptrace the task.',
    value: ioRate('write_bytes'),
  },
  {
    id: 'pss_bytes', title: 'PSS', width: 5, unit: 'bytes', files: ['smaps_rollup'], scope: 'group', since: '4.14',
    help: 'Resident memory with each shared page divided by its users. Dear: the kernel walks the page tables of the task, which slows it down.',
    value: rollup('Pss'),
  },
  {
    id: 'swap_bytes', title: 'SWAP', width: 5, unit: 'bytes', files: ['status'], scope: 'group', since: '2.6.34',
    help: 'Anonymous memory that is swapped out (VmSwap).',
    value: statusMemory('VmSwap'),
  },
  {
    id: 'signals_pending', title: 'PENDING', width: 12, unit: 'text', files: ['status'], scope: 'leader', since: '2.6',
    help: 'Signals that wait to be delivered to the thread or to the process, by name.',
    value: pendingSignals,
  },
  {
    id: 'cpus_allowed', title: 'CPUS', width: 10, unit: 'text', files: ['status'], scope: 'leader', since: '2.6.26',
    help: 'The CPUs it may run on, as a list.',
    value: task => fromFile(task, 'status', bytes => statusValue(bytes, 'Cpus_allowed_list')),
  },
  {
    id: 'blkio_delay', title: 'BLKIO', width: 8, unit: 'seconds', files: FROM_STAT, scope: 'leader', since: '2.6.18',
    help: 'Seconds spent waiting for block I/O since the start. Since Linux 5.14 the kernel counts it only when booted with delayacct or kernel.task_delayacct=1: else 0.',
    value: task => seconds(task, stat(task, S.blkio)),
  },
];

/** The `flags` column in a table: letters, because the mask in hexadecimal says nothing at a glance. */
export const flagsCell = (task: TaskView): string => flagLetters(task.stat(S.flags), task.machine.flags, task.comm);
