/** The flags of one task, bit by bit: all 32, named for the kernel that runs, and what changed while we watched. */
import type { TaskView } from '../fields/task.ts';
import { decodeFlags, type FlagTable, possibleNames } from '../kernel/task-flags.ts';
import { durationText, timeText } from '../units/format.ts';
import { harmless } from '../units/text.ts';
import type { Line, Span, Tone } from './cells.ts';
import { wrap } from './pages.ts';

export interface FlagChange {
  readonly wallMs: number;
  /** Bits that were set, and bits that were cleared, since the sample before. */
  readonly set: number;
  readonly cleared: number;
}

/** What was seen of the task's flags since its page was opened. */
export interface FlagWatch {
  readonly openedMs: number;
  /** Latest first. */
  readonly changes: readonly FlagChange[];
}

const BLANK: Line = { spans: [] };
const BITS = Array.from({ length: 32 }, (_, bit) => 2 ** bit);
const MEANING_X = 50;
const ROOMY_COLUMNS = 75;
const NARROW_X = 4;
/** Changes shown above the bits; all of them stand below. */
const LATEST_CHANGES = 4;

const hex = (bits: number): string => '0x' + (bits >>> 0).toString(16).padStart(8, '0');
const line = (text: string, tone: Tone): Line => ({ spans: [{ x: 1, text, tone }] });
const paragraph = (text: string, tone: Tone, columns: number): Line[] =>
  wrap(text, columns - 2).map(part => line(part, tone));

function namesOf(mask: number, table: FlagTable, comm: string): string[] {
  const { flags, unknownBits } = decodeFlags(mask, table, comm);
  return [...flags.map(({ name }) => name), ...(unknownBits === 0 ? [] : [hex(unknownBits)])];
}

/** When a bit last changed, and how often: `12s`, `3× 2s`. */
function changeText(bit: number, watch: FlagWatch, nowMs: number): string {
  const changes = watch.changes.filter(({ set, cleared }) => ((set | cleared) & bit) !== 0);
  const [latest] = changes;
  if (!latest) return '';
  const ago = durationText(Math.max(0, nowMs - latest.wallMs) / 1000);
  return changes.length === 1 ? ago : `${changes.length}× ${ago}`;
}

/** A bit without a name in this table, in words. */
function unnamed(bit: number, isSet: boolean): string {
  const elsewhere = possibleNames(bit).map(flag => `${flag.name} (${flag.first} to ${flag.last ?? 'now'})`);
  const known = elsewhere.length > 0 ? `; elsewhere ${elsewhere.join(', ')}` : '';
  return isSet ? `set, but it has no name in this table${known}` : `unused in this kernel${known}`;
}

function bitLines(
  task: TaskView,
  table: FlagTable,
  bit: number,
  watch: FlagWatch,
  nowMs: number,
  columns: number,
): Line[] {
  const isSet = (task.stat(9) & bit) !== 0;
  const flag = table.byMask(bit);
  const change = changeText(bit, watch, nowMs);
  const tone: Tone = isSet ? 'normal' : 'dim';
  const meaning = flag ? flag.meaning : unnamed(bit, isSet);
  const head: Span[] = [
    { x: 2, text: hex(bit), tone },
    { x: 14, text: flag ? flag.name.slice(3) : '-', tone: isSet ? 'strong' : 'dim' },
    { x: 32, text: isSet ? '●' : '·', tone: isSet ? 'good' : 'dim' },
    { x: 35, text: change, tone: 'changed' },
    { x: 42, text: flag ? (flag.first === '2.6.32' ? '2.6' : flag.first) : '', tone: 'dim' },
  ];
  // narrow screens have the meaning on lines of its own
  const x = columns < ROOMY_COLUMNS ? NARROW_X : MEANING_X;
  const lines = wrap(meaning, Math.max(16, columns - x - 1)).map((text): Span => ({ x, text, tone }));
  if (x === NARROW_X) return [{ spans: head }, ...lines.map(span => ({ spans: [span] }))];
  return lines.map((span, index) => ({ spans: [...(index === 0 ? head : []), span] }));
}

function tableName({ release, newerThanKnown, olderThanKnown }: FlagTable): string {
  if (newerThanKnown) return `this kernel is newer than the newest table, that of ${release}`;
  return olderThanKnown ? `this kernel is older than the oldest table, that of ${release}` : `table of ${release}`;
}

function changeLine({ wallMs, set, cleared }: FlagChange, task: TaskView): Line {
  const { flags: table } = task.machine;
  const told = [
    ...namesOf(set, table, task.comm).map(name => `+ ${name}`),
    ...namesOf(cleared, table, task.comm).map(name => `- ${name}`),
  ];
  return {
    spans: [
      { x: 1, text: timeText(wallMs), tone: 'dim' },
      { x: 11, text: told.join('  '), tone: 'changed' },
    ],
  };
}

export function flagsPage(task: TaskView, watch: FlagWatch, nowMs: number, columns: number): Line[] {
  const mask = task.stat(9);
  const table = task.machine.flags.forTask(mask, task.comm);
  const raw = [hex(mask), String(mask), `Linux ${harmless(task.machine.release.text)}, ${tableName(table)}`];
  const header: Line = {
    spans: [
      { x: 2, text: 'bit', tone: 'header' },
      { x: 14, text: 'name PF_', tone: 'header' },
      { x: 31, text: 'now', tone: 'header' },
      { x: 35, text: 'ago', tone: 'header' },
      { x: 42, text: 'since', tone: 'header' },
      { x: columns < ROOMY_COLUMNS ? columns : MEANING_X, text: 'meaning', tone: 'header' },
    ],
    fill: 'header',
  };
  const watched =
    `Watched since ${timeText(watch.openedMs)}` +
    (watch.changes.length === 0 ? ': nothing changed' : ', latest change first:');
  const changes = watch.changes.map(change => changeLine(change, task));
  const older = changes.length > LATEST_CHANGES ? [line('…', 'dim')] : [];
  return [
    ...paragraph(raw.join('  '), 'title', columns),
    ...paragraph(namesOf(mask, table, task.comm).join(' ') || 'no flag is set', 'strong', columns),
    line(watched, 'dim'),
    ...changes.slice(0, LATEST_CHANGES),
    ...older,
    BLANK,
    header,
    ...BITS.flatMap(bit => bitLines(task, table, bit, watch, nowMs, columns)),
    ...(older.length > 0 ? [BLANK, line('All changes', 'dim'), ...changes] : []),
  ];
}
