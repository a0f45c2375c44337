/** The real program without a terminal: what it prints, what it complains of, how it ends. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { ptyTest } from './harness.ts';
import { CAPTURE, ENV, NODE, PROGRAM } from './program.ts';

const run = (args: readonly string[], input = ''): { status: number | null; out: string; err: string } => {
  const { status, stdout, stderr } = spawnSync(NODE, [PROGRAM, ...args], {
    encoding: 'utf8',
    input,
    maxBuffer: 1 << 28,
    env: { ...process.env, ...ENV },
  });
  return { status, out: stdout, err: stderr };
};

describe('errors are one line: what is wrong, what to do', () => {
  const cases: readonly (readonly [args: readonly string[], status: number, sentence: RegExp])[] = [
    [['--onec'], 2, /unknown option '--onec': did you mean '--once'\?/],
    [['--once', '-c', 'pidd'], 2, /did you mean 'pid'\? unknown column 'pidd'/],
    [['--once', '-d', '5000'], 2, /interval '5000' is out of range: give 0\.1 to 3600/],
    [['--once', '--kernel', 'six'], 2, /'six' is no kernel release: write it as/],
    [['--once', '-u', 'nosuch-user'], 2, /no user 'nosuch-user' on this machine: .*a number works for any/],
    [['--once', '-s', '-state_age'], 2, /'state_age' tells of the past, .* use the monitor/],
    [['--once', '-p', ','], 2, /option '--pid' names no task/],
    [['--once', '-p', '4194303'], 1, /no task with pid 4194303/],
    [['--once', '--proc', '/nowhere'], 1, /cannot read \/nowhere \(ENOENT\): it has to be a \/proc tree/],
    [['decode', PROGRAM], 2, /to read a file: taskscope decode < FILE$/m],
    [['decode', 'nonsense'], 2, /nothing recognised: give a 32-bit flag mask/],
    [['fields', 'majflt_rate'], 2, /did you mean 'maj_flt_rate'\? unknown column 'majflt_rate'/],
    [[], 1, /standard (?:output|input) is not a terminal: .*--once/],
  ];
  for (const [args, status, sentence] of cases) {
    test(`taskscope ${args.join(' ')}`, () => {
      const { status: got, out, err } = run(args);
      assert.equal(got, status);
      assert.equal(out, '');
      assert.match(err, sentence);
      assert.match(err, /^taskscope: [^\n]+\n$/);
    });
  }
});

describe('output', () => {
  test('the four formats have the same tasks', () => {
    const formats = (...more: string[]): string =>
      run(['--once', '--proc', CAPTURE, '-c', 'pid,state', '-s', 'pid', ...more]).out;
    const json = JSON.parse(formats('--json')) as { tasks: { pid: number; state: string }[] };
    const pids = json.tasks.map(({ pid }) => pid);
    assert.equal(pids.length, 17);
    assert.deepEqual((JSON.parse(formats('--format', 'ndjson')) as typeof json).tasks, json.tasks);
    const table = formats().trim().split('\n');
    assert.match(table[0]!, /^taskscope {2}Linux 6\.18\.44-fc-v669 x86_64 .* rates over \d+\.\d\d s .*17 tasks/);
    assert.deepEqual(
      table.slice(2).map(line => Number(line.trim().split(' ')[0])),
      pids,
    );
    const csv = formats('--format', 'csv').trim().split('\n');
    assert.equal(csv[0], 'taken_at,pid,start_time_ticks,state');
    assert.deepEqual(
      csv.slice(1).map(line => Number(line.split(',')[1])),
      pids,
    );
  });

  test('a reader that has enough ends it quietly', () => {
    const { status, stderr } = spawnSync('sh', ['-c', `${NODE} ${PROGRAM} -n 0 -d 0.1 | head -n 1`], {
      encoding: 'utf8',
    });
    assert.equal(status, 0);
    assert.equal(stderr, '');
  });

  test('--kernel chooses tables and does not rename the kernel', () => {
    const { out } = run(['--once', '--json', '--proc', CAPTURE, '--kernel', '4.2', '--limit', '1']);
    const { machine } = JSON.parse(out) as { machine: { kernel_release: string; flag_table: string } };
    assert.deepEqual([machine.kernel_release, machine.flag_table], ['6.18.44-fc-v669', '4.2']);
    assert.match(
      run(['--once', '--proc', CAPTURE, '--kernel', '4.2']).out,
      /Linux 6\.18\.44-fc-v669 .*decoded as 4\.2/,
    );
    assert.match(run(['--once', '--proc', CAPTURE, '--kernel', '99.9']).out, /no table for 99\.9, decoded as 6\.19/);
  });

  test('--ascii has no character beyond ASCII', () => {
    assert.match(run(['--once', '--proc', CAPTURE, '--ascii']).out, /^[\x00-\x7f]+$/);
  });

  test('limits, and the interval that rates are over', () => {
    const { out } = run(['--once', '-d', '0.2', '--limit', '3', '--json']);
    const { interval_seconds, tasks } = JSON.parse(out) as { interval_seconds: number; tasks: unknown[] };
    assert.equal(tasks.length, 3);
    assert.ok(interval_seconds >= 0.19 && interval_seconds < 5);
    assert.match(run(['--once', '-d', '0', '--limit', '0']).out, /one sample, no rates/);
  });

  test('decode reads stdin; the version is that of the package', () => {
    assert.match(run(['decode', '--kernel', '4.2'], 'suspend: task_flags:0x00404040 here').out, /PF_USED_ASYNC/);
    assert.match(run(['--version']).out, /^taskscope \d+\.\d+\.\d+ \(([\da-f]{12}(-dirty)?|unknown)\)\n$/);
  });
});

describe('the configuration, where there is no monitor', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'taskscope-config-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const source = ['--proc', CAPTURE];
  const commands: readonly (readonly string[])[] = [
    ['--once', ...source],
    ['--once', '--stuck', ...source],
    ['show', 'system', ...source],
    ['check', ...source],
    ['record', path.join(folder, 'never.tsr'), ...source],
    ['decode', '0x40'],
    ['fields', 'pid'],
  ];

  for (const command of commands)
    test(`${command[0]!} refuses a file, a theme and a map that are not there`, () => {
      const refused = (...more: string[]): string => {
        const { status, out, err } = run([...command, ...more]);
        assert.deepEqual([status, out], [2, '']);
        return err;
      };
      assert.match(
        refused('--config', '/nowhere/c.toml'),
        /^taskscope: there is no configuration at \/nowhere\/c\.toml: /,
      );
      assert.match(refused('--theme', 'drak'), /^taskscope: unknown theme 'drak': did you mean 'dark'\?/);
      assert.match(refused('--keys', 'vmi'), /^taskscope: unknown key map 'vmi'/);
    });

  test('a theme of the file is one', () => {
    const config = file('themes.toml', '[themes.mine]\nbase = "dark"\n');
    assert.equal(run(['fields', 'pid', '--config', config, '--theme', 'mine']).status, 0);
    assert.equal(run(['fields', 'pid', '--theme', 'mine']).status, 2);
  });

  test('with an error in it only what needs findings tells so, and goes on', () => {
    const broken = ['--config', file('broken.toml', 'interval = "fast"\n'), ...source];
    const said =
      /^taskscope: broken\.toml:1: interval has to be [^\n]*: only (?:the shipped|what the shipped) findings/;
    for (const command of [['--once'], ['--once', '--stuck'], ['show', 'system']]) {
      const { status, err } = run([...command, ...broken]);
      assert.deepEqual([status, err], [0, ''], command.join(' '));
    }
    const recorded = run(['record', path.join(folder, 'r.tsr'), ...broken]);
    assert.equal(recorded.status, 0);
    assert.match(recorded.err, said);
    const checked = run(['check', ...broken]);
    assert.equal(checked.status, 2, 'nothing was found, and not all was looked for');
    assert.match(checked.err, said);
    assert.equal(checked.out, run(['check', ...source, '--config', '/dev/null']).out);
    assert.equal(run(['check', ...source, '--config', '/dev/null']).status, 0);
  });
});

test('check --severity: lesser findings are no reason to exit with 1', t => {
  const folder = mkdtempSync(path.join(tmpdir(), 'taskscope-severity-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const config = path.join(folder, 'note.toml');
  writeFileSync(config, '[[finding]]\nid = "first"\nwhen = "pid > 0"\ngroup_by = "machine"\nseverity = "note"\n');
  const check = (...more: string[]): [number | null, string[]] => {
    const { status, out } = run(['check', '--json', '--proc', CAPTURE, '--config', config, ...more]);
    return [status, (JSON.parse(out) as { findings: { id: string }[] }).findings.map(({ id }) => id)];
  };
  assert.deepEqual(check(), [1, ['first']]);
  assert.deepEqual(check('--severity', 'note'), [1, ['first']]);
  assert.deepEqual(check('--severity', 'warning'), [0, []]);
  assert.match(run(['check', '--severity', 'warn']).err, /unknown severity 'warn': did you mean 'warning'\?/);
});

ptyTest('check tells a terminal for how long it watches, and tells nothing else of it', async open => {
  const watching = /^watching for 1 s \.\.\.$/m;
  const check = `${NODE} ${PROGRAM} check --for 1`;
  const screen = open('sh', ['-c', `${check} >/dev/null`], { env: ENV });
  await screen.exitStatus();
  assert.match(screen.text(), watching);
  const piped = open('sh', ['-c', `${check} 2>&1 | cat`], { env: ENV });
  await piped.exitStatus();
  assert.match(piped.text(), /\w/);
  assert.doesNotMatch(piped.text(), /watching/);
  // a copy is looked at as fast as it can be read
  const copy = open('sh', ['-c', `${NODE} ${PROGRAM} check --proc ${CAPTURE} >/dev/null`], { env: ENV });
  await copy.exitStatus();
  assert.doesNotMatch(copy.text(), /watching/);
});
