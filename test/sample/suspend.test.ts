/** The machine sleeps between two samples: rates stay true, and the gap is told, in the present and in the past. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyFrameOf } from '../../src/history/key-frame.ts';
import { Recorder } from '../../src/history/recorder.ts';
import { Ring } from '../../src/history/ring.ts';
import { TaskCursor } from '../../src/model/task-cursor.ts';
import { TaskTable } from '../../src/model/task-table.ts';
import { RecordingWriter } from '../../src/recording/writer.ts';
import { Sampler } from '../../src/sample/sampler.ts';
import { folder, header, machine, opened } from '../recording/recorded.ts';
import { FakeTree } from '../support/fake-tree.ts';
import { valueOf } from '../support/model.ts';

const SLEPT_SECONDS = 3600;

test('an hour of suspend', t => {
  const tree = new FakeTree();
  let bootSeconds = 100;
  let wallMs = 1.7e12;
  tree.wallMs = () => wallMs;
  tree.start(7, { start_time: 9000, utime: 0, maj_flt: 0 });

  const file = `${folder(t)}/r`;
  const writer = RecordingWriter.open(file, header(), { now: () => 0 });
  const table = new TaskTable(machine, false);
  const recorder: Recorder = new Recorder(
    table,
    record => {
      ring.push(record);
      writer.sample(JSON.stringify(record), () => JSON.stringify(keyFrameOf(table)));
    },
    true,
  );
  const ring = new Ring(machine, false, { maxBytes: 1 << 20, pending: () => recorder.last, system: table.system });
  const sampler = new Sampler(tree, recorder, { threads: false, descriptors: 10 });

  /** What is told of the sample at which a table stands. */
  const told = (of: TaskTable): unknown => {
    const cursor = new TaskCursor(of).at(of.order[0]!);
    const { suspendedSeconds, lastSuspend, intervalSeconds } = of.system;
    return {
      cpu: valueOf(cursor, 'cpu_percent'),
      faults: valueOf(cursor, 'maj_flt_rate'),
      age: valueOf(cursor, 'age'),
      interval: intervalSeconds,
      slept: Math.round(suspendedSeconds),
      last: lastSuspend === undefined ? undefined : Math.round(lastSuspend.seconds),
    };
  };
  /** It works half of the time that it is awake; CLOCK_MONOTONIC stands still while the machine sleeps. */
  const sample = (asleepSeconds: number): unknown => {
    tree.ms += 2000;
    bootSeconds += 2 + asleepSeconds;
    wallMs += (2 + asleepSeconds) * 1000;
    const ticks = tree.ms / 20;
    tree.change(7, { utime: ticks, maj_flt: tree.ms / 100 });
    tree.files.set('uptime', `${bootSeconds}.00 0.00\n`);
    sampler.sample();
    return told(table);
  };

  const rates = { cpu: 50, faults: 10, interval: 2 };
  const live = [sample(0), sample(0), sample(SLEPT_SECONDS), sample(0)];
  assert.deepEqual(live.slice(1), [
    { ...rates, age: 14, slept: 0, last: undefined },
    { ...rates, age: 16 + SLEPT_SECONDS, slept: SLEPT_SECONDS, last: SLEPT_SECONDS },
    { ...rates, age: 18 + SLEPT_SECONDS, slept: 0, last: SLEPT_SECONDS },
  ]);
  assert.deepEqual(
    [1, 2, 3, 4].map(number => told(ring.at(number)!)),
    live,
    'in the past too',
  );
  recorder.flush();
  writer.close();
  const recording = opened(file);
  const then = [0, 1, 2, 3].map(index => told(recording.playerAt(index, 1e9).table));
  assert.deepEqual(then, live, 'and in a recording');
  assert.equal(recording.instant(2).wallMs - recording.instant(1).wallMs, (SLEPT_SECONDS + 2) * 1000);
  assert.equal(recording.begins(2), false, 'it goes on');
  sampler.close();
});
