/** `/proc/[pid]/syscall`. @see proc_pid_syscall(5); kernel `fs/proc/base.c`, `proc_pid_syscall`. Since 2.6.27. */
import { lines } from './bytes.ts';

export type TaskSyscall =
  /** The task runs, or was woken while the file was read: it stands nowhere that could be told. */
  | { readonly state: 'running' }
  /** No program of its own: a kernel thread, for which the kernel writes zeros (0 would be a call), or an exiting task. */
  | { readonly state: 'none' }
  /** Blocked, but in no system call: a page fault, an interrupt. */
  | { readonly state: 'outside'; readonly sp: string; readonly pc: string }
  | {
      readonly state: 'inside';
      /** In the numbering of the task's program: 32-bit programs have their own on a 64-bit kernel. */
      readonly nr: number;
      /** Six registers, used or not, each exactly as the kernel wrote it: `0x7ffd`. */
      readonly args: readonly string[];
      readonly sp: string;
      readonly pc: string;
    };

const HEX = /^0x[0-9a-f]{1,16}$/;

/** Undefined when the text is of none of these forms. */
export function decodeSyscall(bytes: Uint8Array): TaskSyscall | undefined {
  const [text = ''] = lines(bytes.subarray(0, 1024));
  if (text === 'running') return { state: 'running' };
  const [number = '', ...values] = text.split(' ');
  if (!/^-?\d{1,10}$/.test(number) || !values.every(value => HEX.test(value))) return undefined;
  const nr = Number(number);
  const [sp, pc] = values.slice(-2);
  if (sp === undefined || pc === undefined) return undefined;
  if (values.length !== (nr < 0 ? 2 : 8)) return undefined;
  if (sp === '0x0' && pc === '0x0') return { state: 'none' };
  return nr < 0 ? { state: 'outside', sp, pc } : { state: 'inside', nr, args: values.slice(0, 6), sp, pc };
}
