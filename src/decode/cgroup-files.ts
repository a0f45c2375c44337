/**
 * Control groups: `/proc/[pid]/cgroup`, `/proc/cgroups`, and the values in the files of a group, of version 1 and 2.
 * @see cgroups(7); kernel `Documentation/admin-guide/cgroup-v2.rst`, `cgroup-v1/`.
 */
import { lines } from './bytes.ts';
import { exactOf } from './escapes.ts';

export interface TaskCgroup {
  /** Number of the hierarchy; 0 = version 2. */
  readonly id: number;
  /** `cpu`, `memory`, `name=systemd`; none for version 2. */
  readonly controllers: readonly string[];
  /** From the root of the hierarchy, or of the reader's cgroup namespace; begins with `/..` outside of that. */
  readonly path: string;
  /** The group was removed, the task is all that is left of it. */
  readonly deleted: boolean;
}

export interface TaskCgroups {
  /** `hybrid`: both versions are mounted; then the controllers are mostly with version 1. */
  readonly mode: 'v1' | 'v2' | 'hybrid' | 'none';
  readonly groups: readonly TaskCgroup[];
}

const GONE = ' (deleted)';

/** `/proc/[pid]/cgroup`. @see cgroups(7). Since 2.6.24. */
export function decodeTaskCgroups(bytes: Uint8Array): TaskCgroups {
  const groups: TaskCgroup[] = [];
  for (const line of lines(bytes.subarray(0, bytes.lastIndexOf(10) + 1))) {
    const match = /^(\d{1,10}):([^:]*):(\/.*)$/s.exec(line);
    if (!match) continue;
    const [, id = '', controllers = '', written = ''] = match;
    const deleted = written.endsWith(GONE);
    groups.push({
      id: Number(id),
      controllers: controllers === '' ? [] : controllers.split(','),
      path: exactOf(deleted ? written.slice(0, -GONE.length) : written),
      deleted,
    });
  }
  const unified = groups.some(isUnified);
  const old = groups.some(group => !isUnified(group));
  return { mode: unified ? (old ? 'hybrid' : 'v2') : old ? 'v1' : 'none', groups };
}

const isUnified = ({ id, controllers }: TaskCgroup): boolean => id === 0 && controllers.length === 0;

/** The group that a controller counts the task in: of version 1 where it is there, else of version 2. */
export const cgroupOf = ({ groups }: TaskCgroups, controller: string): TaskCgroup | undefined =>
  groups.find(group => group.controllers.includes(controller)) ?? groups.find(isUnified);

export interface CgroupController {
  readonly name: string;
  /** Number of its version 1 hierarchy; 0 = version 2, or not mounted. */
  readonly hierarchy: number;
  readonly groups: number;
  /** Not switched off at boot (cgroup_disable=). */
  readonly enabled: boolean;
}

/** `/proc/cgroups`. @see cgroups(7). Since 2.6.24. */
export function decodeCgroupControllers(bytes: Uint8Array): CgroupController[] {
  const controllers: CgroupController[] = [];
  for (const line of lines(bytes)) {
    const match = /^([^#\s]\S*)\s+(\d{1,10})\s+(\d{1,10})\s+([01])$/.exec(line);
    if (!match) continue;
    const [, name = '', hierarchy, groups, enabled] = match;
    controllers.push({ name, hierarchy: Number(hierarchy), groups: Number(groups), enabled: enabled === '1' });
  }
  return controllers;
}

const textOf = (bytes: Uint8Array): string => [...lines(bytes)][0]?.trim() ?? '';

const wholeNumber = (text: string): number | undefined => (/^\d{1,20}$/.test(text) ? Number(text) : undefined);

/** What version 1 shows for no limit: the largest multiple of the page size, or of 2^31 - 1 pages on 32 bits. */
const V1_UNLIMITED = 2 ** 63 - 2 ** 17;
const V1_UNLIMITED_32 = (2 ** 31 - 1) * 4096;

/** A file of one number: `memory.max`, `pids.max`, `memory.limit_in_bytes`; `max` where there is no limit. */
export function cgroupLimit(bytes: Uint8Array): number | 'max' | undefined {
  const text = textOf(bytes);
  const number = wholeNumber(text);
  if (text === 'max' || (number !== undefined && (number >= V1_UNLIMITED || number === V1_UNLIMITED_32))) return 'max';
  return number;
}

/** A file of one number without a limit's special values: `memory.current`, `pids.current`, `cgroup.freeze`, `cpu.weight`. */
export const cgroupNumber = (bytes: Uint8Array): number | undefined => wholeNumber(textOf(bytes));

/** How much CPU time the group may use: the quota in each period, microseconds; `max` = no limit. */
export interface CpuQuota {
  readonly quotaUs: number | 'max';
  readonly periodUs: number;
}

/** `cpu.max` of version 2: `max 100000`, `50000 100000`. */
export function decodeCpuMax(bytes: Uint8Array): CpuQuota | undefined {
  const match = /^(max|\d{1,15}) (\d{1,15})$/.exec(textOf(bytes));
  if (!match) return undefined;
  return { quotaUs: match[1] === 'max' ? 'max' : Number(match[1]), periodUs: Number(match[2]) };
}

/** The same from `cpu.cfs_quota_us` (-1 = no limit) and `cpu.cfs_period_us` of version 1. */
export function decodeCfsQuota(quota: Uint8Array, period: Uint8Array): CpuQuota | undefined {
  const text = textOf(quota);
  const quotaUs = text === '-1' ? 'max' : wholeNumber(text);
  const periodUs = cgroupNumber(period);
  return quotaUs === undefined || periodUs === undefined ? undefined : { quotaUs, periodUs };
}

/** Files of `key number` lines: `cpu.stat`, `memory.events`, `memory.stat`, `memory.oom_control`, `cgroup.events`. */
export function decodeCgroupKeys(bytes: Uint8Array): Map<string, number> {
  const values = new Map<string, number>();
  for (const line of lines(bytes.subarray(0, bytes.lastIndexOf(10) + 1))) {
    const match = /^(\S+) (\d{1,20})$/.exec(line);
    if (match) values.set(match[1]!, Number(match[2]));
  }
  return values;
}

/** `io.stat`, `io.max`: a device a line, `8:16 rbytes=1459200 wbytes=0 …`; a value may be `max`. */
export interface CgroupDevice {
  readonly major: number;
  readonly minor: number;
  readonly values: ReadonlyMap<string, string>;
}

export function decodeCgroupDevices(bytes: Uint8Array): CgroupDevice[] {
  const devices: CgroupDevice[] = [];
  for (const line of lines(bytes.subarray(0, bytes.lastIndexOf(10) + 1))) {
    const match = /^(\d{1,10}):(\d{1,10})((?: [^\s=]+=\S*)*) *$/.exec(line);
    if (!match) continue;
    const values = new Map<string, string>();
    for (const pair of (match[3] ?? '').split(' ').filter(Boolean)) {
      const equals = pair.indexOf('=');
      values.set(pair.slice(0, equals), pair.slice(equals + 1));
    }
    devices.push({ major: Number(match[1]), minor: Number(match[2]), values });
  }
  return devices;
}

/** What a group with a CPU quota had to wait for it, between two readings of its `cpu.stat`. */
export interface Throttling {
  readonly periods: number;
  readonly throttledPeriods: number;
  /** Of the periods in which the group ran, 0 … 1. */
  readonly share: number;
  /** Summed over CPUs; undefined where the file does not tell. */
  readonly throttledSeconds?: number;
}

const difference = (before: number | undefined, now: number | undefined): number | undefined =>
  before === undefined || now === undefined || now < before ? undefined : now - before;

/**
 * Of either version (`throttled_usec`, or `throttled_time` in nanoseconds). Undefined when no period passed, the group has
 * no quota, or a counter went backwards.
 */
export function throttling(
  before: ReadonlyMap<string, number>,
  now: ReadonlyMap<string, number>,
): Throttling | undefined {
  const delta = (key: string): number | undefined => difference(before.get(key), now.get(key));
  const periods = delta('nr_periods');
  const throttledPeriods = delta('nr_throttled');
  if (periods === undefined || throttledPeriods === undefined || periods === 0) return undefined;
  const micros = delta('throttled_usec');
  const nanos = delta('throttled_time');
  const seconds = micros !== undefined ? micros / 1e6 : nanos !== undefined ? nanos / 1e9 : undefined;
  return {
    periods,
    throttledPeriods,
    share: Math.min(1, throttledPeriods / periods),
    ...(seconds !== undefined && { throttledSeconds: seconds }),
  };
}

export interface CgroupFile {
  readonly file: string;
  readonly version: 1 | 2;
  /** Whose hierarchy it is in; `cgroup` = every group. */
  readonly controller: string;
  /** First mainline minor; null = 2.6.32 or older. Ask for the file rather than the release: controllers come and go. */
  readonly since: string | null;
  /** What {@link decodeCgroupKeys} and the others make of it. */
  readonly form: 'number' | 'limit' | 'keys' | 'devices' | 'cpu.max' | 'text' | 'pressure';
  readonly meaning: string;
}

// prettier-ignore
export const CGROUP_FILES: readonly CgroupFile[] = [
  { file: 'cgroup.freeze',           version: 2, controller: 'cgroup',  since: '5.2',  form: 'number',   meaning: '1: the group is to be frozen' },
  { file: 'cgroup.events',           version: 2, controller: 'cgroup',  since: '4.5',  form: 'keys',     meaning: 'populated: it or a group in it has tasks; frozen (5.2): all of them stand still' },
  { file: 'cgroup.controllers',      version: 2, controller: 'cgroup',  since: '4.5',  form: 'text',     meaning: 'the controllers that it may use' },
  { file: 'cpu.max',                 version: 2, controller: 'cpu',     since: '4.15', form: 'cpu.max',  meaning: 'CPU time in each period, microseconds' },
  { file: 'cpu.max.burst',           version: 2, controller: 'cpu',     since: '5.14', form: 'number',   meaning: 'CPU time that may be saved up for later periods, microseconds' },
  { file: 'cpu.weight',              version: 2, controller: 'cpu',     since: '4.15', form: 'number',   meaning: 'share of the CPU when others want it too, 1 to 10000, 100 = usual' },
  { file: 'cpu.idle',                version: 2, controller: 'cpu',     since: '5.15', form: 'number',   meaning: '1: runs only when nothing else does, as SCHED_IDLE' },
  { file: 'cpu.stat',                version: 2, controller: 'cpu',     since: '4.15', form: 'keys',     meaning: 'CPU time in microseconds; periods, and how many of them ended throttled' },
  { file: 'cpu.stat.local',          version: 2, controller: 'cpu',     since: '6.6',  form: 'keys',     meaning: 'time throttled for its own quota or that of a group above' },
  { file: 'cpu.pressure',            version: 2, controller: 'cgroup',  since: '4.20', form: 'pressure', meaning: 'how long tasks waited for a CPU' },
  { file: 'memory.current',          version: 2, controller: 'memory',  since: '4.5',  form: 'number',   meaning: 'bytes used, page cache included' },
  { file: 'memory.peak',             version: 2, controller: 'memory',  since: '5.19', form: 'number',   meaning: 'most bytes used so far' },
  { file: 'memory.max',              version: 2, controller: 'memory',  since: '4.5',  form: 'limit',    meaning: 'hard limit: beyond it the OOM killer comes' },
  { file: 'memory.high',             version: 2, controller: 'memory',  since: '4.5',  form: 'limit',    meaning: 'soft limit: beyond it tasks are slowed down and must free memory' },
  { file: 'memory.low',              version: 2, controller: 'memory',  since: '4.5',  form: 'limit',    meaning: 'kept from reclaim as long as others have more' },
  { file: 'memory.min',              version: 2, controller: 'memory',  since: '4.18', form: 'limit',    meaning: 'never reclaimed' },
  { file: 'memory.events',           version: 2, controller: 'memory',  since: '4.5',  form: 'keys',     meaning: 'how often it was at low, high, max, out of memory, and how many tasks were killed' },
  { file: 'memory.stat',             version: 2, controller: 'memory',  since: '4.5',  form: 'keys',     meaning: 'what the memory is used for; faults and reclaim' },
  { file: 'memory.oom.group',        version: 2, controller: 'memory',  since: '4.19', form: 'number',   meaning: '1: the OOM killer kills all of the group or none' },
  { file: 'memory.swap.current',     version: 2, controller: 'memory',  since: '4.5',  form: 'number',   meaning: 'bytes in swap' },
  { file: 'memory.swap.max',         version: 2, controller: 'memory',  since: '4.5',  form: 'limit',    meaning: 'limit of swap' },
  { file: 'memory.pressure',         version: 2, controller: 'cgroup',  since: '4.20', form: 'pressure', meaning: 'how long tasks waited for memory' },
  { file: 'pids.current',            version: 2, controller: 'pids',    since: '4.5',  form: 'number',   meaning: 'tasks, threads included' },
  { file: 'pids.max',                version: 2, controller: 'pids',    since: '4.5',  form: 'limit',    meaning: 'most tasks: beyond it fork fails with EAGAIN' },
  { file: 'pids.events',             version: 2, controller: 'pids',    since: '4.8',  form: 'keys',     meaning: 'max: how often a fork failed for pids.max' },
  { file: 'io.stat',                 version: 2, controller: 'io',      since: '4.5',  form: 'devices',  meaning: 'bytes and requests by device' },
  { file: 'io.max',                  version: 2, controller: 'io',      since: '4.5',  form: 'devices',  meaning: 'limits by device' },
  { file: 'io.pressure',             version: 2, controller: 'cgroup',  since: '4.20', form: 'pressure', meaning: 'how long tasks waited for I/O' },
  { file: 'irq.pressure',            version: 2, controller: 'cgroup',  since: '6.1',  form: 'pressure', meaning: 'how long tasks were held up by interrupts' },
  { file: 'cpuset.cpus.effective',   version: 2, controller: 'cpuset',  since: '5.0',  form: 'text',     meaning: 'CPUs that its tasks may use' },
  { file: 'cpuset.mems.effective',   version: 2, controller: 'cpuset',  since: '5.0',  form: 'text',     meaning: 'memory nodes that its tasks may use' },
  { file: 'cpu.cfs_quota_us',        version: 1, controller: 'cpu',     since: '3.2',  form: 'text',     meaning: 'CPU time in each period, microseconds; -1 = no limit' },
  { file: 'cpu.cfs_period_us',       version: 1, controller: 'cpu',     since: '3.2',  form: 'number',   meaning: 'length of a period, microseconds' },
  { file: 'cpu.shares',              version: 1, controller: 'cpu',     since: null,   form: 'number',   meaning: 'share of the CPU when others want it too, 1024 = usual' },
  { file: 'cpu.stat',                version: 1, controller: 'cpu',     since: '3.2',  form: 'keys',     meaning: 'periods, how many of them ended throttled, time throttled in nanoseconds' },
  { file: 'cpuacct.usage',           version: 1, controller: 'cpuacct', since: null,   form: 'number',   meaning: 'CPU time in nanoseconds' },
  { file: 'memory.usage_in_bytes',   version: 1, controller: 'memory',  since: null,   form: 'number',   meaning: 'bytes used, page cache included (off by a batch for each CPU)' },
  { file: 'memory.max_usage_in_bytes', version: 1, controller: 'memory', since: null,  form: 'number',   meaning: 'most bytes used so far' },
  { file: 'memory.limit_in_bytes',   version: 1, controller: 'memory',  since: null,   form: 'limit',    meaning: 'hard limit' },
  { file: 'memory.memsw.limit_in_bytes', version: 1, controller: 'memory', since: null, form: 'limit',   meaning: 'limit of memory and swap together' },
  { file: 'memory.failcnt',          version: 1, controller: 'memory',  since: null,   form: 'number',   meaning: 'how often the limit was hit' },
  { file: 'memory.oom_control',      version: 1, controller: 'memory',  since: '2.6.34', form: 'keys',   meaning: 'oom_kill_disable: tasks wait instead of being killed; under_oom: they do; oom_kill (4.13): tasks killed' },
  { file: 'memory.stat',             version: 1, controller: 'memory',  since: null,   form: 'keys',     meaning: 'what the memory is used for' },
  { file: 'pids.current',            version: 1, controller: 'pids',    since: '4.3',  form: 'number',   meaning: 'tasks, threads included' },
  { file: 'pids.max',                version: 1, controller: 'pids',    since: '4.3',  form: 'limit',    meaning: 'most tasks: beyond it fork fails with EAGAIN' },
  { file: 'freezer.state',           version: 1, controller: 'freezer', since: null,   form: 'text',     meaning: 'THAWED, FREEZING or FROZEN' },
  { file: 'cpuset.cpus',             version: 1, controller: 'cpuset',  since: null,   form: 'text',     meaning: 'CPUs that its tasks may use' },
  { file: 'cpuset.mems',             version: 1, controller: 'cpuset',  since: null,   form: 'text',     meaning: 'memory nodes that its tasks may use' },
];
