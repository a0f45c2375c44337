/** JSON that a terminal may be shown: `cat` of a hostile name does nothing there, and a parser gets every character. */

/**
 * DEL and C1 (0x9b begins an escape sequence), marks of direction, what has no width, separators of lines: JSON.stringify leaves
 * them as they are, and writes C0 and lone surrogates as escapes. In JSON they can only stand within a text.
 */
const LEFT_RAW =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]/g;

/** JSON.stringify, harmless; still the same value for who parses it. */
export const jsonText = (value: unknown, indent?: number): string =>
  JSON.stringify(value, undefined, indent).replace(
    LEFT_RAW,
    character => '\\u' + character.charCodeAt(0).toString(16).padStart(4, '0'),
  );
