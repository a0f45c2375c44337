/** The machine's files as its pages read them: the value, or the sentence that says why there is none. */
import { whyMissing } from '../fields/file-reasons.ts';
import { NOT_IN_KERNEL } from '../fields/task.ts';
import { procFile } from '../kernel/proc-files.ts';
import { isMissing, type Missing, missing, MISSING_REASONS, type Reading } from '../units/missing.ts';
import type { SystemContext } from './context.ts';
import { type Item, missingItem } from './document.ts';

/**
 * Why a file of the machine gave nothing. A copy holds what was copied, and only of /proc.
 * @param needs what the kernel must be built with, where the table of files does not say.
 */
export function whyNot({ machine }: SystemContext, path: string, { missing: reason }: Missing, needs?: string): string {
  if (reason === 'not-read' && !machine.live)
    return path.startsWith('/proc/') ? 'not in the copy' : 'not in a copy of /proc';
  if (reason === 'no-permission' && !procFile(path)) return 'not permitted';
  if (reason === 'not-in-this-kernel' && needs !== undefined) return `${MISSING_REASONS[reason]}: needs ${needs}`;
  return whyMissing(path, reason, machine.release);
}

export const fileMissing = (context: SystemContext, path: string, reading: Missing, needs?: string): Item =>
  missingItem(reading, whyNot(context, path, reading, needs));

/** The bytes of a file of the machine: where not even its folder is there, this kernel does not have it. */
export function fileOf({ dossier }: SystemContext, path: string): Reading<Uint8Array> {
  const bytes = dossier.file(path);
  return isMissing(bytes) && bytes.missing === 'gone' ? NOT_IN_KERNEL : bytes;
}

/** What `show` makes of a file; undefined from it: the kernel does not write it so. */
export function fileItem(
  context: SystemContext,
  path: string,
  show: (bytes: Uint8Array) => Item | undefined,
  needs?: string,
): Item {
  const bytes = fileOf(context, path);
  if (isMissing(bytes)) return fileMissing(context, path, bytes, needs);
  return show(bytes) ?? missingItem(NOT_IN_KERNEL);
}

/** Milliseconds since 1970 as programs read them; null when there is no such date. */
export const isoTime = (ms: number): string | null =>
  Math.abs(ms) <= LAST_DATE_MS ? new Date(ms).toISOString() : null;

const LAST_DATE_MS = 8.64e15;

/** Bytes come twice: first as those of now, then as those before. */
const DECODED = new WeakMap<Uint8Array, unknown>();

function decodedOnce<T>(bytes: Uint8Array, decode: (bytes: Uint8Array) => T | undefined): T | undefined {
  if (!DECODED.has(bytes)) DECODED.set(bytes, decode(bytes));
  return DECODED.get(bytes) as T | undefined;
}

/** A file decoded, now and at the sample before, and the seconds between. */
export interface Counted<T> {
  readonly now: T;
  readonly before: Reading<T>;
  readonly elapsed: number;
}

export function counted<T>(
  context: SystemContext,
  path: string,
  decode: (bytes: Uint8Array) => T | undefined,
): Reading<Counted<T>> {
  const { dossier } = context;
  const bytes = fileOf(context, path);
  if (isMissing(bytes)) return bytes;
  const now = decodedOnce(bytes, decode);
  if (now === undefined) return NOT_IN_KERNEL;
  const last = dossier.before(path);
  const before = isMissing(last) ? last : (decodedOnce(last, decode) ?? missing('first-sample'));
  return { now, before, elapsed: dossier.elapsed(path) };
}

/** What a counter of such a file gained a second. */
export function rateOf<T>(of: Counted<T>, pick: (from: T) => number | undefined): Reading<number> {
  const now = pick(of.now);
  if (now === undefined) return NOT_IN_KERNEL;
  const before = isMissing(of.before) ? undefined : pick(of.before);
  if (before === undefined || !(of.elapsed > 0)) return missing('first-sample');
  return now < before ? missing('went-backwards') : (now - before) / of.elapsed;
}
