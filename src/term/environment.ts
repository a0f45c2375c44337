/**
 * What the environment says about the terminal. The host's terminfo files are not read: all that is sent is understood by
 * every terminal since the vt102, and the rest is told by its name.
 */

/** What is known of it by its name: 256 colours and an alternate screen, or neither; the console of Linux. */
export type Description = 'xterm-256color' | 'xterm' | 'linux';
/** Number of colours that may be used; 8 is the Linux console, where the bright ones are bold. */
export type Depth = 0 | 8 | 16 | 256;
export type ColorChoice = 'auto' | 'always' | 'never';

export interface Capabilities {
  readonly description: Description;
  readonly depth: Depth;
  /** Whether characters beyond ASCII can be sent. */
  readonly unicode: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The locale is the first non-empty of LC_ALL, LC_CTYPE and LANG, as in the C library. */
export function isUtf8Locale(env: Environment): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return /utf-?8/i.test(locale);
}

/** Names that promise 256 colours without saying so. */
const RICH = /256color|direct|truecolor|24bit|kitty|ghostty|alacritty|wezterm|foot|contour|iterm|konsole|rio\b/;

function depthOf(term: string, description: Description, env: Environment, choice: ColorChoice): Depth {
  if (choice === 'never') return 0;
  if (choice === 'auto') {
    if (env['NO_COLOR']) return 0;
    if (description === 'xterm') return 0;
  }
  if (description === 'linux') return 8;
  if (RICH.test(term) || /truecolor|24bit|256/.test(env['COLORTERM'] ?? '')) return 256;
  return 16;
}

/** @returns the capabilities, or a sentence for the user: what is wrong and what to do. */
export function capabilities(
  env: Environment,
  options: { readonly colors: ColorChoice; readonly ascii: boolean },
): Capabilities | { readonly error: string } {
  const term = env['TERM'] ?? '';
  if (term === '') return { error: 'TERM is not set: set it to the name of your terminal, or use --once' };
  if (term === 'dumb' || term === 'unknown') {
    return { error: `a terminal of the kind "${term}" cannot place text: use --once` };
  }
  const name = term.toLowerCase();
  const description = name.startsWith('linux') ? 'linux' : /^vt\d/.test(name) ? 'xterm' : 'xterm-256color';
  return {
    description,
    depth: depthOf(name, description, env, options.colors),
    unicode: !options.ascii && isUtf8Locale(env),
  };
}

/**
 * Size of the terminal. A serial console reports 0 by 0; then LINES and COLUMNS count, else 80 by 24.
 * The upper bounds keep a nonsensical answer from costing memory.
 */
export function usableSize(
  columns: number | undefined,
  rows: number | undefined,
  env: Environment,
): { readonly columns: number; readonly rows: number } {
  return {
    columns: Math.min(columns || positive(env['COLUMNS']) || 80, 2000),
    rows: Math.min(rows || positive(env['LINES']) || 24, 1000),
  };
}

function positive(text: string | undefined): number {
  return text !== undefined && /^\d{1,4}$/.test(text) ? Number(text) : 0;
}
