/** The mouse in real terminals: told where it is asked for, and never left on. */
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { ptyTest } from '../e2e/harness.ts';
import { DEMO, Log, NODE, openDemo, openShell } from './demo.ts';

const MOUSE = { DEMO_ARGS: 'mouse' };

describe('mouse', () => {
  ptyTest('is off unless it is asked for', async open => {
    const log = new Log();
    const screen = await openDemo(open, { env: { DEMO_LOG: log.path } });
    assert.equal(screen.mouseReports, 'none');
    assert.doesNotMatch(screen.raw, /\x1b\[\?1(?:00[0-6]|015|016)h/);
    // a program before us may have left it on
    screen.send('\x1b[<0;5;5M');
    await screen.press('z');
    await screen.expectText('key z');
    assert.deepEqual(log.keys(), ['z']);
    assert.doesNotMatch(screen.text(), /press/);
  });

  ptyTest('presses and the wheel, in decimal; never movements', async open => {
    const screen = await openDemo(open, { env: MOUSE });
    assert.equal(screen.mouseReports, 'vt200');
    assert.match(screen.raw, /\x1b\[\?1000h\x1b\[\?1006h/);
    assert.doesNotMatch(screen.raw, /\x1b\[\?(?:1002|1003|1005|1015)h/);
    screen.send('\x1b[<0;5;3M\x1b[<0;5;3m');
    await screen.expectText('press 4,2');
    screen.send('\x1b[<65;60;14M');
    await screen.expectText('wheel-down 59,13');
    // beyond the screen there is nothing to press
    screen.send('\x1b[<0;61;1M\x1b[<0;1;15M\x1b[<64;1;1M');
    await screen.expectText('wheel-up 0,0');
  });

  for (const [way, status] of Object.entries({ q: 0, e: 70, r: 70, SIGTERM: 143, SIGINT: 130, SIGQUIT: 131 })) {
    ptyTest(`is off after ${way}`, async open => {
      const screen = await openDemo(open, { env: MOUSE });
      if (way.startsWith('SIG')) screen.signal(way as NodeJS.Signals);
      else await screen.press(way);
      assert.equal(await screen.exitStatus(), status);
      assert.equal(screen.mouseReports, 'none');
    });
  }

  ptyTest(
    'is off while stopped, and on again after fg',
    async open => {
      const shell = await openShell(open, { env: MOUSE });
      shell.type(`${NODE} ${DEMO}\r`);
      await shell.expectText('ready');
      for (let round = 0; round < 2; round++) {
        await shell.press('C-z');
        await shell.expectAlternate(false);
        await shell.expectText('Stopped');
        assert.equal(shell.mouseReports, 'none');
        shell.type('clear; fg\r');
        await shell.expectAlternate(true);
        await shell.expectText('resumed');
        assert.equal(shell.mouseReports, 'vt200');
      }
      await shell.press('q');
      await shell.expectText('bye');
      assert.equal(shell.mouseReports, 'none');
    },
    { needs: ['bash'] },
  );
});
