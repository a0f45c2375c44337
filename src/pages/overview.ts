/** Who the task is, what it does, since when, and what it waits for. */
import { bootedAt, stateItem, threadName } from './identity.ts';
import type { TaskContext } from './context.ts';
import { parentsOf } from './parents.ts';
import { fact, facts, type Fact, item, type Json, type Page } from './document.ts';
import { asleepSeconds } from './asleep.ts';
import { endingFacts } from './ending.ts';
import { livingContext } from './living.ts';
import { statusOf } from './task-files.ts';
import { statusNumber } from '../decode/pid-status.ts';
import { isMissing } from '../units/missing.ts';
import { fieldFact, fieldItem, fieldText } from './values.ts';
import { policyName, priorityText } from '../kernel/sched.ts';
import { waitFamily } from '../kernel/wait-channels.ts';
import type { TaskView } from '../fields/task.ts';
import { bytesText, dateTimeText, grouped } from '../units/format.ts';
import { decimals } from './numbers.ts';
import { field } from '../fields/registry.ts';

function who(context: TaskContext): Fact[] {
  const { task } = context;
  const parents = parentsOf(context);
  const started = bootedAt(task.machine) + (task.stat(22) / task.machine.ticksPerSecond) * 1000;
  const chain = parents.map(({ pid, comm }) => `${pid} ${comm}`).join('  ←  ');
  return [
    fieldFact('command', 'Command', task),
    fact('pid', task.isThread ? 'Thread' : 'Pid', item(`${threadName(task)}   comm ${task.comm}`, task.pid)),
    fact(
      'user',
      'User',
      item(`${fieldText('user', task)} (uid ${fieldText('uid', task)})`, fieldItem('user', task).value),
    ),
    fact(
      'started',
      'Started',
      item(
        `${dateTimeText(started)}, ${fieldText('age', task)} ago   (start time ${grouped(task.stat(22))} ticks after boot)`,
        Number.isFinite(started) ? new Date(started).toISOString() : null,
      ),
    ),
    fact(
      'parents',
      'Parents',
      item(
        chain === '' ? String(task.stat(4)) : chain,
        parents.map(({ pid, comm }) => ({ pid, comm })),
      ),
    ),
    fact(
      'tty_name',
      'Terminal',
      item(
        `${fieldText('tty_name', task) || 'none'}   process group ${task.stat(5)}   session ${task.stat(6)}`,
        fieldItem('tty_name', task).value,
      ),
    ),
  ];
}

/** The wait channel with what it means in words. */
export function waitsFact(task: TaskView): Fact {
  const wchan = field('wchan_name').value(task);
  if (typeof wchan !== 'string') return fieldFact('wchan_name', 'Waits in', task);
  if (wchan === '0' || wchan === '')
    return fact('wchan_name', 'Waits in', item('nothing: it does not sleep in the kernel', null));
  const family = waitFamily(wchan);
  const normal = family?.normal === undefined ? '' : ` (${family.normal})`;
  return fact('wchan_name', 'Waits in', item(family ? `${wchan}: ${family.words}${normal}` : wchan, wchan));
}

function state(context: TaskContext): Fact[] {
  const { task } = context;
  return [
    fact('state', 'State', stateItem(task, asleepSeconds(context))),
    ...endingFacts(context),
    waitsFact(task),
    fact(
      'flags',
      'Flags',
      item(`${fieldText('flags', task)}  ${fieldText('flag_names', task)}`, fieldItem('flags', task).value),
    ),
    fact(
      'scheduling',
      'Scheduling',
      item(
        `${fieldText('policy_name', task)}, ${priorityText(task.stat(18), task.stat(41))}, last on CPU ${fieldText('processor', task)}`,
        policyName(task.stat(41)),
      ),
    ),
  ];
}

/** Several columns in one line; JSON has each by its id. */
const line = (label: string, id: string, text: string, ids: readonly string[], task: TaskView): Fact =>
  fact(id, label, item(text, Object.fromEntries(ids.map(name => [name, fieldItem(name, task).value]))));

/** Resident memory by `status`, which sums the counters that stat takes as they are; in JSON both. @see mm/memory.c */
function memoryFact(own: TaskContext): Fact {
  const context = livingContext(own);
  const { task } = context;
  const status = statusOf(context);
  const bytesOf = (key: string): number | undefined =>
    isMissing(status) ? undefined : statusNumber(status.get(key) ?? '');
  const resident = bytesOf('VmRSS');
  const swapped = bytesOf('VmSwap');
  const text = (id: string): string => fieldText(id, task);
  const value = (id: string): Json => fieldItem(id, task).value;
  const rss = resident === undefined ? `about ${text('rss_bytes')}` : bytesText(resident);
  const swap = swapped === undefined ? text('swap_bytes') : bytesText(swapped);
  const { memoryBytes } = task.machine;
  // of the same reading as the amount: status is read at another instant than stat
  const share =
    resident === undefined || !(memoryBytes > 0)
      ? text('mem_percent')
      : `${decimals((100 * resident) / memoryBytes)} %`;
  return fact(
    'memory',
    'Memory',
    item(`resident ${rss} (${share} of the machine)   virtual ${text('vsize')}   swap ${swap}`, {
      rss_bytes: value('rss_bytes'),
      vm_rss: resident ?? null,
      mem_percent: value('mem_percent'),
      vsize: value('vsize'),
      swap_bytes: swapped ?? value('swap_bytes'),
    }),
  );
}

function costs(context: TaskContext): Fact[] {
  const { task } = context;
  const text = (id: string): string => fieldText(id, task);
  return [
    line(
      'CPU',
      'cpu',
      `${text('cpu_percent')} of one CPU: user ${text('user_percent')}, system ${text('system_percent')}   in all ${text('cpu_time')}`,
      ['cpu_percent', 'user_percent', 'system_percent', 'cpu_time'],
      task,
    ),
    line(
      'Faults',
      'faults',
      `minor ${text('min_flt_rate')} (${text('min_flt')} in all)   major ${text('maj_flt_rate')} (${text('maj_flt')} in all)`,
      ['min_flt_rate', 'min_flt', 'maj_flt_rate', 'maj_flt'],
      task,
    ),
    line(
      'Children',
      'children',
      `reaped ${text('reaped_cpu_percent')}   user ${text('cutime')} system ${text('cstime')}   faults ${text('cmin_flt')} minor, ${text('cmaj_flt')} major`,
      ['reaped_cpu_percent', 'cutime', 'cstime', 'cmin_flt', 'cmaj_flt'],
      task,
    ),
    memoryFact(context),
    fieldFact('num_threads', 'Threads', task),
    fieldFact('cgroup', 'Cgroup', task),
  ];
}

export const overviewPage = (context: TaskContext): Page => ({
  sections: [
    facts('', undefined, who(context)),
    facts('', undefined, state(context)),
    facts('', undefined, costs(context)),
  ],
});
