/** What a pass over many sleeping processes reads: one file a task, and nothing is opened or listed twice. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { TaskTable } from '../../src/model/task-table.ts';
import { descriptorBound } from '../../src/sample/descriptors.ts';
import { probeMachine } from '../../src/sample/probe.ts';
import { Sampler } from '../../src/sample/sampler.ts';
import { DirectoryTree } from '../../src/sample/tree.ts';
import { buildHelper } from '../helpers/build.ts';

const SLEEPERS = 5000;
const helper = buildHelper('sleepers');

/** The live /proc, with its opens and reads of stat counted. */
class CountingTree extends DirectoryTree {
  opens = 0;
  reads = 0;
  override open(path: string): number {
    if (/^\d+\/stat$/.test(path)) this.opens++;
    return super.open(path);
  }
  override read(handle: number, into: Uint8Array): number {
    this.reads++;
    return super.read(handle, into);
  }
}

test(
  `${SLEEPERS} sleeping processes: one read a task and tick`,
  { skip: 'skip' in helper ? helper.skip : false },
  async () => {
    if ('skip' in helper) return;
    const crowd = spawn(helper.path, [String(SLEEPERS)], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      await once(crowd.stdout, 'data');
      const tree = new CountingTree('/proc', true);
      const machine = probeMachine(tree);
      const table = new TaskTable(machine, false);
      const bound = descriptorBound(machine.memoryBytes);
      const sampler = new Sampler(tree, table, { threads: false, descriptors: bound });
      sampler.sample();
      assert.ok(table.count > SLEEPERS);
      const kept = Math.min(bound, table.count);
      for (let pass = 0; pass < 3; pass++) {
        tree.opens = 0;
        sampler.counters.reads = 0;
        sampler.sample();
        // a few of the other processes of this machine may come and go meanwhile
        assert.ok(
          Math.abs(sampler.counters.reads - table.count) <= 20,
          `${sampler.counters.reads} reads for ${table.count} tasks`,
        );
        assert.ok(tree.opens <= table.count - kept + 20, `${tree.opens} opens`);
      }
      sampler.close();
    } finally {
      crowd.kill('SIGKILL');
    }
  },
);

test('a pass gives way and goes on where it stopped', () => {
  const tree = new DirectoryTree('/proc', true);
  const table = new TaskTable(probeMachine(tree), false);
  const sampler = new Sampler(tree, table, { threads: false, descriptors: 100 });
  sampler.begin();
  let steps = 1;
  // a time that has passed: every step ends at its first look at the clock
  while (!sampler.step(0)) steps++;
  assert.ok(steps > 1);
  assert.equal(sampler.running, false);
  assert.ok(table.count > 1);
  sampler.close();
});
