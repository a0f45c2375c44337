/** Memory of control groups: use, limits, what happened at them. */
import { cgroupLimit, cgroupNumber, decodeCgroupKeys } from '../decode/cgroup-files.ts';
import { bytesText, grouped } from '../units/format.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import { BINDS, bindsItem, bytesCell, GROUP, leastOf, limitCell, nameItem, right, room } from './cgroup-cells.ts';
import { type Branch, type Counted, gainIn, type Level, levelCounted, levelValue } from './cgroup-levels.ts';
import type { TaskContext } from './context.ts';
import { item, type Item, note, type Section } from './document.ts';

interface MemoryLevel {
  readonly level: Level;
  readonly used: Reading<number>;
  readonly max: Reading<number | 'max'>;
  readonly high: Reading<number | 'max'>;
  readonly swap: Reading<number>;
  readonly events: readonly Event[];
}

/** How often something happened, in all and since the sample before. */
interface Event {
  readonly name: string;
  readonly total: number;
  readonly gain: number;
}

const EVENTS_2 = ['high', 'max', 'oom', 'oom_kill'];

function eventsIn(counted: Counted<ReadonlyMap<string, number>>, names: readonly string[]): Event[] {
  const { now } = counted;
  if (isMissing(now)) return [];
  return names.flatMap(name => {
    const total = now.get(name);
    if (total === undefined) return [];
    const gain = gainIn(counted, keys => keys.get(name));
    return [{ name, total, gain: isMissing(gain) ? 0 : gain }];
  });
}

function memoryLevel2(context: TaskContext, level: Level): MemoryLevel {
  return {
    level,
    used: levelValue(context, level, 'memory.current', cgroupNumber),
    max: levelValue(context, level, 'memory.max', cgroupLimit),
    high: levelValue(context, level, 'memory.high', cgroupLimit),
    swap: levelValue(context, level, 'memory.swap.current', cgroupNumber),
    events: eventsIn(levelCounted(context, level, 'memory.events', decodeCgroupKeys), EVENTS_2),
  };
}

function memoryLevel1(context: TaskContext, level: Level): MemoryLevel {
  const failures = levelCounted(context, level, 'memory.failcnt', bytes => {
    const count = cgroupNumber(bytes);
    return count === undefined ? undefined : new Map([['failcnt', count]]);
  });
  return {
    level,
    used: levelValue(context, level, 'memory.usage_in_bytes', cgroupNumber),
    max: levelValue(context, level, 'memory.limit_in_bytes', cgroupLimit),
    high: levelValue(context, level, 'memory.soft_limit_in_bytes', cgroupLimit),
    swap: levelValue(context, level, 'memory.stat', bytes => decodeCgroupKeys(bytes).get('swap')),
    events: [
      ...eventsIn(failures, ['failcnt']),
      ...eventsIn(levelCounted(context, level, 'memory.oom_control', decodeCgroupKeys), ['under_oom', 'oom_kill']),
    ],
  };
}

/** `max 12 (+3)`; what never happened is left out. */
function eventsItem(events: readonly Event[]): Item {
  const words = events
    .filter(({ total }) => total > 0)
    .map(({ name, total, gain }) => `${name} ${grouped(total)}${gain > 0 ? ` (+${grouped(gain)})` : ''}`);
  const value = Object.fromEntries(events.map(({ name, total, gain }) => [name, { total, gain }]));
  return item(words.join(', '), value, events.some(({ gain }) => gain > 0) ? 'changed' : 'normal');
}

const eventNotes = (levels: readonly MemoryLevel[]): Section[] =>
  levels.flatMap(({ level, events }) => {
    const gained = events.filter(({ gain }) => gain > 0).map(({ name, gain }) => `${name} +${grouped(gain)}`);
    return gained.length > 0
      ? [note(`Memory of ${level.path}: ${gained.join(', ')} since the last sample.`, 'warn')]
      : [];
  });

function memorySection(levels: readonly MemoryLevel[], version: 1 | 2): Section {
  const binds = leastOf(levels.map(({ used, max }) => room(used, max)));
  return {
    kind: 'table',
    id: 'memory',
    title: 'Memory',
    columns: [
      GROUP,
      right('bytes', 'used'),
      right('max', 'limit'),
      BINDS,
      right('high', version === 2 ? 'high' : 'soft'),
      right('swap', 'swap'),
      { id: 'events', title: 'events' },
    ],
    rows: levels.map(({ level, used, max, high, swap, events }, at) => [
      nameItem(level),
      bytesCell(used),
      limitCell(max, bytesText),
      bindsItem(at === binds),
      limitCell(high, bytesText),
      bytesCell(swap),
      eventsItem(events),
    ]),
  };
}

const isThere = ({ used, max }: MemoryLevel): boolean => !isMissing(used) || !isMissing(max);

/** What happened at the limits since the last sample, and the table. */
export function memorySections(context: TaskContext, branch: Branch | undefined): Section[] {
  const levels = (branch?.levels ?? []).map(level =>
    branch?.version === 2 ? memoryLevel2(context, level) : memoryLevel1(context, level),
  );
  return branch && levels.some(isThere) ? [...eventNotes(levels), memorySection(levels, branch.version)] : [];
}
