/**
 * Regular expressions over what programs say of themselves.
 *
 * JavaScript's matcher backtracks and cannot be interrupted, and the text may be chosen by somebody hostile. So the
 * syntax is JavaScript's, and the matching an {@link Automaton} whose time grows with the text and no faster: what needs
 * more (back-references, looking around) is refused, as is a pattern of more than 1,000 states. One that repeats is tried
 * on the first 4,096 characters of a value only, as much as a screen shows.
 */
import { Automaton, sizeOf } from './automaton.ts';
import { type Tree, treeOf, Unsupported } from './pattern-tree.ts';

export const LONGEST_PATTERN = 200;
const LONGEST_TEXT = 4096;
const MOST_STATES = 1000;

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
    if (sizeOf(treeOf(pattern)) > MOST_STATES) return 'counts too far: {n} is as long as what it repeats, n times';
  } catch (error) {
    if (error instanceof Unsupported) return error.message;
    const reason = error instanceof Error ? error.message.replace(/^.*\/[a-z]*: /s, '') : '';
    return `no regular expression: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`;
  }
  return undefined;
}

/** Has it a repeat of more than one kind of length? What is optional is none. */
function repeats(tree: Tree): boolean {
  if (tree.kind === 'repeat') return (tree.most > 1 && tree.most > tree.least) || repeats(tree.of);
  return tree.kind !== 'one' && tree.kind !== 'edge' && tree.parts.some(repeats);
}

/** The test of a pattern without a {@link patternProblem}: does it match anywhere? */
export function matcher(pattern: string): (text: string) => boolean {
  const tree = treeOf(pattern);
  const automaton = new Automaton(tree, flagsOf(pattern));
  if (!repeats(tree)) return text => automaton.matches(text);
  return text => automaton.matches(text.length > LONGEST_TEXT ? text.slice(0, LONGEST_TEXT) : text);
}
