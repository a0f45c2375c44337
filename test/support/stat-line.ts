/** Stat lines as the kernel writes them, from the few values that a test is about. */
import { STAT_FIELDS } from '../../src/kernel/stat-fields.ts';

const DEFAULTS: Readonly<Record<string, number | string>> = {
  state: 'S',
  ppid: 1,
  tpgid: -1,
  flags: 0x400000,
  priority: 20,
  num_threads: 1,
  start_time: 100,
  vsize: 4096000,
  rss: 100,
  rsslim: '18446744073709551615',
  startcode: 4194304,
  exit_signal: 17,
};

export type Values = Readonly<Record<string, number | string>>;

/** Values by field id; `fields` is 52, 47 or 44. */
export function statText(values: Values, fields = 52): string {
  const unknown = Object.keys(values).filter(name => !STAT_FIELDS.some(field => field.name === name));
  if (unknown.length > 0) throw new Error(`no stat field ${unknown.join(', ')}`);
  const words = STAT_FIELDS.slice(0, fields).map(({ name }) => {
    const value = values[name] ?? DEFAULTS[name] ?? 0;
    return name === 'comm' ? `(${value || 'task'})` : String(value);
  });
  return words.join(' ') + '\n';
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
/** Code points 0…255 as the bytes of the same numbers. */
export const rawBytes = (text: string): Uint8Array => Uint8Array.from(text, character => character.charCodeAt(0));

export const statBytes = (values: Values, fields = 52): Uint8Array => bytes(statText(values, fields));
