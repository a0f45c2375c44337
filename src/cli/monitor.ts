/** The monitor: samples on a schedule, keeps the state, paints. All decisions are in src/app; here they meet the clock. */
import { buildFrame, divide, type Division, pageLines, type Scene, tableColumns, visibleSeats } from '../app/frame.ts';
import type { AppState, Wish, World } from '../app/state.ts';
import { paste, press, sampled } from '../app/update.ts';
import { field } from '../fields/registry.ts';
import type { Field } from '../fields/field.ts';
import type { Seat } from '../frame/sink.ts';
import type { SystemHistory } from '../model/system.ts';
import { selectTasks } from '../model/select.ts';
import { sortTasks } from '../model/sort.ts';
import { COLUMN_FILES } from '../pages/context.ts';
import { ExtraFiles } from '../sample/extra-files.ts';
import { ownCostMeter } from '../sample/own-cost.ts';
import { createSlowReader, type SlowReader } from '../sample/slow-reader.ts';
import { PageSource } from './page-source.ts';
import { openTerminal, type Terminal } from '../term/terminal.ts';
import type { OwnCost } from '../view/header.ts';
import type { Options } from './options.ts';
import { checkUsers, Failure, fileWishes, type Model, openModel, openSource, type Source } from './session.ts';
import { writeNew } from './output.ts';
import { startSettings } from './settings.ts';

/** A pass gives way to keys after so long. */
const SLICE_MS = 8;
/** The first rates are shown so soon, whatever the interval. */
const FIRST_RATES_MS = 500;
/** What came late is painted at most so often. */
const LATE_MS = 100;
const FIRST_OWN_COST_MS = 1500;
const OWN_COST_MS = 5000;
class Monitor {
  readonly #options: Options;
  readonly #source: Source;
  readonly #slow: SlowReader = createSlowReader();
  readonly #terminal: Terminal;
  readonly #measure = ownCostMeter();
  readonly #pages: PageSource;
  #model: Model;
  #extra: ExtraFiles;
  #state: AppState;
  #rows: Int32Array = new Int32Array(0);
  #own: OwnCost = { cpuPercent: undefined, rssBytes: undefined, bytesPerSecond: undefined };
  #pidDigits = 5;
  #timer: NodeJS.Timeout | undefined;
  #late: NodeJS.Timeout | undefined;
  #painting: NodeJS.Immediate | undefined;
  /** When the next sample is due, CLOCK_MONOTONIC milliseconds. */
  #dueMs = 0;
  #bytesAt = { ms: performance.now(), bytes: 0 };

  constructor(options: Options, source: Source, state: AppState, terminal: Terminal) {
    this.#options = options;
    this.#source = source;
    this.#state = state;
    this.#terminal = terminal;
    this.#pages = new PageSource(source.tree, () => this.#cameLate());
    [this.#model, this.#extra] = this.#open();
  }

  start(): void {
    this.#dueMs = performance.now();
    this.#pass();
    // the first measurement has nothing to compare with
    setTimeout(() => this.#measureSelf(), FIRST_OWN_COST_MS).unref();
    setInterval(() => this.#measureSelf(), OWN_COST_MS).unref();
  }

  /** Settings from the configuration file, while running. */
  configure(change: (state: AppState) => AppState): void {
    const before = this.#state;
    this.#state = change(before);
    this.#reorder();
    if (before.intervalSeconds !== this.#state.intervalSeconds) this.#schedule(this.#state.intervalSeconds * 1000);
  }

  // ---- what the terminal tells

  key(name: string): void {
    const { state, wishes } = press(this.#state, name, this.#world());
    this.#state = state;
    for (const wish of wishes) this.#grant(wish);
    this.#paintSoon();
  }

  paste(text: string): void {
    this.#state = paste(this.#state, text);
    this.#paintSoon();
  }

  resize(): void {
    this.#state = sampled(this.#state, this.#world());
    this.#paintSoon();
  }

  resumed(): void {
    this.#schedule(0);
  }

  gone(): void {
    this.#pages.close();
    this.#slow.close();
  }

  // ---- sampling

  /** @param system the history of the machine, which does not depend on what rows are shown. */
  #open(system?: SystemHistory): [Model, ExtraFiles] {
    const model = openModel(this.#source, this.#state.threads, this.#options.pids, system);
    const extra = new ExtraFiles(this.#source.tree, model.sampler, model.table, this.#slow, () => this.#cameLate());
    return [model, extra];
  }

  #pass(): void {
    const { sampler } = this.#model;
    sampler.begin();
    const slice = (): void => {
      // the model may have been exchanged while this pass waited for its turn
      if (sampler !== this.#model.sampler) return;
      if (sampler.step(performance.now() + SLICE_MS)) this.#passed();
      else setImmediate(slice);
    };
    slice();
  }

  #passed(): void {
    this.#pages.refresh();
    this.#reorder();
    this.#paint();
    const { samples } = this.#model.table;
    const period =
      samples === 1 ? Math.min(FIRST_RATES_MS, this.#state.intervalSeconds * 1000) : this.#state.intervalSeconds * 1000;
    // delay minus work; a pass that took longer than the period skips, it never piles up
    const next = this.#dueMs + period - performance.now();
    this.#schedule(Math.max(next, 0));
  }

  #schedule(delayMs: number): void {
    clearTimeout(this.#timer);
    // a new model takes its first sample even when frozen: there is nothing else to show
    if ((this.#state.frozen && this.#model.table.samples > 0) || this.#model.sampler.running) return;
    this.#timer = setTimeout(() => {
      this.#dueMs = performance.now();
      // a capture at its last instant stands still
      if (this.#model.table.samples === 0 || this.#source.tree.advance()) this.#pass();
    }, delayMs);
  }

  /** Shows the tasks that are to be shown, in their order, and reads what that needs of all of them. */
  #reorder(): void {
    const { cursor, table } = this.#model;
    const { sort, kernelThreads } = this.#state;
    const { users } = this.#options;
    const needed: Field[] = [...sort.map(key => key.field), ...(users ? [field('user')] : [])];
    this.#read(table.order.subarray(0, table.count), needed);
    this.#rows = sortTasks(cursor, selectTasks(cursor, { kernelThreads, users }), sort);
    const largest = this.#rows.reduce((most, seat) => Math.max(most, table.pid(seat)), 0);
    this.#pidDigits = Math.max(this.#pidDigits, String(largest).length);
    this.#state = sampled(this.#state, this.#world());
    this.#noticeEnd();
    this.#paintSoon();
  }

  /** The open task has ended: its page keeps what it last showed. */
  #noticeEnd(): void {
    const { task } = this.#state;
    const { table } = this.#model;
    if (!task || task.gone || table.find(task.key.pid, task.key.startTicks) >= 0) return;
    const lines = this.#pages.lines(this.#state, this.#model.cursor, this.#terminal.columns);
    const gone = { wallMs: table.system.wallMs, lines };
    this.#state = { ...this.#state, task: { ...task, gone } };
  }

  #read(seats: Int32Array, fields: readonly Field[]): void {
    for (const { file, steady } of fileWishes(fields)) {
      for (const seat of seats) this.#extra.want(seat, file, steady);
    }
  }

  /** The files that the rows on the screen and the open task need. */
  #readVisible(scene: Scene, { tableRows }: Division): void {
    const { table } = this.#model;
    const { task } = this.#state;
    if (task) {
      const seat: Seat = table.find(task.key.pid, task.key.startTicks);
      if (seat >= 0) for (const file of COLUMN_FILES) this.#extra.want(seat, file, false);
    } else {
      const fields = tableColumns(scene).map(column => column.field);
      this.#read(visibleSeats(scene, tableRows), fields);
    }
  }

  #cameLate(): void {
    this.#late ??= setTimeout(() => {
      this.#late = undefined;
      const sortsByFile = this.#state.sort.some(key => key.field.files[0] !== 'stat');
      if (sortsByFile) this.#reorder();
      this.#paint();
    }, LATE_MS);
  }

  // ---- painting

  #scene(): Scene {
    const { columns, rows } = this.#terminal;
    return {
      state: this.#state,
      cursor: this.#model.cursor,
      rows: this.#rows,
      columns,
      lines: rows,
      own: this.#own,
      pidDigits: this.#pidDigits,
      place: this.#options.proc === '/proc' ? undefined : this.#options.proc,
      openPage: this.#pages.lines(this.#state, this.#model.cursor, columns),
    };
  }

  #world(): World {
    const scene = this.#scene();
    const { tableRows, pageRows } = divide(scene);
    const visible = tableColumns(scene).map(column => column.field);
    return {
      cursor: this.#model.cursor,
      rows: this.#rows,
      visible,
      tableRows,
      pageRows,
      pageLines: pageLines(scene),
    };
  }

  #paintSoon(): void {
    this.#painting ??= setImmediate(() => this.#paint());
  }

  #paint(): void {
    clearImmediate(this.#painting);
    this.#painting = undefined;
    const scene = this.#scene();
    const division = divide(scene);
    this.#readVisible(scene, division);
    this.#terminal.paint(buildFrame(scene, division));
  }

  #grant(wish: Wish): void {
    if (typeof wish === 'object') {
      this.#write(wish.writePageTo);
      return;
    }
    switch (wish) {
      case 'quit':
        this.#terminal.restore();
        this.#pages.close();
        this.#slow.close();
        process.exit(0);
        // eslint wants to see that nothing falls through; process.exit() does not return
        break;
      case 'suspend':
        this.#terminal.suspend();
        return;
      case 'redraw':
        this.#terminal.redraw();
        return;
      case 'reorder':
        this.#reorder();
        return;
      case 'reopen':
        this.#model.sampler.close();
        this.#source.tree.rewind();
        // a capture begins anew, this machine goes on
        [this.#model, this.#extra] = this.#open(this.#source.tree.keeps ? this.#model.table.system : undefined);
        this.#rows = new Int32Array(0);
        this.#schedule(0);
        return;
      case 'reschedule':
        this.#schedule(Math.min(FIRST_RATES_MS, this.#state.intervalSeconds * 1000));
    }
  }

  /** The open page into a new file; one that exists is left alone. */
  #write(file: string): void {
    const message = writeNew(file, this.#pages.text(this.#state, this.#model.cursor));
    this.#state = { ...this.#state, message };
  }

  #measureSelf(): void {
    const now = performance.now();
    const bytes = this.#terminal.bytesWritten;
    const bytesPerSecond = ((bytes - this.#bytesAt.bytes) * 1000) / (now - this.#bytesAt.ms);
    this.#bytesAt = { ms: now, bytes };
    this.#own = { ...this.#own, bytesPerSecond };
    this.#measure(usage => {
      this.#own = { ...this.#own, ...usage };
    });
  }
}

/** Runs the monitor until the user quits. @throws Failure, UsageError before the screen is touched */
export async function monitor(options: Options): Promise<void> {
  const source = await openSource(options);
  checkUsers(options.users, source.machine);
  const settings = await startSettings(options, source.machine);
  // the terminal tells of keys only after it is open, and then the monitor is there
  const listener: { monitor?: Monitor } = {};
  const terminal = openTerminal({
    colors: options.color,
    ascii: options.ascii,
    theme: settings.theme,
    events: {
      key: name => listener.monitor?.key(name),
      paste: text => listener.monitor?.paste(text),
      resize: () => listener.monitor?.resize(),
      resumed: () => listener.monitor?.resumed(),
      gone: () => listener.monitor?.gone(),
    },
  });
  if ('error' in terminal) throw new Failure(terminal.error);
  const running = new Monitor(options, source, settings.state, terminal);
  listener.monitor = running;
  running.start();
  settings.follow((change, theme) => {
    running.configure(change);
    terminal.setTheme(theme());
  });
}
