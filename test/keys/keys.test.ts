import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  actionsOf,
  bindingsIn,
  KEY_MAPS,
  type KeyBinding,
  keyHelp,
  keyLabel,
  type KeyMap,
  type Mode,
} from '../../src/keys/keys.ts';

const MODES: readonly Mode[] = ['table', 'task', 'system', 'help', 'menu', 'prompt'];
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

      test('every action has a key, and help', () => {
        // in the top map some are reached by the command line only
        for (const binding of here) assert.ok(keysIn(binding, map).length > 0 || map === 'top', binding.action);
        for (const { keys, help } of keyHelp(mode, map)) assert.ok(keys !== '' && /^\S.*[^.]$/.test(help), keys);
      });

      test('there is a way out: quit, and back but for the table itself', () => {
        const actions = [...actionsOf(mode, map).values()];
        assert.ok(actions.includes('quit'));
        assert.ok(mode === 'prompt' || actions.includes('back'));
        assert.equal(actionsOf(mode, map).get('C-c'), 'quit', '^C always ends the program');
      });
    });
  }

  test(`${map}: every function key of the table has a letter too`, () => {
    for (const binding of bindingsIn('table') as readonly KeyBinding[]) {
      const keys = keysIn(binding, map);
      if (keys.some(key => /^f\d+$/.test(key)))
        assert.ok(
          keys.some(key => key.length === 1),
          binding.action,
        );
    }
  });
}

test('every action can be reached in every map', () => {
  const reachable = (map: KeyMap): string[] =>
    [...new Set(MODES.flatMap(mode => [...actionsOf(mode, map).values()]))].sort();
  // s is the interval in top
  assert.deepEqual(
    reachable('top'),
    reachable('htop').filter(action => action !== 'system'),
  );
  assert.deepEqual(reachable('vim'), reachable('htop'));
});

test('what a prompt types is no action', () => {
  for (const map of KEY_MAPS) {
    for (const key of actionsOf('prompt', map).keys()) assert.ok(key.length > 1, key);
    for (const key of ['enter', 'escape', 'backspace']) assert.ok(!actionsOf('prompt', map).has(key));
  }
});

test('the keys of the design', () => {
  const design: Readonly<Record<string, string>> = {
    P: 'sort-cpu',
    M: 'sort-memory',
    T: 'sort-time',
    N: 'sort-pid',
    '<': 'sort-left',
    '>': 'sort-right',
    R: 'sort-reverse',
    f1: 'help',
    '?': 'help',
    f6: 'sort-menu',
    o: 'sort-menu',
    f10: 'quit',
    q: 'quit',
    enter: 'open',
    escape: 'back',
    H: 'threads',
    K: 'kernel-threads',
    d: 'interval',
    Z: 'freeze',
    'C-l': 'redraw',
    j: 'down',
    'C-u': 'half-up',
    'C-d': 'half-down',
    home: 'first',
    end: 'last',
    pageup: 'page-up',
    pagedown: 'page-down',
  };
  for (const [key, action] of Object.entries(design)) assert.equal(actionsOf('table', 'htop').get(key), action, key);
  assert.equal(actionsOf('table', 'vim').get('k'), 'up');
  assert.equal(actionsOf('table', 'vim').get('G'), 'last');
  assert.equal(actionsOf('table', 'top').get('s'), 'interval');
  assert.equal(actionsOf('table', 'top').get('f'), 'sort-menu');
});

test('keys as people write them', () => {
  assert.deepEqual(['C-l', 'f6', 'pageup', 'S-tab', 'x', '?'].map(keyLabel), ['^L', 'F6', 'PgUp', 'S-Tab', 'x', '?']);
});
