/** A task's files as its pages read them: the value, or the sentence that says why there is none. */
import { latin1 } from '../decode/bytes.ts';
import { decodeStatus } from '../decode/pid-status.ts';
import { whyMissing } from '../fields/file-reasons.ts';
import { isKernelThread, NOT_APPLICABLE, NOT_IN_KERNEL, type TaskView } from '../fields/task.ts';
import { procFile } from '../kernel/proc-files.ts';
import { isMissing, type Missing, type Reading } from '../units/missing.ts';
import type { TaskContext } from './context.ts';
import { fact, facts, type Item, missingItem, type Section } from './document.ts';
import { stateLetter } from './identity.ts';

/** Where a file of the task is: some belong to the process alone, also when the task is one of its threads. */
export const pathOf = (task: TaskView, name: string): string =>
  task.isThread && procFile(name)?.only === 'process' ? `/proc/${task.tgid}/${name}` : name;

/** Why a task has nothing of what a program has: memory, folders, a program itself; empty: it could have it. */
export function bareWords(task: TaskView): string {
  if (isKernelThread(task)) return 'a kernel thread has none';
  if (stateLetter(task) !== 'Z') return '';
  return task.stat(20) > 1 ? 'the leader is a zombie: only its other threads have it' : 'a zombie has none any more';
}

/** What only a program has. Reading it from another task fails as if the file, or the task, were not there. */
const OF_A_PROGRAM = /^(exe|cwd|root|environ|auxv|maps|smaps|smaps_rollup|numa_maps|pagemap|ns\b.*)$/;

/** Why the task can have no such file; empty: it can. */
const bareOf = (task: TaskView, name: string, { missing }: Missing): string =>
  OF_A_PROGRAM.test(name) && (missing === 'gone' || missing === 'not-in-this-kernel') ? bareWords(task) : '';

/** Why a file (`io`, `fd`, `task/12/stat`) gave nothing, with the right that would show it. */
export const whyNot = ({ task }: TaskContext, name: string, reading: Missing): string =>
  bareOf(task, name, reading) ||
  whyMissing(name, reading.missing, task.machine.release, task.machine.live && task.machine.mayPtrace);

export const fileMissing = (context: TaskContext, name: string, reading: Missing): Item =>
  missingItem(bareOf(context.task, name, reading) === '' ? reading : NOT_APPLICABLE, whyNot(context, name, reading));

/** In place of a table that a file would fill; null in JSON. */
export const missingSection = (
  context: TaskContext,
  name: string,
  { id, title }: { readonly id: string; readonly title: string },
  reading: Missing,
): Section => facts('', undefined, [fact(id, title, fileMissing(context, name, reading))]);

/** What `show` makes of a file of the task; undefined from it: the kernel does not write it so. */
export function fileItem(context: TaskContext, name: string, show: (bytes: Uint8Array) => Item | undefined): Item {
  const bytes = context.dossier.file(pathOf(context.task, name));
  if (isMissing(bytes)) return fileMissing(context, name, bytes);
  return show(bytes) ?? missingItem(NOT_IN_KERNEL);
}

/** A file of one line as text, without what stands around it. */
export const lineOf = (bytes: Uint8Array): string => latin1(bytes).trim();

/** A file that holds one decimal number. */
export function numberOf(bytes: Uint8Array): number | undefined {
  const text = lineOf(bytes);
  return /^-?\d+$/.test(text) ? Number(text) : undefined;
}

export type Status = ReadonlyMap<string, string>;

/** The keys of `status`, of the task or of one of its threads (`task/12/status`). */
export function statusOf({ dossier }: TaskContext, path = 'status'): Reading<Status> {
  const bytes = dossier.file(path);
  return isMissing(bytes) ? bytes : decodeStatus(bytes);
}

/** 64 bits in hexadecimal; undefined: other text. */
export const maskFrom = (text: string): bigint | undefined =>
  /^[0-9a-f]{1,16}$/i.test(text) ? BigInt(`0x${text}`) : undefined;

export const maskOf = (status: Status, key: string): bigint | undefined => maskFrom(status.get(key) ?? '');
