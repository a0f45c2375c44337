/** The real program on a recording that was damaged in its middle: what is there is true, what is not is no time that was watched. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { test } from 'node:test';
import { keyFrameOf } from '../../src/history/key-frame.ts';
import { Recorder } from '../../src/history/recorder.ts';
import { TaskTable } from '../../src/model/task-table.ts';
import { RecordingWriter } from '../../src/recording/writer.ts';
import { systemFiles } from '../findings/watching.ts';
import { folder, header, machine } from '../recording/recorded.ts';
import { bytes, statBytes } from '../support/stat-line.ts';
import { ENV, NODE, PROGRAM } from './program.ts';

const BEGAN = 1_700_000_000_000;
const time = (second: number): string => new Date(BEGAN + second * 1000).toISOString();

/** A sample a second of a task that does not leave D. @returns where in the file each sample ends. */
function record(file: string, seconds: number): number[] {
  const writer = RecordingWriter.open(file, header(), { now: () => 0 });
  const ends: number[] = [];
  const table = new TaskTable(machine, false);
  const recorder = new Recorder(
    table,
    sample => {
      writer.sample(JSON.stringify(sample), () => JSON.stringify(keyFrameOf(table)));
      ends.push(writer.bytes);
    },
    true,
  );
  const files = {
    wchan: 'usb_kill_urb',
    status: 'Uid:\t0\t0\t0\t0\nvoluntary_ctxt_switches:\t5\nnonvoluntary_ctxt_switches:\t1\n',
  } as const;
  for (let second = 0; second < seconds; second++) {
    const ms = second * 1000;
    const system = new Map(Object.entries(systemFiles(second)).map(([name, text]) => [name, bytes(text)]));
    recorder.begin({ wallMs: BEGAN + ms, system, systemMs: ms });
    const line = statBytes({ pid: 7, comm: 'tar', state: 'D', vsize: 4096 * second });
    recorder.stat(0, 7, 7, line, line.length, ms);
    for (const [name, text] of Object.entries(files)) recorder.file(0, name, bytes(text), ms + 1);
    recorder.end(0);
  }
  recorder.flush();
  writer.close();
  return ends;
}

interface Checked {
  readonly watched_seconds: number;
  readonly findings: readonly { readonly id: string; readonly since: string }[];
}
interface Snapshot {
  readonly taken_at: string;
  readonly tasks: readonly { readonly state: string; readonly vsize: number }[];
}

test('check and replay of a recording with a damaged minute', t => {
  const file = `${folder(t)}/r`;
  const ends = record(file, 260);
  let said = '';
  const run = (args: readonly string[]): unknown => {
    const { status, stdout, stderr } = spawnSync(NODE, [PROGRAM, ...args, '--json'], {
      encoding: 'utf8',
      env: { ...process.env, ...ENV },
    });
    assert.ok(status === 0 || status === 1, stderr);
    said = stderr;
    return JSON.parse(stdout);
  };
  const check = (): unknown => {
    const { watched_seconds: watched, findings } = run(['check', '--proc', file]) as Checked;
    return { watched, found: findings.map(({ id, since }) => `${id} since ${since}`) };
  };
  assert.deepEqual(check(), { watched: 259, found: [`stuck-d since ${time(0)}`] });

  const damaged = fs.readFileSync(file);
  damaged[Math.floor((ends[139]! + ends[140]!) / 2)]! ^= 1;
  fs.writeFileSync(file, damaged);
  // told on stderr, of any command
  const told = 'between sample 140 (2023-11-14 22:15:39) and sample 141 (2023-11-14 22:16:40)';
  const sentence = `taskscope: the recording is damaged ${told}: what was recorded there is left out\n`;
  // samples 141 to 200 are not there: 139 s and 59 s were watched
  assert.deepEqual(check(), { watched: 139 + 59, found: [`stuck-d since ${time(200)}`, `stuck-d since ${time(0)}`] });

  assert.equal(said, sentence);

  const at = (second: number): unknown => {
    const columns = ['-c', 'state,vsize'];
    const { taken_at: taken, tasks } = run(['replay', file, '--once', '--at', time(second), ...columns]) as Snapshot;
    return { taken, tasks };
  };
  for (const second of [0, 139, 200, 259])
    assert.deepEqual(at(second), {
      taken: time(second),
      tasks: [{ pid: 7, start_time_ticks: 100, state: 'D', vsize: 4096 * second }],
    });
  assert.deepEqual(at(170), at(139), 'the last one before, and its own time with it');
});
