/** Where the members of a file begin: told by their first bytes, so that one that is damaged does not hide the next. */
import fs from 'node:fs';
import { MEMBER_START } from './gzip.ts';

const BLOCK = 1 << 20;

/** Places of all members, ascending. @throws an error with an errno code */
export function memberStarts(handle: number): number[] {
  const starts: number[] = [];
  const overlap = MEMBER_START.length - 1;
  const block = Buffer.alloc(BLOCK + overlap);
  for (let place = 0; ; place += BLOCK) {
    const length = fs.readSync(handle, block, 0, block.length, place);
    const bytes = block.subarray(0, length);
    for (let at = bytes.indexOf(MEMBER_START); at >= 0; at = bytes.indexOf(MEMBER_START, at + 1))
      if (at < BLOCK) starts.push(place + at);
    if (length <= BLOCK) return starts;
  }
}

/** So many bytes of a file, or fewer where it ends. */
export function readPart(handle: number, start: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let at = 0;
  while (at < length) {
    const got = fs.readSync(handle, bytes, at, length - at, start + at);
    if (got === 0) break;
    at += got;
  }
  return bytes.subarray(0, at);
}
