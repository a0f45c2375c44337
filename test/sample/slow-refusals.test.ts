import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ask, descriptors, fifo, file, folder, script } from './slow-fixtures.ts';
import { textOf, timeLimits, until, withReader, writeInto } from './slow-fixtures.ts';

/** A process with a pid that was another's; null when we may not choose one. */
async function respawn(pid: number): Promise<ChildProcess | null> {
  for (let tries = 0; tries < 20; tries++) {
    try {
      writeFileSync('/proc/sys/kernel/ns_last_pid', String(pid - 1));
    } catch {
      return null;
    }
    const child = spawn('sleep', ['100']);
    await once(child, 'spawn');
    if (child.pid === pid) return child;
    child.kill('SIGKILL');
  }
  return null;
}

describe('what is not tried again for a while', () => {
  it('leaves a path that hung alone for 30 s, then for 60 s', async () => {
    let now = 0;
    const path = fifo();
    const before = descriptors();
    await withReader({ timeoutMs: 500, now: () => now }, async reader => {
      const tries = async (): Promise<boolean> => {
        const start = performance.now();
        assert.equal(textOf(await ask(reader, path)), '-could-block');
        const tried = performance.now() - start > 450;
        await until('the killed one is dead: else that would be the reason', () => descriptors() <= before);
        return tried;
      };
      const atTimes = [];
      for (now of [0, 1_000, 29_000, 31_000, 61_000, 90_000, 92_000, 130_000]) atTimes.push([now, await tries()]);
      assert.deepEqual(atTimes, [
        [0, true],
        [1_000, false],
        [29_000, false],
        [31_000, true],
        [61_000, false],
        [90_000, false],
        [92_000, true],
        [130_000, false],
      ]);
      now += 120_000;
      writeInto(path, 'at last');
      assert.equal(textOf(await ask(reader, path)), 'at last');
    });
  });

  it('tries a path that hung for half the time again after half the wait', async t => {
    const limits = timeLimits(t);
    let now = 0;
    const before = descriptors();
    await withReader({ now: () => now }, async reader => {
      const [full, half] = [fifo(), fifo()];
      const hang = [ask(reader, full), ask(reader, half)];
      await limits.pass();
      await limits.pass();
      await Promise.all(hang);
      await until('the killed ones are dead: else that would be the reason', () => descriptors() <= before);
      const textAt = async (ms: number, path: string): Promise<string> => {
        now = ms;
        return textOf(await ask(reader, path));
      };
      assert.equal(await textAt(14_000, half), '-could-block');
      assert.equal(limits.set.length, 2, 'it was not tried');
      writeInto(half, 'at last');
      assert.equal(await textAt(16_000, half), 'at last');
      assert.equal(await textAt(29_000, full), '-could-block');
      assert.equal(limits.set.length, 3, 'it was not tried');
      writeInto(full, 'at last');
      assert.equal(await textAt(31_000, full), 'at last');
    });
  });

  it('does not hold a dead pid to what hung before', async () => {
    const sleeper = spawn('sleep', ['100']);
    await once(sleeper, 'spawn');
    const hanging = `/proc/${sleeper.pid ?? 0}/root${fifo()}`; // a file of the task that hangs
    await withReader({ timeoutMs: 300 }, async reader => {
      assert.equal(textOf(await ask(reader, hanging)), '-could-block');
      assert.equal(textOf(await ask(reader, hanging)), '-could-block');
      sleeper.kill('SIGKILL');
      await once(sleeper, 'exit');
      assert.equal(textOf(await ask(reader, hanging)), '-gone');
    });
  });

  it('does not hold a new task with the pid of an old one to what hung before', async t => {
    const old = spawn('sleep', ['100']);
    await once(old, 'spawn');
    const pid = old.pid ?? 0;
    await withReader({ timeoutMs: 1_000 }, async reader => {
      const path = fifo();
      const ofTask = `/proc/${pid}/root${path}`;
      assert.equal(textOf(await ask(reader, ofTask)), '-could-block');
      old.kill('SIGKILL');
      await once(old, 'exit');
      const reused = await respawn(pid);
      if (reused === null) {
        t.skip('cannot choose the pid of a new process here');
        return;
      }
      writeInto(path, 'of the new one');
      assert.equal(textOf(await ask(reader, ofTask)), 'of the new one');
      reused.kill('SIGKILL');
    });
  });

  it('says no-helper without a shell, and tries again later', async () => {
    const shell = join(folder, 'late-shell');
    let now = 0;
    await withReader({ shell, now: () => now }, async reader => {
      const path = file('now');
      const answers = await Promise.all([ask(reader, path), ask(reader, file('too'))]);
      assert.deepEqual(answers.map(textOf), ['-no-helper', '-no-helper']);
      symlinkSync('/bin/sh', shell);
      assert.equal(textOf(await ask(reader, path)), '-no-helper');
      now = 6_000;
      assert.equal(textOf(await ask(reader, path)), 'now');
    });
  });

  it('says no-helper without cat', async () => {
    const shell = script('#!/bin/sh\nPATH=/nonexistent\nexec /bin/sh "$@"\n');
    await withReader({ shell }, async reader => {
      assert.equal(textOf(await ask(reader, file('here'))), '-no-helper');
    });
  });

  describe('with readers that cannot die', () => {
    // What left the group and holds the pipe is, to us, as immortal as a reader in D.
    const immortal = (seconds: number) =>
      `read -r t; echo "$t 0 0 1 "; read -r p; setsid sleep ${seconds} </dev/null 2>&1 & exec sleep 100`;

    it('does not try their path again before they are dead', async () => {
      const flag = join(folder, 'flag-3');
      const shell = script(`#!/bin/sh\n[ -e '${flag}' ] && exec /bin/sh "$@"\n: >'${flag}'; ${immortal(3)}\n`);
      let now = 0;
      const before = descriptors();
      await withReader({ shell, timeoutMs: 500, now: () => now }, async reader => {
        const path = file('alive again');
        assert.equal(textOf(await ask(reader, path)), '-could-block');
        assert.equal(textOf(await ask(reader, file('other'))), 'other', 'others are read by a new helper');
        now = 40_000;
        assert.equal(textOf(await ask(reader, path)), '-could-block');
        await until('the reader is dead', () => descriptors() <= before + 3, 10_000);
        // the machine may be busy, and a try that takes too long is put off: time goes on until one is answered
        let answer = '';
        for (let tries = 0; tries < 40 && answer !== 'alive again'; tries++) {
          now += 700_000;
          answer = textOf(await ask(reader, path));
          if (answer !== 'alive again') await delay(100);
        }
        assert.equal(answer, 'alive again');
      });
    });

    it('starts no more helpers when there are eight', async () => {
      const starts = file('');
      const shell = script(`#!/bin/sh\necho >>'${starts}'; ${immortal(6)}\n`);
      let now = 0;
      await withReader({ shell, timeoutMs: 100, now: () => now }, async reader => {
        for (let n = 0; n < 9; n++) {
          if (n === 8) now = 2_000;
          assert.equal(textOf(await ask(reader, file(''))), '-could-block');
        }
        assert.equal(readFileSync(starts, 'utf8').length, 8);
      });
    });
  });
});
