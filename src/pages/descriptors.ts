/** The open files of a task: what each descriptor leads to, by its link and its fdinfo. */
import { latin1 } from '../decode/bytes.ts';
import { decodeLock, type FileLock } from '../decode/locks.ts';
import { isMissing, missing, type Reading } from '../units/missing.ts';
import type { TaskContext } from './context.ts';
import { openFlags } from './open-flags.ts';

/** More links are not read: each is a call. */
export const MOST_LINKS = 2000;
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

const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;
const plural = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

/** What stands in fdinfo beside position and flags. @see proc_pid_fdinfo(5); Documentation/filesystems/proc.rst. */
function wordsOf(text: string): string {
  const value = (key: string): string | undefined => new RegExp(`^${key}:[ \\t]*([0-9a-f]+)`, 'm').exec(text)?.[1];
  const watched = count(text, /^tfd:/gm);
  if (watched > 0) return `watches ${plural(watched, 'descriptor')}`;
  const places = count(text, /^(?:inotify wd|fanotify ino|fanotify mnt_id|fanotify sdev)/gm);
  if (places > 0) return `watches ${plural(places, 'place')}`;
  const counter = value('eventfd-count');
  if (counter !== undefined) return `counter 0x${counter}`;
  const ticks = value('ticks');
  if (ticks !== undefined) return `${ticks} expirations not yet read`;
  const mask = value('sigmask');
  if (mask !== undefined) return `signals 0x${mask}`;
  const pid = value('Pid');
  return pid === undefined ? '' : `of process ${pid}`;
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
    words: wordsOf(text),
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
