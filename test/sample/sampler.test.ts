import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TaskTable } from '../../src/model/task-table.ts';
import { Sampler } from '../../src/sample/sampler.ts';
import { FakeTree } from '../support/fake-tree.ts';
import { testMachine } from '../support/model.ts';
import { SamplerBench } from '../support/sampler-bench.ts';
import { bytes } from '../support/stat-line.ts';

describe('what a pass costs', () => {
  test('sleeping tasks: one read each, no open after the first pass', () => {
    const { tree, sampler } = new SamplerBench().sleeping(200).sample();
    assert.equal(tree.statReads.length, 200);
    for (let pass = 0; pass < 12; pass++) {
      tree.reset();
      tree.ms += 1000;
      sampler.sample();
      assert.equal(tree.statReads.length, 200);
      assert.equal(new Set(tree.statReads).size, 200);
      assert.deepEqual(
        tree.opened.filter(path => path.includes('/')),
        [],
      );
    }
    assert.equal(sampler.kept, 200);
    assert.equal(sampler.counters.reads, 200 * 13);
  });

  test('no list when nobody forked, and one at least every fifth sample', () => {
    const { tree, sampler } = new SamplerBench().sleeping(5);
    const lists = Array.from({ length: 16 }, () => {
      tree.reset();
      sampler.sample();
      return tree.lists;
    });
    assert.equal(lists[0], 1);
    assert.deepEqual([...new Set(lists)].sort(), [0, 1]);
    assert.doesNotMatch(lists.join(''), /00000/);
    assert.ok(lists.filter(list => list === 0).length >= 12);
  });

  test('a fork is listed at once; a copy, where nothing tells, every time', () => {
    const bench = new SamplerBench().sleeping(3).sample(2);
    bench.tree.start(4);
    assert.deepEqual(bench.sample().pids, [1, 2, 3, 4]);
    bench.tree.live = false;
    bench.tree.reset();
    bench.sample(4);
    assert.equal(bench.tree.lists, 4);
  });

  test('everything is given back', () => {
    const bench = new SamplerBench().sleeping(20).sample(2);
    bench.sampler.close();
    assert.equal(bench.tree.open_.size, 0);
    assert.equal(bench.sampler.kept, 0);
    assert.deepEqual(bench.sample().pids.length, 20, 'and it can go on');
  });
});

describe('kept descriptors', () => {
  for (const descriptors of [0, 1, 7, 100]) {
    test(`never more than ${descriptors} (and one in passing)`, () => {
      const { tree, sampler } = new SamplerBench({ descriptors }).sleeping(50).sample(6);
      assert.equal(tree.open_.size, Math.min(50, descriptors));
      assert.equal(sampler.kept, tree.open_.size);
      assert.ok(tree.most <= Math.min(50, descriptors) + 1, String(tree.most));
      tree.reset();
      tree.ms += 1000;
      sampler.sample();
      assert.equal(tree.statReads.length, 50, 'beyond the bound: open, read, close');
      assert.equal(tree.opened.filter(path => path.includes('/')).length, Math.max(0, 50 - descriptors));
    });
  }

  test('a copy keeps none: its descriptors never change', () => {
    const bench = new SamplerBench().sleeping(9);
    bench.tree.keeps = false;
    const sampler = new Sampler(bench.tree, bench.table, { descriptors: 100, threads: false });
    sampler.sample();
    assert.equal(bench.tree.open_.size, 0);
  });

  test('a task that runs takes the descriptor of one that does not', () => {
    const { tree, sampler } = new SamplerBench({ descriptors: 5 }).sleeping(20).sample();
    for (let tick = 1; tick <= 30; tick++) {
      for (const pid of [18, 19, 20]) tree.change(pid, { utime: tick });
      tree.ms += 1000;
      sampler.sample();
    }
    const kept = [...tree.open_.values()].map(({ path }) => path);
    for (const pid of [18, 19, 20]) assert.ok(kept.includes(`${pid}/stat`), kept.join(' '));
    assert.equal(kept.length, 5);
  });

  test('tasks that run do not take them from each other', () => {
    const { tree, sampler } = new SamplerBench({ descriptors: 5 }).sleeping(20).sample();
    for (let tick = 1; tick <= 20; tick++) {
      for (let pid = 1; pid <= 20; pid++) tree.change(pid, { utime: tick });
      tree.reset();
      sampler.sample();
    }
    assert.equal(tree.opened.filter(path => path.includes('/')).length, 15);
  });
});

test('a pass in steps gives way and goes on', () => {
  const bench = new SamplerBench().sleeping(100);
  const { tree, sampler } = bench;
  sampler.begin();
  assert.ok(sampler.running);
  assert.equal(sampler.step(0), false, 'no time at all');
  assert.ok(tree.statReads.length < 30, 'a little is done all the same, so that it ends some day');
  tree.meanwhile = () => void (tree.ms += 1);
  let steps = 1;
  while (!sampler.step(tree.ms + 20)) {
    steps++;
    assert.equal(bench.table.count, 0, 'the sample before stands until the pass is over');
  }
  assert.ok(steps > 2 && steps < 20, String(steps));
  assert.ok(!sampler.running);
  assert.equal(tree.statReads.length, 100);
  assert.deepEqual(bench.pids.length, 100);
  assert.equal(sampler.step(Number.POSITIVE_INFINITY), true, 'nothing is left to do');
  assert.equal(tree.statReads.length, 100);
});

describe('with a clock that goes on with every call, no turn is longer than its slice and one batch', () => {
  const SLICE = 8;
  const CALL = 0.25;
  /** As many calls as go with one look at the clock; the last of them may be a process with its two threads. */
  const BATCH = (16 + 2) * CALL;

  for (const threads of [false, true]) {
    test(threads ? 'threads' : 'processes', () => {
      const bench = new SamplerBench({ threads });
      const { tree, sampler } = bench;
      const spend = (): number => (tree.ms += CALL);
      const tids = tree.tids.bind(tree);
      const close = tree.close.bind(tree);
      tree.meanwhile = spend;
      tree.eachPid = function* () {
        for (const pid of tree.pids()) {
          spend();
          yield pid;
        }
      };
      tree.tids = pid => {
        spend();
        return tids(pid);
      };
      tree.close = handle => {
        spend();
        close(handle);
      };
      const start = (pid: number): void => tree.start(pid, {}, {}, threads ? [pid, pid + 1] : [pid]);
      /** A pass as the monitor takes it. @returns its turns */
      const turns = (): number => {
        let count = 0;
        let from = tree.ms;
        sampler.begin();
        assert.ok(tree.ms - from <= 2 * CALL, 'the only system-wide file: nothing is listed');
        for (let over = false; !over; from = tree.ms) {
          over = sampler.step(tree.ms + SLICE);
          count++;
          assert.ok(tree.ms - from <= SLICE + BATCH + 2 * CALL, `turn ${count}: ${tree.ms - from} ms`);
        }
        return count;
      };

      for (let pid = 2; pid <= 1000; pid += 2) start(pid);
      const all = threads ? 1000 : 500;
      // a call to list each, one to read each
      assert.ok(turns() >= (2 * all * CALL) / (SLICE + BATCH));
      assert.equal(bench.table.count, all);
      for (let pid = 2; pid <= 800; pid += 2) tree.end(pid);
      start(2000);
      assert.ok(turns() >= (all * CALL) / (SLICE + BATCH), 'those that ended are let go in turns, too');
      assert.equal(bench.table.count, all / 5 + (threads ? 2 : 1));
      assert.equal(tree.open_.size, bench.table.count);
    });
  }
});

test('a pass that is given up in the middle of its listing ends it', () => {
  const bench = new SamplerBench().sleeping(100);
  let open = 0;
  const { tree, sampler } = bench;
  tree.eachPid = function* () {
    open++;
    try {
      yield* tree.pids();
    } finally {
      open--;
    }
  };
  sampler.begin();
  assert.equal(sampler.step(0), false);
  assert.equal(open, 1);
  sampler.close();
  assert.equal(open, 0);
  assert.ok(!sampler.running);
  assert.equal(bench.sample().pids.length, 100, 'and it can go on');
});

test('only some processes: no list, and one that is not there is no error', () => {
  const bench = new SamplerBench({ only: [2, 4, 99] }).sleeping(5).sample(3);
  assert.deepEqual(bench.pids, [2, 4]);
  assert.equal(bench.tree.lists, 0);
  assert.deepEqual([...new Set(bench.tree.statReads)], ['2/stat', '4/stat']);
});

describe('threads', () => {
  test('task/TID/stat of every thread, with its process', () => {
    const bench = new SamplerBench({ threads: true });
    bench.tree.start(10, {}, {}, [10, 11, 12]);
    bench.tree.start(20);
    bench.sample();
    assert.deepEqual(bench.pids, [10, 11, 12, 20]);
    assert.deepEqual(bench.tree.statReads, [
      '10/task/10/stat',
      '10/task/11/stat',
      '10/task/12/stat',
      '20/task/20/stat',
    ]);
    assert.deepEqual(
      [...bench.table.order.subarray(0, 4)].map(seat => bench.table.tgid(seat)),
      [10, 10, 10, 20],
    );
    assert.equal(bench.sampler.folder(bench.table.find(12, 100)), '10/task/12');
  });
  test('a process that ends while it is listed', () => {
    const bench = new SamplerBench({ threads: true });
    bench.tree.start(10);
    bench.tree.start(20);
    const tids = bench.tree.tids.bind(bench.tree);
    bench.tree.tids = pid => {
      if (pid === 20) bench.tree.end(20);
      return tids(pid);
    };
    assert.deepEqual(bench.sample().pids, [10]);
    assert.equal(bench.table.denied, 0);
  });
});

describe('system-wide files', () => {
  const PRESSURES = ['pressure/cpu', 'pressure/memory', 'pressure/io'];

  test('pressure is read where the kernel has it, and not asked for again where it has not', () => {
    const bench = new SamplerBench().sleeping(1);
    bench.tree.files.set('pressure/cpu', 'some avg10=1.00 avg60=0.00 avg300=0.00 total=1\n');
    bench.sample();
    for (const name of PRESSURES) assert.ok(bench.tree.opened.includes(name), name);
    bench.tree.reset();
    bench.sample();
    assert.deepEqual(
      PRESSURES.map(name => bench.tree.opened.includes(name)),
      [true, false, false],
    );
    const pair = bench.table.system.pressure('cpu');
    assert.ok('some' in pair && pair.some?.avg10 === 1);
    assert.deepEqual(bench.table.system.pressure('io'), { missing: 'not-in-this-kernel' });
  });

  test('a failure that says nothing of the kernel is tried again', () => {
    const bench = new SamplerBench().sleeping(1);
    bench.tree.files.set('loadavg', '1.00 1.00 1.00 1/2 3\n');
    bench.tree.openFails.set('loadavg', 'EMFILE');
    bench.sample();
    bench.tree.openFails.clear();
    bench.sample();
    assert.ok('load1' in bench.table.system.load);
  });

  test('what else is known of the machine comes with them', () => {
    const tree = new FakeTree();
    const table = new TaskTable(testMachine(), false);
    const host = { read: (into: Map<string, Uint8Array>) => into.set('/sys/devices/system/cpu/present', bytes('0-7')) };
    new Sampler(tree, table, { descriptors: 10, threads: false, host }).sample();
    assert.equal(table.system.cpus.length, 8);
  });
});

describe('pids that were given since', () => {
  /** A machine on which the kernel tells the pid that it gave last. */
  class Giving extends SamplerBench {
    constructor(options: ConstructorParameters<typeof SamplerBench>[0] = {}) {
      super(options);
      this.sleeping(400);
      this.last(400);
    }
    last(pid: number): this {
      this.tree.files.set('loadavg', `0.10 0.20 0.30 1/400 ${pid}\n`);
      return this;
    }
    born(pid: number, tgid = pid): this {
      if (tgid === pid) this.tree.start(pid, {}, { status: `Name:\tx\nTgid:\t${tgid}\nPid:\t${pid}\n` });
      else {
        const process_ = this.tree.tasks.get(tgid)!;
        this.tree.tasks.set(tgid, { ...process_, threads: [...process_.threads, pid] });
        this.tree.forks++;
        this.tree.openFails.delete(`${pid}/status`);
        this.tree.tasks.set(pid, { ...process_, files: new Map([['status', `Name:\tx\nTgid:\t${tgid}\n`]]) });
      }
      return this.last(pid);
    }
    lists(): number {
      const { lists } = this.tree;
      this.tree.reset();
      return lists;
    }
  }
  /** Long enough after a list that none is due. */
  const rested = (bench = new Giving()): Giving => {
    bench.sample(3);
    bench.lists();
    while (bench.sample().lists() === 0);
    bench.sample().lists();
    return bench;
  };

  test('are tried one by one, nothing is listed', () => {
    const bench = rested().born(402).born(405);
    bench.sample();
    assert.equal(bench.lists(), 0);
    assert.deepEqual(bench.pids.slice(-3), [400, 402, 405]);
  });

  test('a thread is none of the processes', () => {
    const bench = rested().born(401, 7);
    assert.equal(bench.sample().pids.includes(401), false);
    assert.equal(bench.lists(), 0);
  });

  test('one that had no folder yet at its first sample is there at the next', () => {
    const bench = rested().last(402);
    bench.tree.forks++;
    bench.sample();
    bench.born(402).sample();
    assert.equal(bench.lists(), 0);
    assert.ok(bench.pids.includes(402));
  });

  for (const [what, last] of [
    ['many were given', 500],
    ['pids begin anew', 10],
  ] as const)
    test(`where ${what} all are listed`, () => {
      const bench = rested().born(402).last(last);
      bench.sample();
      assert.equal(bench.lists(), 1);
      assert.ok(bench.pids.includes(402));
    });

  test('the sample after pids began anew is listed, too', () => {
    const bench = rested().born(402);
    bench.sample().lists();
    bench.tree.end(9);
    bench.tree.end(10);
    bench.born(9).sample();
    bench.lists();
    bench.born(10).sample();
    assert.ok(bench.pids.includes(10));
    assert.equal(bench.lists(), 1);
  });

  test('a /proc of another pid namespace, whose pids have nothing to do with ours', () => {
    const bench = rested().born(50_000).last(402);
    bench.sample(5);
    assert.ok(bench.pids.includes(50_000), 'found by the list that is due');
    bench.lists();
    bench.born(50_001).last(403).sample();
    assert.ok(bench.pids.includes(50_001));
    assert.equal(bench.lists(), 1);
  });

  test('where some may not be looked into all are listed', () => {
    const shut = new Giving();
    shut.tree.openFails.set('3/stat', 'EACCES');
    const bench = rested(shut).born(402);
    bench.sample();
    assert.equal(bench.lists(), 1);
    assert.ok(bench.pids.includes(402));
  });
});
