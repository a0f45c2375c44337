/** What the tables of control groups have in common. */
import { bytesText } from '../units/format.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import type { Level } from './cgroup-levels.ts';
import { item, type Item, numberItem, type TableColumn } from './document.ts';
import { cellOf, decimals } from './numbers.ts';

/** `foo.service`: groups above each other have names enough to tell them apart; JSON gets the whole path. */
export const nameItem = ({ path }: Level): Item => item(path.slice(path.lastIndexOf('/') + 1) || '/', path, 'strong');

export const GROUP: TableColumn = { id: 'group', title: 'group', most: 28 };
/** Marks the limit that is reached first. */
export const BINDS: TableColumn = { id: 'binds', title: '' };
export const bindsItem = (binds: boolean): Item => item(binds ? '*' : '', binds, 'strong');
export const right = (id: string, title: string): TableColumn => ({ id, title, align: 'right' });

export const percentItem = (percent: number): Item => numberItem(`${decimals(percent)} %`, percent);
export const bytesCell = (reading: Reading<number>): Item =>
  cellOf(reading, bytes => numberItem(bytesText(bytes), bytes));

/** In JSON the digits, or `max` as the kernel says for no limit. */
export const limitCell = (reading: Reading<number | 'max'>, text: (value: number) => string): Item =>
  cellOf(reading, limit => (limit === 'max' ? item('no limit', 'max', 'dim') : item(text(limit), String(limit))));

/** The index of the least of some values; -1 without any. */
export function leastOf(values: readonly (number | undefined)[]): number {
  let least = -1;
  values.forEach((value, at) => {
    if (value !== undefined && value < (values[least] ?? Infinity)) least = at;
  });
  return least;
}

/** What is left below a limit, so that the first to be reached is known. */
export const room = (used: Reading<number>, max: Reading<number | 'max'>): number | undefined =>
  isMissing(used) || isMissing(max) || max === 'max' ? undefined : max - used;
