import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { latin1 } from '../../src/decode/bytes.ts';
import { livesOf } from '../../src/history/life.ts';
import { Recorder } from '../../src/history/recorder.ts';
import { Ring } from '../../src/history/ring.ts';
import type { Life, Moment } from '../../src/model/life.ts';
import { TaskTable } from '../../src/model/task-table.ts';
import { isMissing } from '../../src/units/missing.ts';
import { ChurningSource } from '../support/churning-source.ts';
import { testMachine } from '../support/model.ts';
import { rawBytes, statText, type Values } from '../support/stat-line.ts';

const machine = testMachine();

function recording(
  maxBytes = 1 << 20,
  threads = false,
): { readonly table: TaskTable; readonly recorder: Recorder; readonly ring: Ring } {
  const table = new TaskTable(machine, threads);
  const recorder: Recorder = new Recorder(table, record => {
    ring.push(record);
  });
  const ring = new Ring(machine, threads, { maxBytes, pending: () => recorder.last, system: table.system });
  return { table, recorder, ring };
}

/** The same, found by making a table of every instant. */
function playedLives(ring: Ring, wanted: (tid: number) => boolean): unknown[] {
  const lives = new Map<string, Omit<Life, 'ended' | 'moments'> & { readonly moments: Moment[] }>();
  for (const { number, ms, wallMs } of ring.instants) {
    const table = ring.at(number)!;
    for (const seat of table.order.subarray(0, table.count)) {
      const [tid, tgid, startTicks] = [table.pid(seat), table.tgid(seat), table.startTicks(seat)];
      if (!wanted(tid)) continue;
      const life = lives.get(`${tid}@${startTicks}`) ?? { tid, tgid, startTicks, moments: [] };
      lives.set(`${tid}@${startTicks}`, life);
      // this source reads files at their sample's time or some milliseconds later
      const files = [...table.filesOf(seat)].flatMap(([file, { now, nowMs }]) =>
        ['wchan', 'cgroup', 'syscall'].includes(file) && nowMs >= ms && !isMissing(now) ? [[file, latin1(now)]] : [],
      );
      const line = latin1(table.line(seat));
      life.moments.push({
        number,
        ms,
        wallMs,
        readMs: table.readMs(seat),
        line,
        ...Object.fromEntries(files),
      } as Moment);
    }
  }
  return [...lives.values()];
}

const byFirst = (a: Life, b: Life): number =>
  a.moments[0]!.number - b.moments[0]!.number || a.tid - b.tid || a.startTicks - b.startTicks;

const bare = (lives: readonly unknown[]): unknown[] =>
  (lives as Life[]).toSorted(byFirst).map(({ tid, tgid, startTicks, moments }) => ({ tid, tgid, startTicks, moments }));

describe('the lives in the ring', () => {
  test('are as all its tables tell of them', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.constantFrom(20_000, 1 << 20),
        fc.integer({ min: 0, max: 12 }),
        (seed, most, one) => {
          const { recorder, ring } = recording(most);
          const source = new ChurningSource(recorder, seed);
          for (let sample = 1; sample <= 40; sample++) source.sample();
          if (seed % 2 === 0) recorder.flush();
          const wanted = (tid: number): boolean => one === 0 || tid === one;
          const lives = livesOf([ring], wanted);
          assert.deepEqual(bare(lives), bare(playedLives(ring, wanted)));
          const last = ring.instants.at(-1)!.number;
          for (const { moments, ended } of lives) assert.ok(!(ended && moments.at(-1)!.number === last));
        },
      ),
      { numRuns: 150 },
    );
  });

  test('a pid that is used again begins another life; one that ended says so', () => {
    const { recorder, ring } = recording();
    const push = (ms: number, tasks: readonly (Values & { readonly pid: number })[], gone?: number): void => {
      recorder.begin({ wallMs: 1.7e12 + ms, system: new Map(), systemMs: ms });
      if (gone !== undefined) recorder.gone(gone);
      tasks.forEach(task => {
        const line = rawBytes(statText(task));
        recorder.stat(task.pid, task.pid, task.pid, line, line.length, ms + 5);
      });
      recorder.end(0);
    };
    const init = { pid: 1, start_time: 1 };
    push(1000, [init, { pid: 8, start_time: 9 }, { pid: 7, comm: 'old "\\', start_time: 10 }]);
    recorder.file(7, 'wchan', rawBytes('do_wait'), 1010);
    push(2000, [init, { pid: 7, comm: 'old "\\', start_time: 10 }], 8);
    recorder.file(7, 'wchan', rawBytes('do_wait'), 2010);
    push(3000, [init, { pid: 7, comm: 'new', start_time: 300 }], 7);
    push(4000, [init, { pid: 7, comm: 'new', state: 'D', start_time: 300 }]);
    recorder.file(7, 'syscall', rawBytes('running\n'), 4010);
    const [ended, ...none] = livesOf([ring], tid => tid === 8);
    assert.deepEqual([ended?.ended, ended?.moments.length, none], [true, 1, []]);
    const lives = livesOf([ring], tid => tid === 7);
    const told = lives.map(({ startTicks, ended, moments }) => [
      ...[startTicks, ended],
      moments.map(({ number, readMs, line, wchan, syscall }) => [number, readMs, line.slice(0, 13), wchan, syscall]),
    ]);
    assert.deepEqual(told, [
      [
        ...[10, true],
        [
          [1, 1005, '7 (old "\\) S ', 'do_wait', undefined],
          [2, 2005, '7 (old "\\) S ', 'do_wait', undefined],
        ],
      ],
      [
        ...[300, false],
        [
          [3, 3005, '7 (new) S 1 0', undefined, undefined],
          [4, 4005, '7 (new) D 1 0', undefined, 'running\n'],
        ],
      ],
    ]);
    assert.equal(lives[0]!.moments[0]!.line, lives[0]!.moments[1]!.line);
  });

  test('threads are found by their process, those that came later too', () => {
    const { recorder, ring } = recording(1 << 20, true);
    const push = (ms: number, ids: readonly (readonly [tid: number, tgid: number])[]): void => {
      recorder.begin({ wallMs: Number.NaN, system: new Map(), systemMs: ms });
      for (const [tid, tgid] of ids) {
        const line = rawBytes(statText({ pid: tid, start_time: tid }));
        recorder.stat(tid, tid, tgid, line, line.length, ms);
      }
      recorder.end(0);
    };
    push(1000, [
      [5, 5],
      [9, 9],
    ]);
    push(2000, [
      [5, 5],
      [6, 5],
      [9, 9],
      [10, 9],
    ]);
    push(3000, [
      [5, 5],
      [6, 5],
      [9, 9],
      [10, 9],
    ]);
    const lives = livesOf([ring], (_tid, tgid) => tgid === 5);
    assert.deepEqual(
      lives.map(({ tid, moments }) => [tid, moments.map(({ number }) => number)]),
      [
        [5, [1, 2, 3]],
        [6, [2, 3]],
      ],
    );
    assert.deepEqual(
      livesOf([ring], () => false),
      [],
    );
  });
});
