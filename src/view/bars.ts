/** The bottom line: the keys of the mode, or the question being asked. */
import { keyHelp, type KeyMap, type Mode } from '../keys/keys.ts';
import { harmless, textWidth } from '../units/text.ts';
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

/** A question with what was typed so far. */
export function promptBar(question: string, typed: string, problem: string | undefined): Line {
  const spans: Span[] = [
    { x: 1, text: question, tone: 'bar' },
    { x: question.length + 2, text: harmless(typed) + '_', tone: 'key' },
  ];
  if (problem !== undefined) spans.push({ x: question.length + typed.length + 6, text: problem, tone: 'bar' });
  return { spans, fill: 'bar' };
}
