/** The system call that a task is in: its name, and what its arguments are. */
import { latin1 } from '../decode/bytes.ts';
import { highestMapping, type Maps, regionAt } from '../decode/maps.ts';
import type { TaskSyscall } from '../decode/syscall.ts';
import { syscallArguments, syscallName, syscallTable } from '../kernel/syscalls.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import { argumentWords, asInt } from './argument-words.ts';
import { registersOf, statAddress, wordBytesOf } from './address.ts';
import type { TaskContext } from './context.ts';
import { item, type Item } from './document.ts';

const FOUR_GIB = 1n << 32n;
/** Low byte of the personality: what 32-bit programs are mostly started with on a 64-bit kernel. */
const PER_LINUX32 = 8n;

/** Whose numbering of system calls the task uses, and by what we think so. */
export interface Abi {
  readonly wordBytes: 4 | 8;
  /** A 32-bit program on a 64-bit kernel. */
  readonly compat: boolean;
  readonly certain: boolean;
  readonly because: string;
}

const is64BitKernel = (architecture: string): boolean => /64|s390x/.test(architecture);

/** Addresses that tell: where the stack lies, where the mappings end, where the task is. */
function addressesOf(context: TaskContext, maps: Reading<Maps>): bigint[] {
  const stack = statAddress(context.task, 28);
  const registers = registersOf(context);
  const highest = isMissing(maps) ? undefined : highestMapping(maps.regions);
  return [
    ...(isMissing(stack) ? [] : [stack]),
    ...(isMissing(registers) ? [] : [registers.stackPointer, registers.instructionPointer]),
    ...(highest === undefined ? [] : [highest]),
  ];
}

/** The task's word size: what its auxiliary vector says, else by the width of its addresses, else by its personality. */
export function abiOf(context: TaskContext, maps: Reading<Maps>): Abi {
  const { architecture } = context.task.machine;
  if (!is64BitKernel(architecture)) return { wordBytes: 4, compat: false, certain: true, because: 'as the kernel is' };
  const abi = (wordBytes: 4 | 8, certain: boolean, because: string): Abi => ({
    wordBytes,
    compat: wordBytes === 4,
    certain,
    because,
  });
  const told = wordBytesOf(context);
  if (told !== undefined) return abi(told, true, 'by its auxiliary vector');
  const addresses = addressesOf(context, maps);
  if (addresses.some(address => address > FOUR_GIB)) return abi(8, true, 'by its addresses');
  if (addresses.length > 0) return abi(4, false, 'its addresses are below 4 GiB');
  const personality = context.dossier.file('personality');
  const bits = isMissing(personality) ? '' : latin1(personality).trim();
  if (/^[0-9a-f]{8}$/.test(bits) && (BigInt(`0x${bits}`) & 0xffn) === PER_LINUX32)
    return abi(4, false, 'its personality is PER_LINUX32');
  return abi(8, false, 'nothing tells, so as the kernel is');
}

type Inside = Extract<TaskSyscall, { readonly state: 'inside' }>;

export interface Argument {
  readonly name: string;
  /** As the kernel wrote it. */
  readonly value: string;
  readonly meaning: string;
  /** Where a file descriptor leads. */
  readonly target?: string;
}

export interface Call {
  readonly nr: number;
  /** Undefined: the number has no name here. */
  readonly name: string | undefined;
  readonly arguments: readonly Argument[];
}

/** Names of arguments that are file descriptors: `fd`, `epfd`, `dirfd`, `fd_in`; not `nfds`, `readfds`. */
const IS_DESCRIPTOR = /^fd_|fd$/;
const AT_FDCWD = -100;

function descriptorMeaning({ dossier }: TaskContext, value: string): Pick<Argument, 'meaning' | 'target'> {
  const fd = asInt(value);
  if (fd < 0 && fd !== AT_FDCWD) return { meaning: String(fd) };
  const link = dossier.link(fd === AT_FDCWD ? 'cwd' : `fd/${fd}`);
  const name = fd === AT_FDCWD ? 'AT_FDCWD, the current folder' : `fd ${fd}`;
  return isMissing(link) ? { meaning: name } : { meaning: `${name}: ${link}`, target: link };
}

/** A number in decimal, an address by the region it lies in. */
function plainMeaning(value: string, wordBytes: 4 | 8, maps: Reading<Maps>): string {
  const bits = BigInt(value);
  const region = isMissing(maps) ? undefined : regionAt(maps.regions, bits);
  if (region) return `in ${region.path === '' ? 'anonymous memory' : region.path} (${region.perms})`;
  const int = asInt(value);
  if (int < 0 && (bits >> 32n === 0n || BigInt.asIntN(64, bits) === BigInt(int))) return String(int);
  return bits > 9n && bits < (wordBytes === 8 ? 1n << 48n : 1n << 31n) ? bits.toString() : '';
}

/** @param abi decides the numbering. */
export function callOf(context: TaskContext, { nr, args }: Inside, abi: Abi, maps: Reading<Maps>): Call {
  const table = syscallTable(context.task.machine.architecture, abi.compat);
  const name = table && syscallName(table, nr);
  const names = table && name !== undefined ? syscallArguments(table, name) : undefined;
  const shown = names ?? args.map((_, index) => `a${index + 1}`);
  return {
    nr,
    name,
    arguments: shown.slice(0, args.length).map((argument, index) => {
      const value = args[index]!;
      const told = IS_DESCRIPTOR.test(argument)
        ? descriptorMeaning(context, value)
        : {
            meaning:
              argumentWords(name, argument, value, context.task.machine.architecture) ??
              plainMeaning(value, abi.wordBytes, maps),
          };
      return { name: argument, value, ...told };
    }),
  };
}

/** `read(fd, buf, count), number 0`. */
export function callItem({ nr, name, arguments: list }: Call): Item {
  const named = name === undefined ? `number ${nr}, which has no name here` : `${name}, number ${nr}`;
  return item(named, {
    nr,
    name: name ?? null,
    arguments: list.map(({ name: argument, value, target }) => ({ name: argument, value, target: target ?? null })),
  });
}

/** `read of fd 3 (/tmp/x)`: to be part of a sentence. */
export function callWords({ nr, name, arguments: list }: Call): string {
  const target = list.find(argument => argument.target !== undefined)?.target;
  return `${name ?? `system call ${nr}`}${target === undefined ? '' : ` on ${target}`}`;
}
