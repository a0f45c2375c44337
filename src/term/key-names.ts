/**
 * Names of keys, whatever terminal they were pressed on.
 *
 * A printable character is its own name (`a`, `P`, `?`, `é`, `🐢`). Others are `space enter escape tab backspace delete
 * insert up down left right pageup pagedown home end f1`…`f12`. Modifiers come before, in the order `C-M-S-`: `C-a`,
 * `C-left`, `M-x`, `S-up`, `S-tab`, `C-S-end`. Shift with a character is that character (`A`), never `S-a`.
 */

const CONTROL_NAMES: ReadonlyMap<number, string> = new Map([
  [0x00, 'C-space'],
  [0x08, 'backspace'],
  [0x09, 'tab'],
  [0x0a, 'enter'],
  [0x0d, 'enter'],
  [0x1b, 'escape'],
  [0x20, 'space'],
  [0x7f, 'backspace'],
]);

/** The name of what a single character says; undefined for characters that are no key. */
export function characterName(character: string): string | undefined {
  const code = character.codePointAt(0)!;
  const control = CONTROL_NAMES.get(code);
  if (control !== undefined) return control;
  if (code < 0x20) return 'C-' + String.fromCharCode(code + 0x40).toLowerCase();
  // C1, and what was no UTF-8
  if ((code >= 0x80 && code < 0xa0) || code === 0xfffd || (code >= 0xd800 && code < 0xe000)) return undefined;
  return character;
}

const SHIFT = 1;
const ALT = 2;
const CONTROL = 4;

/** Modifiers as xterm counts them: 1 plus a bit for each. */
function withModifiers(name: string, parameter: string | undefined): string {
  const bits = Math.max(0, Number(parameter ?? 1) - 1);
  return `${bits & CONTROL ? 'C-' : ''}${bits & ALT ? 'M-' : ''}${bits & SHIFT ? 'S-' : ''}${name}`;
}

/** Final characters of CSI and SS3 sequences. */
const FINALS: Readonly<Record<string, string>> = {
  ...{ A: 'up', B: 'down', C: 'right', D: 'left', F: 'end', H: 'home' },
  ...{ P: 'f1', Q: 'f2', R: 'f3', S: 'f4' },
};
/** Numbers of `CSI n ~`; from 25 on the keys that consoles send for Shift and a function key. */
const TILDES: Readonly<Record<string, string>> = {
  ...{ 1: 'home', 2: 'insert', 3: 'delete', 4: 'end', 5: 'pageup', 6: 'pagedown', 7: 'home', 8: 'end' },
  ...{ 11: 'f1', 12: 'f2', 13: 'f3', 14: 'f4', 15: 'f5', 17: 'f6', 18: 'f7', 19: 'f8', 20: 'f9', 21: 'f10' },
  ...{ 23: 'f11', 24: 'f12' },
  ...{ 25: 'S-f1', 26: 'S-f2', 28: 'S-f3', 29: 'S-f4', 31: 'S-f5', 32: 'S-f6', 33: 'S-f7', 34: 'S-f8' },
};
/** The Linux console's F1 to F5: `CSI [ A` … `CSI [ E`. */
const CONSOLE_KEYS: Readonly<Record<string, string>> = { A: 'f1', B: 'f2', C: 'f3', D: 'f4', E: 'f5' };
/** rxvt's arrows with Shift (CSI) and with Control (SS3). */
const RXVT_ARROWS: Readonly<Record<string, string>> = { a: 'up', b: 'down', c: 'right', d: 'left' };
const RXVT_ENDINGS: Readonly<Record<string, string>> = { $: 'S-', '^': 'C-', '@': 'C-S-' };

/** The key of a CSI sequence, given without `ESC [`; undefined if it is none. */
export function csiKey(sequence: string): string | undefined {
  if (sequence.startsWith('[')) return CONSOLE_KEYS[sequence.slice(1)];
  const form = /^([\d;:]*)([$^@A-Za-z~])$/.exec(sequence);
  if (!form) return undefined; // answers and reports: CSI ? … c, CSI < … M, CSI … $ y
  const parameters = form[1]!.split(';');
  const [first = '', modifiers] = parameters;
  const final = form[2]!;
  // CSI 1 ; 2 : 3 A: the third number behind a colon says that the key was released
  const [modifier, event] = modifiers?.split(':') ?? [];
  if (event === '3') return undefined;
  if (final === '~' && first === '27') return codeKey(Number(parameters[2] ?? 0), modifier);
  if (final === '~') return TILDES[first] && withModifiers(TILDES[first], modifier);
  if (final === 'u') return codeKey(Number(first.split(':')[0]), modifier);
  if (final === 'Z') return 'S-tab';
  if (final in RXVT_ENDINGS) return TILDES[first] && RXVT_ENDINGS[final]! + TILDES[first];
  if (first === '' && final in RXVT_ARROWS) return 'S-' + RXVT_ARROWS[final]!;
  if (first !== '' && first !== '1') return undefined; // cursor and window reports
  return FINALS[final] && withModifiers(FINALS[final], modifier);
}

/** The keypad in its application mode. */
const KEYPAD: Readonly<Record<string, string>> = {
  ...{ ' ': 'space', I: 'tab', M: 'enter', X: '=', j: '*', k: '+', l: ',', m: '-', n: '.', o: '/' },
  ...{ p: '0', q: '1', r: '2', s: '3', t: '4', u: '5', v: '6', w: '7', x: '8', y: '9' },
};

/** The key of an SS3 sequence, given without `ESC O`. */
export function ss3Key(sequence: string): string | undefined {
  const final = sequence.at(-1)!;
  if (final in RXVT_ARROWS) return 'C-' + RXVT_ARROWS[final]!;
  const name = FINALS[final] ?? KEYPAD[final];
  return name && withModifiers(name, sequence.length > 1 ? sequence.slice(0, -1) : undefined);
}

/** Keys that the kitty protocol counts in the private use area: the keypad. */
const KITTY_KEYPAD = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.', '/', '*', '-', '+', 'enter', '=', ','];
const KITTY_MOVES = ['left', 'right', 'up', 'down', 'pageup', 'pagedown', 'home', 'end', 'insert', 'delete'];

/** A key by its code point (CSI u, and xterm's modifyOtherKeys). */
function codeKey(code: number, modifier: string | undefined): string | undefined {
  if (code >= 57399 && code < 57417) return KITTY_KEYPAD[code - 57399];
  if (code >= 57417 && code < 57427) return withModifiers(KITTY_MOVES[code - 57417]!, modifier);
  if (!(code > 0 && code <= 0x10ffff) || (code >= 0xe000 && code < 0xf900)) return undefined;
  const name = characterName(String.fromCodePoint(code));
  if (name === undefined) return undefined;
  const bits = Math.max(0, Number(modifier ?? 1) - 1);
  const isCharacter = name === 'space' || name === String.fromCodePoint(code);
  if (!isCharacter) return withModifiers(name, modifier);
  // Control makes no difference between a and A; without it, Shift is in the character.
  if (bits & CONTROL) return withModifiers(name.toLowerCase(), String(1 + (bits & (CONTROL | ALT))));
  const shifted = bits & SHIFT && name !== 'space' ? name.toUpperCase() : name;
  return withModifiers(shifted, String(1 + (bits & ALT)));
}
