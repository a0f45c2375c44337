/** Which tasks are shown. */
import { field } from '../fields/registry.ts';
import { isKernelThread, type TaskView } from '../fields/task.ts';
import type { TaskCursor } from './task-cursor.ts';

export type KernelThreads = 'show' | 'hide' | 'only';

export interface Selection {
  readonly kernelThreads: KernelThreads;
  /** User names or numbers; undefined: everybody. */
  readonly users: readonly string[] | undefined;
  /** Is this task shown whatever else is asked for? */
  readonly always?: (task: TaskCursor) => boolean;
}

const USER = field('user');
const UID = field('uid');

function hasUser(task: TaskView, users: readonly string[]): boolean {
  const name = USER.value(task);
  const number = UID.value(task);
  return (
    (typeof name === 'string' && users.includes(name)) || (typeof number === 'number' && users.includes(String(number)))
  );
}

/** The seats of the tasks to show, in the order of the listing. Users are told by `status`, which must have been read. */
export function selectTasks(cursor: TaskCursor, selection: Selection): Int32Array {
  const { table } = cursor;
  const all = table.order.subarray(0, table.count);
  const { kernelThreads, users, always } = selection;
  if (kernelThreads === 'show' && users === undefined) return all.slice();
  return all.filter(seat => {
    cursor.at(seat);
    if (always?.(cursor) === true) return true;
    if (kernelThreads !== 'show' && isKernelThread(cursor) !== (kernelThreads === 'only')) return false;
    return users === undefined || hasUser(cursor, users);
  });
}
