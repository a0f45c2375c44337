/** The open pages of a task or of the machine: where they stand, and what is searched on them. */
import { lineText } from '../pages/render.ts';
import type { Line, Span } from '../view/cells.ts';
import type { AppState, OpenPages, World } from './state.ts';

/** The pages that have the keys; a prompt leaves them open. */
export const openPages = (state: AppState): OpenPages | undefined =>
  state.help ?? state.system ?? state.task ?? state.board;

/** Changes the pages that have the keys. */
export function putPages(state: AppState, change: Partial<OpenPages>): AppState {
  if (state.help) return { ...state, help: { ...state.help, ...change } as typeof state.help };
  if (state.system) return { ...state, system: { ...state.system, ...change } as typeof state.system };
  if (state.task) return { ...state, task: { ...state.task, ...change } as typeof state.task };
  if (!state.board) return state;
  // what was found is where the cursor goes
  const row = change.match !== undefined && change.match >= 0 ? { row: change.match, selected: undefined } : {};
  return { ...state, board: { ...state.board, ...change, ...row } as typeof state.board };
}

/** Capitals in the pattern make capitals count, as in vim's smartcase. */
const normaliser = (pattern: string): ((text: string) => string) =>
  /\p{Lu}/u.test(pattern) ? text => text : text => text.toLowerCase();

const matching = (lines: readonly Line[], pattern: string): number[] => {
  const normal = normaliser(pattern);
  return lines.flatMap((line, index) => (normal(lineText(line)).includes(pattern) ? [index] : []));
};

/** Scrolls to the next (1), or the previous (-1) line that has what is searched for; round at the end, as less says it. */
export function jump(state: AppState, { pageLines, pageRows }: World, direction: 1 | -1, from?: number): AppState {
  const pages = openPages(state);
  if (!pages || pages.search === '') return state;
  const found = matching(pageLines, pages.search);
  if (found.length === 0) return { ...state, message: { text: `'${pages.search}' is not on this page`, tone: 'warn' } };
  const here = from ?? (pages.match >= 0 ? pages.match : pages.scroll - 1) + direction;
  const ahead = direction > 0 ? found.find(line => line >= here) : found.findLast(line => line <= here);
  const target = ahead ?? (direction > 0 ? found[0]! : found.at(-1)!);
  const scroll = Math.max(0, Math.min(target, pageLines.length - pageRows));
  return { ...putPages(state, { scroll, match: target }), message: undefined };
}

/** A line with what is searched for marked. */
export function marked(line: Line, pattern: string): Line {
  if (pattern === '') return line;
  const normal = normaliser(pattern);
  if (!normal(lineText(line)).includes(pattern)) return line;
  const spans = line.spans.flatMap((span): Span[] => {
    const text = normal(span.text);
    const at = text.length === span.text.length ? text.indexOf(pattern) : -1;
    if (at < 0) return [span];
    const end = at + pattern.length;
    // cells are only counted where characters are one cell each
    if (!/^[\x20-\x7e]*$/.test(span.text.slice(0, end))) return [{ ...span, tone: 'selected' }];
    return [
      { ...span, text: span.text.slice(0, at) },
      { x: span.x + at, text: span.text.slice(at, end), tone: 'selected' as const },
      { ...span, x: span.x + end, text: span.text.slice(end) },
    ].filter(({ text: part }) => part !== '');
  });
  return { ...line, spans };
}
