import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { divide } from '../../src/app/frame.ts';
import { textWidth } from '../../src/units/text.ts';
import { Monitor, sleepers } from '../support/monitor.ts';

const SIZES = [
  [0, 0],
  [1, 1],
  [2, 2],
  [20, 3],
  [40, 10],
  [59, 15],
  [60, 16],
  [80, 24],
  [109, 24],
  [110, 24],
  [120, 40],
  [200, 60],
  [500, 200],
] as const;

const MODES: Readonly<Record<string, readonly string[]>> = {
  table: [],
  selected: ['down', 'end'],
  help: ['?', 'end'],
  menu: ['o', 'pagedown'],
  prompt: ['d', '9', '9', '9', '9', 'enter'],
  overview: ['enter'],
  flags: ['enter', '2', 'pagedown'],
  'prompt in a task': ['enter', 'd'],
  frozen: ['Z'],
};

const HOSTILE = [
  { pid: 1, ppid: 0, comm: 'a\x1b[2Jb\nc', state: 'D' },
  { pid: 2, comm: '日本語プロセス', state: 'Z', flags: 4, vsize: 0 },
  { pid: 4194304, comm: '\u202eevil', utime: 1e9, rss: 1e9, flags: 0xffffffff },
];

for (const [mode, keys] of Object.entries(MODES)) {
  describe(mode, () => {
    for (const [columns, lines] of SIZES) {
      test(`${columns}×${lines}`, () => {
        for (const tasks of [
          [],
          HOSTILE,
          [...HOSTILE, ...sleepers(...Array.from({ length: 300 }, (_, at) => at + 10))],
        ]) {
          const monitor = new Monitor();
          Object.assign(monitor, { columns, lines });
          monitor
            .sample(tasks)
            .sample(tasks)
            .press(...keys);
          const { frame } = monitor;
          assert.equal(frame.columns, columns);
          assert.equal(frame.rows, lines);
          if (lines >= 2) assert.equal(frame.lines.length, lines);
          // in the header a meter's number may stand on its bar
          for (const line of frame.lines.slice(divide(monitor.scene).header.length)) {
            let end = -1;
            for (const { x, text } of line.spans) {
              assert.ok(Number.isInteger(x) && x >= 0, `x ${x}`);
              // what lies beyond the edge is cut by the painter, what lies inside must not be covered
              if (x < columns)
                assert.ok(x >= end || text === '', `${JSON.stringify(text)} at ${x} covers what ends at ${end}`);
              end = Math.max(end, x + Math.min(textWidth(text), columns));
            }
          }
          for (const { x, y, width, values } of frame.sparks) {
            assert.ok(y < lines && x >= 0 && width > 0 && values.every(Number.isFinite));
            assert.ok(x + width <= columns, 'a sparkline is on the screen');
          }
        }
      });
    }
  });
}

describe('what is on the screen', () => {
  const screen = (columns: number, lines: number, ...keys: string[]): string => {
    const monitor = new Monitor();
    Object.assign(monitor, { columns, lines });
    return monitor
      .sample(HOSTILE)
      .sample(HOSTILE)
      .press(...keys)
      .screen.join('\n');
  };

  test('D and Z are always told', () => {
    for (const [columns, lines] of [
      [40, 10],
      [80, 24],
      [200, 60],
    ] as const) {
      assert.match(screen(columns, lines), /\b1 ?D\b/);
      assert.match(screen(columns, lines), /\b1 ?Z\b/);
    }
    const calm = new Monitor().sample(sleepers(1)).screen.join('\n');
    assert.match(calm, /0 D/);
    assert.match(calm, /0 Z/);
  });

  test('the wide header: machine, tasks, meters, faults, own cost', () => {
    const text = screen(160, 40);
    for (const part of [
      /taskscope {2}test {2}Linux 6\.18\.0 x86_64/,
      /up 00:16/,
      /load 0\.52 0\.58 0\.59/,
      /Mem \[/,
      /Swp \[/,
      /Faults min/,
      /forks/,
      /self 1\.5%/,
    ]) {
      assert.match(text, part);
    }
  });

  test('names of tasks cannot break out of the screen', () => {
    for (const keys of [[], ['enter'], ['enter', '2'], ['o']])
      assert.doesNotMatch(screen(120, 40, ...keys).replaceAll('\n', ''), /[\x00-\x1f\x7f-\x9f\u202a-\u202e]/);
  });

  test('the bottom line shows keys that fit whole', () => {
    for (let columns = 10; columns < 130; columns++) {
      const last = screen(columns, 24).split('\n').at(-1)!;
      assert.ok(last.length <= columns, `${columns}: ${last}`);
    }
    assert.match(screen(80, 24), /F1 Help/);
  });

  test('the overview says what it knows, and why it does not', () => {
    const text = screen(120, 40, 'enter');
    assert.match(text, /\[1 OVERVIEW\] +2 Flags/);
    assert.match(text, /D disk sleep/);
    assert.match(text, /not read in this sample/);
  });

  test('the flags page names every bit, unknown ones too', () => {
    const text = screen(120, 60, 'end', 'enter', '2');
    assert.match(text, /0xffffffff/);
    assert.match(text, /0x00200000 {2}K {6}KTHREAD/);
    assert.match(text, /set, but it has no name in this table/);
  });
});
