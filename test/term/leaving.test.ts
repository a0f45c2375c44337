/** Ways out of the terminal, and back, in real terminals: ^Z, crashes, signals, hang-ups, terminals that stand still. */
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { isAlive, ptyTest } from '../e2e/harness.ts';
import { DEMO, Log, NODE, assertColumns, childOf, npmProject, openDemo, openShell } from './demo.ts';

describe('leaving', () => {
  for (const [name, command] of Object.entries({
    'the shell itself': `${NODE} ${DEMO}`,
    'sh -c': `sh -c '${NODE} ${DEMO}; true'`,
    npm: 'npm --prefix "$PROJECT" run demo --silent',
  })) {
    ptyTest(
      `^Z and fg, started by ${name}`,
      async open => {
        const shell = await openShell(open, { env: { PROJECT: npmProject(), npm_config_update_notifier: 'false' } });
        shell.type(`${command}\r`);
        await shell.expectText('ready');
        for (let round = 0; round < 2; round++) {
          await shell.press('C-z');
          await shell.expectAlternate(false);
          await shell.expectText('Stopped');
          shell.type('clear; echo "st=$(stty -a | grep -c -e -icanon)"\r');
          await shell.expectText('st=0');
          shell.type('fg\r');
          await shell.expectAlternate(true);
          await shell.expectText('resumed');
          assertColumns(shell);
          await shell.press('z');
          await shell.expectText('key z');
        }
        await shell.press('q');
        await shell.expectAlternate(false);
        await shell.expectText('bye');
      },
      { needs: ['bash', 'stty', ...(name === 'npm' ? ['npm'] : [])] },
    );
  }

  ptyTest(
    'SIGTSTP from outside, bg, then fg',
    async open => {
      const shell = await openShell(open);
      shell.type(`${NODE} ${DEMO}\r`);
      await shell.expectText('ready');
      const pid = childOf(shell.pid);
      process.kill(pid, 'SIGTSTP');
      await shell.expectAlternate(false);
      await shell.expectText('Stopped');
      // in the background it may not touch the terminal, and is stopped for trying; `set -b`: say so at once
      shell.type('set -b; clear; bg\r');
      await shell.expectText(/&\s[^]*Stopped/);
      assert.equal(shell.isAlternate, false);
      shell.type('fg\r');
      await shell.expectAlternate(true);
      await shell.expectText('resumed');
      await shell.press('q');
      await shell.expectText('bye');
    },
    { needs: ['bash'] },
  );

  ptyTest(
    'stopped by SIGSTOP: fg repairs the screen',
    async open => {
      const shell = await openShell(open);
      shell.type(`${NODE} ${DEMO}\r`);
      await shell.expectText('ready');
      process.kill(childOf(shell.pid), 'SIGSTOP');
      await shell.expectText('Stopped');
      // nothing can be tidied up before a SIGSTOP: an answer of the terminal may stand on the command line
      shell.type('\x15fg\r');
      await shell.expectLine(0, /^resumed/);
      await shell.press('z');
      await shell.expectText('key z');
      assertColumns(shell);
    },
    { needs: ['bash'] },
  );

  ptyTest('^Z where no shell could continue us: back at once', async open => {
    const screen = await openDemo(open);
    await screen.press('C-z');
    await screen.expectText('resumed');
    assert.equal(screen.isAlternate, true);
    await screen.press('z');
    await screen.expectText('key z');
  });

  ptyTest('a crash restores the terminal: one line, status 70', async open => {
    for (const [key, message] of Object.entries({ e: 'boom  [31m in red', r: 'broken promise' })) {
      const screen = await openDemo(open, { columns: 120 });
      await screen.press(key);
      assert.equal(await screen.exitStatus(), 70);
      assert.equal(screen.isAlternate, false);
      assert.match(screen.text(), /^taskscope: internal error: .*TASKSCOPE_DEBUG=1/);
      assert.ok(screen.text().includes(message), screen.text());
      assert.equal(screen.text().trim().split('\n').length, 1);
    }
  });

  ptyTest('TASKSCOPE_DEBUG=1 shows the stack of a crash', async open => {
    const screen = await openDemo(open, { columns: 120, env: { TASKSCOPE_DEBUG: '1' } });
    await screen.press('e');
    assert.equal(await screen.exitStatus(), 70);
    assert.match(screen.text(), /\n +at .*onKey/);
  });

  for (const [signal, status] of Object.entries({ SIGTERM: 143, SIGINT: 130, SIGQUIT: 131 })) {
    ptyTest(`${signal}: status ${status} and a clean terminal`, async open => {
      const screen = await openDemo(open);
      screen.signal(signal as NodeJS.Signals);
      assert.equal(await screen.exitStatus(), status);
      assert.equal(screen.isAlternate, false);
      assert.match(screen.raw, /\x1b\[\?2004l[^]*\x1b\[\?25h/);
    });
  }

  ptyTest('hang-up: gone within a second', async open => {
    const log = new Log();
    const screen = await openDemo(open, { env: { DEMO_LOG: log.path } });
    const start = performance.now();
    screen.hangUp();
    await screen.until(() => !isAlive(screen.pid), 'the end of the demo', { patience: 5000 });
    assert.ok(performance.now() - start < 1000, `took ${Math.round(performance.now() - start)} ms`);
    assert.match(log.text(), /gone/);
    assert.equal(await screen.exitStatus(), 128 + 1, 'by the signal, not by a crash on the way out');
  });

  ptyTest(
    'a terminal that goes away without a signal: gone at the end of the input',
    async open => {
      const log = new Log();
      // in a session of its own the demo is not told: it reads the end
      const command = `setsid --wait ${NODE} ${DEMO} <"$(tty)" >"$(tty)"; true`;
      const screen = open('sh', ['-c', command], { columns: 60, rows: 14, env: { DEMO_LOG: log.path } });
      await screen.expectText('ready');
      const pid = Number(/^pid (\d+)$/m.exec(log.text())![1]);
      screen.hangUp();
      await screen.until(() => !isAlive(pid), 'the end of the demo', { patience: 5000 });
      assert.match(log.text(), /gone/);
    },
    { needs: ['setsid', 'tty'] },
  );

  ptyTest(
    'an answer that comes when we leave is not typed into the shell',
    async open => {
      const shell = await openShell(open, { answers: false });
      shell.type(`${NODE} ${DEMO}\r`);
      await shell.expectText('ready');
      assert.match(shell.raw, /\x1b\[6n/);
      await shell.press('q');
      await shell.expectAlternate(false);
      shell.send('\x1b[2;1R');
      await shell.expectText('bye');
      shell.type('echo here\r');
      await shell.expectText(/^here$/m);
      assert.match(shell.text(), /^\$ echo here$/m);
    },
    { needs: ['bash'] },
  );
});

describe('a terminal that takes nothing', () => {
  ptyTest('never holds up the program', async open => {
    const log = new Log();
    const screen = await openDemo(open, { columns: 200, rows: 60, env: { DEMO_LOG: log.path } });
    screen.stall();
    await screen.press('f');
    await screen.until(() => log.text().includes('flood lag'), 'the end of the flood');
    const [, lag = '', skipped = ''] = /lag (\d+) skipped (\d+)/.exec(log.text())!;
    assert.ok(Number(lag) < 500, `the event loop was held up for ${lag} ms`);
    assert.ok(Number(skipped) > 50, `only ${skipped} of 100 frames were skipped`);
    screen.resume();
    await screen.expectText('flood over');
    assertColumns(screen);
  });

  ptyTest('SIGTERM ends it all the same', async open => {
    const screen = await openDemo(open, { columns: 200, rows: 60 });
    screen.stall();
    await screen.press('f');
    screen.signal('SIGTERM');
    await screen.until(() => !isAlive(screen.pid), 'the end of the demo', { patience: 5000 });
  });

  ptyTest('one that answers no question is written to all the same', async open => {
    const log = new Log();
    const screen = await openDemo(open, { answers: false, columns: 100, rows: 30, env: { DEMO_LOG: log.path } });
    await screen.press('f');
    await screen.expectText('flood over');
  });
});
