/**
 * What a page may read of one task, or of the machine: looking is asking. A file that was not read yet is `not-read` and
 * will be; when it has come the page is built again. What is looked at again at the next sample is read again.
 *
 * Paths: `limits`, `task/12/stat` lie in the task's own folder; `/proc/…` is the procfs that the task was found in;
 * `/sys/…` and `/dev/kmsg` exist only for this machine.
 */
import type { Reading } from '../units/missing.ts';

export interface Dossier {
  /** The bytes of a file. */
  file(path: string): Reading<Uint8Array>;
  /** What the file held at the sample before, and the seconds between the two reads. */
  before(path: string): Reading<Uint8Array>;
  elapsed(path: string): number;
  /** Was the file longer than what is kept of it? */
  truncated(path: string): boolean;
  /** The names in a folder, as the kernel lists them. */
  names(folder: string): Reading<readonly string[]>;
  /** Where a symbolic link leads. */
  link(path: string): Reading<string>;
  /** One 64-bit word of a file of such words (`pagemap`). */
  word(path: string, index: bigint): Reading<bigint>;
}
