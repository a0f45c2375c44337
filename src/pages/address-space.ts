/** The address space of a task from bottom to top: its regions in few rows, with what stat says of where things begin. */
import { describeLayout, type Maps, type MapsGroup, type MapsRegion, regionAt, summarise } from '../decode/maps.ts';
import { decodeSyscall } from '../decode/syscall.ts';
import { bytesText, grouped } from '../units/format.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import { hexText, statAddress } from './address.ts';
import type { TaskContext } from './context.ts';
import { item, type Item, note, numberItem, type Section } from './document.ts';
import { isOneOfMany, readThreads, threadIds } from './threads-of.ts';

/** Threads whose stacks are looked for: each is a file to read. */
const MOST_STACKS = 64;

/** Program and heap lie at the one end, libraries and stack at the other. */
const MOST_AT_EACH_END = 1000;

/** The regions that the stack pointers of threads lie in, by their start. */
function threadStacks(context: TaskContext, regions: readonly MapsRegion[]): Map<bigint, number> {
  const out = new Map<bigint, number>();
  const { task } = context;
  if (!isOneOfMany(task)) return out;
  const tids = threadIds(context);
  if (isMissing(tids)) return out;
  for (const { tid, now } of readThreads(context, tids.slice(0, MOST_STACKS), 'syscall', decodeSyscall)) {
    if (isMissing(now) || !('sp' in now)) continue;
    const region = regionAt(regions, BigInt(now.sp));
    if (region?.path === '') out.set(region.start, tid);
  }
  return out;
}

const isGuard = ({ path, perms }: MapsRegion): boolean => path === '' && perms.startsWith('---');

/** Names the stacks of threads, their guards too, so that they are told apart from other anonymous memory. */
function withStacks(context: TaskContext, regions: readonly MapsRegion[]): readonly MapsRegion[] {
  const stacks = threadStacks(context, regions);
  if (stacks.size === 0) return regions;
  return regions.map((region, at) => {
    const above = regions[at + 1];
    const guards = above && isGuard(region) && region.end === above.start ? stacks.get(above.start) : undefined;
    const tid = stacks.get(region.start) ?? guards;
    return tid === undefined ? region : { ...region, path: `[stack of thread ${tid}]` };
  });
}

const STACK_OF = /^\[stack of thread (\d+)\]$/;

interface Row {
  /** `within`: a place in the row above that stat names. */
  readonly kind: 'program' | 'library' | 'file' | 'heap' | 'stack' | 'threads' | 'kernel' | 'anon' | 'other' | 'within';
  readonly name: string;
  readonly start: bigint;
  /** As start: a place, not a range. */
  readonly end: bigint;
  readonly regions: number;
  readonly bytes: bigint;
}

function rowOf({ part, path, deleted, start, end, regions, bytes }: MapsGroup): Row {
  const row = { name: deleted ? `${path} (deleted)` : path, start, end, regions, bytes };
  const tid = STACK_OF.exec(path)?.[1];
  if (tid !== undefined) return { ...row, kind: 'threads', name: `stacks of ${tid}` };
  if (part !== 'mapped') return { ...row, kind: part };
  if (path === '' || path.startsWith('[')) return { ...row, kind: 'anon' };
  if (!path.startsWith('/')) return { ...row, kind: 'other' };
  return { ...row, kind: /\.so(?:\.|$)/.test(path) ? 'library' : 'file' };
}

/** Names the anonymous memory that begins on the page behind end_data: data that has no bytes in the file. */
function withBss({ task }: TaskContext, rows: readonly Row[]): Row[] {
  const endData = statAddress(task, 46);
  if (isMissing(endData)) return [...rows];
  const page = BigInt(task.machine.pageBytes);
  const behind = ((endData + page - 1n) / page) * page;
  return rows.map(row =>
    row.start === behind && row.kind === 'anon' && row.name === '' ? { ...row, name: 'bss' } : row,
  );
}

/** Do two rows next to each other become one? What has no name, and stacks of threads. */
const belongs = (a: Row, b: Row): boolean =>
  a.kind === b.kind && (a.kind === 'threads' || (a.kind === 'anon' && a.name === b.name));

function inRuns(rows: readonly Row[]): Row[] {
  const out: Row[] = [];
  for (const row of rows) {
    const last = out.at(-1);
    if (!last || !belongs(last, row)) {
      out.push(row);
      continue;
    }
    const { kind, end } = row;
    const name = kind === 'threads' ? `${last.name}, ${row.name.replace('stacks of ', '')}` : row.name;
    const sum = { regions: last.regions + row.regions, bytes: last.bytes + row.bytes };
    out[out.length - 1] = { ...last, ...sum, name, end };
  }
  return out;
}

/** Fields of stat: where something begins and ends, or only begins. */
const PLACES = [
  { name: 'code', from: 26, to: 27 },
  { name: 'data', from: 45, to: 46 },
  { name: 'start_brk', from: 47, to: 47 },
  { name: 'startstack', from: 28, to: 28 },
  { name: 'arguments', from: 48, to: 49 },
  { name: 'environment', from: 50, to: 51 },
] as const;

const placesOf = ({ task }: TaskContext): Row[] =>
  PLACES.flatMap(({ name, from, to }): Row[] => {
    const start = statAddress(task, from);
    const end = statAddress(task, to);
    if (isMissing(start) || isMissing(end)) return [];
    const bytes = end > start ? end - start : 0n;
    return [{ kind: 'within', name, start, end: start + bytes, regions: 0, bytes }];
  });

const byAddress = (a: Row, b: Row): number =>
  a.start === b.start ? Number(a.kind === 'within') - Number(b.kind === 'within') : a.start < b.start ? -1 : 1;

const bare = (address: bigint): string => address.toString(16);

function rowItems({ kind, name, start, end, regions, bytes }: Row): Item[] {
  const within = kind === 'within';
  const tone = within ? 'dim' : 'normal';
  const size = Number(bytes);
  const range = start === end ? bare(start) : `${bare(start)}-${bare(end)}`;
  return [
    item(range, { from: hexText(start), to: hexText(end) }, tone),
    within && size === 0 ? item('', 0) : numberItem(bytesText(size), size, tone),
    item(within ? '' : grouped(regions), regions),
    item(within ? '' : kind, kind, 'dim'),
    item(within ? `· ${name}` : name, name, within ? 'dim' : 'normal'),
  ];
}

function kindSection(regions: readonly MapsRegion[]): Section {
  return {
    kind: 'table',
    id: 'kinds',
    title: `${grouped(regions.length)} regions by kind (address space, not memory in use)`,
    columns: [
      { id: 'regions', title: 'regions', align: 'right' },
      { id: 'bytes', title: 'size', align: 'right' },
      { id: 'kind', title: 'kind' },
    ],
    rows: summarise(regions).map(({ kind, regions: count, bytes }) => [
      numberItem(grouped(count), count),
      numberItem(bytesText(Number(bytes)), Number(bytes)),
      item(kind.title, kind.id),
    ]),
  };
}

/** What the regions are, and where they lie; of what stat alone tells when `maps` cannot be read. */
export function layoutSections(context: TaskContext, maps: Reading<Maps>): Section[] {
  const { task } = context;
  const regions = isMissing(maps) ? [] : maps.regions;
  const startCode = statAddress(task, 26);
  const groups = describeLayout(withStacks(context, regions), isMissing(startCode) ? undefined : startCode);
  const rows = [...inRuns(withBss(context, groups.map(rowOf))), ...placesOf(context)].sort(byAddress);
  const left = rows.length - 2 * MOST_AT_EACH_END;
  const shown = left > 0 ? [...rows.slice(0, MOST_AT_EACH_END), ...rows.slice(-MOST_AT_EACH_END)] : rows;
  const notes = [
    ...(left > 0 ? [note(`${grouped(left)} rows in the middle are left out.`, 'warn')] : []),
    ...(!isMissing(maps) && maps.truncated
      ? [note(`Only the first ${grouped(regions.length)} regions: the file is longer than what is read of it.`, 'warn')]
      : []),
  ];
  if (rows.length === 0) return notes;
  return [
    ...(regions.length > 0 ? [kindSection(regions)] : []),
    {
      kind: 'table',
      id: 'layout',
      title: 'From low to high addresses (without the gaps)',
      columns: [
        { id: 'range', title: 'from-to' },
        { id: 'bytes', title: 'size', align: 'right' },
        { id: 'regions', title: '#', align: 'right' },
        { id: 'kind', title: 'kind' },
        { id: 'name', title: 'name' },
      ],
      rows: shown.map(rowItems),
    },
    ...notes,
  ];
}
