/** Files of this machine that are not in procfs, and those that are packed. */
import fs from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { WhyUnread } from '../frame/sink.ts';
import { errnoOf, whyUnread } from './tree.ts';

const FLAGS = fs.constants.O_RDONLY | fs.constants.O_NONBLOCK | fs.constants.O_NOCTTY;
/** One record of the kernel log at most (kernel `PRINTK_MESSAGE_MAX` and its keys). */
const RECORD_BYTES = 16_384;
/** Of a longer log only the end is kept. */
const MOST_LOG_BYTES = 4 << 20;

/** A file, or why it cannot be read. `/dev/kmsg` gives one record a read, and says EAGAIN at its end. */
export function readOutside(path: string): Uint8Array | WhyUnread {
  let handle: number | undefined;
  try {
    handle = fs.openSync(path, FLAGS);
    return path === '/dev/kmsg' ? readRecords(handle) : fs.readFileSync(handle);
  } catch (error) {
    return whyUnread(errnoOf(error));
  } finally {
    if (handle !== undefined) fs.closeSync(handle);
  }
}

function readRecords(handle: number): Uint8Array {
  const records: Uint8Array[] = [];
  const room = new Uint8Array(RECORD_BYTES);
  let bytes = 0;
  let first = 0;
  for (;;) {
    let length: number;
    try {
      length = fs.readSync(handle, room, 0, room.length, null);
    } catch (error) {
      const code = errnoOf(error);
      // EPIPE: what was next has been overwritten meanwhile; the next read goes on behind it
      if (code === 'EPIPE') continue;
      if (code === 'EAGAIN') break;
      throw error;
    }
    if (length === 0) break;
    records.push(room.slice(0, length));
    bytes += length;
    while (bytes > MOST_LOG_BYTES) bytes -= records[first++]!.length;
  }
  return Buffer.concat(records.slice(first));
}

/** A gzip file's content (`/proc/config.gz`). */
export function unpacked(bytes: Uint8Array): Uint8Array | WhyUnread {
  try {
    return gunzipSync(bytes);
  } catch {
    return 'not-read';
  }
}
