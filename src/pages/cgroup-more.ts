/** Tasks, I/O and pressure of control groups, whether they are frozen, and their CPUs. */
import {
  type CgroupDevice,
  cgroupLimit,
  cgroupNumber,
  decodeCgroupDevices,
  type TaskCgroups,
} from '../decode/cgroup-files.ts';
import type { CgroupMounts } from '../decode/mountinfo.ts';
import { decodePressure } from '../decode/system-files.ts';
import { bytesText, grouped } from '../units/format.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import { BINDS, bindsItem, GROUP, leastOf, limitCell, nameItem, right, room } from './cgroup-cells.ts';
import {
  type Branch,
  branchFor,
  branchOf,
  type Counted,
  gainIn,
  isUnified,
  type Level,
  levelCounted,
  levelFile,
  levelValue,
} from './cgroup-levels.ts';
import type { TaskContext } from './context.ts';
import { fact, type Fact, item, type Item, note, numberItem, type Section } from './document.ts';
import { cellOf, perSecond } from './numbers.ts';
import { lineOf } from './task-files.ts';

export function pidsSections(context: TaskContext, branch: Branch | undefined): Section[] {
  if (!branch) return [];
  const levels = branch.levels.map(level => ({
    level,
    used: levelValue(context, level, 'pids.current', cgroupNumber),
    max: levelValue(context, level, 'pids.max', cgroupLimit),
  }));
  if (levels.every(({ used, max }) => isMissing(used) && isMissing(max))) return [];
  const binds = leastOf(levels.map(({ used, max }) => room(used, max)));
  return [
    {
      kind: 'table',
      id: 'pids',
      title: 'Tasks, threads included',
      columns: [GROUP, right('tasks', 'now'), right('max', 'limit'), BINDS],
      rows: levels.map(({ level, used, max }, at) => [
        nameItem(level),
        cellOf(used, value => numberItem(grouped(value), value, room(used, max) === 0 ? 'warn' : 'normal')),
        limitCell(max, grouped),
        bindsItem(at === binds),
      ]),
    },
  ];
}

const sumOf =
  (key: string) =>
  (devices: readonly CgroupDevice[]): number =>
    devices.reduce((sum, { values }) => sum + Number(values.get(key) ?? 0), 0);

const rateCell = (counted: Counted<readonly CgroupDevice[]>, key: string): Item =>
  cellOf(perSecond(gainIn(counted, sumOf(key)), counted.elapsed), rate =>
    numberItem(`${bytesText(rate)}/s`, rate, rate === 0 ? 'dim' : 'normal'),
  );

/** `8:0 wbps 1048576`: what is `max` is no limit. */
function limitWords(devices: readonly CgroupDevice[]): string {
  return devices
    .map(({ major, minor, values }) => {
      const set = [...values].filter(([, value]) => value !== 'max').map(([key, value]) => `${key} ${value}`);
      return set.length > 0 ? `${major}:${minor} ${set.join(' ')}` : '';
    })
    .filter(text => text !== '')
    .join(', ');
}

export function ioSections(context: TaskContext, branch: Branch | undefined): Section[] {
  if (branch?.version !== 2) return [];
  const levels = branch.levels.map(level => ({
    level,
    stat: levelCounted(context, level, 'io.stat', decodeCgroupDevices),
    limits: levelValue(context, level, 'io.max', decodeCgroupDevices),
  }));
  if (levels.every(({ stat }) => isMissing(stat.now))) return [];
  return [
    {
      kind: 'table',
      id: 'io',
      title: 'I/O',
      columns: [GROUP, right('read_rate', 'read'), right('write_rate', 'written'), { id: 'limits', title: 'limits' }],
      rows: levels.map(({ level, stat, limits }) => [
        nameItem(level),
        rateCell(stat, 'rbytes'),
        rateCell(stat, 'wbytes'),
        cellOf(limits, devices => item(limitWords(devices))),
      ]),
    },
  ];
}

const RESOURCES = ['cpu', 'memory', 'io'] as const;

/** `some / full` of the last 10 s. */
const pressureCell = (reading: Reading<ReturnType<typeof decodePressure>>): Item =>
  cellOf(reading, ({ some, full }) => {
    const value = { some: some?.avg10 ?? null, full: full?.avg10 ?? null };
    const text = [some, full].map(of => (of ? of.avg10.toFixed(1) : '-')).join(' / ');
    return item(text, value, (some?.avg10 ?? 0) > 0 ? 'normal' : 'dim');
  });

export function pressureSections(context: TaskContext, branch: Branch | undefined): Section[] {
  if (!branch) return [];
  const levels = branch.levels.map(level => ({
    level,
    pressure: RESOURCES.map(resource => levelValue(context, level, `${resource}.pressure`, decodePressure)),
  }));
  if (levels.every(({ pressure }) => pressure.every(isMissing))) return [];
  return [
    {
      kind: 'table',
      id: 'pressure',
      title: 'Pressure: percent of the last 10 s in which some / all of its tasks waited',
      columns: [GROUP, ...RESOURCES.map(resource => right(resource, resource))],
      rows: levels.map(({ level, pressure }) => [nameItem(level), ...pressure.map(pressureCell)]),
    },
  ];
}

/** Says which group has stopped the task, if one has. */
export function frozenNotes(context: TaskContext, groups: TaskCgroups, mounts: CgroupMounts): Section[] {
  const unified = groups.groups.find(isUnified);
  const v2 = unified && branchOf(mounts, unified);
  const by2 = v2?.levels.find(level => levelValue(context, level, 'cgroup.freeze', cgroupNumber) === 1);
  if (by2) return [note(`Frozen by ${by2.path}: cgroup.freeze is 1.`, 'warn')];
  const v1 = branchFor(groups, mounts, 'freezer');
  const stateOf = (level: Level): string => {
    const bytes = levelFile(context, level, 'freezer.state');
    return isMissing(bytes) ? '' : lineOf(bytes);
  };
  // of the groups that stand still the highest is the one that was told to
  const by1 = v1?.version === 1 ? v1.levels.findLast(level => /^FR(?:EEZING|OZEN)$/.test(stateOf(level))) : undefined;
  return by1 ? [note(`Frozen by ${by1.path}: freezer.state is ${stateOf(by1)}.`, 'warn')] : [];
}

/** CPUs and memory nodes that the task's own group leaves it. */
export function cpusetFacts(context: TaskContext, branch: Branch | undefined): Fact[] {
  const [own] = branch?.levels ?? [];
  if (!branch || !own) return [];
  const suffix = branch.version === 2 ? '.effective' : '';
  const list = (id: string, label: string, file: string): Fact[] => {
    const bytes = levelFile(context, own, `${file}${suffix}`);
    return isMissing(bytes) ? [] : [fact(id, label, item(lineOf(bytes) || 'none', lineOf(bytes)))];
  };
  return [...list('cpus', 'CPUs', 'cpuset.cpus'), ...list('mems', 'Memory nodes', 'cpuset.mems')];
}
