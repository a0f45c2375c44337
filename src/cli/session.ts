/** A source, its sampler and the model over it, put together from the options. */
import path from 'node:path';
import type { Machine } from '../decode/machine.ts';
import type { Field } from '../fields/field.ts';
import type { TaskFile } from '../fields/files.ts';
import { chooseColumns, chooseSort, DEFAULT_SORT, field, filesOf, type SortKey } from '../fields/registry.ts';
import type { Player } from '../history/player.ts';
import type { Recording } from '../recording/reader.ts';
import { TaskCursor } from '../model/task-cursor.ts';
import { TaskTable } from '../model/task-table.ts';
import type { SampleSink } from '../frame/sink.ts';
import { parseRelease } from '../kernel/release.ts';
import { descriptorBound } from '../sample/descriptors.ts';
import { probeMachine } from '../sample/probe.ts';
import type { HostReader } from '../sample/host-reader.ts';
import { Sampler } from '../sample/sampler.ts';
import { DirectoryTree, readWhole, type Tree } from '../sample/tree.ts';
import { nearest } from '../units/nearest.ts';
import { type Options, UsageError } from './options.ts';
import { complain } from './output.ts';

/** What fails although it was asked for rightly: exit status 1. */
export class Failure extends Error {}

export interface Source {
  readonly tree: Tree;
  readonly machine: Machine;
  /** Where `--proc` names a recording: the tree is of the sample at `index`, nothing more can be read. */
  readonly recorded?: Recorded;
  /** One sample is all: nothing is kept open for another. */
  readonly once?: boolean;
}

export interface Recorded {
  readonly recording: Recording;
  /** The sample of `--at`, or the last one. */
  readonly index: number;
  /** Stands at that sample. */
  readonly player: Player;
}

/** Opens what `--proc` names and asks it what machine it is. */
export async function openSource(options: Options): Promise<Source> {
  if (options.kernel !== undefined && !parseRelease(options.kernel)) {
    throw new UsageError(`'${options.kernel}' is no kernel release: write it as 6.1 or 5.10.0-32-arm64`);
  }
  const isCopy = path.resolve(options.proc) !== '/proc';
  const recorded = isCopy ? await openRecorded(options) : undefined;
  if (recorded) return recorded;
  if (options.at !== undefined)
    throw new UsageError("option '--at' is for recordings: 'taskscope replay FILE --once --at TIME'");
  let tree: Tree = new DirectoryTree('/proc', true);
  // a shell completes it with a slash
  if (isCopy) {
    const { openTree } = await import('../sample/open-tree.ts');
    const opened = openTree(options.proc);
    if ('error' in opened) throw new Failure(opened.error);
    tree = opened.tree;
  }
  const machine = probeMachine(tree, options.kernel);
  // with subset=pid it has tasks and nothing else
  if (machine.live && machine.banner === '' && typeof readWhole(tree, 'self/stat') === 'string') {
    throw new Failure('there is no procfs on /proc: mount it (mount -t proc proc /proc), or name one with --proc PATH');
  }
  return { tree, machine };
}

/** Undefined: it is no recording. @throws Failure */
async function openRecorded({ proc, kernel, at }: Options): Promise<Source | undefined> {
  const { isRecording, openRecording } = await import('../recording/reader.ts');
  if (!isRecording(proc)) return undefined;
  const opened = openRecording(proc, kernel);
  if ('error' in opened) throw new Failure(opened.error);
  const { recording } = opened;
  const { damageText } = await import('../recording/damage.ts');
  const damage = damageText(recording);
  if (damage !== undefined) complain(damage);
  const { sampleAt } = await import('../recording/at.ts');
  const index = at === undefined ? recording.count - 1 : sampleAt(recording, at);
  if (typeof index === 'string') throw new Failure(index);
  const player = recording.playerAt(index, 0);
  const { TableTree } = await import('../sample/table-tree.ts');
  return { tree: new TableTree(player.table), machine: recording.machine, recorded: { recording, index, player } };
}

/** A recording has what was recorded: processes or threads. @throws Failure */
export function checkThreads({ recorded }: Source, { threads, proc }: Options): void {
  if (!recorded || recorded.recording.threads === threads) return;
  throw new Failure(
    threads
      ? `${proc} holds processes, no threads: leave out -H, or record with it ('taskscope record -H FILE')`
      : `${proc} holds threads, no processes: add -H`,
  );
}

export interface Model {
  readonly table: TaskTable;
  readonly cursor: TaskCursor;
  readonly sampler: Sampler;
}

/**
 * A fresh model over a source: processes or threads.
 * @param former the table before it, whose history of the machine and events go on.
 * @param through what stands between the sampler and the table.
 */
export function openModel(
  { tree, machine, once }: Source,
  threads: boolean,
  only: readonly number[] | undefined,
  former?: TaskTable,
  host?: HostReader,
  through: (table: TaskTable) => SampleSink = table => table,
): Model {
  const table = new TaskTable(machine, threads, former?.system, former?.events);
  table.isChosen = only !== undefined;
  const sampler = new Sampler(tree, through(table), {
    threads,
    only,
    descriptors: once === true ? 0 : descriptorBound(machine.memoryBytes),
    once,
    host,
  });
  return { table, cursor: new TaskCursor(table), sampler };
}

/** Columns of a list of ids. @throws UsageError */
export function columnsOf(words: readonly string[], machine: Machine, base?: readonly string[]): readonly Field[] {
  const chosen = chooseColumns(words, machine.release, base);
  if ('error' in chosen) throw new UsageError(chosen.error);
  return chosen.ids.map(field);
}

/** A name that no user of the machine has is a mistake. @throws UsageError */
export function checkUsers(users: readonly string[] | undefined, { userNames }: Machine): void {
  const known = [...userNames.values()];
  const wrong = users?.find(user => !/^\d+$/.test(user) && !known.includes(user));
  if (wrong === undefined) return;
  const near = nearest(wrong, known);
  throw new UsageError(
    `no user '${wrong}' on this machine: ${near ? `did you mean '${near}'? ` : ''}a number works for any`,
  );
}

/** @throws UsageError */
export function sortOf(words: readonly string[] | undefined): readonly SortKey[] {
  const chosen = chooseSort(words ?? [DEFAULT_SORT]);
  if ('error' in chosen) throw new UsageError(chosen.error);
  return chosen.keys;
}

/** A file that columns need, and whether all they take from it seldom changes. */
export interface FileWish {
  readonly file: TaskFile;
  readonly steady: boolean;
}

export function fileWishes(fields: readonly Field[]): readonly FileWish[] {
  return filesOf(fields).map(file => ({
    file,
    steady: fields.filter(({ files }) => files.includes(file)).every(({ steady }) => steady === true),
  }));
}
