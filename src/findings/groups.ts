/** What tasks can have in common that is no column. */
import type { TaskFile } from '../fields/files.ts';
import { field } from '../fields/registry.ts';
import type { TaskView } from '../fields/task.ts';
import { fieldFact } from './facts.ts';
import type { Rule } from './rule.ts';
import { cgroupPath, cpuCgroup } from './world.ts';

interface Group {
  /** The file that tells it. */
  readonly file: TaskFile;
  readonly name: (task: TaskView) => string;
}

const WORKER = /^kworker\/[^+-]*[+-](.+)$/;

/** `events` out of `kworker/0:1+events`; since 4.18 the queue stands behind `+` (at work) or `-` (was). @see wq_worker_comm() */
export const workqueueOf = (comm: string): string => WORKER.exec(comm)?.[1] ?? 'a queue that this kernel does not name';

/** On a machine with both versions either may freeze: the group that is not the top of its hierarchy. */
function freezerGroup(task: TaskView): string {
  const old = cgroupPath(task, 'freezer') ?? '';
  return old === '/' || old === '' ? (cgroupPath(task, '') ?? old) : old;
}

export const OTHER_GROUPS: ReadonlyMap<string, Group> = new Map<string, Group>([
  ['machine', { file: 'stat', name: () => 'machine' }],
  ['workqueue', { file: 'stat', name: task => workqueueOf(task.comm) }],
  ['cpu_cgroup', { file: 'cgroup', name: task => cpuCgroup(task) ?? '' }],
  ['freezer_cgroup', { file: 'cgroup', name: freezerGroup }],
  ['tgid', { file: 'stat', name: task => String(task.tgid) }],
]);

export const groupFiles = ({ group }: Rule): readonly TaskFile[] => {
  if (!group) return [];
  const other = OTHER_GROUPS.get(group.by);
  return other ? [other.file] : field(group.by).files;
};

/** What the task belongs to: itself where the rule gathers nothing. Empty: not known. */
export function groupName({ group }: Rule, task: TaskView, startTicks: number): string {
  if (!group) return `${task.pid}@${startTicks}`;
  const other = OTHER_GROUPS.get(group.by);
  return other ? other.name(task) : String(fieldFact(task, field(group.by))?.value ?? '');
}
