/** Wait families of tasks. There are few names and many tasks: each name is looked up once. */
import { field } from '../fields/registry.ts';
import type { TaskView } from '../fields/task.ts';
import { type WaitFamily, waitFamily } from '../kernel/wait-channels.ts';

const WCHAN = field('wchan_name');
const KNOWN = new Map<string, WaitFamily | undefined>();
const MOST_KNOWN = 1000;

function familyOf(name: string): WaitFamily | undefined {
  if (KNOWN.has(name)) return KNOWN.get(name);
  if (KNOWN.size >= MOST_KNOWN) KNOWN.clear();
  const family = waitFamily(name);
  KNOWN.set(name, family);
  return family;
}

/** Undefined: it is not known where the task waits, or it does not. */
export function waitOf(task: TaskView): { readonly name: string; readonly family: WaitFamily | undefined } | undefined {
  const name = WCHAN.value(task);
  return typeof name !== 'string' || name === '0' ? undefined : { name, family: familyOf(name) };
}
