/** Who watches for what is wrong: what it reads, and when it begins. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openBoard } from '../../src/app/boards.ts';
import { type BoardKind, initialState } from '../../src/app/state.ts';
import { Boards } from '../../src/cli/boards.ts';
import { Watchers } from '../../src/cli/watchers.ts';
import { FindingsWatch } from '../../src/findings/watch.ts';
import { TaskCursor } from '../../src/model/task-cursor.ts';
import { TaskTable } from '../../src/model/task-table.ts';
import { Sampler } from '../../src/sample/sampler.ts';
import type { SlowReader } from '../../src/sample/slow-reader.ts';
import { FakeTree } from '../support/fake-tree.ts';
import { testMachine } from '../support/model.ts';

const machine = testMachine({ live: true });

/** A machine with one task in D for longer than a moment, watched; what was read aside. */
function watched(): { watchers: Watchers; cursor: TaskCursor; aside: string[]; late: () => number } {
  const tree = new FakeTree();
  tree.start(7, { state: 'D' });
  const table = new TaskTable(machine, false);
  const sampler = new Sampler(tree, table, { threads: false, descriptors: 10 });
  const cursor = new TaskCursor(table);
  const aside: string[] = [];
  let late = 0;
  const slow: SlowReader = {
    pending: 0,
    read: (path, done) => {
      aside.push(path);
      done({ bytes: Buffer.from('[<0>] io_schedule+0x1/0x2\n') });
    },
    readWord: () => undefined,
    close: () => undefined,
  };
  const options = { rules: [], budget: 100, slow, others: true, onLate: () => (late += 1) };
  const watchers = new Watchers({ tree, machine }, { cursor, want: () => undefined }, options);
  for (let sample = 0; sample < 3; sample++) {
    tree.ms += 2000;
    sampler.sample();
    watchers.sampled();
  }
  return { watchers, cursor, aside, late: () => late };
}

describe('the stuck view', () => {
  test('reads a kernel stack once a sample, however often it is built: an answer builds it anew', () => {
    const { watchers, aside, late } = watched();
    const stacks = (): number => aside.filter(path => path.endsWith('/stack')).length;
    for (let built = 0; built < 5; built++) assert.equal(watchers.stuck().counts.get('uninterruptible'), 1);
    assert.equal(stacks(), 1);
    assert.equal(late(), 1);
    watchers.sampled();
    watchers.stuck();
    assert.equal(stacks(), 2);
  });
});

describe('the boards', () => {
  const linesOf = (kind: BoardKind, started: () => Watchers): void => {
    const { cursor } = watched();
    const boards = new Boards(started, () => new FindingsWatch([], machine));
    const { state } = openBoard(initialState(), kind);
    boards.lines(state, cursor, { list: [], dropped: 0 }, 80);
  };

  test('begin to watch when somebody wants to know, not for events', () => {
    let started = 0;
    const start = (): Watchers => {
      started++;
      return watched().watchers;
    };
    linesOf('events', start);
    assert.equal(started, 0);
    linesOf('stuck', start);
    linesOf('findings', start);
    assert.equal(started, 2);
  });
});
