/** What an xterm sends for the keys that `src/term/key-names.ts` names. */

const FIXED: Readonly<Record<string, string>> = {
  ...{ enter: '\r', escape: '\x1b', tab: '\t', 'S-tab': '\x1b[Z', backspace: '\x7f', space: ' ', 'C-space': '\0' },
  ...{ up: '\x1b[A', down: '\x1b[B', right: '\x1b[C', left: '\x1b[D', home: '\x1b[H', end: '\x1b[F' },
  ...{ insert: '\x1b[2~', delete: '\x1b[3~', pageup: '\x1b[5~', pagedown: '\x1b[6~' },
  ...{ f1: '\x1bOP', f2: '\x1bOQ', f3: '\x1bOR', f4: '\x1bOS', f5: '\x1b[15~', f6: '\x1b[17~', f7: '\x1b[18~' },
  ...{ f8: '\x1b[19~', f9: '\x1b[20~', f10: '\x1b[21~', f11: '\x1b[23~', f12: '\x1b[24~' },
};

/** @returns the bytes of a key; throws on a name that is none, since a typing error would be a silent test. */
export function keyBytes(name: string): string {
  const fixed = FIXED[name];
  if (fixed !== undefined) return fixed;
  if (/^.$/u.test(name)) return name;
  const control = /^C-([a-z\\\]^_])$/.exec(name);
  if (control) return String.fromCharCode(control[1]!.toUpperCase().charCodeAt(0) & 0x1f);
  if (/^M-.$/u.test(name)) return '\x1b' + name.slice(2);
  const modified = /^((?:[CMS]-)+)(.+)$/.exec(name);
  const plain = modified && FIXED[modified[2]!];
  if (modified && plain) {
    const bits = (modified[1]!.includes('S') ? 1 : 0) + (modified[1]!.includes('M') ? 2 : 0);
    return withModifier(plain, 1 + bits + (modified[1]!.includes('C') ? 4 : 0));
  }
  throw new Error(`no key is called "${name}"`);
}

function withModifier(plain: string, modifier: number): string {
  const letter = /^\x1b[[O]([A-Z])$/.exec(plain);
  if (letter) return `\x1b[1;${modifier}${letter[1]!}`;
  return plain.replace('~', `;${modifier}~`);
}
