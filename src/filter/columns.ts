/** Columns as filters name them. */
import type { Field } from '../fields/field.ts';
import { field, fieldIds, findField } from '../fields/registry.ts';

const ANY_CASE: ReadonlyMap<string, Field> = new Map(fieldIds().map(id => [id.toLowerCase(), field(id)]));

/** A column by its id, by the manual's spelling of it, or by its title, in any case. An exact id wins. */
export const columnNamed = (word: string): Field | undefined =>
  findField(word) ?? ANY_CASE.get(word.toLowerCase()) ?? findField(word.toLowerCase());

/** Is it an id as `taskscope fields` spells it? Then an operator has to follow; titles alone may be words to search for. */
export const isColumnId = (word: string): boolean => columnNamed(word)?.id === word;
