/** The console log levels of `/proc/sys/kernel/printk`. */
import { latin1 } from './bytes.ts';

/** Levels as in {@link LOG_LEVELS}; a console gets messages of a level below the first number. */
export interface ConsoleLevels {
  /** Messages below it are printed on the consoles: 4 = emerg, alert, crit, err; 8 or more = all. */
  readonly current: number;
  /** The level of messages that were written without one. */
  readonly fallback: number;
  /** The least that `current` can be set to. */
  readonly minimum: number;
  /** What `current` was at boot. */
  readonly boot: number;
}

/**
 * Four numbers; undefined when it is not them.
 * @see kernel `Documentation/admin-guide/sysctl/kernel.rst` (printk), syslog(2).
 */
export function decodeConsoleLevels(bytes: Uint8Array): ConsoleLevels | undefined {
  const match = /^\s*(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s*$/.exec(latin1(bytes));
  if (!match) return undefined;
  const [current, fallback, minimum, boot] = match.slice(1).map(Number) as [number, number, number, number];
  return { current, fallback, minimum, boot };
}
