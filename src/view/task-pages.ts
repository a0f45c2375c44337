/** The pages of one task: what they are called, and the overview. Pure lines out of the model. */
import type { TaskView } from '../fields/task.ts';
import { field } from '../fields/registry.ts';
import { priorityText } from '../kernel/sched.ts';
import { stateFact } from '../kernel/states.ts';
import { dateTimeText, durationText, formatValue, grouped, type Unit } from '../units/format.ts';
import { isMissing, MISSING_REASONS } from '../units/missing.ts';
import { harmless, textWidth } from '../units/text.ts';
import type { Line, Span, Tone } from './cells.ts';
import { entry } from './pages.ts';

export type TaskPage = 'overview' | 'flags';
/** Pages in the order of their tabs; the key of each is its number. */
export const TASK_PAGES: readonly { readonly id: TaskPage; readonly title: string }[] = [
  { id: 'overview', title: 'Overview' },
  { id: 'flags', title: 'Flags' },
];

const BLANK: Line = { spans: [] };

/** A value of a field in words: with its unit, or the reason why there is none. */
function valueOf(id: string, task: TaskView): { text: string; tone: Tone } {
  const entry = field(id);
  const value = entry.value(task);
  if (isMissing(value)) return { text: `- (${MISSING_REASONS[value.missing]})`, tone: 'dim' };
  if (typeof value !== 'number')
    return { text: harmless(typeof value === 'string' ? value : value.join(' ')), tone: 'normal' };
  const text = formatValue(value, entry.unit, 24);
  const unit: Partial<Record<Unit, string>> = { percent: ' %', 'per-second': ' /s', 'bytes-per-second': '/s' };
  return { text: text + (unit[entry.unit] ?? ''), tone: 'normal' };
}

const text = (id: string, task: TaskView): string => valueOf(id, task).text;

/** How long the task has been in its state: what we saw, and whether we saw it begin. */
const seenFor = (task: TaskView): string => (task.stateBegan ? '' : 'at least ') + durationText(task.stateSeconds);

/** `871 tar   root   D for 12s in folio_wait_bit_common` */
export function taskTitle(task: TaskView): Line {
  const state = String.fromCharCode(task.stat(3));
  const name = task.isThread && task.pid !== task.tgid ? `${task.pid} of ${task.tgid}` : String(task.pid);
  const wchan = field('wchan_name').value(task);
  const where = typeof wchan === 'string' && wchan !== '0' ? ` in ${wchan}` : '';
  const who = `${name} ${harmless(task.comm)}`;
  const spans: Span[] = [
    { x: 1, text: who, tone: 'title' },
    {
      x: Math.max(20, textWidth(who) + 3),
      text: `${text('user', task)}  ${state} for ${seenFor(task)}${where}`,
      tone: 'strong',
    },
  ];
  return { spans };
}

export function tabs(current: TaskPage): Line {
  let x = 1;
  const spans = TASK_PAGES.map(({ id, title }, index): Span => {
    const label = id === current ? `[${index + 1} ${title.toUpperCase()}]` : ` ${index + 1} ${title} `;
    const span: Span = { x, text: label, tone: id === current ? 'key' : 'normal' };
    x += label.length + 1;
    return span;
  });
  return { spans, fill: 'header' };
}

/** The parents up to the first process, nearest first; empty when a parent is not among the tasks. */
export type ParentChain = readonly { readonly pid: number; readonly comm: string }[];

export function overviewPage(task: TaskView, parents: ParentChain, bootTime: number, columns: number): Line[] {
  const row = (name: string, value: string): Line[] => entry(name, value, columns);
  const state = String.fromCharCode(task.stat(3));
  const fact = stateFact(state, task.machine.tables);
  const started = (bootTime + task.stat(22) / task.machine.ticksPerSecond) * 1000;
  const chain = parents.map(({ pid, comm }) => `${pid} ${harmless(comm)}`).join('  ←  ');
  const group = task.isThread && task.pid !== task.tgid ? [...row('Process', String(task.tgid))] : [];
  return [
    ...row('Command', text('command', task)),
    ...row(task.isThread ? 'Thread' : 'Pid', `${task.pid}   comm ${harmless(task.comm)}`),
    ...group,
    ...row('User', `${text('user', task)} (uid ${text('uid', task)})`),
    ...row(
      'Started',
      `${dateTimeText(started)}, ${text('age', task)} ago   (start time ${grouped(task.stat(22))} ticks after boot)`,
    ),
    ...row('Parents', chain === '' ? `${task.stat(4)}` : chain),
    ...row('Terminal', `${text('tty_name', task) || 'none'}   process group ${task.stat(5)}   session ${task.stat(6)}`),
    BLANK,
    ...row('State', `${state} ${fact?.name ?? ''} for ${seenFor(task)}: ${fact?.meaning ?? 'unknown to this table'}`),
    ...row(
      'Waits in',
      text('wchan_name', task) === '0' ? 'nothing: it does not sleep in the kernel' : text('wchan_name', task),
    ),
    ...row('Flags', `${text('flags', task)}  ${text('flag_names', task)}`),
    ...row(
      'Scheduling',
      `${text('policy_name', task)}, ${priorityText(task.stat(18), task.stat(41))}, last on CPU ${text('processor', task)}`,
    ),
    BLANK,
    ...row(
      'CPU',
      `${text('cpu_percent', task)} of one CPU: user ${text('user_percent', task)}, system ${text('system_percent', task)}   in all ${text('cpu_time', task)}`,
    ),
    ...row(
      'Faults',
      `minor ${text('min_flt_rate', task)} (${text('min_flt', task)} in all)   major ${text('maj_flt_rate', task)} (${text('maj_flt', task)} in all)`,
    ),
    ...row(
      'Children',
      `reaped ${text('reaped_cpu_percent', task)}   user ${text('cutime', task)} system ${text('cstime', task)}   faults ${text('cmin_flt', task)} minor, ${text('cmaj_flt', task)} major`,
    ),
    ...row(
      'Memory',
      `resident ${text('rss_bytes', task)} (${text('mem_percent', task)} of the machine)   virtual ${text('vsize', task)}   swap ${text('swap_bytes', task)}`,
    ),
    ...row('Threads', text('num_threads', task)),
    ...row('Cgroup', text('cgroup', task)),
  ];
}
