/** CPUs, and memory beside or below them: the part of the header whose height depends on the machine. */
import { cpuBar, cpuWords, hasHighMemory, highMemory, memoryBar, swapAndZram } from './bars.ts';
import { barGrid, type CpuGrid, cpuRow, levelGrid } from './cpus.ts';
import type { Build } from './facts.ts';
import { Writer } from './writer.ts';

export type Paint = (writer: Writer) => void;

const PREFIX = 'CPU ';

/** The sum of all CPUs and, in the line below it or behind it, what it is made of. */
export function sumBar({ facts: { system } }: Build, writer: Writer, width: number): void {
  writer.put('CPU', 'strong').put(`×${system.cpuCount} `, 'dim');
  cpuBar(writer, Math.max(9, width), system.cpu, 6);
}

export const sumCells = ({ facts: { system } }: Build): number => `CPU×${system.cpuCount} `.length;

function sumLines(build: Build, width: number): Paint[] {
  return [
    writer => sumBar(build, writer, width - sumCells(build)),
    writer => cpuWords(writer, writer.x + width, build.facts.system.cpu),
  ];
}

/** The sum with its parts behind it, in one line. */
export function sumLine(build: Build, width: number): Paint {
  return writer => {
    const end = writer.x + width;
    const bar = Math.max(14, Math.min(40, width - sumCells(build) - 2 - CPU_WORDS_CELLS));
    sumBar(build, writer, bar);
    cpuWords(writer.gap(2), end, build.facts.system.cpu);
  };
}
const CPU_WORDS_CELLS = 8 * 8;

function gridLines({ facts: { system, ascii = false } }: Build, grid: CpuGrid, prefix: boolean): Paint[] {
  return Array.from({ length: grid.rows }, (_, row) => (writer: Writer): void => {
    if (prefix) writer.put(row === 0 ? 'CPU' : '', 'strong').gap(row === 0 ? 1 : PREFIX.length);
    cpuRow(writer, system, grid, row, ascii);
  });
}

interface CpuLines {
  readonly paints: readonly Paint[];
  /** They take the whole width: memory stands below them. */
  readonly wide: boolean;
}

/** Below so many cells the word CPU is left out. */
const PREFIX_FROM = 40;

/**
 * All CPUs within `mostBars` lines as bars, else within `most` lines as levels below their sum, beside memory or above it;
 * else only the sum.
 */
function cpuLines(build: Build, width: number, wholeWidth: number, mostBars: number, most: number): CpuLines {
  const { system } = build.facts;
  const { cpus } = system;
  const largest = cpus.at(-1) ?? 0;
  const sum = { paints: sumLines(build, width), wide: false };
  if (!build.perCpu || cpus.length === 0) return sum;
  const prefix = width >= PREFIX_FROM;
  const grid = barGrid(cpus.length, largest, width - (prefix ? PREFIX.length : 0), mostBars);
  if (grid) return { paints: gridLines(build, grid, prefix), wide: false };
  const levels = (cells: number, rows: number): Paint[] | undefined => {
    const found = levelGrid(cpus.length, largest, cells, rows - 1);
    return found && [sumLine(build, cells), ...gridLines(build, found, false)];
  };
  const beside = levels(width, most);
  // one line more, below it, for memory and swap
  const above = levels(wholeWidth, most - 1);
  if (beside && (!above || beside.length <= above.length + 1)) return { paints: beside, wide: false };
  return above ? { paints: above, wide: true } : sum;
}

function memoryLines({ facts: { system } }: Build, width: number): Paint[] {
  const named =
    (name: string, paint: (writer: Writer, width: number) => void): Paint =>
    writer =>
      paint(writer.put(name, 'strong'), width - name.length);
  const lines = [
    named('Mem ', (writer, cells) => memoryBar(writer, cells, system)),
    named('Swp ', (writer, cells) => swapAndZram(writer, cells, system)),
  ];
  return hasHighMemory(system) ? [...lines, named('', (writer, cells) => highMemory(writer, cells, system))] : lines;
}

/** Memory, swap and high memory side by side. */
function memoryRow(build: Build, width: number): Paint {
  const paints = memoryLines(build, Math.floor((width - 4) / 3));
  const pitch = Math.floor((width + 2) / paints.length);
  const wide = memoryLines(build, pitch - 2);
  return writer => {
    const { x } = writer;
    wide.forEach((paint, index) => paint(writer.to(x + index * pitch)));
  };
}

/** CPUs to the left, memory to the right of them (or below), `width` cells in all. At least two lines. */
export function block(
  build: Build,
  width: number,
  memoryCells: number,
  mostBars: number,
  most: number,
  head: readonly Paint[] = [],
): Writer[] {
  const gap = 2;
  const left = width - memoryCells - gap;
  const cpus = cpuLines(build, left, width, mostBars, most - head.length);
  const lefts = [...head, ...cpus.paints];
  const rights = cpus.wide ? [] : memoryLines(build, memoryCells);
  const writers = Array.from({ length: Math.max(lefts.length, rights.length) }, () => new Writer());
  lefts.forEach((paint, index) => paint(writers[index]!));
  rights.forEach((paint, index) => paint(writers[index]!.to(1 + left + gap)));
  if (cpus.wide) {
    const below = new Writer();
    memoryRow(build, width)(below);
    writers.push(below);
  }
  return writers;
}

/** Whether {@link cpuLines} will show bars: levels bring their sum with them. */
export function cpusAreBars({ facts: { system } }: Build, width: number, mostBars: number): boolean {
  const { cpus } = system;
  return barGrid(cpus.length, cpus.at(-1) ?? 0, width - PREFIX.length, mostBars) !== undefined;
}
