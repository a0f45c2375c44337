import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SystemHistory } from '../../src/model/system.ts';
import { HostReader } from '../../src/sample/host-reader.ts';
import type { SlowReader, SlowResult } from '../../src/sample/slow-reader.ts';
import type { WhyUnread } from '../../src/frame/sink.ts';
import { FakeTree } from '../support/fake-tree.ts';
import { bytes } from '../support/stat-line.ts';

const GROUP = '/sys/fs/cgroup/web';
const FILES: Readonly<Record<string, string>> = {
  '/sys/devices/system/cpu/present': '0-3\n',
  [`${GROUP}/memory.max`]: '536870912\n',
  [`${GROUP}/memory.current`]: '314572800\n',
  [`${GROUP}/cpu.max`]: '50000 100000\n',
  [`${GROUP}/cgroup.events`]: 'populated 1\n',
  [`${GROUP}/io.pressure`]: 'some avg10=5.00 avg60=0.00 avg300=0.00 total=9\n',
};
const PARTITIONS = 'major minor  #blocks  name\n\n 179        0   31166976 mmcblk0\n 252        0    1048576 zram0\n';
const MOUNTS = '22 27 0:20 / /sys rw - sysfs sysfs rw\n30 22 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n';

/** A machine, its files outside of /proc, and a helper that answers when told to. */
class Bench {
  readonly tree = new FakeTree();
  readonly files = new Map(Object.entries(FILES));
  readonly asked: { path: string; done: (result: SlowResult) => void }[] = [];
  /** Files read directly since the last {@link sample}. */
  direct: string[] = [];
  readonly reader: HostReader;

  constructor() {
    this.tree.files.set('self/ns/pid', 'pid:[4026531836]').set('partitions', PARTITIONS);
    const slow: SlowReader = {
      pending: 0,
      read: (path, done) => this.asked.push({ path, done }),
      readWord: () => assert.fail('no word'),
      close: () => undefined,
    };
    this.reader = new HostReader(this.tree, slow, path => this.#outside(path));
  }

  #outside(path: string): Uint8Array | WhyUnread {
    this.direct.push(path);
    const text = this.files.get(path);
    return text === undefined ? 'not-in-this-kernel' : bytes(text);
  }

  /** What is known at a sample, as text. */
  sample(afterMs = 1000): Map<string, string> {
    this.tree.ms += afterMs;
    this.direct = [];
    const into = new Map<string, Uint8Array>();
    this.reader.read(into);
    return new Map(Array.from(into, ([name, content]) => [name, new TextDecoder().decode(content)]));
  }

  answer(path: string, result: string | { readonly missing: 'could-block' | 'gone' }): this {
    const at = this.asked.findIndex(asked => asked.path === path);
    assert.ok(at >= 0, `${path} was not asked for: ${this.asked.map(asked => asked.path).join(' ')}`);
    const [asked] = this.asked.splice(at, 1);
    asked!.done(typeof result === 'string' ? { bytes: Buffer.from(result) } : result);
    return this;
  }

  /** The first sample, and where we are. */
  found(cgroup = '0::/web\n'): this {
    this.sample();
    return this.answer(OWN_CGROUP, cgroup).answer(OWN_MOUNTS, MOUNTS);
  }
}

const OWN_CGROUP = `/fake/${process.pid}/cgroup`;
const OWN_MOUNTS = `/fake/${process.pid}/mountinfo`;

describe('where we are', () => {
  test('what can wait for a lock is asked of the helper, nothing of it is read here', () => {
    const bench = new Bench();
    const known = bench.sample();
    assert.deepEqual(
      bench.asked.map(({ path }) => path),
      [OWN_CGROUP, OWN_MOUNTS, '/sys/block/zram0/mm_stat'],
    );
    assert.deepEqual(bench.direct, ['/sys/devices/system/cpu/present']);
    assert.deepEqual([...known.keys()], ['/sys/devices/system/cpu/present', 'self/ns/pid']);
  });

  test('when it has answered the limits are there, with only the mounts that matter', () => {
    const known = new Bench().found().sample();
    assert.equal(known.get('self/mountinfo'), '30 22 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n');
    assert.equal(known.get(`${GROUP}/memory.max`), '536870912\n');
    const system = new SystemHistory(100);
    const named = new Map(Array.from(known, ([name, text]) => [name, bytes(text)]));
    system.push({ wallMs: 0, systemMs: 0, system: named });
    const { memory, cpus, container, pressure } = system.standing!;
    assert.deepEqual([memory?.limit, memory?.used, cpus, container], [512 * 2 ** 20, 300 * 2 ** 20, 0.5, false]);
    assert.equal(pressure.get('io')?.some?.avg10, 5);
    assert.deepEqual(system.cpus, [0, 1, 2, 3]);
  });

  test('a helper that cannot answer leaves it unknown', () => {
    const bench = new Bench();
    bench.sample();
    bench.answer(OWN_CGROUP, { missing: 'could-block' }).answer(OWN_MOUNTS, MOUNTS);
    assert.equal(bench.sample().has(`${GROUP}/memory.max`), false);
  });

  test('another group, a minute later', () => {
    const bench = new Bench().found();
    bench.files.set('/sys/fs/cgroup/db/memory.max', '4096\n');
    bench.sample(60_000);
    bench.answer(OWN_CGROUP, '0::/db\n').answer(OWN_MOUNTS, MOUNTS);
    const known = bench.sample();
    assert.equal(known.get('/sys/fs/cgroup/db/memory.max'), '4096\n');
    assert.equal(known.has(`${GROUP}/memory.max`), false);
  });

  test('a captured machine is not this one', () => {
    const bench = new Bench();
    bench.tree.live = false;
    assert.equal(bench.sample().size, 0);
    assert.equal(bench.asked.length, 0);
  });

  test('without the link, and without a list of CPUs', () => {
    const bench = new Bench();
    bench.tree.files.delete('self/ns/pid');
    bench.files.delete('/sys/devices/system/cpu/present');
    assert.equal(bench.sample().size, 0);
  });
});

describe('how often', () => {
  test('use and pressure at every sample, limits every five seconds, only files that are there', () => {
    const bench = new Bench().found();
    bench.sample();
    const usage = ['memory.current', 'cpu.pressure', 'memory.pressure', 'io.pressure'].map(name => `${GROUP}/${name}`);
    assert.deepEqual(bench.direct, usage);
    bench.sample();
    assert.deepEqual(bench.direct, usage);
    bench.files.set(`${GROUP}/memory.max`, '1073741824\n');
    assert.equal(bench.sample(3000).get(`${GROUP}/memory.max`), '1073741824\n');
    assert.deepEqual(bench.direct.slice(0, 3), [`${GROUP}/memory.max`, `${GROUP}/cpu.max`, `${GROUP}/cgroup.events`]);
    assert.deepEqual(bench.direct.slice(3), usage);
  });

  test('where nothing is limited nothing of the group is read but its limits', () => {
    const bench = new Bench();
    bench.files.set(`${GROUP}/memory.max`, 'max\n').set(`${GROUP}/cpu.max`, 'max 100000\n');
    bench.files.set(`${GROUP}/cpuset.cpus.effective`, '0-3\n');
    bench.found().sample();
    assert.equal(bench.direct.length, 0);
    bench.files.set(`${GROUP}/cpuset.cpus.effective`, '0-1\n');
    bench.sample(5000);
    assert.ok(bench.direct.includes(`${GROUP}/io.pressure`), 'fewer CPUs than the machine has');
  });

  test('zram every five seconds; a device that is gone is forgotten', () => {
    const bench = new Bench().found();
    const zram = '/sys/block/zram0/mm_stat';
    bench.answer(zram, ' 4096 100 8192 0 8192 0 0 0 0\n');
    assert.match(bench.sample().get(zram)!, /4096/);
    assert.equal(bench.asked.length, 0);
    bench.sample(4000);
    bench.answer(zram, { missing: 'gone' });
    assert.equal(bench.sample().has(zram), false);
  });

  test('one that is created later is found within a minute', () => {
    const bench = new Bench();
    bench.tree.files.set('partitions', 'major minor\n');
    bench.found();
    assert.equal(bench.asked.length, 0);
    bench.tree.files.set('partitions', PARTITIONS);
    bench.sample(60_000);
    assert.ok(bench.asked.some(({ path }) => path.endsWith('zram0/mm_stat')));
  });
});
