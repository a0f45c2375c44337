/**
 * Text that came out of the kernel or of a program's mouth, on its way to a screen.
 *
 * A process may call itself anything: escape sequences, bytes that are no UTF-8, right-to-left marks. Inside the
 * program such text is exact: bytes that are no UTF-8 are lone surrogates U+DC80…U+DCFF (as Python's
 * `surrogateescape`), so that JSON gets every byte back. Nothing of it reaches a terminal before {@link harmless}.
 */
import { eastAsianWidth } from 'get-east-asian-width';

const PLAIN = /^[\x20-\x7e]*$/;
const ASCII = /^[\x00-\x7f]*$/;

/**
 * The same text as a screen may show it: control characters, direction marks and invalid bytes as `·`, what has no
 * width left out. Every remaining code point is one or two cells wide.
 */
export function harmless(text: string): string {
  if (PLAIN.test(text)) return text;
  if (ASCII.test(text)) return text.replace(/[\x00-\x1f\x7f]/g, '·');
  // written here, because making them takes 2 ms, of which most calls of `--once` have no need
  return (
    text
      // C0, DEL, C1; marks that change direction; separators of lines; lone surrogates: each becomes one visible cell
      .replace(
        /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}/gu,
        '·',
      )
      // code points without a cell of their own, the same as at the terminal's gate: marks, joiners, selectors, tags, joining Hangul
      .replace(/[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}\u1160-\u11ff\ud7b0-\ud7ff]/gu, '')
  );
}

/** Cells that one code point of {@link harmless} text takes: 1 or 2. */
export function cellWidth(codePoint: number): 1 | 2 {
  if (codePoint < 0x300) return 1;
  return eastAsianWidth(codePoint) === 2 ? 2 : 1;
}

/** Our own glyphs where only ASCII can be shown. */
const ASCII_GLYPHS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ '·': '.', '…': '~', '●': '*', '○': 'o', '■': '#', '□': '.', '×': 'x', '−': '-', '–': '-', '—': '-', µ: 'u' },
    ...{ '▲': '^', '▼': 'v', '▸': '>', '▾': 'v', '▶': '>', '◀': '<', '✓': '+', '✗': 'x', '≥': '>' },
    ...{ '›': '>', '‹': '<', '»': '>', '«': '<' },
    ...{ '↑': '^', '↓': 'v', '→': '>', '←': '<', '‘': "'", '’': "'", '“': '"', '”': '"', '\u00a0': ' ' },
    ...{ '│': '|', '─': '-', '┌': '+', '┐': '+', '└': '+', '┘': '+', '├': '+', '┤': '+', '┬': '+', '┴': '+', '┼': '+' },
    ...{ '╭': '+', '╮': '+', '╰': '+', '╯': '+', '━': '=', '═': '=', '┃': '|', '║': '|' },
    ...{ '▁': '_', '▂': '.', '▃': ':', '▄': '-', '▅': '=', '▆': '+', '▇': '*', '█': '#', '░': '.', '▒': ':', '▓': '%' },
  }),
);

/** One ASCII character for any other. */
export const asciiGlyph = (character: string): string => ASCII_GLYPHS.get(character) ?? '?';

/** A text for a place that takes only ASCII; wide characters become two, so that columns hold. */
export function asciiText(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(/[^\x00-\x7f]/gu, character =>
    asciiGlyph(character).padEnd(cellWidth(character.codePointAt(0)!), '?'),
  );
}

/** Cells that a harmless text takes. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += cellWidth(character.codePointAt(0)!);
  return width;
}

/** A harmless text cut to `width` cells; a cut is marked by `…` where there is room for it. */
export function fit(text: string, width: number): string {
  if (text.length <= width && (PLAIN.test(text) || textWidth(text) <= width)) return text;
  if (PLAIN.test(text)) return width > 1 ? text.slice(0, width - 1) + '…' : text.slice(0, width);
  if (textWidth(text) <= width) return text;
  let out = '';
  let used = 0;
  for (const character of text) {
    const cells = cellWidth(character.codePointAt(0)!);
    if (used + cells > width - 1) break;
    out += character;
    used += cells;
  }
  return width > 0 ? out + '…' : '';
}

/** A harmless text filled with blanks to `width` cells (and cut, if longer). */
export function pad(text: string, width: number, align: 'left' | 'right'): string {
  const cut = fit(text, width);
  const blanks = ' '.repeat(Math.max(0, width - textWidth(cut)));
  return align === 'right' ? blanks + cut : cut + blanks;
}
