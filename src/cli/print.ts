/** `--once` and `-n`: snapshots to stdout, no terminal. */
import { field, PRINTED_COLUMNS } from '../fields/registry.ts';
import { isUtf8Locale } from '../term/environment.ts';
import { asciiText } from '../units/text.ts';
import type { Field } from '../fields/field.ts';
import { isKernelThread } from '../fields/task.ts';
import type { Seat } from '../frame/sink.ts';
import type { SortKey } from '../fields/registry.ts';
import type { Filter } from '../filter/filter.ts';
import { dateTimeText } from '../units/format.ts';
import { TaskCursor } from '../model/task-cursor.ts';
import type { TaskTable } from '../model/task-table.ts';
import { flatRows, NOTHING_FOLDED, treeRows } from '../model/rows.ts';
import { selectTasks } from '../model/select.ts';
import { sortTasks } from '../model/sort.ts';
import { renderCsv } from '../out/csv.ts';
import { renderJson, renderNdjson } from '../out/json.ts';
import type { Snapshot } from '../out/snapshot.ts';
import { renderTable } from '../out/table.ts';
import { ExtraFiles } from '../sample/extra-files.ts';
import type { Sampler } from '../sample/sampler.ts';
import type { SlowReader } from '../sample/slow-reader.ts';
import { monotonicMs } from '../sample/tree.ts';
import { type Options, UsageError } from './options.ts';
import { givenFilter } from './filters.ts';
import { writeAll } from './output.ts';
import { sleep } from './sleep.ts';
import {
  checkThreads,
  checkUsers,
  columnsOf,
  Failure,
  type FileWish,
  fileWishes,
  openModel,
  openSource,
  type Recorded,
  type Source,
  sortOf,
} from './session.ts';

const RENDER = {
  table: renderTable,
  json: renderJson,
  ndjson: renderNdjson,
  csv: renderCsv,
} as const;

/** What these columns want of status the folder of a task tells, too. */
const USERS: readonly string[] = ['user', 'uid'];

/** Whether it tells, for one sample: a task that has ended is left to the read of status, which says so. */
function knowsOwner({ tree }: Source, table: TaskTable, sampler: Sampler, seat: Seat): boolean {
  if (!Number.isNaN(table.owner(seat))) return true;
  try {
    const uid = tree.owner?.(sampler.folder(seat));
    if (uid !== undefined) table.setOwner(seat, uid);
    return uid !== undefined;
  } catch {
    return false;
  }
}

/** Waits until the helper has answered, or the time is over. */
async function settled(slow: SlowReader | undefined, seconds: number): Promise<void> {
  const end = monotonicMs() + seconds * 1000;
  while (slow && slow.pending > 0 && monotonicMs() < end) await sleep(0.005);
}

/** @returns false when nobody reads any more. */
function write(options: Options, snapshot: Snapshot, first: boolean): boolean {
  const text = RENDER[options.format](snapshot, first);
  const ascii = options.ascii || !isUtf8Locale(process.env);
  // JSON and CSV are UTF-8 whatever the locale; a table is for the terminal or the pager that it goes to
  return writeAll(1, ascii && options.format === 'table' ? asciiText(text) : text);
}

/** The rows to print, in their order. Whatever choosing and ordering them needs must have been read. */
function chosenRows(
  cursor: TaskCursor,
  options: Options,
  filter: Filter | undefined,
  sort: readonly SortKey[],
): { readonly seats: Int32Array; readonly prefixes: readonly string[] } {
  const shown = selectTasks(cursor, { kernelThreads: options.kernelThreads ?? 'show', users: options.users });
  const { pids } = options;
  // live, only these were read
  const named = pids ? shown.filter(seat => pids.includes(cursor.table.tgid(seat))) : shown;
  const chosen = filter ? named.filter(seat => filter.matches(cursor.at(seat))) : named;
  const sorted = sortTasks(cursor, chosen, sort);
  const rows = options.tree ? treeRows(cursor, sorted, NOTHING_FOLDED) : flatRows(sorted);
  const seats = rows.seats.subarray(0, Math.min(rows.seats.length, options.limit));
  return { seats, prefixes: rows.extras.map(({ prefix }) => prefix) };
}

/** Samples of a recording: `-n` of them from `--at` on, without it the last ones. */
function printRecorded(
  { recording, index, player: last }: Recorded,
  options: Options,
  snapshotOf: (cursor: TaskCursor) => Snapshot,
): void {
  const { count, at, pids } = options;
  const wanted = count === 0 ? recording.count : count;
  const first = at === undefined ? Math.max(0, index + 1 - wanted) : index;
  const end = Math.min(first + wanted, recording.count);
  let player = first === index ? last : recording.playerAt(first, 0);
  for (let shown = first; shown < end; shown++) {
    if (shown > first) {
      if (recording.begins(shown)) player = recording.playerAt(shown, 0);
      else recording.playOn(player, shown);
    }
    const { table } = player;
    if (pids && wanted === 1 && !table.order.subarray(0, table.count).some(seat => pids.includes(table.tgid(seat)))) {
      throw new Failure(
        `no task with pid ${pids.join(', ')} in the recording at ${dateTimeText(table.system.wallMs)}: try another --at`,
      );
    }
    if (!write(options, snapshotOf(new TaskCursor(table)), shown === first)) return;
  }
}

export async function print(options: Options): Promise<void> {
  const source = await openSource(options);
  const { tree, machine } = source;
  const fields = columnsOf(options.columns ?? PRINTED_COLUMNS, machine, PRINTED_COLUMNS);
  const sort = sortOf(options.sort);
  const past = sort.find(key => key.field.history === true);
  const filter = await givenFilter(options);
  const telling = past?.field.id ?? (filter?.history === true ? filter.text : undefined);
  if (telling !== undefined && options.count === 1 && options.for === undefined && !source.recorded) {
    throw new UsageError(
      `'${telling}' tells of the past, which one snapshot has not: watch first with --for 10s, print several with -n, or use the monitor`,
    );
  }
  checkUsers(options.users, machine);
  if (source.recorded) {
    checkThreads(source, options);
    printRecorded(source.recorded, options, cursor => {
      const { seats, prefixes } = chosenRows(cursor, options, filter, sort);
      return { cursor, seats, fields, prefixes };
    });
    return;
  }
  const interval = options.interval ?? (options.count === 1 ? 1 : 2);
  const once = options.count === 1 && interval <= 0;
  const { cursor, sampler, table } = openModel({ ...source, once }, options.threads, options.pids);
  // one snapshot is read as ps does it; what goes on must not hang on one task
  const slow = options.count === 1 ? undefined : (await import('../sample/slow-reader.ts')).createSlowReader();
  const extra = new ExtraFiles(tree, sampler, table, slow, () => undefined);

  const forOrder: Field[] = [
    ...sort.map(key => key.field),
    ...(options.users ? [field('user')] : []),
    ...(filter?.fields ?? []),
  ];
  const early = fileWishes([...forOrder, ...fields.filter(({ compares }) => compares === true)]);
  const late = fileWishes(fields);
  const wantsOwner =
    once && [...forOrder, ...fields].every(({ id, files }) => !files.includes('status') || USERS.includes(id));
  const readOne = (seat: Seat, wishes: readonly FileWish[]): void => {
    for (const { file, steady } of wishes) {
      if (file === 'status' && wantsOwner && knowsOwner(source, table, sampler, seat)) continue;
      // it has none
      if (file === 'cmdline' && isKernelThread(cursor.at(seat))) continue;
      extra.want(seat, file, steady);
    }
  };
  const read = (seats: Int32Array, wishes: readonly FileWish[]): void => {
    for (const seat of seats) readOne(seat, wishes);
  };
  const sample = (): void => {
    sampler.sample();
    read(table.order.subarray(0, table.count), early);
  };
  const snapshot = async (): Promise<Snapshot> => {
    await settled(slow, interval / 2);
    const { seats, prefixes } = chosenRows(cursor, options, filter, sort);
    const printed = { cursor, seats, fields, prefixes };
    // values, which the other forms have, may depend on what was read of all
    if (once && options.format === 'table') {
      return { ...printed, before: seat => readOne(seat, late), after: seat => table.dropFiles(seat) };
    }
    read(seats, late);
    await settled(slow, interval / 2);
    return printed;
  };

  let dueMs = monotonicMs();
  const nextTime = async (): Promise<void> => {
    dueMs += interval * 1000;
    await sleep((dueMs - monotonicMs()) / 1000);
    // what was missed (a stop, a reader that did not read) is not made up for
    if (monotonicMs() - dueMs > interval * 500) dueMs = monotonicMs();
  };
  // elsewhere it saves no more than loading that takes
  if (options.count === 1 && process.versions.v8.startsWith('11.')) (await import('./engine.ts')).tuneForSnapshot();
  sample();
  if (options.pids && table.count === 0) {
    throw new Failure(
      `no task with pid ${options.pids.join(', ')}: it has ended, or never was ('ps -e' lists what is there)`,
    );
  }
  // `--for`: samples that are not printed, so that there is a past
  const unprinted = interval > 0 ? Math.max(0, Math.floor((options.for ?? 0) / interval) - 1) : 0;
  for (let at = 1; at <= unprinted; at++) {
    if (tree.keeps) await nextTime();
    if (!tree.advance()) break;
    sample();
  }
  for (let printed = 0; options.count === 0 || printed < options.count; printed++) {
    if (interval > 0) {
      if (tree.keeps) await nextTime();
      // a capture has as many instants as it has; a single one is printed without rates
      if (tree.advance()) sample();
      else if (printed > 0) break;
    }
    if (!write(options, await snapshot(), printed === 0)) break;
  }
  slow?.close();
}
