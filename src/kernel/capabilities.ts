import { isBetween } from './release.ts';
import type { Release } from './release.ts';

/**
 * Capability bits of CapInh, CapPrm, CapEff, CapBnd and CapAmb in /proc/PID/status: bit n = capability n.
 * include/uapi/linux/capability.h. None was added from 5.9 to 6.19.
 */
export interface CapabilityFact {
  readonly n: number;
  readonly name: string;
  /** First mainline minor; null = older than 2.6.32. */
  readonly first: string | null;
  readonly meaning: string;
}

// prettier-ignore
export const CAPABILITIES: readonly CapabilityFact[] = [
  { n: 0,  name: 'CAP_CHOWN',              first: null,     meaning: 'change file owners' },
  { n: 1,  name: 'CAP_DAC_OVERRIDE',       first: null,     meaning: 'bypass file permission checks' },
  { n: 2,  name: 'CAP_DAC_READ_SEARCH',    first: null,     meaning: 'bypass read and search checks' },
  { n: 3,  name: 'CAP_FOWNER',             first: null,     meaning: 'bypass owner checks on files' },
  { n: 4,  name: 'CAP_FSETID',             first: null,     meaning: 'keep set-id bits on change' },
  { n: 5,  name: 'CAP_KILL',               first: null,     meaning: 'send signals to anybody' },
  { n: 6,  name: 'CAP_SETGID',             first: null,     meaning: 'set group ids' },
  { n: 7,  name: 'CAP_SETUID',             first: null,     meaning: 'set user ids' },
  { n: 8,  name: 'CAP_SETPCAP',            first: null,     meaning: 'change capability sets' },
  { n: 9,  name: 'CAP_LINUX_IMMUTABLE',    first: null,     meaning: 'set immutable/append-only file flags' },
  { n: 10, name: 'CAP_NET_BIND_SERVICE',   first: null,     meaning: 'bind ports below 1024' },
  { n: 11, name: 'CAP_NET_BROADCAST',      first: null,     meaning: 'broadcast, multicast' },
  { n: 12, name: 'CAP_NET_ADMIN',          first: null,     meaning: 'configure the network' },
  { n: 13, name: 'CAP_NET_RAW',            first: null,     meaning: 'raw and packet sockets' },
  { n: 14, name: 'CAP_IPC_LOCK',           first: null,     meaning: 'lock memory' },
  { n: 15, name: 'CAP_IPC_OWNER',          first: null,     meaning: 'bypass IPC owner checks' },
  { n: 16, name: 'CAP_SYS_MODULE',         first: null,     meaning: 'load kernel modules' },
  { n: 17, name: 'CAP_SYS_RAWIO',          first: null,     meaning: 'raw port/memory access' },
  { n: 18, name: 'CAP_SYS_CHROOT',         first: null,     meaning: 'chroot' },
  { n: 19, name: 'CAP_SYS_PTRACE',         first: null,     meaning: 'trace any process' },
  { n: 20, name: 'CAP_SYS_PACCT',          first: null,     meaning: 'process accounting' },
  { n: 21, name: 'CAP_SYS_ADMIN',          first: null,     meaning: 'broad administration' },
  { n: 22, name: 'CAP_SYS_BOOT',           first: null,     meaning: 'reboot, kexec' },
  { n: 23, name: 'CAP_SYS_NICE',           first: null,     meaning: 'raise priority, set affinity' },
  { n: 24, name: 'CAP_SYS_RESOURCE',       first: null,     meaning: 'override resource limits' },
  { n: 25, name: 'CAP_SYS_TIME',           first: null,     meaning: 'set the clocks' },
  { n: 26, name: 'CAP_SYS_TTY_CONFIG',     first: null,     meaning: 'configure ttys' },
  { n: 27, name: 'CAP_MKNOD',              first: null,     meaning: 'make device nodes' },
  { n: 28, name: 'CAP_LEASE',              first: null,     meaning: 'file leases' },
  { n: 29, name: 'CAP_AUDIT_WRITE',        first: null,     meaning: 'write audit log' },
  { n: 30, name: 'CAP_AUDIT_CONTROL',      first: null,     meaning: 'configure audit' },
  { n: 31, name: 'CAP_SETFCAP',            first: null,     meaning: 'set file capabilities' },
  { n: 32, name: 'CAP_MAC_OVERRIDE',       first: null,     meaning: 'override mandatory access control' },
  { n: 33, name: 'CAP_MAC_ADMIN',          first: null,     meaning: 'configure mandatory access control' },
  { n: 34, name: 'CAP_SYSLOG',             first: '2.6.38', meaning: 'privileged syslog, see kernel addresses' },
  { n: 35, name: 'CAP_WAKE_ALARM',         first: '3.0',    meaning: 'timers that wake the system' },
  { n: 36, name: 'CAP_BLOCK_SUSPEND',      first: '3.5',    meaning: 'block system suspend' },
  { n: 37, name: 'CAP_AUDIT_READ',         first: '3.16',   meaning: 'read audit log by netlink' },
  { n: 38, name: 'CAP_PERFMON',            first: '5.8',    meaning: 'performance monitoring' },
  { n: 39, name: 'CAP_BPF',                first: '5.8',    meaning: 'load BPF programs' },
  { n: 40, name: 'CAP_CHECKPOINT_RESTORE', first: '5.9',    meaning: 'checkpoint/restore' },
];

const ALL_KNOWN = (1n << BigInt(CAPABILITIES.length)) - 1n;

/** The names of the known bits, lowest first. */
export function capabilityNames(mask: bigint): string[] {
  return CAPABILITIES.filter(({ n }) => ((mask >> BigInt(n)) & 1n) === 1n).map(({ name }) => name);
}

/** The bits that have no name here. Kernels before 3.x set all 64 for a full set. */
export function unknownCapabilities(mask: bigint): bigint {
  return BigInt.asUintN(64, mask) & ~ALL_KNOWN;
}

/** The highest capability that a release has: 37 for 4.2, 40 since 5.9 (/proc/sys/kernel/cap_last_cap, since 3.2). */
export function lastCapability(release: Release): number {
  return CAPABILITIES.findLast(({ first }) => isBetween(release, first, null))?.n ?? 0;
}
