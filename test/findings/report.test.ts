/** Findings as lines, as text and as JSON. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import Ajv from 'ajv';
import fc from 'fast-check';
import { findingsJson } from '../../src/findings/json.ts';
import { atLeast, findingsLines, findingsText } from '../../src/findings/lines.ts';
import type { Severity } from '../../src/findings/rule.ts';
import { RULES } from '../../src/findings/rules.ts';
import { FindingsWatch } from '../../src/findings/watch.ts';
import { machineJson } from '../../src/out/json.ts';
import { findingsSchema } from '../../src/out/schema.ts';
import { TaskCursor } from '../../src/model/task-cursor.ts';
import { TaskTable } from '../../src/model/task-table.ts';
import { textWidth } from '../../src/units/text.ts';
import { Pushed, testMachine } from '../support/model.ts';
import { type MadeTask, systemFiles, Watched } from './watching.ts';

const stuck = (pid: number, comm = 'tar'): MadeTask => ({
  pid,
  stat: { state: 'D', comm },
  files: { wchan: 'usb_kill_urb' },
});

/** A finding that goes on, of many tasks with hostile names, and one that ended. */
function watched(): Watched {
  const all = new Watched();
  const zombie = { pid: 99, stat: { state: 'Z', ppid: 1, vsize: 0 } };
  const many = Array.from({ length: 60 }, (_, at) => stuck(100 + at, at === 0 ? 'e\u001b[31mvil\u202e' : 'tar'));
  all.run(0, 25, () => ({ processes: [zombie, ...many] }));
  all.sample(26, { processes: many });
  return all;
}

describe('lines', () => {
  const { watch } = watched();
  it('fit the screen, name the tasks, and stand for them', () => {
    for (const columns of [40, 80, 120, 240]) {
      for (const { line } of findingsLines(watch, columns)) {
        let end = 0;
        for (const { x, text } of line.spans) {
          assert.ok(x >= end, `${columns}: ${text}`);
          end = x + textWidth(text);
          assert.ok(columns < 60 || end <= columns, `${columns}: ${end} ${text}`);
          assert.doesNotMatch(text, /[\u0000-\u001f\u202e]/);
        }
      }
    }
    const tasks = findingsLines(watch, 80).flatMap(({ task }) => task?.pid ?? []);
    assert.deepEqual(tasks.slice(0, 3), [100, 100, 101]);
  });

  it('the text says it all', () => {
    const lines = findingsText(watch).split('\n');
    assert.match(lines[0]!, /^ FINDINGS  1 serious, 1 ended +watched 26s, until \d\d:\d\d:\d\d$/);
    assert.match(lines[2]!, /^ serious {2}Stuck in uninterruptible sleep +seen for 26s, since /);
    assert.match(lines[3]!, /^ {14}100 1000 +e·\[31mvil·$/);
    const text = lines.join('\n');
    for (const part of [
      'and 52 more',
      'seen   60 tasks in D in usb_kill_urb',
      'means  It waits',
      'guide  docs/guides/stuck.md',
    ])
      assert.ok(text.includes(part), `${part}\n${text}`);
    assert.match(text, /\n ended {4}Zombies that are not waited for +seen for 26s, ended \d\d:\d\d:\d\d\n/);
  });

  it('what is of too little severity is left out, and counted', () => {
    const all = new Watched();
    const child = { pid: 99, stat: { state: 'Z', ppid: 1, vsize: 0 } };
    all.run(0, 25, () => ({ processes: [child, stuck(100)] }));
    const ids = (least: Severity): string[] => atLeast(all.watch, least).findings.map(({ rule }) => rule.id);
    assert.deepEqual(ids('note'), ['stuck-d', 'zombies']);
    assert.deepEqual(ids('warning'), ['stuck-d']);
    assert.match(findingsText(atLeast(all.watch, 'warning')), /^ FINDINGS {2}1 serious, 1 note left out {2,}watched/);
    const only = new Watched();
    only.run(0, 25, () => ({ processes: [child] }));
    assert.match(
      findingsText(atLeast(only.watch, 'warning')),
      /^ FINDINGS {2}none, 1 note left out .*\n\n Nothing of the severity that is asked for\. /,
    );
    assert.doesNotMatch(findingsText(atLeast(only.watch, 'note')), /left out/);
  });

  it('nothing found is said, too', () => {
    const all = new Watched();
    all.run(0, 3, () => ({ processes: [{ pid: 1 }] }));
    const lines = findingsText(all.watch).split('\n');
    assert.match(lines[0]!, /^ FINDINGS {2}none/);
    assert.match(lines[2]!, /^ Nothing that a rule knows/);
  });
});

describe('JSON', () => {
  it('is what its schema promises, in base units', () => {
    const { watch } = watched();
    const json = JSON.parse(JSON.stringify(findingsJson(watch, machineJson(testMachine())))) as {
      findings: {
        id: string;
        seconds: number;
        since: string;
        ended_at: string | null;
        tasks: object[];
        task_count: number;
      }[];
      taken_at: string;
    };
    const validate = new Ajv.default({ allErrors: true, allowUnionTypes: true }).compile(findingsSchema());
    assert.ok(validate(json), JSON.stringify(validate.errors?.slice(0, 3)));
    assert.equal(json.taken_at, '2023-11-14T22:13:46.000Z');
    assert.deepEqual(
      json.findings.map(({ id, seconds, since, ended_at, tasks, task_count }) => [
        id,
        seconds,
        since,
        ended_at,
        tasks.length,
        task_count,
      ]),
      [
        ['stuck-d', 26, '2023-11-14T22:13:20.000Z', null, 50, 60],
        ['zombies', 26, '2023-11-14T22:13:20.000Z', '2023-11-14T22:13:46.000Z', 1, 1],
      ],
    );
    // whose task it is, is read as soon as it is held
    assert.deepEqual(json.findings[1]!.tasks, [
      { pid: 99, start_time_ticks: 100, tgid: 99, comm: 'task', user: '1000' },
    ]);
  });
  it('of a source without a clock has null', () => {
    assert.equal(findingsJson(new FindingsWatch(RULES, testMachine()), {})['taken_at'], null);
  });
});

describe('the watch', () => {
  it('knows nothing to go on across a suspend: uptime runs ahead of the time between the samples', () => {
    const all = new Watched();
    const asleep = 3600;
    const scene = (second: number) => ({
      processes: [stuck(7)],
      system: { ...systemFiles(second), uptime: `${10_000 + second + (second > 15 ? asleep : 0)}.00 1.00` },
    });
    all.run(0, 22, scene);
    assert.deepEqual(all.secondsOf('stuck-d'), [10, 11, 12, 13, 14, 15]);
    const [ended] = all.watch.findings;
    assert.deepEqual([ended?.rule.id, ended?.since.ms, ended?.ended?.ms], ['stuck-d', 0, 15_000]);
    // the time between the two samples was slept, or nearly so
    assert.equal(all.watch.watchedSeconds, 21);
    all.run(23, 26, scene);
    assert.deepEqual(
      all.watch.findings.map(({ since, ended: end }) => [since.ms, end?.ms]),
      [
        [16_000, undefined],
        [0, 15_000],
      ],
    );
  });
  it('goes on over another table with the same tasks in other seats', () => {
    const machine = testMachine();
    const watch = new FindingsWatch(RULES, machine);
    const zombie = (pid: number) => ({ pid, state: 'Z', vsize: 0 });
    const first = new Pushed(machine);
    for (let second = 0; second <= 15; second++) {
      first.sample([zombie(7), zombie(9)], { ms: second * 1000, system: systemFiles(second) });
      watch.sampled(first.cursor);
    }
    const second = new Pushed(machine);
    for (let at = 16; at <= 21; at++) {
      second.sample([{ pid: 1 }, { pid: 2 }, zombie(9)], { ms: at * 1000, system: systemFiles(at) });
      watch.sampled(second.cursor);
    }
    assert.deepEqual(
      watch.findings.map(({ since, tasks }) => [since.ms, tasks.map(({ pid }) => pid)]),
      [[0, [9]]],
    );
  });

  it('a recording that jumps back has no past there', () => {
    const all = new Watched();
    all.run(100, 112, () => ({ processes: [stuck(1)] }));
    assert.equal(all.watch.findings.length, 1);
    all.sample(50, { processes: [stuck(1)] });
    assert.deepEqual([all.watch.findings, all.watch.watchedSeconds], [[], 0]);
  });

  it('threads that are read in rounds: what was not read again stays as it was', () => {
    const machine = testMachine();
    const watch = new FindingsWatch(RULES, machine);
    const processes = new Pushed(machine);
    const table = new TaskTable(machine, true);
    const threads = new TaskCursor(table);
    const line = new TextEncoder().encode(
      '11 (w) T 1 1 1 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 2 0 100 4096000 100 0 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n',
    );
    const rules = [{ ...RULES.find(({ id }) => id === 'stopped')!, of: 'both' as const }];
    const own = new FindingsWatch(rules, machine);
    for (let second = 0; second <= 30; second++) {
      processes.sample([{ pid: 10, num_threads: 2 }], { ms: second * 1000, system: systemFiles(second) });
      if (second % 5 === 0) {
        table.begin({ wallMs: Number.NaN, system: new Map(), systemMs: second * 1000 });
        table.stat(0, 11, 10, line, line.length, second * 1000);
        table.end(0);
      }
      own.sampled(processes.cursor, threads);
      watch.sampled(processes.cursor, threads);
    }
    assert.deepEqual(
      own.findings.map(({ since, tasks }) => [since.ms, tasks[0]!.pid]),
      [[0, 11]],
    );
    assert.deepEqual(watch.findings, []);
  });

  it('never throws, whatever the tasks show', () => {
    const letter = fc.constantFrom('R', 'S', 'D', 'Z', 'T', 't', 'I', 'X', '?');
    const number = fc.oneof(fc.nat(), fc.constantFrom(0, 1, 2 ** 31 - 1, 2 ** 53, -1));
    const task = fc.record({
      pid: fc.integer({ min: 1, max: 12 }),
      state: letter,
      flags: fc.nat({ max: 2 ** 31 - 1 }),
      num_threads: number,
      ppid: fc.integer({ min: 0, max: 12 }),
      utime: fc.nat({ max: 1e6 }),
      stime: fc.nat({ max: 1e6 }),
      min_flt: number,
      rss: number,
      blocked: fc.nat(),
      policy: fc.integer({ min: 0, max: 9 }),
      file: fc.string(),
    });
    const samples = fc.array(fc.uniqueArray(task, { selector: ({ pid }) => pid, maxLength: 12 }), { maxLength: 8 });
    fc.assert(
      fc.property(samples, scenes => {
        const rules = RULES.map(rule => ({ ...rule, seconds: 0 }));
        const all = new Watched({ rules });
        scenes.forEach((tasks, second) => {
          const made = tasks.map(({ pid, file, ...stat }) => ({
            pid,
            stat,
            files: { status: file, wchan: file, cgroup: file, schedstat: file },
          }));
          all.sample(second, { processes: made, threads: made.map(one => ({ ...one, tgid: 1 })) });
          findingsText(all.watch, 40);
          JSON.stringify(findingsJson(all.watch, {}));
        });
      }),
      { numRuns: 200 },
    );
  });
});
