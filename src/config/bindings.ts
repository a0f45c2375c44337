/** The user's own keys over the chosen map: `"x" = "quit"` in `[bind]`, or in `[bind.task]` for one mode. */
import { actionsOf, BINDINGS, bindingsIn, type Bound, keyLabel, type KeyMap, type Mode } from '../keys/keys.ts';
import type { Path } from './outline.ts';
import { shown, suggest } from './words.ts';

export interface Fault {
  readonly path: Path;
  readonly says: string;
  /** Where the same is said, too. */
  readonly other?: Path;
}

/** Where text is typed or a change is confirmed, keys stay what they are. */
const FIXED: readonly string[] = ['prompt', 'dialog'];
const MODES: readonly Mode[] = [...new Set<Mode>(BINDINGS.flatMap(({ modes }) => modes))].filter(
  mode => !FIXED.includes(mode),
);
const actionsIn = (mode: Mode): readonly string[] => bindingsIn(mode).map(({ action }) => action);

// prettier-ignore
const NAMED: readonly string[] = [
  'space', 'enter', 'escape', 'tab', 'backspace', 'delete', 'insert', 'up', 'down', 'left', 'right', 'pageup', 'pagedown',
  'home', 'end', ...Array.from({ length: 12 }, (_, index) => `f${index + 1}`),
];
/** Also as the help page writes them: `Esc`, `PgUp`, `F6`. */
const LABELS: ReadonlyMap<string, string> = new Map(
  NAMED.flatMap(name => [[name, name] as const, [keyLabel(name).toLowerCase(), name] as const]),
);
/** Terminals send the same for both. */
const ALIKE: Readonly<Record<string, string>> = {
  ...{ 'C-i': 'tab', 'C-m': 'enter', 'C-j': 'enter', 'C-h': 'backspace', 'C-[': 'escape', 'C-@': 'C-space' },
};

/** The name of a key, however it is written: `x`, `F5`, `C-x`, `^X`, `S-Tab`; an error is a sentence. */
function keyNamed(text: string): { readonly key: string } | { readonly error: string } {
  const [, modifiers = '', base = ''] = /^((?:[CMS]-)*)(.+)$/su.exec(text.replace(/^\^(?=.$)/u, 'C-')) ?? [];
  const control = modifiers.includes('C');
  const named = LABELS.get(base === ' ' ? 'space' : base.toLowerCase());
  const isCharacter = named === undefined && /^[^\p{C}\p{Z}\p{M}]$/u.test(base);
  const name = isCharacter ? (control ? base.toLowerCase() : base) : named;
  if (name === undefined) {
    return { error: `is no key: ${suggest(text, NAMED, 'write it as x, F5, C-x, M-x, space or S-tab')}` };
  }
  if (isCharacter && modifiers.includes('S'))
    return { error: `is no key: with Shift it is ${shown(name.toUpperCase())}` };
  const key = `${control ? 'C-' : ''}${modifiers.includes('M') ? 'M-' : ''}${modifiers.includes('S') ? 'S-' : ''}${name}`;
  if (key === 'C-c') return { error: 'cannot be bound: it always quits' };
  const alike = ALIKE[key];
  return alike === undefined ? { key } : { error: `cannot be told from ${alike}: bind that` };
}

/** The action of a binding; a string says what is wrong with it. */
function faultOf(action: unknown, modes: readonly Mode[]): string | undefined {
  if (typeof action !== 'string') return 'has to name an action, in quotes';
  const known = modes.flatMap(actionsIn);
  if (action === 'none' || known.includes(action)) return undefined;
  const elsewhere = MODES.filter(mode => actionsIn(mode).includes(action));
  if (elsewhere.length > 0) return `${shown(action)} is no action here: it is one in ${elsewhere.join(', ')}`;
  const otherwise = 'the command line (:) completes their names';
  return `${shown(action)} is no action: ${suggest(action, known, otherwise)}`;
}

/** A line of the file. */
interface Line {
  readonly path: Path;
  readonly text: string;
  readonly action: unknown;
  readonly modes: readonly Mode[];
}

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The lines of `[bind]` and of `[bind.MODE]`; a name that is no mode is a fault. */
function linesOf(bind: Readonly<Record<string, unknown>>): (Line | Fault)[] {
  return Object.entries(bind).flatMap(([name, value]): (Line | Fault)[] => {
    if (!isTable(value)) return [{ path: ['bind', name], text: name, action: value, modes: MODES }];
    const mode = MODES.find(known => known === name);
    if (!mode) return [{ path: ['bind', name], says: `is no mode: ${suggest(name, MODES)}` }];
    return Object.entries(value).map(([text, action]) => ({ path: ['bind', name, text], text, action, modes: [mode] }));
  });
}

/** @param bind the table `bind` of the file. */
export function readBindings(bind: Readonly<Record<string, unknown>>): {
  readonly bound: readonly Bound[];
  readonly faults: readonly Fault[];
} {
  const faults: Fault[] = [];
  const bound = new Map<string, Bound & { readonly path: Path }>();
  for (const line of linesOf(bind)) {
    if ('says' in line) {
      faults.push(line);
      continue;
    }
    const { path, action } = line;
    const named = keyNamed(line.text);
    const wrong = 'error' in named ? named.error : faultOf(action, line.modes);
    if ('error' in named || wrong !== undefined) {
      faults.push({ path, says: wrong! });
      continue;
    }
    const { key } = named;
    const modes = line.modes.filter(mode => action === 'none' || actionsIn(mode).includes(action as string));
    const other = modes.map(mode => bound.get(`${mode} ${key}`)).find(entry => entry !== undefined);
    if (other) faults.push({ path, other: other.path, says: `binds ${keyLabel(key)} twice in ${other.mode}` });
    else for (const mode of modes) bound.set(`${mode} ${key}`, { mode, key, action: action as Bound['action'], path });
  }
  return { bound: Array.from(bound.values(), ({ mode, key, action }) => ({ mode, key, action })), faults };
}

/** What the keys did in the map until they were bound: `x: was show-locks, now quit`. */
export function shadowed(bound: readonly Bound[], map: KeyMap): readonly string[] {
  const lines = bound.flatMap(({ mode, key, action }) => {
    const was = actionsOf(mode, map).get(key);
    return was === undefined || was === action ? [] : [`${keyLabel(key)}: was ${was}, now ${action}`];
  });
  return [...new Set(lines)];
}
