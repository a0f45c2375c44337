/** Files of a task as bits of a number: a set that is asked for of thousands of tasks is the same array each time. */
import type { TaskFile } from '../fields/files.ts';

const FILES: readonly TaskFile[] = [
  ...(['status', 'statm', 'wchan', 'schedstat', 'oom_score', 'cmdline', 'cgroup', 'io', 'smaps_rollup'] as const),
];
const bitOf = (file: TaskFile): number => 1 << FILES.indexOf(file);
export const WCHAN_BIT = bitOf('wchan');
/** The file that tells the user. */
export const WHO_BIT = bitOf('status');

const BITS = new WeakMap<readonly TaskFile[], number>();
/** The set of these files; an array is looked through once. */
export function bitsOf(files: readonly TaskFile[]): number {
  let bits = BITS.get(files);
  if (bits === undefined) BITS.set(files, (bits = files.reduce((sum, file) => sum | bitOf(file), 0)));
  return bits;
}

const NO_FILES: readonly TaskFile[] = [];
const SETS = new Map<number, readonly TaskFile[]>();

/** The files of a set; the same array for the same set. */
export function filesOf(bits: number): readonly TaskFile[] {
  if (bits === 0) return NO_FILES;
  let files = SETS.get(bits);
  if (!files) SETS.set(bits, (files = FILES.filter((_, at) => (bits & (1 << at)) !== 0)));
  return files;
}
