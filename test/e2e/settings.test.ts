/** The command line behind `:`, what is written to files, and the configuration that W writes. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { BAR, BY_CPU, command, expectCursor, expectPids, folderOf, openBakery, TITLES, WIDE } from './bakery.ts';
import { ptyTest } from './harness.ts';

ptyTest(':filter, :sort, :columns, :interval, :keys, with Tab', async (open, t) => {
  const screen = await openBakery(open, t);
  await screen.press(':');
  screen.type('fil');
  await screen.press('tab');
  await screen.expectLine(BAR, /^ : filter /);
  screen.type('comm = ng');
  await screen.expectLine(BAR, /comm = ng/);
  await screen.press('C-u');
  screen.type('filter flags has KTH');
  await screen.press('tab', 'enter');
  await expectPids(screen, 20, 2);
  await command(screen, 'filter');
  await expectPids(screen, ...BY_CPU);

  await screen.press(':');
  screen.type('sort -rss_b');
  await screen.press('tab');
  await screen.expectLine(BAR, /^ : sort -rss_bytes/);
  screen.type(',pi');
  await screen.press('tab', 'enter');
  await screen.expectLine(TITLES, /PID▲ .*RES▼/);
  await expectPids(screen, 110, 100, 1, 120, 200, 210, 400, 2, 20, 300);

  await screen.press(':');
  screen.type('columns +oom_sc');
  await screen.press('tab');
  screen.type(',-nice');
  await screen.press('enter');
  await screen.expectLine(TITLES, /PRI FLAGS .*OOM +COMMAND/);

  await command(screen, 'interval 5000');
  await screen.expectLine(BAR, /: interval 5000 +has to be 0\.1 to 3600 seconds/);
  await screen.press('C-u');
  screen.type('interval 60');
  await screen.press('enter');
  await screen.expectLine(4, 'every 60 s');

  await screen.press(':');
  screen.type('keys v');
  await screen.press('tab', 'enter');
  await screen.press('G');
  await expectCursor(screen, 300);
  await screen.press('k');
  await expectCursor(screen, 20);
});

ptyTest('actions by their names; what is none is answered with the nearest', async (open, t) => {
  const screen = await openBakery(open, t);
  await command(screen, 'tree');
  await screen.expectText('├─');
  await command(screen, 'tre');
  await screen.expectLine(BAR, /no command 'tre': did you mean 'tree'\?/);
  await screen.press('escape');
  await screen.expectLine(BAR, /F1 Help/);
  await command(screen, 'sort pidd');
  await screen.expectLine(BAR, /did you mean 'pid'\? unknown column 'pidd'/);
  await screen.press('escape');
  await screen.expectLine(BAR, /F1 Help/);
  await command(screen, 'help');
  await screen.expectText('Keys in the table');
});

ptyTest(':write: as text, JSON and CSV, all rows, and never over a file', async (open, t) => {
  const folder = folderOf(t);
  const screen = await openBakery(open, t, [], { columns: 140, rows: 12, env: { HOME: folder } });
  const written = async (name: string): Promise<string> => {
    const file = path.join(folder, name);
    await command(screen, `write ${file}`);
    await screen.expectText('written: ');
    const text = fs.readFileSync(file, 'utf8');
    // the message goes with the next question
    await screen.press(':');
    await screen.expectNoText('written: ');
    await screen.press('escape');
    await screen.expectText('F1 Help');
    return text;
  };
  const lines = (await written('tasks.txt')).trim().split('\n');
  assert.match(lines[1]!, /^ *PID USER .*COMMAND$/);
  const pids = (texts: readonly string[]): number[] => texts.map(text => Number(/\d+/.exec(text)?.[0]));
  assert.deepEqual(pids(lines.slice(2)), BY_CPU);
  const json = JSON.parse(await written('tasks.json')) as { tasks: { pid: number; cpu_percent: number | null }[] };
  assert.deepEqual(
    json.tasks.map(({ pid }) => pid),
    BY_CPU,
  );
  assert.equal(json.tasks[0]!.cpu_percent, 30);
  const csv = (await written('tasks.csv')).trim().split('\n');
  assert.match(csv[0]!, /^taken_at,pid,start_time_ticks,user,/);
  assert.deepEqual(
    csv.slice(1).map(line => Number(line.split(',')[1])),
    BY_CPU,
  );
  fs.writeFileSync(path.join(folder, 'mine.txt'), 'mine');
  await command(screen, `write ${path.join(folder, 'mine.txt')}`);
  await screen.expectText('it exists already: choose another name');
  assert.equal(fs.readFileSync(path.join(folder, 'mine.txt'), 'utf8'), 'mine');
  // a page is written with w
  await screen.press('home', 'enter', '2');
  await screen.expectText('[2 FLAGS]');
  await screen.press('w');
  await screen.expectText('Write to file: taskscope-100-flags.txt');
  await screen.press('C-u');
  screen.type(path.join(folder, 'flags.txt'));
  await screen.press('enter');
  await screen.expectText('written: ');
  assert.match(fs.readFileSync(path.join(folder, 'flags.txt'), 'utf8'), /0x00400000 +R +RANDOMIZE/);
});

const CONFIG = `# my settings
interval = 3600   # patience

[filters]
# the ones that wait
waiting = "state = D"
`;

ptyTest('W writes what was changed and leaves the rest of the file as it is', async (open, t) => {
  const file = path.join(folderOf(t), 'config.toml');
  fs.writeFileSync(file, CONFIG);
  const screen = await openBakery(open, t, ['--config', file]);
  await screen.press('W');
  await screen.expectText('config.toml says all this already: nothing was written');
  assert.equal(fs.readFileSync(file, 'utf8'), CONFIG);
  await screen.press('M', 'K');
  await command(screen, 'theme dark');
  await command(screen, 'interval 600');
  await screen.press('W');
  await screen.expectText(/wrote .*to .*config\.toml/);
  const text = fs.readFileSync(file, 'utf8');
  for (const line of [
    '# my settings',
    'interval = 600   # patience',
    'theme = "dark"',
    'kernel_threads = "hide"',
    'sort = "-rss_bytes"',
    '[filters]',
    '# the ones that wait',
    'waiting = "state = D"',
  ])
    assert.equal(text.split('\n').includes(line), true, `${line} in\n${text}`);
  await screen.press('q');
  assert.equal(await screen.exitStatus(), 0);
  // the next one starts so
  const next = await openBakery(open, t, ['--config', file]);
  await next.expectLine(TITLES, /RES▼/);
  await next.until(() => next.look(7, TITLES).background === 24, 'the theme dark');
  await next.expectLine(4, 'kernel threads hidden');
});

ptyTest('nothing is written unasked; asked for, the first file is made with its folder', async (open, t) => {
  const folder = folderOf(t);
  const env = { XDG_CONFIG_HOME: folder, HOME: folder };
  const screen = await openBakery(open, t, [], { ...WIDE, env });
  await screen.press('t', 'M', '1', 'm', 'K', 'tab', '0', 'i');
  await command(screen, 'theme light');
  await command(screen, 'keys vim');
  await screen.press('q');
  assert.equal(await screen.exitStatus(), 0);
  assert.deepEqual(fs.readdirSync(folder), []);
  const asked = await openBakery(open, t, [], { ...WIDE, env });
  await asked.press('N', 'W');
  await asked.expectText(/wrote .*sort.* to .*taskscope\/config\.toml/);
  const text = fs.readFileSync(path.join(folder, 'taskscope', 'config.toml'), 'utf8');
  assert.match(text, /^sort = "pid"$/m);
  // what the command line said is for this time
  await asked.press('q');
  assert.equal(await asked.exitStatus(), 0);
  assert.deepEqual(fs.readdirSync(folder), ['taskscope']);
  assert.deepEqual(fs.readdirSync(path.join(folder, 'taskscope')), ['config.toml']);
  const next = await openBakery(open, t, [], { ...WIDE, env });
  await expectPids(next, ...[...BY_CPU].sort((a, b) => a - b));
});
