/** Finds what is stuck in a table of processes and one of threads. */
import { isExiting } from '../fields/task.ts';
import type { TaskCursor } from '../model/task-cursor.ts';
import type { TaskTable } from '../model/task-table.ts';
import { isMissing } from '../units/missing.ts';
import { isLeader, kindOf, stateLetter, waitOf } from './classify.ts';
import type { StuckKind } from './kinds.ts';
import { type Draft, draftOf, type StuckTask } from './task.ts';

/** Kernel stacks by `tgid/tid`, a frame a line as in the file `stack`. */
export type Stacks = ReadonlyMap<string, NonNullable<StuckTask['stack']>>;

/** Two looks at an interval of a second, which a timer may cut short. */
export const MOMENT_SECONDS = 0.9;
const PF_FORKNOEXEC = 0x40;

/** In these a process's threads are told by a number, not one by one. */
const TOLD_BY_PROCESS: ReadonlySet<StuckKind> = new Set<StuckKind>(['frozen', 'traced', 'stopped']);

export class Collector {
  readonly drafts: Draft[] = [];
  passing = 0;
  readonly #stacks: Stacks | undefined;
  /** Processes whose first thread is in the report. */
  readonly #leaders = new Map<number, Draft>();
  /** How many threads of a false zombie were seen to live, by process and state. */
  readonly #living = new Map<Draft, string[]>();

  constructor(stacks: Stacks | undefined) {
    this.#stacks = stacks;
  }

  processes(cursor: TaskCursor): void {
    eachSeat(cursor, seat => {
      const draft = this.#look(cursor.at(seat));
      if (!draft) return;
      this.drafts.push(draft);
      this.#leaders.set(cursor.pid, draft);
    });
  }

  threads(cursor: TaskCursor, processes: TaskTable): void {
    const started = new Map<number, number>();
    for (const seat of processes.order.subarray(0, processes.count))
      started.set(processes.pid(seat), processes.startTicks(seat));
    eachSeat(cursor, seat => {
      cursor.at(seat);
      if (!mayMatter(cursor) && !this.#ofFalseZombie(cursor)) return;
      // the table of processes has it, read more lately
      if (isLeader(cursor) && started.get(cursor.pid) === cursor.startTicks) return;
      const draft = this.#look(cursor);
      const leader = this.#leaders.get(cursor.tgid);
      if (leader?.kind === 'false-zombie') this.#lives(cursor, leader, draft);
      else if (leader && leader.kind === draft?.kind && TOLD_BY_PROCESS.has(leader.kind)) leader.alike++;
      else if (draft) this.drafts.push(draft);
    });
    for (const [leader, states] of this.#living) leader.remarks = [livingWords(leader, states)];
  }

  #ofFalseZombie(task: TaskCursor): boolean {
    return this.#leaders.get(task.tgid)?.kind === 'false-zombie';
  }

  /** A thread behind a zombie: told where it is stuck, else beside its leader. */
  #lives(task: TaskCursor, leader: Draft, stuck: Draft | undefined): void {
    const letter = stateLetter(task);
    if ('ZXx'.includes(letter)) return;
    const wait = waitOf(task, undefined);
    const where = isMissing(wait.wchan) || wait.wchan === '0' ? '' : `: ${wait.wchan}`;
    const states = this.#living.get(leader) ?? [];
    states.push(letter === 'D' ? `D${where}` : letter);
    this.#living.set(leader, states);
    this.drafts.push(stuck ?? { ...draftOf(task, 'false-zombie', wait, undefined), remarks: ['lives'] });
  }

  #look(task: TaskCursor): Draft | undefined {
    if (!mayMatter(task)) return undefined;
    const stack = this.#stacks?.get(`${task.tgid}/${task.pid}`);
    const wait = waitOf(task, stack);
    const kind = kindOf(task, wait, stack);
    if (kind === undefined) return undefined;
    const draft = draftOf(task, kind, wait, stack);
    if (draft.once ? task.table.samples === 1 : draft.age >= MOMENT_SECONDS) return draft;
    this.passing++;
    return undefined;
  }
}

function eachSeat({ table }: TaskCursor, visit: (seat: number) => void): void {
  for (let index = 0; index < table.count; index++) visit(table.order[index]!);
}

/** A cheap look at a task that mostly just sleeps or runs: only its wait channel could tell that it is frozen. */
function mayMatter(task: TaskCursor): boolean {
  const letter = stateLetter(task);
  return (letter !== 'S' && letter !== 'R' && letter !== 'I') || isExiting(task) || !isMissing(task.file('wchan'));
}

/** `2 threads live (1 D: mlx5_cmd_exec)` */
function livingWords(leader: Draft, states: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  const parts = [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
  return `${leader.remarks[0]!} (${parts})`;
}

/** Names the child that a vfork parent waits for: the youngest that has not called exec. */
export function nameChildren(drafts: readonly Draft[], cursor: TaskCursor): void {
  const parents = new Map(drafts.filter(({ kind }) => kind === 'vfork').map(draft => [draft.pid, draft]));
  if (parents.size === 0) return;
  const children = new Map<Draft, { readonly startTicks: number; readonly words: string }>();
  eachSeat(cursor, seat => {
    const parent = parents.get(cursor.at(seat).stat(4));
    if (!parent || (cursor.stat(9) & PF_FORKNOEXEC) === 0) return;
    if (cursor.startTicks < (children.get(parent)?.startTicks ?? 0)) return;
    const words = `child ${cursor.pid} ${cursor.comm} (${stateLetter(cursor)})`;
    children.set(parent, { startTicks: cursor.startTicks, words });
  });
  for (const [parent, { words }] of children) parent.remarks = [...parent.remarks, words];
}
