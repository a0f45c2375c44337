/**
 * The auxiliary vector entry by entry. Names are those of the architectures that are decoded here: numbers above 31 mean
 * something else on others. @see getauxval(3); kernel `include/uapi/linux/auxvec.h`, `arch/*\/include/uapi/asm/auxvec.h`.
 */
import { decodeAuxv } from '../decode/auxv.ts';
import { item, type Item } from './document.ts';

type Kind = 'hex' | 'number' | 'address';

// prettier-ignore
const TYPES: ReadonlyMap<number, readonly [name: string, kind: Kind, meaning: string]> = new Map([
  [0,  ['AT_NULL',              'number',  'the end']],
  [1,  ['AT_IGNORE',            'number',  'nothing']],
  [2,  ['AT_EXECFD',            'number',  'file descriptor of the program']],
  [3,  ['AT_PHDR',              'address', 'program headers of the program']],
  [4,  ['AT_PHENT',             'number',  'bytes of a program header']],
  [5,  ['AT_PHNUM',             'number',  'number of program headers']],
  [6,  ['AT_PAGESZ',            'number',  'bytes of a page']],
  [7,  ['AT_BASE',              'address', 'where the interpreter (ld.so) is']],
  [8,  ['AT_FLAGS',             'hex',     'flags, none in use']],
  [9,  ['AT_ENTRY',             'address', 'entry point of the program']],
  [10, ['AT_NOTELF',            'number',  'not 0: the program is no ELF']],
  [11, ['AT_UID',               'number',  'real user id']],
  [12, ['AT_EUID',              'number',  'effective user id']],
  [13, ['AT_GID',               'number',  'real group id']],
  [14, ['AT_EGID',              'number',  'effective group id']],
  [15, ['AT_PLATFORM',          'address', 'name of the CPU, for library paths']],
  [16, ['AT_HWCAP',             'hex',     'abilities of the CPU']],
  [17, ['AT_CLKTCK',            'number',  'clock ticks a second in times() and stat']],
  [23, ['AT_SECURE',            'number',  '1: started with more rights (set-id): environment not trusted']],
  [24, ['AT_BASE_PLATFORM',     'address', 'name of the real CPU']],
  [25, ['AT_RANDOM',            'address', '16 random bytes']],
  [26, ['AT_HWCAP2',            'hex',     'more abilities of the CPU']],
  [27, ['AT_RSEQ_FEATURE_SIZE', 'number',  'bytes of struct rseq that the kernel supports']],
  [28, ['AT_RSEQ_ALIGN',        'number',  'alignment of struct rseq']],
  [29, ['AT_HWCAP3',            'hex',     'more abilities of the CPU']],
  [30, ['AT_HWCAP4',            'hex',     'more abilities of the CPU']],
  [31, ['AT_EXECFN',            'address', 'path that was given to exec']],
  [32, ['AT_SYSINFO',           'address', 'entry of system calls (i386)']],
  [33, ['AT_SYSINFO_EHDR',      'address', 'the vDSO']],
  [51, ['AT_MINSIGSTKSZ',       'number',  'least bytes of a signal stack']],
]);

/** Pairs of type and value up to AT_NULL; undefined: no such vector. */
export function auxvEntries(bytes: Uint8Array): (readonly [type: bigint, value: bigint])[] | undefined {
  const decoded = decodeAuxv(bytes);
  if (!decoded) return undefined;
  const { wordBytes } = decoded;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = (at: number, little: boolean): bigint =>
    wordBytes === 8 ? view.getBigUint64(at, little) : BigInt(view.getUint32(at, little));
  // the first type is a small number in the right order only
  const little = read(0, true) < 1024n;
  const entries: (readonly [bigint, bigint])[] = [];
  for (let at = 0; at + 2 * wordBytes <= bytes.length; at += 2 * wordBytes) {
    const type = read(at, little);
    entries.push([type, read(at + wordBytes, little)]);
    if (type === 0n) break;
  }
  return entries;
}

/** Name, value, meaning of an entry. */
export function auxvRow([type, value]: readonly [bigint, bigint]): Item[] {
  const known = TYPES.get(Number(type));
  const hex = `0x${value.toString(16)}`;
  const [name, kind, meaning] = known ?? [`type ${type}`, 'hex', 'not known to this table'];
  return [item(name, name, 'strong'), item(kind === 'number' ? String(value) : hex, String(value)), item(meaning)];
}
