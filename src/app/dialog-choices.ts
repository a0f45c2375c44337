/** What a dialog offers to choose from. */
import { type IoClass, ioClassText, type Policy, POLICY_OPTIONS } from '../act/action.ts';
import { POLICIES } from '../kernel/sched.ts';
import { SIGNALS } from '../kernel/signals.ts';

/** One line of a list. */
export interface Choice<Value = unknown> {
  readonly value: Value;
  /** What it can be called, in lower case without blanks; the beginning of one is enough. */
  readonly names: readonly string[];
  readonly label: string;
  readonly meaning: string;
}

const LAST_SIGNAL = SIGNALS.length;
const FIRST_REAL_TIME = 34;

/** `rtmax-3`: real-time signals are counted from both ends. */
const fromEnd = (n: number): string[] =>
  n < FIRST_REAL_TIME ? [] : [n === LAST_SIGNAL ? 'rtmax' : `rtmax-${LAST_SIGNAL - n}`];

/** All 64, in order: number n is at n − 1. */
export const SIGNAL_CHOICES: readonly Choice<number>[] = SIGNALS.map(({ n, name, aliases = [], meaning }) => {
  const names = [name, ...aliases].map(one => one.toLowerCase().replace(/^sig/, '')).concat(fromEnd(n));
  return {
    value: n,
    names: [String(n), ...names, ...names.map(one => `sig${one}`)],
    label: `${String(n).padStart(2)} ${name}`,
    meaning,
  };
});

export interface IoPriority {
  readonly ioClass: IoClass;
  readonly level: number;
}

const LEVELS = [0, 1, 2, 3, 4, 5, 6, 7];
const LEVEL_MEANINGS: Readonly<Record<number, string>> = { 0: 'first of its class', 7: 'last of its class' };

function ioChoice(ioClass: IoClass, level: number, short: string, meaning: string): Choice<IoPriority> {
  const label = ioClassText(ioClass, level);
  return { value: { ioClass, level }, names: [label.replaceAll(' ', ''), short], label, meaning };
}

export const IO_CHOICES: readonly Choice<IoPriority>[] = [
  ioChoice('none', 0, 'n', 'as its nice value says'),
  ...LEVELS.map(n => ioChoice('real-time', n, `r${n}`, LEVEL_MEANINGS[n] ?? 'before all other classes')),
  ...LEVELS.map(n => ioChoice('best-effort', n, `b${n}`, LEVEL_MEANINGS[n] ?? (n === 4 ? 'that of nice 0' : ''))),
  ioChoice('idle', 0, 'i', 'only when nobody else wants the disk'),
];

export const POLICY_CHOICES: readonly Choice<Policy>[] = POLICIES.flatMap(({ name, meaning }) =>
  name in POLICY_OPTIONS ? [{ value: name as Policy, names: [name], label: name, meaning }] : [],
);

/** Where `typed` leads in a list: to what is called so, else to what begins so, the present choice first. −1: nowhere. */
export function findChoice(choices: readonly Choice[], typed: string, chosen: number): number {
  const text = typed.toLowerCase().replace(/\s/g, '');
  const exact = choices.findIndex(({ names }) => names.includes(text));
  if (exact >= 0) return exact;
  const begins = ({ names }: Choice): boolean => names.some(name => name.startsWith(text));
  return choices[chosen] && begins(choices[chosen]) ? chosen : choices.findIndex(begins);
}
