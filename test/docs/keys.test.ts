/** docs/keys.md: what it says of lines, dialogs and the mouse, which no table of the program has. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dialogKey, openDialog } from '../../src/app/dialog.ts';
import type { Dialog, DialogKind } from '../../src/app/dialog-state.ts';
import { targetOf } from '../../src/app/dialog-target.ts';
import { edit } from '../../src/app/line-edit.ts';
import { DIALOG_KEYS, keysMarkdown, LINE_KEYS } from '../../src/cli/keys-page.ts';
import { bindingsIn, keyLabel, type Mode } from '../../src/keys/keys.ts';
import { Pushed } from '../support/model.ts';

const NAMED = [
  ...['up', 'down', 'left', 'right', 'home', 'end', 'pageup', 'pagedown', 'insert', 'delete', 'backspace'],
  ...['tab', 'S-tab', 'enter', 'escape', ...Array.from({ length: 12 }, (_, n) => `f${n + 1}`)],
  ...Array.from('abcdefghijklmnopqrstuvwxyz', letter => `C-${letter}`),
];
/** Done by the prompt itself, not by the line. */
const OF_THE_PROMPT = ['tab', 'S-tab', 'enter', 'escape'];

test('the keys that edit a line are those that it has', () => {
  const line = { text: 'one two three', at: 7 };
  const edits = NAMED.filter(key => edit(line, key) !== undefined);
  assert.deepEqual([...edits, ...OF_THE_PROMPT].sort(), LINE_KEYS.flatMap(([keys]) => keys).sort());
  for (const key of edits) assert.notDeepEqual(edit(line, key), line, key);
});

const pushed = new Pushed();
pushed.sample([{ pid: 870, comm: 'tar', start_time: 250 }], { ms: 1000 });
const target = targetOf(pushed.cursor.at(pushed.seat(870)));
const FACTS = { ownPid: 4242, nowMs: 1_700_000_060_000, possibleCpus: '0-7', onlineCpus: '0-3' };
const open = (kind: DialogKind): Dialog => openDialog(kind, [target], FACTS);

/** Does the key go through the choices, or step? */
function moves(kind: DialogKind, key: string): boolean {
  const dialog = { ...open(kind), chosen: 3, rtPriority: 7 };
  const step = dialogKey(dialog, key, false);
  if (!('dialog' in step)) return false;
  const { chosen, rtPriority, line } = step.dialog;
  return chosen !== dialog.chosen || rtPriority !== dialog.rtPriority || (kind === 'renice' && line.text !== '');
}

test('the keys of dialogs are those that they have', () => {
  const [choices, steps, nice, , confirm, leave] = DIALOG_KEYS.map(([keys]) => keys);
  for (const key of choices!) assert.ok(moves('signal', key), key);
  for (const key of ['up', 'down', ...steps!, ...nice!]) assert.ok(moves('renice', key), key);
  for (const key of steps!) assert.ok(moves('policy', key), key);
  const others = NAMED.filter(key => ![...choices!, ...steps!, ...nice!].includes(key));
  for (const key of others) assert.ok(!moves('signal', key) && !moves('renice', key), key);
  assert.ok('perform' in dialogKey(open('signal'), confirm![0]!, true));
  assert.deepEqual(dialogKey(open('signal'), leave![0]!, true), { close: true });
});

test('every key of every mode is on the page', () => {
  const page = keysMarkdown();
  const modes: readonly Mode[] = [
    ...(['table', 'searching', 'frozen', 'replay', 'task', 'system'] as const),
    ...(['board', 'columns', 'help', 'menu', 'prompt', 'dialog'] as const),
  ];
  const sections = page.split('\n## ');
  for (const mode of modes) {
    const wanted = bindingsIn(mode).flatMap(({ keys, top = [], vim = [], action }) =>
      [...keys, ...top, ...vim].map(key => [keyLabel(key), action] as const),
    );
    const has = (section: string): boolean =>
      wanted.every(([key, action]) =>
        section.split('\n').some(line => line.includes(`\`${key}\``) && line.endsWith(`\`${action}\` |`)),
      );
    assert.ok(sections.some(has), mode);
  }
});
