/**
 * A rule made ready to be asked of thousands of tasks: what state and flags alone say is told from its filter, so that most
 * tasks cost a look at two numbers; and what stat alone says, so that its other files are read of few.
 */
import type { Machine } from '../decode/machine.ts';
import type { Field } from '../fields/field.ts';
import { TASK_FILES, type TaskFile } from '../fields/files.ts';
import { field } from '../fields/registry.ts';
import type { TaskView } from '../fields/task.ts';
import { compile, fieldsOf, type Test } from '../filter/compile.ts';
import { parse } from '../filter/parse.ts';
import type { Comparison, Tree } from '../filter/syntax.ts';
import { CHECKS, type Check } from './checks.ts';
import { groupFiles } from './groups.ts';
import type { Rule } from './rule.ts';

export interface ReadyRule {
  readonly rule: Rule;
  /** The only states in which it can match, as character codes; undefined: any. */
  readonly states: ReadonlySet<number> | undefined;
  /** Does it match only tasks whose counters moved since the sample before? */
  readonly moving: boolean;
  /** Says stat that it may match? Asked only of tasks in one of the states. */
  readonly sign: Test;
  /** Does it match, its files being there? */
  readonly matches: Test;
  /** Files beside stat that it needs, and of them those that have to be of this sample. */
  readonly files: readonly TaskFile[];
  readonly freshFiles: readonly TaskFile[];
  /** Files that it tells more with: what it groups by, and the user. */
  readonly extras: readonly TaskFile[];
  readonly checks: readonly Check[];
  readonly unchanged: readonly Field[];
  /** Every field that its filter names. */
  readonly fields: readonly Field[];
  readonly waits: ReadonlySet<string> | undefined;
  readonly waitsNot: ReadonlySet<string> | undefined;
}

/** The parts that all have to hold. */
const partsOf = (tree: Tree): readonly Tree[] => (tree.kind === 'and' ? tree.parts.flatMap(partsOf) : [tree]);

/** A bit by its name in the flag table of the machine; undefined: it has none of this name, or more than one. */
function flagMask({ values }: Comparison, { flags }: Machine): number | undefined {
  const value = values[0]!.value;
  return typeof value === 'bigint' ? Number(value) : flags.byName(`PF_${value}`)?.mask;
}

const FLAGS = 9;

/** A test of one flag, or of any of several, without looking its name up for each task. */
function flagTest(tree: Tree, machine: Machine): Test | undefined {
  if (tree.kind === 'comparison' && tree.operator === 'not has') {
    const mask = flagMaskOf({ ...tree, operator: 'has' }, machine);
    return mask === undefined ? undefined : task => (task.stat(FLAGS) & mask) === 0;
  }
  const parts = tree.kind === 'or' ? tree.parts : [tree];
  let any = 0;
  for (const part of parts) {
    const mask = part.kind === 'comparison' ? flagMaskOf(part, machine) : undefined;
    if (mask === undefined) return undefined;
    any |= mask;
  }
  return task => (task.stat(FLAGS) & any) !== 0;
}

/** The states that a part of the filter leaves. */
function statesOf(tree: Tree): ReadonlySet<number> | undefined {
  if (tree.kind !== 'comparison' || tree.field.id !== 'state') return undefined;
  const { operator, values } = tree;
  if (operator !== '=' && operator !== 'in') return undefined;
  return new Set(values.map(({ value }) => (value as string).charCodeAt(0)));
}

/** What all of the sets have. */
const common = ([first, ...others]: readonly ReadonlySet<number>[]): ReadonlySet<number> | undefined =>
  first && new Set([...first].filter(state => others.every(set => set.has(state))));

const isRising = (tree: Tree): boolean => tree.kind === 'comparison' && RISING.has(tree.field.id) && isPositive(tree);

/** A single bit that has to be set. */
function flagMaskOf(comparison: Comparison, machine: Machine): number | undefined {
  const { field: entry, operator } = comparison;
  const isFlag = (entry.id === 'flags' || entry.id === 'flag_names') && operator === 'has';
  const mask = isFlag ? flagMask(comparison, machine) : undefined;
  return mask !== undefined && (mask & (mask - 1)) === 0 ? mask : undefined;
}

/** Columns that are above 0 only when one of these counters of stat moved since the sample before. */
const MOVING = [10, 11, 12, 13, 14, 15, 16, 17, 20] as const;
const RISING: ReadonlySet<string> = new Set([
  ...['cpu_percent', 'user_percent', 'system_percent', 'utime_delta', 'stime_delta', 'cutime_delta', 'cstime_delta'],
  ...['min_flt_rate', 'maj_flt_rate', 'cmin_flt_rate', 'cmaj_flt_rate', 'min_flt_delta', 'maj_flt_delta'],
  ...['reaped_cpu_percent', 'faults_per_cpu_second', 'num_threads_delta'],
]);

function isPositive({ operator, values }: Comparison): boolean {
  const limit = Number(values[0]!.value);
  return operator === '>' ? limit >= 0 : operator === '>=' && limit > 0;
}

/** Did one of the counters move since the sample before? True without one. */
export function moved(task: TaskView): boolean {
  for (const n of MOVING) if (task.stat(n) !== task.statBefore(n)) return true;
  return false;
}

const all = (tests: readonly Test[]): Test => {
  const [first, second] = tests;
  if (!first) return () => true;
  if (!second) return first;
  return task => {
    for (const test of tests) if (!test(task)) return false;
    return true;
  };
};

const isStatOnly = (tree: Tree): boolean =>
  fieldsOf(tree).every(({ files, compares }) => compares !== true && files.every(file => file === 'stat'));

const distinctFiles = (files: readonly TaskFile[]): readonly TaskFile[] =>
  [...new Set(files)].filter(file => file !== 'stat');

/** @throws Error when the rule's filter is none: rules of users are checked before. */
export function readyRule(rule: Rule, machine: Machine): ReadyRule {
  const { result } = parse(rule.when);
  if ('error' in result) throw new Error(`rule ${rule.id}: ${result.error.message}`);
  const parts = partsOf(result.tree);
  const checks = (rule.checks ?? []).map(name => CHECKS[name]);
  const unchanged = (rule.unchanged ?? []).map(field);
  const fields = fieldsOf(result.tree);
  const quick = parts.flatMap(part => flagTest(part, machine) ?? []);
  const slow = parts.filter(part => isStatOnly(part) && !flagTest(part, machine) && !statesOf(part));
  const signs = checks.flatMap(({ sign }) => sign ?? []);
  const waits = rule.waitsIn ?? rule.waitsNotIn;
  const files = distinctFiles([
    ...[...fields, ...unchanged].flatMap(entry => entry.files),
    ...checks.flatMap(check => check.files ?? []),
    ...(waits ? (['wchan'] as const) : []),
  ]);
  return {
    rule,
    states: common(parts.flatMap(part => statesOf(part) ?? [])),
    moving: parts.some(isRising),
    sign: all([...quick, ...signs, ...slow.map(compile)]),
    // what stat says has been asked then
    matches: all(parts.filter(part => !isStatOnly(part)).map(compile)),
    files,
    freshFiles: files.filter(file => TASK_FILES[file].fresh === 'sample'),
    extras: distinctFiles(groupFiles(rule)).filter(file => !files.includes(file)),
    checks,
    unchanged,
    fields,
    waits: rule.waitsIn && new Set(rule.waitsIn),
    waitsNot: rule.waitsNotIn && new Set(rule.waitsNotIn),
  };
}
