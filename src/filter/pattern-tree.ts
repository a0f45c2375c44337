/** The syntax of regular expressions: text that JavaScript takes (without its `u` flag) → a tree. */

export type Tree =
  /** One character of those that the text stands for, which is a regular expression too: `a`, `[^b-d]`, `\w`. */
  | { readonly kind: 'one'; readonly source: string }
  | { readonly kind: 'edge'; readonly edge: Edge }
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Tree[] }
  | { readonly kind: 'repeat'; readonly of: Tree; readonly least: number; readonly most: number };

export type Edge = '^' | '$' | '\\b' | '\\B';

/** Escapes (of the lone backslash before `c`, too), classes, group openings, repeats; everything else by character. */
const PIECE =
  /\\(?=c(?![A-Za-z]))|\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|c[A-Za-z]|0[0-7]{0,2}|[^])|\[(?:\\[^]|[^\]\\])*\]|\((?:\?(?:[^<]|<[=!]|<[^>]*>))?|[*+?]\??|\{\d+(?:,\d*)?\}\??|[^]/g;
const EDGES: ReadonlySet<string> = new Set(['^', '$', '\\b', '\\B']);

/** What is asked for and cannot be done in one pass over a text; a sentence. */
export class Unsupported extends Error {}

/** @param pattern one that `RegExp` takes. @throws Unsupported */
export function treeOf(pattern: string): Tree {
  const pieces = (pattern.match(PIECE) ?? []).reverse();

  function alternatives(): Tree {
    const parts = [sequence()];
    while (pieces.at(-1) === '|') {
      pieces.pop();
      parts.push(sequence());
    }
    return parts.length === 1 ? parts[0]! : { kind: 'any', parts };
  }

  function sequence(): Tree {
    const parts: Tree[] = [];
    for (let piece = pieces.at(-1); piece !== undefined && piece !== '|' && piece !== ')'; piece = pieces.at(-1)) {
      pieces.pop();
      const bounds = boundsOf(piece);
      if (bounds) parts.push({ kind: 'repeat', of: parts.pop() ?? EMPTY, ...bounds });
      else parts.push(piece.startsWith('(') ? group(piece) : single(piece));
    }
    return { kind: 'all', parts };
  }

  function group(opening: string): Tree {
    if (/^\(\?(?:[=!]|<[=!])/.test(opening))
      throw new Unsupported("looking ahead and behind is not supported: write 'and', and '!~' for what must not match");
    if (/^\(\?[^:<]/.test(opening)) throw new Unsupported('flags within a pattern are not supported');
    const inner = alternatives();
    pieces.pop();
    return inner;
  }

  return alternatives();
}

const EMPTY: Tree = { kind: 'all', parts: [] };

function single(piece: string): Tree {
  if (/^\\[1-9k]/.test(piece)) throw new Unsupported('back-references are not supported');
  if (EDGES.has(piece)) return { kind: 'edge', edge: piece as Edge };
  return { kind: 'one', source: piece === '\\' ? '\\\\' : piece };
}

function boundsOf(piece: string): { readonly least: number; readonly most: number } | undefined {
  const [, sign, least, comma, most] = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??$/.exec(piece) ?? [];
  if (sign !== undefined) return { least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : Number.POSITIVE_INFINITY };
  if (least === undefined) return undefined;
  if (comma === '') return { least: Number(least), most: Number(least) };
  return { least: Number(least), most: most === '' ? Number.POSITIVE_INFINITY : Number(most) };
}
