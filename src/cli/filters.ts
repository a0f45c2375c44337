/** `--filter`: an expression, or `@name` of one that the configuration has. */
import type { Filter } from '../filter/filter.ts';
import { nearest } from '../units/nearest.ts';
import { type Options, UsageError } from './options.ts';
import { filterOf } from './session.ts';

/** @throws UsageError */
export async function givenFilter(options: Options): Promise<Filter | undefined> {
  const { filter } = options;
  if (filter?.startsWith('@') !== true) return filterOf(filter);
  const { readFilters } = await import('./settings.ts');
  const saved = await readFilters(options);
  const name = filter.slice(1);
  const text = saved.get(name);
  if (text !== undefined) return filterOf(text);
  const near = nearest(name, [...saved.keys()]);
  throw new UsageError(
    `the configuration has no filter '${name}': ${near ? `did you mean '@${near}'?` : 'name it in [filters], or write the expression'}`,
  );
}
