/** The filter language: which tasks, in the words of the columns. docs/filter.md is its description for users. */
import type { Field } from '../fields/field.ts';
import type { TaskView } from '../fields/task.ts';
import { compile, fieldsOf } from './compile.ts';
import { parse, type FilterError } from './parse.ts';
import { print } from './print.ts';

export interface Filter {
  /**
   * Does the task satisfy it? A missing value satisfies no comparison, the negative ones included: with `x` missing `x = 3`,
   * `x != 3`, `x not in (3, 4)` and `x !~ y` are all false, and `not x = 3` is true, for it denies a false comparison.
   * Values that were not read are missing: {@link Filter.fields} says what has to be read before.
   */
  matches(task: TaskView): boolean;
  /** What must have been read of all tasks, each field once. */
  readonly fields: readonly Field[];
  /** Its one normal spelling; parsing it gives the same filter. */
  readonly text: string;
  /** Does it ask for what more than one interval tells? Then it has nothing to say at the first samples. */
  readonly history: boolean;
}

/** Never throws; an error is a sentence for the user, with its place in the text (UTF-16 offsets). */
export function parseFilter(text: string): { readonly filter: Filter } | { readonly error: FilterError } {
  const { result } = parse(text);
  if ('error' in result) return result;
  const { tree } = result;
  const fields = fieldsOf(tree);
  return {
    filter: {
      matches: compile(tree),
      fields,
      text: print(tree),
      history: fields.some(({ history }) => history === true),
    },
  };
}
