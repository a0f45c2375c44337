/** System calls by number and architecture, for what `/proc/PID/syscall` tells. */
import {
  ARM64_CALLS,
  ARM_CALLS,
  CALL_ARGUMENTS,
  CALL_ARGUMENTS_OF,
  COMMON_CALLS,
  I386_CALLS,
  X86_64_CALLS,
} from './syscall-data.ts';

/** Which numbering holds: that of the task's program, not of the kernel. */
export type SyscallTable = 'x86_64' | 'i386' | 'arm' | 'arm64';

const CALLS: Readonly<Record<SyscallTable, string>> = {
  x86_64: X86_64_CALLS,
  i386: I386_CALLS,
  arm: ARM_CALLS,
  arm64: ARM64_CALLS,
};

/**
 * @param architecture as `uname -m` says: `x86_64`, `i686`, `armv7l`, `aarch64`.
 * @param compat32 is the task a 32-bit program on a 64-bit kernel? It calls with the numbers of i386, or of arm.
 * @returns undefined for an architecture without a table here.
 */
export function syscallTable(architecture: string, compat32: boolean): SyscallTable | undefined {
  if (architecture === 'x86_64') return compat32 ? 'i386' : 'x86_64';
  if (/^i[3-6]86$/.test(architecture)) return 'i386';
  if (/^(?:aarch64|arm64)/.test(architecture)) return compat32 ? 'arm' : 'arm64';
  return architecture.startsWith('arm') ? 'arm' : undefined;
}

function numbered(list: string, into: Map<number, string>): void {
  let next = 0;
  for (const word of list.split(' ')) {
    if (/^\d+$/.test(word)) next = Number(word);
    else into.set(next++, word);
  }
}

const NAMES = new Map<SyscallTable, ReadonlyMap<number, string>>();

/** All names of a table by number. */
export function syscallNames(table: SyscallTable): ReadonlyMap<number, string> {
  let names = NAMES.get(table);
  if (!names) {
    const made = new Map<number, string>();
    numbered(COMMON_CALLS, made);
    if (table === 'arm') made.delete(447);
    numbered(CALLS[table], made);
    NAMES.set(table, (names = made));
  }
  return names;
}

/** `futex`; undefined for a number that the table has no name for. */
export const syscallName = (table: SyscallTable, nr: number): string | undefined => syscallNames(table).get(nr);

const argumentsIn = (list: string): [name: string, names: string[]][] =>
  list.split('; ').map(call => {
    const [name = '', ...names] = call.split(' ');
    return [name, names];
  });

const ARGUMENTS = new Map<SyscallTable, ReadonlyMap<string, readonly string[]>>();

/** The names of a call's arguments, in the order of a1 … a6: `fd`, `buf`, `count`; undefined when they are not in the table. */
export function syscallArguments(table: SyscallTable, name: string): readonly string[] | undefined {
  let known = ARGUMENTS.get(table);
  if (!known) {
    known = new Map([...argumentsIn(CALL_ARGUMENTS), ...argumentsIn(CALL_ARGUMENTS_OF[table])]);
    ARGUMENTS.set(table, known);
  }
  return known.get(name);
}
