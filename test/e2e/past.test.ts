/** Going back in time, boards, and a recording, in the real program. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { bakery, captureOf, command, expectCursor, folderOf, nextInstant, openBakery, TITLES, WIDE } from './bakery.ts';
import { ptyTest, type Screen } from './harness.ts';
import { ENV, NODE, openMonitor, PROGRAM } from './program.ts';

/** The rows of the table. */
const table = (screen: Screen): string[] =>
  screen
    .lines()
    .slice(TITLES + 1, -1)
    .map(line => line.trimEnd())
    .filter(line => line !== '');

/** Rows that are equal in the order stand as they stood on the screen just now, not then. */
const waitFor = (screen: Screen, rows: readonly string[]): Promise<void> =>
  screen.until(() => String(table(screen).sort()) === String(rows.toSorted()), `the rows of then:\n${rows.join('\n')}`);

ptyTest('Z, [ and ] show the numbers that were on the screen live, while sampling goes on', async (open, t) => {
  const screen = await openBakery(open, t);
  const second = table(screen);
  await nextInstant(screen, /22:30:20/);
  const third = table(screen);
  await nextInstant(screen, / 90\.0 .*sleepy/);
  const fourth = table(screen);
  assert.notDeepEqual(third, fourth);
  await screen.press('Z');
  await screen.expectText(/ FROZEN \d\d:\d\d:\d\d /);
  await nextInstant(screen, /FROZEN .*, 10s ago/);
  assert.deepEqual(table(screen), fourth, 'the screen stands still');
  await screen.press('[');
  await waitFor(screen, third);
  await screen.press('[');
  await waitFor(screen, second);
  await screen.press(']');
  await waitFor(screen, third);
  await screen.press('[', '[', '[');
  await screen.expectText('is remembered');
  await screen.press('Z');
  // the fifth instant, where the oven has ended
  await screen.expectText(/500 1000 .* cook/);
  await screen.expectNoText('FROZEN');
});

ptyTest('a task that ended while the past was shown: told with the time at which that was seen', async (open, t) => {
  const screen = await openBakery(open, t);
  await screen.press('down');
  await expectCursor(screen, 110);
  await screen.press('enter');
  await screen.expectText(/110 .*oven/);
  await screen.press('Z');
  await screen.expectText('FROZEN 22:30:10');
  // it is gone at the fifth instant, 22:30:40; the sixth is ten seconds later
  for (const seconds of [10, 20, 30, 40]) await nextInstant(screen, `FROZEN 22:30:10, ${seconds}s ago`);
  await screen.press('Z');
  await screen.expectText('110 has ended, noticed at 22:30:40; below is what it last showed');
});

ptyTest('the past is sorted, filtered and opened like the present', async (open, t) => {
  const screen = await openBakery(open, t);
  await nextInstant(screen, /22:30:20/);
  await nextInstant(screen, / 90\.0 .*sleepy/);
  await screen.press('Z', '[');
  await screen.expectText(/10s ago/);
  await screen.press('N');
  await screen.expectText(/PID▲/);
  await screen.press('\\');
  screen.type('comm = baker\r');
  await screen.until(() => table(screen).length === 1, 'one row');
  assert.match(table(screen)[0]!, / 30\.0 .*baker/);
  await screen.press('enter');
  await screen.expectText(/100 .*baker/);
  await screen.press('3');
  // utime at the third instant: 1000 + 2 × 300 ticks
  await screen.expectText(/utime +1600/);
  await screen.press(']');
  await screen.expectText(/utime +1610/);
  await screen.press('v');
  await screen.expectText(/Samples +4, from/);
});

ptyTest(':at goes to a time, and says what is remembered', async (open, t) => {
  const screen = await openBakery(open, t);
  await nextInstant(screen, / 90\.0|22:30:20/);
  const clock = /(\d\d:\d\d:\d\d) *$/.exec(screen.lines()[TITLES - 1]!)?.[1];
  assert.ok(clock);
  await nextInstant(screen, / 90\.0 .*sleepy/);
  await command(screen, `at ${clock}`);
  await screen.expectText(` FROZEN ${clock},`);
  await command(screen, 'at 03:00');
  await screen.expectText(/no sample of 03:00 is remembered, only from/);
  await screen.press('escape');
  await screen.expectNoText('no sample of');
  await command(screen, 'at');
  await screen.expectNoText('FROZEN');
});

ptyTest('events and stuck tasks: boards with a cursor, a filter, a way to the task, and files', async (open, t) => {
  const where = folderOf(t);
  const screen = await openBakery(open, t);
  await nextInstant(screen, /22:30:20/);
  await nextInstant(screen, / 90\.0 .*sleepy/);
  await nextInstant(screen, /500 1000 .* cook/);
  await screen.press('E');
  await screen.expectText(/500 +cook +appeared/);
  await screen.expectText(/110 +oven +gone, last seen in state R/);
  await screen.press('\\');
  screen.type('cook\r');
  await screen.expectNoText('oven');
  await screen.press('w');
  const file = path.join(where, 'events.json');
  await screen.press('C-u');
  screen.type(file);
  await screen.press('enter');
  await screen.expectText('events.json');
  const written = JSON.parse(fs.readFileSync(file, 'utf8')) as {
    schema: string;
    filter: string;
    events: { kind: string }[];
  };
  assert.deepEqual([written.schema, written.filter], ['taskscope.events/1', 'cook']);
  assert.deepEqual(
    written.events.map(({ kind }) => kind),
    ['appeared'],
    'what the filter leaves',
  );
  await screen.press('\\', 'C-u');
  await screen.expectText(/^ kind= +only events of these kinds/m);
  screen.type('kind=go\r');
  await screen.expectText('the latest first; only kind=go');
  await screen.expectText(/1 of 2 events since/);
  await screen.expectText(/110 +oven +gone, last seen in state R/);
  await screen.expectNoText('cook');
  await screen.press('\\', 'C-u');
  screen.type('cook\r');
  await screen.expectNoText('oven');
  await screen.press('enter');
  await screen.expectText(/500 .*cook/);
  await screen.press('escape');
  await screen.expectText('Events:');
  await screen.press('S');
  await screen.expectText(/STUCK +1 task in D/);
  await screen.expectText(/120 .*mixer D/);
  await screen.press('S');
  await screen.expectText('COMMAND');
});

ptyTest('replay plays a recording: step, jump, speed, next event; the same numbers', async (open, t) => {
  const capture = captureOf(t, bakery);
  const file = path.join(folderOf(t), 'bakery.tsr');
  const made = spawnSync(NODE, [PROGRAM, 'record', file, '--proc', capture, '--keep', 'pid > 0'], {
    encoding: 'utf8',
    env: { ...process.env, ...ENV },
  });
  assert.equal(made.status, 0, made.stderr);
  const live = await openBakery(open, t);
  const second = table(live).map(line => line.replace(/ +\S+ +\S+ *$/, ''));
  const screen = await openMonitor(open, ['replay', file], WIDE);
  await screen.expectText(/REPLAY \d\d:\d\d:\d\d paused 1x/);
  await screen.expectText(/sample 2 of 6/);
  assert.deepEqual(
    table(screen).map(line => line.replace(/ +\S+ +\S+ *$/, '')),
    second,
  );
  await screen.press(']');
  await screen.expectText(/sample 3 of 6/);
  await screen.press('}');
  await screen.expectText(/sample 6 of 6/);
  await screen.press('{');
  await screen.expectText(/sample 1 of 6/);
  await screen.press(')', ')');
  await screen.expectText(/paused 5x/);
  await screen.press('space');
  await screen.expectText(/playing 5x/);
  await screen.press('space');
  await screen.expectText(/paused 5x/);
  await screen.press('N', 'home', 'down');
  await expectCursor(screen, 2);
  await screen.press('k');
  await screen.expectText(/No actions: these tasks are not those of this machine now/);
});
