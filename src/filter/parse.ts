/**
 * Text → tree, by recursive descent. One parser serves the filter itself, the colours of its words while it is typed, and
 * the completion: it notes what each token is, and what could stand where the text ends.
 *
 *     or         = and { "or" and }
 *     and        = not { [ "and" ] not }
 *     not        = "not" not | term
 *     term       = "(" or ")" | column operator value | column ("in" | "not in") "(" value { "," value } ")"
 *                | column "is" ("missing" | "known") | word to search for
 */
import type { Field } from '../fields/field.ts';
import { unknownField } from '../fields/registry.ts';
import { columnNamed, isColumnId } from './columns.ts';
import { LONGEST_FILTER, lex, type Token } from './lexer.ts';
import { print } from './print.ts';
import { shown } from './shown.ts';
import type { Literal, Operator, Tree } from './syntax.ts';
import { expectedValue, literal, named, operatorsOf, unitsOf, hintOf } from './values.ts';

/** What is wrong, in words for the user, and where: UTF-16 offsets in the text, length 0 where something is missing. */
export interface FilterError {
  readonly message: string;
  readonly at: number;
  readonly length: number;
}

/** What a token means; `rest` is what stands behind an error. */
export type TokenKind = 'column' | 'operator' | 'value' | 'search' | 'logic' | 'bracket' | 'error' | 'rest';

/** What could stand at the end of the text. */
export type Expectation =
  /** `implied`: by an `and` that is left out. */
  | { readonly what: 'term'; readonly implied: boolean }
  | { readonly what: 'operator'; readonly field: Field }
  | { readonly what: 'value'; readonly field: Field; readonly operator: Operator }
  /** One of these words. */
  | { readonly what: 'words'; readonly words: readonly string[] };

export interface Parsed {
  readonly result: { readonly tree: Tree } | { readonly error: FilterError };
  readonly tokens: readonly Token[];
  /** By token; `end` has none. */
  readonly kinds: readonly TokenKind[];
  readonly expected: readonly Expectation[];
}

const DEEPEST = 50;

const RELATIONS: ReadonlySet<string> = new Set(['=', '!=', '<', '<=', '>', '>=', '~', '!~', 'has', 'in', 'is']);

class Fault extends Error {
  readonly at: number;
  readonly length: number;
  constructor(message: string, at: number, length: number) {
    super(message);
    this.at = at;
    this.length = length;
  }
}

class Parser {
  readonly tokens: readonly Token[];
  readonly kinds: TokenKind[];
  readonly expected: Expectation[] = [];
  #next = 0;
  #depth = 0;

  constructor(text: string) {
    this.tokens = lex(text);
    this.kinds = this.tokens.map(() => 'rest');
  }

  whole(): Tree {
    const tree = this.#or();
    const { kind, text } = this.#token;
    if (kind === 'end') return tree;
    throw this.#wrong(text === ')' ? "this ')' closes nothing" : `expected 'and' or 'or', found ${shown(text)}`);
  }

  #peek(ahead: number): Token {
    return this.tokens[Math.min(this.#next + ahead, this.tokens.length - 1)]!;
  }

  get #token(): Token {
    return this.#peek(0);
  }

  #take(kind: TokenKind): Token {
    const token = this.#token;
    this.kinds[this.#next] = kind;
    if (token.kind !== 'end') this.#next++;
    return token;
  }

  #is(text: string, ahead = 0): boolean {
    const token = this.#peek(ahead);
    return (token.kind === 'keyword' || token.kind === 'symbol') && token.text === text;
  }

  #accept(text: string, kind: TokenKind): boolean {
    const found = this.#is(text);
    if (found) this.#take(kind);
    return found;
  }

  /** Notes what could stand here, if the text ends here. */
  #expect(...expectations: Expectation[]): void {
    if (this.#token.kind === 'end') this.expected.push(...expectations);
  }

  /** A fault of the present token, or of what is missing there. */
  #wrong(message: string): Fault {
    const { kind, text, start, end } = this.#token;
    if (kind !== 'bad') return new Fault(message, start, end - start);
    if (/^["']/.test(text))
      return new Fault(`this quote is not closed: ${text.charAt(0)} is missing`, start, end - start);
    return new Fault(`'${text}' alone means nothing: write ${text}${text}`, start, end - start);
  }

  /** `, found 'x'` */
  #found(): string {
    return this.#token.kind === 'end' ? '' : `, found ${shown(this.#token.text)}`;
  }

  #or(): Tree {
    const parts = [this.#and()];
    while (this.#accept('or', 'logic')) parts.push(this.#and());
    return parts.length === 1 ? parts[0]! : { kind: 'or', parts };
  }

  #and(): Tree {
    const parts = [this.#not()];
    while (this.#accept('and', 'logic') || this.#startsTerm()) parts.push(this.#not());
    return parts.length === 1 ? parts[0]! : { kind: 'and', parts };
  }

  #startsTerm(): boolean {
    const words = this.#depth > 0 ? ['and', 'or', ')'] : ['and', 'or'];
    this.#expect({ what: 'words', words }, { what: 'term', implied: true });
    const { kind } = this.#token;
    return kind === 'word' || kind === 'string' || this.#is('not') || this.#is('(');
  }

  /** Runs one level deeper; a filter is nested by hand, not by the thousand. */
  #nested(parse: () => Tree): Tree {
    if (this.#depth >= DEEPEST) throw this.#wrong(`nested more than ${DEEPEST} levels deep`);
    this.#depth++;
    const tree = parse();
    this.#depth--;
    return tree;
  }

  #not(): Tree {
    if (!this.#is('not')) return this.#term();
    this.#take('logic');
    return { kind: 'not', part: this.#nested(() => this.#not()) };
  }

  #term(): Tree {
    this.#expect({ what: 'term', implied: false });
    if (this.#is('(')) return this.#group();
    const { kind, text } = this.#token;
    if (kind !== 'word' && kind !== 'string')
      throw this.#wrong(
        RELATIONS.has(text)
          ? `expected a column before '${text}'`
          : `expected a condition such as 'state = D'${this.#found()}`,
      );
    if (this.#operatorFollows()) return this.#comparison();
    return this.#search();
  }

  #group(): Tree {
    this.#take('bracket');
    const tree = this.#nested(() => {
      const inner = this.#or();
      if (!this.#is(')')) throw this.#wrong(`expected ')'${this.#found()}`);
      return inner;
    });
    this.#take('bracket');
    return tree;
  }

  #operatorFollows(): boolean {
    const next = this.#peek(1);
    if (next.kind !== 'symbol' && next.kind !== 'keyword') return false;
    return RELATIONS.has(next.text) || (next.text === 'not' && (this.#is('in', 2) || this.#is('has', 2)));
  }

  #search(): Tree {
    const { kind, text } = this.#token;
    const field = kind === 'word' ? columnNamed(text) : undefined;
    if (field && isColumnId(text)) throw this.#bareColumn(field);
    if (text === '') throw this.#wrong('there is nothing between the quotes to search for');
    this.#take('search');
    if (field) this.#expect({ what: 'operator', field });
    return { kind: 'search', text };
  }

  /** A column without what to compare it with. */
  #bareColumn(field: Field): Fault {
    this.#take('column');
    this.#expect({ what: 'operator', field });
    const operators = operatorsOf(field);
    const denied = operators.filter(name => name.startsWith('not ')).map(name => name.slice(4));
    if (this.#is('not') && this.#peek(1).kind === 'end') {
      this.#take('operator');
      this.#expect({ what: 'words', words: denied });
      return this.#wrong(`expected ${denied.join(' or ')} after 'not'`);
    }
    const fitting = operators.filter(name => !name.startsWith('not ')).join(' ');
    return this.#wrong(
      `expected an operator after the column '${field.id}': ${fitting} is (or quotes around it, to search for the word)`,
    );
  }

  #column(): Field {
    const { kind, text } = this.#token;
    const field = kind === 'word' ? columnNamed(text) : undefined;
    if (field) {
      this.#take('column');
      return field;
    }
    if (kind === 'string') throw this.#wrong(`expected a column before '${this.#peek(1).text}', and without quotes`);
    if (/^-?[.\d]/.test(text))
      throw this.#wrong(`expected a column before '${this.#peek(1).text}': it comes first, as in 'age > 5s'`);
    throw this.#wrong(unknownField(shown(text).slice(1, -1)));
  }

  #comparison(): Tree {
    const field = this.#column();
    if (this.#accept('is', 'operator')) return this.#presence(field);
    const operator = this.#operator(field);
    const list = operator === 'in' || operator === 'not in';
    const values = list ? this.#list(field, operator) : [this.#value(field, operator)];
    return { kind: 'comparison', field, operator, values };
  }

  #presence(field: Field): Tree {
    const words = ['missing', 'known'];
    this.#expect({ what: 'words', words });
    const { kind, text } = this.#token;
    const word = text.toLowerCase();
    if (kind !== 'word' || !words.includes(word))
      throw this.#wrong(`expected 'missing' or 'known' after 'is'${this.#found()}`);
    this.#take('value');
    return { kind: 'presence', field, known: word === 'known' };
  }

  #operator(field: Field): Operator {
    const denied = this.#is('not') ? 'not ' : '';
    const first = this.#token;
    const last = this.#peek(denied ? 1 : 0);
    const operator = (denied + last.text) as Operator;
    const fitting = operatorsOf(field);
    if (!fitting.includes(operator)) {
      const use = fitting.filter(name => !name.startsWith('not ')).join(' ');
      const message = `${hintOf(field)}'${operator}' does not fit ${named(field)}: use ${use}`;
      throw new Fault(message, first.start, last.end - first.start);
    }
    if (denied) this.#take('operator');
    this.#take('operator');
    return operator;
  }

  #list(field: Field, operator: Operator): Literal[] {
    this.#expect({ what: 'words', words: ['('] });
    if (!this.#accept('(', 'bracket')) throw this.#wrong(`expected '(' after '${operator}'${this.#found()}`);
    const values = [];
    do values.push(this.#value(field, operator));
    while (this.#accept(',', 'bracket'));
    this.#expect({ what: 'words', words: [',', ')'] });
    if (!this.#accept(')', 'bracket')) throw this.#wrong(`expected ',' or ')'${this.#found()}`);
    return values;
  }

  #value(field: Field, operator: Operator): Literal {
    this.#expect({ what: 'value', field, operator });
    const { kind, start, end } = this.#token;
    if (kind !== 'word' && kind !== 'string')
      throw this.#wrong(`expected ${expectedValue(field, operator)} after '${operator}'${this.#found()}`);
    const text = this.#token.text + this.#unitApart(field);
    const found = literal(field, operator, text);
    if ('problem' in found) {
      const from = start + (kind === 'word' ? (found.from ?? 0) : 0);
      throw new Fault(found.problem, from, end - from);
    }
    this.#take('value');
    if (text !== this.tokens[this.#next - 1]!.text) this.#take('value');
    return found;
  }

  /** The unit that stands behind a number and a blank: `100 MiB`. */
  #unitApart(field: Field): string {
    const next = this.#peek(1);
    return next.kind === 'word' && /^-?[.\d]+$/.test(this.#token.text) && unitsOf(field).has(next.text)
      ? next.text
      : '';
  }
}

const TOO_LONG = `a filter may have ${LONGEST_FILTER} characters`;

/** Never throws: everything that can be wrong with a text is an error with its place. */
export function parse(text: string): Parsed {
  const parser = new Parser(text);
  const { tokens, kinds, expected } = parser;
  if (text.length > LONGEST_FILTER) {
    const error = { message: TOO_LONG, at: LONGEST_FILTER, length: text.length - LONGEST_FILTER };
    return { result: { error }, tokens, kinds, expected };
  }
  try {
    const tree = parser.whole();
    // its normal spelling is what is kept: it has to be a filter, too
    if (print(tree).length > LONGEST_FILTER) throw new Fault(`${TOO_LONG}, each 'and' written out`, 0, text.length);
    return { result: { tree }, tokens, kinds, expected };
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    const { message, at, length } = fault;
    const wrong = tokens.findIndex(({ start, end }) => at < end && at + length > start);
    if (wrong >= 0) kinds[wrong] = 'error';
    return { result: { error: { message, at, length } }, tokens, kinds, expected };
  }
}
