/** The bottom line: the keys of the mode, or the question being asked. */
import { keyHelp, type KeyMap, type Mode } from '../keys/keys.ts';
import { fit, harmless, textWidth } from '../units/text.ts';
import type { Line, Span } from './cells.ts';

/** `F1 Help  Enter Open …`, as many as fit. */
export function keyBar(mode: Mode, map: KeyMap, columns: number): Line {
  const spans: Span[] = [];
  let x = 1;
  for (const { keys, bar } of keyHelp(mode, map)) {
    if (bar === undefined) continue;
    const key = keys.split(' ')[0]!;
    const cells = textWidth(key) + 1 + bar.length;
    if (x + cells >= columns) break;
    spans.push({ x, text: key, tone: 'key' }, { x: x + textWidth(key) + 1, text: bar, tone: 'bar' });
    x += cells + 2;
  }
  return { spans, fill: 'bar' };
}

/** A question with what was typed so far, the cursor in it, and what is wrong with it. */
export function promptBar(
  question: string,
  { text, at }: { readonly text: string; readonly at: number },
  problem: string | undefined,
  columns: number,
): Line {
  const start = question.length + 2;
  const wrong = problem === undefined ? '' : `  ${problem}`;
  const room = Math.max(8, columns - start - textWidth(wrong) - 2);
  // a long line is shown up to its cursor
  const [before, after] = [harmless(text.slice(0, at)), harmless(text.slice(at))];
  const left = textWidth(before) < room ? before : `…${tail(before, room - 2)}`;
  const under = Array.from(after)[0] ?? ' ';
  const x = start + textWidth(left);
  const rest = fit(after.slice(under === ' ' && after === '' ? 0 : under.length), Math.max(0, start + room - x - 1));
  const spans: Span[] = [
    { x: 1, text: question, tone: 'bar' },
    { x: start, text: left, tone: 'key' },
    { x, text: under, tone: 'selected' },
    { x: x + textWidth(under), text: rest, tone: 'key' },
    { x: x + textWidth(under) + textWidth(rest), text: wrong, tone: 'bar' },
  ];
  return { spans: spans.filter(span => span.text !== ''), fill: 'bar' };
}

/** The end of a text, at most so many cells of it. */
function tail(text: string, width: number): string {
  let out = '';
  for (const character of Array.from(text).reverse()) {
    if (textWidth(character + out) > width) break;
    out = character + out;
  }
  return out;
}
