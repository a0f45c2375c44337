import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { absentBecause, procIsOurs } from '../../src/act/absent.ts';

const HERE = { live: true, readOnly: false, ownProc: true };

test('actions are there on the live /proc alone', () => {
  assert.equal(absentBecause(HERE), undefined);
  assert.equal(absentBecause({ ...HERE, readOnly: true }), 'No actions: --read-only.');
  assert.match(absentBecause({ ...HERE, live: false })!, /^No actions: these tasks are not those of this machine now/);
  assert.match(absentBecause({ ...HERE, ownProc: false })!, /^No actions: \/proc belongs to another pid namespace/);
});

/** A /proc that knows us by these numbers. */
function procWith(t: TestContext, self: string, status: string): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'taskscope-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  fs.mkdirSync(path.join(folder, self));
  fs.writeFileSync(path.join(folder, self, 'status'), status);
  fs.symlinkSync(self, path.join(folder, 'self'));
  return folder;
}

test('whose /proc it is', t => {
  const own = String(process.pid);
  assert.equal(procIsOurs(), true);
  assert.equal(procIsOurs(procWith(t, own, `Name:\tnode\nNSpid:\t${own}\n`)), true);
  assert.equal(procIsOurs(procWith(t, own, 'Name:\tnode\n')), true, 'before 4.1');
  assert.equal(procIsOurs(procWith(t, String(process.pid + 1), `NSpid:\t${process.pid + 1}\t${own}\n`)), false);
  assert.equal(procIsOurs(procWith(t, own, `NSpid:\t${own}\t${own}\n`)), false, 'the same number by chance');
  assert.equal(procIsOurs('/nowhere'), false);
});

test('a pid namespace with the /proc of the outer one', t => {
  const script = `const fs = require('fs'); console.log(fs.readlinkSync('/proc/self') === String(process.pid), /^NSpid:\\t\\d+\\t\\d+$/m.test(fs.readFileSync('/proc/self/status', 'latin1')))`;
  const { status, stdout } = spawnSync('unshare', ['--pid', '--fork', process.execPath, '-e', script], {
    encoding: 'latin1',
  });
  if (status !== 0) {
    t.skip('cannot make a pid namespace here');
    return;
  }
  assert.equal(stdout, 'false true\n', 'the kernel shows what procIsOurs relies on');
});
