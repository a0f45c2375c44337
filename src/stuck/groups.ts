/** Stuck tasks that wait for the same, and what that means. */
import { otherWaitNames, type WaitFamily, type WaitName } from '../kernel/wait-channels.ts';
import { isMissing } from '../units/missing.ts';
import { kindFacts, STUCK_KINDS, type StuckKind } from './kinds.ts';
import type { StuckTask } from './task.ts';

export interface StuckGroup {
  /** Stays the same from sample to sample. */
  readonly id: string;
  readonly kind: StuckKind;
  /** Of the wait functions; undefined: no table knows them, or it does not matter. */
  readonly family: string | undefined;
  /** What is waited for, in few words. */
  readonly title: string;
  /** Follows the name of a task: `waits for a reply of an NFS server`. */
  readonly words: string;
  readonly means: string;
  readonly next: string;
  /** What other releases call the functions that it waits in. */
  readonly otherNames: readonly WaitName[];
  /** Tasks, those that are told by their process included. */
  readonly count: number;
  /** Seconds of the one that is so for longest. */
  readonly longest: number;
  readonly atLeast: boolean;
  /** The oldest first. */
  readonly tasks: readonly StuckTask[];
}

/** Kinds whose tasks are grouped by what they wait for. */
const BY_WAIT: ReadonlySet<StuckKind> = new Set<StuckKind>(['uninterruptible', 'exiting']);

const nameOf = ({ wchan }: StuckTask): string => (isMissing(wchan) || wchan === '0' ? '' : wchan);

function groupId(draft: StuckTask): string {
  const { kind, family } = draft;
  return BY_WAIT.has(kind) ? `${kind}:${family?.id ?? nameOf(draft)}` : kind;
}

type Words = Pick<StuckGroup, 'title' | 'words' | 'means' | 'next'>;

const UNKNOWN = 'No table knows this function.';

function wordsOf(draft: StuckTask): Words {
  const { kind, family } = draft;
  const { title, words, means, next } = kindFacts(kind);
  const name = nameOf(draft);
  const exits = kind === 'exiting';
  if (!BY_WAIT.has(kind)) return { title, words, means, next };
  if (family) return familyWords(family, exits);
  if (name !== '')
    return {
      title: exits ? `exiting: ${name}` : name,
      words: exits ? `is exiting, in ${name}` : `waits in ${name}`,
      means: UNKNOWN,
      next: 'The kernel stack tells what it is part of, as root.',
    };
  if (exits) return { title, words, means, next };
  const hidden = isMissing(draft.wchan) && draft.wchan.missing === 'no-permission';
  return hidden
    ? { title: 'hidden from us', words, means, next: 'Look again as root.' }
    : { title, words, means, next };
}

const familyWords = (family: WaitFamily, exits: boolean): Words => ({
  title: exits ? `exiting: ${family.title}` : family.title,
  words: exits ? `is exiting, and ${family.words}` : family.words,
  means: family.means,
  next: family.next,
});

function otherNames(drafts: readonly StuckTask[]): WaitName[] {
  const names = new Set(drafts.map(nameOf));
  const found = new Map([...names].flatMap(name => otherWaitNames(name).map(other => [other.name, other])));
  return [...found.values()].filter(({ name }) => !names.has(name));
}

const oldestFirst = (a: StuckTask, b: StuckTask): number => b.age - a.age || a.pid - b.pid || a.tid - b.tid;

const rank = new Map(STUCK_KINDS.map(({ kind }, index) => [kind, index]));

function groupOf(id: string, drafts: readonly StuckTask[]): StuckGroup {
  const [first] = drafts as readonly [StuckTask];
  const tasks = drafts.toSorted(oldestFirst);
  const oldest = tasks[0]!;
  const zombies = first.kind === 'false-zombie';
  // a zombie goes before the threads that it leaves behind, and is what is counted
  if (zombies) tasks.sort((a, b) => a.pid - b.pid || a.tid - b.tid);
  const counted = zombies ? tasks.filter(({ pid, tid }) => pid === tid) : tasks;
  return {
    id,
    kind: first.kind,
    family: BY_WAIT.has(first.kind) ? first.family?.id : undefined,
    ...wordsOf(first),
    otherNames: BY_WAIT.has(first.kind) ? otherNames(drafts) : [],
    count: counted.reduce((sum, { alike }) => sum + 1 + alike, 0),
    longest: oldest.age,
    atLeast: oldest.atLeast,
    tasks,
  };
}

/** The gravest kinds first, within a kind the group with the oldest task. */
export function groupsOf(drafts: readonly StuckTask[]): StuckGroup[] {
  const byId = new Map<string, StuckTask[]>();
  for (const draft of drafts) {
    const id = groupId(draft);
    const group = byId.get(id);
    if (group) group.push(draft);
    else byId.set(id, [draft]);
  }
  return [...byId]
    .map(([id, group]) => groupOf(id, group))
    .sort((a, b) => rank.get(a.kind)! - rank.get(b.kind)! || b.longest - a.longest || (a.id < b.id ? -1 : 1));
}
