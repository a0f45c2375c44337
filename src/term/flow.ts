/**
 * How much may be on its way to the terminal. Behind the pty there may be sshd, TCP and a modem that buffer seconds of
 * output; only the terminal itself can say what has arrived. So it is asked where its cursor is, now and then, and what
 * was sent before an unanswered question is not yet there. Nothing is known of the line at first: little is sent then,
 * and more with each answer, as far as that proves the line to be fast. Pure: the clock is given.
 */

/** Bytes after which a question is due; smaller outputs ride along with the next. At most, where the line has proved to be fast. */
const ASK_EVERY = 512;
const ASK_AT_MOST_EVERY = 4096;
/** Such a part of the window is asked about. */
const ASKED_PART = 1 / 64;
/** Milliseconds of output that may be on their way. */
const TARGET_MS = 500;
/** A terminal that has not answered for so long is not going to: it is written to without asking. */
const SILENT_MS = 3000;
/** The same of one that never has: it may be one that does not know the question, and its first screen waits. */
const NEVER_HEARD_MS = 1000;
/** A terminal that is near has answered by then, and gets its first screen at once, not in parts. */
const NEAR_MS = 50;
const SMALLEST_WINDOW = 256;
/** An answer that was given up is not expected any longer than that. */
const OWED_MS = 30_000;
/** Half a second of 9,600 bit/s, with what ssh adds: most of the header. */
const FIRST_WINDOW = 512;
const LARGEST_WINDOW = 1 << 20;
const LARGEST_PIECE = 2048;
/** Less is no room: a packet is not filled by it. */
const LEAST_ROOM = 128;

interface Question {
  readonly askedAt: number;
  /** Bytes that were on their way when it was asked. */
  readonly ahead: number;
  /** Since when these have been sent. */
  readonly since: number;
  /** Bytes sent since the question before. */
  readonly bytes: number;
}

export class Flow {
  readonly #now: () => number;
  readonly #questions: Question[] = [];
  #unasked = 0;
  #unanswered = 0;
  #silent = false;
  /** Answers that were given up: they come before those to later questions, if they come. */
  #owed = 0;
  #gaveUpAt = -Infinity;
  #lastAnswer = -Infinity;
  #tookMs = Infinity;
  #window = FIRST_WINDOW;
  /** The shortest time an answer ever took: distance, which no smaller window would shorten. */
  #distance = Infinity;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Bytes that may be sent now; Infinity while the terminal is not being asked. */
  get room(): number {
    if (this.#silent) return Infinity;
    if (this.holdMs > 0) return 0;
    const room = Math.floor(this.#window) - this.#unanswered - this.#unasked;
    return room < LEAST_ROOM ? 0 : room;
  }

  /** Milliseconds for which nothing more is to be sent, as the first answer may come in a moment. */
  get holdMs(): number {
    const [first] = this.#questions;
    return first && this.#lastAnswer === -Infinity ? Math.max(0, first.askedAt + NEAR_MS - this.#now()) : 0;
  }

  /** Size of the pieces in which a large output is best sent. */
  get piece(): number {
    return this.#silent ? Infinity : Math.max(SMALLEST_WINDOW, Math.min(this.#window / 2, LARGEST_PIECE));
  }

  /** Whether not even a few pieces may be on their way, as far as is known. */
  get isSlow(): boolean {
    return this.piece < LARGEST_PIECE;
  }

  /** Questions not answered yet. Their answers would reach the shell if we left now. */
  get outstanding(): number {
    return this.#questions.length;
  }

  /** Milliseconds that the last answer took, or that the next has not come for, if these are more; Infinity before the first. */
  get tookMs(): number {
    const [oldest] = this.#questions;
    return oldest ? Math.max(this.#tookMs, this.#now() - oldest.askedAt) : this.#tookMs;
  }

  /** Whether nothing has been asked: the first question comes behind the first bytes, its answer tells the distance. */
  get #isFirst(): boolean {
    return this.#distance === Infinity && this.#questions.length === 0;
  }

  get #due(): number {
    const part = this.#window * ASKED_PART;
    return part > ASK_EVERY ? Math.min(part, ASK_AT_MOST_EVERY) : Math.min(ASK_EVERY, this.piece / 2);
  }

  /** Notes an output. @returns whether the terminal is to be asked behind it. */
  sent(bytes: number): boolean {
    if (this.#silent) return false;
    this.#unasked += bytes;
    // without room the next output waits for this answer
    if (!this.#isFirst && this.#unasked < this.#due && this.room > 0) return false;
    this.#unanswered += this.#unasked;
    const askedAt = this.#now();
    const since = this.#questions[0]?.askedAt ?? askedAt;
    this.#questions.push({ askedAt, ahead: this.#unanswered, since, bytes: this.#unasked });
    this.#unasked = 0;
    return true;
  }

  /** Notes the answer to the oldest question. @returns whether the terminal is to be asked again, at once. */
  answered(): boolean {
    this.#learn();
    // what was sent behind the last question may fill the window that this answer left: no output would ever ask about it
    return this.room === 0 && this.#questions.length === 0 && this.sent(0);
  }

  #learn(): void {
    this.#lastAnswer = this.#now();
    if (this.#lastAnswer - this.#gaveUpAt > OWED_MS) this.#owed = 0;
    const question = this.#owed > 0 ? undefined : this.#questions.shift();
    if (!question) {
      // An answer after all, later than we were willing to wait: the line is slow, not mute. Ask again.
      this.#owed = Math.max(0, this.#owed - 1);
      this.#silent = false;
      this.#window = Math.min(this.#window, FIRST_WINDOW);
      return;
    }
    this.#unanswered -= question.bytes;
    const took = Math.max(1, this.#lastAnswer - question.askedAt);
    this.#tookMs = took;
    this.#distance = Math.min(this.#distance, took, TARGET_MS * 2);
    const allowed = TARGET_MS + this.#distance;
    // what has arrived since it was sent, all of it, would have been so much in the time that is allowed
    const proved = (question.ahead * allowed) / Math.max(1, this.#lastAnswer - question.since);
    if (took > allowed || proved > this.#window)
      this.#window = Math.min(LARGEST_WINDOW, Math.max(SMALLEST_WINDOW, proved));
  }

  /** Milliseconds after which {@link giveUp} is due, if no answer comes; undefined when nothing is asked. */
  get patience(): number | undefined {
    const [oldest] = this.#questions;
    const most = this.#lastAnswer === -Infinity ? NEVER_HEARD_MS : SILENT_MS;
    return oldest && Math.max(0, Math.max(oldest.askedAt, this.#lastAnswer) + most - this.#now());
  }

  /** Stops asking. */
  giveUp(): void {
    this.#silent = true;
    this.#owed += this.#questions.length;
    this.#gaveUpAt = this.#now();
    this.forget();
  }

  /** Forgets what was asked: the terminal was left, nobody reads its answers. */
  forget(): void {
    this.#questions.length = 0;
    this.#unasked = this.#unanswered = 0;
  }
}
