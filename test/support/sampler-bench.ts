/** A sampler over a /proc in memory, with a model behind it. */
import assert from 'node:assert/strict';
import { TaskTable } from '../../src/model/task-table.ts';
import { TaskCursor } from '../../src/model/task-cursor.ts';
import { Sampler } from '../../src/sample/sampler.ts';
import { FakeTree } from './fake-tree.ts';
import { testMachine, valueOf } from './model.ts';

export class SamplerBench {
  readonly tree = new FakeTree();
  readonly table: TaskTable;
  readonly sampler: Sampler;

  constructor(options: { descriptors?: number; threads?: boolean; only?: readonly number[]; once?: boolean } = {}) {
    const { descriptors = 1000, threads = false, only, once } = options;
    this.table = new TaskTable(testMachine(), threads);
    this.sampler = new Sampler(this.tree, this.table, { descriptors, threads, only, once });
  }

  /** N sleeping tasks, pids 1…N. */
  sleeping(count: number): this {
    for (let pid = 1; pid <= count; pid++) this.tree.start(pid, { start_time: pid });
    return this;
  }

  sample(times = 1): this {
    for (let time = 0; time < times; time++) {
      this.tree.ms += 1000;
      this.sampler.sample();
    }
    return this;
  }

  get pids(): number[] {
    return Array.from(this.table.order.subarray(0, this.table.count), seat => this.table.pid(seat));
  }

  value(pid: number, id: string): unknown {
    const seat = [...this.table.order].find(at => this.table.holds(at) && this.table.pid(at) === pid);
    return valueOf(new TaskCursor(this.table).at(seat ?? assert.fail(`no ${pid}`)), id);
  }
}
