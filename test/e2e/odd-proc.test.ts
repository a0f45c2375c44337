/** A /proc that hides, is not there, or is something else: the program says so. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { NODE, PROGRAM } from './program.ts';

interface Said {
  readonly unreadable: { readonly hidden_tasks: number; readonly hidden_threads: number | null };
  readonly tasks: readonly { readonly pid: number; readonly user: string | null }[];
}

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;

/** Runs a shell line in a mount namespace of its own, where mounts of /proc harm nobody. */
const apart = (line: string): Ran =>
  spawnSync('unshare', ['-m', '--propagation', 'private', 'sh', '-c', line], { encoding: 'utf8', timeout: 60_000 });

/** Why no procfs can be mounted here; false: it can. */
function cannot(): string | false {
  if (!isRoot) return 'mounting needs root';
  const tried = apart(
    'mount -t proc -o hidepid=2 proc /proc && setpriv --reuid 65534 --regid 65534 --clear-groups true',
  );
  return tried.status === 0
    ? false
    : `cannot mount a procfs here: ${tried.stderr.trim() || 'no unshare, or no setpriv'}`;
}
const skip = cannot();

/** The program as nobody, on a /proc mounted with these options. */
function asNobody(options: string, args: string): Ran {
  const env = 'env -i PATH="$PATH" HOME=/nonexistent LANG=C.UTF-8';
  const nobody = `setpriv --reuid ${NOBODY} --regid ${NOBODY} --clear-groups`;
  return apart(`mount -t proc -o ${options} proc /proc && exec ${nobody} ${env} ${NODE} ${PROGRAM} ${args}`);
}

function snapshot(options: string): Said {
  const { status, stdout, stderr } = asNobody(options, '--once --json -c pid,user,state');
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Said;
}

describe('a procfs that hides tasks from nobody', { skip }, () => {
  test('hidepid=0: nothing is hidden', () => {
    const { unreadable, tasks } = snapshot('hidepid=0');
    assert.deepEqual([unreadable.hidden_tasks, unreadable.hidden_threads], [0, 0]);
    assert.ok(tasks.some(({ pid }) => pid === 1));
  });

  test('hidepid=1: those that may not be read are counted', () => {
    const { unreadable, tasks } = snapshot('hidepid=1');
    assert.ok(unreadable.hidden_tasks > 0);
    assert.equal(unreadable.hidden_threads, 0, 'they are listed');
    assert.ok(tasks.length > 0 && tasks.every(({ pid }) => pid !== 1));
    assert.match(asNobody('hidepid=1', '--once').stdout, /  \d+ not readable\n/);
  });

  test('hidepid=2: that there are others, and how many where that is known', () => {
    const { unreadable, tasks } = snapshot('hidepid=2');
    assert.ok(tasks.length > 0 && tasks.every(({ pid }) => pid !== 1));
    assert.equal(unreadable.hidden_tasks, 0, 'they are not listed');
    const isFirst = fs.readlinkSync('/proc/self/ns/pid') === 'pid:[4026531836]';
    if (isFirst) assert.ok(unreadable.hidden_threads! > 0);
    else assert.equal(unreadable.hidden_threads, null);
    const wanted = isFirst ? /  about [\d,]+ threads are hidden\n/ : /  some tasks are hidden\n/;
    assert.match(asNobody('hidepid=2', '--once').stdout, wanted);
    assert.doesNotMatch(asNobody('hidepid=2', '--once -p self').stdout, /hidden/);
  });

  test('subset=pid: tasks without a machine', () => {
    const { unreadable, tasks } = snapshot('subset=pid');
    assert.ok(tasks.some(({ pid }) => pid === 1));
    assert.equal(unreadable.hidden_threads, 0);
    const both = snapshot('hidepid=2,subset=pid');
    assert.equal(both.unreadable.hidden_threads, null, 'nothing counts them');
    assert.match(asNobody('hidepid=2,subset=pid', '--once').stdout, /  some tasks are hidden\n/);
  });

  test('nothing on /proc: a sentence', () => {
    for (const args of ['--once', '--once --json', 'show 1']) {
      const { status, stderr, stdout } = apart(`mount -t tmpfs none /proc && exec ${NODE} ${PROGRAM} ${args}`);
      assert.equal(stdout, '');
      assert.equal(status, 1, args);
      assert.match(stderr, /^taskscope: there is no procfs on \/proc: mount it \(mount -t proc proc \/proc\)[^\n]*\n$/);
    }
  });
});

describe('--proc with what is no /proc', () => {
  let folder = '';
  before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'taskscope-odd-'))));
  after(() => fs.rmSync(folder, { recursive: true }));

  const refused = (place: string, wanted: RegExp, uid?: number): void => {
    const { status, stdout, stderr } = spawnSync(NODE, [PROGRAM, '--once', '--proc', place], {
      encoding: 'utf8',
      timeout: 60_000,
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    assert.equal(stdout, '', place);
    assert.equal(status, 1, place);
    assert.match(stderr, wanted, place);
    assert.equal(stderr.trimEnd().split('\n').length, 1, 'one sentence');
  };

  test('an empty folder, a folder of other things, sysfs, an empty file, a device', () => {
    fs.mkdirSync(path.join(folder, 'empty'));
    fs.mkdirSync(path.join(folder, 'other', '12'), { recursive: true });
    for (const place of [path.join(folder, 'empty'), path.join(folder, 'other'), '/sys'])
      refused(place, /^taskscope: no tasks found under .+: it has to be a \/proc tree, /);
    fs.writeFileSync(path.join(folder, 'nothing'), '');
    for (const place of [path.join(folder, 'nothing'), '/dev/null'])
      refused(place, /^taskscope: .*it has to be a \/proc tree, /);
    refused(path.join(folder, 'absent'), /ENOENT/);
  });

  test('a folder that may not be read', { skip: isRoot ? false : 'needs another user' }, () => {
    const closed = path.join(folder, 'closed');
    fs.mkdirSync(path.join(closed, '1'), { recursive: true });
    fs.chmodSync(folder, 0o755);
    fs.chmodSync(closed, 0o700);
    refused(closed, /^taskscope: cannot read .+\(EACCES\)/, NOBODY);
  });

  test('a FIFO and an endless device in its place are not waited for', () => {
    const fifo = path.join(folder, 'fifo');
    spawnSync('mkfifo', [fifo]);
    refused(fifo, /it has to be a \/proc tree, /);
    refused('/dev/zero', /it has to be a \/proc tree, /);
  });
});
