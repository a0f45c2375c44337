/** What a frame has in common with the one before is not made again. */
import type { Field } from '../fields/field.ts';
import type { SortKey } from '../fields/registry.ts';
import type { KeyMap, Mode } from '../keys/keys.ts';
import { remembered } from '../units/remembered.ts';
import { type BarCounts, keyBar } from '../view/bars.ts';
import type { Line } from '../view/cells.ts';
import { headerLines, type HeaderFacts } from '../view/header.ts';
import type { Header } from '../view/meters/facts.ts';
import { RowMemo } from '../view/row-memo.ts';
import { type Column, scrolledColumns } from '../view/table.ts';

const sameNotes = (a: HeaderFacts, b: HeaderFacts): boolean =>
  a.notes.length === b.notes.length && a.notes.every((note, index) => note === b.notes[index]);

const sameMeters = ({ meters: a }: HeaderFacts, { meters: b }: HeaderFacts): boolean =>
  a?.layout === b?.layout && a?.perCpu === b?.perCpu;

function sameFacts(a: HeaderFacts, b: HeaderFacts): boolean {
  for (const key of Object.keys(b) as (keyof HeaderFacts)[])
    if (key !== 'notes' && key !== 'meters' && !Object.is(a[key], b[key])) return false;
  return sameNotes(a, b) && sameMeters(a, b);
}

/** The margin of the table: tags stand there. */
const MARGIN = 1;

function columnsOf(
  fields: readonly Field[],
  columns: number,
  pidDigits: number,
  skipped: number,
  sort: readonly SortKey[],
): readonly Column[] {
  const margin = columns > 2 ? MARGIN : 0;
  const sorted = sort.map(({ field }) => field.id);
  const laid = scrolledColumns(fields, columns - margin, pidDigits, skipped, sorted);
  return laid.columns.map(column => ({ ...column, x: column.x + margin }));
}

export class FrameMemo {
  readonly rows = new RowMemo();
  readonly columns = remembered(columnsOf);
  // modes and counts are lists that are made anew each time
  readonly #bar = remembered((modes: string, map: KeyMap, columns: number, counts: string) =>
    keyBar(modes.split(' ') as Mode[], map, columns, JSON.parse(counts) as BarCounts),
  );
  #header:
    { readonly facts: HeaderFacts; readonly columns: number; readonly rows: number; readonly made: Header } | undefined;

  bar(modes: readonly Mode[], map: KeyMap, columns: number, counts: BarCounts): Line {
    return this.#bar(modes.join(' '), map, columns, JSON.stringify(counts));
  }

  /** The census is another one after each sample, so that the same facts are of the same sample. */
  header(facts: HeaderFacts, columns: number, rows: number): Header {
    const last = this.#header;
    if (last && last.columns === columns && last.rows === rows && sameFacts(last.facts, facts)) return last.made;
    const made = headerLines(facts, columns, rows);
    this.#header = { facts, columns, rows, made };
    return made;
  }
}
