/** Words that columns have a closed list of: they are checked when a filter is parsed, and offered while it is typed. */
import { CAPABILITIES } from '../kernel/capabilities.ts';
import { POLICIES } from '../kernel/sched.ts';
import { SIGNALS } from '../kernel/signals.ts';
import { STATES } from '../kernel/states.ts';
import { TASK_FLAGS } from '../kernel/task-flags.ts';
import { nearest } from '../units/nearest.ts';
import { shown } from './shown.ts';

export interface Name {
  /** As filters are printed. */
  readonly word: string;
  /** Other spellings that are accepted. */
  readonly also: readonly string[];
  readonly help: string;
}

export interface Vocabulary {
  /** What its words are called in a message. */
  readonly what: string;
  readonly names: readonly Name[];
}

/** The first of those that have the same word. */
const distinct = (names: readonly Name[]): Name[] =>
  names.filter(({ word }, index) => names.findIndex(name => name.word === word) === index);

export const STATE_LETTERS: Vocabulary = {
  what: 'state',
  names: STATES.map(({ letter, name, meaning }) => ({ word: letter, also: [name], help: `${name}: ${meaning}` })),
};

export const STATE_NAMES: Vocabulary = {
  what: 'state',
  names: distinct(STATES.map(({ letter, name, meaning }) => ({ word: name, also: [letter], help: meaning }))),
};

export const POLICY_NAMES: Vocabulary = {
  what: 'policy',
  names: POLICIES.map(({ name, kernelName, meaning }) => ({
    word: name,
    also: [kernelName, `SCHED_${name.toUpperCase()}`],
    help: meaning,
  })),
};

/** The flags of all releases, those of today first: which of them a kernel has is known only when its tasks are seen. */
export const FLAG_NAMES: Vocabulary = {
  what: 'flag',
  names: distinct(
    TASK_FLAGS.toSorted((a, b) => Number(a.last !== null) - Number(b.last !== null)).map(({ name, meaning }) => ({
      word: name.replace(/^PF_/, ''),
      also: [name],
      help: meaning,
    })),
  ),
};

export const SIGNAL_NAMES: Vocabulary = {
  what: 'signal',
  names: SIGNALS.map(({ n, name, aliases = [], meaning }) => ({
    word: name,
    also: [name, ...aliases].flatMap(alias => [alias, alias.replace(/^SIG/, '')]),
    help: `${n}: ${meaning}`,
  })),
};

export const CAPABILITY_NAMES: Vocabulary = {
  what: 'capability',
  names: CAPABILITIES.map(({ name, meaning }) => ({ word: name, also: [name.replace(/^CAP_/, '')], help: meaning })),
};

/** Case does not matter, but for the letters of states. */
const same = (a: string, b: string): boolean => a === b || (a.length > 1 && a.toLowerCase() === b.toLowerCase());

export const findName = ({ names }: Vocabulary, text: string): Name | undefined =>
  names.find(({ word, also }) => same(word, text) || also.some(spelling => same(spelling, text)));

/** A sentence about a word that is not in the list, the nearest one that is first. */
export function unknownName({ what, names }: Vocabulary, text: string): string {
  const words = names.flatMap(({ word, also }) => [word, ...also]);
  // every letter is near to every other one
  const near =
    words.find(word => word.toLowerCase() === text.toLowerCase()) ??
    (text.length > 1 ? nearest(text, words) : undefined);
  const some = names.slice(0, 8).map(({ word }) => word);
  const unknown = `unknown ${what} ${shown(text)}`;
  if (near) return `did you mean '${near}'? ${unknown}`;
  return `${unknown}: it is one of ${some.join(', ')}${names.length > 8 ? ', …' : ''}`;
}
