/** Looks at a task on this machine's own /proc, and nowhere else: what an action relies on never comes from a sample. */
import fs from 'node:fs';
import { latin1 } from '../decode/bytes.ts';
import { statTexts } from '../decode/pid-stat.ts';
import { statusValue } from '../decode/pid-status.ts';
import type { Subject } from './action.ts';

/** The fields of the task's stat as text, the first at 0; or why it is to be left alone. */
export type Look =
  { readonly stat: readonly string[] } | { readonly left: string; readonly why: 'gone' | 'another' | 'unread' };

const START_TIME = 22;

/** Field n of a stat line. */
export const statField = (stat: readonly string[], n: number): string => stat[n - 1] ?? '';

export const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');
const isGone = (error: unknown): boolean => ['ENOENT', 'ESRCH'].includes(codeOf(error));

const folderOf = ({ pid, tgid, isThread }: Subject): string =>
  isThread ? `/proc/${tgid}/task/${pid}` : `/proc/${pid}`;

/** Is the task still the one that was chosen? stat never blocks. */
export function lookAt(subject: Subject): Look {
  let line: Uint8Array;
  try {
    line = fs.readFileSync(`${folderOf(subject)}/stat`);
  } catch (error) {
    return isGone(error)
      ? { left: 'it has ended', why: 'gone' }
      : { left: `its stat cannot be read (${codeOf(error)})`, why: 'unread' };
  }
  const stat = statTexts(latin1(line));
  if (!stat) return { left: 'its stat cannot be understood', why: 'unread' };
  if (Number(statField(stat, START_TIME)) === subject.startTicks) return { stat };
  return { left: `it has ended, and its number ${subject.pid} is another task's now`, why: 'another' };
}

/** The fields of one thread's own stat; undefined: it is gone. */
export function threadStat(tgid: number, tid: number): readonly string[] | undefined {
  try {
    return statTexts(latin1(fs.readFileSync(`/proc/${tgid}/task/${tid}/stat`)));
  } catch {
    return undefined;
  }
}

/** One key of a thread's own status; undefined: it is gone, or the kernel has no such key. */
export function threadStatus(tgid: number, tid: number, key: string): string | undefined {
  try {
    return statusValue(fs.readFileSync(`/proc/${tgid}/task/${tid}/status`), key);
  } catch {
    return undefined;
  }
}

/** The threads of a process; none when it is gone. */
export function threadsOf(tgid: number): number[] {
  try {
    return fs.readdirSync(`/proc/${tgid}/task`).map(Number);
  } catch {
    return [];
  }
}
