/**
 * Does a regular expression match anywhere in a text? In one pass: all the ways in which it could match are followed at
 * once (Thompson 1968), so the time is bounded by the length of the text times the size of the pattern, whatever the text.
 *
 * The ways are a set of bits, one for each character of the pattern (Glushkov 1961); what may follow each of them is
 * worked out once. What one character is (classes, escapes, capitals) is asked of JavaScript's own matcher, once.
 */
import type { Edge, Tree } from './pattern-tree.ts';

/** A place in the pattern: reads a character that passes the test, or is gone on from without one. */
interface State {
  /** Number of the test. */
  readonly test?: number;
  readonly edge?: Edge;
  readonly next: readonly number[];
}

/** What is on one side of a place in the text: its end, a letter of a word, something else. */
const EDGE = 0;
const WORD = 1;
const OTHER = 2;

/** Characters that all tests take for the same. */
interface Kind {
  readonly side: typeof WORD | typeof OTHER;
  /** The places of the pattern that take them, as bits. */
  readonly passes: Uint32Array;
}

const FINAL = 0;
/** Words of sets that are put together for one text, some milliseconds; what has not matched by then does not. */
const MOST_WORK = 1_000_000;

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
  /** What was done: sets of what follows that were put together, tests that were asked. */
  steps = 0;
  readonly #states: State[] = [{ next: [] }];
  readonly #first: number;
  readonly #tests: RegExp[] = [];
  readonly #flags: string;
  readonly #testOf = new Map<string, number>();
  readonly #kinds: Kind[] = [];
  /** Kind of each UTF-16 code unit, from 1 on; 0: not asked yet. */
  readonly #kindOf = new Uint32Array(1 << 16);
  readonly #kindByTests = new Map<string, number>();
  /** The states that read a character: bit 0 is the end of the pattern, bit n the n-th of them. */
  readonly #places: readonly number[];
  readonly #bitOf = new Map<number, number>();
  /** 32-bit words of a set. */
  readonly #words: number;
  /** By what is before and after a place in the text: the set that the pattern begins with, then those behind each bit. */
  readonly #follows: (Uint32Array | undefined)[] = [];

  /** @param flags those of `RegExp`, for each single character. */
  constructor(tree: Tree, flags: string) {
    this.#flags = flags;
    this.#first = this.#enter(tree, FINAL);
    this.#places = this.#states.flatMap(({ test }, state) => (test === undefined && state !== FINAL ? [] : [state]));
    for (const [bit, state] of this.#places.entries()) this.#bitOf.set(state, bit);
    this.#words = Math.ceil(this.#places.length / 32);
  }

  /** States of the pattern. */
  get size(): number {
    return this.#states.length;
  }

  matches(text: string): boolean {
    let ways = new Uint32Array(this.#words);
    let next = new Uint32Array(this.#words);
    let before: number = EDGE;
    const most = this.steps + MOST_WORK / this.#words;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      const { side, passes } = this.#kinds[(this.#kindOf[code]! || this.#newKind(code)) - 1]!;
      if (this.#lead(ways, next, before, side)) return true;
      // what is beyond is not known: neither `$` nor `\b` holds here
      if (this.steps > most) return false;
      for (let word = 0; word < passes.length; word++) next[word]! &= passes[word]!;
      [ways, next] = [next, ways];
      before = side;
    }
    return this.#lead(ways, next, before, EDGE);
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
    const passed = this.#tests.map(test => test.test(character));
    this.steps += passed.length;
    const isWord = /\w/.test(character);
    const key = [isWord, ...passed].map(Number).join('');
    const kind = this.#kindByTests.get(key) ?? this.#kinds.push(this.#kind(isWord, passed));
    this.#kindByTests.set(key, kind);
    this.#kindOf[code] = kind;
    return kind;
  }

  #kind(isWord: boolean, passed: readonly boolean[]): Kind {
    const passes = new Uint32Array(this.#words);
    for (const [bit, state] of this.#places.entries())
      if (passed[this.#states[state]!.test ?? -1] === true) add(passes, 0, bit);
    return { side: isWord ? WORD : OTHER, passes };
  }

  /** Puts what can be read after `ways`, or from here on, into `to`. @returns whether the pattern has matched */
  #lead(ways: Uint32Array, to: Uint32Array, before: number, after: number): boolean {
    const context = 3 * before + after;
    const follows = (this.#follows[context] ??= this.#followsIn(before, after));
    const words = this.#words;
    for (let word = 0; word < words; word++) to[word] = follows[word]!;
    this.steps++;
    for (let word = 0; word < words; word++) {
      for (let left = ways[word]!; left !== 0; left &= left - 1) {
        this.steps++;
        let from = (32 * word + 32 - Math.clz32(left & -left)) * words - words;
        for (let at = 0; at < words; at++) to[at]! |= follows[from++]!;
      }
    }
    return (to[0]! & 1) !== 0;
  }

  /** What is behind each bit, without reading a character, between these two sides. */
  #followsIn(before: number, after: number): Uint32Array {
    const sets = new Uint32Array(this.#places.length * this.#words);
    for (const [bit, state] of this.#places.entries()) {
      // bit 0, the end, has nothing behind it: there is the beginning
      const open = bit === 0 ? [this.#first] : [...this.#states[state]!.next];
      const visited = new Set<number>();
      for (let at = open.pop(); at !== undefined; at = open.pop()) {
        if (visited.has(at)) continue;
        visited.add(at);
        const { edge, next } = this.#states[at]!;
        const place = this.#bitOf.get(at);
        if (place !== undefined) add(sets, bit * this.#words, place);
        else if (edge === undefined || holds(edge, before, after)) open.push(...next);
      }
    }
    return sets;
  }
}

function add(sets: Uint32Array, from: number, bit: number): void {
  sets[from + (bit >>> 5)]! |= 1 << (bit & 31);
}

function holds(edge: Edge, before: number, after: number): boolean {
  switch (edge) {
    case '^':
      return before === EDGE;
    case '$':
      return after === EDGE;
    case '\\b':
      return (before === WORD) !== (after === WORD);
    case '\\B':
      return (before === WORD) === (after === WORD);
  }
}
