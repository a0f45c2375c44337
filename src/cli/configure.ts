/** Settings into the state of the monitor: the command line, else the configuration file, else the defaults. */
import { type AppState, type ColumnSet, SHIPPED_SETS } from '../app/state.ts';
import type { Settings } from '../config/config.ts';
import type { Machine } from '../decode/machine.ts';
import type { Field } from '../fields/field.ts';
import { chooseColumns, field } from '../fields/registry.ts';
import { parseFilter } from '../filter/filter.ts';
import { readOwnRule, type RuleError, withOwnRules } from '../findings/own-rules.ts';
import type { Rule } from '../findings/rule.ts';
import { RULES } from '../findings/rules.ts';
import type { KeyMap } from '../keys/keys.ts';
import { NOTHING_FOLDED } from '../model/rows.ts';
import { ownTheme, type Theme, THEMES } from '../term/theme.ts';
import type { Tone } from '../view/cells.ts';
import type { MeterLayout } from '../view/meters/facts.ts';
import { type Options, UsageError } from './options.ts';
import { sortOf } from './session.ts';

const DEFAULT_INTERVAL = 2;
/** With `--profile slow`. */
const SLOW_INTERVAL = 5;

export type Configured = AppState;

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

// ---- columns

const widened = (columns: readonly Field[], widths: Settings['widths'] = {}): readonly Field[] =>
  columns.map(column => (Object.hasOwn(widths, column.id) ? { ...column, width: widths[column.id]! } : column));

/** @throws UsageError */
function columnsOf(words: readonly string[], machine: Machine, base: readonly Field[]): readonly Field[] {
  const ids = base.map(({ id }) => id);
  const chosen = chooseColumns(words, machine.release, ids);
  if ('error' in chosen) throw new UsageError(chosen.error);
  return chosen.ids.map(field);
}

/** The tabs of the table: the shipped ones, those of the file in their place or behind; the first as it was asked for. */
export function setsOf(
  { columns, sort }: Pick<Options, 'columns' | 'sort'>,
  settings: Settings,
  machine: Machine,
): readonly ColumnSet[] {
  const [standard] = SHIPPED_SETS as readonly [ColumnSet, ...ColumnSet[]];
  const own = (settings.sets ?? []).map((set): ColumnSet => {
    const former = SHIPPED_SETS.find(({ name }) => name === set.name) ?? standard;
    const order = set.sort ? sortOf(set.sort) : former.sort;
    return { name: set.name, columns: columnsOf(set.columns, machine, former.columns), sort: order };
  });
  const sets = [
    ...SHIPPED_SETS.map(shipped => own.find(({ name }) => name === shipped.name) ?? shipped),
    ...own.filter(({ name }) => !SHIPPED_SETS.some(shipped => shipped.name === name)),
  ];
  const words = { columns: columns ?? settings.columns, sort: sort ?? settings.sort };
  const first: ColumnSet = {
    ...sets[0]!,
    ...(words.columns ? { columns: columnsOf(words.columns, machine, standard.columns) } : {}),
    ...(words.sort ? { sort: sortOf(words.sort) } : {}),
  };
  return [first, ...sets.slice(1)].map(set => ({ ...set, columns: widened(set.columns, settings.widths) }));
}

/** What of a tab can be compared. */
const tabFacts = (set: ColumnSet | undefined): unknown =>
  set && [set.columns.map(({ id, width }) => [id, width]), set.sort.map(key => [key.field.id, key.descending])];

/** The tabs as they are now, with what was changed in the one that is shown. */
export const presentSets = ({ sets, set, columns, sort }: AppState): readonly ColumnSet[] =>
  sets.map((each, index) => (index === set ? { ...each, columns, sort } : each));

/** Tabs that the settings say anew; what was changed in the others with keys stays. */
function withSets(state: AppState, next: readonly ColumnSet[], before: readonly ColumnSet[]): AppState {
  const present = presentSets(state);
  const named = (sets: readonly ColumnSet[], name: string): ColumnSet | undefined =>
    sets.find(each => each.name === name);
  const sets = next.map(set =>
    same(tabFacts(set), tabFacts(named(before, set.name))) ? (named(present, set.name) ?? set) : set,
  );
  const shown = present[state.set]?.name;
  const set = Math.max(
    0,
    sets.findIndex(({ name }) => name === shown),
  );
  const { columns, sort } = sets[set]!;
  return { ...state, sets, set, columns, sort };
}

// ---- themes, filters

/** All themes by name: the shipped ones, and those of the file. */
export function themesOf({ themes = {} }: Settings): ReadonlyMap<string, Theme> {
  const all = new Map<string, Theme>(Object.entries(THEMES));
  for (const [name, { base, looks }] of Object.entries(themes)) {
    const shipped: Readonly<Record<string, Theme>> = THEMES;
    all.set(name, ownTheme(shipped[base ?? name] ?? THEMES.default, looks));
  }
  return all;
}

/** What is wrong with a filter; undefined: nothing. */
export function filterError(text: string): string | undefined {
  const parsed = parseFilter(text);
  return 'error' in parsed ? `at ${parsed.error.at + 1}: ${parsed.error.message}` : undefined;
}

/** Rules whose filters have been checked. */
function highlightsOf({ highlight = [], filters = {} }: Settings): AppState['highlights'] {
  return highlight.flatMap(({ filter, tone }) => {
    const parsed = parseFilter(filter.startsWith('@') ? (filters[filter.slice(1)] ?? '') : filter);
    return 'filter' in parsed ? [{ filter: parsed.filter, tone: tone as Tone }] : [];
  });
}

// ---- findings

/** What is wrong with a table [[finding]]; undefined: nothing. */
export function findingError(table: unknown): RuleError | undefined {
  const read = readOwnRule(table);
  return 'error' in read ? read.error : undefined;
}

/** The shipped rules and those of the file, which have been checked. */
export function rulesOf({ finding = [] }: Settings): readonly Rule[] {
  const own = finding.map(readOwnRule).flatMap(read => ('rule' in read ? [read.rule] : []));
  return withOwnRules(RULES, own);
}

// ---- all of them

/**
 * The state with the settings of the file, where the command line did not say otherwise.
 * @param before the settings that the state has already: only what differs is applied, so that an edit of one setting does
 *   not undo what keys changed in others. Undefined: none.
 * @throws UsageError
 */
export function configured(
  state: AppState,
  options: Options,
  settings: Settings,
  before: Settings | undefined,
  machine: Machine,
): AppState {
  const changed = (...keys: readonly (keyof Settings)[]): boolean =>
    before === undefined || keys.some(key => !same(settings[key], before[key]));
  const sets = setsOf(options, settings, machine);
  const tabbed = before
    ? withSets(state, sets, setsOf(options, before, machine))
    : { ...state, sets, set: 0, columns: sets[0]!.columns, sort: sets[0]!.sort };
  const themes = [...themesOf(settings).keys()];
  const theme = changed('theme') ? (options.theme ?? settings.theme ?? 'default') : state.theme;
  return {
    ...tabbed,
    sparklines: !options.slow,
    filters: new Map(Object.entries(settings.filters ?? {})),
    highlights: highlightsOf(settings),
    bound: settings.bound ?? [],
    themes,
    theme: themes.includes(theme) ? theme : 'default',
    ...(changed('interval')
      ? { intervalSeconds: options.interval ?? settings.interval ?? (options.slow ? SLOW_INTERVAL : DEFAULT_INTERVAL) }
      : {}),
    ...(changed('keys') ? { map: (options.keys ?? settings.keys ?? 'htop') as KeyMap } : {}),
    ...(changed('layout') ? { layout: (settings.layout ?? (options.slow ? 'compact' : 'auto')) as MeterLayout } : {}),
    ...(changed('per_cpu') ? { perCpu: settings.per_cpu ?? !options.slow } : {}),
    ...(changed('threads') ? { threads: options.threads || settings.threads === true } : {}),
    ...(changed('kernel_threads')
      ? {
          kernelThreads: options.kernelThreads ?? settings.kernel_threads ?? 'show',
        }
      : {}),
    ...(changed('tree') ? { arrangement: settings.tree ? 'tree' : 'list', folds: NOTHING_FOLDED } : {}),
    ...(changed('hide_idle') ? { hideIdle: settings.hide_idle === true } : {}),
    ...(changed('zeros_blank') ? { zerosBlank: settings.zeros_blank === true } : {}),
  };
}
