import { isBetween } from './release.ts';
import type { Release } from './release.ts';

/**
 * State letters: field 3 of /proc/PID/stat, `State:` of status. fs/proc/array.c, task_state_array; the kernel reports
 * the highest set bit of state or exit state within its report mask.
 */
export interface StateFact {
  readonly letter: string;
  /** The kernel's own word, as in `State: D (disk sleep)`. */
  readonly name: string;
  /** First and last mainline minor; `2.6.32` means that or older. */
  readonly first: string;
  readonly last: string | null;
  /** In all releases that have it; {@link stateMeaning} adds what only some mean. */
  readonly meaning: string;
}

// prettier-ignore
export const STATES: readonly StateFact[] = [
  { letter: 'R', name: 'running',      first: '2.6.32', last: null,   meaning: 'running or ready to run: the file does not tell them apart' },
  { letter: 'S', name: 'sleeping',     first: '2.6.32', last: null,   meaning: 'interruptible sleep: a signal wakes it' },
  { letter: 'D', name: 'disk sleep',   first: '2.6.32', last: null,   meaning: 'uninterruptible sleep, killable or not; counts in the load average. With PREEMPT_RT also a wait for a lock' },
  { letter: 'T', name: 'stopped',      first: '2.6.32', last: null,   meaning: 'stopped by a job-control signal' },
  { letter: 't', name: 'tracing stop', first: '2.6.33', last: null,   meaning: 'stopped by a debugger' },
  { letter: 'Z', name: 'zombie',       first: '2.6.32', last: null,   meaning: 'dead, not yet waited for by its parent' },
  { letter: 'X', name: 'dead',         first: '2.6.32', last: null,   meaning: 'being removed; almost never seen' },
  { letter: 'x', name: 'dead',         first: '2.6.33', last: '3.13', meaning: 'being removed; in the table only, masked out of the file' },
  { letter: 'K', name: 'wakekill',     first: '2.6.33', last: '3.13', meaning: 'killable sleep; in the table only, masked out of the file' },
  { letter: 'W', name: 'waking',       first: '2.6.33', last: '3.13', meaning: 'being woken; in the table only, masked out of the file (before 2.6.0 W was paging)' },
  { letter: 'P', name: 'parked',       first: '4.14',   last: null,   meaning: 'kernel thread parked, as its CPU is off-line' },
  { letter: 'I', name: 'idle',         first: '4.14',   last: null,   meaning: 'idle kernel thread: uninterruptible, but not counted in the load average (most kworkers)' },
];

/** What a letter means beside that in some releases only; `patch` is the first point release of the first minor. */
const ALSO: readonly {
  readonly letter: string;
  readonly first: string;
  readonly patch: number;
  readonly last: string;
  readonly words: string;
}[] = [
  { letter: 'S', first: '4.2', patch: 8, last: '4.13', words: 'parked kernel threads too' },
  { letter: 'T', first: '2.6.32', patch: 0, last: '2.6.32', words: 'by a debugger too' },
];

/**
 * What a letter means in a release; without one, what it means in all of them, and beside that in which.
 * Undefined: no release has such a letter.
 */
export function stateMeaning(letter: string, release: Release | undefined): string | undefined {
  const fact = BY_LETTER.get(letter);
  if (fact === undefined) return undefined;
  const also = ALSO.filter(each => {
    if (each.letter !== letter || !release) return each.letter === letter;
    const isFirst = isBetween(release, each.first, each.first);
    return isBetween(release, each.first, each.last) && (!isFirst || release.major < 3 || release.patch >= each.patch);
  });
  return [fact.meaning, ...also.map(({ words, ...when }) => (release ? words : `${spanText(when)} ${words}`))].join(
    '; ',
  );
}

const spanText = ({ first, patch, last }: { first: string; patch: number; last: string }): string =>
  first === last ? `in ${first}` : `in ${first}.${patch} to ${last}`;

/** A frozen task's letter depends on the point release; PF_FROZEN tells it up to 6.0. */
export const FROZEN_CAVEAT =
  'a frozen task shows D since 6.13, and by backport in late 6.12 and 6.1 point releases (6.12.117, 6.1.192); ' +
  'from 6.1 until then it could show R';

/** A letter as that release means it; undefined when it has no such state. */
export function stateFact(letter: string, release: Release): StateFact | undefined {
  const fact = BY_LETTER.get(letter);
  if (fact === undefined || !isBetween(release, fact.first, fact.last)) return undefined;
  return { ...fact, meaning: stateMeaning(letter, release) ?? fact.meaning };
}

/** The letters that a release has, as it means them. */
export const statesOf = (release: Release): StateFact[] =>
  STATES.flatMap(({ letter }) => stateFact(letter, release) ?? []);

/** `disk sleep`; `unknown state 'q'` for a letter that this release does not have. */
export function stateName(letter: string, release: Release): string {
  return stateFact(letter, release)?.name ?? `unknown state '${letter}'`;
}

const BY_LETTER = new Map(STATES.map(fact => [fact.letter, fact]));
