/** A filter in its one normal spelling. */
import { isColumnId } from './columns.ts';
import { isBareWord } from './lexer.ts';
import type { Tree } from './syntax.ts';

function inQuotes(text: string): string {
  const mark = text.includes('"') && !text.includes("'") ? "'" : '"';
  return mark + text.replaceAll(mark, mark + mark) + mark;
}

/** A text as one token: bare where that is possible, else in quotes, a quote inside written twice. */
export const quoted = (text: string): string => (isBareWord(text) ? text : inQuotes(text));

function group(part: Tree, ...loose: Tree['kind'][]): string {
  return loose.includes(part.kind) ? `(${print(part)})` : print(part);
}

/** Parsing what is printed gives the same tree. */
export function print(tree: Tree): string {
  switch (tree.kind) {
    case 'or':
      return tree.parts.map(part => group(part, 'or')).join(' or ');
    case 'and':
      return tree.parts.map(part => group(part, 'and', 'or')).join(' and ');
    case 'not':
      return `not ${group(tree.part, 'and', 'or')}`;
    case 'search':
      return isColumnId(tree.text) ? inQuotes(tree.text) : quoted(tree.text);
    case 'presence':
      return `${tree.field.id} is ${tree.known ? 'known' : 'missing'}`;
    case 'comparison': {
      const values = tree.values.map(({ text }) => quoted(text)).join(', ');
      const list = tree.operator === 'in' || tree.operator === 'not in';
      return `${tree.field.id} ${tree.operator} ${list ? `(${values})` : values}`;
    }
  }
}
