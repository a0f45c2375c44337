/** A task in one line, and its state in words. */
import type { Machine } from '../decode/machine.ts';
import { field } from '../fields/registry.ts';
import type { TaskView } from '../fields/task.ts';
import { stateFact } from '../kernel/states.ts';
import { durationText } from '../units/format.ts';
import { harmless, textWidth } from '../units/text.ts';
import type { Line } from '../view/cells.ts';
import { item, type Item } from './document.ts';
import { fieldText } from './values.ts';

/** When the machine was booted, milliseconds since 1970. */
export const bootedAt = ({ bootTime }: Machine): number => bootTime * 1000;

export const threadName = (task: TaskView): string =>
  task.isThread && task.pid !== task.tgid ? `${task.pid} of process ${task.tgid}` : String(task.pid);

/** How long the task has been in its state: what we saw, and whether we saw it begin. */
const seenFor = (task: TaskView): string => (task.stateBegan ? '' : 'at least ') + durationText(task.stateSeconds);

export const stateLetter = (task: TaskView): string => String.fromCharCode(task.stat(3));

/** `D disk-sleep for 12s: waits …` */
export function stateItem(task: TaskView): Item {
  const letter = stateLetter(task);
  const state = stateFact(letter, task.machine.tables);
  return item(`${letter} ${state?.name ?? ''} for ${seenFor(task)}: ${state?.meaning ?? 'unknown to this table'}`, {
    letter,
    name: state?.name ?? null,
    seconds: task.stateSeconds,
    seen_begin: task.stateBegan,
  });
}

/** `871 tar   root   D for 12s in folio_wait_bit_common` */
export function taskTitle(task: TaskView): Line {
  const wchan = field('wchan_name').value(task);
  const where = typeof wchan === 'string' && wchan !== '0' && wchan !== '' ? ` in ${harmless(wchan)}` : '';
  const who = `${threadName(task)} ${harmless(task.comm)}`;
  const what = `${harmless(fieldText('user', task))}  ${stateLetter(task)} for ${seenFor(task)}${where}`;
  return {
    spans: [
      { x: 1, text: who, tone: 'title' },
      { x: Math.max(20, textWidth(who) + 3), text: what, tone: 'strong' },
    ],
  };
}
