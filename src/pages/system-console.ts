/** What reaches the consoles and the kernel log: log levels, programs that write into it, debug messages switched on. */
import { decodeDynamicDebug } from '../decode/dynamic-debug.ts';
import { LOG_LEVELS } from '../decode/kmsg.ts';
import { type ConsoleLevels, decodeConsoleLevels } from '../decode/printk.ts';
import { grouped } from '../units/format.ts';
import { isMissing, type Missing, type Reading } from '../units/missing.ts';
import type { SystemContext } from './context.ts';
import { fact, type Fact, facts, item, type Item, missingItem, note, numberItem, type Section } from './document.ts';
import { fileItem, fileMissing, fileOf } from './system-source.ts';
import { lineOf } from './task-files.ts';

const PRINTK = '/proc/sys/kernel/printk';

const levelName = (level: number): string => LOG_LEVELS[level]?.name ?? 'debug';

/** Which messages a console gets at a console log level. */
function printed(level: number): string {
  if (level <= 0) return 'nothing is printed';
  if (level >= LOG_LEVELS.length) return 'all messages are printed';
  return level === 1 ? 'only emerg is printed' : `emerg to ${levelName(level - 1)} are printed`;
}

function levelFacts(context: SystemContext): Fact[] {
  const of = (show: (levels: ConsoleLevels) => Item): Item =>
    fileItem(
      context,
      PRINTK,
      bytes => {
        const levels = decodeConsoleLevels(bytes);
        return levels && show(levels);
      },
      'CONFIG_PRINTK',
    );
  const level = (id: string, label: string, pick: (levels: ConsoleLevels) => number, words: (n: number) => string) =>
    fact(
      id,
      label,
      of(levels => numberItem(`${pick(levels)}: ${words(pick(levels))}`, pick(levels))),
    );
  return [
    level('level', 'Level now', ({ current }) => current, printed),
    level(
      'default_level',
      'Default',
      ({ fallback }) => fallback,
      n => `messages without a level count as ${levelName(n)}`,
    ),
    level(
      'minimum_level',
      'Minimum',
      ({ minimum }) => minimum,
      n => `the level cannot be set lower: ${printed(n)}`,
    ),
    level('boot_level', 'At boot', ({ boot }) => boot, printed),
  ];
}

const DEVKMSG: ReadonlyMap<string, string> = new Map([
  ['on', 'programs may write into the kernel log without a limit'],
  ['off', 'what programs write into the kernel log is dropped'],
  ['ratelimit', 'what programs write into the kernel log is limited in rate'],
]);

const devkmsgItem = (word: string): Item => {
  const meaning = DEVKMSG.get(word);
  return item(meaning === undefined ? word : `${word}: ${meaning}`, word);
};

function devkmsgFact(context: SystemContext): Fact {
  const of = fileItem(
    context,
    '/proc/sys/kernel/printk_devkmsg',
    bytes => devkmsgItem(lineOf(bytes)),
    'Linux 4.9 and CONFIG_PRINTK',
  );
  return fact('printk_devkmsg', '/dev/kmsg', of);
}

/** In procfs since 5.7, and in debugfs, which only root may enter. */
const CONTROLS = ['/proc/dynamic_debug/control', '/sys/kernel/debug/dynamic_debug/control'] as const;
const MOST_SITES = 200;

interface Control {
  readonly path: string;
  readonly bytes: Reading<Uint8Array>;
}

function controlOf(context: SystemContext): Control {
  const [first, second] = CONTROLS;
  const bytes = fileOf(context, first);
  return isMissing(bytes) && bytes.missing === 'not-in-this-kernel'
    ? { path: second, bytes: fileOf(context, second) }
    : { path: first, bytes };
}

/** Others than root do not even see whether debugfs has it. */
function debugMissing(context: SystemContext, path: string, reading: Missing): Item {
  const { live, ownUid } = context.machine;
  return path === CONTROLS[1] && live && ownUid !== 0
    ? missingItem(reading, 'needs root and debugfs, or Linux 5.7 with CONFIG_DYNAMIC_DEBUG')
    : fileMissing(context, path, reading);
}

function debugSections(context: SystemContext): { readonly summary: Fact; readonly sections: readonly Section[] } {
  const { path, bytes } = controlOf(context);
  const name = (of: Item): Fact => fact('dynamic_debug', 'Dynamic debug', of);
  if (isMissing(bytes)) return { summary: name(debugMissing(context, path, bytes)), sections: [] };
  const { sites, enabled } = decodeDynamicDebug(bytes);
  const cut = context.dossier.truncated(path) ? ' at least (the file is longer than what was read)' : '';
  const text = `${grouped(enabled.length)} of ${grouped(sites)} debug messages are switched on${cut}`;
  const summary = name(item(text, { sites, enabled: enabled.length }, enabled.length > 0 ? 'warn' : 'normal'));
  if (enabled.length === 0) return { summary, sections: [] };
  const left = enabled.length - MOST_SITES;
  return {
    summary,
    sections: [
      {
        kind: 'table',
        id: 'dynamic_debug_sites',
        title: 'Debug messages that are switched on',
        columns: [
          { id: 'site', title: 'site' },
          { id: 'module', title: 'module', most: 20 },
          { id: 'function', title: 'function', most: 30 },
          { id: 'flags', title: 'flags' },
          { id: 'format', title: 'message' },
        ],
        rows: enabled
          .slice(0, MOST_SITES)
          .map(site => [
            item(site.place),
            item(site.module),
            item(site.function),
            item(`=${site.flags}`, site.flags),
            item(site.format, site.format, 'dim'),
          ]),
      },
      ...(left > 0 ? [note(`${grouped(left)} more are not shown.`)] : []),
    ],
  };
}

export function consoleSections(context: SystemContext): Section[] {
  const debug = debugSections(context);
  return [
    facts('console', 'Console and kernel log', [...levelFacts(context), devkmsgFact(context), debug.summary]),
    ...debug.sections,
  ];
}
