/** Made-up samples fed through real tables into a watch, as the monitor does: pass, read what is wanted, sampled. */
import { RULES } from '../../src/findings/rules.ts';
import type { Rule } from '../../src/findings/rule.ts';
import { type Finding, FindingsWatch, type WatchOptions } from '../../src/findings/watch.ts';
import type { TaskFile } from '../../src/fields/files.ts';
import { TaskCursor } from '../../src/model/task-cursor.ts';
import { TaskTable } from '../../src/model/task-table.ts';
import { type MachineFacts, testMachine } from '../support/model.ts';
import { bytes, statBytes, type Values } from '../support/stat-line.ts';

/** A task of one sample: stat values by name, its other files by theirs. */
export interface MadeTask {
  readonly pid: number;
  /** Of a thread: its process. */
  readonly tgid?: number;
  readonly stat?: Values;
  readonly files?: Partial<Record<TaskFile, string>>;
}

/** What a machine shows at a time, in seconds since the first sample. */
export interface Scene {
  readonly processes: readonly MadeTask[];
  readonly threads?: readonly MadeTask[];
  readonly system?: Readonly<Record<string, string>>;
}

export const K = { kthread: 0x200000, worker: 0x20, noexec: 0x40, exiting: 0x4, kswapd: 0x20000 } as const;
export const RANDOMIZE = 0x400000;

export interface StatusValues {
  readonly pending?: string;
  readonly shared?: string;
  readonly blocked?: string;
  readonly ignored?: string;
  readonly voluntary?: number;
  readonly nonvoluntary?: number;
  readonly anonymousKib?: number;
  /** VmRSS, and VmHWM where it had more; absent: there are no such keys. */
  readonly residentKib?: number | undefined;
  readonly peakKib?: number;
}

const mask = (digits: string): string => digits.padStart(16, '0');

const memory = ({ residentKib, peakKib = residentKib }: StatusValues): string[] =>
  residentKib === undefined ? [] : [`VmHWM:\t${peakKib} kB`, `VmRSS:\t${residentKib} kB`];

/** As the kernel writes it, with the keys that findings look at. */
export const status = (values: StatusValues = {}): string =>
  [
    'Name:\ttask',
    'Uid:\t1000\t1000\t1000\t1000',
    ...memory(values),
    `RssAnon:\t${values.anonymousKib ?? 100} kB`,
    `SigPnd:\t${mask(values.pending ?? '0')}`,
    `ShdPnd:\t${mask(values.shared ?? '0')}`,
    `SigBlk:\t${mask(values.blocked ?? '0')}`,
    `SigIgn:\t${mask(values.ignored ?? '0')}`,
    `voluntary_ctxt_switches:\t${values.voluntary ?? 5}`,
    `nonvoluntary_ctxt_switches:\t${values.nonvoluntary ?? 1}`,
    '',
  ].join('\n');

const UPTIME = 10_000;
/** `now` seconds after the start: uptime and one CPU line, of which `busy` percent were used. */
export function systemFiles(second: number, busy = 10, forks = 0): Record<string, string> {
  const used = Math.round(second * busy);
  const idle = Math.round(second * (100 - busy));
  const line = `${used} 0 0 ${idle} 0 0 0 0 0 0`;
  return {
    uptime: `${(UPTIME + second).toFixed(2)} 1.00`,
    stat: `cpu  ${line}\ncpu0 ${line}\ncpu1 ${line}\nctxt 1\nbtime 1700000000\nprocesses ${Math.round(second * forks)}\n`,
    vmstat: 'pgfault 100\npgmajfault 10\n',
  };
}

export const WALL_MS = 1_700_000_000_000;

export class Watched {
  readonly watch: FindingsWatch;
  readonly processes: TaskTable;
  readonly threads: TaskTable;
  /** Files that were asked for, `pid file`, at the last sample. */
  asked: string[] = [];
  /** Findings by the second of the sample. */
  readonly log = new Map<number, readonly Finding[]>();
  readonly #seats = [new Map<number, number>(), new Map<number, number>()];

  constructor(options: WatchOptions & { readonly machine?: MachineFacts; readonly rules?: readonly Rule[] } = {}) {
    const machine = testMachine(options.machine);
    this.watch = new FindingsWatch(options.rules ?? RULES, machine, options);
    this.processes = new TaskTable(machine, false);
    this.threads = new TaskTable(machine, true);
  }

  /** One sample. @param readFiles false: nothing of what is wanted could be read. */
  sample(second: number, scene: Scene, readFiles = true): readonly Finding[] {
    this.asked = [];
    this.#pass(this.processes, 0, second, scene.processes, scene.system ?? systemFiles(second), readFiles);
    const { threads } = scene;
    if (threads) this.#pass(this.threads, 1, second, threads, {}, readFiles);
    this.watch.sampled(new TaskCursor(this.processes), threads && new TaskCursor(this.threads));
    this.log.set(second, this.watch.findings);
    return this.watch.findings;
  }

  /** Samples from second `from` to `to`, a second apart unless told. @returns the findings after the last one. */
  run(from: number, to: number, scene: (second: number) => Scene, step = 1): readonly Finding[] {
    for (let second = from; second <= to; second += step) this.sample(second, scene(second));
    return this.watch.findings;
  }

  /** Seconds at which the rule had a finding that went on. */
  secondsOf(id: string): number[] {
    return [...this.log].flatMap(([second, findings]) =>
      findings.some(({ rule, ended }) => rule.id === id && !ended) ? [second] : [],
    );
  }

  #pass(
    table: TaskTable,
    model: number,
    second: number,
    tasks: readonly MadeTask[],
    system: Readonly<Record<string, string>>,
    readFiles: boolean,
  ): void {
    const ms = second * 1000;
    const seats = this.#seats[model]!;
    const files = new Map(Object.entries(system).map(([name, text]) => [name, bytes(text)]));
    table.begin({ wallMs: WALL_MS + ms, system: files, systemMs: ms });
    for (const [pid, seat] of seats) {
      if (tasks.some(task => task.pid === pid)) continue;
      table.gone(seat);
      seats.delete(pid);
    }
    const taken = new Set(seats.values());
    for (const { pid, tgid = pid, stat = {} } of tasks) {
      let seat = seats.get(pid);
      if (seat === undefined) {
        seat = 0;
        while (taken.has(seat)) seat++;
        taken.add(seat);
        seats.set(pid, seat);
      }
      const line = statBytes({ pid, ...stat });
      table.stat(seat, pid, tgid, line, line.length, ms);
    }
    table.end(0);
    const cursor = new TaskCursor(table);
    for (const { pid, files: own = {} } of tasks) {
      const seat = seats.get(pid)!;
      for (const file of this.watch.wanted(cursor, seat)) {
        this.asked.push(`${pid} ${file}`);
        const text = own[file] ?? (file === 'status' ? status() : undefined);
        if (!readFiles) continue;
        table.file(seat, file, text === undefined ? 'no-permission' : bytes(text), ms + 1);
      }
    }
  }
}

/** Ids of the findings that go on. */
export const idsOf = (findings: readonly Finding[]): string[] =>
  findings.filter(({ ended }) => !ended).map(({ rule }) => rule.id);

export const one = (findings: readonly Finding[], id: string): Finding => {
  const found = findings.filter(({ rule, ended }) => rule.id === id && !ended);
  if (found.length !== 1) throw new Error(`${found.length} findings ${id}, of ${idsOf(findings).join(' ')}`);
  return found[0]!;
};
