/**
 * `/proc/[pid]/pagemap`: one word of 64 bits for every page of the address space; 0 where nothing is.
 *
 * @see proc_pid_pagemap(5); kernel `fs/proc/task_mmu.c`, `Documentation/admin-guide/mm/pagemap.rst`. Since 2.6.25.
 */
import { isBetween, type Release } from '../kernel/release.ts';

/** A yes-or-no bit of the word. */
export interface PagemapFlag {
  readonly bit: number;
  readonly name: string;
  /** First mainline minor; null = older than 2.6.32. */
  readonly first: string | null;
  readonly meaning: string;
}

// prettier-ignore
export const PAGEMAP_FLAGS: readonly PagemapFlag[] = [
  { bit: 63, name: 'present',        first: null,   meaning: 'in memory' },
  { bit: 62, name: 'swapped',        first: null,   meaning: 'swapped out, or another mark of the kernel in its place (being moved, poisoned, guard)' },
  { bit: 61, name: 'file or shared', first: '3.5',  meaning: 'page of a file or of shared memory; not set: anonymous' },
  { bit: 58, name: 'guard',          first: '6.15', meaning: 'guard region (madvise MADV_GUARD_INSTALL): a fault is fatal' },
  { bit: 57, name: 'uffd-wp',        first: '5.13', meaning: 'write-protected by userfaultfd' },
  { bit: 56, name: 'exclusive',      first: '4.3',  meaning: 'mapped nowhere else' },
  { bit: 55, name: 'soft-dirty',     first: '4.3',  meaning: 'written to since the last 4 in clear_refs; never set without CONFIG_MEM_SOFT_DIRTY' },
];

export interface PagemapEntry {
  readonly state: 'present' | 'swapped' | 'guard' | 'nothing';
  /** The flags that this release has. */
  readonly flags: readonly { readonly flag: PagemapFlag; readonly set: boolean }[];
  /** Page frame number (physical address / page size) of a present page. */
  readonly frame?: bigint;
  /** Area and slot of a swapped page; the highest areas are no swap but other marks of the kernel. */
  readonly swap?: { readonly area: number; readonly offset: bigint };
  /** There is a frame or slot, but the kernel hides it from readers without CAP_SYS_ADMIN. */
  readonly hidden: boolean;
  /** Up to 4.2: log2 of the page size, where the word says it. */
  readonly pageShift?: number;
}

/** The word's layout changed with 4.3: since then its high bits always are flags. */
const FLAGS_FIRST = '4.3';
/** Up to 4.2 bits 55 to 60 were the page shift, or soft-dirty alone (0 or 1; since 3.11, once 4 was in clear_refs). */
const OLD_SHIFT = 55n;
const SOFT_DIRTY_FIRST = '3.11';
const SOFT_DIRTY = PAGEMAP_FLAGS.find(({ name }) => name === 'soft-dirty')!;

/**
 * Decodes one word.
 * @param release of the kernel that wrote it: which bits it knew.
 */
export function decodePagemapEntry(word: bigint, release: Release): PagemapEntry {
  const isSet = (bit: number): boolean => ((word >> BigInt(bit)) & 1n) === 1n;
  const flags = PAGEMAP_FLAGS.filter(({ first }) => isBetween(release, first, null)).map(flag => ({
    flag,
    set: isSet(flag.bit),
  }));
  const old = !isBetween(release, FLAGS_FIRST, null);
  const field = Number((word >> OLD_SHIFT) & 0x3fn);
  if (old && field <= 1 && isBetween(release, SOFT_DIRTY_FIRST, null))
    flags.push({ flag: SOFT_DIRTY, set: field === 1 });
  const has = (name: string): boolean => flags.some(({ flag, set }) => set && flag.name === name);
  const number = BigInt.asUintN(55, word);
  const state = has('guard') ? 'guard' : has('present') ? 'present' : has('swapped') ? 'swapped' : 'nothing';
  // frame 0 belongs to firmware or kernel, slot 0 is the header of a swap area
  const hidden = !old && number === 0n && (state === 'present' || state === 'swapped');
  return {
    state,
    flags,
    hidden,
    ...(state === 'present' && !hidden && { frame: number }),
    ...(state === 'swapped' && !hidden && { swap: { area: Number(number & 0x1fn), offset: number >> 5n } }),
    ...(old && field > 1 && { pageShift: field }),
  };
}

/** Where an address's word begins in the file. */
export const pagemapOffset = (address: bigint, pageBytes: number): bigint => (address / BigInt(pageBytes)) * 8n;

/** Who may read the file, by release; always with the right to ptrace the task as well. */
export function pagemapPermission(release: Release): string {
  if (isBetween(release, '4.3', null))
    return 'frame numbers and swap slots only with CAP_SYS_ADMIN: without it they read 0';
  if (isBetween(release, '4.0', '4.2')) return 'only with CAP_SYS_ADMIN: without it open fails with EPERM';
  return 'whoever may ptrace the task (from 2015 on also stable kernels of this age want CAP_SYS_ADMIN)';
}
