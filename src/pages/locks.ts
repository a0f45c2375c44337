/** The file locks of one task: what it holds, what it waits for, and who waits for it. */
import { exactText } from '../decode/bytes.ts';
import { decodeLocks, type FileLock, lockHolders } from '../decode/locks.ts';
import { decodeMountinfo } from '../decode/mountinfo.ts';
import { isBetween } from '../kernel/release.ts';
import { grouped } from '../units/format.ts';
import { isMissing } from '../units/missing.ts';
import { mapsOf } from './address.ts';
import type { TaskContext, TaskPageBuilder } from './context.ts';
import { type Descriptor, descriptorsOf, MOST_INFOS } from './descriptors.ts';
import { fact, facts, item, type Item, note, type Section } from './document.ts';
import { livingContext, livingNote } from './living.ts';
import { whyNot } from './task-files.ts';

/** What tells two lines of different files to be of the same lock. */
const keyOf = ({ kind, mode, access, pid, file, start, end }: FileLock): string =>
  [kind, mode, access, pid, file?.major, file?.minor, file?.inode, start, end].join(' ');

interface OwnLock {
  readonly lock: FileLock;
  /** Its descriptors, as their fdinfo tells; none of a lock that it waits for. */
  readonly fds: readonly number[];
}

/** Locks that fdinfo shows, with their descriptors: also those of open files that were inherited, and of no process. */
function locksByDescriptor(descriptors: readonly Descriptor[]): Map<string, OwnLock> {
  const out = new Map<string, OwnLock>();
  for (const { fd, info } of descriptors) {
    if (isMissing(info)) continue;
    for (const lock of info.locks) {
      const key = keyOf(lock);
      out.set(key, { lock, fds: [...(out.get(key)?.fds ?? []), fd] });
    }
  }
  return out;
}

function ownLocks(all: readonly FileLock[], byDescriptor: ReadonlyMap<string, OwnLock>, tgid: number): OwnLock[] {
  const left = new Map(byDescriptor);
  const own: OwnLock[] = [];
  for (const lock of all) {
    const key = keyOf(lock);
    const shown = lock.waiting ? undefined : left.get(key);
    if (!shown && lock.pid !== tgid) continue;
    own.push({ lock, fds: shown?.fds ?? [] });
    if (shown) left.delete(key);
  }
  return [...own, ...left.values()];
}

const deviceText = (major: number, minor: number): string =>
  [major, minor].map(n => n.toString(16).padStart(2, '0')).join(':');

/** `fe:00:260386`, as the kernel writes it. */
const fileText = ({ file }: FileLock): string =>
  file ? `${deviceText(file.major, file.minor)}:${file.inode}` : 'no file';

/** Paths of files by device and inode, out of the mappings and of descriptors whose fdinfo tells the inode (5.14). */
function pathsByInode(context: TaskContext, descriptors: readonly Descriptor[]): Map<string, string> {
  const out = new Map<string, string>();
  const maps = mapsOf(context);
  if (!isMissing(maps))
    for (const { device, inode, path } of maps.regions) if (inode !== '0') out.set(`${device}:${inode}`, path);
  const bytes = context.dossier.file('mountinfo');
  const mounts = isMissing(bytes) ? [] : decodeMountinfo(bytes);
  const devices = new Map(mounts.map(({ id, major, minor }) => [String(id), deviceText(major, minor)]));
  for (const { link, info } of descriptors) {
    if (isMissing(link) || isMissing(info) || info.inode === undefined) continue;
    const device = devices.get(info.mountId ?? '');
    if (device !== undefined) out.set(`${device}:${info.inode}`, link);
  }
  return out;
}

type PathOf = (own: OwnLock) => string | undefined;

/** The path of a lock's file: that of its descriptor, else what else the task has open or mapped with this inode. */
function pathFinder(context: TaskContext, descriptors: readonly Descriptor[], own: readonly OwnLock[]): PathOf {
  const links = new Map(descriptors.map(({ fd, link }) => [fd, link]));
  const linkOf = ({ fds: [fd = -1] }: OwnLock): string | undefined => {
    const link = links.get(fd);
    return link === undefined || isMissing(link) ? undefined : link;
  };
  const searched = own.some(of => of.lock.file && linkOf(of) === undefined);
  const byInode = searched ? pathsByInode(context, descriptors) : new Map<string, string>();
  return of => linkOf(of) ?? byInode.get(fileText(of.lock));
}

const fileItem = (own: OwnLock, pathOf: PathOf): Item => {
  const path = pathOf(own);
  const place = fileText(own.lock);
  return item(path ?? place, { path: path ?? null, inode: own.lock.file ? place : null });
};

/** `77 bash`, or what is known of who it is. */
function ownerItem({ task, dossier }: TaskContext, { pid, kind }: FileLock): Item {
  if (pid === undefined) return item(kind === 'OFDLCK' ? 'an open file' : 'another pid namespace', null, 'dim');
  const comm = dossier.file(`/proc/${pid}/comm`);
  const name = isMissing(comm) ? '' : exactText(comm).replace(/\n$/, '');
  return item(pid === task.tgid ? `${pid} ${task.comm} (this)` : `${pid} ${name}`.trimEnd(), pid);
}

const rangeText = ({ start, end }: FileLock): string => `${start}-${end}`;

function lockItems(own: OwnLock, pathOf: PathOf): Item[] {
  const { kind, mode, access, waiting } = own.lock;
  const breaking = mode === 'BREAKING' || mode === 'BREAKER';
  return [
    item(kind),
    item(mode, mode, breaking ? 'warn' : 'dim'),
    item(access),
    waiting ? item('waits', 'waiting', 'warn') : item('held', 'held'),
    item(rangeText(own.lock), { start: own.lock.start, end: own.lock.end }),
    item(own.fds.join(','), own.fds),
    fileItem(own, pathOf),
  ];
}

interface Wait {
  readonly waiter: FileLock;
  readonly holder: FileLock;
  readonly own: OwnLock;
}

/** Who waits for whom, where the task is one of the two. */
function waitsOf(all: readonly FileLock[], own: readonly OwnLock[]): Wait[] {
  const waiting = own.filter(({ lock }) => lock.waiting);
  const held = own.filter(({ lock }) => !lock.waiting);
  const ids = new Map(all.map(lock => [keyOf(lock), lock.id]));
  return [
    ...waiting.flatMap(of => lockHolders(all, of.lock).map(holder => ({ waiter: of.lock, holder, own: of }))),
    ...held.flatMap(of => {
      const id = ids.get(keyOf(of.lock));
      const waiters = all.filter(lock => lock.waiting && lock.id === id);
      return waiters.map(waiter => ({ waiter, holder: of.lock, own: of }));
    }),
  ];
}

function waitSection(context: TaskContext, waits: readonly Wait[], pathOf: PathOf): Section[] {
  if (waits.length === 0) return [];
  return [
    {
      kind: 'table',
      id: 'waits',
      title: 'Who waits for whom',
      columns: [
        { id: 'waiter', title: 'waits', most: 24 },
        { id: 'access', title: 'for' },
        { id: 'holder', title: 'held by', most: 24 },
        { id: 'file', title: 'file' },
      ],
      rows: waits.map(({ waiter, holder, own }) => [
        ownerItem(context, waiter),
        item(`${waiter.access} ${rangeText(waiter)}`, waiter.access),
        ownerItem(context, holder),
        fileItem(own, pathOf),
      ]),
    },
  ];
}

const UNTOLD = 'Locks of open files (OFDLCK), and those of an inherited file, are told by fdinfo alone';

/** What cannot be known, and why. */
function notesOf(context: TaskContext, descriptors: readonly Descriptor[], total: number): Section[] {
  const { dossier, task } = context;
  const locks = dossier.file('/proc/locks');
  const names = dossier.names('fd');
  const why = isMissing(names) ? names : descriptors.map(({ info }) => info).find(isMissing);
  const old = !isBetween(task.machine.release, '4.1', null);
  return [
    ...(isMissing(locks) ? [note(`/proc/locks: ${whyNot(context, '/proc/locks', locks)}.`)] : []),
    ...(why ? [note(`fdinfo: ${whyNot(context, 'fdinfo/0', why)}.`)] : []),
    ...(why || old ? [note(`${UNTOLD}${old ? ', which tells them since Linux 4.1' : ''}.`)] : []),
    ...(total > MOST_INFOS
      ? [note(`Only the first ${MOST_INFOS} of ${grouped(total)} descriptors are looked at.`)]
      : []),
  ];
}

export const locksPage: TaskPageBuilder = leader => {
  const context = livingContext(leader);
  const { task, dossier } = context;
  const bytes = dossier.file('/proc/locks');
  const all = isMissing(bytes) ? [] : decodeLocks(bytes);
  const names = dossier.names('fd');
  const fds = isMissing(names) ? [] : names.filter(name => /^\d{1,10}$/.test(name));
  const descriptors = descriptorsOf(context, fds).slice(0, MOST_INFOS);
  const own = ownLocks(all, locksByDescriptor(descriptors), task.tgid);
  const pathOf = pathFinder(context, descriptors, own);
  const waits = waitsOf(all, own);
  const held = own.filter(({ lock }) => !lock.waiting).length;
  const waiters = new Set(waits.filter(({ waiter }) => waiter.pid !== task.tgid).map(({ waiter }) => waiter)).size;
  const value = { held, waits_for: own.length - held, waiters };
  const words = [
    ...(held > 0 ? [`${grouped(held)} held`] : []),
    ...(own.length > held ? [`waits for ${grouped(own.length - held)}`] : []),
    ...(waiters > 0 ? [`${grouped(waiters)} of others wait for it`] : []),
  ];
  const text = words.join(', ') || 'none';
  return {
    sections: [
      ...livingNote(context, leader),
      facts('', undefined, [fact('counts', 'File locks', item(text, value, waits.length > 0 ? 'warn' : 'normal'))]),
      {
        kind: 'table',
        id: 'locks',
        columns: [
          { id: 'kind', title: 'kind' },
          { id: 'mode', title: 'mode' },
          { id: 'access', title: 'access' },
          { id: 'state', title: 'state' },
          { id: 'bytes', title: 'bytes' },
          { id: 'fds', title: 'fd', most: 12 },
          { id: 'file', title: 'file' },
        ],
        rows: own.map(lock => lockItems(lock, pathOf)),
      },
      ...waitSection(context, waits, pathOf),
      ...notesOf(context, descriptors, fds.length),
    ],
  };
};
