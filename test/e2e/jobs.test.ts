/** ^Z and fg, and the end of the terminal: under a shell, and under npm start. */
import assert from 'node:assert/strict';
import { isAlive, ptyTest } from './harness.ts';
import { childrenOf, ENV, NODE, openMonitor, PROGRAM } from './program.ts';
import { root } from '../support/paths.ts';

const WAYS = {
  'from a shell': `${NODE} ${PROGRAM} -d 0.5`,
  'under npm start': 'npm start --silent -- -d 0.5',
};

for (const [way, command] of Object.entries(WAYS)) {
  ptyTest(
    `^Z gives the shell back, fg comes back (${way})`,
    async open => {
      const env = { ...ENV, PS1: 'ready> ', HISTFILE: undefined };
      const screen = open('bash', ['--norc', '--noprofile', '-i'], { columns: 100, rows: 30, cwd: root, env });
      await screen.expectText('ready>');
      screen.type(`${command}\r`);
      await screen.expectText(/PID .*COMMAND/, { patience: 60_000 });
      for (let round = 0; round < 2; round++) {
        await screen.press('C-z');
        await screen.expectAlternate(false);
        await screen.expectText('Stopped');
        screen.type('stty -a | grep -c -- -icanon; echo lines-$((20+1))\r');
        await screen.expectText('lines-21');
        assert.match(screen.text(), /\n0\nlines-21/, 'the terminal is cooked');
        screen.type('clear; fg\r');
        await screen.expectAlternate(true);
        await screen.expectText(/PID .*COMMAND/);
      }
      await screen.press('q');
      await screen.expectAlternate(false);
    },
    { needs: ['bash', 'npm', 'stty'] },
  );
}

ptyTest('when the terminal goes, the monitor and its helper go', async open => {
  const screen = await openMonitor(open, ['-d', '0.5']);
  const { pid } = screen;
  await screen.until(() => childrenOf(pid).length > 0, 'the helper that reads command lines');
  const helpers = childrenOf(pid);
  screen.hangUp();
  const started = performance.now();
  await screen.until(() => !isAlive(pid) && !helpers.some(isAlive), 'the end of both');
  // a second is the promise; the machine that runs this may be busy
  assert.ok(performance.now() - started < 5000);
});
