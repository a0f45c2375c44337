import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TaskFile } from '../../src/fields/files.ts';
import { TaskCursor } from '../../src/model/task-cursor.ts';
import { TaskTable } from '../../src/model/task-table.ts';
import { ExtraFiles } from '../../src/sample/extra-files.ts';
import { Sampler } from '../../src/sample/sampler.ts';
import type { SlowReader, SlowResult } from '../../src/sample/slow-reader.ts';
import { FakeTree } from '../support/fake-tree.ts';
import { testMachine, valueOf } from '../support/model.ts';

/** A helper that answers when told to. */
class FakeSlow implements SlowReader {
  readonly asked: { path: string; done: (result: SlowResult) => void }[] = [];
  get pending(): number {
    return this.asked.length;
  }
  read(path: string, done: (result: SlowResult) => void): void {
    this.asked.push({ path, done });
  }
  readWord(): void {
    assert.fail('no column is made of a word');
  }
  answer(text: string): void {
    this.asked.shift()!.done({ bytes: Buffer.from(text) });
  }
  close(): void {
    this.asked.length = 0;
  }
}

class Bench {
  readonly tree = new FakeTree();
  readonly slow = new FakeSlow();
  readonly table = new TaskTable(testMachine(), false);
  readonly sampler = new Sampler(this.tree, this.table, { descriptors: 100, threads: false });
  readonly extra: ExtraFiles;
  late = 0;

  constructor(aside: boolean) {
    this.extra = new ExtraFiles(this.tree, this.sampler, this.table, aside ? this.slow : undefined, () => this.late++);
    const files = {
      cmdline: 'first\0',
      status: 'Threads:\t1\n',
      wchan: 'do_wait',
      cgroup: '0::/a\n',
      oom_score: '5\n',
    };
    this.tree.start(1, {}, files);
    this.sample();
  }

  sample(seconds = 1): this {
    this.tree.ms += seconds * 1000;
    this.sampler.sample();
    return this;
  }

  /** @returns the files that were read for it. */
  want(file: TaskFile, steady = false, pid = 1): string[] {
    this.tree.reset();
    this.extra.want(this.seat(pid), file, steady);
    return this.tree.opened;
  }

  seat(pid: number): number {
    return (
      [...this.table.order].find(at => this.table.holds(at) && this.table.pid(at) === pid) ??
      assert.fail(`no task ${pid}`)
    );
  }

  value(id: string, pid = 1): unknown {
    return valueOf(new TaskCursor(this.table).at(this.seat(pid)), id);
  }
}

describe('how long what was read stays good', () => {
  test('one sample: read at each, and once', () => {
    const bench = new Bench(false);
    assert.deepEqual(bench.want('wchan'), ['1/wchan']);
    assert.deepEqual(bench.want('wchan'), []);
    bench.sample();
    assert.deepEqual(bench.want('wchan'), ['1/wchan']);
  });

  test('steady: as long as stat does not change, 10 seconds at most', () => {
    const bench = new Bench(false);
    assert.deepEqual(bench.want('status', true), ['1/status']);
    assert.deepEqual(bench.sample().want('status', true), []);
    bench.tree.change(1, { utime: 5 });
    assert.deepEqual(bench.sample().want('status', true), ['1/status'], 'it did something');
    assert.deepEqual(bench.sample(9).want('status', true), []);
    assert.deepEqual(bench.sample(2).want('status', true), ['1/status'], '11 seconds');
    assert.deepEqual(bench.sample().want('status', false), ['1/status'], 'another column wants it fresh');
  });

  test('steady, where the owner of a folder tells whose the task is: until that changes', () => {
    const bench = new Bench(false);
    bench.tree.owners = new Map([['1', 1000]]);
    assert.deepEqual(bench.want('status', true), ['1/status']);
    bench.tree.change(1, { utime: 5 });
    assert.deepEqual(bench.sample().want('status', true), []);
    assert.deepEqual(bench.sample(11).want('status', true), []);
    assert.deepEqual(bench.want('status', false), ['1/status'], 'another column wants it fresh');
    bench.tree.change(1, { utime: 6 });
    bench.tree.owners = new Map([['1', 0]]);
    assert.deepEqual(bench.sample().want('status', true), ['1/status'], 'it has become root');
    bench.tree.owners = new Map();
    bench.tree.change(1, { utime: 7 });
    assert.deepEqual(bench.sample().want('status', true), ['1/status'], 'the folder is gone: status says why');
  });

  test('steady: a task that took the pid is another one, whoever it belongs to', () => {
    const bench = new Bench(false);
    bench.tree.owners = new Map([['1', 0]]);
    assert.deepEqual(bench.want('status', true), ['1/status']);
    bench.tree.start(1, { start_time: 900 }, { status: 'Threads:\t2\n' });
    assert.deepEqual(bench.sample().want('status', true), ['1/status']);
  });

  test('steady: the owner that counts is the one before the read', () => {
    const bench = new Bench(false);
    bench.tree.owners = new Map([['1', 0]]);
    // status is made for root, then the task becomes 1000
    bench.tree.meanwhile = path => {
      if (path === '1/status') bench.tree.owners = new Map([['1', 1000]]);
    };
    assert.deepEqual(bench.want('status', true), ['1/status']);
    bench.tree.change(1, { utime: 5 });
    assert.deepEqual(bench.sample().want('status', true), ['1/status']);
  });

  test('steady: what was read for another column may be of another owner', () => {
    const bench = new Bench(false);
    bench.tree.owners = new Map([['1', 1000]]);
    assert.deepEqual(bench.want('status', true), ['1/status']);
    assert.deepEqual(bench.sample().want('status', false), ['1/status'], 'it may be root for the moment');
    bench.tree.change(1, { utime: 5 });
    assert.deepEqual(bench.sample().want('status', true), ['1/status']);
    bench.tree.change(1, { utime: 6 });
    assert.deepEqual(bench.sample().want('status', true), []);
  });

  test('steady: a read that failed is tried again, whoever the task belongs to', () => {
    const bench = new Bench(false);
    bench.tree.owners = new Map([['1', 1000]]);
    bench.tree.openFails.set('1/status', 'EMFILE');
    bench.want('status', true);
    bench.tree.openFails.clear();
    assert.deepEqual(bench.sample(11).want('status', true), ['1/status']);
  });

  test('cached: until the task renames itself, 30 seconds at most', () => {
    const bench = new Bench(false);
    assert.deepEqual(bench.want('cmdline'), ['1/cmdline']);
    bench.tree.change(1, { utime: 5 });
    assert.deepEqual(bench.sample().want('cmdline'), [], 'running changes no command line');
    bench.tree.change(1, { comm: 'other' });
    assert.deepEqual(bench.sample().want('cmdline'), ['1/cmdline']);
    bench.tree.change(1, { arg_end: 5 });
    assert.deepEqual(bench.sample().want('cmdline'), ['1/cmdline']);
    assert.deepEqual(bench.sample(29).want('cmdline'), []);
    assert.deepEqual(bench.sample(2).want('cmdline'), ['1/cmdline']);
  });

  test('what is read during a pass is stale when the pass finds the task changed', () => {
    const bench = new Bench(false);
    bench.want('cmdline');
    bench.tree.ms += 1000;
    bench.sampler.begin();
    bench.tree.change(1, { comm: 'other' });
    assert.deepEqual(bench.want('cmdline'), [], 'nothing tells of the change yet');
    bench.tree.ms += 40_000;
    assert.ok(bench.want('cmdline').includes('1/cmdline'), 'too old: read in the middle of the pass');
    bench.sampler.step(Number.POSITIVE_INFINITY);
    assert.deepEqual(bench.want('cmdline'), ['1/cmdline'], 'the pass says that it was renamed');
  });

  test('long after the last pass a pid may be another task: nothing of it is shown', () => {
    const bench = new Bench(false);
    bench.tree.end(1);
    bench.tree.start(1, { start_time: 777, comm: 'new' }, { cmdline: 'somebody else\0' });
    bench.tree.ms += 60_000;
    bench.want('cmdline');
    assert.equal(bench.value('command'), '[task]');
  });

  test('a read that blocked is asked for again at the next sample: the helper knows when to try', () => {
    const bench = new Bench(true);
    bench.want('cmdline');
    bench.slow.asked.shift()!.done({ missing: 'could-block' });
    assert.equal(bench.value('command'), '[task]');
    bench.want('cmdline');
    assert.equal(bench.slow.pending, 0, 'not twice in one sample: each answer paints');
    bench.sample().want('cmdline');
    assert.equal(bench.slow.pending, 1);
    bench.slow.answer('back\0');
    assert.equal(bench.value('command'), 'back');
    bench.sample().want('cmdline');
    assert.equal(bench.slow.pending, 0, 'now it is cached');
  });

  test('a task that took the pid, or the seat, has nothing of the one before', () => {
    const bench = new Bench(false);
    bench.want('cmdline');
    assert.equal(bench.value('command'), 'first');
    bench.tree.end(1);
    bench.tree.start(1, { start_time: 999, comm: 'new' }, { cmdline: 'second\0' });
    bench.sample();
    assert.equal(bench.value('command'), '[new]');
    assert.deepEqual(bench.want('cmdline'), ['1/cmdline']);
    assert.equal(bench.value('command'), 'second');
    bench.tree.end(1);
    bench.sample();
    bench.tree.start(7, { comm: 'third' }, { cmdline: 'third\0' });
    bench.sample();
    assert.equal(bench.value('command', 7), '[third]');
    assert.deepEqual(bench.want('cmdline', false, 7), ['7/cmdline']);
  });

  test('rates need two reads, at their own times', () => {
    const bench = new Bench(false);
    bench.tree.tasks.get(1)!.files.set('io', 'read_bytes: 0\n');
    bench.want('io');
    bench.sample(4);
    bench.tree.tasks.get(1)!.files.set('io', 'read_bytes: 4096\n');
    bench.want('io');
    assert.equal(bench.value('read_rate'), 1024);
  });
});

describe('files that are not there', () => {
  test('why, in one word', () => {
    const bench = new Bench(false);
    const reasons: Readonly<Record<string, string>> = {
      EACCES: 'no-permission',
      ENOENT: 'not-in-this-kernel',
      EINVAL: 'not-in-this-kernel',
      EIO: 'not-read',
      ENXIO: 'could-block',
    };
    for (const [code, reason] of Object.entries(reasons)) {
      bench.tree.openFails.set('1/oom_score', code);
      bench.sample().want('oom_score');
      assert.equal(bench.value('oom_score'), `missing: ${reason}`, code);
    }
    bench.tree.openFails.clear();
    bench.tree.readFails.set('1/oom_score', 'ESRCH');
    bench.sample().want('oom_score');
    assert.equal(bench.value('oom_score'), 'missing: gone');
    assert.equal(bench.tree.open_.size, 1, 'only stat stays open');
  });

  test('a task that ended since its stat was read is gone, its kernel lacks nothing', () => {
    const bench = new Bench(false);
    bench.tree.end(1);
    bench.want('status');
    assert.equal(bench.value('status.Threads'), 'missing: gone');
  });
});

describe('the slow-read helper', () => {
  test('is asked for what can block, once, and only for that', () => {
    const bench = new Bench(true);
    assert.deepEqual(bench.want('cmdline'), []);
    bench.want('cmdline');
    assert.deepEqual(
      bench.slow.asked.map(({ path }) => path),
      ['/fake/1/cmdline'],
    );
    assert.equal(bench.value('command'), '[task]', 'until it answers');
    assert.deepEqual(bench.want('status'), ['1/status']);
    bench.slow.answer('late\0');
    assert.equal(bench.value('command'), 'late');
    assert.equal(bench.late, 1);
    bench.want('cmdline');
    assert.equal(bench.slow.pending, 0, 'cached');
  });

  test('a late answer for a seat that changed hands is dropped', () => {
    const bench = new Bench(true);
    bench.want('cmdline');
    bench.tree.end(1);
    bench.tree.start(1, { start_time: 999, comm: 'new' });
    bench.sample();
    bench.slow.answer('of the old task\0');
    assert.equal(bench.value('command'), '[new]');
    assert.equal(bench.late, 0);
    bench.want('cmdline');
    assert.equal(bench.slow.pending, 1, 'it is asked for the new one');
    bench.slow.answer('of the new task\0');
    assert.equal(bench.value('command'), 'of the new task');
  });

  test('the new task of a seat is asked for while the old answer is still out', () => {
    const bench = new Bench(true);
    bench.want('cmdline');
    bench.tree.end(1);
    bench.sample();
    bench.tree.start(5, { comm: 'new' });
    bench.sample();
    bench.want('cmdline', false, 5);
    bench.slow.answer('of the old task\0');
    bench.want('cmdline', false, 5);
    assert.deepEqual(
      bench.slow.asked.map(({ path }) => path),
      ['/fake/5/cmdline'],
    );
    bench.slow.answer('of the new task\0');
    assert.equal(bench.value('command', 5), 'of the new task');
  });

  test('an answer that was asked for before the task renamed itself is asked for again', () => {
    const bench = new Bench(true);
    bench.want('cmdline');
    bench.tree.change(1, { comm: 'other' });
    bench.sample();
    bench.slow.answer('before the exec\0');
    bench.want('cmdline');
    assert.equal(bench.slow.pending, 1);
  });

  test('why there is no answer', () => {
    const bench = new Bench(true);
    bench.want('cmdline');
    bench.slow.asked.shift()!.done({ missing: 'could-block' });
    assert.equal(bench.value('cgroup'), 'missing: not-read');
    bench.want('cgroup');
    bench.slow.asked.shift()!.done({ missing: 'no-permission' });
    assert.equal(bench.value('cgroup'), 'missing: no-permission');
  });

  test('a task in D is asked for as well: the helper may wait', () => {
    const bench = new Bench(true);
    bench.tree.change(1, { state: 'D' });
    bench.sample().want('cmdline');
    assert.equal(bench.slow.pending, 1);
  });
});

describe('without a helper (--once)', () => {
  for (const [what, values] of Object.entries({ 'in D': { state: 'D' }, exiting: { flags: 0x400004 } })) {
    test(`what can block is not read of a task ${what}`, () => {
      const bench = new Bench(false);
      bench.tree.change(1, values);
      bench.sample();
      assert.deepEqual(bench.want('cgroup'), []);
      assert.equal(bench.value('cgroup'), 'missing: could-block');
      assert.deepEqual(bench.want('status'), ['1/status'], 'what cannot block is');
    });
  }

  test('of all others it is read directly', () => {
    const bench = new Bench(false);
    assert.deepEqual(bench.want('cgroup'), ['1/cgroup']);
    assert.equal(bench.value('cgroup'), '/a');
  });

  test('in a captured archive nothing can block', () => {
    const bench = new Bench(false);
    bench.tree.pathAside = () => undefined;
    bench.tree.change(1, { state: 'D' });
    bench.sample();
    assert.deepEqual(bench.want('cmdline'), ['1/cmdline']);
  });
});
