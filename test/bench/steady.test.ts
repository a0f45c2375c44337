/**
 * What a slow core pays for, counted: of a refresh in which a tenth of 200 tasks work, the reads, the heap that is filled,
 * the cells that are painted and the bytes that are sent. docs/performance.md says what that is in instructions.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Cost, TASKS } from './steady.ts';

const PROGRAM = fileURLToPath(new URL('./steady.js', import.meta.url));
const REFRESHES = 60;
const WARM = 20;
/**
 * Without the optimising compiler the same is made at each run, and more than with it. A young generation that is never
 * full: nothing is collected between two looks at the heap.
 */
const FLAGS = ['--no-opt', '--min-semi-space-size=256', '--max-semi-space-size=256'];

function costs(columns: number, lines: number, profile: 'default' | 'slow'): readonly Cost[] {
  const words = [columns, lines, profile, REFRESHES].map(String);
  const { status, stdout, stderr } = spawnSync(process.execPath, [...FLAGS, PROGRAM, ...words], {
    encoding: 'utf8',
    maxBuffer: 1 << 24,
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Cost[];
}

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
const of = (taken: readonly Cost[], what: keyof Cost): number => median(taken.slice(WARM).map(cost => cost[what]));

interface Bounds {
  readonly size: readonly [number, number];
  readonly profile: 'default' | 'slow';
  readonly most: Partial<Readonly<Record<keyof Cost, number>>>;
}

/** A third above what it is: 160 KB a pass, 410 to 870 KB a frame. */
const BOUNDS: readonly Bounds[] = [
  { size: [80, 24], profile: 'default', most: { passHeap: 215e3, frameHeap: 590e3, cells: 95, sent: 560 } },
  { size: [80, 24], profile: 'slow', most: { passHeap: 215e3, frameHeap: 550e3, cells: 55, sent: 440 } },
  { size: [120, 40], profile: 'default', most: { passHeap: 215e3, frameHeap: 1160e3, cells: 140, sent: 770 } },
];

for (const { size, profile, most } of BOUNDS)
  describe(`a refresh at ${size.join('×')}, profile ${profile}`, () => {
    const taken = costs(...size, profile);

    test('reads each task once and opens nothing', () => {
      assert.equal(taken.length, REFRESHES);
      assert.equal(taken[0]!.opens, TASKS, 'the first sample opens them');
      for (const { reads, opens } of taken.slice(1)) assert.deepEqual({ reads, opens }, { reads: TASKS, opens: 0 });
    });

    for (const [what, bound] of Object.entries(most) as [keyof Cost, number][])
      test(`${what} ≤ ${bound}`, () => {
        for (const cost of taken) assert.ok(cost[what] > 0, `${what} is ${cost[what]}: it was not counted`);
        assert.ok(of(taken, what) <= bound, `${of(taken, what)}`);
      });

    test('what did not change is not painted again', () => {
      assert.ok(of(taken, 'cells') * 10 < taken[0]!.cells, `${of(taken, 'cells')} of ${taken[0]!.cells} cells`);
    });
  });
