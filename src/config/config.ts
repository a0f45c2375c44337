/** The configuration file: TOML text in, settings or a sentence about what is wrong out. */
import { nearest } from '../units/nearest.ts';

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

export type ConfigResult =
  { readonly ok: true; readonly settings: Settings } | { readonly ok: false; readonly error: ConfigError };

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

/** The line on which a top-level key is set. */
function lineOf(text: string, key: string): number | null {
  const escaped = key.replace(/[^\w-]/g, '\\$&');
  const index = text
    .split('\n')
    .findIndex(line => new RegExp(`^\\s*\\[?\\s*["']?${escaped}["']?\\s*[=.\\]]`).test(line));
  return index < 0 ? null : index + 1;
}

const KEYS = ['interval', 'columns', 'sort', 'theme', 'keys'];

const suggest = (word: string, known: readonly string[]): string => {
  const near = nearest(word, known);
  return near
    ? `did you mean '${near}'?`
    : `it is one of ${known.slice(0, 8).join(', ')}${known.length > 8 ? ', …' : ''}`;
};

/** The top-level key that an issue is about. */
function keyOf(issue: { readonly path?: readonly { readonly key: unknown }[] | undefined }): string {
  const key = issue.path?.[0]?.key;
  return typeof key === 'string' ? key : '';
}

async function schema(known: Known) {
  const v = await import('valibot');
  const oneOf = (what: string, words: readonly string[]) =>
    v.pipe(
      v.string(`has to be the name of a ${what}, in quotes`),
      v.check(
        word => words.includes(word),
        issue => `'${issue.input}' is no ${what}: ${suggest(issue.input, words)}`,
      ),
    );
  const column = v.pipe(
    v.string('has to be a column id, in quotes'),
    v.check(
      word => word === 'all' || known.columns.includes(word.replace(/^[+-]/, '')),
      issue => `'${issue.input}' is no column: ${suggest(issue.input.replace(/^[+-]/, ''), known.columns)}`,
    ),
  );
  const range = 'has to be a number of seconds from 0.1 to 3600';
  const shape = v.strictObject(
    {
      interval: v.optional(v.pipe(v.number(range), v.minValue(0.1, range), v.maxValue(3600, range))),
      columns: v.optional(v.array(column, 'has to be a list of column ids: ["pid", "command"]')),
      sort: v.optional(
        v.union(
          [
            v.array(column),
            v.pipe(
              column,
              v.transform(word => [word]),
            ),
          ],
          issue => {
            const word = typeof issue.input === 'string' ? issue.input : '';
            return word === ''
              ? 'has to be a column id or a list of them: "-cpu_percent"'
              : `'${word}' is no column: ${suggest(word.replace(/^[+-]/, ''), known.columns)}`;
          },
        ),
      ),
      theme: v.optional(oneOf('theme', known.themes)),
      keys: v.optional(oneOf('key map', known.keyMaps)),
    },
    issue => `is no setting: ${suggest(keyOf(issue), KEYS)}`,
  );
  return { v, shape };
}

/** @returns the settings, or the first thing that is wrong with its line and key. */
export async function parseConfig(text: string, known: Known): Promise<ConfigResult> {
  const { parse, TomlError } = await import('smol-toml');
  let raw: unknown;
  try {
    raw = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [said = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
    return {
      ok: false,
      error: { line: error.line, key: null, message: `this is no TOML: ${said}; write it as name = value` },
    };
  }
  const { v, shape } = await schema(known);
  const result = v.safeParse(shape, raw);
  if (result.success) {
    const given = Object.entries(result.output).filter(([, value]) => value !== undefined);
    return { ok: true, settings: Object.fromEntries(given) };
  }
  const [issue] = result.issues;
  const key = keyOf(issue);
  return { ok: false, error: { line: lineOf(text, key), key, message: `${key} ${issue.message}` } };
}
