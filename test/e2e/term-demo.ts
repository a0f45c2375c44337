/**
 * A tiny program for the tests of the terminal layer: shows the last key or paste, some hostile names, a sparkline.
 * What a test cannot see on the screen it says in the file DEMO_LOG.
 *
 * Keys: q quits, C-z stops, e throws, r rejects, f floods, u paints the same frame ten times, t another theme,
 * s takes the sparkline away, C-l redraws. DEMO_ARGS: space-separated options `ascii`, `never`, `always`, `mouse`.
 */
import { appendFileSync } from 'node:fs';
import { openTerminal } from '../../src/term/terminal.ts';
import type { Terminal } from '../../src/term/terminal.ts';
import { THEMES } from '../../src/term/theme.ts';
import type { Frame, Line } from '../../src/view/cells.ts';

/** Where the column mark `|` is in each line of names. */
const MARK = 20;
const NAMES = [
  'node',
  '日本語プロセス',
  '🐢 turtle',
  'e\u0301vil\x1b[31m\x9b31m',
  '👍🏽 ok 👨‍👩‍👧',
  '\u202egnp.exe\u2066\u200b\ufeff',
  'a\r\nb\tc\x07\x7f',
  '\ud83d lone \udc00',
  '한국어 ﷽ ✓',
];

function log(text: string): void {
  const file = process.env['DEMO_LOG'];
  if (file !== undefined) appendFileSync(file, text + '\n');
}

const options = (process.env['DEMO_ARGS'] ?? '').split(' ');
let status = 'ready';
let spark = true;
let flooding: NodeJS.Timeout | undefined;
let tick = 0;
const life = setInterval(() => undefined, 1000);
let theme: 'default' | 'mono' = 'default';

const opened = openTerminal({
  colors: options.includes('never') ? 'never' : options.includes('always') ? 'always' : 'auto',
  ascii: options.includes('ascii'),
  mouse: options.includes('mouse'),
  events: {
    key: onKey,
    paste: text => say('paste ' + JSON.stringify(text)),
    mouse: ({ kind, x, y }) => say(`${kind} ${x},${y}`),
    resize: (columns, rows) => say(`size ${columns}x${rows}`),
    resumed: () => say('resumed'),
    gone: () => log('gone'),
  },
});
if ('error' in opened) {
  process.stderr.write(`taskscope: ${opened.error}\n`);
  process.exitCode = 1;
  clearInterval(life);
} else {
  log(`pid ${process.pid}`);
  draw();
}

function terminal(): Terminal {
  if ('error' in opened) throw new Error(opened.error);
  return opened;
}

function onKey(name: string): void {
  log('key ' + name);
  if (name === 'q' || name === 'C-c') quit();
  else if (name === 'C-z') terminal().suspend();
  else if (name === 'e') throw new Error('boom \x1b[31m in red');
  else if (name === 'r') void Promise.reject(new Error('broken promise'));
  else if (name === 'f') flood();
  else if (name === 'u') unchanged();
  else if (name === 't') terminal().setTheme(THEMES[(theme = theme === 'mono' ? 'default' : 'mono')]);
  else if (name === 's') spark = !spark;
  else if (name === 'C-l') terminal().redraw();
  if (!['q', 'C-c', 'C-z'].includes(name)) say('key ' + name);
}

function quit(): void {
  terminal().restore();
  clearInterval(life);
  clearInterval(flooding);
  process.stdout.write('bye\n');
}

function say(text: string): void {
  status = text;
  draw();
}

function draw(): void {
  terminal().paint(frame());
}

function frame(): Frame {
  const { columns, rows, colors, unicode } = terminal();
  const title = `${status} [${columns}x${rows} colors ${colors} ${unicode ? 'unicode' : 'ascii'}]`;
  const lines: Line[] = [{ spans: [{ x: 0, text: title, tone: 'title' }] }];
  for (const name of NAMES) {
    const spans = [
      { x: 0, text: name, tone: 'normal' },
      { x: MARK, text: `| ${tick} `, tone: 'warn' },
    ] as const;
    lines.push({ spans, ...(lines.length === 1 ? { fill: 'selected' as const } : {}) });
  }
  if (flooding) {
    for (let y = lines.length; y < rows; y++) {
      const letter = String.fromCharCode(97 + ((tick + y) % 26));
      lines.push({ spans: [{ x: 0, text: letter.repeat(columns), tone: tick % 2 ? 'good' : 'bad' }] });
    }
  }
  const values = [0, 1, 2, 4, 8, NaN, 2 ** 40, 2 ** 39];
  const sparks = spark ? [{ id: 'demo', x: 40, y: 1, width: 10, values, tone: 'good' } as const] : [];
  return { columns, rows, lines, sparks };
}

/** Paints as fast as it can for a while, and notes how long the event loop was held up. */
function flood(): void {
  if (flooding) return;
  let before = performance.now();
  let lag = 0;
  const end = tick + 100;
  flooding = setInterval(() => {
    const now = performance.now();
    lag = Math.max(lag, now - before - 10);
    before = now;
    tick++;
    draw();
    if (tick < end) return;
    clearInterval(flooding);
    flooding = undefined;
    log(`flood lag ${Math.round(lag)} skipped ${terminal().framesSkipped}`);
    say('flood over');
  }, 10);
}

function unchanged(): void {
  const before = terminal().bytesWritten;
  const same = frame();
  terminal().paint(same);
  setTimeout(() => {
    const painted = terminal().bytesWritten;
    for (let i = 0; i < 10; i++) terminal().paint(frame());
    log(`unchanged ${terminal().bytesWritten - painted} of ${painted - before}`);
  }, 50);
}
