/**
 * The themes that come with the program, and the colours that they are made of. With 8 and 16 colours only the first
 * eight and the terminal's own two are used (but for `high-contrast`): what lies behind 8 to 15 differs from palette to
 * palette, down to text in the colour of the background. Black text is never bold: there terminals take grey for it.
 */
import type { Tone } from '../view/cells.ts';

export interface Style {
  /** Foreground and background: 0…15 of the terminal's own palette. Absent: those of `normal`, else the terminal's. */
  readonly fg?: number;
  readonly bg?: number;
  /** Used in place of `fg`, `bg` where there are 256 colours: 16…255 look the same on every terminal. */
  readonly fg256?: number;
  readonly bg256?: number;
  readonly bold?: boolean;
  readonly underline?: boolean;
  readonly reverse?: boolean;
}

/** What each meaning looks like. */
export type Theme = Readonly<Record<Tone, Style>>;

/** For any background: hues are the terminal's own, which its owner has made readable. */
const DEFAULT: Theme = {
  normal: {},
  dim: { fg256: 244 },
  strong: { bold: true },
  title: { fg: 6, bold: true },
  header: { fg: 0, bg: 2 },
  selected: { reverse: true },
  bar: { fg: 0, bg: 6 },
  key: { fg: 3, bold: true },
  good: { fg: 2 },
  warn: { fg: 3, bold: true },
  bad: { fg: 1, fg256: 196, bold: true, underline: true },
  changed: { fg: 6, underline: true },
};

/** For dark backgrounds: quieter, with 256 colours. */
const DARK: Theme = {
  normal: {},
  dim: { fg256: 245 },
  strong: { bold: true },
  title: { fg: 6, fg256: 80, bold: true },
  header: { fg: 0, bg: 2, fg256: 255, bg256: 24 },
  selected: { fg256: 153, bg256: 16, reverse: true },
  bar: { fg: 0, bg: 6, fg256: 252, bg256: 237 },
  key: { fg: 3, fg256: 222, bold: true },
  good: { fg: 2, fg256: 114 },
  warn: { fg: 3, fg256: 215, bold: true },
  bad: { fg: 1, fg256: 203, bold: true, underline: true },
  changed: { fg: 6, fg256: 117, underline: true },
};

/** For light backgrounds, on which yellow, green and cyan cannot be read. */
const LIGHT: Theme = {
  normal: {},
  dim: { fg256: 242 },
  strong: { bold: true },
  title: { fg: 4, fg256: 24, bold: true },
  header: { fg: 7, bg: 4, fg256: 231, bg256: 24 },
  selected: { fg256: 25, bg256: 231, reverse: true },
  bar: { fg: 0, bg: 7, fg256: 16, bg256: 252 },
  key: { fg: 5, fg256: 90, bold: true },
  good: { fg: 4, fg256: 28 },
  warn: { fg: 5, fg256: 130, bold: true },
  bad: { fg: 1, fg256: 160, bold: true, underline: true },
  changed: { fg: 4, fg256: 25, underline: true },
};

/** White on black whatever the terminal has; every pair with a contrast of 7 or more. */
const HIGH_CONTRAST: Theme = {
  normal: { fg: 7, bg: 0, fg256: 231, bg256: 16 },
  dim: {},
  strong: { bold: true },
  title: { bold: true, underline: true },
  header: { fg: 0, bg: 6, fg256: 16, bg256: 231 },
  selected: { fg256: 226, reverse: true },
  bar: { fg: 15, bg: 4, fg256: 231, bg256: 18 },
  key: { fg: 11, fg256: 226, bold: true },
  good: { fg: 10, fg256: 46 },
  warn: { fg: 11, fg256: 214, bold: true },
  bad: { fg: 15, bg: 1, fg256: 231, bg256: 124, bold: true, underline: true },
  changed: { fg: 14, fg256: 51, underline: true },
};

/** For who sees red and green alike: blue against orange, and the worst as a block that stands out by its lightness. */
const COLOUR_BLIND: Theme = {
  normal: {},
  dim: { fg256: 244 },
  strong: { bold: true },
  title: { fg: 6, fg256: 32, bold: true },
  header: { fg: 0, bg: 6, fg256: 231, bg256: 24 },
  selected: { reverse: true },
  bar: { fg: 7, bg: 4, fg256: 231, bg256: 239 },
  key: { fg: 3, fg256: 136, bold: true },
  good: { fg: 6, fg256: 32 },
  warn: { fg: 3, fg256: 166, bold: true },
  bad: { fg: 0, bg: 3, fg256: 16, bg256: 214, underline: true },
  changed: { fg: 6, fg256: 32, underline: true },
};

/** Without colours: what looks alike here is told apart by its text or its place. */
const MONO: Theme = {
  normal: {},
  dim: {},
  strong: { bold: true },
  title: { bold: true },
  header: { bold: true, underline: true },
  selected: { reverse: true },
  // not reversed: the cursor of the prompt stands in it
  bar: { underline: true },
  key: { bold: true },
  good: {},
  warn: { bold: true },
  bad: { bold: true, underline: true },
  changed: { underline: true },
};

export const THEMES = {
  default: DEFAULT,
  dark: DARK,
  light: LIGHT,
  'high-contrast': HIGH_CONTRAST,
  'colour-blind': COLOUR_BLIND,
  mono: MONO,
} as const satisfies Readonly<Record<string, Theme>>;

/** Red, green, blue: 0…255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** What xterm shows for 0…15 unless it is told otherwise. */
// prettier-ignore
const FIRST_16: readonly Rgb[] = [
  [0, 0, 0], [205, 0, 0], [0, 205, 0], [205, 205, 0], [0, 0, 238], [205, 0, 205], [0, 205, 205], [229, 229, 229],
  [127, 127, 127], [255, 0, 0], [0, 255, 0], [255, 255, 0], [92, 92, 255], [255, 0, 255], [0, 255, 255], [255, 255, 255],
];

const cube = (step: number): number => (step === 0 ? 0 : 55 + step * 40);

/** The colour behind a palette number 0…255: exact from 16 on (xterm's cube of 6 × 6 × 6 and 24 greys). */
export function rgbOf(index: number): Rgb {
  const first = FIRST_16[index];
  if (first) return first;
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return [grey, grey, grey];
  }
  const at = index - 16;
  return [cube(Math.floor(at / 36)), cube(Math.floor(at / 6) % 6), cube(at % 6)];
}
