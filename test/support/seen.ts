/** All that can be seen of a table: every value of every task, the machine, the order. */
import { FIELDS } from '../../src/fields/registry.ts';
import { TaskCursor } from '../../src/model/task-cursor.ts';
import type { TaskTable } from '../../src/model/task-table.ts';

export function seen(table: TaskTable): unknown {
  const cursor = new TaskCursor(table);
  const tasks = [...table.order.subarray(0, table.count)].map(seat => {
    cursor.at(seat);
    return [
      [cursor.pid, cursor.tgid, cursor.startTicks, cursor.statText(3)],
      ...FIELDS.map(({ id, value }) => [id, value(cursor)]),
    ];
  });
  const { system } = table;
  return structuredClone([
    tasks,
    [table.samples, table.denied, table.wchanNamesSeen],
    [system.wallMs, system.uptimeSeconds, system.load, system.cpu, system.intervalSeconds, system.suspendedSeconds],
  ]);
}
