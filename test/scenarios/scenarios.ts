/**
 * The situations that the monitor must explain, as programs that make them: `PROGRAM SECONDS MODE…`.
 *
 * Whether this machine permits one is known when it was tried: the program then says `{"ready":false,"cannot":"…"}`,
 * and startScenario gives `{ cannot }`. `needs` is for the reader.
 */

/** What the monitor should say of it. */
export type FindingId =
  | 'cgroup-throttled'
  | 'fault-storm'
  | 'false-zombie'
  | 'fork-churn'
  | 'fork-no-exec'
  | 'frozen'
  | 'kworker-burn'
  | 'leak'
  | 'memalloc-held'
  | 'rt-hog'
  | 'signal-blocked'
  | 'starved'
  | 'stopped'
  | 'stuck-in-d'
  | 'stuck-in-exit'
  | 'superpriv-gained'
  | 'thrash'
  | 'thread-storm'
  | 'zombies';

export interface Scenario {
  readonly name: string;
  /** test/scenarios/PROGRAM.c */
  readonly program: string;
  /** After the seconds. */
  readonly mode: readonly string[];
  /** What is to be seen, in the kernel's words. */
  readonly shows: string;
  /** Of the first pid; null where nothing is wrong. */
  readonly expect: FindingId | null;
  /** Of the second pid. */
  readonly expectSecond?: FindingId;
  /** The right that it takes, null for none. */
  readonly needs: string | null;
}

export const scenarios = [
  {
    name: 'fault-storm',
    program: 'fault-storm',
    mode: [],
    shows: 'minor faults at a high rate, mostly system time, RES flat',
    expect: 'fault-storm',
    needs: null,
  },
  {
    name: 'fork-churn',
    program: 'fork-churn',
    mode: [],
    shows: 'hundreds of short-lived children a second: seen in last_pid and in the forks of /proc/stat, not as tasks',
    expect: 'fork-churn',
    needs: null,
  },
  {
    name: 'vfork-leader',
    program: 'vfork-wait',
    mode: ['leader'],
    shows: 'state D for good in kernel_clone (wait_for_vfork_done)',
    expect: 'stuck-in-d',
    needs: null,
  },
  {
    name: 'vfork-thread',
    program: 'vfork-wait',
    mode: ['thread'],
    shows: 'a leader that sleeps and a thread in D',
    expect: 'stuck-in-d',
    needs: null,
  },
  {
    name: 'page-read',
    program: 'fuse-wait',
    mode: ['page'],
    shows: 'state D in folio_wait_bit_common: a page fault on a file whose server is silent',
    expect: 'stuck-in-d',
    needs: '/dev/fuse and the right to mount, if in a user namespace',
  },
  {
    name: 'fuse-request',
    program: 'fuse-wait',
    mode: ['request'],
    shows: 'state D in request_wait_answer: fsync on a file whose server is silent',
    expect: 'stuck-in-d',
    needs: '/dev/fuse and the right to mount, if in a user namespace',
  },
  {
    name: 'frozen-v1',
    program: 'frozen',
    mode: ['v1'],
    shows: 'state D in __refrigerator: frozen, not stuck',
    expect: 'frozen',
    needs: 'the freezer controller of cgroup v1, writable',
  },
  {
    name: 'frozen-v2',
    program: 'frozen',
    mode: ['v2'],
    shows: 'state S in do_freezer_trap (or its caller get_signal); frozen 1 in cgroup.events',
    expect: 'frozen',
    needs: 'a writable cgroup v2',
  },
  {
    name: 'zombies',
    program: 'zombies',
    mode: [],
    shows: 'five zombies owed by one parent that sleeps',
    expect: 'zombies',
    needs: null,
  },
  {
    name: 'false-zombie',
    program: 'false-zombie',
    mode: [],
    shows: 'a leader in Z with PF_EXITING; num_threads 3, one thread in D, one in S',
    expect: 'false-zombie',
    needs: null,
  },
  {
    name: 'rt-hog',
    program: 'rt-hog',
    mode: [],
    shows: 'SCHED_FIFO 10 with 93 % of one CPU, and a common task of the same CPU in R without progress',
    expect: 'rt-hog',
    expectSecond: 'starved',
    needs: 'CAP_SYS_NICE or RLIMIT_RTPRIO',
  },
  {
    name: 'leak',
    program: 'leak',
    mode: [],
    shows: 'RES and RssAnon grow by 1 MiB a second, with the minor faults of first touch',
    expect: 'leak',
    needs: null,
  },
  {
    name: 'lock-convoy',
    program: 'thread-storm',
    mode: ['convoy'],
    shows: '200 threads and forty more a second, all in one futex wait',
    expect: 'thread-storm',
    needs: null,
  },
  {
    name: 'thread-churn',
    program: 'thread-storm',
    mode: ['churn'],
    shows: '250 short threads a second: the count is flat, the TIDs climb',
    expect: 'thread-storm',
    needs: null,
  },
  {
    name: 'signal-blocked',
    program: 'signal-blocked',
    mode: ['process'],
    shows: 'SIGTERM in ShdPnd and in SigBlk of both threads',
    expect: 'signal-blocked',
    needs: null,
  },
  {
    name: 'signal-blocked-thread',
    program: 'signal-blocked',
    mode: ['thread'],
    shows: 'SIGTERM in SigPnd and SigBlk of the second thread alone',
    expect: 'signal-blocked',
    needs: null,
  },
  {
    name: 'fork-no-exec-pipe',
    program: 'fork-no-exec',
    mode: ['pipe'],
    shows: 'PF_FORKNOEXEC on a child that waits for a pipe',
    expect: 'fork-no-exec',
    needs: null,
  },
  {
    name: 'fork-no-exec-futex',
    program: 'fork-no-exec',
    mode: ['futex'],
    shows: 'PF_FORKNOEXEC on a child that waits for a lock which a thread of its parent held at the fork',
    expect: 'fork-no-exec',
    needs: null,
  },
  {
    name: 'cgroup-throttled',
    program: 'cgroup-throttled',
    mode: [],
    shows: 'nr_throttled grows; a task in R that gets 10 % of a CPU',
    expect: 'cgroup-throttled',
    needs: 'a writable cgroup with the cpu controller, v1 or v2',
  },
  {
    name: 'major-faults',
    program: 'major-faults',
    mode: [],
    shows: 'major faults at a high rate on the same 8 MiB',
    expect: 'thrash',
    needs: 'a file system on a disk in TMPDIR or /var/tmp',
  },
  {
    name: 'stopped',
    program: 'stopped',
    mode: ['signal'],
    shows: 'state T by SIGSTOP',
    expect: 'stopped',
    needs: null,
  },
  {
    name: 'traced',
    program: 'stopped',
    mode: ['trace'],
    shows: 'state t, TracerPid set',
    expect: 'stopped',
    needs: 'ptrace of a child',
  },
  {
    name: 'exit-in-flush',
    program: 'fuse-wait',
    mode: ['exit'],
    shows: 'PF_EXITING and PF_SIGNALED in D, no memory: killed, and the close of a file is never answered',
    expect: 'stuck-in-exit',
    needs: '/dev/fuse and the right to mount, if in a user namespace',
  },
  {
    name: 'exit-of-pid-namespace',
    program: 'pidns-exit',
    mode: [],
    shows: 'PF_EXITING and PF_SIGNALED in S, no memory, in zap_pid_ns_processes',
    expect: 'stuck-in-exit',
    needs: 'CAP_SYS_ADMIN or user namespaces',
  },
  {
    name: 'kworker-burn',
    program: 'kworker-burn',
    mode: [],
    shows:
      'kworkers (events_unbound) that use most of a CPU for system time: the work of a pseudo terminal; the pid is its user',
    expect: 'kworker-burn',
    needs: null,
  },
  {
    name: 'memalloc-held',
    program: 'io-flusher',
    mode: [],
    shows: 'PF_MEMALLOC_NOIO and PF_LOCAL_THROTTLE on a user task that sleeps',
    expect: 'memalloc-held',
    needs: 'CAP_SYS_RESOURCE, Linux 5.6',
  },
  {
    name: 'superpriv',
    program: 'superpriv',
    mode: ['5'],
    shows: 'PF_SUPERPRIV appears five seconds after the start; comm changes then, too',
    expect: 'superpriv-gained',
    needs: 'CAP_SYS_CHROOT or user namespaces',
  },
  {
    name: 'sequence',
    program: 'sequence',
    mode: ['sleep', 'burn', 'stop', 'cont', 'sleep', 'nice=5', 'policy=batch', 'cpu=0', 'name=renamed', 'exec=other'],
    shows: 'one task through states, nice, policy, affinity and names, with the time of each change on stdout',
    expect: null,
    needs: null,
  },
  {
    name: 'exec-rename',
    program: 'sequence',
    mode: ['exec=first', 'exec=second', 'exec=third'],
    shows: 'comm changes by exec, the PID and its start time stay',
    expect: null,
    needs: null,
  },
  {
    name: 'healthy',
    program: 'healthy',
    mode: [],
    shows: 'sleeping daemons, a burst of short tasks, a service restarted in order: nothing to find',
    expect: null,
    needs: null,
  },
] as const satisfies readonly Scenario[];

export type ScenarioName = (typeof scenarios)[number]['name'];
