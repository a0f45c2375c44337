/**
 * How much may be on its way to the terminal. Behind the pty there may be sshd, TCP and a modem that buffer seconds of
 * output; only the terminal itself can say what has arrived. So it is asked where its cursor is, now and then, and what
 * was sent before an unanswered question is not yet there. Pure: the clock is given.
 */

/** Bytes after which a question is due. Smaller outputs ride along with the next. */
const ASK_EVERY = 512;
/** Milliseconds of output that may be on their way. */
const TARGET_MS = 500;
/** A terminal that has not answered for so long is not going to: it is written to without asking. */
const SILENT_MS = 3000;
const SMALLEST_WINDOW = 256;
const LARGEST_WINDOW = 1 << 20;

interface Question {
  readonly askedAt: number;
  /** Bytes that were on their way when it was asked. */
  readonly ahead: number;
  /** Bytes sent since the question before. */
  readonly bytes: number;
}

export class Flow {
  readonly #now: () => number;
  readonly #questions: Question[] = [];
  #unasked = 0;
  #unanswered = 0;
  #silent = false;
  #lastAnswer = 0;
  #tookMs = Infinity;
  /** The first screen is sent as it is: starting must not wait for an answer. */
  #window = LARGEST_WINDOW;
  /** The shortest time an answer ever took: distance, which no smaller window would shorten. */
  #distance = Infinity;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Bytes that may be sent now; Infinity while the terminal is not being asked. */
  get room(): number {
    if (this.#silent) return Infinity;
    return Math.max(0, Math.floor(this.#window) - this.#unanswered - this.#unasked);
  }

  /** Size of the pieces in which a large output is best sent. */
  get piece(): number {
    if (this.#silent) return Infinity;
    return this.#isFirst ? SMALLEST_WINDOW : Math.max(SMALLEST_WINDOW, Math.min(this.#window / 2, 2048));
  }

  /** Questions not answered yet. Their answers would reach the shell if we left now. */
  get outstanding(): number {
    return this.#questions.length;
  }

  /** Milliseconds that the last answer took; Infinity before the first. */
  get tookMs(): number {
    return this.#tookMs;
  }

  /** The first question comes early, so that its answer tells the distance and not the size of the first screen. */
  get #isFirst(): boolean {
    return this.#distance === Infinity && this.#questions.length === 0;
  }

  /** Notes an output. @returns whether the terminal is to be asked behind it. */
  sent(bytes: number): boolean {
    if (this.#silent) return false;
    this.#unasked += bytes;
    if (this.#unasked < (this.#isFirst ? SMALLEST_WINDOW / 2 : Math.min(ASK_EVERY, this.#window / 2))) return false;
    this.#unanswered += this.#unasked;
    this.#questions.push({ askedAt: this.#now(), ahead: this.#unanswered, bytes: this.#unasked });
    this.#unasked = 0;
    return true;
  }

  /** Notes the answer to the oldest question. */
  answered(): void {
    const question = this.#questions.shift();
    this.#lastAnswer = this.#now();
    if (!question) {
      // An answer after all, later than we were willing to wait: the line is slow, not mute. Ask again.
      this.#silent = false;
      this.#window = Math.min(this.#window, SMALLEST_WINDOW * 4);
      return;
    }
    this.#unanswered -= question.bytes;
    const took = Math.max(1, this.#lastAnswer - question.askedAt);
    this.#tookMs = took;
    // from the first answer on only what has been proved may be on its way, not another screen
    if (this.#distance === Infinity) this.#window = Math.max(SMALLEST_WINDOW, 2 * question.ahead);
    this.#distance = Math.min(this.#distance, took, TARGET_MS * 2);
    const allowed = TARGET_MS + this.#distance;
    const fits = (question.ahead * allowed) / took;
    if (took > allowed) this.#window = Math.max(SMALLEST_WINDOW, fits);
    else if (took < allowed / 2) this.#window = Math.min(LARGEST_WINDOW, Math.max(this.#window, 2 * question.ahead));
  }

  /** Milliseconds after which {@link giveUp} is due, if no answer comes; undefined when nothing is asked. */
  get patience(): number | undefined {
    const [oldest] = this.#questions;
    return oldest && Math.max(0, Math.max(oldest.askedAt, this.#lastAnswer) + SILENT_MS - this.#now());
  }

  /** Stops asking. */
  giveUp(): void {
    this.#silent = true;
    this.forget();
  }

  /** Forgets what was asked: the terminal was left, nobody reads its answers. */
  forget(): void {
    this.#questions.length = 0;
    this.#unasked = this.#unanswered = 0;
  }
}
