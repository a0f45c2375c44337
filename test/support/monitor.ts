/** The monitor without a clock and a terminal: state, tasks and keys. */
import assert from 'node:assert/strict';
import { arrange, type Former } from '../../src/app/arrange.ts';
import { buildFrame, divide, worldOf } from '../../src/app/frame.ts';
import { FrameMemo } from '../../src/app/memo.ts';
import type { Scene } from '../../src/app/scene.ts';
import { type AppState, initialState, type Instant, type Step, type Wish, type World } from '../../src/app/state.ts';
import { paste, press, sampled } from '../../src/app/update.ts';
import { flatRows, type Rows } from '../../src/model/rows.ts';
import { pageLines as allLines } from '../../src/pages/render.ts';
import { buildSystemPage } from '../../src/pages/system-pages.ts';
import { buildTaskPage } from '../../src/pages/task-pages.ts';
import type { BarCounts } from '../../src/view/bars.ts';
import type { BoardLine } from '../../src/view/board.ts';
import type { Frame, Line } from '../../src/view/cells.ts';
import { FakeDossier } from './dossier.ts';
import { Pushed, type PushedTask, testMachine } from './model.ts';

const SYSTEM = {
  stat: 'cpu  100 0 100 1000 5 1 1 0 0 0\ncpu0 100 0 100 1000 5 1 1 0 0 0\nintr 100\nctxt 200\nbtime 1700000000\nprocesses 300\n',
  loadavg: '0.52 0.58 0.59 1/300 400\n',
  uptime: '1000.5 900\n',
  meminfo:
    'MemTotal: 1048576 kB\nMemFree: 524288 kB\nBuffers: 1000 kB\nCached: 2000 kB\nSwapTotal: 4096 kB\nSwapFree: 1024 kB\n',
  vmstat: 'pgfault 1000\npgmajfault 10\n',
};

export class Monitor {
  state: AppState = { ...initialState(), sort: [] };
  readonly pushed = new Pushed(testMachine());
  wishes: Wish[] = [];
  rows: Rows = flatRows(new Int32Array(0));
  columns = 120;
  lines = 30;
  ms = 0;
  /** Does somebody look at the screen? */
  confirmed = true;

  sample(tasks: readonly PushedTask[]): this {
    this.ms += 1000;
    this.pushed.sample(tasks, { ms: this.ms, system: SYSTEM });
    return this.reorder();
  }

  /** What the program does after a sample, and on the wish to reorder. */
  reorder(former?: Former): this {
    this.rows = arrange(this.state, this.pushed.cursor, former);
    this.state = sampled(this.state, this.world);
    return this;
  }

  /** Samples that can be gone to; undefined: only the present one. */
  instants: readonly Instant[] | undefined;
  /** What a board shows. */
  board: readonly BoardLine[] = [];
  /** What the bar tells. */
  counts: BarCounts = {};

  memo = new FrameMemo();

  get scene(): Scene {
    const own = { cpuPercent: 1.5, rssBytes: 5e7, bytesPerSecond: 100 };
    return {
      memo: this.memo,
      state: this.state,
      cursor: this.pushed.cursor,
      rows: this.rows,
      instants: () => this.instants ?? [{ number: this.ms, ms: this.ms, wallMs: 1_700_000_000_000 + this.ms }],
      board: this.board,
      counts: this.counts,
      columns: this.columns,
      lines: this.lines,
      own,
      pidDigits: 5,
      place: undefined,
      openPage: this.openPage,
      nowMs: this.ms,
      ascii: false,
      confirmed: this.confirmed,
      dialogFacts: { ownPid: 99_999, nowMs: this.ms, possibleCpus: '0-3', onlineCpus: '0-3' },
    };
  }

  /** What the pages read beside stat; nothing, unless a test says so. */
  dossier = new FakeDossier({});

  get openPage(): readonly Line[] {
    const { task, system } = this.state;
    const { cursor } = this.pushed;
    const history = cursor.table.system;
    const common = { dossier: this.dossier, wallMs: history.wallMs };
    if (system)
      return allLines(buildSystemPage(system.page, { ...common, machine: cursor.machine, history }), this.columns);
    if (!task || task.gone) return task?.gone?.lines ?? [];
    const seat = cursor.table.find(task.key.pid, task.key.startTicks);
    if (seat < 0) return [];
    const { page, watch, rawFile } = task;
    return allLines(buildTaskPage(page, { ...common, task: cursor.at(seat), watch, rawFile }), this.columns);
  }

  get world(): World {
    return worldOf(this.scene);
  }

  #take({ state, wishes }: Step): void {
    this.state = state;
    this.wishes.push(...wishes);
    if (wishes.includes('reorder')) this.reorder();
  }

  press(...keys: string[]): this {
    for (const key of keys) this.#take(press(this.state, key, this.world));
    return this;
  }

  /** Types a text, character by character. */
  type(text: string): this {
    return this.press(...Array.from(text, character => (character === ' ' ? 'space' : character)));
  }

  paste(text: string): this {
    this.#take(paste(this.state, text, this.world));
    return this;
  }

  /** What was remembered of the frames before must not show. */
  get frame(): Frame {
    const frame = buildFrame(this.scene, divide(this.scene));
    const fresh = { ...this.scene, memo: new FrameMemo() };
    assert.deepEqual(frame, buildFrame(fresh, divide(fresh)));
    return frame;
  }

  /** The screen as text. */
  get screen(): string[] {
    return this.frame.lines.map(lineText);
  }

  get pids(): number[] {
    return Array.from(this.rows.seats, seat => (seat < 0 ? -1 : this.pushed.table.pid(seat)));
  }

  /** Pid of the row that the cursor is on. */
  get cursorPid(): number | undefined {
    return this.pids[this.state.row];
  }
}

export function lineText({ spans }: Line): string {
  let text = '';
  for (const span of spans) text = text.padEnd(span.x).slice(0, span.x) + span.text;
  return text;
}

export const sleepers = (...pids: number[]): PushedTask[] => pids.map(pid => ({ pid, comm: `task${pid}` }));
