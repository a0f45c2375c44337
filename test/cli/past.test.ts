/** What is remembered when threads are switched on and off: every sample, with the numbers that it had. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Past } from '../../src/cli/past.ts';
import { rememberedOf } from '../../src/cli/lives.ts';
import type { SampleSink } from '../../src/frame/sink.ts';
import { TaskCursor } from '../../src/model/task-cursor.ts';
import { TaskTable } from '../../src/model/task-table.ts';
import { ChurningSource } from '../support/churning-source.ts';
import { testMachine } from '../support/model.ts';
import { seen } from '../support/seen.ts';
import { rawBytes, statText, type Values } from '../support/stat-line.ts';

const machine = testMachine();
const KIB = 1024;
const NOON = Date.UTC(2026, 10, 21, 12);

/** The monitor's past, and the sink of whatever is sampled at the moment. */
class Switched {
  table = new TaskTable(machine, false);
  past: Past;
  readonly #maxBytes: number;

  constructor(maxBytes = KIB * KIB) {
    this.#maxBytes = maxBytes;
    this.past = new Past(this.table, maxBytes);
  }

  switch(): void {
    const { system, events, threads } = this.table;
    this.table = new TaskTable(machine, !threads, system, events);
    this.past = new Past(this.table, this.#maxBytes, this.past);
  }

  readonly sink: SampleSink = {
    begin: start => this.past.recorder.begin(start),
    stat: (...line) => this.past.recorder.stat(...line),
    file: (...file) => this.past.recorder.file(...file),
    gone: seat => this.past.recorder.gone(seat),
    end: denied => this.past.recorder.end(denied),
  };

  /** A sample of one process, or of its threads, seconds after noon; the seat is the thread id. */
  at(seconds: number, ...tasks: readonly (Values & { readonly tid?: number })[]): this {
    const ms = 5_000_000 + seconds * 1000;
    this.sink.begin({ wallMs: NOON + seconds * 1000, system: new Map(), systemMs: ms });
    for (const { tid = 42, ...stat } of tasks) {
      const line = rawBytes(statText({ pid: tid, comm: 'sh', ...stat }));
      this.sink.stat(tid, tid, 42, line, line.length, ms);
    }
    this.sink.end(0);
    return this;
  }

  get kinds(): string {
    return this.past
      .instants()
      .map(({ number }) => (this.past.at(number)!.table.threads ? 't' : 'p'))
      .join('');
  }

  cursor(number: number): TaskCursor {
    const cursor = this.past.at(number)!;
    return cursor.at(cursor.table.order[0]!);
  }
}

describe('when threads are switched on and off', () => {
  test('every sample before can be gone to, and has its numbers', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.constantFrom(40 * KIB, KIB * KIB),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
        (seed, maxBytes, runs) => {
          const switched = new Switched(maxBytes);
          const source = new ChurningSource(switched.sink, seed);
          const then = new Map<number, unknown>();
          runs.forEach((samples, run) => {
            if (run > 0) switched.switch();
            for (let sample = 0; sample < samples; sample++) {
              source.sample();
              then.set(then.size + 1, [switched.table.threads, seen(switched.table)]);
            }
          });
          const { past } = switched;
          const numbers = past.instants().map(({ number }) => number);
          assert.equal(numbers.at(-1), then.size);
          assert.deepEqual(
            numbers,
            numbers.map((_, index) => numbers[0]! + index),
            'no sample between is missing',
          );
          if (maxBytes === KIB * KIB) assert.equal(numbers[0], 1);
          for (const number of [...numbers].reverse().concat(numbers)) {
            const { table } = past.at(number)!;
            assert.deepEqual([table.threads, seen(table)], then.get(number), `sample ${number}`);
          }
          assert.equal(past.at(then.size + 1), undefined);
          if (numbers[0]! > 1) assert.equal(past.at(numbers[0]! - 1), undefined);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('all together keeps to the bound, and to ten minutes', () => {
    const switched = new Switched(30 * KIB);
    const source = new ChurningSource(switched.sink, 5);
    for (let sample = 1; sample <= 300; sample++) {
      if (sample % 30 === 0) switched.switch();
      source.sample();
      const bytes = switched.past.rings.reduce((sum, ring) => sum + ring.bytes, 0);
      assert.ok(bytes <= 30 * KIB || switched.past.instants().length <= 2, `${bytes} bytes after ${sample}`);
    }
    assert.ok(switched.past.instants()[0]!.number > 1);
    const roomy = new Switched();
    roomy.at(0, {}).at(10, {}).switch();
    for (let second = 20; second <= 610; second += 5) roomy.at(second, {});
    assert.equal(roomy.past.instants()[0]!.number, 2, 'the first sample is over ten minutes old');
    roomy.at(615, {}).at(620, {});
    assert.equal(roomy.past.rings.length, 1, 'nothing is left of the processes');
    assert.equal(roomy.kinds.replaceAll('t', ''), '');
  });

  test('the machine has the same past as it had then', () => {
    const switched = new Switched(KIB * KIB);
    const then = new Map<number, unknown>();
    const series = (number?: number): unknown => {
      const { past } = number === undefined ? switched.table.system : switched.past.at(number)!.table.system;
      return structuredClone([past.ms, past.minor_faults, past.memory_pressure]);
    };
    for (let second = 1; second <= 900; second += 50) {
      if (second % 150 === 1 && second > 1) switched.switch();
      const vmstat = rawBytes(`pgfault ${second * second}\npgmajfault 0\n`);
      const line = rawBytes(statText({ pid: 42 }));
      switched.sink.begin({ wallMs: NOON, system: new Map([['vmstat', vmstat]]), systemMs: second * 1000 });
      switched.sink.stat(42, 42, 42, line, line.length, second * 1000);
      switched.sink.end(0);
      then.set(then.size + 1, series());
    }
    assert.ok(switched.past.instants()[0]!.number > 1, 'the oldest instant begins with a base');
    for (const { number } of switched.past.instants()) assert.deepEqual(series(number), then.get(number));
  });

  test('how long a state has lasted goes on, and what happened stays', () => {
    const switched = new Switched().at(0, { state: 'S' }).at(2, { state: 'D' }).at(4, { state: 'D' });
    switched.switch();
    switched.at(6, { state: 'D' }, { tid: 43, state: 'S' }).at(8, { state: 'D' }, { tid: 43, state: 'S' });
    assert.equal(switched.kinds, 'ppptt');
    const { table } = switched;
    assert.equal(table.stateSeconds(42), 6);
    assert.equal(table.stateBegan(42), true);
    assert.equal(table.stateSeconds(43), 2, 'of another thread nothing was known');
    assert.equal(table.stateBegan(43), false);
    switched.switch();
    switched.at(10, { state: 'S' }).at(12, { state: 'S' });
    assert.equal(switched.table.stateSeconds(42), 2, 'it changed between the two');
    assert.equal(switched.table.stateBegan(42), true);
    assert.equal(switched.cursor(5).table.stateSeconds(switched.cursor(5).seat), 6);
    assert.deepEqual(
      switched.past.events.list.map(({ kind, pid }) => [kind, pid]),
      [['entered_d', 42]],
    );
    switched.switch();
    switched.at(14, { state: 'D' }).at(16, { state: 'S' });
    assert.deepEqual(
      switched.past.events.list.map(({ kind, seconds }) => [kind, seconds]),
      [
        ['entered_d', 0],
        ['left_d', 2],
      ],
    );
  });

  test('another task with the same pid has nothing of it', () => {
    const switched = new Switched().at(0, { state: 'S' }).at(2, { state: 'D', start_time: 5 });
    switched.switch();
    switched.at(4, { state: 'D', start_time: 900 });
    assert.equal(switched.table.stateSeconds(42), 0);
  });

  test('page History has the samples of its kind, and tells how many were of the other', () => {
    const switched = new Switched().at(0, { state: 'R', utime: 100 }).at(2, { state: 'R', utime: 200 });
    switched.switch();
    switched.at(4, { state: 'S', utime: 20 }, { tid: 43, state: 'D' }).at(6, { state: 'S', utime: 30 });
    switched.switch();
    switched.at(8, { state: 'S', utime: 300 });
    const told = (number: number): unknown => {
      const { lives, own, others, threads, reachesBackMs } = rememberedOf(
        switched.past.rings,
        switched.cursor(number),
        5_000_000 + (number - 1) * 2000,
      );
      assert.equal(own?.tid, 42);
      return [
        lives.map(({ tid, moments }) => [tid, ...moments.map(({ number: at }) => at)]),
        threads,
        others,
        reachesBackMs,
      ];
    };
    assert.deepEqual(told(5), [[[42, 1, 2, 5]], false, 2, 8000]);
    assert.deepEqual(told(2), [[[42, 1, 2]], false, 0, 2000]);
    assert.deepEqual(told(4), [
      [
        [42, 3, 4],
        [43, 3],
      ],
      true,
      0,
      2000,
    ]);
  });
});
