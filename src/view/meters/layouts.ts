/** How the header is made up, by the size of the terminal and the user's choice. */
import { isMissing } from '../../units/missing.ts';
import { bytesText, dateTimeText, timeText } from '../../units/format.ts';
import { harmless, textWidth } from '../../units/text.ts';
import type { SystemHistory } from '../../model/system.ts';
import type { Spark, Tone } from '../cells.ts';
import { busy, memoryBar, memoryUse, swapBar } from './bars.ts';
import { block, cpusAreBars, sumBar, sumCells, sumLine } from './block.ts';
import { eventsOf, faultsLine, switchesLine } from './events.ts';
import type { Build, Header, MeterLayout } from './facts.ts';
import { groupLine, hasGroupLine } from './group.ts';
import {
  instantMark,
  leftOutText,
  loads,
  machineNames,
  namesCells,
  ownWords,
  stateCells,
  stateCounts,
  stateTone,
  toldStates,
  uptime,
} from './machine.ts';
import { machinePressure, PRESSURE_CELLS, pressureLine, pressureWords, SHORT_PRESSURE_CELLS } from './pressure.ts';
import { RATE_CELLS, rateText, Writer } from './writer.ts';

type Layout = (build: Build) => Header;

/** By what they need; the first that fits is taken. */
const LAYOUTS: readonly { readonly columns: number; readonly rows: number; readonly layout: Layout }[] = [
  { columns: 160, rows: 48, layout: large },
  { columns: 110, rows: 24, layout: medium },
  { columns: 60, rows: 16, layout: small },
  { columns: 24, rows: 8, layout: tiny },
  { columns: 0, rows: 0, layout: line },
];
const COMPACT: typeof LAYOUTS = [{ columns: 60, rows: 10, layout: compact }, ...LAYOUTS.slice(-2)];

export function layoutFor(choice: MeterLayout, columns: number, rows: number): Layout {
  if (choice === 'off') return line;
  const list = choice === 'compact' ? COMPACT : LAYOUTS;
  return list.find(needs => columns >= needs.columns && rows >= needs.rows)!.layout;
}

/** Lines of a header, one below the other, with the sparklines in them. */
class Stack {
  readonly writers: Writer[] = [];
  readonly sparks: Spark[] = [];

  add(...writers: Writer[]): this {
    this.writers.push(...writers);
    return this;
  }

  /** A line with sparklines. */
  events(paint: (writer: Writer, y: number) => Spark[]): this {
    const writer = new Writer();
    this.sparks.push(...paint(writer, this.writers.length));
    return this.add(writer);
  }

  group({ facts: { system }, columns }: Build): this {
    if (!hasGroupLine(system)) return this;
    const writer = new Writer();
    groupLine(writer, system, columns - 1);
    return this.add(writer);
  }

  get header(): Header {
    return { lines: this.writers.map(({ line: painted }) => painted), sparks: this.sparks };
  }
}

// ---- the layouts

const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, value));

/** Cells of the load: three averages below ten, as a rule. */
const loadCells = (system: SystemHistory): number =>
  Math.max('load 9.99 9.99 9.99'.length, 'load '.length + loads(system).length);

/** Machine and tasks in one line; the counts stand against the right edge. */
function machineAndTasks({ facts, columns }: Build): Writer {
  const writer = new Writer();
  const { system } = facts;
  const up = `up ${uptime(system)}`;
  const room = columns - 1 - (3 + up.length + 3 + loadCells(system)) - 2;
  // the word Linux is worth more than blanks between the counts
  const short = writer.x + namesCells(facts) > room - stateCells(facts, false);
  machineNames(writer, facts, room - stateCells(facts, short), 2);
  writer.gap(3).put(up).gap(3).put('load ', 'dim').put(loads(system));
  const counts = new Writer(0);
  stateCounts(counts, facts, short, columns, true);
  stateCounts(writer.gap(2).to(columns - 1 - counts.x), facts, short, columns - 1, true);
  return writer;
}

function ownLine({ facts, columns }: Build): Writer {
  const writer = new Writer();
  const time = facts.message ? '' : dateTimeText(facts.system.wallMs);
  const end = columns - 1 - (time === '' ? 0 : time.length + 2);
  instantMark(writer, facts, end);
  ownWords(writer, facts, end);
  return writer.right(time, columns - 1, 'dim');
}

/** Pressure down the right edge, over three lines. */
function pressureColumn({ facts: { system }, columns }: Build, writers: readonly Writer[]): void {
  writers.slice(0, 3).forEach((writer, index) => pressureLine(writer.to(columns - 1 - PRESSURE_CELLS), index, system));
}

/** Cells left of the pressure. */
const besidePressure = (columns: number): number => columns - 2 - PRESSURE_CELLS - 3;

/** For 120×40 and the like: five lines when there are few CPUs. */
function medium(build: Build): Header {
  const { facts, columns, rows, most } = build;
  const { system } = facts;
  const width = besidePressure(columns);
  // machine, faults and own line, and that of the control group
  const room = most - 3 - (hasGroupLine(system) ? 1 : 0);
  const bars = build.all ? room : Math.min(room, Math.floor(rows / 5));
  const blockLines = block(build, width, clamp(Math.floor(width * 0.37), 28, 48), bars, room);
  const stack = new Stack().add(machineAndTasks(build), ...blockLines);
  stack.events((writer, y) => eventsOf(writer.put('Faults ', 'strong'), y, 1 + width, system));
  pressureColumn(build, stack.writers.slice(1));
  return stack.group(build).add(ownLine(build)).header;
}

/** For 200×60 and more: the sum of the CPUs above them, and the past of the switches and interrupts too. */
function large(build: Build): Header {
  const { facts, columns, rows, most } = build;
  const { system } = facts;
  const width = besidePressure(columns);
  const room = most - 4 - (hasGroupLine(system) ? 1 : 0);
  const bars = build.all ? room - 1 : Math.min(room - 1, Math.floor(rows / 5));
  const memoryCells = clamp(Math.floor(width * 0.3), 40, 60);
  const head =
    build.perCpu && cpusAreBars(build, width - memoryCells - 2, bars) ? [sumLine(build, width - memoryCells - 2)] : [];
  const blockLines = block(build, width, memoryCells, bars, room, head);
  const stack = new Stack().add(machineAndTasks(build), ...blockLines);
  stack.events((writer, y) => faultsLine(writer.put('Faults  ', 'strong'), y, 1 + width, system));
  stack.events((writer, y) => switchesLine(writer.put('Events  ', 'strong'), y, 1 + width, system));
  pressureColumn(build, stack.writers.slice(1));
  return stack.group(build).add(ownLine(build)).header;
}

/** For 80×24 and the like: five lines when there are few CPUs. */
function small(build: Build): Header {
  const { facts, columns, rows, most } = build;
  const { system } = facts;
  const room = most - 3 - (hasGroupLine(system) ? 1 : 0);
  const bars = build.all ? room : Math.min(room, Math.floor(rows / 6));
  const machine = new Writer();
  const up = `up ${uptime(system)}`;
  machineNames(machine, facts, columns - 1 - up.length - 4 - loadCells(system), 1);
  machine
    .gap(2)
    .put(up)
    .gap(2)
    .put('load ', 'dim')
    .cut(loads(system), columns - 1);
  machine.right(`ctxt ${rateText(system.contextSwitchRate).padStart(RATE_CELLS)}`, columns - 1, 'dim');
  const stack = new Stack().add(machine, ...block(build, columns - 2, columns < 72 ? 26 : 28, bars, room));
  return stack
    .events((writer, y) => faultsAndPressure(build, writer, y))
    .group(build)
    .add(tasksAndOwn(build)).header;
}

function faultsAndPressure({ facts: { system }, columns }: Build, writer: Writer, y: number): Spark[] {
  const pressure = columns - 1 - SHORT_PRESSURE_CELLS;
  const long = columns >= 90 ? 10 : 0;
  const sparks = faultsLine(writer, y, pressure - long - 2, system);
  pressureWords(writer.to(pressure - long), columns - 1, machinePressure(system), false);
  return sparks;
}

function tasksAndOwn({ facts, columns }: Build): Writer {
  const writer = new Writer();
  const end = columns - 1;
  instantMark(writer, facts, end);
  // a message, or what is left out, that does not fit beside the counts stands in their place
  const telling = harmless(facts.message?.text ?? leftOutText(facts));
  const counts = new Writer(writer.x);
  // the past stands still: nothing moves that would want blanks
  const live = facts.instant === undefined;
  stateCounts(counts, facts, true, end, live);
  const behind = live ? writer.x + stateCells(facts, true) : counts.x;
  if (behind + 2 + textWidth(telling) <= end) {
    stateCounts(writer, facts, true, end, live);
    writer.to(behind).gap(2);
  }
  const time = facts.message || facts.instant !== undefined || columns < 72 ? '' : timeText(facts.system.wallMs);
  const beside = end - (time === '' ? 0 : time.length + 2);
  // it is worth more than the time of the day
  ownWords(writer, facts, writer.x + textWidth(telling) <= beside ? beside : end);
  return writer.right(time, end, 'dim');
}

/** Three lines: the sums, the faults, the tasks. */
function compact(build: Build): Header {
  const { facts, columns } = build;
  const { system } = facts;
  const bars = new Writer();
  const pitch = Math.floor((columns - 2 + 2) / 3);
  sumBar(build, bars, pitch - 2 - sumCells(build));
  memoryBar(bars.to(1 + pitch).put('Mem ', 'strong'), pitch - 6, system);
  swapBar(bars.to(1 + 2 * pitch).put('Swp ', 'strong'), pitch - 6, system);
  return new Stack()
    .add(bars)
    .events((writer, y) => faultsAndPressure(build, writer, y))
    .add(tasksAndOwn(build)).header;
}

/** Whole items, the telling ones first; a number is never cut. */
function items(writer: Writer, end: number, list: readonly (readonly [string, Tone])[]): void {
  for (const [text, tone] of list) {
    if (writer.x + text.length > end) return;
    writer.put(text, tone).gap(1);
  }
}

/** The numbers of tiny terminals. */
function sums({ facts: { system } }: Build): [string, Tone][] {
  const { cpu } = system;
  const memory = memoryUse(system);
  const io = system.pressure('io');
  const major = system.majorFaultRate;
  return [
    [`CPU ${isMissing(cpu) ? '-' : `${busy(cpu).toFixed(0)}%`}`, 'strong'],
    [`Mem ${memory ? `${bytesText(memory.used)}/${bytesText(memory.total)}` : '-'}`, 'normal'],
    [`maj ${rateText(major)}`, !isMissing(major) && major > 0 ? 'warn' : 'dim'],
    [`io ${isMissing(io) || !io.some ? '-' : io.some.avg10.toFixed(1)}`, 'dim'],
    [`load ${loads(system).split(' ')[0]!}`, 'dim'],
  ];
}

function counts({ facts }: Build): [string, Tone][] {
  const letters = ['D', 'Z', ...toldStates(facts).filter(letter => letter !== 'D' && letter !== 'Z')];
  return letters.map(letter => {
    const count = facts.states.get(letter) ?? 0;
    return [`${count}${letter}`, stateTone(letter, count)];
  });
}

/** The message, if there is one, else what it stands in place of. */
function messageOr({ facts, columns }: Build, list: readonly (readonly [string, Tone])[]): Writer {
  const writer = new Writer(0);
  if (facts.instant !== undefined) writer.cut(facts.instant, columns, 'selected').gap(1);
  if (facts.message) writer.cut(harmless(facts.message.text), columns, facts.message.tone);
  else items(writer, columns, list);
  return writer;
}

const tasksItem = ({ facts: { shown, tasks, threads } }: Build): [string, Tone] => [
  `${shown < tasks ? `${shown} of ` : ''}${tasks} ${threads ? 'threads' : 'tasks'}`,
  'normal',
];

/** For 40×10: two lines. */
function tiny(build: Build): Header {
  const first = new Writer(0);
  items(first, build.columns, sums(build));
  return new Stack().add(first, messageOr(build, [tasksItem(build), ...counts(build)])).header;
}

/** One line. */
function line(build: Build): Header {
  const [cpu, ...rest] = sums(build);
  return new Stack().add(messageOr(build, [cpu!, tasksItem(build), ...counts(build), ...rest])).header;
}
