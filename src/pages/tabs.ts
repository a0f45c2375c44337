/** The line of tabs over a page, and where on the page one is. */
import { keyLabel } from '../keys/keys.ts';
import type { Line, Span } from '../view/cells.ts';

interface Tab {
  readonly id: string;
  readonly title: string;
  readonly keys: readonly string[];
}

const MORE = 2;

/** Tabs with their keys; on a narrow screen those around the current one, with `‹` and `›` for more. */
export function tabs(pages: readonly Tab[], current: string, columns: number): Line {
  const labels = pages.map(({ id, title, keys }) => {
    const key = keyLabel(keys[0]!);
    return id === current ? `[${key} ${title.toUpperCase()}]` : ` ${key} ${title} `;
  });
  const at = Math.max(
    0,
    pages.findIndex(({ id }) => id === current),
  );
  let first = at;
  let last = at;
  let width = labels[at]!.length;
  const room = columns - 2 * MORE - 1;
  // as many as fit: those behind first, as in reading
  for (;;) {
    if (last + 1 < labels.length && width + labels[last + 1]!.length <= room) width += labels[++last]!.length;
    else if (first > 0 && width + labels[first - 1]!.length <= room) width += labels[--first]!.length;
    else break;
  }
  let x = 1 + (first > 0 ? MORE : 0);
  const spans: Span[] = first > 0 ? [{ x: 1, text: '‹', tone: 'header' }] : [];
  for (let index = first; index <= last; index++) {
    const text = labels[index]!;
    spans.push({ x, text, tone: index === at ? 'key' : 'header' });
    x += text.length;
  }
  if (last + 1 < labels.length) spans.push({ x, text: '›', tone: 'header' });
  return { spans, fill: 'header' };
}

/** `1-18 of 64`; empty when all is on the screen. */
export function positionText(scroll: number, rows: number, length: number): string {
  return length <= rows || rows < 1 ? '' : `${scroll + 1}-${Math.min(length, scroll + rows)} of ${length}`;
}
