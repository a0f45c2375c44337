/**
 * The border between reading and understanding: a source pushes the raw bytes of one pass into a sink. The model is a
 * sink; a recording will be another. Nothing here decodes anything.
 */

/**
 * A task's place in the source, kept from its first read until it is gone, then used again for another task. A small
 * number, so that sinks keep their arrays by it and need no look-up. It is no identity: that is pid and start time.
 */
export type Seat = number;

/** Facts of one pass. */
export interface SampleStart {
  /** Wall clock in milliseconds since 1970. */
  readonly wallMs: number;
  /** Bytes of the system-wide files that were read, by path below /proc. */
  readonly system: ReadonlyMap<string, Uint8Array>;
  /** CLOCK_MONOTONIC milliseconds at which they were read. */
  readonly systemMs: number;
}

/** What a sink noticed about a stat line, as bits; the source decides by it what else to read and to keep. */
export const NOTICED = {
  /** The bytes differ from the task's last ones. */
  changed: 1,
  /** The seat holds another task than before (pid and start time), or one for the first time. */
  arrived: 2,
  /** The command name or the addresses of the arguments changed: what was read of the command line is stale. */
  renamed: 4,
  /** In uninterruptible sleep (D). */
  uninterruptible: 8,
  /** PF_EXITING is set. */
  exiting: 16,
} as const;

/** Why a file has no bytes; the words are those of a missing value. */
export type WhyUnread = 'no-permission' | 'not-in-this-kernel' | 'gone' | 'not-read' | 'could-block' | 'no-helper';

export interface SampleSink {
  begin(start: SampleStart): void;
  /** So many tasks will come: what grows task by task is copied again and again. */
  expect?(tasks: number): void;
  /**
   * One stat line: `bytes[0…length)` out of a buffer that is reused after the call.
   *
   * @param tgid the process that a thread belongs to; equal to `pid` for a process and for the first thread.
   * @param readMs CLOCK_MONOTONIC milliseconds of the read, at most 1 ms off.
   * @returns bits of {@link NOTICED}.
   */
  stat(seat: Seat, pid: number, tgid: number, bytes: Uint8Array, length: number, readMs: number): number;
  /** Another file of the task: its bytes (the sink's own from here on), or why there are none. */
  file(seat: Seat, file: string, content: Uint8Array | WhyUnread, readMs: number): void;
  /** The task of the seat is gone; the seat may come again with another one. */
  gone(seat: Seat): void;
  /** The pass is over. `denied`: tasks whose stat could not be read for lack of a right. */
  end(denied: number): void;
}
