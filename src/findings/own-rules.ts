/** Rules of users: a table `[[finding]]` of the configuration → a rule, or what is wrong with it. docs/configuration.md. */
import { fieldIds, findField } from '../fields/registry.ts';
import { parseFilter } from '../filter/filter.ts';
import { nearest } from '../units/nearest.ts';
import { parseDuration } from '../units/parse.ts';
import { fit, harmless } from '../units/text.ts';
import { marksOf } from './facts.ts';
import { OTHER_GROUPS } from './groups.ts';
import { type Rule, SEVERITIES, type Severity } from './rule.ts';

/** What is wrong: the sentence follows the name of the key. */
export interface RuleError {
  /** Undefined: the table as a whole. */
  readonly key: string | undefined;
  readonly message: string;
}

const KEYS = ['id', 'when', 'for', 'severity', 'title', 'meaning', 'look', 'at_least', 'group_by', 'threads'] as const;
type Key = (typeof KEYS)[number];
type Table = Readonly<Partial<Record<Key, unknown>>>;

/** Marks that a sentence may have beside columns. */
const MARKS: readonly string[] = ['held', 'since', 'tasks', 'group', 'tgid', 'when'];
const LONGEST_DAYS = 1;
const SHOWN_FIELDS = 4;

const shown = (word: string): string => `'${fit(harmless(word), 40)}'`;

function suggest(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === undefined ? `it is one of ${known.slice(0, 10).join(', ')}` : `did you mean '${near}'?`;
}

class Fault extends Error {
  readonly key: string | undefined;
  constructor(key: string | undefined, message: string) {
    super(message);
    this.key = key;
  }
}

function textIn(table: Table, key: Key): string | undefined {
  const value = table[key];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.trim() === '') throw new Fault(key, 'has to be a text in quotes');
  return value;
}

function idIn(table: Table): string {
  const id = textIn(table, 'id');
  if (id === undefined) throw new Fault('id', 'is missing: give the finding a name');
  if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(id))
    throw new Fault('id', `cannot be ${shown(id)}: take small letters, digits and -`);
  return id;
}

function whenIn(table: Table): string {
  const when = textIn(table, 'when');
  if (when === undefined) throw new Fault('when', 'is missing: say which tasks, as in "state = D"');
  const parsed = parseFilter(when);
  if ('error' in parsed) throw new Fault('when', `at ${parsed.error.at + 1}: ${parsed.error.message}`);
  return when;
}

const DURATION = 'has to be a time such as "30s" or "2m", at most 1d';

/** `"30s"`, `"2m"`, or a bare number of seconds. */
function secondsIn(table: Table): number {
  const value = table.for ?? 0;
  const seconds = typeof value === 'string' ? parseDuration(value) : value;
  if (typeof seconds !== 'number' || !(seconds >= 0 && seconds <= LONGEST_DAYS * 86400))
    throw new Fault('for', DURATION);
  return seconds;
}

function severityIn(table: Table): Severity {
  const word = textIn(table, 'severity') ?? 'warning';
  const severity = SEVERITIES.find(each => each === word);
  if (!severity) throw new Fault('severity', `cannot be ${shown(word)}: it is one of ${SEVERITIES.join(', ')}`);
  return severity;
}

function checkMarks(key: Key, sentence: string): string {
  for (const name of marksOf(sentence))
    if (!MARKS.includes(name) && !findField(name))
      throw new Fault(key, `has {${name}}, which is no column: ${suggest(name, [...fieldIds(), ...MARKS])}`);
  return sentence;
}

function sentenceIn(table: Table, key: Key): string | undefined {
  const sentence = textIn(table, key);
  return sentence === undefined ? undefined : checkMarks(key, sentence);
}

function ofIn({ threads = false }: Table): Rule['of'] {
  if (typeof threads !== 'boolean') throw new Fault('threads', 'has to be true or false');
  return threads ? 'threads' : 'processes';
}

/** A text, or a list of texts. */
function lookIn(table: Table): readonly string[] {
  const { look } = table;
  if (look === undefined) return ['taskscope show {pid}'];
  const steps: readonly unknown[] = Array.isArray(look) ? look : [look];
  return steps.map(step => {
    if (typeof step !== 'string' || step.trim() === '')
      throw new Fault('look', 'has to be a text in quotes, or a list of texts');
    return checkMarks('look', step);
  });
}

function groupIn(table: Table): Rule['group'] {
  const { at_least: atLeast = 1 } = table;
  if (typeof atLeast !== 'number' || !Number.isInteger(atLeast) || atLeast < 1 || atLeast > 1e6)
    throw new Fault('at_least', 'has to be a number of tasks, 1 or more');
  const word = textIn(table, 'group_by');
  if (word === undefined) return atLeast > 1 ? { by: 'machine', atLeast } : undefined;
  const by = OTHER_GROUPS.has(word) ? word : findField(word)?.id;
  if (by === undefined)
    throw new Fault('group_by', `cannot be ${shown(word)}: ${suggest(word, [...fieldIds(), ...OTHER_GROUPS.keys()])}`);
  return { by, atLeast };
}

/** One sentence for each column that the filter looks at: what the first task shows there. */
function evidenceOf(when: string): readonly string[] {
  const parsed = parseFilter(when);
  const ids = 'filter' in parsed ? parsed.filter.fields.map(({ id }) => id) : [];
  const shownIds = ids.filter(id => !['pid', 'comm', 'command'].includes(id)).slice(0, SHOWN_FIELDS);
  return ['{tasks} for {held}, since {since}.', ...shownIds.map(id => `${id} of {comm} ({pid}) is {${id}}.`)];
}

function ruleOf(table: Table): Rule {
  for (const key of Object.keys(table))
    if (!(KEYS as readonly string[]).includes(key)) throw new Fault(key, `is no setting: ${suggest(key, KEYS)}`);
  const id = idIn(table);
  const when = whenIn(table);
  const group = groupIn(table);
  return {
    id,
    severity: severityIn(table),
    title: sentenceIn(table, 'title') ?? id,
    of: ofIn(table),
    when,
    seconds: secondsIn(table),
    ...(group && { group }),
    evidence: evidenceOf(when),
    meaning: sentenceIn(table, 'meaning') ?? 'The filter of this rule of your own matches: {when}',
    look: lookIn(table),
  };
}

/** @param table as TOML gives it. Never throws. */
export function readOwnRule(table: unknown): { readonly rule: Rule } | { readonly error: RuleError } {
  if (typeof table !== 'object' || table === null || Array.isArray(table))
    return { error: { key: undefined, message: 'has to be a table: [[finding]]' } };
  try {
    return { rule: ruleOf(table) };
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    return { error: { key: fault.key, message: fault.message } };
  }
}

/** The shipped rules and the user's: one of the same id takes the place of the shipped one. */
export const withOwnRules = (shipped: readonly Rule[], own: readonly Rule[]): readonly Rule[] => [
  ...shipped.filter(({ id }) => !own.some(rule => rule.id === id)),
  ...own,
];
