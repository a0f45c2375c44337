/** Events as lines of their board: the latest first, one a line. */
import type { Machine } from '../decode/machine.ts';
import { policyName } from '../kernel/sched.ts';
import { decodeFlags } from '../kernel/task-flags.ts';
import { EVENT_KINDS, type EventKind, type TaskEvent } from '../model/events.ts';
import { dateTimeText, durationText, grouped, timeText } from '../units/format.ts';
import { fit, harmless, pad, textWidth } from '../units/text.ts';
import type { BoardLine } from './board.ts';
import type { Line, Span, Tone } from './cells.ts';

const LEFT = 1;
const TIME = 8;
/** Below so many columns names are short, and so are words. */
const NARROW = 60;
const MOST_COMM = 16;
const MOST_COMM_NARROW = 7;
/** Flags that say how a task came to its end. */
const LAST_FLAGS = ['PF_EXITING', 'PF_SIGNALED', 'PF_DUMPCORE', 'PF_POSTCOREDUMP'];

const flagNames = (mask: number, { flags: table }: Machine, comm: string): string[] => {
  const { flags, unknownBits } = decodeFlags(mask, table, comm);
  return [...flags.map(({ name }) => name), ...(unknownBits === 0 ? [] : [`0x${unknownBits.toString(16)}`])];
};

const after = (seconds: number): string => (Number.isFinite(seconds) ? durationText(seconds) : '-');

function lastSeen({ state, flags, comm }: TaskEvent, machine: Machine): string {
  const names = flagNames(flags, machine, comm).filter(name => LAST_FLAGS.includes(name));
  return `gone, last seen in state ${state}${names.length === 0 ? '' : ` with ${names.join(', ')}`}`;
}

const policies = ({ policy: [before, now] }: TaskEvent): string => `${policyName(before)} → ${policyName(now)}`;

type Words = (event: TaskEvent, machine: Machine) => string;

/** What happened, in words, and in few words where there is little room. */
const KINDS: Readonly<Record<EventKind, { readonly words: Words; readonly few: Words; readonly tone: Tone }>> = {
  appeared: { words: () => 'appeared', few: () => 'appeared', tone: 'normal' },
  gone: { words: lastSeen, few: ({ state }) => `gone, last ${state}`, tone: 'dim' },
  entered_d: { words: () => 'entered D', few: () => 'entered D', tone: 'bad' },
  left_d: {
    words: ({ seconds, state }) => `left D after ${after(seconds)}, now ${state}`,
    few: ({ seconds }) => `left D, ${after(seconds)}`,
    tone: 'good',
  },
  gained_flags: {
    words: ({ gained, comm }, machine) => `gained ${flagNames(gained, machine, comm).join(', ')}`,
    few: ({ gained, comm }, machine) =>
      `+ ${flagNames(gained, machine, comm)
        .map(name => name.replace(/^PF_/, ''))
        .join(' ')}`,
    tone: 'warn',
  },
  policy: { words: event => `policy ${policies(event)}`, few: policies, tone: 'warn' },
};

/** A task's own id; of a thread with that of its process before it. */
const idText = ({ pid, tgid }: TaskEvent): string => (pid === tgid ? String(pid) : `${tgid}/${pid}`);

/** What an event shows, cut nowhere. */
const wholeText = (event: TaskEvent, machine: Machine): string =>
  `${timeText(event.wallMs)} ${idText(event)} ${harmless(event.comm)} ${KINDS[event.kind].words(event, machine)}`;

/** `kind=gone`, `kind != appeared, gone`; == is =, as in the filter of tasks. */
const KIND_TERM = /(?<!\S)kind\s*(!?)==?\s*([^\s,]*(?:\s*,\s*[^\s,]*)*)/gi;

/** `kind!gone` is meant as a term. */
const NO_TERM = /(?<!\S)kind\s*[!:~]/i;

/** What is asked of events. */
interface EventFilter {
  readonly kinds: readonly EventKind[];
  /** In small letters; an event has them all. */
  readonly words: readonly string[];
}

/**
 * Words that an event must have, and kinds: `kind=gone`, `kind = entered_d, left_d`, `kind!=appeared`, each by its beginning.
 * A string says what is wrong.
 */
function readFilter(text: string): EventFilter | string {
  let kinds: readonly EventKind[] = EVENT_KINDS;
  for (const [, not, list = ''] of text.matchAll(KIND_TERM)) {
    const names = list
      .toLowerCase()
      .split(/[\s,]+/)
      .filter(Boolean);
    const unknown = names.find(name => !EVENT_KINDS.some(kind => kind.startsWith(name)));
    if (unknown !== undefined) return `no kind of event begins with '${unknown}': ${EVENT_KINDS.join(', ')}`;
    const isNamed = (kind: EventKind): boolean => names.some(name => kind.startsWith(name));
    if (names.length > 0) kinds = kinds.filter(kind => isNamed(kind) === (not === ''));
  }
  const words = text.replace(KIND_TERM, ' ');
  if (NO_TERM.test(words)) return 'write kind=gone or kind!=gone';
  return { kinds, words: words.toLowerCase().split(/\s+/).filter(Boolean) };
}

/** What is wrong with a filter of events; undefined: nothing. */
export function eventFilterProblem(text: string): string | undefined {
  const filter = readFilter(text);
  return typeof filter === 'string' ? filter : undefined;
}

/** The events that a filter lets through: all when it is empty, none when something is wrong with it. */
export function chosenEvents(events: readonly TaskEvent[], text: string, machine: Machine): readonly TaskEvent[] {
  const filter = readFilter(text);
  if (typeof filter === 'string') return [];
  const { kinds, words } = filter;
  return events.filter(event => {
    if (!kinds.includes(event.kind)) return false;
    if (words.length === 0) return true;
    const whole = wholeText(event, machine).toLowerCase();
    return words.every(word => whole.includes(word));
  });
}

/** `12 events since 12:01:33, 1,000 older ones dropped`; `3 of 12 events …` where some are left out. */
function summary(events: readonly TaskEvent[], shown: number, dropped: number): string {
  const [first] = events;
  if (!first) return 'no events';
  // with its date when that is not the day of the latest
  const [since, last] = [dateTimeText(first.wallMs), dateTimeText(events.at(-1)!.wallMs)];
  const day = since.slice(0, 10) === last.slice(0, 10) ? timeText(first.wallMs) : since;
  const count = events.length === 1 ? '1 event' : `${grouped(events.length)} events`;
  const part = shown < events.length ? `${grouped(shown)} of ` : '';
  return `${part}${count} since ${day}${dropped === 0 ? '' : `, ${grouped(dropped)} older dropped`}`;
}

const NONE_LEFT: BoardLine = {
  line: { spans: [{ x: LEFT, text: 'no event is like this; Esc shows all', tone: 'dim' }] },
};

/**
 * The events as lines, their titles first: time, pid, comm, what happened.
 *
 * @param all events, oldest first; only those that the filter lets through are shown.
 * @param columns cells of the screen: no line is longer.
 */
export function eventLines(
  all: readonly TaskEvent[],
  machine: Machine,
  columns: number,
  { dropped = 0, filter = '' }: { readonly dropped?: number; readonly filter?: string } = {},
): BoardLine[] {
  const events = filter === '' ? all : chosenEvents(all, filter, machine);
  const narrow = columns < NARROW;
  const most = narrow ? MOST_COMM_NARROW : MOST_COMM;
  let pid = 'PID'.length;
  let comm = 'COMM'.length;
  // of all, so that nothing moves when some are left out
  for (const event of all) {
    pid = Math.max(pid, idText(event).length);
    if (comm < most) comm = Math.max(comm, Math.min(most, textWidth(harmless(event.comm))));
  }
  const gap = narrow ? 1 : 2;
  const pidX = LEFT + TIME + gap;
  const commX = pidX + pid + 1;
  const whatX = commX + comm + gap;
  const spans = (time: string, id: string, name: string, what: string, tones: readonly Tone[]): Span[] =>
    [
      { x: LEFT, text: pad(time, TIME, 'left'), tone: tones[0]! },
      { x: pidX, text: pad(id, pid, 'right'), tone: tones[1]! },
      { x: commX, text: fit(harmless(name), comm), tone: tones[2]! },
      { x: whatX, text: fit(harmless(what), Math.max(0, columns - whatX - 1)), tone: tones[3]! },
    ].filter(({ text }) => text !== '');
  const head = spans('TIME', 'PID', 'COMM', summary(all, events.length, dropped), [
    'header',
    'header',
    'header',
    'header',
  ]);
  const lineOf = (event: TaskEvent): Line => {
    const { words, few, tone } = KINDS[event.kind];
    const what = (narrow ? few : words)(event, machine);
    const whose: Tone = event.kind === 'gone' ? 'dim' : 'normal';
    return { spans: spans(timeText(event.wallMs), idText(event), event.comm, what, ['dim', whose, whose, tone]) };
  };
  return [
    { line: { spans: head, fill: 'header' } },
    ...(events.length === 0 && all.length > 0 ? [NONE_LEFT] : []),
    ...events.toReversed().map((event): BoardLine => ({
      // of thousands only those on the screen are written
      get line() {
        return lineOf(event);
      },
      task: { pid: event.pid, startTicks: event.startTicks },
    })),
  ];
}
