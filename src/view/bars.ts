/** The bottom line: the keys of the mode, or the question being asked. */
import { type ActionName, keptInBar, keyHelp, type KeyMap, type Mode } from '../keys/keys.ts';
import { grouped } from '../units/format.ts';
import { fit, harmless, textWidth } from '../units/text.ts';
import type { Line, Span } from './cells.ts';

/** What the names of keys tell beside themselves: how many there are of what they show. */
export type BarCounts = Readonly<Partial<Record<ActionName, number>>>;

/** Below so many columns keys stand closer where that makes room for one more. */
const ROOMY = 100;

interface BarKey {
  readonly key: string;
  readonly name: string;
  readonly cells: number;
  /** Its place among those that come first where not all has room; -1: it is none of them. */
  readonly kept: number;
}

/** The keys of the modes that have a name in the bar; those of a mode that comes before hide the same of the others. */
function barKeys(modes: readonly Mode[], map: KeyMap, counts: BarCounts): BarKey[] {
  const told = new Set<string>();
  const out: BarKey[] = [];
  for (const mode of modes) {
    const kept = keptInBar(mode);
    for (const { action, keys, bar } of keyHelp(mode, map)) {
      const key = keys.split(' ')[0]!;
      if (told.has(key)) continue;
      told.add(key);
      if (bar === undefined) continue;
      const count = counts[action];
      // a 0 would read as one with the key that follows
      const name = count === undefined || count === 0 ? bar : `${bar} ${grouped(count)}`;
      out.push({ key, name, cells: textWidth(key) + 1 + name.length, kept: kept.indexOf(action) });
    }
  }
  return out;
}

/** The keys that have room with so many blanks between them, the more important ones first. */
function fittingKeys(all: readonly BarKey[], columns: number, gap: number): ReadonlySet<BarKey> {
  // a blank at both ends
  let room = columns - 2 + gap;
  const shown = new Set<BarKey>();
  const take = (key: BarKey): boolean => {
    const fits = key.cells + gap <= room;
    if (!fits) return false;
    shown.add(key);
    room -= key.cells + gap;
    return true;
  };
  const kept = all.filter(key => key.kept >= 0).sort((a, b) => a.kept - b.kept);
  const others = all.filter(key => key.kept < 0);
  if (kept.filter(take).length === kept.length) others.every(take);
  return shown;
}

/**
 * `F1 Help  F4 Filter …  S Stuck 3 …`, as many as fit, the more important ones first.
 * @param modes whose keys are heard, those that come first before the others.
 */
export function keyBar(modes: readonly Mode[], map: KeyMap, columns: number, counts: BarCounts = {}): Line {
  const all = barKeys(modes, map, counts);
  const apart = fittingKeys(all, columns, 2);
  const close = fittingKeys(all, columns, 1);
  const isApart = columns >= ROOMY || [...close].every(key => apart.has(key));
  const spans: Span[] = [];
  let x = 1;
  for (const key of all) {
    if (!(isApart ? apart : close).has(key)) continue;
    spans.push({ x, text: key.key, tone: 'key' }, { x: x + textWidth(key.key) + 1, text: key.name, tone: 'bar' });
    x += key.cells + (isApart ? 2 : 1);
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
  const [before, after] = [harmless(text.slice(0, at)), harmless(text.slice(at))];
  // what is wrong leaves room for what is typed, half of the line if need be
  const typed = Math.min(textWidth(before) + textWidth(after) + 2, Math.max(8, (columns - start) >> 1));
  const wrong = problem === undefined ? '' : fit(`  ${harmless(problem)}`, Math.max(0, columns - start - typed - 2));
  const room = Math.max(8, columns - start - textWidth(wrong) - 2);
  // a long line is shown up to its cursor
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

/** What could be typed at the cursor: words, and what the first or the chosen one means. */
export function choiceBar(
  choices: readonly { readonly word: string; readonly help: string }[],
  chosen: number | undefined,
  columns: number,
): Line {
  const spans: Span[] = [];
  const about = choices[chosen ?? 0]?.help ?? '';
  const room = about === '' ? columns - 2 : Math.max(20, Math.floor(columns * 0.6));
  let x = 1;
  // the chosen word is always among those that are shown
  const from = Math.max(0, (chosen ?? 0) - 4);
  for (let index = from; index < choices.length; index++) {
    const text = harmless(choices[index]!.word.trim());
    if (x + textWidth(text) >= room) break;
    spans.push({ x, text, tone: index === chosen ? 'selected' : 'key' });
    x += textWidth(text) + 2;
  }
  const help = fit(harmless(about), Math.max(0, columns - x - 2));
  if (help !== '') spans.push({ x: x + 1, text: help, tone: 'dim' });
  return { spans };
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
