/** Signal masks, capability masks and CPU masks in words. */
import { CAPABILITIES, capabilityNames, lastCapability, unknownCapabilities } from '../kernel/capabilities.ts';
import { signalNames } from '../kernel/signals.ts';
import type { Release } from '../kernel/release.ts';

/** `SIGHUP SIGINT`; `none` for an empty mask. */
export const signalWords = (mask: bigint): string => signalNames(mask).join(' ') || 'none';

const ALL_CAPABILITIES = CAPABILITIES.length;
const countOf = (full: bigint): number => full.toString(2).length;

/** Which kernels have exactly so many capabilities. */
function releasesWith(count: number): string {
  const since = CAPABILITIES[count - 1]!.first;
  const next = CAPABILITIES[count]?.first;
  return [since && `since ${since}`, next && `before ${next}`].filter(Boolean).join(', ');
}

/** A mask with all bits up to its highest set. */
const isFull = (mask: bigint): boolean => mask > 0n && (mask & (mask + 1n)) === 0n;

/** The names of a capability mask, or that it holds them all (of which kernel), or all but a few. */
export function capabilityWords(mask: bigint, release: Release | undefined): string {
  if (mask === 0n) return 'none';
  const unknown = unknownCapabilities(mask);
  const names = capabilityNames(mask);
  const count = release ? lastCapability(release) + 1 : ALL_CAPABILITIES;
  const all = (1n << BigInt(count)) - 1n;
  if ((mask & all) === all) {
    const more = mask === all ? '' : '; the bits above have no name';
    return `all ${count}${release ? '' : ` of Linux ${releasesWith(count)}`}${more}`;
  }
  if (!release && isFull(mask) && unknown === 0n && countOf(mask) >= 34)
    return `all ${countOf(mask)} of Linux ${releasesWith(countOf(mask))}`;
  const missing = capabilityNames(all & ~mask);
  const rest = unknown === 0n ? '' : `; no name for 0x${unknown.toString(16)}`;
  if (missing.length <= 4 && names.length > missing.length) return `all but ${missing.join(' ')}${rest}`;
  return `${names.join(' ')}${rest}`;
}

/** `0-3,8` for the comma-separated hexadecimal groups of 32 bits of Cpus_allowed and Mems_allowed; undefined if it is none. */
export function cpuList(groups: string): string | undefined {
  if (!/^[0-9a-f]{1,8}(?:,[0-9a-f]{8})*$/i.test(groups)) return undefined;
  const mask = BigInt('0x' + groups.replaceAll(',', ''));
  const isSet = (n: number): boolean => ((mask >> BigInt(n)) & 1n) === 1n;
  const count = groups.length * 4;
  const ranges: string[] = [];
  for (let n = 0; n < count; n++) {
    if (!isSet(n)) continue;
    const first = n;
    while (isSet(n + 1)) n++;
    ranges.push(first === n ? String(n) : `${first}-${n}`);
  }
  return ranges.join(',') || 'none';
}
