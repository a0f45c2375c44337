import assert from 'node:assert/strict';
import { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import { inTruePages, ownCostMeter } from '../../src/sample/own-cost.ts';

test('a /bin/sh that cannot be started: no cost is told, and nothing is thrown; with one that can it is', async t => {
  const measure = ownCostMeter();
  const told: number[] = [];
  const measured = async (): Promise<void> => {
    measure(({ rssBytes }) => told.push(rssBytes));
    await delay(100);
  };
  // what Node does with each error but ENOENT, EACCES, EAGAIN, EMFILE and ENFILE; a rejection would fail the test
  const starts = ChildProcess.prototype as unknown as { spawn(): void };
  const spawn = t.mock.method(starts, 'spawn', () => {
    throw Object.assign(new Error('spawn Unknown system error -8'), { errno: -8, code: 'Unknown system error -8' });
  });
  await measured();
  await measured();
  assert.ok(spawn.mock.callCount() > 0);
  assert.equal(told.join(), '');
  spawn.mock.restore();
  for (let tries = 0; told.length === 0 && tries < 50; tries++) await measured();
  assert.ok(told[0]! > 1e6);
});

test('pages that pidusage takes for 4 KiB, as there is no getconf', () => {
  const pages = 14_000;
  for (const kib of [4, 8, 16, 32, 64]) {
    // a little is given back or allocated between the two
    for (const node of [pages - 100, pages, pages + 700])
      assert.equal(inTruePages(pages * 4096, node * kib * 1024), pages * kib * 1024, `${kib} KiB`);
    // with getconf nothing is wrong
    assert.equal(inTruePages(pages * kib * 1024, (pages + 700) * kib * 1024), pages * kib * 1024);
  }
  assert.equal(inTruePages(0, 5e7), 0);
});
