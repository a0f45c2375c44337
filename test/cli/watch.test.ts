/** Going through a recording: what rules saw hold ends where nobody looked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../src/findings/watch.ts';
import { keyFrameOf } from '../../src/history/key-frame.ts';
import { Recorder } from '../../src/history/recorder.ts';
import { parseOptions } from '../../src/cli/options.ts';
import { openSource } from '../../src/cli/session.ts';
import { lookBack } from '../../src/cli/watch.ts';
import { RULES } from '../../src/findings/rules.ts';
import { TaskTable } from '../../src/model/task-table.ts';
import { RecordingWriter } from '../../src/recording/writer.ts';
import { folder, header, machine } from '../recording/recorded.ts';
import { bytes, statBytes } from '../support/stat-line.ts';
import { systemFiles } from '../findings/watching.ts';

const STATUS = 'Uid:\t0\t0\t0\t0\nvoluntary_ctxt_switches:\t5\nnonvoluntary_ctxt_switches:\t1\n';
const BEGAN = 1_700_000_000_000;

/** One run of `record`: a sample a second, a task that does not leave D. */
function record(file: string, startedAt: string, from: number, to: number): void {
  const writer = RecordingWriter.open(file, header(machine, startedAt), { now: () => from * 1000 });
  const table = new TaskTable(machine, false);
  const recorder = new Recorder(
    table,
    one => writer.sample(JSON.stringify(one), () => JSON.stringify(keyFrameOf(table))),
    true,
  );
  const line = statBytes({ pid: 7, comm: 'tar', state: 'D' });
  for (let second = from; second <= to; second++) {
    const ms = second * 1000;
    const system = new Map(Object.entries(systemFiles(second)).map(([name, text]) => [name, bytes(text)]));
    recorder.begin({ wallMs: BEGAN + ms, system, systemMs: ms });
    recorder.stat(0, 7, 7, line, line.length, ms);
    recorder.file(0, 'wchan', bytes('usb_kill_urb'), ms + 1);
    recorder.file(0, 'status', bytes(STATUS), ms + 1);
    recorder.end(0);
  }
  recorder.flush();
  writer.close();
}

test('a task in D in two runs of a recording: the minute between them is not counted', async t => {
  const file = `${folder(t)}/r`;
  record(file, '2026-11-22T12:00:00.000Z', 0, 20);
  record(file, '2026-11-22T12:01:20.000Z', 80, 100);
  const look = async (...at: string[]): Promise<{ readonly found: string[]; readonly watched: number }> => {
    const source = await openSource(parseOptions(['check', '--proc', file, ...at]));
    const { watchers, close } = lookBack(source, source.recorded!, RULES);
    const { findings, watchedSeconds } = watchers.findings;
    close();
    source.recorded!.recording.close();
    const seconds = ({ since, last, ended }: Finding): string =>
      `${(since.ms / 1000).toFixed()} to ${((ended ?? last).ms / 1000).toFixed()}${ended ? ', ended' : ''}`;
    return { found: findings.map(one => `${one.rule.id} ${seconds(one)}`), watched: watchedSeconds };
  };
  const time = (second: number): string => new Date(BEGAN + second * 1000).toISOString();
  assert.deepEqual(await look('--at', time(20)), { found: ['stuck-d 0 to 20'], watched: 20 });
  // two seconds into the second run it has been seen for two seconds
  assert.deepEqual(await look('--at', time(82)), { found: ['stuck-d 0 to 20, ended'], watched: 22 });
  assert.deepEqual(await look(), { found: ['stuck-d 80 to 100', 'stuck-d 0 to 20, ended'], watched: 40 });
});
