/** How control groups were kept from their CPUs: `cpu.stat` of a group of this machine, of either version. */
import { decodeCgroupKeys } from '../decode/cgroup-files.ts';
import { cgroupFolder, type CgroupMount, cgroupMounts, decodeMountinfo } from '../decode/mountinfo.ts';
import { readOutside } from './outside.ts';
import { readWhole, type Tree } from './tree.ts';

export interface ThrottlingTotals {
  readonly periods: number;
  readonly throttled: number;
  readonly throttledSeconds: number;
}

/** @returns the totals of a group by its path; undefined: it has no limit, or cannot be seen. */
export function throttlingOf(tree: Tree): (path: string) => ThrottlingTotals | undefined {
  if (!tree.live) return () => undefined;
  let mount: CgroupMount | undefined | null = null;
  return path => {
    if (mount === null) {
      const mountinfo = readWhole(tree, 'self/mountinfo');
      const mounts = typeof mountinfo === 'string' ? undefined : cgroupMounts(decodeMountinfo(mountinfo));
      mount = mounts?.v1.get('cpu') ?? mounts?.v2;
    }
    const folder = mount && cgroupFolder(mount, path);
    const bytes = folder === undefined ? 'not-read' : readOutside(`${folder}/cpu.stat`);
    const keys = typeof bytes === 'string' ? undefined : decodeCgroupKeys(bytes);
    const periods = keys?.get('nr_periods');
    const throttled = keys?.get('nr_throttled');
    // without a limit no period ever passes
    if (!keys || periods === undefined || throttled === undefined || periods === 0) return undefined;
    const micros = keys.get('throttled_usec');
    return {
      periods,
      throttled,
      throttledSeconds: micros === undefined ? (keys.get('throttled_time') ?? 0) / 1e9 : micros / 1e6,
    };
  };
}
