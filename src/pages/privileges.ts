/** What one task may do: users, capabilities, what confines it, namespaces. */
import { exactText, lines } from '../decode/bytes.ts';
import { grouped } from '../units/format.ts';
import { isMissing, missing, type Reading } from '../units/missing.ts';
import { capabilityList, capabilityWords, lastCapabilityOf } from './capability-words.ts';
import type { TaskContext, TaskPageBuilder } from './context.ts';
import { fact, facts, item, type Item, missingItem, numberItem, type Section } from './document.ts';
import { absence, SECCOMP, statusWords, userName } from './status-words.ts';
import {
  bareWords,
  fileItem,
  fileMissing,
  lineOf,
  maskFrom,
  missingSection,
  numberOf,
  type Status,
  statusOf,
  whyNot,
} from './task-files.ts';

type Keys = Reading<Status>;

/** A fact out of a key of status; undefined from `show`: the file has no such key, or other text. */
function keyItem(context: TaskContext, keys: Keys, key: string, show: (text: string) => Item | undefined): Item {
  if (isMissing(keys)) return fileMissing(context, 'status', keys);
  const text = keys.get(key);
  const shown = text === undefined ? undefined : show(text);
  if (shown) return shown;
  const { reading, why } = absence(key, context.task);
  return missingItem(reading, why);
}

// ---- who

const ROLES = ['real', 'effective', 'saved', 'file system'] as const;

/** Four ids: `root (0)` when they are the same, else each with its role. */
function idsItem(text: string, name: (id: number) => string): Item | undefined {
  const ids = text.split(/\s+/).map(Number);
  if (ids.length !== 4 || ids.some(Number.isNaN)) return undefined;
  const value = { real: ids[0]!, effective: ids[1]!, saved: ids[2]!, fs: ids[3]! };
  if (ids.every(id => id === ids[0])) return item(`${name(ids[0]!)} (real, effective, saved, file system)`, value);
  return item(ids.map((id, n) => `${ROLES[n]!} ${name(id)}`).join(', '), value, 'warn');
}

function groupsItem(text: string): Item | undefined {
  const ids = text === '' ? [] : text.split(/\s+/).map(Number);
  return ids.some(Number.isNaN) ? undefined : item(ids.join(' ') || 'none', ids);
}

/** Ids for auditing: all ones mean that none was set. */
function auditItem(context: TaskContext, name: string, unset: string, show: (id: number) => string): Item {
  return fileItem(context, name, bytes => {
    const id = numberOf(bytes);
    if (id === undefined) return undefined;
    return id === 0xffffffff ? item(unset, null) : numberItem(show(id), id);
  });
}

function whoSection(context: TaskContext, keys: Keys): Section {
  const { machine } = context.task;
  const user = (uid: number): string => {
    const name = userName(uid, machine);
    return name === String(uid) ? name : `${uid} ${name}`;
  };
  return facts('', 'Identity', [
    fact(
      'uid',
      'User',
      keyItem(context, keys, 'Uid', text => idsItem(text, user)),
    ),
    fact(
      'gid',
      'Group',
      keyItem(context, keys, 'Gid', text => idsItem(text, String)),
    ),
    fact('groups', 'More groups', keyItem(context, keys, 'Groups', groupsItem)),
    fact('loginuid', 'Login user', auditItem(context, 'loginuid', 'none: nobody logged in for it', user)),
    fact('sessionid', 'Audit session', auditItem(context, 'sessionid', 'none', String)),
    fact(
      'umask',
      'Umask',
      keyItem(context, keys, 'Umask', text => {
        const { text: words } = statusWords('Umask', text, { machine, lastCapability: 0 });
        return item(`${text}: ${words}`, text);
      }),
    ),
  ]);
}

// ---- capabilities

const CAPABILITY_SETS = [
  ['CapEff', 'Effective'],
  ['CapPrm', 'Permitted'],
  ['CapInh', 'Inheritable'],
  ['CapBnd', 'Bounding'],
  ['CapAmb', 'Ambient'],
] as const;

function capabilitiesSection(context: TaskContext, keys: Keys): Section {
  const last = lastCapabilityOf(context);
  const setItem = (text: string): Item | undefined => {
    const mask = maskFrom(text);
    if (mask === undefined) return undefined;
    const hex = mask.toString(16).padStart(16, '0');
    return item(`${hex}  ${capabilityWords(mask, last)}`, { mask: `0x${hex}`, names: capabilityList(mask) });
  };
  return facts('capabilities', 'Capabilities', [
    ...CAPABILITY_SETS.map(([key, label]) =>
      fact(key.toLowerCase().replace('cap', 'cap_'), label, keyItem(context, keys, key, setItem)),
    ),
    fact(
      'no_new_privs',
      'No new privileges',
      keyItem(context, keys, 'NoNewPrivs', text =>
        text === '1'
          ? item('yes: exec gives neither set-id nor file capabilities', true)
          : text === '0'
            ? item('no', false)
            : undefined,
      ),
    ),
  ]);
}

// ---- what confines it

/** Flags of the execution domain. @see personality(2); kernel `include/uapi/linux/personality.h`. */
const PERSONALITY: readonly (readonly [bit: number, name: string, meaning: string])[] = [
  [0x0020000, 'UNAME26', 'uname() says 2.6'],
  [0x0040000, 'ADDR_NO_RANDOMIZE', 'no random addresses'],
  [0x0080000, 'FDPIC_FUNCPTRS', 'function pointers lead to descriptors'],
  [0x0100000, 'MMAP_PAGE_ZERO', 'page 0 is mapped'],
  [0x0200000, 'ADDR_COMPAT_LAYOUT', 'old layout of the address space'],
  [0x0400000, 'READ_IMPLIES_EXEC', 'what may be read may be executed'],
  [0x0800000, 'ADDR_LIMIT_32BIT', '32-bit addresses'],
  [0x1000000, 'SHORT_INODE', 'short inode numbers'],
  [0x2000000, 'WHOLE_SECONDS', 'whole seconds in time stamps'],
  [0x4000000, 'STICKY_TIMEOUTS', 'select() leaves its timeout as it was'],
  [0x8000000, 'ADDR_LIMIT_3GB', '3 GB of addresses'],
];
const DOMAINS: Readonly<Record<number, string>> = { 0: 'PER_LINUX', 8: 'PER_LINUX32' };

function personalityItem(bytes: Uint8Array): Item | undefined {
  const text = lineOf(bytes);
  if (!/^[0-9a-f]{1,8}$/i.test(text)) return undefined;
  const mask = Number.parseInt(text, 16);
  const domain = mask & 0xff;
  const flags = PERSONALITY.filter(([bit]) => (mask & bit) !== 0);
  const words = [DOMAINS[domain] ?? `domain ${domain}`, ...flags.map(([, name, meaning]) => `${name} (${meaning})`)];
  const names = flags.map(([, name]) => name);
  return item(`${text}  ${words.join(', ')}`, { mask: `0x${text}`, names }, mask === 0 ? 'normal' : 'warn');
}

function seccompItem(mode: string, keys: Status): Item | undefined {
  const words = /^[012]$/.test(mode) ? SECCOMP[Number(mode)]! : undefined;
  if (words === undefined) return undefined;
  const filters = keys.get('Seccomp_filters');
  const count = filters !== undefined && mode === '2' ? `: ${filters} filter${filters === '1' ? '' : 's'}` : '';
  return item(words + count, { mode: Number(mode), filters: filters === undefined ? null : Number(filters) });
}

function confinementSection(context: TaskContext, keys: Keys): Section {
  const { dossier } = context;
  const label = dossier.file('attr/current');
  const lsm = isMissing(label)
    ? label.missing === 'not-in-this-kernel'
      ? missingItem(label, 'no security module answers')
      : fileMissing(context, 'attr/current', label)
    : item(exactText(label).replace(/[\0\n]+$/, ''));
  const asIs = (text: string): Item => item(text);
  return facts('', 'Confinement', [
    fact(
      'seccomp',
      'Seccomp',
      keyItem(context, keys, 'Seccomp', mode => (isMissing(keys) ? undefined : seccompItem(mode, keys))),
    ),
    fact('lsm', 'Security module', lsm),
    fact('personality', 'Personality', fileItem(context, 'personality', personalityItem)),
    fact('speculation_store_bypass', 'Store bypass (v4)', keyItem(context, keys, 'Speculation_Store_Bypass', asIs)),
    fact(
      'speculation_indirect_branch',
      'Indirect branch (v2)',
      keyItem(context, keys, 'SpeculationIndirectBranch', asIs),
    ),
  ]);
}

// ---- namespaces

interface NamespaceFact {
  readonly name: string;
  readonly meaning: string;
  /** Inode of the machine's first one, where it is fixed. @see kernel include/linux/proc_ns.h. */
  readonly firstInode?: string;
}

const NAMESPACES: readonly NamespaceFact[] = [
  { name: 'user', meaning: 'user and group ids, capabilities', firstInode: '4026531837' },
  { name: 'mnt', meaning: 'mounts' },
  { name: 'pid', meaning: 'process ids', firstInode: '4026531836' },
  { name: 'net', meaning: 'network devices, addresses, sockets' },
  { name: 'ipc', meaning: 'System V IPC, POSIX message queues', firstInode: '4026531839' },
  { name: 'uts', meaning: 'host name', firstInode: '4026531838' },
  { name: 'cgroup', meaning: 'root of the cgroup paths', firstInode: '4026531835' },
  { name: 'time', meaning: 'offsets of monotonic and boot time', firstInode: '4026531834' },
  { name: 'pid_for_children', meaning: 'process ids of its children to come' },
  { name: 'time_for_children', meaning: 'time of its children to come' },
];

function namespaceRow(context: TaskContext, name: string): Item[] {
  const { dossier, task } = context;
  const target = dossier.link(`ns/${name}`);
  const known = NAMESPACES.find(namespace => namespace.name === name);
  const meaning = item(known?.meaning ?? 'not known to this table');
  if (isMissing(target)) {
    const why = bareWords(task) === '' ? whyNot(context, `ns/${name}`, target) : 'none any more';
    return [item(name), missingItem(target, ''), item(why, null, 'dim'), meaning];
  }
  const inode = /\[(\d+)\]$/.exec(target)?.[1];
  // /proc/self is ours only on this machine
  const ours = task.machine.live ? dossier.link(`/proc/self/ns/${name}`) : missing('not-applicable');
  const same = isMissing(ours) ? null : ours === target;
  const first = inode !== undefined && inode === known?.firstInode ? 'initial' : '';
  const words = [same === null ? '' : same ? 'ours' : 'not ours', first].filter(word => word !== '').join(', ');
  return [
    item(name),
    item(inode ?? target, inode === undefined ? null : Number(inode)),
    item(words, same, same === false ? 'warn' : 'normal'),
    meaning,
  ];
}

/** Ids of the task in each pid namespace that it is in: `4711, inside of its own 1`. */
function nestedItem(text: string): Item | undefined {
  const ids = text.split(/\s+/).map(Number);
  if (ids.some(Number.isNaN)) return undefined;
  const words = ids.length === 1 ? `${ids[0]!}: no namespace inside of this one` : ids.join(', further inside ');
  return item(words, ids);
}

/** `inside outside count` lines of a map of ids. */
function mapItem(bytes: Uint8Array): Item | undefined {
  const ranges = [...lines(bytes)].map(line => line.trim().split(/\s+/).map(Number));
  if (ranges.some(range => range.length !== 3 || range.some(Number.isNaN))) return undefined;
  const value = ranges.map(([inside, outside, count]) => ({ inside: inside!, outside: outside!, count: count! }));
  const whole = value.length === 1 && value[0]!.inside === value[0]!.outside && value[0]!.count === 0xffffffff;
  if (whole) return item('every id is itself', value);
  const words = value.map(({ inside, outside, count }) => `${inside} is ${outside} outside (${grouped(count)} ids)`);
  return item(words.join(', ') || 'none is set: all ids are the overflow id', value);
}

function namespaceSections(context: TaskContext, keys: Keys): Section[] {
  const id = 'namespaces';
  const title = 'Namespaces';
  const names = context.dossier.names('ns');
  const maps = facts('', undefined, [
    fact('ns_pid', 'Pids inside', keyItem(context, keys, 'NSpid', nestedItem)),
    fact('uid_map', 'User ids inside', fileItem(context, 'uid_map', mapItem)),
    fact('gid_map', 'Group ids inside', fileItem(context, 'gid_map', mapItem)),
  ]);
  if (isMissing(names)) return [missingSection(context, 'ns', { id, title }, names), maps];
  const known = NAMESPACES.map(({ name }) => name);
  const rank = (name: string): number => (known.includes(name) ? known.indexOf(name) : known.length);
  const rows = [...names].sort((a, b) => rank(a) - rank(b)).map(name => namespaceRow(context, name));
  const columns = [
    { id: 'type', title: 'type' },
    { id: 'inode', title: 'inode', align: 'right' as const },
    { id: 'ours', title: 'is' },
    { id: 'meaning', title: 'meaning' },
  ];
  return [{ kind: 'table', id, title, columns, rows }, maps];
}

export const privilegesPage: TaskPageBuilder = context => {
  const keys = statusOf(context);
  return {
    sections: [
      whoSection(context, keys),
      capabilitiesSection(context, keys),
      confinementSection(context, keys),
      ...namespaceSections(context, keys),
    ],
  };
};
