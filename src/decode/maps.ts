/**
 * `/proc/[pid]/maps`: the regions of an address space, one line each: `start-end perms offset device inode path`.
 *
 * @see proc_pid_maps(5); kernel `fs/proc/task_mmu.c`, `show_map_vma`. Empty for kernel threads and zombies.
 */
import { exactText, latin1 } from './bytes.ts';

export interface MapsRegion {
  readonly start: bigint;
  /** The first address after it. */
  readonly end: bigint;
  /** `r`, `w`, `x` or `-` each, then `p` private (copy on write) or `s` shared. */
  readonly perms: string;
  /** Bytes into the file. */
  readonly offset: bigint;
  /** Major and minor number, hexadecimal: `fe:00`. */
  readonly device: string;
  /** As text: inodes have 64 bits. */
  readonly inode: string;
  /** As the kernel writes it (a newline in it is `\012`), without ` (deleted)`; `''` = anonymous. */
  readonly path: string;
  /** Its file has been unlinked, or was so from the beginning (shared memory). */
  readonly deleted: boolean;
}

export interface Maps {
  /** By address, lowest first. */
  readonly regions: readonly MapsRegion[];
  /** The last line had no end, and is left out: the file was cut off. */
  readonly truncated: boolean;
  /** Whole lines that are no region, left out too. */
  readonly notUnderstood: number;
}

const HEADER =
  /^([0-9a-f]{1,16})-([0-9a-f]{1,16}) ([r-][w-][x-][ps]) ([0-9a-f]{1,16}) ([0-9a-f]{1,8}:[0-9a-f]{1,8}) (\d{1,20})(?: +|$)/;
/** Longer than every header, with the blanks up to the path in column 73. */
const HEADER_BYTES = 160;
const NEWLINE = 10;
const DELETED = ' (deleted)';

/** Decodes a maps file of any length; never throws. */
export function decodeMaps(bytes: Uint8Array): Maps {
  const regions: MapsRegion[] = [];
  let notUnderstood = 0;
  let start = 0;
  let inOrder = true;
  for (let end; (end = bytes.indexOf(NEWLINE, start)) >= 0; start = end + 1) {
    const region = decodeRegion(bytes, start, end);
    if (region === undefined) {
      notUnderstood++;
      continue;
    }
    const before = regions.at(-1);
    if (before && before.start > region.start) inOrder = false;
    regions.push(region);
  }
  // the kernel writes them in order; what was pasted together need not be
  if (!inOrder) regions.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  return { regions, truncated: start < bytes.length, notUnderstood };
}

function decodeRegion(bytes: Uint8Array, lineStart: number, lineEnd: number): MapsRegion | undefined {
  const match = HEADER.exec(latin1(bytes, lineStart, Math.min(lineEnd, lineStart + HEADER_BYTES)));
  if (!match) return undefined;
  const start = BigInt(`0x${match[1]!}`);
  const end = BigInt(`0x${match[2]!}`);
  if (start >= end) return undefined;
  const name = exactText(bytes, lineStart + match[0].length, lineEnd);
  const deleted = name.endsWith(DELETED);
  return {
    start,
    end,
    perms: match[3]!,
    offset: BigInt(`0x${match[4]!}`),
    device: match[5]!,
    inode: match[6]!,
    path: deleted ? name.slice(0, -DELETED.length) : name,
    deleted,
  };
}

/** The region that an address lies in; undefined: a gap, nothing is mapped there. */
export function regionAt(regions: readonly MapsRegion[], address: bigint): MapsRegion | undefined {
  let low = 0;
  let high = regions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (regions[middle]!.start <= address) low = middle + 1;
    else high = middle;
  }
  const last = regions[low - 1];
  return last && address < last.end ? last : undefined;
}

/** Pages that the kernel puts into its own half: x86_64's vsyscall, arm's vectors, the fixed vdso of old i386 kernels. */
const inKernelHalf = ({ path, start }: MapsRegion): boolean =>
  path === '[vsyscall]' || path === '[vectors]' || (path === '[vdso]' && start === 0xffff_e000n);

/** Where the task's own mappings end, which tells how large its address space is; undefined: it has none. */
export function highestMapping(regions: readonly MapsRegion[]): bigint | undefined {
  return regions.findLast(region => !inKernelHalf(region))?.end;
}

const named =
  (pattern: RegExp) =>
  ({ path }: MapsRegion): boolean =>
    pattern.test(path);
const isAnonymous = named(/^(?:$|\[|\/anon_hugepage$|\/dev\/zero$)/);
/** Files that are memory: tmpfs, System V, memfd, hugetlbfs, shared anonymous memory, graphics buffers. */
const isMemory = named(
  /^(?:\/dev\/(?:shm\/|zero$|ashmem|hugepages\/)|\/SYSV|\/memfd:|\/anon_hugepage$|\/drm mm object$|\/i915$|\[anon_shmem:)/,
);
/** Also what has no path of its own: `anon_inode:[perf_event]`, `socket:[1234]`. */
const isDevice = named(/^(?:\/dev\/|\/sys\/|\/dmabuf:|[^/[])/);
const isShared = ({ perms }: MapsRegion): boolean => perms.endsWith('s');
const isWritable = ({ perms }: MapsRegion): boolean => perms.includes('w');
const isExecutable = ({ perms }: MapsRegion): boolean => perms.includes('x');

/** What a region is for, to go by its name and permissions. */
export interface RegionKind {
  readonly id: string;
  readonly title: string;
  readonly fits: (region: MapsRegion) => boolean;
}

/** The first that fits is a region's kind. */
export const REGION_KINDS: readonly RegionKind[] = [
  { id: 'heap', title: 'heap (brk)', fits: named(/^\[heap\]$/) },
  { id: 'stack', title: 'main stack', fits: named(/^\[stack\]$/) },
  {
    id: 'thread-stack',
    // the kernel named them from 3.4 to 4.4, C libraries can since 5.17 (CONFIG_ANON_VMA_NAME; Android earlier)
    title: 'thread stacks that have a name',
    fits: named(/^\[(?:stack:\d+|anon:stack_and_tls:\d+|anon: glibc: pthread (?:user )?stack: \d+)\]$/),
  },
  {
    id: 'kernel',
    title: 'vdso and other pages of the kernel',
    fits: named(/^\[(?:vdso|vvar|vvar_vclock|vsyscall|vectors|sigpage|uprobes)\]$/),
  },
  { id: 'reserved', title: 'no access: reserved space and guards', fits: ({ perms }) => perms.startsWith('---') },
  { id: 'shared-memory', title: 'shared memory', fits: region => isShared(region) && isMemory(region) },
  {
    id: 'anonymous-code',
    title: 'executable anonymous memory',
    fits: region => isAnonymous(region) && isExecutable(region),
  },
  { id: 'anonymous', title: 'anonymous memory', fits: isAnonymous },
  { id: 'device', title: 'devices and kernel objects', fits: isDevice },
  { id: 'code', title: 'code of files', fits: isExecutable },
  { id: 'shared-file', title: 'shared writable data of files', fits: region => isShared(region) && isWritable(region) },
  { id: 'private-file', title: 'private writable data of files', fits: isWritable },
  { id: 'read-only', title: 'read-only data of files', fits: () => true },
];

export const kindOf = (region: MapsRegion): RegionKind => REGION_KINDS.find(kind => kind.fits(region))!;

export interface KindTotal {
  readonly kind: RegionKind;
  readonly regions: number;
  /** Address space, not memory in use. */
  readonly bytes: bigint;
}

/** Sizes by kind, in the order of {@link REGION_KINDS}; kinds that do not occur are left out. */
export function summarise(regions: readonly MapsRegion[]): KindTotal[] {
  const totals = new Map(REGION_KINDS.map(kind => [kind, { kind, regions: 0, bytes: 0n }]));
  for (const region of regions) {
    const total = totals.get(kindOf(region))!;
    total.regions++;
    total.bytes += region.end - region.start;
  }
  return [...totals.values()].filter(total => total.regions > 0);
}

/** Regions of one file with nothing else between them, or others of one name without a gap. */
export interface MapsGroup {
  readonly part: 'program' | 'heap' | 'stack' | 'kernel' | 'mapped';
  readonly path: string;
  readonly deleted: boolean;
  readonly start: bigint;
  readonly end: bigint;
  readonly regions: number;
  /** Without the gaps between its regions. */
  readonly bytes: bigint;
}

/**
 * The address space from bottom to top in few lines: program, heap, mappings, stack.
 * @param startCode field 26 of stat: tells which file is the program; 1 (hidden) or undefined: none is called so.
 */
export function describeLayout(regions: readonly MapsRegion[], startCode?: bigint): MapsGroup[] {
  const program = startCode === undefined ? undefined : regionAt(regions, startCode);
  const groups: MapsGroup[] = [];
  for (const region of regions) {
    const { path, deleted, start, end } = region;
    const last = groups.at(-1);
    const bytes = end - start;
    if (last?.path === path && last.deleted === deleted && (path.startsWith('/') || last.end === start))
      groups[groups.length - 1] = { ...last, end, regions: last.regions + 1, bytes: last.bytes + bytes };
    else groups.push({ part: partOf(region, program), path, deleted, start, end, regions: 1, bytes });
  }
  return groups;
}

function partOf(region: MapsRegion, program: MapsRegion | undefined): MapsGroup['part'] {
  if (program !== undefined && program.path !== '' && region.path === program.path) return 'program';
  const { id } = kindOf(region);
  return id === 'heap' || id === 'stack' || id === 'kernel' ? id : 'mapped';
}
