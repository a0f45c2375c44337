/** One snapshot on its way to stdout: the tasks in order, and what is told beside them. */
import type { Field } from '../fields/field.ts';
import type { TaskCursor } from '../model/task-cursor.ts';
import { isMissing } from '../units/missing.ts';

export interface Snapshot {
  readonly cursor: TaskCursor;
  /** Seats of the tasks to print, in order. */
  readonly seats: Int32Array;
  readonly fields: readonly Field[];
  /** The lines of a tree before the commands; none for a list. */
  readonly prefixes?: readonly string[];
  /** Called before a task is written and after it, where its files are read and dropped then: they are not kept for all. */
  readonly before?: (seat: number) => void;
  readonly after?: (seat: number) => void;
}

/** ISO 8601 in UTC; null when the source does not tell a time that there is. */
export function takenAt(wallMs: number): string | null {
  const time = new Date(wallMs);
  return Number.isFinite(time.getTime()) ? time.toISOString() : null;
}

/** Real seconds between the two samples; null for a single one. */
export function intervalOf({ table }: TaskCursor): number | null {
  const seconds = table.system.intervalSeconds;
  return isMissing(seconds) ? null : Math.round(seconds * 1000) / 1000;
}

/** `187 tasks: 2 R 181 S 3 D 1 Z` */
export function taskCounts({ cursor }: Snapshot): string {
  const { table } = cursor;
  const states = [...table.census()].sort(([, a], [, b]) => b - a).map(([letter, count]) => `${count} ${letter}`);
  return `${table.count} ${table.threads ? 'thread' : 'task'}${table.count === 1 ? '' : 's'}: ${states.join(' ')}`;
}
