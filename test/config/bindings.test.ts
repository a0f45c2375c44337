import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readBindings, shadowed } from '../../src/config/bindings.ts';
import { parseConfig } from '../../src/config/config.ts';
import { actionsOf, bindingsIn, type Bound, KEY_MAPS, type Mode } from '../../src/keys/keys.ts';
import { keysOf } from './keys-of.ts';
import { KNOWN } from './known.ts';

/** The bindings of a file, `mode key action` each. */
async function bound(text: string): Promise<string[]> {
  const result = await parseConfig(text, KNOWN);
  assert.ok(result.ok, result.ok ? '' : result.error.message);
  return (result.settings.bound ?? []).map(({ mode, key, action }) => `${mode} ${key} ${action}`);
}

async function refusal(text: string): Promise<string> {
  const result = await parseConfig(text, KNOWN);
  assert.ok(!result.ok);
  const { line, message } = result.error;
  return `${line ?? ''}: ${message}`;
}

describe('own keys', () => {
  it('count in every mode that has the action', async () => {
    assert.deepEqual(await bound('[bind]\nB = "sort-memory"'), ['table B sort-memory']);
    const modes = (action: string): Mode[] =>
      (
        ['table', 'searching', 'frozen', 'replay', 'task', 'system', 'board', 'columns', 'help', 'menu'] as const
      ).filter(mode => bindingsIn(mode).some(binding => binding.action === action));
    assert.ok(modes('quit').length > 3);
    const quits = modes('quit').map(mode => `${mode} B quit`);
    assert.deepEqual((await bound('[bind]\nB = "quit"')).sort(), quits.sort());
  });

  it('or in one mode', async () => {
    assert.deepEqual(await bound('[bind.task]\nB = "show-raw"'), ['task B show-raw']);
    assert.deepEqual(await bound('bind.system.B = "show-log"'), ['system B show-log']);
    assert.deepEqual(await bound('[bind.searching]\n"S-tab" = "search-previous"'), ['searching S-tab search-previous']);
  });

  it('take a key away', async () => {
    assert.deepEqual(await bound('[bind.table]\nq = "none"'), ['table q none']);
  });

  it('are named as the terminal layer names them, however they are written', async () => {
    const written: [string, string][] = [
      ...([
        ['x', 'x'],
        ['é', 'é'],
        ['"', '"'],
        ['\\', '\\'],
        ['^', '^'],
        ['-', '-'],
      ] as [string, string][]),
      ...([
        ['F5', 'f5'],
        ['f12', 'f12'],
        ['PgUp', 'pageup'],
        ['Esc', 'escape'],
        ['Enter', 'enter'],
      ] as [string, string][]),
      ...([
        [' ', 'space'],
        ['Space', 'space'],
        ['Tab', 'tab'],
        ['S-Tab', 'S-tab'],
        ['↑', 'up'],
      ] as [string, string][]),
      ...([
        ['C-x', 'C-x'],
        ['C-X', 'C-x'],
        ['^X', 'C-x'],
        ['^\\', 'C-\\'],
        ['M-x', 'M-x'],
        ['M-X', 'M-X'],
      ] as [string, string][]),
      ...([
        ['C-left', 'C-left'],
        ['S-M-C-Left', 'C-M-S-left'],
        ['M--', 'M--'],
        ['C-F5', 'C-f5'],
      ] as [string, string][]),
    ];
    for (const [text, key] of written) {
      assert.deepEqual(await bound(`[bind.table]\n${JSON.stringify(text)} = "redraw"`), [`table ${key} redraw`], text);
    }
  });

  it('have names that keys of a terminal really get', async () => {
    for (const name of [
      'x',
      'F5',
      '^X',
      'PgUp',
      'Esc',
      'S-Tab',
      'C-left',
      'M-x',
      ' ',
      'Backspace',
      'S-F3',
      'C-Space',
    ]) {
      const [line] = await bound(`[bind.table]\n${JSON.stringify(name)} = "redraw"`);
      const key = line!.split(' ')[1]!;
      assert.deepEqual(keysOf(key), [key], name);
    }
  });

  const wrong: [string, RegExp][] = [
    ['[bind]\nEscp = "quit"', /^2: bind\.Escp is no key: did you mean 'escape'\?$/],
    ['[bind]\n"ctrl+x" = "quit"', /^2: .* is no key: write it as x, F5, C-x, M-x, space or S-tab$/],
    ['[bind]\nS-a = "quit"', /^2: bind\.S-a is no key: with Shift it is 'A'$/],
    ['[bind]\nC-i = "quit"', /^2: bind\.C-i cannot be told from tab: bind that$/],
    ['[bind]\nC-m = "quit"', /cannot be told from enter/],
    ['[bind]\nC-c = "redraw"', /^2: bind\.C-c cannot be bound: it always quits$/],
    ['[bind]\n"" = "redraw"', /is no key/],
    ['[bind]\nx = "sort-memry"', /^2: bind\.x 'sort-memry' is no action: did you mean 'sort-memory'\?$/],
    ['[bind]\nx = "dance-a-tango"', /is no action: the command line \(:\) completes their names$/],
    ['[bind]\nx = true', /^2: bind\.x has to name an action, in quotes$/],
    ['[bind]\nx = ["quit"]', /^2: bind\.x has to name an action, in quotes$/],
    ['[bind.task]\nx = "sort-memory"', /^2: bind\.task\.x 'sort-memory' is no action here: it is one in table$/],
    ['[bind.tsak]\nx = "quit"', /^1: bind\.tsak is no mode: did you mean 'task'\?$/],
    ['[bind.prompt]\nx = "quit"', /^1: bind\.prompt is no mode/],
    ['[bind]\n"C-l" = "redraw"\n\n"^L" = "freeze"', /^4: .* binds \^L twice in table: line 2 does it, too$/],
    [
      '[bind]\nx = "quit"\n[bind.task]\nx = "show-raw"',
      /^4: bind\.task\.x binds x twice in task: line 2 does it, too$/,
    ],
    ['[bind]\nx = "quit"\nx = "freeze"', /^3: bind\.x is said twice: line 2 says it, too$/],
  ];
  for (const [text, says] of wrong) it(JSON.stringify(text), async () => assert.match(await refusal(text), says));

  it('that take the place of another action are told', () => {
    const line = (mode: Mode, key: string, action: string): Bound => ({ mode, key, action }) as Bound;
    const was = actionsOf('table', 'htop').get('x')!;
    assert.deepEqual(shadowed([line('table', 'x', 'quit')], 'htop'), [`x: was ${was}, now quit`]);
    assert.deepEqual(shadowed([line('table', 'q', 'quit')], 'htop'), [], 'the same action');
    assert.deepEqual(shadowed([line('table', 'M-x', 'quit')], 'htop'), [], 'a free key');
    assert.deepEqual(shadowed([line('table', 'C-l', 'none'), line('task', 'C-l', 'none')], 'htop'), [
      '^L: was redraw, now none',
    ]);
    assert.deepEqual(
      KEY_MAPS.map(map => shadowed([line('table', 'G', 'freeze')], map)[0]),
      ['G: was group, now freeze', 'G: was group, now freeze', 'G: was last, now freeze'],
      'by the map',
    );
  });

  it('nothing is bound where there is nothing', () => {
    assert.deepEqual(readBindings({}), { bound: [], faults: [] });
  });
});
