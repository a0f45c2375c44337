/** A filter's text as tokens. Nothing is dropped but blanks, and nothing is refused: what is no token is a `bad` one. */

export interface Token {
  readonly kind: 'word' | 'string' | 'keyword' | 'symbol' | 'bad' | 'end';
  /** What it says: a string without its quotes, a keyword in lower case, synonyms as what they stand for. */
  readonly text: string;
  /** UTF-16 offsets in the filter's text. */
  readonly start: number;
  readonly end: number;
}

const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'in', 'has', 'is']);
const SYNONYMS: Readonly<Record<string, string>> = { '&&': 'and', '||': 'or', '!': 'not', '==': '=' };

/** A word may hold `!`, `&` and `|`, but for `!=`, `!~`, `&&` and `||`. */
const TOKEN =
  /(?<symbol>==|!=|<=|>=|!~|&&|\|\||[()=<>~!,])|"(?<double>(?:[^"]|"")*)"|'(?<single>(?:[^']|'')*)'|(?<word>[^\s()=<>~,!&|"'](?:[^\s()=<>~,!&|"']|!(?![=~])|&(?!&)|\|(?!\|))*)/y;
const BLANKS = /\s*/y;

function tokenAt(text: string, start: number): Token {
  TOKEN.lastIndex = start;
  const groups = TOKEN.exec(text)?.groups;
  const end = groups ? TOKEN.lastIndex : /["']/.test(text[start]!) ? text.length : start + 1;
  if (!groups) return { kind: 'bad', text: text.slice(start, end), start, end };
  const { symbol, double, single, word } = groups;
  if (double !== undefined) return { kind: 'string', text: double.replaceAll('""', '"'), start, end };
  if (single !== undefined) return { kind: 'string', text: single.replaceAll("''", "'"), start, end };
  const said = symbol === undefined ? word! : (SYNONYMS[symbol] ?? symbol);
  if (KEYWORDS.has(said.toLowerCase())) return { kind: 'keyword', text: said.toLowerCase(), start, end };
  return { kind: symbol === undefined ? 'word' : 'symbol', text: said, start, end };
}

/** Filters are written by hand; what is longer is not looked at. */
export const LONGEST_FILTER = 4000;

/** The last token is always the `end`, behind the last character. */
export function lex(whole: string): Token[] {
  const text = whole.slice(0, LONGEST_FILTER);
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    BLANKS.lastIndex = at;
    BLANKS.exec(text);
    at = BLANKS.lastIndex;
    if (at >= text.length) break;
    const token = tokenAt(text, at);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: 'end', text: '', start: text.length, end: text.length });
  return tokens;
}

/** Would this text, written without quotes, be read as itself? */
export function isBareWord(text: string): boolean {
  const [first] = lex(text);
  return first?.kind === 'word' && first.text === text;
}
