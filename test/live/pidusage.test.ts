/** An independent meter over the same time: pidusage reads the same kernel with code that is not ours. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import pidusage from 'pidusage';
import { numberOf, onlyTask, startHelper, startTaskscope } from '../helpers/run.ts';

const measure = (pid: number): Promise<{ cpu: number; memory: number }> =>
  new Promise((resolve, reject) => pidusage(pid, (error, usage) => (error ? reject(error) : resolve(usage))));

test('CPU and memory of a spinning task agree with pidusage', async t => {
  const helper = await startHelper(t, 'spin', 'user');
  if (!helper) return;
  const run = startTaskscope(t, '-n', '3', '-d', '2', '-p', String(helper.pid), '-c', 'cpu_percent,rss_bytes');
  await run.next();
  // its first value is always 0: the call starts the window that the next two snapshots cover
  await measure(helper.pid);
  const tasks = [onlyTask(await run.next()), onlyTask(await run.next())];
  const { cpu, memory } = await measure(helper.pid);
  const ours = (numberOf(tasks[0]!, 'cpu_percent') + numberOf(tasks[1]!, 'cpu_percent')) / 2;
  // the two windows differ by the time it takes to start the measurement
  assert.ok(Math.abs(ours - cpu) <= 10, `${ours} % here, ${cpu} % there`);
  assert.equal(numberOf(tasks[1]!, 'rss_bytes'), memory);
});
