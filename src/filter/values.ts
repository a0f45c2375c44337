/** What a column can be compared with: operators, units and names that fit its unit. */
import type { Field } from '../fields/field.ts';
import { jsonType } from '../fields/registry.ts';
import { STATUS_KEYS_BY_NAME } from '../kernel/status-keys.ts';
import { SIGNALS, signalName, signalNumber } from '../kernel/signals.ts';
import { UNITS, type Unit } from '../units/format.ts';
import { LONGEST_PATTERN, patternProblem } from './pattern.ts';
import { shown } from './shown.ts';
import { relationOf, type Literal, type Operator } from './syntax.ts';
import {
  CAPABILITY_NAMES,
  FLAG_NAMES,
  POLICY_NAMES,
  SIGNAL_NAMES,
  STATE_LETTERS,
  STATE_NAMES,
  findName,
  unknownName,
  type Vocabulary,
} from './vocabulary.ts';

/** What is wrong with a value; `from`: where in it, if not all of it is. */
export interface Problem {
  readonly problem: string;
  readonly from?: number;
}

// ---- units

/** As the table writes them: sizes by powers of 1,024, with or without the i; counts by powers of 1,000. */
const SIZES: ReadonlyMap<string, number> = new Map([
  ['B', 1],
  ...['K', 'M', 'G', 'T'].flatMap((letter, step): [string, number][] => [
    [letter, 1024 ** (step + 1)],
    [`${letter}iB`, 1024 ** (step + 1)],
  ]),
  ['k', 1024],
]);
const COUNTS: ReadonlyMap<string, number> = new Map([
  ['k', 1e3],
  ['M', 1e6],
  ['G', 1e9],
  ['T', 1e12],
]);
const TIMES: ReadonlyMap<string, number> = new Map([
  ['us', 1e-6],
  ['ms', 1e-3],
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86400],
]);
const PERCENT: ReadonlyMap<string, number> = new Map([['%', 1]]);
const NONE: ReadonlyMap<string, number> = new Map();

const UNITS_OF: Partial<Record<Unit, ReadonlyMap<string, number>>> = {
  bytes: SIZES,
  'bytes-per-second': SIZES,
  limit: SIZES,
  seconds: TIMES,
  'cpu-time': TIMES,
  percent: PERCENT,
  count: COUNTS,
  'per-second': COUNTS,
};

/** The units that may stand behind a number of this column, each with its size in base units. */
export const unitsOf = ({ unit }: Field): ReadonlyMap<string, number> => UNITS_OF[unit] ?? NONE;

// ---- kinds of columns

/**
 * How a column is compared: `number` = as a double; `exact` = as an integer of any size (masks, addresses, limits, which
 * are written digits); `text`; `list` = by its members alone (flag_names).
 */
export type Kind = 'number' | 'exact' | 'text' | 'list';

const EXACT: ReadonlySet<Unit> = new Set(['mask', 'address', 'limit']);

export function kindOf(field: Field): Kind {
  if (EXACT.has(field.unit)) return 'exact';
  const type = jsonType(field);
  return type === 'array' ? 'list' : type === 'number' ? 'number' : 'text';
}

/** What a column has members of: PF_ flags, signals, capabilities, bits without names, CPUs (and memory nodes), words. */
export type Members = 'flag' | 'signal' | 'capability' | 'bit' | 'cpu' | 'word';

const SIGNAL_MASKS: ReadonlySet<string> = new Set(
  ['signal', 'blocked', 'sigignore', 'sigcatch', 'signals_pending'].concat(
    ['SigPnd', 'ShdPnd', 'SigBlk', 'SigIgn', 'SigCgt'].map(key => `status.${key}`),
  ),
);
const LISTS: Readonly<Record<string, Members>> = {
  'CPU list': 'cpu',
  'node list': 'cpu',
  numbers: 'word',
  '4 numbers': 'word',
  words: 'word',
};

export function membersOf({ id, unit }: Field): Members | undefined {
  if (id === 'flags' || id === 'flag_names') return 'flag';
  if (SIGNAL_MASKS.has(id)) return 'signal';
  if (id.startsWith('status.Cap')) return 'capability';
  if (unit === 'mask') return 'bit';
  if (id === 'cpus_allowed') return 'cpu';
  return LISTS[STATUS_KEYS_BY_NAME.get(id.replace(/^status\./, ''))?.unit ?? ''];
}

/** The closed list of what stands behind an operator; undefined: anything may. */
export function vocabularyOf(field: Field, operator: Operator): Vocabulary | undefined {
  switch (relationOf(operator)) {
    case 'has':
      switch (membersOf(field)) {
        case 'flag':
          return FLAG_NAMES;
        case 'signal':
          return SIGNAL_NAMES;
        case 'capability':
          return CAPABILITY_NAMES;
        default:
          return undefined;
      }
    case '=':
    case 'in':
      switch (field.id) {
        case 'state':
          return STATE_LETTERS;
        case 'state_name':
          return STATE_NAMES;
        case 'policy_name':
          return POLICY_NAMES;
        default:
          return undefined;
      }
    default:
      return undefined;
  }
}

const EQUALITY: readonly Operator[] = ['=', '!=', 'in', 'not in'];
const ORDER: readonly Operator[] = ['<', '<=', '>', '>='];
const MATCH: readonly Operator[] = ['~', '!~'];
const MEMBERSHIP: readonly Operator[] = ['has', 'not has'];

/** The operators that fit a column; `is missing` and `is known` fit all. */
export function operatorsOf(field: Field): readonly Operator[] {
  const membership = membersOf(field) ? MEMBERSHIP : [];
  if (field.unit === 'mask') return [...membership, ...EQUALITY];
  switch (kindOf(field)) {
    case 'list':
      return [...membership, ...MATCH];
    case 'text':
      return [...EQUALITY.slice(0, 2), ...MATCH, ...membership, ...EQUALITY.slice(2)];
    default:
      return [...EQUALITY.slice(0, 2), ...ORDER, ...EQUALITY.slice(2)];
  }
}

/** The column that was perhaps meant. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ['wchan', "by name it is 'wchan_name'"],
  ['policy', "by name it is 'policy_name'"],
  ['flags', "by name it is 'flag_names'"],
  ['tty_nr', "by name it is 'tty_name'"],
  ['uid', "by name it is 'user'"],
  ['rss', "in bytes it is 'rss_bytes'"],
  ['delayacct_blkio_ticks', "in seconds it is 'blkio_delay'"],
]);

/** `by name it is …; ` where another column says the same in another way: first, as a bar may have no room for more. */
export function hintOf({ id }: Field): string {
  const hint = HINTS.get(id);
  return hint === undefined ? '' : `${hint}; `;
}

/** `'pss_bytes' (bytes)`. */
export const named = ({ id, unit }: Field): string => `'${id}' (${UNITS[unit].words})`;

// ---- values

const EXAMPLES: Partial<Record<Unit, string>> = {
  bytes: 'a size such as 100MiB',
  'bytes-per-second': 'a size such as 1MiB',
  limit: "a size such as 1GiB, or 'unlimited'",
  seconds: 'a time such as 5s or 2m',
  'cpu-time': 'a time such as 5s or 2m',
  percent: 'a number such as 50 or 50%',
  mask: 'a mask such as 0x40',
  address: 'an address such as 0x7f0012345000',
};

const MEMBER_EXAMPLES: Record<Members, string> = {
  flag: 'a flag such as KTHREAD, or a mask such as 0x40',
  signal: 'a signal such as SIGTERM or 15, or a mask such as 0x4000',
  capability: 'a capability such as CAP_SYS_ADMIN or 21, or a mask such as 0x200000',
  bit: 'a mask such as 0x40',
  cpu: 'a number such as 3',
  word: 'one of its words or numbers',
};

/** What may stand behind an operator, for a message. */
export function expectedValue(field: Field, operator: Operator): string {
  const relation = relationOf(operator);
  if (relation === '~') return `a regular expression of at most ${LONGEST_PATTERN} characters`;
  const members = membersOf(field);
  if (relation === 'has' && members) return MEMBER_EXAMPLES[members];
  const words = vocabularyOf(field, operator);
  if (words) return `a ${words.what} such as ${words.names[2]!.word}`;
  return EXAMPLES[field.unit] ?? (kindOf(field) === 'text' ? 'a word or a text in quotes' : 'a number');
}

const HEX = /^0x[0-9a-f]+$/i;
const NUMBER = /^(-?(?:\d+(?:\.\d*)?|\.\d+))(\D*)$/;

/** Divided, not multiplied by a fraction: 470ms is 0.47 and not 0.47000000000000003. */
const scaled = (number: number, factor: number): number =>
  factor < 1 ? number / Math.round(1 / factor) : number * factor;

function numberLiteral(field: Field, text: string): Literal | Problem {
  const expected = EXAMPLES[field.unit] ?? 'a number';
  if (HEX.test(text)) return { text, value: Number(text) };
  const [, digits, unit] = NUMBER.exec(text) ?? [];
  if (digits === undefined || unit === undefined)
    return { problem: `${hintOf(field)}expected ${expected} for ${named(field)}, found ${shown(text)}` };
  if (unit === '') return { text, value: Number(text) };
  const factor = unitsOf(field).get(unit);
  if (factor !== undefined) return { text, value: scaled(Number(digits), factor) };
  const units = [...unitsOf(field).keys()];
  const fitting = units.length > 0 ? `its units are ${units.join(', ')}` : 'it takes a plain number';
  return { problem: `${hintOf(field)}${shown(unit)} is no unit of ${named(field)}: ${fitting}`, from: digits.length };
}

function exactLiteral(field: Field, text: string): Literal | Problem {
  if (HEX.test(text) || /^\d+$/.test(text)) return { text, value: BigInt(text) };
  if (field.unit === 'limit')
    return text === 'unlimited' ? { text, value: Number.POSITIVE_INFINITY } : numberLiteral(field, text);
  const hint = field.unit === 'mask' ? "'has' asks for bits; " : hintOf(field);
  return { problem: `${hint}expected ${EXAMPLES[field.unit]!} for ${named(field)}, found ${shown(text)}` };
}

const bit = (n: number): bigint => 1n << BigInt(n);

function maskLiteral(text: string, bits: number): Literal | Problem {
  const value = BigInt(text);
  if (value === 0n) return { problem: 'a mask of 0 asks for nothing: name a bit, as in 0x40' };
  return value >> BigInt(bits) === 0n ? { text, value } : { problem: `${shown(text)} has more than ${bits} bits` };
}

function signalLiteral({ unit }: Field, text: string): Literal | Problem {
  if (HEX.test(text) && unit === 'mask') return maskLiteral(text, 64);
  const n = signalNumber(text);
  if (n === undefined) {
    const problem = /^\d+$/.test(text) ? `signals are 1 to ${SIGNALS.length}` : unknownName(SIGNAL_NAMES, text);
    return { problem };
  }
  return { text: signalName(n), value: unit === 'mask' ? bit(n - 1) : signalName(n) };
}

function capabilityLiteral(text: string): Literal | Problem {
  if (HEX.test(text)) return maskLiteral(text, 64);
  if (/^\d+$/.test(text) && Number(text) < 64) return { text, value: bit(Number(text)) };
  const name = findName(CAPABILITY_NAMES, text);
  if (!name) return { problem: unknownName(CAPABILITY_NAMES, text) };
  return { text: name.word, value: bit(CAPABILITY_NAMES.names.indexOf(name)) };
}

const notMember = (members: Members, text: string): Problem => ({
  problem: `expected ${MEMBER_EXAMPLES[members]}, found ${shown(text)}`,
});

/** What `has` asks for: a bit or several, or a member by its name. */
function memberLiteral(field: Field, members: Members, text: string): Literal | Problem {
  const digits = HEX.test(text) || /^\d+$/.test(text);
  switch (members) {
    case 'flag': {
      if (digits) return maskLiteral(text, 32);
      const name = findName(FLAG_NAMES, text);
      return name ? { text: name.word, value: name.word } : { problem: unknownName(FLAG_NAMES, text) };
    }
    case 'signal':
      return signalLiteral(field, text);
    case 'capability':
      return capabilityLiteral(text);
    case 'bit':
      return digits ? maskLiteral(text, 64) : notMember(members, text);
    case 'cpu':
      return /^\d+$/.test(text) ? { text, value: Number(text) } : notMember(members, text);
    case 'word':
      return /^\S+$/.test(text) ? { text, value: text } : notMember(members, text);
  }
}

/** A value as it was written (without quotes), for a column and an operator that fits it. */
export function literal(field: Field, operator: Operator, text: string): Literal | Problem {
  const relation = relationOf(operator);
  if (relation === '~') {
    const problem = patternProblem(text);
    return problem === undefined ? { text, value: text } : { problem };
  }
  const members = membersOf(field);
  if (relation === 'has' && members) return memberLiteral(field, members, text);
  const words = vocabularyOf(field, operator);
  if (words) {
    const name = findName(words, text);
    return name ? { text: name.word, value: name.word } : { problem: unknownName(words, text) };
  }
  const kind = kindOf(field);
  if (kind === 'text') return { text, value: text };
  return kind === 'exact' ? exactLiteral(field, text) : numberLiteral(field, text);
}
