/** The open files of a task: what each descriptor leads to, by its link and its fdinfo. */
import { latin1 } from '../decode/bytes.ts';
import { decodeLock, type FileLock } from '../decode/locks.ts';
import { isMissing, missing, type Reading } from '../units/missing.ts';
import type { TaskContext } from './context.ts';
import { fdinfoWords } from './fdinfo-words.ts';
import { openFlags } from './open-flags.ts';

/** More links are not read: each is a call. */
export const MOST_LINKS = 2000;
/** The kinds of so many are counted: a link that is not shown needs its name alone. */
const MOST_KINDS = 50_000;
/** More fdinfo files are not read: each is a file to open. */
export const MOST_INFOS = 200;

export type DescriptorKind =
  'file' | 'dir' | 'device' | 'tty' | 'socket' | 'pipe' | 'memory' | 'anon' | 'namespace' | 'unknown';

/** What fdinfo says of an open file. */
export interface DescriptorInfo {
  /** Decimal digits; absent where the file does not say. */
  readonly position?: string;
  /** `O_RDWR`, `O_NONBLOCK` …, the access first. */
  readonly flags: readonly string[];
  /** Of what is no file: `watches 3 descriptors`, `counter 0`. */
  readonly words: string;
  /** Inode (5.14) and mount (3.15) of the file, digits. */
  readonly inode: string | undefined;
  readonly mountId: string | undefined;
  readonly locks: readonly FileLock[];
}

export interface Descriptor {
  readonly fd: number;
  readonly kind: DescriptorKind;
  /** Where its link leads, without ` (deleted)`. */
  readonly link: Reading<string>;
  readonly deleted: boolean;
  readonly info: Reading<DescriptorInfo>;
}

const DELETED = / \(deleted\)$/;

/** By the text of the link alone: nothing may be opened or asked for what it is. */
export function kindOfLink(link: string): DescriptorKind {
  if (link.startsWith('socket:')) return 'socket';
  if (link.startsWith('pipe:')) return 'pipe';
  if (link.startsWith('anon_inode:')) return 'anon';
  if (/^\/(?:memfd:|SYSV|dmabuf:|anon_hugepage)/.test(link)) return 'memory';
  if (/^\/dev\/(?:pts\/|tty|console|ptmx)/.test(link)) return 'tty';
  if (link.startsWith('/dev/') && !/^\/dev\/(?:shm|mqueue|hugepages)(?:\/|$)/.test(link)) return 'device';
  if (link.startsWith('/') || link.startsWith('(unreachable)')) return 'file';
  return /^[a-z_]+:\[\d+\]$/.test(link) ? 'namespace' : 'unknown';
}

/** An fdinfo file; what is not in it is left out. */
export function decodeDescriptorInfo(bytes: Uint8Array, architecture: string): DescriptorInfo {
  const text = latin1(bytes);
  const value = (key: string): string | undefined => new RegExp(`^${key}:\\t(\\d+)$`, 'm').exec(text)?.[1];
  const position = value('pos');
  const locks = [...text.matchAll(/^lock:\t(.*)$/gm)].map(([, line]) => decodeLock(line!));
  return {
    ...(position === undefined ? {} : { position }),
    flags: openFlags(value('flags') ?? '', architecture) ?? [],
    words: fdinfoWords(text),
    inode: value('ino'),
    mountId: value('mnt_id'),
    locks: locks.filter(lock => lock !== undefined),
  };
}

/**
 * The first {@link MOST_LINKS} descriptors, lowest first; the first {@link MOST_INFOS} of them with their fdinfo.
 * @param names of `fd`, decimal numbers.
 */
export function descriptorsOf({ dossier, task }: TaskContext, names: readonly string[]): Descriptor[] {
  const numbers = names.map(Number).sort((a, b) => a - b);
  return numbers.slice(0, MOST_LINKS).map((fd, index): Descriptor => {
    const link = dossier.link(`fd/${fd}`);
    // who may not read the one may not read the other
    if (isMissing(link)) return { fd, kind: 'unknown', link, deleted: false, info: link };
    const bytes = index < MOST_INFOS ? dossier.file(`fdinfo/${fd}`) : missing('not-read');
    const info = isMissing(bytes) ? bytes : decodeDescriptorInfo(bytes, task.machine.architecture);
    const deleted = DELETED.test(link);
    const kind = kindOfLink(link);
    const isFolder = kind === 'file' && !isMissing(info) && info.flags.includes('O_DIRECTORY');
    return { fd, kind: isFolder ? 'dir' : kind, link: link.replace(DELETED, ''), deleted, info };
  });
}

/** How many there are of each kind, of all descriptors: those without fdinfo by their link alone. */
export function kindsOf(
  { dossier }: TaskContext,
  looked: readonly Descriptor[],
  names: readonly string[],
): ReadonlyMap<DescriptorKind, number> {
  const counts = new Map<DescriptorKind, number>();
  const add = (kind: DescriptorKind): unknown => counts.set(kind, (counts.get(kind) ?? 0) + 1);
  for (const { kind } of looked) add(kind);
  const known = new Set(looked.map(({ fd }) => fd));
  for (const name of names.slice(0, MOST_KINDS)) {
    if (known.has(Number(name))) continue;
    const link = dossier.link(`fd/${name}`);
    add(isMissing(link) ? 'unknown' : kindOfLink(link));
  }
  return counts;
}
