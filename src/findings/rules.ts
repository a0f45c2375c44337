/**
 * The rules that are shipped. A machine that is idle, or busy with what machines do (a build, backups, restarts, servers
 * that fork, a debugger, a job stopped with ^Z), must not match any: the thresholds are chosen for that, and
 * test/findings/healthy.test.ts holds them to it.
 */
import type { Rule } from './rule.ts';

const IO_FAMILIES = [
  ...['nfs', 'network-filesystem', 'fuse', 'writeback', 'page', 'sync', 'journal', 'inode', 'frozen-filesystem'],
  ...['mmc', 'usb', 'block', 'swap', 'lock', 'rcu-sync'],
];
/** No hang by themselves: on purpose, or told by another rule. */
const HARMLESS_IN_D = [
  ...['vfork', 'core-dump', 'exit', 'exit-wait', 'stopped', 'traced', 'parked'],
  ...['idle-worker', 'idle-thread', 'idle-irq', 'idle-rcu'],
];
/** Interruptible sleeps: with the letter D the freezer of 6.1 and later has made TASK_FROZEN of them. */
const FROZEN_IN_PLACE = ['poll', 'sleep', 'signal', 'futex'];
/** Has it used CPU time, faulted or been switched in? Switches count even the shortest run. */
const STANDS_STILL = ['cpu_time', 'min_flt', 'wchan_name', 'status.voluntary_ctxt_switches'];

const STUCK_LOOK = ['taskscope --once --stuck: what each wait means', 'taskscope show {pid} --page kernel'];

// prettier-ignore
export const RULES: readonly Rule[] = [
  {
    id: 'stuck-d', severity: 'serious', title: 'Stuck in uninterruptible sleep', of: 'both', guide: 'stuck',
    when: 'state = D and flags not has KTHREAD and flags not has EXITING',
    waitsNotIn: [...HARMLESS_IN_D, ...FROZEN_IN_PLACE, 'frozen'], unchanged: STANDS_STILL, seconds: 10,
    group: { by: 'wchan_name' },
    evidence: ['{tasks} in D in {wchan_name} without having run once, the longest for {held}, since {since}.', 'Each {waits}.'],
    meaning: 'It waits in the kernel for something that does not come; no signal, not even SIGKILL, is acted on until then (unless the wait is a killable one). A task that does I/O is switched in again and again, this one was not.',
    look: STUCK_LOOK,
  },
  {
    id: 'vfork', severity: 'note', title: 'Waits for a vfork child that does not start its program', of: 'both', guide: 'stuck',
    when: 'state = D and flags not has KTHREAD and flags not has EXITING', waitsIn: ['vfork'], unchanged: STANDS_STILL, seconds: 20,
    group: { by: 'wchan_name' },
    evidence: ['{tasks} in D in {wchan_name} without having run once, the longest ({comm}, {pid}) for {held}, since {since}.'], tells: ['children'],
    meaning: 'vfork() and posix_spawn() stop the thread that calls them until the child has called exec or ended, which mostly takes milliseconds. No hang of a device; SIGKILL ends the wait.',
    look: ['taskscope --once --stuck', 'taskscope --once -f "flags has FORKNOEXEC" -c +ppid,+wchan_name: what the child waits for (a FIFO, a lock, a file server)'],
  },
  {
    id: 'stuck-kthread', severity: 'serious', title: 'Kernel thread stuck in uninterruptible sleep', of: 'processes', guide: 'stuck',
    when: 'state = D and flags has KTHREAD and flags not has EXITING and comm !~ "^(vchiq-keep|VCHIQka|arc_|l2arc_|txg_|z_|dbuf_|dp_|spl_)"',
    waitsIn: IO_FAMILIES, unchanged: STANDS_STILL, seconds: 20,
    group: { by: 'wchan_name' },
    evidence: ['{tasks} of the kernel in D in {wchan_name} without having run once, the longest for {held}, since {since}.', 'Each {waits}.'],
    meaning: 'A worker of the kernel waits for a device, a server or a lock; what was queued behind it waits with it.',
    look: [...STUCK_LOOK, 'taskscope show system --page log: the kernel log may name the device'],
  },
  {
    id: 'stuck-unnamed', severity: 'note', title: 'Long in uninterruptible sleep, and it cannot be told where', of: 'both', guide: 'stuck',
    when: 'state = D and flags not has KTHREAD and flags not has FROZEN and (wchan_name is missing or wchan_name = "0")',
    unchanged: ['cpu_time', 'min_flt', 'status.voluntary_ctxt_switches'], seconds: 20, group: { by: 'machine' },
    evidence: ['{tasks} in D without having run once, the longest ({comm}) for {held}, since {since}; the wait channel cannot be read.'],
    meaning: 'It may hang, and it may as well be frozen on purpose or wait for a vfork child: only the wait channel tells.',
    look: ['taskscope show {pid} --page kernel: the wait channel is shown to root, and to the user of the task'],
  },
  {
    id: 'stuck-exit', severity: 'warning', title: 'Exiting, and does not go', of: 'both', guide: 'stuck-exit',
    // a core dump takes its time, and the threads of the process wait for it
    when: 'flags has EXITING and state in (D, S) and flags not has KTHREAD and wchan_name !~ "coredump|dump_helpers"',
    waitsNotIn: ['exit', 'core-dump', 'frozen', 'stopped', 'traced'], unchanged: STANDS_STILL, seconds: 10,
    group: { by: 'wchan_name' },
    evidence: ['{tasks} with PF_EXITING in {wchan_name}, the longest for {held}, since {since}; resident memory left: {rss_bytes}.', 'Each {waits}.'],
    meaning: 'It was killed or has ended, and hangs on the way out: while the kernel closes its files and devices (then a driver or a file system holds it), or for others that have to end before it.',
    look: ['taskscope show {pid} --page kernel', 'taskscope --once --stuck'],
  },
  {
    id: 'zombies', severity: 'note', title: 'Zombies that are not waited for', of: 'processes', guide: 'zombies',
    when: 'state = Z and num_threads < 2', seconds: 20, group: { by: 'ppid' }, graver: { tasks: 5, severity: 'warning' },
    evidence: ['{tasks} in state Z for {held} and more, seen since {since}.'], tells: ['reaper'],
    meaning: 'They have ended; what is left is the exit code that their parent has not asked for with wait(). Each keeps a pid. Killing them does nothing; the parent is where to look: busy, stopped, stuck or without a handler of SIGCHLD.',
    look: ['taskscope show {ppid}: the parent that owes the wait()', 'taskscope --once -f "state = Z" -c +ppid: all zombies, and who owes each'],
  },
  {
    id: 'false-zombie', severity: 'note', title: 'A zombie that is not one: threads live on', of: 'processes', guide: 'zombies',
    when: 'state = Z and num_threads > 1', seconds: 5,
    evidence: ['{comm} ({pid}) shows Z for {held}, since {since}, and has {num_threads} threads, the ended first one counted.'], tells: ['living-threads'],
    meaning: 'Only the first thread has ended. The process keeps its memory, files and sockets and cannot be reaped before its last thread ends; killing the parent does not help.',
    look: ['taskscope show {pid} --page threads', 'taskscope --once -H --pid {pid}'],
  },
  {
    id: 'thrash', severity: 'serious', title: 'Memory is short: tasks wait for pages that were thrown out', of: 'processes', guide: 'thrash',
    machine: [{ measure: 'memory_full', atLeast: 5 }, { measure: 'major_faults', atLeast: 50 }],
    when: 'maj_flt_rate > 2 and flags not has KTHREAD', seconds: 10, group: { by: 'machine', atLeast: 3, holds: 'group' },
    evidence: ['All tasks together stood still for memory {memory_full} % of the last 10 s (PSI full), {memory_some} % some did.', '{major_faults} major faults a second on the machine, {tasks} among those who wait; {comm} ({pid}) has {maj_flt_rate} a second.'],
    meaning: 'Pages of programs are thrown out and read again: small daemons suffer as much as the one that grows.',
    look: ['taskscope --once -s -maj_flt_rate: who suffers', 'taskscope --once --for 10s -s -rss_growth: who grows', 'taskscope show system --page memory'],
  },
  {
    id: 'thrash-kswapd', severity: 'warning', title: 'Memory is short: kswapd is busy and pages are read again', of: 'processes', guide: 'thrash',
    // where the kernel tells of pressure, that is the better sign: a copy of large files keeps kswapd busy, too
    machine: [{ measure: 'pressure_known', atMost: 0 }, { measure: 'major_faults', atLeast: 100 }],
    when: 'flags has KSWAPD and cpu_percent > 25', seconds: 15, group: { by: 'machine', holds: 'group' },
    evidence: ['{comm} uses {cpu_percent} % of a CPU, with {major_faults} major faults a second on the machine, since {since}.'],
    meaning: 'The kernel frees memory that is wanted back at once.',
    look: ['taskscope --once -s -maj_flt_rate: who suffers', 'taskscope show system --page memory'],
  },
  {
    id: 'fault-storm', severity: 'warning', title: 'Fault storm', of: 'processes', guide: 'fault-storm',
    when: 'min_flt_rate > 10k and system_percent > 30 and faults_per_cpu_second > 10k and maj_flt_rate < 10 and age > 5s',
    checks: ['mostly-in-kernel', 'faults-exceed-memory'], seconds: 20,
    evidence: ['{comm} ({pid}) takes {min_flt_rate} minor faults a second and uses {system_percent} % of a CPU in the kernel, {user_percent} % in the program, for {held}, since {since}.', 'That is {faulted} of fresh pages, while {rss_bytes} is resident: the same memory is mapped and unmapped over and over.'],
    meaning: 'Memory is given back and taken again instead of being kept: an allocator that trims too eagerly, mmap and munmap in a loop, madvise(MADV_DONTNEED), or copies after fork.',
    look: ['taskscope --once -H --pid {pid} -s -min_flt_rate: which thread', 'taskscope show {pid} --page memory'],
  },
  {
    id: 'leak', severity: 'note', title: 'Resident memory grows without end', of: 'processes', guide: 'memory-leak',
    when: 'rss_growth > 4KiB and age > 5m', checks: ['grows-steadily'], seconds: 300,
    evidence: ['{comm} ({pid}) grew by {grown} in {held}, since {since}, and never fell 5 % below its peak: {rss_bytes} now.'],
    meaning: 'A leak, or a cache that still fills: it is one when it goes on.',
    look: ['taskscope show {pid} --page memory', 'taskscope --once --for 2m -s -rss_growth'],
  },
  {
    // half a minute proves nothing by itself; that it explains all the memory is what five minutes of watching would show
    id: 'leak-from-start', severity: 'note', title: 'Resident memory has grown without end since the start', of: 'processes', guide: 'memory-leak',
    when: 'rss_growth > 4KiB and age > 5m', checks: ['grows-evenly', 'grown-from-start'], seconds: 24, sameAs: 'leak',
    evidence: ['{comm} ({pid}) grew by {grown} in {held}, since {since}: evenly, by {pace} a second.', 'At that pace its {rss_bytes} took {taken}, and it is {age} old; it never had more.'],
    meaning: 'As far as can be told it has grown at this pace all its life. A leak, or a cache that still fills: it is one when it goes on.',
    look: ['taskscope show {pid} --page memory', 'taskscope --once --for 2m -s -rss_growth'],
  },
  {
    id: 'rt-hog', severity: 'warning', title: 'A real-time task owns a CPU', of: 'threads', guide: 'real-time',
    when: 'cpu_percent > 80 and policy_name in (fifo, rr, deadline)', unchanged: ['processor'], seconds: 10,
    evidence: ['{comm} ({pid}), {policy_name} with priority {rt_priority}, uses {cpu_percent} % of CPU {processor} for {held}, since {since}.'],
    meaning: 'Nothing of lower priority runs there, but for what RT throttling (kernel.sched_rt_runtime_us) or the fair server leaves. Meant so on an isolated CPU; else it starves what is bound to that CPU, kernel threads included.',
    look: ['taskscope show {pid} --page scheduling', 'taskscope --once -H -f "processor = {processor} and state = R"'],
  },
  {
    id: 'starved', severity: 'serious', title: 'Ready to run, and does not get a CPU', of: 'threads', guide: 'real-time',
    when: 'state = R and policy_name != idle and nice < 10 and wchan_name = "0"', checks: ['cpu-taken'],
    unchanged: ['cpu_time', 'processor', 'status.voluntary_ctxt_switches', 'status.nonvoluntary_ctxt_switches'], seconds: 5,
    evidence: ['{comm} ({pid}) is in R on CPU {processor} for {held}, since {since}, and was not switched in once.'], tells: ['cpu-users'],
    meaning: 'Others of higher priority hold the CPU that it is queued on. If it holds a lock, those who wait for that wait, too.',
    look: ['taskscope --once -H -f "processor = {processor} and state = R" -s -rt_priority', 'taskscope show {pid} --page scheduling'],
  },
  {
    // the limits of real-time tasks (RT throttling, the fair server) leave it a few percent: it moves, and stands in R for all that
    id: 'starved-rt', severity: 'serious', title: 'Ready to run, and real-time tasks have its CPU', of: 'threads', guide: 'real-time',
    when: 'state = R and rt_priority = 0 and policy_name != idle and nice < 10 and run_delay_percent > 80', checks: ['rt-holds-cpu'],
    unchanged: ['processor'], seconds: 10,
    evidence: ['{comm} ({pid}) is in R on CPU {processor}, and was ready but not running {run_delay_percent} % of the time for {held}, since {since}.'], tells: ['cpu-users'],
    meaning: 'What RT throttling (kernel.sched_rt_runtime_us) or the fair server leaves is all that it gets. If it holds a lock, those who wait for that wait, too.',
    look: ['taskscope --once -H -f "processor = {processor} and state = R" -s -rt_priority', 'taskscope show {pid} --page scheduling'],
  },
  {
    id: 'rt-delayed', severity: 'warning', title: 'A real-time task waits for its CPU', of: 'threads', guide: 'real-time',
    when: 'rt_priority > 0 and flags not has KTHREAD and cpu_percent > 0 and run_delay_percent > 20', seconds: 10,
    evidence: ['{comm} ({pid}), {policy_name} with priority {rt_priority}, was ready but not running {run_delay_percent} % of the time for {held}, since {since}.'],
    meaning: 'Others of its priority or above it take the CPU, or RT throttling holds it back.',
    look: ['taskscope show {pid} --page scheduling', 'taskscope --once -H -s -rt_priority'],
  },
  {
    id: 'kworker', severity: 'warning', title: 'Kernel work burns CPU', of: 'processes', guide: 'kworker',
    // queues that carry data (encryption, checksums, writing back) are as busy as the I/O is
    when: 'flags has WQ_WORKER and cpu_percent > 0 and comm !~ "kcryptd|kverityd|btrfs|wg-crypt|crypt|erofs|flush-|dm-|raid|xfs|f2fs|nfs|nvme|zfs|kblockd|ib-comp|mld|tls"',
    seconds: 20, group: { by: 'workqueue', sum: { field: 'cpu_percent', atLeast: 40 }, holds: 'group' },
    evidence: ['The workers of {group} use {sum} % of a CPU, for {held}, since {since}; {comm} ({pid}) alone {cpu_percent} %.'],
    meaning: 'One work item is queued again and again, or polls: mostly a driver (display connectors, I2C, USB hubs, ACPI events).',
    look: ['taskscope show {pid} --page kernel: its stack, as root, a few times', 'taskscope --once -f "flags has WQ_WORKER" -s -cpu_percent'],
  },
  {
    id: 'fork-churn', severity: 'note', title: 'Short-lived processes by the hundred', of: 'processes', guide: 'fork-churn',
    machine: [{ measure: 'forks', atLeast: 100 }],
    when: 'reaped_cpu_percent > 5 and cmin_flt_rate > 2k', checks: ['short-children'], seconds: 20, group: { by: 'machine' },
    evidence: ['{forks} forks a second on the machine for {held}, since {since}.', 'The children that {comm} ({pid}) waited for used {reaped_cpu_percent} % of a CPU and took {cmin_flt_rate} faults a second: they live so shortly that no sample shows them.'], tells: ['children'],
    meaning: 'The cost is that of starting and ending programs, and no row of the table shows it.',
    look: ['taskscope --once -s -reaped_cpu_percent -c +reaped_cpu_percent,+cmin_flt_rate', 'taskscope show {pid} --page accounting'],
  },
  {
    id: 'forked-no-exec', severity: 'warning', title: 'Forked, and stuck before exec', of: 'processes', guide: 'forked-no-exec',
    when: 'flags has FORKNOEXEC and flags not has KTHREAD and state in (S, D) and num_threads = 1 and cpu_time < 0.1s and age > 10s',
    waitsIn: ['futex', 'lock'], checks: ['parent-waits-for-exec'], unchanged: STANDS_STILL, inTurn: true, seconds: 15,
    evidence: ['{comm} ({pid}) was forked {age} ago, has not called exec, and has not run once for {held}, since {since}: it waits in {wchan_name}.', 'Its parent {ppid} has several threads and waits for it.'],
    meaning: 'A lock that another thread held at the time of the fork stays locked in the child for ever: only functions that are safe in signal handlers may be called between fork and exec.',
    look: ['taskscope show {pid} --page kernel', 'taskscope show {ppid} --page threads'],
  },
  {
    id: 'frozen', severity: 'note', title: 'Frozen', of: 'processes', guide: 'frozen',
    when: 'state = D and flags not has KTHREAD', waitsIn: ['frozen', ...FROZEN_IN_PLACE], seconds: 10, group: { by: 'freezer_cgroup' },
    evidence: ['{tasks} frozen for {held}, since {since}; state D, but no hang: {wchan_name}.', 'Control group: {group}.'],
    meaning: 'Suspend or the freezer of a control group (docker pause, systemctl freeze) holds them on purpose. After a resume nothing should be left so.',
    look: ['cat /sys/fs/cgroup{group}/cgroup.freeze (v2) or /sys/fs/cgroup/freezer{group}/freezer.state (v1), and in the groups above', 'taskscope show {pid} --page cgroup'],
  },
  {
    id: 'frozen-group', severity: 'note', title: 'Frozen in its control group', of: 'processes', guide: 'frozen',
    // mostly the compiler puts do_freezer_trap() into get_signal(); who is stopped there is in T
    when: 'state = S and flags not has KTHREAD', waitsIn: ['frozen', 'stopped'], inTurn: true, seconds: 10, group: { by: 'freezer_cgroup' },
    evidence: ['{tasks} frozen for {held}, since {since}: {wchan_name}.', 'Control group: {group}.'],
    meaning: 'The freezer of the control group (cgroup.freeze, systemctl freeze, docker pause) holds them on purpose; the kernel shows them as sleeping (S).',
    look: ['cat /sys/fs/cgroup{group}/cgroup.freeze, and in the groups above', 'taskscope show {pid} --page cgroup'],
  },
  {
    id: 'thread-storm', severity: 'warning', title: 'Threads are created without end', of: 'processes', guide: 'thread-storm',
    when: 'num_threads_delta > 0 and num_threads >= 500', checks: ['threads-keep-coming'], seconds: 10,
    evidence: ['{comm} ({pid}) has {num_threads} threads, {threads_more} more than {held} ago, and got more at every sample since {since}.'],
    meaning: 'Threads are started faster than they end: a thread for each request whose answer does not come, or a pool without a limit. The limits are RLIMIT_NPROC, pids.max and kernel.threads-max.',
    look: ['taskscope show {pid} --page threads: states and wait channels with counts', 'taskscope show {pid} --page limits'],
  },
  {
    id: 'lock-convoy', severity: 'warning', title: 'Threads fight for one lock', of: 'threads', guide: 'thread-storm',
    when: 'state = S and system_percent >= 1', waitsIn: ['futex'], checks: ['mostly-in-kernel'], seconds: 10,
    group: { by: 'tgid', atLeast: 50, sum: { field: 'system_percent', atLeast: 100 }, holds: 'group' },
    evidence: ['{tasks} of process {group} sleep in {wchan_name} at once and use {sum} % of a CPU in the kernel, more than in the program, for {held}, since {since}.'],
    meaning: 'They wake for a lock, do not get it, and sleep again: the time goes into the waking.',
    look: ['taskscope show {group} --page threads', 'taskscope --once -H --pid {group} -s -system_percent'],
  },
  {
    id: 'throttled', severity: 'warning', title: 'Throttled by the CPU limit of its control group', of: 'processes', guide: 'cgroup-throttling',
    when: 'cpu_percent > 0 and flags not has KTHREAD', checks: ['throttled'], seconds: 10, group: { by: 'cpu_cgroup', holds: 'group' },
    evidence: ['{throttled_group} was throttled in {throttled_percent} % of its periods over the last sample, and in 25 % or more at every sample for {held}, since {since}; {throttled_seconds} s of CPU time were held back in it.', '{tasks} in {group}, {comm} ({pid}) the busiest.'],
    meaning: 'The tasks could run and may not: cpu.max (cpu.cfs_quota_us of version 1) of the group or of one above it is used up before the period ends, although CPUs may be idle.',
    look: ['taskscope show {pid} --page cgroup', 'cat /sys/fs/cgroup{throttled_group}/cpu.max'],
  },
  {
    id: 'signal-blocked', severity: 'warning', title: 'A signal to end it is pending, and blocked', of: 'both', guide: 'signals',
    when: 'flags not has KTHREAD and state not in (Z, X, x)', checks: ['blocked-pending'], seconds: 15,
    evidence: ['Pending for {comm} ({pid}) for {held}, since {since}, and blocked {blocked_by}: {signals}.'],
    meaning: 'The signal has no effect until it is unblocked; only SIGKILL and SIGSTOP cannot be blocked. Masks are inherited over fork and exec, often from a program that did not mean it.',
    look: ['taskscope show {pid} --page signals'],
  },
  {
    id: 'memalloc-scope', severity: 'warning', title: 'An allocation scope stays set on a sleeping task', of: 'both', guide: 'memalloc',
    // PR_SET_IO_FLUSHER sets NOIO for good, together with LOCAL_THROTTLE
    when: 'state in (S, D) and flags not has KTHREAD and flags not has EXITING and flags not has LOCAL_THROTTLE and flags not has LESS_THROTTLE and flags not has USER_WORKER and flags not has IO_WORKER and (flags has MEMALLOC or flags has MEMALLOC_NOIO or flags has MEMALLOC_NOFS)',
    unchanged: STANDS_STILL, seconds: 10,
    evidence: ['{comm} ({pid}) has {scopes} set for {held}, since {since}, and has not run once: it sleeps in {wchan_name}.'],
    meaning: 'These bits are set around an allocation and cleared after it. On a task that sleeps for long they mean that it hangs inside of reclaim or of a file-system or block-device call, or that a driver forgot to clear them.',
    look: ['taskscope show {pid} --page flags', 'taskscope show {pid} --page kernel'],
  },
  {
    id: 'stopped', severity: 'note', title: 'Stopped, and not by its shell', of: 'processes', guide: 'stopped',
    // a job of a terminal: ^Z, or a debugger at its prompt
    when: 'state in (T, t) and tty_nr = 0', seconds: 20,
    evidence: ['{comm} ({pid}) is in state {state} for {held}, since {since}, and has no terminal whose shell could have stopped it.'],
    meaning: 'T: SIGSTOP, until SIGCONT comes. t: its tracer holds it.',
    look: ['taskscope show {pid} --page status: TracerPid', 'kill -CONT {pid}: goes on, unless a debugger holds it'],
  },
];
