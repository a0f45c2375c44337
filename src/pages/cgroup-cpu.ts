/** CPU time of control groups: use, quota, throttling. */
import {
  cgroupNumber,
  type CpuQuota,
  decodeCfsQuota,
  decodeCgroupKeys,
  decodeCpuMax,
  throttling,
  type Throttling,
} from '../decode/cgroup-files.ts';
import { FIRST_SAMPLE, NOT_IN_KERNEL } from '../fields/task.ts';
import { grouped } from '../units/format.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import { BINDS, bindsItem, GROUP, leastOf, nameItem, percentItem, right } from './cgroup-cells.ts';
import { type Branch, type Counted, gainIn, type Level, levelCounted, levelFile, levelValue } from './cgroup-levels.ts';
import type { TaskContext } from './context.ts';
import { item, type Item, note, numberItem, type Section } from './document.ts';
import { cellOf, decimals, perSecond } from './numbers.ts';

interface CpuLevel {
  readonly level: Level;
  readonly percent: Reading<number>;
  readonly quota: Reading<CpuQuota>;
  readonly weight: Reading<number>;
  readonly throttled: Reading<Throttling>;
}

const keysIn = (context: TaskContext, level: Level, file: string): Counted<ReadonlyMap<string, number>> =>
  levelCounted(context, level, file, decodeCgroupKeys);

function throttledIn({ now, before }: Counted<ReadonlyMap<string, number>>): Reading<Throttling> {
  if (isMissing(now)) return now;
  if (!now.has('nr_periods')) return NOT_IN_KERNEL;
  if (isMissing(before)) return FIRST_SAMPLE;
  return throttling(before, now) ?? { periods: 0, throttledPeriods: 0, share: 0 };
}

const percentOf = <T>(
  counted: Counted<T>,
  pick: (of: T) => number | undefined,
  unitsPerSecond: number,
): Reading<number> => {
  const rate = perSecond(gainIn(counted, pick), counted.elapsed);
  return isMissing(rate) ? rate : (100 * rate) / unitsPerSecond;
};

function cpuLevel2(context: TaskContext, level: Level): CpuLevel {
  const stat = keysIn(context, level, 'cpu.stat');
  return {
    level,
    percent: percentOf(stat, keys => keys.get('usage_usec'), 1e6),
    quota: levelValue(context, level, 'cpu.max', decodeCpuMax),
    weight: levelValue(context, level, 'cpu.weight', cgroupNumber),
    throttled: throttledIn(stat),
  };
}

function quota1(context: TaskContext, level: Level): Reading<CpuQuota> {
  const quota = levelFile(context, level, 'cpu.cfs_quota_us');
  const period = levelFile(context, level, 'cpu.cfs_period_us');
  if (isMissing(quota)) return quota;
  return isMissing(period) ? period : (decodeCfsQuota(quota, period) ?? NOT_IN_KERNEL);
}

/** @param accounting the same group in the hierarchy of cpuacct, where there is one. */
function cpuLevel1(context: TaskContext, level: Level, accounting: Level | undefined): CpuLevel {
  const usage = accounting && levelCounted(context, accounting, 'cpuacct.usage', cgroupNumber);
  return {
    level,
    percent: usage ? percentOf(usage, ns => ns, 1e9) : NOT_IN_KERNEL,
    quota: quota1(context, level),
    weight: levelValue(context, level, 'cpu.shares', cgroupNumber),
    throttled: throttledIn(keysIn(context, level, 'cpu.stat')),
  };
}

const shareOf = ({ quotaUs, periodUs }: CpuQuota): number | undefined =>
  quotaUs === 'max' || periodUs === 0 ? undefined : quotaUs / periodUs;

const quotaCell = (reading: Reading<CpuQuota>): Item =>
  cellOf(reading, quota => {
    const share = shareOf(quota);
    const { quotaUs, periodUs } = quota;
    const value = { quota_us: quotaUs === 'max' ? null : quotaUs, period_us: periodUs };
    return share === undefined ? item('no limit', value, 'dim') : item(`${decimals(100 * share)} %`, value);
  });

const throttledCell = (reading: Reading<Throttling>): Item =>
  cellOf(reading, ({ share, periods }) =>
    periods === 0
      ? item('0 %', 0, 'dim')
      : numberItem(`${decimals(100 * share)} %`, 100 * share, share > 0 ? 'warn' : 'dim'),
  );

const quotaWords = (reading: Reading<CpuQuota>): string =>
  isMissing(reading) ? '' : ` (${String(reading.quotaUs)} of ${reading.periodUs} us)`;

/** `Throttled in 38 % of the periods by /system.slice/foo (50000 of 100000 us), 12 of 32 …`. */
const throttledNotes = (levels: readonly CpuLevel[]): Section[] =>
  levels.flatMap(({ level, quota, throttled }) => {
    if (isMissing(throttled) || throttled.throttledPeriods === 0) return [];
    const { share, throttledPeriods, periods, throttledSeconds } = throttled;
    const lost = throttledSeconds === undefined ? '' : `, ${decimals(throttledSeconds)} s summed over CPUs`;
    const text = `Throttled in ${decimals(100 * share)} % of the periods by ${level.path}${quotaWords(quota)}: ${throttledPeriods} of ${periods}${lost}.`;
    return [note(text, 'warn')];
  });

function cpuSection(levels: readonly CpuLevel[], version: 1 | 2): Section {
  const binds = leastOf(levels.map(({ quota }) => (isMissing(quota) ? undefined : shareOf(quota))));
  return {
    kind: 'table',
    id: 'cpu',
    title: 'CPU, percent of one',
    columns: [
      GROUP,
      right('cpu_percent', 'use'),
      right('quota', 'limit'),
      BINDS,
      right('throttled_percent', 'throttled'),
      right('weight', version === 2 ? 'weight' : 'shares'),
    ],
    rows: levels.map(({ level, percent, quota, throttled, weight }, at) => [
      nameItem(level),
      cellOf(percent, percentItem),
      quotaCell(quota),
      bindsItem(at === binds),
      throttledCell(throttled),
      cellOf(weight, value => numberItem(grouped(value), value, 'dim')),
    ]),
  };
}

/** CPU is counted in the hierarchy of cpuacct, where version 1 has it apart. */
function levelsOf(context: TaskContext, branch: Branch, accounting: Branch | undefined): CpuLevel[] {
  if (branch.version === 2) return branch.levels.map(level => cpuLevel2(context, level));
  const same = ({ path }: Level): Level | undefined => accounting?.levels.find(level => level.path === path);
  return branch.levels.map(level => cpuLevel1(context, level, same(level)));
}

const isThere = ({ percent, quota, weight }: CpuLevel): boolean => ![percent, quota, weight].every(isMissing);

/** Who throttles the task, and the table. */
export function cpuSections(
  context: TaskContext,
  branch: Branch | undefined,
  accounting: Branch | undefined,
): Section[] {
  const levels = branch ? levelsOf(context, branch, accounting) : [];
  return branch && levels.some(isThere) ? [...throttledNotes(levels), cpuSection(levels, branch.version)] : [];
}
