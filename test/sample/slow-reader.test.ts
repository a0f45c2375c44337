import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { beforeEach, describe, it } from 'node:test';
import { createSlowReader } from '../../src/sample/slow-reader.ts';
import { ask, catHangs, fifo, file, folder, group, helpersOf, MODULE, noHelper, ours } from './slow-fixtures.ts';
import { script, taskOf, textOf, timeLimits, until, withReader } from './slow-fixtures.ts';

describe('slow reader', () => {
  beforeEach(noHelper); // that of the test before may not be dead yet

  it('reads what another user may not see as no-permission', async () => {
    const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const code = `const { createSlowReader } = await import(${JSON.stringify(MODULE)});
      const timer = setTimeout(() => {}, 10000);
      createSlowReader().read('/proc/1/environ', result => { console.log(JSON.stringify(result)); clearTimeout(timer); });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      ...user,
      cwd: '/',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
    assert.deepEqual(JSON.parse(chunk.toString()), { missing: 'no-permission' });
  });

  it('reads a path that already waits once, for all', async () => {
    await withReader({}, async reader => {
      const path = file('shared');
      const answers = [ask(reader, path), ask(reader, path), ask(reader, file('other'))];
      assert.equal(reader.pending, 2);
      const [one, two] = await Promise.all(answers);
      assert.equal(one, two);
      assert.deepEqual(one, { bytes: Buffer.from('shared') });
    });
  });

  it('answers all live files among eight that hang', async () => {
    await withReader({ timeoutMs: 300 }, async reader => {
      const paths = Array.from({ length: 8 }, (_, n) => [fifo(), file(`live ${n}`), file(`more ${n}`)]).flat();
      const answers = await Promise.all(paths.map(path => ask(reader, path)));
      const wanted = Array.from({ length: 8 }, (_, n) => ['-could-block', `live ${n}`, `more ${n}`]).flat();
      assert.deepEqual(answers.map(textOf), wanted);
      assert.equal(reader.pending, 0);
    });
    await noHelper();
  });

  it('gives files that hang in a row ever less time, until one answers', async t => {
    const limits = timeLimits(t);
    await withReader({}, async reader => {
      const paths = [...Array.from({ length: 8 }, fifo), file('x'), file('y'), file('z')];
      const answers = Promise.all(paths.map(path => ask(reader, path)));
      let waitedMs = 0;
      for (let n = 0; n < 8; n++) waitedMs += await limits.pass();
      await until('all are settled', () => reader.pending === 0);
      assert.deepEqual((await answers).map(textOf), [...Array<string>(8).fill('-could-block'), 'x', 'y', 'z']);
      assert.deepEqual(limits.set, [1_000, 500, 250, 125, 125, 125, 125, 125, 125, 1_000, 1_000]);
      assert.equal(waitedMs, 2_375);
    });
  });

  it('gives the full time again when nobody waits any more', async t => {
    const limits = timeLimits(t);
    await withReader({ timeoutMs: 800 }, async reader => {
      const answers = [ask(reader, fifo()), ask(reader, fifo())];
      await limits.pass();
      await limits.pass();
      await Promise.all(answers);
      const later = ask(reader, fifo());
      await limits.pass();
      assert.equal(textOf(await later), '-could-block');
      assert.deepEqual(limits.set, [800, 400, 800]);
    });
  });

  it('gives less time only when it was the fault of a file', async t => {
    const limits = timeLimits(t);
    await withReader({ timeoutMs: 800, maxBytes: 1_000 }, async reader => {
      assert.equal(textOf(await ask(reader, file('before'))), 'before');
      const { pid } = ours();
      process.kill(pid, 'SIGSTOP');
      await until('it is stopped', () => taskOf(pid)?.state === 'T');
      const answers = Promise.all([file('a'), '/dev/zero', file('b')].map(path => ask(reader, path)));
      await limits.pass();
      await until('all are settled', () => reader.pending === 0);
      const [a, endless, b] = (await answers).map(textOf);
      assert.deepEqual([a, endless?.length, b], ['a', 1_000, 'b']);
      assert.deepEqual([...new Set(limits.set)], [800]);
    });
  });

  for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
    it(`replaces a helper that got ${signal}, without blaming the file`, async () => {
      await withReader({ timeoutMs: 500 }, async reader => {
        assert.equal(textOf(await ask(reader, file('before'))), 'before');
        const { pid } = ours();
        process.kill(pid, signal);
        const answers = await Promise.all(['a', 'b', 'c'].map(text => ask(reader, file(text))));
        assert.deepEqual(answers.map(textOf), ['a', 'b', 'c']);
        await until('the old group is dead', () => group(pid).length === 0);
        assert.notEqual(ours().pid, pid);
      });
    });
  }

  it('kills a reader that hangs when its shell was killed by somebody', async () => {
    await withReader({ timeoutMs: 20_000 }, async reader => {
      const answer = ask(reader, fifo());
      await until('cat runs', () => catHangs(process.pid));
      const { pid } = ours();
      process.kill(pid, 'SIGKILL');
      await until('the old group is dead', () => group(pid).length === 0);
      await until('cat runs again', () => catHangs(process.pid));
      process.kill(ours().pid, 'SIGKILL');
      assert.equal(textOf(await answer), '-could-block'); // no third try
    });
  });

  it('cuts a big file and an endless one, and reads on', async () => {
    await withReader({ maxBytes: 1_000, timeoutMs: 5_000 }, async reader => {
      const big = file(Buffer.alloc(15_000, 'ab'));
      const paths = [big, file('next'), '/dev/zero', file('last'), file(Buffer.alloc(1_000, 'c'))];
      const [cut, next, endless, last, exact] = await Promise.all(paths.map(path => ask(reader, path)));
      assert.deepEqual(cut, { bytes: Buffer.alloc(1_000, 'ab'), truncated: true });
      assert.deepEqual(next, { bytes: Buffer.from('next') });
      assert.deepEqual(endless, { bytes: Buffer.alloc(1_000), truncated: true });
      assert.deepEqual(last, { bytes: Buffer.from('last') });
      assert.deepEqual(exact, { bytes: Buffer.alloc(1_000, 'c') });
    });
  });

  it('refuses paths that are not one line and absolute', async () => {
    await withReader({}, async reader => {
      const bad = [`${folder}/a\n/etc/passwd`, `${folder}/a\0b`, 'relative', ''];
      for (const path of bad) assert.equal(textOf(await ask(reader, path)), '-could-block');
      assert.deepEqual(helpersOf(process.pid), [], 'no helper was started');
    });
  });

  it('says no-helper where the shell is no program: Node throws that (ENOEXEC)', async () => {
    const shell = script('\x7fELF');
    let now = 0;
    await withReader({ shell, now: () => now }, async reader => {
      assert.equal(textOf(await ask(reader, file('one'))), '-no-helper');
      now = 6_000;
      assert.equal(textOf(await ask(reader, file('two'))), '-no-helper');
      assert.equal(reader.pending, 0);
    });
  });

  it('survives a shell that talks nonsense from the start', async () => {
    const flag = join(folder, 'flag-1');
    const shell = script(`#!/bin/sh\n[ -e '${flag}' ] && exec /bin/sh "$@"\n: >'${flag}'; exec yes\n`);
    let now = 0;
    await withReader({ shell, now: () => now, maxBytes: 10_000 }, async reader => {
      const path = file('fine');
      assert.equal(textOf(await ask(reader, path)), '-no-helper');
      now = 6_000;
      assert.equal(textOf(await ask(reader, path)), 'fine');
    });
    await noHelper();
  });

  it('survives a shell that talks nonsense in its answers', async () => {
    const flag = join(folder, 'flag-2');
    const nonsense = 'read -r t; echo "$t 0 0 1 "; read -r p; echo "0 1 0 1"; exec sleep 100';
    const shell = script(`#!/bin/sh\n[ -e '${flag}' ] && exec /bin/sh "$@"\n: >'${flag}'; ${nonsense}\n`);
    await withReader({ shell, timeoutMs: 300 }, async reader => {
      const answers = await Promise.all([ask(reader, file('first')), ask(reader, file('second'))]);
      assert.deepEqual(answers.map(textOf), ['-could-block', 'second']);
    });
    await noHelper();
  });

  it('finds the answer that came while we were stopped', async () => {
    await withReader({ timeoutMs: 200 }, async reader => {
      assert.equal(textOf(await ask(reader, file('before'))), 'before');
      const answer = ask(reader, file('here'));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500); // as ^Z would
      assert.equal(textOf(await answer), 'here');
    });
  });

  it('close answers all, at once, and leaves nothing', async () => {
    const reader = createSlowReader({ timeoutMs: 20_000 });
    const answers = [ask(reader, fifo()), ask(reader, file('behind it'))];
    await until('a helper', () => helpersOf(process.pid).length === 1);
    const start = performance.now();
    reader.close();
    assert.ok(performance.now() - start < 200);
    assert.deepEqual((await Promise.all(answers)).map(textOf), ['-could-block', '-could-block']);
    assert.equal(textOf(await ask(reader, file('late'))), '-could-block');
    await noHelper();
  });
});
