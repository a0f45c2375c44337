/**
 * A page about a task or the machine, as data. The monitor paints it, `show` prints it as text and as JSON: all three say
 * the same. Shapes in JSON: `facts` are one object, a `table` is an array of objects, `note`s are a list of sentences.
 */
import type { Tone } from '../view/cells.ts';
import { isMissing, MISSING_REASONS, type Missing, type MissingReason, type Reading } from '../units/missing.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One value: as people read it, and as programs do. */
export interface Item {
  /** May hold anything: who paints it makes it harmless. */
  readonly text: string;
  readonly value: Json;
  readonly tone?: Tone;
  /** Why there is no value; `value` is null then. */
  readonly missing?: MissingReason;
  /** Every digit as the kernel wrote it, where `value` is a number decoded from it. */
  readonly raw?: string;
}

/** A value with its name. */
export interface Fact extends Item {
  /** Key in JSON. */
  readonly id: string;
  /** Name on the screen. */
  readonly label: string;
}

export interface FactsSection {
  readonly kind: 'facts';
  /** Key in JSON; empty: the facts stand in the page's own object. */
  readonly id: string;
  readonly title?: string;
  readonly facts: readonly Fact[];
}

export interface TableColumn {
  readonly id: string;
  readonly title: string;
  readonly align?: 'right';
  /** Most cells that it takes; the last column takes what is left, and wraps. */
  readonly most?: number;
}

export interface TableSection {
  readonly kind: 'table';
  readonly id: string;
  readonly title?: string;
  readonly columns: readonly TableColumn[];
  /** As many items as columns. */
  readonly rows: readonly (readonly Item[])[];
  /** Said instead of a table without rows. */
  readonly empty?: string;
}

/** A sentence of its own: what is missing and what would show it, what misleads. */
export interface NoteSection {
  readonly kind: 'note';
  readonly text: string;
  readonly tone?: Tone;
}

export type Section = FactsSection | TableSection | NoteSection;

export interface Page {
  readonly sections: readonly Section[];
}

/** @param value what JSON gets, where that is not the text. */
export const item = (text: string, value: Json = text, tone?: Tone): Item =>
  tone ? { text, value, tone } : { text, value };

/** A number for people in `text`, for programs in itself; NaN is no value. */
export const numberItem = (text: string, value: number, tone?: Tone): Item =>
  item(text, Number.isFinite(value) ? value : null, tone);

/** `- (why)`. @param why a sentence that says more than the reason by itself. */
export const missingItem = ({ missing }: Missing, why: string = MISSING_REASONS[missing]): Item => ({
  text: why === '' ? '-' : `- (${why})`,
  value: null,
  tone: 'dim',
  missing,
});

/** What `show` makes of a value that is there, or the reason why not. */
export const readingItem = <T>(reading: Reading<T>, show: (value: T) => Item, why?: string): Item =>
  isMissing(reading) ? missingItem(reading, why) : show(reading);

export const fact = (id: string, label: string, of: Item): Fact => ({ ...of, id, label });
export const facts = (id: string, title: string | undefined, list: readonly Fact[]): FactsSection => ({
  kind: 'facts',
  id,
  ...(title === undefined ? {} : { title }),
  facts: list,
});
export const note = (text: string, tone?: Tone): NoteSection => ({ kind: 'note', text, ...(tone ? { tone } : {}) });
