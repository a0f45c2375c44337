import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { chooseSort, field, type SortKey } from '../../src/fields/registry.ts';
import { type Folds, groupRows, type Rows, sumOf, treeRows } from '../../src/model/rows.ts';
import { Pushed, type PushedTask } from '../support/model.ts';

const OPEN: Folds = { from: Number.POSITIVE_INFINITY, except: new Set() };
const SHUT: Folds = { from: 0, except: new Set() };

const sortBy = (word: string): readonly SortKey[] => {
  const chosen = chooseSort([word]);
  assert.ok('keys' in chosen);
  return chosen.keys;
};

function pushed(tasks: readonly PushedTask[]): Pushed {
  const out = new Pushed();
  out.sample(tasks, { ms: 0 });
  return out;
}

const seatsOf = ({ table }: Pushed): Int32Array => table.order.slice(0, table.count);

/** `├─ 3` for each row; of a folded one `3+2`, of a group `name*3`. */
function drawn({ table }: Pushed, { seats, extras }: Rows): string[] {
  return extras.map((extra, row) => {
    const { prefix, group, folded, members } = extra;
    if (group !== undefined) return `${group}*${members!.length}`;
    return `${prefix}${table.pid(seats[row]!)}${folded === true ? `+${members!.length - 1}` : ''}`;
  });
}

const FAMILY: readonly PushedTask[] = [
  { pid: 1, ppid: 0 },
  { pid: 2, ppid: 0 },
  { pid: 10, ppid: 1 },
  { pid: 11, ppid: 10 },
  { pid: 12, ppid: 10 },
  { pid: 20, ppid: 1 },
  { pid: 30, ppid: 999 },
];

describe('a tree of tasks', () => {
  test('parents before their children, lines for each depth, orphans at the left', () => {
    const model = pushed(FAMILY);
    assert.deepEqual(drawn(model, treeRows(model.cursor, seatsOf(model), OPEN)), [
      '1',
      '├─ 10',
      '│  ├─ 11',
      '│  └─ 12',
      '└─ 20',
      '2',
      '30',
    ]);
  });
  test('folded: all, one, from a depth', () => {
    const model = pushed(FAMILY);
    const rows = (folds: Folds): string[] => drawn(model, treeRows(model.cursor, seatsOf(model), folds));
    assert.deepEqual(rows(SHUT), ['1+4', '2', '30']);
    assert.deepEqual(rows({ from: 1, except: new Set() }), ['1', '├─ 10+2', '└─ 20', '2', '30']);
    const ten = model.cursor.at(model.table.find(10, FAMILY_START));
    assert.deepEqual(rows({ from: Infinity, except: new Set([`10@${ten.startTicks}`]) }), [
      '1',
      '├─ 10+2',
      '└─ 20',
      '2',
      '30',
    ]);
  });
  test('a ring of parents is shown all the same', () => {
    const model = pushed([
      { pid: 5, ppid: 6 },
      { pid: 6, ppid: 5 },
    ]);
    assert.deepEqual(drawn(model, treeRows(model.cursor, seatsOf(model), OPEN)), ['5', '└─ 6']);
    assert.deepEqual(drawn(model, treeRows(model.cursor, seatsOf(model), SHUT)), ['5+1']);
  });
  test('every task stands in one row, or is counted in one folded row', () => {
    const family = fc.uniqueArray(
      fc.record({ pid: fc.integer({ min: 1, max: 40 }), ppid: fc.integer({ min: 0, max: 40 }) }),
      {
        selector: ({ pid }) => pid,
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(family, fc.integer({ min: 0, max: 5 }), (tasks, from) => {
        const model = pushed(tasks);
        const seats = seatsOf(model);
        const rows = treeRows(model.cursor, seats, { from, except: new Set() });
        const told = rows.extras.flatMap(({ members }, row) => (members ? [...members] : [rows.seats[row]!]));
        assert.deepEqual([...told].sort(), [...seats].sort());
      }),
    );
  });
});
const FAMILY_START = 100;

describe('groups', () => {
  const tasks: readonly PushedTask[] = [
    { pid: 1, comm: 'b', rss: 10 },
    { pid: 2, comm: 'a', rss: 1 },
    { pid: 3, comm: 'a', rss: 2 },
  ];
  test('the largest sum first, their tasks below when unfolded', () => {
    const model = pushed(tasks);
    const rows = (folds: Folds, sort = '-rss'): string[] =>
      drawn(model, groupRows(model.cursor, seatsOf(model), 'comm', sortBy(sort), folds));
    assert.deepEqual(rows(SHUT), ['b*1', 'a*2']);
    assert.deepEqual(rows(SHUT, 'rss'), ['a*2', 'b*1']);
    assert.deepEqual(rows(SHUT, 'pid'), ['a*2', 'b*1'], 'a sum of pids means nothing: the most tasks first');
    assert.deepEqual(rows({ from: 0, except: new Set(['comm=a']) }), ['b*1', 'a*2', '├─ 2', '└─ 3']);
  });
  test('sums leave out what is missing; none known is missing', () => {
    const model = pushed(tasks);
    assert.equal(sumOf(model.cursor, seatsOf(model), field('rss')), 13);
    assert.deepEqual(sumOf(model.cursor, seatsOf(model), field('min_flt_rate')), { missing: 'first-sample' });
  });
});
