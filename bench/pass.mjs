/** The sampling pass of taskscope: the sampler and the table, as the monitor has them; with `history` its ring, too. */
import { createInterface } from 'node:readline';
import { Past } from '../src/cli/past.ts';
import { TaskTable } from '../src/model/task-table.ts';
import { descriptorBound } from '../src/sample/descriptors.ts';
import { probeMachine } from '../src/sample/probe.ts';
import { Sampler } from '../src/sample/sampler.ts';
import { DirectoryTree } from '../src/sample/tree.ts';

const words = process.argv.slice(2);
const threads = words.includes('threads');
const tree = new DirectoryTree('/proc', true);
const machine = probeMachine(tree);
const table = new TaskTable(machine, threads);
const sink = words.includes('history') ? new Past(table).recorder : table;
const sampler = new Sampler(tree, sink, { threads, descriptors: descriptorBound(machine.memoryBytes) });

for await (const _ of createInterface({ input: process.stdin })) {
  const from = process.cpuUsage();
  sampler.sample();
  const { user, system } = process.cpuUsage(from);
  console.log(sampler.count, user + system);
}
