/** Control bytes in names, arguments, paths and messages as pages write them: one form for all. */

/** Control characters, direction marks, separators of lines, lone surrogates: bytes that are no UTF-8 among them. */
const UNSEEN = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}/gu;
const SHORT: Readonly<Record<number, string>> = { 0: '\\0', 9: '\\t', 10: '\\n' };

/** Visibly: `\n`, `\t`, `\0`, `\x1b`, `\u202e`; `\xff` for a byte that is no UTF-8. */
export const escaped = (exact: string): string =>
  exact.replace(UNSEEN, character => {
    const code = character.charCodeAt(0);
    const short = SHORT[code];
    if (short !== undefined) return short;
    // as a code point it was two bytes of valid UTF-8, as a lone surrogate one byte of none
    if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
    return code >= 0xdc80 && code <= 0xdcff
      ? `\\x${(code & 0xff).toString(16)}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
