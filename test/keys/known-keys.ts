/**
 * The keys that the fingers of htop's (3.5) and top's (procps 4.0) users know, and what they find here: htop's in the
 * default map, top's in the map `top`.
 */
import type { ActionName } from '../../src/keys/keys.ts';

export type Program = 'htop' | 'top';

export interface KnownKey {
  readonly program: Program;
  /** As the terminal layer names it. */
  readonly key: string;
  /** What it does there. */
  readonly does: string;
  /** What it does here; undefined: nothing. The same as there, unless there is a `conflict`. */
  readonly action: ActionName | undefined;
  /** Where the key counts only while something is searched for. */
  readonly searching?: true;
  readonly conflict?: Conflict;
}

interface Conflict {
  readonly why: string;
  /** Our key for it, or `:command`; undefined: it is not meant to be here. */
  readonly instead: string | undefined;
  /** What `instead` calls for. */
  readonly wants?: ActionName;
}

type Row = readonly [key: string, does: string, action: ActionName | undefined, conflict?: Conflict];

const conflict = (why: string, instead?: string, wants?: ActionName): Conflict => ({
  why,
  instead,
  ...(wants === undefined ? {} : { wants }),
});

// prettier-ignore
const BOTH: readonly Row[] = [
  ['h', 'help', 'help'],
  ['?', 'help', 'help'],
  ['q', 'quit', 'quit'],
  ['C-c', 'quit', 'quit'],
  ['up', 'a row up', 'up'],
  ['down', 'a row down', 'down'],
  ['left', 'scroll to the left', 'scroll-left'],
  ['right', 'scroll to the right', 'scroll-right'],
  ['M-h', 'scroll to the left', 'scroll-left'],
  ['M-j', 'a row down', 'down'],
  ['M-k', 'a row up', 'up'],
  ['M-l', 'scroll to the right', 'scroll-right'],
  ['home', 'first row', 'first'],
  ['end', 'last row', 'last'],
  ['pageup', 'a page up', 'page-up'],
  ['pagedown', 'a page down', 'page-down'],
  ['P', 'sort by CPU', 'sort-cpu'],
  ['M', 'sort by memory', 'sort-memory'],
  ['T', 'sort by time', 'sort-time'],
  ['N', 'sort by pid', 'sort-pid'],
  ['k', 'signal', 'signal'],
  ['H', 'threads', 'threads'],
  ['u', 'one user', 'user'],
];

// prettier-ignore
const HTOP: readonly Row[] = [
  ['f1', 'help', 'help'],
  ['f10', 'quit', 'quit'],
  ['C-a', 'scroll to the beginning of the line', undefined, conflict('no action goes so far at once', 'left', 'scroll-left')],
  ['C-e', 'scroll to the end of the line', undefined, conflict('no action goes so far at once', 'right', 'scroll-right')],
  ['f3', 'search', 'search'],
  ['/', 'search', 'search'],
  ['f4', 'filter', 'filter'],
  ['\\', 'filter', 'filter'],
  ['f6', 'choose the column to sort by', 'sort-menu'],
  ['<', 'choose the column to sort by', 'sort-left', conflict('the neighbour column, as in top', 'f6', 'sort-menu')],
  ['>', 'choose the column to sort by', 'sort-right', conflict('the neighbour column, as in top', 'f6', 'sort-menu')],
  [',', 'choose the column to sort by', undefined, conflict('kept for the next finding of a replay', 'f6', 'sort-menu')],
  ['.', 'choose the column to sort by', undefined, conflict('kept for the next finding of a replay', 'f6', 'sort-menu')],
  ['I', 'reverse the order', 'io-class', conflict('i is top\'s idle tasks, so the I/O class took I', 'R', 'sort-reverse')],
  ['f5', 'tree', 'tree'],
  ['t', 'tree', 'tree'],
  ['+', 'unfold', 'unfold'],
  ['-', 'fold', 'fold'],
  ['*', 'fold or unfold all', 'fold-all'],
  ['f9', 'signal', 'signal'],
  ['f7', 'lower nice', 'nice-down'],
  ['f8', 'higher nice', 'nice-up'],
  [']', 'lower nice', 'nice-down'],
  ['[', 'higher nice', 'nice-up'],
  ['space', 'tag', 'tag'],
  ['c', 'tag with children', 'tag-children'],
  ['U', 'untag all', 'untag'],
  ['K', 'kernel threads', 'kernel-threads'],
  ['p', 'program path or not', 'command-as'],
  ['m', 'merged command', 'meters', conflict('meters, as in top; one key goes round all forms of the command', 'p', 'command-as')],
  ['F', 'follow the task', 'follow'],
  ['Z', 'pause', 'freeze'],
  ['f2', 'setup', 'columns'],
  ['C', 'setup', 'columns'],
  ['S', 'setup', 'stuck', conflict('what is stuck', 'f2', 'columns')],
  ['tab', 'next screen', 'next-set'],
  ['S-tab', 'previous screen', 'previous-set'],
  ['e', 'environment', 'show-environment'],
  ['l', 'open files', 'show-files'],
  ['x', 'file locks', 'show-locks'],
  ['s', 'strace', 'system', conflict('ptrace changes the task that is looked at')],
  ['w', 'command line, wrapped', 'write', conflict('write to a file; the arguments stand with the environment', 'e', 'show-environment')],
  ['b', 'backtrace', undefined, conflict('ptrace changes the task that is looked at')],
  ['C-l', 'redraw', 'redraw'],
  ['a', 'CPU affinity', 'affinity'],
  ['i', 'I/O class', 'idle', conflict('idle tasks, as in top', 'I', 'io-class')],
  ['Y', 'scheduling policy', 'policy'],
];

// prettier-ignore
const TOP: readonly Row[] = [
  ['L', 'search', 'search'],
  ['o', 'filter', 'filter'],
  ['O', 'filter, with capitals', 'filter'],
  ['=', 'clear filters', 'clear-filter'],
  ['f', 'columns, and the one to sort by', 'columns'],
  ['<', 'sort by the column to the left', 'sort-left'],
  ['>', 'sort by the column to the right', 'sort-right'],
  ['R', 'reverse the order', 'sort-reverse'],
  ['V', 'tree', 'tree'],
  ['v', 'fold or unfold', undefined, conflict('one key folds, another unfolds', '-', 'fold')],
  ['r', 'renice', 'renice'],
  ['c', 'command line or name', 'command-as'],
  ['U', 'one user, any of the four uids', 'untag', conflict('takes back what space does', 'u', 'user')],
  ['d', 'interval', 'interval'],
  ['s', 'interval', 'interval'],
  ['A', 'several windows', undefined, conflict('one table, all rows for it', 'tab', 'next-set')],
  ['g', 'window by its number', undefined, conflict('sets of columns have names: :set NAME', 'tab', 'next-set')],
  ['C-k', 'command line', 'show-environment'],
  ['C-n', 'environment', 'show-environment'],
  ['C-p', 'namespaces', 'show-privileges'],
  ['C-g', 'control groups', 'show-cgroup'],
  ['C-u', 'supplementary groups', 'half-up', conflict('half a page, as ^D; they stand with the namespaces', 'C-p', 'show-privileges')],
  ['Y', 'inspect by an own command', 'policy', conflict('no own commands')],
  ['1', 'a line for each CPU', 'per-cpu'],
  ['i', 'idle tasks', 'idle'],
  ['0', 'zeros', 'zeros'],
  ['space', 'refresh', 'tag', conflict('tags, as in htop', 'C-l', 'redraw')],
  ['enter', 'refresh', 'open', conflict('opens the task', 'C-l', 'redraw')],
  ['W', 'save the settings', 'save'],
  ['t', 'summary of tasks and CPUs', 'tree', conflict('tree, as V', 'm', 'meters')],
  ['l', 'summary of load', 'show-files', conflict('open files', 'm', 'meters')],
  ['m', 'summary of memory', 'meters'],
  ['F', 'one parent and its children only', undefined, conflict('not there')],
  ['Z', 'colours', 'freeze', conflict('pause, as in htop; :theme has the colours')],
  ['I', 'Irix mode', 'io-class', conflict('CPU% is always of one CPU')],
  ['C', 'scroll position', 'columns', conflict('columns, as f')],
  ['E', 'scale of memory', 'events', conflict('each number takes the unit that suits it')],
  ['e', 'scale of memory', 'show-environment', conflict('each number takes the unit that suits it')],
  ['S', 'cumulative time', 'stuck', conflict('columns of their own have it: cutime')],
];

const rows = (program: Program, list: readonly Row[]): KnownKey[] =>
  list.map(([key, does, action, differs]) => ({
    program,
    key,
    does,
    action,
    ...(differs ? { conflict: differs } : {}),
  }));

export const KNOWN_KEYS: readonly KnownKey[] = [
  ...rows('htop', [...BOTH, ...HTOP]),
  ...rows('top', [...BOTH, ...TOP]),
  { program: 'top', key: '&', does: 'next match', action: 'search-next', searching: true },
];
