/**
 * Who watches for what is wrong: the stuck view and the findings. They need threads too, read in rounds from a budget, and
 * files of tasks that are not on the screen.
 */
import { lines } from '../decode/bytes.ts';
import type { TaskFile } from '../fields/files.ts';
import { FindingsWatch } from '../findings/watch.ts';
import type { Rule } from '../findings/rule.ts';
import { TaskCursor } from '../model/task-cursor.ts';
import { TaskTable } from '../model/task-table.ts';
import { ExtraFiles } from '../sample/extra-files.ts';
import { descriptorBound } from '../sample/descriptors.ts';
import { Sampler } from '../sample/sampler.ts';
import type { SlowReader } from '../sample/slow-reader.ts';
import { ThreadRounds } from '../sample/thread-rounds.ts';
import { throttlingOf } from '../sample/throttling.ts';
import { stacksWanted, stuckReport, stuckWants, type StuckReport } from '../stuck/report.ts';
import { missing, type Reading } from '../units/missing.ts';
import type { Source } from './session.ts';
import { sleep } from './sleep.ts';

const NUM_THREADS = 20;

interface Watched {
  readonly cursor: TaskCursor;
  readonly want: (seat: number, file: TaskFile) => void;
}

export interface WatcherOptions {
  readonly rules: readonly Rule[];
  /** How long findings that have ended are told of; absent: for some minutes. */
  readonly endedKeptMs?: number;
  /** Threads that may be read at each sample; Infinity: all. */
  readonly budget: number;
  readonly slow: SlowReader | undefined;
  /** May be read what the main table does not hold: threads, or processes? */
  readonly others: boolean;
  /** Called when a file came late. */
  readonly onLate: () => void;
}

export class Watchers {
  readonly findings: FindingsWatch;
  readonly #source: Source;
  readonly #options: WatcherOptions;
  /** What the monitor samples anyway, and who reads files for it. */
  #main: Watched;
  /** The processes, where the monitor samples threads. */
  readonly #processes: { readonly sampler: Sampler; readonly watched: Watched } | undefined;
  readonly #rounds: { readonly rounds: ThreadRounds; readonly watched: Watched } | undefined;
  readonly #stacks = new Map<string, Reading<readonly string[]>>();
  /** Were the stacks of this sample asked for? An answer has the report built anew: that is no reason to ask again. */
  #asked = false;

  constructor(source: Source, main: Watched, options: WatcherOptions) {
    this.#source = source;
    this.#main = main;
    this.#options = options;
    const { tree, machine } = source;
    const { endedKeptMs } = options;
    this.findings = new FindingsWatch(options.rules, machine, {
      throttling: throttlingOf(tree),
      ...(endedKeptMs === undefined ? {} : { endedKeptMs }),
    });
    // a recording holds either processes or threads
    if (!options.others) return;
    if (main.cursor.table.threads) {
      const table = new TaskTable(machine, false);
      const sampler = new Sampler(tree, table, { threads: false, descriptors: descriptorBound(machine.memoryBytes) });
      this.#processes = { sampler, watched: this.#watched(table, sampler) };
    } else {
      const table = new TaskTable(machine, true);
      const rounds = new ThreadRounds(tree, table, () => severalThreads(main.cursor), options.budget);
      this.#rounds = { rounds, watched: this.#watched(table, rounds.sampler) };
    }
  }

  /** Another run of the recording: other tables of the same machine, and nobody looked in between. */
  goOnWith(cursor: TaskCursor): void {
    this.findings.gap();
    this.#main = { ...this.#main, cursor };
  }

  /** A sample of the main table is finished. */
  sampled(): void {
    this.#asked = false;
    this.#processes?.sampler.sample();
    this.#rounds?.rounds.sample();
    for (const watched of this.#all()) this.#read(watched);
    const [processes, threads] = this.#views();
    this.findings.sampled(processes, threads);
  }

  stuck(): StuckReport {
    const [processes, threads] = this.#views();
    const roundMs = this.#rounds?.rounds.roundMs ?? Number.NaN;
    const report = stuckReport(processes, threads, {
      stacks: this.#stacks,
      ...(Number.isNaN(roundMs) ? {} : { roundSeconds: (this.#source.tree.nowMs() - roundMs) / 1000 }),
    });
    if (!this.#asked) this.#askStacks(report);
    this.#asked = true;
    return report;
  }

  /** Until the files that were asked for are there, at most a second. */
  async settled(): Promise<void> {
    const end = performance.now() + 1000;
    while (this.#options.slow && this.#options.slow.pending > 0 && performance.now() < end) await sleep(0.005);
  }

  close(): void {
    this.#processes?.sampler.close();
    this.#rounds?.rounds.sampler.close();
  }

  /** Processes, and threads where they were read. */
  #views(): [processes: TaskCursor, threads: TaskCursor | undefined] {
    const main = this.#main.cursor;
    if (this.#processes) return [this.#processes.watched.cursor, main];
    return [main, this.#rounds?.watched.cursor];
  }

  #all(): Watched[] {
    return [
      this.#main,
      ...(this.#processes ? [this.#processes.watched] : []),
      ...(this.#rounds ? [this.#rounds.watched] : []),
    ];
  }

  #watched(table: TaskTable, sampler: Sampler): Watched {
    const { slow, onLate } = this.#options;
    const extra = new ExtraFiles(this.#source.tree, sampler, table, slow, onLate);
    return { cursor: new TaskCursor(table), want: (seat, file) => extra.want(seat, file, false) };
  }

  #read({ cursor, want }: Watched): void {
    const { table } = cursor;
    for (const seat of table.order.subarray(0, table.count)) {
      for (const file of this.findings.wanted(cursor, seat)) want(seat, file);
      for (const file of stuckWants(cursor, seat)) want(seat, file);
    }
  }

  /** Kernel stacks are read aside: a lock of the task may be held. */
  #askStacks(report: StuckReport): void {
    const { tree, machine } = this.#source;
    const { slow } = this.#options;
    if (!tree.live || !machine.mayPtrace || !slow) return;
    const targets = stacksWanted(report).map(({ tgid, tid }) => `${tgid}/task/${tid}`);
    const names = new Set(targets.map(stackName));
    for (const name of this.#stacks.keys()) if (!names.has(name)) this.#stacks.delete(name);
    for (const target of targets) {
      const path = tree.pathAside(`${target}/stack`);
      if (path === undefined) continue;
      slow.read(path, answer => {
        const stack = 'bytes' in answer ? [...lines(answer.bytes)] : missing(answer.missing);
        this.#stacks.set(stackName(target), stack);
        this.#options.onLate();
      });
    }
  }
}

const stackName = (path: string): string => path.replace('/task/', '/');

function severalThreads(cursor: TaskCursor): number[] {
  const { table } = cursor;
  const pids: number[] = [];
  for (const seat of table.order.subarray(0, table.count))
    if (table.value(seat, NUM_THREADS) > 1) pids.push(table.pid(seat));
  return pids;
}
