/** The monitor in a real terminal: what a user does in the first minutes. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ptyTest } from './harness.ts';
import { CAPTURE, openMonitor } from './program.ts';

const WIDE = { columns: 120, rows: 40 };

ptyTest('shows this machine and quits', async open => {
  const screen = await openMonitor(open, ['-d', '0.5'], WIDE);
  await screen.expectLine(0, /taskscope .* Linux \d+\.\d+.* load \d/);
  await screen.expectLine(0, /(Tasks [\d,]+:|\d+ tasks) .*\d+ ?D .*\d+ ?Z/);
  await screen.expectText(/CPU (×\d+|\d+) ?\[.*%\].*Mem \[.*\/.*\]/);
  await screen.expectText(/Faults min +\S+\/s .*maj +\S+\/s .*forks/);
  await screen.expectText(/PID USER .*CPU%▼ .*COMMAND/);
  await screen.expectText(/ [RSI] .* 0\.0 .*\[kthreadd\]/);
  await screen.press('q');
  assert.equal(await screen.exitStatus(), 0);
  assert.equal(screen.isAlternate, false);
});

ptyTest('a capture: its own kernel, rates between its instants, no actions on this machine', async open => {
  const screen = await openMonitor(open, ['--proc', CAPTURE, '-d', '0.2'], WIDE);
  await screen.expectText('Linux 6.18.44-fc-v669 x86_64');
  await screen.expectText(/2263 .* R .*64\.0 .*sh -c while/);
  await screen.expectText('from ');
});

ptyTest('sorts by any column: letters of top, neighbours, the menu, and back to front', async open => {
  const screen = await openMonitor(open, ['--proc', CAPTURE, '-d', '0.2'], WIDE);
  await screen.press('N');
  await screen.expectLine(5, /PID▲/);
  await screen.expectLine(6, /^ +2 .*\[kthreadd\]/);
  await screen.press('R');
  await screen.expectLine(5, /PID▼/);
  await screen.press('M');
  await screen.expectLine(5, /RES▼/);
  await screen.press('<');
  await screen.expectLine(5, /MAJF.*▼/);
  await screen.press('>', 'P');
  await screen.expectLine(5, /CPU%▼/);
  await screen.press('f6', 'home', 'down', 'down', 'enter');
  await screen.expectLine(5, / S▲? /);
  await screen.press('o');
  await screen.expectText('Sort by');
  await screen.press('escape');
  await screen.expectText(/PID .*COMMAND/);
});

ptyTest('a task opens at its overview; its flags are all there', async open => {
  const screen = await openMonitor(open, ['--proc', CAPTURE, '-d', '0.2'], WIDE);
  await screen.expectText(/2263 .*64\.0/);
  await screen.press('enter');
  await screen.expectText('[1 OVERVIEW]');
  await screen.expectText(/Command +sh -c while/);
  await screen.expectText(/State +R running for/);
  await screen.press('2');
  await screen.expectText('[2 FLAGS]');
  await screen.expectText(/0x[0-9a-f]{8}  +\d+ +Linux 6\.18\.44-fc-v669, table of 6\.18/);
  await screen.expectText(/0x00000004 {2}X {6}EXITING/);
  await screen.expectText('Linux 6.18');
  await screen.press('end');
  await screen.expectText(/0x80000000 {2}\w {6}SUSPEND_TASK/);
  await screen.press('S-tab');
  await screen.expectText('[1 OVERVIEW]');
  await screen.press('escape');
  await screen.expectText(/PID .*COMMAND/);
});

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // all of them have ended already
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

ptyTest('the flags page is live: what changed since it was opened, and when', async open => {
  // a forked shell has PF_FORKNOEXEC until it calls exec
  const forked = spawn('sh', ['-c', '{ (read go <&3; exec sleep 60) >/dev/null & } 3<&0; echo $!; wait'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  try {
    const [told] = (await once(forked.stdout, 'data')) as [Buffer];
    const pid = told.toString().trim();
    const screen = await openMonitor(open, ['-p', pid, '-d', '0.2'], WIDE);
    await screen.press('enter', '2');
    await screen.expectText(/0x00000040 {2}N {6}FORKNOEXEC +●/);
    forked.stdin.write('go\n');
    await screen.expectText(/0x00000040 {2}N {6}FORKNOEXEC +·/);
    await screen.expectText(/\d\d:\d\d:\d\d {2}.*- PF_FORKNOEXEC/);
    process.kill(Number(pid), 'SIGKILL');
    await screen.expectText(`${pid} has ended, noticed at`);
    await screen.expectText('PF_FORKNOEXEC');
  } finally {
    endGroup(forked.pid!);
  }
});

ptyTest('the cursor stays on its task while rows change places', async open => {
  const screen = await openMonitor(open, ['--proc', CAPTURE, '-d', '0.2'], WIDE);
  await screen.expectText(/2263 .*64\.0/);
  const rowOf = (pid: string): number => screen.find(new RegExp(`^ *${pid} `));
  await screen.press('down', 'down', 'down');
  const pid = (): string => /^ *(\d+) /.exec(screen.line(9))![1]!;
  await screen.until(() => screen.look(4, 9).reverse, 'the fourth row selected');
  const chosen = pid();
  for (const key of ['N', 'R', 'M', 'P']) {
    await screen.press(key);
    await screen.until(
      () => rowOf(chosen) > 5 && screen.look(4, rowOf(chosen)).reverse,
      `${chosen} selected after ${key}`,
    );
  }
});

ptyTest('help, interval, freeze', async open => {
  const screen = await openMonitor(open, ['-d', '0.3'], WIDE);
  await screen.press('?');
  await screen.expectText('Keys in the table');
  await screen.press('end');
  await screen.expectText(/never the same as 0/);
  await screen.press('q');
  await screen.expectText(/PID .*COMMAND/);
  await screen.press('d');
  await screen.expectText('Seconds between samples:');
  screen.type('0');
  await screen.press('enter');
  await screen.expectText('has to be 0.1 to 3600 seconds');
  await screen.press('backspace');
  screen.type('1.5');
  await screen.press('enter');
  await screen.expectText('every 1.5 s');
  await screen.press('Z');
  await screen.expectText('FROZEN');
  await screen.press('Z');
  await screen.expectNoText('FROZEN');
});

ptyTest('threads and kernel threads', async open => {
  const screen = await openMonitor(open, ['-d', '0.3', '-s', 'pid'], WIDE);
  await screen.expectText(/Tasks \d+:|\d+ tasks/);
  await screen.press('H');
  await screen.expectText(/Threads \d+:|\d+ threads/);
  await screen.press('H');
  await screen.expectText(/Tasks \d+:|\d+ tasks/);
  await screen.press('K');
  await screen.expectNoText('[kthreadd]');
  await screen.press('K', 'K');
});

ptyTest('right at every size, and after each change of it', async open => {
  const screen = await openMonitor(open, ['--proc', CAPTURE, '-d', '0.2'], { columns: 80, rows: 24 });
  await screen.expectText(/2263 .*64\.0/);
  for (const [columns, rows] of [
    [40, 10],
    [200, 60],
    [120, 40],
    [20, 5],
    [80, 24],
  ] as const) {
    screen.resize(columns, rows);
    await screen.until(
      () => /S.*COMMAND|PID/.test(screen.text()) && /F1|Esc|^ *\S/.test(screen.line(rows - 1)),
      `a whole screen at ${columns}x${rows}`,
    );
    await screen.expectText('2263');
    assert.equal(screen.lines().filter(line => /COMMAND/.test(line)).length <= 1, true, 'no row twice');
  }
});

ptyTest('^C and F10 quit; SIGTERM leaves the terminal as found', async open => {
  for (const key of ['C-c', 'f10']) {
    const screen = await openMonitor(open);
    await screen.press(key);
    assert.equal(await screen.exitStatus(), 0);
    assert.equal(screen.isAlternate, false);
  }
  const screen = await openMonitor(open);
  screen.signal('SIGTERM');
  assert.equal(await screen.exitStatus(), 143);
  assert.equal(screen.isAlternate, false);
});

/** CPU ticks that a process has used. */
const ticksOf = (pid: number): number => {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  const words = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(words[11]) + Number(words[12]);
};

ptyTest('does not spin: an idle monitor leaves the CPU alone', async open => {
  // a configuration folder that is not there is watched by way of one far above it
  const screen = await openMonitor(open, ['-d', '1'], WIDE);
  const clock = (): string => /\d\d:\d\d:\d\d$/.exec(screen.line(4))?.[0] ?? '';
  await screen.until(() => clock() !== '', 'a clock');
  const [ticks, started] = [ticksOf(screen.pid), performance.now()];
  for (let refresh = 0; refresh < 3; refresh++) {
    const before = clock();
    await screen.until(() => clock() !== before, 'the next refresh');
  }
  // spinning is a whole CPU; the machine's noise can only take CPU time away from us
  assert.ok((ticksOf(screen.pid) - ticks) * 10 < (performance.now() - started) / 2);
});

ptyTest(
  'H at the last instant of a capture shows threads with their rates; frozen it is refused, as the past has none',
  async open => {
    const screen = await openMonitor(open, ['--proc', CAPTURE, '-d', '0.2'], WIDE);
    await screen.expectText(/2263 .*64\.0/);
    for (const what of [/Threads \d+:|\d+ threads/, /Tasks 17:|17 tasks/]) {
      await screen.press('H');
      await screen.expectText(what);
      await screen.expectText(/2263 .*64\.0/);
    }
    const live = await openMonitor(open, ['-d', '0.3'], WIDE);
    await live.press('Z');
    await live.expectText('FROZEN');
    await live.press('H');
    await live.expectText('the past holds either processes or threads');
    await live.press('Z', 'H');
    await live.expectText(/Threads [1-9]\d*:|[1-9]\d* threads/);
    await live.expectText(/PID .*COMMAND *\n *\d+ /);
  },
);

ptyTest('an edit of one setting leaves what keys changed in others', async (open, t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'taskscope-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const config = path.join(folder, 'config.toml');
  fs.writeFileSync(config, 'interval = 1\n');
  const screen = await openMonitor(open, ['--config', config], WIDE);
  await screen.expectText('every 1 s');
  await screen.press('M');
  await screen.expectLine(5, /RES▼/);
  fs.writeFileSync(config, 'interval = 3\n');
  await screen.expectText('every 3 s');
  assert.match(screen.line(5), /RES▼/);
  fs.writeFileSync(config, 'interval = 3\ncolour = 1\n');
  await screen.expectText(/config\.toml:2: '?colour'? is no setting/);
  await screen.expectLine(5, /RES▼/);
  fs.writeFileSync(config, 'interval = 2\n');
  await screen.expectText('every 2 s');
});
