/** The command line of the monitor: every action by its name, and those that need a word or two. */
import { chooseColumns, fieldIds, findField } from '../fields/registry.ts';
import type { Choice, Completion } from '../filter/complete.ts';
import { BINDINGS, KEY_MAPS, type KeyMap, SYSTEM_PAGES, TASK_PAGES } from '../keys/keys.ts';
import { GROUPINGS } from '../model/rows.ts';
import { nearest } from '../units/nearest.ts';
import { arrangeAs, MENUS, openMenu, sortByWords, takeSet } from './menu.ts';
import { clearFilter, filterOf, setInterval } from './filtering.ts';
import { letGo } from './selection.ts';
import { goTo, showInstant } from './travel.ts';
import { type AppState, type Arrangement, type Step, step, type World } from './state.ts';
import type { EditedLine } from './line-edit.ts';

interface Command {
  /** What stands behind its name. */
  readonly argument: string;
  readonly help: string;
  readonly words?: (state: AppState, world: World) => readonly Choice[];
  /** A string says what is wrong. */
  readonly run: (state: AppState, argument: string, world: World) => Step | string;
}

const plain = (words: readonly string[], help = ''): readonly Choice[] => words.map(word => ({ word, help }));

const columnChoices = (): readonly Choice[] => fieldIds().map(word => ({ word, help: findField(word)!.help }));

/** One of a list of names, or a sentence with the nearest. */
function named<T>(what: string, word: string, names: readonly string[], use: () => T): T | string {
  if (names.includes(word)) return use();
  const near = nearest(word, names);
  return `no ${what} '${word}': ${near ? `did you mean '${near}'?` : `one of ${names.join(', ')}`}`;
}

const ARRANGEMENTS: readonly string[] = ['list', 'tree', ...GROUPINGS];

/** Commands that take words; all other actions of the key table can be called by their names. */
const COMMANDS: Readonly<Record<string, Command>> = {
  filter: {
    argument: 'EXPRESSION',
    help: 'show only tasks that match; without an expression all',
    run: (state, text) => {
      const read = filterOf(state, text);
      if ('error' in read) return read.error;
      return read.filter ? step({ ...letGo(state), filter: read.filter }, 'reorder') : clearFilter(state);
    },
  },
  sort: {
    argument: '[-]COLUMN,…',
    help: 'sort by one or several columns; a leading - means descending',
    words: columnChoices,
    run: (state, text) => sortByWords(state, text.split(/[\s,]+/).filter(Boolean)),
  },
  columns: {
    argument: 'COLUMN,…',
    help: 'show these columns; +column and -column change what is there',
    words: columnChoices,
    run: (state, text, { cursor }) => {
      const words = text.split(/[\s,]+/).filter(Boolean);
      const chosen = chooseColumns(
        words,
        cursor.machine.release,
        state.columns.map(({ id }) => id),
      );
      if ('error' in chosen) return chosen.error;
      return step({ ...state, columns: chosen.ids.map(id => findField(id)!), skipped: 0 });
    },
  },
  at: {
    argument: 'HH:MM:SS',
    help: 'show the sample of that time; without a time the present',
    run: (state, word, world) => (word === '' ? showInstant(state, undefined) : goTo(state, word, world)),
  },
  interval: { argument: 'SECONDS', help: 'time between samples', run: setInterval },
  write: {
    argument: 'FILE',
    help: 'write what is shown: as JSON or CSV when the name ends so, else as text',
    run: (state, file) => (file === '' ? 'name a file, as in :write tasks.json' : step(state, { writeTo: file })),
  },
  theme: {
    argument: 'NAME',
    help: 'colours; without a name a list of them',
    words: state => plain(state.themes),
    run: (state, word) =>
      word === ''
        ? openMenu(state, 'theme')
        : named('theme', word, state.themes, () => step({ ...state, theme: word })),
  },
  keys: {
    argument: 'MAP',
    help: 'keys as htop, top or vim have them',
    words: () => plain(KEY_MAPS),
    run: (state, word) => named('key map', word, KEY_MAPS, () => step({ ...state, map: word as KeyMap })),
  },
  group: {
    argument: 'BY',
    help: 'gather tasks: by name, user, cgroup, container or wait channel; list or tree',
    words: (state, world) => MENUS.group.items(state, world).map(({ id, help }) => ({ word: id, help })),
    run: (state, word) => named('grouping', word, ARRANGEMENTS, () => arrangeAs(state, word as Arrangement)),
  },
  fold: {
    argument: 'DEPTH',
    help: 'in the tree: fold all branches at this depth and below',
    run: (state, text) =>
      /^\d+$/.test(text)
        ? step({ ...state, folds: { from: Number(text), except: new Set() } }, 'reorder')
        : 'give a depth, as in :fold 2',
  },
  user: {
    argument: 'NAME',
    help: 'show the tasks of one user; without a name everybody',
    words: (state, world) =>
      MENUS.user
        .items(state, world)
        .slice(1)
        .map(({ id, help }) => ({ word: id, help })),
    run: (state, word) => MENUS.user.choose(state, word),
  },
  state: {
    argument: 'LETTERS',
    help: 'show only tasks in these states, as in :state DZ; without letters all',
    run: (state, word) =>
      /^[A-Za-z]*$/.test(word)
        ? step({ ...letGo(state), stateFilter: word === '' ? undefined : word }, 'reorder')
        : 'give state letters, as in :state DZ',
  },
  set: {
    argument: 'NAME',
    help: 'a set of columns; without a name a list of them',
    words: state => plain(state.sets.map(({ name }) => name)),
    run: (state, word) => {
      if (word === '') return openMenu(state, 'set');
      const names = state.sets.map(({ name }) => name);
      return named('set of columns', word, names, () => takeSet(state, names.indexOf(word)));
    },
  },
  page: {
    argument: 'NAME',
    help: 'a page of the open task, or of the machine',
    words: state => (state.system ? SYSTEM_PAGES : TASK_PAGES).map(({ id, help }) => ({ word: id, help })),
    run: (state, word) => {
      const names = (state.system ? SYSTEM_PAGES : TASK_PAGES).map(({ id }) => id as string);
      return named('page', word, names, () => step(state, { action: `show-${word}` }));
    },
  },
};

/** Actions by name: what keys do, each once; those of the prompt and of menus are none. */
const ACTIONS: ReadonlyMap<string, string> = new Map(
  BINDINGS.filter(({ modes }) => (modes as readonly string[]).some(mode => ['table', 'task', 'system'].includes(mode)))
    .filter(({ action }) => !Object.hasOwn(COMMANDS, action))
    .map(({ action, help }) => [action, help]),
);

const split = (text: string): { name: string; argument: string } => {
  const [, name = '', argument = ''] = /^\s*(\S*)\s*(.*)$/s.exec(text) ?? [];
  return { name, argument: argument.trim() };
};

/** Runs `name argument`; a string says what is wrong. */
export function runCommand(state: AppState, text: string, world: World): Step | string {
  const { name, argument } = split(text);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command) return command.run(state, argument, world);
  if (ACTIONS.has(name)) return argument === '' ? step(state, { action: name }) : `${name} takes no words`;
  const near = nearest(name, [...Object.keys(COMMANDS), ...ACTIONS.keys()]);
  return `no command '${name}': ${near ? `did you mean '${near}'?` : 'Tab shows them'}`;
}

/** @param filterWords completes a filter expression. */
export function completeCommand(
  state: AppState,
  { text, at }: EditedLine,
  world: World,
  filterWords: (text: string) => Completion,
): Completion {
  const head = text.slice(0, at);
  const [, lead = '', name = '', gap = '', rest = ''] = /^(\s*)(\S*)(\s*)(.*)$/s.exec(head) ?? [];
  if (gap === '') {
    const all = [
      ...Object.entries(COMMANDS).map(([word, { argument, help }]) => ({
        word: `${word} `,
        help: `${argument}: ${help}`,
      })),
      ...[...ACTIONS].map(([word, help]) => ({ word, help })),
    ];
    return { start: lead.length, end: at, choices: all.filter(({ word }) => word.startsWith(name)) };
  }
  const start = lead.length + name.length + gap.length;
  if (name === 'filter') {
    const inner = filterWords(rest);
    return { start: start + inner.start, end: start + inner.end, choices: inner.choices };
  }
  const word = /[^\s,+-]*$/.exec(rest)![0];
  const words = Object.hasOwn(COMMANDS, name) ? (COMMANDS[name]!.words?.(state, world) ?? []) : [];
  return { start: at - word.length, end: at, choices: words.filter(choice => choice.word.startsWith(word)) };
}

export const commandNames = (): readonly string[] => [...Object.keys(COMMANDS), ...ACTIONS.keys()];

/** Commands with what they take, for the help page. */
export const commandHelp = (): readonly { readonly keys: string; readonly help: string }[] =>
  Object.entries(COMMANDS).map(([name, { argument, help }]) => ({ keys: `:${name} ${argument}`, help }));
