/** The monitor: samples on a schedule, keeps the state, paints. All decisions are in src/app; here they meet the clock. */
import { arrange, neededFields } from '../app/arrange.ts';
import { hit, pointed } from '../app/mouse.ts';
import { FrameMemo } from '../app/memo.ts';
import { buildFrame, divide, tableColumns, visibleSeats, worldOf } from '../app/frame.ts';
import type { Division, Scene } from '../app/scene.ts';
import type { AppState, Instant, Step, Wish, World } from '../app/state.ts';
import { STILL_MS } from '../app/table-actions.ts';
import { showInstant } from '../app/travel.ts';
import { paste, press, sampled } from '../app/update.ts';
import type { Action, Subject } from '../act/action.ts';
import { absentBecause, procIsOurs } from '../act/absent.ts';
import { openBoard } from '../app/boards.ts';
import { asksAgain, refreshDialog, showResults } from '../app/dialog.ts';
import type { Target } from '../app/dialog-target.ts';
import type { Field } from '../fields/field.ts';
import type { TaskFile } from '../fields/files.ts';
import { FindingsWatch } from '../findings/watch.ts';
import { cpuLists } from '../sample/cpu-lists.ts';
import type { SampleSink, Seat } from '../frame/sink.ts';
import { flatRows, type Rows } from '../model/rows.ts';
import { renderCsv } from '../out/csv.ts';
import { renderJson } from '../out/json.ts';
import { renderTable } from '../out/table.ts';
import { COLUMN_FILES } from '../pages/context.ts';
import { historyWants } from '../pages/history-files.ts';
import { Boards } from './boards.ts';
import { Governor } from './governor.ts';
import { Past, type Remembered } from './past.ts';
import { Replay } from './replay.ts';
import { Watchers } from './watchers.ts';
import { TaskCursor } from '../model/task-cursor.ts';
import type { TaskTable } from '../model/task-table.ts';
import { THREADS_A_SAMPLE } from '../sample/thread-rounds.ts';
import { ExtraFiles } from '../sample/extra-files.ts';
import { HostReader } from '../sample/host-reader.ts';
import { tablesOf } from '../history/ring.ts';
import { ownCostMeter } from '../sample/own-cost.ts';
import { createSlowReader, type SlowReader } from '../sample/slow-reader.ts';
import { PageSource } from './page-source.ts';
import { timeText } from '../units/format.ts';
import type { MouseReport } from '../term/input.ts';
import { openTerminal, type Terminal } from '../term/terminal.ts';
import type { OwnCost } from '../view/header.ts';
import type { Options } from './options.ts';
import { checkUsers, Failure, fileWishes, type Model, openModel, openSource, type Source } from './session.ts';
import { givenFilter } from './filters.ts';
import { writeNew } from './output.ts';
import { type StartedSettings, startSettings } from './settings.ts';

/** A pass gives way to keys after so long. */
const SLICE_MS = 8;
/** The first rates are shown so soon, whatever the interval. */
const FIRST_RATES_MS = 500;
/** What came late is painted at most so often. */
const LATE_MS = 100;
const FIRST_OWN_COST_MS = 1500;
const OWN_COST_MS = 5000;

/** A recording is not played faster, and not slower. */
const LEAST_PLAY_MS = 20;
const MOST_PLAY_MS = 10_000;
const ONE_KIND = {
  text: 'a recording holds either processes or threads: this one has no others',
  tone: 'warn',
} as const;

/** A little more than the interval is not worth a word. */
const STRETCHED = 1.05;

/** A key confirms nothing before so long. */
const SEEN_MS = 300;
/** What the dialog tells of its tasks is in these. */
const DIALOG_FILES: readonly TaskFile[] = ['status', 'cmdline'];

class Monitor {
  readonly #options: Options;
  readonly #source: Source;
  readonly #slow: SlowReader = createSlowReader();
  readonly #terminal: Terminal;
  readonly #measure = ownCostMeter();
  readonly #pages: PageSource;
  readonly #host: HostReader | undefined;
  readonly #memo = new FrameMemo();
  readonly #settings: StartedSettings;
  /** A recording that is gone through; undefined: the source is sampled. */
  readonly #replay: Replay | undefined;
  #model: Model;
  #live: Past;
  #extra: ExtraFiles;
  readonly #boards = new Boards(
    () => this.#watchers(),
    instant => this.#findingsAt(instant),
  );
  #state: AppState;
  #rows: Rows = flatRows(new Int32Array(0));
  #own: OwnCost = { cpuPercent: undefined, rssBytes: undefined, bytesPerSecond: undefined };
  #pidDigits = 5;
  #timer: NodeJS.Timeout | undefined;
  #late: NodeJS.Timeout | undefined;
  #painting: NodeJS.Immediate | undefined;
  /** When the dialog was put on the screen, or changed what it says. */
  #askedMs = 0;
  readonly #cpus = cpuLists();
  /** When the next sample is due, CLOCK_MONOTONIC milliseconds. */
  #dueMs = 0;
  readonly #governor: Governor;
  #bytesAt = { ms: performance.now(), bytes: 0 };

  constructor(options: Options, source: Source, state: AppState, terminal: Terminal, settings: StartedSettings) {
    this.#settings = settings;
    this.#options = options;
    this.#governor = new Governor(options.maxCpu);
    this.#source = source;
    this.#state = state;
    this.#terminal = terminal;
    this.#host = source.tree.live ? new HostReader(source.tree, this.#slow) : undefined;
    this.#pages = new PageSource(
      source.tree,
      () => this.#past.rings,
      () => this.#cameLate(),
    );
    const { recorded } = source;
    this.#replay = recorded && new Replay(recorded.recording, state.instant!.number - 1, () => this.#boards.close());
    if (this.#replay) this.#replay.onPlayed = () => this.#boards.sampled();
    [this.#model, this.#live, this.#extra] = this.#open();
  }

  start(): void {
    this.#dueMs = performance.now();
    if (this.#replay) this.#reorder();
    else this.#pass();
    // the first measurement has nothing to compare with
    setTimeout(() => this.#measureSelf(), FIRST_OWN_COST_MS).unref();
    setInterval(() => this.#measureSelf(), OWN_COST_MS).unref();
  }

  /** Settings from the configuration file, while running. */
  configure(change: (state: AppState) => AppState): void {
    const before = this.#state;
    const state = change(before);
    this.#take({ state, wishes: [before.threads === state.threads ? 'reorder' : 'reopen'] });
    // the theme may have kept its name and changed its looks
    this.#terminal.setTheme(this.#settings.themeNamed(state.theme));
    if (before.intervalSeconds !== this.#state.intervalSeconds) this.#schedule(this.#state.intervalSeconds * 1000);
  }

  // ---- what the terminal tells

  key(name: string, alone: boolean): void {
    this.#take(press(this.#state, name, { ...this.#world(), confirmed: alone && this.#seen() }));
  }

  mouse({ kind, x, y }: MouseReport): void {
    const scene = this.#scene();
    this.#take(pointed(this.#state, { kind, at: hit(scene, divide(scene), x, y) }, this.#world()));
  }

  paste(text: string): void {
    this.#take(paste(this.#state, text, this.#world()));
  }

  /** Whether somebody had the time to see the dialog that is on the screen. */
  #seen(): boolean {
    return this.#terminal.isCurrent && performance.now() - this.#askedMs >= SEEN_MS;
  }

  /** The tasks of the dialog as they are now: what was not read when it was opened, and what has changed since. */
  #refreshDialog(): void {
    const { dialog } = this.#state;
    if (!dialog) return;
    const { cursor, table } = this.#model;
    const find = ({ pid, startTicks }: Subject): Seat => table.find(pid, startTicks);
    const seats = dialog.targets.map(find).filter(seat => seat >= 0);
    for (const seat of seats) for (const file of DIALOG_FILES) this.#extra.want(seat, file, false);
    const refreshed = refreshDialog(dialog, subject => {
      const seat = find(subject);
      return seat < 0 ? undefined : cursor.at(seat);
    });
    this.#state = { ...this.#state, dialog: refreshed };
  }

  #perform(action: Action, targets: readonly Target[]): void {
    void import('../act/perform.ts')
      .then(({ perform }) => perform(action, targets))
      .then(results => {
        const { dialog } = this.#state;
        if (dialog) this.#state = { ...this.#state, dialog: showResults(dialog, results) };
        this.#askedMs = performance.now();
        this.#paintSoon();
      });
  }

  #take({ state, wishes }: Step): void {
    const { theme, dialog } = this.#state;
    this.#state = state;
    // what is asked again has to be seen before it is answered
    if (asksAgain(state.dialog) && !asksAgain(dialog)) this.#askedMs = performance.now();
    if (state.dialog && !dialog) {
      this.#askedMs = performance.now();
      this.#refreshDialog();
    }
    if (state.theme !== theme) this.#terminal.setTheme(this.#settings.themeNamed(state.theme));
    for (const wish of wishes) this.#grant(wish);
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

  /** @param former what is known goes on, whatever rows are shown. */
  #open(former?: { readonly table: TaskTable; readonly past: Past }): [Model, Past, ExtraFiles] {
    const made: { past?: Past } = {};
    const through = (table: TaskTable): SampleSink =>
      (made.past = new Past(table, this.#options.historySize, former?.past)).recorder;
    const { threads } = this.#state;
    const model = openModel(this.#source, threads, this.#options.pids, former?.table, this.#host, through);
    const past = made.past!;
    const { recorder } = past;
    const extra = new ExtraFiles(this.#source.tree, model.sampler, recorder, this.#slow, () => this.#cameLate());
    return [model, past, extra];
  }

  get #past(): Remembered {
    return this.#replay ?? this.#live;
  }

  /** The tasks that are shown: those of now, or of the instant that was gone to. */
  get #cursor(): TaskCursor {
    const { instant } = this.#state;
    return (instant && this.#past.at(instant.number)) ?? this.#model.cursor;
  }

  /** What was known of trouble at a past sample. */
  #findingsAt({ ms }: Instant): FindingsWatch {
    const watch = new FindingsWatch(this.#settings.rules(), this.#source.machine);
    for (const { instant, table } of tablesOf(this.#past.rings)) {
      if (instant.ms > ms) break;
      if (!table.threads) watch.sampled(new TaskCursor(table));
    }
    return watch;
  }

  /** Watchers that know what is remembered. */
  #watchers(): Watchers {
    const { cursor } = this.#model;
    const watchers = new Watchers(
      this.#source,
      {
        cursor: this.#replay ? new TaskCursor(this.#replay.table) : cursor,
        want: (seat, file) => this.#extra.want(seat, file, false),
      },
      {
        rules: this.#settings.rules(),
        budget: THREADS_A_SAMPLE,
        slow: this.#slow,
        others: !this.#replay,
        onLate: () => this.#cameLate(),
      },
    );
    for (const { table } of tablesOf(this.#past.rings)) if (!table.threads) watchers.replayed(new TaskCursor(table));
    // threads, and files of tasks that are not on the screen, are read at once
    if (!this.#replay) watchers.sampled();
    return watchers;
  }

  #pass(): void {
    const { sampler } = this.#model;
    sampler.begin();
    const slice = (): void => {
      // the model may have been exchanged while this pass waited for its turn
      if (sampler !== this.#model.sampler) return;
      if (sampler.step(this.#source.tree.nowMs() + SLICE_MS)) this.#passed();
      else setImmediate(slice);
    };
    slice();
  }

  #passed(): void {
    this.#boards.sampled();
    this.#refreshDialog();
    // the past stands still
    if (!this.#state.instant) {
      this.#pages.refresh();
      // rows do not jump while somebody moves through them
      this.#reorder(performance.now() - this.#state.movedMs < STILL_MS ? this.#rows.seats : undefined);
    }
    this.#paint();
    const { samples } = this.#model.table;
    const wanted = this.#state.intervalSeconds * 1000;
    const period = samples === 1 ? Math.min(FIRST_RATES_MS, wanted) : this.#governor.period(wanted);
    const isStretched = period > wanted * STRETCHED;
    this.#own = { ...this.#own, stretchedSeconds: isStretched ? period / 1000 : undefined };
    // delay minus work; a pass that took longer than the period skips, it never piles up
    const next = this.#dueMs + period - performance.now();
    this.#schedule(Math.max(next, 0));
  }

  #schedule(delayMs: number): void {
    clearTimeout(this.#timer);
    if (this.#replay) {
      this.#play();
      return;
    }
    if (this.#model.sampler.running) return;
    this.#timer = setTimeout(() => {
      this.#dueMs = performance.now();
      // a capture at its last instant stands still
      if (this.#model.table.samples === 0 || this.#source.tree.advance()) this.#pass();
    }, delayMs);
  }

  /** A recording plays: the next sample after as long as it took then, or less. */
  #play(): void {
    const { replay, instant } = this.#state;
    const next = this.#past.instants()[instant!.number];
    if (!replay?.playing || !next) {
      if (replay?.playing) this.#state = { ...this.#state, replay: { ...replay, playing: false } };
      this.#paintSoon();
      return;
    }
    const wait = (next.ms - instant!.ms) / replay.speed;
    // between two runs of a recording nothing is waited for
    const delay = Math.max(LEAST_PLAY_MS, Math.min(MOST_PLAY_MS, Number.isFinite(wait) && wait > 0 ? wait : 0));
    this.#timer = setTimeout(() => {
      this.#take(showInstant(this.#state, next));
      this.#play();
    }, delay);
  }

  /**
   * Shows the tasks that are to be shown, in their order, and reads what that needs of all of them.
   * @param former rows whose order is to be kept.
   */
  #reorder(former?: Int32Array): void {
    const cursor = this.#cursor;
    const { table } = cursor;
    this.#read(table.order.subarray(0, table.count), neededFields(this.#state));
    this.#rows = arrange(this.#state, cursor, former);
    let largest = 0;
    for (const seat of this.#rows.seats) if (seat >= 0) largest = Math.max(largest, table.pid(seat));
    this.#pidDigits = Math.max(this.#pidDigits, String(largest).length);
    this.#state = sampled(this.#state, this.#world());
    this.#noticeEnd();
    this.#paintSoon();
  }

  /** The open task has ended: its page keeps what it last showed. */
  #noticeEnd(): void {
    const { task, instant } = this.#state;
    const { table } = this.#model;
    if (!task || task.gone || instant || table.find(task.key.pid, task.key.startTicks) >= 0) return;
    const lines = this.#pages.lines(this.#state, this.#model.cursor, this.#terminal.columns);
    // while the past was shown it was noticed, too, and not told
    const gone = { wallMs: table.events.endOf(task.key) ?? table.system.wallMs, lines };
    this.#state = { ...this.#state, task: { ...task, gone } };
  }

  #read(seats: Iterable<Seat>, fields: readonly Field[]): void {
    // nothing more can be read of the past
    if (this.#state.instant) return;
    for (const { file, steady } of fileWishes(fields)) {
      for (const seat of seats) this.#extra.want(seat, file, steady);
    }
  }

  /** The files that the rows on the screen and the open task need. */
  #readVisible(scene: Scene, { tableRows }: Division): void {
    const { table } = this.#model;
    const { task, instant } = this.#state;
    if (instant) return;
    if (task) {
      const seat: Seat = table.find(task.key.pid, task.key.startTicks);
      if (seat < 0) return;
      for (const file of COLUMN_FILES) this.#extra.want(seat, file, false);
      if (task.page !== 'history') return;
      for (const [at, file] of historyWants(this.#model.cursor, seat)) this.#extra.want(at, file, false);
    } else {
      const rules = this.#state.highlights.flatMap(({ filter }) => filter.fields);
      const fields = [...tableColumns(scene).map(column => column.field), ...rules];
      this.#read(visibleSeats(scene, tableRows), fields);
    }
  }

  #cameLate(): void {
    this.#late ??= setTimeout(() => {
      this.#late = undefined;
      this.#boards.changed();
      const late = neededFields(this.#state).some(({ files }) => files[0] !== 'stat');
      if (late && !this.#state.instant) this.#reorder();
      this.#paint();
    }, LATE_MS);
  }

  /** Looks through a recording for what is to be told next, giving way to keys; a key that leads elsewhere ends it. */
  async #seek(direction: 1 | -1): Promise<void> {
    const { instant } = this.#state;
    const { recorded } = this.#source;
    if (!recorded || !instant) return;
    const { seekTold } = await import('./seek.ts');
    this.#say('looking …');
    const found = await seekTold(recorded.recording, this.#settings.rules(), instant.number - 1, direction, at => {
      this.#say(`looking … ${timeText(at.wallMs)}`);
      return this.#state.instant === instant;
    });
    if (this.#state.instant !== instant) return;
    if (found === undefined) this.#say(`nothing more is to be told ${direction > 0 ? 'after' : 'before'} this`);
    else {
      this.#take(showInstant(this.#state, found.instant));
      this.#say(found.words);
    }
  }

  #say(text: string): void {
    this.#state = { ...this.#state, message: { text, tone: 'normal' } };
    this.#paintSoon();
  }

  // ---- painting

  #scene(): Scene {
    const { columns, rows } = this.#terminal;
    return {
      memo: this.#memo,
      state: this.#state,
      cursor: this.#cursor,
      rows: this.#rows,
      instants: this.#past.instants,
      board: this.#boards.lines(this.#state, this.#cursor, this.#past.events, columns),
      counts: this.#boards.counts(this.#state, this.#cursor),
      columns,
      lines: rows,
      own: this.#own,
      pidDigits: this.#pidDigits,
      place: this.#options.proc === '/proc' ? undefined : this.#options.proc,
      openPage: this.#pages.lines(this.#state, this.#cursor, columns),
      nowMs: performance.now(),
      ascii: !this.#terminal.unicode,
      confirmed: false,
      dialogFacts: { ...this.#cpus, ownPid: process.pid, nowMs: Date.now() },
    };
  }

  #world(): World {
    return worldOf(this.#scene());
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
      if ('writeTo' in wish) this.#write(wish.writeTo);
      if ('seek' in wish) void this.#seek(wish.seek);
      if ('perform' in wish) this.#perform(wish.perform, wish.targets);
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
        if (this.#replay) {
          this.#state = { ...this.#state, threads: !this.#state.threads, message: ONE_KIND };
          return;
        }
        this.#model.sampler.close();
        this.#source.tree.rewind();
        // a capture begins anew, this machine goes on
        this.#boards.close();
        this.#state = { ...this.#state, instant: undefined };
        [this.#model, this.#live, this.#extra] = this.#open(
          this.#source.tree.keeps ? { table: this.#model.table, past: this.#live } : undefined,
        );
        this.#rows = flatRows(new Int32Array(0));
        this.#schedule(0);
        return;
      case 'save':
        void this.#save();
        return;
      case 'reschedule':
        this.#schedule(Math.min(FIRST_RATES_MS, this.#state.intervalSeconds * 1000));
    }
  }

  /** What is shown into a new file; one that exists is left alone. */
  #write(file: string): void {
    this.#state = { ...this.#state, message: writeNew(file, this.#shown(file)) };
  }

  /** The open page, or the table with all its rows: as the name of the file says. */
  #shown(file: string): string {
    const cursor = this.#cursor;
    const { board } = this.#state;
    if (this.#state.system ?? this.#state.task) return this.#pages.text(this.#state, cursor);
    if (board) return this.#boards.text(this.#state, cursor, this.#past.events, file.endsWith('.json'));
    const fields = this.#state.columns;
    const seats = this.#rows.seats.filter(seat => seat >= 0);
    this.#read(seats, fields);
    if (file.endsWith('.json')) return renderJson({ cursor, seats, fields });
    if (file.endsWith('.csv')) return renderCsv({ cursor, seats, fields }, true);
    return renderTable({ cursor, seats, fields });
  }

  /** The settings as they are now into the configuration file; what else stands there is left as it is. */
  async #save(): Promise<void> {
    const message = await this.#settings.save(this.#state);
    this.#state = { ...this.#state, message };
    this.#paintSoon();
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

/** What the command line says of the first view. @throws UsageError */
async function given(options: Options): Promise<Partial<AppState>> {
  const { users, tree } = options;
  return { users, filter: await givenFilter(options), ...(tree ? { arrangement: 'tree' as const } : {}) };
}

/** Runs the monitor until the user quits. @throws Failure, UsageError before the screen is touched */
export async function monitor(options: Options): Promise<void> {
  const source = await openSource(options);
  checkUsers(options.users, source.machine);
  const settings = await startSettings(options, source.machine);
  // what is wrong with the command line is said before the screen is touched
  const first = await given(options);
  // the terminal tells of keys only after it is open, and then the monitor is there
  const listener: { monitor?: Monitor } = {};
  const terminal = openTerminal({
    colors: options.color,
    ascii: settings.ascii,
    theme: settings.themeNamed(settings.state.theme),
    mouse: settings.mouse,
    bytesPerSecond: options.maxBytesPerSecond,
    events: {
      key: (name, alone) => listener.monitor?.key(name, alone),
      paste: text => listener.monitor?.paste(text),
      mouse: report => listener.monitor?.mouse(report),
      resize: () => listener.monitor?.resize(),
      resumed: () => listener.monitor?.resumed(),
      gone: () => listener.monitor?.gone(),
    },
  });
  if ('error' in terminal) throw new Failure(terminal.error);
  const noActions = absentBecause({ live: source.tree.live, readOnly: options.readOnly, ownProc: procIsOurs() });
  const { recorded } = source;
  const replay = recorded && {
    replay: { playing: false, speed: 1 },
    instant: recorded.recording.instant(
      options.at === undefined ? Math.min(1, recorded.recording.count - 1) : recorded.index,
    ),
    threads: recorded.recording.threads,
  };
  const board = options.stuck ? openBoard(settings.state, 'stuck').state : settings.state;
  const running = new Monitor(options, source, { ...board, ...first, ...replay, noActions }, terminal, settings);
  listener.monitor = running;
  running.start();
  settings.follow(change => running.configure(change));
}
