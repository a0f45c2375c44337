/**
 * Does a regular expression match anywhere in a text? In one pass: all the ways in which it could match are followed at
 * once (Thompson 1968), so the time is bounded by the length of the text times the size of the pattern, whatever the text.
 *
 * Sets of ways that were met before are remembered with where each character leads, so that as a rule a character costs
 * two look-ups. What one character is (classes, escapes, capitals) is asked of JavaScript's own matcher, once.
 */
import type { Edge, Tree } from './pattern-tree.ts';

/** A place in the pattern: reads a character that passes the test, or is gone on from without one. */
interface State {
  /** Number of the test. */
  readonly test?: number;
  readonly edge?: Edge;
  readonly next: readonly number[];
}

/** What the text before was: none, a letter of a word, something else. */
type Before = 'start' | 'word' | 'other';

interface Ways {
  readonly before: Before;
  readonly states: readonly number[];
  /** By the kind of the next character. */
  readonly leads: (Ways | boolean | undefined)[];
}

/** Characters that all tests take for the same. Kind 0 is the end of the text. */
interface Kind {
  readonly isWord: boolean;
  readonly passes: readonly boolean[];
}

/** Sets of ways that are remembered; then all are forgotten. */
const MOST_WAYS = 500;
const FINAL = 0;
const END = 0;

/** How many states a tree takes; may be endless. */
export function sizeOf(tree: Tree): number {
  switch (tree.kind) {
    case 'one':
    case 'edge':
      return 1;
    case 'repeat':
      return 1 + sizeOf(tree.of) * (Number.isFinite(tree.most) ? tree.most : tree.least + 1);
    default:
      return tree.parts.reduce((sum, part) => sum + sizeOf(part), 1);
  }
}

export class Automaton {
  /** What was done: states that were visited, characters that were looked up or seen for the first time. */
  steps = 0;
  readonly #states: State[] = [{ next: [] }];
  readonly #first: number;
  readonly #tests: RegExp[] = [];
  readonly #flags: string;
  readonly #testOf = new Map<string, number>();
  readonly #kinds: Kind[] = [{ isWord: false, passes: [] }];
  /** Kind of each UTF-16 code unit; 0: not asked yet. */
  readonly #kindOf = new Uint32Array(1 << 16);
  readonly #kindByTests = new Map<string, number>();
  readonly #known = new Map<string, Ways>();
  /** Round in which a state was visited last. */
  readonly #visited: Uint32Array;
  #round = 0;

  /** @param flags those of `RegExp`, for each single character. */
  constructor(tree: Tree, flags: string) {
    this.#flags = flags;
    this.#first = this.#enter(tree, FINAL);
    this.#visited = new Uint32Array(this.#states.length);
  }

  /** States of the pattern. */
  get size(): number {
    return this.#states.length;
  }

  matches(text: string): boolean {
    let ways = this.#ways('start', []);
    for (let at = 0; at < text.length; at++) {
      this.steps++;
      const code = text.charCodeAt(at);
      const kind = this.#kindOf[code]! || this.#newKind(code);
      const led = (ways.leads[kind] ??= this.#lead(ways, kind));
      if (typeof led === 'boolean') return led;
      ways = led;
    }
    return (ways.leads[END] ??= this.#lead(ways, END)) === true;
  }

  /** Adds what matches the tree and goes on at `next`. @returns where it is entered. */
  #enter(tree: Tree, next: number): number {
    switch (tree.kind) {
      case 'one':
        return this.#add({ test: this.#testFor(tree.source), next: [next] });
      case 'edge':
        return this.#add({ edge: tree.edge, next: [next] });
      case 'all':
        return tree.parts.reduceRight((entry, part) => this.#enter(part, entry), next);
      case 'any':
        return this.#add({ next: tree.parts.map(part => this.#enter(part, next)) });
      case 'repeat':
        return this.#enterRepeat(tree.of, tree.least, tree.most, next);
    }
  }

  #enterRepeat(of: Tree, least: number, most: number, next: number): number {
    let entry = next;
    if (Number.isFinite(most))
      for (let more = most - least; more > 0; more--) entry = this.#add({ next: [this.#enter(of, entry), next] });
    else {
      const around: number[] = [next];
      entry = this.#add({ next: around });
      around.push(this.#enter(of, entry));
    }
    for (let times = least; times > 0; times--) entry = this.#enter(of, entry);
    return entry;
  }

  #add(state: State): number {
    return this.#states.push(state) - 1;
  }

  #testFor(source: string): number {
    const known = this.#testOf.get(source);
    if (known !== undefined) return known;
    const test = this.#tests.push(new RegExp(`^(?:${source})$`, this.#flags)) - 1;
    this.#testOf.set(source, test);
    return test;
  }

  #newKind(code: number): number {
    const character = String.fromCharCode(code);
    const passes = this.#tests.map(test => test.test(character));
    this.steps += passes.length;
    const isWord = /\w/.test(character);
    const key = [isWord, ...passes].map(Number).join('');
    const kind = this.#kindByTests.get(key) ?? this.#kinds.push({ isWord, passes }) - 1;
    this.#kindByTests.set(key, kind);
    this.#kindOf[code] = kind;
    return kind;
  }

  #ways(before: Before, states: readonly number[]): Ways {
    const key = `${before} ${states.join()}`;
    const known = this.#known.get(key);
    if (known) return known;
    if (this.#known.size >= MOST_WAYS) this.#known.clear();
    const ways: Ways = { before, states, leads: [] };
    this.#known.set(key, ways);
    return ways;
  }

  /** Where a character (or the end) leads; a boolean: that is the answer. */
  #lead(ways: Ways, kind: number): Ways | boolean {
    const { isWord, passes } = this.#kinds[kind]!;
    const round = ++this.#round;
    const open = [...ways.states, this.#first];
    const after = new Set<number>();
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (this.#visited[at] === round) continue;
      this.#visited[at] = round;
      this.steps++;
      if (at === FINAL) return true;
      const { test, edge, next } = this.#states[at]!;
      if (test !== undefined) {
        if (passes[test] === true) after.add(next[0]!);
      } else if (edge === undefined || holds(edge, ways.before, kind === END, isWord)) open.push(...next);
    }
    if (kind === END) return false;
    return this.#ways(
      isWord ? 'word' : 'other',
      [...after].sort((a, b) => a - b),
    );
  }
}

function holds(edge: Edge, before: Before, isEnd: boolean, isWord: boolean): boolean {
  switch (edge) {
    case '^':
      return before === 'start';
    case '$':
      return isEnd;
    case '\\b':
      return (before === 'word') !== isWord;
    case '\\B':
      return (before === 'word') === isWord;
  }
}
