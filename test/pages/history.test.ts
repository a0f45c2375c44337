import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { livesOf } from '../../src/history/life.ts';
import { Recorder } from '../../src/history/recorder.ts';
import { Ring } from '../../src/history/ring.ts';
import { TaskCursor } from '../../src/model/task-cursor.ts';
import { TaskTable } from '../../src/model/task-table.ts';
import type { TaskContext } from '../../src/pages/context.ts';
import type { Json } from '../../src/pages/document.ts';
import { growthOf, type Trend } from '../../src/pages/history-growth.ts';
import { historyPage, sparkText } from '../../src/pages/history.ts';
import { pageJson } from '../../src/pages/json.ts';
import { pageText } from '../../src/pages/render.ts';
import { ChurningSource } from '../support/churning-source.ts';
import { FakeDossier } from '../support/dossier.ts';
import { type MachineFacts, testMachine } from '../support/model.ts';
import { rawBytes, statText, type Values } from '../support/stat-line.ts';

// the clock of the page is local time
process.env['TZ'] = 'UTC';

/** 12:00:00 */
const NOON = Date.UTC(2026, 10, 21, 12);
const PID = 42;

interface Task {
  readonly tid?: number;
  readonly stat: Values;
  readonly wchan?: string;
  readonly syscall?: string;
  readonly cgroup?: string;
}

/** A machine that is told sample by sample, seconds after noon. */
class Script {
  readonly table: TaskTable;
  readonly recorder: Recorder;
  readonly ring: Ring;

  constructor(facts: MachineFacts = {}, threads = false) {
    this.table = new TaskTable(testMachine(facts), threads);
    this.recorder = new Recorder(this.table, record => this.ring.push(record));
    const options = { maxBytes: 1 << 22, pending: () => this.recorder.last, system: this.table.system };
    this.ring = new Ring(this.table.machine, threads, options);
  }

  at(seconds: number, ...tasks: readonly Task[]): this {
    const ms = 5_000_000 + seconds * 1000;
    this.recorder.begin({ wallMs: NOON + seconds * 1000, system: new Map(), systemMs: ms });
    for (const { tid = PID, stat } of tasks) {
      const line = rawBytes(statText({ pid: tid, ...stat }));
      this.recorder.stat(tid, tid, PID, line, line.length, ms);
    }
    this.recorder.end(0);
    for (const { tid = PID, ...files } of tasks)
      for (const file of ['wchan', 'syscall', 'cgroup'] as const)
        if (files[file] !== undefined) this.recorder.file(tid, file, rawBytes(files[file]), ms + 10);
    return this;
  }

  context(tid = PID): TaskContext {
    const cursor = new TaskCursor(this.table);
    const seat = [...this.table.order.subarray(0, this.table.count)].find(at => this.table.pid(at) === tid)!;
    const task = cursor.at(seat);
    const lives = livesOf([this.ring], (_tid, tgid) => tgid === PID);
    const { instants } = this.ring;
    return {
      task,
      dossier: new FakeDossier({}),
      watch: { openedMs: NOON, changes: [] },
      wallMs: this.table.system.wallMs,
      life: {
        lives,
        own: lives.find(life => life.tid === tid && life.startTicks === task.startTicks),
        reachesBackMs: instants.at(-1)!.ms - instants[0]!.ms,
        threads: this.table.threads,
        others: 0,
      },
    };
  }

  lines(columns = 100): string[] {
    return pageText(historyPage(this.context()), columns).split('\n');
  }

  json(): Record<string, Json> {
    return pageJson(historyPage(this.context())) as Record<string, Json>;
  }
}

/** The lines from a title to the next blank one, title and heads left out. */
function section(lines: readonly string[], title: string): string[] {
  const at = lines.findIndex(line => line.trim().startsWith(title));
  assert.ok(at >= 0, `no section ${title} in\n${lines.join('\n')}`);
  const end = lines.indexOf('', at);
  return lines.slice(at + 2, end < 0 ? undefined : end).map(line => line.trimEnd());
}

const changes = (script: Script): string[] =>
  section(script.lines(), 'What changed').filter(line => /^ {2}\d\d:\d\d:\d\d/.test(line));

const NOFS = 0x40000;
const SUPERPRIV = 0x100;
const PLAIN = 0x400000;
const SH = { comm: 'sh', startstack: '140722229500000', flags: PLAIN };

describe('what changed', () => {
  test('is told with the time of the sample that noticed it, the latest first', () => {
    const tar = { ...SH, comm: 'tar', startstack: '140722229999999', flags: PLAIN | SUPERPRIV };
    const script = new Script()
      .at(0, { stat: SH })
      .at(2, { stat: { ...SH, state: 'R', processor: 3 } })
      .at(4, { stat: { ...tar, state: 'R', processor: 3 }, cgroup: '0::/user.slice\n' })
      .at(6, { stat: { ...tar, state: 'D', processor: 3 }, wchan: 'rpc_wait_bit_killable' })
      .at(12, { stat: { ...tar, state: 'D', processor: 3 }, wchan: 'rpc_wait_bit_killable' })
      .at(18, { stat: { ...tar, flags: PLAIN, processor: 3, nice: 5, priority: 25 }, cgroup: '0::/batch.slice\n' })
      .at(20, {
        stat: {
          ...tar,
          flags: PLAIN,
          comm: 'tar2',
          processor: 3,
          ppid: 7,
          policy: 1,
          priority: -51,
          nice: 0,
          rt_priority: 50,
        },
      });
    assert.deepEqual(changes(script), [
      '  12:00:20  name         tar → tar2',
      '  12:00:20  policy       other → fifo',
      '  12:00:20  rt priority  0 → 50',
      '  12:00:20  nice         5 → 0',
      '  12:00:20  priority     25 → -51',
      '  12:00:20  parent       1 → 7',
      '  12:00:18  cgroup       /user.slice → /batch.slice',
      '  12:00:18  state        D → S after 12s in rpc_wait_bit_killable',
      '  12:00:18  flags        lost PF_SUPERPRIV',
      '  12:00:18  nice         0 → 5',
      '  12:00:06  state        R → D after 4.0s',
      '  12:00:04  flags        gained PF_SUPERPRIV',
      '  12:00:04  exec         sh → tar',
      '  12:00:02  state R/S    S → R after at least 2.0s',
      '  12:00:02  CPU          0 → 3',
    ]);
    const [, , , , , , , left] = script.json()['changes'] as { time: string; kind: string; change: Json }[];
    assert.deepEqual(left, {
      time: '2026-11-21T12:00:18.000Z',
      kind: 'state',
      change: { words: 'D → S after 12s in rpc_wait_bit_killable', before: 'D', after: 'S', seconds: 12 },
    });
  });

  test('a state is not said to have lasted through samples in which the task was not read', () => {
    const other = { tid: 43, stat: SH };
    const stopped = { stat: { ...SH, state: 'T' } };
    const script = new Script()
      .at(0, { stat: { ...SH, state: 'S' } })
      .at(2, stopped)
      .at(4, stopped)
      .at(6, other)
      .at(8, other)
      .at(10, stopped)
      .at(12, { stat: { ...SH, state: 'T', utime: 1 } })
      .at(14, { stat: { ...SH, state: 'S', utime: 1 } })
      .at(16, { stat: { ...SH, state: 'S', utime: 1 } })
      .at(18, other)
      .at(20, { stat: { ...SH, state: 'D', utime: 1 } })
      .at(22, { stat: { ...SH, state: 'S', utime: 1 } });
    assert.deepEqual(
      changes(script).filter(line => line.includes('state')),
      [
        '  12:00:22  state  D → S after at least 2.0s',
        '  12:00:20  state  S → D after at least 2.0s',
        '  12:00:14  state  T → S after at least 4.0s',
        '  12:00:02  state  S → T after at least 2.0s',
      ],
    );
  });

  test('a pid that is used again starts a new history; the former task is only named', () => {
    const old = { ...SH, state: 'D', start_time: 100 };
    const young = { comm: 'cron', start_time: 900 };
    const script = new Script()
      .at(0, { stat: { ...old, state: 'S' } })
      .at(2, { stat: old })
      .at(4, { stat: young })
      .at(6, { stat: { ...young, state: 'R' } });
    const lines = script.lines();
    assert.deepEqual(changes(script), ['  12:00:06  state R/S  S → R after at least 2.0s']);
    assert.match(
      lines.join('\n'),
      /Until 2026-11-21 12:00:02 42 was the id of another task, sh: nothing of it is told here\./,
    );
    assert.deepEqual(script.json()['states'], [
      { name: 'R', samples: 1, percent: 50, meaning: 'running' },
      { name: 'S', samples: 1, percent: 50, meaning: 'sleeping' },
    ]);
  });

  test('what changes all the time hides nothing, and what is left out is said', () => {
    const script = new Script().at(0, { stat: SH }).at(1, { stat: { ...SH, flags: PLAIN | SUPERPRIV } });
    for (let second = 2; second < 202; second++)
      script.at(second, { stat: { ...SH, flags: PLAIN | SUPERPRIV, state: 'SR'[second % 2]! } });
    const told = changes(script);
    assert.equal(told.filter(line => line.includes('state R/S')).length, 60);
    assert.ok(told.includes('  12:00:01  flags      gained PF_SUPERPRIV'));
    assert.match(script.lines().join('\n'), /left out: 139 of state R\/S\./);
  });

  test('without the right to see addresses an exec is not told from a new name', () => {
    const hidden = { comm: 'sh', startcode: 1, startstack: 0 };
    const script = new Script().at(0, { stat: hidden }).at(2, { stat: { ...hidden, comm: 'ls' } });
    assert.deepEqual(changes(script), ['  12:00:02  name  sh → ls: exec or renamed']);
  });
});

describe('shares', () => {
  test('of states, waits, calls and flags, each of the samples where it was read', () => {
    const script = new Script();
    for (let second = 0; second < 8; second++) {
      const stat = { ...SH, state: second < 6 ? 'D' : 'R', flags: second === 3 ? PLAIN | NOFS : PLAIN };
      if (second < 4)
        script.at(second, {
          stat,
          wchan: second === 0 ? '0' : 'folio_wait_bit_common',
          syscall: '0 0x3 0x0 0x0 0x0 0x0 0x0 0x7ffd 0x7f00\n',
        });
      else script.at(second, { stat });
    }
    const lines = script.lines();
    assert.deepEqual(section(lines, 'States, of 8 samples'), [
      '  D            6  75.0 %  disk sleep',
      '  R            2  25.0 %  running',
    ]);
    assert.ok(lines.includes(' Wait channels, read in 4 of 8 samples'), lines.join('\n'));
    const json = script.json();
    const bare = (id: string): unknown[] =>
      (json[id] as Record<string, Json>[]).map(({ name, samples, percent }) => [name, samples, percent]);
    assert.deepEqual(bare('wait_channels'), [
      ['folio_wait_bit_common', 3, 75],
      ['0', 1, 25],
    ]);
    assert.deepEqual(bare('system_calls'), [['read', 4, 100]]);
    assert.deepEqual(bare('flag_hits'), [
      ['PF_RANDOMIZE', 8, 100],
      ['PF_MEMALLOC_NOFS', 1, 12.5],
    ]);
    assert.equal(json['process_states'], undefined);
  });

  test('what was read in no sample is said', () => {
    const text = new Script().at(0, { stat: SH }).lines().join(' ');
    assert.match(text, /No shares of wait channels: read in none of these samples/);
    assert.match(text, /No shares of system calls: read in none of these samples, only while this page is open/);
  });

  test('running is a share of the calls; a number without a name is told as a number', () => {
    const script = new Script();
    const call = (nr: number): string => `${nr} 0x3 0x0 0x0 0x0 0x0 0x0 0x7ffd 0x7f00\n`;
    [call(202), 'running\n', call(202), '-1 0x7ffd 0x7f00\n', call(9999)].forEach((syscall, second) =>
      script.at(second, { stat: SH, syscall, wchan: '0' }),
    );
    script.at(5, { stat: SH });
    const lines = script.lines(120);
    assert.deepEqual(
      section(lines, 'System calls, read in 5 of 6 samples').map(line => line.trimEnd().replace(/ +/g, ' ')),
      [
        ' futex 2 40.0 %',
        ' number 9999 1 20.0 %',
        ' outside 1 20.0 % blocked, but in no call: a page fault, an interrupt',
        ' running 1 20.0 % it ran, or was woken while the file was read',
      ],
    );
  });

  test('where system calls may not be read, it says which right would show them', () => {
    const script = new Script().at(0, { stat: SH });
    script.recorder.file(PID, 'syscall', 'no-permission', 5_000_010);
    assert.match(
      script.lines(200).join(' '),
      /No shares of system calls: not permitted: needs the same user \(and a dumpable process\) or CAP_SYS_PTRACE; kernel\.yama/,
    );
    const kernelThread = new Script().at(0, { stat: { flags: 0x208040, vsize: 0 } });
    assert.match(kernelThread.lines().join(' '), /No shares of system calls: a kernel thread makes none\./);
  });

  test('samples of the other kind, and threads that were not sampled, are said to be left out', () => {
    const context = new Script().at(0, { stat: { ...SH, num_threads: 5 } }).context();
    const text = (others: number): string =>
      pageText(historyPage({ ...context, life: { ...context.life!, others } }), 200);
    assert.match(text(0), /with H \(threads\) its 4 others count too/);
    assert.doesNotMatch(text(0), /Left out/);
    assert.match(
      text(3),
      /Left out, and \? in its states: 3 samples of threads, not of processes \(H switches them\)\./,
    );
  });

  test('of all threads of the process together, not of another that had its id', () => {
    const thread = (tid: number, state: string, start: number, wchan?: string): Task => ({
      tid,
      stat: { state, start_time: start },
      ...(wchan === undefined ? {} : { wchan }),
    });
    const script = new Script({}, true)
      .at(0, thread(42, 'R', 10), thread(50, 'R', 20))
      .at(1, thread(42, 'S', 500), thread(51, 'D', 501, 'do_wait'))
      .at(2, thread(42, 'S', 500), thread(51, 'D', 501, 'do_wait'), thread(52, 'S', 502));
    const json = script.json();
    assert.deepEqual(json['states'], [{ name: 'S', samples: 2, percent: 100, meaning: 'sleeping' }]);
    assert.deepEqual(
      (json['process_states'] as Record<string, Json>[]).map(({ name, samples, percent }) => [name, samples, percent]),
      [
        ['S', 3, 60],
        ['D', 2, 40],
      ],
    );
    assert.ok(script.lines().includes(' Wait channels of all 3 threads together, read in 2 of 5 samples'));
  });
});

describe('numbers over time', () => {
  test('the strip of states has a letter a sample, ? where the task could not be read; it is wrapped', () => {
    const script = new Script()
      .at(0, { stat: SH })
      .at(1)
      .at(2)
      .at(3, { stat: { ...SH, state: 'D' } });
    assert.match(script.lines().join('\n'), /States +S\?\?D\n/);
    assert.equal(script.json()['state_strip'], 'S??D');
    assert.equal(script.json()['unread'], 2);
    for (let second = 4; second < 200; second++) script.at(second, { stat: { ...SH, state: 'D' } });
    const lines = script.lines(80);
    assert.ok(
      lines.every(line => line.length <= 80),
      lines.join('\n'),
    );
    assert.equal(lines.join('').match(/D/g)!.length > 190, true);
  });

  test('CPU, faults and RSS: mean, most, last, as per second between its reads', () => {
    const script = new Script()
      .at(0, { stat: { ...SH, utime: 0, min_flt: 0, rss: 100 } })
      .at(2, { stat: { ...SH, utime: 50, stime: 50, min_flt: 20, rss: 100 } })
      .at(4, { stat: { ...SH, utime: 50, stime: 50, min_flt: 20, maj_flt: 6, rss: 300 } });
    const trends = script.json()['trends'] as Record<string, Json>[];
    assert.deepEqual(trends, [
      { what: 'cpu_percent', values: [50, 0], mean: 25, most: 50, now: 0 },
      { what: 'min_flt_rate', values: [10, 0], mean: 5, most: 10, now: 0 },
      { what: 'maj_flt_rate', values: [0, 3], mean: 1.5, most: 3, now: 3 },
      { what: 'rss_bytes', values: [409600, 1228800], mean: 819200, most: 1228800, now: 1228800 },
    ]);
    assert.equal(script.json()['reaches_back_seconds'], 4);
    assert.ok(script.lines().some(line => line.startsWith('  CPU %           █▁ ')));
  });

  test('growth: the 0 of a zombie is no shrinking, and what did not grow has no rate', () => {
    const told = (stat: (second: number) => Values): string => {
      const script = new Script();
      for (let second = 0; second <= 20; second++) script.at(second, { stat: { ...SH, ...stat(second) } });
      return script
        .lines()
        .find(line => /^ +RSS +\S/.test(line) && !line.includes('▁') && !line.includes('█'))!
        .trim();
    };
    // twelve seconds of it, then eight as a zombie
    const ends = told(second => (second < 13 ? { rss: 50 } : { rss: 0, vsize: 0, state: 'Z' }));
    assert.match(ends, /^RSS +over 12s: as much now as then$/);
    assert.match(
      told(second => ({ rss: 1000 + second })),
      /^RSS +over 20s: as much now as then$/,
    );
    assert.match(
      told(second => ({ rss: 100_000 - second * 2000 })),
      /^RSS +-469M a minute over 20s: it shrinks$/,
    );
    assert.match(
      told(() => ({ rss: 0, vsize: 0 })),
      /^RSS +-/,
    );
  });

  test('sparklines begin at 0; a gap is no 0', () => {
    assert.equal(sparkText([0, 7, 3.5, Number.NaN]), '▁█▅·');
    assert.equal(sparkText([0, 0]), '▁▁');
    assert.equal(sparkText([5, 5]), '██');
  });

  const PAGE = 4096;
  const MIB = 1 << 20;
  const minute = (value: (second: number) => number): (readonly [number, number])[] =>
    Array.from({ length: 61 }, (_, second) => [second * 1000, value(second)] as const);
  const CASES: readonly (readonly [
    name: string,
    value: (second: number) => number,
    trend: Trend,
    perMinute: number,
  ])[] = [
    ['a leak', second => (100 + second) * MIB, 'steady', 60 * MIB],
    ['a leak in small steps', second => (100 + 5 * Math.floor(second / 5)) * MIB, 'steady', 60 * MIB],
    [
      'a cache that fills',
      second => (100 + 50 * (1 - Math.exp(-second / 10))) * MIB,
      'slowing',
      50 * MIB * (1 - Math.exp(-6)),
    ],
    ['ever more', second => (100 + second ** 2 / 10) * MIB, 'quickening', 360 * MIB],
    ['one allocation', second => (second < 20 ? 100 : 160) * MIB, 'one-step', 60 * MIB],
    ['collected garbage', second => (100 + (second % 20)) * MIB, 'saw-tooth', 0],
    ['nothing but noise', second => 100 * MIB + (second % 2) * 32 * PAGE, 'none', 0],
    ['given back', second => (100 - second) * MIB, 'shrinking', -60 * MIB],
    ['a bump', second => (second > 20 && second < 40 ? 150 : 100) * MIB, 'none', 0],
  ];
  for (const [name, value, trend, perMinute] of CASES)
    test(`growth: ${name} is '${trend}'`, () => {
      const growth = growthOf(minute(value), PAGE);
      assert.equal(growth.trend, trend);
      assert.ok(Math.abs(growth.perMinute - perMinute) < MIB / 100, String(growth.perMinute));
    });

  test('growth: too few samples or seconds tell nothing', () => {
    assert.equal(growthOf([], PAGE).trend, 'too-short');
    assert.equal(growthOf(minute(() => MIB).slice(0, 7), PAGE).trend, 'too-short');
    assert.equal(
      growthOf(
        minute(() => MIB).map(([ms, value]) => [ms / 10, value]),
        PAGE,
      ).trend,
      'too-short',
    );
  });
});

describe('without a past', () => {
  test('the page says where there is one', () => {
    const { task, dossier, watch, wallMs } = new Script().at(0, { stat: SH }).context();
    const text = pageText(historyPage({ task, dossier, watch, wallMs }), 80);
    assert.match(text, /Nothing is remembered here\./);
    assert.match(text, /taskscope record FILE/);
  });

  test('a task that is in none of the samples', () => {
    const context = new Script().at(0, { stat: SH }).at(60, { stat: SH }).context();
    const text = pageText(historyPage({ ...context, life: { ...context.life!, own: undefined } }), 80);
    assert.equal(text, '  The task is in none of the samples of the last 1m00s.\n');
  });
});

test('whatever happens to tasks: the page builds, fits the screen, and says nothing unprintable', () => {
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(40, 80, 120), (seed, columns) => {
      const script = new Script();
      const source = new ChurningSource(script.recorder, seed);
      for (let sample = 0; sample < 30; sample++) source.sample();
      const { table, ring } = script;
      const cursor = new TaskCursor(table);
      for (const seat of table.order.subarray(0, table.count)) {
        const task = cursor.at(seat);
        const lives = livesOf([ring], tid => tid === task.pid);
        const own = lives.find(({ startTicks }) => startTicks === task.startTicks);
        assert.ok(own);
        const page = historyPage({
          task,
          dossier: new FakeDossier({}),
          watch: { openedMs: NOON, changes: [] },
          wallMs: table.system.wallMs,
          life: { lives, own, reachesBackMs: 1000, threads: false, others: 0 },
        });
        const text = pageText(page, columns);
        assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f]|undefined|NaN|\[object/);
        assert.doesNotMatch(JSON.stringify(pageJson(page)), /undefined|NaN/);
        if (columns >= 80) for (const line of text.split('\n')) assert.ok(line.length <= columns, line);
      }
    }),
    { numRuns: 40 },
  );
});
