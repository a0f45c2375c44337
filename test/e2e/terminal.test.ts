/** The terminal layer in real terminals, by way of `term-demo.ts`: what a unit test cannot know. */
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { DEMO, Log, MARK, NODE, assertColumns, openDemo } from '../term/demo.ts';
import { ptyTest } from './harness.ts';

/** What a terminal description that was not understood looks like on the screen. */
const GARBAGE = /Error on|params|%p\d|%\?|plab_norm|function\s*\(/;

describe('kinds of terminals', () => {
  const names = ['xterm-256color', 'tmux-256color', 'screen-256color', 'linux', 'vt100', 'alacritty', 'xterm-kitty'];
  for (const TERM of [...names, 'foot', 'vt220', 'no-such-term']) {
    ptyTest(`TERM=${TERM}: no garbage, columns hold`, async open => {
      const screen = await openDemo(open, { env: { TERM } });
      await screen.expectLine(1, /█/);
      assert.doesNotMatch(screen.raw, GARBAGE);
      assertColumns(screen);
      await screen.press('q');
      assert.equal(await screen.exitStatus(), 0);
      assert.equal(screen.isAlternate, false);
      assert.match(screen.text(), /bye/);
    });
  }

  for (const [TERM, status] of Object.entries({ dumb: 'use --once', unknown: 'use --once', '': 'TERM is not set' })) {
    ptyTest(`TERM=${TERM || '(empty)'} is refused with advice`, async open => {
      const screen = open(NODE, [DEMO], { env: { TERM } });
      assert.equal(await screen.exitStatus(), 1);
      assert.match(screen.text(), new RegExp(status));
      assert.equal(screen.raw.includes('\x1b['), false);
    });
  }

  ptyTest('output that is no terminal is refused with advice', async open => {
    const screen = open('sh', ['-c', `${NODE} ${DEMO} | cat`]);
    await screen.exitStatus();
    assert.match(screen.text(), /standard output is not a terminal: use --once/);
  });

  ptyTest('NO_COLOR and vt100: attributes, no colours', async open => {
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'vt100' }]) {
      const screen = await openDemo(open, { env });
      await screen.expectText('colors 0');
      assert.doesNotMatch(screen.raw, /\x1b\[[\d;]*\b(?:[34]\d|9\d|10\d)m/);
      assert.equal(screen.look(0, 0).bold, true);
      assert.equal(screen.look(12, 1).reverse, true);
    }
  });

  ptyTest('colours: 16, 256, the eight of the Linux console', async open => {
    const cases = { xterm: 16, 'xterm-256color': 256, linux: 16 };
    for (const [TERM, colors] of Object.entries(cases)) {
      const screen = await openDemo(open, { env: { TERM } });
      await screen.expectText(`colors ${colors}`);
      if (TERM === 'linux') assert.doesNotMatch(screen.raw, /\x1b\[[\d;]*\b(?:9\d|10\d|38;5;\d+)m/);
    }
    const rich = await openDemo(open, { env: { TERM: 'xterm', COLORTERM: 'truecolor' } });
    await rich.expectText('colors 256');
  });

  ptyTest('a locale that is not UTF-8: ASCII only', async open => {
    for (const env of [{ LANG: 'C' }, { LC_ALL: 'POSIX' }, { DEMO_ARGS: 'ascii' }]) {
      const screen = await openDemo(open, { env });
      await screen.expectText('ascii');
      assert.doesNotMatch(screen.raw, /[^\x00-\x7f]/);
      assertColumns(screen);
      await screen.expectLine(2, /^\?{14} {6}\|/);
    }
  });

  ptyTest('inside tmux nothing is run and nothing is lost of the environment', async open => {
    const screen = await openDemo(open, {
      env: { TMUX: '/tmp/none,1,0', TERM: 'tmux-256color', PATH: '/nonexistent' },
    });
    assertColumns(screen);
  });

  ptyTest(
    'a size of 0x0 is 80x24, or LINES and COLUMNS',
    async open => {
      const command = `stty cols 0 rows 0; exec ${NODE} ${DEMO}`;
      const bare = open('sh', ['-c', command], { columns: 90, rows: 30 });
      await bare.expectText('[80x24');
      const told = open('sh', ['-c', command], { columns: 90, rows: 30, env: { LINES: '10', COLUMNS: '70' } });
      await told.expectText('[70x10');
    },
    { needs: ['stty'] },
  );
});

describe('drawing', () => {
  ptyTest('hostile names keep the columns and send no control character', async open => {
    const screen = await openDemo(open);
    await screen.expectLine(9, '|');
    assertColumns(screen);
    assert.equal(screen.line(4).slice(0, 11), 'evil·[31m·3');
    const sequences = /\x1b(?:\[[?\d;]*[A-Za-z]|[78]|\(B)/g;
    assert.doesNotMatch(
      screen.raw.replace(sequences, ''),
      /[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/,
    );
  });

  ptyTest('a frame that did not change sends nothing', async open => {
    const log = new Log();
    const screen = await openDemo(open, { env: { DEMO_LOG: log.path } });
    await screen.press('u');
    await screen.until(() => log.text().includes('unchanged'), 'the count');
    assert.match(log.text(), /unchanged 0 of \d+/);
  });

  ptyTest('every frame is one synchronized update', async open => {
    const screen = await openDemo(open);
    const start = screen.raw.length;
    await screen.press('x');
    await screen.expectText('key x');
    assert.match(screen.since(start), /^\x1b\[\?2026h[^]*\x1b\[\?2026l$/);
    assert.equal(screen.since(start).split('\x1b[?2026h').length, 2);
  });

  ptyTest('a sparkline comes, goes and comes again', async open => {
    const screen = await openDemo(open);
    await screen.expectLine(1, /▁▁▁▁▁ █▄/);
    assert.equal(screen.columnOf(1, '█'), 48);
    await screen.press('s');
    await screen.expectNoText('█');
    await screen.press('s');
    await screen.expectLine(1, /▁▁▁▁▁ █▄/);
  });

  ptyTest('another theme at once; redraw repairs a damaged screen', async open => {
    const screen = await openDemo(open);
    assert.equal(screen.look(MARK, 2).foreground, 3);
    await screen.press('t');
    await screen.until(() => screen.look(MARK, 2).foreground === undefined, 'the mark without colour');
    const start = screen.raw.length;
    await screen.press('C-l');
    await screen.expectText('key C-l');
    assert.match(screen.since(start), /\x1b\[2J[^]*turtle/);
  });

  ptyTest('resize', async open => {
    const screen = await openDemo(open);
    screen.resize(40, 8);
    await screen.expectText('size 40x8');
    assert.equal(screen.columnOf(7, '|'), MARK);
    screen.resize(120, 40);
    await screen.expectText('size 120x40');
    await screen.expectLine(9, '|');
  });
});

describe('input', () => {
  ptyTest('keys of the real keyboard', async open => {
    const screen = await openDemo(open);
    for (const key of [
      'down',
      'C-left',
      'S-up',
      'f1',
      'f12',
      'S-tab',
      'M-x',
      'pageup',
      'C-a',
      'P',
      'space',
      'enter',
      '?',
    ]) {
      await screen.press(key);
      await screen.expectLine(0, `key ${key} [`);
    }
    await screen.press('escape');
    await screen.expectLine(0, 'key escape [');
    screen.type('🐢');
    await screen.expectLine(0, 'key 🐢 [');
  });

  ptyTest('a sequence torn on the way is one key', async open => {
    const log = new Log();
    const screen = await openDemo(open, { env: { DEMO_LOG: log.path } });
    screen.send('\x1b[');
    // the second part only when the first was read: the status line says nothing, so ask with another key first
    await new Promise(resolve => setTimeout(resolve, 200));
    screen.send('1;5');
    await new Promise(resolve => setTimeout(resolve, 200));
    screen.send('D');
    await screen.expectText('key C-left');
    assert.deepEqual(log.keys(), ['C-left']);
  });

  ptyTest('a paste is text, not keys', async open => {
    const log = new Log();
    const screen = await openDemo(open, { env: { DEMO_LOG: log.path } });
    screen.paste('q\nrm -rf');
    await screen.expectText('paste "q\\nrm -rf"');
    assert.deepEqual(log.keys(), []);
  });

  ptyTest('answers and reports of the terminal are no keys', async open => {
    const log = new Log();
    const screen = await openDemo(open, { env: { DEMO_LOG: log.path } });
    const answers = ['\x1b]11;rgb:1e1e/0000/0000\x1b\\', '\x1b[?65;1;9c', '\x1bP>|xterm(390)\x1b\\', '\x1b[12;40R'];
    screen.send(answers.join('') + '\x1b[<0;5;5M\x1b[I\x1b[?2026;2$yz');
    await screen.expectText('key z');
    assert.deepEqual(log.keys(), ['z']);
  });
});
