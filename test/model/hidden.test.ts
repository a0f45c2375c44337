import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hiddenText, hiddenThreads } from '../../src/model/hidden.ts';
import { Pushed, testMachine } from '../support/model.ts';

const TASKS = [
  { pid: 70, num_threads: 3 },
  { pid: 80, num_threads: 1 },
];
const LOAD = '0.10 0.20 0.30 1/1204 80\n';

function sampled(hides: 'counted' | 'some' | undefined, loadavg = LOAD, threads = false): Pushed {
  const pushed = new Pushed(testMachine(hides ? { hides } : {}), threads);
  pushed.sample(TASKS, { ms: 0, system: { loadavg } });
  return pushed;
}

test('threads that are counted and not listed', () => {
  assert.equal(hiddenThreads(sampled('counted').table), 1200);
  assert.equal(hiddenText(sampled('counted').table), 'about 1,200 threads are hidden');
  assert.equal(hiddenThreads(sampled('counted', LOAD, true).table), 1202, 'of threads each is one');
  assert.equal(hiddenThreads(sampled('counted', '0.10 0.20 0.30 1/3 80\n').table), 0, 'some ended meanwhile');
});

test('where the count is that of other namespaces too, or cannot be read, nobody knows how many', () => {
  for (const pushed of [sampled('some'), sampled('counted', '')]) {
    assert.equal(hiddenThreads(pushed.table), undefined);
    assert.equal(hiddenText(pushed.table), 'some tasks are hidden');
  }
});

test('nothing is hidden where nothing hides, or where only some processes were asked for', () => {
  assert.equal(hiddenText(sampled(undefined).table), '');
  const { table } = sampled('counted');
  table.isChosen = true;
  assert.equal(hiddenText(table), '');
});
