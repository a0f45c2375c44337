/** The parents of a task, as their own stat lines tell them. */
import { exactText, latin1 } from '../decode/bytes.ts';
import { statTexts } from '../decode/pid-stat.ts';
import { isMissing } from '../units/missing.ts';
import type { TaskContext } from './context.ts';

export interface Parent {
  readonly pid: number;
  readonly comm: string;
}

const PPID = 4;
const MOST_PARENTS = 64;

/** Nearest first, up to the first process; shorter where a parent cannot be seen (another pid namespace). */
export function parentsOf({ task, dossier }: TaskContext): Parent[] {
  const chain: Parent[] = [];
  let pid = task.stat(PPID);
  while (pid > 0 && chain.length < MOST_PARENTS) {
    const bytes = dossier.file(`/proc/${pid}/stat`);
    const fields = isMissing(bytes) ? undefined : statTexts(latin1(bytes));
    if (!fields) break;
    chain.push({ pid, comm: exactText(Uint8Array.from(fields[1]!, character => character.charCodeAt(0))) });
    pid = Number(fields[PPID - 1]);
  }
  return chain;
}
