/**
 * `/proc/[pid]/stack`: one frame a line, the innermost first, at most 64. `[<0>] folio_wait_bit+0x1d/0x20 [nfs]`;
 * before 4.15 the real address in the brackets. @see proc_pid_stack(5); kernel `fs/proc/base.c`. Since 2.6.29.
 */
import { lines } from './bytes.ts';

export interface StackFrame {
  /** The symbol, or the address where there is none. */
  readonly name: string;
  /** Where in the function: `0x1d/0x20`, offset and length; absent without a symbol. */
  readonly offset?: string;
  /** The module that the function is of; a build id behind its name is left out. */
  readonly module?: string;
  /** `0xffffffff81…`, only where the kernel shows it. */
  readonly address?: string;
}

const FRAME =
  /^\s*\[<(?:0x)?([0-9a-f]+)>\]\s+(?:\? )?(\S+?)(?:\+(0x[0-9a-f]+\/0x[0-9a-f]+))?(?:\s+\[([^\]\s]+)[^\]]*\])?\s*$/;

/** Lines that are no frames are left out; so is the end mark of old kernels, `[<ffffffffffffffff>] 0xffffffffffffffff`. */
export function decodeStack(bytes: Uint8Array): StackFrame[] {
  const frames: StackFrame[] = [];
  for (const line of lines(bytes)) {
    const match = FRAME.exec(line);
    if (!match) continue;
    const [, address = '', name = '', offset, module] = match;
    if (/^0xf+$/.test(name)) continue;
    frames.push({
      name,
      ...(offset === undefined ? {} : { offset }),
      ...(module === undefined ? {} : { module }),
      ...(/^0+$/.test(address) ? {} : { address: `0x${address}` }),
    });
  }
  return frames;
}
