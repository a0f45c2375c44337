/**
 * Regular expressions over what programs say of themselves.
 *
 * JavaScript's matcher backtracks and cannot be interrupted, and the text may be chosen by somebody hostile. So the
 * syntax is JavaScript's, and the matching an {@link Automaton} whose time grows with the text and no faster: what needs
 * more (back-references, looking around) is refused, as is a pattern of more than 250 states: a character costs a
 * microsecond or two at most.
 */
import { Automaton, sizeOf } from './automaton.ts';
import { treeOf, Unsupported } from './pattern-tree.ts';

export const LONGEST_PATTERN = 200;
const MOST_STATES = 250;
const TOO_LARGE = `needs more than ${MOST_STATES} states: + and {n} copy what they repeat`;

/** Smart case: capitals count only where there is one (that of an escape such as `\S` is none). */
const hasCapital = (pattern: string): boolean => /\p{Lu}/u.test(pattern.replace(/\\./gs, ''));

/** `.` stands for a line end, too. */
const flagsOf = (pattern: string): string => (hasCapital(pattern) ? 's' : 'si');

/** What is wrong with a pattern, in words; undefined: nothing. */
export function patternProblem(pattern: string): string | undefined {
  if (pattern === '') return 'an empty pattern matches everything';
  if (pattern.length > LONGEST_PATTERN) return `a pattern may have ${LONGEST_PATTERN} characters`;
  try {
    new RegExp(pattern, flagsOf(pattern));
    if (sizeOf(treeOf(pattern)) > MOST_STATES) return TOO_LARGE;
  } catch (error) {
    if (error instanceof Unsupported) return error.message;
    const reason = error instanceof Error ? error.message.replace(/^.*\/[a-z]*: /s, '') : '';
    return `no regular expression: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`;
  }
  return undefined;
}

/** The test of a pattern without a {@link patternProblem}: does it match anywhere? */
export function matcher(pattern: string): (text: string) => boolean {
  const automaton = new Automaton(treeOf(pattern), flagsOf(pattern));
  return text => automaton.matches(text);
}
