import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { exactText } from '../../src/decode/bytes.ts';
import { openTree } from '../../src/sample/open-tree.ts';
import { probeMachine } from '../../src/sample/probe.ts';
import { DirectoryTree, pidOf, readWhole, type Tree, whyUnread } from '../../src/sample/tree.ts';
import { place, sampleFixture } from '../support/fixtures.ts';
import { valueOf } from '../support/model.ts';

const HOST = place('host-x86_64-6.18');
const ARM = place('debian12-armhf-6.1');

function open(where: string): Tree {
  const opened = openTree(where);
  return 'tree' in opened ? opened.tree : assert.fail(opened.error);
}
function refusal(where: string): string {
  const opened = openTree(where);
  return 'error' in opened ? opened.error : assert.fail('it was opened');
}

describe('--proc', () => {
  let folder = '';
  before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'open-tree-'))));
  after(() => fs.rmSync(folder, { recursive: true }));

  test('a folder of instants, in the order of their names, until the last', () => {
    const tree = open(HOST);
    assert.equal(tree.live, false);
    assert.equal(tree.keeps, false);
    assert.equal(tree.nowMs(), 2_449_980);
    assert.equal(tree.wallMs(), (1_795_299_029 + 2449.98) * 1000);
    assert.ok(tree.pids().includes(2310));
    assert.equal(tree.advance(), true);
    assert.equal(tree.nowMs(), 2_452_650);
    assert.equal(tree.advance(), false);
    assert.equal(tree.nowMs(), 2_452_650);
  });

  test('one instant, or the folder around it', () => {
    for (const where of [`${HOST}/snap-2/proc`, `${HOST}/snap-2/proc/`, `${HOST}/snap-2`]) {
      const tree = open(where);
      assert.equal(tree.nowMs(), 2_452_650, where);
      assert.equal(tree.advance(), false);
      assert.deepEqual(
        tree.pids(),
        [...tree.pids()].sort((a, b) => a - b),
        'pids in order, whatever the file system says',
      );
    }
  });

  test('an archive, packed or not', () => {
    const packed = open(ARM);
    const plain = path.join(folder, 'capture.tar');
    fs.writeFileSync(plain, gunzipSync(fs.readFileSync(ARM)));
    for (const tree of [packed, open(plain)]) {
      assert.equal(tree.nowMs(), 10_260);
      assert.deepEqual(tree.tids(164), [164, 170, 171, 172, 173, 174, 175, 176, 177, 199]);
      assert.throws(() => tree.open('164/environ'), { code: 'ENOENT' });
      assert.equal(tree.advance(), true);
      assert.equal(tree.advance(), false);
    }
  });

  test('this machine', () => {
    const tree = open('/proc');
    assert.equal(tree.live, true);
    assert.ok(tree.pids().includes(process.pid));
    assert.equal(tree.advance(), true);
    const machine = probeMachine(tree);
    assert.ok(machine.live && machine.pageBytes >= 4096 && machine.ticksPerSecond > 0);
    assert.equal(machine.release.text, os.release());
  });

  test('what is no capture is refused with a sentence that says what would be one', () => {
    fs.writeFileSync(path.join(folder, 'text'), 'hello');
    fs.writeFileSync(path.join(folder, 'empty'), '');
    fs.writeFileSync(path.join(folder, 'torn.tar.gz'), fs.readFileSync(ARM).subarray(0, 5000));
    fs.mkdirSync(path.join(folder, 'none'));
    for (const name of ['text', 'empty', 'torn.tar.gz', 'none', 'absent']) {
      const sentence = refusal(path.join(folder, name));
      assert.match(sentence, /has to be a \/proc tree/, name);
      assert.ok(sentence.includes(path.join(folder, name)));
      assert.ok(!sentence.includes('\n'));
    }
    assert.match(refusal(path.join(folder, 'absent')), /ENOENT/);
  });

  test('a FIFO in a copied tree is not waited for', () => {
    const proc = path.join(folder, 'fifo', 'proc');
    fs.cpSync(`${HOST}/snap-1/proc`, proc, { recursive: true });
    fs.rmSync(path.join(proc, '2310/cmdline'));
    execFileSync('mkfifo', [path.join(proc, '2310/cmdline')]);
    assert.equal(readWhole(open(proc), '2310/cmdline'), 'could-block');
  });
});

test('a captured tree cannot block: folder and archive say the same', () => {
  const zombie = (name: 'host-x86_64-6.18' | 'debian12-armhf-6.1', pid: number): unknown => {
    const { cursor, seat } = sampleFixture(name);
    return valueOf(cursor.at(seat(pid)), 'cgroup');
  };
  assert.equal(zombie('debian12-armhf-6.1', 132), '/');
  assert.equal(zombie('host-x86_64-6.18', 2269), '/');
});

test('process ids one by one are those at once', () => {
  for (const where of [ARM, HOST, `${HOST}/snap-2/proc`]) {
    const tree = open(where);
    assert.ok(tree.pids().length > 3);
    assert.deepEqual([...tree.eachPid()], tree.pids());
  }
  const tree = new DirectoryTree('/proc', true);
  const pids = [...tree.eachPid()];
  assert.ok(pids.includes(process.pid));
  assert.deepEqual(
    pids,
    [...pids].sort((a, b) => a - b),
  );
  const descriptors = (): number => tree.names('self/fd').length;
  const before = descriptors();
  for (const pid of tree.eachPid()) if (pid > 0) break;
  assert.equal(descriptors(), before, 'given back when the listing is broken off');
  assert.throws(() => [...new DirectoryTree('/nonexistent', true).eachPid()], { code: 'ENOENT' });
});

test('the folder of a task tells its effective user as status does; the folder of a copy does not', () => {
  const tree = new DirectoryTree('/proc', true);
  assert.equal(tree.owner('self'), process.geteuid!());
  let told = 0;
  for (const pid of tree.pids()) {
    const status = readWhole(tree, `${pid}/status`);
    const uid = typeof status === 'string' ? undefined : /^Uid:\t\d+\t(\d+)/m.exec(exactText(status))?.[1];
    let owner: number | undefined;
    try {
      owner = tree.owner(String(pid));
    } catch {
      // it has ended
    }
    if (uid === undefined || owner === undefined) continue;
    told++;
    assert.equal(owner, Number(uid), String(pid));
  }
  assert.ok(told > 0);
  const copy = open(ARM);
  assert.equal(copy.owner?.(String(copy.pids()[0])), undefined);
  assert.throws(() => tree.owner('4194999'), { code: 'ENOENT' });
});

test('the machine of a capture', () => {
  const arm = probeMachine(open(ARM));
  assert.equal(arm.hostname, '');
  assert.match(arm.banner, /^Linux version 6\.1\.0-50-armmp /);
  assert.equal(arm.live, false);
  assert.equal(arm.userNames.size, 0, 'their users are not ours');
  assert.equal(probeMachine(open(ARM), '4.2').flags.release, '4.2', '--kernel overrides');
});

test('a whole file, however long', () => {
  const long = Uint8Array.from({ length: 300_000 }, (_, at) => at % 251);
  let closed = 0;
  const tree: Tree = {
    ...open(ARM),
    open: () => 1,
    read: (_, into) => {
      into.set(long.subarray(0, into.length));
      return Math.min(long.length, into.length);
    },
    close: () => closed++,
  };
  assert.ok(Buffer.from(long).equals(readWhole(tree, 'x') as Uint8Array));
  assert.equal(closed, 1);
});

test('names of processes and reasons of failures', () => {
  assert.deepEqual(['1', '4194304', 'self', '12a', '', '-1', '0'].map(pidOf), [1, 4194304, 0, 0, 0, 0, 0]);
  assert.deepEqual(['ESRCH', 'EPERM', 'EOPNOTSUPP', 'EMFILE', ''].map(whyUnread), [
    'gone',
    'no-permission',
    'not-in-this-kernel',
    'not-read',
    'not-read',
  ]);
});
