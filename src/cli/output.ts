/** stdout and stderr of a command that is no monitor. */
import fs from 'node:fs';
import { harmless } from '../units/text.ts';

/** Shared memory costs milliseconds at the start: it is made when somebody has to wait. */
const pause = (ms: number): string => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/**
 * Writes all of it before it returns: process.exit() after a stream write keeps only what a pipe holds.
 * @returns false when the reader has gone (`| head`): nothing more is wanted, quietly.
 */
export function writeAll(fd: number, text: string): boolean {
  let bytes = Buffer.from(text, 'utf8');
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(fs.writeSync(fd, bytes));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if (code === 'EAGAIN') pause(2);
      else if (code === 'EPIPE' || code === 'EIO') return false;
      else throw error;
    }
  }
  return true;
}

/** `taskscope: what is wrong: what to do`, on stderr; it may name what somebody hostile chose. */
export function complain(sentence: string): void {
  writeAll(2, `taskscope: ${sentence.split('\n').map(harmless).join('\n')}\n`);
}

/** Writes a text into a new file, and says how that went. */
export function writeNew(file: string, text: string): { readonly text: string; readonly tone: 'good' | 'bad' } {
  try {
    fs.writeFileSync(file, text, { flag: 'wx' });
    return { text: `written: ${file}`, tone: 'good' };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    const why = code === 'EEXIST' ? 'it exists already: choose another name' : WHY_NOT_WRITTEN[String(code)];
    return { text: `not written to ${file}: ${why ?? String(code)}`, tone: 'bad' };
  }
}

const WHY_NOT_WRITTEN: Readonly<Record<string, string>> = {
  EACCES: 'not permitted here: choose another folder',
  EROFS: 'the file system is read-only: choose another folder',
  ENOENT: 'there is no such folder',
  ENOSPC: 'the disk is full',
  EISDIR: 'that is a folder: add a name',
};
