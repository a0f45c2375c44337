import assert from 'node:assert/strict';
import { test } from 'node:test';
import Ajv from 'ajv';
import { EventLog } from '../../src/model/events.ts';
import { eventsJson } from '../../src/out/events.ts';
import { machineJson } from '../../src/out/json.ts';
import { eventsSchema } from '../../src/out/schema.ts';
import { testMachine } from '../support/model.ts';

const D = 'D'.charCodeAt(0);
const S = 'S'.charCodeAt(0);

test('events of every kind: base units, null for what is not told, as the schema promises', () => {
  const log = new EventLog();
  const task = { pid: 12, tgid: 10, startTicks: 4711, comm: 'x\udcff' };
  const still = { state: S, flags: 0x400000, policy: 0 };
  log.begin(1000, 1_700_000_000_000);
  log.appeared(task, still);
  log.begin(2000, Number.NaN);
  log.changed(task, still, { ...still, state: D, flags: 0x80400104 | 0 }, 1);
  log.begin(14_500, 1_700_000_013_500);
  log.changed(task, { ...still, state: D }, { ...still, policy: 6 }, 12.5);
  log.gone(task, { ...still, policy: 6 });
  const machine = machineJson(testMachine());
  const json = eventsJson(log.list, machine, { wallMs: 1_700_000_014_000, dropped: 1000 });

  const validate = new Ajv.default({ allErrors: true, allowUnionTypes: true }).compile(eventsSchema());
  assert.ok(validate(json), JSON.stringify(validate.errors));
  assert.ok(validate(eventsJson([], machine)), JSON.stringify(validate.errors));

  const { events, ...rest } = json as { events: Record<string, unknown>[] };
  assert.deepEqual(rest, {
    ...{ schema: 'taskscope.events/1', taken_at: '2023-11-14T22:13:34.000Z', machine, dropped: 1000, filter: null },
  });
  assert.equal(eventsJson([], machine, { filter: 'kind=gone' })['filter'], 'kind=gone');
  const same = { pid: 12, tgid: 10, start_time_ticks: 4711, comm: 'x\udcff' };
  const nothing = { gained: null, policy_before: null, policy_after: null, seconds_in_d: null };
  assert.deepEqual(events, [
    { ...same, ...nothing, time: '2023-11-14T22:13:20.000Z', kind: 'appeared', state: 'S', flags: '0x00400000' },
    { ...same, ...nothing, time: null, kind: 'entered_d', state: 'D', flags: '0x80400104' },
    {
      ...{ ...same, ...nothing, time: null, kind: 'gained_flags', state: 'D', flags: '0x80400104' },
      gained: ['PF_EXITING', 'PF_SUPERPRIV', 'PF_SUSPEND_TASK'],
    },
    {
      ...{ ...same, ...nothing, time: '2023-11-14T22:13:33.500Z', kind: 'left_d', state: 'S', flags: '0x00400000' },
      seconds_in_d: 12.5,
    },
    {
      ...{ ...same, ...nothing, time: '2023-11-14T22:13:33.500Z', kind: 'policy', state: 'S', flags: '0x00400000' },
      ...{ policy_before: 'other', policy_after: 'deadline' },
    },
    { ...same, ...nothing, time: '2023-11-14T22:13:33.500Z', kind: 'gone', state: 'S', flags: '0x00400000' },
  ]);
});
