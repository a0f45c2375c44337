/** `--at TIME`: which sample of a recording is meant. */
import { dateTimeText } from '../units/format.ts';
import { parseTime } from '../units/parse.ts';
import type { Recording } from './reader.ts';

/**
 * The index of the last sample taken at that time or before (what screens show of a time is cut off: all of the second
 * counts), or why there is none, as a sentence.
 * @param text `HH:MM[:SS][Z]`, the first such time in the recording, without a zone in our own, or ISO 8601.
 */
export function sampleAt(recording: Recording, text: string): number | string {
  const times = Array.from({ length: recording.count }, (_, index) => recording.instant(index).wallMs);
  const known = times.filter(ms => !Number.isNaN(ms));
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return 'the recording does not tell the time of day: leave out --at';
  const reach = `it reaches from ${dateTimeText(first)} to ${dateTimeText(last)}`;
  const named = parseTime(text, first);
  if (!named) return `'${text}' is no time: write 12:01:33, 12:01:33Z or 2026-11-22T12:01:33Z; ${reach}`;
  if (named.toMs < first || named.fromMs > last) return `the recording has no sample at ${text}: ${reach}`;
  return recording.indexAt(named.toMs);
}
