/** The lines above the table: the machine, its tasks by state, CPU, memory, faults, pressure, and what the monitor itself costs. */
import type { Header, HeaderFacts } from './meters/facts.ts';
import { layoutFor } from './meters/layouts.ts';

export { METER_LAYOUTS } from './meters/facts.ts';
export type { HeaderFacts, MeterLayout, OwnCost, Stretched } from './meters/facts.ts';

/**
 * The header that fits the terminal; the table keeps at least half of it. Its height depends on the size, on the choice of
 * meters and on what the machine has (CPUs, high memory, a control group with limits), never on what it does: it does not
 * jump from sample to sample. No line is longer than `columns`, and nothing covers anything.
 */
export function headerLines(facts: HeaderFacts, columns: number, rows: number): Header {
  const { layout = 'auto', perCpu = true } = facts.meters ?? {};
  const most = Math.max(1, Math.floor(rows / 2) - 1);
  return layoutFor(layout, columns, rows)({ facts, columns, rows, most, perCpu, all: layout === 'full' });
}
