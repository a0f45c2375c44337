import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Monitor, sleepers } from '../support/monitor.ts';

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);

describe('the cursor is bound to the task', () => {
  test('not before the first movement: then it rests on the first row, whoever is there', () => {
    const monitor = new Monitor().sample(sleepers(1, 2, 3));
    assert.equal(monitor.state.selected, undefined);
    assert.equal(monitor.sample(sleepers(2, 3)).cursorPid, 2);
  });

  test('through another order', () => {
    const monitor = new Monitor().sample(sleepers(1, 2, 3, 4)).press('down');
    assert.equal(monitor.cursorPid, 2);
    monitor.press('N', 'R');
    assert.deepEqual(monitor.pids, [4, 3, 2, 1]);
    assert.equal(monitor.cursorPid, 2);
    assert.equal(monitor.state.row, 2);
  });

  test('through arrivals and departures of others', () => {
    const monitor = new Monitor().sample(sleepers(10, 20, 30)).press('down');
    assert.equal(monitor.sample(sleepers(1, 2, 10, 20, 30)).cursorPid, 20);
    assert.equal(monitor.sample(sleepers(20, 30)).cursorPid, 20);
    assert.equal(monitor.state.row, 0);
  });

  test('when it ends, the cursor stays where it was, on the next one', () => {
    const monitor = new Monitor().sample(sleepers(1, 2, 3)).press('down');
    assert.equal(monitor.sample(sleepers(1, 3)).cursorPid, 3);
    assert.deepEqual(monitor.state.selected, { pid: 3, startTicks: 100 });
    assert.equal(monitor.sample(sleepers(1)).cursorPid, 1, 'or the last');
    assert.equal(monitor.sample([]).cursorPid, undefined);
  });

  test('a reused pid is another task', () => {
    const monitor = new Monitor().sample(sleepers(1, 2, 3)).press('down');
    monitor.press('N', 'R');
    monitor.sample([{ pid: 1 }, { pid: 2, start_time: 999 }, { pid: 3 }]);
    assert.notDeepEqual(monitor.state.selected, { pid: 2, startTicks: 100 });
    assert.equal(monitor.state.row, 1, 'it stayed on its row');
  });

  for (const key of ['home', 'escape']) {
    test(`${key} lets go of it`, () => {
      const monitor = new Monitor().sample(sleepers(1, 2, 3)).press('down', 'down', key);
      assert.equal(monitor.state.selected, undefined);
      assert.equal(monitor.state.row, 0);
      assert.equal(monitor.press('N', 'R').cursorPid, 3);
    });
  }

  test('opens the task of the cursor, bound or not', () => {
    const monitor = new Monitor().sample(sleepers(1, 2, 3)).press('enter');
    assert.deepEqual(monitor.state.task?.key, { pid: 1, startTicks: 100 });
    monitor.press('escape', 'end', 'enter');
    assert.deepEqual(monitor.state.task.key, { pid: 3, startTicks: 100 });
    assert.equal(new Monitor().sample([]).press('enter').state.mode, 'table', 'nobody is there');
  });
});

describe('moving', () => {
  const many = (): Monitor => new Monitor().sample(sleepers(...range(1, 100)));

  test('stays in the table', () => {
    assert.equal(many().press('up').state.row, 0);
    assert.equal(many().press('end').state.row, 99);
    assert.equal(many().press('end', 'down', 'pagedown').state.row, 99);
    assert.equal(many().press('end', 'home').state.row, 0);
  });

  test('by pages: one row of the page before is still there', () => {
    const monitor = many();
    const { tableRows } = monitor.world;
    assert.ok(tableRows > 5);
    assert.equal(monitor.press('pagedown').state.row, tableRows - 1);
    assert.equal(monitor.press('pagedown').state.row, 2 * (tableRows - 1));
    assert.equal(monitor.press('pageup').state.row, tableRows - 1);
    assert.equal(monitor.press('C-d').state.row, tableRows - 1 + Math.ceil((tableRows - 1) / 2));
    assert.equal(monitor.press('C-u').state.row, tableRows - 1);
  });

  test('the row of the cursor is always on the screen', () => {
    const monitor = many();
    const keys = ['down', 'pagedown', 'pagedown', 'up', 'end', 'pageup', 'C-u', 'home', 'C-d', 'down'];
    for (const lines of [3, 5, 10, 30, 200]) {
      monitor.lines = lines;
      for (const key of keys) {
        monitor.press(key);
        const { row, top } = monitor.state;
        const { tableRows } = monitor.world;
        assert.ok(
          tableRows === 0 || (row >= top && row < top + tableRows),
          `${key} at ${lines} lines: row ${row} of ${top}+${tableRows}`,
        );
      }
    }
  });

  test('a table that shrank leaves no blank rows above the end', () => {
    const monitor = many().press('end');
    monitor.sample(sleepers(...range(1, 40)));
    assert.equal(monitor.state.row, 39);
    assert.equal(monitor.state.top, 40 - monitor.world.tableRows);
  });
});

test('the selected row is marked on the screen', () => {
  const monitor = new Monitor().sample(sleepers(1, 2, 3)).press('down');
  const marked = monitor.frame.lines.filter(({ fill }) => fill === 'selected');
  assert.equal(marked.length, 1);
  assert.match(marked[0]!.spans.map(({ text }) => text).join(' '), /task2/);
});
