/** How many tasks are stuck in D, for a bar that is painted at each sample: out of what the table has, nothing is read. */
import type { TaskCursor } from '../model/task-cursor.ts';
import { NOT_READ } from '../fields/task.ts';
import { kindOf, type Wait, waitOf } from './classify.ts';
import { MOMENT_SECONDS } from './collect.ts';
import type { StuckKind } from './kinds.ts';

const STATE = 3;
const UNINTERRUPTIBLE = 'D'.charCodeAt(0);
/** The other kinds that D can be are rest, the freezer, and locks of PREEMPT_RT. */
const COUNTED: ReadonlySet<StuckKind> = new Set<StuckKind>(['uninterruptible', 'exiting', 'vfork']);
const UNKNOWN: Wait = { wchan: NOT_READ, family: undefined };

/** A wait channel that was read before the task entered its state tells of another wait. */
function waitHere(task: TaskCursor): Wait {
  const { table, seat } = task;
  const slot = table.fileSlot(seat, 'wchan');
  const enteredMs = table.readMs(seat) - task.stateSeconds * 1000;
  return slot && slot.nowMs >= enteredMs ? waitOf(task, undefined) : UNKNOWN;
}

/**
 * Tasks of the table that are in D for longer than a moment; those at rest or frozen, as far as that is known, left out.
 * @param cursor is moved.
 */
export function stuckInD(cursor: TaskCursor): number {
  const { table } = cursor;
  if (!table.census().has('D')) return 0;
  let count = 0;
  for (let at = 0; at < table.count; at++) {
    const seat = table.order[at]!;
    if (table.value(seat, STATE) !== UNINTERRUPTIBLE || table.stateSeconds(seat) < MOMENT_SECONDS) continue;
    const kind = kindOf(cursor.at(seat), waitHere(cursor), undefined);
    if (kind !== undefined && COUNTED.has(kind)) count++;
  }
  return count;
}
