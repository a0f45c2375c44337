/** Words of the file in what is said about it. */
import { nearest } from '../units/nearest.ts';
import { fit, harmless } from '../units/text.ts';

/** A word as a message may show it: quoted, harmless, not too long. */
export const shown = (word: string): string => `'${fit(harmless(word), 40)}'`;

const list = (known: readonly string[]): string =>
  known.length === 0 ? 'there is none' : `it is one of ${known.slice(0, 8).join(', ')}${known.length > 8 ? ', …' : ''}`;

/** What may have been meant; `otherwise`, where nothing is near. */
export function suggest(word: string, known: readonly string[], otherwise = list(known)): string {
  const near = nearest(word, known);
  return near === undefined ? otherwise : `did you mean '${near}'?`;
}
