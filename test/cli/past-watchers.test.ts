/** Findings of what is remembered. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Past } from '../../src/cli/past.ts';
import { findingsAt, informedWatchers } from '../../src/cli/past-watchers.ts';
import type { Rule } from '../../src/findings/rule.ts';
import { RULES } from '../../src/findings/rules.ts';
import { TaskCursor } from '../../src/model/task-cursor.ts';
import { TaskTable } from '../../src/model/task-table.ts';
import { FakeTree } from '../support/fake-tree.ts';
import { testMachine } from '../support/model.ts';
import { rawBytes, statText } from '../support/stat-line.ts';

const machine = testMachine();
const STOPPED: Rule = { ...RULES.find(({ id }) => id === 'stopped')!, seconds: 5 };

/** One process, sampled every second: a letter is its state, small where threads are sampled. */
function remembered(states: string): { past: Past; table: TaskTable } {
  let table = new TaskTable(machine, false);
  let past = new Past(table);
  states.split('').forEach((letter, second) => {
    const threads = letter !== letter.toUpperCase();
    if (threads !== table.threads) {
      table = new TaskTable(machine, threads, table.system, table.events);
      past = new Past(table, undefined, past);
    }
    const line = rawBytes(statText({ pid: 42, state: letter.toUpperCase() }));
    past.recorder.begin({ wallMs: second * 1000, system: new Map(), systemMs: second * 1000 });
    past.recorder.stat(0, 42, 42, line, line.length, second * 1000);
    past.recorder.end(0);
  });
  return { past, table };
}

describe('findings of the past', () => {
  const found = (states: string): boolean[] => {
    const { past } = remembered(states);
    const watch = findingsAt(past.instants().at(-1)!, past.rings, [STOPPED], machine);
    return watch.findings.map(({ ended }) => ended !== undefined);
  };

  test('go on over a sample or two of threads, not over more', () => {
    assert.deepEqual(found('TTTTTTT'), [false]);
    assert.deepEqual(found('TTTTttTT'), [false]);
    assert.deepEqual(found('TTTTsssTT'), []);
    assert.deepEqual(found('TTTTTTTsssTT'), [true]);
    assert.deepEqual(found('TTTTTTTsss'), [true]);
  });
});

describe('watchers that know the past', () => {
  test('look once at the sample that was taken last', () => {
    const tree = Object.assign(new FakeTree(), { live: false });
    const found = (states: string): number => {
      const { past, table } = remembered(states);
      const main = { cursor: new TaskCursor(table), want: () => undefined };
      const rules = [{ ...STOPPED, seconds: 1 }];
      const options = { rules, budget: 1, slow: undefined, others: true, onLate: () => undefined };
      return informedWatchers(past.rings, { tree, machine }, main, options).findings.findings.length;
    };
    assert.equal(found('TT'), 0, 'two samples are too few');
    assert.equal(found('TTT'), 1);
  });
});
