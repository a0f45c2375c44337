/** The machine, its tasks by state, and the line of the monitor itself, in words. */
import { tablesNote } from '../../decode/machine.ts';
import type { SystemHistory } from '../../model/system.ts';
import { bytesText, compactText, durationText, grouped, timeText, uptimeText } from '../../units/format.ts';
import { isMissing } from '../../units/missing.ts';
import { harmless, textWidth } from '../../units/text.ts';
import type { Tone } from '../cells.ts';
import type { HeaderFacts, OwnCost } from './facts.ts';
import type { Writer } from './writer.ts';

export const loads = ({ load }: SystemHistory): string =>
  isMissing(load) ? '-' : [load.load1, load.load5, load.load15].map(value => value.toFixed(2)).join(' ');

export const uptime = ({ uptimeSeconds }: SystemHistory): string =>
  Number.isNaN(uptimeSeconds) ? '-' : uptimeText(uptimeSeconds);

/** `#1 SMP PREEMPT_DYNAMIC …`: the part of the banner that tells how the kernel was built. */
const build = (banner: string): string => / (#\d+ .*)$/.exec(banner)?.[1] ?? '';

type Piece = readonly [text: string, tone: Tone];

/** The choices of names, the longest first. */
function nameChoices({ machine }: HeaderFacts): readonly (readonly Piece[])[] {
  const title: Piece = ['taskscope', 'title'];
  const host: Piece = [harmless(machine.hostname) || 'capture', 'strong'];
  const release = harmless(machine.release.text);
  const banner: Piece = [harmless(build(machine.banner)), 'dim'];
  const long: Piece = [`Linux ${release} ${machine.architecture}`.trimEnd(), 'normal'];
  return [
    ...(banner[0] === '' ? [] : [[title, host, long, banner]]),
    [title, host, long],
    [title, host, [`Linux ${release}`, 'normal']],
    [title, host, [release, 'normal']],
    [host, [release, 'normal']],
  ];
}

const choiceCells = (pieces: readonly Piece[], gap: number): number =>
  pieces.reduce((sum, [text]) => sum + textWidth(text), gap * (pieces.length - 1));

/** Cells of name, host and release with the word Linux. */
export const namesCells = (facts: HeaderFacts): number => choiceCells(nameChoices(facts).at(-3)!, 2);

/** Who it is, as much as there is room for: host and kernel before all else. */
export function machineNames(writer: Writer, facts: HeaderFacts, end: number, gap: number): void {
  const choices = nameChoices(facts);
  const chosen = choices.find(pieces => writer.x + choiceCells(pieces, gap) <= end) ?? choices.at(-1)!;
  chosen.forEach(([text, tone], index) => writer.gap(index > 0 ? gap : 0).cut(text, end, tone));
}

/** Told even when there are none: then that is the answer. */
const ALWAYS = ['R', 'S', 'D', 'Z'];
const OTHERS = ['I', 'T', 't', 'P', 'X'];
const TONES: Readonly<Record<string, Tone>> = { D: 'bad', Z: 'bad', R: 'good', T: 'warn', t: 'warn' };

export const stateTone = (letter: string, count: number): Tone => (count > 0 ? (TONES[letter] ?? 'normal') : 'dim');

export function toldStates({ states }: HeaderFacts): string[] {
  const there = [...states.keys()].filter(letter => (states.get(letter) ?? 0) > 0);
  const others = OTHERS.filter(letter => there.includes(letter));
  const unknown = there.filter(letter => !ALWAYS.includes(letter) && !OTHERS.includes(letter));
  return [...ALWAYS, ...others, ...unknown];
}

const tasksTitle = ({ tasks, threads }: HeaderFacts, short: boolean): string =>
  short ? `${tasks} ${threads ? 'threads' : 'tasks'}` : `${threads ? 'Threads' : 'Tasks'} ${grouped(tasks)}:`;

const stateText = (letter: string, count: number, short: boolean): string =>
  short ? `${count}${letter}` : ` ${grouped(count)} ${letter}`;

/** Cells that the counts may take at most: what stands behind them does not move when they change. */
export function stateCells(facts: HeaderFacts, short: boolean): number {
  const each = 1 + stateText('R', facts.tasks, short).length;
  return tasksTitle(facts, short).length + each * toldStates(facts).length;
}

/**
 * `Tasks 187:    2 R  181 S    3 D    1 Z`, or `187 tasks   2R 181S   3D   1Z`; whole items, as many as fit.
 * @param still each count has the cells that it may need at most, so that none moves when another grows.
 */
export function stateCounts(writer: Writer, facts: HeaderFacts, short: boolean, end: number, still: boolean): void {
  const title = tasksTitle(facts, short);
  const cells = still ? stateText('R', facts.tasks, short).length : 0;
  if (writer.x + title.length > end) return;
  writer.put(title, 'strong');
  for (const letter of toldStates(facts)) {
    const count = facts.states.get(letter) ?? 0;
    const text = stateText(letter, count, short);
    if (writer.x + 1 + Math.max(cells, text.length) > end) return;
    writer.gap(1).put(text.trimStart().padStart(Math.max(cells, text.length)), stateTone(letter, count));
  }
}

/** Each in the cells that it has as a rule; `-`: not known yet. */
function costText({ cpuPercent, rssBytes, bytesPerSecond }: OwnCost): string {
  return [
    (cpuPercent === undefined ? '-' : `${cpuPercent.toFixed(cpuPercent < 9.95 ? 1 : 0)}%`).padStart(4),
    (rssBytes === undefined ? '-' : bytesText(rssBytes)).padStart(5),
    (bytesPerSecond === undefined ? '-' : `${compactText(bytesPerSecond)}B/s`).padStart(8),
  ].join(' ');
}

/** How long a suspend is told of: its rates are of the time awake, but nobody watched. */
const SUSPEND_TOLD_MS = 60_000;

function suspendText({ lastSuspend, wallMs }: SystemHistory): string {
  if (!lastSuspend || wallMs - lastSuspend.wallMs > SUSPEND_TOLD_MS) return '';
  return `suspended for ${durationText(lastSuspend.seconds)} until ${timeText(lastSuspend.wallMs)}`;
}

/** A note is cut down to so many cells. */
const LEAST_NOTE = 12;

/** Cells that its own cost has at most. */
const OWN_CELLS = 'self 0.9% 58.0M 1.40kB/s'.length;

/** The mark that what is shown is not now. */
export function instantMark(writer: Writer, { instant }: HeaderFacts, end: number): void {
  if (instant !== undefined) writer.cut(` ${instant} `, end, 'selected').gap(1);
}

/** `47 of 99 shown · filter comm ~ node`: nobody is to take a part for the whole. Empty: all tasks have a row. */
export function leftOutText({ leftOut, shown, tasks }: HeaderFacts): string {
  const count = shown < tasks ? `${grouped(shown)} of ${grouped(tasks)} shown` : '';
  return harmless([count, leftOut].filter(Boolean).join(' · '));
}

/** What the monitor is at: a message, else what is left out of the table, its own cost and more; whole items, as many as fit. */
export function ownWords(writer: Writer, facts: HeaderFacts, end: number): void {
  const { message, system } = facts;
  if (message) {
    writer.cut(harmless(message.text), end, message.tone);
    return;
  }
  const leftOut = leftOutText(facts);
  if (leftOut !== '') writer.cut(leftOut, end, 'strong');
  const between = leftOut === '' ? '' : ' · ';
  if (leftOut === '' || writer.x + between.length + OWN_CELLS <= end) {
    writer.put(between, 'dim');
    // what stands behind its numbers does not move
    const behind = writer.x + OWN_CELLS;
    writer.cut('self ', end, 'dim').cut(costText(facts.own), end).to(behind);
  }
  const item = (text: string, tone: Tone = 'normal'): void => {
    if (text !== '' && writer.x + 3 + textWidth(text) <= end) writer.put(' · ', 'dim').put(text, tone);
  };
  item(suspendText(system), 'warn');
  // whose tasks they are comes first: nobody is to take another machine for this one
  if (facts.place !== undefined) item(harmless(`from ${facts.place.split('/').filter(Boolean).slice(-2).join('/')}`));
  const { stretched } = facts.own;
  // the past has its own
  if (facts.instant !== undefined) item('');
  else if (!stretched) item(`every ${facts.intervalSeconds} s`);
  else if (stretched.why === 'max-cpu') item(`every ${stretched.seconds.toFixed(1)} s (--max-cpu)`, 'warn');
  else
    item(
      `every ${stretched.seconds.toFixed(stretched.seconds < 1 ? 2 : 1)} s (wanted ${facts.intervalSeconds})`,
      'warn',
    );
  // told, if not in full
  for (const note of facts.notes) {
    if (end - writer.x - 3 >= LEAST_NOTE) writer.put(' · ', 'dim').cut(harmless(note), end);
  }
  if (facts.denied > 0) item(`${grouped(facts.denied)} not readable`, 'warn');
  item(facts.hidden ?? '', 'warn');
  if (leftOut === '') item(`${grouped(facts.shown)} shown`);
  item(tablesNote(facts.machine));
}
