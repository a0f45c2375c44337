/** How it is shown: tree, groups, order, columns; sums and rows worked out by hand. */
import assert from 'node:assert/strict';
import {
  BY_CPU,
  command,
  expectCursor,
  expectPids,
  nextInstant,
  ONWARD,
  openBakery,
  pidsOf,
  TITLES,
} from './bakery.ts';
import { ptyTest, type Screen } from './harness.ts';

const SHORT = { columns: 140, rows: 16 };

/** Waits for a row of so much CPU and such a command. */
const expectSum = (screen: Screen, cpu: string, label: RegExp): Promise<void> =>
  screen.expectText(new RegExp(` ${cpu.replace('.', '\\.')} [^\\n]*${label.source}`));

ptyTest('the tree: one branch folded, all, from a depth on; a folded branch shows its sums', async (open, t) => {
  const screen = await openBakery(open, t);
  await screen.press('t');
  await expectPids(screen, 1, 100, 110, 120, 300, 200, 210, 400, 2, 20);
  await screen.expectText(/100 .* 30\.0 .*├─ \/usr\/bin\/baker/);
  await screen.expectText(/110 .*│ {2}├─ \/usr\/bin\/oven/);
  await screen.expectText(/300 .*│ {2}└─ \[ghost\] <defunct>/);
  await screen.press('down');
  await expectCursor(screen, 100);
  await screen.press('-');
  await expectPids(screen, 1, 100, 200, 210, 400, 2, 20);
  // 30.0 + 20.0, 10 MiB + 20 MiB + 400 KiB
  await screen.expectText(/100 1000 .* 50\.0 +45\.0 +5\.0 +3\.0 +12\.0 +30\.4M .*├─ ▸ \/usr\/bin\/b/);
  await screen.press('+');
  await expectPids(screen, 1, 100, 110, 120, 300, 200, 210, 400, 2, 20);
  // where nothing can be folded the cursor goes to the parent
  await screen.press('down', 'down', '-');
  await expectCursor(screen, 100);
  await screen.press('*');
  await expectPids(screen, 1, 2);
  await expectSum(screen, '62.0', /▸ \/sbin\/init splash \(\+7\)/);
  await expectSum(screen, '1.0', /▸ \[kthreadd\] \(\+1\)/);
  await nextInstant(screen, '22:30:20');
  await nextInstant(screen, '22:30:30');
  // 1 + 20 + 5 + 7 + 90
  await expectSum(screen, '123.0', /▸ \/sbin\/init splash \(\+7\)/);
  await command(screen, 'fold 1');
  await expectPids(screen, 1, 100, 200, 400, 2, 20);
  await expectSum(screen, '21.0', /├─ ▸ \/usr\/bin\/b/);
  await expectSum(screen, '12.0', /├─ ▸ nginx: master/);
  await screen.press('*');
  await screen.press('*');
  await expectPids(screen, 1, 100, 110, 120, 300, 200, 210, 400, 2, 20);
  await screen.press('f5');
  await screen.expectNoText('├─');
});

ptyTest('H: every thread with its own rates; K: kernel threads hidden, alone, shown', async (open, t) => {
  const screen = await openBakery(open, t);
  await screen.press('H');
  await screen.expectLine(0, /Threads 11:|11 threads/);
  await screen.expectText(/^ +100 .* 20\.0 +20\.0 +0\.0 .*baker/m);
  await screen.expectText(/^ +105 .* 10\.0 +10\.0 +0\.0 /m);
  await screen.press('H');
  await screen.expectLine(0, /Tasks 10:|10 tasks/);
  await expectPids(screen, ...BY_CPU);
  await screen.press('K');
  await expectPids(screen, ...BY_CPU.filter(pid => pid !== 2 && pid !== 20));
  await screen.expectLine(4, 'kernel threads hidden');
  await screen.press('K');
  await expectPids(screen, 20, 2);
  await screen.press('K');
  await expectPids(screen, ...BY_CPU);
});

ptyTest('groups by name, user, control group, container and wait channel, with their sums', async (open, t) => {
  const screen = await openBakery(open, t);
  const groups: Readonly<Record<string, readonly (readonly [cpu: string, label: RegExp])[]>> = {
    comm: [
      ['30.0', /▸ baker \(1\)/],
      ['12.0', /▸ nginx \(2\)/],
    ],
    user: [
      ['50.0', /▸ 1000 \(4\)/],
      ['12.0', /▸ 33 \(2\)/],
    ],
    cgroup: [
      ['51.0', /▸ \/ \(7\)/],
      ['12.0', /▸ \/docker\/0123456789abc/],
    ],
    container: [
      ['51.0', /▸ \(none\) \(8\)/],
      ['12.0', /▸ 0123456789ab \(2\)/],
    ],
    wchan_name: [
      ['30.0', /▸ futex_wait \(1\)/],
      ['12.0', /▸ ep_poll \(2\)/],
    ],
  };
  for (const [by, sums] of Object.entries(groups)) {
    await screen.press('G');
    await screen.expectText('Gather tasks by');
    const row = (): number => screen.find(new RegExp(`^ ${by} `));
    const chosen = (): number => screen.lines().findIndex((_, y) => y > TITLES && screen.look(1, y).reverse);
    await screen.until(() => row() > 0 && chosen() > 0, 'the list of groupings');
    await screen.press('home');
    for (let line = screen.find(/^ list /); line < row(); line++) await screen.press('down');
    await screen.until(() => chosen() === row(), `${by} chosen`);
    await screen.press('enter');
    for (const [cpu, label] of sums) await expectSum(screen, cpu, label);
    await screen.expectLine(4, `by ${by}`);
  }
  // Enter unfolds a group, and folds it again; * all of them
  await command(screen, 'group comm');
  await expectSum(screen, '12.0', /▸ nginx \(2\)/);
  await screen.press('down', 'down', 'enter');
  await screen.expectText(/▾ nginx \(2\) *\n +210 .*├─ nginx: worker process *\n +200 .*└─ nginx: master process/);
  await screen.press('enter');
  await expectPids(screen);
  await screen.press('*');
  await expectPids(screen, 100, 110, 210, 200, 20, 300, 1, 2, 120, 400);
  await nextInstant(screen, '22:30:20');
  await command(screen, 'group list');
  await expectPids(screen, ...BY_CPU);
});

ptyTest('several sort keys, each with its arrow', async (open, t) => {
  const screen = await openBakery(open, t, ['-s', '-nice,pid']);
  await expectPids(screen, 200, 1, 2, 20, 100, 110, 120, 210, 300, 400);
  await screen.expectLine(TITLES, /PID▲ .* NI▼/);
  await command(screen, 'sort priority,-pid');
  await expectPids(screen, 400, 300, 210, 120, 110, 100, 20, 2, 1, 200);
  await screen.expectLine(TITLES, /PID▼ .* PRI▲/);
  await screen.press('R');
  await expectPids(screen, 200, 1, 2, 20, 100, 110, 120, 210, 300, 400);
});

ptyTest('rows keep their places while the cursor moves', async (open, t) => {
  const screen = await openBakery(open, t);
  await nextInstant(screen, '22:30:20');
  await expectPids(screen, ...BY_CPU);
  // the key and the sample in one go: the rows may stand still for three seconds only
  await screen.press('down');
  screen.type(ONWARD);
  await screen.expectText(/^ +400 .* 90\.0 /m);
  await screen.expectText(/^ +100 .* 1\.0 /m);
  assert.deepEqual(pidsOf(screen), BY_CPU);
  await expectCursor(screen, 110);
  await screen.press('P');
  await expectPids(screen, 400, 110, 210, 200, 20, 100, 1, 2, 120, 300);
  await expectCursor(screen, 110);
});

ptyTest('F follows a task over the instants and against every filter', async (open, t) => {
  const screen = await openBakery(open, t, [], SHORT);
  await screen.press('/');
  screen.type('sleepy');
  await expectCursor(screen, 400);
  await screen.press('enter', 'escape', 'F');
  await screen.expectText('following 400: F lets go');
  await screen.expectText(/^» +400 /m);
  await nextInstant(screen, /210 .* 0:01\.40 /);
  await expectCursor(screen, 400);
  await nextInstant(screen, /400 .* 90\.0 /);
  await screen.until(() => pidsOf(screen)[0] === 400, 'sleepy the first');
  await expectCursor(screen, 400);
  await screen.press('\\');
  screen.type('state = R');
  await screen.press('enter');
  await expectPids(screen, 400, 110);
  await screen.press('F');
  await expectPids(screen, 110);
});

ptyTest('space tags, c tags the children too, U frees all', async (open, t) => {
  const screen = await openBakery(open, t);
  await screen.press('space');
  await screen.expectText(/^\* +100 /m);
  await expectCursor(screen, 110);
  await screen.expectLine(4, '1 tagged');
  await screen.press('space', 'space');
  await screen.expectLine(4, '3 tagged');
  // tags belong to tasks, not to rows
  await nextInstant(screen, '22:30:20');
  await screen.press('N');
  await screen.expectText(/^ +1 .*\n +2 .*\n +20 .*\n\* +100 .*\n\* +110 .*\n +120 .*\n +200 .*\n\* +210 /m);
  await screen.press('U');
  await screen.expectNoText('tagged');
  await screen.press('home', 'c');
  // init and all that came from it: not the kernel threads
  await screen.expectLine(4, '8 tagged');
  await screen.expectText(/^\* +1 .*\n +2 .*\n +20 .*\n\* +100 .*\n\* +110 .*\n\* +120 .*\n\* +200 /m);
  await screen.press('c');
  await screen.expectNoText('tagged');
});

ptyTest('sideways: columns scroll away one by one, then the command', async (open, t) => {
  const screen = await openBakery(open, t);
  await screen.press('right');
  await screen.expectLine(TITLES, /^ +PID S +PRI +NI FLAGS/);
  await screen.press('right', 'right');
  await screen.expectLine(TITLES, /^ +PID +NI FLAGS/);
  await expectPids(screen, ...BY_CPU);
  for (let column = 3; column < 15; column++) await screen.press('right');
  await screen.expectLine(TITLES, /^ +PID COMMAND/);
  await screen.expectText('210 nginx: worker process');
  await screen.press('right');
  await screen.expectText(/210 ocess *$/m);
  for (let column = 0; column < 16; column++) await screen.press('left');
  await screen.expectLine(TITLES, /^ +PID USER +S/);
});

ptyTest('the column chooser: search, add, explain, order, width, remove', async (open, t) => {
  const screen = await openBakery(open, t);
  await screen.press('f2');
  await screen.expectText('Columns: those that are shown first, in their order');
  await screen.press('/');
  screen.type('oom_score');
  await screen.expectText(/^oom_score: How likely the out-of-memory killer|^ oom_score: How likely/m);
  await screen.press('enter');
  await screen.expectText(/^ \[ \] oom_score/m);
  await screen.press('space');
  await screen.expectText(/^ \[x\] oom_score +OOM +width 5/m);
  await screen.press('+', '+');
  await screen.expectText(/^ \[x\] oom_score +OOM +width 7/m);
  await screen.press('-', '[');
  await screen.expectText(/^ \[x\] oom_score +OOM +width 6 .*\n \[x\] wchan_name/m);
  await screen.press('f8', 'f7');
  await screen.press('home', 'down', 'down', 'down');
  await screen.until(() => screen.look(5, screen.find(/^ \[x\] priority/)).reverse, 'the cursor on priority');
  await screen.press('space');
  await screen.expectNoText('[x] priority');
  await screen.press('escape');
  await screen.expectLine(TITLES, /^ +PID USER +S +NI FLAGS .* HISTORY +OOM WCHAN +COMMAND/);
  await command(screen, 'columns pid,state,command');
  await screen.expectLine(TITLES, /^ +PID S COMMAND *$/);
});

ptyTest('Tab goes round the sets of columns, each with its order', async (open, t) => {
  const screen = await openBakery(open, t);
  const sets: readonly (readonly [name: string, titles: RegExp])[] = [
    ['faults', /S +MAJF\/▼ +MINF\/s /],
    ['sched', /POLICY .* CPU%▼ /],
    ['memory', /S +RES▼ .*SHR/],
    ['io', /READ\/s +WRITE\/s .*MAJF\/▼/],
    ['stuck', /S +\S+▼ .*FLAGS/],
    ['kernel', /PRI +NI FLAGS +CPU%▼/],
  ];
  for (const [name, titles] of sets) {
    await screen.press('tab');
    await screen.expectLine(4, `${name} columns`);
    await screen.expectLine(TITLES, titles);
    if (name === 'faults') await screen.until(() => pidsOf(screen)[0] === 120, 'mixer the first');
    if (name === 'memory') await screen.until(() => pidsOf(screen)[0] === 110, 'oven the first');
  }
  await expectPids(screen, ...BY_CPU);
  await screen.press('S-tab');
  await screen.expectLine(4, 'stuck columns');
});

ptyTest('i leaves out what does nothing, 0 leaves zeros blank', async (open, t) => {
  const screen = await openBakery(open, t);
  await screen.press('i');
  await expectPids(screen, 100, 110, 210, 200, 20, 120);
  await screen.expectLine(4, 'idle hidden');
  await screen.press('i');
  await expectPids(screen, ...BY_CPU);
  await screen.expectText(/^ +400 0 +S +20 +0 R +0\.0 +0\.0 +0\.0 +0\.0 +0\.0 +400K/m);
  await screen.press('0');
  await screen.expectText(/^ +400 0 +S +20 +0 R +400K/m);
  await screen.expectText(/^ +120 1000 +D +20 +0 R +3\.0 +12\.0 +400K/m);
  await screen.press('0');
  await screen.expectText(/^ +400 0 +S +20 +0 R +0\.0 +0\.0 +0\.0/m);
});
