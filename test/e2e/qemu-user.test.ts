/** The bundle on an ARM processor, as far as an emulator of one program goes: what it makes of captured machines. */
import assert from 'node:assert/strict';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type MachineName, place } from '../support/fixtures.ts';
import { fixture, root } from '../support/paths.ts';
import { ENV, NODE } from './program.ts';

const CAPTURES: readonly MachineName[] = ['debian12-arm64-6.1', 'debian12-armhf-6.1', 'debian13-arm64-16k-6.12'];
/** What scripts/board.sh says where there is no emulator, no Node for it, or no network to fetch one. */
const CANNOT = 125;
const PATIENCE_MS = 300_000;

function run(command: string, args: readonly string[]): SpawnSyncReturns<string> {
  const env = { ...process.env, ...ENV };
  return spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, env, timeout: PATIENCE_MS });
}

const emulated = (...args: readonly string[]): SpawnSyncReturns<string> =>
  run(`${root}scripts/board.sh`, ['-U', 'arm64', ...args]);

test('Node for arm64 says of captured machines, byte for byte, what Node says here', t => {
  const { status, stdout, stderr } = emulated('-p', 'process.arch');
  if (status === CANNOT) {
    t.skip(stderr.trim().split('\n').at(-1));
    return;
  }
  assert.equal(status, 0, stderr);
  assert.equal(stdout, 'arm64\n');
  const ids = readFileSync(fixture('field-ids.txt'), 'utf8').trim().split('\n').join(',');
  for (const name of CAPTURES) {
    const args = [`${root}dist/taskscope.cjs`, '--proc', place(name), '--once', '--json', '--columns', ids];
    const here = run(NODE, args);
    const there = emulated(...args);
    assert.equal(here.status, 0, here.stderr);
    assert.equal(there.status, 0, there.stderr);
    assert.ok((JSON.parse(here.stdout) as { readonly tasks: readonly unknown[] }).tasks.length > 10);
    assert.ok(there.stdout === here.stdout, firstDifference(here.stdout, there.stdout));
  }
});

function firstDifference(here: string, there: string): string {
  let at = 0;
  while (at < here.length && here[at] === there[at]) at++;
  const around = (text: string): string => text.slice(Math.max(0, at - 60), at + 60);
  return `here …${around(here)}…\nthere …${around(there)}…`;
}
