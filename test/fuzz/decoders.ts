/**
 * All that src/decode exports, from the folder: a new file is found by itself. A function called `decode…` with one
 * argument takes the bytes of a file; of all others this table says how bytes get into them.
 */
import fs from 'node:fs';
import { latin1 } from '../../src/decode/bytes.ts';
import { decodeLocks, lockHolders } from '../../src/decode/locks.ts';
import { parseRelease } from '../../src/kernel/release.ts';
import { cgroupOf, decodeCgroupKeys, decodeTaskCgroups, throttling } from '../../src/decode/cgroup-files.ts';
import { groupLimits, limitFiles, ownGroups, usageFiles } from '../../src/decode/cgroup-limits.ts';
import { decodeMaps, describeLayout, highestMapping, kindOf, regionAt, summarise } from '../../src/decode/maps.ts';
import { cgroupFolder, cgroupMounts, decodeMountinfo } from '../../src/decode/mountinfo.ts';
import { SOCKET_FILES, decodeSockets, type SocketKind } from '../../src/decode/net-sockets.ts';
import { decodePagemapEntry, pagemapOffset, pagemapPermission } from '../../src/decode/pagemap.ts';
import { parseStat, STAT_STRIDE } from '../../src/decode/pid-stat.ts';
import { statusValue } from '../../src/decode/pid-status.ts';
import { vmstatCounter } from '../../src/decode/system-files.ts';
import { fixture, root } from '../support/paths.ts';

export type Decoder = (bytes: Uint8Array) => unknown;
type Way = (exported: never) => Decoder;

const RELEASE = parseRelease('6.12')!;
const OLD = parseRelease('2.6.32')!;
const asText =
  (take: (text: string) => unknown): Decoder =>
  bytes =>
    take(latin1(bytes));
/** A big number made of the bytes. */
const word = (bytes: Uint8Array): bigint => bytes.subarray(0, 8).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
const halves = (bytes: Uint8Array): [Uint8Array, Uint8Array] => {
  const middle = Math.floor(bytes.length / 2);
  return [bytes.subarray(0, middle), bytes.subarray(middle)];
};
const texts: Way = take => asText(take);
const spread: Way = (take: (bytes: Uint8Array) => Iterable<unknown>) => bytes => [...take(bytes)];
/** What is no decoder of bytes, with the function above that calls it. */
const within: Way = () => () => undefined;

const WAYS: Readonly<Record<string, Way>> = {
  lines: spread,
  latin1: (take: Decoder) => take,
  wholeLines: (take: Decoder) => take,
  exactText: (take: Decoder) => take,
  keyValues: (take: Decoder) => take,
  cgroupLimit: (take: Decoder) => take,
  cgroupNumber: (take: Decoder) => take,
  relevantMounts: (take: Decoder) => take,
  isContainer: (take: Decoder) => take,
  startTimeOf: (take: Decoder) => take,
  exactOf: texts,
  fromHexEscapes: texts,
  fromOctalEscapes: texts,
  tasksNamed: texts,
  decodeLock: texts,
  statTexts: texts,
  releaseOfVersion: texts,
  architectureOf: texts,
  containerOf: texts,
  statusNumber: texts,
  decodeKernelConfig: texts,
  decodePasswd: texts,
  sameBytes: (take: (a: Uint8Array, b: Uint8Array) => boolean) => bytes => take(...halves(bytes)),
  decodeCfsQuota: (take: (quota: Uint8Array, period: Uint8Array) => unknown) => bytes => take(...halves(bytes)),
  decodeSockets: () => bytes =>
    Object.keys(SOCKET_FILES).map(kind => [...decodeSockets(kind as SocketKind, bytes).values()]),
  decodePagemapEntry: () => bytes => [RELEASE, OLD].map(release => decodePagemapEntry(word(bytes), release)),
  pagemapOffset: () => bytes => pagemapOffset(word(bytes), 4096),
  pagemapPermission: () => () => pagemapPermission(OLD),
  statusValue: () => bytes => ['Uid', 'SigPnd', '', 'voluntary_ctxt_switches'].map(key => statusValue(bytes, key)),
  vmstatCounter: () => bytes => ['pgfault', 'pgmajfault', ''].map(name => vmstatCounter(bytes, name)),
  parseStat: () => bytes => {
    const values = new Float64Array(STAT_STRIDE);
    const parse = { fields: 0, commStart: 0, commEnd: 0 };
    return parseStat(bytes, bytes.length, values, 0, parse) ? { values: values.slice(1), parse } : undefined;
  },
  lockHolders: () => bytes => {
    const locks = decodeLocks(bytes);
    return locks.slice(0, 50).map(lock => lockHolders(locks, lock).length);
  },
  cgroupOf: () => bytes => cgroupOf(decodeTaskCgroups(bytes), 'memory'),
  throttling: () => bytes => {
    const [before, now] = halves(bytes);
    return throttling(decodeCgroupKeys(before), decodeCgroupKeys(now));
  },
  ownGroups: () => bytes => ownGroups(...halves(bytes)),
  limitFiles: () => bytes => limitFiles(ownGroups(bytes, MOUNTS)),
  usageFiles: () => bytes => {
    const groups = ownGroups(CGROUPS, MOUNTS);
    return usageFiles(
      groups,
      groupLimits(groups, () => bytes),
    );
  },
  groupLimits: () => bytes => groupLimits(ownGroups(CGROUPS, MOUNTS), () => bytes),
  regionAt: () => bytes => regionAt(decodeMaps(bytes).regions, 0x7fff_ffff_0000n),
  highestMapping: () => bytes => highestMapping(decodeMaps(bytes).regions),
  kindOf: () => bytes => decodeMaps(bytes).regions.slice(0, 50).map(kindOf),
  summarise: () => bytes => summarise(decodeMaps(bytes).regions),
  describeLayout: () => bytes => describeLayout(decodeMaps(bytes).regions, 0x400000n),
  cgroupMounts: () => bytes => cgroupMounts(decodeMountinfo(bytes)),
  cgroupFolder: () => bytes => cgroupFolder({ mountPoint: '/m', root: '/r' }, latin1(bytes)),
  machineWith: within,
  tablesNote: within,
};

const CGROUPS = new TextEncoder().encode('4:memory:/a/b\n3:cpu,cpuacct:/a/b\n2:cpuset:/a\n0::/a/b\n');
const MOUNTS = new TextEncoder().encode(
  '30 25 0:27 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n' +
    '31 25 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n' +
    '32 25 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n' +
    '33 25 0:30 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n',
);

const isWay = (name: string): boolean => Object.hasOwn(WAYS, name);

/** Every function of src/decode by its name, as something that takes bytes; those that nobody said how to call. */
export async function allDecoders(): Promise<{
  readonly decoders: ReadonlyMap<string, Decoder>;
  readonly unknown: readonly string[];
}> {
  const decoders = new Map<string, Decoder>();
  const unknown: string[] = [];
  for (const file of fs.readdirSync(`${root}src/decode`)) {
    const url = new URL(`../../src/decode/${file.replace(/\.ts$/, '.js')}`, import.meta.url);
    const module = (await import(url.href)) as Record<string, unknown>;
    for (const [name, exported] of Object.entries(module)) {
      if (typeof exported !== 'function') continue;
      if (isWay(name)) decoders.set(name, WAYS[name]!(exported as never));
      else if (name.startsWith('decode') && exported.length === 1) decoders.set(name, exported as Decoder);
      else unknown.push(`${name} (${file})`);
    }
  }
  return { decoders, unknown };
}

interface CapturedFiles {
  readonly files: Readonly<Record<string, unknown>>;
}

const HOST = fixture('host-x86_64-6.18/snap-1/proc');
const host = (path: string): Uint8Array => Uint8Array.from(fs.readFileSync(`${HOST}/${path}`));
const dossier = (JSON.parse(fs.readFileSync(fixture('dossier.json'), 'utf8')) as CapturedFiles).files;
const kept = (path: string): Uint8Array => new TextEncoder().encode(String(dossier[path]));
const said = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Files that end in the middle are read by the decoder of this name; those without one have no file of their own. */
export const FILES: Readonly<Record<string, readonly Uint8Array[]>> = {
  decodeSystemStat: [host('stat')],
  decodeLoadavg: [host('loadavg')],
  decodeUptime: [host('uptime')],
  decodeMeminfo: [host('meminfo')],
  decodeVmstat: [host('vmstat')],
  vmstatCounter: [host('vmstat')],
  decodePressure: [host('pressure/cpu'), host('pressure/io')],
  decodeZramMemory: [said('  411041792  98373632 101056512        0 112234496     9741       41        0        0\n')],
  decodeCpuList: [said('0-3,5,8-11\n')],
  decodeCpuinfo: [host('cpuinfo')],
  decodeAuxv: [host('self/auxv')],
  decodeStatm: [kept('statm')],
  decodeSchedstat: [kept('schedstat')],
  decodeIo: [kept('io')],
  decodeStatus: [kept('status')],
  statusValue: [kept('status')],
  decodeTaskCgroups: [kept('cgroup')],
  decodeCgroupPath: [kept('cgroup')],
  decodeCgroupControllers: [
    said('#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpuset\t2\t1\t1\nmemory\t4\t120\t1\n'),
  ],
  decodeCgroupKeys: [said('anon 4096\nfile 40960123\nthp_fault_alloc 17\n')],
  decodeCgroupDevices: [said('8:0 rbytes=1459200 wbytes=314773504 rios=192 wios=353\n8:16 rbytes=90430464 wbytes=0\n')],
  decodeCpuMax: [said('150000 100000\n')],
  cgroupLimit: [said('8589934592\n')],
  cgroupNumber: [said('8589934592\n')],
  decodeLimits: [kept('limits')],
  decodeLocks: [
    kept('/proc/locks'),
    said('1: POSIX  ADVISORY  WRITE 1969 fe:00:2148660 0 EOF\n1: -> POSIX  ADVISORY  READ 12 fe:00:2148660 100 2000\n'),
  ],
  decodeMaps: [kept('maps')],
  decodeMountinfo: [kept('mountinfo')],
  decodeSockets: ['net/tcp', 'net/tcp6', 'net/udp', 'net/unix'].map(kept),
  decodeSmapsRollup: [kept('smaps_rollup')],
  decodeStack: [kept('stack')],
  decodeSyscall: [kept('syscall')],
  decodeInterrupts: [
    said(
      '           CPU0       CPU1       \n  0:         10          0  IR-IO-APIC    2-edge      timer\nNMI:          1          2   Non-maskable interrupts\nERR:          0\n',
    ),
  ],
  decodeConsoleLevels: [said('4\t4\t1\t7\n')],
  decodeKmsg: [
    said(
      '6,339,5140900,-;NET: Registered\n SUBSYSTEM=acpi\n DEVICE=+acpi:PNP0A03:00\n3,340,5140950,-,caller=T12;hung_task: blocked\n',
    ),
  ],
  decodeDynamicDebug: [
    said(
      '# filename:lineno [module]function flags format\ninit/main.c:1179 [main]initcall_blacklist =p "blacklisting initcall %s\\012"\n',
    ),
  ],
  decodeBootOptions: [said('BOOT_IMAGE=/vmlinuz root=/dev/sda1 dyndbg="file x.c +p" -- single\n')],
  parseStat: [kept('stat'), kept('/proc/1/stat')],
};

/** All of them. */
export const CORPUS: readonly Uint8Array[] = [
  ...Object.values(FILES).flat(),
  ...[kept('cmdline'), kept('environ'), kept('sched')],
  said('root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/:\n'),
  said('CONFIG_ARM64=y\nCONFIG_PGTABLE_LEVELS=4\nCONFIG_ARM64_VA_BITS=48\n# CONFIG_ARM_LPAE is not set\n'),
];
