/** The machine: its kernel, how it was started, its CPUs, kexec, console, and settings that matter to tasks. */
import { decodeBootOptions } from '../decode/system-files.ts';
import { tablesNote } from '../decode/machine.ts';
import { taintsOf } from '../kernel/taint.ts';
import { bytesText, dateTimeText, durationText, grouped } from '../units/format.ts';
import { NOT_READ } from '../fields/task.ts';
import { isMissing } from '../units/missing.ts';
import type { SystemContext } from './context.ts';
import {
  fact,
  type Fact,
  facts,
  item,
  type Item,
  numberItem,
  type Page,
  readingItem,
  type Section,
} from './document.ts';
import { bootedAt } from './identity.ts';
import { consoleSections } from './system-console.ts';
import { cpuSections } from './system-cpus.ts';
import { fileItem, fileMissing, fileOf, isoTime, whyNot } from './system-source.ts';
import { sysctlSection } from './system-sysctls.ts';
import { lineOf, numberOf } from './task-files.ts';

function taintItem(bytes: Uint8Array): Item | undefined {
  const text = lineOf(bytes);
  if (!/^\d{1,20}$/.test(text)) return undefined;
  const { taints, unknown } = taintsOf(BigInt(text));
  const value = { mask: Number(text), letters: taints.map(({ letter }) => letter) };
  if (taints.length === 0 && unknown === 0n) return item('no', value);
  const words = taints.map(({ letter, meaning }) => `${letter} ${meaning}`);
  if (unknown !== 0n) words.push(`0x${unknown.toString(16)} without a name here`);
  return { ...item(`${text}: ${words.join('; ')}`, value, 'warn'), raw: text };
}

/** Of what the sampler should have read. */
const unread = (context: SystemContext, path: string): Item => fileMissing(context, path, NOT_READ);

function kernelFacts(context: SystemContext): Fact[] {
  const { machine, history } = context;
  const uptime = history.uptimeSeconds;
  const booted = bootedAt(machine);
  const bootedIso = isoTime(booted);
  const decoded = tablesNote(machine);
  return [
    fact('banner', 'Banner', machine.banner === '' ? unread(context, '/proc/version') : item(machine.banner)),
    fact('release', 'Release', item(machine.release.text + (decoded && `, ${decoded}`), machine.release.text)),
    fact(
      'architecture',
      'Architecture',
      item(
        `${machine.architecture || 'unknown'}, pages of ${machine.pageBytes / 1024} KiB, ${machine.ticksPerSecond} ticks a second`,
        machine.architecture || null,
      ),
    ),
    fact(
      'booted',
      'Booted',
      bootedIso === null ? unread(context, '/proc/stat') : item(dateTimeText(booted), bootedIso),
    ),
    fact(
      'uptime_seconds',
      'Uptime',
      Number.isFinite(uptime)
        ? numberItem(`${durationText(uptime)} (${grouped(uptime)} s)`, uptime)
        : unread(context, '/proc/uptime'),
    ),
    fact('load', 'Load', loadItem(context)),
    fact('tainted', 'Tainted', fileItem(context, '/proc/sys/kernel/tainted', taintItem)),
  ];
}

const loadItem = (context: SystemContext): Item =>
  readingItem(
    context.history.load,
    ({ load1, load5, load15, runnableThreads, threads }) =>
      item(
        `${load1.toFixed(2)} ${load5.toFixed(2)} ${load15.toFixed(2)} over 1, 5, 15 minutes; ${grouped(runnableThreads)} of ${grouped(threads)} threads runnable`,
        { load1, load5, load15, runnable_threads: runnableThreads, threads },
      ),
    whyNot(context, '/proc/loadavg', NOT_READ),
  );

/** One option a line: the line is long, and one looks for a word. */
function bootOptions(context: SystemContext): Section[] {
  const bytes = fileOf(context, '/proc/cmdline');
  const { kernel, init } = isMissing(bytes) ? { kernel: [], init: [] } : decodeBootOptions(bytes);
  return [
    {
      kind: 'table',
      id: 'boot_options',
      title: 'Boot command line',
      columns: [{ id: 'option', title: 'option' }],
      rows: kernel.map(option => [item(option)]),
      empty: isMissing(bytes) ? `- (${whyNot(context, '/proc/cmdline', bytes)})` : 'empty',
    },
    {
      kind: 'table',
      id: 'init_options',
      ...(init.length > 0 ? { title: 'For init (behind --)' } : {}),
      columns: [{ id: 'option', title: 'option' }],
      rows: init.map(option => [item(option)]),
    },
  ];
}

function kexecFact(context: SystemContext, id: string, label: string, words: (value: number) => string): Fact {
  const of = fileItem(context, `/sys/kernel/${id}`, bytes => {
    const value = numberOf(bytes);
    return value === undefined ? undefined : numberItem(words(value), value);
  });
  return fact(id, label, of);
}

const kexecSection = (context: SystemContext): Section =>
  facts('kexec', 'kexec', [
    kexecFact(context, 'kexec_loaded', 'Next kernel', value =>
      value === 0 ? 'none is loaded' : 'loaded: a reboot by kexec starts it without the firmware',
    ),
    kexecFact(context, 'kexec_crash_loaded', 'Crash kernel', value =>
      value === 0 ? 'none is loaded: a panic leaves no dump' : 'loaded: it starts at a panic, to save a dump',
    ),
    kexecFact(context, 'kexec_crash_size', 'Reserved for it', value =>
      value === 0 ? 'nothing (crashkernel= on the boot command line)' : `${bytesText(value)} (${grouped(value)} bytes)`,
    ),
  ]);

export const machinePage = (context: SystemContext): Page => ({
  sections: [
    facts('kernel', undefined, kernelFacts(context)),
    ...cpuSections(context),
    sysctlSection(context),
    ...consoleSections(context),
    kexecSection(context),
    ...bootOptions(context),
  ],
});
