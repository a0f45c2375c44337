/** Thousands of tasks: keys are answered at once, none is lost, the cursor moves, and quitting does not wait. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildHelper } from '../helpers/build.ts';
import { startHelper } from '../helpers/run.ts';
import { ptyTest, type Screen } from './harness.ts';
import { childrenOf, openMonitor } from './program.ts';

const ROWS = 40;

/** How many frames came after the keys and before the first one that shows their effect. */
async function framesBefore(screen: Screen, keys: string, effect: () => boolean): Promise<number> {
  await screen.settled();
  assert.ok(!effect(), `${JSON.stringify(keys)} has something to do`);
  let before = 0;
  let shown = false;
  screen.onFrame = () => {
    shown ||= effect();
    if (!shown) before++;
  };
  screen.send(keys);
  await screen.until(() => shown, `what ${JSON.stringify(keys)} does`);
  screen.onFrame = () => undefined;
  return before;
}

/** The line of the cursor; -1 while there is none. */
const selectedLine = (screen: Screen): number => {
  for (let y = 0; y < ROWS; y++) if (screen.look(4, y).reverse && /^ *\d/.test(screen.line(y))) return y;
  return -1;
};
const selectedPid = (screen: Screen): number => Number(/^ *(\d+)/.exec(screen.line(selectedLine(screen)))?.[1]);

const DOWN = '\x1b[B';
const UP = '\x1b[A';

const built = buildHelper('sleepers');
if ('skip' in built) test('5,000 tasks', { skip: `cannot make them: ${built.skip}` }, () => undefined);
else {
  ptyTest('5,000 tasks: keys are answered while a pass runs', async (open, t) => {
    const crowd = await startHelper(t, 'sleepers', '5000');
    if (!crowd) return;
    // the next pass begins at once: keys come into the middle of passes
    const screen = await openMonitor(open, ['-d', '0.1'], { columns: 120, rows: ROWS });
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

  ptyTest('5,000 tasks: at most one frame between a key and its effect, and no key is lost', async (open, t) => {
    const crowd = await startHelper(t, 'sleepers', '5000');
    if (!crowd) return;
    const screen = await openMonitor(open, ['-d', '0.1'], { columns: 120, rows: ROWS });
    await screen.expectText(/Tasks [5-9],\d\d\d:|[5-9]\d\d\d tasks/);
    const most = async (keys: string, effect: () => boolean): Promise<void> => {
      const frames = await framesBefore(screen, keys, effect);
      assert.ok(frames <= 1, `${frames} frames before what ${JSON.stringify(keys)} does`);
    };

    for (let round = 0; round < 5; round++) {
      await most('N', () => screen.text().includes('PID▲'));
      await most('M', () => screen.text().includes('RES▼'));
      await most('P', () => screen.text().includes('CPU%▼'));
    }

    await screen.press('N', 'home');
    await screen.until(() => selectedPid(screen) === 1, 'the first row selected');
    const first = selectedLine(screen);
    for (let row = 1; row <= 20; row++) await most(DOWN, () => selectedLine(screen) === first + row);

    await screen.press('\\');
    await screen.expectLine(ROWS - 1, 'Filter:');
    let typed = '';
    for (const letter of 'sleepers') {
      typed += letter;
      // the question shows the letter, and the header what the rows were chosen by
      const effect = (): boolean =>
        screen.line(ROWS - 1).includes(`Filter: ${typed}`) &&
        new RegExp(`filter ${typed}( |$)`, 'm').test(screen.text());
      await most(letter, effect);
    }

    // only those that this test knows: 200 keys at once are 200 rows
    await screen.press('C-u');
    screen.type(`ppid = ${crowd.pid}`);
    await screen.press('enter');
    await screen.expectText(`filter ppid = ${crowd.pid}`);
    const children = childrenOf(crowd.pid).sort((a, b) => a - b);
    assert.equal(children.length, 5000);
    await screen.press('home');
    await screen.until(() => selectedPid(screen) === children[0], 'the first one selected');
    for (let key = 0; key < 200; key++) screen.send(DOWN);
    await screen.until(() => selectedPid(screen) === children[200], 'the row 200 rows below');
    for (let key = 0; key < 150; key++) screen.send(UP);
    await screen.until(() => selectedPid(screen) === children[50], 'the row 150 rows above that');
    await screen.settled();
    assert.equal(selectedPid(screen), children[50], 'and no further');
    await screen.press('q');
    assert.equal(await screen.exitStatus(), 0);
  });
}
