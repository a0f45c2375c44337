/** Tree → a function of a task: closures over the fields' own functions, put together once. */
import type { Field } from '../fields/field.ts';
import { field } from '../fields/registry.ts';
import { effectiveUid, type TaskView } from '../fields/task.ts';
import { isMissing } from '../units/missing.ts';
import { matcher } from './pattern.ts';
import { DENIED, relationOf, type Comparison, type Tree } from './syntax.ts';
import { kindOf, membersOf, type Members } from './values.ts';

export type Test = (task: TaskView) => boolean;

/** A value to compare; undefined when it is missing. */
type Read<T> = (task: TaskView) => T | undefined;
/** Is the relation there? Asked only of values that are known. */
type Holds<T> = (value: T, task: TaskView) => boolean;

const FLAGS = 9;
const COMMAND = field('command');
const COMM = field('comm');
const PID = field('pid');

// ---- reading

const readNumber =
  ({ value }: Field): Read<number> =>
  task => {
    const reading = value(task);
    return typeof reading === 'number' && !Number.isNaN(reading) ? reading : undefined;
  };

const DIGITS = /^(?:0x[0-9a-f]+|\d+)$/i;

/** Masks, addresses and limits are written digits; a limit may be `unlimited`. */
const readExact =
  ({ value }: Field): Read<bigint | number> =>
  task => {
    const reading = value(task);
    if (typeof reading !== 'string') return undefined;
    if (DIGITS.test(reading)) return BigInt(reading);
    return reading === 'unlimited' ? Number.POSITIVE_INFINITY : undefined;
  };

const readText =
  ({ value }: Field): Read<string> =>
  task => {
    const reading = value(task);
    return typeof reading === 'string' ? reading : undefined;
  };

const readList =
  ({ value }: Field): Read<readonly string[]> =>
  task => {
    const reading = value(task);
    return typeof reading === 'object' && !isMissing(reading) ? reading : undefined;
  };

const readFlags: Read<number> = task => {
  const mask = task.stat(FLAGS);
  return Number.isNaN(mask) ? undefined : mask;
};

// ---- relations

/** JavaScript orders a bigint and a double exactly, infinite ones too. */
function ordered({ operator, values }: Comparison): Holds<number | bigint> {
  const literals = values.map(({ value }) => value as number | bigint);
  const limit = literals[0]!;
  switch (relationOf(operator)) {
    case '<':
      return value => value < limit;
    case '<=':
      return value => value <= limit;
    case '>':
      return value => value > limit;
    case '>=':
      return value => value >= limit;
    case '=':
      return value => value >= limit && value <= limit;
    default:
      return value => {
        for (const one of literals) if (value >= one && value <= one) return true;
        return false;
      };
  }
}

const textOf = ({ values }: Comparison): string => values[0]!.value as string;

/** `user = 1000` means the number also where it has a name. */
function sameUser(words: readonly string[]): Holds<string> {
  const numbers = words.filter(word => /^\d+$/.test(word)).map(Number);
  return (value, task) => {
    if (words.includes(value)) return true;
    if (numbers.length === 0) return false;
    const uid = effectiveUid(task);
    return !isMissing(uid) && numbers.includes(uid);
  };
}

function sameText({ field: { id }, values }: Comparison): Holds<string> {
  const words = values.map(({ value }) => value as string);
  if (id === 'user') return sameUser(words);
  const [only] = words;
  return words.length === 1 ? value => value === only : value => words.includes(value);
}

/**
 * A flag by its name means the bit that has this name in the task's kernel: PF_KSWAPD was another bit before 4.12. A kernel
 * that has no such flag has no task with it.
 */
function hasFlag(word: string): Holds<number> {
  const name = `PF_${word}`;
  return (mask, task) => {
    const table = task.machine.flags;
    const flag = table.byName(name) ?? table.forTask(mask, task.comm).byName(name);
    return flag !== undefined && (mask & flag.mask) !== 0;
  };
}

function hasFlags(value: bigint | string): Holds<number> {
  if (typeof value === 'string') return hasFlag(value);
  const bits = Number(value);
  return mask => (mask & bits) >>> 0 === bits;
}

/** Does a list of CPUs or nodes, as the kernel writes it (`0-3,8`), hold this one? */
function listHolds(list: string, n: number): boolean {
  return list.split(',').some(range => {
    const match = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(range);
    return match !== null && Number(match[1]) <= n && n <= Number(match[2] ?? match[1]);
  });
}

// ---- comparisons

const test = <T>(read: Read<T>, holds: Holds<T>, wanted: boolean): Test =>
  wanted
    ? task => {
        const value = read(task);
        return value !== undefined && holds(value, task);
      }
    : task => {
        const value = read(task);
        return value !== undefined && !holds(value, task);
      };

function membership(comparison: Comparison, members: Members, wanted: boolean): Test {
  const entry = comparison.field;
  const value = comparison.values[0]!.value;
  if (members === 'flag') return test(readFlags, hasFlags(value as bigint | string), wanted);
  if (members === 'cpu') return test(readText(entry), list => listHolds(list, value as number), wanted);
  if (typeof value === 'string') return test(readText(entry), list => list.split(/\s+/).includes(value), wanted);
  const bits = value as bigint;
  return test(readExact(entry), mask => typeof mask === 'bigint' && (mask & bits) === bits, wanted);
}

function compare(comparison: Comparison): Test {
  const { field: entry, operator } = comparison;
  const wanted = DENIED[operator] === undefined;
  const relation = relationOf(operator);
  const members = membersOf(entry);
  if (relation === 'has' && members) return membership(comparison, members, wanted);
  const kind = kindOf(entry);
  if (kind === 'number') return test(readNumber(entry), ordered(comparison), wanted);
  if (kind === 'exact') return test(readExact(entry), ordered(comparison), wanted);
  if (relation !== '~') return test(readText(entry), sameText(comparison), wanted);
  const matches = matcher(textOf(comparison));
  if (kind === 'list') return test(readList(entry), list => list.some(matches), wanted);
  return test(readText(entry), matches, wanted);
}

/** A word in command or comm, in any case, or a pid as a whole. */
function search(text: string): Test {
  const needle = text.toLowerCase();
  const pid = /^\d+$/.test(text) ? Number(text) : undefined;
  return task => {
    if (task.pid === pid || task.comm.toLowerCase().includes(needle)) return true;
    const command = COMMAND.value(task);
    return typeof command === 'string' && command.toLowerCase().includes(needle);
  };
}

/** All of them (`wanted` false: none of those that end it), in order, and no further than needed. */
const sequence = (tests: readonly Test[], until: boolean): Test => {
  return task => {
    for (const part of tests) if (part(task) === until) return until;
    return !until;
  };
};

export function compile(tree: Tree): Test {
  switch (tree.kind) {
    case 'and':
      return sequence(tree.parts.map(compile), false);
    case 'or':
      return sequence(tree.parts.map(compile), true);
    case 'not': {
      const part = compile(tree.part);
      return task => !part(task);
    }
    case 'search':
      return search(tree.text);
    case 'presence': {
      const { field: entry, known } = tree;
      return task => {
        const value = entry.value(task);
        return (isMissing(value) || Number.isNaN(value)) !== known;
      };
    }
    case 'comparison':
      return compare(tree);
  }
}

/** The columns that the test looks at, each once. */
export function fieldsOf(tree: Tree): Field[] {
  const found = new Set<Field>();
  const visit = (part: Tree): void => {
    switch (part.kind) {
      case 'and':
      case 'or':
        part.parts.forEach(visit);
        break;
      case 'not':
        visit(part.part);
        break;
      case 'search':
        for (const entry of [PID, COMM, COMMAND]) found.add(entry);
        break;
      default:
        found.add(part.field);
    }
  };
  visit(tree);
  return [...found];
}
