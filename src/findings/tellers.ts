/** Sentences about others than the tasks of a finding: who owes a wait(), which threads live on, who has the CPU. */
import { field } from '../fields/registry.ts';
import type { TaskView } from '../fields/task.ts';
import { durationText } from '../units/format.ts';
import { fit, harmless } from '../units/text.ts';
import { fieldFact } from './facts.ts';
import type { TellerName } from './rule.ts';
import { waitOf } from './waits.ts';
import type { World } from './world.ts';

const CPU = field('cpu_percent');
const POLICY = field('policy_name');
const PPID = 4;
const STATE = 3;
const NUM_THREADS = 20;
const PROCESSOR = 39;
const ZOMBIE = 'Z'.charCodeAt(0);
/** Of so many others one is told. */
const MOST = 5;

/** A name as a sentence may hold it. */
export const nameOf = (task: TaskView): string => `${fit(harmless(task.comm), 64)} (${task.pid})`;

const letter = (task: TaskView): string => String.fromCharCode(task.stat(STATE));

/** ` in do_wait: waits for a child to end`; nothing where the wait channel is not known. */
function where(task: TaskView): string {
  const wait = waitOf(task);
  if (!wait) return '';
  const { name, family } = wait;
  return ` in ${fit(harmless(name), 64)}${family === undefined ? '' : `, ${family.words}`}`;
}

function list(parts: readonly string[], total: number): string {
  return parts.join('; ') + (total > parts.length ? `; and ${total - parts.length} more` : '');
}

function reaper(task: TaskView, world: World): string | undefined {
  const ppid = task.stat(PPID);
  world.wishes.add(ppid);
  const parent = world.process(ppid);
  if (!parent) return undefined;
  const stopped = 'Tt'.includes(letter(parent)) ? ': it is stopped and cannot wait for them' : '';
  return `The parent is ${nameOf(parent)}, in state ${letter(parent)}${where(parent)}${stopped}.`;
}

function livingThreads(task: TaskView, world: World): string | undefined {
  world.threadWishes.add(task.pid);
  const living: string[] = [];
  let count = 0;
  for (const thread of world.threadsOf(task.pid)) {
    if (thread.pid === task.pid || thread.stat(STATE) === ZOMBIE) continue;
    count++;
    const age = durationText(thread.stateSeconds);
    if (living.length < MOST) living.push(`${nameOf(thread)} ${letter(thread)} for ${age}${where(thread)}`);
  }
  return count === 0 ? undefined : `Alive: ${list(living, count)}.`;
}

/** Who used most of the task's CPU, as far as it is known: a process with several threads may have used others. */
function cpuUsers(task: TaskView, world: World): string | undefined {
  const cpu = task.stat(PROCESSOR);
  const busy: number[] = [];
  const users: { readonly used: number; readonly words: string }[] = [];
  const note = (other: TaskView): void => {
    const used = CPU.value(other);
    if (other.pid === task.pid || other.stat(PROCESSOR) !== cpu || typeof used !== 'number' || used < 1) return;
    const priority = fieldFact(other, POLICY)?.text ?? '';
    users.push({ used, words: `${nameOf(other)} ${used.toFixed(1)} % (${priority}, priority ${other.stat(18)})` });
  };
  for (const process of world.processes()) {
    const used = CPU.value(process);
    if (process.stat(NUM_THREADS) <= 1) note(process);
    else if (typeof used === 'number' && used >= 1) busy.push(process.pid);
  }
  for (const tgid of busy) for (const thread of world.threadsOf(tgid)) note(thread);
  users.sort((a, b) => b.used - a.used);
  const words = users.slice(0, 3).map(user => user.words);
  return words.length === 0 ? undefined : `On CPU ${cpu} meanwhile: ${list(words, words.length)}.`;
}

/** The children that are there just now, by name. */
function children(task: TaskView, world: World): string | undefined {
  const names = new Map<string, number>();
  for (const process of world.processes()) {
    if (process.stat(PPID) !== task.tgid) continue;
    const name = fit(harmless(process.comm), 32);
    names.set(name, (names.get(name) ?? 0) + 1);
  }
  const parts = [...names].slice(0, MOST).map(([name, count]) => (count > 1 ? `${count} ${name}` : name));
  return parts.length === 0 ? undefined : `Its children at this moment: ${list(parts, names.size)}.`;
}

export const TELLERS: Readonly<Record<TellerName, (task: TaskView, world: World) => string | undefined>> = {
  reaper,
  'living-threads': livingThreads,
  'cpu-users': cpuUsers,
  children,
};
