/** System-wide files: `/proc/stat`, loadavg, meminfo, uptime, vmstat, pressure, version. Bytes in, values out. */
import { cpuNumbers } from '../kernel/cpu-list.ts';
import { exactText, keyValues, latin1, lines } from './bytes.ts';

/** Ticks of one CPU line. `user` includes `guest`, `nice` includes `guestNice`. A kernel too old for one gives 0 there. */
export interface CpuTicks {
  readonly user: number;
  readonly nice: number;
  readonly system: number;
  readonly idle: number;
  readonly iowait: number;
  readonly irq: number;
  readonly softirq: number;
  readonly steal: number;
  readonly guest: number;
  readonly guestNice: number;
}

/** `/proc/stat`. @see proc_stat(5); kernel `fs/proc/stat.c`. Counters are since boot. */
export interface SystemStat {
  readonly cpu: CpuTicks;
  /** By CPU number; offline CPUs are absent. */
  readonly cpus: ReadonlyMap<number, CpuTicks>;
  readonly interrupts: number;
  readonly contextSwitches: number;
  /** Wall clock of the boot, seconds since 1970. */
  readonly bootTime: number;
  /** Forks since boot, threads included. */
  readonly forks: number;
  readonly running: number;
  readonly blocked: number;
}

const NEWLINE = 10;
const BLANK = 32;
const ZERO = 48;
/** Longer than any counter line's name and first number. */
const COUNTER_BYTES = 64;
/** What fits into the numbers of CPUs that any kernel is built for. */
const MOST_CPU_DIGITS = 5;

/** Of 64 bits. */
const MOST_DIGITS = 20;

/** A number at `start`, which ends at a blank or at `end`; NaN: there is something else. */
function numberAt(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  let at = start;
  for (; at < end && bytes[at] !== BLANK; at++) {
    const digit = bytes[at]! - ZERO;
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : Number.NaN;
  }
  return at - start > MOST_DIGITS ? Number.NaN : value;
}

/** Up to ten numbers behind the name of a CPU line. */
function cpuTicks(bytes: Uint8Array, start: number, end: number): CpuTicks {
  let at = start;
  const next = (): number => {
    while (at < end && bytes[at] !== BLANK) at++;
    while (at < end && bytes[at] === BLANK) at++;
    return numberAt(bytes, at, end);
  };
  return {
    user: next(),
    nice: next(),
    system: next(),
    idle: next(),
    iowait: next(),
    irq: next(),
    softirq: next(),
    steal: next(),
    guest: next(),
    guestNice: next(),
  };
}

const isCpuLine = (bytes: Uint8Array, start: number): boolean =>
  bytes[start] === 0x63 && bytes[start + 1] === 0x70 && bytes[start + 2] === 0x75;

/** On a large machine its CPU lines and the thousands of numbers of `intr` are nearly all of the file: no text is made of them. */
export function decodeSystemStat(bytes: Uint8Array): SystemStat | undefined {
  let cpu: CpuTicks | undefined;
  const cpus = new Map<number, CpuTicks>();
  const counters: Record<string, number> = {};
  for (let start = 0, end = 0; (end = bytes.indexOf(NEWLINE, start)) >= 0; start = end + 1) {
    if (isCpuLine(bytes, start)) {
      const ticks = cpuTicks(bytes, start, end);
      const number = numberAt(bytes, start + 3, Math.min(end, start + 3 + MOST_CPU_DIGITS));
      if (bytes[start + 3] === BLANK) cpu = ticks;
      else if (!Number.isNaN(number)) cpus.set(number, ticks);
    } else {
      const [name = '', total] = latin1(bytes, start, Math.min(end, start + COUNTER_BYTES)).split(' ', 2);
      counters[name] = Number(total);
    }
  }
  if (!cpu) return undefined;
  const counter = (name: string): number => counters[name] ?? Number.NaN;
  return {
    cpu,
    cpus,
    interrupts: counter('intr'),
    contextSwitches: counter('ctxt'),
    bootTime: counter('btime'),
    forks: counter('processes'),
    running: counter('procs_running'),
    blocked: counter('procs_blocked'),
  };
}

/** A list of CPUs, `0-3,5`, ascending; what is no such list has none. @see lib/bitmap.c, `bitmap_print_to_pagebuf`. */
export const decodeCpuList = (bytes: Uint8Array): readonly number[] => cpuNumbers(latin1(bytes)) ?? [];

/** `/proc/loadavg`: averages over 1, 5, 15 minutes; threads runnable and in all. @see proc_loadavg(5). */
export interface LoadAverage {
  readonly load1: number;
  readonly load5: number;
  readonly load15: number;
  readonly runnableThreads: number;
  readonly threads: number;
}

export function decodeLoadavg(bytes: Uint8Array): LoadAverage | undefined {
  const match = /^(\d{1,10}\.\d+) (\d{1,10}\.\d+) (\d{1,10}\.\d+) (\d{1,10})\/(\d{1,10})\s/.exec(latin1(bytes));
  if (!match) return undefined;
  return {
    load1: Number(match[1]),
    load5: Number(match[2]),
    load15: Number(match[3]),
    runnableThreads: Number(match[4]),
    threads: Number(match[5]),
  };
}

/** `/proc/uptime`: seconds since boot, suspend included. @see proc_uptime(5). */
export function decodeUptime(bytes: Uint8Array): number | undefined {
  const match = /^(\d{1,20}(?:\.\d+)?)\s/.exec(latin1(bytes));
  return match ? Number(match[1]) : undefined;
}

/** `/proc/meminfo` by key, in bytes where the kernel says kB (it means 1,024 bytes), else the bare number. @see proc_meminfo(5). */
export function decodeMeminfo(bytes: Uint8Array): Map<string, number> {
  const out = new Map<string, number>();
  for (const [key, text] of keyValues(bytes)) {
    const number = Number.parseInt(text, 10);
    if (Number.isFinite(number)) out.set(key, text.endsWith('kB') ? number * 1024 : number);
  }
  return out;
}

/** `/proc/vmstat` by name: counters since boot. `pgfault` includes the major faults. */
export function decodeVmstat(bytes: Uint8Array): Map<string, number> {
  const out = new Map<string, number>();
  for (const [key, text] of keyValues(bytes)) if (/^\d{1,20}$/.test(text)) out.set(key, Number(text));
  return out;
}

/** One counter of `/proc/vmstat`; undefined: this kernel does not count it. All of them are ten times the work. */
export function vmstatCounter(bytes: Uint8Array, name: string): number | undefined {
  const end = name.length;
  for (let start = 0; start < bytes.length;) {
    const next = bytes.indexOf(NEWLINE, start);
    // a line that is cut short has fewer digits than the counter
    if (next < 0) return undefined;
    let same = 0;
    while (same < end && bytes[start + same] === name.charCodeAt(same)) same++;
    if (same === end && bytes[start + end] === BLANK) return numberAt(bytes, start + end + 1, next);
    start = next + 1;
  }
  return undefined;
}

/** One line of `/proc/pressure/*`: share of time in percent over 10, 60, 300 s, and the total stall in microseconds. */
export interface Pressure {
  readonly avg10: number;
  readonly avg60: number;
  readonly avg300: number;
  readonly totalUs: number;
}

/** `/proc/pressure/{cpu,memory,io,irq}`. @see kernel `kernel/sched/psi.c`. Since 4.20. */
export function decodePressure(bytes: Uint8Array): { readonly some?: Pressure; readonly full?: Pressure } {
  const out: { some?: Pressure; full?: Pressure } = {};
  for (const line of lines(bytes)) {
    const match = /^(some|full) avg10=(\d{1,3}\.\d+) avg60=(\d{1,3}\.\d+) avg300=(\d{1,3}\.\d+) total=(\d{1,20})/.exec(
      line,
    );
    if (!match) continue;
    out[match[1] as 'some' | 'full'] = {
      avg10: Number(match[2]),
      avg60: Number(match[3]),
      avg300: Number(match[4]),
      totalUs: Number(match[5]),
    };
  }
  return out;
}

/**
 * What a zram device holds (`/sys/block/zramN/mm_stat`), in bytes. @see Documentation/admin-guide/blockdev/zram.rst. Since 4.1.
 * `stored` is what was written to it, `used` the memory that it takes, with what the allocator wastes.
 */
export interface ZramMemory {
  readonly stored: number;
  readonly compressed: number;
  readonly used: number;
}

/** Undefined: no such line. A device that was not set up holds 0. */
export function decodeZramMemory(bytes: Uint8Array): ZramMemory | undefined {
  const match = /^\s*(\d{1,20})\s+(\d{1,20})\s+(\d{1,20})\s/.exec(latin1(bytes));
  if (!match) return undefined;
  return { stored: Number(match[1]), compressed: Number(match[2]), used: Number(match[3]) };
}

/** The release in `/proc/version`'s `Linux version RELEASE (…`. */
export function releaseOfVersion(banner: string): string | undefined {
  return /^Linux version (\S+)/.exec(banner)?.[1];
}

/** The words of `/proc/cmdline`; quotes keep blanks together. What stands behind `--` is for init. @see kernel `lib/cmdline.c`. */
export interface BootOptions {
  readonly kernel: readonly string[];
  readonly init: readonly string[];
}

export function decodeBootOptions(bytes: Uint8Array): BootOptions {
  const words: readonly string[] =
    exactText(bytes, 0, bytes.lastIndexOf(NEWLINE)).match(/(?:"[^"]*(?:"|$)|[^\s"\0])+/g) ?? [];
  const end = words.indexOf('--');
  return end < 0 ? { kernel: words, init: [] } : { kernel: words.slice(0, end), init: words.slice(end + 1) };
}
