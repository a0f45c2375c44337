/**
 * What keys do, as data: dispatch, the help page, the bottom bar and the three key maps derive from this list. Keys have
 * the names that the terminal layer gives them; a test fails when a key has two actions in one mode.
 */
/**
 * `searching` is the table while something is searched for, `frozen` the table, a board or a page while the past is shown:
 * `replay` the same while that is a recording: their keys come before those of the mode itself.
 */
export type Mode =
  | 'table'
  | 'searching'
  | 'frozen'
  | 'replay'
  | 'task'
  | 'system'
  | 'board'
  | 'columns'
  | 'help'
  | 'menu'
  | 'prompt'
  | 'dialog';
export type KeyMap = 'htop' | 'top' | 'vim';
export const KEY_MAPS: readonly KeyMap[] = ['htop', 'top', 'vim'];

export interface KeyBinding {
  readonly action: string;
  readonly modes: readonly Mode[];
  /** In the default map; `top` and `vim` say only what differs. */
  readonly keys: readonly string[];
  readonly top?: readonly string[];
  readonly vim?: readonly string[];
  /** What it does, for the help page. */
  readonly help: string;
  /** Its name in the bottom bar; absent: not in the bar. */
  readonly bar?: string;
}

/** Where lines are read: they scroll, are searched and written to a file. */
const PAGES: readonly Mode[] = ['task', 'system'];
const LISTS: readonly Mode[] = ['table', ...PAGES, 'board', 'help', 'menu', 'columns'];

// prettier-ignore
export const BINDINGS = [
  { action: 'help', modes: ['table', ...PAGES, 'board'], keys: ['f1', '?', 'h'], vim: ['f1', '?'], help: 'this page', bar: 'Help' },
  { action: 'columns', modes: ['table'], keys: ['f2', 'C'], top: ['f2', 'C', 'f'], help: 'choose columns, their order and width', bar: 'Columns' },
  { action: 'search', modes: ['table', ...PAGES, 'board', 'help'], keys: ['f3', '/'], help: 'search as you type', bar: 'Search' },
  { action: 'search', modes: ['table'], keys: [], top: ['L'], help: 'search as you type' },
  { action: 'filter', modes: ['table'], keys: ['f4', '\\'], top: ['f4', '\\', 'o', 'O'], help: 'show only tasks that match, as you type', bar: 'Filter' },
  { action: 'filter', modes: ['board'], keys: ['f4', '\\'], top: ['f4', '\\', 'o', 'O'], help: 'show only lines with these words; events also by kind=gone', bar: 'Filter' },
  { action: 'tree', modes: ['table'], keys: ['f5', 't'], top: ['f5', 't', 'V'], help: 'a tree of the tasks, or the list', bar: 'Tree' },
  { action: 'sort-menu', modes: ['table'], keys: ['f6', 'o'], top: ['f6'], help: 'choose the column to sort by', bar: 'Sort' },
  { action: 'signal', modes: ['table', 'task'], keys: ['f9', 'k'], vim: ['f9', 'X'], help: 'send a signal (a dialog asks)', bar: 'Signal' },
  { action: 'open', modes: ['table', 'menu', 'board'], keys: ['enter'], help: 'open the task; unfold a group; choose', bar: 'Open' },
  { action: 'nice-down', modes: ['table', 'task'], keys: ['f7', ']'], help: 'renice: more CPU (a dialog asks)' },
  { action: 'nice-up', modes: ['table', 'task'], keys: ['f8', '['], help: 'renice: less CPU (a dialog asks)' },
  { action: 'renice', modes: ['table'], keys: [], top: ['r'], help: 'renice (a dialog asks)' },
  { action: 'affinity', modes: ['table'], keys: ['a'], help: 'CPUs that the task may use (a dialog asks)' },
  { action: 'policy', modes: ['table'], keys: ['Y'], help: 'scheduling policy (a dialog asks)' },
  { action: 'io-class', modes: ['table'], keys: ['I'], help: 'I/O class (a dialog asks)' },
  { action: 'sort-cpu', modes: ['table'], keys: ['P'], help: 'sort by CPU' },
  { action: 'sort-memory', modes: ['table'], keys: ['M'], help: 'sort by resident memory' },
  { action: 'sort-time', modes: ['table'], keys: ['T'], help: 'sort by CPU time' },
  { action: 'sort-pid', modes: ['table'], keys: ['N'], help: 'sort by pid' },
  { action: 'sort-left', modes: ['table'], keys: ['<'], help: 'sort by the column to the left' },
  { action: 'sort-right', modes: ['table'], keys: ['>'], help: 'sort by the column to the right' },
  { action: 'sort-reverse', modes: ['table'], keys: ['R'], help: 'reverse the order' },
  { action: 'tag', modes: ['table'], keys: ['space'], help: 'tag the task and go down; actions are for all tagged ones' },
  { action: 'tag-children', modes: ['table'], keys: ['c'], top: [], help: 'tag the task and its children' },
  { action: 'untag', modes: ['table'], keys: ['U'], help: 'untag all' },
  { action: 'user', modes: ['table'], keys: ['u'], help: 'show the tasks of one user' },
  { action: 'follow', modes: ['table'], keys: ['F'], top: [], help: 'follow the task: it stays on the screen whatever is filtered' },
  { action: 'state-filter', modes: ['table'], keys: ['D'], help: 'show only tasks in state D, then Z, then R, then all' },
  { action: 'group', modes: ['table'], keys: ['G'], vim: [], help: 'gather tasks by name, user, cgroup, container or wait channel' },
  { action: 'unfold', modes: ['table', 'board'], keys: ['+'], help: 'unfold the branch or the group' },
  { action: 'fold', modes: ['table', 'board'], keys: ['-'], help: 'fold the branch or the group' },
  { action: 'fold-all', modes: ['table', 'board'], keys: ['*'], help: 'fold all, or unfold all' },
  { action: 'threads', modes: ['table'], keys: ['H'], help: 'a row for every thread, or for every process', bar: 'Threads' },
  { action: 'kernel-threads', modes: ['table'], keys: ['K'], help: 'kernel threads: show, hide, only' },
  { action: 'idle', modes: ['table'], keys: ['i'], help: 'hide the tasks that do nothing' },
  { action: 'zeros', modes: ['table'], keys: ['0'], help: 'leave zeros blank' },
  { action: 'command-as', modes: ['table'], keys: ['p'], top: ['p', 'c'], help: 'command: whole line, program only, or comm' },
  { action: 'next-set', modes: ['table'], keys: ['tab'], help: 'next set of columns', bar: 'Set' },
  { action: 'previous-set', modes: ['table'], keys: ['S-tab'], help: 'previous set of columns' },
  { action: 'scroll-left', modes: ['table'], keys: ['left', 'M-h'], help: 'scroll sideways' },
  { action: 'scroll-right', modes: ['table'], keys: ['right', 'M-l'], help: 'scroll sideways' },
  { action: 'per-cpu', modes: ['table'], keys: ['1'], help: 'a bar for every CPU, or one for all' },
  { action: 'meters', modes: ['table'], keys: ['m'], help: 'meters: as the size suggests, compact, full, off' },
  { action: 'interval', modes: ['table', ...PAGES, 'board'], keys: ['d'], top: ['d', 's'], help: 'seconds between samples', bar: 'Interval' },
  { action: 'freeze', modes: ['table', ...PAGES, 'board'], keys: ['Z'], help: 'freeze what is shown (sampling goes on); again: the present', bar: 'Freeze' },
  { action: 'freeze', modes: ['frozen'], keys: ['Z'], help: 'the present again', bar: 'Present' },
  { action: 'sample-back', modes: ['frozen'], keys: ['['], help: 'the sample before', bar: 'Earlier' },
  { action: 'sample-on', modes: ['frozen'], keys: [']'], help: 'the next sample', bar: 'Later' },
  { action: 'play', modes: ['replay'], keys: ['space'], help: 'play the recording, or pause it', bar: 'Play/pause' },
  { action: 'freeze', modes: ['replay'], keys: ['Z'], help: 'play the recording, or pause it' },
  { action: 'slower', modes: ['replay'], keys: ['('], help: 'play it slower' },
  { action: 'faster', modes: ['replay'], keys: [')'], help: 'play it faster' },
  { action: 'previous-finding', modes: ['replay'], keys: [','], help: 'to the finding or event before' },
  { action: 'next-finding', modes: ['replay'], keys: ['.'], help: 'to the next finding or event', bar: 'Next finding' },
  { action: 'minute-back', modes: ['frozen'], keys: ['{'], help: 'a minute back' },
  { action: 'minute-on', modes: ['frozen'], keys: ['}'], help: 'a minute on' },
  { action: 'stuck', modes: ['table', ...PAGES, 'board'], keys: ['S'], help: 'tasks that are stuck: in D, exiting, stopped or frozen, by what they wait for', bar: 'Stuck' },
  { action: 'events', modes: ['table', ...PAGES, 'board'], keys: ['E'], help: 'events: who came, went, entered D or left it, gained a flag' },
  { action: 'findings', modes: ['table', ...PAGES, 'board'], keys: ['!'], help: 'findings: what is wrong here, with the evidence', bar: 'Findings' },
  { action: 'system', modes: ['table', 'task', 'board'], keys: ['s'], top: [], help: 'pages about the machine', bar: 'System' },
  { action: 'command', modes: ['table', ...PAGES, 'board'], keys: [':'], help: 'command line: every action by its name; Tab completes', bar: 'Command' },
  { action: 'write', modes: ['table', ...PAGES, 'board'], keys: ['w'], help: 'write what is shown to a file', bar: 'Write' },
  { action: 'save', modes: ['table'], keys: ['W'], help: 'save the settings to the configuration file' },
  { action: 'up', modes: LISTS, keys: ['up', 'M-k'], vim: ['up', 'k', 'M-k'], help: 'up' },
  { action: 'down', modes: LISTS, keys: ['down', 'M-j', 'j'], help: 'down' },
  { action: 'page-up', modes: LISTS, keys: ['pageup', 'C-b'], help: 'a page up' },
  { action: 'page-down', modes: LISTS, keys: ['pagedown', 'C-f'], help: 'a page down' },
  { action: 'half-up', modes: LISTS, keys: ['C-u'], help: 'half a page up' },
  { action: 'half-down', modes: LISTS, keys: ['C-d'], help: 'half a page down' },
  { action: 'first', modes: ['table', 'menu', 'columns'], keys: ['home'], vim: ['home', 'g'], help: 'to the first row' },
  { action: 'last', modes: ['table', 'menu', 'columns'], keys: ['end'], vim: ['end', 'G'], help: 'to the last row' },
  { action: 'first', modes: [...PAGES, 'board', 'help'], keys: ['home', 'g'], help: 'to the top' },
  { action: 'last', modes: [...PAGES, 'board', 'help'], keys: ['end', 'G'], help: 'to the end' },
  { action: 'next-page', modes: PAGES, keys: ['tab', 'right'], help: 'next page', bar: 'Page' },
  { action: 'previous-page', modes: PAGES, keys: ['S-tab', 'left'], help: 'previous page' },
  { action: 'search-next', modes: ['searching', ...PAGES, 'board', 'help'], keys: ['n'], top: ['n', '&'], help: 'next match' },
  { action: 'search-previous', modes: ['searching', ...PAGES, 'board', 'help'], keys: ['N'], help: 'previous match' },
  { action: 'next-file', modes: ['task'], keys: ['>'], help: 'page Raw: next file' },
  { action: 'previous-file', modes: ['task'], keys: ['<'], help: 'page Raw: previous file' },
  { action: 'column-toggle', modes: ['columns'], keys: ['space', 'enter'], help: 'show the column, or not', bar: 'Show' },
  { action: 'column-left', modes: ['columns'], keys: ['[', 'f7'], help: 'move the column to the left', bar: 'Left' },
  { action: 'column-right', modes: ['columns'], keys: [']', 'f8'], help: 'move the column to the right', bar: 'Right' },
  { action: 'column-wider', modes: ['columns'], keys: ['+'], help: 'make it wider', bar: 'Wider' },
  { action: 'column-narrower', modes: ['columns'], keys: ['-'], help: 'make it narrower', bar: 'Narrower' },
  { action: 'search', modes: ['columns'], keys: ['/', 'f3'], help: 'go to a column by its name or meaning', bar: 'Search' },
  { action: 'search-next', modes: ['columns'], keys: ['n'], help: 'next match' },
  { action: 'search-previous', modes: ['columns'], keys: ['N'], help: 'previous match' },
  { action: 'back', modes: ['table', ...PAGES, 'board', 'menu', 'columns', 'searching', 'help'], keys: ['escape'], help: 'back; ends a search, clears a filter, lets go of the task', bar: 'Back' },
  { action: 'clear-filter', modes: ['table'], keys: [], top: ['='], help: 'clear the filter' },
  { action: 'redraw', modes: LISTS, keys: ['C-l'], help: 'paint the whole screen again' },
  { action: 'suspend', modes: LISTS, keys: ['C-z'], help: 'stop; fg comes back' },
  { action: 'quit', modes: ['table', ...PAGES, 'board', 'menu', 'columns'], keys: ['f10', 'q', 'C-c'], help: 'quit', bar: 'Quit' },
  // in the help page q and a second ? close the page, as in less; ^C always ends the program
  { action: 'back', modes: ['help'], keys: ['q', '?', 'h', 'f1', 'enter'], help: 'close this page' },
  { action: 'quit', modes: ['help', 'prompt'], keys: ['f10', 'C-c'], help: 'quit' },
  { action: 'quit', modes: ['dialog'], keys: ['C-c'], help: 'quit' },
  { action: 'suspend', modes: ['prompt', 'dialog'], keys: ['C-z'], help: 'stop; fg comes back' },
] as const satisfies readonly KeyBinding[];

interface PageKeys {
  /** The page's name on the command line and in JSON. */
  readonly id: string;
  readonly title: string;
  /** The first stands on the tab. */
  readonly keys: readonly string[];
  readonly help: string;
  /** These open a task at the page from the table, too. */
  readonly inTable?: readonly string[];
  /** As `inTable`, in the map of top beside those. */
  readonly inTopTable?: readonly string[];
}

/** The pages of a task, in the order of their tabs. */
// prettier-ignore
export const TASK_PAGES = [
  { id: 'overview', title: 'Overview', keys: ['1'], help: 'who it is, what it does and waits for' },
  { id: 'flags', title: 'Flags', keys: ['2'], help: 'the PF_ flags bit by bit, and what changed' },
  { id: 'stat', title: 'Stat', keys: ['3'], help: 'all fields of stat: raw, decoded, change' },
  { id: 'status', title: 'Status', keys: ['4'], help: 'all keys of status' },
  { id: 'signals', title: 'Signals', keys: ['5'], help: 'pending, blocked, ignored, caught' },
  { id: 'scheduling', title: 'Sched', keys: ['6'], help: 'policy, priority, affinity, run delay' },
  { id: 'accounting', title: 'Account', keys: ['7'], help: 'times and faults of it, its threads, its children; io' },
  { id: 'memory', title: 'Memory', keys: ['8'], help: 'layout of the address space, page tables, what is resident' },
  { id: 'threads', title: 'Threads', keys: ['9'], help: 'threads, and where they wait' },
  { id: 'files', title: 'Files', keys: ['0', 'l'], help: 'open files and sockets', inTable: ['l'] },
  { id: 'locks', title: 'Locks', keys: ['x'], help: 'file locks it holds or waits for', inTable: ['x'] },
  { id: 'cgroup', title: 'Cgroup', keys: ['c'], help: 'control groups: limits, use, throttling, pressure', inTopTable: ['C-g'] },
  { id: 'limits', title: 'Limits', keys: ['L'], help: 'resource limits' },
  { id: 'privileges', title: 'Rights', keys: ['a'], help: 'ids, namespaces and capabilities', inTopTable: ['C-p'] },
  { id: 'kernel', title: 'Kernel', keys: ['y'], help: 'wait channel, system call, kernel stack' },
  { id: 'environment', title: 'Environ', keys: ['e'], help: 'environment and arguments', inTable: ['e'], inTopTable: ['C-n', 'C-k'] },
  { id: 'history', title: 'History', keys: ['v'], help: 'what changed in the last minutes; shares of states, waits and system calls; growth' },
  { id: 'raw', title: 'Raw', keys: ['r'], help: 'any file of the task as bytes; < > choose it' },
] as const satisfies readonly PageKeys[];
export type TaskPage = (typeof TASK_PAGES)[number]['id'];

/** The pages about the machine. */
// prettier-ignore
export const SYSTEM_PAGES = [
  { id: 'machine', title: 'Machine', keys: ['1'], help: 'kernel, CPUs, kexec, console' },
  { id: 'interrupts', title: 'Interrupts', keys: ['2'], help: 'interrupts and softirqs per second and CPU' },
  { id: 'memory', title: 'Memory', keys: ['3'], help: 'memory with its parts, faults, pressure' },
  { id: 'cgroups', title: 'Cgroups', keys: ['4'], help: 'cgroup subsystems and controllers' },
  { id: 'log', title: 'Kernel log', keys: ['5'], help: 'the kernel log and the tasks it names' },
  { id: 'graphs', title: 'Graphs', keys: ['6'], help: 'CPU, faults, pressure and switches over the last minutes' },
] as const satisfies readonly PageKeys[];
export type SystemPage = (typeof SYSTEM_PAGES)[number]['id'];

/** The pages of a mode; none in the others. */
export const pagesIn = (mode: Mode): readonly PageKeys[] =>
  mode === 'task' ? TASK_PAGES : mode === 'system' ? SYSTEM_PAGES : [];

type PageAction = `show-${TaskPage | SystemPage}`;
export type ActionName = (typeof BINDINGS)[number]['action'] | PageAction;

/** A page's own keys, where its pages are open. */
const pageKeys = (mode: Mode): (KeyBinding & { readonly action: PageAction })[] =>
  pagesIn(mode).map(({ id, title, keys, help }) => ({
    action: `show-${id}` as PageAction,
    modes: [mode],
    keys,
    help: `page ${title}: ${help}`,
  }));

/** Keys of the table that open its task at a page. */
const OPENERS = (TASK_PAGES as readonly PageKeys[])
  .filter(({ inTable, inTopTable }) => inTable ?? inTopTable)
  .map(({ id, title, inTable = [], inTopTable = [] }) => ({
    action: `show-${id}` as PageAction,
    modes: ['table' as const],
    keys: inTable,
    top: [...inTable, ...inTopTable],
    help: `open the task at the page ${title}`,
  }));

/** All that a key can do in a mode. */
export function bindingsIn(mode: Mode): (KeyBinding & { readonly action: ActionName })[] {
  const own = BINDINGS.filter(({ modes }) => (modes as readonly Mode[]).includes(mode));
  return [...own, ...(mode === 'table' ? OPENERS : pageKeys(mode))];
}

const keysIn = (binding: KeyBinding, map: KeyMap): readonly string[] =>
  (map === 'htop' ? undefined : binding[map]) ?? binding.keys;

/** A key of the user's own; `none`: it does nothing. */
export interface Bound {
  readonly mode: Mode;
  readonly key: string;
  readonly action: ActionName | 'none';
}

/** The action of each key in a mode; the user's own keys come before those of the map. */
export function actionsOf(mode: Mode, map: KeyMap, bound: readonly Bound[] = []): ReadonlyMap<string, ActionName> {
  const out = new Map<string, ActionName>();
  for (const binding of bindingsIn(mode)) for (const key of keysIn(binding, map)) out.set(key, binding.action);
  for (const own of bound) {
    if (own.mode !== mode) continue;
    if (own.action === 'none') out.delete(own.key);
    else out.set(own.key, own.action);
  }
  return out;
}

const SHOWN: Readonly<Record<string, string>> = {
  enter: 'Enter',
  escape: 'Esc',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  tab: 'Tab',
  'S-tab': 'S-Tab',
};

/** A key as it is written for people: `^L`, `F6`, `PgUp`. */
export function keyLabel(key: string): string {
  if (/^f\d+$/.test(key)) return key.toUpperCase();
  return key.startsWith('C-') ? '^' + key.slice(2).toUpperCase() : (SHOWN[key] ?? key);
}

/** What the bottom bar shows first where not all has room, the most important ones first. */
const KEPT: Readonly<Partial<Record<Mode, readonly ActionName[]>>> = {
  table: ['help', 'quit', 'stuck', 'findings', 'filter', 'sort-menu', 'signal', 'tree'],
  task: ['help', 'quit', 'back', 'next-page', 'stuck', 'findings', 'signal'],
  system: ['help', 'quit', 'back', 'next-page', 'stuck', 'findings'],
  board: ['help', 'quit', 'back', 'open', 'filter', 'stuck', 'findings'],
  frozen: ['freeze', 'sample-back', 'sample-on'],
  replay: ['play', 'next-finding'],
};

/** They change a task or send it a signal: not there in a recording, nor when it was told to only read. */
export const ACTING: readonly ActionName[] = [
  'signal',
  'nice-down',
  'nice-up',
  'renice',
  'affinity',
  'policy',
  'io-class',
];

export const keptInBar = (mode: Mode): readonly ActionName[] => KEPT[mode] ?? [];

export interface KeyHelp {
  readonly action: ActionName;
  readonly keys: string;
  readonly help: string;
  readonly bar: string | undefined;
}

/** The keys of a mode in the order of the list, for the help page and the bottom bar. */
export function keyHelp(mode: Mode, map: KeyMap): KeyHelp[] {
  return bindingsIn(mode)
    .map(({ action, ...binding }: KeyBinding & { readonly action: ActionName }) => {
      const { help, bar } = binding;
      return { action, keys: keysIn({ action, ...binding }, map), help, bar };
    })
    .filter(({ keys }) => keys.length > 0)
    .map(({ keys, ...rest }) => ({ keys: keys.map(keyLabel).join(' '), ...rest }));
}
