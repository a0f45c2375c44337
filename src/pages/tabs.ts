/** The line of tabs over a page, and where on the page one is. */
import { keyLabel } from '../keys/keys.ts';
import type { Line, Span } from '../view/cells.ts';

interface Tab {
  readonly id: string;
  readonly title: string;
  readonly keys: readonly string[];
}

const MORE = 2;
/** Below so many columns each group has about as many tabs, with room beside them, rather than as many as fit. */
const ROOMY = 100;

const cellsOf = (labels: readonly string[]): number => labels.reduce((sum, label) => sum + label.length, 0);

/** Tabs of a group: so many that every group fits. */
function groupSize(labels: readonly string[], columns: number): number {
  const room = columns - 2 * MORE - 1;
  const groups = (size: number): string[][] =>
    Array.from({ length: Math.ceil(labels.length / size) }, (_, at) => labels.slice(at * size, (at + 1) * size));
  let most = labels.length;
  while (most > 1 && groups(most).some(group => cellsOf(group) > room)) most--;
  return columns < ROOMY ? Math.ceil(labels.length / groups(most).length) : most;
}

/**
 * Tabs with their keys; on a narrow screen a group of them, with `‹` and `›` for more. Within a group nothing moves but
 * the mark of the current one.
 */
export function tabs(pages: readonly Tab[], current: string, columns: number): Line {
  const labels = pages.map(({ id, title, keys }) => {
    const key = keyLabel(keys[0]!);
    return id === current ? `[${key} ${title.toUpperCase()}]` : ` ${key} ${title} `;
  });
  const at = Math.max(
    0,
    pages.findIndex(({ id }) => id === current),
  );
  const size = groupSize(labels, columns);
  const first = at - (at % size);
  const end = Math.min(labels.length, first + size);
  let x = 1 + (first > 0 ? MORE : 0);
  const spans: Span[] = first > 0 ? [{ x: 1, text: '‹', tone: 'header' }] : [];
  for (let index = first; index < end; index++) {
    const text = labels[index]!;
    spans.push({ x, text, tone: index === at ? 'key' : 'header' });
    x += text.length;
  }
  if (end < labels.length) spans.push({ x, text: '›', tone: 'header' });
  return { spans, fill: 'header' };
}

/** `1-18 of 64`; empty when all is on the screen. */
export function positionText(scroll: number, rows: number, length: number): string {
  return length <= rows || rows < 1 ? '' : `${scroll + 1}-${Math.min(length, scroll + rows)} of ${length}`;
}
