/** Counters of /proc/vmstat that the page Memory shows. kernel mm/vmstat.c (vmstat_text), include/linux/vm_event_item.h. */

export interface VmstatCounter {
  readonly id: string;
  readonly title: string;
  /** The names that are added up: some are counted by zone, and differ by release. */
  readonly names: RegExp;
  /** Taken off again. */
  readonly without?: string;
  readonly meaning: string;
  /** More than none is trouble. */
  readonly trouble?: true;
}

const ZONE = '(?:_(?:dma|dma32|normal|high|movable|device))?';

// prettier-ignore
export const VMSTAT_COUNTERS: readonly VmstatCounter[] = [
  { id: 'minor_faults',     title: 'minor faults',     names: /^pgfault$/, without: 'pgmajfault', meaning: 'page faults without a wait for a disk (pgfault less pgmajfault)' },
  { id: 'major_faults',     title: 'major faults',     names: /^pgmajfault$/, meaning: 'page faults that had to wait for a disk' },
  { id: 'swapped_in',       title: 'pages swapped in', names: /^pswpin$/, meaning: 'read from swap (pswpin)' },
  { id: 'swapped_out',      title: 'swapped out',      names: /^pswpout$/, meaning: 'written to swap (pswpout)' },
  { id: 'scanned_kswapd',   title: 'scanned, kswapd',  names: new RegExp(`^pgscan_kswapd${ZONE}$`), meaning: 'pages that kswapd looked at to free memory' },
  { id: 'stolen_kswapd',    title: 'freed, kswapd',    names: new RegExp(`^pgsteal_kswapd${ZONE}$`), meaning: 'pages that kswapd freed' },
  { id: 'scanned_direct',   title: 'scanned, direct',  names: new RegExp(`^pgscan_direct${ZONE}$`), meaning: 'the same by tasks that wanted memory and had to free some first' },
  { id: 'stolen_direct',    title: 'freed, direct',    names: new RegExp(`^pgsteal_direct${ZONE}$`), meaning: 'pages that such tasks freed' },
  { id: 'allocation_stalls', title: 'stalls',          names: new RegExp(`^allocstall${ZONE}$`), meaning: 'times a task had to free memory before it got some (allocstall)' },
  { id: 'compaction_stalls', title: 'compactions',     names: /^compact_stall$/, meaning: 'times a task had to move pages to get contiguous ones (compact_stall)' },
  { id: 'refaults_file',    title: 'refaults, files',  names: /^workingset_refault(?:_file)?$/, meaning: 'pages of files read again soon after they were dropped' },
  { id: 'refaults_anon',    title: 'refaults, anon',   names: /^workingset_refault_anon$/, meaning: 'pages swapped in again soon after they were swapped out' },
  { id: 'oom_kills',        title: 'OOM kills',        names: /^oom_kill$/, meaning: 'tasks killed for want of memory (oom_kill)', trouble: true },
];

/** The counter's value; undefined when this kernel has none of its names. */
export function vmstatTotal(
  vmstat: ReadonlyMap<string, number>,
  { names, without }: VmstatCounter,
): number | undefined {
  let sum: number | undefined;
  for (const [name, value] of vmstat) if (names.test(name)) sum = (sum ?? 0) + value;
  const less = without === undefined ? 0 : vmstat.get(without);
  return sum === undefined || less === undefined ? undefined : sum - less;
}
