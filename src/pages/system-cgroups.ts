/** Control groups of the machine: which hierarchies there are, their controllers, and the group of this program. */
import {
  cgroupLimit,
  cgroupNumber,
  cgroupOf,
  decodeCfsQuota,
  decodeCgroupControllers,
  decodeCpuMax,
  decodeTaskCgroups,
  type CpuQuota,
  type TaskCgroup,
  type TaskCgroups,
} from '../decode/cgroup-files.ts';
import {
  cgroupFolder,
  type CgroupMount,
  type CgroupMounts,
  cgroupMounts,
  decodeMountinfo,
} from '../decode/mountinfo.ts';
import { NOT_IN_KERNEL } from '../fields/task.ts';
import { bytesText, grouped } from '../units/format.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import type { SystemContext } from './context.ts';
import {
  fact,
  type Fact,
  facts,
  item,
  type Item,
  missingItem,
  numberItem,
  type Page,
  readingItem,
  type Section,
} from './document.ts';
import { decimals } from './numbers.ts';
import { fileItem, fileMissing, fileOf, whyNot } from './system-source.ts';
import { lineOf } from './task-files.ts';

const MEANINGS: ReadonlyMap<string, string> = new Map([
  ['cpu', 'CPU time: shares and quotas'],
  ['cpuacct', 'CPU time, counted'],
  ['cpuset', 'CPUs and memory nodes that tasks may use'],
  ['memory', 'memory: limits and use'],
  ['io', 'I/O of block devices'],
  ['blkio', 'I/O of block devices'],
  ['pids', 'number of tasks'],
  ['devices', 'device files that tasks may open'],
  ['freezer', 'stopping whole groups'],
  ['net_cls', 'class of network packets'],
  ['net_prio', 'priority of network packets'],
  ['perf_event', 'perf events of whole groups'],
  ['hugetlb', 'huge pages'],
  ['rdma', 'RDMA resources'],
  ['misc', 'numbered resources, such as encrypted machines'],
  ['dmem', 'memory of devices'],
  ['debug', 'for debugging control groups themselves'],
]);

/** Version 2 has no such controllers: the first two are done by BPF, the others are part of it. */
const ONLY_V1 = new Set(['net_cls', 'net_prio', 'devices', 'freezer', 'cpuacct']);

const MODES: Readonly<Record<TaskCgroups['mode'], string>> = {
  v1: 'version 1: a hierarchy for each controller, or some of them together',
  v2: 'version 2: one hierarchy for all controllers',
  hybrid: 'hybrid: both versions are mounted; a controller is in one of them',
  none: 'no control groups are mounted',
};

const mountsOf = (context: SystemContext): Reading<CgroupMounts> => {
  const bytes = fileOf(context, '/proc/self/mountinfo');
  return isMissing(bytes) ? bytes : cgroupMounts(decodeMountinfo(bytes));
};

function modeOf({ v1, v2 }: CgroupMounts): TaskCgroups['mode'] {
  if (v2) return v1.size > 0 ? 'hybrid' : 'v2';
  return v1.size > 0 ? 'v1' : 'none';
}

function unifiedFacts(context: SystemContext, { v2 }: CgroupMounts): Fact[] {
  if (!v2) return [];
  const list = (id: string, label: string, file: string, words: string): Fact => {
    const of = fileItem(context, `${v2.mountPoint}/${file}`, bytes => {
      const controllers = lineOf(bytes).split(/\s+/).filter(Boolean);
      return item(controllers.length === 0 ? 'none' : `${controllers.join(' ')}: ${words}`, controllers);
    });
    return fact(id, label, of);
  };
  return [
    fact('v2_mount', 'Version 2 at', item(v2.mountPoint)),
    list('v2_controllers', 'Controllers', 'cgroup.controllers', 'version 2 can use them'),
    list('v2_subtree_control', 'For subgroups', 'cgroup.subtree_control', 'groups below the top have them'),
  ];
}

function hierarchyFacts(context: SystemContext, mounts: Reading<CgroupMounts>): Fact[] {
  if (isMissing(mounts)) return [fact('mode', 'Mode', fileMissing(context, '/proc/self/mountinfo', mounts))];
  const mode = modeOf(mounts);
  return [fact('mode', 'Mode', item(MODES[mode], mode)), ...unifiedFacts(context, mounts)];
}

function whereMounted(name: string, hierarchy: number, mounts: Reading<CgroupMounts>): string {
  if (isMissing(mounts)) return hierarchy === 0 ? '' : 'version 1';
  const mount = mounts.v1.get(name);
  if (mount) return mount.mountPoint;
  if (hierarchy !== 0) return 'version 1, not mounted here';
  return mounts.v2 && !ONLY_V1.has(name) ? 'version 2' : 'not mounted';
}

function controllerTable(context: SystemContext, mounts: Reading<CgroupMounts>): Section {
  const bytes = fileOf(context, '/proc/cgroups');
  const controllers = isMissing(bytes) ? [] : decodeCgroupControllers(bytes);
  return {
    kind: 'table',
    id: 'controllers',
    title: 'Controllers (subsystems)',
    columns: [
      { id: 'name', title: 'name' },
      { id: 'hierarchy', title: 'id', align: 'right' },
      { id: 'groups', title: 'groups', align: 'right' },
      { id: 'enabled', title: 'enabled' },
      { id: 'mounted', title: 'hierarchy', most: 30 },
      { id: 'meaning', title: 'meaning' },
    ],
    rows: controllers.map(({ name, hierarchy, groups, enabled }) => {
      const meaning = MEANINGS.get(name) ?? '';
      const where = whereMounted(name, hierarchy, mounts);
      return [
        item(name, name, 'strong'),
        numberItem(String(hierarchy), hierarchy),
        numberItem(grouped(groups), groups),
        item(enabled ? 'yes' : 'no', enabled, enabled ? 'normal' : 'warn'),
        item(where),
        item(meaning, meaning || null, 'dim'),
      ];
    }),
    empty: isMissing(bytes) ? `- (${whyNot(context, '/proc/cgroups', bytes)})` : 'none',
  };
}

interface Limit {
  readonly id: string;
  readonly label: string;
  readonly controller: string;
  readonly v2: string;
  /** Version 1 has nothing like it when absent. */
  readonly v1?: string;
  readonly show: (bytes: Uint8Array) => Item | undefined;
}

const limitItem =
  (text: (value: number) => string) =>
  (bytes: Uint8Array): Item | undefined => {
    const limit = cgroupLimit(bytes);
    if (limit === undefined) return undefined;
    return limit === 'max' ? item('no limit', 'max') : item(text(limit), String(limit));
  };

const useItem =
  (text: (value: number) => string) =>
  (bytes: Uint8Array): Item | undefined => {
    const value = cgroupNumber(bytes);
    return value === undefined ? undefined : numberItem(text(value), value);
  };

const listItem = (bytes: Uint8Array): Item => item(lineOf(bytes) || 'none', lineOf(bytes));

const LIMITS: readonly Limit[] = [
  {
    id: 'memory_limit',
    label: 'Memory limit',
    controller: 'memory',
    v2: 'memory.max',
    v1: 'memory.limit_in_bytes',
    show: limitItem(bytesText),
  },
  { id: 'memory_high', label: 'Slowed down from', controller: 'memory', v2: 'memory.high', show: limitItem(bytesText) },
  {
    id: 'memory_used',
    label: 'Memory used',
    controller: 'memory',
    v2: 'memory.current',
    v1: 'memory.usage_in_bytes',
    show: useItem(bytesText),
  },
  {
    id: 'tasks_limit',
    label: 'Most tasks',
    controller: 'pids',
    v2: 'pids.max',
    v1: 'pids.max',
    show: limitItem(grouped),
  },
  { id: 'tasks', label: 'Tasks', controller: 'pids', v2: 'pids.current', v1: 'pids.current', show: useItem(grouped) },
  {
    id: 'cpus',
    label: 'CPUs',
    controller: 'cpuset',
    v2: 'cpuset.cpus.effective',
    v1: 'cpuset.cpus',
    show: listItem,
  },
];

/** Where the group that a controller counts us in can be looked at. */
interface Place {
  readonly folder: string;
  readonly version: 1 | 2;
  readonly path: string;
}

function placeOf(groups: TaskCgroups, mounts: CgroupMounts, controller: string): Place | undefined {
  const group = cgroupOf(groups, controller);
  if (!group) return undefined;
  const version = group.controllers.length > 0 ? 1 : 2;
  const mount = version === 1 ? mounts.v1.get(controller) : mounts.v2;
  const folder = mount && cgroupFolder(mount, group.path);
  return folder === undefined ? undefined : { folder, version, path: group.path };
}

const NOT_SEEN = 'no mount shows the group';

/** A group without the file: the top group has no limits, and other groups only those of their controllers. */
const noFile = ({ path }: Place, controller: string): string =>
  path === '/' ? 'the top group has none' : `the controller ${controller} is not enabled for the group`;

function limitFact(context: SystemContext, limit: Limit, place: Place | undefined): Fact | undefined {
  const { id, label, controller, show } = limit;
  const file = place?.version === 1 ? limit.v1 : limit.v2;
  if (file === undefined) return undefined;
  if (!place) return fact(id, label, missingItem(NOT_IN_KERNEL, NOT_SEEN));
  const path = `${place.folder}/${file}`;
  const bytes = fileOf(context, path);
  if (!isMissing(bytes)) return fact(id, label, show(bytes) ?? missingItem(NOT_IN_KERNEL));
  const why = bytes.missing === 'not-in-this-kernel' ? noFile(place, controller) : whyNot(context, path, bytes);
  return fact(id, label, missingItem(bytes, why));
}

function quotaItem({ quotaUs, periodUs }: CpuQuota): Item {
  if (quotaUs === 'max') return item('no limit', { quota_us: null, period_us: periodUs });
  const cpus = periodUs > 0 ? ` (${decimals(quotaUs / periodUs)} CPUs)` : '';
  const text = `${grouped(quotaUs)} us in each ${grouped(periodUs)} us${cpus}`;
  return item(text, { quota_us: quotaUs, period_us: periodUs });
}

function quotaFact(context: SystemContext, place: Place | undefined): Fact {
  const name = (of: Item): Fact => fact('cpu_quota', 'CPU time', of);
  if (!place) return name(missingItem(NOT_IN_KERNEL, NOT_SEEN));
  const read = (file: string): Reading<Uint8Array> => fileOf(context, `${place.folder}/${file}`);
  const [first, period] =
    place.version === 2 ? [read('cpu.max')] : [read('cpu.cfs_quota_us'), read('cpu.cfs_period_us')];
  if (isMissing(first)) {
    const absent = first.missing === 'not-in-this-kernel';
    return name(missingItem(first, absent ? noFile(place, 'cpu') : whyNot(context, place.folder, first)));
  }
  if (period !== undefined && isMissing(period)) return name(missingItem(period));
  const quota = period === undefined ? decodeCpuMax(first) : decodeCfsQuota(first, period);
  return name(quota ? quotaItem(quota) : missingItem(NOT_IN_KERNEL));
}

function groupRow({ id, controllers, path }: TaskCgroup, mounts: CgroupMounts): Item[] {
  const mount: CgroupMount | undefined = controllers.length > 0 ? mounts.v1.get(controllers[0]!) : mounts.v2;
  const folder = mount && cgroupFolder(mount, path);
  return [
    numberItem(String(id), id),
    item(controllers.length > 0 ? controllers.join(',') : 'version 2', controllers),
    item(path, { path, folder: folder ?? null }),
  ];
}

function ownSections(context: SystemContext, mounts: Reading<CgroupMounts>): Section[] {
  const title = 'The group of taskscope itself';
  // of a copy it would be the group of who made the copy
  if (!context.machine.live) return [];
  const groups = readOwn(context);
  if (isMissing(groups) || isMissing(mounts)) {
    const of = readingItem(groups, () => item(''), isMissing(groups) ? whyNot(context, OWN, groups) : '');
    return [facts('own', title, [fact('group', 'Group', of)])];
  }
  const limits = LIMITS.map(limit => limitFact(context, limit, placeOf(groups, mounts, limit.controller)));
  return [
    {
      kind: 'table',
      id: 'own_groups',
      title,
      columns: [
        { id: 'hierarchy', title: 'id', align: 'right' },
        { id: 'controllers', title: 'controllers', most: 24 },
        { id: 'group', title: 'group' },
      ],
      rows: groups.groups.map(group => groupRow(group, mounts)),
      empty: 'none',
    },
    facts('own', undefined, [
      ...limits.filter(limit => limit !== undefined),
      quotaFact(context, placeOf(groups, mounts, 'cpu')),
    ]),
  ];
}

const OWN = '/proc/self/cgroup';

function readOwn(context: SystemContext): Reading<TaskCgroups> {
  const bytes = fileOf(context, OWN);
  return isMissing(bytes) ? bytes : decodeTaskCgroups(bytes);
}

export function cgroupsPage(context: SystemContext): Page {
  const mounts = mountsOf(context);
  return {
    sections: [
      facts('', undefined, hierarchyFacts(context, mounts)),
      controllerTable(context, mounts),
      ...ownSections(context, mounts),
    ],
  };
}
