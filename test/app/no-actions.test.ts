/** Where there are no actions (a captured machine, `--read-only`) nothing that is pressed, typed or clicked makes one. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { commandNames } from '../../src/app/commands.ts';
import { openDialog } from '../../src/app/dialog.ts';
import type { DialogKind } from '../../src/app/dialog-state.ts';
import { targetOf } from '../../src/app/dialog-target.ts';
import { divide } from '../../src/app/frame.ts';
import { hit, pointed } from '../../src/app/mouse.ts';
import { type ActionName, actionsOf, bindingsIn, KEY_MAPS, type KeyMap, type Mode } from '../../src/keys/keys.ts';
import { Monitor } from '../support/monitor.ts';
import type { PushedTask } from '../support/model.ts';
import { root } from '../support/paths.ts';

const WHY = 'No actions: these tasks are not those of this machine now.';
const TASKS: readonly PushedTask[] = [
  { pid: 1, ppid: 0, comm: 'init', num_threads: 1 },
  { pid: 2, ppid: 0, comm: 'kthreadd', vsize: 0, rss: 0, flags: 0x208040 },
  { pid: 10, ppid: 1, comm: 'shell', num_threads: 3 },
  { pid: 11, ppid: 10, comm: 'tar', state: 'D' },
  { pid: 12, ppid: 10, comm: 'gzip', state: 'R' },
];
/** Some have ended, one pid was given away. */
const LATER = [TASKS[0]!, { ...TASKS[2]!, start_time: 777 }, TASKS[4]!];

function monitor(noActions: string | undefined): Monitor {
  const shown = new Monitor().sample(TASKS);
  shown.columns = 80;
  shown.lines = 24;
  shown.state = { ...shown.state, noActions };
  return shown;
}

const acted = (shown: Monitor): boolean => shown.wishes.some(wish => typeof wish === 'object' && 'perform' in wish);

// ---- everything that can be done to the monitor

const MODES: readonly Mode[] = [
  'table',
  'searching',
  'frozen',
  'task',
  'system',
  'board',
  'columns',
  'help',
  'menu',
  'prompt',
  'dialog',
];
const KINDS: readonly DialogKind[] = ['signal', 'renice', 'io-class', 'affinity', 'policy'];
const KEYS: readonly string[] = [
  ...new Set([
    ...KEY_MAPS.flatMap(map => MODES.flatMap(mode => [...actionsOf(mode, map).keys()])),
    ...['enter', 'enter', 'space', 'backspace', 'delete', 'C-m', 'y', '5', '9', 'é'],
  ]),
];
const WORDS = ['', '1', '-rss', 'tree', 'state = D', 'D', 'vim', 'top', 'faults', 'flags', 'log', 'root', 'out.txt'];
const ACTIONS: readonly ActionName[] = [
  ...new Set(MODES.flatMap(mode => bindingsIn(mode).map(({ action }) => action))),
];

type Event =
  | { readonly key: string }
  | { readonly command: string; readonly word: string }
  | { readonly mouse: 'press' | 'wheel-up' | 'wheel-down'; readonly x: number; readonly y: number }
  | { readonly paste: string }
  | { readonly tasks: readonly PushedTask[] }
  | { readonly map: KeyMap }
  /** A dialog that is open, however that came. */
  | { readonly dialog: DialogKind };

const EVENT: fc.Arbitrary<Event> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ key: fc.constantFrom(...KEYS) }) },
  // often what would confirm
  {
    weight: 3,
    arbitrary: fc.constantFrom({ key: 'enter' }, { key: 'k' }, { key: 'f9' }, { key: '+' }, { key: 'escape' }),
  },
  { weight: 3, arbitrary: fc.record({ command: fc.constantFrom(...commandNames()), word: fc.constantFrom(...WORDS) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      mouse: fc.constantFrom('press' as const, 'wheel-up' as const, 'wheel-down' as const),
      x: fc.nat(79),
      y: fc.nat(23),
    }),
  },
  { weight: 1, arbitrary: fc.record({ paste: fc.constantFrom('9\n', 'signal\n', '0-3', '\r', 'kkk\r\r') }) },
  { weight: 1, arbitrary: fc.record({ tasks: fc.constantFrom(TASKS, LATER) }) },
  { weight: 1, arbitrary: fc.record({ map: fc.constantFrom(...KEY_MAPS) }) },
  { weight: 1, arbitrary: fc.record({ dialog: fc.constantFrom(...KINDS) }) },
);

function openedAnyhow(shown: Monitor, kind: DialogKind): void {
  const { cursor, seats } = shown.pushed;
  const targets = [...seats.values()].map(seat => targetOf(cursor.at(seat)));
  const dialog = openDialog(kind, targets, shown.scene.dialogFacts);
  shown.state = { ...shown.state, mode: 'dialog', dialog };
}

function click(shown: Monitor, kind: 'press' | 'wheel-up' | 'wheel-down', x: number, y: number): void {
  const { scene } = shown;
  const { state, wishes } = pointed(shown.state, { kind, at: hit(scene, divide(scene), x, y) }, shown.world);
  shown.state = state;
  shown.wishes.push(...wishes);
  if (wishes.includes('reorder')) shown.reorder();
}

const command = (shown: Monitor, name: string, word: string): Monitor =>
  shown
    .press('escape', ':')
    .type(word === '' ? name : `${name} ${word}`)
    .press('enter');

function happen(shown: Monitor, event: Event): void {
  if ('key' in event) shown.press(event.key);
  else if ('command' in event) command(shown, event.command, event.word);
  else if ('mouse' in event) click(shown, event.mouse, event.x, event.y);
  else if ('paste' in event) shown.paste(event.paste);
  else if ('tasks' in event) shown.sample(event.tasks);
  else if ('map' in event) shown.state = { ...shown.state, map: event.map };
  else openedAnyhow(shown, event.dialog);
}

// ---- what comes of it

const UNUSED = 'C-f12';

/** The monitor in a mode, with one key for the action. */
function readyFor(mode: Mode, action: ActionName, noActions: string | undefined): Monitor {
  const shown = monitor(noActions).press('down', 'down');
  const lead: Partial<Record<Mode, readonly string[]>> = {
    searching: ['/', 'a', 'enter'],
    frozen: ['Z'],
    task: ['enter'],
    system: ['s'],
    board: ['S'],
    columns: ['f2'],
    help: ['f1'],
    menu: ['f6'],
    prompt: [':'],
  };
  shown.press(...(lead[mode] ?? []));
  shown.wishes.length = 0;
  shown.state = { ...shown.state, bound: [{ mode, key: UNUSED, action }] };
  return shown;
}

/** Pages are shown by their own keys only; every other action can be bound, or called for by its name, anywhere. */
const canBe = (action: ActionName, mode: Mode): boolean =>
  !action.startsWith('show-') || bindingsIn(mode).some(binding => binding.action === action);

/** Those of the key table that ask for a change of a task. */
const ASKING = ['affinity', 'io-class', 'nice-down', 'nice-up', 'policy', 'renice', 'signal'];

describe('every action of the key table', () => {
  test('those that open a dialog, where there are actions', () => {
    const opening = ACTIONS.filter(
      action => readyFor('table', action, undefined).press(UNUSED).state.mode === 'dialog',
    );
    assert.deepEqual([...opening].sort(), ASKING);
  });
  test('none opens one without, in any mode, and those that would say why', () => {
    for (const mode of MODES)
      for (const action of ACTIONS.filter(one => canBe(one, mode))) {
        const shown = readyFor(mode, action, WHY).press(UNUSED);
        assert.notEqual(shown.state.mode, 'dialog', `${mode} ${action}`);
        assert.equal(shown.state.dialog, undefined, `${mode} ${action}`);
        assert.ok(!acted(shown.press('enter', 'enter')), `${mode} ${action}`);
        if (mode === 'table' && ASKING.includes(action))
          assert.equal(readyFor(mode, action, WHY).press(UNUSED).state.message?.text, WHY, action);
      }
  });
  test('no command does, with any word', () => {
    for (const name of commandNames())
      for (const word of WORDS) {
        const shown = command(monitor(WHY), name, word);
        assert.equal(shown.state.dialog, undefined, `:${name} ${word}`);
        assert.ok(!acted(shown.press('enter', 'enter')), `:${name} ${word}`);
      }
  });
});

test('a dialog that is open nevertheless does nothing, and says why', () => {
  for (const kind of KINDS) {
    const shown = monitor(WHY);
    openedAnyhow(shown, kind);
    shown.press('5', 'enter');
    assert.ok(!acted(shown), kind);
    assert.equal(shown.state.dialog, undefined, kind);
    assert.equal(shown.state.message?.text, WHY, kind);
    const live = monitor(undefined);
    openedAnyhow(live, kind);
    // its first task is pid 1: that is asked twice
    const keys = { signal: ['enter'], renice: ['5'], 'io-class': [], affinity: ['1'], policy: [] }[kind];
    assert.ok(acted(live.press(...keys, 'enter')), `${kind}: where there are actions it acts`);
  }
});

test('whatever is pressed, typed, pasted and clicked, two hundred times: nothing is ever to be performed', () => {
  fc.assert(
    fc.property(fc.array(EVENT, { minLength: 200, maxLength: 200 }), events => {
      const shown = monitor(WHY);
      for (const event of events) {
        happen(shown, event);
        assert.ok(!acted(shown), JSON.stringify(event));
        assert.ok(shown.state.dialog?.stage !== 'acting', JSON.stringify(event));
        assert.equal(shown.state.noActions, WHY, 'nothing gives the actions back');
        shown.wishes.length = 0;
      }
    }),
    { numRuns: 40 },
  );
});

// ---- that is the only way there

/** Sources with what they import, by their paths within src. */
const SOURCES = new Map(
  fs
    .readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => [name, fs.readFileSync(`${root}src/${name}`, 'utf8')]),
);
const importers = (file: string): string[] =>
  [...SOURCES]
    .filter(([name, text]) =>
      [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].some(
        ([, target]) => path.join(path.dirname(name), target!) === file,
      ),
    )
    .map(([name]) => name);
const holders = (pattern: RegExp): string[] =>
  [...SOURCES].filter(([, text]) => pattern.test(text)).map(([name]) => name);

describe('the way to perform', () => {
  test('leads through the monitor alone, on a wish of the dialog', () => {
    assert.deepEqual(importers('act/perform.ts'), ['cli/monitor.ts']);
    const text = SOURCES.get('cli/monitor.ts')!;
    const count = (pattern: RegExp): number => [...text.matchAll(pattern)].length;
    assert.equal(count(/act\/perform\.ts/g), 1);
    assert.equal(count(/\bperform\(action, targets\)/g), 1);
    assert.equal(count(/this\.#perform\(/g), 1);
    assert.match(text, /if \('perform' in wish\) this\.#perform\(wish\.perform, wish\.targets\);/);
    assert.deepEqual(holders(/\bperform: (?!Action)/), ['app/dialog.ts', 'app/update.ts'], 'where the wish is made');
  });
  test('what does it is behind it', () => {
    assert.deepEqual(importers('act/send.ts'), ['act/perform.ts']);
    assert.deepEqual(importers('act/change.ts'), ['act/perform.ts']);
    assert.deepEqual(importers('act/tools.ts').sort(), ['act/change.ts', 'act/perform.ts']);
  });
  test('and nothing else in the program reaches another process', () => {
    // the helper's own process group; our own job, to stop it
    assert.deepEqual(holders(/\bprocess\.kill\(/).sort(), [
      'act/send.ts',
      'sample/slow-helper.ts',
      'term/lifecycle.ts',
    ]);
    assert.deepEqual(holders(/\bsetPriority\b/), ['act/change.ts']);
  });
});
