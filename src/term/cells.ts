/**
 * Text into cells. Whatever a task calls itself, no control character, direction mark or zero-width character goes to
 * the terminal from here: this is the last gate before the screen, and it does not rely on what others cleaned before.
 */
import { asciiGlyph, cellWidth } from '../units/text.ts';

/** Takes one character and the cells it covers. */
export type CellSink = (character: string, width: 1 | 2) => void;

/** C0, DEL and C1; line and paragraph separators; code points that are no characters. */
function isControl(code: number): boolean {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0x2028 || code === 0x2029;
}

/**
 * Characters without a cell of their own: marks, joiners, selectors, direction marks, fillers, tags. Vowels and finals
 * of conjoining Hangul are among them, because terminals join them to the syllable before.
 */
const WIDTHLESS = /[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}\u1160-\u11ff\ud7b0-\ud7ff]/u;
const SOFT_HYPHEN = 0xad;
const REPLACEMENT = '\ufffd';

/** Is it printable ASCII alone? */
export function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}

/** Latin, the ellipsis; lines and blocks; braille, of which graphs are made. */
const isNarrow = (code: number): boolean =>
  code < 0x2500
    ? (code > 0xa0 && code < 0x180 && code !== SOFT_HYPHEN) || code === 0x2026
    : code < 0x25a0 || (code >= 0x2800 && code < 0x2900);

/** Is each of its code units a character of one cell, on every terminal? */
export function isSimple(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code < 0x20 || code > 0x7e) && !isNarrow(code)) return false;
  }
  return true;
}

/**
 * Gives the characters of `text` one by one, made harmless. A wide character is given once, with width 2; in ASCII mode
 * it becomes two question marks, so that columns computed for Unicode hold.
 */
export function eachCell(text: string, ascii: boolean, sink: CellSink): void {
  if (isPlain(text)) {
    for (let i = 0; i < text.length; i++) sink(text[i]!, 1);
    return;
  }
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code >= 0x20 && code < 0x7f) sink(character, 1);
    else if (isControl(code)) sink(ascii ? '.' : '·', 1);
    else if (isNoCharacter(code)) sink(ascii ? '?' : REPLACEMENT, 1);
    else if (code === SOFT_HYPHEN || (code >= 0x300 && WIDTHLESS.test(character))) continue;
    else if (ascii) asciiCell(character, code, sink);
    else sink(character, cellWidth(code));
  }
}

/** Lone surrogates, and the code points that Unicode reserves for never being characters. */
function isNoCharacter(code: number): boolean {
  return (code >= 0xd800 && code < 0xe000) || (code & 0xfffe) === 0xfffe || (code >= 0xfdd0 && code < 0xfdf0);
}

function asciiCell(character: string, code: number, sink: CellSink): void {
  sink(asciiGlyph(character), 1);
  if (cellWidth(code) === 2) sink('?', 1);
}

/**
 * Whether terminals may disagree on this character's width: wide ones (older tables), emoji and symbols that some draw
 * as such, scripts that are shaped, icon fonts. After these the cursor is placed anew, so that the columns hold.
 */
export function isUncertain(code: number, width: 1 | 2): boolean {
  if (width === 2 || code > 0xffff) return true;
  return code >= 0x2600 && (code < 0x2800 || code >= 0x2e00); // between them: braille
}
