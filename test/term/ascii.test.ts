/** Where only ASCII can be shown: whatever the program draws, and whatever a task calls itself. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { SYSTEM_PAGES, TASK_PAGES } from '../../src/keys/keys.ts';
import { eachCell } from '../../src/term/cells.ts';
import type { Capabilities } from '../../src/term/environment.ts';
import { CellScreen } from '../../src/term/screen.ts';
import { THEMES } from '../../src/term/theme.ts';
import type { Frame } from '../../src/view/cells.ts';
import { Monitor } from '../support/monitor.ts';
import { root } from '../support/paths.ts';

const PLAIN: Capabilities = { description: 'xterm-256color', depth: 256, unicode: false };

function cellsOf(text: string, ascii: boolean): string[] {
  const cells: string[] = [];
  eachCell(text, ascii, (character, width) => cells.push(character, ...(width === 2 ? [''] : [])));
  return cells;
}

/** What stands in the code of a file, its comments left out. */
const codeOf = (file: string): string =>
  readFileSync(file, 'utf8')
    .replace(/\/\*[^]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '');

describe('every glyph of the program', () => {
  const sources = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'));
  const glyphs = new Set(
    sources
      // the list of stand-ins itself
      .filter(name => name !== 'term/cells.ts')
      .flatMap(name => Array.from(codeOf(`${root}src/${name}`).matchAll(/[^\x00-\x7f]/gu), ([glyph]) => glyph)),
  );

  test('has a stand-in of its own, as wide as itself', () => {
    assert.ok(glyphs.size > 20, String(glyphs.size));
    for (const glyph of glyphs) {
      const [character, ...more] = cellsOf(glyph, true);
      assert.deepEqual([more, cellsOf(glyph, false).length], [[], 1], glyph);
      assert.match(character!, /^[!-~]$/, `${glyph} has none`);
      assert.notEqual(character, '?', `${glyph} has none`);
    }
  });

  test('and levels of bars rise', () => {
    const levels = Array.from('▁▂▃▄▅▆▇█', glyph => cellsOf(glyph, true)[0]);
    assert.equal(new Set(levels).size, levels.length);
  });
});

/** Tasks with every sort of name. */
const TASKS = [
  { pid: 1, comm: 'init' },
  { pid: 20, comm: '日本語', ppid: 1 },
  { pid: 21, comm: 'é🐢\u202e\x1b[2J', ppid: 20 },
  { pid: 22, comm: '\udcff·▲', ppid: 20 },
] as const;

/** What the monitor shows, screen by screen. */
function* screens(): Generator<[what: string, frame: Frame]> {
  const open = (...keys: string[]): Monitor =>
    new Monitor()
      .sample(TASKS)
      .sample(TASKS)
      .press(...keys);
  const views: Readonly<Record<string, readonly string[]>> = {
    table: [],
    tree: ['t'],
    groups: ['G', 'down', 'down', 'enter'],
    tags: ['space', 'F'],
    frozen: ['Z'],
    help: ['?'],
    columns: ['C'],
    'sort menu': ['o'],
    prompt: ['/', 'x'],
    'a wrong filter': ['\\', '=', '='],
    command: [':', 's'],
    signal: ['f9'],
    nice: ['f8'],
    affinity: ['a'],
  };
  for (const [name, keys] of Object.entries(views)) yield [name, open(...keys).frame];
  for (const { id, keys } of TASK_PAGES) yield [`task, ${id}`, open('end', 'enter', keys[0]).frame];
  for (const { id, keys } of SYSTEM_PAGES) yield [`system, ${id}`, open('s', keys[0]).frame];
}

test('no frame sends a byte beyond ASCII, and none loses a line', async () => {
  let seen = 0;
  for (const [what, frame] of screens()) {
    const screen = new CellScreen(PLAIN, frame, THEMES.default);
    let text = screen.paint(frame);
    // charts come with the frame after
    await new Promise(resolve => setImmediate(resolve));
    text += screen.paint(frame);
    assert.ok(text.length > 200, what);
    assert.doesNotMatch(text, /[^\x00-\x7f]/, what);
    seen++;
  }
  assert.ok(seen > 35, String(seen));
});
