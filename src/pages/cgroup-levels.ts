/** The control groups of a task from its own up to the top, and the values in their files. */
import { cgroupOf, type TaskCgroup, type TaskCgroups } from '../decode/cgroup-files.ts';
import { cgroupFolder, type CgroupMount, type CgroupMounts } from '../decode/mountinfo.ts';
import { FIRST_SAMPLE, NOT_IN_KERNEL, WENT_BACKWARDS } from '../fields/task.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import type { TaskContext } from './context.ts';

/** One group: the task's, or one above it. */
export interface Level {
  readonly path: string;
  /** Where its files are. */
  readonly folder: string;
}

export interface Branch {
  readonly version: 1 | 2;
  /** The task's own group first. */
  readonly levels: readonly Level[];
}

/** Paths may be long: nobody nests deeper, unless to see what happens. */
const MOST_LEVELS = 32;

/** `/a/b` → `/a/b`, `/a`, `/`; none outside of our cgroup namespace, whose top is below them. */
function pathsUp(path: string): string[] {
  if (path.startsWith('/..')) return [];
  const out = [path];
  for (let at = path; at !== '/' && out.length < MOST_LEVELS; out.push(at))
    at = at.slice(0, at.lastIndexOf('/')) || '/';
  return out;
}

export const isUnified = ({ id, controllers }: TaskCgroup): boolean => id === 0 && controllers.length === 0;

/** Where the hierarchy of a group is mounted. */
export const mountOf = (mounts: CgroupMounts, group: TaskCgroup): CgroupMount | undefined =>
  isUnified(group) ? mounts.v2 : mounts.v1.get(group.controllers[0] ?? '');

/** The groups of one hierarchy, as far as a mount of it shows them. */
export function branchOf(mounts: CgroupMounts, group: TaskCgroup): Branch | undefined {
  const mount = mountOf(mounts, group);
  if (!mount) return undefined;
  const levels = pathsUp(group.path).flatMap((path): Level[] => {
    const folder = cgroupFolder(mount, path);
    return folder === undefined ? [] : [{ path, folder }];
  });
  return levels.length > 0 ? { version: isUnified(group) ? 2 : 1, levels } : undefined;
}

/** The groups that a controller counts the task in; undefined: none, or no mount shows it. */
export function branchFor(groups: TaskCgroups, mounts: CgroupMounts, controller: string): Branch | undefined {
  const group = cgroupOf(groups, controller);
  return group && branchOf(mounts, group);
}

/** A file of a group; a group that is gone, or a controller that is not enabled for it, has none. */
export function levelFile({ dossier }: TaskContext, { folder }: Level, file: string): Reading<Uint8Array> {
  const bytes = dossier.file(`${folder}/${file}`);
  return isMissing(bytes) && bytes.missing === 'gone' ? NOT_IN_KERNEL : bytes;
}

/** The file decoded; undefined from `decode`: the kernel does not write it so. */
export function levelValue<T>(
  context: TaskContext,
  level: Level,
  file: string,
  decode: (bytes: Uint8Array) => T | undefined,
): Reading<T> {
  const bytes = levelFile(context, level, file);
  return isMissing(bytes) ? bytes : (decode(bytes) ?? NOT_IN_KERNEL);
}

/** A file now and at the sample before, and the seconds between. */
export interface Counted<T> {
  readonly now: Reading<T>;
  readonly before: Reading<T>;
  readonly elapsed: number;
}

export function levelCounted<T>(
  context: TaskContext,
  level: Level,
  file: string,
  decode: (bytes: Uint8Array) => T | undefined,
): Counted<T> {
  const path = `${level.folder}/${file}`;
  const last = context.dossier.before(path);
  const before = isMissing(last) ? FIRST_SAMPLE : (decode(last) ?? NOT_IN_KERNEL);
  return { now: levelValue(context, level, file, decode), before, elapsed: context.dossier.elapsed(path) };
}

/** What a counter gained since the sample before. */
export function gainIn<T>({ now, before }: Counted<T>, pick: (of: T) => number | undefined): Reading<number> {
  if (isMissing(now)) return now;
  const value = pick(now);
  if (value === undefined) return NOT_IN_KERNEL;
  const last = isMissing(before) ? undefined : pick(before);
  if (last === undefined) return FIRST_SAMPLE;
  return value < last ? WENT_BACKWARDS : value - last;
}
