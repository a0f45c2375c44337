/**
 * What the control group that we run in, and the groups above it, allow: memory, CPU time, CPUs. Bytes in, values out;
 * which files are needed is told here too. @see cgroups(7); kernel `Documentation/admin-guide/cgroup-v2.rst`.
 */
import { latin1 } from './bytes.ts';
import {
  cgroupLimit,
  cgroupNumber,
  cgroupOf,
  decodeCfsQuota,
  decodeCpuMax,
  decodeTaskCgroups,
} from './cgroup-files.ts';
import { type CgroupMount, cgroupFolder, cgroupMounts, decodeMountinfo } from './mountinfo.ts';

/** Names, among a sample's system files, of those that tell where we are; paths outside of /proc stand there as they are. */
export const HOST_FILES = {
  cgroup: 'self/cgroup',
  mountinfo: 'self/mountinfo',
  /** The target of the link, as text. */
  pidNamespace: 'self/ns/pid',
  presentCpus: '/sys/devices/system/cpu/present',
} as const;

/** Inode number of the first pid namespace. @see include/uapi/linux/nsfs.h, PID_NS_INIT_INO (before: linux/proc_ns.h). */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]';

/** Are we in another pid namespace than the machine's first? @param link the target of `/proc/self/ns/pid`. Since 3.8. */
export const isContainer = (link: Uint8Array | undefined): boolean =>
  link !== undefined && latin1(link) !== FIRST_PID_NAMESPACE;

/** The files, in one folder of a hierarchy, that tell of one controller. */
const FILES = {
  1: {
    limit: 'memory.limit_in_bytes',
    usage: 'memory.usage_in_bytes',
    quota: ['cpu.cfs_quota_us', 'cpu.cfs_period_us'],
    cpus: 'cpuset.cpus',
  },
  2: { limit: 'memory.max', usage: 'memory.current', quota: ['cpu.max'], cpus: 'cpuset.cpus.effective' },
} as const;
export const PRESSURES = ['cpu', 'memory', 'io'] as const;
export type PressureName = (typeof PRESSURES)[number];

/** A path that is deeper is no folder of a sane machine: the levels above these are left out. */
const MOST_LEVELS = 16;

/** Where one controller counts us. */
interface OwnGroup {
  readonly version: 1 | 2;
  /** Our group's folder, then those of the groups above it, as far as the mount shows them. */
  readonly folders: readonly string[];
}

export interface OwnGroups {
  /** As `/proc/self/cgroup` names the group, of the memory controller where it has one. */
  readonly path: string;
  readonly memory: OwnGroup | undefined;
  readonly cpu: OwnGroup | undefined;
  readonly cpuset: OwnGroup | undefined;
  /** The folder of the version 2 hierarchy, in which pressure is told. */
  readonly unified: string | undefined;
  /** Files of procfs that something is mounted over (as lxcfs does): they tell of the container, not of the machine. */
  readonly covered: readonly string[];
}

function withThoseAbove(folder: string, { mountPoint }: CgroupMount): string[] {
  const folders = [folder];
  while (folders.length < MOST_LEVELS && folders.at(-1)!.length > mountPoint.length)
    folders.push(folders.at(-1)!.slice(0, folders.at(-1)!.lastIndexOf('/')));
  return folders;
}

/** @param cgroup `/proc/PID/cgroup` @param mountinfo `/proc/PID/mountinfo`, of a process in our group and mount namespace. */
export function ownGroups(cgroup: Uint8Array, mountinfo: Uint8Array): OwnGroups {
  const groups = decodeTaskCgroups(cgroup);
  const mounts = decodeMountinfo(mountinfo);
  const { v1, v2 } = cgroupMounts(mounts);
  const own = (controller: string): OwnGroup | undefined => {
    const group = cgroupOf(groups, controller);
    if (!group) return undefined;
    const version = group.controllers.includes(controller) ? 1 : 2;
    const mount = version === 1 ? v1.get(controller) : v2;
    const folder = mount && cgroupFolder(mount, group.path);
    return folder === undefined ? undefined : { version, folders: withThoseAbove(folder, mount!) };
  };
  // a controller that no hierarchy can have: that leaves version 2
  const unified = own('');
  return {
    path: cgroupOf(groups, 'memory')?.path ?? '/',
    memory: own('memory'),
    cpu: own('cpu'),
    cpuset: own('cpuset'),
    unified: unified?.folders[0],
    covered: mounts.flatMap(({ mountPoint }) => (mountPoint.startsWith('/proc/') ? [mountPoint] : [])),
  };
}

/** The lines of mountinfo that {@link ownGroups} looks at: a machine with many containers has thousands of others. */
export function relevantMounts(mountinfo: Uint8Array): Uint8Array {
  const kept: number[] = [];
  for (let start = 0, end = 0; start < mountinfo.length; start = end + 1) {
    end = mountinfo.indexOf(10, start);
    if (end < 0) break;
    const line = latin1(mountinfo, start, end);
    if (/ - cgroup2? /.test(line) || /^\S+ \S+ \S+ \S+ \/proc\//.test(line))
      for (let at = start; at <= end; at++) kept.push(mountinfo[at]!);
  }
  return Uint8Array.from(kept);
}

const below = (group: OwnGroup | undefined, names: (files: (typeof FILES)[1 | 2]) => readonly string[]): string[] =>
  group?.folders.flatMap(folder => names(FILES[group.version]).map(name => `${folder}/${name}`)) ?? [];

/** Paths of the files that say what is allowed; not all of them need be there. They seldom change. */
export const limitFiles = (groups: OwnGroups): string[] => [
  ...below(groups.memory, ({ limit }) => [limit]),
  ...below(groups.cpu, ({ quota }) => quota),
  ...below(groups.cpuset, ({ cpus }) => [cpus]).slice(0, 1),
  ...(groups.unified === undefined ? [] : [`${groups.unified}/cgroup.events`]),
];

/**
 * Paths of the files that say what is used, as far as something is limited. Reading them waits for nobody: a counter
 * (`page_counter_read`, mm/memcontrol.c), and what PSI has averaged anyway.
 */
export const usageFiles = (groups: OwnGroups, { memory, inner }: GroupLimits): string[] => [
  ...(memory ? [memory.usageFile] : []),
  ...(inner ? PRESSURES.map(name => `${groups.unified!}/${name}.pressure`) : []),
];

/** A limit that some group sets for us, and what that group uses. */
export interface GroupMemory {
  readonly limit: number;
  readonly used: number | undefined;
  /** Where the use is told. */
  readonly usageFile: string;
}

export interface GroupLimits {
  /** The smallest limit on the way up; undefined: there is none. */
  readonly memory: GroupMemory | undefined;
  /** The smallest quota on the way up, in CPUs: 1.5 = 150 ms in each 100 ms; undefined: there is none. */
  readonly cpus: number | undefined;
  /** CPUs that we may run on, as the kernel writes lists; undefined: not told. */
  readonly cpuset: string | undefined;
  /** Are we in a group of the version 2 hierarchy, and not at its root? Then it has a pressure of its own. */
  readonly inner: boolean;
  /** Pressure of our group by resource, as the file has it. */
  readonly pressure: ReadonlyMap<PressureName, Uint8Array>;
}

type Read = (path: string) => Uint8Array | undefined;

function memoryOf(group: OwnGroup | undefined, read: Read): GroupMemory | undefined {
  let memory: GroupMemory | undefined;
  for (const folder of group?.folders ?? []) {
    const { limit: limitFile, usage } = FILES[group!.version];
    const bytes = read(`${folder}/${limitFile}`);
    const limit = bytes && cgroupLimit(bytes);
    if (typeof limit !== 'number' || (memory && memory.limit <= limit)) continue;
    const usageFile = `${folder}/${usage}`;
    const used = read(usageFile);
    memory = { limit, used: used && cgroupNumber(used), usageFile };
  }
  return memory;
}

function cpusOf(group: OwnGroup | undefined, read: Read): number | undefined {
  let cpus: number | undefined;
  for (const folder of group?.folders ?? []) {
    const [first, second] = FILES[group!.version].quota.map(name => read(`${folder}/${name}`));
    const quota =
      group!.version === 2 ? first && decodeCpuMax(first) : first && second && decodeCfsQuota(first, second);
    if (!quota || quota.quotaUs === 'max' || quota.periodUs === 0) continue;
    cpus = Math.min(cpus ?? Number.POSITIVE_INFINITY, quota.quotaUs / quota.periodUs);
  }
  return cpus;
}

function cpusetOf(group: OwnGroup | undefined, read: Read): string | undefined {
  const bytes = group && read(`${group.folders[0]!}/${FILES[group.version].cpus}`);
  const list = bytes && latin1(bytes).trim();
  return list !== undefined && /^\d[\d,-]*$/.test(list) ? list : undefined;
}

/** Only the root has no such file, and its pressure is the machine's. */
const isInner = ({ unified }: OwnGroups, read: Read): boolean =>
  unified !== undefined && read(`${unified}/cgroup.events`) !== undefined;

function pressureOf({ unified }: OwnGroups, read: Read): Map<PressureName, Uint8Array> {
  const pressure = new Map<PressureName, Uint8Array>();
  for (const name of PRESSURES) {
    const bytes = read(`${unified!}/${name}.pressure`);
    if (bytes) pressure.set(name, bytes);
  }
  return pressure;
}

/** @param read the bytes of one of {@link limitFiles} and {@link usageFiles}; undefined: it is not there. */
export function groupLimits(groups: OwnGroups, read: Read): GroupLimits {
  const inner = isInner(groups, read);
  return {
    memory: memoryOf(groups.memory, read),
    cpus: cpusOf(groups.cpu, read),
    cpuset: cpusetOf(groups.cpuset, read),
    inner,
    pressure: inner ? pressureOf(groups, read) : new Map<PressureName, Uint8Array>(),
  };
}
