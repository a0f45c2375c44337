/**
 * Where things stand in a TOML text (https://toml.io/en/v1.0.0): smol-toml gives the values, this gives their places.
 * Meant for text that smol-toml has accepted; with any other it ends, too, and throws nothing.
 */

/** Keys and, in lists, numbers from 0 on. */
export type Path = readonly (string | number)[];

/** A value and what is in it; offsets into the text, `end` behind the last character. */
export interface Place {
  readonly start: number;
  readonly end: number;
  /** Of a list. */
  readonly items?: readonly Place[];
  /** Of a table in braces. */
  readonly entries?: readonly { readonly keys: readonly string[]; readonly value: Place }[];
}

/** `key = value` on a line of its own. */
export interface Pair {
  readonly path: Path;
  /** The part of the path that the header above says. */
  readonly section: Path;
  readonly start: number;
  readonly value: Place;
}

/** `[table]`, or `[[table]]`, whose path ends with its number. */
export interface Header {
  readonly path: Path;
  readonly start: number;
}

export interface Outline {
  readonly pairs: readonly Pair[];
  readonly headers: readonly Header[];
}

const BLANK = /[ \t]*/y;
const BARE_KEY = /[A-Za-z0-9_-]+/y;
/** Up to its end: strings of one line, of several lines, and everything else. */
const STRINGS: readonly (readonly [opening: string, whole: RegExp])[] = [
  ['"""', /"""(?:[^"\\]|\\[^]|"(?!""))*"{3,5}/y],
  ["'''", /'''(?:[^']|'(?!''))*'{3,5}/y],
  ['"', /"(?:[^"\\\n]|\\.)*"/y],
  ["'", /'[^'\n]*'/y],
];
const BARE_VALUE = /[^,\]}#\r\n]*[^,\]}#\s]/y;
const COMMENT = /#[^\n]*/y;
const BETWEEN = /(?:[\s,]|#[^\n]*)*/y;
/** Brackets within brackets: nobody writes more, and the stack has an end. */
const DEEPEST = 500;

class Scanner {
  readonly text: string;
  at: number;
  #depth = 0;

  constructor(text: string) {
    this.text = text;
    this.at = text.startsWith('\ufeff') ? 1 : 0;
  }

  get next(): string {
    return this.text[this.at] ?? '';
  }

  /** Goes on behind what stands here, if it does. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  takeLine(): void {
    const end = this.text.indexOf('\n', this.at);
    this.at = end < 0 ? this.text.length : end + 1;
  }

  /** `a."b c".d` */
  keys(): string[] {
    const keys: string[] = [];
    for (;;) {
      this.take(BLANK);
      const quoted = /["']/.test(this.next) ? this.string() : undefined;
      const key = quoted === undefined ? this.take(BARE_KEY) : unquoted(quoted);
      if (key === undefined) return keys;
      keys.push(key);
      this.take(BLANK);
      if (this.next !== '.') return keys;
      this.at++;
    }
  }

  string(): string | undefined {
    for (const [opening, whole] of STRINGS) {
      if (this.text.startsWith(opening, this.at)) return this.take(whole);
    }
    return undefined;
  }

  value(): Place {
    const start = this.at;
    if (this.next === '[' && this.#depth < DEEPEST) {
      const items = this.#inBrackets(']', () => this.value());
      return { start, end: this.at, items };
    }
    if (this.next === '{' && this.#depth < DEEPEST) {
      const entries = this.#inBrackets('}', () => this.#entry());
      return { start, end: this.at, entries };
    }
    if (this.string() === undefined) this.take(BARE_VALUE);
    return { start, end: this.at };
  }

  #entry(): { keys: string[]; value: Place } {
    const keys = this.keys();
    if (this.next === '=') this.at++;
    this.take(BLANK);
    return { keys, value: this.value() };
  }

  #inBrackets<T>(closing: string, read: () => T): T[] {
    this.at++;
    this.#depth++;
    const list: T[] = [];
    for (;;) {
      this.take(BETWEEN);
      const before = this.at;
      if (this.next === '' || this.next === closing) break;
      list.push(read());
      if (this.at === before) this.at++; // no TOML
    }
    this.#depth--;
    if (this.next !== '') this.at++;
    return list;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', e: '\x1b', '"': '"', '\\': '\\' },
};

/** What a string of one line says. */
export function unquoted(literal: string): string {
  const inside = literal.slice(1, -1);
  if (literal.startsWith("'")) return inside;
  return inside.replace(/\\(?:u([\da-f]{4})|U([\da-f]{8})|x([\da-f]{2})|(.))/gi, (_, u, U, x, letter) => {
    const code = Number.parseInt(String(u ?? U ?? x), 16);
    if (letter !== undefined) return ESCAPES[String(letter)] ?? String(letter);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });
}

/** The tables that `[[…]]` has begun, counted. */
class Lists {
  readonly #counts = new Map<string, number>();

  /** The path of keys in a header: behind a list stands the number of its last table. */
  path(keys: readonly string[], isNew: boolean): Path {
    const path: (string | number)[] = [];
    keys.forEach((key, index) => {
      path.push(key);
      const id = JSON.stringify(path);
      const begins = isNew && index === keys.length - 1;
      const count = (this.#counts.get(id) ?? 0) + (begins ? 1 : 0);
      if (begins) this.#counts.set(id, count);
      if (count > 0) path.push(count - 1);
    });
    return path;
  }
}

export function outline(text: string): Outline {
  const scanner = new Scanner(text);
  const lists = new Lists();
  const pairs: Pair[] = [];
  const headers: Header[] = [];
  let section: Path = [];
  while (scanner.at < text.length) {
    const start = scanner.at;
    scanner.take(BLANK);
    if (scanner.next === '[') {
      const isNew = text.startsWith('[[', scanner.at);
      scanner.at += isNew ? 2 : 1;
      section = lists.path(scanner.keys(), isNew);
      headers.push({ path: section, start });
    } else if (!/[#\r\n]/.test(scanner.next)) {
      const keys = scanner.keys();
      if (keys.length > 0 && scanner.next === '=') {
        scanner.at++;
        scanner.take(BLANK);
        pairs.push({ path: [...section, ...keys], section, start, value: scanner.value() });
      }
    }
    scanner.take(BLANK);
    scanner.take(COMMENT);
    scanner.takeLine();
  }
  return { pairs, headers };
}

export const startsWith = (path: Path, prefix: Path): boolean => prefix.every((key, index) => path[index] === key);

/** The place within a value that a path leads to, as far as it can be followed. */
function within(place: Place, path: Path): Place {
  const [first, ...rest] = path;
  if (typeof first === 'number') {
    const item = place.items?.[first];
    return item ? within(item, rest) : place;
  }
  const entry = place.entries?.find(({ keys }) => startsWith(path, keys));
  return entry ? within(entry.value, path.slice(entry.keys.length)) : place;
}

/** The offset at which a path is said, or what leads to it; undefined: nothing of it. */
function offsetOf({ pairs, headers }: Outline, path: Path): number | undefined {
  const pair = pairs.find(entry => startsWith(path, entry.path));
  if (pair) {
    const place = within(pair.value, path.slice(pair.path.length));
    return place === pair.value ? pair.start : place.start;
  }
  for (let length = path.length; length > 0; length--) {
    const part = path.slice(0, length);
    // a table that is only said by what is in it: [a.b], a.b = 1
    const said = [...headers, ...pairs].filter(entry => startsWith(entry.path, part));
    if (said.length > 0) return Math.min(...said.map(({ start }) => start));
  }
  return undefined;
}

/** The number of a line, counted from 1, by an offset. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** The line that a path stands on, counted from 1; null where nothing leads to it. */
export function lineOf(text: string, said: Outline, path: Path): number | null {
  const offset = offsetOf(said, path);
  return offset === undefined ? null : lineAt(text, offset);
}
