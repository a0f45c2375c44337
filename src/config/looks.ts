/** Looks of own themes as users write them: `"bold yellow on 236"`, or `{ fg = "yellow", bg = 236, bold = true }`. */
import { shown, suggest } from './words.ts';

/** Colours by their number, 0…255. */
export interface Look {
  readonly fg?: number;
  readonly bg?: number;
  readonly bold?: true;
  readonly underline?: true;
  readonly reverse?: true;
}

const HUES: readonly string[] = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];
/** 0…7, 8…15; `default` is what the terminal has. */
const COLORS: ReadonlyMap<string, number | undefined> = new Map<string, number | undefined>([
  ...HUES.map((hue, index) => [hue, index] as const),
  ...HUES.map((hue, index) => [`bright-${hue}`, index + 8] as const),
  ['grey', 8],
  ['gray', 8],
  ['default', undefined],
]);
const ATTRIBUTES = ['bold', 'underline', 'reverse'] as const;

/** @returns the colour, undefined for the terminal's own; a string says what is wrong. */
function colorOf(text: string): { readonly color: number | undefined } | string {
  const word = text.toLowerCase();
  if (COLORS.has(word)) return { color: COLORS.get(word) };
  if (/^\d{1,3}$/.test(word) && Number(word) <= 255) return { color: Number(word) };
  if (/^#|^\d|^rgb/.test(word)) return `${shown(word)} is no colour: give a number from 0 to 255`;
  return `${shown(word)} is no colour: ${suggest(word, [...COLORS.keys()])}`;
}

interface Parts {
  fg?: string;
  bg?: string;
  readonly attributes: string[];
}

/** A look; a string says what is wrong with it. */
export function readLook(value: unknown): Look | string {
  const parts = typeof value === 'string' ? partsOfText(value) : partsOfTable(value);
  if (typeof parts === 'string') return parts;
  const look: { -readonly [key in keyof Look]: Look[key] } = {};
  for (const ground of ['fg', 'bg'] as const) {
    const name = parts[ground];
    if (name === undefined) continue;
    const read = colorOf(name);
    if (typeof read === 'string') return read;
    if (read.color !== undefined) look[ground] = read.color;
  }
  if (look.fg !== undefined && look.fg === look.bg) return 'cannot be seen: text and background have the same colour';
  for (const name of ATTRIBUTES) if (parts.attributes.includes(name)) look[name] = true;
  return look;
}

/** `bold yellow on 236` */
function partsOfText(text: string): Parts | string {
  const words = text.trim().split(/\s+/).filter(Boolean);
  const parts: Parts = { attributes: [] };
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    const behind = words[at + 1];
    if ((ATTRIBUTES as readonly string[]).includes(word.toLowerCase())) parts.attributes.push(word.toLowerCase());
    else if (word.toLowerCase() === 'on') {
      at++;
      if (behind === undefined) return `names no colour behind 'on': write it as "yellow on 236"`;
      if (parts.bg !== undefined) return `names two backgrounds: ${shown(parts.bg)} and ${shown(behind)}`;
      parts.bg = behind;
    } else if (parts.fg !== undefined) {
      return `names two colours, ${shown(parts.fg)} and ${shown(word)}: the background stands behind 'on'`;
    } else parts.fg = word;
  }
  return parts;
}

const MEMBERS: readonly string[] = ['fg', 'bg', ...ATTRIBUTES];

/** `{ fg = "yellow", bg = 236, bold = true }` */
function partsOfTable(value: unknown): Parts | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return 'has to be a look, as "bold yellow on 236" or { fg = "yellow", bold = true }';
  }
  const table: Readonly<Record<string, unknown>> = { ...value };
  const parts: Parts = { attributes: [] };
  for (const [key, member] of Object.entries(table)) {
    if (!MEMBERS.includes(key)) {
      return `has no ${shown(key)}: ${suggest(key, MEMBERS)}`;
    }
    if (key === 'fg' || key === 'bg') {
      if (typeof member !== 'string' && typeof member !== 'number') return `has to name a colour as its '${key}'`;
      parts[key] = String(member);
    } else if (typeof member !== 'boolean') return `has to have true or false as its '${key}'`;
    else if (member) parts.attributes.push(key);
  }
  return parts;
}
