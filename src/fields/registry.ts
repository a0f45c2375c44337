/**
 * All columns. Parsing plan, files to open, delta, format, alignment, comparison, JSON type, `taskscope fields` and
 * docs/fields.md derive from the entries here; nothing else lists columns.
 */
import { isBetween, type Release } from '../kernel/release.ts';
import { nearest } from '../units/nearest.ts';
import { UNITS } from '../units/format.ts';
import { DERIVED_FIELDS, flagsCell } from './derived-fields.ts';
import type { Field } from './field.ts';
import { TASK_FILES, type TaskFile } from './files.ts';
import { RAW_STAT_FIELDS } from './stat-fields.ts';
import { STATUS_FIELDS } from './status-fields.ts';

/** The same letters stand for states in the column beside them. */
const FLAG_LETTERS =
  'In tables a letter for each that is set: R is RANDOMIZE there, no state. The help (?) and the page Flags have them all.';

const withFlagLetters = (field: Field): Field =>
  field.id === 'flags' ? { ...field, cell: flagsCell, help: `${field.help} ${FLAG_LETTERS}` } : field;

/** Every column with an id of its own; `status.<Key>` stands beside. */
export const FIELDS: readonly Field[] = [...RAW_STAT_FIELDS.map(withFlagLetters), ...DERIVED_FIELDS];

const BY_ID: ReadonlyMap<string, Field> = new Map([...FIELDS, ...STATUS_FIELDS].map(field => [field.id, field]));

/** The manual's spellings, accepted as input. */
const ALIASES: Readonly<Record<string, string>> = {
  minflt: 'min_flt',
  cminflt: 'cmin_flt',
  majflt: 'maj_flt',
  cmajflt: 'cmaj_flt',
  starttime: 'start_time',
};

const BY_TITLE: ReadonlyMap<string, Field> = new Map(FIELDS.map(field => [field.title.toUpperCase(), field]));

/** A column by its id, by the manual's spelling of it, or by its title on the screen. */
export const findField = (id: string): Field | undefined =>
  BY_ID.get(ALIASES[id] ?? id) ?? BY_TITLE.get(id.toUpperCase());

export function field(id: string): Field {
  const found = findField(id);
  if (!found) throw new Error(`no field ${id}`);
  return found;
}

export const fieldIds = (): readonly string[] => [...BY_ID.keys()];

/** A sentence for the user about an id that is none, the nearest valid one first: a bar may have no room for more. */
export function unknownField(id: string): string {
  // a key of status without its prefix is no typing error
  const near = BY_ID.has(`status.${id}`) ? `status.${id}` : nearest(id, [...BY_ID.keys()]);
  return `${near ? `did you mean '${near}'? ` : ''}unknown column '${id}': 'taskscope fields' lists them all`;
}

/** Columns of the main table, and in which order they fall away as the terminal narrows (see the view). */
export const DEFAULT_COLUMNS: readonly string[] = [
  'pid',
  'user',
  'state',
  'priority',
  'nice',
  'flags',
  'cpu_percent',
  'user_percent',
  'system_percent',
  'min_flt_rate',
  'maj_flt_rate',
  'rss_bytes',
  'num_threads',
  'cpu_time',
  'state_history',
  'wchan_name',
  'command',
];

/** The same without what tells of the past: what is printed has none. */
export const PRINTED_COLUMNS: readonly string[] = DEFAULT_COLUMNS.filter(id => BY_ID.get(id)?.history !== true);

export const DEFAULT_SORT = '-cpu_percent';

/** What `-c all` means: every column that this kernel has. */
export const allColumns = (release: Release): readonly string[] =>
  [...BY_ID.values()]
    .filter(({ since, until }) => isBetween(release, since === '2.6' ? null : since, until ?? null))
    .map(({ id }) => id);

/**
 * A `--columns` list as ids: plain ids replace the base set, `+id` and `-id` change it, `all` is every column.
 * Errors are sentences for the user.
 */
export function chooseColumns(
  words: readonly string[],
  release: Release,
  base: readonly string[] = DEFAULT_COLUMNS,
): { readonly ids: readonly string[] } | { readonly error: string } {
  const changes = words.every(word => /^[+-]/.test(word));
  let ids: string[] = changes ? [...base] : [];
  for (const word of words) {
    if (word === 'all') {
      ids.push(...allColumns(release).filter(id => !ids.includes(id)));
      continue;
    }
    const name = word.replace(/^[+-]/, '');
    const found = findField(name);
    if (!found) return { error: unknownField(name) };
    ids = ids.filter(id => id !== found.id);
    if (word.startsWith('-')) continue;
    // a column added to the default set goes before the command, which takes the rest of the line
    const command = changes && found.id !== 'command' ? ids.indexOf('command') : -1;
    if (command >= 0) ids.splice(command, 0, found.id);
    else ids.push(found.id);
  }
  return ids.length > 0 ? { ids } : { error: `no column is left: name at least one, as in '-c pid,command'` };
}

export interface SortKey {
  readonly field: Field;
  readonly descending: boolean;
}

/** A `--sort` list: a leading `-` means descending. */
export function chooseSort(
  words: readonly string[],
): { readonly keys: readonly SortKey[] } | { readonly error: string } {
  const keys: SortKey[] = [];
  for (const word of words) {
    const found = findField(word.replace(/^[+-]/, ''));
    if (!found) return { error: unknownField(word.replace(/^[+-]/, '')) };
    keys.push({ field: found, descending: word.startsWith('-') });
  }
  return { keys };
}

/** The files beside stat that some columns need. */
export function filesOf(fields: readonly Field[]): TaskFile[] {
  return (Object.keys(TASK_FILES) as TaskFile[]).filter(
    file => file !== 'stat' && fields.some(({ files }) => files.includes(file)),
  );
}

/** A column as `taskscope fields --json` and the docs describe it. */
export interface FieldFacts {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly type: 'number' | 'string' | 'array';
  readonly source: string;
  readonly scope: string;
  readonly since: string;
  readonly cost: string;
  readonly help: string;
  /** Since which release, and what, oldest first. */
  readonly changes: readonly { readonly from: string; readonly what: string }[];
  readonly kernel_variable: string | null;
}

/** The JSON type of a field's values; they are null when missing. */
export const jsonType = ({ id, unit }: Field): 'number' | 'string' | 'array' =>
  id === 'flag_names' ? 'array' : UNITS[unit].json;

export function fieldFacts(entry: Field): FieldFacts {
  const [source] = entry.files;
  const facts = TASK_FILES[source ?? 'stat'];
  return {
    id: entry.id,
    title: entry.title,
    unit: UNITS[entry.unit].words,
    type: jsonType(entry),
    source: `/proc/[pid]/${source ?? 'stat'}`,
    scope: entry.scope,
    since: entry.since,
    cost: source === 'stat' ? 'free' : facts.blocks ? `${facts.cost}, read aside` : facts.cost,
    help: entry.help,
    changes: entry.changes ?? [],
    kernel_variable: entry.kernelVariable ?? null,
  };
}
