/** What the numbers of a sample mean: facts of the machine that the tasks are on, live or captured. */
import { type FlagTable, flagTable } from '../kernel/task-flags.ts';
import { parseRelease, type Release } from '../kernel/release.ts';

export interface Machine {
  readonly hostname: string;
  /** The kernel that runs (or ran) there. */
  readonly release: Release;
  /** The release whose tables decode its numbers: the same, or `--kernel`. */
  readonly tables: Release;
  /** `/proc/version` in one line. */
  readonly banner: string;
  /** As `uname -m` says it: `x86_64`, `aarch64`, `armv7l`, …; empty when it cannot be told. */
  readonly architecture: string;
  readonly pageBytes: number;
  readonly ticksPerSecond: number;
  /** Seconds since 1970; NaN when it cannot be told. */
  readonly bootTime: number;
  readonly memoryBytes: number;
  readonly flags: FlagTable;
  /** Is it this machine, now? Only then a permission can be judged by our own ids. */
  readonly live: boolean;
  /** Was it that when it was recorded? Then the ids below are those of whoever recorded. */
  readonly wasLive?: boolean;
  /** Our effective uid. */
  readonly ownUid: number;
  /** Have we CAP_SYS_PTRACE: may we look into every task? */
  readonly mayPtrace: boolean;
  /**
   * Does procfs hide tasks of others (hidepid=2, 4)? `counted`: /proc/loadavg counts the threads of this pid namespace's
   * kernel, all of which would be listed; `some`: it counts those of other namespaces, too. Absent: nothing is hidden.
   */
  readonly hides?: 'counted' | 'some';
  /** Names of the users of that machine. */
  readonly userNames: ReadonlyMap<number, string>;
}

/** @param kernel `--kernel`: decode with this release's tables. */
export function machineWith(
  facts: Omit<Machine, 'release' | 'tables' | 'flags'> & { readonly releaseText: string },
  kernel?: string,
): Machine {
  const { releaseText, ...rest } = facts;
  const release = parseRelease(releaseText) ?? { text: releaseText, major: 0, minor: 0, patch: 0 };
  const tables = (kernel === undefined ? undefined : parseRelease(kernel)) ?? release;
  return { ...rest, release, tables, flags: flagTable(tables) };
}

/** What to say about the tables when they are not those of the kernel itself; empty: nothing. */
export function tablesNote({ release, tables, flags }: Machine): string {
  if (flags.newerThanKnown || flags.olderThanKnown) return `no table for ${tables.text}, decoded as ${flags.release}`;
  return tables === release ? '' : `decoded as ${flags.release}`;
}

/** The architecture told by `/proc/cpuinfo` when nothing better is at hand; empty: not recognised. */
export function architectureOf(cpuinfo: string): string {
  if (/^flags\s*:.*\blm\b/m.test(cpuinfo)) return 'x86_64';
  if (/^vendor_id\s*:/m.test(cpuinfo)) return 'i686';
  const arm = /^CPU architecture\s*:\s*(?:(\d+)|AArch64)/m.exec(cpuinfo);
  if (!arm) return '';
  const version = Number(arm[1] ?? 8);
  return version >= 8 ? 'aarch64' : version === 7 ? 'armv7l' : `armv${version}l`;
}

/** `/etc/passwd` → user names by uid; the first entry of a uid counts, as in getpwuid(3). */
export function decodePasswd(text: string): Map<number, string> {
  const out = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name, , uid] = line.split(':');
    if (name && uid && /^\d{1,10}$/.test(uid) && !out.has(Number(uid))) out.set(Number(uid), name);
  }
  return out;
}
