/** Going through the samples that are remembered: freezing, stepping, jumping to a time. */
import type { Mode } from '../keys/keys.ts';
import { timeText } from '../units/format.ts';
import { type AppState, type Instant, type Step, step, type World } from './state.ts';

const MINUTE_MS = 60_000;

const told = (state: AppState, text: string): Step => step({ ...state, message: { text, tone: 'warn' } });

/** Shows a sample; undefined: the present, as it goes on. */
export function showInstant(state: AppState, instant: Instant | undefined): Step {
  return step({ ...state, instant, message: undefined, movedMs: Number.NEGATIVE_INFINITY }, 'reorder');
}

/** Where the keys that go through samples are heard. */
const PAST_IN: readonly Mode[] = ['table', 'task', 'system', 'board'];

/** The modes of the past that is shown, whose keys come before those of the mode itself. */
export const pastModes = (state: AppState): readonly Mode[] => (PAST_IN.includes(state.mode) ? pastShown(state) : []);

/** The same wherever the keys are heard. */
export function pastShown({ instant, replay }: AppState): readonly Mode[] {
  if (!instant) return [];
  return replay ? ['replay', 'frozen'] : ['frozen'];
}

/** Looks for the next sample, or the one before, at which something is to be told. */
export const seek = (state: AppState, direction: 1 | -1): Step => step(paused(state), { seek: direction });

/** Who steps through a recording does not want it to play on. */
const paused = (state: AppState): AppState =>
  state.replay ? { ...state, replay: { ...state.replay, playing: false } } : state;

export function freeze(state: AppState, { instants }: World): Step {
  if (state.replay) return play(state);
  if (state.instant) return showInstant(state, undefined);
  const now = instants().at(-1);
  return now ? showInstant(state, now) : step(state);
}

const SPEEDS: readonly number[] = [0.25, 0.5, 1, 2, 5, 10, 30, 100];

/** Plays a recording, or pauses it. */
export const play = (state: AppState): Step =>
  state.replay
    ? step({ ...state, replay: { ...state.replay, playing: !state.replay.playing } }, 'reschedule')
    : step(state);

export function changeSpeed(state: AppState, direction: 1 | -1): Step {
  const { replay } = state;
  if (!replay) return step(state);
  const at = SPEEDS.indexOf(replay.speed) + direction;
  const speed = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, at))]!;
  return step({ ...state, replay: { ...replay, speed } }, 'reschedule');
}

/** The sample that is shown, or the present one. */
const here = ({ instant }: AppState, list: readonly Instant[]): Instant | undefined => instant ?? list.at(-1);

const edge = ({ replay }: AppState, list: readonly Instant[], back: boolean): string => {
  const [oldest] = list;
  if (replay) return back ? 'this is the first sample of the recording' : 'this is the last sample of the recording';
  if (!back) return 'this is the last sample: Z goes on with the present';
  return `no sample before ${oldest ? timeText(oldest.wallMs) : 'this one'} is remembered`;
};

/** One sample on, or back. */
export function stepInstant(state: AppState, { instants }: World, direction: 1 | -1): Step {
  const list = instants();
  const from = here(state, list);
  const next =
    direction < 0
      ? list.findLast(({ number }) => number < from!.number)
      : list.find(({ number }) => number > from!.number);
  return next ? showInstant(paused(state), next) : told(state, edge(state, list, direction < 0));
}

const nearest = (list: readonly Instant[], ms: number): Instant | undefined =>
  list.reduce<Instant | undefined>(
    (best, one) => (best && Math.abs(best.ms - ms) <= Math.abs(one.ms - ms) ? best : one),
    undefined,
  );

/** A minute on, or back; as far as there is. */
export function jumpMinute(state: AppState, { instants }: World, direction: 1 | -1): Step {
  const list = instants();
  const from = here(state, list);
  const next = from && nearest(list, from.ms + direction * MINUTE_MS);
  return next && next.number !== from.number
    ? showInstant(paused(state), next)
    : told(state, edge(state, list, direction < 0));
}

/** The sample that was the present one at a time of the day, `HH:MM` or `HH:MM:SS`. A string says what is wrong. */
export function goTo(former: AppState, word: string, { instants }: World): Step | string {
  const state = paused(former);
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(word);
  const list = instants().filter(({ wallMs }) => !Number.isNaN(wallMs));
  const [oldest] = list;
  if (!match || Number(match[1]) > 23 || Number(match[2]) > 59 || Number(match[3] ?? 0) > 59)
    return `'${word}' is no time of the day: write it as 12:01 or 12:01:33`;
  if (!oldest) return 'no sample is remembered with its time';
  const last = list.at(-1)!;
  const wanted = new Date(last.wallMs);
  // to the end of that second, or minute
  wanted.setHours(Number(match[1]), Number(match[2]), match[3] === undefined ? 59 : Number(match[3]), 999);
  // after midnight the evening is yesterday's
  if (wanted.getTime() > last.wallMs + MINUTE_MS) wanted.setDate(wanted.getDate() - 1);
  const found = list.findLast(({ wallMs }) => wallMs <= wanted.getTime());
  return found
    ? showInstant(state, found)
    : `no sample of ${word} is remembered, only from ${timeText(oldest.wallMs)} to ${timeText(last.wallMs)}`;
}
