/** The pages of one captured process as the monitor shows them, for comparison with what is checked in. */
import fs from 'node:fs';
import { divide } from '../../src/app/frame.ts';
import { TASK_PAGES } from '../../src/keys/keys.ts';
import { FakeDossier, type DossierParts } from './dossier.ts';
import { fixture } from './paths.ts';
import { Monitor } from './monitor.ts';
import { statTexts } from '../../src/decode/pid-stat.ts';
import { STAT_FIELDS } from '../../src/kernel/stat-fields.ts';

interface Captured {
  readonly pid: number;
  readonly files: Readonly<Record<string, string | { readonly missing: 'not-in-this-kernel' }>>;
  readonly links: Readonly<Record<string, string>>;
}

// the clock of the pages is local time
process.env['TZ'] = 'UTC';

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, character => character.charCodeAt(0));

/** The values of a stat line by name, every digit, as the pushed model takes them. */
function valuesOf(line: string): Record<string, string> {
  const texts = statTexts(line)!;
  return Object.fromEntries(STAT_FIELDS.map(({ n, name }) => [name, texts[n - 1]!]));
}

/** A python process with four threads, a socket that listens, a lock, and signals caught and ignored. */
export function capturedMonitor(columns: number, lines: number): Monitor {
  const { pid, files, links } = JSON.parse(fs.readFileSync(fixture('dossier.json'), 'utf8')) as Captured;
  const parts: DossierParts = {
    files: Object.fromEntries(
      Object.entries(files).map(([path, content]) => [path, typeof content === 'string' ? latin1(content) : content]),
    ),
    links,
  };
  const monitor = new Monitor();
  monitor.columns = columns;
  monitor.lines = lines;
  monitor.dossier = new FakeDossier(parts);
  const text = (name: string): string => {
    const content = files[name];
    return typeof content === 'string' ? content : '';
  };
  const task = { ...valuesOf(text('stat')), pid };
  monitor.sample([task]).sample([task]);
  for (const name of ['status', 'wchan', 'cmdline', 'cgroup'] as const)
    monitor.pushed.file(pid, name, text(name), monitor.ms);
  return monitor;
}

/** All pages, one screen each, without the header, which is the same on all. */
export function pageScreens(columns: number, lines: number): string {
  const monitor = capturedMonitor(columns, lines).press('enter');
  const body = (key: string): string => {
    const { header } = divide(monitor.press(key).scene);
    const shown = monitor.screen.slice(header.length);
    return shown.map(line => line.trimEnd()).join('\n');
  };
  return TASK_PAGES.map(({ keys }) => body(keys[0])).join('\n\f\n') + '\n';
}

export const GOLDEN_SIZES = [
  [80, 24],
  [120, 40],
] as const;
export const goldenFile = (columns: number, lines: number): string => fixture(`golden/pages-${columns}x${lines}.txt`);
