/**
 * Regular expressions over what programs say of themselves.
 *
 * JavaScript's matcher backtracks and cannot be interrupted, and the text may be chosen by somebody hostile. So a pattern has
 * at most 200 characters; what could take exponential time is refused (a repeat within a repeat, alternatives within a
 * repeat, back-references, more than 6 choices); and one that repeats is tried on the first 4,096 characters of a value
 * only, as much as a screen shows. What remains is polynomial in that length, for text made to fit the pattern.
 */

export const LONGEST_PATTERN = 200;
const LONGEST_TEXT = 4096;
const MOST_CHOICES = 6;

/** Escapes, classes, group openings, and what repeats; everything else by character. */
const PIECE = /\\.|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|<[^>]*>))?|[*+?]\??|\{\d+(?:,\d*)?\}\??|./gs;

/** What makes a pattern dangerous; undefined: nothing. `repeats`: has it a repeat without an end? */
function examine(pattern: string): { readonly problem?: string; readonly repeats: boolean } {
  let choices = 0;
  let repeats = false;
  /** Has the group that is open (and those around it) a choice in it? Had the one that was just closed? */
  let choosing = false;
  const around: boolean[] = [];
  let closed = false;
  for (const [piece] of pattern.matchAll(PIECE)) {
    const after = closed;
    closed = false;
    if (/^\\[1-9k]/.test(piece)) return { problem: 'back-references are not supported', repeats };
    if (piece.startsWith('(')) {
      around.push(choosing);
      choosing = false;
    } else if (piece === ')') {
      closed = choosing;
      choosing = (around.pop() ?? false) || choosing;
    } else if (piece === '|') {
      if (around.length > 0 && !choosing) choices++;
      choosing = true;
    } else if (/^(?:[*+?]|\{\d)/.test(piece)) {
      const optional = piece.startsWith('?');
      if (after && !optional) return { problem: 'a repeated group may hold neither repeats nor alternatives', repeats };
      if (/^\{\d+\}/.test(piece)) continue;
      choices++;
      choosing = true;
      repeats ||= !optional;
    }
  }
  if (choices <= MOST_CHOICES) return { repeats };
  return { problem: `has ${choices} repeats and groups of alternatives, more than ${MOST_CHOICES}`, repeats };
}

/** Smart case: capitals count only where there is one (that of an escape such as `\S` is none). */
const hasCapital = (pattern: string): boolean => /\p{Lu}/u.test(pattern.replace(/\\./gs, ''));

const expression = (pattern: string): RegExp => new RegExp(pattern, hasCapital(pattern) ? 's' : 'si');

/** What is wrong with a pattern, in words; undefined: nothing. */
export function patternProblem(pattern: string): string | undefined {
  if (pattern === '') return 'an empty pattern matches everything';
  if (pattern.length > LONGEST_PATTERN) return `a pattern may have ${LONGEST_PATTERN} characters`;
  try {
    expression(pattern);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*\/[a-z]*: /s, '') : '';
    return `no regular expression: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`;
  }
  return examine(pattern).problem;
}

/** The test of a pattern without a {@link patternProblem}: does it match anywhere? `.` stands for a line end, too. */
export function matcher(pattern: string): (text: string) => boolean {
  // what comes before a match is tried everywhere anyway, and costs the square of the length
  const found = expression(pattern.replace(/^(?:\.\*\??)+/, ''));
  if (!examine(pattern).repeats) return text => found.test(text);
  return text => found.test(text.length > LONGEST_TEXT ? text.slice(0, LONGEST_TEXT) : text);
}
