/** The `flags:` of `/proc/[pid]/fdinfo/N`: how a file was opened. include/uapi/asm-generic/fcntl.h, arch/arm/…/fcntl.h. */

const ACCESS = ['O_RDONLY', 'O_WRONLY', 'O_RDWR'];

/** Which four bits mean what differs between arm (of either width) and the others. */
const SAME: readonly (readonly [mask: bigint, name: string])[] = [
  [0o2000n, 'O_APPEND'],
  [0o4000n, 'O_NONBLOCK'],
  [0o20000n, 'O_ASYNC'],
  [0o1000000n, 'O_NOATIME'],
  [0o2000000n, 'O_CLOEXEC'],
  [0o10000000n, 'O_PATH'],
  [0o20000000n, '__O_TMPFILE'],
];
const GENERIC = { O_DIRECT: 0o40000n, O_LARGEFILE: 0o100000n, O_DIRECTORY: 0o200000n, O_NOFOLLOW: 0o400000n };
const ARM = { O_DIRECTORY: 0o40000n, O_NOFOLLOW: 0o100000n, O_DIRECT: 0o200000n, O_LARGEFILE: 0o400000n };

const DSYNC = 0o10000n;
const SYNC = 0o4010000n;

/**
 * Octal text → names. O_LARGEFILE is left out: on 64 bits every file has it. Bits without a name come last, octal.
 * The kernel takes O_CREAT, O_EXCL, O_NOCTTY and O_TRUNC away when it has opened the file.
 * @param architecture as `uname -m` says it: some bits are others on arm.
 * @returns undefined for what is no octal number.
 */
export function openFlags(octal: string, architecture: string): string[] | undefined {
  if (!/^[0-7]{1,22}$/.test(octal)) return undefined;
  let bits = BigInt(`0o${octal}`);
  const names = [ACCESS[Number(bits & 3n)] ?? 'access 3'];
  bits &= ~3n;
  const own = /^(?:arm|aarch64)/.test(architecture) ? ARM : GENERIC;
  const take = (mask: bigint, name: string): void => {
    if ((bits & mask) !== mask) return;
    bits &= ~mask;
    names.push(name);
  };
  bits &= ~own.O_LARGEFILE;
  for (const [mask, name] of SAME) take(mask, name);
  take(own.O_DIRECTORY, 'O_DIRECTORY');
  take(own.O_DIRECT, 'O_DIRECT');
  take(own.O_NOFOLLOW, 'O_NOFOLLOW');
  take(SYNC, 'O_SYNC');
  take(DSYNC, 'O_DSYNC');
  if (bits !== 0n) names.push(`0${bits.toString(8)}`);
  return names;
}

/** Only open(2) itself gets to see these: the same on x86 and arm. */
const CREATION: readonly (readonly [mask: number, name: string])[] = [
  [0o100, 'O_CREAT'],
  [0o200, 'O_EXCL'],
  [0o400, 'O_NOCTTY'],
  [0o1000, 'O_TRUNC'],
];

/** The flags that open(2) was called with, those of creation among them. */
export function createFlags(flags: number, architecture: string): string[] {
  const created = CREATION.filter(([mask]) => (flags & mask) !== 0);
  const kept = created.reduce((rest, [mask]) => rest & ~mask, flags) >>> 0;
  const [access = '', ...more] = openFlags(kept.toString(8), architecture) ?? [];
  return [access, ...created.map(([, name]) => name), ...more];
}
