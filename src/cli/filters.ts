/** `--filter`: an expression, or `@name` of one that the configuration has. */
import type { Filter } from '../filter/filter.ts';
import { nearest } from '../units/nearest.ts';
import { type Options, UsageError } from './options.ts';

/** The language is loaded only where there is an expression. @throws UsageError */
export async function filterOf(text: string): Promise<Filter> {
  const { parseFilter } = await import('../filter/filter.ts');
  const parsed = parseFilter(text);
  if ('filter' in parsed) return parsed.filter;
  const { message, at } = parsed.error;
  throw new UsageError(`filter '${text}', at ${at + 1}: ${message}`);
}

/** @throws UsageError */
export async function givenFilter(options: Options): Promise<Filter | undefined> {
  const { filter } = options;
  if (filter === undefined) return undefined;
  if (!filter.startsWith('@')) return filterOf(filter);
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
