/** The configuration file and the monitor's state: what it says at the start, while it is edited, and when it is written. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { SHIPPED_SETS, type AppState } from '../../src/app/state.ts';
import { parseOptions, UsageError } from '../../src/cli/options.ts';
import { readFilters, type StartedSettings, startSettings } from '../../src/cli/settings.ts';
import { DEFAULT_COLUMNS, field } from '../../src/fields/registry.ts';
import { palette, THEMES } from '../../src/term/theme.ts';
import { testMachine } from '../support/model.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'settings-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** A configuration with this text. */
function fileWith(text: string): string {
  const file = path.join(folder, `${files++}.toml`);
  writeFileSync(file, text);
  return file;
}

const open = (file: string, ...argv: string[]): Promise<StartedSettings> =>
  startSettings(parseOptions(['--config', file, ...argv]), testMachine());
const started = (text: string, ...argv: string[]): Promise<StartedSettings> => open(fileWith(text), ...argv);
const idsOf = ({ columns }: Pick<AppState, 'columns'>): string[] => columns.map(({ id }) => id);
const orderOf = ({ sort }: Pick<AppState, 'sort'>): string[] =>
  sort.map(key => `${key.descending ? '-' : ''}${key.field.id}`);

describe('at the start', () => {
  it('there is no file: all is as shipped', async () => {
    const before = process.env['XDG_CONFIG_HOME'];
    process.env['XDG_CONFIG_HOME'] = path.join(folder, 'nowhere');
    try {
      const { state, ascii, mouse } = await startSettings(parseOptions([]), testMachine());
      assert.deepEqual(idsOf(state), DEFAULT_COLUMNS);
      assert.deepEqual([state.intervalSeconds, state.theme, state.map, state.layout], [2, 'default', 'htop', 'auto']);
      assert.deepEqual(
        [state.threads, state.arrangement, ascii, mouse, state.message],
        [false, 'list', false, false, undefined],
      );
      assert.deepEqual(state.themes, ['default', 'dark', 'light', 'high-contrast', 'colour-blind', 'mono']);
      assert.deepEqual(state.sets, SHIPPED_SETS);
    } finally {
      if (before === undefined) delete process.env['XDG_CONFIG_HOME'];
      else process.env['XDG_CONFIG_HOME'] = before;
    }
  });

  it('the file counts, and the command line more', async () => {
    const text =
      'interval = 5\nkeys = "vim"\ntheme = "dark"\nthreads = true\nkernel_threads = "hide"\ntree = true\nhide_idle = true\nzeros_blank = true\nascii = true\nlayout = "compact"\n';
    const { state, ascii, mouse } = await started(text, '-d', '3', '--theme', 'mono', '--mouse');
    assert.deepEqual([state.intervalSeconds, state.map, state.theme, state.layout], [3, 'vim', 'mono', 'compact']);
    assert.deepEqual([state.threads, state.kernelThreads, state.arrangement], [true, 'hide', 'tree']);
    assert.deepEqual([state.hideIdle, state.zerosBlank, ascii, mouse], [true, true, true, true]);
    const other = await started(text, '--kernel-threads', 'only', '--keys', 'top');
    assert.deepEqual([other.state.kernelThreads, other.state.map], ['only', 'top']);
  });

  it('columns and order of the first tab; widths everywhere', async () => {
    const { state } = await started(
      'columns = ["+ppid", "-nice"]\nsort = ["-maj_flt_rate", "pid"]\n[widths]\ncommand = 60\nuser = 12\n',
    );
    assert.ok(idsOf(state).includes('ppid') && !idsOf(state).includes('nice'));
    assert.deepEqual(orderOf(state), ['-maj_flt_rate', 'pid']);
    assert.deepEqual(idsOf(state.sets[0]!), idsOf(state), 'also when one comes back to it');
    for (const set of state.sets) {
      assert.equal(set.columns.find(({ id }) => id === 'user')?.width, 12, set.name);
      assert.equal(set.columns.find(({ id }) => id === 'command')?.width, 60, set.name);
    }
    assert.notEqual(field('user').width, 12);
  });

  it('tabs: shipped ones are replaced where they stand, others come behind, in the order of the file', async () => {
    const { state } = await started(
      '[sets.mine]\ncolumns = ["pid", "command"]\n[sets.io]\ncolumns = ["+oom_score"]\n[sets.1st]\ncolumns = ["all"]\nsort = "-rss_bytes,pid"\n',
    );
    const names = SHIPPED_SETS.map(({ name }) => name);
    assert.deepEqual(
      state.sets.map(({ name }) => name),
      [...names, 'mine', '1st'],
    );
    const set = (name: string) => state.sets.find(each => each.name === name)!;
    const io = SHIPPED_SETS.find(({ name }) => name === 'io')!;
    assert.deepEqual(idsOf(set('io')), [...idsOf(io).slice(0, -1), 'oom_score', 'command']);
    assert.deepEqual(orderOf(set('io')), orderOf(io));
    assert.deepEqual([idsOf(set('mine')), orderOf(set('mine'))], [['pid', 'command'], ['-cpu_percent']]);
    assert.deepEqual(orderOf(set('1st')), ['-rss_bytes', 'pid']);
    assert.ok(set('1st').columns.length > 80);
  });

  it('filters by name, and rules for rows', async () => {
    const file = fileWith(
      '[filters]\nio = "state = D"\n[[highlight]]\nfilter = "@io"\ntone = "bad"\n[[highlight]]\nfilter = "cpu_percent > 50"\ntone = "warn"\n',
    );
    const { state } = await open(file);
    assert.deepEqual([...state.filters], [['io', 'state = D']]);
    assert.deepEqual(
      state.highlights.map(({ filter, tone }) => [filter.text, tone]),
      [
        ['state = D', 'bad'],
        ['cpu_percent > 50', 'warn'],
      ],
    );
    assert.deepEqual([...(await readFilters(parseOptions(['--config', file])))], [['io', 'state = D']]);
    await assert.rejects(
      readFilters(parseOptions(['--config', fileWith('[filters]\nio = "state ="\n')])),
      (error: Error) => error instanceof UsageError && /toml:2: filters\.io at \d+: /.test(error.message),
    );
  });

  it('own themes by name, on the command line too', async () => {
    const text = '[themes.mine]\nbase = "dark"\nwarn = "bold 214 on 236"\n[themes.light]\nbad = "reverse"\n';
    const settings = await started(text, '--theme', 'mine');
    assert.equal(settings.state.theme, 'mine');
    assert.deepEqual(settings.state.themes.slice(-2), ['mono', 'mine']);
    const looks = palette(settings.themeNamed('mine'), 256);
    assert.equal(looks.title, palette(THEMES.dark, 256).title);
    assert.notEqual(looks.warn, palette(THEMES.dark, 256).warn);
    assert.equal(
      palette(settings.themeNamed('light'), 256).title,
      palette(THEMES.light, 256).title,
      'it replaces that one',
    );
    assert.equal(settings.themeNamed('nothing'), THEMES.default);
    await assert.rejects(started(text, '--theme', 'mien'), /unknown theme 'mien': did you mean 'mine'\?/);
  });

  it('own keys, and what they take the place of', async () => {
    const { state } = await started('[bind.table]\nB = "sort-memory"\nZ = "redraw"\nq = "none"\n');
    assert.deepEqual(state.bound, [
      { mode: 'table', key: 'B', action: 'sort-memory' },
      { mode: 'table', key: 'Z', action: 'redraw' },
      { mode: 'table', key: 'q', action: 'none' },
    ]);
    assert.match(state.message!.text, /toml: Z: was freeze, now redraw \(and 1 more\)$/);
    assert.equal(state.message!.tone, 'warn');
  });

  it('an error is shown with its line, and all is as shipped', async () => {
    const { state } = await started('interval = 5\ntheme = "drak"\ncolumns = 3\n', '--theme', 'of-the-file');
    assert.match(state.message!.text, /^\d+\.toml:2: theme 'drak' is no theme: did you mean 'dark'\? \(and 1 more\)$/);
    assert.deepEqual([state.message!.tone, state.intervalSeconds, state.theme], ['bad', 2, 'default']);
    const none = await started('columns = ["-pid", "-user"]\n[sets.x]\ncolumns = ["-pid", "-pid"]\n');
    assert.equal(none.state.message, undefined);
    const every = DEFAULT_COLUMNS.map(id => `"-${id}"`).join(', ');
    assert.match((await started(`columns = [${every}]\n`)).state.message!.text, /no column is left/);
  });
});

const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

/** Edits the file, and gives the state as it then is. */
async function edits(
  settings: StartedSettings,
  file: string,
): Promise<(text: string, state: AppState) => Promise<AppState>> {
  const changes: ((state: AppState) => AppState)[] = [];
  settings.follow(change => changes.push(change));
  await sleep(300); // the watcher is up
  return async (text, state) => {
    writeFileSync(file, text);
    // nothing else keeps the process alive
    for (let waited = 0; changes.length === 0; waited += 10) {
      assert.ok(waited < 10_000, 'nothing was noticed');
      await sleep(10);
    }
    return changes.shift()!(state);
  };
}

describe('while it is edited', () => {
  it('only what the file says anew is changed; keys keep the rest', async () => {
    const first = 'interval = 1\n[sets.mine]\ncolumns = ["pid"]\n';
    const file = fileWith(first);
    const settings = await open(file);
    const edit = await edits(settings, file);
    // by keys: another interval, another tab, a column more in it, a tree
    const mine = SHIPPED_SETS.length;
    let state: AppState = {
      ...{ ...settings.state, intervalSeconds: 9, set: mine, arrangement: 'tree', theme: 'light' },
      ...{ columns: [field('pid'), field('nice')], sort: settings.state.sets[mine]!.sort },
    };
    state = await edit(`${first}[themes.own]\nbase = "mono"\n`, state);
    assert.deepEqual([state.intervalSeconds, state.set, idsOf(state)], [9, mine, ['pid', 'nice']]);
    assert.deepEqual([state.arrangement, state.theme, state.themes.at(-1)], ['tree', 'light', 'own']);
    state = await edit('theme = "own"\n[themes.own]\nbase = "mono"\n[sets.mine]\ncolumns = ["pid", "user"]\n', state);
    assert.deepEqual([state.intervalSeconds, idsOf(state)], [2, ['pid', 'user']]);
    assert.equal(state.theme, 'own');
    assert.equal(palette(settings.themeNamed('own'), 256).bad, palette(THEMES.mono, 256).bad);
    state = await edit('[themes.own]\nbase = "dark"\n', { ...state, theme: 'own' });
    assert.deepEqual([state.set, idsOf(state)], [0, DEFAULT_COLUMNS], 'its tab is gone');
    state = await edit('', { ...state, theme: 'own' });
    assert.equal(state.theme, 'default', 'its theme is gone');
  });

  it('an error leaves all as it is, and is taken back when it is mended; other messages stay', async () => {
    const file = fileWith('interval = 1\n');
    const settings = await open(file);
    const edit = await edits(settings, file);
    const broken = await edit('interval = 1\nx = 1\n', settings.state);
    assert.match(broken.message!.text, /toml:2: x is no setting/);
    assert.equal(broken.intervalSeconds, 1);
    assert.match((await settings.save({ ...broken, intervalSeconds: 4 })).text, /has an error: nothing was written/);
    const mended = await edit('interval = 3\n', broken);
    assert.deepEqual([mended.intervalSeconds, mended.message], [3, undefined]);
    const message = { text: 'something else', tone: 'good' } as const;
    assert.equal((await edit('interval = 4\n', { ...mended, message })).message, message);
  });
});

describe('what is written when it is asked for', () => {
  const TEXT = `# my settings
interval = 1.0            # seconds
columns = ["+ppid"]

[filters]                 # filters
io = "state = D"
`;

  it('nothing, where the file says it all', async () => {
    const file = fileWith(TEXT);
    const settings = await open(file);
    const { mtimeNs, ino } = statSync(file, { bigint: true });
    const said = await settings.save(settings.state);
    assert.match(said.text, /says all this already/);
    assert.deepEqual([statSync(file, { bigint: true }).mtimeNs, statSync(file, { bigint: true }).ino], [mtimeNs, ino]);
  });

  it('what differs, and nothing else', async () => {
    const file = fileWith(TEXT);
    const settings = await open(file);
    const { state } = settings;
    const changed: AppState = {
      ...{ ...state, intervalSeconds: 3, theme: 'dark', zerosBlank: true, kernelThreads: 'hide', arrangement: 'tree' },
      columns: state.columns.map(column => (column.id === 'command' ? { ...column, width: 70 } : column)),
    };
    const said = await settings.save(changed);
    assert.equal(said.tone, 'good');
    assert.equal(said.text, `wrote interval, theme, kernel_threads, tree, zeros_blank, widths.command to ${file}`);
    assert.equal(
      readFileSync(file, 'utf8'),
      `# my settings
interval = 3            # seconds
columns = ["+ppid"]
theme = "dark"
kernel_threads = "hide"
tree = true
zeros_blank = true

[filters]                 # filters
io = "state = D"

[widths]
command = 70
`,
    );
    assert.match((await settings.save(changed)).text, /says all this already/);
    // and it means what was on the screen
    const again = await open(file);
    for (const key of ['intervalSeconds', 'theme', 'zerosBlank', 'kernelThreads', 'arrangement'] as const)
      assert.equal(again.state[key], changed[key], key);
    assert.deepEqual(
      again.state.columns.map(({ id, width }) => [id, width]),
      changed.columns.map(({ id, width }) => [id, width]),
    );
  });

  it('columns and order, of the first tab as settings, of the others as sets', async () => {
    const file = fileWith('');
    const settings = await open(file);
    const { state } = settings;
    const io = state.sets.findIndex(({ name }) => name === 'io');
    const inIo: AppState = {
      ...{
        ...state,
        set: io,
        columns: ['pid', 'command'].map(field),
        sort: [{ field: field('pid'), descending: false }],
      },
      sets: state.sets.map((set, index) =>
        index === 0 ? { ...set, sort: [{ field: field('nice'), descending: true }] } : set,
      ),
    };
    await settings.save(inIo);
    assert.equal(
      readFileSync(file, 'utf8'),
      'sort = "-nice"\n\n[sets.io]\ncolumns = ["pid", "command"]\nsort = "pid"\n',
    );
    const again = await open(file);
    assert.deepEqual(orderOf(again.state), ['-nice']);
    assert.deepEqual([idsOf(again.state.sets[io]!), orderOf(again.state.sets[io]!)], [['pid', 'command'], ['pid']]);
  });

  it('an order alone, of another tab: with its columns, without which it could not be', async () => {
    const settings = await started('');
    const { state } = settings;
    const sort = [{ field: field('pid'), descending: false }];
    const said = await settings.save({ ...state, set: 1, columns: state.sets[1]!.columns, sort });
    assert.match(said.text, /^wrote sets\.faults\.columns, sets\.faults\.sort to /);
  });

  it('groups are no setting', async () => {
    const settings = await started('tree = true\n');
    assert.match((await settings.save({ ...settings.state, arrangement: 'user' })).text, /says all this already/);
  });

  it('not over what somebody else wrote meanwhile', async () => {
    const file = fileWith('interval = 1\n');
    const settings = await open(file);
    writeFileSync(file, 'interval = 7\n');
    const said = await settings.save({ ...settings.state, intervalSeconds: 3 });
    assert.deepEqual([said.tone, /changed meanwhile/.test(said.text)], ['bad', true], said.text);
    assert.equal(readFileSync(file, 'utf8'), 'interval = 7\n');
  });

  it('into a new file below the home, where there is none', async () => {
    const before = { ...process.env };
    process.env['HOME'] = path.join(folder, 'home');
    delete process.env['XDG_CONFIG_HOME'];
    try {
      const settings = await startSettings(parseOptions([]), testMachine());
      const file = path.join(folder, 'home/.config/taskscope/config.toml');
      assert.ok(!existsSync(file));
      const said = await settings.save({ ...settings.state, map: 'vim' });
      assert.deepEqual(said, { text: 'wrote keys to ~/.config/taskscope/config.toml', tone: 'good' });
      assert.equal(readFileSync(file, 'utf8'), 'keys = "vim"\n');
      assert.match((await settings.save({ ...settings.state, map: 'vim' })).text, /says all this already/);
    } finally {
      process.env['HOME'] = before['HOME'];
      if (before['XDG_CONFIG_HOME'] !== undefined) process.env['XDG_CONFIG_HOME'] = before['XDG_CONFIG_HOME'];
    }
  });

  it('the columns of an own tab, where it stands', async () => {
    const file = fileWith('[sets.mine]\ncolumns = ["pid"] # few\n\n[bind]\n');
    const settings = await open(file);
    const mine = settings.state.sets.length - 1;
    const { sort } = settings.state.sets[mine]!;
    await settings.save({ ...settings.state, set: mine, columns: ['pid', 'user'].map(field), sort });
    assert.equal(readFileSync(file, 'utf8'), '[sets.mine]\ncolumns = ["pid", "user"] # few\n\n[bind]\n');
  });
});
