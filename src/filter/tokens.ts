/** A filter's words with their meaning, to colour them while it is typed. */
import { parse, type TokenKind } from './parse.ts';

export interface ColouredToken {
  /** `error` is what the error is about (none when something is missing at the end), `rest` what stands behind it. */
  readonly kind: TokenKind;
  /** UTF-16 offsets; between the tokens are blanks. */
  readonly start: number;
  readonly end: number;
}

/** In order, without overlaps; everything that is no blank belongs to one. */
export function tokens(text: string): ColouredToken[] {
  const parsed = parse(text);
  return parsed.tokens
    .filter(({ kind }) => kind !== 'end')
    .map(({ start, end }, index) => ({ kind: parsed.kinds[index]!, start, end }));
}
