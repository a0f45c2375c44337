/** Every CPU, in as many cells as there are for it: a bar, a short bar, or one character. */
import type { SystemHistory } from '../../model/system.ts';
import { isMissing } from '../../units/missing.ts';
import type { Tone } from '../cells.ts';
import { bar, busy, cpuBar } from './bars.ts';
import type { Writer } from './writer.ts';

/** How CPUs are laid out in a block of the header. */
export interface CpuGrid {
  readonly form: 'bars' | 'short' | 'levels';
  readonly columns: number;
  readonly rows: number;
  /** Cells from one column to the next; with levels there is one column. */
  readonly pitch: number;
  /** Cells of a CPU's number. */
  readonly digits: number;
  /** CPUs in a row of levels. */
  readonly perRow: number;
}

/** Bars from the most telling to the smallest; the first form that fits into its share of the lines is taken. */
const FORMS = [
  { form: 'bars', least: 24, gap: 2, share: 1 / 2 },
  { form: 'bars', least: 15, gap: 2, share: 1 / 2 },
  { form: 'short', least: 8, gap: 1, share: 1 },
] as const;
/** One character a CPU: so many in a row, in groups that can be counted. */
const LEVEL_ROWS = [64, 32, 16] as const;
const GROUP = 8;

const levelCells = (perRow: number): number => perRow + Math.ceil(perRow / GROUP) - 1;

/** Lines that the block has anyway: columns are filled up to there. */
const LEAST_ROWS = 2;

/** The bars of so many CPUs; undefined: they do not fit. @param largest number of a CPU @param mostRows at most so many lines */
export function barGrid(count: number, largest: number, width: number, mostRows: number): CpuGrid | undefined {
  const digits = String(largest).length;
  for (const { form, least, gap, share } of FORMS) {
    const fitting = Math.floor((width + gap) / (digits + least + gap));
    if (fitting < 1) continue;
    const rows = Math.max(Math.ceil(count / fitting), Math.min(count, LEAST_ROWS));
    if (rows > Math.max(LEAST_ROWS, Math.floor(mostRows * share))) continue;
    const columns = Math.ceil(count / rows);
    return { form, columns, rows, pitch: Math.floor((width + gap) / columns), digits, perRow: columns };
  }
  return undefined;
}

/** One character each; undefined: they do not fit. */
export function levelGrid(count: number, largest: number, width: number, mostRows: number): CpuGrid | undefined {
  const digits = String(largest).length;
  const perRow = LEVEL_ROWS.find(cells => digits + 1 + levelCells(cells) <= width);
  if (perRow === undefined) return undefined;
  const rows = Math.ceil(count / perRow);
  return rows > mostRows ? undefined : { form: 'levels', columns: 1, rows, pitch: width, digits, perRow };
}

/** One CPU as a character: an eighth or a tenth of its time each, `×` offline, `!` a counter that went back. */
function level(system: SystemHistory, cpu: number, ascii: boolean): { glyph: string; tone: Tone } {
  if (!system.isOnline(cpu)) return { glyph: '×', tone: 'dim' };
  const shares = system.cpuShares(cpu);
  if (isMissing(shares))
    return shares.missing === 'went-backwards' ? { glyph: '!', tone: 'warn' } : { glyph: '-', tone: 'dim' };
  const percent = busy(shares);
  const glyph = ascii
    ? String(Math.min(9, Math.floor(percent / 10)))
    : LEVELS[Math.min(7, Math.floor(percent / 12.5))]!;
  return { glyph, tone: percent < 1 ? 'dim' : percent < 90 ? 'good' : 'warn' };
}

const LEVELS = '▁▂▃▄▅▆▇█';

function levelRow(
  writer: Writer,
  system: SystemHistory,
  { digits, perRow }: CpuGrid,
  row: number,
  ascii: boolean,
): void {
  const cpus = system.cpus.slice(row * perRow, (row + 1) * perRow);
  writer.put(String(cpus[0]!).padStart(digits), 'dim').gap(1);
  let run = '';
  let runTone: Tone = 'dim';
  cpus.forEach((cpu, index) => {
    const { glyph, tone } = level(system, cpu, ascii);
    const gap = index > 0 && index % GROUP === 0;
    if (gap || tone !== runTone) {
      writer.put(run, runTone).gap(gap ? 1 : 0);
      run = '';
    }
    run += glyph;
    runTone = tone;
  });
  writer.put(run, runTone);
}

function oneBar(writer: Writer, system: SystemHistory, cpu: number, width: number, short: boolean): void {
  if (system.isOnline(cpu)) cpuBar(writer, width, system.cpuShares(cpu), short ? 3 : 6);
  else bar(writer, width, [], short ? 'off' : 'offline', 'dim');
}

/** One line of the grid, from where the writer is. CPUs go down the columns. */
export function cpuRow(writer: Writer, system: SystemHistory, grid: CpuGrid, row: number, ascii: boolean): void {
  if (grid.form === 'levels') {
    levelRow(writer, system, grid, row, ascii);
    return;
  }
  const { x } = writer;
  const gap = grid.form === 'short' ? 1 : 2;
  for (let column = 0; column < grid.columns; column++) {
    const cpu = system.cpus[column * grid.rows + row];
    if (cpu === undefined) return;
    writer.to(x + column * grid.pitch).put(String(cpu).padStart(grid.digits), 'dim');
    oneBar(writer, system, cpu, grid.pitch - gap - grid.digits, grid.form === 'short');
  }
}
