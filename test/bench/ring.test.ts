/** `npm run bench`: that it runs, and what of it counts and not times: the room that the ring takes. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { RING_BYTES, RING_MS } from '../../src/history/ring.ts';
import { root } from '../support/paths.ts';
import { ptyUnavailable } from '../term/pty-screen.ts';

interface Result {
  readonly ring: readonly { readonly tasks: number; readonly bytes: number; readonly reachSeconds: number }[];
}

const bench = (...args: string[]) =>
  spawnSync(process.execPath, [`${root}bench/main.mjs`, ...args], { encoding: 'utf8' });

const skip = ptyUnavailable ?? false;

test('ten minutes of 1,000 tasks fit into the ring, 20,000 tasks never take more', { skip }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'taskscope-bench-test-'));
  try {
    const file = path.join(folder, 'ring.json');
    const { status, stdout, stderr } = bench('--only', 'ring', '--json', file);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^## ring$/m);
    assert.doesNotMatch(stdout, /missed/);
    const [small, large] = (JSON.parse(readFileSync(file, 'utf8')) as Result).ring;
    assert.equal(small?.tasks, 1000);
    assert.ok(small.bytes <= RING_BYTES, `${small.bytes} bytes`);
    assert.equal(small.reachSeconds, RING_MS / 1000);
    assert.equal(large?.tasks, 20_000);
    assert.ok(large.bytes <= RING_BYTES, `${large.bytes} bytes`);
    assert.ok(large.reachSeconds > 0, 'more than one instant');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('an unknown section is refused, with those that there are', { skip }, () => {
  const { status, stderr } = bench('--only', 'nonsense');
  assert.equal(status, 2);
  assert.match(stderr, /no section nonsense; there are as-is 1000 5000 20000 threads ring recording/);
});
