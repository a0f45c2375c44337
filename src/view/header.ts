/** The lines above the table: the machine, its tasks by state, CPU, memory, faults, and what the monitor itself costs. */
import type { CpuShares, SystemHistory } from '../model/system.ts';
import { type Machine, tablesNote } from '../decode/machine.ts';
import {
  bytesText,
  compactText,
  dateTimeText,
  durationText,
  formatValue,
  grouped,
  uptimeText,
} from '../units/format.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import { harmless, textWidth } from '../units/text.ts';
import type { Line, Span, Spark, Tone } from './cells.ts';

/** What the monitor itself costs; missing parts are not known yet. */
export interface OwnCost {
  readonly cpuPercent: number | undefined;
  readonly rssBytes: number | undefined;
  readonly bytesPerSecond: number | undefined;
}

export interface HeaderFacts {
  readonly machine: Machine;
  readonly system: SystemHistory;
  /** Tasks by state letter. */
  readonly states: ReadonlyMap<string, number>;
  readonly tasks: number;
  readonly shown: number;
  readonly denied: number;
  readonly threads: boolean;
  readonly intervalSeconds: number;
  readonly frozen: boolean;
  readonly own: OwnCost;
  /** What the user should know now: an error in the configuration, the outcome of an action. */
  readonly message: { readonly text: string; readonly tone: Tone } | undefined;
  /** What is hidden, and by what rows are sorted when that is no column on the screen. */
  readonly notes: readonly string[];
  /** Where the tasks come from, when that is not this machine now. */
  readonly place: string | undefined;
}

/** Pieces of text put one after the other. */
class Writer {
  readonly spans: Span[] = [];
  x: number;

  constructor(x = 1) {
    this.x = x;
  }

  put(text: string, tone: Tone = 'normal'): this {
    if (text !== '') this.spans.push({ x: this.x, text, tone });
    this.x += textWidth(text);
    return this;
  }

  gap(cells: number): this {
    this.x += cells;
    return this;
  }

  /** The same text against the right edge, if there is room for it. */
  right(text: string, columns: number, tone: Tone = 'normal'): this {
    const x = columns - textWidth(text) - 1;
    if (x > this.x) this.spans.push({ x, text, tone });
    return this;
  }
}

const LETTERS: readonly string[] = ['R', 'S', 'D', 'I', 'Z', 'T', 't', 'P', 'X'];
const TONES: Readonly<Record<string, Tone>> = { D: 'bad', Z: 'bad', R: 'good', T: 'warn', t: 'warn' };

function stateCounts(writer: Writer, { states, tasks, threads }: HeaderFacts, short: boolean): void {
  writer.put(
    short ? `${tasks} ${threads ? 'threads' : 'tasks'}` : `${threads ? 'Threads' : 'Tasks'} ${grouped(tasks)}:`,
    'strong',
  );
  for (const letter of [...LETTERS, ...[...states.keys()].filter(key => !LETTERS.includes(key))]) {
    const count = states.get(letter) ?? 0;
    // D and Z are always told: their absence is an answer
    if (count === 0 && letter !== 'D' && letter !== 'Z') continue;
    writer
      .gap(1)
      .put(short ? `${count}${letter}` : `${count} ${letter}`, count > 0 ? (TONES[letter] ?? 'normal') : 'dim');
  }
}

const number = (reading: Reading<number>, write: (value: number) => string): string =>
  isMissing(reading) ? '-' : write(reading);

/** A bar of `width` cells in brackets; each part has a letter of its own, so that it can be read without colours. */
function bar(
  writer: Writer,
  width: number,
  parts: readonly { share: number; glyph: string; tone: Tone }[],
  label: string,
): void {
  const inner = width - 2;
  writer.put('[', 'dim');
  const start = writer.x;
  let used = 0;
  let total = 0;
  for (const { share, glyph, tone } of parts) {
    total += share;
    const upTo = Math.min(inner, Math.round((inner * total) / 100));
    if (upTo > used) writer.put(glyph.repeat(upTo - used), tone);
    used = Math.max(used, upTo);
  }
  // the label stands in the empty part, else over the end of the bar
  writer.x = start + Math.max(0, inner - label.length);
  writer.put(label.slice(0, inner), 'strong').put(']', 'dim');
}

function cpuBar(writer: Writer, width: number, cpu: Reading<CpuShares>): void {
  if (isMissing(cpu)) {
    bar(writer, width, [], '-');
    return;
  }
  const parts = [
    { share: cpu.nice, glyph: 'n', tone: 'dim' as Tone },
    { share: cpu.user + cpu.guest, glyph: '|', tone: 'good' as Tone },
    { share: cpu.system, glyph: 's', tone: 'warn' as Tone },
    { share: cpu.irq + cpu.softirq, glyph: 'q', tone: 'key' as Tone },
    { share: cpu.steal, glyph: 't', tone: 'bad' as Tone },
    { share: cpu.iowait, glyph: 'w', tone: 'bad' as Tone },
  ];
  bar(writer, width, parts, formatValue(100 - cpu.idle - cpu.iowait, 'percent', 6) + '%');
}

function memoryBar(writer: Writer, width: number, system: SystemHistory): void {
  const total = system.memory('MemTotal');
  const free = system.memory('MemFree');
  if (isMissing(total) || isMissing(free)) {
    bar(writer, width, [], '-');
    return;
  }
  const or0 = (key: string): number => number0(system.memory(key));
  const buffers = or0('Buffers');
  // shmem is counted as cache by the kernel, but cannot be dropped
  const cache = Math.max(0, or0('Cached') + or0('SReclaimable') - or0('Shmem'));
  const used = Math.max(0, total - free - buffers - cache);
  const share = (bytes: number): number => (bytes * 100) / total;
  const parts = [
    { share: share(used), glyph: '|', tone: 'good' as Tone },
    { share: share(buffers), glyph: 'b', tone: 'key' as Tone },
    { share: share(cache), glyph: 'c', tone: 'warn' as Tone },
  ];
  bar(writer, width, parts, `${bytesText(used)}/${bytesText(total)}`);
}

const number0 = (reading: Reading<number>): number => (isMissing(reading) ? 0 : reading);

function swapBar(writer: Writer, width: number, system: SystemHistory): void {
  const total = number0(system.memory('SwapTotal'));
  const used = total - number0(system.memory('SwapFree'));
  if (total <= 0) writer.put('none', 'dim');
  else
    bar(
      writer,
      width,
      [{ share: (used * 100) / total, glyph: '|', tone: 'warn' }],
      `${bytesText(used)}/${bytesText(total)}`,
    );
}

/** 32-bit kernels with more memory than they can map at once. */
function highMemory(writer: Writer, system: SystemHistory): void {
  const high = system.memory('HighTotal');
  if (isMissing(high) || high === 0) return;
  const free = (part: string): string =>
    `${bytesText(number0(system.memory(`${part}Free`)))}/${bytesText(number0(system.memory(`${part}Total`)))}`;
  writer.gap(2).put('Low free ', 'dim').put(free('Low')).put(' High free ', 'dim').put(free('High'));
}

const loads = (system: SystemHistory): string =>
  isMissing(system.load)
    ? '-'
    : [system.load.load1, system.load.load5, system.load.load15].map(load => load.toFixed(2)).join(' ');

const uptime = (system: SystemHistory): string =>
  Number.isNaN(system.uptimeSeconds) ? '-' : uptimeText(system.uptimeSeconds);

/** `#1 SMP PREEMPT_DYNAMIC …`: the part of the banner that tells how the kernel was built. */
const build = (banner: string): string => / (#\d+ .*)$/.exec(banner)?.[1] ?? '';

const perSecond = (reading: Reading<number>): string => number(reading, compactText) + '/s';

const SPARK_CELLS = 12;

function faults(facts: HeaderFacts, columns: number, y: number): { line: Line; sparks: Spark[] } {
  const { system } = facts;
  const writer = new Writer();
  const sparks: Spark[] = [];
  const spark = (id: string, values: readonly number[], tone: Tone): void => {
    sparks.push({ id, x: writer.x, y, width: SPARK_CELLS, values: values.slice(-SPARK_CELLS), tone });
    writer.gap(SPARK_CELLS + 1);
  };
  const rate = (text: string): string => text.padStart(8);
  writer
    .put('Faults ', 'strong')
    .put('min', 'dim')
    .put(rate(perSecond(system.minorFaultRate)))
    .gap(1);
  spark('minor', system.minorFaults, 'good');
  writer
    .put('maj', 'dim')
    .put(rate(perSecond(system.majorFaultRate)), number0(system.majorFaultRate) > 0 ? 'warn' : 'normal')
    .gap(1);
  spark('major', system.majorFaults, 'warn');
  if (columns >= 100) {
    const more: [string, Reading<number>][] = [
      ['forks', system.forkRate],
      ['ctxt', system.contextSwitchRate],
      ['intr', system.interruptRate],
    ];
    for (const [name, reading] of more)
      writer
        .gap(1)
        .put(name, 'dim')
        .put(rate(perSecond(reading)));
  }
  return { line: { spans: writer.spans }, sparks };
}

function ownLine(facts: HeaderFacts, columns: number): Line {
  const { own, message, frozen } = facts;
  const writer = new Writer();
  if (frozen) writer.put(' FROZEN ', 'selected').gap(1);
  if (message) {
    writer.put(harmless(message.text), message.tone);
    return { spans: writer.spans };
  }
  const parts = [
    own.cpuPercent === undefined ? '' : `${own.cpuPercent.toFixed(1)}%`,
    own.rssBytes === undefined ? '' : bytesText(own.rssBytes),
    own.bytesPerSecond === undefined ? '' : `${compactText(own.bytesPerSecond)}B/s`,
  ].filter(Boolean);
  writer.put('self ', 'dim').put(parts.length > 0 ? parts.join(' ') : '-');
  const about = [`every ${facts.intervalSeconds} s`, `${grouped(facts.shown)} shown`];
  if (facts.denied > 0) about.push(`${grouped(facts.denied)} not readable`);
  about.push(...facts.notes);
  const note = tablesNote(facts.machine);
  if (note !== '') about.push(note);
  if (facts.place !== undefined) about.push(`from ${facts.place.split('/').filter(Boolean).slice(-2).join('/')}`);
  writer.put(' · ', 'dim').put(harmless(about.join(' · ')));
  const suspended = facts.system.suspendedSeconds;
  if (suspended > 0) writer.gap(1).put(`the machine was suspended for ${durationText(suspended)}`, 'warn');
  writer.right(dateTimeText(facts.system.wallMs), columns, 'dim');
  return { spans: writer.spans };
}

function machineLine(facts: HeaderFacts, columns: number): Line {
  const { machine, system } = facts;
  const writer = new Writer();
  writer
    .put('taskscope', 'title')
    .gap(2)
    .put(harmless(machine.hostname) || 'capture', 'strong')
    .gap(2);
  writer.put(`Linux ${harmless(machine.release.text)} ${machine.architecture}`.trimEnd());
  const banner = harmless(build(machine.banner));
  const tail = `up ${uptime(system)}   load ${loads(system)}`;
  if (writer.x + banner.length + tail.length + 6 < columns) writer.gap(1).put(banner, 'dim');
  writer.gap(3).put(tail);
  return { spans: writer.spans };
}

/** Header for wide and tall terminals: five lines. */
function full(facts: HeaderFacts, columns: number): { lines: Line[]; sparks: Spark[] } {
  const { system } = facts;
  const tasks = new Writer();
  stateCounts(tasks, facts, false);
  highMemory(tasks, system);
  const meters = new Writer();
  // CPU, memory and swap share the line; brackets, names and gaps take 25 cells
  const width = Math.max(14, Math.floor((columns - 25) / 3));
  meters.put('CPU', 'strong').put(`×${system.cpuCount} `, 'dim');
  cpuBar(meters, width, system.cpu);
  meters.gap(2).put('Mem ', 'strong');
  memoryBar(meters, width, system);
  meters.gap(2).put('Swp ', 'strong');
  swapBar(meters, width, system);
  const fault = faults(facts, columns, 3);
  return {
    lines: [
      machineLine(facts, columns),
      { spans: tasks.spans },
      { spans: meters.spans },
      fault.line,
      ownLine(facts, columns),
    ],
    sparks: fault.sparks,
  };
}

/** Header for 80×24 and the like: three lines. */
function compact(facts: HeaderFacts, columns: number): { lines: Line[]; sparks: Spark[] } {
  const { machine, system } = facts;
  const first = new Writer();
  first
    .put('taskscope', 'title')
    .gap(1)
    .put(harmless(machine.hostname) || 'capture', 'strong')
    .gap(1);
  first
    .put(harmless(machine.release.text))
    .gap(1)
    .put(`up ${uptime(system)} load ${loads(system)}`);
  const second = new Writer();
  stateCounts(second, facts, true);
  second.gap(2).put('CPU', 'strong');
  cpuBar(second, 14, system.cpu);
  second.gap(1).put('Mem', 'strong');
  memoryBar(second, 18, system);
  const fault = faults(facts, columns, 2);
  const last = ownLine(facts, columns);
  return { lines: [{ spans: first.spans }, { spans: second.spans }, fault.line, last], sparks: fault.sparks };
}

/** Header for tiny terminals: one line of whole items, the telling ones first; a number is never cut. */
function tiny(facts: HeaderFacts, columns: number): { lines: Line[]; sparks: Spark[] } {
  const writer = new Writer(0);
  if (facts.frozen) writer.put('FROZEN ', 'selected');
  if (facts.message) {
    writer.put(harmless(facts.message.text), facts.message.tone);
    return { lines: [{ spans: writer.spans }], sparks: [] };
  }
  const { cpu } = facts.system;
  const items: [string, Tone][] = [
    [`CPU ${isMissing(cpu) ? '-' : `${(100 - cpu.idle - cpu.iowait).toFixed(0)}%`}`, 'strong'],
  ];
  for (const letter of ['D', 'Z', 'R', 'T', 'S', 'I']) {
    const count = facts.states.get(letter) ?? 0;
    items.push([`${count}${letter}`, count > 0 ? (TONES[letter] ?? 'normal') : 'dim']);
  }
  items.splice(1, 0, [`${facts.tasks} tasks`, 'normal']);
  for (const [text, tone] of items) {
    if (writer.x + text.length > columns) break;
    writer.put(text, tone).gap(1);
  }
  return { lines: [{ spans: writer.spans }], sparks: [] };
}

/** The header that fits the terminal. Lines are never wider than `columns`: what does not fit is cut by the painter. */
export function headerLines(facts: HeaderFacts, columns: number, rows: number): { lines: Line[]; sparks: Spark[] } {
  if (rows < 16 || columns < 60) return tiny(facts, columns);
  return columns >= 110 && rows >= 24 ? full(facts, columns) : compact(facts, columns);
}
