/** Thousands of tasks: keys are answered, the cursor moves, and quitting does not wait. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildHelper } from '../helpers/build.ts';
import { startHelper } from '../helpers/run.ts';
import { ptyTest } from './harness.ts';
import { openMonitor } from './program.ts';

const built = buildHelper('sleepers');
if ('skip' in built) test('5,000 tasks: keys are answered while a pass runs', { skip: built.skip }, () => undefined);
else {
  ptyTest('5,000 tasks: keys are answered while a pass runs', async (open, t) => {
    const crowd = await startHelper(t, 'sleepers', '5000');
    assert.ok(crowd);
    // the next pass begins at once: keys come into the middle of passes
    const screen = await openMonitor(open, ['-d', '0.1'], { columns: 120, rows: 40 });
    await screen.expectText(/Tasks [5-9],\d\d\d:|[5-9]\d\d\d tasks/);
    for (let round = 0; round < 5; round++) {
      await screen.press('?');
      await screen.expectText('Keys in the table');
      await screen.press('escape');
      await screen.expectText(/PID .*COMMAND/);
    }
    await screen.press('N', 'end');
    await screen.expectText(/PID▲/);
    await screen.until(() => screen.look(4, 38).reverse, 'the last row selected');
    await screen.press('enter');
    await screen.expectText('[1 OVERVIEW]');
    await screen.press('q');
    assert.equal(await screen.exitStatus(), 0);
    assert.equal(screen.isAlternate, false);
  });
}
