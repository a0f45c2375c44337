import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { DossierReader } from '../../src/sample/dossier-reader.ts';
import { openTree } from '../../src/sample/open-tree.ts';
import type { SlowReader, SlowResult } from '../../src/sample/slow-reader.ts';
import { createSlowReader } from '../../src/sample/slow-reader.ts';
import { DirectoryTree } from '../../src/sample/tree.ts';
import { isMissing } from '../../src/units/missing.ts';
import { FakeTree } from '../support/fake-tree.ts';
import { place } from '../support/fixtures.ts';

class FakeSlow implements SlowReader {
  readonly asked: { path: string; done: (result: SlowResult) => void }[] = [];
  get pending(): number {
    return this.asked.length;
  }
  read(path: string, done: (result: SlowResult) => void): void {
    this.asked.push({ path, done });
  }
  readWord(path: string, index: bigint, done: (result: SlowResult) => void): void {
    this.asked.push({ path: `${path}[${index}]`, done });
  }
  answer(result: SlowResult): void {
    this.asked.shift()!.done(result);
  }
  close(): void {
    this.asked.length = 0;
  }
}

const text = (reading: unknown): unknown =>
  reading instanceof Uint8Array ? Buffer.from(reading).toString('latin1') : reading;

class Bench {
  readonly tree = new FakeTree();
  readonly slow = new FakeSlow();
  changes = 0;
  readonly dossier: DossierReader;
  constructor() {
    this.tree.start(7, { start_time: 70 }, { status: 'Name:\ta\n', maps: 'unused', limits: 'Limit\n' });
    this.dossier = new DossierReader(this.tree, '7', 70, this.slow, () => this.changes++);
    this.dossier.refresh();
  }
}

describe('looking is asking', () => {
  test('what cannot block is there at once, and read once a sample', () => {
    const { dossier, tree } = new Bench();
    assert.equal(text(dossier.file('status')), 'Name:\ta\n');
    assert.equal(text(dossier.file('status')), 'Name:\ta\n');
    assert.deepEqual(
      tree.opened.filter(path => path === '7/status'),
      ['7/status'],
    );
    dossier.refresh();
    dossier.file('status');
    assert.equal(tree.opened.filter(path => path === '7/status').length, 2);
  });

  test('what can block is asked aside; until it comes it is not-read, then what it was', () => {
    const bench = new Bench();
    const { dossier, slow } = bench;
    assert.deepEqual(dossier.file('maps'), { missing: 'not-read' });
    assert.deepEqual(
      slow.asked.map(({ path }) => path),
      ['/fake/7/maps'],
    );
    assert.equal(dossier.pending, 1);
    const { version } = dossier;
    slow.answer({ bytes: Buffer.from('one') });
    assert.equal(bench.changes, 1);
    assert.notEqual(dossier.version, version);
    assert.equal(text(dossier.file('maps')), 'one');
    assert.equal(dossier.pending, 0, 'an answer is good for the sample');
    dossier.refresh();
    assert.equal(text(dossier.file('maps')), 'one', 'until the next answer');
    bench.tree.ms += 2000;
    slow.answer({ bytes: Buffer.from('two'), truncated: true });
    assert.equal(text(dossier.file('maps')), 'two');
    assert.equal(text(dossier.before('maps')), 'one');
    assert.equal(dossier.elapsed('maps'), 2);
    assert.ok(dossier.truncated('maps'));
  });

  test('nothing is read that no page looks at any more', () => {
    const { dossier, slow } = new Bench();
    dossier.file('maps');
    slow.answer({ bytes: Buffer.from('one') });
    for (let sample = 0; sample < 4; sample++) dossier.refresh();
    assert.equal(slow.pending, 0);
    assert.deepEqual(dossier.file('maps'), { missing: 'not-read' }, 'and is forgotten');
  });

  test('the reason of a refusal is kept', () => {
    const { dossier, slow } = new Bench();
    dossier.file('maps');
    slow.answer({ missing: 'no-permission' });
    assert.deepEqual(dossier.file('maps'), { missing: 'no-permission' });
  });

  test('an answer of a pid that is another task by now is thrown away', () => {
    const { dossier, slow, tree } = new Bench();
    dossier.file('maps');
    tree.end(7);
    tree.start(7, { start_time: 99 }, { status: '', maps: '' });
    slow.answer({ bytes: Buffer.from('of the other') });
    assert.deepEqual(dossier.file('maps'), { missing: 'gone' });
  });

  test('a word of a file is asked by its index', () => {
    const { dossier, slow } = new Bench();
    assert.deepEqual(dossier.word('pagemap', 34359738367n), { missing: 'not-read' });
    assert.equal(slow.asked[0]?.path, '/fake/7/pagemap[34359738367]');
    slow.answer({ bytes: Buffer.from([1, 0, 0, 0, 0, 0, 0, 0x80]) });
    assert.equal(dossier.word('pagemap', 34359738367n), 0x8000000000000001n);
  });

  test('after close nothing more is asked, and late answers change nothing', () => {
    const bench = new Bench();
    bench.dossier.file('maps');
    bench.dossier.close();
    bench.slow.answer({ bytes: Buffer.from('late') });
    assert.equal(bench.changes, 0);
    bench.dossier.file('io');
    assert.equal(bench.slow.pending, 0);
  });
});

describe('this machine', () => {
  test('files, names and links of our own process', () => {
    const slow = createSlowReader();
    const dossier = new DossierReader(new DirectoryTree('/proc', true), String(process.pid), 0, slow, () => undefined);
    dossier.refresh();
    assert.ok((dossier.names('task') as string[]).includes(String(process.pid)));
    assert.equal(dossier.link('exe'), process.execPath);
    assert.match(dossier.link('/proc/self/ns/pid') as string, /^pid:\[\d+\]$/);
    assert.ok(isMissing(dossier.link('ns/nothing')));
    assert.match(String(text(dossier.file('/sys/devices/system/cpu/possible'))), /^\d/);
    slow.close();
  });

  test('one word of pagemap says that a page of ours is there', async t => {
    const slow = createSlowReader();
    const maps = readFileSync('/proc/self/maps', 'latin1');
    const stack = /^([0-9a-f]+)-([0-9a-f]+) .*\[stack\]$/m.exec(maps);
    assert.ok(stack);
    // the last page of the stack holds the environment
    const index = BigInt('0x' + stack[2]!) / 4096n - 1n;
    const result = await new Promise<SlowResult>(resolve => {
      const timer = setTimeout(() => resolve({ missing: 'could-block' }), 10_000);
      slow.readWord(`/proc/${process.pid}/pagemap`, index, answer => {
        clearTimeout(timer);
        resolve(answer);
      });
    });
    slow.close();
    if ('missing' in result && result.missing === 'no-permission') {
      t.skip('this process cannot read its own pagemap');
      return;
    }
    assert.ok('bytes' in result, JSON.stringify(result));
    assert.equal(result.bytes.length, 8);
    assert.equal(result.bytes.readBigUInt64LE() >> 63n, 1n, 'present');
  });

  test('a word beyond the end of a file, and one of a file that is not there', async () => {
    const slow = createSlowReader();
    const word = (path: string, index: bigint): Promise<SlowResult> =>
      new Promise(resolve => {
        const timer = setTimeout(() => resolve({ missing: 'could-block' }), 10_000);
        slow.readWord(path, index, answer => {
          clearTimeout(timer);
          resolve(answer);
        });
      });
    assert.deepEqual(await word(`/proc/${process.pid}/none`, 3n), { missing: 'not-in-this-kernel' });
    const beyond = await word(`/proc/${process.pid}/comm`, 1n << 20n);
    assert.ok('bytes' in beyond && beyond.bytes.length === 0, JSON.stringify(beyond));
    slow.close();
  });
});

test('a captured machine: its files at once, none of ours', () => {
  const opened = openTree(place('host-x86_64-6.18'));
  assert.ok('tree' in opened);
  const pid = opened.tree.pids()[0]!;
  const dossier = new DossierReader(opened.tree, String(pid), 0, undefined, () => undefined);
  dossier.refresh();
  assert.match(String(text(dossier.file('stat'))), new RegExp(`^${pid} \\(`));
  assert.deepEqual(dossier.file('/sys/devices/system/cpu/online'), { missing: 'not-read' });
  assert.deepEqual(dossier.file('environ'), { missing: 'not-read' });
  assert.deepEqual(dossier.link('ns/pid'), { missing: 'not-read' });
  assert.equal(dossier.pending, 0);
});
