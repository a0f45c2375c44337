import assert from 'node:assert/strict';
import { test } from 'node:test';
import Ajv from 'ajv';
import { machineJson } from '../../src/out/json.ts';
import { stuckSchema } from '../../src/out/schema.ts';
import { stuckJson } from '../../src/stuck/json.ts';
import { STUCK_KINDS } from '../../src/stuck/kinds.ts';
import type { StuckReport } from '../../src/stuck/report.ts';
import { type Missing, missing } from '../../src/units/missing.ts';
import { testMachine } from '../support/model.ts';
import { HIDDEN, Tables, twice } from './tables.ts';

interface Json {
  readonly taken_at: string;
  readonly looked_at: Record<string, number | null>;
  readonly counts: Record<string, number>;
  readonly groups: readonly { readonly kind: string; readonly tasks: readonly Record<string, unknown>[] }[];
}

const json = (report: StuckReport): Json =>
  JSON.parse(JSON.stringify(stuckJson(report, machineJson(testMachine())))) as Json;

const KTHREAD = 0x200000;
const RT = { banner: 'Linux version 6.18.0 (test) #1 SMP PREEMPT_RT' };

/** One of each kind. */
const everyKind = (): Tables =>
  twice(
    3,
    RT,
    { pid: 1, state: 'D', wchan: 'folio_wait_bit_common', status: 'Name:\tx\nUid:\t0\t0\t0\t0\n' },
    { pid: 2, state: 'D', flags: 0x404, wchan: 'usb_kill_urb' },
    { pid: 3, state: 'D', wchan: 'rt_spin_lock' },
    { pid: 4, state: 'Z', flags: 0x4, num_threads: 2 },
    { pid: 5, state: 'D', wchan: 'kernel_clone' },
    { pid: 6, state: 'D', wchan: '__refrigerator' },
    { pid: 7, state: 't' },
    { pid: 8, state: 'T' },
    { pid: 9, state: 'D', flags: KTHREAD, wchan: 'kthread' },
    { pid: 10, state: 'D', startcode: 1, wchan: HIDDEN },
  )
    .round(0, { tgid: 4, pid: 41 })
    .round(2000, { tgid: 4, pid: 41 });

test('it is what its schema promises, whatever is stuck', () => {
  const validate = new Ajv.default({ allErrors: true, allowUnionTypes: true }).compile(stuckSchema());
  const stacks = new Map<string, Missing | string[]>([
    ['1/1', ['[<0>] folio_wait_bit_common+0x13d/0x350']],
    ['2/2', missing('no-permission')],
  ]);
  const reports = [
    everyKind().report(),
    everyKind().report({ stacks, roundSeconds: 1.5 }),
    new Tables().look(0, { pid: 1, state: 'D' }).report(),
    twice(1, {}).report(),
  ];
  for (const report of reports) assert.ok(validate(json(report)), JSON.stringify(validate.errors?.slice(0, 3)));
  assert.deepEqual(
    new Set(reports[0]!.groups.map(({ kind }) => kind)),
    new Set(STUCK_KINDS.map(({ kind }) => kind)),
    'every kind was there',
  );
  assert.ok(!validate({ ...json(reports[0]!), more: 1 }));
});

test('base units, and null for what is missing', () => {
  const stacks = new Map([['1/1', ['[<0>] folio_wait_bit_common+0x13d/0x350']]]);
  const result = json(everyKind().report({ stacks, roundSeconds: 1.25 }));
  assert.equal(result.taken_at, '2023-11-14T22:13:23.000Z');
  assert.deepEqual(result.looked_at, { processes: 10, threads: 1, threads_seconds_ago: 1.25, hidden_tasks: 0 });
  assert.deepEqual([result.counts['uninterruptible'], result.counts['false-zombie']], [2, 1]);
  const tasks = result.groups.flatMap(group => group.tasks);
  assert.deepEqual(
    tasks.find(({ tid }) => tid === 1),
    {
      pid: 1,
      tid: 1,
      start_time_ticks: 100,
      user: 'root',
      comm: 'task',
      state: 'D',
      age_seconds: 3,
      at_least: true,
      since: '2023-11-14T22:13:20.000Z',
      wchan_name: 'folio_wait_bit_common',
      flags: '0x00400000',
      flag_words: [],
      remarks: [],
      threads_alike: 0,
      stack: ['[<0>] folio_wait_bit_common+0x13d/0x350'],
    },
  );
  const hidden = tasks.find(({ tid }) => tid === 10)!;
  assert.deepEqual([hidden['wchan_name'], hidden['user'], hidden['stack']], [null, null, null]);
});

test('one sample has no ages', () => {
  const [task] = json(new Tables().look(0, { pid: 1, state: 'D' }).report()).groups[0]!.tasks;
  assert.deepEqual([task!['age_seconds'], task!['since']], [null, null]);
});
