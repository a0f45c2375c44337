/** What is known of tasks when processes are sampled after threads, or threads after processes. */
import type { SeenTask } from '../model/task-past.ts';
import type { TaskTable } from '../model/task-table.ts';

const STATE = 3;
const FLAGS = 9;

/** What a first sample took over from the tables before it. */
export interface TakenOver {
  readonly generation_ms: number;
  /** By process id. */
  readonly tasks: Readonly<Record<string, SeenTask>>;
}

/** Seats of processes, or of their first threads, by process id. */
function leaders(table: TaskTable): ReadonlyMap<number, number> {
  const seats = [...table.order.subarray(0, table.count)].filter(seat => table.pid(seat) === table.tgid(seat));
  return new Map(seats.map(seat => [table.pid(seat), seat]));
}

/**
 * State, flags and resident memory of a process in stat are those of its first thread: how long they have been so, is
 * known of the one when it was seen of the other.
 *
 * @param from as it was left.
 * @param to after its first sample; gets what was known.
 */
export function takeOver(from: TaskTable, to: TaskTable): TakenOver {
  const tasks: Record<string, SeenTask> = {};
  const before = leaders(from);
  const { past, samples } = to;
  past.generationMs = from.past.generationMs;
  for (const [pid, seat] of leaders(to)) {
    const was = before.get(pid);
    if (was === undefined || from.startTicks(was) !== to.startTicks(seat)) continue;
    const state = to.value(seat, STATE);
    // letters of former samples would be those of this one's neighbours
    past.put(seat, samples, { ...from.past.take(was, from.samples), states: String.fromCharCode(state) });
    past.change(seat, to.readMs(seat), from.value(was, STATE) === state, from.value(was, FLAGS), to.value(seat, FLAGS));
    tasks[pid] = past.take(seat, samples);
  }
  return { generation_ms: past.generationMs, tasks };
}
