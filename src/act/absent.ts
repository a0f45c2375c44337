/** Whether there are actions at all: only on the live /proc of our own pid namespace. */
import fs from 'node:fs';

export interface Setting {
  /** Do the tasks come from this machine's /proc, now? */
  readonly live: boolean;
  /** `--read-only` */
  readonly readOnly: boolean;
  /** See {@link procIsOurs}. */
  readonly ownProc: boolean;
}

/**
 * Does /proc count tasks as kill(2) does here? A procfs that was mounted in another pid namespace shows us under another
 * number, or not at all; one of an outer namespace (where both numbers may happen to be the same) shows two of them.
 */
export function procIsOurs(proc = '/proc'): boolean {
  try {
    if (fs.readlinkSync(`${proc}/self`) !== String(process.pid)) return false;
    // since 4.1, with CONFIG_PID_NS
    const inner = /^NSpid:(.*)$/m.exec(fs.readFileSync(`${proc}/self/status`, 'latin1'))?.[1];
    return inner === undefined || inner.trim() === String(process.pid);
  } catch {
    return false;
  }
}

/** Why tasks cannot be signalled or changed here, as a sentence; undefined: they can. A frozen view takes nothing away. */
export function absentBecause({ live, readOnly, ownProc }: Setting): string | undefined {
  if (readOnly) return 'No actions: --read-only.';
  if (!live) return 'No actions: these tasks are not those of this machine now.';
  if (!ownProc) return 'No actions: /proc belongs to another pid namespace, where pids mean other tasks.';
  return undefined;
}
