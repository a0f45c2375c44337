/** The configuration file: TOML text in, settings or sentences about what is wrong out. docs/configuration.md describes it. */
import type { Bound } from '../keys/keys.ts';
import { readBindings } from './bindings.ts';
import type { Look } from './looks.ts';
import { lineAt, lineOf, type Outline, outline, type Path } from './outline.ts';
import type { Known } from './known.ts';
import { shown } from './words.ts';

export type { Known };

export interface OwnColumns {
  readonly columns: readonly string[];
  readonly sort?: readonly string[];
}

export interface OwnTheme {
  /** The theme whose looks it has where it says nothing. */
  readonly base?: string;
  /** By tone. */
  readonly looks: Readonly<Record<string, Look>>;
}

export interface Settings {
  /** Seconds between samples. */
  readonly interval?: number;
  /** Column ids; `+id` and `-id` change the default set. */
  readonly columns?: readonly string[];
  /** Sort keys; `-id` is descending. */
  readonly sort?: readonly string[];
  readonly theme?: string;
  readonly keys?: string;
  /** Of the header. */
  readonly layout?: string;
  /** A bar for every CPU. */
  readonly per_cpu?: boolean;
  readonly threads?: boolean;
  readonly kernel_threads?: 'show' | 'hide' | 'only';
  readonly tree?: boolean;
  readonly hide_idle?: boolean;
  readonly zeros_blank?: boolean;
  readonly mouse?: boolean;
  readonly ascii?: boolean;
  /** Cells, by column id. */
  readonly widths?: Readonly<Record<string, number>>;
  /** Expressions by name. */
  readonly filters?: Readonly<Record<string, string>>;
  /** The filter is an expression, `@name` is replaced. */
  readonly highlight?: readonly { readonly filter: string; readonly tone: string }[];
  /** Rules for findings, as they stand in the file; they have been checked. */
  readonly finding?: readonly Readonly<Record<string, unknown>>[];
  /** In the order of the file. */
  readonly sets?: readonly (OwnColumns & { readonly name: string })[];
  readonly bound?: readonly Bound[];
  readonly themes?: Readonly<Record<string, OwnTheme>>;
}

export interface ConfigError {
  /** Counted from 1. */
  readonly line: number | null;
  /** The names that lead to it, with dots between them. */
  readonly key: string | null;
  /** What is wrong and what to do. */
  readonly message: string;
}

/** `absent`: there is no file, which means the defaults. */
export type ConfigResult =
  | {
      readonly ok: true;
      readonly settings: Settings;
      readonly absent?: true;
      /** What was read. */ readonly text?: string;
    }
  /** The first error, and how many more there are. */
  | { readonly ok: false; readonly error: ConfigError; readonly more: number };

/** `$XDG_CONFIG_HOME/taskscope/config.toml`, else below `~/.config`. */
export function configPath(env: Readonly<Record<string, string | undefined>>): string {
  // the XDG rules say that a path that is not absolute is to be ignored
  const base = env['XDG_CONFIG_HOME']?.startsWith('/') ? env['XDG_CONFIG_HOME'] : `${env['HOME'] ?? ''}/.config`;
  return `${base}/taskscope/config.toml`;
}

type Table = Readonly<Record<string, unknown>>;

/** TOML text as a table, or where it is none. */
export async function parseToml(text: string): Promise<{ readonly table: Table } | { readonly error: ConfigError }> {
  const { parse, TomlError } = await import('smol-toml');
  try {
    return { table: parse(text.replace(/^\ufeff/, '')) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [said = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
    return { error: saidTwice(text, error.line) ?? { line: error.line, key: null, message: noToml(said) } };
  }
}

/** What smol-toml said, as a sentence. */
const noToml = (said: string): string => `this is no TOML: ${said}: write it as name = value`;

/** Both lines of a name that is given twice, if that is what is wrong with a line. */
function saidTwice(text: string, line: number): ConfigError | undefined {
  const { pairs, headers } = outline(text);
  const places = [...pairs, ...headers];
  const second = places.find(({ start }) => lineAt(text, start) === line);
  const first = second && places.find(({ path }) => path.join('\0') === second.path.join('\0'));
  if (!second || !first || first === second) return undefined;
  const message = `${shownName(second.path)} is said twice: line ${lineAt(text, first.start)} says it, too`;
  return { line, key: nameOf(second.path), message };
}

/** `sets.io.columns`: the names of a path. */
const nameOf = (path: Path): string => path.filter(key => typeof key === 'string').join('.');

/** The same for a message: names that are no settings may hold anything. */
function shownName(path: Path): string {
  const name = nameOf(path);
  return /^[\w.-]{1,60}$/.test(name) ? name : shown(name);
}

interface Issue {
  readonly path: Path;
  readonly says: string;
  /** Where the same is said, too. */
  readonly other?: Path;
}

function errorOf(text: string, said: Outline, { path, says, other }: Issue): ConfigError {
  const also = other ? lineOf(text, said, other) : null;
  return {
    line: lineOf(text, said, path),
    key: nameOf(path),
    message: `${shownName(path)} ${says}${also === null ? '' : `: line ${also} does it, too`}`,
  };
}

/** A name that every JavaScript object has is lost on the way: no setting bears one. */
function lostName(table: object, above: Path = []): Path | undefined {
  for (const [key, value] of Object.entries(table)) {
    const path = [...above, key];
    if (!Array.isArray(table) && key in {}) return path;
    const below = typeof value === 'object' && value !== null ? lostName(value as object, path) : undefined;
    if (below) return below;
  }
  return undefined;
}

/** Settings out of what has been checked. */
function settingsOf(table: Table, bound: readonly Bound[], inOrder: (names: readonly string[]) => string[]): Settings {
  const { bind, sets, themes, ...plain } = table as Table & {
    readonly sets?: Readonly<Record<string, OwnColumns>>;
    readonly themes?: Readonly<Record<string, { readonly base?: string } & Readonly<Record<string, Look>>>>;
  };
  const own =
    themes &&
    Object.entries(themes).map(([name, { base, ...looks }]) => [
      name,
      { ...(base === undefined ? {} : { base }), looks },
    ]);
  return {
    ...Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined)),
    ...(sets ? { sets: inOrder(Object.keys(sets)).map(name => ({ name, ...sets[name]! })) } : {}),
    ...(bind === undefined ? {} : { bound }),
    ...(own ? { themes: Object.fromEntries(own) as Readonly<Record<string, OwnTheme>> } : {}),
  };
}

/** @returns the settings, or the first thing that is wrong with its line and key. */
export async function parseConfig(text: string, known: Known): Promise<ConfigResult> {
  const toml = await parseToml(text);
  if ('error' in toml) return { ok: false, error: toml.error, more: 0 };
  const { table } = toml;
  const { schemaOf, v } = await import('./schema.ts');
  const said = outline(text);
  const lost = lostName(table);
  const result = v.safeParse(schemaOf(known, table), table);
  const issues: Issue[] = lost ? [{ path: lost, says: 'is no setting: take another name' }] : [];
  for (const { path, message } of result.issues ?? []) {
    issues.push({ path: (path ?? []).map(({ key }) => key as string | number), says: message });
  }
  const bind = table['bind'];
  const { bound, faults } = readBindings(typeof bind === 'object' && bind !== null ? { ...bind } : {});
  issues.push(...faults.map(fault => ({ ...fault })));
  if (issues.length === 0 && result.success) {
    const line = (name: string): number => lineOf(text, said, ['sets', name]) ?? 0;
    const inOrder = (names: readonly string[]): string[] => [...names].sort((a, b) => line(a) - line(b));
    return { ok: true, text, settings: settingsOf(result.output, bound, inOrder) };
  }
  const errors = issues.map(issue => errorOf(text, said, issue)).sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  return { ok: false, error: errors[0]!, more: errors.length - 1 };
}
