/** Writes settings into the configuration file, at once and as a whole, and only what differs from what it says. */
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { type Change, edited } from './edit.ts';
import { codeOf, contentOf } from './file.ts';

/** Why nothing was written: a sentence. */
class Refused extends Error {}

/**
 * Changes single settings in the file, and makes it where there is none.
 * @param text what was read last; undefined: there was no file. When the file says something else now, nothing is written.
 * @returns what the file says now; an error is a sentence.
 */
export async function saveSettings(
  file: string,
  text: string | undefined,
  changes: readonly Change[],
): Promise<{ readonly text: string } | { readonly error: string }> {
  const next = await edited(text ?? '', changes);
  if ('error' in next) return next;
  try {
    write(file, text, next.text);
    return next;
  } catch (error) {
    return {
      error: error instanceof Refused ? error.message : `cannot be written (${codeOf(error)}): check its rights`,
    };
  }
}

/** Another program that reads meanwhile sees the old file or the new one, never a part. */
function write(file: string, before: string | undefined, text: string): void {
  if (before === undefined) mkdirSync(path.dirname(path.resolve(file)), { recursive: true, mode: 0o700 });
  const target = behindLinks(file);
  const former = statSync(target, { throwIfNoEntry: false });
  if (former && !former.isFile()) throw new Refused('is no ordinary file: nothing was written');
  // replacing it would do even where it may not be written
  if (former) accessSync(target, constants.W_OK);
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${randomBytes(6).toString('hex')}`);
  const descriptor = openSync(temporary, 'wx', 0o600);
  try {
    try {
      if (former) keepOwner(descriptor, former);
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    const { kind, text: now } = contentOf(file);
    const unchanged = before === undefined ? kind === 'absent' : kind === 'text' && now === before;
    if (!unchanged) throw new Refused('has changed meanwhile: nothing was written, try again');
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** A link stays a link. */
function behindLinks(file: string): string {
  try {
    return realpathSync(file);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    const isLink = lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink();
    if (isLink) throw new Refused('is a link to a file that is not there: make that');
    return path.join(realpathSync(path.dirname(file)), path.basename(file));
  }
}

function keepOwner(descriptor: number, { uid, gid, mode }: Stats): void {
  try {
    fchownSync(descriptor, uid, gid);
  } catch {
    // only root gives files away: then it is ours
  }
  fchmodSync(descriptor, mode & 0o7777);
}
