/** Pages of text: the help, and the sort menu. Pure lines; scrolling is done by who shows them. */
import type { Field } from '../fields/field.ts';
import type { Machine } from '../decode/machine.ts';
import { statesOf } from '../kernel/states.ts';
import { ACTING, keyHelp, type KeyMap, type Mode } from '../keys/keys.ts';
import { fit, harmless, textWidth } from '../units/text.ts';
import type { Line } from './cells.ts';
import { CPU_PARTS, MEMORY_PARTS } from './meters/bars.ts';

/** A text broken into lines of at most `width` cells: at blanks, and within words that are longer than a line. */
export function wrap(text: string, width: number): string[] {
  if (textWidth(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const whole of text.split(' ')) {
    let word = whole;
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line);
      line = '';
    }
    while (textWidth(word) > width) {
      // a character of two cells that does not fit into one is not lost
      const part = fit(word, width + 1).slice(0, -1) || String.fromCodePoint(word.codePointAt(0)!);
      lines.push(part);
      word = word.slice(part.length);
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

const heading = (text: string): Line => ({ spans: [{ x: 1, text, tone: 'title' }] });
const BLANK: Line = { spans: [] };

/** A name on the left, an explanation on the right that goes on in its own column. */
export function entry(name: string, text: string, columns: number, indent = 18): Line[] {
  const width = Math.max(16, columns - indent - 1);
  return wrap(text, width).map((part, index) => ({
    spans: [
      ...(index === 0 ? [{ x: 2, text: name, tone: 'strong' as const }] : []),
      { x: indent, text: part, tone: 'normal' as const },
    ],
  }));
}

/** Which keys are heard. */
export interface HelpKeys {
  readonly map: KeyMap;
  /** The modes of the past that is shown, whose keys come before those of the table and of pages. */
  readonly past: readonly Mode[];
  /** Are there no actions on tasks? */
  readonly noActions: boolean;
}

/** The keys of a mode that do something: those that other modes hide are not told. */
function keyLines(mode: Mode, { map, noActions }: HelpKeys, hiding: readonly Mode[], columns: number): Line[] {
  const hidden = new Set(hiding.flatMap(other => keyHelp(other, map).flatMap(({ keys }) => keys.split(' '))));
  return keyHelp(mode, map).flatMap(({ action, keys, help }) => {
    const heard = keys.split(' ').filter(key => !hidden.has(key));
    return heard.length === 0 || (noActions && ACTING.includes(action)) ? [] : entry(heard.join(' '), help, columns);
  });
}

/** The keys of the past come first. */
function keySections(keys: HelpKeys, columns: number): Line[] {
  const { past } = keys;
  const title = past.includes('replay') ? 'Keys in a recording' : 'Keys while the past is shown';
  const first = past.flatMap((mode, at) => keyLines(mode, keys, past.slice(0, at), columns));
  return [
    ...(first.length > 0 ? [heading(title), ...first, BLANK] : []),
    heading('Keys in the table'),
    ...keyLines('table', keys, past, columns),
    BLANK,
    heading('Keys in a task'),
    ...keyLines('task', keys, past, columns),
  ];
}

export function helpPage(
  columnsShown: readonly Field[],
  { flags, release }: Pick<Machine, 'flags' | 'release'>,
  keys: HelpKeys,
  columns: number,
  commands: readonly { readonly keys: string; readonly help: string }[],
): Line[] {
  return [
    ...keySections(keys, columns),
    BLANK,
    heading('Commands (:)'),
    ...commands.flatMap(command => entry(command.keys, command.help, columns, 26)),
    BLANK,
    heading('Columns shown'),
    ...columnsShown.flatMap(field => entry(field.title, field.help, columns)),
    BLANK,
    heading('Letters of S: the state'),
    ...statesOf(release).flatMap(({ letter, name, meaning }) => entry(`${letter} ${name}`, meaning, columns, 24)),
    BLANK,
    heading(`Letters of FLAGS: the PF_ flags that are set, no states (Linux ${flags.release})`),
    ...flags.flags.flatMap(flag => entry(`${flag.letter} ${flag.name.slice(3)}`, flag.meaning, columns, 24)),
    ...entry('?', 'a bit that has no name in this table', columns, 24),
    BLANK,
    heading('Values'),
    ...entry(
      '-',
      'no value: a first sample, no permission, not in this kernel, or counted by thread (H) where a process has several; never the same as 0',
      columns,
    ),
    ...entry('CPU bars', CPU_PARTS.map(({ glyph, meaning }) => `${glyph} ${meaning}`).join(', '), columns),
    ...entry('Mem bar', MEMORY_PARTS.map(({ glyph, meaning }) => `${glyph} ${meaning}`).join(', '), columns),
    ...entry('back', 'a counter went backwards; × a CPU is offline', columns),
  ];
}

interface MenuItem {
  readonly id: string;
  readonly text: string;
  readonly help: string;
}

const nameOf = ({ id, text }: Pick<MenuItem, 'id' | 'text'>): string => (id === '' ? text : id);

/** A menu: one line an item, the chosen one marked. */
export function menuLines(items: readonly MenuItem[], chosen: number, columns: number): Line[] {
  const width = Math.min(28, Math.max(8, ...items.map(item => textWidth(harmless(nameOf(item))))));
  return items.map(({ id, text, help }, index) => {
    const tone = index === chosen ? ('selected' as const) : ('normal' as const);
    const name = fit(harmless(nameOf({ id, text })), width);
    const title = id === text || id === '' ? '' : fit(harmless(text), 12);
    const at = 1 + width + 2 + (items.some(item => item.id !== '' && item.id !== item.text) ? 13 : 0);
    const spans = [
      { x: 1, text: name, tone },
      { x: 1 + width + 2, text: title, tone },
      {
        x: at,
        text: fit(harmless(help), Math.max(0, columns - at - 1)),
        tone: index === chosen ? tone : ('dim' as const),
      },
    ].filter(span => span.text !== '');
    return index === chosen ? { spans, fill: 'selected' } : { spans };
  });
}
