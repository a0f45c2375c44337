/** Lines for a terminal: aligned columns, the last one wrapped. */
import { harmless, textWidth } from '../units/text.ts';

const WIDTH = 120;
/** No column but the last is wider, however long a value is. */
const WIDEST = 40;

/** `head` followed by the words, wrapped at 120 cells and continued below the first word. A long word is never broken. */
export function wrapped(head: string, words: string): string[] {
  const first = harmless(head);
  const indent = ' '.repeat(textWidth(first));
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of harmless(words).split(' ')) {
    if (!isEmpty && textWidth(line) + 1 + textWidth(word) > WIDTH) {
      lines.push(line.trimEnd());
      line = indent;
      isEmpty = true;
    }
    line += isEmpty ? word : ' ' + word;
    isEmpty = false;
  }
  return [...lines, line.trimEnd()];
}

/** Rows with equally wide columns, indented by two; the last column of each is wrapped. */
export function columns(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const clean = rows.map(row => row.map(harmless));
  const widths: number[] = [];
  for (const row of clean)
    row.slice(0, -1).forEach((cell, n) => {
      if (textWidth(cell) <= WIDEST) widths[n] = Math.max(widths[n] ?? 0, textWidth(cell));
    });
  const start = 2 + widths.reduce((sum, width) => sum + width + 2, 0);
  return clean.flatMap(row => {
    const cells = row.slice(0, -1).map((cell, n) => {
      const blanks = ' '.repeat(Math.max(0, (widths[n] ?? 0) - textWidth(cell)));
      return right.includes(n) ? blanks + cell : cell + blanks;
    });
    const before = '  ' + cells.map(cell => cell + '  ').join('');
    const last = row.at(-1) ?? '';
    if (textWidth(before) <= start) return wrapped(before, last);
    // too long for its column: the words go below
    return [before.trimEnd(), ...(last === '' ? [] : wrapped(' '.repeat(start), last))];
  });
}
