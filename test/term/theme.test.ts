/** Themes: what can be read, and what can be told apart, by whom and on which terminal. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ownTheme, palette, type Theme, THEME_NAMES, THEMES, TONES } from '../../src/term/theme.ts';
import type { ThemeName } from '../../src/term/theme.ts';
import { type Rgb, rgbOf } from '../../src/term/themes-data.ts';
import type { Tone } from '../../src/view/cells.ts';

const FLAGS = 18;
const BOLD = 1 << FLAGS;
const UNDERLINE = 2 << FLAGS;
const REVERSE = 8 << FLAGS;
const NO_COLOR = 0x1ff;
const DEPTHS = [0, 8, 16, 256] as const;
type Depth = (typeof DEPTHS)[number];

/** What a packed look shows. */
function unpacked(packed: number): { fg: number | undefined; bg: number | undefined; flags: number } {
  const [fg, bg] = [(packed >> 9) & 0x1ff, packed & 0x1ff].map(color => (color === NO_COLOR ? undefined : color));
  return { fg, bg, flags: packed >> FLAGS };
}

// ---- contrast, as WCAG 2 has it (https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio)

const linear = (part: number): number => {
  const share = part / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
};
const luminance = ([red, green, blue]: Rgb): number =>
  0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
function contrast(one: Rgb, other: Rgb): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** The console's own 16, in which bold text has the bright ones. */
// prettier-ignore
const VGA: readonly Rgb[] = [
  [0, 0, 0], [170, 0, 0], [0, 170, 0], [170, 85, 0], [0, 0, 170], [170, 0, 170], [0, 170, 170], [170, 170, 170],
  [85, 85, 85], [255, 85, 85], [85, 255, 85], [255, 255, 85], [85, 85, 255], [255, 85, 255], [85, 255, 255], [255, 255, 255],
];
const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];

/** The least contrast of text in a theme, and the tone that has it, on a terminal with these colours. */
function leastContrast(theme: Theme, depth: Depth, paper: Rgb): { tone: Tone; ratio: number } {
  const ink = luminance(paper) < 0.5 ? WHITE : BLACK;
  const colorOf = (index: number | undefined, flags: number, own: Rgb, isText: boolean): Rgb => {
    if (index === undefined) return own;
    if (depth !== 8) return rgbOf(index);
    const bright = isText && (flags & (BOLD >> FLAGS)) !== 0 && index < 8;
    return VGA[bright ? index + 8 : index]!;
  };
  const ratios = Object.entries(palette(theme, depth)).map(([tone, packed]) => {
    const { fg, bg, flags } = unpacked(packed);
    const ratio = contrast(colorOf(fg, flags, ink, true), colorOf(bg, flags, paper, false));
    return { tone: tone as Tone, ratio };
  });
  return ratios.reduce((least, each) => (each.ratio < least.ratio ? each : least));
}

/** Which backgrounds a theme is made for. A theme that uses the terminal's own hues relies on them having been chosen well. */
const PAPERS: Readonly<Record<ThemeName, readonly Rgb[]>> = {
  default: [BLACK],
  dark: [BLACK, [28, 28, 28], [40, 40, 40], [0, 43, 54]],
  light: [WHITE, [253, 246, 227], [238, 238, 238]],
  'high-contrast': [BLACK, WHITE],
  'colour-blind': [BLACK],
  mono: [BLACK, WHITE],
};

describe('what can be read', () => {
  for (const name of THEME_NAMES) {
    const least = name === 'high-contrast' ? 7 : 3;
    test(`${name}: a contrast of ${least} or more, with 256 colours`, () => {
      for (const paper of PAPERS[name]) {
        const { tone, ratio } = leastContrast(THEMES[name], 256, paper);
        assert.ok(ratio >= least, `${tone} on ${paper.join()} has ${ratio.toFixed(2)}`);
      }
    });
    test(`${name}: a contrast of 3 or more with the 16 colours of xterm and the 8 of the console`, () => {
      for (const depth of [8, 16] as const) {
        // the console is black
        const papers = depth === 8 ? PAPERS[name].filter(paper => paper === BLACK) : PAPERS[name].slice(0, 1);
        for (const paper of papers) {
          const { tone, ratio } = leastContrast(THEMES[name], depth, paper);
          assert.ok(ratio >= 3, `${tone} with ${depth} colours has ${ratio.toFixed(2)}`);
        }
      }
    });
  }

  test('where 256 colours are of the theme and not of the terminal, they do on white as on black', () => {
    for (const name of ['default', 'colour-blind'] as const) {
      for (const [tone, packed] of Object.entries(palette(THEMES[name], 256))) {
        const { fg, bg } = unpacked(packed);
        if (fg === undefined || fg < 16 || bg !== undefined) continue;
        for (const paper of [BLACK, WHITE]) assert.ok(contrast(rgbOf(fg), paper) >= 3, `${tone} in ${name}`);
      }
    }
  });

  test('text never has the colour of its background', () => {
    for (const name of THEME_NAMES) {
      for (const depth of DEPTHS) {
        for (const [tone, packed] of Object.entries(palette(THEMES[name], depth))) {
          const { fg, bg } = unpacked(packed);
          assert.ok(fg === undefined || fg !== bg, `${tone} in ${name}`);
        }
      }
    }
  });

  test('the colours of the cube and the greys are those of xterm', () => {
    assert.deepEqual(rgbOf(16), [0, 0, 0]);
    assert.deepEqual(rgbOf(196), [255, 0, 0]);
    assert.deepEqual(rgbOf(67), [95, 135, 175]);
    assert.deepEqual(rgbOf(231), [255, 255, 255]);
    assert.deepEqual(rgbOf(232), [8, 8, 8]);
    assert.deepEqual(rgbOf(255), [238, 238, 238]);
    assert.equal(contrast(BLACK, WHITE), 21);
  });
});

describe('what can be told apart', () => {
  test('what matters by its attributes alone, in every theme', () => {
    for (const name of THEME_NAMES) {
      for (const depth of DEPTHS) {
        const flags = palette(THEMES[name], depth);
        for (const tone of ['selected', 'bad', 'warn', 'changed', 'strong', 'title', 'key'] as const) {
          assert.notEqual(flags[tone] >> FLAGS, flags.normal >> FLAGS, `${tone} in ${name} with ${depth} colours`);
        }
        assert.notEqual(flags.selected >> FLAGS, flags.header >> FLAGS, `${name} with ${depth} colours`);
        assert.notEqual(flags.bad >> FLAGS, flags.warn >> FLAGS, `${name} with ${depth} colours`);
      }
    }
  });

  test('without colours there are none; with eight or sixteen no more than that', () => {
    const most: Readonly<Record<Depth, number>> = { 0: -1, 8: 7, 16: 15, 256: 255 };
    for (const name of THEME_NAMES) {
      for (const depth of DEPTHS) {
        for (const [tone, packed] of Object.entries(palette(THEMES[name], depth))) {
          const { fg = -1, bg = -1 } = unpacked(packed);
          assert.ok(Math.max(fg, bg) <= most[depth], `${tone} in ${name} with ${depth} colours`);
        }
      }
    }
  });

  test('without colours all themes are mono: also one of the user, and what is alike there says itself what it is', () => {
    const own = ownTheme(THEMES.dark, { dim: { reverse: true } });
    for (const theme of [...Object.values(THEMES), own]) assert.deepEqual(palette(theme, 0), palette(THEMES.mono, 256));
    const groups = new Map<number, Tone[]>();
    for (const tone of TONES) {
      const look = palette(THEMES.mono, 0)[tone];
      groups.set(look, [...(groups.get(look) ?? []), tone]);
    }
    assert.deepEqual(
      [...groups.values()],
      [
        // "-", "0.0" and [kernel threads]; "R", and the letters of bars
        ['normal', 'dim', 'good'],
        // names; first lines of sections; keys, in the bottom bar; rates that are not "0.0", "T", and sentences
        ['strong', 'title', 'key', 'warn'],
        // the lines above and below the table; "D", "Z", and sentences
        ['header', 'bad'],
        ['selected'],
        // the bottom line; a state or a flag that is another than before, in the table
        ['bar', 'changed'],
      ],
    );
  });

  test('the cursor of the prompt stands out of the bar that it is in', () => {
    for (const name of THEME_NAMES) {
      for (const depth of DEPTHS) {
        const { selected, bar } = palette(THEMES[name], depth);
        assert.notEqual(selected & REVERSE, bar & REVERSE, `${name} with ${depth} colours`);
      }
    }
  });
});

// ---- how it looks without one kind of cones: the matrices of Machado, Oliveira and Fernandes (2009) for full severity,
// applied to linear light

type Matrix = readonly (readonly [number, number, number])[];
const SIGHTS: Readonly<Record<string, Matrix>> = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

/** CIE Lab of a colour as it is seen. */
function labOf(rgb: Rgb, sight: Matrix): readonly number[] {
  const light = rgb.map(linear);
  const [r, g, b] = sight.map(row => row.reduce((sum, weight, at) => sum + weight * light[at]!, 0)) as [
    number,
    number,
    number,
  ];
  const xyz = [
    (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
    0.2126 * r + 0.7152 * g + 0.0722 * b,
    (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
  ].map(part => (part > 0.008856 ? Math.cbrt(part) : 7.787 * part + 16 / 116)) as [number, number, number];
  return [116 * xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])];
}

const distance = (one: Rgb, other: Rgb, sight: Matrix): number =>
  Math.hypot(...labOf(one, sight).map((part, at) => part - labOf(other, sight)[at]!));

/** The colour that stands out in a tone: of the background, where it has one. */
function outstanding(theme: Theme, tone: Tone, depth: Depth): Rgb {
  const { fg, bg } = unpacked(palette(theme, depth)[tone]);
  return rgbOf(bg ?? fg!);
}

describe('colour-blind', () => {
  /** Far beyond what side by side is just a difference (2.3). */
  const CLEARLY = 25;
  for (const [sight, matrix] of Object.entries(SIGHTS)) {
    test(`good and bad, good and warn are far apart with ${sight}`, () => {
      for (const depth of [16, 256] as const) {
        for (const tone of ['warn', 'bad'] as const) {
          const theme = THEMES['colour-blind'];
          const apart = distance(outstanding(theme, 'good', depth), outstanding(theme, tone, depth), matrix);
          assert.ok(apart > CLEARLY, `good and ${tone} with ${depth} colours: ${apart.toFixed(0)}`);
        }
      }
    });
  }
  test('the measure sees the pair that is the trouble: red and green of one lightness', () => {
    const [red, green]: [Rgb, Rgb] = [rgbOf(130), rgbOf(64)];
    const plain: Matrix = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
    assert.ok(distance(red, green, plain) > 2 * CLEARLY);
    assert.ok(distance(red, green, SIGHTS['deuteranopia']!) < CLEARLY);
  });
  test('neither red nor green is in it', () => {
    for (const depth of [16, 256] as const) {
      for (const [tone, packed] of Object.entries(palette(THEMES['colour-blind'], depth))) {
        for (const color of Object.values(unpacked(packed)).slice(0, 2)) {
          if (color === undefined) continue;
          const [red, green, blue] = rgbOf(color);
          assert.ok(!(red > 100 && red > 2.5 * green && red > 2.5 * blue), `${tone}: ${color} is red`);
          assert.ok(!(green > 100 && green > 1.5 * red && green > 1.5 * blue), `${tone}: ${color} is green`);
        }
      }
    }
  });
});

describe('names', () => {
  test('of the shipped ones', () => {
    assert.deepEqual(THEME_NAMES, ['default', 'dark', 'light', 'high-contrast', 'colour-blind', 'mono']);
    for (const theme of Object.values(THEMES)) assert.deepEqual(Object.keys(theme), TONES);
  });
});

describe('own themes', () => {
  test('replace looks as a whole; the others are those of the base', () => {
    const own = ownTheme(THEMES.dark, { warn: { fg: 3 }, bad: { bold: true, fg: 214, bg: 236 } });
    assert.equal(own.title, THEMES.dark.title);
    const looks = palette(own, 256);
    assert.equal(looks.bad, BOLD | (214 << 9) | 236);
    assert.equal(looks.warn, (3 << 9) | NO_COLOR);
    assert.equal(looks.key, palette(THEMES.dark, 256).key);
  });
  test('what a look leaves open is that of normal', () => {
    const looks = palette(ownTheme(THEMES.mono, { normal: { fg: 7, bg: 4 }, dim: { fg: 6 } }), 16);
    assert.deepEqual(unpacked(looks.dim), { fg: 6, bg: 4, flags: 0 });
    assert.deepEqual(unpacked(looks.changed), { fg: 7, bg: 4, flags: UNDERLINE >> FLAGS });
  });
  test('with 16 colours the nearest; nothing at all where both would be the same', () => {
    const looks = palette(ownTheme(THEMES.mono, { warn: { fg: 196 }, bad: { fg: 16, bg: 233, bold: true } }), 16);
    assert.deepEqual(unpacked(looks.warn), { fg: 9, bg: undefined, flags: 0 });
    assert.deepEqual(unpacked(looks.bad), { fg: undefined, bg: undefined, flags: 1 });
  });
  test('any look in any depth: never a colour that is not there, never text in the colour of its background', () => {
    const color = fc.integer({ min: 0, max: 255 });
    const look = fc.record(
      { fg: color, bg: color, bold: fc.boolean(), underline: fc.boolean(), reverse: fc.boolean() },
      { requiredKeys: [] },
    );
    const looks = fc.dictionary(fc.constantFrom<Tone>(...TONES.filter(tone => tone !== 'normal')), look);
    fc.assert(
      fc.property(looks, fc.constantFrom(8, 16, 256), fc.constantFrom(...THEME_NAMES), (own, depth, base) => {
        for (const [tone, packed] of Object.entries(palette(ownTheme(THEMES[base], own), depth as Depth))) {
          const { fg = -1, bg = -2 } = unpacked(packed);
          assert.ok(Math.max(fg, bg) < depth);
          const asked = own[tone as Tone];
          if (depth === 16 && asked?.fg !== undefined && asked.bg !== undefined && asked.fg !== asked.bg)
            assert.notEqual(fg, bg, JSON.stringify(asked));
        }
      }),
    );
  });
});
