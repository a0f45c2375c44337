/**
 * What keys do, as data: dispatch, the help page, the bottom bar and the three key maps derive from this list. Keys have
 * the names that the terminal layer gives them; a test fails when a key has two actions in one mode.
 */
export type Mode = 'table' | 'task' | 'system' | 'help' | 'menu' | 'prompt';
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
const LISTS: readonly Mode[] = ['table', ...PAGES, 'help', 'menu'];

// prettier-ignore
export const BINDINGS = [
  { action: 'help', modes: ['table', ...PAGES], keys: ['f1', '?'], help: 'this page', bar: 'Help' },
  { action: 'open', modes: ['table', 'menu'], keys: ['enter'], help: 'open the task; choose', bar: 'Open' },
  { action: 'sort-menu', modes: ['table'], keys: ['f6', 'o'], top: ['f6', 'f'], help: 'choose the column to sort by', bar: 'Sort' },
  { action: 'sort-cpu', modes: ['table'], keys: ['P'], help: 'sort by CPU' },
  { action: 'sort-memory', modes: ['table'], keys: ['M'], help: 'sort by resident memory' },
  { action: 'sort-time', modes: ['table'], keys: ['T'], help: 'sort by CPU time' },
  { action: 'sort-pid', modes: ['table'], keys: ['N'], help: 'sort by pid' },
  { action: 'sort-left', modes: ['table'], keys: ['<'], help: 'sort by the column to the left' },
  { action: 'sort-right', modes: ['table'], keys: ['>'], help: 'sort by the column to the right' },
  { action: 'sort-reverse', modes: ['table'], keys: ['R'], help: 'reverse the order' },
  { action: 'threads', modes: ['table'], keys: ['H'], help: 'a row for every thread, or for every process', bar: 'Threads' },
  { action: 'kernel-threads', modes: ['table'], keys: ['K'], help: 'kernel threads: show, hide, only', bar: 'Kernel' },
  { action: 'interval', modes: ['table', ...PAGES], keys: ['d'], top: ['d', 's'], help: 'seconds between samples', bar: 'Interval' },
  { action: 'freeze', modes: ['table', ...PAGES], keys: ['Z'], help: 'freeze what is shown; again: go on', bar: 'Freeze' },
  { action: 'system', modes: ['table', 'task'], keys: ['s'], top: [], help: 'pages about the machine', bar: 'System' },
  { action: 'up', modes: LISTS, keys: ['up'], vim: ['up', 'k'], help: 'up' },
  { action: 'down', modes: LISTS, keys: ['down', 'j'], help: 'down' },
  { action: 'page-up', modes: LISTS, keys: ['pageup', 'C-b'], help: 'a page up' },
  { action: 'page-down', modes: LISTS, keys: ['pagedown', 'C-f'], help: 'a page down' },
  { action: 'half-up', modes: LISTS, keys: ['C-u'], help: 'half a page up' },
  { action: 'half-down', modes: LISTS, keys: ['C-d'], help: 'half a page down' },
  { action: 'first', modes: ['table', 'menu'], keys: ['home'], vim: ['home', 'g'], help: 'to the first row' },
  { action: 'last', modes: ['table', 'menu'], keys: ['end'], vim: ['end', 'G'], help: 'to the last row' },
  { action: 'first', modes: [...PAGES, 'help'], keys: ['home', 'g'], help: 'to the top' },
  { action: 'last', modes: [...PAGES, 'help'], keys: ['end', 'G'], help: 'to the end' },
  { action: 'next-page', modes: PAGES, keys: ['tab', 'right'], help: 'next page', bar: 'Page' },
  { action: 'previous-page', modes: PAGES, keys: ['S-tab', 'left'], help: 'previous page' },
  { action: 'search', modes: PAGES, keys: ['/', 'f3'], help: 'search on this page', bar: 'Search' },
  { action: 'search-next', modes: PAGES, keys: ['n'], help: 'next match' },
  { action: 'search-previous', modes: PAGES, keys: ['N'], help: 'previous match' },
  { action: 'write', modes: PAGES, keys: ['w'], help: 'write the page to a file', bar: 'Write' },
  { action: 'next-file', modes: ['task'], keys: ['>'], help: 'page Raw: next file' },
  { action: 'previous-file', modes: ['task'], keys: ['<'], help: 'page Raw: previous file' },
  { action: 'back', modes: LISTS, keys: ['escape'], help: 'back; at the table: let go of the selected task', bar: 'Back' },
  { action: 'redraw', modes: LISTS, keys: ['C-l'], help: 'paint the whole screen again' },
  { action: 'suspend', modes: LISTS, keys: ['C-z'], help: 'stop; fg comes back' },
  { action: 'quit', modes: ['table', ...PAGES, 'menu'], keys: ['f10', 'q', 'C-c'], help: 'quit', bar: 'Quit' },
  // in the help page q and a second ? close the page, as in less; ^C always ends the program
  { action: 'back', modes: ['help'], keys: ['q', '?', 'f1', 'enter'], help: 'close this page' },
  { action: 'quit', modes: ['help', 'prompt'], keys: ['f10', 'C-c'], help: 'quit' },
  { action: 'suspend', modes: ['prompt'], keys: ['C-z'], help: 'stop; fg comes back' },
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
  { id: 'cgroup', title: 'Cgroup', keys: ['c'], help: 'control groups: limits, use, throttling, pressure' },
  { id: 'limits', title: 'Limits', keys: ['L'], help: 'resource limits' },
  { id: 'privileges', title: 'Rights', keys: ['a'], help: 'ids, namespaces and capabilities' },
  { id: 'kernel', title: 'Kernel', keys: ['y'], help: 'wait channel, system call, kernel stack' },
  { id: 'environment', title: 'Environ', keys: ['e'], help: 'environment and arguments', inTable: ['e'] },
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
] as const satisfies readonly PageKeys[];
export type SystemPage = (typeof SYSTEM_PAGES)[number]['id'];

/** The pages of a mode; none in the others. */
export const pagesIn = (mode: Mode): readonly PageKeys[] =>
  mode === 'task' ? TASK_PAGES : mode === 'system' ? SYSTEM_PAGES : [];

type PageAction = `show-${TaskPage | SystemPage}`;
export type ActionName = (typeof BINDINGS)[number]['action'] | PageAction;

/** All that a key can do in a mode. */
export function bindingsIn(mode: Mode): (KeyBinding & { readonly action: ActionName })[] {
  const pages = mode === 'table' ? TASK_PAGES.filter(page => 'inTable' in page) : pagesIn(mode);
  const own = BINDINGS.filter(({ modes }) => (modes as readonly Mode[]).includes(mode));
  return [
    ...own,
    ...pages.map(page => ({
      action: `show-${page.id}` as PageAction,
      modes: [mode],
      keys: (mode === 'table' ? page.inTable : undefined) ?? page.keys,
      help: mode === 'table' ? `open the task at the page ${page.title}` : `page ${page.title}: ${page.help}`,
    })),
  ];
}

const keysIn = (binding: KeyBinding, map: KeyMap): readonly string[] =>
  (map === 'htop' ? undefined : binding[map]) ?? binding.keys;

/** The action of each key in a mode. */
export function actionsOf(mode: Mode, map: KeyMap): ReadonlyMap<string, ActionName> {
  const out = new Map<string, ActionName>();
  for (const binding of bindingsIn(mode)) for (const key of keysIn(binding, map)) out.set(key, binding.action);
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

export interface KeyHelp {
  readonly keys: string;
  readonly help: string;
  readonly bar: string | undefined;
}

/** The keys of a mode in the order of the list, for the help page and the bottom bar. */
export function keyHelp(mode: Mode, map: KeyMap): KeyHelp[] {
  return bindingsIn(mode)
    .map((binding: KeyBinding) => ({ keys: keysIn(binding, map), help: binding.help, bar: binding.bar }))
    .filter(({ keys }) => keys.length > 0)
    .map(({ keys, ...rest }) => ({ keys: keys.map(keyLabel).join(' '), ...rest }));
}
