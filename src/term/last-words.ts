/**
 * A second way to the terminal for what must be said on leaving. It does not wait: a terminal stopped with ^S or a dead
 * line cannot hold us. It works when the stream is full, muted or gone.
 */
import { closeSync, constants, openSync, writeSync } from 'node:fs';

const TRIES = 60;
const PAUSE_MS = 5;

export class LastWords {
  /** -1 when there is no second descriptor. */
  readonly #descriptor: number = openTerminalAgain();

  /** Writes what the terminal takes within 0.3 s. Never throws. */
  say(text: string): void {
    let rest = Buffer.from(text);
    for (let i = 0; i < TRIES && rest.length > 0; i++) {
      try {
        rest = rest.subarray(writeSync(this.#descriptor < 0 ? 1 : this.#descriptor, rest));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
        pause(PAUSE_MS);
      }
    }
  }

  close(): void {
    if (this.#descriptor < 0) return;
    try {
      closeSync(this.#descriptor);
    } catch {
      // it is of no more use either way
    }
  }
}

/** The terminal that stdout is, which need not be the one that controls us; /dev/tty where it may not be opened (su). */
function openTerminalAgain(): number {
  for (const path of ['/proc/self/fd/1', '/dev/tty']) {
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    } catch {
      // the next one
    }
  }
  return -1;
}

/** Waits without the event loop. */
export function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
