/** Signals that wait although somebody sent them to end a task. */
import { signalNumber } from '../kernel/signals.ts';

/** Sent to end or to reload a program. Others are blocked and left pending as a habit: SIGPIPE, SIGCHLD, those of sigwait(). */
const ENDING = ['HUP', 'INT', 'QUIT', 'ABRT', 'TERM'];

const bit = (name: string): bigint => 1n << BigInt(signalNumber(name)! - 1);

/** Their mask: bit n-1 is signal n. */
export const ENDING_SIGNALS: bigint = ENDING.map(bit).reduce((sum, one) => sum | one, 0n);

export interface SignalMasks {
  /** Pending for the thread (SigPnd), and for the whole process (ShdPnd). */
  readonly pending: bigint;
  readonly shared: bigint;
  /** Blocked by the thread (SigBlk), and by every thread of the process; undefined: not all of them are known. */
  readonly blocked: bigint;
  readonly blockedByAll: bigint | undefined;
  /** Ignored once they are unblocked (SigIgn). */
  readonly ignored: bigint;
}

export interface BlockedPending {
  /** Of the thread alone, and of the process. */
  readonly own: bigint;
  readonly shared: bigint;
}

/**
 * The signals that would end the task and cannot reach it. What is pending for a process is delivered to any thread that does
 * not block it; what is pending for a thread only to that.
 */
export function blockedPending(masks: SignalMasks): BlockedPending {
  const meant = ENDING_SIGNALS & ~masks.ignored;
  return {
    own: masks.pending & masks.blocked & meant,
    shared: masks.shared & (masks.blockedByAll ?? 0n) & meant,
  };
}

/** A mask of `status`; undefined: it is none. */
export const statusMask = (text: string | undefined): bigint | undefined =>
  text !== undefined && /^[0-9a-f]{1,16}$/i.test(text) ? BigInt(`0x${text}`) : undefined;
