/** The control groups of one task: limits, use, throttling and pressure of its group and of each above it, v1 and v2. */
import { decodeTaskCgroups, type TaskCgroup, type TaskCgroups } from '../decode/cgroup-files.ts';
import { type CgroupMounts, cgroupMounts, decodeMountinfo } from '../decode/mountinfo.ts';
import { containerOf } from '../decode/pid-files.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import { right } from './cgroup-cells.ts';
import { cpuSections } from './cgroup-cpu.ts';
import { type Branch, branchFor, branchOf, isUnified, mountOf } from './cgroup-levels.ts';
import { memorySections } from './cgroup-memory.ts';
import { cpusetFacts, frozenNotes, ioSections, pidsSections, pressureSections } from './cgroup-more.ts';
import type { TaskContext, TaskPageBuilder } from './context.ts';
import { fact, facts, item, type Item, note, type Section } from './document.ts';
import { livingContext, livingNote } from './living.ts';
import { fileMissing, whyNot } from './task-files.ts';

const MODES: Readonly<Record<TaskCgroups['mode'], string>> = {
  v1: 'version 1: a hierarchy for each controller, or some of them together',
  v2: 'version 2: one hierarchy for all controllers',
  hybrid: 'hybrid: version 1 has the controllers that it names, version 2 the others',
  none: 'the kernel knows of no group of this task',
};

/** Where we see hierarchies: paths of groups are as our own namespace has them. */
function mountsOf({ dossier }: TaskContext): Reading<CgroupMounts> {
  const own = dossier.file('/proc/self/mountinfo');
  const bytes = isMissing(own) ? dossier.file('mountinfo') : own;
  return isMissing(bytes) ? bytes : cgroupMounts(decodeMountinfo(bytes));
}

/** Where the hierarchy is mounted; in JSON the folder of the group there. */
function whereItem(group: TaskCgroup, mounts: Reading<CgroupMounts>): Item {
  const mount = isMissing(mounts) ? undefined : mountOf(mounts, group);
  if (!mount || isMissing(mounts)) return item('-', null, 'dim');
  return item(mount.mountPoint, branchOf(mounts, group)?.levels[0]?.folder ?? null);
}

const groupItem = ({ path, deleted }: TaskCgroup): Item =>
  item(
    `${path}${deleted ? ' (removed)' : ''}${path.startsWith('/..') ? ' (outside of our cgroup namespace)' : ''}`,
    path,
    deleted ? 'warn' : 'strong',
  );

const groupTable = ({ groups }: TaskCgroups, mounts: Reading<CgroupMounts>): Section => ({
  kind: 'table',
  id: 'groups',
  columns: [
    right('hierarchy', 'id'),
    { id: 'controllers', title: 'controllers', most: 20 },
    { id: 'folder', title: 'mounted at' },
    { id: 'path', title: 'group' },
  ],
  rows: groups.map(group => [
    item(String(group.id), group.id, 'dim'),
    item(isUnified(group) ? 'version 2' : group.controllers.join(','), group.controllers),
    whereItem(group, mounts),
    groupItem(group),
  ]),
});

const isMarked = (section: Section): boolean =>
  section.kind === 'table' &&
  section.rows.some(row => section.columns.some(({ id }, at) => id === 'binds' && row[at]!.value === true));

/** The tables of a task whose groups we can look into; what stands out first. */
function valueSections(context: TaskContext, groups: TaskCgroups, mounts: CgroupMounts): Section[] {
  const branch = (controller: string): Branch | undefined => branchFor(groups, mounts, controller);
  const unified = groups.groups.find(isUnified);
  const sections = [
    ...frozenNotes(context, groups, mounts),
    ...cpuSections(context, branch('cpu'), branch('cpuacct')),
    ...memorySections(context, branch('memory')),
    ...pidsSections(context, branch('pids')),
    ...ioSections(context, branch('io')),
    ...pressureSections(context, unified && branchOf(mounts, unified)),
  ];
  const cpus = cpusetFacts(context, branch('cpuset'));
  return [
    ...sections.filter(({ kind }) => kind === 'note'),
    ...(cpus.length > 0 ? [facts('cpuset', undefined, cpus)] : []),
    ...sections.filter(({ kind }) => kind !== 'note'),
    ...(sections.some(isMarked)
      ? [note('* the limit that is reached first. A group counts all that is in it and below.')]
      : []),
  ];
}

/** Why the files of the groups are not looked at; undefined: they are. */
function whyNoValues(context: TaskContext, { groups }: TaskCgroups, mounts: Reading<CgroupMounts>): string | undefined {
  if (!context.task.machine.live) return 'Limits and use are not known: a copy of /proc does not hold /sys/fs/cgroup.';
  if (isMissing(mounts)) return `Limits and use are not known: mountinfo: ${whyNot(context, 'mountinfo', mounts)}.`;
  if (groups.some(group => branchOf(mounts, group))) return undefined;
  return 'Limits and use are not known: no mount that we see shows these groups.';
}

export const cgroupPage: TaskPageBuilder = leader => {
  const context = livingContext(leader);
  const bytes = context.dossier.file('cgroup');
  if (isMissing(bytes))
    return {
      sections: [facts('', undefined, [fact('mode', 'Control groups', fileMissing(context, 'cgroup', bytes))])],
    };
  const groups = decodeTaskCgroups(bytes);
  const mounts = mountsOf(context);
  const container = groups.groups.map(({ path }) => containerOf(path)).find(name => name !== undefined);
  const why = whyNoValues(context, groups, mounts);
  return {
    sections: [
      ...livingNote(context, leader),
      facts('', undefined, [
        fact('mode', 'Control groups', item(MODES[groups.mode], groups.mode)),
        fact('container', 'Container', container === undefined ? item('none recognised', null) : item(container)),
      ]),
      ...(groups.groups.length > 0 ? [groupTable(groups, mounts)] : []),
      ...(why !== undefined || isMissing(mounts) ? [note(why ?? '')] : valueSections(context, groups, mounts)),
    ],
  };
};
