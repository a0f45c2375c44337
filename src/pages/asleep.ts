/** Since when a task has not run, where the scheduler tells: also of what began before we looked. */
import { latin1 } from '../decode/bytes.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import type { TaskContext } from './context.ts';
import { stateLetter } from './identity.ts';

/** `se.exec_start`, milliseconds of the run queue's clock when the task last ran. @see kernel/sched/debug.c, proc_sched_show_task(). */
function lastRun(bytes: Reading<Uint8Array>): number {
  if (isMissing(bytes)) return Number.NaN;
  const [, ms] = /^se\.exec_start\s*:\s*(\d+\.\d+)/m.exec(latin1(bytes)) ?? [];
  return ms === undefined || Number(ms) === 0 ? Number.NaN : Number(ms);
}

/** The clocks of two CPUs' run queues differ by the time that interrupts and the host took. */
const LEAST_SECONDS = 1;

/**
 * Seconds for which the task has not run, by the clock of its CPU against that of who reads the file just now: about, as
 * these clocks drift apart and stand still during suspend. Undefined: not known, or no better than what was seen.
 */
export function asleepSeconds({ task, dossier }: TaskContext): number | undefined {
  if (!task.machine.live || task.stateBegan || ['R', 'X'].includes(stateLetter(task))) return undefined;
  const seconds = (lastRun(dossier.file('/proc/self/sched')) - lastRun(dossier.file('sched'))) / 1000;
  return seconds > Math.max(LEAST_SECONDS, task.stateSeconds) ? seconds : undefined;
}
