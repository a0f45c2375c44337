/**
 * `/proc/[pid]/smaps_rollup`: how much of the address space is in memory, exactly.
 *
 * @see proc_pid_smaps(5); kernel `fs/proc/task_mmu.c`, `__show_smap`. Since 4.14; reading walks all page tables.
 */
import { lines } from './bytes.ts';

export interface SmapsKeyFact {
  readonly key: string;
  /** First mainline minor that has it in smaps_rollup. */
  readonly first: string;
  readonly meaning: string;
}

// prettier-ignore
export const SMAPS_KEYS: readonly SmapsKeyFact[] = [
  { key: 'Rss',             first: '4.14', meaning: 'in memory, pages shared with others counted in full' },
  { key: 'Pss',             first: '4.14', meaning: 'in memory, each page divided by the number of its users' },
  { key: 'Pss_Dirty',       first: '6.0',  meaning: 'the dirty part of Pss: would have to be written before it is freed' },
  { key: 'Pss_Anon',        first: '5.3',  meaning: 'the anonymous part of Pss' },
  { key: 'Pss_File',        first: '5.3',  meaning: 'the part of Pss that belongs to files' },
  { key: 'Pss_Shmem',       first: '5.3',  meaning: 'the part of Pss that is shared memory or tmpfs' },
  { key: 'Shared_Clean',    first: '4.14', meaning: 'mapped more than once, not modified' },
  { key: 'Shared_Dirty',    first: '4.14', meaning: 'mapped more than once, modified' },
  { key: 'Private_Clean',   first: '4.14', meaning: 'mapped only here, not modified' },
  { key: 'Private_Dirty',   first: '4.14', meaning: 'mapped only here, modified' },
  { key: 'Referenced',      first: '4.14', meaning: 'marked as accessed (the young bit) since the kernel or clear_refs last took the marks away' },
  { key: 'Anonymous',       first: '4.14', meaning: 'belongs to no file, private copies of pages of files included' },
  { key: 'KSM',             first: '6.6',  meaning: 'merged with equal pages by KSM' },
  { key: 'LazyFree',        first: '4.14', meaning: 'given back with MADV_FREE, not yet taken' },
  { key: 'AnonHugePages',   first: '4.14', meaning: 'anonymous memory in transparent huge pages' },
  { key: 'ShmemPmdMapped',  first: '4.14', meaning: 'shared memory mapped by huge pages' },
  { key: 'FilePmdMapped',   first: '5.4',  meaning: 'page cache mapped by huge pages' },
  { key: 'Shared_Hugetlb',  first: '4.14', meaning: 'hugetlbfs pages mapped more than once; not part of Rss and Pss' },
  { key: 'Private_Hugetlb', first: '4.14', meaning: 'hugetlbfs pages mapped only here; not part of Rss and Pss' },
  { key: 'Swap',            first: '4.14', meaning: 'swapped out, pages shared with others counted in full' },
  { key: 'SwapPss',         first: '4.14', meaning: 'swapped out, each page divided by the number of its users' },
  { key: 'Locked',          first: '4.14', meaning: 'the part of Pss that is locked in memory (mlock)' },
];

/** `Size` is no use of memory, the page sizes are properties of one region: their sum means nothing. */
const OF_ONE_REGION = new Set(['Size', 'KernelPageSize', 'MMUPageSize']);

/**
 * Bytes by key, unknown keys too. Keys that come again are added up, so that a whole `smaps` (before 4.14, or where the
 * rollup is not to be had) gives the same sums. Empty for kernel threads and zombies. A last line that was cut off is
 * left out.
 */
export function decodeSmapsRollup(bytes: Uint8Array): Map<string, number> {
  const out = new Map<string, number>();
  for (const line of lines(bytes.subarray(0, bytes.lastIndexOf(10) + 1))) {
    const match = /^([A-Za-z]\w*): +(\d{1,20}) kB$/.exec(line);
    if (match && !OF_ONE_REGION.has(match[1]!)) out.set(match[1]!, (out.get(match[1]!) ?? 0) + Number(match[2]) * 1024);
  }
  return out;
}
