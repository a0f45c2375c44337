/** What page History has read at each sample while it is open, so that it can tell of waits and system calls. */
import type { TaskFile } from '../fields/files.ts';
import { isKernelThread } from '../fields/task.ts';
import type { TaskCursor } from '../model/task-cursor.ts';
import { isMissing } from '../units/missing.ts';

/** Threads beside the task itself that are read at a sample; where there are more they take turns. */
const MOST_THREADS = 16;

/** The other threads of the seat's process whose turn it is; none in a table of processes. */
function othersInTurn({ table }: TaskCursor, seat: number): number[] {
  const tgid = table.tgid(seat);
  const all = [...table.order.subarray(0, table.count)].filter(other => other !== seat && table.tgid(other) === tgid);
  if (all.length <= MOST_THREADS) return all;
  const from = (table.samples * MOST_THREADS) % all.length;
  return [...all.slice(from), ...all.slice(0, from)].slice(0, MOST_THREADS);
}

/** @param seat of the task whose page it is; the cursor is moved. */
export function historyWants(cursor: TaskCursor, seat: number): (readonly [seat: number, file: TaskFile])[] {
  // a kernel thread makes no system calls
  if (isKernelThread(cursor.at(seat))) return [[seat, 'wchan']];
  const calls = cursor.file('syscall');
  // who may not look at the task may not look at its other threads: no need to ask for each
  const refused = isMissing(calls) && calls.missing === 'no-permission';
  const others = othersInTurn(cursor, seat);
  return [seat, ...others].flatMap(at => [
    [at, 'wchan'] as const,
    ...(refused && at !== seat ? [] : [[at, 'syscall'] as const]),
  ]);
}
