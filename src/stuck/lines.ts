/** The stuck view as lines: groups that fold, below each its tasks. The monitor paints them, `--stuck` prints them. */
import { OLDEST_KNOWN } from '../kernel/release.ts';
import { durationText, grouped, timeText } from '../units/format.ts';
import { isMissing } from '../units/missing.ts';
import { fit, harmless, pad, textWidth } from '../units/text.ts';
import type { BoardLine } from '../view/board.ts';
import type { Line, Span, Tone } from '../view/cells.ts';
import { wrap } from '../view/pages.ts';
import type { StuckGroup } from './groups.ts';
import { kindFacts, STUCK_KINDS } from './kinds.ts';
import type { StuckReport } from './report.ts';
import type { StuckTask } from './task.ts';

const LEFT = 1;
const INDENT = 3;
const STACK_INDENT = 8;
/** Tasks have their wait channel on a line of its own below so many columns. */
const NARROW = 60;
/** Below so many columns what else a wait is called is left out: it would push tasks off a small screen. */
const ROOMY = 100;
/** Text that goes on beside other columns has at least so much room, else it goes below. */
const LEAST_BESIDE = 26;
/** Names and functions are cut to so much where the screen ends somewhere. */
const MOST_NAME = 16;
const MOST_FUNCTION = 40;
const LEAST_FUNCTION = 16;
const MOST_TITLE = 28;
const NOTHING_TO_DO = 'Nothing.';

const line = (...spans: Span[]): Line => ({ spans: spans.filter(({ text }) => text !== '') });
const span = (x: number, text: string, tone: Tone = 'normal'): Span => ({ x, text, tone });

/** Lines of text from cell `x` on, broken at `columns`. */
const wrapped = (x: number, text: string, tone: Tone, columns: number): Line[] =>
  wrap(harmless(text), Math.max(8, columns - x - 1)).map(part => line(span(x, part, tone)));

/** `3 tasks in D, 1 exiting` */
function summary({ counts }: StuckReport): string {
  const parts = STUCK_KINDS.flatMap(({ kind, counted }) => {
    const count = counts.get(kind) ?? 0;
    return count === 0 ? [] : [{ count, counted }];
  });
  if (parts.length === 0) return 'nothing is stuck';
  return parts
    .map(
      ({ count, counted }, index) => `${grouped(count)}${index > 0 ? '' : count === 1 ? ' task' : ' tasks'} ${counted}`,
    )
    .join(', ');
}

/** `threads looked at: all, 4s ago` */
function lookedAt({ looked, samples }: StuckReport): string {
  const { threads, roundSeconds } = looked;
  const looks = samples === 1 ? 'one look' : `${grouped(samples)} looks`;
  if (threads === undefined) return `${looks}; threads not looked at`;
  if (roundSeconds === undefined) return `${looks}; threads: the first round is under way`;
  return `${looks}; threads looked at: all, ${roundSeconds < 1 ? 'just now' : `${durationText(roundSeconds)} ago`}`;
}

function headLines(report: StuckReport, columns: number): BoardLine[] {
  const what = summary(report);
  const looked = lookedAt(report);
  const x = LEFT + 'STUCK'.length + 2;
  const title = span(LEFT, 'STUCK', 'title');
  const right = Number.isFinite(columns) ? columns - textWidth(looked) - 1 : x + textWidth(what) + INDENT;
  if (right >= x + textWidth(what) + 2)
    return [{ line: line(title, span(x, what, 'strong'), span(right, looked, 'dim')) }];
  const [first = '', ...rest] = wrap(what, Math.max(8, columns - x - 1));
  return [
    line(title, span(x, first, 'strong')),
    ...rest.map(part => line(span(x, part, 'strong'))),
    ...wrapped(x, looked, 'dim', columns),
  ].map(each => ({ line: each }));
}

/** In letters that every terminal has. */
const heldText = (seconds: number, atLeast: boolean): string => `${atLeast ? '>=' : ''}${durationText(seconds)}`;

const ageText = ({ age, atLeast, once }: StuckTask): string => (once ? 'once' : heldText(age, atLeast));

const functionText = ({ wchan }: StuckTask): string => (isMissing(wchan) || wchan === '0' ? '-' : harmless(wchan));

const pidText = ({ pid, tid }: StuckTask): string => (pid === tid ? String(pid) : `${pid}/${tid}`);

const userText = ({ user }: StuckTask): string => (isMissing(user) ? '-' : harmless(user));

/** Since when, how it ends, and what else is known. */
function rest({ kind, sinceMs, atLeast, once, flagWords, remarks, alike }: StuckTask): string {
  const since = once || Number.isNaN(sinceMs) ? '' : `${atLeast ? 'before' : 'since'} ${timeText(sinceMs)}`;
  const threads = alike === 0 ? '' : alike === 1 ? '1 thread more' : `${grouped(alike)} threads more`;
  // its group says it already
  const flags =
    kind === 'exiting' || kind === 'false-zombie' ? flagWords.filter(word => word !== 'exiting') : flagWords;
  return [since, ...flags, ...remarks, threads].filter(text => text !== '').join(', ');
}

/** Columns of the tasks, the same for all groups; 0: not shown. */
interface Columns {
  readonly screen: number;
  readonly pid: number;
  readonly user: number;
  readonly comm: number;
  readonly age: number;
  /** 0: on a line of its own. */
  readonly wchan: number;
}

function columnsOf(tasks: readonly StuckTask[], screen: number): Columns {
  const endless = !Number.isFinite(screen);
  const widest = (text: (task: StuckTask) => string, most: number): number =>
    tasks.reduce((width, task) => Math.max(width, Math.min(textWidth(text(task)), endless ? Infinity : most)), 1);
  const pid = widest(pidText, Infinity);
  const age = widest(ageText, Infinity);
  const user = widest(userText, MOST_NAME);
  const comm = widest(({ comm: name }) => harmless(name), MOST_NAME);
  const wchan = widest(functionText, MOST_FUNCTION);
  // blanks between them, the letter of the state
  const fixed = INDENT + pid + 1 + 1 + 2 + age + 1;
  const room = screen - (fixed + user + 1 + comm + 2);
  if (screen >= NARROW && room >= Math.min(wchan, LEAST_FUNCTION))
    return { screen, pid, user, comm, age, wchan: Math.min(wchan, room) };
  return { screen, pid, user: 0, comm: Math.max(1, Math.min(comm, screen - fixed)), age, wchan: 0 };
}

const STATE_TONES: Readonly<Record<string, Tone>> = { D: 'bad', Z: 'warn', T: 'warn', t: 'warn' };

function taskLines(task: StuckTask, { screen, ...width }: Columns): Line[] {
  const spans: Span[] = [];
  let x = INDENT;
  const put = (text: string, cells: number, tone: Tone, align: 'left' | 'right' = 'left'): void => {
    if (cells === 0) return;
    spans.push(span(x, pad(text, cells, align), tone));
    x += cells + 1;
  };
  put(pidText(task), width.pid, 'strong', 'right');
  put(userText(task), width.user, 'dim');
  put(harmless(task.comm), width.comm, 'normal');
  put(task.state, 1, STATE_TONES[task.state] ?? 'normal');
  put(ageText(task), width.age, 'normal', 'right');
  const more = rest(task);
  const wchan = functionText(task);
  if (width.wchan === 0) {
    const text = [wchan === '-' ? '' : wchan, more].filter(part => part !== '').join(', ');
    return [line(...spans), ...(text === '' ? [] : wrapped(INDENT + 2, text, 'dim', screen))];
  }
  x += 1;
  const beside = x + width.wchan + 2;
  spans.push(span(x, fit(wchan, width.wchan)));
  const fits = screen - beside - 1 >= Math.min(LEAST_BESIDE, textWidth(more));
  // in the place of a function that there is not
  const at = fits ? beside : wchan === '-' ? x + 2 : x;
  const [first, ...below] = wrapped(at, more, 'dim', screen);
  return at > x ? [line(...spans, ...first!.spans), ...below] : [line(...spans), first!, ...below];
}

/** Stacks that were told already in the group are told by whose they are. */
function stackLines(task: StuckTask, told: Map<string, StuckTask>, columns: number): Line[] {
  const { stack } = task;
  if (stack === undefined || isMissing(stack) || stack.length === 0) return [];
  const text = stack.join('\n');
  const same = told.get(text);
  if (same) return wrapped(STACK_INDENT, `stack as of ${pidText(same)}`, 'dim', columns);
  told.set(text, task);
  return stack.flatMap(frame => wrapped(STACK_INDENT, frame, 'dim', columns));
}

interface GroupColumns {
  readonly title: number;
  readonly count: number;
  readonly longest: number;
}

const longestText = ({ longest, atLeast, tasks }: StuckGroup): string =>
  tasks.every(({ once }) => once) ? 'once' : heldText(longest, atLeast);

/** What to do next, and where there is room what to search for in reports of other releases. */
function advice({ next, otherNames }: StuckGroup, columns: number): string[] {
  const names = (columns < ROOMY ? [] : otherNames).map(({ name, first, last }) => {
    const when = last === null ? `since ${first}` : first === OLDEST_KNOWN ? `up to ${last}` : `${first} to ${last}`;
    return `${name} (${when})`;
  });
  return [
    ...(next === NOTHING_TO_DO ? [] : [next]),
    ...(names.length === 0 ? [] : [`In other releases: ${names.join(', ')}.`]),
  ];
}

function groupHead(group: StuckGroup, open: boolean, width: GroupColumns, columns: number): Line[] {
  const { tone } = kindFacts(group.kind);
  let x = INDENT;
  const spans = [span(LEFT, open ? '▾' : '▸', 'dim'), span(x, fit(harmless(group.title), width.title), tone)];
  x += width.title + 1;
  spans.push(span(x, pad(grouped(group.count), width.count, 'right'), 'strong'));
  x += width.count + 2;
  spans.push(span(x, pad(longestText(group), width.longest, 'right')));
  x += width.longest + 2;
  const room = columns - x - 1;
  if (!open) return [line(...spans, ...(room < LEAST_BESIDE ? [] : [span(x, fit(group.means, room))]))];
  const fits = textWidth(group.means) <= room;
  return [
    line(...spans, ...(fits ? [span(x, group.means)] : [])),
    ...(fits ? [] : wrapped(INDENT + 2, group.means, 'normal', columns)),
    ...advice(group, columns).flatMap(text => wrapped(INDENT + 2, text, 'dim', columns)),
  ];
}

function groupLines(group: StuckGroup, open: boolean, width: GroupColumns, tasks: Columns): BoardLine[] {
  const head = groupHead(group, open, width, tasks.screen).map(each => ({ line: each, group: group.id }));
  if (!open) return head;
  const told = new Map<string, StuckTask>();
  const body = group.tasks.flatMap((task): BoardLine[] =>
    [...taskLines(task, tasks), ...stackLines(task, told, tasks.screen)].map(each => ({
      line: each,
      task: { pid: task.tid, startTicks: task.startTicks, tgid: task.pid },
    })),
  );
  return [...head, ...body];
}

function titleLine({ title, count, longest }: GroupColumns, columns: number): Line {
  const at = INDENT + title + 1;
  const x = at + count + 2 + longest + 2;
  return {
    spans: [
      span(LEFT, fit('waits for', title), 'header'),
      span(at, pad('tasks', count, 'right'), 'header'),
      span(at + count + 2, pad('longest', longest, 'right'), 'header'),
      ...(columns - x - 1 >= LEAST_BESIDE ? [span(x, 'what it means', 'header')] : []),
    ],
    fill: 'header',
  };
}

const many = (count: number, one: string, more: string): string => `${grouped(count)} ${count === 1 ? one : more}`;

/** What is not in the groups. */
function footLines({ passing, looked, notes }: StuckReport, columns: number): BoardLine[] {
  const { hidden, processes, threads } = looked;
  const texts = [
    passing === 0 ? '' : `${many(passing, 'more is', 'more are')} so for a moment only, and left out.`,
    hidden === 0 ? '' : `${many(hidden, 'task is', 'tasks are')} hidden from us (hidepid, or another namespace).`,
    ...notes,
    `Looked at: ${many(processes, 'process', 'processes')}${threads === undefined ? '' : `, and ${many(threads, 'thread', 'threads')} of those that have several`}.`,
  ];
  return texts
    .filter(text => text !== '')
    .flatMap(text => wrapped(LEFT, text, 'dim', columns).map(each => ({ line: each })));
}

/**
 * The report as lines: a heading, the groups with their tasks, and what is missing.
 *
 * @param columns cells of the screen; Infinity: nothing is wrapped or cut, for output that is no screen.
 * @param folded ids of the groups whose tasks are not shown.
 */
export function stuckLines(report: StuckReport, columns: number, folded: ReadonlySet<string>): BoardLine[] {
  const { groups } = report;
  const endless = !Number.isFinite(columns);
  const widest = (text: (group: StuckGroup) => string, least: number): number =>
    groups.reduce((width, group) => Math.max(width, textWidth(harmless(text(group)))), least);
  const most = endless ? Infinity : columns < NARROW ? Math.max(10, columns - INDENT - 19) : MOST_TITLE;
  const width: GroupColumns = {
    title: Math.min(
      widest(({ title }) => title, 'waits for'.length - INDENT + LEFT + 2),
      most,
    ),
    count: widest(({ count }) => grouped(count), 'tasks'.length),
    longest: widest(longestText, 'longest'.length),
  };
  const tasks = columnsOf(
    groups.filter(({ id }) => !folded.has(id)).flatMap(group => group.tasks),
    columns,
  );
  return [
    ...headLines(report, columns),
    ...(groups.length === 0 ? [] : [{ line: titleLine(width, columns) }]),
    ...groups.flatMap(group => groupLines(group, !folded.has(group.id), width, tasks)),
    ...footLines(report, columns),
  ];
}
