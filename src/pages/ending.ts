/** What ended a zombie, and what stopped a task that is stopped: field 52 of stat. */
import { addressesHidden, NO_PERMISSION, NOT_IN_KERNEL } from '../fields/task.ts';
import type { TaskContext } from './context.ts';
import { fact, type Fact, item, missingItem } from './document.ts';
import { isEndedLeader, stateLetter } from './identity.ts';
import { exitCodeText } from './stat.ts';
import { whyNot } from './task-files.ts';

/** `exited with 3`, `killed by SIGSEGV, core dumped`, `stopped by SIGSTOP`; nothing of a task that goes on. */
export function endingFacts(context: TaskContext): Fact[] {
  const { task } = context;
  const letter = stateLetter(task);
  const stopped = letter === 'T' || letter === 't';
  // the code of a process is not known before its last thread ends
  if (!stopped && (letter !== 'Z' || isEndedLeader(task))) return [];
  const [id, label] = stopped ? ['stopped_by', 'Stopped'] : ['exit_status', 'Exit status'];
  const code = task.stat(52);
  if (Number.isNaN(code)) return [fact(id, label, missingItem(NOT_IN_KERNEL))];
  if (addressesHidden(task) && code === 0)
    return [fact(id, label, missingItem(NO_PERMISSION, whyNot(context, 'auxv', NO_PERMISSION)))];
  const words = exitCodeText(code, letter);
  return words === '' ? [] : [fact(id, label, item(words, { code, words }))];
}
