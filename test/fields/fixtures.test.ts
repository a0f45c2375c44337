import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeStatus } from '../../src/decode/pid-status.ts';
import { fieldFacts, fieldIds, FIELDS, field } from '../../src/fields/registry.ts';
import { stateFact } from '../../src/kernel/states.ts';
import { STATUS_KEYS_BY_NAME } from '../../src/kernel/status-keys.ts';
import { isMissing, type MissingReason } from '../../src/units/missing.ts';
import { MACHINES, type MachineName, machineJson, sampleFixture, type Sampled } from '../support/fixtures.ts';
import { valueOf } from '../support/model.ts';

const SAMPLED = new Map(MACHINES.map(name => [name, sampleFixture(name)]));
const sampled = (name: MachineName): Sampled => SAMPLED.get(name)!;

/** Calls back for every task of every machine. */
function everyTask(look: (fixture: Sampled, name: MachineName) => void): void {
  for (const [name, fixture] of SAMPLED) {
    for (const seat of fixture.table.order.subarray(0, fixture.table.count)) {
      fixture.cursor.at(seat);
      look(fixture, name);
    }
  }
}

/** What the captures did not read: the reason is enough. */
const NO_VALUE_EXPECTED: Readonly<Record<string, MissingReason>> = { pss_bytes: 'not-read' };

describe('every field has a value in some fixture', () => {
  const values = new Map<string, Set<string>>();
  const reasons = new Map<string, Set<MissingReason>>();
  everyTask(({ cursor }) => {
    for (const { id, value } of FIELDS) {
      const found = value(cursor);
      if (isMissing(found)) reasons.set(id, (reasons.get(id) ?? new Set()).add(found.missing));
      else values.set(id, (values.get(id) ?? new Set()).add(JSON.stringify(found)));
    }
  });
  for (const { id } of FIELDS) {
    test(id, () => {
      const expected = NO_VALUE_EXPECTED[id];
      if (expected) assert.ok(!values.has(id) && reasons.get(id)?.has(expected));
      else assert.ok(values.has(id), `only missing: ${[...(reasons.get(id) ?? [])].join()}`);
    });
  }
  test('and those that matter have several', () => {
    for (const id of [
      'cpu_percent',
      'flags',
      'state',
      'wchan_name',
      'command',
      'rss_bytes',
      'min_flt_rate',
      'nice',
      'cgroup',
      'uid',
    ]) {
      assert.ok(values.get(id)!.size > 1, id);
    }
  });
});

describe('the JSON type of a field never depends on its value', () => {
  const types = new Map<string, Set<string>>();
  everyTask(({ cursor }) => {
    for (const id of fieldIds()) {
      const value = field(id).value(cursor);
      if (isMissing(value)) continue;
      if (typeof value === 'number') assert.ok(Number.isFinite(value), `${id} of ${cursor.pid}`);
      types.set(id, (types.get(id) ?? new Set()).add(Array.isArray(value) ? 'array' : typeof value));
    }
  });
  test('and is the documented one', () => {
    for (const [id, found] of types) assert.deepEqual([...found], [fieldFacts(field(id)).type], id);
    assert.ok(types.size > 120);
  });
});

for (const name of MACHINES) {
  describe(name, () => {
    test('nothing is unknown: flag bits, states, status keys', () => {
      const { cursor, table, machine } = sampled(name);
      assert.equal(table.malformed, 0);
      assert.equal(table.denied, 0);
      for (const seat of table.order.subarray(0, table.count)) {
        cursor.at(seat);
        const names = field('flag_names').value(cursor) as readonly string[];
        assert.ok(
          names.every(flag => /^PF_[A-Z_]+$/.test(flag)),
          `${cursor.pid}: ${names.join(' ')}`,
        );
        assert.ok(stateFact(String.fromCharCode(cursor.stat(3)), machine.release), `${cursor.pid}: state`);
        const status = cursor.file('status');
        assert.ok(!isMissing(status));
        for (const key of decodeStatus(status).keys()) assert.ok(STATUS_KEYS_BY_NAME.has(key), key);
      }
    });

    test('the fields of stat agree with those of status', () => {
      const { cursor, table } = sampled(name);
      const value = (id: string) => valueOf(cursor, id);
      for (const seat of table.order.subarray(0, table.count)) {
        cursor.at(seat);
        assert.equal(value('pid'), value('status.Pid'));
        assert.equal(value('ppid'), value('status.PPid'));
        // the copies were made one file after the other: a task that runs may have changed between them
        const state = String(value('status.State'));
        if (value('state') !== 'R') assert.ok(state.startsWith(String(value('state'))), `${cursor.pid}: ${state}`);
        if (value('state') !== 'Z' && value('state') !== 'R')
          assert.equal(value('num_threads'), value('status.Threads'), String(cursor.pid));
      }
    });

    test('the tasks are those that machine.json says', () => {
      const { table } = sampled(name);
      const kept = Object.entries(machineJson(name).kept);
      const pids = Array.from(table.order.subarray(0, table.count), seat => table.pid(seat));
      assert.deepEqual(
        pids,
        kept.filter(([, kind]) => kind !== 'in the first instant only').map(([pid]) => Number(pid)),
      );
    });
  });
}
