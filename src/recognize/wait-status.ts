/** Wait statuses: exit_code of stat, what waitpid gives. */
import { signalFact, signalName } from '../kernel/signals.ts';
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

/** `SIGSEGV, core dumped`: signal in bits 0 … 6, core flag in bit 7, exit value in bits 8 … 15. */
export function waitStatus(status: number): WaitStatus {
  const low = status & 0x7f;
  const high = (status >>> 8) & 0xff;
  const signal = low === STOPPED ? high : low;
  const facts = {
    signal: signal === 0 || status === CONTINUED ? null : signalName(signal),
    exit_value: low === 0 ? high : null,
    core_dumped: low !== 0 && low !== STOPPED && (status & 0x80) !== 0,
  };
  if (status === CONTINUED) return { ...facts, words: 'continued by SIGCONT' };
  if (status === 0) return { ...facts, words: 'exited with 0: success' };
  if (low === 0) return { ...facts, words: `exited with ${high}` };
  const event = status >>> 16;
  if (low === STOPPED)
    return { ...facts, words: `stopped by ${signalName(high)}${event > 0 ? `, ptrace event ${event}` : ''}` };
  const name = signalName(signal);
  const meaning = signalFact(signal)?.meaning;
  const core = facts.core_dumped ? ', core dumped' : '';
  return { ...facts, words: `killed by ${name}${core}${meaning === undefined ? '' : ` (${meaning})`}` };
}

/**
 * The same number may be another scale: a shell's `$?`, where 128 + n stands for signal n, or the plain value of exit().
 * Undefined when the number can only be a wait status.
 */
export function shellReading(status: number): string | undefined {
  if (status < 1 || status > 255) return undefined;
  if (status > 128 && signalFact(status - 128))
    return `as $? of a shell: 128 + ${status - 128}, killed by ${signalName(status - 128)}`;
  return `as $? of a shell or value of exit(): ${status} (wait status ${hex(status * 256)})`;
}
