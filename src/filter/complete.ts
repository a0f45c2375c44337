/** What can be written at the cursor. */
import { FIELDS } from '../fields/registry.ts';
import { STATUS_FIELDS } from '../fields/status-fields.ts';
import { UNITS } from '../units/format.ts';
import { lex, type Token } from './lexer.ts';
import { parse, type Expectation } from './parse.ts';
import { quoted } from './print.ts';
import { operatorsOf, unitsOf, vocabularyOf } from './values.ts';

export interface Choice {
  readonly word: string;
  readonly help: string;
}

export interface Completion {
  /** What a choice replaces: UTF-16 offsets. */
  readonly start: number;
  readonly end: number;
  readonly choices: readonly Choice[];
}

const HELP: Readonly<Record<string, string>> = {
  '=': 'is equal',
  '!=': 'is known, and another one',
  '<': 'is less',
  '<=': 'is less or equal',
  '>': 'is more',
  '>=': 'is more or equal',
  '~': 'matches a regular expression; capitals count where the pattern has one',
  '!~': 'is known, and does not match',
  has: 'has this member, or all bits of this mask',
  'not has': 'is known, and lacks it',
  in: 'is one of several: in (a, b)',
  'not in': 'is known, and none of several',
  is: 'is missing, or is known',
  and: 'both (may be left out)',
  or: 'one or both; and binds tighter',
  not: 'the contrary',
  '(': 'opens a group',
  ')': 'closes the group',
  ',': 'one more',
  missing: 'has no value for this task',
  known: 'has a value for this task',
};

/** A choice, and the spellings by which it may be typed. */
interface Candidate extends Choice {
  readonly spellings: readonly string[];
}

const plain = (word: string): Candidate => ({ word, help: HELP[word] ?? '', spellings: [word] });

const COLUMNS: readonly Candidate[] = [...FIELDS, ...STATUS_FIELDS].map(({ id, title, help }) => ({
  word: id,
  help,
  spellings: [id, title],
}));

function valuesOf(expectation: Expectation & { what: 'value' }, typed: string, users: readonly string[]): Candidate[] {
  const { field, operator } = expectation;
  const words = vocabularyOf(field, operator);
  if (words) {
    return words.names.map(({ word, also, help }) => ({ word: quoted(word), help, spellings: [word, ...also] }));
  }
  if (field.id === 'user' && !operator.endsWith('~')) {
    return users.map(user => ({ word: quoted(user), help: '', spellings: [user] }));
  }
  const unlimited = field.unit === 'limit' ? [{ word: 'unlimited', help: 'no limit', spellings: ['unlimited'] }] : [];
  const number = /^-?(?:\d+(?:\.\d+)?|\.\d+)/.exec(typed)?.[0];
  if (number === undefined) return unlimited;
  return [...unitsOf(field)].map(([unit, size]) => ({
    word: number + unit,
    help: `${size} ${UNITS[field.unit].words}`,
    spellings: [number + unit],
  }));
}

function candidates(expectation: Expectation, typed: string, users: readonly string[]): readonly Candidate[] {
  switch (expectation.what) {
    case 'term':
      return expectation.implied && typed === '' ? [] : [...COLUMNS, plain('not'), plain('(')];
    case 'operator':
      return [...operatorsOf(expectation.field), 'is'].map(plain);
    case 'value':
      return valuesOf(expectation, typed, users);
    case 'words':
      return expectation.words.map(plain);
  }
}

/** The word that ends at the cursor, or the word or string that has it inside, else the one that begins there. */
function tokenAt(text: string, cursor: number): Token | undefined {
  const words = lex(text).filter(
    ({ kind, start, end }) => /[^()=<>~,!&|]/.test(text.charAt(start)) && (kind !== 'string' || cursor < end),
  );
  return words.find(({ start, end }) => start < cursor && cursor <= end) ?? words.find(({ start }) => start === cursor);
}

/** Would a word put there stay apart from what stands around it? */
const staysApart = (text: string, start: number, end: number): boolean =>
  lex(`${text.slice(0, start)}x${text.slice(end)}`).some(token => token.start === start && token.end === start + 1);

/**
 * Completion at the cursor (a UTF-16 offset, taken into the text's bounds): the words that may stand there and begin, in any
 * case, with what is typed before the cursor. What stands before them has to be right, what stands behind is not looked at.
 *
 * @param users names of users, for the column `user`.
 */
export function complete(text: string, cursor: number, users: readonly string[] = []): Completion {
  const at = Math.min(text.length, Math.max(0, Math.trunc(cursor) || 0));
  const token = tokenAt(text, at);
  const start = token?.start ?? at;
  const typed = text.slice(start, at).replace(/^["']/, '').toLowerCase();
  // nothing is expected at the end of a text that is wrong before it
  const { expected } = parse(text.slice(0, start));
  const end = token?.end ?? at;
  if (!staysApart(text, start, end)) return { start, end, choices: [] };
  const fitting = expected
    .flatMap(expectation => candidates(expectation, typed, users))
    .filter(({ spellings }) => spellings.some(spelling => spelling.toLowerCase().startsWith(typed)));
  return { start, end, choices: fitting.map(({ word, help }) => ({ word, help })) };
}
