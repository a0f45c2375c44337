/** Events as lines of their board: the latest first, one a line. */
import type { Machine } from '../decode/machine.ts';
import { policyName } from '../kernel/sched.ts';
import { decodeFlags } from '../kernel/task-flags.ts';
import type { EventKind, TaskEvent } from '../model/events.ts';
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

/** `12 events since 12:01:33, 1,000 older ones dropped` */
function summary(events: readonly TaskEvent[], dropped: number): string {
  const [first] = events;
  if (!first) return 'no events';
  // with its date when that is not the day of the latest
  const [since, last] = [dateTimeText(first.wallMs), dateTimeText(events.at(-1)!.wallMs)];
  const day = since.slice(0, 10) === last.slice(0, 10) ? timeText(first.wallMs) : since;
  const count = events.length === 1 ? '1 event' : `${grouped(events.length)} events`;
  return `${count} since ${day}${dropped === 0 ? '' : `, ${grouped(dropped)} older dropped`}`;
}

/**
 * The events as lines, their titles first: time, pid, comm, what happened.
 *
 * @param events oldest first.
 * @param columns cells of the screen: no line is longer.
 */
export function eventLines(
  events: readonly TaskEvent[],
  machine: Machine,
  columns: number,
  { dropped = 0 }: { readonly dropped?: number } = {},
): BoardLine[] {
  const narrow = columns < NARROW;
  const most = narrow ? MOST_COMM_NARROW : MOST_COMM;
  let pid = 'PID'.length;
  let comm = 'COMM'.length;
  for (const event of events) {
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
  const head = spans('TIME', 'PID', 'COMM', summary(events, dropped), ['header', 'header', 'header', 'header']);
  const lineOf = (event: TaskEvent): Line => {
    const { words, few, tone } = KINDS[event.kind];
    const what = (narrow ? few : words)(event, machine);
    const whose: Tone = event.kind === 'gone' ? 'dim' : 'normal';
    return { spans: spans(timeText(event.wallMs), idText(event), event.comm, what, ['dim', whose, whose, tone]) };
  };
  return [
    { line: { spans: head, fill: 'header' } },
    ...events.toReversed().map((event): BoardLine => ({
      // of thousands only those on the screen are written
      get line() {
        return lineOf(event);
      },
      task: { pid: event.pid, startTicks: event.startTicks },
    })),
  ];
}
