/** The monitor: samples on a schedule, keeps the state, paints. All decisions are in src/app; here they meet the clock. */
import { neededFields } from '../app/arrange.ts';
import { hit, pointed } from '../app/mouse.ts';
import { buildFrame, divide, worldOf } from '../app/frame.ts';
import type { Scene } from '../app/scene.ts';
import type { AppState, Step, Wish, World } from '../app/state.ts';
import { STILL_MS } from '../app/table-actions.ts';
import { paste, press, sampled } from '../app/update.ts';
import type { Action } from '../act/action.ts';
import { asksAgain, showResults } from '../app/dialog.ts';
import type { Target } from '../app/dialog-target.ts';
import { Boards } from './boards.ts';
import { optimizeFor } from './engine.ts';
import { firstState } from './first-state.ts';
import { OwnCosts } from './own-cost.ts';
import type { Remembered } from './past.ts';
import { findingsAt, informedWatchers } from './past-watchers.ts';
import { Playing } from './playing.ts';
import { Replay } from './replay.ts';
import { Sampling } from './sampling.ts';
import { FIRST_RATES_MS, Schedule } from './schedule.ts';
import { Shown } from './shown.ts';
import { dialogNow, readVisible } from './visible-files.ts';
import type { Watchers } from './watchers.ts';
import { TaskCursor } from '../model/task-cursor.ts';
import { THREADS_A_SAMPLE } from '../sample/thread-rounds.ts';
import { createSlowReader, type SlowReader } from '../sample/slow-reader.ts';
import { PageSource } from './page-source.ts';
import type { MouseReport } from '../term/input.ts';
import { openTerminal, type Terminal } from '../term/terminal.ts';
import type { Options } from './options.ts';
import { checkUsers, Failure, type Model, openSource, type Source } from './session.ts';
import { writeNew } from './output.ts';
import { type StartedSettings, startSettings } from './settings.ts';

/** What came late is painted at most so often. */
const LATE_MS = 100;

const ONE_KIND = {
  text: 'a recording holds either processes or threads: this one has no others',
  tone: 'warn',
} as const;

/** A key confirms nothing before so long. */
const SEEN_MS = 300;

class Monitor {
  readonly #source: Source;
  readonly #slow: SlowReader = createSlowReader();
  readonly #terminal: Terminal;
  readonly #pages: PageSource;
  readonly #settings: StartedSettings;
  /** A recording that is gone through; undefined: the source is sampled. */
  readonly #replay: Replay | undefined;
  readonly #playing: Playing | undefined;
  readonly #sampling: Sampling;
  readonly #boards = new Boards(
    () => this.#watchers(),
    instant => findingsAt(instant, this.#past.rings, this.#settings.rules(), this.#source.machine),
  );
  #state: AppState;
  readonly #shown: Shown;
  readonly #own: OwnCosts;
  #late: NodeJS.Timeout | undefined;
  #painting: NodeJS.Immediate | undefined;
  /** When the dialog was put on the screen, or changed what it says. */
  #askedMs = 0;
  readonly #schedule: Schedule;

  constructor(options: Options, source: Source, state: AppState, terminal: Terminal, settings: StartedSettings) {
    this.#settings = settings;
    this.#schedule = new Schedule(options.maxCpu);
    this.#source = source;
    this.#state = state;
    this.#terminal = terminal;
    this.#own = new OwnCosts(terminal);
    this.#pages = new PageSource(
      source.tree,
      () => this.#past.rings,
      () => this.#cameLate(),
    );
    const { recorded } = source;
    this.#replay = recorded && new Replay(recorded.recording, state.instant!.number - 1, () => this.#boards.close());
    if (this.#replay) this.#replay.onPlayed = () => this.#boards.sampled();
    this.#playing =
      recorded &&
      new Playing(recorded.recording, this.#replay!.instants, () => settings.rules(), {
        state: () => this.#state,
        take: step => this.#take(step),
      });
    this.#sampling = new Sampling(source, options, state.threads, this.#slow, () => this.#cameLate());
    this.#shown = new Shown({
      sampling: this.#sampling,
      past: () => this.#past,
      pages: this.#pages,
      boards: this.#boards,
      own: this.#own,
      terminal,
      place: options.proc === '/proc' ? undefined : options.proc,
    });
  }

  start(): void {
    this.#schedule.begin();
    if (this.#replay) this.#reorder();
    else this.#pass();
    this.#own.start();
  }

  /** Settings from the configuration file, while running. */
  configure(change: (state: AppState) => AppState): void {
    const before = this.#state;
    const rules = JSON.stringify(this.#settings.rules());
    const state = change(before);
    if (JSON.stringify(this.#settings.rules()) !== rules) this.#boards.close();
    this.#take({ state, wishes: [before.threads === state.threads ? 'reorder' : 'reopen'] });
    // the theme may have kept its name and changed its looks
    this.#terminal.setTheme(this.#settings.themeNamed(state.theme));
    if (before.intervalSeconds !== this.#state.intervalSeconds) this.#next(this.#state.intervalSeconds * 1000);
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
    this.#state = { ...this.#state, dialog: dialogNow(this.#sampling.extra, this.#model.cursor, dialog) };
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
    this.#next(0);
  }

  gone(): void {
    this.#pages.close();
    this.#slow.close();
  }

  // ---- sampling

  get #model(): Model {
    return this.#sampling.model;
  }

  get #past(): Remembered {
    return this.#replay ?? this.#sampling.past;
  }

  /** Watchers that know what is remembered. */
  #watchers(): Watchers {
    const { cursor } = this.#model;
    return informedWatchers(
      this.#past.rings,
      this.#source,
      {
        cursor: this.#replay ? new TaskCursor(this.#replay.table) : cursor,
        want: (seat, file) => this.#sampling.extra.want(seat, file, false),
      },
      {
        rules: this.#settings.rules(),
        budget: THREADS_A_SAMPLE,
        slow: this.#slow,
        others: !this.#replay,
        onLate: () => this.#cameLate(),
      },
    );
  }

  #pass(): void {
    this.#sampling.pass(() => this.#passed());
  }

  #passed(): void {
    this.#boards.sampled();
    this.#refreshDialog();
    // the past stands still
    if (!this.#state.instant) {
      this.#pages.refresh();
      // rows do not jump while somebody moves through them
      this.#reorder(performance.now() - this.#state.movedMs < STILL_MS);
    }
    this.#paint();
    const { samples } = this.#model.table;
    const { delayMs, stretched } = this.#schedule.next(samples, this.#state.intervalSeconds * 1000);
    this.#own.stretched(stretched);
    this.#next(delayMs);
  }

  /** The next sample, of what is sampled or of the recording that plays. */
  #next(delayMs: number): void {
    if (this.#playing) {
      this.#playing.play();
      return;
    }
    if (this.#model.sampler.running) return;
    this.#schedule.after(delayMs, () => {
      // a capture at its last instant stands still
      if (this.#model.table.samples === 0 || this.#source.tree.advance()) this.#pass();
    });
  }

  /**
   * Shows the tasks that are to be shown, in their order, and reads what that needs of all of them.
   * @param stand whether rows are to stay where they are.
   */
  #reorder(stand = false): void {
    this.#shown.arrange(this.#state, stand);
    optimizeFor(this.#shown.cursor(this.#state).table.count);
    this.#state = sampled(this.#state, this.#world());
    this.#state = this.#shown.noticeEnd(this.#state);
    this.#paintSoon();
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

  // ---- painting

  #scene(): Scene {
    return this.#shown.scene(this.#state);
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
    readVisible(this.#sampling.extra, scene, division);
    this.#terminal.paint(buildFrame(scene, division));
  }

  #grant(wish: Wish): void {
    if (typeof wish === 'object') {
      if ('writeTo' in wish) this.#write(wish.writeTo);
      if ('seek' in wish) void this.#playing?.seek(wish.seek);
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
        this.#boards.close();
        this.#state = { ...this.#state, instant: undefined };
        this.#sampling.reopen(this.#state.threads);
        this.#shown.clear();
        this.#next(0);
        return;
      case 'save':
        void this.#save();
        return;
      case 'reschedule':
        this.#next(Math.min(FIRST_RATES_MS, this.#state.intervalSeconds * 1000));
    }
  }

  /** What is shown into a new file; one that exists is left alone. */
  #write(file: string): void {
    this.#state = { ...this.#state, message: writeNew(file, this.#shown.text(file, this.#state)) };
  }

  /** The settings as they are now into the configuration file; what else stands there is left as it is. */
  async #save(): Promise<void> {
    const message = await this.#settings.save(this.#state);
    this.#state = { ...this.#state, message };
    this.#paintSoon();
  }
}

/** Runs the monitor until the user quits. @throws Failure, UsageError before the screen is touched */
export async function monitor(options: Options): Promise<void> {
  const source = await openSource(options);
  checkUsers(options.users, source.machine);
  const settings = await startSettings(options, source.machine);
  // what is wrong with the command line is said before the screen is touched
  const state = await firstState(options, source, settings.state);
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
  const running = new Monitor(options, source, state, terminal, settings);
  listener.monitor = running;
  running.start();
  settings.follow(change => running.configure(change));
}
