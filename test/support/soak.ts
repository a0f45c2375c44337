/** An accelerated life of the monitor: a made-up machine that changes, and all that a tick does to it but the terminal. */
import { FrameMemo } from '../../src/app/memo.ts';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { arrange } from '../../src/app/arrange.ts';
import { buildFrame, divide, visibleSeats } from '../../src/app/frame.ts';
import type { Scene } from '../../src/app/scene.ts';
import { initialState } from '../../src/app/state.ts';
import { keyFrameOf } from '../../src/history/key-frame.ts';
import type { SampleRecord } from '../../src/history/record.ts';
import { Recorder } from '../../src/history/recorder.ts';
import { Ring } from '../../src/history/ring.ts';
import { TaskCursor } from '../../src/model/task-cursor.ts';
import { TaskTable } from '../../src/model/task-table.ts';
import { headerOf } from '../../src/recording/header.ts';
import { RecordingWriter } from '../../src/recording/writer.ts';
import { ExtraFiles } from '../../src/sample/extra-files.ts';
import { Sampler } from '../../src/sample/sampler.ts';
import { numbersFrom } from './churning-source.ts';
import { FakeTree } from './fake-tree.ts';
import { testMachine } from './model.ts';

const TASKS = 60;
const TICK_MS = 2000;
export const RING_BOUND = 1 << 20;
export const RECORDING_BOUND = 4 << 20;
export const DESCRIPTORS = 40;

/** What must stay as it is, however long it runs. */
export interface Soaked {
  readonly ticks: number;
  readonly tasks: number;
  /** Descriptors of the made-up /proc that are open, and the most that ever were. */
  readonly open: number;
  readonly mostOpen: number;
  /** Places of the table's arrays. */
  readonly seats: number;
  readonly instants: number;
  readonly ringBytes: number;
  readonly recordingBytes: number;
  readonly events: number;
  /** Of this process. */
  readonly descriptors: number;
  readonly timers: number;
  readonly heapBytes: number;
  readonly rssBytes: number;
}

export class Soak {
  readonly #tree = new FakeTree();
  readonly #pick = numbersFrom(1);
  readonly #machine = testMachine();
  readonly #table = new TaskTable(this.#machine, false);
  readonly #cursor = new TaskCursor(this.#table);
  readonly #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'taskscope-soak-'));
  readonly #file = path.join(this.#folder, 'soak.rec');
  readonly #writer: RecordingWriter;
  readonly #ring: Ring;
  readonly #recorder: Recorder;
  readonly #sampler: Sampler;
  readonly #extra: ExtraFiles;
  #pid = 0;
  #seats: Int32Array = new Int32Array(0);
  ticks = 0;

  constructor() {
    const facts = { taskscope: 'soak', started_at: 'now', interval_seconds: 2, threads: false };
    this.#writer = RecordingWriter.open(this.#file, headerOf(this.#machine, facts), {
      maxBytes: RECORDING_BOUND,
      now: () => this.#tree.ms,
    });
    let pending: SampleRecord | undefined;
    this.#ring = new Ring(this.#machine, false, {
      maxBytes: RING_BOUND,
      pending: () => pending,
      system: this.#table.system,
    });
    this.#recorder = new Recorder(this.#table, record => {
      pending = record;
      const text = JSON.stringify(record);
      this.#ring.push(record, text);
      this.#writer.sample(text, () => JSON.stringify(keyFrameOf(this.#table)));
    });
    this.#sampler = new Sampler(this.#tree, this.#recorder, { threads: false, descriptors: DESCRIPTORS });
    this.#extra = new ExtraFiles(this.#tree, this.#sampler, this.#recorder, undefined, () => undefined);
    while (this.#tree.tasks.size < TASKS) this.#come();
  }

  #come(): void {
    // pids come again after a while, as they do
    this.#pid = (this.#pid % 4000) + 1;
    if (this.#tree.tasks.has(this.#pid)) return;
    const comm = `task${this.#pick(50)}`;
    this.#tree.start(
      this.#pid,
      { comm, start_time: Math.floor(this.#tree.ms / 10), state: 'S' },
      { cmdline: `${comm}\0${this.#pid}\0`, status: `Name:\t${comm}\nUid:\t0\t0\t0\t0\n`, wchan: 'do_wait' },
    );
  }

  /** Some end, some come, some work; now and then a read fails, or the machine sleeps for an hour. */
  #live(): void {
    const tree = this.#tree;
    const pick = this.#pick;
    const pids = [...tree.tasks.keys()];
    for (let nth = 0; nth < 5; nth++) tree.end(pids[pick(pids.length)]!);
    while (tree.tasks.size < TASKS) this.#come();
    for (const pid of tree.tasks.keys()) {
      if (pick(4) === 0)
        tree.change(pid, { utime: this.ticks + pick(100), state: 'RSDZT'[pick(5)]!, rss: 100 + pick(5000) });
    }
    tree.openFails.clear();
    tree.readFails.clear();
    const code = ['EACCES', 'EMFILE', 'EIO', 'ENOMEM', 'ESRCH'][pick(5)]!;
    if (pick(10) === 0) tree.openFails.set(`${pids[pick(pids.length)]!}/stat`, code);
    if (pick(10) === 0) tree.readFails.set(`${pids[pick(pids.length)]!}/stat`, code);
    tree.ms += TICK_MS;
    const slept = Math.floor(this.ticks / 1000) * 3600;
    tree.files.set('uptime', `${(tree.ms / 1000 + slept).toFixed(2)} 0.00\n`);
    tree.files.set('loadavg', `0.10 0.20 0.30 1/${TASKS} ${this.#pid}\n`);
    tree.reset();
  }

  readonly #memo = new FrameMemo();

  /** One sample, and the frame of it. */
  tick(): void {
    this.#live();
    this.ticks++;
    this.#sampler.sample();
    const state = initialState();
    const rows = arrange(state, this.#cursor, { seats: this.#seats, same: true, stand: true });
    this.#seats = rows.seats;
    const scene: Scene = {
      memo: this.#memo,
      state,
      cursor: this.#cursor,
      rows,
      instants: () => this.#ring.instants,
      board: [],
      counts: {},
      columns: 120,
      lines: 40,
      own: { cpuPercent: 1, rssBytes: 1, bytesPerSecond: 1 },
      pidDigits: 5,
      place: undefined,
      openPage: [],
      nowMs: this.#tree.ms,
      ascii: false,
      confirmed: true,
      dialogFacts: { ownPid: 1, nowMs: this.#tree.ms, possibleCpus: '0', onlineCpus: '0' },
    };
    const division = divide(scene);
    for (const seat of visibleSeats(scene, division.tableRows))
      for (const file of ['cmdline', 'status'] as const) this.#extra.want(seat, file, false);
    buildFrame(scene, division);
    // somebody travels into the past
    if (this.ticks % 50 === 0) this.#ring.at(this.#ring.instants[0]!.number);
  }

  measure(): Soaked {
    (globalThis as { gc?: () => void }).gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    const sizes = fs.readdirSync(this.#folder).map(name => fs.statSync(path.join(this.#folder, name)).size);
    return {
      ticks: this.ticks,
      tasks: this.#table.count,
      open: this.#tree.open_.size,
      mostOpen: this.#tree.most,
      seats: this.#table.order.length,
      instants: this.#ring.instants.length,
      ringBytes: this.#ring.bytes,
      recordingBytes: sizes.reduce((sum, size) => sum + size, 0),
      events: this.#table.events.list.length,
      descriptors: fs.readdirSync('/proc/self/fd').length,
      timers: process.getActiveResourcesInfo().filter(name => name === 'Timeout').length,
      heapBytes: heapUsed,
      rssBytes: rss,
    };
  }

  close(): void {
    this.#sampler.close();
    this.#recorder.flush();
    this.#writer.close();
    fs.rmSync(this.#folder, { recursive: true });
  }
}
