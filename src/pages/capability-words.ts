/** Sets of capabilities in as few words as they allow. */
import { isMissing } from '../units/missing.ts';
import { capabilityNames, lastCapability, unknownCapabilities } from '../kernel/capabilities.ts';
import type { TaskContext } from './context.ts';
import { numberOf } from './task-files.ts';

/** The highest capability of the kernel: it says so itself since 3.2. */
export function lastCapabilityOf({ dossier, task }: TaskContext): number {
  const bytes = dossier.file('/proc/sys/kernel/cap_last_cap');
  const last = isMissing(bytes) ? undefined : numberOf(bytes);
  return last !== undefined && last >= 0 && last < 64 ? last : lastCapability(task.machine.tables);
}

/** Names of all bits, those without a name as one number. */
export function capabilityList(mask: bigint): string[] {
  const unknown = unknownCapabilities(mask);
  return [...capabilityNames(mask), ...(unknown === 0n ? [] : ['0x' + unknown.toString(16)])];
}

/**
 * `none`, `all 41`, `all but CAP_SYS_RESOURCE`, or the names.
 * @param last the highest capability; old kernels set the bits above it too in a full set.
 */
export function capabilityWords(mask: bigint, last: number): string {
  const full = (1n << BigInt(last + 1)) - 1n;
  if (mask === 0n) return 'none';
  if ((mask & full) === full) return `all ${last + 1}`;
  const names = capabilityList(mask);
  const lacking = capabilityList(full & ~mask);
  return lacking.length < names.length ? `all but ${lacking.join(' ')}` : names.join(' ');
}
