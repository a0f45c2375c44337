/** Who watches for what is wrong: what it reads, and when it begins. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openBoard } from '../../src/app/boards.ts';
import { type BoardKind, initialState } from '../../src/app/state.ts';
import { Boards } from '../../src/cli/boards.ts';
import { Watchers } from '../../src/cli/watchers.ts';
import { readOwnRule } from '../../src/findings/own-rules.ts';
import type { Rule } from '../../src/findings/rule.ts';
import { FindingsWatch } from '../../src/findings/watch.ts';
import { TaskCursor } from '../../src/model/task-cursor.ts';
import { TaskTable } from '../../src/model/task-table.ts';
import { Sampler } from '../../src/sample/sampler.ts';
import type { SlowReader } from '../../src/sample/slow-reader.ts';
import { FakeTree } from '../support/fake-tree.ts';
import { testMachine } from '../support/model.ts';
import { statBytes } from '../support/stat-line.ts';

const machine = testMachine({ live: true });

/** A machine with one task in D for longer than a moment, watched; what was read aside. */
function watched(rules: readonly Rule[] = []): {
  watchers: Watchers;
  cursor: TaskCursor;
  aside: string[];
  late: () => number;
} {
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
  const options = { rules, budget: 100, slow, others: true, onLate: () => (late += 1) };
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

describe('findings about threads', () => {
  test('a rule of the user is asked of every thread that is read anyway, and no others are read for it', () => {
    const look = (rules: readonly Rule[]): { readonly found: readonly number[]; readonly reads: readonly string[] } => {
      const tree = new FakeTree();
      tree.start(7, { state: 'S', num_threads: 3 }, { status: 'Uid:\t0\t0\t0\t0\n' }, [7, 8, 9]);
      tree.start(20, { state: 'S' });
      const table = new TaskTable(machine, false);
      const sampler = new Sampler(tree, table, { threads: false, descriptors: 10 });
      const main = { cursor: new TaskCursor(table), want: () => undefined };
      const options = { rules, budget: 2, slow: undefined, others: true, onLate: () => undefined };
      const watchers = new Watchers({ tree, machine }, main, options);
      for (let sample = 0; sample < 4; sample++) {
        tree.ms += 1000;
        sampler.sample();
        watchers.sampled();
      }
      const found = watchers.findings.findings.map(({ tasks: [task] }) => task!.pid).sort((a, b) => a - b);
      return { found, reads: tree.statReads };
    };
    const read = readOwnRule({ id: 'asleep', when: 'state = S', threads: true });
    assert.ok('rule' in read);
    const { found, reads } = look([read.rule]);
    // two threads are read at each sample, in turn
    assert.deepEqual(found, [7, 8, 9, 20]);
    assert.deepEqual(reads, look([]).reads);
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

  test('count what is stuck always, findings only where somebody watches already; nothing is read for it', () => {
    const read = readOwnRule({ id: 'in-d', when: 'state = D' });
    assert.ok('rule' in read);
    const { watchers, cursor, aside } = watched([read.rule]);
    const past = new FindingsWatch([], machine);
    const boards = new Boards(
      () => watchers,
      () => past,
    );
    const state = initialState();
    const before = aside.length;
    assert.deepEqual(boards.counts(state, cursor), { stuck: 1 });
    assert.equal(aside.length, before);
    const { state: open } = openBoard(state, 'findings');
    boards.lines(open, cursor, { list: [], dropped: 0 }, 80);
    assert.deepEqual(boards.counts(state, cursor), { stuck: 1, findings: 1 });
    // what the present has found says nothing of the past
    const then = { ...state, instant: { number: 1, ms: 0, wallMs: 0 } };
    assert.deepEqual(boards.counts(then, cursor), { stuck: 1 });
    boards.lines({ ...open, instant: then.instant }, cursor, { list: [], dropped: 0 }, 80);
    assert.deepEqual(boards.counts(then, cursor), { stuck: 1, findings: 0 });
    boards.close();
    assert.deepEqual(boards.counts(state, cursor), { stuck: 1 });
    assert.deepEqual(boards.counts(then, cursor), { stuck: 1 }, 'the past is asked anew, too');
    boards.sampled();
    assert.deepEqual(boards.counts(state, cursor), { stuck: 1, findings: 1 }, 'who watched goes on');
  });

  test('count a finished sample, whatever was counted while it was taken', () => {
    const table = new TaskTable(machine, false);
    const cursor = new TaskCursor(table);
    const boards = new Boards(
      () => assert.fail(),
      () => assert.fail(),
    );
    const count = (): unknown => boards.counts(initialState(), cursor).stuck;
    const sample = (ms: number, state: string): void => {
      table.begin({ wallMs: ms, system: new Map(), systemMs: ms });
      count();
      for (const pid of [7, 8]) {
        const line = statBytes({ pid, state });
        table.stat(pid, pid, pid, line, line.length, ms);
        count();
      }
      table.end(0);
      boards.sampled();
    };
    const counts = ['D', 'D', 'S', 'D', 'D'].map((state, at) => {
      sample(at * 10_000, state);
      return count();
    });
    assert.deepEqual(counts, [0, 2, 0, 0, 2]);
  });
});
