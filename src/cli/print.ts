/** `--once` and `-n`: snapshots to stdout, no terminal. */
import { DEFAULT_COLUMNS, field } from '../fields/registry.ts';
import { isUtf8Locale } from '../term/environment.ts';
import { asciiText } from '../units/text.ts';
import type { Field } from '../fields/field.ts';
import { flatRows, NOTHING_FOLDED, treeRows } from '../model/rows.ts';
import { selectTasks } from '../model/select.ts';
import { sortTasks } from '../model/sort.ts';
import { renderCsv } from '../out/csv.ts';
import { renderJson, renderNdjson } from '../out/json.ts';
import type { Snapshot } from '../out/snapshot.ts';
import { renderTable } from '../out/table.ts';
import { ExtraFiles } from '../sample/extra-files.ts';
import type { SlowReader } from '../sample/slow-reader.ts';
import { type Options, UsageError } from './options.ts';
import { givenFilter } from './filters.ts';
import { writeAll } from './output.ts';
import { checkUsers, columnsOf, Failure, type FileWish, fileWishes, openModel, openSource, sortOf } from './session.ts';

const RENDER = {
  table: renderTable,
  json: renderJson,
  ndjson: renderNdjson,
  csv: renderCsv,
} as const;

const sleep = (seconds: number): Promise<void> =>
  new Promise(resolve => {
    setTimeout(resolve, Math.max(0, seconds * 1000));
  });

/** Waits until the helper has answered, or the time is over. */
async function settled(slow: SlowReader | undefined, seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (slow && slow.pending > 0 && performance.now() < end) await sleep(0.005);
}

export async function print(options: Options): Promise<void> {
  const source = await openSource(options);
  const { tree, machine } = source;
  const fields = columnsOf(options.columns ?? DEFAULT_COLUMNS, machine);
  const sort = sortOf(options.sort);
  const past = sort.find(key => key.field.history === true);
  const filter = await givenFilter(options);
  const telling = past?.field.id ?? (filter?.history === true ? filter.text : undefined);
  if (telling !== undefined && options.count === 1) {
    throw new UsageError(
      `'${telling}' tells of the past, which one snapshot has not: print several with -n, or use the monitor`,
    );
  }
  checkUsers(options.users, machine);
  const interval = options.interval ?? (options.count === 1 ? 1 : 2);
  const { cursor, sampler, table } = openModel(source, options.threads, options.pids);
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
  const read = (seats: Int32Array, wishes: readonly FileWish[]): void => {
    for (const { file, steady } of wishes) {
      for (const seat of seats) extra.want(seat, file, steady);
    }
  };
  const sample = (): void => {
    sampler.sample();
    read(table.order.subarray(0, table.count), early);
  };
  const snapshot = async (): Promise<Snapshot> => {
    await settled(slow, interval / 2);
    const shown = selectTasks(cursor, { kernelThreads: options.kernelThreads ?? 'show', users: options.users });
    const chosen = filter ? shown.filter(seat => filter.matches(cursor.at(seat))) : shown;
    const sorted = sortTasks(cursor, chosen, sort);
    const rows = options.tree ? treeRows(cursor, sorted, NOTHING_FOLDED) : flatRows(sorted);
    const seats = rows.seats.subarray(0, Math.min(rows.seats.length, options.limit));
    const prefixes = rows.extras.map(({ prefix }) => prefix);
    read(seats, late);
    await settled(slow, interval / 2);
    return { cursor, seats, fields, prefixes };
  };

  const ascii = options.ascii || !isUtf8Locale(process.env);
  const started = performance.now();
  sample();
  if (options.pids && table.count === 0) {
    throw new Failure(
      `no task with pid ${options.pids.join(', ')}: it has ended, or never was ('ps -e' lists what is there)`,
    );
  }
  for (let printed = 0; options.count === 0 || printed < options.count; printed++) {
    if (interval > 0) {
      if (tree.keeps) await sleep(interval * (printed + 1) - (performance.now() - started) / 1000);
      // a capture has as many instants as it has; a single one is printed without rates
      if (tree.advance()) sample();
      else if (printed > 0) break;
    }
    const text = RENDER[options.format](await snapshot(), printed === 0);
    // JSON and CSV are UTF-8 whatever the locale; a table is for the terminal or the pager that it goes to
    if (!writeAll(1, ascii && options.format === 'table' ? asciiText(text) : text)) break;
  }
  slow?.close();
  sampler.close();
}
