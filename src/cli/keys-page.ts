/** docs/keys.md: every key of every map, out of the key table; a test compares it with what is checked in. */
import { commandHelp } from '../app/commands.ts';
import { bindingsIn, type KeyBinding, keyLabel, type Mode } from '../keys/keys.ts';
import { codes, prose, table } from './markdown.ts';

const SECTIONS: readonly (readonly [mode: Mode, title: string, when: string])[] = [
  ['table', 'In the table', 'Rows of tasks: the first screen.'],
  ['task', 'On the pages of a task', '`Enter` on a row opens them.'],
  ['system', 'On the pages about the machine', '`s` opens them (`:system` with the map of top).'],
  ['board', 'Stuck tasks, events, findings', '`S`, `E` and `!` open them.'],
  [
    'searching',
    'While something is searched for',
    'In the table, after `/`, until `Esc`; before the keys of the table.',
  ],
  ['frozen', 'While the past is shown', 'After `Z`, on every screen; before the keys of that screen.'],
  ['replay', 'In a recording', '`taskscope replay FILE`, on every screen; before all others.'],
  ['columns', 'In the list of columns', '`F2` opens it.'],
  ['menu', 'In a list to choose from', '`F6`, `u` and `G` open one.'],
  ['help', 'In the help', '`?` opens it.'],
  ['prompt', 'While a line is typed', 'Beside the keys that [edit the line](#editing-a-line).'],
  ['dialog', 'In a dialog', 'Beside the keys that [answer it](#answering-a-dialog).'],
];

const labels = (keys: readonly string[]): string => (keys.length === 0 ? 'none' : codes(keys.map(keyLabel)));

/** Bindings that do the same are one row. */
function rowsOf(mode: Mode): string[][] {
  const same = new Map<string, KeyBinding[]>();
  for (const binding of bindingsIn(mode)) {
    const name = `${binding.action} ${binding.help}`;
    same.set(name, [...(same.get(name) ?? []), binding]);
  }
  return [...same.values()].map(row);
}

function row(bindings: readonly KeyBinding[]): string[] {
  const { action, help } = bindings[0]!;
  const usual = labels(bindings.flatMap(({ keys }) => keys));
  const [top, vim] = (['top', 'vim'] as const)
    .map(map => labels(bindings.flatMap(binding => binding[map] ?? binding.keys)))
    .map(keys => (keys === usual ? '' : keys));
  return [usual, top!, vim!, prose(help.replace('this page', 'the help')), `\`${action}\``];
}

/** Keys of a line that is typed, and what they do; a test presses them. */
export const LINE_KEYS: readonly (readonly [keys: readonly string[], help: string])[] = [
  [['left', 'right'], 'a character to the left, to the right'],
  [['home', 'C-a'], 'to the beginning'],
  [['end', 'C-e'], 'to the end'],
  [['backspace'], 'delete the character before; in an empty line: leave it'],
  [['delete', 'C-d'], 'delete the character after'],
  [['C-w'], 'delete the word before'],
  [['C-u'], 'delete all that is before'],
  [['C-k'], 'delete all that is after'],
  [['tab', 'S-tab'], 'complete, then the next or previous choice (filters, commands)'],
  [['enter'], 'done'],
  [['escape'], 'back, with what was there before'],
];

/** Keys of dialogs; a test presses them. */
export const DIALOG_KEYS: readonly (readonly [keys: readonly string[], help: string])[] = [
  [['up', 'down', 'pageup', 'pagedown', 'home', 'end'], 'go through the choices; of a nice value: one more, one less'],
  [['+', '-'], 'one more, one less: of a nice value, of a real-time priority'],
  [['f7', 'f8', '[', ']'], 'of a nice value: as in the table'],
  [['tab'], 'all threads of the process, or its first one'],
  [['enter'], 'do it; counts when the dialog has been on the screen for 0.3 s and nothing was typed ahead'],
  [['escape'], 'leave; nothing is done'],
];

const keyLines = (list: typeof LINE_KEYS): string[] =>
  table(
    ['key', 'does'],
    list.map(([keys, help]) => [labels(keys), help]),
  );

/** The whole page. */
export function keysMarkdown(): string {
  return [
    '# Keys',
    '',
    'Every key of taskscope. This page is written by `npm run docs` out of the key table in `src/keys`; do not edit it.',
    '',
    'In the monitor `?` shows the keys of the map that is chosen, and the bottom line the most useful ones. `--keys MAP`, `keys = "MAP"` in the [configuration](configuration.md) or `:keys MAP` choose a map: `htop` (the default), `top` or `vim`. An empty cell means: as in the default map. [compared.md](compared.md#keys) has the keys beside those of htop and top, and what fingers may get wrong.',
    '',
    '`^X` is Control and X, `M-x` is Alt and x, `S-Tab` is Shift and Tab. The keypad works with and without NumLock. `^C` quits everywhere.',
    '',
    'The last column is the name of the action, for other keys in [`[bind]`](configuration.md#keys). `:` runs those of the table and of the pages by that name; `:page NAME` opens a page.',
    ...SECTIONS.flatMap(([mode, title, when]) => [
      '',
      `## ${title}`,
      '',
      when,
      '',
      ...table(['default', 'top', 'vim', 'does', 'action'], rowsOf(mode)),
    ]),
    '',
    '## Editing a line',
    '',
    'In filters, searches, names of files and commands. Pasted text is typed, its first line only; it never ends the line.',
    '',
    ...keyLines(LINE_KEYS),
    '',
    '## Answering a dialog',
    '',
    'What is typed looks for a choice by its name or number, or is the value: `15` or `term`, `+5`, `0-3`, `fifo 50`.',
    '',
    ...keyLines(DIALOG_KEYS),
    '',
    '## Commands',
    '',
    '`:` asks for one, `Tab` completes it. Beside these every action of the table and of the pages is one, by its name.',
    '',
    ...table(
      ['command', 'does'],
      commandHelp().map(({ keys, help }) => [codes([keys]), prose(help)]),
    ),
    '',
    '## Mouse',
    '',
    'With `--mouse`, or `mouse = true` in the configuration. Terminals select text with Shift held down then.',
    '',
    ...table(
      ['in the table', 'does'],
      [
        ['click on a row', 'select it'],
        ['click on the selected row', 'open it'],
        ['click on a title', 'sort by that column; again: the other way round'],
        ['wheel', 'three rows up or down; on a page three lines'],
      ],
    ),
    '',
    'Dialogs and lines that are typed do not take the mouse.',
    '',
  ].join('\n');
}
