/** Looks as the sequences that switch to them (ECMA-48 SGR). */
import { PLAIN } from './theme.ts';

const DEFAULT_COLOR = 0x1ff;
/** By bit of the flags. */
const FLAGS = [
  [1, 1],
  [2, 4],
  [8, 7],
] as const;

/** @param ground 30 for the characters, 40 for what is behind them. */
function colorWords(color: number, ground: 30 | 40): string {
  if (color < 8) return String(ground + color);
  if (color < 16) return String(ground + 60 + color - 8);
  return `${ground + 8};5;${color}`;
}

function words(from: number, to: number): string[] {
  const out = FLAGS.filter(([bit]) => ((to & ~from) >> 18) & bit).map(([, word]) => String(word));
  const [fg, bg] = [(to >> 9) & 0x1ff, to & 0x1ff];
  if (fg !== ((from >> 9) & 0x1ff)) out.push(colorWords(fg, 30));
  if (bg !== (from & 0x1ff)) out.push(colorWords(bg, 40));
  return out;
}

/** What only begins anew is without: flags are not switched off one by one, and 39 takes the underline off old Linux consoles. */
const isLost = (from: number, to: number): boolean =>
  (from & ~to) >> 18 !== 0 || [0, 9].some(at => isDefault(to >> at) && !isDefault(from >> at));
const isDefault = (color: number): boolean => (color & 0x1ff) === DEFAULT_COLOR;

/** From one look to another, the shorter way: from where we are, or from the beginning. */
function sequence(from: number, to: number): string {
  if (to === PLAIN) return '\x1b[m';
  const anew = `\x1b[0;${words(PLAIN, to).join(';')}m`;
  if (isLost(from, to)) return anew;
  const further = `\x1b[${words(from, to).join(';')}m`;
  return further.length <= anew.length ? further : anew;
}

const known = new Map<number, Map<number, string>>();

/** The sequence that switches from a look to another one; empty: they are the same. */
export function lookChange(from: number, to: number): string {
  if (from === to) return '';
  let ways = known.get(from);
  if (!ways) known.set(from, (ways = new Map<number, string>()));
  let way = ways.get(to);
  if (way === undefined) ways.set(to, (way = sequence(from, to)));
  return way;
}
