/** The configuration file: TOML text in, settings or a sentence about what is wrong out. */
import { nearest } from '../units/nearest.ts';
import { fit, harmless } from '../units/text.ts';

export interface Settings {
  /** Seconds between samples. */
  readonly interval?: number;
  /** Column ids; `+id` and `-id` change the default set. */
  readonly columns?: readonly string[];
  /** Sort keys; `-id` is descending. */
  readonly sort?: readonly string[];
  readonly theme?: string;
  readonly keys?: string;
}

export interface ConfigError {
  /** Counted from 1. */
  readonly line: number | null;
  readonly key: string | null;
  /** What is wrong and what to do. */
  readonly message: string;
}

/** `absent`: there is no file, which means the defaults. */
export type ConfigResult =
  | { readonly ok: true; readonly settings: Settings; readonly absent?: true }
  | { readonly ok: false; readonly error: ConfigError };

/** The names that the file may use. */
export interface Known {
  readonly columns: readonly string[];
  readonly themes: readonly string[];
  readonly keyMaps: readonly string[];
}

/** `$XDG_CONFIG_HOME/taskscope/config.toml`, else below `~/.config`. */
export function configPath(env: Readonly<Record<string, string | undefined>>): string {
  // the XDG rules say that a path that is not absolute is to be ignored
  const base = env['XDG_CONFIG_HOME']?.startsWith('/') ? env['XDG_CONFIG_HOME'] : `${env['HOME'] ?? ''}/.config`;
  return `${base}/taskscope/config.toml`;
}

/** The index of the line on which a top-level key is set, or a table of that name begins. */
function keyIndex(lines: readonly string[], key: string): number {
  const escaped = key.replace(/[^\w-]/g, '\\$&');
  const pattern = new RegExp(`^\\s*\\[{0,2}\\s*["']?${escaped}["']?\\s*[=.\\]]`);
  return lines.findIndex(line => pattern.test(line));
}

/** The line of a key, or of the word in its list that is meant. */
function lineOf(text: string, key: string, word: unknown): number | null {
  const lines = text.split('\n');
  const start = keyIndex(lines, key);
  if (start < 0) return null;
  if (typeof word !== 'string') return start + 1;
  const at = lines.findIndex(
    (line, index) => index >= start && (line.includes(`"${word}`) || line.includes(`'${word}`)),
  );
  return (at < 0 ? start : at) + 1;
}

const KEYS = ['interval', 'columns', 'sort', 'theme', 'keys'] satisfies (keyof Settings)[];

/** A word of the file as a message may show it. */
const shown = (word: string): string => `'${fit(harmless(word), 40)}'`;

const suggest = (word: string, known: readonly string[]): string => {
  const near = nearest(word, known);
  return near
    ? `did you mean '${near}'?`
    : `it is one of ${known.slice(0, 8).join(', ')}${known.length > 8 ? ', …' : ''}`;
};

interface Issue {
  readonly input: unknown;
  readonly path?: readonly { readonly key: unknown }[] | undefined;
}

/** The top-level key that an issue is about. */
function keyOf({ path }: Issue): string {
  const key = path?.[0]?.key;
  return typeof key === 'string' ? key : '';
}

async function schema(known: Known) {
  const v = await import('valibot');
  const oneOf = (what: string, words: readonly string[]) =>
    v.pipe(
      v.string(`has to be the name of a ${what}, in quotes`),
      v.check(
        word => words.includes(word),
        ({ input }) => `${shown(input)} is no ${what}: ${suggest(input, words)}`,
      ),
    );
  /** A column id behind an optional sign. */
  const column = (sign: RegExp, others: readonly string[]) =>
    v.pipe(
      v.string('has to hold column ids, in quotes'),
      v.check(
        word => others.includes(word) || known.columns.includes(word.replace(sign, '')),
        ({ input }) => `${shown(input)} is no column: ${suggest(input.replace(sign, ''), known.columns)}`,
      ),
    );
  const range = 'has to be a number of seconds from 0.1 to 3600';
  const list = 'has to be a list of column ids: ["pid", "command"]';
  const order = 'has to be a column id or a list of them: "-cpu_percent"';
  const shape = v.strictObject(
    {
      interval: v.optional(v.pipe(v.number(range), v.minValue(0.1, range), v.maxValue(3600, range))),
      columns: v.optional(v.pipe(v.array(column(/^[+-]/, ['all']), list), v.minLength(1, list))),
      sort: v.optional(
        v.pipe(
          v.union([v.string(), v.array(v.string())], order),
          v.transform(words => (typeof words === 'string' ? words.split(',').map(word => word.trim()) : words)),
          v.array(column(/^-/, [])),
          v.minLength(1, order),
        ),
      ),
      theme: v.optional(oneOf('theme', known.themes)),
      keys: v.optional(oneOf('key map', known.keyMaps)),
    },
    issue => `is no setting: ${suggest(keyOf(issue), KEYS)}`,
  );
  return { v, shape };
}

function errorOf(text: string, issue: Issue, says: string): ConfigError {
  const key = keyOf(issue);
  const isSetting = KEYS.some(name => name === key);
  const line = lineOf(text, key, isSetting ? issue.input : undefined);
  return { line, key, message: `${isSetting ? key : shown(key)} ${says}` };
}

/** TOML text as a table, or where it is none. */
async function parseToml(text: string): Promise<{ readonly table: unknown } | { readonly error: ConfigError }> {
  const { parse, TomlError } = await import('smol-toml');
  try {
    return { table: parse(text.replace(/^\ufeff/, '')) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [said = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
    const message = `this is no TOML: ${said}: write it as name = value`;
    return { error: { line: error.line, key: null, message } };
  }
}

/** @returns the settings, or the first thing that is wrong with its line and key. */
export async function parseConfig(text: string, known: Known): Promise<ConfigResult> {
  const toml = await parseToml(text);
  if ('error' in toml) return { ok: false, error: toml.error };
  const { v, shape } = await schema(known);
  const result = v.safeParse(shape, toml.table);
  if (result.success) {
    const given = Object.entries(result.output).filter(([, value]) => value !== undefined);
    return { ok: true, settings: Object.fromEntries(given) };
  }
  const errors = result.issues.map(issue => errorOf(text, issue, issue.message));
  const [first] = errors.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  if (first === undefined) throw new Error('refused without an issue');
  return { ok: false, error: first };
}
