import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';
import type { ConfigResult } from '../../src/config/config.ts';
import { watchConfig, type WatchTimes } from '../../src/config/watch.ts';
import { KNOWN } from './known.ts';

const roots = mkdtempSync(join(tmpdir(), 'watch-'));
after(() => rmSync(roots, { recursive: true, force: true }));

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
/** Longer than any delivery takes on an idle machine: within it nothing more must come. */
const QUIET_MS = 400;

interface Watched {
  readonly root: string;
  readonly file: string;
  readonly results: ConfigResult[];
  /** Waits for the next result. */
  readonly next: () => Promise<ConfigResult>;
  /** Fails when there is one. */
  readonly quiet: () => Promise<void>;
}

let serial = 0;
const text = (interval: number) => `interval = ${interval}\n`;
const good = (interval: number) => ({ ok: true, text: text(interval), settings: { interval } });
const DEFAULTS = { ok: true, settings: {}, absent: true };

/** Watches `home/.config/taskscope/config.toml` in a fresh root after `prepare` made what is to be there. */
async function watch(
  t: TestContext,
  prepare: (file: string, root: string) => void,
  times: WatchTimes = {},
): Promise<Watched> {
  const root = join(roots, String(serial++));
  const file = join(root, 'home/.config/taskscope/config.toml');
  mkdirSync(join(root, 'home'), { recursive: true });
  prepare(file, root);
  const results: ConfigResult[] = [];
  const watcher = watchConfig(file, KNOWN, result => results.push(result), { recheckMs: 3_600_000, ...times });
  t.after(() => watcher.close());
  await sleep(300); // the watcher is up; what happens before is another test
  let taken = 0;
  return {
    root,
    file,
    results,
    async next() {
      const end = performance.now() + 10_000;
      while (results.length <= taken) {
        assert.ok(performance.now() < end, 'nothing was noticed');
        await sleep(10);
      }
      return results[taken++]!;
    },
    async quiet() {
      await sleep(QUIET_MS);
      assert.deepEqual(results.slice(taken), []);
    },
  };
}

const withFile = (file: string): void => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text(1));
};

describe('a configuration that is watched', () => {
  it('tells nothing of what it was at the start', async t => {
    const { quiet } = await watch(t, withFile);
    await quiet();
  });

  it('is noticed when written in place, in pieces, once', async t => {
    const { file, next, quiet } = await watch(t, withFile);
    writeFileSync(file, 'interval');
    appendFileSync(file, ' = 2');
    await sleep(20);
    appendFileSync(file, '0\n');
    assert.deepEqual(await next(), good(20));
    await quiet();
  });

  it('is noticed when renamed over', async t => {
    const { file, next, quiet } = await watch(t, withFile);
    for (const interval of [2, 3]) {
      writeFileSync(`${file}.tmp`, text(interval));
      renameSync(`${file}.tmp`, file);
      assert.deepEqual(await next(), good(interval));
    }
    await quiet();
  });

  it('is noticed when the old one became a backup', async t => {
    const { file, next, quiet } = await watch(t, withFile);
    renameSync(file, `${file}~`);
    writeFileSync(file, text(2));
    assert.deepEqual(await next(), good(2));
    await quiet();
  });

  it('means the defaults when deleted, and is noticed when made again', async t => {
    const { file, next, quiet } = await watch(t, withFile);
    unlinkSync(file);
    assert.deepEqual(await next(), DEFAULTS);
    writeFileSync(file, text(2));
    assert.deepEqual(await next(), good(2));
    await quiet();
  });

  it('tells its errors, and that they are gone', async t => {
    const { file, next, quiet } = await watch(t, withFile);
    writeFileSync(file, 'interval = 0\n');
    const bad = await next();
    assert.ok(!bad.ok && bad.error.line === 1 && bad.error.key === 'interval');
    writeFileSync(file, text(1));
    assert.deepEqual(await next(), good(1));
    await quiet();
  });

  it('is not told of when its content stayed', async t => {
    const { file, quiet } = await watch(t, withFile);
    writeFileSync(file, text(1));
    writeFileSync(`${file}.tmp`, text(1));
    renameSync(`${file}.tmp`, file);
    writeFileSync(join(dirname(file), 'other.toml'), text(9));
    await quiet();
  });

  it('is noticed when made with its folders, later', async t => {
    const { file, next, quiet } = await watch(t, () => undefined);
    withFile(file);
    assert.deepEqual(await next(), good(1));
    writeFileSync(file, text(2));
    assert.deepEqual(await next(), good(2));
    await quiet();
  });

  it('is noticed when made step by step', async t => {
    const { root, file, next } = await watch(t, () => undefined);
    for (const folder of ['home/.config', 'home/.config/taskscope']) {
      mkdirSync(join(root, folder));
      await sleep(300);
    }
    writeFileSync(file, text(2));
    assert.deepEqual(await next(), good(2));
  });

  it('is noticed when its folder is deleted and made again', async t => {
    const { file, next } = await watch(t, withFile);
    for (const interval of [2, 3]) {
      rmSync(dirname(dirname(file)), { recursive: true });
      assert.deepEqual(await next(), DEFAULTS);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text(interval));
      assert.deepEqual(await next(), good(interval));
    }
  });

  it('is noticed when its folder is replaced by another', async t => {
    const { file, next } = await watch(t, withFile, { recheckMs: 200 });
    const folder = dirname(file);
    mkdirSync(`${folder}.new`);
    writeFileSync(join(`${folder}.new`, 'config.toml'), text(2));
    renameSync(folder, `${folder}.old`);
    renameSync(`${folder}.new`, folder);
    assert.deepEqual(await next(), good(2));
    await sleep(300);
    writeFileSync(file, text(3)); // and in the new one too
    assert.deepEqual(await next(), good(3));
  });

  for (const linked of ['file', 'folder'] as const) {
    it(`is noticed when a link to its ${linked} is swapped`, async t => {
      const versions = (root: string, interval: number): string => {
        const folder = join(root, `version-${interval}`);
        mkdirSync(folder);
        writeFileSync(join(folder, 'config.toml'), text(interval));
        return linked === 'file' ? join(folder, 'config.toml') : folder;
      };
      const place = (file: string): string => (linked === 'file' ? file : dirname(file));
      const { root, file, next, quiet } = await watch(
        t,
        (path, base) => {
          mkdirSync(dirname(place(path)), { recursive: true });
          symlinkSync(versions(base, 1), place(path));
        },
        { recheckMs: 200 },
      );
      symlinkSync(versions(root, 2), `${place(file)}.tmp`);
      renameSync(`${place(file)}.tmp`, place(file));
      assert.deepEqual(await next(), good(2));
      await sleep(300);
      writeFileSync(file, text(3)); // in place, through the link
      assert.deepEqual(await next(), good(3));
      await quiet();
    });
  }

  it('is noticed when it changes while the watcher comes up', async t => {
    const root = join(roots, String(serial++));
    const file = join(root, 'config.toml');
    withFile(file);
    const results: ConfigResult[] = [];
    const watcher = watchConfig(file, KNOWN, result => results.push(result), { recheckMs: 3_600_000 });
    t.after(() => watcher.close());
    writeFileSync(file, text(2));
    const end = performance.now() + 10_000;
    while (results.length === 0 && performance.now() < end) await sleep(10);
    assert.deepEqual(results, [good(2)]);
  });

  it('tells nothing after close', async t => {
    const root = join(roots, String(serial++));
    const file = join(root, 'config.toml');
    withFile(file);
    const results: ConfigResult[] = [];
    const early = watchConfig(file, KNOWN, result => results.push(result));
    early.close();
    const late = watchConfig(file, KNOWN, result => results.push(result));
    t.after(() => late.close());
    await sleep(300);
    writeFileSync(file, text(2));
    late.close();
    await sleep(QUIET_MS);
    assert.deepEqual(results, []);
  });

  it('watches no other entry of the folders on its way', async t => {
    const { root, quiet } = await watch(t, () => undefined);
    mkdirSync(join(root, 'home/big'));
    for (let n = 0; n < 50; n++) writeFileSync(join(root, 'home/big', String(n)), '');
    await quiet();
  });

  it('keeps nothing alive', async () => {
    const module = new URL('../../src/config/watch.js', import.meta.url).href;
    const file = join(roots, 'alive', 'config.toml');
    withFile(file);
    const code = `const { watchConfig } = await import(${JSON.stringify(module)});
      watchConfig(${JSON.stringify(file)}, ${JSON.stringify(KNOWN)}, () => {});
      setTimeout(() => {}, 500);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' });
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    clearTimeout(timer);
  });
});
