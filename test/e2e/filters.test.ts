/** What is shown: filters as they are typed, saved ones, search, users, states. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import {
  BAR,
  bakery,
  BY_CPU,
  captureOf,
  command,
  expectCursor,
  expectPids,
  folderOf,
  nextInstant,
  openBakery,
} from './bakery.ts';
import { ptyTest } from './harness.ts';
import { ENV, NODE, PROGRAM } from './program.ts';

ptyTest('a filter counts as it is typed; an error says where; Esc puts back what was there', async (open, t) => {
  const screen = await openBakery(open, t);
  await expectPids(screen, ...BY_CPU);
  await screen.press('\\');
  await screen.expectLine(BAR, /^ Filter: /);
  screen.type('user = 1000 and state');
  await screen.expectLine(BAR, /at 22: expected an operator after the column 'state'/);
  screen.type(' != S');
  await expectPids(screen, 110, 120, 300);
  // what cannot be read leaves the rows of the last filter that could
  screen.type(' rss_bytes > 10s');
  await screen.expectLine(BAR, /at 42: 's' is no unit of 'rss_bytes'/);
  await screen.press('backspace');
  screen.type('M');
  await expectPids(screen, 110);
  await screen.press('escape');
  await expectPids(screen, ...BY_CPU);
  await screen.expectLine(BAR, / F1 Help /);
});

ptyTest('F4: by titles and words; it goes on with each instant, and Esc clears it', async (open, t) => {
  const screen = await openBakery(open, t);
  await screen.press('f4');
  await screen.expectLine(BAR, /^ Filter: /);
  screen.type('CPU% > 4 nginx');
  await expectPids(screen, 210, 200);
  await screen.press('C-u');
  await expectPids(screen, ...BY_CPU);
  screen.type('cpu_percent >= 90');
  await screen.expectText('no tasks that match cpu_percent >= 90; Esc shows all');
  await screen.press('enter');
  await screen.expectLine(4, 'filter cpu_percent >= 90');
  await nextInstant(screen, '22:30:20');
  await nextInstant(screen, '22:30:30');
  await expectPids(screen, 400);
  await screen.press('escape');
  await expectPids(screen, 400, 110, 210, 200, 20, 100, 1, 2, 120, 300);
});

ptyTest('Tab completes columns, operators, values and users', async (open, t) => {
  const screen = await openBakery(open, t);
  await screen.press('\\');
  screen.type('maj_flt_r');
  // above the question: what could stand there, and what it means
  await screen.expectLine(BAR - 1, /^ maj_flt_rate +\S/);
  await screen.press('tab');
  await screen.expectLine(BAR, /^ Filter: \S*_rate +at 13: /);
  screen.type(' i');
  await screen.press('tab', 'tab');
  await screen.expectLine(BAR, /maj_flt_rate is /);
  await screen.press('C-u');
  screen.type('flags has KTH');
  await screen.press('tab');
  await screen.expectLine(BAR, /flags has KTHREAD/);
  await expectPids(screen, 20, 2);
  await screen.press('C-u');
  screen.type('user = 3');
  await screen.press('tab');
  await screen.expectLine(BAR, /user = 33/);
  await expectPids(screen, 210, 200);
  screen.type(' and policy_name in (');
  // several fit: Tab goes round them, forward and back
  await screen.press('tab');
  const chosen = (): string => /in \((\S+)/.exec(screen.line(BAR))?.[1] ?? '';
  await screen.until(() => chosen() !== '', 'a policy');
  const first = chosen();
  await screen.press('tab');
  await screen.until(() => chosen() !== first, 'the second policy');
  await screen.press('S-tab');
  await screen.until(() => chosen() === first, 'the first policy again');
});

ptyTest('/ goes to a task as one types; n and N go on, round at the ends', async (open, t) => {
  const screen = await openBakery(open, t);
  await screen.press('/');
  await screen.expectLine(BAR, /^ Search: /);
  screen.type('nginx');
  await expectCursor(screen, 210);
  await screen.press('enter');
  await screen.expectLine(BAR, / F1 Help /);
  await screen.press('n');
  await expectCursor(screen, 200);
  await screen.press('n');
  await expectCursor(screen, 210);
  await screen.press('N');
  await expectCursor(screen, 200);
  await expectPids(screen, ...BY_CPU);
  await screen.press('/');
  screen.type('nobody');
  await screen.expectLine(BAR, /Search: nobody +no task matches/);
  await screen.press('escape');
  await screen.expectLine(BAR, / F1 Help /);
  await expectCursor(screen, 200);
  // the search has ended: N sorts by pid again
  await screen.press('escape', 'N');
  await screen.expectLine(5, /PID▲/);
});

ptyTest('u shows the tasks of one user', async (open, t) => {
  const screen = await openBakery(open, t);
  await screen.press('u');
  await screen.expectText('Show the tasks of');
  await screen.expectText(/^ everybody +10 tasks/m);
  await screen.expectText(/^ 1000 +4 tasks/m);
  const row = (): number => screen.find(/^ 33 +2 tasks/);
  for (let line = screen.find(/^ everybody/); line < row(); line++) await screen.press('down');
  await screen.until(() => screen.look(1, row()).reverse, '33 chosen');
  await screen.press('enter');
  await expectPids(screen, 210, 200);
  await screen.expectLine(4, 'user 33');
  await screen.press('u', 'home', 'enter');
  await expectPids(screen, ...BY_CPU);
  await command(screen, 'user 1000');
  await expectPids(screen, 100, 110, 120, 300);
  await screen.press('escape');
  await expectPids(screen, ...BY_CPU);
});

ptyTest('D: only D, then Z, then R, then all', async (open, t) => {
  const screen = await openBakery(open, t);
  for (const [letter, pid] of [
    ['D', 120],
    ['Z', 300],
    ['R', 110],
  ] as const) {
    await screen.press('D');
    await expectPids(screen, pid);
    await screen.expectLine(4, `only ${letter}`);
  }
  await screen.press('D');
  await expectPids(screen, ...BY_CPU);
  await screen.press('K', 'K', 'D');
  await screen.expectText('no tasks that are in state D and are kernel threads; Esc shows all');
});

ptyTest('a filter of the configuration is called by its name, and is read anew', async (open, t) => {
  const config = path.join(folderOf(t), 'config.toml');
  fs.writeFileSync(config, '[filters]\nbusy = "cpu_percent > 6"\nbread = "baker or oven"\n');
  const screen = await openBakery(open, t, ['--config', config, '--filter', '@busy']);
  await expectPids(screen, 100, 110, 210);
  await screen.expectLine(4, 'filter cpu_percent > 6');
  await screen.press('escape');
  await expectPids(screen, ...BY_CPU);
  await screen.press('\\');
  screen.type('@b');
  await screen.expectLine(BAR, /no filter 'b' in the configuration: busy, bread/);
  screen.type('r');
  await screen.press('tab');
  await expectPids(screen, 100, 110);
  await screen.press('enter');
  await screen.expectLine(4, 'filter baker or oven');
  fs.writeFileSync(config, 'kernel_threads = "hide"\n[filters]\nidle = "sleepy"\n');
  await screen.expectLine(4, 'kernel threads');
  await screen.press('\\', 'C-u');
  screen.type('@idle');
  await expectPids(screen, 400);
});

ptyTest('--filter: an expression', async (open, t) => {
  const screen = await openBakery(open, t, ['--filter', 'state in (D, Z)']);
  await expectPids(screen, 120, 300);
});

ptyTest('--filter: what is wrong with it is said before the screen is touched', async (open, t) => {
  t.todo('in a terminal the program prints the sentence and does not end');
  const config = path.join(folderOf(t), 'config.toml');
  fs.writeFileSync(config, '[filters]\nbusy = "cpu_percent > 6"\n');
  const proc = captureOf(t, bakery, 2);
  for (const [filter, complaint] of [
    ['state = Q', /filter 'state = Q', at 9: unknown state 'Q'/],
    ['@bussy', /the configuration has no filter 'bussy': did you mean '@busy'\?/],
  ] as const) {
    const wrong = open(NODE, [PROGRAM, '--proc', proc, '--config', config, '--filter', filter], {
      env: ENV,
      columns: 200,
    });
    await wrong.expectText(complaint);
    assert.equal(await wrong.exitStatus({ patience: 5000 }), 2);
    assert.equal(wrong.raw.includes('\x1b[?1049h'), false);
  }
});
