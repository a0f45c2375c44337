/** The keys of /proc/meminfo that the page Memory shows. @see proc_meminfo(5); kernel `fs/proc/meminfo.c`. */

export interface MeminfoKey {
  readonly key: string;
  readonly meaning: string;
  /** A part of the key above it that is no part itself. */
  readonly part?: true;
  /** A number of pages, not of bytes. */
  readonly count?: true;
}

// prettier-ignore
export const MEMINFO_KEYS: readonly MeminfoKey[] = [
  { key: 'MemTotal',        meaning: 'all that the kernel can give away: RAM less what it and the firmware keep from the start' },
  { key: 'MemFree',         meaning: 'used for nothing' },
  { key: 'MemAvailable',    meaning: 'an estimate of what programs can get without swapping' },
  { key: 'Buffers',         meaning: 'cache of block devices themselves: metadata of file systems' },
  { key: 'Cached',          meaning: 'cache of files, tmpfs and shared memory' },
  { key: 'Mapped',          meaning: 'mapped into programs', part: true },
  { key: 'Shmem',           meaning: 'tmpfs and shared memory: cannot be dropped, only swapped out', part: true },
  { key: 'FileHugePages',   meaning: 'in huge pages', part: true },
  { key: 'SwapCached',      meaning: 'was swapped out, is in memory again, and still in swap' },
  { key: 'AnonPages',       meaning: 'memory of programs that is of no file' },
  { key: 'AnonHugePages',   meaning: 'in transparent huge pages', part: true },
  { key: 'Unevictable',     meaning: 'cannot be reclaimed' },
  { key: 'Mlocked',         meaning: 'locked by mlock()', part: true },
  { key: 'Dirty',           meaning: 'changed, to be written to disk' },
  { key: 'Writeback',       meaning: 'being written to disk' },
  { key: 'Slab',            meaning: "the kernel's own objects" },
  { key: 'SReclaimable',    meaning: 'can be freed: names and inodes of files', part: true },
  { key: 'SUnreclaim',      meaning: 'cannot be freed', part: true },
  { key: 'KernelStack',     meaning: 'kernel stacks of all tasks' },
  { key: 'PageTables',      meaning: 'page tables of all programs' },
  { key: 'SecPageTables',   meaning: 'second-stage page tables of virtual machines and IOMMUs' },
  { key: 'Percpu',          meaning: 'per-CPU variables of the kernel' },
  { key: 'VmallocUsed',     meaning: 'mapped by vmalloc()' },
  { key: 'CmaTotal',        meaning: 'set aside for large contiguous buffers of devices; movable memory may use it meanwhile' },
  { key: 'CmaFree',         meaning: 'free', part: true },
  { key: 'HugePages_Total', meaning: 'huge pages of the pool (hugetlb), of the default size', count: true },
  { key: 'HugePages_Free',  meaning: 'in use by nobody', part: true, count: true },
  { key: 'HugePages_Rsvd',  meaning: 'free, but promised', part: true, count: true },
  { key: 'HugePages_Surp',  meaning: 'beyond the size of the pool', part: true, count: true },
  { key: 'Hugepagesize',    meaning: 'the default size of one' },
  { key: 'Hugetlb',         meaning: 'all huge pages of all sizes' },
  { key: 'SwapTotal',       meaning: 'swap space' },
  { key: 'SwapFree',        meaning: 'not in use', part: true },
  { key: 'Zswap',           meaning: 'memory that holds swapped pages compressed' },
  { key: 'Zswapped',        meaning: 'what these pages were before' },
  { key: 'CommitLimit',     meaning: 'most that may be promised, where vm.overcommit_memory is 2' },
  { key: 'Committed_AS',    meaning: 'promised to programs, used or not' },
];

/** Only where the kernel cannot map all memory at once (CONFIG_HIGHMEM, 32 bits). */
// prettier-ignore
export const HIGHMEM_KEYS: readonly MeminfoKey[] = [
  { key: 'HighTotal', meaning: 'high memory: for programs and the cache of files' },
  { key: 'HighFree',  meaning: 'used for nothing', part: true },
  { key: 'LowTotal',  meaning: 'low memory: the only one that the kernel can use for its own objects' },
  { key: 'LowFree',   meaning: 'used for nothing', part: true },
];
