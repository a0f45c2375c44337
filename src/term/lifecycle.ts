/**
 * The ways out, and back in: signals, crashes, a terminal that goes away, ^Z. Each listener here replaces one that
 * blessed had; taking one of them means taking all.
 */
import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';

/** What the process owes the terminal at each of these. */
export interface Attendant {
  /** Back to the normal screen; idempotent. */
  restore(): void;
  /** Back to the normal screen for a while. */
  leave(): void;
  /** To our screen again, painted as a whole. */
  enter(): void;
  /** The terminal is gone. */
  gone(): void;
  /** A line for the user on the terminal, after {@link restore}. */
  say(line: string): void;
}

/** SIGINT comes from outside: in raw mode ^C is a key. */
const FATAL_SIGNALS = { SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const;
const SIGHUP = 1;
export const EXIT_CRASH = 70;

/**
 * Ends the process as the signal itself would: at process.exit() Node puts back the modes of a terminal that is not there
 * any more, fails, and crashes.
 */
export function dieOfHangup(): void {
  process.removeAllListeners('SIGHUP');
  process.kill(process.pid, 'SIGHUP');
  // still here: the first process of a pid namespace is spared by the kernel
  process.exit(128 + SIGHUP);
}

/** The SIGCONT that ends our own stop arrives within this. */
const OWN_CONTINUE_MS = 1000;

export class Lifecycle {
  readonly #attendant: Attendant;
  #expectContinue = false;
  #closed = false;

  constructor(attendant: Attendant) {
    this.#attendant = attendant;
    process.on('SIGHUP', () => {
      attendant.gone();
      dieOfHangup();
    });
    for (const [signal, number] of Object.entries(FATAL_SIGNALS)) {
      process.on(signal as NodeJS.Signals, () => {
        attendant.restore();
        process.exit(128 + number);
      });
    }
    process.on('uncaughtException', crash => this.#crash(crash));
    process.on('unhandledRejection', crash => this.#crash(crash));
    process.on('exit', () => attendant.restore());
    process.on('SIGTSTP', this.suspend);
    process.on('SIGCONT', this.#continued);
  }

  /**
   * Stops the whole job, as the terminal's ^Z would: stopping only ourselves would leave `npm start`, sudo or `sh -c`
   * waiting for us, and the shell would not come back.
   */
  readonly suspend = (): void => {
    if (this.#closed) return;
    this.#attendant.leave();
    process.removeListener('SIGTSTP', this.suspend);
    // The kernel stops us within this call, and it returns when somebody continues us. If nobody could (the group is
    // orphaned: no shell above), the signal is ignored and it returns at once. So in both cases we go on right here.
    process.kill(0, 'SIGTSTP');
    process.on('SIGTSTP', this.suspend);
    this.#expectContinue = true;
    setTimeout(() => (this.#expectContinue = false), OWN_CONTINUE_MS).unref();
    this.#attendant.enter();
  };

  /** Continued after a stop that we did not see (SIGSTOP): whoever had the terminal may have changed it. */
  readonly #continued = (): void => {
    if (this.#closed) return;
    if (this.#expectContinue) this.#expectContinue = false;
    else this.#attendant.enter();
  };

  /** The terminal is left for good: ^Z is the shell's again. Signals and crashes still end the process as before. */
  close(): void {
    this.#closed = true;
    process.removeListener('SIGTSTP', this.suspend);
    process.removeListener('SIGCONT', this.#continued);
  }

  #crash(crash: unknown): void {
    this.#attendant.restore();
    const text = crashText(crash);
    if (isatty(2)) this.#attendant.say(text);
    else writeToFile(text);
    process.exit(EXIT_CRASH);
  }
}

/** One line; the stack only for who asked for it. Nothing in it can control the terminal. */
function crashText(crash: unknown): string {
  const debug = process.env['TASKSCOPE_DEBUG'] === '1';
  const message = crash instanceof Error ? crash.message : String(crash);
  // a message may quote a task's name
  const oneLine = message.replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ');
  if (!debug) return `taskscope: internal error: ${oneLine}: run it with TASKSCOPE_DEBUG=1 and report what it says\n`;
  const line = `taskscope: internal error: ${oneLine}\n`;
  if (!(crash instanceof Error) || crash.stack === undefined) return line;
  return line + crash.stack.replace(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/g, ' ') + '\n';
}

function writeToFile(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // nobody listens
  }
}
