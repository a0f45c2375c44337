/** Many tasks of a log (sysrq-t, -w) as a summary and one line a task. */
import { columns, wrapped } from './layout.ts';
import type { LogTask } from './log-tasks.ts';
import { plural, type Thing } from './thing.ts';

/** So many tasks in D are named in the summary. */
const MOST_NAMES = 40;

/** How many in which state, what the states mean, which are in D, and then each of them on a line. */
export function taskList(tasks: readonly LogTask[], masks: readonly Thing[]): string[] {
  const byState = groupedByState(tasks);
  const counts = [...byState].toSorted(([, a], [, b]) => b.length - a.length);
  const explained = masks.find(({ explains }) => explains === 'thread_info');
  return [
    ...wrapped(
      '',
      `${plural(tasks.length, 'task')}: ${counts.map(([state, of]) => `${of.length} ${state}`).join(', ')}`,
    ),
    ...columns(counts.map(([state, [first]]) => [state, first!.state ?? 'the text has no state line of it'])),
    ...inD(byState.get('D') ?? []),
    ...wrapped('  ', typeof explained?.facts['note'] === 'string' ? explained.facts['note'] : '').filter(Boolean),
    '',
    ...columns([['state', 'pid', 'parent', 'name', ''], ...tasks.map(({ row }) => row)], [1, 2]),
  ];
}

function groupedByState(tasks: readonly LogTask[]): Map<string, LogTask[]> {
  const groups = new Map<string, LogTask[]>();
  for (const task of tasks) {
    const state = task.row[0] || '?';
    const group = groups.get(state);
    if (group) group.push(task);
    else groups.set(state, [task]);
  }
  return groups;
}

function inD(tasks: readonly LogTask[]): string[] {
  if (tasks.length === 0) return [];
  const names = tasks.slice(0, MOST_NAMES).map(({ row: [, pid, , name] }) => `${name} ${pid}`);
  const more = tasks.length > MOST_NAMES ? [`and ${tasks.length - MOST_NAMES} more`] : [];
  return wrapped('  in D: ', [...names.map(name => name.trim()), ...more].join(', '));
}
