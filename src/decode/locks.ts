/**
 * `/proc/locks`, and the `lock:` lines of `/proc/[pid]/fdinfo/N` (4.1). @see proc_locks(5); kernel `fs/locks.c`,
 * `lock_get_status`. Locks whose owner is in no pid namespace of the reader are left out by the kernel (4.8).
 */
import { lines } from './bytes.ts';

export interface FileLock {
  /** Number in the list, from 1: a lock and those that wait for it have the same. */
  readonly id: number;
  /** Does it wait for the lock of this number (a line with `->`)? */
  readonly waiting: boolean;
  /** `POSIX` (fcntl), `OFDLCK` (fcntl of an open file), `FLOCK` (flock), `LEASE`, `DELEG` (NFS server), `ACCESS`. */
  readonly kind: string;
  /** `ADVISORY`, `MANDATORY` (up to 5.14); of leases `ACTIVE`, `BREAKING`, `BREAKER`. */
  readonly mode: string;
  /** `READ`, `WRITE`; `UNLCK` of a lease that ends. */
  readonly access: string;
  /** Undefined where no process owns it: an OFDLCK, or an owner of another namespace. */
  readonly pid?: number;
  /** Undefined: the lock has no file (any more). */
  readonly file?: { readonly major: number; readonly minor: number; readonly inode: string };
  /** First byte, decimal. */
  readonly start: string;
  /** Last byte, decimal, or `EOF`. */
  readonly end: string;
}

// id: [->] kind mode access pid major:minor:inode start end
const LINE =
  /^(\d{1,19}): *(-> *)?([A-Z]+) +([A-Z*]+) +([A-Z]+) +(-?\d{1,10}) (?:([0-9a-f]{1,8}):([0-9a-f]{1,8}):(\d+)|<none>:0) (\d+) (\d+|EOF)$/;

/** One line, of /proc/locks or behind `lock:` of an fdinfo file. */
export function decodeLock(line: string): FileLock | undefined {
  const match = LINE.exec(line.trim());
  if (!match) return undefined;
  const [, id, arrow, kind = '', mode = '', access = '', owner, major, minor = '', inode = '', start = '', end = ''] =
    match;
  const pid = Number(owner);
  return {
    id: Number(id),
    waiting: arrow !== undefined,
    kind,
    mode,
    access,
    ...(pid > 0 && { pid }),
    ...(major !== undefined && {
      file: { major: Number.parseInt(major, 16), minor: Number.parseInt(minor, 16), inode },
    }),
    start,
    end,
  };
}

/** All lines of /proc/locks; what is no lock, and a last line that was cut off, is left out. */
export function decodeLocks(bytes: Uint8Array): FileLock[] {
  const locks: FileLock[] = [];
  for (const line of lines(bytes.subarray(0, bytes.lastIndexOf(10) + 1))) {
    const lock = decodeLock(line);
    if (lock) locks.push(lock);
  }
  return locks;
}

/** Who holds what a waiting lock waits for: the held lock of the same number. */
export function lockHolders(locks: readonly FileLock[], waiting: FileLock): FileLock[] {
  return locks.filter(lock => !lock.waiting && lock.id === waiting.id);
}
