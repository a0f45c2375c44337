/** docs/compared.md names keys, options, commands and columns of this program: all of them are there. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import { commandNames } from '../../src/app/commands.ts';
import { COMMANDS, OPTIONS } from '../../src/cli/option-table.ts';
import { findField } from '../../src/fields/registry.ts';
import { parseFilter } from '../../src/filter/filter.ts';
import { actionsOf, KEY_MAPS, keyLabel, type KeyMap, type Mode } from '../../src/keys/keys.ts';
import { Monitor, sleepers } from '../support/monitor.ts';
import { KNOWN_KEYS } from '../keys/known-keys.ts';
import { root } from '../support/paths.ts';

const TEXT = fs.readFileSync(`${root}docs/compared.md`, 'utf8').replaceAll(/^```.*?^```$/gms, '');

// ---- the page as tables

interface Table {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const cellsOf = (line: string): string[] =>
  line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map(cell => cell.trim().replaceAll('\\|', '|'));

const TABLES: readonly Table[] = [...TEXT.matchAll(/(?:^\|.*\n)+/gm)].map(([block]) => {
  const [titles, , ...rows] = block.trim().split('\n').map(cellsOf);
  return { titles: titles!, rows };
});
const PROSE = TEXT.split('\n').filter(line => !line.startsWith('|'));
const tableWith = (title: string): Table => TABLES.find(({ titles }) => titles[0] === title)!;

const codes = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);

// ---- what is ours

const MODES: readonly Mode[] = [
  'table',
  'searching',
  'frozen',
  'replay',
  'task',
  'system',
  'board',
  'columns',
  'help',
  'menu',
];
/** The keys of a map as people write them, in all modes. */
const labelsOf = (map: KeyMap): Set<string> =>
  new Set(MODES.flatMap(mode => [...actionsOf(mode, map).keys()]).map(keyLabel));

const OPERATORS = ['=', '!=', '!~', '!word', 'and', 'or', '( )', 'not …', 'not has'];
const SETTINGS = ['[bind]', '[filters]', 'sort = [ … ]'];
/** Other programs, calls and files. */
const OUTSIDE = [
  ...['strace -p', 'gdb -p', 'iostat', 'ip -s link', 'turbostat', 'sensors', 'ionice', 'taskset', 'chrt'],
  ...['tgkill', '/proc'],
];
/** Beginnings: Alt, a search, a filter by its name. */
const isBeginning = (code: string): boolean => code === 'M-' || /^\/\d+$/.test(code) || /^@\w+$/.test(code);

const isOption = (code: string): boolean =>
  code.startsWith('--') &&
  code
    .split(' ')
    .filter(word => word.startsWith('--'))
    .every(word => OPTIONS.some(({ name }) => `--${name}` === word)) &&
  (!code.startsWith('--keys ') || KEY_MAPS.some(map => code === `--keys ${map}`));

/** A command with its words is taken by the command line; alone it has to be one. */
function isCommand(code: string): boolean {
  const [name = '', word] = code.slice(1).split(' ');
  if (!code.startsWith(':') || !commandNames().includes(name)) return false;
  if (word === undefined || (/^[A-Z]+$/.test(word) && word !== 'DZ')) return true;
  const shown = new Monitor().sample(sleepers(1, 2)).press(':').type(code.slice(1)).press('enter');
  return shown.state.prompt.problem === undefined && shown.state.mode !== 'prompt';
}

const isFilter = (code: string): boolean => /[<>=~]|\b(?:in|has)\b/.test(code) && 'filter' in parseFilter(code);
const isProgram = (code: string): boolean => {
  const [name, command = ''] = code.split(' ');
  return (name === 'taskscope' && Object.hasOwn(COMMANDS, command)) || Object.hasOwn(COMMANDS, code);
};

/** @param maps whose keys count */
function isThere(code: string, maps: readonly KeyMap[]): boolean {
  return (
    maps.some(map => labelsOf(map).has(code)) ||
    [...OPERATORS, ...SETTINGS, ...OUTSIDE].includes(code) ||
    [isOption, isCommand, isFilter, isProgram, isBeginning].some(is => is(code)) ||
    findField(code) !== undefined ||
    code === 'space'
  );
}

const mapsOf = (text: string): KeyMap[] => ['htop', ...KEY_MAPS.filter(map => text.includes(`--keys ${map}`))];

test('what is said of taskscope names nothing that is not there', () => {
  const ours = TABLES.flatMap(({ titles, rows }) => {
    const at = titles.indexOf('in taskscope');
    return at < 0 ? [] : rows.map(cells => cells[at]!);
  });
  assert.ok(ours.length > 70, `${ours.length} rows`);
  for (const text of [...ours, ...PROSE])
    for (const code of codes(text)) assert.ok(isThere(code, mapsOf(text)), `'${code}' in: ${text}`);
});

test('the check knows what is not there', () => {
  for (const code of ['^G', 'B', '--nothing', ':nothing', ':sort nothing', ':fold x', 'nothing > 3', 'F11', 'rss_byte'])
    assert.ok(!isThere(code, ['htop']), code);
  assert.ok(isThere('^G', ['htop', 'top']));
});

test('every row says have, better, partly, not yet or left out', () => {
  for (const { titles, rows } of TABLES)
    if (titles[1] === 'in taskscope')
      for (const [there, here] of rows) assert.match(here!, /^\*\*(?:Have|Better|Partly|Not yet|Left out)\*\*/, there);
});

// ---- the keys

/** The rows of the table of keys, and the actions that they are about. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  help: ['help'],
  quit: ['quit'],
  'up, down': ['up', 'down'],
  'first, last': ['first', 'last'],
  'page; half': ['page-up', 'page-down', 'half-up', 'half-down'],
  sideways: ['scroll-left', 'scroll-right'],
  'search, next': ['search', 'search-next', 'search-previous'],
  filter: ['filter'],
  'clear filters': ['clear-filter', 'back'],
  'sort by': ['sort-menu'],
  'neighbour column': ['sort-left', 'sort-right'],
  'CPU, memory, time, pid': ['sort-cpu', 'sort-memory', 'sort-time', 'sort-pid'],
  reverse: ['sort-reverse'],
  tree: ['tree'],
  fold: ['fold', 'unfold', 'fold-all'],
  group: ['group'],
  signal: ['signal'],
  renice: ['renice', 'nice-down', 'nice-up'],
  'CPUs, policy, I/O class': ['affinity', 'policy', 'io-class'],
  'tag, children, untag': ['tag', 'tag-children', 'untag'],
  threads: ['threads'],
  'kernel threads': ['kernel-threads'],
  'command as': ['command-as'],
  user: ['user'],
  states: ['state-filter'],
  follow: ['follow'],
  pause: ['freeze'],
  interval: ['interval'],
  columns: ['columns'],
  'sets of columns': ['next-set', 'previous-set'],
  'one task': ['open', 'show-environment', 'show-files', 'show-locks', 'show-cgroup', 'show-privileges'],
  'the machine': ['system'],
  'stuck; events; findings': ['stuck', 'events', 'findings'],
  'per CPU; meters': ['per-cpu', 'meters'],
  'idle; zeros': ['idle', 'zeros'],
  redraw: ['redraw'],
  save: ['save'],
  'command line; write': ['command', 'write'],
};

const NAMED = /`([^`]+)`|[↑↓←→]|S-Tab|Tab|Enter|Esc|space|Home|End|PgUp|PgDn/g;
/** The keys that a cell names, without those behind `not`. */
const keysIn = (cell: string): string[] =>
  [...cell.replace(/;? *\bnot\b.*/, '').matchAll(NAMED)]
    .map(([all, code]) => code ?? all)
    .filter(key => key.length === 1 || !key.startsWith(':'));
const excluded = (cell: string): string[] => codes(/\bnot\b(.*)/.exec(cell)?.[1] ?? '');

function keysFor(map: KeyMap, actions: readonly string[]): string[] {
  const all = [...actionsOf('table', map), ...actionsOf('searching', map)];
  return [...new Set(all.filter(([, action]) => actions.includes(action)).map(([key]) => keyLabel(key)))];
}

describe('the table of keys', () => {
  const { titles, rows } = tableWith('action');
  test('has a row for each kind of action', () =>
    assert.deepEqual(
      rows.map(([label]) => label),
      Object.keys(ACTIONS),
    ));
  for (const [label = '', ...cells] of rows) {
    const [, , usual = '', ...others] = cells;
    for (const [map, cell] of [
      ['htop', usual],
      ['top', others[0]!],
      ['vim', others[1]!],
    ] as const) {
      test(`${label}, ${map}: ${cell}`, () => {
        const actions = ACTIONS[label]!;
        const named = /^(?:=|and )/.test(cell) ? [...keysIn(usual), ...keysIn(cell)] : keysIn(cell);
        assert.deepEqual(named.sort(), keysFor(map, actions).sort());
        for (const key of excluded(cell)) assert.ok(!keysFor(map, actions).includes(key), `${key} is there`);
        for (const code of codes(cell)) if (code.length > 1 && code.startsWith(':')) assert.ok(isCommand(code), code);
      });
    }
  }
  test('its columns', () => assert.deepEqual(titles.slice(3), ['default', '`--keys top`', '`--keys vim`']));
});

describe('the table of keys that mean something else', () => {
  const { rows } = tableWith('map');
  const byMap = new Map<string, { readonly keys: string[]; readonly here: string }[]>();
  let map = '';
  for (const [name = '', keys = '', , here = ''] of rows) {
    map = name.includes('top`') ? 'top' : name.includes('vim') ? 'vim' : name === '' ? map : 'htop';
    byMap.set(map, [
      ...(byMap.get(map) ?? []),
      { keys: [...codes(keys), ...(keys.match(/space|Enter/g) ?? [])], here },
    ]);
  }
  test('they do something here, but for those that do nothing', () => {
    assert.deepEqual([...byMap.keys()], ['htop', 'top', 'vim']);
    for (const [name, list] of byMap) {
      const labels = new Set([...actionsOf('table', name as KeyMap).keys()].map(keyLabel));
      for (const { keys, here } of list) {
        assert.ok(keys.length > 0, here);
        const idle = keys.filter(key => !labels.has(key));
        assert.equal(idle.length, [...here.matchAll(/\bnothing\b/g)].length, `${name} ${keys.join(' ')}: ${here}`);
        for (const code of codes(here)) assert.ok(isThere(code, [name as KeyMap]), `${code} in: ${here}`);
      }
    }
  });
  test('none is missing that the program has and means otherwise', () => {
    for (const { program, key, does, action, conflict } of KNOWN_KEYS) {
      if (!conflict || action === undefined) continue;
      const told = byMap.get(program)!.flatMap(({ keys }) => keys);
      assert.ok(told.includes(keyLabel(key)), `${program} ${key}: ${does}`);
    }
  });
});
