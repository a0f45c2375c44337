/** A line being typed: what it holds and where the cursor is. Keys as readline(3) has them. */
export interface EditedLine {
  readonly text: string;
  /** Code units before the cursor. */
  readonly at: number;
}

export const EMPTY_LINE: EditedLine = { text: '', at: 0 };
export const lineOf = (text: string): EditedLine => ({ text, at: text.length });

const MOST_TYPED = 1000;

/** Text that comes at once: typed, or pasted. Control characters are left out. */
export function insert({ text, at }: EditedLine, typed: string): EditedLine {
  const clean = typed.replace(/\p{Cc}/gu, '').slice(0, MOST_TYPED - text.length);
  return { text: text.slice(0, at) + clean + text.slice(at), at: at + clean.length };
}

/** Where the word before the cursor begins. */
const wordStart = ({ text, at }: EditedLine): number => at - /\S*\s*$/.exec(text.slice(0, at))![0].length;
/** A character may be two code units. */
const before = ({ text, at }: EditedLine): number => at - (/.$/su.exec(text.slice(0, at))?.[0].length ?? 0);
const after = ({ text, at }: EditedLine): number => at + (/^./su.exec(text.slice(at))?.[0].length ?? 0);
const cut = ({ text }: EditedLine, from: number, to: number): EditedLine => ({
  text: text.slice(0, from) + text.slice(to),
  at: from,
});

const EDITS: Readonly<Record<string, (line: EditedLine) => EditedLine>> = {
  backspace: line => cut(line, before(line), line.at),
  delete: line => cut(line, line.at, after(line)),
  'C-d': line => cut(line, line.at, after(line)),
  'C-u': line => cut(line, 0, line.at),
  'C-k': line => cut(line, line.at, line.text.length),
  'C-w': line => cut(line, wordStart(line), line.at),
  left: line => ({ ...line, at: before(line) }),
  right: line => ({ ...line, at: after(line) }),
  home: line => ({ ...line, at: 0 }),
  'C-a': line => ({ ...line, at: 0 }),
  end: line => lineOf(line.text),
  'C-e': line => lineOf(line.text),
};

/** What a key does to the line; undefined: it is no key of a line. */
export function edit(line: EditedLine, key: string): EditedLine | undefined {
  const change = Object.hasOwn(EDITS, key) ? EDITS[key] : undefined;
  if (change) return change(line);
  if (key === 'space') return insert(line, ' ');
  return Array.from(key).length === 1 ? insert(line, key) : undefined;
}
