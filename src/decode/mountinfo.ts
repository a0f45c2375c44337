/** `/proc/[pid]/mountinfo`. @see proc_pid_mountinfo(5); kernel `fs/proc_namespace.c`, `show_mountinfo`. Since 2.6.26. */
import { lines } from './bytes.ts';
import { fromOctalEscapes } from './escapes.ts';

export interface Mount {
  readonly id: number;
  readonly parentId: number;
  /** As stat() tells the device of its files. */
  readonly major: number;
  readonly minor: number;
  /** The folder of the file system that stands at the mount point: `/`, or another of a bind mount. */
  readonly root: string;
  readonly mountPoint: string;
  /** Of the mount: `rw`, `nosuid`, `relatime` … */
  readonly options: readonly string[];
  /** `ext4`, `fuse.sshfs`, `cgroup2` … */
  readonly fsType: string;
  /** The device or server, `none` where there is none. */
  readonly source: string;
  /** Of the file system: `rw`, `size=1k` … */
  readonly superOptions: readonly string[];
}

// id parent major:minor root point options [tags…] - type source options
// \S would take the byte 0xa0, half of many a letter in UTF-8, for a blank
const LINE =
  /^(\d{1,10}) (\d{1,10}) (\d{1,10}):(\d{1,10}) ([^ ]+) ([^ ]+) ([^ ]+)((?: [^ ]+)*?) - ([^ ]+) ([^ ]*) ([^ ]*)$/;

/** In the order of the file; where several stand at one point, the last covers the others. */
export function decodeMountinfo(bytes: Uint8Array): Mount[] {
  const mounts: Mount[] = [];
  for (const line of lines(bytes.subarray(0, bytes.lastIndexOf(10) + 1))) {
    const match = LINE.exec(line);
    if (!match) continue;
    const [
      ,
      id,
      parentId,
      major,
      minor,
      root = '',
      point = '',
      options = '',
      ,
      fsType = '',
      source = '',
      superOptions = '',
    ] = match;
    mounts.push({
      id: Number(id),
      parentId: Number(parentId),
      major: Number(major),
      minor: Number(minor),
      root: fromOctalEscapes(root),
      mountPoint: fromOctalEscapes(point),
      options: options.split(',').map(fromOctalEscapes),
      fsType: fromOctalEscapes(fsType),
      source: fromOctalEscapes(source),
      superOptions: superOptions.split(',').map(fromOctalEscapes),
    });
  }
  return mounts;
}

/** Where a hierarchy of control groups is mounted, and which of its groups stands there. */
export interface CgroupMount {
  readonly mountPoint: string;
  readonly root: string;
}

export interface CgroupMounts {
  readonly v2?: CgroupMount;
  /** By controller (`memory`, `cpu`), named hierarchies as `name=systemd`. */
  readonly v1: ReadonlyMap<string, CgroupMount>;
}

/** Words among the options of a v1 hierarchy that are no controllers. kernel/cgroup/cgroup-v1.c, cgroup1_show_options. */
const V1_OPTIONS = new Set([
  'rw',
  'ro',
  'noprefix',
  'xattr',
  'clone_children',
  'cpuset_v2_mode',
  'favordynmods',
  'seclabel',
]);

/** Of several mounts of one hierarchy the one that shows most of it: its root is the shortest. */
export function cgroupMounts(mounts: readonly Mount[]): CgroupMounts {
  let v2: CgroupMount | undefined;
  const v1 = new Map<string, CgroupMount>();
  for (const { fsType, mountPoint, root, superOptions } of mounts) {
    const better = (than: CgroupMount | undefined): boolean => than === undefined || root.length < than.root.length;
    if (fsType === 'cgroup2' && better(v2)) v2 = { mountPoint, root };
    if (fsType !== 'cgroup') continue;
    for (const option of superOptions) {
      const controller = !V1_OPTIONS.has(option) && (!option.includes('=') || option.startsWith('name='));
      if (controller && better(v1.get(option))) v1.set(option, { mountPoint, root });
    }
  }
  return { ...(v2 && { v2 }), v1 };
}

/**
 * The folder of a control group under a mount of its hierarchy; undefined when the mount does not show it (a container
 * that sees only its own branch, or a path outside of our cgroup namespace: `/../x`).
 * @param path as /proc/PID/cgroup gives it.
 */
export function cgroupFolder({ mountPoint, root }: CgroupMount, path: string): string | undefined {
  if (path.startsWith('/..') || !path.startsWith('/')) return undefined;
  const inside =
    root === '/' ? path : path === root ? '/' : path.startsWith(`${root}/`) ? path.slice(root.length) : undefined;
  if (inside === undefined) return undefined;
  return inside === '/' ? mountPoint : mountPoint + inside;
}
