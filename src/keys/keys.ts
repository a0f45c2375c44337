/**
 * What keys do, as data: dispatch, the help page, the bottom bar and the three key maps derive from this list. Keys have
 * the names that the terminal layer gives them; a test fails when a key has two actions in one mode.
 */
export type Mode = 'table' | 'task' | 'help' | 'menu' | 'prompt';
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

const LISTS: readonly Mode[] = ['table', 'task', 'help', 'menu'];

// prettier-ignore
export const BINDINGS = [
  { action: 'help', modes: ['table', 'task'], keys: ['f1', '?'], help: 'this page', bar: 'Help' },
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
  { action: 'interval', modes: ['table', 'task'], keys: ['d'], top: ['d', 's'], help: 'seconds between samples', bar: 'Interval' },
  { action: 'freeze', modes: ['table', 'task'], keys: ['Z'], help: 'freeze what is shown; again: go on', bar: 'Freeze' },
  { action: 'up', modes: LISTS, keys: ['up'], vim: ['up', 'k'], help: 'up' },
  { action: 'down', modes: LISTS, keys: ['down', 'j'], help: 'down' },
  { action: 'page-up', modes: LISTS, keys: ['pageup', 'C-b'], help: 'a page up' },
  { action: 'page-down', modes: LISTS, keys: ['pagedown', 'C-f'], help: 'a page down' },
  { action: 'half-up', modes: LISTS, keys: ['C-u'], help: 'half a page up' },
  { action: 'half-down', modes: LISTS, keys: ['C-d'], help: 'half a page down' },
  { action: 'first', modes: ['table', 'menu'], keys: ['home'], vim: ['home', 'g'], help: 'to the first row' },
  { action: 'last', modes: ['table', 'menu'], keys: ['end'], vim: ['end', 'G'], help: 'to the last row' },
  { action: 'first', modes: ['task', 'help'], keys: ['home', 'g'], help: 'to the top' },
  { action: 'last', modes: ['task', 'help'], keys: ['end', 'G'], help: 'to the end' },
  { action: 'next-page', modes: ['task'], keys: ['tab', 'right'], help: 'next page of the task', bar: 'Page' },
  { action: 'previous-page', modes: ['task'], keys: ['S-tab', 'left'], help: 'previous page of the task' },
  { action: 'back', modes: LISTS, keys: ['escape'], help: 'back; at the table: let go of the selected task', bar: 'Back' },
  { action: 'redraw', modes: LISTS, keys: ['C-l'], help: 'paint the whole screen again' },
  { action: 'suspend', modes: LISTS, keys: ['C-z'], help: 'stop; fg comes back' },
  { action: 'quit', modes: ['table', 'task', 'menu'], keys: ['f10', 'q', 'C-c'], help: 'quit', bar: 'Quit' },
  // in the help page q and a second ? close the page, as in less; ^C always ends the program
  { action: 'back', modes: ['help'], keys: ['q', '?', 'f1', 'enter'], help: 'close this page' },
  { action: 'quit', modes: ['help', 'prompt'], keys: ['f10', 'C-c'], help: 'quit' },
  { action: 'suspend', modes: ['prompt'], keys: ['C-z'], help: 'stop; fg comes back' },
] as const satisfies readonly KeyBinding[];

export type ActionName = (typeof BINDINGS)[number]['action'];

const keysIn = (binding: KeyBinding, map: KeyMap): readonly string[] =>
  (map === 'htop' ? undefined : binding[map]) ?? binding.keys;

/** The action of each key in a mode. */
export function actionsOf(mode: Mode, map: KeyMap): ReadonlyMap<string, ActionName> {
  const out = new Map<string, ActionName>();
  for (const binding of BINDINGS) {
    if (!(binding.modes as readonly Mode[]).includes(mode)) continue;
    for (const key of keysIn(binding, map)) out.set(key, binding.action);
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

export interface KeyHelp {
  readonly keys: string;
  readonly help: string;
  readonly bar: string | undefined;
}

/** The keys of a mode in the order of the list, for the help page and the bottom bar. */
export function keyHelp(mode: Mode, map: KeyMap): KeyHelp[] {
  return (BINDINGS as readonly KeyBinding[])
    .filter(({ modes }) => modes.includes(mode))
    .map(binding => ({ keys: keysIn(binding, map).map(keyLabel).join(' '), help: binding.help, bar: binding.bar }));
}
