/** Values that sentences are made of: as text, and in base units for programs. */
import type { Field } from '../fields/field.ts';
import { findField } from '../fields/registry.ts';
import type { TaskView } from '../fields/task.ts';
import { bytesText, durationText, formatValue, timeText } from '../units/format.ts';
import { isMissing } from '../units/missing.ts';
import { fit, harmless } from '../units/text.ts';

export interface Fact {
  readonly text: string;
  readonly value: number | string;
}
export type Facts = Readonly<Record<string, Fact>>;

const LONGEST = 200;

export const textFact = (text: string): Fact => ({ text: fit(harmless(text), LONGEST), value: text });
export const bytesFact = (value: number): Fact => ({ text: bytesText(value), value });
export const secondsFact = (value: number): Fact => ({ text: durationText(value), value });
export const countFact = (value: number): Fact => ({ text: formatValue(value, 'count', 20), value });
export const numberFact = (value: number): Fact => ({ text: formatValue(value, 'percent', 20), value });
export const timeFact = (wallMs: number): Fact => ({ text: timeText(wallMs), value: wallMs / 1000 });
/** `1 task`, `3 tasks` */
export const countedFact = (value: number, one: string): Fact => ({
  text: `${formatValue(value, 'count', 20)} ${value === 1 ? one : `${one}s`}`,
  value,
});

/** Units that say nothing by themselves in a sentence. */
function inWords({ unit }: Field, text: string): string {
  return unit === 'bytes' || unit === 'bytes-per-second' ? text.replace(/(\d)B$/, '$1 bytes') : text;
}

/** A column of a task; undefined: it is missing. */
export function fieldFact(task: TaskView, entry: Field): Fact | undefined {
  const value = entry.value(task);
  if (isMissing(value) || (typeof value === 'number' && !Number.isFinite(value))) return undefined;
  if (typeof value === 'number') return { text: inWords(entry, formatValue(value, entry.unit, 20)), value };
  return textFact(typeof value === 'string' ? value : value.join(' '));
}

const MARK = /\{([\w.]+)\}/g;

/** The names that a sentence has marks for. */
export const marksOf = (sentence: string): string[] => Array.from(sentence.matchAll(MARK), ([, name]) => name!);

/** The sentence with its marks filled; undefined: one of them has no value. @param used takes in the values. */
export function filled(
  sentence: string,
  facts: Facts,
  task: TaskView,
  used?: Record<string, number | string>,
): string | undefined {
  let text = '';
  let at = 0;
  for (const mark of sentence.matchAll(MARK)) {
    const name = mark[1]!;
    const entry = findField(name);
    const fact = Object.hasOwn(facts, name) ? facts[name] : entry && fieldFact(task, entry);
    if (!fact) return undefined;
    if (used) used[name] = fact.value;
    text += sentence.slice(at, mark.index) + fact.text;
    at = mark.index + mark[0].length;
  }
  return text + sentence.slice(at);
}
