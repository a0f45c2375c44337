/** The names that the files of these tests may use. */
import type { Known } from '../../src/config/config.ts';

export const KNOWN: Known = {
  columns: ['pid', 'user', 'cpu_percent', 'maj_flt_rate', 'command', 'status.VmSwap'],
  themes: ['default', 'dark', 'mono'],
  keyMaps: ['htop', 'top', 'vim'],
  layouts: ['auto', 'compact'],
  tones: ['normal', 'dim', 'warn', 'bad'],
  highlights: ['dim', 'warn', 'bad'],
  filterError: text => (/^[\w. =<>~"']*$/.test(text) ? undefined : `at ${text.search(/[^\w. =<>~"']/) + 1}: no sign`),
  findingError: table => {
    const { when } = table as Readonly<Record<string, unknown>>;
    return when === undefined ? { key: undefined, message: 'has no when' } : known(when);
  },
};

const known = (when: unknown) => (when === 'x' ? undefined : { key: 'when', message: 'cannot be that' });
