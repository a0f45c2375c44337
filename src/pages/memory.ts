/** The memory of one task: how much, of what kind, where, and how its addresses walk through the page tables. */
import type { Maps } from '../decode/maps.ts';
import { decodePagemapEntry, type PagemapEntry, pagemapPermission } from '../decode/pagemap.ts';
import { decodeSmapsRollup, SMAPS_KEYS } from '../decode/smaps.ts';
import { statusNumber } from '../decode/pid-status.ts';
import { addressesHidden, hasAddressSpace, NOT_APPLICABLE, NOT_IN_KERNEL } from '../fields/task.ts';
import { addressKind, type LayoutChoice, type PageTableLayout, splitAddress } from '../kernel/page-tables.ts';
import { isBetween } from '../kernel/release.ts';
import { STATUS_KEYS_BY_NAME } from '../kernel/status-keys.ts';
import { bytesText, grouped } from '../units/format.ts';
import { isMissing, type Missing, type Reading } from '../units/missing.ts';
import {
  hexText,
  layoutsOf,
  mapsOf,
  placeItem,
  type Registers,
  registersOf,
  statAddress,
  whyNoMemory,
} from './address.ts';
import { layoutSections } from './address-space.ts';
import type { TaskContext, TaskPageBuilder } from './context.ts';
import {
  fact,
  type Fact,
  facts,
  item,
  type Item,
  missingItem,
  note,
  numberItem,
  type Section,
  type TableColumn,
} from './document.ts';
import { livingContext, livingNote } from './living.ts';
import { fileMissing, type Status, statusOf, whyNot } from './task-files.ts';

/** `VmHWM` → `vm_hwm`. */
const idOf = (key: string): string => key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

/** `  12.3M  what it is`; nothing of it is dim. */
const amountItem = (bytes: number, meaning: string, share = ''): Item =>
  numberItem(`${bytesText(bytes).padStart(6)}  ${share}${meaning}`, bytes, bytes === 0 ? 'dim' : 'normal');

// prettier-ignore
const AMOUNTS = [
  'VmPeak', 'VmSize', 'VmHWM', 'VmRSS', 'RssAnon', 'RssFile', 'RssShmem', 'VmSwap', 'VmData', 'VmStk', 'VmExe', 'VmLib',
  'HugetlbPages', 'VmLck', 'VmPin',
];

/** Words for a line of 80 cells, where those of the tables are longer. */
const SHORT: Readonly<Record<string, string>> = {
  RssShmem: 'resident shared memory and tmpfs',
  VmData: 'private writable data',
  Rss: 'in memory, shared pages in full',
  Pss: 'each page divided by the number of its users',
  Pss_Dirty: 'the dirty part of Pss',
  Pss_Shmem: 'the part of Pss that is shared memory',
  Referenced: 'accessed since the marks were last cleared',
  Anonymous: 'of no file, private copies included',
  Shared_Hugetlb: 'hugetlbfs, mapped more than once',
  Private_Hugetlb: 'hugetlbfs, mapped only here',
  Swap: 'swapped out, shared pages in full',
  SwapPss: 'the same divided by the number of users',
  Locked: 'the locked part of Pss (mlock)',
};

function amountFact(status: Reading<Status>, key: string): Fact {
  const meaning = SHORT[key] ?? STATUS_KEYS_BY_NAME.get(key)?.meaning ?? '';
  const bytes = isMissing(status) ? undefined : statusNumber(status.get(key) ?? '');
  const none = (): Item => missingItem(isMissing(status) ? status : NOT_IN_KERNEL);
  return fact(idOf(key), key, bytes === undefined ? none() : amountItem(bytes, meaning));
}

function amountsSection(context: TaskContext, status: Reading<Status>): Section {
  const { tables } = context.task.machine;
  const known = AMOUNTS.filter(key => {
    const { first, last } = STATUS_KEYS_BY_NAME.get(key)!;
    return isBetween(tables, first, last);
  });
  return facts(
    'amounts',
    'Amounts',
    known.map(key => amountFact(status, key)),
  );
}

/** Entries of 4 bytes make a table smaller than the page it lies in: the kernel counts entries. */
const tableBytes = ({ id, levels }: PageTableLayout): number =>
  (levels.at(-1)?.entries ?? 0) * (id.endsWith('2level') ? 4 : 8);

/** Leaves out layouts whose tables cannot add up to VmPTE. */
function fitting(choice: LayoutChoice, status: Reading<Status>): LayoutChoice {
  const bytes = isMissing(status) ? undefined : statusNumber(status.get('VmPTE') ?? '');
  if (bytes === undefined || choice.certain) return choice;
  const layouts = choice.layouts.filter(layout => bytes % tableBytes(layout) === 0);
  if (layouts.length === 0 || layouts.length === choice.layouts.length) return choice;
  const [size] = layouts.map(tableBytes);
  const reason = `VmPTE, ${grouped(bytes)} bytes, is a sum of tables of ${bytesText(size!)} only`;
  return { layouts, certain: layouts.length === 1, reason };
}

const NOT_COUNTED = ['pgd', 'p4d'];

/** `13 tables of 4.00K (PUD, PMD, PTE)`; for each size that the tables can have. */
function tablesText(bytes: number, { layouts }: LayoutChoice, level: string | undefined): string {
  const sizes = [...new Set(layouts.map(tableBytes))];
  const levels = layouts.map(layout =>
    layout.levels
      .map(of => of.level)
      .filter(name => !NOT_COUNTED.includes(name))
      .join(', '),
  );
  const which = new Set(levels).size === 1 ? levels[0]!.toUpperCase() : 'all levels but the PGD';
  const counts = sizes.map(size => `${grouped(bytes / size)} tables of ${bytesText(size)}`);
  return counts.length === 0 ? '' : `${counts.join(', or ')} (${level ?? which})`;
}

/** Before 4.15 each level had a line of its own. */
function pageTableFact(context: TaskContext, status: Reading<Status>, key: string, choice: LayoutChoice): Fact {
  const bytes = isMissing(status) ? undefined : statusNumber(status.get(key) ?? '');
  if (isMissing(status)) return fact(idOf(key), key, fileMissing(context, 'status', status));
  if (bytes === undefined) return fact(idOf(key), key, missingItem(NOT_IN_KERNEL));
  const level = isBetween(context.task.machine.tables, '4.15', null) ? undefined : key.slice(2);
  const tables = tablesText(bytes, choice, level);
  return fact(idOf(key), key, numberItem(bytesText(bytes) + (tables === '' ? '' : `: ${tables}`), bytes));
}

/** What smaps_rollup counts beside `Rss`: these are no part of it. */
const APART = ['Swap', 'SwapPss', 'Shared_Hugetlb', 'Private_Hugetlb'];

function rollupFacts(keys: ReadonlyMap<string, number>): Fact[] {
  const rss = keys.get('Rss') ?? 0;
  return [...keys].map(([key, bytes]) => {
    const meaning = SHORT[key] ?? SMAPS_KEYS.find(of => of.key === key)?.meaning ?? '';
    const percent = rss > 0 && !APART.includes(key) ? `${((100 * bytes) / rss).toFixed(0)}%` : '';
    return fact(idOf(key), key, amountItem(bytes, meaning, percent.padStart(4) + '  '));
  });
}

function rollupSections(context: TaskContext): Section[] {
  const title = 'Exactly (smaps_rollup), with the share of Rss';
  const bytes = context.dossier.file('smaps_rollup');
  if (isMissing(bytes)) {
    const rss = fact('rss', 'Rss', fileMissing(context, 'smaps_rollup', bytes));
    return [facts('rollup', title, [rss])];
  }
  const keys = decodeSmapsRollup(bytes);
  const batched = isBetween(context.task.machine.release, null, '6.16');
  return [
    facts('rollup', title, rollupFacts(keys)),
    ...(batched
      ? [note('VmRSS and its parts are counted in batches up to 6.16, so a little off; these are not.')]
      : []),
  ];
}

interface NamedAddress {
  /** In JSON, and how stat calls it. */
  readonly id: string;
  readonly name: string;
  readonly address: Reading<bigint>;
  readonly why?: string;
}

const registerAddress = (
  context: TaskContext,
  registers: Reading<Registers>,
  id: string,
  name: string,
  pick: keyof Registers,
): NamedAddress => {
  if (!isMissing(registers)) return { id, name, address: registers[pick] };
  const why = registers.missing === 'not-applicable' ? 'it runs' : whyNot(context, 'syscall', registers);
  return { id, name, address: registers, why };
};

/** Hexadecimal, as typed: with or without 0x. */
export const typedAddress = (text: string): bigint | undefined =>
  /^(?:0x)?[0-9a-f]{1,16}$/i.test(text.trim()) ? BigInt('0x' + text.trim().replace(/^0x/i, '')) : undefined;

function addressesOf(context: TaskContext): NamedAddress[] {
  const { task, address } = context;
  const typed = address === undefined ? undefined : typedAddress(address);
  const own: NamedAddress[] = typed === undefined ? [] : [{ id: 'typed', name: 'as typed', address: typed }];
  if (!hasAddressSpace(task)) return own;
  const registers = registersOf(context);
  const fromStat = (id: string, name: string, n: number): NamedAddress => ({ id, name, address: statAddress(task, n) });
  return [
    ...own,
    registerAddress(context, registers, 'instruction_pointer', 'instruction ptr', 'instructionPointer'),
    registerAddress(context, registers, 'stack_pointer', 'stack pointer', 'stackPointer'),
    fromStat('startcode', 'start of code', 26),
    fromStat('start_brk', 'start of heap', 47),
    fromStat('startstack', 'start of stack', 28),
  ];
}

/** What is marked, and where the page is, as far as we may know. */
function pageWords({ state, flags, swap, hidden }: PagemapEntry): string {
  if (state === 'nothing') return 'never touched, or given back';
  const marks = flags.filter(({ flag, set }) => set && flag.name !== state).map(({ flag }) => flag.name);
  const anonymous = state === 'present' && !marks.includes('file or shared') ? ['anonymous'] : [];
  const slot = swap ? [`area ${swap.area}, slot ${swap.offset}`] : [];
  const secret = hidden ? ['where is hidden: needs CAP_SYS_ADMIN'] : [];
  return [...anonymous, ...marks, ...slot, ...secret].join(', ');
}

/** State, frame and marks of a page. */
function pageItems(context: TaskContext, word: bigint): Item[] {
  const entry = decodePagemapEntry(word, context.task.machine.release);
  const { state, frame, swap, hidden, flags } = entry;
  return [
    item(state, state, state === 'nothing' ? 'dim' : 'normal'),
    frame === undefined ? item('-', null, 'dim') : item(hexText(frame)),
    item(pageWords(entry), {
      ...Object.fromEntries(flags.map(({ flag, set }) => [flag.name.replace(/[ -]/g, '_'), set])),
      swap: swap ? { area: swap.area, offset: String(swap.offset) } : null,
      hidden,
    }),
  ];
}

/** The word of an address's page; `not-applicable`: it is none of the program's. */
function pageWord(
  { task, dossier }: TaskContext,
  address: bigint,
  layout: PageTableLayout | undefined,
): Reading<bigint> {
  const split = layout && splitAddress(address, layout);
  if (split && !(split.half === 'user' && split.inUserRange)) return NOT_APPLICABLE;
  return dossier.word('pagemap', (split?.address ?? address) / BigInt(task.machine.pageBytes));
}

function whyNoPagemap(context: TaskContext, word: Missing): string {
  const { release } = context.task.machine;
  if (word.missing === 'not-applicable') return 'no address of the program';
  const never = word.missing === 'no-permission' && isBetween(release, '4.0', '4.2');
  return never ? pagemapPermission(release) : whyNot(context, 'pagemap', word);
}

const LEVELS = ['pgd', 'p4d', 'pud', 'pmd', 'pte'] as const;

/** An index as wide as the largest of its level. */
const indexText = (index: number, entries: number): string =>
  `0x${index.toString(16).padStart((entries - 1).toString(16).length, '0')}`;

function indexRow(of: NamedAddress, address: bigint, layout: PageTableLayout, levels: readonly string[]): Item[] {
  const split = splitAddress(address, layout);
  const { indexes, offset, hardware, tag } = split;
  const usual = split.half === 'user' && split.inUserRange;
  const remarks = [
    ...(usual ? [] : [addressKind(split, layout)]),
    ...(tag === undefined ? [] : [`tag ${hexText(BigInt(tag))}`]),
    ...(hardware
      ? [`CPU: first level 0x${hardware.first.toString(16)}, second 0x${hardware.second.toString(16)}`]
      : []),
  ];
  return [
    item(of.name, of.id),
    item(layout.id),
    ...levels.map(level => {
      const index = indexes.find(at => at.level === level)?.index;
      const entries = layout.levels.find(at => at.level === level)?.entries;
      return index === undefined || entries === undefined
        ? item('-', null, 'dim')
        : item(indexText(index, entries), index, 'strong');
    }),
    item(indexText(offset, 1 << layout.pageShift), offset),
    item(remarks.join(', '), split.half, usual ? 'dim' : 'warn'),
  ];
}

function indexSection(known: readonly NamedAddress[], { layouts }: LayoutChoice): Section[] {
  if (layouts.length === 0) return [];
  const levels = LEVELS.filter(level => layouts.some(layout => layout.levels.some(of => of.level === level)));
  const rows = known.flatMap(of => {
    const { address } = of;
    return isMissing(address) ? [] : layouts.map(layout => indexRow(of, address, layout, levels));
  });
  const right = (id: string): TableColumn => ({ id, title: id.toUpperCase(), align: 'right' });
  const columns: TableColumn[] = [
    { id: 'of', title: 'of' },
    { id: 'layout', title: 'layout' },
    ...levels.map(right),
    { id: 'offset', title: 'offset', align: 'right' },
    { id: 'half', title: rows.some(row => row.at(-1)!.text !== '') ? 'remark' : '' },
  ];
  return rows.length > 0 ? [{ kind: 'table', id: 'indexes', title: 'Page-table indexes', columns, rows }] : [];
}

const layoutWords = ({ id, vaBits, pageShift }: PageTableLayout): string =>
  `${id} (${vaBits} bits, pages of ${bytesText(1 << pageShift)})`;

function choiceFact({ layouts, certain, reason }: LayoutChoice): Fact {
  const names = layouts.map(layoutWords).join(' or ');
  const text = layouts.length === 0 ? reason : `${names}: ${reason}`;
  return fact(
    'layouts',
    'Layout',
    item(
      text,
      layouts.map(({ id }) => id),
      certain ? 'normal' : 'warn',
    ),
  );
}

function addressSections(context: TaskContext, maps: Reading<Maps>, choice: LayoutChoice): Section[] {
  const { task, address } = context;
  const wrong =
    address !== undefined && typedAddress(address) === undefined
      ? [note(`'${address}' is no address: type up to 16 hexadecimal digits.`, 'warn')]
      : [];
  const all = addressesOf(context);
  if (all.length === 0) return wrong;
  const rows = all.map(({ id, name, address, why }): Item[] => {
    if (isMissing(address)) return [item(name, id), missingItem(address, ''), missingItem(address, why)];
    const place = isMissing(maps) ? missingItem(maps, '') : placeItem(context, maps, address);
    return [item(name, id), item(hexText(address)), place];
  });
  const table: Section = {
    kind: 'table',
    id: 'addresses',
    title: 'Addresses',
    columns: [
      { id: 'of', title: 'of' },
      { id: 'address', title: 'address', align: 'right' },
      { id: 'region', title: 'lies in' },
    ],
    rows,
  };
  const whyNoMaps = isMissing(maps) && hasAddressSpace(task) ? [note(`maps: ${whyNot(context, 'maps', maps)}.`)] : [];
  return [...wrong, table, ...whyNoMaps, ...indexSection(all, choice), ...pageSection(context, all, choice)];
}

function pageSection(context: TaskContext, all: readonly NamedAddress[], { layouts }: LayoutChoice): Section[] {
  if (!hasAddressSpace(context.task)) return [];
  const words = all.flatMap(({ id, name, address }) =>
    isMissing(address) ? [] : [{ id, name, word: pageWord(context, address, layouts[0]) }],
  );
  const why = words.map(({ word }) => word).find(isMissing);
  if (words.every(({ word }) => isMissing(word))) return why ? [note(`pagemap: ${whyNoPagemap(context, why)}.`)] : [];
  const columns: TableColumn[] = [
    { id: 'of', title: 'of' },
    { id: 'state', title: 'page is' },
    { id: 'frame', title: 'frame', align: 'right' },
    { id: 'marks', title: 'marks' },
  ];
  const none = (word: Missing): Item[] => [
    missingItem(word, ''),
    missingItem(word, ''),
    missingItem(word, whyNoPagemap(context, word)),
  ];
  const rows = words.map(({ id, name, word }) => [
    item(name, id),
    ...(isMissing(word) ? none(word) : pageItems(context, word)),
  ]);
  return [{ kind: 'table', id: 'pages', title: 'Their pages (pagemap)', columns, rows }];
}

function pageTableSection(context: TaskContext, status: Reading<Status>, choice: LayoutChoice): Section {
  const { tables } = context.task.machine;
  const keys = ['VmPTE', 'VmPMD'].filter(key => {
    const { first, last } = STATUS_KEYS_BY_NAME.get(key)!;
    return isBetween(tables, first, last);
  });
  const sizes = hasAddressSpace(context.task) ? keys.map(key => pageTableFact(context, status, key, choice)) : [];
  return facts('page_tables', 'Page tables', [...sizes, choiceFact(choice)]);
}

export const memoryPage: TaskPageBuilder = own => {
  const context = livingContext(own);
  const { task, address } = context;
  const maps = mapsOf(context);
  const status = statusOf(context);
  const choice = fitting(layoutsOf(context, maps), status);
  const whyNone = whyNoMemory(task);
  const split = [...addressSections(context, maps, choice), pageTableSection(context, status, choice)];
  if (whyNone !== undefined) return { sections: [note(whyNone), ...(address === undefined ? [] : split)] };
  const sizes = [amountsSection(context, status), ...rollupSections(context)];
  return {
    sections: [
      ...livingNote(context, own),
      ...(addressesHidden(task)
        ? [note(`Addresses are hidden: ${whyNot(context, 'maps', { missing: 'no-permission' })}.`, 'warn')]
        : []),
      ...(address === undefined ? [...sizes, ...split] : [...split, ...sizes]),
      ...layoutSections(context, maps),
    ],
  };
};
