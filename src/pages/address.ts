/** Addresses of a task: which there are, the region each lies in, and how the machine's page tables take them apart. */
import { decodeAuxv } from '../decode/auxv.ts';
import { latin1 } from '../decode/bytes.ts';
import { decodeKernelConfig } from '../decode/kernel-config.ts';
import { decodeMaps, highestMapping, type Maps, type MapsRegion, regionAt } from '../decode/maps.ts';
import { decodeSyscall, type TaskSyscall } from '../decode/syscall.ts';
import {
  addressesHidden,
  hasAddressSpace,
  isKernelThread,
  NO_PERMISSION,
  NOT_APPLICABLE,
  NOT_IN_KERNEL,
  NOT_READ,
  type TaskView,
} from '../fields/task.ts';
import { chooseLayouts, type LayoutChoice } from '../kernel/page-tables.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import type { TaskContext } from './context.ts';
import { item, type Item, missingItem } from './document.ts';
import { fileMissing } from './task-files.ts';

export const hexText = (value: bigint): string => `0x${value.toString(16)}`;

/** Why a task has no memory to look at; undefined: it has. */
export function whyNoMemory(task: TaskView): string | undefined {
  if (hasAddressSpace(task)) return undefined;
  return isKernelThread(task)
    ? 'A kernel thread has no address space of its own: it runs in that of the kernel.'
    : 'Its address space is gone: it has ended, or is about to.';
}

/** An address out of stat, every bit of it; 0 is none. */
export function statAddress(task: TaskView, n: number): Reading<bigint> {
  if (!hasAddressSpace(task)) return NOT_APPLICABLE;
  const text = task.statText(n);
  if (text === undefined || !/^\d{1,20}$/.test(text)) return NOT_IN_KERNEL;
  if (addressesHidden(task)) return NO_PERMISSION;
  const address = BigInt(text);
  return address === 0n ? NOT_APPLICABLE : address;
}

const KSTKESP = 29;
const KSTKEIP = 30;

/** Where a system call or a wait has stopped the task. */
export function syscallOf({ dossier }: TaskContext): Reading<TaskSyscall> {
  const bytes = dossier.file('syscall');
  return isMissing(bytes) ? bytes : (decodeSyscall(bytes) ?? NOT_IN_KERNEL);
}

export interface Registers {
  readonly stackPointer: bigint;
  readonly instructionPointer: bigint;
}

/**
 * The user registers at the last entry into the kernel: out of stat, which has them up to 4.8 and later for what dumps
 * core, else out of `syscall`. `not-applicable`: the task runs, or has no user side.
 */
export function registersOf(context: TaskContext): Reading<Registers> {
  const { task } = context;
  const stackPointer = statAddress(task, KSTKESP);
  const instructionPointer = statAddress(task, KSTKEIP);
  if (!isMissing(stackPointer) && !isMissing(instructionPointer)) return { stackPointer, instructionPointer };
  if (!hasAddressSpace(task)) return NOT_APPLICABLE;
  const syscall = syscallOf(context);
  if (isMissing(syscall)) return syscall;
  return syscall.state === 'running' || syscall.state === 'none'
    ? NOT_APPLICABLE
    : { stackPointer: BigInt(syscall.sp), instructionPointer: BigInt(syscall.pc) };
}

export function mapsOf({ task, dossier }: TaskContext): Reading<Maps> {
  if (!hasAddressSpace(task)) return NOT_APPLICABLE;
  const bytes = dossier.file('maps');
  return isMissing(bytes) ? bytes : decodeMaps(bytes);
}

/** `r-xp /usr/bin/cat at 0x2ad of the file`, `rw-p [stack], 0x1e188 behind its start`. */
function regionItem({ start, end, perms, path, deleted, offset }: MapsRegion, address: bigint): Item {
  const behind = address - start;
  const isFile = path.startsWith('/');
  const name = path === '' ? 'anonymous memory' : path + (deleted ? ' (deleted)' : '');
  const inside = behind === 0n ? ', at its start' : `, ${hexText(behind)} behind its start`;
  const where = isFile ? ` at ${hexText(offset + behind)} of the file` : inside;
  return item(`${perms} ${name}${where}`, {
    start: hexText(start),
    end: hexText(end),
    perms,
    path,
    deleted,
    file_offset: isFile ? hexText(offset + behind) : null,
  });
}

/** The region of an address in words. */
export function placeItem(context: TaskContext, maps: Reading<Maps>, address: bigint): Item {
  if (isMissing(maps)) return fileMissing(context, 'maps', maps);
  const region = regionAt(maps.regions, address);
  if (region) return regionItem(region, address);
  if (maps.truncated && address >= (maps.regions.at(-1)?.end ?? 0n))
    return missingItem(NOT_READ, 'beyond what was read of maps');
  return item('in no region: nothing is mapped there', null, 'warn');
}

const textOf = ({ dossier }: TaskContext, path: string): string | undefined => {
  const bytes = dossier.file(path);
  return isMissing(bytes) ? undefined : latin1(bytes);
};

/** Bytes in a word of the task's program, as the kernel told it at its start; undefined: not known. */
export function wordBytesOf({ task, dossier }: TaskContext): 4 | 8 | undefined {
  if (!hasAddressSpace(task)) return undefined;
  const bytes = dossier.file('auxv');
  return isMissing(bytes) ? undefined : decodeAuxv(bytes)?.wordBytes;
}

const AT_THE_TOP = [28, 49, 51];

/** Where the task's mappings end; of what stat tells of its stack where `maps` does not come. */
function highestOf(context: TaskContext, maps: Reading<Maps>): bigint | undefined {
  if (!isMissing(maps) && !maps.truncated) return highestMapping(maps.regions);
  const page = BigInt(context.task.machine.pageBytes);
  let highest: bigint | undefined;
  for (const n of AT_THE_TOP) {
    const top = statAddress(context.task, n);
    if (!isMissing(top) && top > (highest ?? 0n)) highest = ((top + page - 1n) / page) * page;
  }
  return highest;
}

/** How the kernel's page tables take an address apart, by all that can be read about it. */
export function layoutsOf(context: TaskContext, maps: Reading<Maps>): LayoutChoice {
  const { architecture, pageBytes, release } = context.task.machine;
  const cpuinfo = textOf(context, '/proc/cpuinfo');
  const config = textOf(context, '/proc/config.gz');
  const cmdline = textOf(context, '/proc/cmdline');
  const wordBytes = wordBytesOf(context);
  const cpuFlags = /^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo ?? '')?.[1]?.trim();
  const highestAddress = highestOf(context, maps);
  return chooseLayouts({
    architecture,
    pageBytes,
    release,
    ...(wordBytes !== undefined && { wordBytes }),
    ...(highestAddress !== undefined && { highestAddress }),
    ...(cpuFlags !== undefined && { cpuFlags }),
    ...(config !== undefined && { config: decodeKernelConfig(config) }),
    ...(cmdline !== undefined && { bootedNo5lvl: /\bno5lvl\b/.test(cmdline) }),
  });
}
