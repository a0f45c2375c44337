/** The real program records, is signalled, runs out of room, and what it wrote is read again. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { folder } from '../recording/recorded.ts';
import { place } from '../support/fixtures.ts';
import { CAPTURE, ENV, NODE, PROGRAM } from './program.ts';

interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

function run(args: readonly string[], command = NODE, before: readonly string[] = [PROGRAM]): Ran {
  const { status, stdout, stderr } = spawnSync(command, [...before, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, ...ENV },
  });
  return { status, out: stdout, err: stderr };
}

interface Line {
  readonly type: string;
  readonly files?: readonly (readonly [tid: number, file: string, ms: number, content: unknown])[];
}
const linesOf = (file: string): Line[] =>
  gunzipSync(fs.readFileSync(file))
    .toString()
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Line);
const samplesOf = (file: string): number => linesOf(file).filter(({ type }) => type === 'sample').length;

describe('record', () => {
  test('a hangup does not end it, SIGTERM and ^C end it properly', async t => {
    const where = folder(t);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const file = `${where}/${signal}`;
      const child = spawn(NODE, [PROGRAM, 'record', file, '-d', '0.1'], { env: { ...process.env, ...ENV } });
      let err = '';
      const recording = new Promise(resolve => {
        child.stderr.setEncoding('utf8').on('data', (text: string) => {
          err += text;
          if (err.includes('\n')) resolve(undefined);
        });
      });
      await recording;
      child.kill('SIGHUP');
      child.kill(signal);
      const [status] = (await once(child, 'close')) as [number | null];
      assert.equal(status, 0, `after ${signal}: ${err}`);
      const samples = samplesOf(file);
      assert.ok(samples >= 1);
      assert.match(
        err,
        /^taskscope: recording \S+ to \S+: \^C or SIGTERM ends it\ntaskscope: recorded \d+ samples?, \S+, \S+\n$/,
      );
      assert.equal(Number(/recorded (\d+)/.exec(err)![1]), samples);
    }
  });

  test('a file that may not grow ends it with a sentence, and keeps what was there', t => {
    const file = `${folder(t)}/r`;
    assert.equal(run(['record', file, '--for', '0.3', '-d', '0.1']).status, 0);
    const [size, samples] = [fs.statSync(file).size, samplesOf(file)];
    // blocks are of 512 bytes or of 1,024, as the shell likes
    const limited = ['-c', `ulimit -f ${Math.ceil(size / 1024)}; exec "$0" "$@"`, NODE, PROGRAM];
    fs.truncateSync(file, size);
    const small = run(['record', file, '--for', '30', '-d', '0.1'], 'bash', limited);
    assert.equal(small.status, 1, small.err);
    assert.match(small.err, /cannot write \S+: the file may not grow any more \(ulimit -f.*what was recorded is kept/);
    assert.equal(samplesOf(file), samples);
  });

  test('writes a capture of another architecture and kernel, which replays with its page size, ticks and flag names', t => {
    const file = `${folder(t)}/r`;
    const source = place('debian12-armhf-6.1');
    assert.equal(run(['record', file, '--proc', source]).status, 0);
    const columns = [
      '-s',
      'pid',
      '-c',
      'pid,state,flags,flag_names,cpu_percent,cpu_time,rss_bytes,min_flt_rate,start_time,user,command',
    ];
    const json = (...args: string[]): Record<string, unknown> =>
      JSON.parse(run([...args, '--json', ...columns]).out) as Record<string, unknown>;
    const replayed = json('replay', file, '--once');
    const captured = json('--proc', source, '--once');
    assert.deepEqual(replayed, captured);
    const machine = replayed['machine'] as Record<string, unknown>;
    assert.deepEqual(
      [machine['architecture'], machine['page_bytes'], machine['ticks_per_second'], machine['flag_table']],
      ['armv7l', 4096, 100, '6.1'],
    );
    const all = run(['replay', file, '-n', '0', '--format', 'ndjson']).out.trim().split('\n');
    assert.equal(all.length, 2, 'both instants');
    assert.match(run(['show', '1', '--proc', file, '--page', 'flags']).out, /Linux 6\.1\.0-50-armmp, table of 6\.1/);
    assert.equal(run(['show', 'system', '--proc', file, '--page', 'machine']).status, 0);
  });

  test('reads every file of the tasks that are named', t => {
    const file = `${folder(t)}/r`;
    assert.equal(run(['record', file, '--proc', CAPTURE, '--keep', 'pid = 2308']).status, 0);
    const samples = linesOf(file).filter(({ type }) => type === 'sample');
    assert.equal(samples.length, 2);
    const read = (sample: Line, pid: number): string[] =>
      sample
        .files!.filter(([tid]) => tid === pid)
        .map(([, name]) => name)
        .sort();
    const all = 'cgroup cmdline io oom_score schedstat smaps_rollup statm status syscall wchan'.split(' ');
    assert.deepEqual(read(samples[0]!, 2308), all);
    assert.ok(['io', 'schedstat', 'status', 'wchan'].every(name => read(samples[1]!, 2308).includes(name)));
    assert.deepEqual(read(samples[0]!, 2), ['cgroup', 'cmdline', 'statm', 'status'], 'a sleeping kernel thread');
    assert.deepEqual(read(samples[1]!, 2), []);
  });
});

test('check and --stuck look through the samples that there are', t => {
  const file = `${folder(t)}/r`;
  assert.equal(run(['record', file, '--proc', CAPTURE]).status, 0);
  const checked = run(['check', '--proc', file, '--json']);
  assert.ok(checked.status === 0 || checked.status === 1, checked.err);
  const { watched_seconds: seconds, taken_at: at } = JSON.parse(checked.out) as Record<string, unknown>;
  const snapshot = JSON.parse(run(['replay', file, '--once', '--json']).out) as Record<string, unknown>;
  assert.deepEqual([seconds, at], [snapshot['interval_seconds'], snapshot['taken_at']], 'from the first to the last');
  assert.match(run(['replay', file, '--once', '--stuck']).out, /2 looks; threads not looked at/);
});

test('what a recording does not have is said in a sentence', t => {
  const where = folder(t);
  const file = `${where}/r`;
  assert.equal(run(['record', file, '--proc', CAPTURE]).status, 0);
  const threads = `${where}/threads`;
  assert.equal(run(['record', '-H', threads, '--proc', CAPTURE]).status, 0);
  fs.writeFileSync(`${where}/half`, fs.readFileSync(file).subarray(0, 20));
  const cases: readonly (readonly [args: readonly string[], status: number, sentence: RegExp])[] = [
    [['record'], 2, /record needs a file/],
    [['record', 'a', 'b'], 2, /record takes one file/],
    [['record', file, '--proc', file], 2, /is a recording already: copy the file/],
    [['record', file, '--keep', 'pid ='], 2, /filter 'pid =', at \d+/],
    [['record', `${where}/x`, '--max-size', '10k'], 2, /max-size 10240 is too small/],
    [['record', `${where}/no/x`, '--for', '1'], 1, /there is no such folder/],
    [['replay'], 2, /replay needs a file/],
    [['replay', file, file], 2, /replay takes one file/],
    [['replay', `${where}/none`, '--once'], 1, /cannot read .*ENOENT/],
    [['replay', `${where}/half`, '--once'], 1, /it ends before its header does/],
    [['replay', file, '--once', '-H'], 1, /holds processes, no threads: leave out -H/],
    [['replay', threads, '--once'], 1, /holds threads, no processes: add -H/],
    [
      ['replay', file, '--once', '--at', '1990-01-01T00:00:00Z'],
      1,
      /the recording has no sample at .*: it reaches from/,
    ],
    [['replay', file, '--once', '--at', 'noon'], 2, /at 'noon' is no time: write 12:01:33/],
    [['--once', '--at', '12:00'], 2, /option '--at' is for recordings/],
    [['replay', file, '--once', '-p', '4194303'], 1, /no task with pid 4194303 in the recording at/],
    [['show', '4194303', '--proc', file], 1, /no task with pid 4194303 in the recording at/],
  ];
  for (const [args, status, sentence] of cases) {
    const { status: got, out, err } = run(args);
    assert.equal(got, status, `${args.join(' ')}: ${err}`);
    assert.equal(out, '');
    assert.match(err, sentence);
    assert.match(err, /^taskscope: [^\n]+\n$/);
  }
  assert.equal(run(['replay', threads, '--once', '-H']).status, 0);
  assert.match(run(['show', '2308', '--proc', threads, '--page', 'overview']).out, /^2308 /);
  const times = (
    JSON.parse(`[${run(['replay', file, '-n', '0', '--format', 'ndjson']).out.trim().split('\n').join(',')}]`) as {
      taken_at: string;
    }[]
  ).map(({ taken_at: at }) => at);
  assert.equal(times.length, 2);
  const first = JSON.parse(run(['replay', file, '--once', '--json', '--at', times[0]!]).out) as { taken_at: string };
  assert.equal(first.taken_at, times[0]);
});
