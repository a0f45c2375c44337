import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { environmentPage } from '../../src/pages/environment.ts';
import { rawBytes } from '../support/stat-line.ts';
import { built, type Built, type Parts } from './built.ts';

const page = (parts: Parts): Built => built(environmentPage, parts);
const KTHREAD = { flags: 0x200040, vsize: 0 };

describe('what a task was started with', () => {
  test('variables in their order, and the arguments one by one', () => {
    const shown = page({
      files: { environ: 'B=2\0A=a=b\0EMPTY=\0ODD\0', cmdline: 'prog\0\0-x y\0' },
    });
    assert.deepEqual(shown.rows('environment'), [
      { name: 'B', value: '2' },
      { name: 'A', value: 'a=b' },
      { name: 'EMPTY', value: '' },
      { name: 'ODD', value: null },
    ]);
    assert.deepEqual(shown.rows('arguments'), [
      { n: 0, argument: 'prog' },
      { n: 1, argument: '' },
      { n: 2, argument: '-x y' },
    ]);
    assert.match(shown.text, /as at exec/);
  });

  test('any bytes: exact in JSON, harmless on the screen; no NUL at the end', () => {
    const shown = page({ files: { environ: rawBytes('A=\x1b[31m\n\xff') } });
    assert.deepEqual(shown.rows('environment'), [{ name: 'A', value: '\x1b[31m\n\udcff' }]);
    assert.doesNotMatch(shown.text, /\x1b|\xff/);
    assert.match(shown.line('A '), /^A +\\x1b\[31m\\n\\xff$/);
  });

  test('program and folders; one that was deleted', () => {
    const { json, line } = page({ links: { exe: '/usr/bin/a (deleted)', cwd: '/tmp', root: '/' } });
    assert.equal(json['exe'], '/usr/bin/a (deleted)');
    assert.match(line('Program'), /\(deleted\): removed or replaced since it was opened/);
    assert.match(line('Current folder'), /\/tmp$/);
  });

  test('a kernel thread and a zombie have none: that is not a missing right', () => {
    for (const why of ['gone', 'not-in-this-kernel'] as const) {
      const shown = page({ stat: KTHREAD, files: { environ: { missing: why }, cmdline: '' } });
      assert.match(shown.line('Environment'), /a kernel thread has none/);
      assert.match(shown.line('Arguments'), /a kernel thread has none/);
      const { environment, arguments: words } = shown.json['missing'] as Record<string, string>;
      assert.deepEqual([environment, words], ['not-applicable', 'not-applicable']);
    }
    const zombie = page({ stat: { state: 'Z', vsize: 0 }, files: { environ: { missing: 'gone' }, cmdline: '' } });
    assert.match(zombie.line('Environment'), /a zombie has none any more/);
    const leader = page({ stat: { state: 'Z', num_threads: 3 }, files: { environ: { missing: 'gone' } } });
    assert.match(leader.line('Environment'), /only its other threads have it/);
  });

  test('not permitted: which right, and null', () => {
    const shown = page({
      files: { environ: { missing: 'no-permission' }, cmdline: 'a\0' },
      machine: { mayPtrace: false },
    });
    assert.match(shown.line('Environment'), /not permitted: needs the same user .* or CAP_SYS_PTRACE/);
    assert.equal(shown.json['environment'], null);
    assert.match(page({ files: { cmdline: '' } }).line('Arguments'), /the program cleared it/);
  });
});
