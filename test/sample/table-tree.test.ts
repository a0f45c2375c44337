import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { latin1 } from '../../src/decode/bytes.ts';
import { TaskTable } from '../../src/model/task-table.ts';
import { TableTree } from '../../src/sample/table-tree.ts';
import { readWhole } from '../../src/sample/tree.ts';
import { Pushed, testMachine } from '../support/model.ts';
import { rawBytes, statBytes, statText } from '../support/stat-line.ts';

const text = (tree: TableTree, path: string): string => {
  const content = readWhole(tree, path);
  return typeof content === 'string' ? `missing: ${content}` : latin1(content);
};
const ENOENT = { code: 'ENOENT' };

describe('a table as a tree', () => {
  test('has what was read of processes and of the machine, and says of the rest that it was not read', () => {
    const pushed = new Pushed();
    const system = { loadavg: '0.1 0.2 0.3 1/2 3\n', 'pressure/cpu': 'some\n', '/sys/fs/cgroup/x': '1\n' };
    const tasks = [{ pid: 40, comm: 'b) (' }, { pid: 7 }];
    pushed.sample(tasks, { ms: 1500, system });
    pushed.file(7, 'status', 'Name:\tx\n', 1500);
    for (const [file, why] of [
      ['io', 'no-permission'],
      ['cgroup', 'not-in-this-kernel'],
      ['cmdline', 'could-block'],
      ['wchan', 'gone'],
      ['statm', 'not-read'],
    ] as const)
      pushed.file(40, file, { why }, 1500);
    const tree = new TableTree(pushed.table);
    assert.deepEqual([tree.live, tree.keeps, tree.nowMs(), tree.wallMs()], [false, false, 1500, 1_700_000_001_500]);
    assert.deepEqual(tree.pids(), [7, 40]);
    assert.equal(text(tree, '40/stat'), statText(tasks[0]!));
    assert.equal(text(tree, '7/status'), 'Name:\tx\n');
    assert.equal(text(tree, 'pressure/cpu'), 'some\n');
    assert.equal(text(tree, 'version'), 'Linux version 6.18.0 (test) #1 SMP\n');
    assert.equal(text(tree, 'sys/kernel/osrelease'), '6.18.0\n');
    for (const file of ['io', 'cgroup', 'cmdline', 'wchan', 'statm'] as const) {
      const slot = pushed.table.fileSlot(pushed.seat(40), file)!.now;
      assert.equal(`missing: ${'missing' in slot ? slot.missing : ''}`, text(tree, `40/${file}`), file);
    }
    for (const path of ['7/io', '8/stat', '7/task/7/stat', 'meminfo', '', '7', 'stat', '7/../40/stat', '07/stat/x'])
      assert.equal(text(tree, path), 'missing: not-read', path);
    assert.deepEqual(tree.names(''), ['version', 'loadavg', 'pressure', '7', '40']);
    assert.deepEqual(tree.names('7'), ['stat', 'status']);
    assert.throws(() => tree.names('8'), ENOENT);
    assert.throws(() => tree.names('7/task'), ENOENT);
    assert.throws(() => tree.tids(7), ENOENT);
    assert.throws(() => tree.link('7/exe'), ENOENT);
  });

  test('follows its table from sample to sample', () => {
    const pushed = new Pushed();
    const tree = new TableTree(pushed.table);
    assert.deepEqual(tree.pids(), []);
    pushed.sample([{ pid: 1 }, { pid: 2, comm: 'old' }], { ms: 1000 });
    assert.match(text(tree, '2/stat'), /\(old\)/);
    pushed.sample([{ pid: 1, utime: 5 }], { ms: 2000 });
    assert.equal(text(tree, '2/stat'), 'missing: not-read');
    assert.equal(text(tree, '1/stat'), statText({ pid: 1, utime: 5 }));
  });

  test('of threads has the threads, not what belongs to the process as a whole', () => {
    const table = new TaskTable(testMachine(), true);
    table.begin({ wallMs: Number.NaN, system: new Map(), systemMs: 10 });
    [5, 9, 6].forEach((tid, seat) => {
      const line = statBytes({ pid: tid });
      table.stat(seat, tid, tid === 9 ? 9 : 5, line, line.length, 10);
    });
    table.end(0);
    table.file(2, 'wchan', rawBytes('\xff'), 11);
    const tree = new TableTree(table);
    assert.deepEqual(
      [tree.pids(), tree.tids(5), tree.names('5/task')],
      [
        [5, 9],
        [5, 6],
        ['5', '6'],
      ],
    );
    assert.equal(text(tree, '5/task/6/wchan'), '\xff');
    assert.equal(text(tree, '5/task/6/stat'), statText({ pid: 6 }));
    for (const path of ['5/stat', '9/task/6/stat', '5/task/9/stat', '6/task/6/stat'])
      assert.equal(text(tree, path), 'missing: not-read', path);
  });
});
