import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { configPath, parseConfig } from '../../src/config/config.ts';
import { readConfig } from '../../src/config/watch.ts';
import { KNOWN } from './known.ts';

describe('the place of the configuration', () => {
  it('is below XDG_CONFIG_HOME, else below HOME', () => {
    assert.equal(configPath({ XDG_CONFIG_HOME: '/x', HOME: '/home/u' }), '/x/taskscope/config.toml');
    assert.equal(configPath({ HOME: '/home/u' }), '/home/u/.config/taskscope/config.toml');
    assert.equal(configPath({ XDG_CONFIG_HOME: '', HOME: '/home/u' }), '/home/u/.config/taskscope/config.toml');
    assert.equal(configPath({ XDG_CONFIG_HOME: 'relative', HOME: '/h' }), '/h/.config/taskscope/config.toml');
    assert.equal(configPath({}), '/.config/taskscope/config.toml');
  });
});

describe('a good configuration', () => {
  const cases: [string, object][] = [
    ['', {}],
    ['# nothing but a comment\r\n', {}],
    ['interval = 0.1', { interval: 0.1 }],
    ['interval = 3600', { interval: 3600 }],
    ['columns = ["pid", "status.VmSwap"]', { columns: ['pid', 'status.VmSwap'] }],
    ['columns = [\n  "+maj_flt_rate", # late\n  "-user",\n]', { columns: ['+maj_flt_rate', '-user'] }],
    ['columns = ["all"]', { columns: ['all'] }],
    ['sort = "-cpu_percent"', { sort: ['-cpu_percent'] }],
    ['sort = "-cpu_percent, pid"', { sort: ['-cpu_percent', 'pid'] }],
    ['sort = ["-cpu_percent", "pid"]', { sort: ['-cpu_percent', 'pid'] }],
    ['\ufefftheme = \'dark\'\r\nkeys = "vim"\r\n', { theme: 'dark', keys: 'vim' }],
    ['layout = "compact"\nkernel_threads = "only"', { layout: 'compact', kernel_threads: 'only' }],
    ['threads = true\ntree = false\nmouse = true', { threads: true, tree: false, mouse: true }],
    ['hide_idle = true\nzeros_blank = true\nascii = false', { hide_idle: true, zeros_blank: true, ascii: false }],
    ['[widths]\ncommand = 60\n"status.VmSwap" = 9', { widths: { command: 60, 'status.VmSwap': 9 } }],
    ['[filters]\nio = "state = D"\n"ä-1" = "x"', { filters: { io: 'state = D', 'ä-1': 'x' } }],
    ['[[highlight]]\nfilter = "x"\ntone = "bad"', { highlight: [{ filter: 'x', tone: 'bad' }] }],
    ['[[finding]]\nid = "a"\nwhen = "x"', { finding: [{ id: 'a', when: 'x' }] }],
    [
      '[filters]\nio = "x"\n[[highlight]]\nfilter = "@io"\ntone = "dim"',
      { filters: { io: 'x' }, highlight: [{ filter: '@io', tone: 'dim' }] },
    ],
    [
      '[sets.b]\ncolumns = ["pid"]\n[sets.10]\ncolumns = ["+user"]\nsort = "-pid"\n[sets.a]\ncolumns = ["all"]',
      {
        sets: [
          { name: 'b', columns: ['pid'] },
          { name: '10', columns: ['+user'], sort: ['-pid'] },
          { name: 'a', columns: ['all'] },
        ],
      },
    ],
    [
      'theme = "mine"\n[themes.mine]\nbase = "dark"\nwarn = "bold yellow on 236"\nbad = { fg = 9, reverse = true }',
      {
        theme: 'mine',
        themes: {
          mine: { base: 'dark', looks: { warn: { fg: 3, bg: 236, bold: true }, bad: { fg: 9, reverse: true } } },
        },
      },
    ],
    ['[themes.mine]', { themes: { mine: { looks: {} } } }],
  ];
  for (const [text, settings] of cases) {
    it(JSON.stringify(text), async () => {
      assert.deepEqual(await parseConfig(text, KNOWN), { ok: true, text, settings });
    });
  }
});

describe('a bad configuration says the line, the key and what to do', () => {
  const cases: [string, number | null, string | null, RegExp][] = [
    ['finding = 3', 1, 'finding', /^finding has to be a list of tables: write it as \[\[finding\]\]$/],
    ['[[finding]]\nid = "a"', 1, 'finding', /^finding has no when$/],
    [
      '[[finding]]\nwhen = "x"\n\n[[finding]]\nid = "a"\nwhen = "y"',
      6,
      'finding.when',
      /^finding.when cannot be that$/,
    ],
    ['interval = 5000', 1, 'interval', /^interval has to be .* from 0\.1 to 3600$/],
    ['\n\ninterval = 0', 3, 'interval', /0\.1/],
    ['interval = nan', 1, 'interval', /number/],
    ['interval = inf', 1, 'interval', /3600/],
    ['interval = "2s"', 1, 'interval', /number of seconds/],
    ['interval = 2024-01-01', 1, 'interval', /number of seconds/],
    ['theme = "drak"', 1, 'theme', /'drak' is no theme: did you mean 'dark'\?/],
    ['theme = 1', 1, 'theme', /in quotes/],
    ['keys = "emacs-like"', 1, 'keys', /is no key map: it is one of htop, top, vim/],
    ['columns = "pid"', 1, 'columns', /list/],
    ['columns = []', 1, 'columns', /list/],
    ['columns = [1]', 1, 'columns', /in quotes/],
    [
      'columns = [\n"pid",\n"+cpu_persent"]',
      3,
      'columns',
      /'\+cpu_persent' is no column: did you mean 'cpu_percent'\?/,
    ],
    ['sort = "-cpu_percnt"', 1, 'sort', /did you mean 'cpu_percent'\?/],
    ['sort = ["pid",\n\n "+pid"]', 3, 'sort', /is no column/],
    ['sort = []', 1, 'sort', /column id/],
    ['sort = 3', 1, 'sort', /column id/],
    ['theme = "dark"\nintervall = 2', 2, 'intervall', /^intervall is no setting: did you mean 'interval'\?$/],
    ['[interval]\nx = 1', 1, 'interval', /number/],
    ['theme="dark"\n[[rules]]\nx = 1', 2, 'rules', /is no setting/],
    ['"in terval" = 1', 1, 'in terval', /did you mean 'interval'/],
    ['theme = "nope"\ninterval = 0', 1, 'theme', /theme/], // the first in the file, not in the list of settings
    ['interval = 1\ninterval = 2', 2, 'interval', /^interval is said twice: line 1 says it, too$/],
    ['interval = 1 2', 1, null, /TOML/],
    ['theme = "dark\nx', 1, null, /TOML/],
    ['{"interval": 2}', 1, null, /TOML/],
    ['interval = 99999999999999999999', 1, null, /TOML/],
    ['interval = 1\n[filters]\na = "x"\n\n[filters]', 5, 'filters', /^filters is said twice: line 2 says it, too$/],
    ['layout = "compackt"', 1, 'layout', /is no layout: did you mean 'compact'\?/],
    ['threads = 1', 1, 'threads', /^threads has to be true or false$/],
    ['kernel_threads = false', 1, 'kernel_threads', /in quotes/],
    ['kernel_threads = "hidden"', 1, 'kernel_threads', /it is one of show, hide, only|did you mean 'hide'/],
    ['widths = 3', 1, 'widths', /table/],
    ['[widths]\npid = 5\ncomand = 9', 3, 'widths.comand', /'comand' is no column: did you mean 'command'\?/],
    ['[widths]\npid = 5.5', 2, 'widths.pid', /cells from 1 to 200/],
    ['widths = { pid = 5, command = 201 }', 1, 'widths.command', /cells from 1 to 200/],
    ['[filters]\n"a b" = "x"', 2, 'filters.a b', /cannot be a name/],
    ['[filters]\nio = "state = D"\nbad = "a & b"', 3, 'filters.bad', /^filters\.bad at 3: no sign$/],
    ['[filters]\nio = 1', 2, 'filters.io', /in quotes/],
    ['[highlight]\nfilter = "x"', 1, 'highlight', /\[\[highlight\]\]/],
    ['[[highlight]]\nfilter = "x"\ntone = "red"', 3, 'highlight.tone', /'red' is no tone: (did|it is one of dim)/],
    ['[[highlight]]\nfilter = "x"', 1, 'highlight.tone', /is missing/],
    [
      '[[highlight]]\nfilter = "x"\ntone = "bad"\n\n[[highlight]]\nfilter = "a & b"\ntone = "bad"',
      6,
      'highlight.filter',
      /at 3: no sign/,
    ],
    [
      '[filters]\nswap = "x"\n[[highlight]]\nfilter = "@swop"\ntone = "bad"',
      4,
      'highlight.filter',
      /'@swop' is no filter of \[filters\]: did you mean 'swap'\?/,
    ],
    ['[sets.io]\nsort = "pid"', 1, 'sets.io.columns', /is missing/],
    ['[sets.io]\ncolumns = ["pid"]\nsrot = "pid"', 3, 'sets.io.srot', /is no setting: did you mean 'sort'\?/],
    ['[sets.io]\ncolumns = [\n"pid",\n"comand"\n]', 4, 'sets.io.columns', /did you mean 'command'\?/],
    ['sets = 1', 1, 'sets', /\[sets\.NAME\]/],
    ['[sets]\nio = ["pid"]', 2, 'sets.io.columns', /is missing/],
    ['[themes.mine]\nbase = "drak"', 2, 'themes.mine.base', /did you mean 'dark'\?/],
    ['[themes.mine]\nbase = "mine"', 2, 'themes.mine.base', /is no theme/],
    ['[themes.mine]\nwarm = "red"', 2, 'themes.mine.warm', /is no setting: did you mean 'warn'\?/],
    ['[themes.mine]\n\nwarn = "yelow"', 3, 'themes.mine.warn', /'yelow' is no colour: did you mean 'yellow'\?/],
    ['[themes.mine]\nwarn = "red blue"', 2, 'themes.mine.warn', /two colours, 'red' and 'blue': .* behind 'on'/],
    ['[themes.mine]\nwarn = "red on"', 2, 'themes.mine.warn', /no colour behind 'on'/],
    ['[themes.mine]\nwarn = "red on 1"', 2, 'themes.mine.warn', /cannot be seen/],
    ['[themes.mine]\nwarn = "256"', 2, 'themes.mine.warn', /a number from 0 to 255/],
    ['[themes.mine]\nwarn = "#ff0000"', 2, 'themes.mine.warn', /a number from 0 to 255/],
    ['[themes.mine]\nwarn = 3', 2, 'themes.mine.warn', /has to be a look/],
    [
      '[themes.mine]\nwarn = { fg = 1, blink = true }',
      2,
      'themes.mine.warn',
      /has no 'blink': it is one of fg, bg, bold/,
    ],
    ['[themes.mine]\nwarn = { bold = 1 }', 2, 'themes.mine.warn', /true or false as its 'bold'/],
    ['constructor = 1', 1, 'constructor', /is no setting/],
    ['[filters]\n__proto__ = "x"', 2, 'filters.__proto__', /take another name/],
    ['bind = 3', 1, 'bind', /\[bind\]/],
  ];

  it('the first one, and how many more there are', async () => {
    const text = 'interval = 0\ntheme = "x"\nkeys = 3\n\n[bind]\nx = "nothing"\n';
    const result = await parseConfig(text, KNOWN);
    assert.ok(!result.ok);
    assert.equal(result.error.key, 'interval');
    assert.equal(result.more, 3);
  });

  for (const [text, line, key, says] of cases) {
    it(JSON.stringify(text), async () => {
      const result = await parseConfig(text, KNOWN);
      assert.ok(!result.ok);
      const { message, ...where } = result.error;
      assert.deepEqual(where, { line, key }, message);
      assert.match(message, says);
    });
  }

  it('and never sends a control character of the file to the screen', async () => {
    const texts = ['theme = "\\u001b[2J\\u009b31m"', 'columns = ["\\u202eabc"]', '"\\u001b[2J" = 1'];
    texts.push('[themes.mine]\nwarn = "\\u001b[2J"', '[bind]\n"\\u001b" = "x"', '[bind]\nx = "\\u009b"');
    texts.push('"\\u001b[2J" = 1\n"\\u001b[2J" = 2', '[bind."\\u001b"]', '[filters]\n"\\u001b" = "x"');
    for (const text of texts) {
      const result = await parseConfig(text, KNOWN);
      assert.ok(!result.ok);
      assert.doesNotMatch(result.error.message, /[\u0000-\u001f\u007f-\u009f\u202e]/);
    }
  });

  it('and never throws, whatever the text', async () => {
    const words = fc.constantFrom(
      ...['interval', 'columns', 'bind', 'sets', 'themes', 'highlight', 'toString', '{', '}', '[[', "'''"],
      '=',
      '[',
      ']',
      '"pid"',
      '\n',
      '1',
      'sort',
      '__proto__',
      '.',
      '"',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(words, { maxLength: 12 }).map(parts => parts.join(' ')),
    );
    await fc.assert(
      fc.asyncProperty(text, async content => {
        const result = await parseConfig(content, KNOWN);
        assert.equal(typeof result.ok, 'boolean');
      }),
    );
  });
});

describe('a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const at = (name: string) => join(folder, name);

  it('that is not there means the defaults, and says so', async () => {
    const absent = { ok: true, settings: {}, absent: true };
    assert.deepEqual(await readConfig(at('none'), KNOWN), absent);
    assert.deepEqual(await readConfig(at('none/deeper/x'), KNOWN), absent);
    assert.deepEqual(await readConfig('/dev/null/taskscope/config.toml', KNOWN), absent);
    symlinkSync('nowhere', at('dangling'));
    assert.deepEqual(await readConfig(at('dangling'), KNOWN), absent);
  });

  it('is read', async () => {
    writeFileSync(at('good'), 'interval = 3\n');
    assert.deepEqual(await readConfig(at('good'), KNOWN), {
      ...{ ok: true, text: 'interval = 3\n' },
      settings: { interval: 3 },
    });
    assert.deepEqual(await readConfig('/dev/null', KNOWN), { ok: true, text: '', settings: {} });
  });

  it('that is none is an error, and never waited for', async () => {
    execFileSync('mkfifo', [at('fifo')]);
    writeFileSync(at('latin1'), Buffer.from('theme = "\xe4"', 'latin1'));
    writeFileSync(at('huge'), Buffer.alloc(2 << 20, '#'));
    for (const [path, says] of [
      [folder, /no ordinary file/],
      [at('fifo'), /no ordinary file/],
      ['/dev/zero', /no ordinary file/],
      [at('latin1'), /UTF-8/],
      [at('huge'), /1 MiB/],
    ] as const) {
      const result = await readConfig(path, KNOWN);
      assert.ok(!result.ok);
      assert.match(result.error.message, says);
      assert.deepEqual([result.error.line, result.error.key], [null, null]);
    }
  });

  it('loads TOML and validation only when it is there', () => {
    const module = new URL('../../src/config/watch.js', import.meta.url).href;
    const hooks = `import { writeSync } from 'node:fs';
      export async function resolve(name, context, next) { writeSync(1, name + ' '); return next(name, context); }`;
    const loaded = (path: string): string[] => {
      const code = `import { register } from 'node:module';
        register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hooks)}`)});
        const { readConfig } = await import(${JSON.stringify(module)});
        await readConfig(${JSON.stringify(path)}, ${JSON.stringify(KNOWN)});`;
      const output = execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
      return ['smol-toml', 'valibot', 'chokidar'].filter(name => output.split(' ').includes(name));
    };
    writeFileSync(at('small'), 'interval = 3\n');
    assert.deepEqual(loaded(at('none')), []);
    assert.deepEqual(loaded(at('small')), ['smol-toml', 'valibot']);
  });
});
