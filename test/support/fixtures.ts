/** The captured machines in test/fixtures: what is known of them, and samples taken of them. */
import fs from 'node:fs';
import type { Machine } from '../../src/decode/machine.ts';
import { ExtraFiles } from '../../src/sample/extra-files.ts';
import { openTree } from '../../src/sample/open-tree.ts';
import { probeMachine } from '../../src/sample/probe.ts';
import { Sampler } from '../../src/sample/sampler.ts';
import type { Tree } from '../../src/sample/tree.ts';
import { TASK_FILES, type TaskFile } from '../../src/fields/files.ts';
import { TaskCursor } from '../../src/model/task-cursor.ts';
import { TaskTable } from '../../src/model/task-table.ts';
import { fixture } from './paths.ts';

export const MACHINES = [
  'debian11-arm64-5.10',
  'debian11-x86_64-5.10',
  'debian12-arm64-6.1',
  'debian12-armhf-6.1',
  'debian12-x86_64-6.1',
  'debian13-arm64-16k-6.12',
  'host-x86_64-6.18',
] as const;
export type MachineName = (typeof MACHINES)[number];

export interface MachineJson {
  readonly kernel: string;
  readonly page_bytes: number;
  readonly ticks_per_second: number;
  readonly auxv_word_bytes: 4 | 8;
  readonly kept: Readonly<Record<string, string>>;
}

export const machineJson = (name: MachineName): MachineJson =>
  JSON.parse(fs.readFileSync(fixture(`${name}/machine.json`), 'utf8')) as MachineJson;

/** What `--proc` is given: an archive, or a folder of instants. */
export function place(name: MachineName): string {
  const archive = fixture(`${name}/proc.tar.gz`);
  return fs.existsSync(archive) ? archive : fixture(name);
}

export function openFixture(name: MachineName): Tree {
  const opened = openTree(place(name));
  if ('error' in opened) throw new Error(opened.error);
  return opened.tree;
}

export interface Sampled {
  readonly tree: Tree;
  readonly machine: Machine;
  readonly table: TaskTable;
  readonly cursor: TaskCursor;
  readonly sampler: Sampler;
  readonly seat: (pid: number) => number;
}

/** One or both instants, with every file of every task. */
export function sampleFixture(name: MachineName, { threads = false, instants = 2, files = true } = {}): Sampled {
  const tree = openFixture(name);
  const machine = probeMachine(tree);
  const table = new TaskTable(machine, threads);
  const sampler = new Sampler(tree, table, { threads, descriptors: 100 });
  const extra = new ExtraFiles(tree, sampler, table, undefined, () => undefined);
  const sample = (): void => {
    sampler.sample();
    if (!files) return;
    for (const file of Object.keys(TASK_FILES) as TaskFile[]) {
      if (file !== 'stat') for (const seat of table.order.subarray(0, table.count)) extra.want(seat, file, false);
    }
  };
  sample();
  if (instants > 1 && tree.advance()) sample();
  const cursor = new TaskCursor(table);
  const seat = (pid: number): number => {
    const found = [...table.order.subarray(0, table.count)].find(at => table.pid(at) === pid);
    if (found === undefined) throw new Error(`no task ${pid}`);
    return found;
  };
  return { tree, machine, table, cursor, sampler, seat };
}
