import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TaskCursor } from '../../src/model/task-cursor.ts';
import { TaskTable } from '../../src/model/task-table.ts';
import { historyWants } from '../../src/pages/history-files.ts';
import { testMachine } from '../support/model.ts';
import { rawBytes, statText } from '../support/stat-line.ts';

/** Threads by id and process, the seat is the id. */
function sampled(tasks: readonly (readonly [tid: number, tgid: number, flags?: number])[], threads = true): TaskCursor {
  const table = new TaskTable(testMachine(), threads);
  sample(table, tasks);
  return new TaskCursor(table);
}

function sample(table: TaskTable, tasks: readonly (readonly [tid: number, tgid: number, flags?: number])[]): void {
  table.begin({ wallMs: 0, system: new Map(), systemMs: table.samples * 1000 });
  for (const [tid, tgid, flags = 0] of tasks) {
    const line = rawBytes(statText({ pid: tid, comm: 'sh', flags }));
    table.stat(tid, tid, tgid, line, line.length, table.samples * 1000);
  }
  table.end(0);
}

describe('what page History has read', () => {
  test('of a process its own files; of a thread those of its process, too', () => {
    assert.deepEqual(
      historyWants(
        sampled(
          [
            [1, 1],
            [2, 2],
          ],
          false,
        ),
        2,
      ),
      [
        [2, 'wchan'],
        [2, 'syscall'],
      ],
    );
    assert.deepEqual(
      historyWants(
        sampled([
          [1, 1],
          [2, 2],
          [3, 2],
          [4, 4],
        ]),
        3,
      ),
      [
        [3, 'wchan'],
        [3, 'syscall'],
        [2, 'wchan'],
        [2, 'syscall'],
      ],
    );
  });

  test('of a kernel thread no system call', () => {
    assert.deepEqual(historyWants(sampled([[2, 2, 0x208040]]), 2), [[2, 'wchan']]);
  });

  test('of many threads 16 beside itself, in turns, so that each is read as often', () => {
    const tasks = Array.from({ length: 201 }, (_, index) => [index + 1, 1] as const);
    const cursor = sampled(tasks);
    const times = new Map<number, number>();
    for (let turn = 0; turn < 200; turn++) {
      const wanted = historyWants(cursor, 1).filter(([, file]) => file === 'syscall');
      assert.equal(wanted.length, 17);
      for (const [seat] of wanted) times.set(seat, (times.get(seat) ?? 0) + 1);
      sample(cursor.table, tasks);
    }
    assert.equal(times.get(1), 200);
    assert.deepEqual(new Set(tasks.slice(1).map(([tid]) => times.get(tid))), new Set([16]));
  });

  test('who may not look at the task is not asked about its other threads', () => {
    const cursor = sampled([
      [2, 2],
      [3, 2],
    ]);
    cursor.table.file(2, 'syscall', 'no-permission', 0);
    assert.deepEqual(historyWants(cursor, 2), [
      [2, 'wchan'],
      [2, 'syscall'],
      [3, 'wchan'],
    ]);
  });
});
