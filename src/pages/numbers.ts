/** Numbers as pages write them: a total, what it gained, what that is per second; bits and times in fitting units. */
import { grouped } from '../units/format.ts';
import { isMissing, missing, type Reading } from '../units/missing.ts';
import { type Item, missingItem, numberItem } from './document.ts';

/** For a cell of a table: `-`, or what `show` makes of the value. */
export const cellOf = <T>(reading: Reading<T>, show: (value: T) => Item): Item =>
  isMissing(reading) ? missingItem(reading, '') : show(reading);

/** `1,234`. */
export const countCell = (reading: Reading<number>): Item =>
  cellOf(reading, value => numberItem(grouped(value), value));

/** What a counter gained: `+1,234`; nothing gained is dim. */
export const gainCell = (reading: Reading<number>, text: (value: number) => string = grouped): Item =>
  cellOf(reading, value => numberItem(`+${text(value)}`, value, value === 0 ? 'dim' : 'changed'));

/** @param elapsed seconds; NaN or 0: there is no rate yet. */
export function perSecond(gain: Reading<number>, elapsed: number): Reading<number> {
  if (isMissing(gain)) return gain;
  return elapsed > 0 ? gain / elapsed : missing('first-sample');
}

/** Not applicable where there is nothing to divide by. */
export function quotient(above: Reading<number>, below: Reading<number>): Reading<number> {
  if (isMissing(above)) return above;
  if (isMissing(below)) return below;
  return below > 0 ? above / below : missing('not-applicable');
}

/** `12.3 /s`. */
export const rateCell = (rate: Reading<number>): Item =>
  cellOf(rate, value => numberItem(`${decimals(value)} /s`, value, value === 0 ? 'dim' : 'normal'));

/** At most three significant digits, thousands grouped. */
export const decimals = (value: number): string =>
  value >= 100 ? grouped(Math.round(value)) : value >= 10 ? value.toFixed(1) : value === 0 ? '0' : value.toFixed(2);

const STEPS = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'us'],
] as const;

/** A length of time in nanoseconds: `850 ns`, `12.3 us`, `4.56 ms`, `1,234 s`. */
export function nanosecondsText(ns: number): string {
  const step = STEPS.find(([size]) => ns >= size);
  return step ? `${decimals(ns / step[0])} ${step[1]}` : `${Math.round(ns)} ns`;
}
