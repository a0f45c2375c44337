/** Does an action to tasks: the one way in this program to change anything outside of it. */
import type { Action, Result, Subject } from './action.ts';
import { changeTask } from './change.ts';
import { sendSignals } from './send.ts';
import type { ToolOptions } from './tools.ts';

/** So long after the last signal it is told what has become of the tasks. */
const SETTLE_MS = 100;

/**
 * Does it, and tells what came of each task, in the order given. Never rejects; takes no fact from anywhere but /proc of
 * this machine. Directly before each call the task's start time is read again, and after it: what remains is the moment
 * between the read and the call (Node has no pidfd), and with a tool the time that it takes to start.
 */
export async function perform(
  action: Action,
  subjects: readonly Subject[],
  tools: ToolOptions = {},
): Promise<Result[]> {
  if (action.kind === 'signal')
    return sendSignals(action.signal, subjects, () => new Promise(resolve => setTimeout(resolve, SETTLE_MS)));
  const results: Result[] = [];
  let hopeless: string | undefined;
  for (const subject of subjects) {
    if (hopeless !== undefined) {
      results.push({ pid: subject.pid, ok: false, text: hopeless });
      continue;
    }
    const changed = await changeTask(action, subject, tools);
    results.push(changed.result);
    hopeless = changed.hopeless;
  }
  return results;
}
