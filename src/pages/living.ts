/**
 * A process whose first thread has ended while others live: the kernel empties the folder of the first thread (its memory,
 * files and groups are taken from it), the others still have all of it under `task/`. @see fs/proc/base.c, exit_mm().
 */
import { latin1 } from '../decode/bytes.ts';
import { statTexts } from '../decode/pid-stat.ts';
import type { Dossier } from '../fields/dossier.ts';
import type { TaskView } from '../fields/task.ts';
import { procFile } from '../kernel/proc-files.ts';
import { isMissing } from '../units/missing.ts';
import type { TaskContext } from './context.ts';
import { note, type Section } from './document.ts';
import { isEndedLeader } from './identity.ts';
import { threadIds } from './threads-of.ts';

/** Of a stat line: the state. */
const STATE = 3;

/** The fields of `task/TID/stat` of the first thread that has not ended. */
function livingThread(context: TaskContext): { readonly tid: number; readonly fields: readonly string[] } | undefined {
  const tids = threadIds(context);
  if (isMissing(tids)) return undefined;
  for (const tid of tids) {
    if (tid === context.task.pid) continue;
    const bytes = context.dossier.file(`task/${tid}/stat`);
    const fields = isMissing(bytes) ? undefined : statTexts(latin1(bytes));
    const state = fields?.[STATE - 1] ?? 'X';
    if (fields && state !== 'Z' && state !== 'X') return { tid, fields };
  }
  return undefined;
}

/** The same task as one of its threads tells of it: `stat` is the thread's. */
function viewOf(task: TaskView, fields: readonly string[]): TaskView {
  const own = {
    stat: (n: number): number => (n === STATE ? fields[n - 1]!.charCodeAt(0) : Number(fields[n - 1] ?? Number.NaN)),
    statText: (n: number): string | undefined => fields[n - 1],
  };
  return new Proxy(task, {
    get(target, key): unknown {
      if (key === 'stat' || key === 'statText') return own[key];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** The files of the task's own folder out of that of a thread, but for those that only a process has. */
function dossierOf(dossier: Dossier, tid: number): Dossier {
  const moved = (path: string): string =>
    /^(?:\/|task(?:\/|$))/.test(path) || procFile(path)?.only === 'process' ? path : `task/${tid}/${path}`;
  return {
    file: path => dossier.file(moved(path)),
    before: path => dossier.before(moved(path)),
    elapsed: path => dossier.elapsed(moved(path)),
    truncated: path => dossier.truncated(moved(path)),
    names: path => dossier.names(moved(path)),
    link: path => dossier.link(moved(path)),
    word: (path, index) => dossier.word(moved(path), index),
  };
}

/** What is of the whole process as a thread has it that still lives; of every other task the context itself. */
export function livingContext(context: TaskContext): TaskContext {
  const thread = isEndedLeader(context.task) ? livingThread(context) : undefined;
  if (!thread) return context;
  return { ...context, task: viewOf(context.task, thread.fields), dossier: dossierOf(context.dossier, thread.tid) };
}

/** Says whose files these are, where they are another thread's. */
export function livingNote(living: TaskContext, own: TaskContext): Section[] {
  if (living === own) return [];
  return [note('The first thread has ended: as a thread that lives has it.', 'warn')];
}
