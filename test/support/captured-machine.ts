/**
 * A captured machine made by hand: a folder of instants for `--proc`, ten seconds apart, in which every rate can be
 * worked out in the head.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { statText, type Values } from './stat-line.ts';

/** Seconds between two instants. With 100 ticks a second, n ticks more are n / 10 percent of a CPU. */
export const INSTANT_SECONDS = 10;
const FIRST_UPTIME = 1000;
/** With the uptime of the first instant it is 22:30:00 UTC. */
const BOOT_TIME = 1_700_000_000;

export interface CapturedTask {
  readonly stat: Values & { readonly pid: number };
  readonly uid?: number;
  /** The words of its command line; absent: it has none, as a kernel thread. */
  readonly command?: readonly string[];
  readonly wchan?: string;
  readonly cgroup?: string;
  /** The lines of its threads, its own included; absent: it has one. */
  readonly threads?: readonly (Values & { readonly pid: number })[];
}

/** The clock of the header at an instant, from 0 on. */
export const clockAt = (instant: number): string =>
  new Date((BOOT_TIME + FIRST_UPTIME + instant * INSTANT_SECONDS) * 1000).toISOString().slice(11, 19);

/** Two CPUs: in each second the first is busy for 0.6 s and the second for 0.2 s; 100 minor and 12 major faults. */
function machineFiles(instant: number): Readonly<Record<string, string>> {
  const at = (first: number, each: number): number => first + instant * each;
  return {
    version: 'Linux version 6.18.0 (test@test) (gcc) #1 SMP\n',
    'sys/kernel/osrelease': '6.18.0\n',
    'sys/kernel/hostname': 'bakery\n',
    'sys/kernel/arch': 'x86_64\n',
    stat: [
      `cpu  ${at(5000, 600)} 0 ${at(2000, 200)} ${at(90_000, 1200)} 0 0 0 0 0 0`,
      `cpu0 ${at(2500, 500)} 0 ${at(1000, 100)} ${at(45_000, 400)} 0 0 0 0 0 0`,
      `cpu1 ${at(2500, 100)} 0 ${at(1000, 100)} ${at(45_000, 800)} 0 0 0 0 0 0`,
      `intr ${at(5000, 5000)}\nctxt ${at(9000, 9000)}\nbtime ${BOOT_TIME}\nprocesses ${at(500, 10)}\n`,
    ].join('\n'),
    loadavg: '0.52 0.58 0.59 1/12 500\n',
    uptime: `${at(FIRST_UPTIME, INSTANT_SECONDS)}.00 900.00\n`,
    meminfo: 'MemTotal: 1048576 kB\nMemFree: 524288 kB\nBuffers: 0 kB\nCached: 0 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n',
    vmstat: `pgfault ${at(1000, 1000)}\npgmajfault ${at(10, 120)}\n`,
  };
}

function taskFiles({
  stat,
  uid = 0,
  command = [],
  wchan = '0',
  cgroup = '/',
  threads = [stat],
}: CapturedTask): [name: string, content: string][] {
  const { pid } = stat;
  const own = (tid: number): string =>
    `Name:\tx\nTgid:\t${pid}\nPid:\t${tid}\nUid:\t${`${uid}\t`.repeat(4)}\nCpus_allowed_list:\t0-1\n`;
  return [
    [`${pid}/stat`, statText(stat)],
    [`${pid}/status`, own(pid)],
    [`${pid}/cmdline`, command.map(word => `${word}\0`).join('')],
    [`${pid}/wchan`, wchan],
    [`${pid}/cgroup`, `0::${cgroup}\n`],
    ...threads.flatMap((thread): [string, string][] => [
      [`${pid}/task/${thread.pid}/stat`, statText(thread)],
      [`${pid}/task/${thread.pid}/status`, own(thread.pid)],
    ]),
  ];
}

/** Writes the instants, each with its tasks, into a new folder. @returns the folder; whoever asked removes it. */
export function writeCapture(instants: readonly (readonly CapturedTask[])[]): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'taskscope-capture-'));
  instants.forEach((tasks, instant) => {
    const files = [...Object.entries(machineFiles(instant)), ...tasks.flatMap(taskFiles)];
    for (const [name, content] of files) {
      const file = path.join(folder, `instant-${String(instant).padStart(2, '0')}`, 'proc', name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, content);
    }
  });
  return folder;
}
