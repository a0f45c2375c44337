/** Trees that bite: command lines that block for ever, and names that are no names. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { MEMBER_START } from '../../src/recording/gzip.ts';
import { isAlive, ptyTest, type Screen } from './harness.ts';
import { exact, type Hostile, hostileTree } from './hostile-tree.ts';
import { CAPTURE, childrenOf, ENV, NODE, openMonitor, PROGRAM } from './program.ts';

const WIDE = { columns: 120, rows: 40 };

function folder(t: { after(done: () => void): void }): string {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'taskscope-'));
  t.after(() => fs.rmSync(made, { recursive: true, force: true }));
  return made;
}

ptyTest(
  'eight command lines that block: the screen lives, the cells say so, q works at once',
  async (open, t) => {
    const tree = folder(t);
    fs.cpSync(path.join(CAPTURE, 'snap-1', 'proc'), tree, { recursive: true });
    const pids = fs
      .readdirSync(tree)
      .filter(name => /^\d+$/.test(name) && fs.readFileSync(path.join(tree, name, 'cmdline')).length > 0);
    for (const pid of pids.slice(0, 8)) {
      fs.rmSync(path.join(tree, pid, 'cmdline'));
      execFileSync('mkfifo', [path.join(tree, pid, 'cmdline')]);
    }
    const screen = await openMonitor(open, ['--proc', tree, '-d', '0.3'], WIDE);
    const { pid } = screen;
    // keys are answered while the helper hangs
    await screen.press('?');
    await screen.expectText('Keys in the table');
    await screen.press('escape');
    await screen.expectText('could-block');
    await screen.until(() => screen.text().split('could-block').length - 1 === 8, 'eight cells that say could-block', {
      patience: 60_000,
    });
    const helpers = childrenOf(pid);
    const asked = performance.now();
    await screen.press('q');
    assert.equal(await screen.exitStatus(), 0);
    assert.ok(performance.now() - asked < 3000, 'q does not wait for the helper');
    await screen.until(() => !helpers.some(isAlive), 'no helper left behind');
  },
  { needs: ['mkfifo'] },
);

ptyTest('names with escape sequences, parentheses and bytes that are no UTF-8 are harmless', async open => {
  const screen = await openMonitor(
    open,
    ['--proc', CAPTURE, '-d', '0.2', '-c', 'pid,comm,state,ppid,command', '-s', 'pid'],
    WIDE,
  );
  const expected = fs.readdirSync(path.join(CAPTURE, 'snap-1', 'proc')).filter(name => /^\d+$/.test(name)).length;
  assert.ok(expected < 34, 'all rows fit on the screen');
  // every row stands whole in its line: pid, name, state, parent, command
  await screen.until(
    () => screen.lines().filter(line => /^ *\d+ .{15} [A-Zt] +\d+ \S/.test(line)).length === expected,
    'one line a task',
  );
  const payload = screen.raw.replace(/\x1b(?:\[[0-?]*[ -/]*[@-~]|[()][A-Z0-9]|[=>78c])/g, '');
  assert.doesNotMatch(
    payload,
    /[\u0000-\u0007\u000b-\u001a\u001c-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
    'no control character beside our own sequences',
  );
  assert.doesNotMatch(payload, /\x1b/, 'no sequence that is not ours');
});

/** C0 but for the newline, DEL, C1, marks of direction, what has no width, halves of surrogates. */
const HARMFUL =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffd]|\p{Cs}/u;

/** C0, C1, DEL, a title, a question, direction, no width, half a letter, a byte that is no UTF-8, what CSV and JSON quote. */
const BITING =
  '=\u0000\u0007\t\n\r\x1b]0;x\x07\x1b[6n\u007f\u0085\u009b6n\u202egpj\u2066\u200b\u200d\u2060\ufeff\ue0001\u0301\ud83d\udcff\u2028"\',\\x41';

describe('every byte through every output', () => {
  let tree = '';
  let tasks: readonly Hostile[] = [];
  before(() => {
    tree = fs.mkdtempSync(path.join(os.tmpdir(), 'taskscope-hostile-'));
    tasks = hostileTree(tree);
  });
  after(() => fs.rmSync(tree, { recursive: true }));

  function said(args: readonly string[], input: Buffer | string = '', statuses = [0]): string {
    const { status, stdout, stderr } = spawnSync(NODE, [PROGRAM, ...args], {
      input,
      maxBuffer: 1 << 28,
      timeout: 120_000,
      env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', ...ENV },
    });
    assert.ok(statuses.includes(status ?? -1), `${args.join(' ')}: ${status}: ${stderr.toString()}`);
    const text = stdout.toString('utf8');
    const found = HARMFUL.exec(text);
    const around = found && JSON.stringify(text.slice(Math.max(0, found.index - 40), found.index + 20));
    assert.equal(around, null, `${args.join(' ')} writes what is not harmless`);
    assert.equal(HARMFUL.exec(stderr.toString('utf8')), null, 'nor do the complaints');
    return text;
  }

  interface Told {
    readonly pid: number;
    readonly comm: string;
    readonly command: string;
    readonly cgroup: string;
  }
  const COLUMNS = 'pid,comm,state,user,wchan,cgroup,command';

  function assertExact(told: readonly Told[]): void {
    for (const { pid, comm, cmdline } of tasks) {
      const task = told.find(one => one.pid === pid);
      assert.ok(task, `${pid} is there`);
      assert.equal(task.comm, exact(comm), `comm of ${pid}`);
      const end = cmdline.findLastIndex(byte => byte !== 0) + 1;
      assert.equal(task.command, exact(cmdline.subarray(0, end)).replaceAll('\0', ' '), `arguments of ${pid}`);
      assert.equal(task.cgroup, `/${exact(Buffer.from(comm.filter(byte => byte !== 10)))}`);
    }
  }

  test('a table: a line a task, whatever its name', () => {
    const lines = said(['--once', '--proc', tree, '-c', COLUMNS]).trimEnd().split('\n');
    const rows = fs.readdirSync(path.join(tree, 'snap-2', 'proc')).filter(name => /^\d+$/.test(name)).length;
    assert.equal(lines.length, 2 + rows);
    said(['--once', '--proc', tree, '-c', 'all', '--tree']);
    said(['--once', '--proc', tree, '-c', COLUMNS, '--ascii']);
  });

  test('JSON and NDJSON: harmless bytes that parse to exactly what was there', () => {
    for (const format of ['json', 'ndjson']) {
      const text = said(['--once', '--proc', tree, '-c', COLUMNS, '--format', format]);
      assertExact((JSON.parse(text) as { tasks: Told[] }).tasks);
    }
  });

  /** One line of RFC 4180, with the escapes of docs/reliability.md undone. */
  function cellsOf(line: string): string[] {
    const cells = Array.from(line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g), ([, quoted, plain]) =>
      quoted === undefined ? plain! : quoted.replaceAll('""', '"'),
    );
    return cells.map(cell => {
      assert.doesNotMatch(cell, /^[=+\-@](?!\d+(?:\.\d+)?$)/, 'a formula');
      const unescaped = cell.replace(/\\(?:(\\)|x([0-9a-f]{2})|u([0-9a-f]{4}))/g, (_, backslash, byte, code) => {
        if (backslash !== undefined) return '\\';
        const number = Number.parseInt(String(byte ?? code), 16);
        return String.fromCharCode(byte !== undefined && number >= 0x80 ? 0xdc00 + number : number);
      });
      return unescaped.replace(/^'/, '');
    });
  }

  test('CSV: no formula, a line a task, exact when the escapes are undone', () => {
    const [head, ...lines] = said(['--once', '--proc', tree, '-c', COLUMNS, '--format', 'csv']).trimEnd().split('\n');
    const names = head!.split(',');
    const told = lines.map(line => Object.fromEntries(cellsOf(line).map((cell, at) => [names[at]!, cell])));
    assertExact(
      told.map(({ pid, comm, command, cgroup }) => ({
        pid: Number(pid),
        comm: comm!,
        command: command!,
        cgroup: cgroup!,
      })),
    );
  });

  test('the pages of a task, as text and as JSON', () => {
    for (const { pid } of tasks.filter((_, nth) => nth % 6 === 0)) {
      said(['show', String(pid), '--proc', tree, '--page', 'all']);
      const text = said(['show', String(pid), '--proc', tree, '--page', 'all', '--json']);
      JSON.parse(text);
    }
    said(['show', 'system', '--proc', tree]);
  });

  test('what is stuck, findings', () => {
    said(['--once', '--stuck', '--proc', tree]);
    JSON.parse(said(['--once', '--stuck', '--proc', tree, '--json']));
    said(['check', '--proc', tree], '', [0, 1]);
    JSON.parse(said(['check', '--proc', tree, '--json'], '', [0, 1]));
  });

  test('decode', () => {
    const stats = tasks.map(({ pid }) => fs.readFileSync(path.join(tree, 'snap-2', 'proc', String(pid), 'stat')));
    const all = Buffer.concat(stats);
    said(['decode'], all);
    const facts = JSON.parse(said(['decode', '--json'], all)) as readonly { kind: string; raw: { comm: string } }[];
    for (const { comm } of tasks)
      assert.ok(
        facts.some(({ raw }) => raw.comm === exact(comm)),
        JSON.stringify(exact(comm)),
      );
  });

  test('a recording, and every output of it', () => {
    const file = path.join(tree, 'all.rec');
    said(['record', file, '--proc', tree, '--for', '3', '--keep', 'pid > 0']);
    const text = said(['replay', file, '--once', '--json', '-c', 'pid,comm']);
    const told = (JSON.parse(text) as { tasks: Told[] }).tasks;
    for (const { pid, comm } of tasks) assert.equal(told.find(one => one.pid === pid)?.comm, exact(comm));
    said(['replay', file, '--once']);
    said(['check', '--proc', file], '', [0, 1]);
  });

  /** Facts of a machine are text that somebody chose, too: a recording whose header has every kind of it. */
  function hostileMachine(): string {
    const file = path.join(tree, 'machine.rec');
    if (fs.existsSync(file)) return file;
    said(['record', file, '--proc', tree]);
    const [first, ...rest] = gunzipSync(fs.readFileSync(file)).toString('utf8').split('\n');
    const header = JSON.parse(first!) as { machine: Record<string, unknown> };
    Object.assign(header.machine, {
      hostname: BITING,
      kernel_banner: BITING,
      user_names: { 0: BITING, 1: '=1+1', 1000: '__proto__', 65534: '\u0000' },
    });
    const packed = gzipSync([JSON.stringify(header), ...rest].join('\n'));
    fs.writeFileSync(file, Buffer.concat([MEMBER_START, packed.subarray(MEMBER_START.length)]));
    return file;
  }

  test('names of users and of the machine', () => {
    const file = hostileMachine();
    const columns = ['-c', 'pid,user,comm'];
    for (const more of [columns, ['-c', 'all'], ['--tree', '--ascii']]) said(['replay', file, '--once', ...more]);
    const json = JSON.parse(said(['replay', file, '--once', '--json', ...columns])) as {
      tasks: { pid: number; user: string }[];
      machine: { hostname: string };
    };
    const first = tasks[0]!.pid;
    assert.equal(json.tasks.find(({ pid }) => pid === first)?.user, BITING);
    assert.equal(json.machine.hostname, BITING);
    const csv = said(['replay', file, '--once', '--format', 'csv', ...columns]).split('\n');
    const user = cellsOf(csv[0]!).indexOf('user');
    assert.equal(cellsOf(csv.find(line => line.includes(String(first)))!)[user], BITING);
    said(['show', String(first), '--proc', file, '--page', 'all']);
    JSON.parse(said(['show', String(first), '--proc', file, '--page', 'all', '--json']));
    said(['show', 'system', '--proc', file]);
    JSON.parse(said(['show', 'system', '--proc', file, '--json']));
    said(['check', '--proc', file], '', [0, 1]);
    JSON.parse(said(['check', '--proc', file, '--json'], '', [0, 1]));
    said(['replay', file, '--once', '--stuck']);
    // complaints about what was asked for repeat it
    for (const word of [BITING.replaceAll('\0', ''), '\u202ex', '\x9b6n'])
      for (const args of [
        ['replay', file, '--once', '-u', word],
        ['replay', file, '--once', '-f', `user = "${word}`],
        ['replay', file, '--once', '--at', word],
        ['replay', word, '--once'],
        ['--once', '-c', word],
        ['show', '1', '--page', word],
        [word],
      ])
        said(args, '', [1, 2]);
  });

  ptyTest('the monitor: table, tree, pages, boards', async open => {
    await lookAtAll(await openMonitor(open, ['--proc', tree, '-d', '0.3', '-c', COLUMNS, '-s', '-pid'], WIDE));
  });

  ptyTest('the monitor: names of users and of the machine', async open => {
    await lookAtAll(await openMonitor(open, ['replay', hostileMachine(), '-c', COLUMNS, '-s', '-pid'], WIDE));
  });

  async function lookAtAll(screen: Screen): Promise<void> {
    for (const key of [
      't',
      't',
      'end',
      'enter',
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
      '8',
      '9',
      'escape',
      'E',
      'escape',
      'F',
      'escape',
      'D',
    ])
      await screen.press(key);
    await screen.settled();
    await screen.press('escape');
    await screen.expectText(/PID/);
    await screen.press('q');
    assert.equal(await screen.exitStatus(), 0);
    const payload = screen.raw.replace(/\x1b(?:\[[0-?]*[ -/]*[@-~]|[()][A-Z0-9]|[=>78c])/g, '');
    assert.doesNotMatch(
      payload,
      /[\u0000-\u0007\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufffd]|[\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}\p{Cs}]/u,
      'no control character, no direction, nothing without width',
    );
    // our own questions are about the cursor
    assert.doesNotMatch(screen.raw, /\x1b\[21t|\x1b\](?:0|8);|\x1bc/, 'no title, no link, no reset');
  }
});
