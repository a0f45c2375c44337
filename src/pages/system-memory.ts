/** The memory of the machine with its parts; faults and reclaim per second; pressure. */
import { decodeVmstat } from '../decode/system-files.ts';
import { bytesText, grouped } from '../units/format.ts';
import { isMissing } from '../units/missing.ts';
import type { SystemContext } from './context.ts';
import { item, type Item, missingItem, note, numberItem, type Page, type Section } from './document.ts';
import { HIGHMEM_KEYS, MEMINFO_KEYS, type MeminfoKey } from './meminfo-keys.ts';
import { cellOf, decimals } from './numbers.ts';
import { pressureSection } from './system-pressure.ts';
import { type Counted, counted, rateOf, whyNot } from './system-source.ts';
import { VMSTAT_COUNTERS, type VmstatCounter, vmstatTotal } from './vmstat-counters.ts';

function memoryRow({ history }: SystemContext, { key, meaning, part, count }: MeminfoKey): Item[] | undefined {
  const value = history.memory(key);
  if (isMissing(value)) return undefined;
  const total = history.memory('MemTotal');
  const tone = value === 0 ? 'dim' : 'normal';
  // swap, address space and promises are no part of the memory
  const isShare = count !== true && !/^(Swap(Total|Free)|Zswapped|Commit|Vmalloc|Hugepagesize)/.test(key);
  const percent = isShare && !isMissing(total) && total > 0 ? (value * 100) / total : undefined;
  return [
    item((part ? '  ' : '') + key, key, part ? 'normal' : 'strong'),
    numberItem(count ? grouped(value) : bytesText(value), value, tone),
    percent === undefined ? item('', null) : numberItem(percent.toFixed(1), percent, tone),
    item(meaning, meaning, 'dim'),
  ];
}

function memoryTable(
  context: SystemContext,
  id: string,
  title: string | undefined,
  keys: readonly MeminfoKey[],
): Section {
  return {
    kind: 'table',
    id,
    ...(title === undefined ? {} : { title }),
    columns: [
      { id: 'name', title: 'meminfo' },
      { id: 'value', title: 'size', align: 'right' },
      { id: 'percent', title: '%', align: 'right' },
      { id: 'meaning', title: 'meaning' },
    ],
    rows: keys.map(key => memoryRow(context, key)).filter(row => row !== undefined),
  };
}

function memorySections(context: SystemContext): Section[] {
  const { history } = context;
  if (isMissing(history.memory('MemTotal'))) return [note('/proc/meminfo was not read.')];
  const absent = MEMINFO_KEYS.filter(({ key }) => isMissing(history.memory(key))).map(({ key }) => key);
  const high = isMissing(history.memory('HighTotal'))
    ? []
    : [
        memoryTable(context, 'high_memory', 'High memory', HIGHMEM_KEYS),
        note(
          'This kernel has not enough addresses to map all memory at once. When low memory runs out, ' +
            'its own allocations fail although high memory is free.',
        ),
      ];
  return [
    memoryTable(context, 'meminfo', undefined, MEMINFO_KEYS),
    ...(absent.length > 0 ? [note(`Not in this kernel: ${absent.join(', ')}.`)] : []),
    ...high,
  ];
}

type Vmstat = Counted<ReadonlyMap<string, number>>;

function vmstatRow(vmstat: Vmstat, counter: VmstatCounter): Item[] {
  const total = vmstatTotal(vmstat.now, counter);
  const none = { missing: 'not-in-this-kernel' } as const;
  const rate = rateOf(vmstat, from => vmstatTotal(from, counter));
  const trouble = (value: number): 'dim' | 'bad' | 'normal' =>
    value === 0 ? 'dim' : counter.trouble === true ? 'bad' : 'normal';
  return [
    item(counter.title, counter.id, 'strong'),
    cellOf(rate, value => numberItem(decimals(value), value, trouble(value))),
    total === undefined ? missingItem(none, '') : numberItem(grouped(total), total, trouble(total)),
    item(counter.meaning, counter.meaning, 'dim'),
  ];
}

function vmstatSections(context: SystemContext): Section[] {
  const vmstat = counted(context, '/proc/vmstat', decodeVmstat);
  if (isMissing(vmstat)) return [note(`/proc/vmstat: ${whyNot(context, '/proc/vmstat', vmstat)}.`)];
  return [
    {
      kind: 'table',
      id: 'vmstat',
      title: 'Faults and reclaim',
      columns: [
        { id: 'counter', title: 'counter' },
        { id: 'per_second', title: '/s', align: 'right' },
        { id: 'total', title: 'since boot', align: 'right' },
        { id: 'meaning', title: 'meaning' },
      ],
      rows: VMSTAT_COUNTERS.map(counter => vmstatRow(vmstat, counter)),
    },
    ...(isMissing(vmstat.before) ? [note('What happens a second needs a second sample.')] : []),
  ];
}

export const memoryPage = (context: SystemContext): Page => ({
  sections: [...memorySections(context), ...vmstatSections(context), pressureSection(context)],
});
