/** Tasks that procfs keeps from us (hidepid=2), as far as that can be told. */
import { grouped } from '../units/format.ts';
import { isMissing } from '../units/missing.ts';
import type { TaskTable } from './task-table.ts';

/** Field of stat. */
const NUM_THREADS = 20;

/**
 * How many threads are hidden, about: `/proc/loadavg` counts them all, a moment earlier than they were read.
 * Undefined: some, nobody knows how many.
 */
export function hiddenThreads(table: TaskTable): number | undefined {
  const { machine, system, order, count } = table;
  if (machine.hides === undefined || table.isChosen) return 0;
  const { load } = system;
  if (machine.hides === 'some' || isMissing(load)) return undefined;
  let seen = 0;
  for (let at = 0; at < count; at++) seen += table.threads ? 1 : table.value(order[at]!, NUM_THREADS);
  return Math.max(0, load.threads - seen - table.denied);
}

/** The same in words; empty: nothing is hidden. */
export function hiddenText(table: TaskTable): string {
  const threads = hiddenThreads(table);
  if (threads === undefined) return 'some tasks are hidden';
  return threads === 0 ? '' : `about ${grouped(threads)} threads are hidden`;
}
