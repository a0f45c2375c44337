/** What the fingers of htop's and top's users find. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { actionsOf, KEY_MAPS, type Mode } from '../../src/keys/keys.ts';
import { commandNames } from '../../src/app/commands.ts';
import { Monitor } from '../support/monitor.ts';
import { KNOWN_KEYS, type Program } from './known-keys.ts';

/** A key that no map has: it is bound to the action itself. */
const UNUSED = 'C-f12';

/** They do something to the branches of a tree only. */
const IN_TREE = ['+', '-'];

const TASKS = [
  { pid: 1, ppid: 0, comm: 'init', rss: 10 },
  { pid: 10, ppid: 1, comm: 'shell', rss: 20 },
  { pid: 11, ppid: 10, comm: 'tar', rss: 30, state: 'D' },
  { pid: 12, ppid: 10, comm: 'gzip', rss: 40, state: 'R', utime: 5 },
] as const;

/** The cursor on the second task, in the key map that a program's users choose. */
function monitor(program: Program, searching = false): Monitor {
  const shown = new Monitor().sample(TASKS).sample(TASKS).press('down');
  if (searching) shown.press('/').type('a').press('enter');
  shown.wishes.length = 0;
  shown.state = { ...shown.state, map: program };
  return shown;
}

for (const { program, key, does, action, conflict, searching = false } of KNOWN_KEYS) {
  const mode: Mode = searching ? 'searching' : 'table';
  test(`${program} ${key}, ${does}: ${action ?? 'nothing'}${conflict ? `, for: ${conflict.why}` : ''}`, () => {
    assert.equal(actionsOf(mode, program).get(key), action);
    const before = monitor(program, searching);
    const { state } = before;
    const pressed = before.press(key);
    if (action === undefined) {
      assert.equal(pressed.state, state, 'nothing changes');
      assert.deepEqual(pressed.wishes, []);
      return;
    }
    const called = monitor(program, searching);
    called.state = { ...called.state, bound: [{ mode, key: UNUSED, action }] };
    called.press(UNUSED);
    assert.deepEqual({ ...pressed.state, bound: [] }, { ...called.state, bound: [] }, 'it is the action that is done');
    assert.deepEqual(pressed.wishes, called.wishes);
    if (!IN_TREE.includes(key))
      assert.ok(pressed.state !== state || pressed.wishes.length > 0, 'and it does something');
  });
  if (conflict?.instead !== undefined)
    test(`${program} ${key}, ${does}: ${conflict.instead} in its place`, () => {
      assert.ok(conflict.wants, 'what it calls for is told');
      assert.notEqual(conflict.wants, action, 'else it is no conflict');
      assert.equal(actionsOf('table', program).get(conflict.instead!), conflict.wants);
    });
}

test('no key is told of twice', () => {
  const names = KNOWN_KEYS.map(({ program, key }) => `${program} ${key}`);
  assert.equal(new Set(names).size, names.length);
});

test('a key is not missed where its action is there without it', () => {
  const commands = commandNames();
  for (const { program, key, does, action, conflict } of KNOWN_KEYS)
    if (action === undefined) assert.ok(conflict, `${program} ${key}, ${does}: bind it, or say why not`);
  for (const command of ['set', 'theme', 'follow', 'tag-children', 'system']) assert.ok(commands.includes(command));
});

test('what is stuck, events and findings have their keys in every map; those of a replay are free', () => {
  for (const map of KEY_MAPS) {
    const here = actionsOf('table', map);
    assert.deepEqual(
      ['S', 'E', '!'].map(key => here.get(key)),
      ['stuck', 'events', 'findings'],
    );
    for (const key of ['{', '}', '(', ')', '.', ',']) assert.equal(here.get(key), undefined, `${map} ${key}`);
  }
});

test('top: tagging children, following and the pages of the machine are commands only', () => {
  const actions = [...actionsOf('table', 'top').values()];
  for (const action of ['tag-children', 'follow', 'system'] as const) {
    assert.ok(!actions.includes(action), action);
    assert.ok(commandNames().includes(action), action);
  }
});

describe('what they see of it', () => {
  test('htop: h, F9, F8, c, K, t', () => {
    assert.equal(monitor('htop').press('h').state.mode, 'help');
    assert.equal(monitor('htop').press('h', 'h').state.mode, 'table');
    assert.deepEqual(
      monitor('htop')
        .press('f9')
        .state.dialog?.targets.map(({ pid }) => pid),
      [10],
    );
    assert.equal(monitor('htop').press('f8').state.dialog?.kind, 'renice');
    assert.equal(monitor('htop').press('f8').state.dialog?.line.text, '+');
    assert.deepEqual([...monitor('htop').press('c').state.tagged].sort(), ['10@100', '11@100', '12@100']);
    assert.equal(monitor('htop').press('K').state.kernelThreads, 'hide');
    const tree = monitor('htop').press('t');
    assert.equal(tree.state.arrangement, 'tree');
    assert.deepEqual(tree.press('-').pids, [1, 10]);
    assert.deepEqual(tree.press('+').pids, [1, 10, 11, 12]);
  });
  test('top: k, r, s, V, M, o and =', () => {
    assert.deepEqual(
      monitor('top')
        .press('k')
        .state.dialog?.targets.map(({ pid }) => pid),
      [10],
    );
    assert.equal(monitor('top').press('r').state.dialog?.kind, 'renice');
    assert.equal(monitor('top').press('s').state.prompt.purpose, 'interval');
    assert.equal(monitor('top').press('V').state.arrangement, 'tree');
    assert.deepEqual(monitor('top').press('M').pids, [12, 11, 10, 1]);
    const filtered = monitor('top').press('o').type('state = D').press('enter');
    assert.deepEqual(filtered.pids, [11]);
    assert.equal(filtered.press('=').pids.length, TASKS.length);
  });
  test('top: L and & search', () => {
    const found = monitor('top').press('L').type('i').press('enter');
    assert.equal(found.state.mode, 'table');
    const first = found.cursorPid;
    assert.ok([1, 12].includes(first!));
    assert.equal(found.press('&').cursorPid, first === 1 ? 12 : 1);
  });
  test('top: ^G ^K ^N ^P open the task of the cursor at a page', () => {
    for (const [key, page] of [
      ['C-g', 'cgroup'],
      ['C-k', 'environment'],
      ['C-n', 'environment'],
      ['C-p', 'privileges'],
    ] as const) {
      const { task } = monitor('top').press(key).state;
      assert.deepEqual([task?.page, task?.key.pid], [page, 10]);
      assert.equal(monitor('htop').press(key).state.mode, 'table', 'in the default map they are free');
    }
  });
  test('Alt and hjkl move, in every map, on pages too', () => {
    for (const map of KEY_MAPS) {
      const shown = monitor('htop');
      shown.state = { ...shown.state, map };
      assert.equal(shown.press('M-j').cursorPid, 11);
      assert.equal(shown.press('M-k', 'M-k').cursorPid, 1);
      assert.equal(shown.press('M-l').state.skipped, 1);
      assert.equal(shown.press('M-h').state.skipped, 0);
      assert.equal(actionsOf('task', map).get('M-j'), 'down');
    }
  });
});
