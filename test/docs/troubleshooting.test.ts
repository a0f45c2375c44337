/** docs/troubleshooting.md: the messages are those of the program, and what it advises helps. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { absentBecause } from '../../src/act/absent.ts';
import { refusalText } from '../../src/act/refusals.ts';
import { MISSING_REASONS } from '../../src/units/missing.ts';
import { isAlive, ptyTest } from '../e2e/harness.ts';
import { childrenOf, ENV, NODE, openMonitor, PROGRAM } from '../e2e/program.ts';
import { root } from '../support/paths.ts';

const PAGE = fs.readFileSync(`${root}docs/troubleshooting.md`, 'utf8');
/** Lines of blocks that are no commands. */
const TOLD = Array.from(PAGE.matchAll(/^```text\n([^]*?)^```$/gm), ([, block]) => block!.trim().split('\n')).flat();
const MESSAGES = TOLD.filter(line => line.startsWith('taskscope: '));
/** Messages that a test below has seen; the last test wants them all. */
const seen = new Set<string>();

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'taskscope-trouble-'));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

function fresh(): string {
  return fs.mkdtempSync(path.join(folder, 'case-'));
}

const run = (cwd: string, ...words: readonly string[]): string =>
  spawnSync(NODE, [PROGRAM, ...words], { cwd, encoding: 'utf8', env: { ...process.env, ...ENV } }).stderr;

/** The message is told, and stands on the page. */
function told(stderr: string): void {
  const message = stderr.trim().split('\n').at(-1)!;
  assert.ok(MESSAGES.includes(message), `not on the page: ${message}`);
  seen.add(message);
}

describe('messages', () => {
  test('no terminal', () => told(run(folder)));
  for (const TERM of ['', 'dumb'])
    ptyTest(`TERM=${TERM || '(empty)'}`, async open => {
      const screen = open(NODE, [PROGRAM], { columns: 140, env: { ...ENV, TERM } });
      assert.equal(await screen.exitStatus(), 1);
      told(screen.line(0));
    });
  ptyTest('a pipe on standard input', async open => {
    const screen = open('sh', ['-c', `true | "${NODE}" "${PROGRAM}"`], { columns: 140, env: ENV });
    await screen.exitStatus();
    told(screen.line(0));
  });
  test('not built', () => {
    fs.cpSync(`${root}bin`, path.join(folder, 'bin'), { recursive: true });
    told(spawnSync(NODE, [path.join(folder, 'bin', 'taskscope.js')], { encoding: 'utf8' }).stderr);
  });
  test('an old Node', () => {
    const started = (version: string) => {
      const old = `Object.defineProperty(process.versions, 'node', { value: '${version}' }); process.argv.splice(1, 0, 'taskscope');`;
      const { status, stderr } = spawnSync(
        NODE,
        ['-e', `${old} require(${JSON.stringify(PROGRAM)})`, '--', '--version'],
        {
          encoding: 'utf8',
        },
      );
      return { status, stderr };
    };
    const { engines } = JSON.parse(fs.readFileSync(`${root}package.json`, 'utf8')) as { engines: { node: string } };
    const [, major = 0, minor = 0] = (/^>=(\d+)\.(\d+)$/.exec(engines.node) ?? []).map(Number);
    const { status, stderr } = started('18.20.4');
    assert.equal(status, 1);
    told(stderr);
    assert.match(started(`${major}.${minor - 1}.9`).stderr, /is too old/);
    assert.deepEqual(started(`${major}.${minor}.0`), { status: 0, stderr: '' });
    assert.deepEqual(started(`${major + 1}.0.0`), { status: 0, stderr: '' });
  });
  test('no /proc', t => {
    const script = `mount -t tmpfs none /proc && exec "${NODE}" "${PROGRAM}" --once`;
    const { stderr, error } = spawnSync('unshare', ['--mount', 'sh', '-c', script], { encoding: 'utf8' });
    if (error !== undefined || !stderr.startsWith('taskscope')) {
      t.skip(`cannot: no namespaces here: ${stderr.trim()}`);
      for (const message of MESSAGES.filter(line => line.includes('there is no procfs'))) seen.add(message);
      return;
    }
    told(stderr);
  });

  test('recordings that do not go on', () => {
    const [boot, threads, other, link] = [fresh(), fresh(), fresh(), fresh()];
    run(boot, 'record', 'board.tsr', '--for', '200ms', '-d', '0.1');
    fs.copyFileSync(path.join(boot, 'board.tsr'), path.join(threads, 'board.tsr'));
    const file = path.join(boot, 'board.tsr');
    const [header = '', ...samples] = gunzipSync(fs.readFileSync(file)).toString('latin1').split('\n');
    const earlier = header.replace(/"boot_time":\d+/, '"boot_time":1700000000');
    assert.notEqual(earlier, header);
    const written = gzipSync(Buffer.from([earlier, ...samples].join('\n'), 'latin1'));
    written[9] = 0xff; // members of recordings say so: made on an unknown system
    fs.writeFileSync(file, written);
    told(run(boot, 'record', 'board.tsr', '--for', '100ms'));
    told(run(threads, 'record', 'board.tsr', '--for', '100ms', '-H'));
    told(run(threads, 'replay', 'board.tsr', '--once', '-H'));
    fs.writeFileSync(path.join(other, 'board.tsr'), 'a shopping list\n');
    told(run(other, 'record', 'board.tsr', '--for', '100ms'));
    fs.symlinkSync('elsewhere.tsr', path.join(link, 'board.tsr'));
    told(run(link, 'record', 'board.tsr', '--for', '100ms'));
  });

  test('no actions', () => {
    const live = { live: true, readOnly: false, ownProc: true };
    const sentences = [{ readOnly: true }, { live: false }, { ownProc: false }].map(not =>
      absentBecause({ ...live, ...not })!,
    );
    assert.deepEqual(TOLD.filter(line => line.startsWith('No actions')).sort(), sentences.sort());
    assert.ok(PAGE.replaceAll('\n', ' ').includes(`\`${refusalText('signal', 'EPERM')}\``));
  });

  test('every reason for which a value is missing', () => {
    for (const reason of Object.values(MISSING_REASONS)) assert.ok(PAGE.includes(`| ${reason} `), reason);
  });

  ptyTest('an error in the configuration', async open => {
    const [message] = TOLD.filter(line => line.startsWith('config.toml:'));
    const config = path.join(fresh(), 'config.toml');
    fs.writeFileSync(config, 'interval = "fast"\n');
    const screen = await openMonitor(open, ['--config', config], { columns: 140, rows: 30 });
    await screen.expectText(message!);
  });

  test('no message on the page is made up', () => {
    assert.ok(MESSAGES.length > 8);
    assert.deepEqual(
      MESSAGES.filter(message => !seen.has(message)),
      [],
    );
  });
});

ptyTest(
  'after kill -9 what the page says to type brings the terminal back, and the helper has ended',
  async open => {
    const [typed] = TOLD.filter(line => line.startsWith('^J'));
    const shell = open('sh', ['-i'], { columns: 100, rows: 24, env: { ...ENV, PS1: 'ready> ' } });
    await shell.expectText('ready>');
    shell.type(`"${NODE}" "${PROGRAM}" --mouse\r`);
    await shell.expectText(/PID.* S .*COMMAND/);
    const [monitor] = childrenOf(shell.pid);
    const helpers = childrenOf(monitor!);
    process.kill(monitor!, 'SIGKILL');
    await shell.expectText(/Killed|ready>/);
    assert.equal(shell.isAlternate, true, 'a mess');
    shell.send(typed!.replaceAll('^J', '\n').replaceAll(' ', ''));
    await shell.expectAlternate(false);
    // reset clears the screen, and waits a second
    await shell.expectText(/^ready>/m);
    assert.equal(shell.mouseReports, 'none');
    shell.type('stty -a | tr -d ";" | grep -o -w -e -icanon -e -echo || echo all is well\r');
    await shell.expectText(/^all is well/m);
    for (const pid of helpers) assert.ok(!isAlive(pid), 'a helper is left');
  },
  { needs: ['reset', 'stty'] },
);
