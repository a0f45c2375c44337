import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure } from '../support/fake-tree.ts';
import { SamplerBench } from '../support/sampler-bench.ts';

describe('tasks that end', () => {
  test('between the list and the read: no error, nobody is denied', () => {
    const bench = new SamplerBench().sleeping(5).sample();
    bench.tree.start(6);
    bench.tree.meanwhile = path => {
      if (path === '2/stat') bench.tree.end(6);
    };
    assert.deepEqual(bench.sample().pids, [1, 2, 3, 4, 5]);
    assert.equal(bench.table.denied, 0);
  });

  test('without a list: the read of the kept descriptor tells', () => {
    const bench = new SamplerBench().sleeping(5).sample(2);
    bench.tree.end(3);
    bench.tree.reset();
    assert.deepEqual(bench.sample().pids, [1, 2, 4, 5]);
    assert.equal(bench.tree.lists, 0);
    assert.equal(bench.tree.open_.size, 4);
    assert.equal(bench.sampler.count, 4);
  });

  test('a pid that another task took under a kept descriptor is a new task', () => {
    const bench = new SamplerBench().sleeping(3).sample();
    bench.tree.change(2, { utime: 500 });
    bench.sample();
    assert.equal(bench.value(2, 'cpu_percent'), 500);
    bench.tree.end(2);
    bench.tree.start(2, { start_time: 9000, utime: 700 });
    bench.sample();
    assert.deepEqual(bench.pids, [1, 2, 3]);
    assert.equal(bench.value(2, 'cpu_percent'), 'missing: first-sample');
    assert.equal(bench.tree.open_.size, 3);
    bench.tree.change(2, { utime: 710 });
    assert.equal(bench.sample().value(2, 'cpu_percent'), 10);
  });

  test('a seat is used again, by a task without a past', () => {
    const bench = new SamplerBench().sleeping(3).sample(2);
    bench.tree.end(2);
    bench.sample();
    bench.tree.start(77, { utime: 5 });
    bench.sample();
    assert.equal(Math.max(...bench.table.order.subarray(0, 3)), 2, 'no seat beyond the third');
    assert.equal(bench.value(77, 'cpu_percent'), 'missing: first-sample');
  });

  test('a thousand generations', () => {
    const bench = new SamplerBench().sleeping(10);
    for (let round = 0; round < 1000; round++) {
      bench.tree.end((round % 10) + 1);
      bench.tree.start((round % 10) + 1, { start_time: 1000 + round });
      bench.sample();
      assert.equal(bench.table.count, 10);
    }
    assert.ok(bench.tree.open_.size <= 10);
  });
});

describe('failures', () => {
  for (const code of ['EACCES', 'EPERM']) {
    test(`${code}: counted as denied`, () => {
      const bench = new SamplerBench().sleeping(5);
      bench.tree.openFails.set('2/stat', code);
      bench.tree.openFails.set('4/stat', code);
      assert.deepEqual(bench.sample().pids, [1, 3, 5]);
      assert.equal(bench.table.denied, 2);
      // nobody forked: the next pass does not list, and they are denied all the same
      bench.tree.reset();
      bench.sample();
      assert.equal(bench.tree.lists, 0);
      assert.equal(bench.table.denied, 2);
      bench.tree.openFails.clear();
      bench.tree.start(6);
      assert.deepEqual(bench.sample().pids, [1, 2, 3, 4, 5, 6]);
      assert.equal(bench.table.denied, 0);
    });
  }

  test('EMFILE: a kept one is given up, and every task is still read', () => {
    const bench = new SamplerBench().sleeping(10).sample();
    bench.tree.limit = 10;
    bench.tree.start(11);
    bench.tree.start(12);
    assert.deepEqual(bench.sample().pids, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    assert.ok(bench.tree.open_.size <= 10);
  });

  test('EMFILE with nothing to give up, EIO, ENOMEM: the pass goes on', () => {
    const bench = new SamplerBench({ descriptors: 0 }).sleeping(5);
    for (const code of ['EMFILE', 'EIO', 'ENOMEM']) {
      bench.tree.openFails.set('3/stat', code);
      bench.tree.start(99);
      assert.deepEqual(bench.sample().pids, [1, 2, 4, 5, 99], code);
      bench.tree.end(99);
    }
    bench.tree.openFails.clear();
    bench.tree.readFails.set('3/stat', 'EIO');
    bench.tree.start(99);
    assert.deepEqual(bench.sample().pids, [1, 2, 4, 5, 99]);
    assert.equal(bench.tree.open_.size, 0, 'nothing leaks');
  });

  for (const code of ['EIO', 'ENOMEM', 'EMFILE']) {
    test(`${code} for a moment: the task keeps its past`, () => {
      const bench = new SamplerBench({ descriptors: 0 }).sleeping(3).sample(2);
      bench.tree.openFails.set('2/stat', code);
      assert.deepEqual(bench.sample().pids, [1, 3]);
      assert.equal(bench.table.denied, 1, 'counted as unreadable in that sample');
      bench.tree.openFails.clear();
      bench.tree.change(2, { utime: 200 });
      assert.deepEqual(bench.sample().pids, [1, 2, 3]);
      assert.equal(bench.table.denied, 0);
      assert.equal(bench.value(2, 'cpu_percent'), 100, 'over the two seconds since its last read');
    });
  }

  test('EMFILE: the one kept descriptor among many tasks is found', () => {
    const bench = new SamplerBench({ descriptors: 1 }).sleeping(100).sample();
    assert.equal(bench.tree.open_.size, 1);
    bench.tree.limit = 1;
    assert.equal(bench.sample().pids.length, 100);
  });

  test('a listing that fails leaves the tasks that were there', () => {
    const bench = new SamplerBench().sleeping(3).sample();
    const list = bench.tree.pids.bind(bench.tree);
    bench.tree.pids = () => {
      throw Object.assign(new Error('no descriptor'), { code: 'ENFILE' });
    };
    bench.tree.start(4);
    assert.deepEqual(bench.sample().pids, [1, 2, 3]);
    bench.tree.pids = list;
    assert.deepEqual(bench.sample().pids, [1, 2, 3, 4]);
  });

  test('a listing that fails half-way leaves them too, with those that it has found', () => {
    const bench = new SamplerBench().sleeping(3).sample(2);
    const list = bench.tree.eachPid.bind(bench.tree);
    bench.tree.eachPid = function* () {
      yield 1;
      yield 4;
      throw failure('ENOMEM');
    };
    bench.tree.start(4);
    bench.tree.end(3);
    bench.tree.change(2, { utime: 50 });
    assert.deepEqual(bench.sample().pids, [1, 4, 2], 'one that has ended says so when it is read');
    assert.equal(bench.value(2, 'cpu_percent'), 50);
    bench.tree.eachPid = list;
    bench.tree.reset();
    assert.deepEqual(bench.sample().pids, [1, 2, 4]);
    assert.equal(bench.tree.lists, 1, 'listed again at once, though nobody forked');
    assert.equal(bench.tree.open_.size, 3);
  });

  test('of one pass nothing is kept, and what ended in it is not there', () => {
    const bench = new SamplerBench({ once: true }).sleeping(3);
    bench.tree.pids = () => [1, 2, 3, 7];
    assert.deepEqual(bench.sample().pids, [1, 2, 3]);
    assert.equal(bench.tree.open_.size, 0);
    assert.equal(bench.sampler.kept, 0);
  });

  test('a pid that is asked for twice is read once', () => {
    const bench = new SamplerBench({ only: [2, 2, 1] }).sleeping(3).sample();
    assert.deepEqual(bench.pids, [2, 1]);
  });

  test('a failed read of a kept descriptor is tried anew, and leaks nothing', () => {
    const bench = new SamplerBench().sleeping(3).sample();
    let failed = 0;
    bench.tree.readFails.set('2/stat', 'EIO');
    bench.tree.meanwhile = path => {
      if (path === '2/stat' && failed++ === 1) bench.tree.readFails.clear();
    };
    assert.deepEqual(bench.sample().pids, [1, 2, 3]);
    assert.equal(bench.tree.open_.size, 3);
  });

  test('a torn line is left out of the sample and no task is lost', () => {
    const bench = new SamplerBench().sleeping(3).sample();
    bench.tree.change(2, { comm: '' });
    const original = bench.tree.read.bind(bench.tree);
    bench.tree.read = (handle, into) =>
      bench.tree.open_.get(handle)!.path === '2/stat' ? original(handle, into.subarray(0, 30)) : original(handle, into);
    bench.sample();
    assert.equal(bench.table.malformed, 1);
    bench.tree.read = original;
    assert.deepEqual(bench.sample().pids, [1, 2, 3]);
  });
});
