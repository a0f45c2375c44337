/** Markdown out of values, for the pages of docs/ that are made out of tables of the program. */

/** Several keys or ids, each as code. */
export const codes = (words: readonly string[]): string => words.map(word => `\`${word}\``).join(' ');

/** Words that Markdown would take for marks (`__GFP_NOWARN`, `set*id()`) become code; code stays what it is. */
export const prose = (text: string): string =>
  text
    .replace(/`[^`]*`|[\w*\\<>/-]*[_*\\<>][\w*\\<>/-]*(?:\(\))?/g, word =>
      word.startsWith('`') ? word : `\`${word}\``,
    )
    .replaceAll('|', '\\|');

/** A table; cells are Markdown already. */
export const table = (titles: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  [titles, titles.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`);
