/** The same numbers as ps on this machine, for tasks that ps saw alike before and after. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { test } from 'node:test';
import { root } from '../support/paths.ts';

const PS = ['-eo', 'pid,ppid,state,ni,priority,min_flt,maj_flt,tty', '--no-headers'];
const hasPs = spawnSync('ps', ['--version']).stdout.toString().includes('procps');
const options = { skip: hasPs ? false : 'no ps of procps here' };

interface Snapshot {
  readonly tasks: readonly Record<string, string | number | null>[];
}

const once = (...args: string[]): Snapshot =>
  JSON.parse(
    execFileSync(process.execPath, [`${root}bin/taskscope.js`, '--once', '--json', ...args], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    }),
  ) as Snapshot;

const ps = (): Map<number, string> =>
  new Map(
    execFileSync('ps', PS, { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map(line => line.trim().split(/\s+/))
      .map(words => [Number(words[0]), words.join(' ')]),
  );

test('200 tasks agree with ps', options, () => {
  // enough tasks, whatever else runs here
  const sleepers = Array.from({ length: 200 }, () => 'sleep 30 >/dev/null 2>&1 3>&- 4>&- &').join('\n');
  const shell = spawnSync(
    'sh',
    [
      '-c',
      `${sleepers}\nps ${PS.join(' ')} >&3; ${process.execPath} ${root}bin/taskscope.js --once --json -d 0.1 -c pid,ppid,state,nice,priority,min_flt,maj_flt,tty_name; ps ${PS.join(' ')} >&4; kill $(jobs -p) 2>/dev/null`,
    ],
    {
      stdio: ['ignore', 'pipe', 'ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    },
  );
  const lines = (text: string | null): Map<number, string> =>
    new Map(
      (text ?? '')
        .trim()
        .split('\n')
        .map(line => [Number(line.trim().split(/\s+/)[0]), line.trim().replace(/\s+/g, ' ')]),
    );
  const before = lines(shell.output[3] ?? '');
  const after = lines(shell.output[4] ?? '');
  const { tasks } = JSON.parse(shell.output[1] ?? '') as Snapshot;
  const ours = new Map(
    tasks.map(task => {
      const { pid, ppid, state, nice, priority, min_flt, maj_flt, tty_name } = task;
      // ps has no nice value for real-time tasks
      const ni = Number(priority) < 0 ? '-' : nice;
      return [
        Number(pid),
        [pid, ppid, state, ni, priority, min_flt, maj_flt, tty_name === '' ? '?' : tty_name].join(' '),
      ];
    }),
  );
  let compared = 0;
  for (const [pid, line] of before) {
    if (after.get(pid) !== line) continue;
    assert.equal(ours.get(pid), line);
    compared++;
  }
  assert.ok(compared >= 200, `only ${compared} tasks stood still`);
});

test('as many tasks as ps sees, but for those that came and went', options, () => {
  const before = ps();
  const seen = new Set(once('-d', '0.1', '-c', 'pid').tasks.map(({ pid }) => Number(pid)));
  const after = ps();
  for (const pid of before.keys()) if (after.has(pid)) assert.ok(seen.has(pid), `ps sees ${pid}`);
  for (const pid of seen)
    assert.ok(before.has(pid) || after.has(pid) || !fs.existsSync(`/proc/${pid}`), `only we see ${pid}`);
});

const rawFlags = (): Map<number, number> =>
  new Map(
    fs
      .readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .flatMap(name => {
        try {
          const raw = fs.readFileSync(`/proc/${name}/stat`, 'latin1');
          return [[Number(name), Number(raw.slice(raw.lastIndexOf(')') + 2).split(' ')[6])] as const];
        } catch {
          return [];
        }
      }),
  );

test('flags are those of the raw files', () => {
  const before = rawFlags();
  const ours = new Map(once('-d', '0', '-c', 'flags').tasks.map(({ pid, flags }) => [Number(pid), Number(flags)]));
  const after = rawFlags();
  let compared = 0;
  for (const [pid, mask] of before) {
    if (after.get(pid) !== mask || !ours.has(pid)) continue;
    assert.equal(ours.get(pid), mask, `flags of ${pid}`);
    compared++;
  }
  assert.ok(compared > 1);
});
