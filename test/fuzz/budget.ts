/** How long a property is tried: a count that a commit can wait for, or by `npm run fuzz` so many seconds each. */
import assert from 'node:assert/strict';
import fc, { type Parameters } from 'fast-check';

const SECONDS = Number(process.env['TASKSCOPE_FUZZ_SECONDS'] ?? '0');

/** @param runs so many tries without TASKSCOPE_FUZZ_SECONDS. */
export const tries = <T>(runs: number): Parameters<T> =>
  // the plug-in is typed for properties of nothing in particular
  SECONDS > 0
    ? { numRuns: 2 ** 31 - 1, plugins: [fc.interruptAfterTimeLimit(SECONDS * 1000) as never] }
    : { numRuns: runs };

/** A guard against hanging, far beyond what a busy machine makes of milliseconds; it measures nothing. */
export const HANG_MS = 10_000;

export function soon<T>(what: string, work: () => T): T {
  const began = performance.now();
  const result = work();
  const took = performance.now() - began;
  assert.ok(took < HANG_MS, `${what} took ${Math.round(took)} ms`);
  return result;
}
