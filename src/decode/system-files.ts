/** System-wide files: `/proc/stat`, loadavg, meminfo, uptime, vmstat, pressure, version. Bytes in, values out. */
import { keyValues, latin1, lines } from './bytes.ts';

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

function cpuTicks(words: readonly string[]): CpuTicks {
  const at = (index: number): number => Number(words[index] ?? 0);
  return {
    user: at(1),
    nice: at(2),
    system: at(3),
    idle: at(4),
    iowait: at(5),
    irq: at(6),
    softirq: at(7),
    steal: at(8),
    guest: at(9),
    guestNice: at(10),
  };
}

export function decodeSystemStat(bytes: Uint8Array): SystemStat | undefined {
  let cpu: CpuTicks | undefined;
  const cpus = new Map<number, CpuTicks>();
  const counters: Record<string, number> = {};
  for (const line of lines(bytes)) {
    // the intr line has thousands of numbers: take its total only
    const words = line.startsWith('intr ') || line.startsWith('softirq ') ? line.split(' ', 2) : line.split(/ +/);
    const name = words[0]!;
    if (name === 'cpu') cpu = cpuTicks(words);
    else if (name.startsWith('cpu')) cpus.set(Number(name.slice(3)), cpuTicks(words));
    else counters[name] = Number(words[1]);
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

/** `/proc/loadavg`: averages over 1, 5, 15 minutes; threads runnable and in all. @see proc_loadavg(5). */
export interface LoadAverage {
  readonly load1: number;
  readonly load5: number;
  readonly load15: number;
  readonly runnableThreads: number;
  readonly threads: number;
}

export function decodeLoadavg(bytes: Uint8Array): LoadAverage | undefined {
  const match = /^(\S+) (\S+) (\S+) (\d+)\/(\d+)/.exec(latin1(bytes));
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
  const seconds = Number.parseFloat(latin1(bytes));
  return Number.isFinite(seconds) ? seconds : undefined;
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
  for (const [key, text] of keyValues(bytes)) out.set(key, Number(text));
  return out;
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
    const match = /^(some|full) avg10=(\S+) avg60=(\S+) avg300=(\S+) total=(\d+)/.exec(line);
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

/** The release in `/proc/version`'s `Linux version RELEASE (…`. */
export function releaseOfVersion(banner: string): string | undefined {
  return /^Linux version (\S+)/.exec(banner)?.[1];
}
