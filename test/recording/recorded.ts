/** Recordings of made-up samples, with what could be seen when they were taken. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Machine } from '../../src/decode/machine.ts';
import { keyFrameOf } from '../../src/history/key-frame.ts';
import { Recorder } from '../../src/history/recorder.ts';
import { TaskTable } from '../../src/model/task-table.ts';
import { headerOf, type RecordingHeader } from '../../src/recording/header.ts';
import { openRecording, type Recording } from '../../src/recording/reader.ts';
import { RecordingWriter } from '../../src/recording/writer.ts';
import { ChurningSource } from '../support/churning-source.ts';
import { testMachine } from '../support/model.ts';
import { seen } from '../support/seen.ts';

export const machine = testMachine();

export const header = (
  of: Machine = machine,
  startedAt = '2026-11-22T12:00:00.000Z',
  threads = false,
): RecordingHeader => headerOf(of, { taskscope: '1.2.3', started_at: startedAt, interval_seconds: 2, threads });

/** A folder that is removed at the end of the test. */
export function folder(test: { after(done: () => void): void }): string {
  const name = fs.mkdtempSync(path.join(os.tmpdir(), 'taskscope-recording-'));
  test.after(() => fs.rmSync(name, { recursive: true }));
  return name;
}

export interface Taken {
  /** What was seen of each sample, oldest first. */
  readonly then: unknown[];
  /** Bytes that the writer had made when the sample was written. */
  readonly bytes: number[];
}

export interface RunOptions {
  readonly seed?: number;
  readonly samples: number;
  readonly maxBytes?: number;
  readonly startedAt?: string;
  readonly afterSample?: () => void;
}

/** One run of `record`; the file is ended properly. */
export function run(file: string, { seed = 1, samples, maxBytes, startedAt, afterSample }: RunOptions): Taken {
  let clock = 0;
  const writer = RecordingWriter.open(file, header(machine, startedAt), { maxBytes, now: () => (clock += 2000) });
  const table = new TaskTable(machine, false);
  const then: unknown[] = [];
  const bytes: number[] = [];
  const recorder = new Recorder(
    table,
    record => {
      writer.sample(JSON.stringify(record), () => JSON.stringify(keyFrameOf(table)));
      bytes.push(writer.bytes);
      afterSample?.();
    },
    true,
  );
  const source = new ChurningSource(recorder, seed);
  for (let sample = 0; sample < samples; sample++) {
    source.sample();
    then.push(seen(table));
  }
  recorder.flush();
  writer.close();
  return { then, bytes };
}

export function opened(file: string): Recording {
  const result = openRecording(file);
  if ('error' in result) throw new Error(result.error);
  return result.recording;
}
