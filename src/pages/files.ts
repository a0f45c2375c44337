/** The open files of one task: files, sockets with their addresses, pipes with their other ends. */
import { decodeSockets, SOCKET_FILES, type SocketInfo, type SocketKind } from '../decode/net-sockets.ts';
import { decodeLimits } from '../decode/limits.ts';
import { isKernelThread } from '../fields/task.ts';
import { grouped } from '../units/format.ts';
import { isMissing } from '../units/missing.ts';
import type { TaskContext, TaskPageBuilder } from './context.ts';
import { type Descriptor, type DescriptorKind, descriptorsOf, kindsOf, MOST_INFOS } from './descriptors.ts';
import { fact, type Fact, facts, item, type Item, type Json, missingItem, note, type Section } from './document.ts';
import { livingContext, livingNote } from './living.ts';
import { cellOf } from './numbers.ts';
import { missingSection, whyNot } from './task-files.ts';

const SOCKET_LINK = /^socket:\[(\d+)\]$/;

const inodeOf = ({ link }: Descriptor): string | undefined =>
  isMissing(link) ? undefined : SOCKET_LINK.exec(link)?.[1];

/** Lists are asked in this order, and no more when every socket has been found. */
// prettier-ignore
const LISTS: readonly SocketKind[] = ['unix', 'tcp', 'tcp6', 'udp', 'udp6', 'netlink', 'raw', 'raw6', 'packet'];

interface Sockets {
  readonly byInode: ReadonlyMap<string, SocketInfo>;
  /** Lists that could not be read, or not to their end. */
  readonly lacking: readonly string[];
}

function socketsOf(context: TaskContext, descriptors: readonly Descriptor[]): Sockets {
  const { dossier } = context;
  const wanted = new Set(descriptors.map(inodeOf).filter(inode => inode !== undefined));
  const byInode = new Map<string, SocketInfo>();
  const lacking: string[] = [];
  for (const kind of LISTS) {
    if (wanted.size === 0) break;
    const path = SOCKET_FILES[kind];
    const bytes = dossier.file(path);
    if (isMissing(bytes)) {
      if (bytes.missing !== 'not-in-this-kernel') lacking.push(`${path}: ${whyNot(context, path, bytes)}`);
      continue;
    }
    if (dossier.truncated(path)) lacking.push(`${path}: longer than what is read of it`);
    for (const [inode, socket] of decodeSockets(kind, bytes)) if (wanted.delete(inode)) byInode.set(inode, socket);
  }
  return { byInode, lacking: wanted.size === 0 ? [] : lacking };
}

const queueWords = (receive: number, send: number): string =>
  [receive > 0 ? ` receive queue ${grouped(receive)}` : '', send > 0 ? ` send queue ${grouped(send)}` : ''].join('');

/** `tcp 127.0.0.1:22 → 10.0.0.7:51234 ESTABLISHED`. */
function socketWords(socket: SocketInfo): string {
  switch (socket.kind) {
    case 'unix':
      return `unix ${socket.type} ${socket.state}${socket.path === undefined ? '' : ` ${socket.path}`}`;
    case 'netlink':
      return `netlink ${socket.protocol} port ${socket.portId}${queueWords(socket.receiveQueue, socket.sendQueue)}`;
    case 'packet':
      return `packet ${socket.type} protocol ${socket.protocol} interface ${socket.interfaceIndex || 'any'}${queueWords(socket.receiveQueue, 0)}`;
    default: {
      const { kind, protocol, local, remote, state, receiveQueue, sendQueue } = socket;
      const to = state === 'LISTEN' || state === 'UNCONNECTED' ? '' : ` → ${remote}`;
      const waiting = state === 'LISTEN' && receiveQueue > 0 ? ` ${grouped(receiveQueue)} not yet accepted` : '';
      const queues = state === 'LISTEN' ? waiting : queueWords(receiveQueue, sendQueue);
      return `${kind}${protocol === undefined ? '' : ` ${protocol}`} ${local}${to} ${state}${queues}`;
    }
  }
}

/** Descriptors of this task with the same link, others than itself. */
type SameLink = (of: Descriptor) => readonly Descriptor[];

function sameLink(descriptors: readonly Descriptor[]): SameLink {
  const byLink = new Map<string, Descriptor[]>();
  for (const descriptor of descriptors) {
    if (descriptor.kind !== 'pipe' || isMissing(descriptor.link)) continue;
    byLink.set(descriptor.link, [...(byLink.get(descriptor.link) ?? []), descriptor]);
  }
  return of => (isMissing(of.link) ? [] : (byLink.get(of.link) ?? []).filter(({ fd }) => fd !== of.fd));
}

const END_WORDS: Readonly<Record<string, string>> = {
  O_RDONLY: 'read end',
  O_WRONLY: 'write end',
  O_RDWR: 'both ends',
};

const endOf = ({ info }: Descriptor): string => (isMissing(info) ? '' : (END_WORDS[info.flags[0] ?? ''] ?? ''));

/** `read end; write end: 4`. */
function pipeWords(pipe: Descriptor, others: readonly Descriptor[]): string {
  const ends = others.map(other => `${endOf(other)}${endOf(other) === '' ? 'also ' : ': '}${other.fd}`);
  return [endOf(pipe), ...ends].filter(words => words !== '').join('; ');
}

function targetItem(descriptor: Descriptor, { byInode, lacking }: Sockets, others: SameLink): Item {
  const { link, deleted, kind, info } = descriptor;
  if (isMissing(link)) return missingItem(link, link.missing === 'not-in-this-kernel' ? 'closed meanwhile' : undefined);
  const socket = byInode.get(inodeOf(descriptor) ?? '');
  // unbound netlink sockets, vsock and the like stand in none
  const isUnlisted = kind === 'socket' && !socket && lacking.length === 0;
  const same = others(descriptor);
  const value: Json = {
    link,
    deleted,
    socket: socket ? Object.fromEntries(Object.entries(socket)) : null,
    same_pipe: same.map(({ fd }) => fd),
  };
  if (socket) return item(socketWords(socket), value);
  const words = isUnlisted
    ? 'in no list of net/: not bound, or of another family'
    : kind === 'pipe'
      ? pipeWords(descriptor, same)
      : isMissing(info)
        ? ''
        : info.words;
  const more = [words, deleted ? 'deleted' : ''].filter(text => text !== '').join(', ');
  return item(more === '' ? link : `${link}  ${more}`, value, deleted && kind === 'file' ? 'warn' : 'normal');
}

const flagWords = (flags: readonly string[]): string => flags.map(flag => flag.replace(/^_*O_/, '')).join('|');

function rowItems(descriptor: Descriptor, sockets: Sockets, others: SameLink): Item[] {
  const { fd, kind, info } = descriptor;
  const position = isMissing(info) ? undefined : info.position;
  // sockets, pipes and the like have no position, and say 0
  const hasPosition = ['file', 'dir', 'device', 'memory'].includes(kind);
  return [
    item(String(fd), fd),
    item(kind, kind, 'dim'),
    isMissing(info) || position === undefined
      ? cellOf(info, () => item('-', null, 'dim'))
      : item(hasPosition ? grouped(Number(position)) : '', Number(position)),
    cellOf(info, ({ flags }) => item(flagWords(flags), flags, 'dim')),
    targetItem(descriptor, sockets, others),
  ];
}

const KIND_NAMES: Readonly<Record<DescriptorKind, readonly [one: string, more: string]>> = {
  file: ['file', 'files'],
  dir: ['folder', 'folders'],
  device: ['device', 'devices'],
  tty: ['terminal', 'terminals'],
  socket: ['socket', 'sockets'],
  pipe: ['end of a pipe', 'ends of pipes'],
  memory: ['memory file', 'memory files'],
  anon: ['kernel object', 'kernel objects'],
  namespace: ['namespace', 'namespaces'],
  unknown: ['other', 'others'],
};

function kindsFact(counts: ReadonlyMap<DescriptorKind, number>): Fact {
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const text = sorted.map(([kind, n]) => `${grouped(n)} ${KIND_NAMES[kind][n === 1 ? 0 : 1]}`).join(', ');
  return fact('by_kind', 'By kind', item(text || 'none', Object.fromEntries(sorted)));
}

/** From this share of the limit on it is worth a warning. */
const NEAR = 0.8;

/** `12 of 1,024 (soft RLIMIT_NOFILE); the highest is 31`: the limit is on the number, not on how many there are. */
function countFact(context: TaskContext, names: readonly string[], shown: number): Fact {
  const highest = names.reduce((most, name) => Math.max(most, Number(name)), -1);
  const bytes = context.dossier.file('limits');
  const soft = isMissing(bytes) ? undefined : decodeLimits(bytes).find(({ name }) => name === 'Max open files')?.soft;
  const near = soft !== undefined && highest + 1 >= NEAR * Number(soft);
  const words = [
    soft === undefined ? '' : ` of ${/^\d+$/.test(soft) ? grouped(Number(soft)) : soft} (soft RLIMIT_NOFILE)`,
    highest < 0 ? '' : `; the highest is ${highest}`,
    isMissing(bytes) ? `; limits: ${whyNot(context, 'limits', bytes)}` : '',
  ];
  const value = { open: names.length, shown, highest: highest < 0 ? null : highest, soft_limit: soft ?? null };
  return fact('count', 'Open files', item(grouped(names.length) + words.join(''), value, near ? 'warn' : 'normal'));
}

/** What was not looked at, and why. */
function lackingNotes(context: TaskContext, descriptors: readonly Descriptor[]): Section[] {
  const notes: Section[] = [];
  const infos = descriptors.slice(0, MOST_INFOS).map(({ info }) => info);
  const why = infos.find(isMissing);
  if (why && infos.every(isMissing)) notes.push(note(`fdinfo: ${whyNot(context, 'fdinfo/0', why)}.`));
  if (descriptors.length > MOST_INFOS)
    notes.push(note(`Position, flags, and which are folders, of the first ${MOST_INFOS} only.`));
  return notes;
}

function fileSections(context: TaskContext, names: readonly string[]): Section[] {
  const descriptors = descriptorsOf(context, names);
  const links = descriptors.map(({ link }) => link);
  const why = links.find(isMissing);
  // the folder can be listed where the links in it may not be read
  if (why && links.every(isMissing))
    return [facts('', undefined, [countFact(context, names, 0)]), note(`fd: ${whyNot(context, 'fd/0', why)}.`)];
  const sockets = socketsOf(context, descriptors);
  const others = sameLink(descriptors);
  return [
    facts('', undefined, [
      countFact(context, names, descriptors.length),
      kindsFact(kindsOf(context, descriptors, names)),
    ]),
    ...(names.length > descriptors.length
      ? [note(`Listed are the first ${grouped(descriptors.length)} of ${grouped(names.length)}.`, 'warn')]
      : []),
    {
      kind: 'table',
      id: 'files',
      columns: [
        { id: 'fd', title: 'fd', align: 'right' },
        { id: 'kind', title: 'kind' },
        { id: 'position', title: 'position', align: 'right' },
        { id: 'flags', title: 'flags O_', most: 24 },
        { id: 'target', title: 'leads to' },
      ],
      rows: descriptors.map(descriptor => rowItems(descriptor, sockets, others)),
      empty: isKernelThread(context.task) ? 'None, as of most kernel threads.' : 'None.',
    },
    ...lackingNotes(context, descriptors),
    ...sockets.lacking.map(text => note(`${text}.`)),
  ];
}

export const filesPage: TaskPageBuilder = leader => {
  const context = livingContext(leader);
  const names = context.dossier.names('fd');
  if (isMissing(names))
    return { sections: [missingSection(context, 'fd', { id: 'files', title: 'Open files' }, names)] };
  const numbers = names.filter(name => /^\d{1,10}$/.test(name));
  return { sections: [...livingNote(context, leader), ...fileSections(context, numbers)] };
};
