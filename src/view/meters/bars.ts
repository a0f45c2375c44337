/** Bars: CPU time, memory and swap with their parts. Each part has a letter of its own, so that bars need no colour. */
import type { CpuShares, SystemHistory } from '../../model/system.ts';
import { bytesText, formatValue } from '../../units/format.ts';
import { isMissing, type Reading } from '../../units/missing.ts';
import type { Tone } from '../cells.ts';
import { missingText, missingTone, type Writer } from './writer.ts';

interface Part {
  /** Percent of the whole bar. */
  readonly share: number;
  readonly glyph: string;
  readonly tone: Tone;
}

/** A bar of `width` cells, brackets included; its label stands at its end, a blank before it, over what the bar has there. */
export function bar(
  writer: Writer,
  width: number,
  parts: readonly Part[],
  label: string,
  labelTone: Tone = 'strong',
): void {
  const inner = Math.max(0, width - 2);
  const text = label.length < inner ? ' ' + label : label.length === inner ? label : '';
  writer.put('[', 'dim');
  const start = writer.x;
  const end = inner - text.length;
  let used = 0;
  let total = 0;
  for (const { share, glyph, tone } of parts) {
    total += share;
    const upTo = Math.min(end, Math.round((inner * total) / 100));
    if (upTo > used) writer.put(glyph.repeat(upTo - used), tone);
    used = Math.max(used, upTo);
  }
  writer
    .to(start + end)
    .put(text, labelTone)
    .put(']', 'dim');
}

/** The parts of CPU time in the order in which a bar shows them, with top's two letters for each. @see proc_stat(5). */
// prettier-ignore
export const CPU_PARTS: readonly { readonly part: keyof CpuShares; readonly glyph: string; readonly short: string; readonly tone: Tone; readonly meaning: string }[] = [
  { part: 'nice',    glyph: 'n', short: 'ni', tone: 'dim',  meaning: 'user programs with a nice value above 0' },
  { part: 'user',    glyph: '|', short: 'us', tone: 'good', meaning: 'user programs' },
  { part: 'guest',   glyph: 'g', short: 'gu', tone: 'good', meaning: 'virtual CPUs of guests' },
  { part: 'system',  glyph: 's', short: 'sy', tone: 'warn', meaning: 'the kernel' },
  { part: 'irq',     glyph: 'i', short: 'hi', tone: 'key',  meaning: 'interrupt handlers' },
  { part: 'softirq', glyph: 'q', short: 'si', tone: 'key',  meaning: 'softirqs' },
  { part: 'steal',   glyph: 't', short: 'st', tone: 'bad',  meaning: 'wanted, but the hypervisor ran something else' },
  { part: 'iowait',  glyph: 'w', short: 'wa', tone: 'bad',  meaning: 'idle while a task waited for I/O; not counted as busy' },
];

/** Percent of the time that a CPU was not idle; waiting for I/O is idle. */
export const busy = (cpu: CpuShares): number => Math.max(0, 100 - cpu.idle - cpu.iowait);

/** @param cells of the percentage: 6 shows a decimal, 3 does not. */
export function cpuBar(writer: Writer, width: number, cpu: Reading<CpuShares>, cells: 3 | 6): void {
  if (isMissing(cpu)) {
    bar(writer, width, [], missingText(cpu), missingTone(cpu));
    return;
  }
  const parts = CPU_PARTS.map(({ part, glyph, tone }) => ({ share: cpu[part], glyph, tone }));
  const percent = cells === 3 ? String(Math.round(busy(cpu))) : formatValue(busy(cpu), 'percent', cells);
  bar(writer, width, parts, percent + '%');
}

/** `us 30.1 sy 12.0 …`, the telling ones first, as many as fit whole. */
export function cpuWords(writer: Writer, end: number, cpu: Reading<CpuShares>): void {
  for (const short of ['us', 'sy', 'wa', 'st', 'si', 'hi', 'ni', 'gu']) {
    if (writer.x + short.length + 6 > end) return;
    const value = isMissing(cpu) ? undefined : cpu[CPU_PARTS.find(part => part.short === short)!.part];
    const text = value === undefined ? '-' : formatValue(value, 'percent', 4);
    writer
      .put(short, 'dim')
      .put(text.padStart(5), value === undefined || value < 0.05 ? 'dim' : 'normal')
      .gap(1);
  }
}

const or0 = (reading: Reading<number>): number => (isMissing(reading) ? 0 : reading);

export const MEMORY_PARTS = [
  { glyph: '|', tone: 'good', meaning: 'used by programs and the kernel' },
  { glyph: 'm', tone: 'key', meaning: 'shared memory and tmpfs' },
  { glyph: 'b', tone: 'key', meaning: 'buffers' },
  { glyph: 'c', tone: 'warn', meaning: 'page cache and caches that can be given up' },
] as const satisfies readonly { glyph: string; tone: Tone; meaning: string }[];

/** Bytes of memory in use and in all; used is what cannot be given up without swap: programs, kernel, shared memory. */
export interface MemoryUse {
  readonly total: number;
  readonly used: number;
  /** As {@link MEMORY_PARTS}. */
  readonly parts: readonly [number, number, number, number];
}

export function memoryUse(system: SystemHistory): MemoryUse | undefined {
  const total = system.memory('MemTotal');
  const free = system.memory('MemFree');
  if (isMissing(total) || isMissing(free) || total <= 0) return undefined;
  const buffers = or0(system.memory('Buffers'));
  const shared = or0(system.memory('Shmem'));
  // the kernel counts shared memory as cache, but it cannot be dropped
  const cache = Math.max(0, or0(system.memory('Cached')) + or0(system.memory('SReclaimable')) - shared);
  const programs = Math.max(0, total - free - buffers - cache - shared);
  return { total, used: programs + shared, parts: [programs, shared, buffers, cache] };
}

export function memoryBar(writer: Writer, width: number, system: SystemHistory): void {
  const use = memoryUse(system);
  if (!use) {
    bar(writer, width, [], '-', 'dim');
    return;
  }
  const parts = MEMORY_PARTS.map((part, index) => ({ ...part, share: (use.parts[index]! * 100) / use.total }));
  bar(writer, width, parts, `${bytesText(use.used)}/${bytesText(use.total)}`);
}

/** Bytes of swap in use and in all; undefined: there is none. What is cached is in memory too. */
export function swapUse(system: SystemHistory): { total: number; used: number; cached: number } | undefined {
  const total = or0(system.memory('SwapTotal'));
  if (total <= 0) return undefined;
  const cached = or0(system.memory('SwapCached'));
  return { total, used: Math.max(0, total - or0(system.memory('SwapFree')) - cached), cached };
}

export function swapBar(writer: Writer, width: number, system: SystemHistory): void {
  const use = swapUse(system);
  if (!use) {
    bar(writer, width, [], 'none', 'dim');
    return;
  }
  const { total, used, cached } = use;
  const parts: Part[] = [
    { share: (used * 100) / total, glyph: '|', tone: 'warn' },
    { share: (cached * 100) / total, glyph: 'c', tone: 'key' },
  ];
  bar(writer, width, parts, `${bytesText(used)}/${bytesText(total)}`);
}

/** Swap, and behind it what lies compressed in memory where zram is used. */
export function swapAndZram(writer: Writer, width: number, system: SystemHistory): void {
  const { zram } = system;
  const words = zram
    ? [` zram ${bytesText(zram.stored)} in ${bytesText(zram.used)}`, ` zram ${bytesText(zram.used)}`]
    : [];
  const text = words.find(word => width - word.length >= LEAST_SWAP_BAR) ?? '';
  swapBar(writer, width - text.length, system);
  writer.put(text);
}

const LEAST_SWAP_BAR = 14;

/** Does the kernel have more memory than it can map at once? Then the two kinds run out apart. */
export const hasHighMemory = (system: SystemHistory): boolean => or0(system.memory('HighTotal')) > 0;

/** `Low free 312M/812M High free …`, without the totals where there is little room. */
export function highMemory(writer: Writer, width: number, system: SystemHistory): void {
  const free = (kind: string): string => bytesText(or0(system.memory(`${kind}Free`)));
  const total = (kind: string): string => bytesText(or0(system.memory(`${kind}Total`)));
  const long = `Low free ${free('Low')}/${total('Low')} High free ${free('High')}/${total('High')}`;
  const text = long.length <= width ? long : `free Low ${free('Low')} High ${free('High')}`;
  writer.cut(
    text,
    writer.x + width,
    or0(system.memory('LowFree')) * 20 < or0(system.memory('LowTotal')) ? 'warn' : 'normal',
  );
}
