/**
 * A made-up board of four CPUs and 200 tasks, a tenth of which work each second, and the monitor's own way from its files
 * to the bytes for a terminal. Run as a program it prints what each refresh took, as JSON: see `steady.test.ts`.
 */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { arrange, neededFields } from '../../src/app/arrange.ts';
import { buildFrame, divide, tableColumns, visibleSeats, worldOf } from '../../src/app/frame.ts';
import { FrameMemo } from '../../src/app/memo.ts';
import type { Scene } from '../../src/app/scene.ts';
import { initialState } from '../../src/app/state.ts';
import { sampled } from '../../src/app/update.ts';
import { Past } from '../../src/cli/past.ts';
import { fileWishes, openModel } from '../../src/cli/session.ts';
import type { Field } from '../../src/fields/field.ts';
import type { SampleSink } from '../../src/frame/sink.ts';
import { ExtraFiles } from '../../src/sample/extra-files.ts';
import { DirectoryTree } from '../../src/sample/tree.ts';
import { CellScreen } from '../../src/term/screen.ts';
import { THEMES } from '../../src/term/theme.ts';
import { type Second, meminfo, pressure, statText as systemText } from '../support/meters.ts';
import { testMachine } from '../support/model.ts';
import { statText } from '../support/stat-line.ts';

export const TASKS = 200;
const KERNEL_THREADS = 50;
const WORKING = 20;
const START_MS = 1_000_000;
const PF_KTHREAD = 0x200000;

/** What one refresh took. */
export interface Cost {
  /** Of stat files of tasks. */
  readonly reads: number;
  readonly opens: number;
  /** Bytes of the heap: objects, strings and numbers that were made, in sampling with its ring of past samples … */
  readonly passHeap: number;
  /** … and in ordering, building the frame and painting it. */
  readonly frameHeap: number;
  /** Characters sent; cells that did not change are not. */
  readonly cells: number;
  /** Bytes sent for them, placing and colours included. */
  readonly sent: number;
}

class Board extends DirectoryTree {
  ms = START_MS;
  override nowMs(): number {
    return this.ms;
  }
  override wallMs(): number {
    return 1_700_000_000_000 + this.ms;
  }
  /** A folder is not in the order of /proc. */
  override *eachPid(): Generator<number, void> {
    yield* this.pids();
  }
}

/** Writes the files of a second; only what changes after the first. */
function writeSecond(folder: string, second: number): void {
  const write = (name: string, text: string): void => fs.writeFileSync(path.join(folder, name), text);
  const busy = (cpu: number): Second => [7 + ((second + cpu) % 5), 0, 3 + (second % 3), 90, 0];
  const spent = [0, 1, 2, 3].map(cpu => busy(cpu).map(ticks => ticks * (second + 1)));
  const seconds = START_MS / 1000 + second;
  write('stat', systemText(spent, { ctxt: 1500 * second, intr: 900 * second, processes: 700 }));
  write('uptime', `${seconds.toFixed(2)} ${(3 * seconds).toFixed(2)}\n`);
  write('loadavg', `0.${10 + (second % 80)} 0.13 0.04 2/${TASKS} 659\n`);
  write('meminfo', meminfo({ MemTotal: 1_000_964, MemFree: 788_420 - 13 * second, Buffers: 0, Cached: 113_520 }));
  write('vmstat', `pgfault ${3000 * second}\npgmajfault ${second}\n`);
  fs.mkdirSync(`${folder}/pressure`, { recursive: true });
  for (const name of ['cpu', 'memory', 'io']) write(`pressure/${name}`, pressure(second % 7, 0));
  for (let pid = 1; pid <= TASKS; pid++) {
    const works = pid % (TASKS / WORKING) === second % 10;
    if (second > 0 && !works) continue;
    const [kernel, age] = [pid <= KERNEL_THREADS, second + 1];
    const [comm, flags] = kernel ? [`kworker/${pid}:0`, PF_KTHREAD] : [`worker-${pid}`, 0x400000];
    const values = {
      pid,
      ppid: kernel ? 2 : 1,
      comm,
      flags,
      start_time: pid,
      utime: age * 5,
      stime: age,
      min_flt: 90 * age,
    };
    fs.mkdirSync(`${folder}/${pid}`, { recursive: true });
    write(`${pid}/stat`, statText({ ...values, rss: kernel ? 0 : 400 + pid + age, vsize: kernel ? 0 : 8_000_000 }));
    write(`${pid}/status`, `Name:\t${comm}\nUid:\t0\t0\t0\t0\nvoluntary_ctxt_switches:\t${age * 30}\n`);
    write(`${pid}/wchan`, kernel ? 'worker_thread' : 'do_epoll_wait');
    write(`${pid}/cmdline`, kernel ? '' : `/usr/bin/worker\0--number\0${pid}\0`);
  }
}

/** Heap bytes in use: between two of them nothing is collected, see the flags of the caller. */
const heapBytes = (): number => getHeapStatistics().used_heap_size;

/** @returns the cost of each of `refreshes`, a second apart, the first of them the first screen. */
export function steadyCosts(columns: number, lines: number, slow: boolean, refreshes: number): Cost[] {
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'taskscope-steady-'));
  try {
    return costs(folder, columns, lines, slow, refreshes);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function costs(folder: string, columns: number, lines: number, slow: boolean, refreshes: number): Cost[] {
  writeSecond(folder, 0);
  const tree = new Board(folder, true);
  const machine = testMachine({ live: true });
  let recorder!: SampleSink;
  const { sampler, table, cursor } = openModel({ tree, machine }, false, undefined, undefined, undefined, inner => {
    recorder = new Past(inner).recorder;
    return recorder;
  });
  const extra = new ExtraFiles(tree, sampler, recorder, undefined, () => undefined);
  const able = { description: 'xterm-256color', depth: 256, unicode: !slow } as const;
  const screen = new CellScreen(able, { columns, rows: lines }, THEMES.default);
  const asSlow = { sparklines: false, layout: 'compact', perCpu: false } as const;
  let state = { ...initialState(), ...(slow ? asSlow : {}) };
  let rows = arrange(state, cursor, undefined);
  const memo = new FrameMemo();
  const scene = (): Scene => ({
    ...{
      memo,
      state,
      cursor,
      rows,
      board: [],
      counts: {},
      columns,
      lines,
      pidDigits: 5,
      place: undefined,
      openPage: [],
    },
    instants: () => [{ number: 1, ms: tree.ms, wallMs: tree.wallMs() }],
    own: { cpuPercent: 1.5, rssBytes: 5e7, bytesPerSecond: 400 },
    ...{ nowMs: tree.ms, ascii: slow, confirmed: true },
    dialogFacts: { ownPid: 99_999, nowMs: tree.ms, possibleCpus: '0-3', onlineCpus: '0-3' },
  });
  const read = (seats: Iterable<number>, fields: readonly Field[]): void => {
    for (const { file, steady } of fileWishes(fields)) for (const seat of seats) extra.want(seat, file, steady);
  };
  const refresh = (): string => {
    read(table.order.subarray(0, table.count), neededFields(state));
    rows = arrange(state, cursor, { seats: rows.seats, same: true, stand: false });
    state = sampled(state, worldOf(scene()));
    const columnFields = tableColumns(scene()).map(({ field }) => field);
    read(visibleSeats(scene(), divide(scene()).tableRows), columnFields);
    return screen.paint(buildFrame(scene(), divide(scene())));
  };
  const taken: Cost[] = [];
  for (let second = 1; second <= refreshes; second++) {
    writeSecond(folder, second);
    tree.ms += 1000;
    const { reads, opens } = sampler.counters;
    const start = heapBytes();
    sampler.sample();
    const sampledAt = heapBytes();
    const text = refresh();
    const paintedAt = heapBytes();
    taken.push({
      reads: sampler.counters.reads - reads,
      opens: sampler.counters.opens - opens,
      passHeap: sampledAt - start,
      frameHeap: paintedAt - sampledAt,
      cells: Array.from(text.replace(/\x1b\[[\d;?]*[A-Za-z]/g, '')).length,
      sent: Buffer.byteLength(text),
    });
  }
  sampler.close();
  return taken;
}

const [columns, lines, profile, refreshes] = process.argv.slice(2);
if (refreshes !== undefined)
  fs.writeSync(1, JSON.stringify(steadyCosts(Number(columns), Number(lines), profile === 'slow', Number(refreshes))));
