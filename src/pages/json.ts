/** A page as JSON: facts by id, tables as arrays of objects, notes as sentences, reasons of what is missing by path. */
import type { Fact, Item, Json, Page, TableSection } from './document.ts';

type Mutable = Record<string, Json>;

interface Collected {
  readonly missing: Mutable;
  readonly raw: Mutable;
}

function put(into: Mutable, id: string, of: Item, path: string, { missing, raw }: Collected): void {
  into[id] = of.value;
  if (of.missing) missing[path] = of.missing;
  if (of.raw !== undefined) raw[path] = of.raw;
}

function factsObject(facts: readonly Fact[], prefix: string, into: Mutable, collected: Collected): void {
  for (const fact of facts) put(into, fact.id, fact, prefix + fact.id, collected);
}

const tableRows = ({ columns, rows }: TableSection): Json =>
  rows.map(row => Object.fromEntries(columns.map(({ id }, index) => [id, row[index]!.value])));

/** `{…facts, …tables, notes?, missing?: {path: reason}, raw?: {path: digits}}` */
export function pageJson({ sections }: Page): Json {
  const out: Mutable = {};
  const collected: Collected = { missing: {}, raw: {} };
  const notes: string[] = [];
  for (const section of sections) {
    if (section.kind === 'note') notes.push(section.text);
    else if (section.kind === 'table') out[section.id] = tableRows(section);
    else if (section.id === '') factsObject(section.facts, '', out, collected);
    else {
      const own: Mutable = {};
      factsObject(section.facts, `${section.id}.`, own, collected);
      out[section.id] = own;
    }
  }
  return {
    ...out,
    ...(notes.length > 0 ? { notes } : {}),
    ...(Object.keys(collected.missing).length > 0 ? { missing: collected.missing } : {}),
    ...(Object.keys(collected.raw).length > 0 ? { raw: collected.raw } : {}),
  };
}
