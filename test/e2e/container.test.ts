/** The package in a root that has nothing but Node: as in the smallest container, as its first process. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, linkSync, mkdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { isAlive, ptyTest } from './harness.ts';
import { folder, noNpm, pack } from './packed.ts';
import { childrenOf, NODE } from './program.ts';

const ROOT = path.join(folder, 'root');

/** A command in namespaces of its own, with a procfs that shows these alone. */
const isolated = (...command: readonly string[]): string[] => [
  ...(process.getuid?.() === 0 ? [] : ['--map-root-user']),
  '--mount',
  '--pid',
  '--fork',
  'sh',
  '-c',
  'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"',
  ROOT,
  ...command,
];

/** Node and the libraries that it is linked with. */
function bring(file: string): void {
  const target = path.join(ROOT, file);
  mkdirSync(path.dirname(target), { recursive: true });
  try {
    linkSync(realpathSync(file), target);
  } catch {
    copyFileSync(file, target);
  }
}

/** Makes the root; why there can be none. */
function prepare(): string | false {
  if (noNpm !== false) return noNpm;
  mkdirSync(path.join(ROOT, 'proc'), { recursive: true });
  bring(NODE);
  const linked = spawnSync('ldd', [NODE], { encoding: 'utf8' });
  if (linked.status !== 0) return 'cannot: no ldd here';
  for (const [, library] of linked.stdout.matchAll(/(\/\S+) \(0x/g)) bring(library!);
  const tried = spawnSync('unshare', isolated(NODE, '--version'), { encoding: 'utf8' });
  if (tried.status !== 0) return `cannot: no namespaces here: ${tried.stderr.trim()}`;
  execFileSync('tar', ['-xzf', pack().tarball, '-C', ROOT]);
  return false;
}

const skip = prepare();
const PROGRAM = '/package/bin/taskscope.js';
const env = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LANG: 'C.UTF-8', TERM: 'xterm-256color' };

test('--once in an empty root', { skip }, () => {
  const args = isolated(NODE, PROGRAM, '--once', '--json', '-d', '0.1', '-c', 'pid,comm,state');
  const { status, stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8', env });
  assert.equal(stderr, '');
  assert.equal(status, 0);
  const { tasks } = JSON.parse(stdout) as {
    readonly tasks: readonly { readonly pid: number; readonly state: string }[];
  };
  assert.deepEqual(
    tasks.map(({ pid, state }) => [pid, state]),
    [[1, 'R']],
  );
});

if (skip !== false) test('the monitor in an empty root', { skip }, () => undefined);
else
  ptyTest('the monitor in an empty root', async open => {
    const screen = open('unshare', isolated(NODE, PROGRAM), { columns: 100, rows: 30, env });
    await screen.expectText(/PID.* S .*COMMAND/);
    // without a shell there is no helper: what can block is not read, and the name stands for the command line
    await screen.expectText(/^ *1 .* R .*\[node\] *$/m);
    await screen.press('enter');
    await screen.expectText(/Command +\[node\]/);
    await screen.press('escape', '?');
    await screen.expectText('this page');
    await screen.press('q', 'q');
    assert.equal(await screen.exitStatus(), 0);
    assert.equal(screen.isAlternate, false);
  });

// the kernel spares the first process of a namespace what a signal would do to others
if (skip !== false) test('the monitor as first process whose terminal goes away', { skip }, () => undefined);
else
  ptyTest('the monitor as first process whose terminal goes away', async open => {
    const screen = open('unshare', isolated(NODE, PROGRAM), { columns: 100, rows: 30, env });
    await screen.expectText(/PID.* S .*COMMAND/);
    const pids = [screen.pid, ...childrenOf(screen.pid)];
    assert.ok(pids.length > 1);
    screen.hangUp();
    await screen.until(() => !pids.some(isAlive), 'the end of all processes');
  });
