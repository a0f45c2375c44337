/** In what ways a task can be stuck, in the order in which they are told: the gravest first. */
import type { Tone } from '../view/cells.ts';

export type StuckKind =
  'uninterruptible' | 'exiting' | 'rt-lock' | 'false-zombie' | 'vfork' | 'frozen' | 'traced' | 'stopped' | 'resting';

export interface KindFacts {
  readonly kind: StuckKind;
  /** Follows a number of tasks: `3 in D`. */
  readonly counted: string;
  readonly title: string;
  /** Follows the name of a task. */
  readonly words: string;
  readonly means: string;
  readonly next: string;
  readonly tone: Tone;
}

// prettier-ignore
export const STUCK_KINDS: readonly KindFacts[] = [
  { kind: 'uninterruptible', counted: 'in D', title: 'a wait without a name', words: 'sleeps uninterruptibly', tone: 'bad',
    means: 'In D, and it cannot be told for what.',
    next: 'The kernel stack tells, as root.' },
  { kind: 'exiting', counted: 'exiting', title: 'exiting, not gone', words: 'is exiting and does not go', tone: 'bad',
    means: 'It takes itself down (memory, files, devices) and has not come to an end.',
    next: 'If it uses CPU time it frees memory; else the kernel stack tells which release function holds it.' },
  { kind: 'rt-lock', counted: 'at a PREEMPT_RT lock', title: 'PREEMPT_RT spin lock', words: 'waits for a spin lock or rwlock that sleeps (PREEMPT_RT)', tone: 'warn',
    means: 'No I/O: on PREEMPT_RT spin locks sleep, and the kernel reports D. For long, the holder does not get to run.',
    next: 'Find the holder: of lower priority, kept off its CPU by a real-time task or throttled.' },
  { kind: 'false-zombie', counted: 'zombie with live threads', title: 'zombie with live threads', words: 'has ended, but threads of its process live', tone: 'warn',
    means: 'Only the first thread has ended: the process keeps its memory, files and sockets, and cannot be reaped before the last thread ends.',
    next: 'Look at the threads that live; nothing that is done to the parent helps.' },
  { kind: 'vfork', counted: 'in vfork', title: 'its vfork child', words: 'waits until its child has started a program or ended (vfork, posix_spawn)', tone: 'warn',
    means: 'No I/O of its own: vfork() and posix_spawn() sleep until the child has called exec or ended. SIGKILL ends the wait.',
    next: 'Look at the child: stopped, frozen, or itself waiting for a file or a server.' },
  { kind: 'frozen', counted: 'frozen', title: 'being thawed', words: 'is frozen', tone: 'normal',
    means: 'Frozen by suspend or in its control group: on purpose, and no hang.',
    next: 'See cgroup.freeze (v2) or freezer.state (v1) up its cgroup path; after a failed suspend, the kernel log.' },
  { kind: 'traced', counted: 'traced', title: 'its debugger', words: 'is stopped by its debugger', tone: 'normal',
    means: 'A tracer (gdb, strace) has stopped it.',
    next: 'Look at the tracer: it waits for a command, or hangs.' },
  { kind: 'stopped', counted: 'stopped', title: 'SIGCONT', words: 'is stopped by a signal', tone: 'normal',
    means: 'Stopped by a signal: ^Z, kill -STOP, or a background job that wanted the terminal.',
    next: 'kill -CONT PID, or fg in its shell.' },
  { kind: 'resting', counted: 'at rest in D', title: 'nothing: at rest', words: 'rests in D by design', tone: 'dim',
    means: 'Kernel threads that sleep in D while they have nothing to do: they raise the load average, and no more.',
    next: 'Nothing.' },
];

export const kindFacts = (kind: StuckKind): KindFacts => STUCK_KINDS.find(facts => facts.kind === kind)!;

/**
 * Kernel threads that some kernels leave in D for ever although nothing is wrong: drivers that sleep so between two jobs,
 * or that never start a thread that they made. By the beginning of comm.
 */
// prettier-ignore
const RESTING: readonly { readonly comm: RegExp; readonly words: string }[] = [
  { comm: /^(?:vchiq-keep|VCHIQka)/, words: 'keep-alive thread of the VideoCore driver, not started while nobody uses it' },
  { comm: /^fsi_master_ipol/, words: 'poller of the FSI bus (OpenBMC kernels)' },
  { comm: /^ipu\d_task/, words: 'task thread of the i.MX6 image unit (vendor kernels)' },
  { comm: /^(?:(?:ai|ao|disp|divp|jpe|rgn|shadow|venc|vdec|vdisp|vif|vpe)\d+_P\d+_MAIN|ehci_monitor|mi_log$|VEP_DumpTaskThr|RGN BUF WQ)/,
    words: 'thread of the SigmaStar media driver' },
  { comm: /^(?:arc_reclaim|l2arc_feed)/, words: 'thread of old ZFS releases' },
];

/** What this kernel thread is, if it is known to rest in D; undefined: it is not. */
export const restingWords = (comm: string): string | undefined => RESTING.find(known => known.comm.test(comm))?.words;
