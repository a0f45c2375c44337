/**
 * How many descriptors a sampler may keep open. Each pins about a page of kernel memory that no RSS shows, and past the
 * hard limit *everything* fails with EMFILE, even what has nothing to do with us.
 */
import fs from 'node:fs';

const RESERVED = 256;
const SHARE_OF_MEMORY = 0.02;
const BYTES_EACH = 4608;

const readText = (file: string): string => {
  try {
    return fs.readFileSync(file, 'latin1');
  } catch {
    return '';
  }
};

/** The hard limit of open files of this process; Node raises the soft one to it at start. */
function hardLimit(): number {
  const match = /^Max open files\s+\S+\s+(\S+)/m.exec(readText('/proc/self/limits'));
  return match?.[1] === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(match?.[1] ?? 1024);
}

/** The memory limit of the own cgroup (v2 or v1), in bytes; Infinity when there is none. */
function cgroupMemoryLimit(): number {
  for (const line of readText('/proc/self/cgroup').split('\n')) {
    const [, controllers, folder] = line.split(':');
    if (folder === undefined) continue;
    const text =
      controllers === ''
        ? readText(`/sys/fs/cgroup${folder}/memory.max`)
        : controllers!.split(',').includes('memory')
          ? readText(`/sys/fs/cgroup/memory${folder}/memory.limit_in_bytes`)
          : '';
    const limit = Number.parseInt(text, 10);
    if (limit > 0) return limit;
  }
  return Number.POSITIVE_INFINITY;
}

/** At most hard limit − 256, and at most 2 % of the smaller of memory and the cgroup's limit. */
export function descriptorBound(memoryBytes: number): number {
  const memory = Math.min(memoryBytes, cgroupMemoryLimit());
  return Math.max(0, Math.min(hardLimit() - RESERVED, Math.floor((memory * SHARE_OF_MEMORY) / BYTES_EACH)));
}
