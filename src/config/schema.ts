/** What may stand in the configuration. Loaded only where there is one: valibot costs some milliseconds. */
import * as v from 'valibot';
import type { Known } from './known.ts';
import { type Look, readLook } from './looks.ts';
import { shown, suggest } from './words.ts';

export * as v from 'valibot';

const oneOf = (what: string, words: readonly string[]) =>
  v.pipe(
    v.string(`has to be the name of a ${what}, in quotes`),
    v.check(
      word => words.includes(word),
      ({ input }) => `${shown(input)} is no ${what}: ${suggest(input, words)}`,
    ),
  );

/** A name that users give to what is theirs. */
const OWN_NAME = v.pipe(
  v.string(),
  v.regex(/^[\p{L}\p{N}_.-]{1,32}$/u, 'cannot be a name: take letters, digits, - _ and .'),
);

/** A table with these members and no others. */
function table<const T extends v.ObjectEntries>(entries: T, says: string) {
  return v.strictObject(entries, ({ expected, received, path }) => {
    if (expected === 'never') return `is no setting: ${suggest(String(path?.at(-1)?.key), Object.keys(entries))}`;
    return path && received === 'undefined' ? 'is missing' : says;
  });
}

const YES_NO = 'has to be true or false';
const RANGE = 'has to be a number of seconds from 0.1 to 3600';
const LIST = 'has to be a list of column ids: ["pid", "command"]';
const ORDER = 'has to be a column id or a list of them: "-cpu_percent"';
const CELLS = 'has to be a number of cells from 1 to 200';
const RULES = 'has to be a list of tables: write it as [[highlight]]';

const FINDINGS = 'has to be a list of tables: write it as [[finding]]';

const namesIn = (part: unknown): readonly string[] =>
  typeof part === 'object' && part !== null ? Object.keys(part) : [];

/** @param own the tables of the file that give names. */
export function schemaOf(known: Known, own: { readonly themes?: unknown; readonly filters?: unknown }) {
  /** A column id behind an optional sign. */
  const column = (sign: RegExp, others: readonly string[]) =>
    v.pipe(
      v.string('has to hold column ids, in quotes'),
      v.check(
        word => others.includes(word) || known.columns.includes(word.replace(sign, '')),
        ({ input }) => `${shown(input)} is no column: ${suggest(input.replace(sign, ''), known.columns)}`,
      ),
    );
  const columns = v.pipe(v.array(column(/^[+-]/, ['all']), LIST), v.minLength(1, LIST));
  const sort = v.pipe(
    v.union([v.string(), v.array(v.string())], ORDER),
    v.transform(words => (typeof words === 'string' ? words.split(',').map(word => word.trim()) : words)),
    v.array(column(/^-/, [])),
    v.minLength(1, ORDER),
  );
  const yesNo = v.boolean(YES_NO);
  const filter = v.pipe(
    v.string('has to be a filter, in quotes: "state = D"'),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const wrong = known.filterError(dataset.value);
      if (wrong !== undefined) addIssue({ message: wrong });
    }),
  );
  const named = v.pipe(
    v.string('has to be a filter, in quotes: "state = D"'),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const { value } = dataset;
      const isName = value.startsWith('@');
      const wrong = isName ? undefined : known.filterError(value);
      if (wrong !== undefined) addIssue({ message: wrong });
      if (isName && !namesIn(own.filters).includes(value.slice(1)))
        addIssue({
          message: `${shown(value)} is no filter of [filters]: ${suggest(value.slice(1), namesIn(own.filters))}`,
        });
    }),
  );
  const look = v.pipe(
    v.unknown(),
    v.rawTransform<unknown, Look>(({ dataset, addIssue, NEVER }) => {
      const read = readLook(dataset.value);
      if (typeof read !== 'string') return read;
      addIssue({ message: read });
      return NEVER;
    }),
  );
  const finding = v.pipe(
    v.record(v.string(), v.unknown(), FINDINGS),
    v.rawCheck(({ dataset, addIssue }) => {
      const wrong = dataset.typed ? known.findingError(dataset.value) : undefined;
      if (!wrong) return;
      const { key, message } = wrong;
      const input: Record<string, unknown> = dataset.value as Record<string, unknown>;
      addIssue({
        message,
        ...(key !== undefined && { path: [{ type: 'object', origin: 'value', input, key, value: input[key] }] }),
      });
    }),
  );
  const tones = Object.fromEntries(known.tones.map(tone => [tone, v.optional(look)]));
  return table(
    {
      interval: v.optional(v.pipe(v.number(RANGE), v.minValue(0.1, RANGE), v.maxValue(3600, RANGE))),
      columns: v.optional(columns),
      sort: v.optional(sort),
      theme: v.optional(oneOf('theme', [...new Set([...known.themes, ...namesIn(own.themes)])])),
      keys: v.optional(oneOf('key map', known.keyMaps)),
      layout: v.optional(oneOf('layout', known.layouts)),
      per_cpu: v.optional(yesNo),
      threads: v.optional(yesNo),
      kernel_threads: v.optional(oneOf('choice', ['show', 'hide', 'only'])),
      tree: v.optional(yesNo),
      hide_idle: v.optional(yesNo),
      zeros_blank: v.optional(yesNo),
      mouse: v.optional(yesNo),
      ascii: v.optional(yesNo),
      widths: v.optional(
        v.record(
          oneOf('column', known.columns),
          v.pipe(v.number(CELLS), v.integer(CELLS), v.minValue(1, CELLS), v.maxValue(200, CELLS)),
          'has to be a table: [widths]',
        ),
      ),
      filters: v.optional(v.record(OWN_NAME, filter, 'has to be a table: [filters]')),
      highlight: v.optional(v.array(table({ filter: named, tone: oneOf('tone', known.highlights) }, RULES), RULES)),
      finding: v.optional(v.array(finding, FINDINGS)),
      sets: v.optional(
        v.record(
          OWN_NAME,
          table({ columns, sort: v.optional(sort) }, 'has to be a table: [sets.NAME]'),
          'has to be a table: [sets.NAME]',
        ),
      ),
      bind: v.optional(v.record(v.string(), v.unknown(), 'has to be a table: [bind]')),
      themes: v.optional(
        v.record(
          OWN_NAME,
          table({ base: v.optional(oneOf('theme', known.themes)), ...tones }, 'has to be a table: [themes.NAME]'),
          'has to be a table: [themes.NAME]',
        ),
      ),
    },
    'has to be a table',
  );
}
