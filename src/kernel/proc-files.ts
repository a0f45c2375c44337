/**
 * The files that a task's pages and the machine's page read: since when, who may read them, what they cost, what a read
 * can wait for. fs/proc/base.c (tgid_base_stuff, tid_base_stuff) and the handlers it names; proc(5).
 */
import { releaseNumber } from './release.ts';
import type { Release } from './release.ts';

/**
 * Who may read a file. `owner` is a file mode 0400: the task's effective user (root, when the process is not dumpable).
 * `ptrace-read` and `ptrace-attach` are ptrace_may_access(); Yama restricts only the second.
 */
export type Right =
  'all' | 'owner' | 'ptrace-read' | 'ptrace-attach' | 'CAP_SYS_ADMIN' | 'CAP_SYS_NICE' | 'CAP_SYSLOG' | 'root';

/** Locks that a read may have to wait for while somebody holds them, for ever if that somebody is stuck. */
export type WaitsFor = 'address space' | 'exec' | 'mount namespace' | 'cgroups' | 'resctrl';

export interface ProcFile {
  /** In the task's folder (`fd/*` stands for every name there), or an absolute path for what belongs to the machine. */
  readonly name: string;
  /** First mainline minor; null = 2.6.32 or older. */
  readonly since: string | null;
  /** One right for all releases, or pairs of the first minor and the right from then on, oldest first. */
  readonly right: Right | readonly (readonly [since: string | null, right: Right])[];
  /** The build option, when the file can be absent for want of it. */
  readonly config?: string;
  /** What one read costs the machine: a few numbers; a loop or a stack unwind; a walk over page tables or all sockets. */
  readonly cost: 'cheap' | 'medium' | 'expensive';
  /** Where the file is: under /proc/PID and its task/TID, or only one of them. Absent = both. */
  readonly only?: 'process' | 'thread';
  readonly waitsFor?: WaitsFor;
  readonly meaning: string;
  readonly note?: string;
}

// prettier-ignore
export const TASK_PROC_FILES: readonly ProcFile[] = [
  { name: 'stat',              since: null,     right: 'all',           cost: 'cheap',     meaning: 'state, times, faults, priority and memory in 52 fields', note: 'addresses and the wait channel are hidden without ptrace-read' },
  { name: 'status',            since: null,     right: 'all',           cost: 'cheap',     meaning: 'identity, memory, signals, capabilities and CPUs by key' },
  { name: 'statm',             since: null,     right: 'all',           cost: 'cheap',     meaning: 'memory in pages' },
  { name: 'wchan',             since: null,     right: [[null, 'all'], ['4.4', 'ptrace-read']], config: 'CONFIG_KALLSYMS', cost: 'medium', meaning: 'the kernel function that the task sleeps in', note: 'without the right it reads 0 instead of failing' },
  { name: 'stack',             since: null,     right: [[null, 'owner'], ['2.6.39', 'ptrace-attach'], ['4.19', 'CAP_SYS_ADMIN']], config: 'CONFIG_STACKTRACE', cost: 'medium', waitsFor: 'exec', meaning: 'the kernel stack of the task', note: 'late point releases of 4.14 and 4.18 already ask for CAP_SYS_ADMIN; a task that runs may show nothing or nonsense' },
  { name: 'syscall',           since: null,     right: [[null, 'owner'], ['2.6.39', 'ptrace-attach']], config: 'CONFIG_HAVE_ARCH_TRACEHOOK', cost: 'cheap', waitsFor: 'exec', meaning: 'the system call that the task is in, with its arguments' },
  { name: 'personality',       since: null,     right: [[null, 'owner'], ['2.6.39', 'ptrace-attach']], cost: 'cheap', waitsFor: 'exec', meaning: 'execution domain and its flags' },
  { name: 'comm',              since: '2.6.33', right: 'all',           cost: 'cheap',     meaning: 'the name of the task' },
  { name: 'cmdline',           since: null,     right: 'all',           cost: 'cheap',     waitsFor: 'address space', meaning: 'the arguments, from the memory of the process' },
  { name: 'environ',           since: null,     right: 'ptrace-read',   cost: 'cheap',     waitsFor: 'address space', meaning: 'the environment that the program was started with' },
  { name: 'auxv',              since: null,     right: 'ptrace-read',   cost: 'cheap',     waitsFor: 'exec', meaning: 'what the kernel told the program at its start' },
  { name: 'exe',               since: null,     right: 'ptrace-read',   cost: 'cheap',     meaning: 'link to the program' },
  { name: 'cwd',               since: null,     right: 'ptrace-read',   cost: 'cheap',     meaning: 'link to the current folder' },
  { name: 'root',              since: null,     right: 'ptrace-read',   cost: 'cheap',     meaning: 'link to the root folder' },
  { name: 'fd/*',              since: null,     right: 'ptrace-read',   cost: 'medium',    meaning: 'links to the open files' },
  { name: 'fdinfo/*',          since: null,     right: [[null, 'owner'], ['5.14', 'ptrace-read']], cost: 'medium', meaning: 'position, flags and locks of an open file' },
  { name: 'map_files/*',       since: '3.3',    right: 'ptrace-read',   cost: 'medium',    only: 'process', waitsFor: 'address space', meaning: 'links to the mapped files', note: 'up to 4.2 only with CONFIG_CHECKPOINT_RESTORE' },
  { name: 'ns/*',              since: '3.0',    right: 'ptrace-read',   cost: 'cheap',     meaning: 'the namespaces of the task', note: 'links with inode numbers since 3.8' },
  { name: 'net/*',             since: null,     right: 'all',           config: 'CONFIG_NET', cost: 'expensive', meaning: 'sockets, routes and counters of its network namespace' },
  { name: 'maps',              since: null,     right: 'ptrace-read',   cost: 'medium',    waitsFor: 'address space', meaning: 'the mappings of the address space' },
  { name: 'smaps',             since: null,     right: 'ptrace-read',   config: 'CONFIG_PROC_PAGE_MONITOR', cost: 'expensive', waitsFor: 'address space', meaning: 'memory use of each mapping' },
  { name: 'smaps_rollup',      since: '4.14',   right: 'ptrace-read',   config: 'CONFIG_PROC_PAGE_MONITOR', cost: 'expensive', waitsFor: 'address space', meaning: 'memory use of all mappings together' },
  { name: 'pagemap',           since: null,     right: 'ptrace-read',   config: 'CONFIG_PROC_PAGE_MONITOR', cost: 'expensive', waitsFor: 'address space', meaning: 'the state of each page', note: 'frame numbers only with CAP_SYS_ADMIN; 4.0 to 4.2 refuse the open without it' },
  { name: 'numa_maps',         since: null,     right: 'ptrace-read',   config: 'CONFIG_NUMA', cost: 'expensive', waitsFor: 'address space', meaning: 'memory by NUMA node' },
  { name: 'io',                since: null,     right: [[null, 'all'], ['3.0', 'ptrace-read']], config: 'CONFIG_TASK_IO_ACCOUNTING', cost: 'medium', waitsFor: 'exec', meaning: 'bytes and calls read and written' },
  { name: 'limits',            since: null,     right: [[null, 'owner'], ['2.6.36', 'all']], cost: 'cheap', meaning: 'the resource limits of the process' },
  { name: 'sched',             since: null,     right: 'all',           config: 'CONFIG_SCHED_DEBUG up to 6.14', cost: 'cheap', meaning: 'what the scheduler counts for the task' },
  { name: 'schedstat',         since: null,     right: 'all',           config: 'CONFIG_SCHED_INFO', cost: 'cheap', meaning: 'nanoseconds on a CPU and waiting for one, time slices' },
  { name: 'autogroup',         since: '2.6.38', right: 'all',           config: 'CONFIG_SCHED_AUTOGROUP', cost: 'cheap', only: 'process', meaning: 'the session group that shares CPU time, and its nice value' },
  { name: 'latency',           since: null,     right: 'all',           config: 'CONFIG_LATENCYTOP', cost: 'cheap', meaning: 'the longest waits and where they were' },
  { name: 'cgroup',            since: null,     right: 'all',           config: 'CONFIG_CGROUPS', cost: 'cheap', waitsFor: 'cgroups', meaning: 'the control groups of the task' },
  { name: 'cpuset',            since: null,     right: 'all',           config: 'CONFIG_PROC_PID_CPUSET', cost: 'cheap', waitsFor: 'cgroups', meaning: 'the cpuset of the task' },
  { name: 'oom_score',         since: null,     right: 'all',           cost: 'cheap',     meaning: 'how soon the task is killed when memory runs out' },
  { name: 'oom_score_adj',     since: '2.6.36', right: 'all',           cost: 'cheap',     meaning: 'the adjustment of that, -1000 (never) to 1000' },
  { name: 'oom_adj',           since: null,     right: 'all',           cost: 'cheap',     meaning: 'the same in the old scale, -17 to 15' },
  { name: 'mounts',            since: null,     right: 'all',           cost: 'medium',    waitsFor: 'mount namespace', meaning: 'the mounts that the task sees' },
  { name: 'mountinfo',         since: null,     right: 'all',           cost: 'medium',    waitsFor: 'mount namespace', meaning: 'the mounts that the task sees, with their roots and ids' },
  { name: 'mountstats',        since: null,     right: 'owner',         cost: 'medium',    only: 'process', waitsFor: 'mount namespace', meaning: 'counters of NFS mounts' },
  { name: 'children',          since: '3.5',    right: 'all',           config: 'CONFIG_PROC_CHILDREN (CONFIG_CHECKPOINT_RESTORE up to 4.1)', cost: 'medium', only: 'thread', meaning: 'the children of the thread', note: 'may miss some unless the task is stopped' },
  { name: 'timers',            since: '3.10',   right: 'all',           config: 'CONFIG_CHECKPOINT_RESTORE', cost: 'cheap', only: 'process', meaning: 'the POSIX timers of the process' },
  { name: 'timerslack_ns',     since: '4.6',    right: [[null, 'ptrace-attach'], ['4.9', 'CAP_SYS_NICE']], cost: 'cheap', only: 'process', meaning: 'how late a timer may fire, in nanoseconds' },
  { name: 'timens_offsets',    since: '5.6',    right: 'all',           config: 'CONFIG_TIME_NS', cost: 'cheap', only: 'process', meaning: 'clock offsets of the time namespace of its children' },
  { name: 'uid_map',           since: '3.5',    right: 'all',           config: 'CONFIG_USER_NS', cost: 'cheap', meaning: 'user ids of its user namespace' },
  { name: 'gid_map',           since: '3.5',    right: 'all',           config: 'CONFIG_USER_NS', cost: 'cheap', meaning: 'group ids of its user namespace' },
  { name: 'setgroups',         since: '3.19',   right: 'all',           config: 'CONFIG_USER_NS', cost: 'cheap', meaning: 'may its user namespace call setgroups()?' },
  { name: 'loginuid',          since: null,     right: 'all',           config: 'CONFIG_AUDIT', cost: 'cheap', meaning: 'the user that logged in, for auditing; 4294967295 = nobody' },
  { name: 'sessionid',         since: null,     right: 'all',           config: 'CONFIG_AUDIT', cost: 'cheap', meaning: 'the audit session; 4294967295 = none' },
  { name: 'attr/*',            since: null,     right: 'all',           config: 'CONFIG_SECURITY', cost: 'cheap', meaning: 'what the security module says of the task', note: 'fails with EINVAL when no module answers' },
  { name: 'coredump_filter',   since: null,     right: 'all',           config: 'CONFIG_ELF_CORE', cost: 'cheap', only: 'process', meaning: 'which mappings a core dump holds' },
  { name: 'patch_state',       since: '4.12',   right: 'owner',         config: 'CONFIG_LIVEPATCH', cost: 'cheap', meaning: 'live patching: -1 none under way, 0 unpatched, 1 patched' },
  { name: 'arch_status',       since: '5.3',    right: 'all',           config: 'CONFIG_PROC_PID_ARCH_STATUS (x86)', cost: 'cheap', meaning: 'time since the last use of AVX-512' },
  { name: 'cpu_resctrl_groups', since: '5.6',   right: 'all',           config: 'CONFIG_PROC_CPU_RESCTRL', cost: 'cheap', waitsFor: 'resctrl', meaning: 'cache and bandwidth groups' },
  { name: 'seccomp_cache',     since: '5.11',   right: 'CAP_SYS_ADMIN', config: 'CONFIG_SECCOMP_CACHE_DEBUG', cost: 'medium', meaning: 'system calls that its seccomp filter always allows' },
  { name: 'ksm_merging_pages', since: '5.19',   right: 'owner',         config: 'CONFIG_KSM', cost: 'cheap', meaning: 'pages shared with equal ones' },
  { name: 'ksm_stat',          since: '6.1',    right: 'owner',         config: 'CONFIG_KSM', cost: 'cheap', waitsFor: 'address space', meaning: 'what merging of equal pages brings' },
  { name: 'stack_depth',       since: '4.20',   right: 'all',           config: 'CONFIG_STACKLEAK_METRICS', cost: 'cheap', only: 'process', meaning: 'how deep the kernel stack was' },
];

// prettier-ignore
export const MACHINE_FILES: readonly ProcFile[] = [
  { name: '/dev/kmsg',                     since: '3.5',  right: 'CAP_SYSLOG', config: 'CONFIG_PRINTK', cost: 'cheap', meaning: 'the kernel log, record by record', note: 'open to everybody while kernel.dmesg_restrict is 0' },
  { name: '/proc/stat',                    since: null,   right: 'all',  cost: 'medium', meaning: 'CPU times, interrupts, context switches and forks since boot' },
  { name: '/proc/vmstat',                  since: null,   right: 'all',  cost: 'cheap',  meaning: 'counters of the memory management' },
  { name: '/proc/meminfo',                 since: null,   right: 'all',  cost: 'cheap',  meaning: 'memory of the machine' },
  { name: '/proc/interrupts',              since: null,   right: 'all',  cost: 'medium', meaning: 'interrupts by line and CPU' },
  { name: '/proc/softirqs',                since: null,   right: 'all',  cost: 'cheap',  meaning: 'soft interrupts by kind and CPU' },
  { name: '/proc/locks',                   since: null,   right: 'all',  config: 'CONFIG_FILE_LOCKING', cost: 'medium', meaning: 'file locks held and waited for' },
  { name: '/proc/cgroups',                 since: null,   right: 'all',  config: 'CONFIG_CGROUPS', cost: 'cheap', meaning: 'the controllers of control groups' },
  { name: '/proc/schedstat',               since: null,   right: 'all',  config: 'CONFIG_SCHEDSTATS', cost: 'medium', meaning: 'scheduler counters by CPU' },
  { name: '/proc/pressure/*',              since: '4.20', right: 'all',  config: 'CONFIG_PSI', cost: 'cheap', meaning: 'how long tasks waited for CPU, memory, I/O', note: 'absent, or failing on read, when switched off at boot (psi=0)' },
  { name: '/sys/kernel/kexec_loaded',      since: null,   right: 'all',  config: 'CONFIG_KEXEC_CORE (CONFIG_KEXEC up to 4.2)', cost: 'cheap', meaning: '1: another kernel is loaded for a fast reboot', note: 'since 6.19 also /sys/kernel/kexec/loaded' },
  { name: '/sys/kernel/kexec_crash_loaded', since: null,  right: 'all',  config: 'CONFIG_CRASH_DUMP (CONFIG_KEXEC_CORE up to 6.8, CONFIG_KEXEC up to 4.2)', cost: 'cheap', meaning: '1: a crash kernel is loaded', note: 'since 6.19 also /sys/kernel/kexec/crash_loaded' },
  { name: '/sys/kernel/kexec_crash_size',  since: '2.6.33', right: 'all', config: 'CONFIG_CRASH_DUMP (CONFIG_KEXEC_CORE up to 6.8, CONFIG_KEXEC up to 4.2)', cost: 'cheap', meaning: 'bytes reserved for a crash kernel', note: 'since 6.19 also /sys/kernel/kexec/crash_size' },
  { name: '/sys/kernel/debug/dynamic_debug/control', since: null, right: 'root', config: 'CONFIG_DYNAMIC_DEBUG and debugfs', cost: 'expensive', meaning: 'which debug messages are switched on' },
  { name: '/proc/dynamic_debug/control',   since: '5.7',  right: 'all',  config: 'CONFIG_DYNAMIC_DEBUG', cost: 'expensive', meaning: 'which debug messages are switched on' },
];

const BY_NAME = new Map([...TASK_PROC_FILES, ...MACHINE_FILES].map(file => [file.name, file]));

/**
 * The facts of a path as a page asks for it: `stack`, `fd/3`, `task/12/stack`, `/proc/pressure/cpu`; undefined for what
 * is not in the tables.
 */
export function procFile(path: string): ProcFile | undefined {
  const name = path.replace(/^task\/\d+\//, '');
  return BY_NAME.get(name) ?? BY_NAME.get(name.replace(/\/[^/]*$/, '/*'));
}

/** The right that shows the file in this release; that of the newest when the release is unknown. */
export function rightFor(file: ProcFile, release: Release | string): Right {
  if (typeof file.right === 'string') return file.right;
  const number = releaseNumber(release);
  const held = file.right.findLast(([since]) => since === null || !(number < releaseNumber(since)));
  return held?.[1] ?? 'all';
}

/** Does this release have the file, as far as its age tells? */
export function hasFile(file: ProcFile, release: Release | string): boolean {
  return file.since === null || !(releaseNumber(release) < releaseNumber(file.since));
}
