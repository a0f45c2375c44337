import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { commandNames } from '../../src/app/commands.ts';
import {
  actionsOf,
  bindingsIn,
  KEY_MAPS,
  type KeyBinding,
  keyHelp,
  keyLabel,
  type KeyMap,
  type Mode,
  TASK_PAGES,
} from '../../src/keys/keys.ts';

const MODES: readonly Mode[] = ['table', 'searching', 'task', 'system', 'columns', 'help', 'menu', 'prompt'];
const keysIn = (binding: KeyBinding, map: KeyMap): readonly string[] =>
  (map === 'htop' ? undefined : binding[map]) ?? binding.keys;

for (const map of KEY_MAPS) {
  for (const mode of MODES) {
    describe(`${map}, ${mode}`, () => {
      const here: readonly KeyBinding[] = bindingsIn(mode);

      test('no key has two actions', () => {
        const actions = new Map<string, string>();
        for (const binding of here) {
          for (const key of keysIn(binding, map)) {
            const other = actions.get(key);
            assert.ok(other === undefined || other === binding.action, `${key}: ${other ?? ''} and ${binding.action}`);
            actions.set(key, binding.action);
          }
        }
        assert.deepEqual(new Map(actionsOf(mode, map)), actions, 'and what is dispatched is what is listed');
      });

      test('every key has help', () => {
        for (const { keys, help } of keyHelp(mode, map)) assert.ok(keys !== '' && /^\S.*[^.]$/.test(help), keys);
      });

      test('there is a way out: quit, and back but for the table itself', () => {
        const actions = [...actionsOf(mode, map).values()];
        // while something is searched for the other keys are those of the table
        assert.ok(actions.includes('quit') || mode === 'searching');
        assert.ok(mode === 'prompt' || actions.includes('back'));
        if (mode !== 'searching') assert.equal(actionsOf(mode, map).get('C-c'), 'quit', '^C always ends the program');
      });
    });
  }

  test(`${map}: every function key of the table has another key too, or a command`, () => {
    const commands = new Set(commandNames());
    for (const binding of bindingsIn('table') as readonly KeyBinding[]) {
      const keys = keysIn(binding, map);
      if (keys.some(key => /^f\d+$/.test(key)))
        assert.ok(keys.some(key => key.length === 1) || commands.has(binding.action), binding.action);
    }
  });
}

test('every action has a key in every map, or is a command', () => {
  const commands = new Set(commandNames());
  for (const { id } of TASK_PAGES) commands.add(`show-${id}`); // :page ID
  for (const map of KEY_MAPS) {
    for (const mode of MODES) {
      for (const binding of bindingsIn(mode) as readonly KeyBinding[])
        assert.ok(keysIn(binding, map).length > 0 || commands.has(binding.action), `${map} ${mode} ${binding.action}`);
    }
  }
});

test('what a prompt types is no action', () => {
  for (const map of KEY_MAPS) {
    for (const key of actionsOf('prompt', map).keys()) assert.ok(key.length > 1, key);
    for (const key of ['enter', 'escape', 'backspace']) assert.ok(!actionsOf('prompt', map).has(key));
  }
});

test('the keys of the design', () => {
  const design: Readonly<Record<string, string>> = {
    ...{ P: 'sort-cpu', M: 'sort-memory', T: 'sort-time', N: 'sort-pid' },
    ...{ '<': 'sort-left', '>': 'sort-right', R: 'sort-reverse' },
    ...{
      f1: 'help',
      '?': 'help',
      f2: 'columns',
      C: 'columns',
      f3: 'search',
      '/': 'search',
      f4: 'filter',
      '\\': 'filter',
    },
    ...{ f5: 'tree', t: 'tree', f6: 'sort-menu', o: 'sort-menu', f10: 'quit', q: 'quit' },
    ...{
      G: 'group',
      D: 'state-filter',
      0: 'zeros',
      space: 'tag',
      c: 'tag-children',
      U: 'untag',
      u: 'user',
      F: 'follow',
    },
    ...{
      p: 'command-as',
      '+': 'unfold',
      '-': 'fold',
      '*': 'fold-all',
      i: 'idle',
      W: 'save',
      s: 'system',
      ':': 'command',
    },
    ...{ tab: 'next-set', 'S-tab': 'previous-set', w: 'write', left: 'scroll-left', right: 'scroll-right' },
    ...{
      enter: 'open',
      escape: 'back',
      H: 'threads',
      K: 'kernel-threads',
      d: 'interval',
      Z: 'freeze',
      'C-l': 'redraw',
    },
    ...{ j: 'down', 'C-u': 'half-up', 'C-d': 'half-down', home: 'first', end: 'last' },
    ...{ pageup: 'page-up', pagedown: 'page-down', e: 'show-environment', l: 'show-files', x: 'show-locks' },
  };
  for (const [key, action] of Object.entries(design)) assert.equal(actionsOf('table', 'htop').get(key), action, key);
  assert.equal(actionsOf('table', 'vim').get('k'), 'up');
  assert.equal(actionsOf('table', 'vim').get('G'), 'last');
  assert.equal(actionsOf('table', 'top').get('s'), 'interval');
  assert.equal(actionsOf('table', 'top').get('f'), 'columns');
});

test('keys as people write them', () => {
  assert.deepEqual(['C-l', 'f6', 'pageup', 'S-tab', 'x', '?'].map(keyLabel), ['^L', 'F6', 'PgUp', 'S-Tab', 'x', '?']);
});
