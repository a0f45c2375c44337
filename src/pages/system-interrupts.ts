/** Interrupts and softirqs a second, by line and CPU; context switches and forks. */
import { decodeInterrupts, type InterruptRow, type InterruptTable, SOFTIRQS } from '../decode/interrupts.ts';
import { decodeSystemStat, type SystemStat } from '../decode/system-files.ts';
import { type Release, releaseNumber } from '../kernel/release.ts';
import { grouped } from '../units/format.ts';
import { isMissing, missing, type Reading } from '../units/missing.ts';
import type { SystemContext } from './context.ts';
import {
  fact,
  facts,
  item,
  type Item,
  note,
  numberItem,
  type Page,
  readingItem,
  type Section,
  type TableColumn,
} from './document.ts';
import { cellOf, countCell, decimals } from './numbers.ts';
import { type Counted, counted, fileItem, rateOf, whyNot } from './system-source.ts';

/** With more CPUs only the sum and the busiest one are shown. */
const MOST_CPU_COLUMNS = 8;
const BUSIEST = 8;

/** What one line gained a second. */
interface Rates {
  readonly row: InterruptRow;
  /** All CPUs together, or why it cannot be told. */
  readonly all: Reading<number>;
  readonly byCpu: ReadonlyMap<number, Reading<number>>;
}

/** Errors are counted for the machine, not by CPU; arch/x86/kernel/irq.c and others. */
const WHOLE_MACHINE = /^(ERR|MIS|BAD)$/i;

type Lines = Counted<InterruptTable>;

const FIRST = missing('first-sample');

/** A counter of 32 bits that began anew is no rate, and neither is that of a CPU that came or went. */
function gain(before: number | undefined, now: number, elapsed: number): Reading<number> {
  if (before === undefined || Number.isNaN(now) || !(elapsed > 0)) return FIRST;
  return now < before ? missing('went-backwards') : (now - before) / elapsed;
}

function ratesOf(row: InterruptRow, last: InterruptRow | undefined, { before, elapsed, now }: Lines): Rates {
  if (isMissing(before)) return { row, all: FIRST, byCpu: new Map() };
  if (WHOLE_MACHINE.test(row.label)) return { row, all: gain(last?.total, row.total, elapsed), byCpu: new Map() };
  const column = new Map(before.cpus.map((cpu, index) => [cpu, index]));
  const byCpu = new Map<number, Reading<number>>();
  let sum = 0;
  let why: Reading<number> | undefined;
  now.cpus.forEach((cpu, index) => {
    const at = column.get(cpu);
    const rate = gain(at === undefined ? undefined : last?.counts[at], row.counts[index] ?? Number.NaN, elapsed);
    byCpu.set(cpu, rate);
    if (!isMissing(rate)) sum += rate;
    else if (at !== undefined) why = rate;
  });
  return { row, all: why ?? sum, byCpu };
}

const known = (reading: Reading<number> | undefined): number =>
  reading === undefined || isMissing(reading) ? 0 : reading;

/** x86 counts a TLB shootdown among the function calls, too, and from 4.8 on shows it in both lines. */
const countedTwice = (label: string, release: Release): boolean =>
  label === 'TLB' && releaseNumber(release) >= releaseNumber('4.8');

/** All lines together; a line that cannot be told counts for nothing. */
function sumOf(lines: readonly Rates[], cpus: readonly number[], first: boolean, release: Release): Rates {
  const each = lines.filter(({ row: { label } }) => !WHOLE_MACHINE.test(label) && !countedTwice(label, release));
  const add = (of: (rates: Rates) => number): number => each.reduce((sum, rates) => sum + of(rates), 0);
  const total = add(rates => rates.row.total);
  const row = { label: 'all', counts: new Float64Array(), total, description: '', handlers: [] };
  if (first) return { row, all: FIRST, byCpu: new Map() };
  const byCpu = new Map(cpus.map(cpu => [cpu, add(rates => known(rates.byCpu.get(cpu)))]));
  return { row, all: add(({ all }) => known(all)), byCpu };
}

const rateItem = (rate: Reading<number>): Item =>
  cellOf(rate, value => numberItem(decimals(value), value, value === 0 ? 'dim' : 'normal'));

const byRate = (rates: ReadonlyMap<number, Reading<number>>): (readonly [cpu: number, rate: number])[] =>
  [...rates].map(([cpu, rate]) => [cpu, known(rate)] as const).sort((a, b) => b[1] - a[1] || a[0] - b[0]);

function busiestItem({ byCpu }: Rates): Item {
  const [first] = byRate(byCpu);
  if (!first || first[1] === 0) return item('', null);
  return item(`CPU${first[0]} ${decimals(first[1])}`, { cpu: first[0], per_second: first[1] });
}

const cpuColumns = (cpus: readonly number[]): TableColumn[] =>
  cpus.length <= MOST_CPU_COLUMNS
    ? cpus.map(cpu => ({ id: `cpu${cpu}`, title: `CPU${cpu}`, align: 'right' }))
    : [{ id: 'busiest', title: 'busiest' }];

const cpuCells = (rates: Rates, cpus: readonly number[]): Item[] =>
  cpus.length > MOST_CPU_COLUMNS
    ? [busiestItem(rates)]
    : cpus.map(cpu => {
        const rate = rates.byCpu.get(cpu);
        return rate === undefined ? item('', null) : rateItem(rate);
      });

function lineCells(rates: Rates, cpus: readonly number[], last: Item): Item[] {
  const { label, total } = rates.row;
  return [
    item(label, label, total === 0 ? 'dim' : 'strong'),
    rateItem(rates.all),
    ...cpuCells(rates, cpus),
    numberItem(grouped(total), total, total === 0 ? 'dim' : 'normal'),
    last,
  ];
}

/** Busy lines first; then those that were. */
const busyFirst = (a: Rates, b: Rates): number => known(b.all) - known(a.all) || b.row.total - a.row.total;

/** `virtio0-config (PCI-MSIX-0000:00:01.0 0-edge)`: who it is for, then where it comes from. */
function sourceItem({ description, handlers, total }: InterruptRow): Item {
  const names = handlers.join(', ');
  const chip = names !== '' && description.endsWith(names) ? description.slice(0, -names.length).trimEnd() : '';
  const text = chip === '' ? description : `${names} (${chip})`;
  return item(text, { handlers, description }, total === 0 ? 'dim' : 'normal');
}

const linesOf = (lines: Lines): Rates[] => {
  const last = new Map(isMissing(lines.before) ? [] : lines.before.rows.map(row => [row.label, row]));
  return lines.now.rows.map(row => ratesOf(row, last.get(row.label), lines)).sort(busyFirst);
};

const columnsOf = (title: string, cpus: readonly number[], last: TableColumn): TableColumn[] => [
  { id: 'line', title },
  { id: 'per_second', title: '/s', align: 'right' },
  ...cpuColumns(cpus),
  { id: 'since_boot', title: 'since boot', align: 'right' },
  last,
];

/** With many CPUs: which of them have the most work. */
function busiestFact(sum: Rates, cpus: readonly number[]): Section[] {
  const busiest = byRate(sum.byCpu)
    .filter(([, rate]) => rate > 0)
    .slice(0, BUSIEST);
  if (cpus.length <= MOST_CPU_COLUMNS || busiest.length === 0) return [];
  const text = busiest.map(([cpu, rate]) => `CPU${cpu} ${decimals(rate)}`).join('  ');
  const value = busiest.map(([cpu, rate]) => ({ cpu, per_second: rate }));
  return [facts('', undefined, [fact('busiest_cpus', 'Busiest CPUs', item(text, value))])];
}

function interruptSections({ machine: { release } }: SystemContext, lines: Lines): Section[] {
  const { cpus } = lines.now;
  const rates = linesOf(lines);
  const sum = sumOf(rates, cpus, isMissing(lines.before), release);
  const twice = rates.some(({ row }) => countedTwice(row.label, release));
  const words = twice ? 'all lines together (TLB is part of CAL)' : 'all lines together';
  return [
    ...busiestFact(sum, cpus),
    {
      kind: 'table',
      id: 'interrupts',
      title: 'Interrupts',
      columns: columnsOf('irq', cpus, { id: 'source', title: 'what' }),
      rows: [
        lineCells(sum, cpus, item(words, null, 'dim')),
        ...rates.map(each => lineCells(each, cpus, sourceItem(each.row))),
      ],
    },
  ];
}

function softirqItem(label: string): Item {
  const meaning = Object.hasOwn(SOFTIRQS, label) ? SOFTIRQS[label]! : '';
  return item(meaning, meaning || null, 'dim');
}

function softirqSection(lines: Lines, online: readonly number[]): Section {
  // it has a column for every CPU that could ever be there
  const cpus = lines.now.cpus.filter(cpu => online.length === 0 || online.includes(cpu));
  return {
    kind: 'table',
    id: 'softirqs',
    title: 'Softirqs',
    columns: columnsOf('softirq', cpus, { id: 'meaning', title: 'meaning' }),
    rows: linesOf(lines).map(each => lineCells(each, cpus, softirqItem(each.row.label))),
  };
}

function activity(context: SystemContext, softirqs: Reading<Lines>): Section[] {
  const { history } = context;
  const stat = counted(context, '/proc/stat', decodeSystemStat);
  const total = (pick: (from: SystemStat) => number): Reading<number> => {
    const value = isMissing(stat) ? stat : pick(stat.now);
    return Number.isNaN(value) ? missing('not-in-this-kernel') : value;
  };
  const softTotal = (from: InterruptTable): number => from.rows.reduce((sum, row) => sum + row.total, 0);
  const row = (id: string, rate: Reading<number>, sum: Reading<number>, meaning: string): Item[] => [
    item(id.replaceAll('_', ' '), id, 'strong'),
    rateItem(rate),
    countCell(sum),
    item(meaning, meaning, 'dim'),
  ];
  const soft = isMissing(softirqs);
  return [
    {
      kind: 'table',
      id: 'activity',
      columns: [
        { id: 'what', title: '' },
        { id: 'per_second', title: '/s', align: 'right' },
        { id: 'since_boot', title: 'since boot', align: 'right' },
        { id: 'meaning', title: 'meaning' },
      ],
      rows: [
        row(
          'interrupts',
          history.interruptRate,
          total(from => from.interrupts),
          'of all kinds (/proc/stat, intr)',
        ),
        row(
          'softirqs',
          soft ? softirqs : rateOf(softirqs, softTotal),
          soft ? softirqs : softTotal(softirqs.now),
          'work that interrupts put off',
        ),
        row(
          'context_switches',
          history.contextSwitchRate,
          total(from => from.contextSwitches),
          'from one task to another',
        ),
        row(
          'forks',
          history.forkRate,
          total(from => from.forks),
          'new processes and threads',
        ),
      ],
    },
    facts('', undefined, [
      fact(
        'running',
        'Running',
        readingItem(
          total(from => from.running),
          value => numberItem(`${grouped(value)} threads run or could run at once`, value),
          isMissing(stat) ? whyNot(context, '/proc/stat', stat) : undefined,
        ),
      ),
      fact(
        'blocked',
        'Blocked',
        readingItem(
          total(from => from.blocked),
          value => numberItem(`${grouped(value)} threads wait for I/O`, value),
          isMissing(stat) ? whyNot(context, '/proc/stat', stat) : undefined,
        ),
      ),
    ]),
  ];
}

const unread = (context: SystemContext, path: string): Section =>
  facts('', undefined, [
    fact(
      path.slice('/proc/'.length),
      path,
      fileItem(context, path, () => undefined),
    ),
  ]);

export function interruptsPage(context: SystemContext): Page {
  const interrupts = counted(context, '/proc/interrupts', decodeInterrupts);
  const softirqs = counted(context, '/proc/softirqs', decodeInterrupts);
  const online = isMissing(interrupts) ? [] : interrupts.now.cpus;
  const first = !isMissing(interrupts) && isMissing(interrupts.before);
  return {
    sections: [
      ...activity(context, softirqs),
      ...(first ? [note('What happens a second needs a second sample.')] : []),
      ...(isMissing(interrupts) ? [unread(context, '/proc/interrupts')] : interruptSections(context, interrupts)),
      isMissing(softirqs) ? unread(context, '/proc/softirqs') : softirqSection(softirqs, online),
    ],
  };
}
