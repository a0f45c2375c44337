/** What a filter is made of. */
import type { Field } from '../fields/field.ts';

export type Relation = '=' | '<' | '<=' | '>' | '>=' | '~' | 'has' | 'in';
/** `x != 3` is not the same as `not x = 3`: a missing x satisfies only the latter. */
export type Operator = Relation | '!=' | '!~' | 'not has' | 'not in';

/** What the negative operators deny. */
export const DENIED: Partial<Record<Operator, Relation>> = {
  '!=': '=',
  '!~': '~',
  'not has': 'has',
  'not in': 'in',
};

/** The relation that an operator asserts or denies. */
export const relationOf = (operator: Operator): Relation => DENIED[operator] ?? (operator as Relation);

/** A value that a column is compared with. */
export interface Literal {
  /** As it is written, without quotes: `100MiB`, `KTHREAD`. */
  readonly text: string;
  /** In the base unit of the column (bytes, seconds, …); masks and addresses as bigint, for they may have 64 bits. */
  readonly value: number | bigint | string;
}

export interface Comparison {
  readonly kind: 'comparison';
  readonly field: Field;
  readonly operator: Operator;
  /** One, but for `in` and `not in`. */
  readonly values: readonly Literal[];
}

export type Tree =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Tree[] }
  | { readonly kind: 'not'; readonly part: Tree }
  | { readonly kind: 'search'; readonly text: string }
  | { readonly kind: 'presence'; readonly field: Field; readonly known: boolean }
  | Comparison;
