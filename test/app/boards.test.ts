/** Boards: the cursor on their lines, folding, the filter, and the way to a task and back. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { filteredLines } from '../../src/app/boards.ts';
import type { BoardLine } from '../../src/view/board.ts';
import { Monitor, sleepers } from '../support/monitor.ts';

const text = (words: string, more: Partial<BoardLine> = {}): BoardLine => ({
  line: { spans: [{ x: 1, text: words, tone: 'normal' }] },
  ...more,
});
const LINES: readonly BoardLine[] = [
  text('a heading'),
  text('nfs', { group: 'nfs' }),
  text('871 tar', { task: { pid: 1, startTicks: 100 } }),
  text('what it means'),
  text('900 thread of 2', { task: { pid: 900, startTicks: 7, tgid: 2 } }),
  text('901 has ended', { task: { pid: 901, startTicks: 7 } }),
];

function board(key = 'S', lines = LINES): Monitor {
  const shown = new Monitor().sample(sleepers(1, 2, 3));
  shown.board = lines;
  return shown.press(key).reorder();
}
const row = (shown: Monitor): number => shown.state.board!.row;

describe('a board', () => {
  test('has a key each; the same key or Esc goes back', () => {
    for (const [key, kind] of [
      ['S', 'stuck'],
      ['E', 'events'],
      ['!', 'findings'],
    ] as const) {
      const shown = board(key);
      assert.equal(shown.state.board?.page, kind);
      assert.equal(shown.press(key).state.mode, 'table');
      assert.equal(board(key).press('escape').state.mode, 'table');
    }
    assert.equal(board('S').press('E').state.board?.page, 'events', 'from one to the other');
  });

  test('its cursor stands on lines that stand for something', () => {
    const shown = board();
    assert.equal(row(shown), 1);
    assert.deepEqual(
      ['down', 'down', 'down', 'down', 'up', 'up', 'up', 'up'].map(key => row(shown.press(key))),
      [2, 4, 5, 5, 4, 2, 1, 1],
    );
  });

  test('its cursor stays with its line when others come and go', () => {
    const shown = board().press('down', 'down');
    assert.equal(row(shown), 4);
    shown.board = [text('a heading'), text('new', { group: 'new' }), ...LINES.slice(1)];
    assert.equal(row(shown.reorder()), 5);
    shown.board = LINES.slice(0, 3);
    assert.equal(row(shown.reorder()), 2, 'it is gone: as near as can be');
  });

  test('Enter folds a group, opens a task, and the process of a thread; Esc comes back to the board', () => {
    assert.deepEqual([...board().press('enter').state.board!.folded], ['nfs']);
    assert.deepEqual([...board().press('enter', 'enter').state.board!.folded], []);
    assert.deepEqual([...board().press('*').state.board!.folded], ['nfs']);
    const task = board().press('down', 'enter');
    assert.deepEqual([task.state.mode, task.state.task?.key], ['task', { pid: 1, startTicks: 100 }]);
    assert.equal(task.press('escape').state.mode, 'board');
    const thread = board().press('down', 'down', 'enter');
    assert.deepEqual([thread.state.task?.key.pid, thread.state.task?.page], [2, 'threads']);
    const ended = board().press('end', 'enter');
    assert.equal(ended.state.mode, 'board');
    assert.match(ended.state.message!.text, /901 is not in the table: it has ended/);
  });

  test('a filter leaves the lines with its words, as it is typed; Esc undoes it', () => {
    const shown = board().press('\\').type('TAR').press('enter');
    assert.equal(shown.state.board!.filter, 'TAR');
    assert.equal(shown.state.mode, 'board');
    assert.deepEqual(filteredLines(LINES, 'tar 871'), [LINES[0], LINES[2]]);
    assert.deepEqual(
      filteredLines(LINES, 'nowhere').map(({ line }) => line.spans[0]?.text),
      ['a heading', 'no line has these words; Esc shows all'],
    );
    assert.equal(shown.press('escape').state.board!.filter, '');
    assert.equal(board().press('\\').type('x').press('escape').state.board!.filter, '', 'not taken');
  });

  test('that of events is filtered by kind, too; the filter stands in its title', () => {
    const shown = board('E').press('\\').type('k');
    assert.match(shown.screen.at(-2)!, /^ kind= +only events of these kinds/);
    shown.type('ind=');
    assert.match(shown.screen.at(-2)!, /^ appeared  gone  entered_d  left_d  gained_flags  policy/);
    shown.type('gone,x');
    assert.match(shown.state.prompt.problem!, /no kind of event begins with 'x'/);
    assert.equal(shown.state.board!.filter, 'kind=gone,', 'what was right last');
    assert.equal(shown.press('enter').state.mode, 'prompt');
    shown.press('backspace').type('ent').press('tab', 'enter');
    assert.equal(shown.state.board!.filter, 'kind=gone,entered_d');
    assert.ok(shown.screen.some(line => line.includes('the latest first; only kind=gone,entered_d')));
    assert.ok(!shown.press('escape').screen.some(line => line.includes('only kind')));
    // what is stuck is no event
    const stuck = board('S').press('\\').type('kind=x');
    assert.equal(stuck.state.prompt.problem, undefined);
    assert.equal(stuck.state.board!.filter, 'kind=x');
  });

  test('a long one scrolls with the cursor and shows where it is', () => {
    const many = Array.from({ length: 100 }, (_, index) =>
      text(`event ${index}`, { task: { pid: index, startTicks: 1 } }),
    );
    const shown = board('E', many);
    for (let step = 0; step < 60; step++) shown.press('down');
    const screen = shown.screen.join('\n');
    assert.match(screen, /event 60\b/);
    assert.doesNotMatch(screen, /event 10\b/);
    assert.match(screen, /\d+-\d+ of 100/);
    assert.match(shown.press('end').screen.join('\n'), /event 99/);
  });

  test('a search puts the cursor on what is found', () => {
    const shown = board().press('/').type('thread').press('enter');
    assert.equal(row(shown), 4);
  });
});
