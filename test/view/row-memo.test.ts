import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { field, FIELDS } from '../../src/fields/registry.ts';
import type { Field } from '../../src/fields/field.ts';
import { RowMemo } from '../../src/view/row-memo.ts';
import { type Column, type RowMarks, taskLine } from '../../src/view/table.ts';
import { Pushed } from '../support/model.ts';
import { bytes, statBytes } from '../support/stat-line.ts';

const STYLE = { zerosBlank: false, commandAs: 'full', commandSkip: 0 } as const;
const PLAIN: RowMarks = { selected: false, tagged: false, followed: false };

const columnsOf = (fields: readonly Field[]): Column[] =>
  fields.map((entry, at) => ({ field: entry, x: at * 9, width: 8 }));
/** Those whose cells come to rest, and all of them. */
const RESTING = columnsOf(
  FIELDS.filter(
    ({ settles, strip, history, compares }) => settles !== Infinity && !compares && (!history || strip !== undefined),
  ),
);
const ALL = columnsOf(FIELDS);

/** What a task does in one sample. `unread`: its stat could not be read. */
const DEEDS = ['sleeps', 'sleeps', 'sleeps', 'works', 'unread', 'exec', 'reused', 'wakes'] as const;
const WCHANS = ['do_poll', 'do_poll', 'futex_wait', '0'] as const;

const sampleOf = fc.record({
  deeds: fc.array(fc.constantFrom(...DEEDS), { minLength: 3, maxLength: 3 }),
  wchans: fc.array(fc.constantFrom(...WCHANS, undefined, { why: 'no-permission' } as const), {
    minLength: 3,
    maxLength: 3,
  }),
  cmdline: fc.option(fc.constantFrom('a\0', 'b\0'), { nil: undefined }),
  selected: fc.nat(4),
  painted: fc.subarray(['middle', 'end', 'late'] as const),
});

interface Task {
  pid: number;
  utime: number;
  state: string;
  start_time: number;
  comm: string;
  arg_start: number;
}

describe('lines that are remembered', () => {
  for (const [name, columns] of [
    ['columns that come to rest', RESTING],
    ['all columns', ALL],
  ] as const)
    test(`are the lines that would be made anew: ${name}`, () => {
      fc.assert(
        fc.property(fc.array(sampleOf, { minLength: 3, maxLength: 24 }), samples => {
          const pushed = new Pushed();
          const { table, cursor } = pushed;
          const memo = new RowMemo();
          const tasks: Task[] = [1, 2, 3].map(pid => ({
            pid,
            utime: 5,
            state: 'S',
            start_time: 100,
            comm: 'x',
            arg_start: 1,
          }));
          const paint = (selected: number): void => {
            memo.begin(table, { columns, style: STYLE });
            for (const seat of table.order.subarray(0, table.count)) {
              const marks = { ...PLAIN, selected: seat === selected };
              const fresh = taskLine(columns, cursor.at(seat), marks, STYLE);
              assert.deepEqual(
                memo.line(seat, marks, '', () => fresh),
                fresh,
              );
            }
          };
          let ms = 0;
          for (const { deeds, wchans, cmdline, selected, painted } of samples) {
            ms += 1000;
            const system = new Map([['uptime', bytes(`${ms / 1000} 1\n`)]]);
            table.begin({ wallMs: 1_700_000_000_000 + ms, system, systemMs: ms });
            tasks.forEach((task, seat) => {
              const deed = deeds[seat]!;
              if (deed === 'works') task.utime += 3;
              if (deed === 'wakes') task.state = task.state === 'S' ? 'R' : 'S';
              if (deed === 'exec') Object.assign(task, { comm: task.comm + 'y', arg_start: task.arg_start + 1 });
              if (deed === 'reused') Object.assign(task, { start_time: ms, utime: 0 });
              if (seat === 1 && painted.includes('middle')) paint(selected);
              if (deed === 'unread') return;
              const line = statBytes({ ...task });
              table.stat(seat, task.pid, task.pid, line, line.length, ms);
            });
            table.end(0);
            if (painted.includes('end')) paint(selected);
            wchans.forEach((wchan, seat) => {
              if (wchan !== undefined)
                table.file(seat, 'wchan', typeof wchan === 'string' ? bytes(wchan) : wchan.why, ms);
            });
            if (cmdline !== undefined) table.file(0, 'cmdline', bytes(cmdline), ms);
            if (painted.includes('late')) paint(selected);
          }
        }),
        { numRuns: 300 },
      );
    });

  test('a task that did nothing keeps its line; one that did something gets another', () => {
    const pushed = new Pushed();
    const columns = columnsOf([field('pid'), field('cpu_percent'), field('state_history')]);
    const memo = new RowMemo();
    let made = 0;
    const sample = (second: number, utime: number, state = 'S'): number => {
      pushed.sample(
        [
          { pid: 1, utime: 5 },
          { pid: 2, utime, state },
        ],
        { ms: second * 1000 },
      );
      memo.begin(pushed.table, { columns, style: STYLE });
      made = 0;
      for (const seat of [0, 1])
        memo.line(seat, PLAIN, '', () => {
          made++;
          return taskLine(columns, pushed.cursor.at(seat), PLAIN, STYLE);
        });
      return made;
    };
    for (let second = 1; second <= 10; second++) sample(second, 5);
    // it works, its rate is back to nothing, it rests
    assert.deepEqual([sample(11, 5), sample(12, 6), sample(13, 6), sample(14, 6)], [0, 1, 1, 0]);
    // another state moves through the strip
    const seen = Array.from({ length: 10 }, (_, at) => sample(15 + at, 6, 'R'));
    assert.deepEqual(seen, [1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
  });
});
