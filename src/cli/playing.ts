/** A recording plays by itself, and is looked through for what is to be told next. */
import { type AppState, type Instant, type Step, step } from '../app/state.ts';
import { showInstant } from '../app/travel.ts';
import type { Rule } from '../findings/rule.ts';
import type { Recording } from '../recording/reader.ts';
import { timeText } from '../units/format.ts';

/** A recording is not played faster, and not slower. */
const LEAST_PLAY_MS = 20;
const MOST_PLAY_MS = 10_000;

/** Who shows it. */
interface Stage {
  readonly state: () => AppState;
  readonly take: (step: Step) => void;
}

export class Playing {
  readonly #recording: Recording;
  readonly #instants: () => readonly Instant[];
  readonly #rules: () => readonly Rule[];
  readonly #stage: Stage;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param instants all samples of the recording.
   * @param rules those of findings, as they are now.
   */
  constructor(recording: Recording, instants: () => readonly Instant[], rules: () => readonly Rule[], stage: Stage) {
    this.#recording = recording;
    this.#instants = instants;
    this.#rules = rules;
    this.#stage = stage;
  }

  /** A recording plays: the next sample after as long as it took then, or less. */
  play(): void {
    clearTimeout(this.#timer);
    const state = this.#stage.state();
    const { replay, instant } = state;
    const next = this.#instants()[instant!.number];
    if (!replay?.playing || !next) {
      this.#stage.take(step(replay?.playing ? { ...state, replay: { ...replay, playing: false } } : state));
      return;
    }
    const wait = (next.ms - instant!.ms) / replay.speed;
    // between two runs of a recording nothing is waited for
    const delay = Math.max(LEAST_PLAY_MS, Math.min(MOST_PLAY_MS, Number.isFinite(wait) && wait > 0 ? wait : 0));
    this.#timer = setTimeout(() => {
      this.#stage.take(showInstant(this.#stage.state(), next));
      this.play();
    }, delay);
  }

  /** Looks through a recording for what is to be told next, giving way to keys; a key that leads elsewhere ends it. */
  async seek(direction: 1 | -1): Promise<void> {
    const { instant } = this.#stage.state();
    if (!instant) return;
    const { seekTold } = await import('./seek.ts');
    this.#say('looking …');
    const found = await seekTold(this.#recording, this.#rules(), instant.number - 1, direction, at => {
      this.#say(`looking … ${timeText(at.wallMs)}`);
      return this.#stage.state().instant === instant;
    });
    if (this.#stage.state().instant !== instant) return;
    if (found === undefined) this.#say(`nothing more is to be told ${direction > 0 ? 'after' : 'before'} this`);
    else {
      this.#stage.take(showInstant(this.#stage.state(), found.instant));
      this.#say(found.words);
    }
  }

  #say(text: string): void {
    this.#stage.take(step({ ...this.#stage.state(), message: { text, tone: 'normal' } }));
  }
}
