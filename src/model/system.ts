/** The machine as a whole: the system-wide files of the last two samples, and what changed between them. */
import {
  type CpuTicks,
  decodeLoadavg,
  decodeMeminfo,
  decodeSystemStat,
  decodeUptime,
  decodeVmstat,
  type LoadAverage,
  type SystemStat,
} from '../decode/system-files.ts';
import { FIRST_SAMPLE, NOT_IN_KERNEL, NOT_READ, WENT_BACKWARDS } from '../fields/task.ts';
import type { SampleStart } from '../frame/sink.ts';
import { isMissing, type Reading } from '../units/missing.ts';

/** Samples kept for the sparklines of the header. */
const SPARK_SAMPLES = 120;

/** Shares of one CPU's time (or of all CPUs together) in percent; they add up to 100. */
export interface CpuShares {
  readonly user: number;
  readonly nice: number;
  readonly system: number;
  readonly irq: number;
  readonly softirq: number;
  readonly iowait: number;
  readonly steal: number;
  readonly guest: number;
  readonly idle: number;
}

interface SystemSample {
  readonly ms: number;
  readonly wallMs: number;
  readonly stat: SystemStat | undefined;
  readonly load: LoadAverage | undefined;
  readonly uptime: number | undefined;
  readonly memory: ReadonlyMap<string, number>;
  readonly vmstat: ReadonlyMap<string, number>;
}

/** A shorter gap between uptime and CLOCK_MONOTONIC is no suspend. */
const SUSPEND_SECONDS = 1;

const NOTHING = new Uint8Array(0);

export class SystemHistory {
  /** Minor and major faults per second of the machine, oldest first. */
  readonly minorFaults: number[] = [];
  readonly majorFaults: number[] = [];

  #now: SystemSample | undefined;
  #before: SystemSample | undefined;

  /** @param ticksPerSecond of the machine: CPU times are ticks. */
  constructor(ticksPerSecond: number) {
    this.ticksPerSecond = ticksPerSecond;
  }

  readonly ticksPerSecond: number;

  push({ wallMs, system, systemMs }: SampleStart): void {
    const bytes = (name: string): Uint8Array => system.get(name) ?? NOTHING;
    this.#before = this.#now;
    this.#now = {
      ms: systemMs,
      wallMs,
      stat: decodeSystemStat(bytes('stat')),
      load: decodeLoadavg(bytes('loadavg')),
      uptime: decodeUptime(bytes('uptime')),
      memory: decodeMeminfo(bytes('meminfo')),
      vmstat: decodeVmstat(bytes('vmstat')),
    };
    this.#remember(this.minorFaults, this.minorFaultRate);
    this.#remember(this.majorFaults, this.majorFaultRate);
  }

  get wallMs(): number {
    return this.#now?.wallMs ?? Number.NaN;
  }

  get uptimeSeconds(): number {
    return this.#now?.uptime ?? Number.NaN;
  }

  /** Seconds between the last two samples; missing after the first. */
  get intervalSeconds(): Reading<number> {
    if (!this.#now || !this.#before) return FIRST_SAMPLE;
    const seconds = (this.#now.ms - this.#before.ms) / 1000;
    return seconds > 0 ? seconds : FIRST_SAMPLE;
  }

  /** Seconds between the last two samples in which the machine was suspended: then uptime runs ahead of CLOCK_MONOTONIC. */
  get suspendedSeconds(): number {
    const ahead = (this.#now?.uptime ?? Number.NaN) - (this.#before?.uptime ?? Number.NaN);
    const interval = this.intervalSeconds;
    const gap = isMissing(interval) ? 0 : ahead - interval;
    // uptime has hundredths, and is read a moment later
    return gap > SUSPEND_SECONDS ? gap : 0;
  }

  get load(): Reading<LoadAverage> {
    return this.#now?.load ?? NOT_READ;
  }

  /** A value of meminfo in bytes. */
  memory(key: string): Reading<number> {
    return this.#now?.memory.get(key) ?? NOT_IN_KERNEL;
  }

  get cpuCount(): number {
    return this.#now?.stat?.cpus.size ?? 0;
  }

  get majorFaultRate(): Reading<number> {
    return this.#rate(sample => sample.vmstat.get('pgmajfault'));
  }

  /** The kernel's `pgfault` counts major faults too; they are taken out here. */
  get minorFaultRate(): Reading<number> {
    return this.#rate(({ vmstat }) => {
      const all = vmstat.get('pgfault');
      const major = vmstat.get('pgmajfault');
      return all === undefined || major === undefined ? undefined : all - major;
    });
  }

  /** Forks per second, threads included. */
  get forkRate(): Reading<number> {
    return this.#rate(sample => sample.stat?.forks);
  }

  get contextSwitchRate(): Reading<number> {
    return this.#rate(sample => sample.stat?.contextSwitches);
  }

  get interruptRate(): Reading<number> {
    return this.#rate(sample => sample.stat?.interrupts);
  }

  /** How all CPUs together spent the interval. */
  get cpu(): Reading<CpuShares> {
    const now = this.#now?.stat?.cpu;
    const before = this.#before?.stat?.cpu;
    if (!now) return NOT_READ;
    return before ? shares(before, now, this.cpuCount) : FIRST_SAMPLE;
  }

  #rate(pick: (sample: SystemSample) => number | undefined): Reading<number> {
    const seconds = this.intervalSeconds;
    const now = this.#now && pick(this.#now);
    if (now === undefined || Number.isNaN(now)) return NOT_IN_KERNEL;
    if (isMissing(seconds)) return seconds;
    const before = this.#before && pick(this.#before);
    if (before === undefined || Number.isNaN(before)) return FIRST_SAMPLE;
    return now < before ? WENT_BACKWARDS : (now - before) / seconds;
  }

  #remember(history: number[], rate: Reading<number>): void {
    if (isMissing(rate)) return;
    history.push(rate);
    if (history.length > SPARK_SAMPLES) history.shift();
  }
}

/** Idle and iowait of a tickless CPU go back by a few ticks now and then. */
const JITTER_TICKS = 10;

/**
 * A part that went back by a few ticks gained nothing. More than that is a CPU taken offline with its counters: then no
 * share can be told.
 */
function shares(before: CpuTicks, now: CpuTicks, cpus: number): Reading<CpuShares> {
  const keys = Object.keys(now) as (keyof CpuTicks)[];
  if (keys.some(key => before[key] - now[key] > JITTER_TICKS * Math.max(1, cpus))) return WENT_BACKWARDS;
  const gain = (key: keyof CpuTicks): number => Math.max(0, now[key] - before[key]);
  const guest = gain('guest') + gain('guestNice');
  const parts = {
    user: Math.max(0, gain('user') - gain('guest')),
    nice: Math.max(0, gain('nice') - gain('guestNice')),
    system: gain('system'),
    irq: gain('irq'),
    softirq: gain('softirq'),
    iowait: gain('iowait'),
    steal: gain('steal'),
    guest,
    idle: gain('idle'),
  };
  const total = Object.values(parts).reduce((sum, part) => sum + part, 0);
  if (total <= 0) return FIRST_SAMPLE;
  const share = (part: number): number => (part * 100) / total;
  return {
    user: share(parts.user),
    nice: share(parts.nice),
    system: share(parts.system),
    irq: share(parts.irq),
    softirq: share(parts.softirq),
    iowait: share(parts.iowait),
    steal: share(parts.steal),
    guest: share(parts.guest),
    idle: share(parts.idle),
  };
}
