/** A task in one line, and its state in words. */
import type { Machine } from '../decode/machine.ts';
import { field } from '../fields/registry.ts';
import type { TaskView } from '../fields/task.ts';
import { stateFact } from '../kernel/states.ts';
import { durationText, grouped } from '../units/format.ts';
import { textWidth } from '../units/text.ts';
import type { Line } from '../view/cells.ts';
import { item, type Item } from './document.ts';
import { escaped } from './escaped.ts';
import { fieldText } from './values.ts';

/** When the machine was booted, milliseconds since 1970. */
export const bootedAt = ({ bootTime }: Machine): number => bootTime * 1000;

export const threadName = (task: TaskView): string =>
  task.isThread && task.pid !== task.tgid ? `${task.pid} of process ${task.tgid}` : String(task.pid);

/** How long the task has been in its state: what we saw, and whether we saw it begin; or what is known of before. */
export const stateFor = (task: TaskView, asleep: number | undefined): string =>
  asleep === undefined
    ? (task.stateBegan ? '' : 'at least ') + durationText(task.stateSeconds)
    : `about ${durationText(asleep)}`;

export const stateLetter = (task: TaskView): string => String.fromCharCode(task.stat(3));

/** Has the first thread ended before others of its process? */
export const isEndedLeader = (task: TaskView): boolean =>
  !task.isThread && stateLetter(task) === 'Z' && task.stat(20) > 1;

function endedLeaderWords(task: TaskView): string {
  // num_threads counts the first one until it is waited for
  const live = task.stat(20) - 1;
  const threads = live === 1 ? '1 thread lives' : `${grouped(live)} threads live`;
  return `the first thread has ended; ${threads}: it cannot be waited for until the last one ends`;
}

/**
 * `D disk-sleep for 12s: waits …`
 * @param asleep seconds for which it has not run, where that is known better than by looking.
 */
export function stateItem(task: TaskView, asleep: number | undefined): Item {
  const letter = stateLetter(task);
  const state = stateFact(letter, task.machine.tables);
  const meaning = isEndedLeader(task) ? endedLeaderWords(task) : (state?.meaning ?? 'unknown to this table');
  return item(`${letter} ${state?.name ?? ''} for ${stateFor(task, asleep)}: ${meaning}`, {
    letter,
    name: state?.name ?? null,
    seconds: task.stateSeconds,
    seen_begin: task.stateBegan,
    about_seconds: asleep ?? null,
  });
}

/**
 * `871 tar   root   D for 12s in folio_wait_bit_common`
 * @param asleep as of {@link stateItem}.
 */
export function taskTitle(task: TaskView, asleep?: number): Line {
  const wchan = field('wchan_name').value(task);
  const where = typeof wchan === 'string' && wchan !== '0' && wchan !== '' ? ` in ${escaped(wchan)}` : '';
  const who = `${threadName(task)} ${escaped(task.comm)}`;
  const what = `${escaped(fieldText('user', task))}  ${stateLetter(task)} for ${stateFor(task, asleep)}${where}`;
  return {
    spans: [
      { x: 1, text: who, tone: 'title' },
      { x: Math.max(20, textWidth(who) + 3), text: what, tone: 'strong' },
    ],
  };
}
