/**
 * Reads away what the terminal still has to answer before the shell gets the keyboard back.
 */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { pause } from './last-words.ts';

/** Longer than a round trip, shorter than one notices. */
const PATIENCE_MS = 100;
/** Where nothing is known of the line. */
const UNKNOWN_PATIENCE_MS = 300;
/** The most, for a line that has half a second of output to deliver before the answer. */
const SLOW_PATIENCE_MS = 800;
const PAUSE_MS = 5;

/** Milliseconds to wait for an answer, where one takes so long, as far as is known (Infinity: there was none). */
export const answerPatience = (tookMs: number): number =>
  tookMs === Infinity ? UNKNOWN_PATIENCE_MS : Math.min(SLOW_PATIENCE_MS, Math.max(PATIENCE_MS, 2 * tookMs));

/** Reads the keyboard until so many cursor reports have come, or {@link answerPatience} is at its end. Never throws. */
export function swallowAnswers(count: number, tookMs: number): void {
  let descriptor: number;
  try {
    descriptor = openSync('/proc/self/fd/0', constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return;
  }
  const chunk = Buffer.alloc(1024);
  const patience = answerPatience(tookMs);
  let seen = '';
  for (let waited = 0; waited < patience;) {
    try {
      const length = readSync(descriptor, chunk);
      if (length === 0) break;
      seen += chunk.toString('latin1', 0, length);
      if ((seen.match(/\x1b\[\d+;\d+R/g)?.length ?? 0) >= count) break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') break;
      pause(PAUSE_MS);
      waited += PAUSE_MS;
    }
  }
  closeSync(descriptor);
}
