/** Findings as lines of a board: a heading, then each with its tasks, its evidence, what it means and where to look next. */
import type { BoardLine } from '../view/board.ts';
import type { Line, Span, Tone } from '../view/cells.ts';
import { wrap } from '../view/pages.ts';
import { durationText, timeText } from '../units/format.ts';
import { fit, harmless, pad, textWidth } from '../units/text.ts';
import { type Severity, SEVERITIES } from './rule.ts';
import type { Finding, FindingsWatch, FoundTask } from './watch.ts';

const TONES: Readonly<Record<Severity, Tone>> = { serious: 'bad', warning: 'warn', note: 'strong' };
/** Where the words of a finding begin, and those of its parts. */
const INDENT = 10;
const LABEL = 17;
/** A task a line; of more only how many there are. */
const MOST_TASKS = 8;
const COMM_CELLS = 24;
const USER_CELLS = 10;

export interface Watched extends Pick<FindingsWatch, 'findings' | 'watchedSeconds' | 'now'> {
  /** Those of too little severity to be told of. */
  readonly leftOut?: readonly Finding[];
}

/** Only those of some severity or a graver one. */
export function atLeast({ findings, watchedSeconds, now }: Watched, least: Severity): Watched {
  const told = ({ severity }: Finding): boolean => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
  return { findings: findings.filter(told), leftOut: findings.filter(one => !told(one)), watchedSeconds, now };
}

const line = (...spans: readonly Span[]): Line => ({ spans: spans.filter(({ text }) => text !== '') });
const BLANK: BoardLine = { line: line() };

/** `2 serious, 1 warning, 3 notes`; empty: none. */
export function countsText(findings: readonly Finding[]): string {
  return SEVERITIES.toReversed()
    .map(severity => ({ severity, count: findings.filter(one => !one.ended && one.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => `${count} ${severity}${count > 1 && severity !== 'serious' ? 's' : ''}`)
    .join(', ');
}

function heading({ findings, leftOut = [], watchedSeconds, now }: Watched, columns: number): BoardLine[] {
  const counts = countsText(findings);
  const ended = findings.filter(finding => finding.ended).length;
  const lesser = countsText(leftOut);
  const parts = [
    counts === '' ? 'none' : counts,
    ended > 0 ? `${ended} ended` : '',
    lesser === '' ? '' : `${lesser} left out`,
  ].filter(part => part !== '');
  const said = ` FINDINGS  ${parts.join(', ')}`;
  const watched = `watched ${durationText(watchedSeconds)}, until ${timeText(now.wallMs)}`;
  const x = columns - textWidth(watched) - 1;
  const spans: Span[] = [{ x: 0, text: said, tone: 'title' }];
  if (x > textWidth(said) + 1) spans.push({ x, text: watched, tone: 'dim' });
  return [{ line: line(...spans) }];
}

/** A label, and a text that goes on below itself. */
function told(label: string, text: string, columns: number, tone: Tone = 'normal'): BoardLine[] {
  const width = Math.max(20, columns - LABEL - 1);
  return wrap(harmless(text), width).map((part, index) => ({
    line: line({ x: INDENT, text: index === 0 ? label : '', tone: 'dim' }, { x: LABEL, text: part, tone }),
  }));
}

function titleLine({ title, severity, ended, since, last }: Finding, columns: number): BoardLine {
  const tone = ended ? 'dim' : TONES[severity];
  const until = ended ?? last;
  // it may have been so before: the pages of a task tell for how long it is in its state
  const held = `seen for ${durationText((until.ms - since.ms) / 1000)}`;
  const times = ended ? `${held}, ended ${timeText(ended.wallMs)}` : `${held}, since ${timeText(since.wallMs)}`;
  const x = columns - textWidth(times) - 1;
  const room = Math.max(10, x - INDENT - 1);
  return {
    line: line(
      { x: 1, text: ended ? 'ended' : severity, tone },
      { x: INDENT, text: fit(harmless(title), room), tone: ended ? 'dim' : 'strong' },
      { x: Math.max(x, INDENT + 11), text: times, tone: 'dim' },
    ),
  };
}

function taskLine({ pid, tgid, startTicks, comm, user }: FoundTask, columns: number): BoardLine {
  const process = tgid === pid ? '' : `  thread of ${tgid}`;
  const text = `${String(pid).padStart(7)} ${pad(harmless(user ?? '-'), USER_CELLS, 'left')} ${fit(harmless(comm), COMM_CELLS)}${process}`;
  return {
    line: line({ x: INDENT, text: fit(text, Math.max(10, columns - INDENT - 1)), tone: 'normal' }),
    task: { pid, startTicks },
  };
}

function findingLines(finding: Finding, columns: number): BoardLine[] {
  const { tasks, count, evidence, meaning, rule, look, ended } = finding;
  const first = tasks[0];
  const head = titleLine(finding, columns);
  const lines: BoardLine[] = [first ? { ...head, task: { pid: first.pid, startTicks: first.startTicks } } : head];
  lines.push(...tasks.slice(0, MOST_TASKS).map(task => taskLine(task, columns)));
  if (count > MOST_TASKS)
    lines.push({ line: line({ x: INDENT, text: `        and ${count - MOST_TASKS} more`, tone: 'dim' }) });
  evidence.forEach((sentence, at) => lines.push(...told(at === 0 ? 'seen' : '', sentence, columns)));
  // what is over needs no advice
  if (ended) return lines;
  if (meaning !== '') lines.push(...told('means', meaning, columns));
  look.forEach((step, at) => lines.push(...told(at === 0 ? 'look' : '', step, columns)));
  if (rule.guide !== undefined) lines.push(...told('guide', `docs/guides/${rule.guide}.md`, columns, 'dim'));
  return lines;
}

/** After so many seconds all but the rules of minutes have had their chance. */
const LONG_ENOUGH = 25;

/** @param columns of the screen; for a file or a pipe a fixed number. */
export function findingsLines(watched: Watched, columns: number): BoardLine[] {
  const { findings, leftOut = [] } = watched;
  const none = `Nothing ${leftOut.length > 0 ? 'of the severity that is asked for' : 'that a rule knows as trouble'}. Rules need to see it hold for 5 to 24 seconds, growth of memory mostly for minutes.`;
  const body = findings.flatMap(finding => [BLANK, ...findingLines(finding, columns)]);
  const short =
    'Watched for a short time only: rules that have to see it hold for up to 20 seconds have not told all there is.';
  const note = findings.length === 0 ? none : watched.watchedSeconds < LONG_ENOUGH ? short : undefined;
  if (note !== undefined)
    body.push(BLANK, ...wrap(note, columns - 2).map(text => ({ line: line({ x: 1, text, tone: 'normal' }) })));
  return [...heading(watched, columns), ...body];
}

/** The same as plain text, a line each. */
export function findingsText(watched: Watched, columns = 100): string {
  const texts = findingsLines(watched, columns).map(({ line: { spans } }) => {
    let text = '';
    for (const span of spans) text = pad(text, Math.max(span.x, textWidth(text)), 'left') + span.text;
    return text;
  });
  return texts.join('\n') + '\n';
}
