/**
 * Themes: what a meaning looks like. A theme is data; colours are palette numbers, of which a cell's look holds nine
 * bits each. No meaning rests on colour alone: without colours every theme becomes `mono`.
 */
import type { Tone } from '../view/cells.ts';
import type { Depth } from './environment.ts';
import { rgbOf, type Style, type Theme, THEMES } from './themes-data.ts';

export { type Style, type Theme, THEMES } from './themes-data.ts';

export type ThemeName = keyof typeof THEMES;
/** For `--theme` and the settings. */
export const THEME_NAMES = Object.keys(THEMES) as readonly ThemeName[];
/** All meanings that a theme gives a look. */
export const TONES = Object.keys(THEMES.mono) as readonly Tone[];

/** A look as users write it: colours by their number, 0…255. */
export interface Look {
  readonly fg?: number;
  readonly bg?: number;
  readonly bold?: boolean;
  readonly underline?: boolean;
  readonly reverse?: boolean;
}

/** A user's theme: another one with some looks replaced, each as a whole. */
export function ownTheme(base: Theme, looks: Readonly<Partial<Record<Tone, Look>>>): Theme {
  const own = Object.entries(looks).map(([tone, look]) => [tone, styleOf(look)]);
  return { ...base, ...(Object.fromEntries(own) as Partial<Theme>) };
}

/** Beyond 16 only terminals with 256 colours have them; the others get what comes nearest, if it can be told apart. */
function styleOf({ fg, bg, ...attributes }: Look): Style {
  const near = { fg: nearestOf16(fg), bg: nearestOf16(bg) };
  const apart = near.fg !== near.bg;
  return {
    ...attributes,
    ...(near.fg !== undefined && apart ? { fg: near.fg } : {}),
    ...(near.bg !== undefined && apart ? { bg: near.bg } : {}),
    ...(fg === undefined ? {} : { fg256: fg }),
    ...(bg === undefined ? {} : { bg256: bg }),
  };
}

function nearestOf16(color: number | undefined): number | undefined {
  if (color === undefined || color < 16) return color;
  const wanted = rgbOf(color);
  const distances = Array.from({ length: 16 }, (_, index) =>
    rgbOf(index).reduce((sum, part, at) => sum + (part - wanted[at]!) ** 2, 0),
  );
  return distances.indexOf(Math.min(...distances));
}

const BOLD = 1 << 18;
const UNDERLINE = 2 << 18;
const REVERSE = 8 << 18;
const DEFAULT_COLOR = 0x1ff;
/** Attributes of a cell that nobody wrote to: no flags, default colours. */
export const PLAIN = (DEFAULT_COLOR << 9) | DEFAULT_COLOR;

/** A cell's attributes for each meaning: `flags << 18 | foreground << 9 | background`. */
export type Palette = Readonly<Record<Tone, number>>;

/** @returns the theme in the colours that the terminal has. */
export function palette(theme: Theme, depth: Depth): Palette {
  const shown: Theme = depth === 0 ? THEMES.mono : theme;
  const packed = Object.entries(shown).map(([tone, style]) => [tone, pack(style, shown.normal, depth)]);
  return Object.fromEntries(packed) as Palette;
}

/** A colour of a style in this depth; what it leaves open is that of `normal`. */
const colorOf = (style: Style, normal: Style, ground: 'fg' | 'bg', depth: Depth): number => {
  const own = (depth === 256 ? style[`${ground}256`] : undefined) ?? style[ground];
  return own ?? (style === normal ? DEFAULT_COLOR : colorOf(normal, normal, ground, depth));
};

function pack(style: Style, normal: Style, depth: Depth): number {
  let fg = colorOf(style, normal, 'fg', depth);
  let bg = colorOf(style, normal, 'bg', depth);
  let flags = (style.bold ? BOLD : 0) | (style.underline ? UNDERLINE : 0) | (style.reverse ? REVERSE : 0);
  if (depth === 8) {
    // Eight colours: the bright ones are the dark ones in bold, and there are no bright backgrounds. Reversed, bold
    // would brighten what was the background.
    if (fg >= 8 && fg < 16) {
      fg -= 8;
      if (!style.reverse) flags |= BOLD;
    }
    if (bg >= 8 && bg < 16) bg -= 8;
  }
  return flags | (fg << 9) | bg;
}
