/**
 * "Missing" is a value with a reason, never 0: it prints as `-`, is `null` in JSON, sorts last in both directions
 * and satisfies no comparison.
 */
export const MISSING_REASONS = {
  'first-sample': 'needs a second sample to compare with',
  'no-permission': 'not permitted: needs the right to ptrace this task (its owner, or CAP_SYS_PTRACE)',
  'not-in-this-kernel': 'this kernel does not have it',
  'went-backwards': 'the counter went backwards, so no rate can be told',
  gone: 'the task is gone',
  'not-read': 'not read in this sample',
  'not-applicable': 'does not apply to this task',
  'could-block': 'reading it could block for ever, or did: left alone',
  'no-helper': 'what could block is read by a shell with cat, and these are not here or did not work',
} as const;

export type MissingReason = keyof typeof MISSING_REASONS;

export interface Missing {
  readonly missing: MissingReason;
}

/** One frozen object a reason, so that a missing value costs no allocation. */
const SINGLETONS = Object.fromEntries(
  Object.keys(MISSING_REASONS).map(reason => [reason, Object.freeze({ missing: reason })]),
) as Record<MissingReason, Missing>;

export const missing = (reason: MissingReason): Missing => SINGLETONS[reason];

/** A value or the reason why there is none. */
export type Reading<T> = T | Missing;

export function isMissing(reading: unknown): reading is Missing {
  return typeof reading === 'object' && reading !== null && 'missing' in reading;
}
