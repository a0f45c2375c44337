/** The machine as a whole: the system-wide files of the last two samples, and what changed between them. */
import { HOST_FILES, type PressureName, PRESSURES } from '../decode/cgroup-limits.ts';
import {
  type CpuTicks,
  decodeCpuList,
  decodeLoadavg,
  decodeMeminfo,
  decodeSystemStat,
  decodeUptime,
  type LoadAverage,
  type SystemStat,
  vmstatCounter,
  type ZramMemory,
} from '../decode/system-files.ts';
import { FIRST_SAMPLE, NOT_IN_KERNEL, NOT_READ, WENT_BACKWARDS } from '../fields/task.ts';
import type { SampleStart } from '../frame/sink.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import { HostView, type PressurePair, pressurePair, type Standing, zramMemory } from './host.ts';

/** The past that is kept: so long, or so many samples when they are further apart, and never more than the most. */
const PAST_MS = 600_000;
const LEAST_SAMPLES = 300;
const MOST_SAMPLES = 6_144;

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

/** What is remembered of every sample: percent of all CPUs, events per second, percent of time with some task waiting. */
export const SERIES = [
  'user',
  'system',
  'iowait',
  'minor_faults',
  'major_faults',
  'cpu_pressure',
  'memory_pressure',
  'io_pressure',
  'context_switches',
  'interrupts',
] as const;
export type SeriesName = (typeof SERIES)[number];

/** The past of the machine, oldest first; every list is as long as `ms`. */
export interface Past extends Readonly<Record<SeriesName, readonly number[]>> {
  /** CLOCK_MONOTONIC milliseconds. A value is of the time since the sample before; NaN: it was missing. */
  readonly ms: readonly number[];
}

interface SystemSample {
  readonly ms: number;
  readonly wallMs: number;
  readonly stat: SystemStat | undefined;
  readonly load: LoadAverage | undefined;
  readonly uptime: number | undefined;
  readonly memory: ReadonlyMap<string, number>;
  readonly minorFaults: number | undefined;
  readonly majorFaults: number | undefined;
  readonly pressure: ReadonlyMap<PressureName, PressurePair>;
  readonly standing: Standing | undefined;
  readonly zram: ZramMemory | undefined;
}

/** When the machine was suspended last, as far as it was noticed. */
export interface Suspend {
  readonly seconds: number;
  /** Wall clock of the sample that noticed it, and CLOCK_MONOTONIC milliseconds. */
  readonly wallMs: number;
  readonly ms: number;
}

/** A shorter gap between uptime and CLOCK_MONOTONIC is no suspend. */
const SUSPEND_SECONDS = 1;

const NOTHING = new Uint8Array(0);

export class SystemHistory {
  lastSuspend: Suspend | undefined;
  /** Numbers of the CPUs that the machine has or had since the start, ascending; offline ones too. */
  cpus: readonly number[] = [];

  #now: SystemSample | undefined;
  #before: SystemSample | undefined;
  readonly #past: { ms: number[] } & Record<SeriesName, number[]> = {
    ms: [],
    ...(Object.fromEntries(SERIES.map(name => [name, []])) as unknown as Record<SeriesName, number[]>),
  };
  readonly #host = new HostView();
  /** Shares of single CPUs in the last interval, made when somebody looks. */
  readonly #shares = new Map<number, Reading<CpuShares>>();

  /** @param ticksPerSecond of the machine: CPU times are ticks. */
  constructor(ticksPerSecond: number) {
    this.ticksPerSecond = ticksPerSecond;
  }

  readonly ticksPerSecond: number;

  /** The system-wide files of the last sample, raw. */
  files: ReadonlyMap<string, Uint8Array> = new Map();

  /** CLOCK_MONOTONIC milliseconds of the last sample. */
  get ms(): number {
    return this.#now?.ms ?? Number.NaN;
  }

  /** A history that goes on from here as this one did: what was remembered up to that time, without samples. */
  upTo(ms: number): SystemHistory {
    const out = new SystemHistory(this.ticksPerSecond);
    out.cpus = this.cpus;
    if (this.lastSuspend && this.lastSuspend.ms <= ms) out.lastSuspend = this.lastSuspend;
    const count = this.#past.ms.findIndex(then => then > ms);
    for (const key of Object.keys(this.#past) as (keyof Past)[])
      out.#past[key] = count < 0 ? [...this.#past[key]] : this.#past[key].slice(0, count);
    return out;
  }

  push({ wallMs, system, systemMs }: SampleStart): void {
    this.files = system;
    const bytes = (name: string): Uint8Array => system.get(name) ?? NOTHING;
    const faults = vmstatCounter(bytes('vmstat'), 'pgfault');
    const majorFaults = vmstatCounter(bytes('vmstat'), 'pgmajfault');
    this.#before = this.#now;
    this.#now = {
      ms: systemMs,
      wallMs,
      stat: decodeSystemStat(bytes('stat')),
      load: decodeLoadavg(bytes('loadavg')),
      uptime: decodeUptime(bytes('uptime')),
      memory: decodeMeminfo(bytes('meminfo')),
      minorFaults: faults === undefined || majorFaults === undefined ? undefined : faults - majorFaults,
      majorFaults,
      pressure: pressures(system),
      standing: this.#host.standing(system),
      zram: zramMemory(system),
    };
    this.#shares.clear();
    this.#meetCpus(system.get(HOST_FILES.presentCpus));
    const seconds = this.suspendedSeconds;
    if (seconds > 0) this.lastSuspend = { seconds, wallMs, ms: systemMs };
    this.#remember(systemMs);
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

  /** CPUs that are online. */
  get cpuCount(): number {
    return this.#now?.stat?.cpus.size ?? 0;
  }

  isOnline(cpu: number): boolean {
    return this.#now?.stat?.cpus.has(cpu) === true;
  }

  get majorFaultRate(): Reading<number> {
    return this.#rate(sample => sample.majorFaults);
  }

  /** The kernel's `pgfault` counts major faults too; they are taken out here. */
  get minorFaultRate(): Reading<number> {
    return this.#rate(sample => sample.minorFaults);
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

  /** How one CPU spent the interval; `not-read` when it is offline. */
  cpuShares(cpu: number): Reading<CpuShares> {
    let reading = this.#shares.get(cpu);
    if (reading === undefined) {
      const now = this.#now?.stat?.cpus.get(cpu);
      const before = this.#before?.stat?.cpus.get(cpu);
      reading = now ? (before ? shares(before, now, 1) : FIRST_SAMPLE) : NOT_READ;
      this.#shares.set(cpu, reading);
    }
    return reading;
  }

  /** Pressure of the machine: how long tasks waited. Missing before 4.20, and where it is switched off. */
  pressure(name: PressureName): Reading<PressurePair> {
    return this.#now?.pressure.get(name) ?? NOT_IN_KERNEL;
  }

  /** Container and control group that we are in; undefined as long as nothing is known of them. */
  get standing(): Standing | undefined {
    return this.#now?.standing;
  }

  /** What lies in compressed memory; undefined: no zram device holds anything, or none was read. */
  get zram(): ZramMemory | undefined {
    return this.#now?.zram;
  }

  get past(): Past {
    return this.#past;
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

  /** Adds CPUs that were not known yet. */
  #meetCpus(present: Uint8Array | undefined): void {
    const known = new Set(this.cpus);
    const size = known.size;
    for (const cpu of this.#now?.stat?.cpus.keys() ?? []) known.add(cpu);
    for (const cpu of present ? decodeCpuList(present) : []) known.add(cpu);
    if (known.size > size) this.cpus = [...known].sort((a, b) => a - b);
  }

  #remember(ms: number): void {
    const past = this.#past;
    // a recording that jumped back has another past
    if (ms < (past.ms.at(-1) ?? ms)) for (const list of Object.values(past)) list.length = 0;
    // where a history goes on, its last sample is pushed again: to be compared with, its own rates are known
    if (ms === past.ms.at(-1)) return;
    const { cpu } = this;
    const share = (name: PressureName): number => {
      const pair = this.pressure(name);
      return isMissing(pair) ? Number.NaN : (pair.some?.avg10 ?? Number.NaN);
    };
    const number = (reading: Reading<number>): number => (isMissing(reading) ? Number.NaN : reading);
    const now: Record<SeriesName, number> = {
      user: isMissing(cpu) ? Number.NaN : cpu.user + cpu.nice + cpu.guest,
      system: isMissing(cpu) ? Number.NaN : cpu.system + cpu.irq + cpu.softirq,
      iowait: isMissing(cpu) ? Number.NaN : cpu.iowait,
      minor_faults: number(this.minorFaultRate),
      major_faults: number(this.majorFaultRate),
      cpu_pressure: share('cpu'),
      memory_pressure: share('memory'),
      io_pressure: share('io'),
      context_switches: number(this.contextSwitchRate),
      interrupts: number(this.interruptRate),
    };
    past.ms.push(ms);
    for (const name of SERIES) past[name].push(now[name]);
    while (past.ms.length > MOST_SAMPLES || (past.ms.length > LEAST_SAMPLES && past.ms[1]! <= ms - PAST_MS))
      for (const list of Object.values(past)) list.shift();
  }
}

function pressures(system: ReadonlyMap<string, Uint8Array>): Map<PressureName, PressurePair> {
  const out = new Map<PressureName, PressurePair>();
  for (const name of PRESSURES) {
    const bytes = system.get(`pressure/${name}`);
    if (bytes) out.set(name, pressurePair(bytes));
  }
  return out;
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
