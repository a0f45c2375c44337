/**
 * Where the monitor stands: on the machine itself, in a container, in a control group that allows less than the machine
 * has. Files of the machine (`/proc/meminfo`, `/proc/stat`) tell of all of it, wherever they are read.
 */
import {
  groupLimits,
  type GroupMemory,
  HOST_FILES,
  isContainer,
  type OwnGroups,
  ownGroups,
  type PressureName,
} from '../decode/cgroup-limits.ts';
import { decodePressure, decodeZramMemory, type Pressure, type ZramMemory } from '../decode/system-files.ts';

const ZRAM_FILE = /^\/sys\/block\/(zram\d+)\/mm_stat$/;

export interface PressurePair {
  readonly some: Pressure | undefined;
  readonly full: Pressure | undefined;
}

/** What holds for us beside the machine's own numbers. */
export interface Standing {
  /** In another pid namespace than the machine's first. */
  readonly container: boolean;
  /** Our control group, as /proc/self/cgroup names it. */
  readonly path: string;
  readonly memory: GroupMemory | undefined;
  /** CPUs by quota; 1.5 = 150 ms of CPU time in each 100 ms. */
  readonly cpus: number | undefined;
  /** CPUs that we may run on, `0-3,5`. */
  readonly cpuset: string | undefined;
  readonly pressure: ReadonlyMap<PressureName, PressurePair>;
  /** Something is mounted over these (lxcfs): they tell of the container. */
  readonly statIsOfContainer: boolean;
  readonly meminfoIsOfContainer: boolean;
}

type Files = ReadonlyMap<string, Uint8Array>;

export function pressurePair(bytes: Uint8Array): PressurePair {
  const { some, full } = decodePressure(bytes);
  return { some, full };
}

/** Decodes what was read of our surroundings; what did not change is not decoded again. */
export class HostView {
  #cgroup: Uint8Array | undefined;
  #mountinfo: Uint8Array | undefined;
  #groups: OwnGroups | undefined;

  /** Undefined: the sample has no such files (a capture, or they have not been read yet). */
  standing(files: Files): Standing | undefined {
    const cgroup = files.get(HOST_FILES.cgroup);
    const mountinfo = files.get(HOST_FILES.mountinfo);
    if (!cgroup || !mountinfo) return undefined;
    if (cgroup !== this.#cgroup || mountinfo !== this.#mountinfo) {
      this.#cgroup = cgroup;
      this.#mountinfo = mountinfo;
      this.#groups = ownGroups(cgroup, mountinfo);
    }
    const groups = this.#groups!;
    const limits = groupLimits(groups, path => files.get(path));
    return {
      container: isContainer(files.get(HOST_FILES.pidNamespace)),
      path: groups.path,
      memory: limits.memory,
      cpus: limits.cpus,
      cpuset: limits.cpuset,
      pressure: new Map(Array.from(limits.pressure, ([name, bytes]) => [name, pressurePair(bytes)])),
      statIsOfContainer: groups.covered.includes('/proc/stat'),
      meminfoIsOfContainer: groups.covered.includes('/proc/meminfo'),
    };
  }
}

/** All zram devices that hold something, together; undefined: there is none. */
export function zramMemory(files: Files): ZramMemory | undefined {
  let sum: ZramMemory | undefined;
  for (const [path, bytes] of files) {
    if (!ZRAM_FILE.test(path)) continue;
    const one = decodeZramMemory(bytes);
    if (!one || one.stored === 0) continue;
    sum = {
      stored: (sum?.stored ?? 0) + one.stored,
      compressed: (sum?.compressed ?? 0) + one.compressed,
      used: (sum?.used ?? 0) + one.used,
    };
  }
  return sum;
}
