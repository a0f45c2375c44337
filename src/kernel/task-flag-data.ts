/**
 * The PF_ bits of a task: every (bit, name) pair that mainline had from 2.6.32 to 6.19, ordered by bit, then release.
 * include/linux/sched.h; field 9 of /proc/PID/stat; `task_flags:` of kernel log lines.
 * Read for every minor but 5.1, 5.13, 6.15 and 6.16: of the boundaries below, the first release of PF_MEMALLOC_NOCMA,
 * the first of PF_MEMALLOC_PIN and the last of PF_MUTEX_TESTER rest on these and may be off by one minor.
 */
export interface TaskFlag {
  /** One bit, unsigned: 1 … 0x80000000. */
  readonly mask: number;
  /** As the kernel spells it: `PF_KTHREAD`. */
  readonly name: string;
  /** Its letter in the packed strip: one printable ASCII character, unique within a release. */
  readonly letter: string;
  readonly meaning: string;
  /** First and last mainline minor that has the pair; `2.6.32` may mean older, null = still there in 6.19. */
  readonly first: string;
  readonly last: string | null;
  /** Where releases differ: moved bits, backports. */
  readonly note?: string;
}

// prettier-ignore
export const TASK_FLAGS: readonly TaskFlag[] = [
  { mask: 0x00000001, name: 'PF_ALIGNWARN',          letter: 'v', first: '2.6.32', last: '2.6.36', meaning: 'alignment-fault warnings were asked for this task' },
  { mask: 0x00000001, name: 'PF_KSOFTIRQD',          letter: 'd', first: '2.6.37', last: '2.6.38', meaning: 'a ksoftirqd thread (for interrupt time accounting)' },
  { mask: 0x00000001, name: 'PF_VCPU',               letter: 'V', first: '5.10',   last: null,     meaning: 'executing a virtual CPU right now (guest mode): its time counts as guest time', note: 'was 0x00000010 up to 5.9' },
  { mask: 0x00000002, name: 'PF_STARTING',           letter: 'j', first: '2.6.32', last: '3.2',    meaning: 'still being created by fork' },
  { mask: 0x00000002, name: 'PF_IDLE',               letter: 'i', first: '4.10',   last: null,     meaning: 'an idle task: the per-CPU swapper or a forced-idle (play_idle) thread' },
  { mask: 0x00000004, name: 'PF_EXITING',            letter: 'X', first: '2.6.32', last: null,     meaning: 'inside do_exit(): being taken down' },
  { mask: 0x00000008, name: 'PF_EXITPIDONE',         letter: 'p', first: '2.6.32', last: '5.4',    meaning: 'exit has finished the futex and priority-inheritance part of the teardown', note: 'late point releases of 4.4, 4.9, 4.14, 4.19 and 5.4 never set it (futex rework backported)' },
  { mask: 0x00000008, name: 'PF_POSTCOREDUMP',       letter: 'p', first: '5.16',   last: null,     meaning: 'past the core dump point: a core dump ignores it from here on', note: 'every exiting task gets it, dump or not' },
  { mask: 0x00000010, name: 'PF_VCPU',               letter: 'V', first: '2.6.32', last: '5.9',    meaning: 'executing a virtual CPU right now (guest mode): its time counts as guest time', note: 'is 0x00000001 since 5.10' },
  { mask: 0x00000010, name: 'PF_IO_WORKER',          letter: 'I', first: '5.10',   last: null,     meaning: 'io_uring/io-wq worker thread', note: 'was 0x20000000 from 5.5 to 5.9' },
  { mask: 0x00000020, name: 'PF_WQ_WORKER',          letter: 'W', first: '2.6.36', last: null,     meaning: 'workqueue worker thread (kworker/*)' },
  { mask: 0x00000040, name: 'PF_FORKNOEXEC',         letter: 'N', first: '2.6.32', last: null,     meaning: 'forked but has not called exec since; always set on kernel threads' },
  { mask: 0x00000080, name: 'PF_MCE_PROCESS',        letter: 'c', first: '2.6.32', last: null,     meaning: 'has its own memory-error kill policy (prctl); PF_MCE_EARLY says which' },
  { mask: 0x00000100, name: 'PF_SUPERPRIV',          letter: 'S', first: '2.6.32', last: null,     meaning: 'used a super-user privilege (capability) at least once' },
  { mask: 0x00000200, name: 'PF_DUMPCORE',           letter: 'D', first: '2.6.32', last: null,     meaning: 'was killed with, or is writing, a core dump' },
  { mask: 0x00000400, name: 'PF_SIGNALED',           letter: 'G', first: '2.6.32', last: null,     meaning: 'killed by a signal' },
  { mask: 0x00000800, name: 'PF_MEMALLOC',           letter: 'M', first: '2.6.32', last: null,     meaning: 'allocating memory in order to free memory: may use the emergency reserves' },
  { mask: 0x00001000, name: 'PF_FLUSHER',            letter: 'l', first: '2.6.32', last: '2.6.36', meaning: 'responsible for disk writeback (old pdflush / flusher threads)' },
  { mask: 0x00001000, name: 'PF_NPROC_EXCEEDED',     letter: 'L', first: '3.1',    last: null,     meaning: 'set*id() went over RLIMIT_NPROC; the next execve() fails with EAGAIN' },
  { mask: 0x00002000, name: 'PF_USED_MATH',          letter: 'm', first: '2.6.32', last: null,     meaning: 'its FPU state is initialised; if clear, the FPU is set up before its first use' },
  { mask: 0x00004000, name: 'PF_FREEZING',           letter: 'f', first: '2.6.32', last: '3.2',    meaning: 'freeze request is pending for this task' },
  { mask: 0x00004000, name: 'PF_USED_ASYNC',         letter: 'a', first: '3.8',    last: '5.16',   meaning: 'used async_schedule() during module init: the load must wait for it', note: 'gone in late 5.15 point releases (5.15.16 has it, 5.15.100 not)' },
  { mask: 0x00004000, name: 'PF_USER_WORKER',        letter: 'U', first: '6.4',    last: null,     meaning: 'kernel thread cloned from a user task (vhost, io_uring): shows as a thread of that process' },
  { mask: 0x00008000, name: 'PF_NOFREEZE',           letter: 'Z', first: '2.6.32', last: null,     meaning: 'must never be frozen (suspend, hibernate)', note: 'zombies have it too' },
  { mask: 0x00010000, name: 'PF_FROZEN',             letter: 'z', first: '2.6.32', last: '6.0',    meaning: 'frozen for system suspend' },
  { mask: 0x00010000, name: 'PF_KCOMPACTD',          letter: 'C', first: '6.14',   last: null,     meaning: 'the kcompactd memory compaction thread', note: 'backported: 6.13.7 and 6.12.117 have it, 6.13.2, 6.12.0 and 6.1.192 not' },
  { mask: 0x00020000, name: 'PF_FSTRANS',            letter: 'x', first: '2.6.32', last: '4.11',   meaning: 'inside a file-system transaction: reclaim must not re-enter the file system' },
  { mask: 0x00020000, name: 'PF_KSWAPD',             letter: 'Q', first: '4.12',   last: null,     meaning: 'the kswapd page reclaim thread', note: 'was 0x00040000 up to 4.11' },
  { mask: 0x00040000, name: 'PF_KSWAPD',             letter: 'Q', first: '2.6.32', last: '4.11',   meaning: 'the kswapd page reclaim thread', note: 'is 0x00020000 since 4.12' },
  { mask: 0x00040000, name: 'PF_MEMALLOC_NOFS',      letter: 'F', first: '4.12',   last: null,     meaning: 'all its allocations act as GFP_NOFS (no file-system re-entry)' },
  { mask: 0x00080000, name: 'PF_OOM_ORIGIN',         letter: 'q', first: '2.6.32', last: '2.6.39', meaning: 'allocating a lot on purpose (swapoff, ksm unmerge): the OOM killer prefers it' },
  { mask: 0x00080000, name: 'PF_MEMALLOC_NOIO',      letter: 'O', first: '3.9',    last: null,     meaning: 'all its allocations act as GFP_NOIO (no block IO started)' },
  { mask: 0x00100000, name: 'PF_LESS_THROTTLE',      letter: 'T', first: '2.6.32', last: '5.7',    meaning: 'throttled less when dirtying pages, as it cleans memory (loop, nfsd)' },
  { mask: 0x00100000, name: 'PF_LOCAL_THROTTLE',     letter: 'T', first: '5.8',    last: null,     meaning: 'throttles its writes only against the target backing device (loop, nfsd)' },
  { mask: 0x00200000, name: 'PF_KTHREAD',            letter: 'K', first: '2.6.32', last: null,     meaning: 'kernel thread: no user address space of its own' },
  { mask: 0x00400000, name: 'PF_RANDOMIZE',          letter: 'R', first: '2.6.32', last: null,     meaning: 'its virtual address space layout is randomised (set at exec; cleared by setarch -R)' },
  { mask: 0x00800000, name: 'PF_SWAPWRITE',          letter: 'r', first: '2.6.32', last: '5.17',   meaning: 'allowed to write to swap during reclaim' },
  { mask: 0x00800000, name: 'PF_MEMALLOC_NORECLAIM', letter: 'y', first: '6.9',    last: '6.11',   meaning: 'its allocations do no direct reclaim' },
  { mask: 0x01000000, name: 'PF_SPREAD_PAGE',        letter: 'g', first: '2.6.32', last: '3.16',   meaning: 'cpuset asks to spread page cache over memory nodes', note: 'the removal (the bits moved out of the flags) was sent to stable too: late point releases of 3.2 to 3.16 may lack it' },
  { mask: 0x01000000, name: 'PF_MEMSTALL',           letter: 'h', first: '4.20',   last: '5.6',    meaning: 'stalled for lack of memory, counted by PSI (a bit field outside of the flags since 5.7)' },
  { mask: 0x01000000, name: 'PF_MEMALLOC_NOWARN',    letter: 'w', first: '6.9',    last: '6.11',   meaning: 'its allocations act as __GFP_NOWARN: no warning when they fail' },
  { mask: 0x02000000, name: 'PF_SPREAD_SLAB',        letter: 'b', first: '2.6.32', last: '3.16',   meaning: 'cpuset asks to spread some slab caches over memory nodes', note: 'the removal (the bits moved out of the flags) was sent to stable too: late point releases of 3.2 to 3.16 may lack it' },
  { mask: 0x02000000, name: 'PF_UMH',                letter: 'u', first: '5.0',    last: '5.8',    meaning: 'user-mode helper process with a cleanup hook (bpfilter)' },
  { mask: 0x04000000, name: 'PF_THREAD_BOUND',       letter: 'A', first: '2.6.32', last: '3.9',    meaning: 'kernel thread bound to one CPU; affinity cannot be changed', note: 'called PF_NO_SETAFFINITY since 3.10' },
  { mask: 0x04000000, name: 'PF_NO_SETAFFINITY',     letter: 'A', first: '3.10',   last: null,     meaning: 'user space is not allowed to change its CPU mask (per-CPU kthreads, kworkers)', note: 'called PF_THREAD_BOUND up to 3.9' },
  { mask: 0x08000000, name: 'PF_MCE_EARLY',          letter: 'e', first: '2.6.32', last: null,     meaning: 'early kill for memory errors: killed when the page is found bad, not when touched' },
  { mask: 0x10000000, name: 'PF_MEMPOLICY',          letter: 'o', first: '2.6.32', last: '3.14',   meaning: 'has a NUMA memory policy different from the default' },
  { mask: 0x10000000, name: 'PF_MEMALLOC_NOCMA',     letter: 'P', first: '5.1',    last: '5.12',   meaning: 'all its allocations keep out of movable CMA memory' },
  { mask: 0x10000000, name: 'PF_MEMALLOC_PIN',       letter: 'P', first: '5.13',   last: null,     meaning: 'its allocations avoid memory where long-term pins are not allowed' },
  { mask: 0x20000000, name: 'PF_MUTEX_TESTER',       letter: 't', first: '2.6.32', last: '5.0',    meaning: 'belongs to the rt-mutex self-test' },
  { mask: 0x20000000, name: 'PF_IO_WORKER',          letter: 'I', first: '5.5',    last: '5.9',    meaning: 'io_uring/io-wq worker thread', note: 'is 0x00000010 since 5.10' },
  { mask: 0x20000000, name: 'PF_BLOCK_TS',           letter: 'B', first: '6.9',    last: null,     meaning: 'its block plug holds a cached time stamp, dropped when it is scheduled out' },
  { mask: 0x40000000, name: 'PF_FREEZER_SKIP',       letter: 'k', first: '2.6.32', last: '6.0',    meaning: 'the freezer should not count this task as freezable' },
  { mask: 0x80000000, name: 'PF_FREEZER_NOSIG',      letter: 'n', first: '2.6.32', last: '3.2',    meaning: 'the freezer must not send it fake signals' },
  { mask: 0x80000000, name: 'PF_SUSPEND_TASK',       letter: 's', first: '3.11',   last: null,     meaning: 'the thread that runs the system suspend; must not be frozen itself' },
];

/** A mainline flag that stable point releases of older minors got too: it counts there for tasks whose comm begins so. */
export interface BackportedFlag {
  readonly name: string;
  readonly mask: number;
  readonly first: string;
  readonly last: string;
  readonly comm: string;
}

// 6.12.0 has no such bit, 6.12.117 has; /proc cannot say which of the two runs, the thread's name can.
export const BACKPORTED_FLAGS: readonly BackportedFlag[] = [
  { name: 'PF_KCOMPACTD', mask: 0x00010000, first: '6.12', last: '6.13', comm: 'kcompactd' },
];

/** Bits seen in vendor trees only: no table holds them, but they may explain an unknown bit. */
// prettier-ignore
export const VENDOR_FLAGS: readonly { readonly mask: number; readonly name: string; readonly note: string }[] = [
  { mask: 0x00000001, name: 'PF_IN_SOFTIRQ', note: 'PREEMPT_RT patch sets (seen in a 3.8.13 and a 4.18-rt tree): running a softirq' },
  { mask: 0x00080000, name: 'PF_STOMPER',    note: 'seen in one 3.8.13 vendor tree only' },
];
