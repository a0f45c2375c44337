/** Machines made by hand for the meters: what they did in the last second is told in percent. */
import type { Machine } from '../../src/decode/machine.ts';
import { SystemHistory } from '../../src/model/system.ts';
import type { Frame, Line, Spark } from '../../src/view/cells.ts';
import type { HeaderFacts } from '../../src/view/header.ts';
import { testMachine } from './model.ts';
import { bytes } from './stat-line.ts';

/** Percent of a second: user nice system idle iowait irq softirq steal guest guest_nice, as /proc/stat has them. */
export type Second = readonly number[];

export const IDLE: Second = [0, 0, 0, 100];

const ticks = (seconds: readonly Second[]): string =>
  Array.from({ length: 10 }, (_, at) => seconds.reduce((sum, second) => sum + (second[at] ?? 0), 0)).join(' ');

/** `/proc/stat` after each CPU spent a second that way; a CPU without one is offline. */
export function statText(
  cpus: readonly (Second | undefined)[],
  counters: Readonly<Record<string, number>> = {},
): string {
  const online = cpus.filter(cpu => cpu !== undefined);
  const { ctxt = 0, intr = 0, processes = 0 } = counters;
  const lines = cpus.flatMap((cpu, number) => (cpu ? [`cpu${number} ${ticks([cpu])}`] : []));
  return [
    `cpu  ${ticks(online)}`,
    ...lines,
    `intr ${intr} 0 0`,
    `ctxt ${ctxt}`,
    'btime 1',
    `processes ${processes}`,
    '',
  ].join('\n');
}

export const meminfo = (kib: Readonly<Record<string, number>>): string =>
  Object.entries(kib)
    .map(([key, value]) => `${key}: ${value} kB\n`)
    .join('');

export const pressure = (some: number, full: number): string =>
  `some avg10=${some.toFixed(2)} avg60=0.00 avg300=0.00 total=1\nfull avg10=${full.toFixed(2)} avg60=0.00 avg300=0.00 total=1\n`;

/** A gigabyte is 2^20 kB. */
export const PI_MEMORY = {
  ...{
    MemTotal: 3_974_144,
    MemFree: 1_887_437,
    Buffers: 204_800,
    Cached: 700_000,
    SReclaimable: 50_000,
    Shmem: 102_400,
  },
  ...{ SwapTotal: 102_400, SwapFree: 90_112, SwapCached: 0 },
};

export type Files = Readonly<Record<string, string>>;

/** The machine after these samples, one a second. */
export function historyOf(...samples: readonly Files[]): SystemHistory {
  const system = new SystemHistory(100);
  samples.forEach((files, second) => {
    const named = new Map(Object.entries(files).map(([name, text]) => [name, bytes(text)]));
    const wallMs = Date.UTC(2026, 10, 21, 23, 51, second);
    system.push({ wallMs, system: named, systemMs: second * 1000 });
  });
  return system;
}

/** The first sample of a machine whose CPUs then spend a second as told. */
export function machineOf(cpus: readonly (Second | undefined)[], files: Files = {}): SystemHistory {
  const common = {
    loadavg: '1.93 1.40 0.88 2/300 400\n',
    meminfo: meminfo(PI_MEMORY),
    'pressure/cpu': pressure(2.1, 0),
    'pressure/memory': pressure(0.4, 0.1),
    'pressure/io': pressure(18.7, 9),
  };
  const zero = cpus.map(() => [0, 0, 0, 0]);
  return historyOf(
    { ...common, uptime: '1053059 1\n', stat: statText(zero), vmstat: 'pgfault 0\npgmajfault 0\n', ...files },
    {
      ...common,
      uptime: '1053060 1\n',
      stat: statText(cpus, { ctxt: 5100, intr: 2000, processes: 3 }),
      vmstat: 'pgfault 3251\npgmajfault 41\n',
      ...files,
    },
  );
}

export const piMachine = (): Machine =>
  testMachine({
    hostname: 'pi4',
    releaseText: '6.1.21-v8+',
    architecture: 'aarch64',
    banner: 'Linux version 6.1.21-v8+',
  });

export function factsOf(system: SystemHistory, change: Partial<HeaderFacts> = {}): HeaderFacts {
  return {
    machine: piMachine(),
    system,
    states: new Map(Object.entries({ S: 181, R: 2, D: 3, Z: 1 })),
    tasks: 187,
    shown: 187,
    denied: 0,
    threads: false,
    intervalSeconds: 2,
    instant: undefined,
    own: { cpuPercent: 0.9, rssBytes: 58 * 2 ** 20, bytesPerSecond: 1400 },
    message: undefined,
    leftOut: '',
    notes: [],
    place: undefined,
    ...change,
  };
}

/** Lines as a terminal shows them; a sparkline as `~` as wide as its values. */
export function drawn({ lines, sparks }: Pick<Frame, 'lines' | 'sparks'>): string[] {
  return lines.map((line, y) =>
    text([...line.spans, ...sparks.filter(spark => spark.y === y).map(sparkSpan)]).trimEnd(),
  );
}

const sparkSpan = ({ x, width, values }: Spark): Line['spans'][number] => ({
  ...{
    x: x + width - Math.min(width, values.length),
    text: '~'.repeat(Math.min(width, values.length)),
    tone: 'normal',
  },
});

function text(spans: Line['spans']): string {
  let out = '';
  for (const { x, text: part } of [...spans].sort((a, b) => a.x - b.x)) out = out.padEnd(x).slice(0, x) + part;
  return out;
}
