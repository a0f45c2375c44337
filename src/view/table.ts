/** The table: which columns fit, and the text of their cells. Only rows that are shown are ever formatted. */
import { UNITS, formatValue } from '../units/format.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import { fit, harmless, pad, textWidth } from '../units/text.ts';
import type { Field } from '../fields/field.ts';
import type { SortKey } from '../fields/registry.ts';
import type { TaskView } from '../fields/task.ts';
import type { Line, Span, Tone } from './cells.ts';

export interface Column {
  readonly field: Field;
  readonly x: number;
  readonly width: number;
}

/** The command keeps at least so many cells, as long as another column can fall away for it. */
const COMMAND_CELLS = 24;
/** What is left over: some for the wait channel, then the command up to here, then half for each. */
const WCHAN_EXTRA = 4;
const ROOMY_COMMAND = 40;
const WIDEST_WCHAN = 32;

/** As the terminal narrows these columns fall away, in this order; then all others but the first, from the right. */
const FALL_AWAY: readonly string[] = [
  'num_threads',
  'cpu_time',
  'state_history',
  'system_percent',
  'user_percent',
  'nice',
  'priority',
  'user',
  'rss_bytes',
  'min_flt_rate',
  'wchan_name',
  'flags',
  'maj_flt_rate',
];

const isPid = ({ id }: Field): boolean => id === 'pid' || id === 'ppid';

const nominalWidth = (field: Field, pidDigits: number): number =>
  field.id === 'command'
    ? COMMAND_CELLS
    : isPid(field)
      ? Math.max(field.title.length, pidDigits)
      : Math.max(field.width, field.title.length);

/** The next column to fall away; undefined when only the first one and the command are left. */
function nextToFall(fields: readonly Field[], sorted: readonly string[]): Field | undefined {
  const free = fields.filter(({ id }, index) => index > 0 && id !== 'command' && !sorted.includes(id));
  const listed = FALL_AWAY.map(id => free.find(field => field.id === id)).find(field => field !== undefined);
  return listed ?? free.at(-1) ?? fields.findLast(({ id }, index) => index > 0 && id !== 'command');
}

/**
 * Columns that fit into `width` cells, one blank between them. The command takes the rest of the line.
 *
 * @param pidDigits digits of the largest pid seen so far: it only grows, so that columns do not jump.
 * @param sorted ids of the columns that the order is by: they fall away last.
 */
export function layoutColumns(
  wanted: readonly Field[],
  width: number,
  pidDigits: number,
  sorted: readonly string[] = [],
): Column[] {
  let fields = [...wanted];
  const needed = (): number => fields.reduce((sum, field) => sum + nominalWidth(field, pidDigits) + 1, -1);
  while (fields.length > 1 && needed() > width) {
    const victim = nextToFall(fields, sorted);
    if (!victim) break;
    fields = fields.filter(field => field !== victim);
  }
  // on the narrowest screens the command takes what the first column leaves, if that is anything at all
  const missing = Math.max(0, needed() - width);
  const command = fields.findIndex(({ id }) => id === 'command');
  if (missing > 0 && (command < 0 || missing >= COMMAND_CELLS)) fields = fields.slice(0, 1);
  const widths = fields.map(field => Math.min(width, nominalWidth(field, pidDigits)));
  if (missing > 0 && fields.length > 1) widths[command] = COMMAND_CELLS - missing;
  share(fields, widths, Math.max(0, width - needed()));
  let x = 0;
  return fields.map((field, index) => {
    const column = { field, x, width: widths[index]! };
    x += column.width + 1;
    return column;
  });
}

/**
 * The same with columns behind the first scrolled away: what follows them stands in its own order, as many as fit.
 * @param skipped how many; more than there are scroll the command, {@link commandSkip} cells of it.
 */
export function scrolledColumns(
  wanted: readonly Field[],
  width: number,
  pidDigits: number,
  skipped: number,
  sorted: readonly string[],
): { readonly columns: Column[]; readonly commandSkip: number } {
  if (skipped === 0) return { columns: layoutColumns(wanted, width, pidDigits, sorted), commandSkip: 0 };
  const most = Math.max(0, wanted.length - 2);
  const rest = wanted.slice(1 + Math.min(skipped, most));
  const fields: Field[] = wanted.slice(0, 1);
  let used = nominalWidth(wanted[0]!, pidDigits);
  for (const field of rest) {
    used += nominalWidth(field, pidDigits) + 1;
    if (used > width && fields.length > 1) break;
    fields.push(field);
  }
  return { columns: layoutColumns(fields, width, pidDigits, sorted), commandSkip: Math.max(0, skipped - most) };
}

/** Gives the cells that are left over to the wait channel and the command, else to a text that ends the line. */
function share(fields: readonly Field[], widths: number[], spare: number): void {
  const command = fields.findIndex(({ id }) => id === 'command');
  const wchan = fields.findIndex(({ id }) => id === 'wchan_name');
  const rest = command >= 0 ? command : alignOf(fields.at(-1)!) === 'left' ? fields.length - 1 : -1;
  if (rest < 0) return;
  let left = spare;
  if (command >= 0 && wchan >= 0) {
    const half = Math.floor(Math.max(0, spare - WCHAN_EXTRA - (ROOMY_COMMAND - COMMAND_CELLS)) / 2);
    const extra = Math.min(WIDEST_WCHAN - widths[wchan]!, Math.min(WCHAN_EXTRA, spare) + half);
    widths[wchan] = widths[wchan]! + extra;
    left -= extra;
  }
  widths[rest] = widths[rest]! + left;
}

/** What a cell of at most `width` cells says; `-` for a missing value. Harmless, not yet padded. */
export function cellText(field: Field, task: TaskView, width: number): string {
  const value = field.cell ? field.cell(task) : field.value(task);
  if (isMissing(value)) return '-';
  if (typeof value === 'number') return formatValue(value, field.unit, width);
  return harmless(typeof value === 'string' ? value : value.join(' '));
}

/** Masks are shown as letters in a table, so they stand left like text. */
export const alignOf = (field: Field): 'left' | 'right' => (field.id === 'flags' ? 'left' : UNITS[field.unit].align);

/** The title line; the sort column bears an arrow. */
export function titleLine(columns: readonly Column[], sort: readonly SortKey[]): Line {
  const spans = columns.map(({ field, x, width }): Span => {
    const key = sort.find(entry => entry.field.id === field.id);
    if (!key) return { x, text: pad(field.title, width, alignOf(field)), tone: 'header' };
    const arrow = key.descending ? '▼' : '▲';
    const title = field.title.length + 1 > width ? field.title.slice(0, width - 1) : field.title;
    return { x, text: pad(title + arrow, width, alignOf(field)), tone: 'key' };
  });
  return { spans, fill: 'header' };
}

/** A tone for what deserves a second look; the meaning is in the text as well. */
function toneOf(field: Field, text: string, changed: boolean): Tone {
  if (text === '-') return 'dim';
  if (field.id === 'state' && (text === 'D' || text === 'Z')) return 'bad';
  if (changed) return 'changed';
  if (field.id === 'state') return text === 'R' ? 'good' : text === 'T' || text === 't' ? 'warn' : 'normal';
  if (field.id === 'maj_flt_rate') return text === '0.0' ? 'dim' : 'warn';
  if (text === '0.0') return 'dim';
  if (field.id === 'command' && text.startsWith('[')) return 'dim';
  return 'normal';
}

/** How rows are shown, whatever is in them. */
export interface RowStyle {
  readonly zerosBlank: boolean;
  readonly commandAs: 'full' | 'name' | 'comm';
  /** Cells of the command that are scrolled away. */
  readonly commandSkip: number;
}

/** What is to be said of one row. */
export interface RowMarks {
  readonly selected: boolean;
  readonly tagged: boolean;
  readonly followed: boolean;
  /** The whole row, where a rule of the configuration says so. */
  readonly highlight?: Tone | undefined;
}

/** Blank, or a mark that says without colour what is the matter with the row. */
const marginOf = ({ tagged, followed }: RowMarks): string => (tagged ? '*' : followed ? '»' : ' ');

/** The program of a command line without its folder and its arguments; a title that a program gave itself stays whole. */
function programOf(command: string): string {
  const [first = ''] = command.split(' ', 1);
  return first.startsWith('/') ? first.slice(first.lastIndexOf('/') + 1) : first;
}

function commandText(task: TaskView, field: Field, { commandAs }: RowStyle, width: number): string {
  if (commandAs === 'comm') return harmless(task.comm);
  const text = cellText(field, task, width);
  return commandAs === 'name' && !text.startsWith('[') ? programOf(text) : text;
}

const zeroText = /^[0.,]*0[0.,]*B?$/;
/** Only what counts something may be left blank when it is zero: a nice value of 0 is a fact. */
const isAmount = ({ unit }: Field): boolean =>
  ['percent', 'per-second', 'bytes-per-second', 'count', 'bytes'].includes(unit);

function spansOf(
  columns: readonly Column[],
  textOf: (column: Column) => { readonly text: string; readonly tone: Tone },
  marks: RowMarks,
): Line {
  const { selected, highlight } = marks;
  const over = selected ? 'selected' : highlight;
  const spans = columns.map((column): Span => {
    const { field, x, width } = column;
    const { text, tone } = textOf(column);
    const last = field.id === 'command';
    return { x, text: last ? fit(text, width) : pad(text, width, alignOf(field)), tone: over ?? tone };
  });
  const margin = marginOf(marks);
  if (margin !== ' ' && columns[0] && columns[0].x > 0) spans.unshift({ x: 0, text: margin, tone: over ?? 'key' });
  return selected ? { spans, fill: 'selected' } : { spans };
}

const STATE = 3;
const FLAGS = 9;
const changedSince = (task: TaskView, n: number): boolean => {
  const before = task.statBefore(n);
  return !Number.isNaN(before) && before !== task.stat(n);
};

/** One task. @param prefix the lines of a tree before the command. */
export function taskLine(
  columns: readonly Column[],
  task: TaskView,
  marks: RowMarks,
  style: RowStyle,
  prefix = '',
  suffix = '',
): Line {
  return spansOf(
    columns,
    ({ field, width }) => {
      if (field.id === 'command') {
        const text = prefix + commandText(task, field, style, width + style.commandSkip) + suffix;
        return { text: text.slice(style.commandSkip), tone: toneOf(field, text, false) };
      }
      const text = cellText(field, task, width);
      if (style.zerosBlank && isAmount(field) && zeroText.test(text)) return { text: '', tone: 'normal' };
      const changed =
        (field.id === 'state' && changedSince(task, STATE)) || (field.id === 'flags' && changedSince(task, FLAGS));
      return { text, tone: toneOf(field, text, changed) };
    },
    marks,
  );
}

/**
 * A row that stands for several tasks: sums where they mean something.
 * @param sum of a column over the tasks; undefined: it has none.
 * @param task whose own values the other columns show (a folded branch); undefined: none (a group).
 */
export function sumLine(
  columns: readonly Column[],
  label: string,
  sum: (field: Field) => Reading<number> | undefined,
  task: TaskView | undefined,
  marks: RowMarks,
  style: RowStyle,
): Line {
  return spansOf(
    columns,
    ({ field, width }) => {
      if (field.id === 'command') return { text: label.slice(style.commandSkip), tone: 'strong' };
      const value = sum(field);
      if (value === undefined) return { text: task ? cellText(field, task, width) : '', tone: 'normal' };
      const text = isMissing(value) ? '-' : formatValue(value, field.unit, width);
      if (style.zerosBlank && isAmount(field) && zeroText.test(text)) return { text: '', tone: 'normal' };
      return { text, tone: text === '0.0' || text === '-' ? 'dim' : 'strong' };
    },
    marks,
  );
}

/**
 * The whole table as plain text, nothing cut: columns are as wide as their widest cell, the last one has no padding.
 *
 * @param each calls back with every task in order, and the lines of a tree before its command.
 */
export function plainTable(
  fields: readonly Field[],
  each: (row: (task: TaskView, prefix?: string) => void) => void,
): string {
  // one list for all cells, row by row, and one for what they take of a line: thousands of rows are many lists
  const cells: string[] = [];
  const taken: number[] = [];
  const widths = fields.map(() => 0);
  const add = (text: string, column: number): void => {
    const width = textWidth(text);
    cells.push(text);
    taken.push(width);
    if (width > widths[column]!) widths[column] = width;
  };
  fields.forEach(({ title }, column) => {
    add(title, column);
  });
  each((task, prefix = '') => {
    for (let column = 0; column < fields.length; column++) {
      const field = fields[column]!;
      const text = cellText(field, task, Math.max(field.width, 24));
      add(field.id === 'command' ? prefix + text : text, column);
    }
  });
  const isRight = fields.map(field => alignOf(field) === 'right');
  let out = '';
  for (let at = 0; at < cells.length;) {
    let line = '';
    for (let column = 0; column < fields.length; column++, at++) {
      const text = cells[at]!;
      const length = text.length + widths[column]! - taken[at]!;
      if (column > 0) line += ' ';
      line +=
        isRight[column] === true ? text.padStart(length) : column < fields.length - 1 ? text.padEnd(length) : text;
    }
    out += line.trimEnd() + '\n';
  }
  return out;
}
