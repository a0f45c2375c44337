/** How long tasks waited for CPU, memory, I/O: pressure stall information of the whole machine. */
import { decodeBootOptions, decodePressure, type Pressure } from '../decode/system-files.ts';
import { releaseNumber } from '../kernel/release.ts';
import { durationText } from '../units/format.ts';
import { isMissing, type Missing } from '../units/missing.ts';
import type { SystemContext } from './context.ts';
import { item, type Item, missingItem, numberItem, type Section } from './document.ts';
import { fileOf, whyNot } from './system-source.ts';

interface Resource {
  readonly id: 'cpu' | 'memory' | 'io' | 'irq';
  readonly some: string;
  readonly full: string;
}

const RESOURCES: readonly Resource[] = [
  { id: 'cpu', some: 'a task waited for a CPU', full: 'always 0: has no meaning for the machine as a whole' },
  { id: 'memory', some: 'a task waited for memory', full: 'all tasks waited for memory at once: nothing useful ran' },
  { id: 'io', some: 'a task waited for I/O', full: 'all tasks waited for I/O at once: nothing useful ran' },
  { id: 'irq', some: 'interrupts took time from a task', full: 'interrupts took time from tasks' },
];
const OFF = /^psi=(0|n|no|off|f|false)$/i;

/** Why there is no such file: the release, a boot option, or how the kernel was built. */
function whyNone(context: SystemContext, id: Resource['id'], path: string, reading: Missing): string {
  const release = releaseNumber(context.machine.release);
  const since = id === 'irq' ? '6.1' : '4.20';
  if (release < releaseNumber(since)) return `this kernel does not have it: since Linux ${since}`;
  if (reading.missing !== 'not-in-this-kernel') return whyNot(context, path, reading);
  const cmdline = fileOf(context, '/proc/cmdline');
  const option = isMissing(cmdline) ? undefined : decodeBootOptions(cmdline).kernel.findLast(word => OFF.test(word));
  if (option !== undefined) return `switched off at boot: ${option}`;
  return id === 'irq'
    ? 'this kernel does not have it: needs CONFIG_PSI and CONFIG_IRQ_TIME_ACCOUNTING'
    : 'this kernel does not have it: needs CONFIG_PSI, and psi=1 at boot where CONFIG_PSI_DEFAULT_DISABLED is set';
}

const share = (percent: number): Item => numberItem(percent.toFixed(2), percent, percent === 0 ? 'dim' : 'normal');

function row(id: string, kind: string, { avg10, avg60, avg300, totalUs }: Pressure, meaning: string): Item[] {
  return [
    item(`${id} ${kind}`, `${id}_${kind}`, 'strong'),
    share(avg10),
    share(avg60),
    share(avg300),
    numberItem(durationText(totalUs / 1e6), totalUs, totalUs === 0 ? 'dim' : 'normal'),
    item(meaning, meaning, 'dim'),
  ];
}

function rowsOf(context: SystemContext, { id, some, full }: Resource): Item[][] {
  const path = `/proc/pressure/${id}`;
  const bytes = fileOf(context, path);
  if (isMissing(bytes)) {
    const none = missingItem(bytes, '');
    return [[item(id, id, 'strong'), none, none, none, none, item(whyNone(context, id, path, bytes), null, 'dim')]];
  }
  const pressure = decodePressure(bytes);
  return [
    ...(pressure.some ? [row(id, 'some', pressure.some, some)] : []),
    ...(pressure.full ? [row(id, 'full', pressure.full, full)] : []),
  ];
}

export const pressureSection = (context: SystemContext): Section => ({
  kind: 'table',
  id: 'pressure',
  title: 'Pressure: percent of the last 10, 60, 300 seconds, and time in all',
  columns: [
    { id: 'kind', title: 'pressure' },
    { id: 'avg10', title: '10 s', align: 'right' },
    { id: 'avg60', title: '60 s', align: 'right' },
    { id: 'avg300', title: '300 s', align: 'right' },
    { id: 'total_us', title: 'total', align: 'right' },
    { id: 'meaning', title: 'time in which' },
  ],
  rows: RESOURCES.flatMap(resource => rowsOf(context, resource)),
});
