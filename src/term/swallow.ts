/**
 * Reads away what the terminal still has to answer before the shell gets the keyboard back.
 */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { pause } from './last-words.ts';

/** Longer than a round trip, shorter than one notices. */
const PATIENCE_MS = 300;
const PAUSE_MS = 5;

/** Reads the keyboard until so many cursor reports have come, or 0.3 s have passed. Never throws. */
export function swallowAnswers(count: number): void {
  let descriptor: number;
  try {
    descriptor = openSync('/proc/self/fd/0', constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return;
  }
  const chunk = Buffer.alloc(1024);
  let seen = '';
  for (let waited = 0; waited < PATIENCE_MS;) {
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
