/** Wait statuses: exit_code of stat, what waitpid gives. */
import { signalFact } from '../kernel/signals.ts';
import { hex } from './thing.ts';

export interface WaitStatus {
  readonly words: string;
  /** The signal that ended or stopped it. */
  readonly signal: string | null;
  /** The value given to exit(); null when it did not exit by itself. */
  readonly exit_value: number | null;
  readonly core_dumped: boolean;
}

const STOPPED = 0x7f;
const CONTINUED = 0xffff;

/**
 * What a wait status says: signal in bits 0 … 6, core flag in bit 7, exit value in bits 8 … 15.
 * Undefined for a number that the kernel never gives as one: only signals that end a task are there, only those that
 * dump core have the core flag, and 0x7f in the low byte is all that stopped tasks have.
 */
export function waitStatus(status: number): WaitStatus | undefined {
  if (status === CONTINUED)
    return { words: 'continued by SIGCONT', signal: null, exit_value: null, core_dumped: false };
  const low = status & 0xff;
  const high = (status >>> 8) & 0xff;
  if (low === STOPPED) return stopped(high, status >>> 16);
  if (status >>> 16 !== 0) return undefined;
  return low === 0 ? exited(high) : high === 0 ? killed(low & 0x7f, low > 0x7f) : undefined;
}

const exited = (value: number): WaitStatus => ({
  words: value === 0 ? 'exited with 0: success' : `exited with ${value}`,
  signal: null,
  exit_value: value,
  core_dumped: false,
});

function stopped(signal: number, event: number): WaitStatus | undefined {
  // PTRACE_O_TRACESYSGOOD sets bit 7 at system calls
  const fact = signalFact(signal & 0x7f);
  if (!fact) return undefined;
  const words = `stopped by ${fact.name}${signal > 0x7f ? ' at a system call' : ''}${event > 0 ? `, ptrace event ${event}` : ''}`;
  return { words, signal: fact.name, exit_value: null, core_dumped: false };
}

function killed(signal: number, core: boolean): WaitStatus | undefined {
  const fact = signalFact(signal);
  if (!fact || (fact.action !== 'core' && (core || fact.action !== 'terminate'))) return undefined;
  const words = `killed by ${fact.name}${core ? ', core dumped' : ''} (${fact.meaning})`;
  return { words, signal: fact.name, exit_value: null, core_dumped: core };
}

/**
 * The same number on another scale: a shell's `$?`, where 128 + n stands for signal n, or the plain value of exit().
 * Undefined when the number can only be a wait status.
 */
export function shellReading(status: number): WaitStatus | undefined {
  if (status < 1 || status > 255) return undefined;
  const fact = status > 128 ? signalFact(status - 128) : undefined;
  const words = fact
    ? `as $? of a shell: 128 + ${fact.n}, killed by ${fact.name}`
    : `as $? of a shell or value of exit(): ${status} (wait status ${hex(status * 256)})`;
  return { words, signal: fact?.name ?? null, exit_value: fact ? null : status, core_dumped: false };
}
