/** The other files of a task that a column can be made of. Bytes in, values out. */
import { exactText, keyValues, latin1, wholeLines } from './bytes.ts';

/** The numbers of a file of one line, none of anything else. */
function numbers(bytes: Uint8Array): number[] {
  const text = wholeLines(bytes);
  return /^\d{1,20}(?: \d{1,20})*\n$/.test(text) ? text.split(' ').map(Number) : [];
}

/**
 * `/proc/[pid]/statm`, in pages. @see proc_pid_statm(5); kernel `fs/proc/array.c`, `proc_pid_statm`.
 */
export function decodeStatm(
  bytes: Uint8Array,
): { readonly size: number; readonly resident: number; readonly shared: number } | undefined {
  const [size, resident, shared] = numbers(bytes);
  return size !== undefined && resident !== undefined && shared !== undefined ? { size, resident, shared } : undefined;
}

/**
 * `/proc/[pid]/schedstat`, nanoseconds on a CPU and waiting for one, and the number of time slices; of that thread only.
 * All zero without CONFIG_SCHED_INFO. @see kernel `fs/proc/base.c`, `proc_pid_schedstat`. Since 2.6.9.
 */
export function decodeSchedstat(
  bytes: Uint8Array,
): { readonly runNs: number; readonly delayNs: number; readonly slices: number } | undefined {
  const [runNs, delayNs, slices] = numbers(bytes);
  return runNs !== undefined && delayNs !== undefined && slices !== undefined ? { runNs, delayNs, slices } : undefined;
}

/** `/proc/[pid]/io`: counters of all threads, dead ones included, in bytes or calls. @see proc_pid_io(5). Since 2.6.20. */
export const decodeIo = (bytes: Uint8Array): Map<string, string> => keyValues(bytes);

/** `/proc/[pid]/wchan`: the function's name, no newline; `0` or nothing when there is none to tell. */
export const decodeWchan = (bytes: Uint8Array): string => latin1(bytes).trim();

/**
 * `/proc/[pid]/cmdline`: arguments end with NUL; joined by blanks here. Empty for kernel threads and zombies.
 * A program may overwrite its arguments with one text that has no NUL.
 */
export function decodeCmdline(bytes: Uint8Array): string {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return exactText(bytes, 0, end).replaceAll('\0', ' ');
}

/**
 * `/proc/[pid]/cgroup`: the path in the unified hierarchy (v2) if there is one and it says more than `/`, else the
 * longest path of a v1 hierarchy. @see cgroups(7), proc_pid_cgroup(5).
 */
export function decodeCgroupPath(bytes: Uint8Array): string | undefined {
  let best: string | undefined;
  for (const line of exactText(bytes, 0, bytes.lastIndexOf(10) + 1).split('\n')) {
    const match = /^(\d+):([^:]*):(.*)$/s.exec(line);
    if (!match) continue;
    const path = match[3]!;
    if (match[1] === '0' && match[2] === '' && path !== '/') return path;
    if (best === undefined || path.length > best.length) best = path;
  }
  return best;
}

/** Engines that name containers by an id of 64 hexadecimal digits: `/docker/ID`, `docker-ID.scope`. */
const BY_ID = /(?:^|\/)(?:docker|crio|cri-containerd|libpod)[/-]([0-9a-f]{64})(?:\.scope)?(?:\/|$)/;
/** Engines that name them as their user does: `/lxc/NAME`, `/lxc.payload.NAME`, `machine-NAME.scope`. */
const BY_NAME = /(?:^|\/)(?:(?:lxc\/|lxc\.payload[./])([^/]+)|machine-([^/]+)\.scope)(?:\/|$)/;
const POD_ID = /\/(?:kubepods[^/]*\/)(?:[^/]+\/)*([0-9a-f]{64})(?:\/|$)/;

/** The container that a cgroup path names, ids shortened as their engines do; undefined: none recognised. */
export function containerOf(cgroupPath: string): string | undefined {
  const id = POD_ID.exec(cgroupPath) ?? BY_ID.exec(cgroupPath);
  if (id) return id[1]!.slice(0, 12);
  // systemd writes other characters than letters, digits, ':', '_' and '.' of a name as \xHH
  const name = BY_NAME.exec(cgroupPath);
  return (name?.[1] ?? name?.[2])?.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
