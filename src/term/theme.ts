/**
 * Themes: what a meaning looks like. A theme is data; colours are palette numbers, because a cell of blessed holds nine
 * bits a colour. No meaning rests on colour alone: without colours every theme becomes `mono`.
 */
import type { Tone } from '../view/cells.ts';
import type { Depth } from './environment.ts';

export interface Style {
  /** Foreground and background: 0…15 of the terminal's own palette. Absent: the terminal's default. */
  readonly fg?: number;
  readonly bg?: number;
  /** Used in place of `fg`, `bg` where there are 256 colours: 16…255 look the same on every terminal. */
  readonly fg256?: number;
  readonly bg256?: number;
  readonly bold?: boolean;
  readonly underline?: boolean;
  readonly reverse?: boolean;
}
export type Theme = Readonly<Record<Tone, Style>>;

const DEFAULT: Theme = {
  normal: {},
  dim: { fg: 8, fg256: 244 },
  strong: { bold: true },
  title: { fg: 6, bold: true },
  header: { fg: 0, bg: 2 },
  selected: { reverse: true },
  bar: { fg: 0, bg: 6 },
  key: { fg: 3, bold: true },
  good: { fg: 2 },
  warn: { fg: 3, bold: true },
  bad: { fg: 1, fg256: 203, bold: true, underline: true },
  changed: { fg: 6, underline: true },
};

const MONO: Theme = {
  normal: {},
  dim: {},
  strong: { bold: true },
  title: { bold: true },
  header: { bold: true, underline: true },
  selected: { reverse: true },
  bar: { reverse: true },
  key: { bold: true },
  good: {},
  warn: { bold: true },
  bad: { bold: true, underline: true },
  changed: { underline: true },
};

const THEMES = { default: DEFAULT, mono: MONO } as const satisfies Record<string, Theme>;
export type ThemeName = keyof typeof THEMES;
/** For `--theme` and the settings page. */
export const THEME_NAMES = Object.keys(THEMES) as readonly ThemeName[];

export function isThemeName(name: string): name is ThemeName {
  return Object.hasOwn(THEMES, name);
}

const BOLD = 1 << 18;
const UNDERLINE = 2 << 18;
const REVERSE = 8 << 18;
const DEFAULT_COLOR = 0x1ff;
/** Attributes of a cell that nobody wrote to: no flags, default colours. */
export const PLAIN = (DEFAULT_COLOR << 9) | DEFAULT_COLOR;

/** A cell's attributes for each meaning, as blessed packs them. */
export type Palette = Readonly<Record<Tone, number>>;

/** @returns the theme in the colours that the terminal has. */
export function palette(name: ThemeName, depth: Depth): Palette {
  const theme: Theme = depth === 0 ? MONO : THEMES[name];
  const packed = Object.entries(theme).map(([tone, style]) => [tone, pack(style, depth)]);
  return Object.fromEntries(packed) as Palette;
}

function pack(style: Style, depth: Depth): number {
  let fg = (depth === 256 ? style.fg256 : undefined) ?? style.fg ?? DEFAULT_COLOR;
  let bg = (depth === 256 ? style.bg256 : undefined) ?? style.bg ?? DEFAULT_COLOR;
  let flags = (style.bold ? BOLD : 0) | (style.underline ? UNDERLINE : 0) | (style.reverse ? REVERSE : 0);
  if (depth === 8) {
    // Eight colours: the bright ones are the dark ones in bold, and there are no bright backgrounds.
    if (fg >= 8 && fg < 16) {
      fg -= 8;
      flags |= BOLD;
    }
    if (bg >= 8 && bg < 16) bg -= 8;
  }
  return flags | (fg << 9) | bg;
}
