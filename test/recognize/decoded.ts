/** What is recognised in a text, for tests. */
import assert from 'node:assert/strict';
import { parseRelease } from '../../src/kernel/release.ts';
import { recognize } from '../../src/recognize/recognize.ts';
import type { Facts, Json } from '../../src/recognize/thing.ts';

export const decoded = (text: string, kernel?: string): readonly Facts[] =>
  recognize(text, kernel === undefined ? undefined : parseRelease(kernel)).facts;

/** The words, with wrapped lines joined again. */
export const words = (text: string, kernel?: string): string =>
  recognize(text, kernel === undefined ? undefined : parseRelease(kernel))
    .lines.join('\n')
    .replaceAll(/\n {6,}/g, ' ');

export const kinds = (text: string, kernel?: string): string[] => decoded(text, kernel).map(({ kind }) => kind);

/** The only thing, or the n-th, of a kind. */
export function one(kind: string, text: string, kernel?: string, n = 0): Facts {
  const found = decoded(text, kernel).filter(thing => thing.kind === kind);
  return found[n] ?? assert.fail(`no ${kind} in ${text}`);
}

/** An object or array within the facts. */
export const part = (facts: Json | undefined, ...path: readonly (string | number)[]): Json | undefined => {
  let value = facts;
  for (const key of path) value = (value as Readonly<Record<string | number, Json>> | undefined)?.[key];
  return value;
};
