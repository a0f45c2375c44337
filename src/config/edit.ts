/**
 * Changes single values of a TOML text and leaves every other byte as it is: comments, blank lines, order, spelling.
 * What comes out is read again and has to say exactly what is wanted; else nothing is changed.
 */
import { isDeepStrictEqual } from 'node:util';
import { parseToml } from './config.ts';
import { outline, type Outline, type Pair, type Path, type Place, startsWith, unquoted } from './outline.ts';

/** What settings are made of. */
export type Value = string | number | boolean | readonly string[];
/** A value, and the keys that lead to it. */
export interface Change {
  readonly path: readonly string[];
  readonly value: Value;
}

/** @returns the changed text; an error is a sentence. */
export async function edited(
  text: string,
  changes: readonly Change[],
): Promise<{ readonly text: string } | { readonly error: string }> {
  const before = await parseToml(text);
  if ('error' in before) return { error: before.error.message };
  const after = changes.reduce(withChange, text);
  const read = await parseToml(after);
  const wanted = changes.reduce(wantedTable, plain(before.table));
  if ('table' in read && isDeepStrictEqual(plain(read.table), wanted)) return { text: after };
  const names = changes.map(({ path }) => path.join('.')).join(', ');
  return { error: `the file is written in a way that cannot be changed piece by piece: change ${names} in it by hand` };
}

// --- What it has to say ----------------------------------------------------------------------------------------------

type Plain = Readonly<Record<string, unknown>>;

/** The same without the prototypes of the parser. */
function plain(value: unknown): Plain;
function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}

function wantedTable(table: unknown, { path, value }: Change): Plain {
  const [key, ...rest] = path;
  const here = typeof table === 'object' && table !== null ? (table as Plain) : {};
  const member = rest.length === 0 ? value : wantedTable(here[key!], { path: rest, value });
  return { ...here, [key!]: member };
}

// --- How it is written -----------------------------------------------------------------------------------------------

const keyText = (key: string): string => (/^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key));
const pathText = (path: Path): string => path.map(key => keyText(String(key))).join('.');
// a string of JSON is one of TOML, but for DEL
const scalarText = (value: string | number | boolean): string => JSON.stringify(value).replaceAll('\x7f', '\\u007f');
const valueText = (value: Value): string =>
  typeof value === 'object' ? `[${value.map(scalarText).join(', ')}]` : scalarText(value);

const splice = (text: string, start: number, end: number, by: string): string =>
  text.slice(0, start) + by + text.slice(end);

const eolOf = (text: string): string => (/\r?\n/.exec(text) ?? ['\n'])[0];

/** Puts lines in before the line that begins at `offset`. */
function insertLines(text: string, offset: number, lines: readonly string[]): string {
  const eol = eolOf(text);
  const torn = offset > 0 && text[offset - 1] !== '\n' && !(offset === 1 && text.startsWith('\ufeff'));
  return splice(text, offset, offset, `${torn ? eol : ''}${lines.map(line => line + eol).join('')}`);
}

/** Where the line behind the one of `offset` begins. */
function nextLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

function withChange(text: string, { path, value }: Change): string {
  const said = outline(text);
  const pair = said.pairs.find(entry => startsWith(path, entry.path));
  if (pair) return withValue(text, pair.value, path.slice(pair.path.length), value);
  const line = (section: Path): string => `${pathText(path.slice(section.length))} = ${valueText(value)}`;
  const above = path.slice(0, -1);
  const neighbour = said.pairs.findLast(entry => belongs(entry, above));
  if (neighbour) return insertLines(text, nextLine(text, neighbour.value.end), [line(neighbour.section)]);
  if (above.length === 0) return insertLines(text, ...asFirst(text, said, line([])));
  const header = said.headers.find(entry => entry.path.length === above.length && startsWith(entry.path, above));
  if (header) return insertLines(text, nextLine(text, header.start), [line(above)]);
  const gap = text.trim() === '' ? [] : [''];
  return insertLines(text, text.length, [...gap, `[${pathText(above)}]`, line(above)]);
}

/** Is the pair one of the table, said in a section that more of it can be said in? */
const belongs = ({ path, section }: Pair, table: Path): boolean =>
  startsWith(path, table) && section.length <= table.length && (table.length > 0 || section.length === 0);

/** The first setting stands before all tables, and before the comment that belongs to the first of them. */
function asFirst(text: string, { headers }: Outline, line: string): [offset: number, lines: readonly string[]] {
  const [first] = headers;
  if (!first) return [text.length, [line]];
  let offset = first.start;
  for (;;) {
    const above = text.lastIndexOf('\n', offset - 2) + 1;
    if (above >= offset || !/^[ \t]*#/.test(text.slice(above, offset))) break;
    offset = above;
  }
  const start = text.startsWith('\ufeff') ? 1 : 0;
  return [Math.max(offset, start), [line, '']];
}

/** Changes a value that is there, or what is in it: a table in braces. */
function withValue(text: string, place: Place, path: readonly string[], value: Value): string {
  if (path.length === 0) return splice(text, place.start, place.end, replaced(text, place, value));
  if (!place.entries) return text; // a value is not made into a table
  const entry = place.entries.find(({ keys }) => startsWith(path, keys));
  if (entry) return withValue(text, entry.value, path.slice(entry.keys.length), value);
  const last = place.entries.at(-1);
  const more = `${pathText(path)} = ${valueText(value)}`;
  return last
    ? splice(text, last.value.end, last.value.end, `, ${more}`)
    : splice(text, place.start, place.end, `{ ${more} }`);
}

/** A list on several lines stays one, with its comments. */
function replaced(text: string, place: Place, value: Value): string {
  const old = text.slice(place.start, place.end);
  return typeof value === 'object' && place.items && old.includes('\n')
    ? longList(text, place, value)
    : valueText(value);
}

interface Item {
  /** As it is written. */
  readonly text: string;
  /** Comments on the lines before it, and behind it. */
  readonly above: readonly string[];
  readonly behind: string;
}

const commentsOf = (text: string): string[] =>
  Array.from(text.matchAll(/#[^\r\n]*/g), ([comment]) => comment.trimEnd());

/** The items that stay keep their comments; those of the others stand at the end. */
function longList(text: string, { start, end, items = [] }: Place, words: readonly string[]): string {
  const eol = eolOf(text);
  const starts = items.map(item => item.start);
  /** What stands between an item and the next; the first is before all items. */
  const gaps = [start + 1, ...items.map(item => item.end)].map((from, index) =>
    text.slice(from, starts[index] ?? end - 1),
  );
  /** Of each gap: what stands on the line of the item before, and on the lines below. */
  const comments = gaps.map(gap => {
    const [line = '', ...below] = gap.split('\n');
    return { behind: commentsOf(line)[0] ?? '', above: commentsOf(below.join('\n')) };
  });
  const former: Item[] = items.map((item, index) => ({
    text: text.slice(item.start, item.end),
    above: comments[index]!.above,
    behind: comments[index + 1]!.behind,
  }));
  const indent = (items.length > 0 ? /\n([ \t]*)$/.exec(gaps[0]!)?.[1] : undefined) ?? '  ';
  const lines: string[] = [];
  for (const word of words) {
    const at = former.findIndex(item => unquoted(item.text) === word);
    const item = at < 0 ? { text: scalarText(word), above: [], behind: '' } : former.splice(at, 1)[0]!;
    lines.push(...item.above, `${item.text},${item.behind === '' ? '' : ` ${item.behind}`}`);
  }
  for (const { above, behind } of former) lines.push(...above, ...(behind === '' ? [] : [behind]));
  lines.push(...comments.at(-1)!.above);
  const opening = comments[0]!.behind;
  const closing = /\n([ \t]*)$/.exec(gaps.at(-1)!)?.[1] ?? '';
  return `[${opening === '' ? '' : ` ${opening}`}${eol}${lines.map(line => indent + line + eol).join('')}${closing}]`;
}
