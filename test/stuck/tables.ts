/** A table of processes and one of threads, filled with made-up stat lines. */
import { stuckReport, type StuckOptions, type StuckReport } from '../../src/stuck/report.ts';
import type { StuckGroup } from '../../src/stuck/groups.ts';
import type { StuckTask } from '../../src/stuck/task.ts';
import { TaskCursor } from '../../src/model/task-cursor.ts';
import { TaskTable } from '../../src/model/task-table.ts';
import { type MachineFacts, Pushed, type PushedTask, testMachine } from '../support/model.ts';
import { bytes, statBytes } from '../support/stat-line.ts';

/** Values of stat fields by name; beside them `tgid` (the process of a thread), and the files `wchan` and `status`. */
export type Stuck = PushedTask;

/** A wait channel that we may not read. */
export const HIDDEN = 'no-permission';

const NO_STAT_FIELD = ['tgid', 'wchan', 'status'];

function statOf(task: Stuck): PushedTask {
  const values = Object.entries(task).filter(([name]) => !NO_STAT_FIELD.includes(name));
  return { ...Object.fromEntries(values), pid: task.pid };
}

export class Tables {
  readonly processes: Pushed;
  readonly threads: TaskCursor;
  readonly #table: TaskTable;
  readonly #seats = new Map<string, number>();

  constructor(facts: MachineFacts = {}) {
    const machine = testMachine({ live: true, ...facts });
    this.processes = new Pushed(machine);
    this.#table = new TaskTable(machine, true);
    this.threads = new TaskCursor(this.#table);
  }

  /** One sample of the processes. */
  look(ms: number, ...tasks: Stuck[]): this {
    this.processes.sample(tasks.map(statOf), { ms });
    for (const { pid, wchan, status } of tasks) {
      if (wchan !== undefined)
        this.processes.file(pid, 'wchan', wchan === HIDDEN ? { why: HIDDEN } : String(wchan), ms);
      if (status !== undefined) this.processes.file(pid, 'status', String(status), ms);
    }
    return this;
  }

  /** One round over the threads. */
  round(ms: number, ...tasks: Stuck[]): this {
    this.#table.begin({ wallMs: 1_700_000_000_000 + ms, system: new Map(), systemMs: ms });
    for (const task of tasks) {
      const key = `${task['tgid']}/${task.pid}`;
      const seat = this.#seats.get(key) ?? this.#seats.size;
      this.#seats.set(key, seat);
      const stat = statBytes(statOf(task));
      this.#table.stat(seat, task.pid, Number(task['tgid'] ?? task.pid), stat, stat.length, ms);
      if (task['wchan'] !== undefined) this.#table.file(seat, 'wchan', bytes(String(task['wchan'])), ms);
    }
    this.#table.end(0);
    return this;
  }

  report(options: StuckOptions = {}): StuckReport {
    return stuckReport(this.processes.cursor, this.#table.samples > 0 ? this.threads : undefined, options);
  }
}

/** Two looks, a number of seconds apart, at the same tasks. */
export const twice = (seconds: number, facts: MachineFacts, ...tasks: Stuck[]): Tables =>
  new Tables(facts).look(0, ...tasks).look(seconds * 1000, ...tasks);

/** `kind: tid tid`, a group a text. */
export const outline = ({ groups }: StuckReport): string[] =>
  groups.map(({ id, tasks }) => `${id}: ${tasks.map(({ tid }) => tid).join(' ')}`);

export const onlyGroup = (report: StuckReport): StuckGroup => {
  if (report.groups.length !== 1) throw new Error(outline(report).join('; '));
  return report.groups[0]!;
};
export const onlyTask = (report: StuckReport): StuckTask => {
  const { tasks } = onlyGroup(report);
  if (tasks.length !== 1) throw new Error(String(tasks.length));
  return tasks[0]!;
};
