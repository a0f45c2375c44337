import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { keyFrameOf } from '../../src/history/key-frame.ts';
import { Player } from '../../src/history/player.ts';
import type { KeyFrame, SampleRecord } from '../../src/history/record.ts';
import { Recorder } from '../../src/history/recorder.ts';
import { Ring } from '../../src/history/ring.ts';
import { TaskTable } from '../../src/model/task-table.ts';
import { ChurningSource } from '../support/churning-source.ts';
import { testMachine } from '../support/model.ts';
import { seen } from '../support/seen.ts';

const machine = testMachine();

interface Live {
  readonly table: TaskTable;
  readonly recorder: Recorder;
  readonly ring: Ring;
  readonly records: SampleRecord[];
  readonly source: ChurningSource;
}

function live(seed: number, maxBytes = 1 << 20): Live {
  const table = new TaskTable(machine, false);
  const records: SampleRecord[] = [];
  const recorder: Recorder = new Recorder(table, record => {
    records.push(record);
    ring.push(record);
  });
  const ring = new Ring(machine, false, { maxBytes, pending: () => recorder.last, system: table.system });
  return { table, recorder, ring, records, source: new ChurningSource(recorder, seed) };
}

describe('stepping back', () => {
  test('gives exactly the numbers that were there live, whatever happened since', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(20_000, 1 << 20), (seed, maxBytes) => {
        const { table, ring, source } = live(seed, maxBytes);
        const then = new Map<number, unknown>();
        for (let sample = 1; sample <= 40; sample++) {
          source.sample();
          then.set(sample, seen(table));
        }
        const numbers = ring.instants.map(({ number }) => number);
        assert.equal(numbers.at(-1), 40, 'the present sample is an instant');
        if (maxBytes > 1e6) assert.equal(numbers[0], 1);
        else assert.ok(numbers[0]! > 1 && numbers.length > 1, 'the oldest were dropped, some are left');
        // to and fro, not only in order
        for (const number of [...numbers].reverse().concat(numbers, numbers[0]!, numbers.at(-1)!, numbers[1]!))
          assert.deepEqual(seen(ring.at(number)!), then.get(number), `sample ${number}`);
        assert.equal(ring.at(numbers[0]! - 1), undefined);
        assert.equal(ring.at(41), undefined);
      }),
      { numRuns: 60 },
    );
  });

  test('a key frame stands for all samples before it', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 30 }), (seed, at) => {
        const { table, recorder, records, source } = live(seed);
        let text = '';
        for (let sample = 1; sample <= 40; sample++) {
          source.sample();
          recorder.flush();
          if (sample === at) text = JSON.stringify(keyFrameOf(table));
        }
        const player = new Player(new TaskTable(machine, false));
        player.start(JSON.parse(text) as KeyFrame);
        for (const record of records.slice(at)) player.play(record);
        assert.deepEqual(seen(player.table), seen(table));
      }),
      { numRuns: 60 },
    );
  });

  test('walking through all of it leaves alone what is shown', () => {
    const { ring, source } = live(5);
    for (let sample = 0; sample < 12; sample++) source.sample();
    const shown = ring.at(3)!;
    const before = seen(shown);
    const walked = [...ring.tables()].map(({ instant }) => instant.number);
    assert.deepEqual(walked, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    assert.deepEqual(seen(shown), before);
  });

  test('the ring keeps to its bound and to ten minutes', () => {
    const { ring, source, records } = live(7, 60_000);
    for (let sample = 0; sample < 400; sample++) {
      source.sample();
      assert.ok(ring.bytes <= 60_000 || ring.instants.length <= 2, `${ring.bytes} bytes`);
    }
    const roomy = live(7, 1 << 24);
    for (let sample = 0; sample < 400; sample++) roomy.source.sample();
    const [first, ...rest] = roomy.ring.instants;
    assert.ok(rest.at(-2)!.ms - first!.ms <= 600_000);
    assert.ok(rest.at(-1)!.ms - first!.ms > 590_000, 'it reaches as far back as it may');
    assert.ok(records.length > 300);
  });
});
