/**
 * The numbers of the real program against what tasks know of themselves by getrusage(2). The helpers act only between
 * two samples: a snapshot is printed right after its second sample, and then a whole interval is ours.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { testCache } from '../helpers/build.ts';
import { numberOf, onlyTask, startHelper, startTaskscope, statFields, taskOnce, untilState } from '../helpers/run.ts';
import type { Helper, Snapshot, TaskRow, Usage } from '../helpers/run.ts';

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Three points, or two clock ticks where those are more. */
const tolerance = ({ machine, interval_seconds }: Snapshot): number =>
  Math.max(3, 200 / machine.ticks_per_second / (interval_seconds ?? 1));

function near(actual: number, expected: number, within: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= within, `${what}: ${actual}, not ${expected} ± ${within}`);
}

/** Best effort: a spinner that is not pushed aside has a steady share. */
function favour(pid: number): void {
  try {
    setPriority(pid, -10);
  } catch {
    // not root
  }
}

interface Moment {
  readonly snapshot: Snapshot;
  readonly task: TaskRow;
  /** Of the helper, right after the snapshot was printed. */
  readonly usage: Usage;
}

/** Follows a helper over `count` snapshots, a second apart. */
async function follow(t: TestContext, helper: Helper, columns: string, count: number): Promise<Moment[]> {
  const run = startTaskscope(t, '-n', String(count), '-d', '1', '-p', String(helper.pid), '-c', columns);
  const moments: Moment[] = [];
  for (let n = 0; n < count; n++) {
    const snapshot = await run.next();
    moments.push({ snapshot, task: onlyTask(snapshot), usage: await helper.usage() });
  }
  return moments;
}

const PERCENT_OF = [
  ['user_percent', ['utime']],
  ['system_percent', ['stime']],
  ['cpu_percent', ['utime', 'stime']],
] as const;

const cpuSeconds = (usage: Usage): number => usage.userSeconds + usage.systemSeconds;

describe('CPU time of a window', () => {
  for (const mode of ['user', 'sys'] as const) {
    it(`is what the kernel counted, on the right side (${mode})`, async t => {
      const helper = await startHelper(t, 'spin', mode);
      if (helper === null) return;
      favour(helper.pid);
      const start = await helper.usage();
      const columns = 'pid,utime,stime,cpu_time,utime_delta,stime_delta,cpu_percent,user_percent,system_percent';
      const moments = await follow(t, helper, columns, 4);

      let before = start;
      let last: TaskRow | null = null;
      for (const { snapshot, task, usage } of moments) {
        const seconds = snapshot.interval_seconds ?? NaN;
        const tick = 1 / snapshot.machine.ticks_per_second;
        const total = numberOf(task, 'utime') + numberOf(task, 'stime');
        near(numberOf(task, 'cpu_time'), total, tick / 2, 'cpu_time');
        // The sample was taken between the two reports, so its counters lie between theirs.
        assert.ok(total >= cpuSeconds(before) - 2 * tick && total <= cpuSeconds(usage) + 2 * tick, 'utime + stime');
        for (const [percent, counters] of PERCENT_OF) {
          if (last === null) break;
          const previous = last;
          const spent = sum(counters.map(id => numberOf(task, id) - numberOf(previous, id)));
          near(numberOf(task, percent), (100 * spent) / seconds, tolerance(snapshot), percent);
        }
        const share = mode === 'user' ? 'user_percent' : 'system_percent';
        assert.ok(numberOf(task, 'cpu_percent') > 5, 'it does run');
        assert.ok(numberOf(task, share) >= 0.9 * numberOf(task, 'cpu_percent'), `${share}: ${JSON.stringify(task)}`);
        before = usage;
        last = task;
      }

      const [first, ...rest] = moments;
      const end = moments.at(-1);
      assert.ok(first && end);
      const windows = rest.map(({ snapshot }) => snapshot.interval_seconds ?? NaN);
      const shown = sum(rest.map(({ task }, n) => numberOf(task, 'cpu_percent') * (windows[n] ?? NaN))) / sum(windows);
      const own =
        (100 * (cpuSeconds(end.usage) - cpuSeconds(first.usage))) / (end.usage.atSeconds - first.usage.atSeconds);
      near(shown, own, 5, 'cpu_percent against getrusage over three seconds'); // their ends are some ms apart
    });
  }

  it('is missing where there is no window', async t => {
    const helper = await startHelper(t, 'spin', 'user');
    if (helper === null) return;
    const run = startTaskscope(
      t,
      '--once',
      '-d',
      '0',
      '-p',
      String(helper.pid),
      '-c',
      'pid,utime,cpu_percent,min_flt_rate',
    );
    const snapshot = await run.next();
    assert.equal(snapshot.interval_seconds, null);
    const { pid, utime, cpu_percent, min_flt_rate } = onlyTask(snapshot);
    assert.deepEqual([pid, typeof utime, cpu_percent, min_flt_rate], [helper.pid, 'number', null, null]);
  });
});

const KINDS = {
  minor: { id: 'min_flt', count: (usage: Usage) => usage.minorFaults },
  major: { id: 'maj_flt', count: (usage: Usage) => usage.majorFaults },
} as const;

/** Lets the helper take faults between two samples and compares all that is shown of them. */
async function compareFaults(t: TestContext, helper: Helper, wanted: { minor: number; major: number }): Promise<void> {
  const faults = wanted.minor + wanted.major;
  const columns = 'pid,min_flt,maj_flt,min_flt_delta,maj_flt_delta,min_flt_rate,maj_flt_rate';
  const run = startTaskscope(t, '-n', '4', '-d', '1', '-p', String(helper.pid), '-c', columns);
  const first = await run.next();
  const before = await helper.usage();
  const after = await helper.usage(`go ${faults}`);
  const later = [await run.next(), await run.next(), await run.next()];
  const quiet = await helper.usage();

  for (const kind of ['minor', 'major'] as const) {
    const { id, count } = KINDS[kind];
    const taken = count(after) - count(before);
    assert.equal(taken, wanted[kind], `${kind} faults that the helper took`);
    assert.equal(count(quiet), count(after), 'reporting costs no fault');
    assert.equal(numberOf(onlyTask(first), id), count(before), `${id} before`);
    const rows = later.map(onlyTask);
    // Usually all in the first of these windows; a slow machine may be late, or a sample fall amidst.
    assert.equal(sum(rows.map(row => numberOf(row, `${id}_delta`))), taken, `${id}_delta`);
    assert.equal(numberOf(rows[2] ?? {}, id), count(after), `${id} after`);
    for (const [n, row] of rows.entries()) {
      const seconds = later[n]?.interval_seconds ?? NaN;
      const rate = numberOf(row, `${id}_rate`);
      near(rate * seconds, numberOf(row, `${id}_delta`), Math.max(1, taken / 50), `${id}_rate`);
    }
  }
}

describe('page faults of a window', () => {
  it('minor ones are exact', async t => {
    const helper = await startHelper(t, 'faults', 'minor');
    if (helper === null) return;
    for (let warm = 0; warm < 2; warm++) await helper.usage('go 10');
    await compareFaults(t, helper, { minor: 1_000, major: 0 });
  });

  it('major ones are exact', async t => {
    const pages = 200;
    const file = join(testCache, `cold-${process.pid}`);
    mkdirSync(testCache, { recursive: true });
    writeFileSync(file, randomBytes(pages * 65_536)); // enough for the largest pages there are
    t.after(() => rmSync(file, { force: true }));
    const helper = await startHelper(t, 'faults', 'major', file);
    if (helper === null) return;
    for (let warm = 0; warm < 2; warm++) {
      const answer = await helper.ask('go 10');
      if (answer.startsWith('kept')) {
        t.skip('the page cache cannot be dropped on this file system');
        return;
      }
    }
    const start = await helper.usage();
    const trial = await helper.usage(`go ${pages}`);
    if (trial.majorFaults - start.majorFaults !== pages) {
      t.skip(
        `cannot be shown on this disk: it gave ${trial.majorFaults - start.majorFaults} major faults for ${pages} cold pages`,
      );
      return;
    }
    await compareFaults(t, helper, { minor: 0, major: pages });
  });
});

describe('the state of a task', () => {
  it('is T when it was stopped, and S again when it goes on', async t => {
    const helper = await startHelper(t, 'sleepers', '1');
    if (helper === null) return;
    process.kill(helper.pid, 'SIGSTOP');
    await untilState(helper.pid, 'T');
    assert.equal((await taskOnce(t, helper.pid, 'pid,state'))['state'], 'T');
    process.kill(helper.pid, 'SIGCONT');
    await untilState(helper.pid, 'S');
    assert.equal((await taskOnce(t, helper.pid, 'pid,state'))['state'], 'S');
  });

  it('is Z for a zombie, which keeps its name and parent', async t => {
    const helper = await startHelper(t, 'zombie');
    if (helper === null) return;
    const task = await taskOnce(t, helper.told, 'pid,state,ppid,comm');
    assert.deepEqual([task['state'], task['ppid']], ['Z', helper.pid]);
    assert.match(String(task['comm']), /^zombie-/);
  });

  it('is read behind the last parenthesis of a hostile name', async t => {
    const helper = await startHelper(t, 'rename', 'a) R 1 (b', '))) Z', '--argv', 'x) D 1', '');
    if (helper === null) return;
    for (const comm of ['a) R 1 (b', '))) Z']) {
      await untilState(helper.pid, 'S');
      const task = await taskOnce(t, helper.pid, 'pid,state,ppid,comm');
      assert.deepEqual([task['comm'], task['state'], task['ppid']], [comm, 'S', process.pid]);
      await helper.ask('');
    }
  });
});

const PF_KTHREAD = 0x200000;

describe('what the kernel says of a task', () => {
  const flagNames = async (t: TestContext, pid: number): Promise<unknown[]> => {
    const names = (await taskOnce(t, pid, 'pid,flags,flag_names'))['flag_names'];
    assert.ok(Array.isArray(names), `flag_names is a list: ${JSON.stringify(names)}`);
    return names as unknown[];
  };

  it('is PF_KTHREAD for a kernel thread', async t => {
    let flags = 0;
    try {
      flags = Number(statFields(2)[6]);
    } catch {
      // a pid namespace of its own
    }
    if ((flags & PF_KTHREAD) === 0) {
      t.skip('cannot be shown here: pid 2 is no kernel thread');
      return;
    }
    assert.ok((await flagNames(t, 2)).includes('PF_KTHREAD'));
  });

  it('is PF_FORKNOEXEC for a child that never called exec, and only for it', async t => {
    const helper = await startHelper(t, 'noexec');
    if (helper === null) return;
    assert.ok((await flagNames(t, helper.told)).includes('PF_FORKNOEXEC'));
    assert.ok(!(await flagNames(t, helper.pid)).includes('PF_FORKNOEXEC'));
  });

  it('is policy fifo with its priority for a real-time task', async t => {
    const helper = await startHelper(t, 'rt');
    if (helper === null) return;
    const task = await taskOnce(t, helper.pid, 'pid,policy,policy_name,rt_priority,priority');
    assert.deepEqual(
      [task['policy'], task['policy_name'], task['rt_priority'], task['priority']],
      [1, 'fifo', 20, -21],
    );
  });
});

describe('threads', () => {
  it('have their own names, and the CPU time of the one that spins', async t => {
    const helper = await startHelper(t, 'threads', '3');
    if (helper === null) return;
    const run = startTaskscope(t, '--once', '-H', '-d', '1', '-p', String(helper.pid), '-c', 'pid,comm,cpu_percent');
    const rows = (await run.next()).tasks;
    const names = rows.map(row => String(row['comm'])).sort();
    assert.equal(names.length, 4);
    assert.deepEqual(names.slice(0, 3), ['sleeper-2', 'sleeper-3', 'spinner']);
    const busy = rows.filter(row => numberOf(row, 'cpu_percent') > 5);
    assert.deepEqual(
      busy.map(row => [row['comm'], row['tid'] ?? row['pid']]),
      [['spinner', helper.told]],
    );
  });
});
