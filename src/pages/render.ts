/** A page as lines of the screen, or as plain text: the same lines without their tones. */
import type { Line, Span, Tone } from '../view/cells.ts';
import { wrap } from '../view/pages.ts';
import { fit, harmless, textWidth } from '../units/text.ts';
import { escaped } from './escaped.ts';
import type { FactsSection, Item, Page, Section, TableSection } from './document.ts';

const BLANK: Line = { spans: [] };
const LEFT = 2;
/** Names of facts take at least so many cells, so that the values of a page's sections stand in one column. */
const LEAST_LABEL = 16;
const MOST_LABEL = 26;
/** The last column of a table has at least so many cells. */
const LEAST_LAST = 16;
const NARROW_INDENT = 4;
/** Text that is wider is cut where it is not the last of its line. */
const MOST_COLUMN = 40;

/** What cannot be seen is written out, so that a name is not taken for another. */
const visible = (text: string): string => harmless(escaped(text));

const toneOf = ({ tone }: Item): Tone => tone ?? 'normal';

function factLines({ facts }: FactsSection, columns: number): Line[] {
  const widest = Math.max(LEAST_LABEL, ...facts.map(({ label }) => textWidth(label)));
  const indent = LEFT + Math.min(widest, MOST_LABEL) + 2;
  return facts.flatMap((fact): Line[] => {
    const parts = wrap(visible(fact.text), Math.max(16, columns - indent - 1));
    return parts.map((text, index) => ({
      spans: [
        ...(index === 0 ? [{ x: LEFT, text: fit(fact.label, MOST_LABEL), tone: 'strong' as const }] : []),
        { x: indent, text, tone: toneOf(fact) },
      ],
    }));
  });
}

interface Layout {
  readonly x: readonly number[];
  readonly width: readonly number[];
  /** Where the last column begins, and whether on a line of its own. */
  readonly lastX: number;
  readonly below: boolean;
}

const heights = (texts: readonly string[][], last: number, width: number): number =>
  texts.reduce((lines, row) => lines + wrap(row[last]!, Math.max(LEAST_LAST, width)).length, 0);

function layoutOf({ columns: heads }: TableSection, texts: readonly string[][], columns: number): Layout {
  const last = heads.length - 1;
  const width = heads.map((head, index) => {
    let most = textWidth(head.title);
    for (const row of texts) most = Math.max(most, textWidth(row[index]!));
    return index === last ? most : Math.min(most, head.most ?? MOST_COLUMN);
  });
  const x: number[] = [];
  let at = LEFT;
  for (const cells of width) {
    x.push(at);
    at += cells + 2;
  }
  const lastX = x[last]!;
  const room = columns - lastX - 1;
  const fits = room >= width[last]!;
  // on lines of its own where that makes the page shorter
  const below =
    !fits &&
    (room < LEAST_LAST ||
      heights(texts, last, room) > texts.length + heights(texts, last, columns - NARROW_INDENT - 1));
  return { x, width, lastX: below ? NARROW_INDENT : lastX, below };
}

function cell(text: string, x: number, width: number, right: boolean, tone: Tone): Span {
  const cut = fit(text, width);
  return { x: right ? x + width - textWidth(cut) : x, text: cut, tone };
}

function tableLines(section: TableSection, columns: number): Line[] {
  const { columns: heads, rows, empty } = section;
  if (rows.length === 0) return empty === undefined ? [] : [{ spans: [{ x: LEFT, text: empty, tone: 'dim' }] }];
  const texts = rows.map(row => row.map(({ text }) => visible(text)));
  const { x, width, lastX, below } = layoutOf(section, texts, columns);
  const last = heads.length - 1;
  const head: Line = {
    spans: heads
      .filter((_, index) => !(below && index === last))
      .map((column, index) => cell(column.title, x[index]!, width[index]!, column.align === 'right', 'header')),
    fill: 'header',
  };
  const lines: Line[] = [head];
  rows.forEach((row, at) => {
    const cells = texts[at]!;
    const spans = cells
      .slice(0, last)
      .map((text, index) => cell(text, x[index]!, width[index]!, heads[index]!.align === 'right', toneOf(row[index]!)));
    const own = toneOf(row[last]!);
    // on lines of its own it is not to be taken for a row
    const tone = below && own === 'normal' ? 'dim' : own;
    // a number that is last stands under its title, whatever room there is
    if (heads[last]!.align === 'right' && !below) {
      lines.push({ spans: [...spans, cell(cells[last]!, lastX, width[last]!, true, tone)] });
      return;
    }
    const parts = wrap(cells[last]!, Math.max(LEAST_LAST, columns - lastX - 1)).map((text): Line['spans'] => [
      { x: lastX, text, tone },
    ]);
    if (below) lines.push({ spans }, ...(cells[last] === '' ? [] : parts.map(part => ({ spans: part }))));
    else parts.forEach((part, index) => lines.push({ spans: index === 0 ? [...spans, ...part] : part }));
  });
  return lines;
}

function sectionLines(section: Section, columns: number): Line[] {
  if (section.kind === 'note')
    return wrap(visible(section.text), Math.max(16, columns - LEFT - 1)).map(text => ({
      spans: [{ x: LEFT, text, tone: section.tone ?? 'dim' }],
    }));
  const title: Line[] =
    section.title === undefined ? [] : [{ spans: [{ x: 1, text: section.title, tone: 'title' as const }] }];
  return [...title, ...(section.kind === 'facts' ? factLines(section, columns) : tableLines(section, columns))];
}

/** @param columns cells of the screen; Infinity: nothing is wrapped. */
export function pageLines({ sections }: Page, columns: number): Line[] {
  const lines: Line[] = [];
  sections.forEach((section, index) => {
    const own = sectionLines(section, columns);
    // notes belong to what they follow, and a section without a title goes on with the one before
    const apart = index > 0 && own.length > 0 && lines.length > 0 && section.kind !== 'note';
    lines.push(...(apart ? [BLANK] : []), ...own);
  });
  return lines;
}

/** A line as plain text, without blanks at its end. */
export function lineText({ spans }: Line): string {
  let text = '';
  let width = 0;
  for (const span of spans) {
    const clean = harmless(span.text);
    const gap = Math.max(0, span.x - width);
    text += ' '.repeat(gap) + clean;
    width += gap + textWidth(clean);
  }
  return text.trimEnd();
}

export const pageText = (page: Page, columns: number): string =>
  pageLines(page, columns)
    .map(line => lineText(line) + '\n')
    .join('');
