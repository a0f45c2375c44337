/** What an answer of the slow-read helper says about the file. */
import type { Frame } from './slow-frames.ts';

/** `could-block`: the read did not end in time, or must not be tried now; `no-helper`: there is no shell or `cat` to try it. */
export type SlowMissing = 'could-block' | 'no-helper' | 'gone' | 'no-permission' | 'not-in-this-kernel';

/** The bytes of a file (`truncated` when there were more than `maxBytes`), or why there are none. */
export type SlowResult = { readonly bytes: Buffer; readonly truncated?: true } | { readonly missing: SlowMissing };

const COMMAND_FAILED = 126; // no cat (126, 127), or a signal ended it (128 + n)
const ONE_TASK_OR_KERNEL = /^\/(?:proc|sys)\/|\/\d+\//;

/** What the answer says of the file; `null`: the command failed, not the file. */
export function resultOf(path: string, frame: Frame): SlowResult | null {
  if (frame.status === 0) return frame.truncated ? { bytes: frame.bytes, truncated: true } : { bytes: frame.bytes };
  if (frame.status >= COMMAND_FAILED) return null;
  if (!frame.folderThere) return { missing: 'gone' };
  if (/^(Permission denied|Operation not permitted)$/.test(frame.error)) return { missing: 'no-permission' };
  // A task that is there without the file, or whose file says ESRCH or EINVAL (a kernel thread's), will never have it.
  const never = ONE_TASK_OR_KERNEL.test(path) || frame.error !== 'No such file or directory';
  return { missing: never ? 'not-in-this-kernel' : 'gone' };
}
