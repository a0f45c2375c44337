/** Threads instead of processes, and back: the tasks live on, and so does what is known of them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Sampling } from '../../src/cli/sampling.ts';
import type { SlowReader } from '../../src/sample/slow-reader.ts';
import { FakeTree } from '../support/fake-tree.ts';
import { testMachine } from '../support/model.ts';

const SLOW: SlowReader = {
  pending: 0,
  read: () => undefined,
  readWord: () => undefined,
  close: () => undefined,
};

/** One stopped process, sampled every second. */
class Bench {
  readonly tree = Object.assign(new FakeTree(), { live: false });
  readonly sampling: Sampling;
  #threads = false;

  constructor() {
    this.tree.start(7, { state: 'T' });
    const source = { tree: this.tree, machine: testMachine() };
    const options = { historySize: 1 << 20, pids: undefined };
    this.sampling = new Sampling(source, options, this.#threads, SLOW, () => undefined);
  }

  sample(count: number): this {
    for (let sample = 0; sample < count; sample++) {
      this.tree.ms += 1000;
      this.sampling.model.sampler.sample();
    }
    return this;
  }

  switch(): this {
    this.#threads = !this.#threads;
    this.sampling.reopen(this.#threads);
    return this;
  }

  get age(): number {
    const { table } = this.sampling.model;
    return table.stateSeconds(table.order[0]!);
  }
}

describe('when threads are switched on', () => {
  test('no task has ended, and the last sample before keeps its tasks', () => {
    const { sampling } = new Bench().sample(3).switch().sample(2);
    assert.deepEqual(sampling.past.events.list, []);
    assert.deepEqual(
      sampling.past.instants().map(({ number }) => sampling.past.at(number)!.table.count),
      [1, 1, 1, 1, 1],
    );
  });

  test('a pass that is cut short by it is no sample', () => {
    const bench = new Bench().sample(2);
    bench.tree.ms += 1000;
    bench.sampling.model.sampler.begin();
    const { sampling } = bench.switch().sample(1);
    assert.deepEqual(
      sampling.past.instants().map(({ number, ms }) => [number, ms, sampling.past.at(number)!.table.count]),
      [
        [1, 1000, 1],
        [2, 2000, 1],
        [3, 4000, 1],
      ],
    );
    assert.deepEqual(sampling.past.events.list, []);
  });

  test('and off again at once, ages go on', () => {
    const bench = new Bench().sample(3).switch().switch().sample(1);
    assert.equal(bench.age, 3);
    bench.switch().sample(1);
    assert.equal(bench.age, 4);
    assert.deepEqual(
      bench.sampling.past.instants().map(({ number }) => {
        const { table } = bench.sampling.past.at(number)!;
        return table.stateSeconds(table.order[0]!);
      }),
      [0, 1, 2, 3, 4],
    );
  });
});
