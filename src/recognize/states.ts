/** State letters in words, with or without a release. */
import { stateFact, stateMeaning, STATES } from '../kernel/states.ts';
import { isBetween, minorText, type Release } from '../kernel/release.ts';

export interface StateWords {
  /** The kernel's own word: `disk sleep`. */
  readonly name: string;
  readonly words: string;
}

/** PF_FROZEN tells of frozen tasks up to 6.0; since 6.13, and in late point releases of 6.1 and 6.12, they show D. */
const FROZEN_AS_D = { from: '6.1', always: '6.13' };

/** A letter of stat, status or a log. Without a release it says since or until when the letter exists. */
export function stateWords(letter: string, release: Release | undefined): StateWords {
  const fact = release ? stateFact(letter, release) : STATES.find(state => state.letter === letter);
  if (!fact) {
    const other = STATES.find(state => state.letter === letter);
    const when = other && release ? ` in Linux ${minorText(release)} (${other.name}: ${span(other)})` : '';
    return { name: `unknown state '${letter}'`, words: `no state has this letter${when}` };
  }
  const when = release || fact.first === '2.6.32' ? '' : ` (${span(fact)})`;
  const meaning = stateMeaning(letter, release) ?? fact.meaning;
  return { name: fact.name, words: meaning + when + (letter === 'D' ? frozen(release) : '') };
}

function frozen(release: Release | undefined): string {
  if (release && isBetween(release, FROZEN_AS_D.always, null)) return '; frozen tasks too';
  if (release && !isBetween(release, FROZEN_AS_D.from, null)) return '';
  return '; frozen tasks too since 6.13 and in late 6.1 and 6.12 point releases';
}

const span = ({ first, last }: { readonly first: string; readonly last: string | null }): string =>
  last === null ? `since ${first}` : `${first} to ${last}`;
