/**
 * What a kernel's configuration (`/proc/config.gz` or `/boot/config-RELEASE`, as text) says about its page tables.
 *
 * @see kernel `arch/{arm,arm64,x86}/Kconfig`. `CONFIG_PGTABLE_LEVELS` since 4.1.
 */
import type { LayoutConfig } from '../kernel/page-tables.ts';

const WANTED =
  'ARM|ARM64|X86_32|X86_64|PGTABLE_LEVELS|PAGE_OFFSET|ARM_LPAE|ARM64_VA_BITS|ARM64_USER_VA_BITS_52|X86_5LEVEL|X86_PAE';
const LINE = new RegExp(`^(?:CONFIG_(${WANTED})=(\\w+)|# CONFIG_(${WANTED}) is not set)$`, 'gm');

/** What the text does not say is left out. */
export function decodeKernelConfig(text: string): LayoutConfig {
  const values = new Map<string, string>();
  for (const [, name, value, unset] of text.matchAll(LINE)) values.set(name ?? unset!, value ?? 'n');
  const is = (name: string): boolean => values.get(name) === 'y';
  const levels = number(values.get('PGTABLE_LEVELS'));
  /** The option, else the levels that it makes. */
  const option = (name: string, itsLevels: number): boolean | undefined =>
    values.has(name) ? is(name) : levels === undefined ? undefined : levels === itsLevels;

  const arm64VaBits = is('ARM64_USER_VA_BITS_52') ? 52 : number(values.get('ARM64_VA_BITS'));
  const armLpae = is('ARM') ? option('ARM_LPAE', 3) : undefined;
  const x86FiveLevel = is('X86_64') ? option('X86_5LEVEL', 5) : undefined;
  const i386Pae = is('X86_32') ? option('X86_PAE', 3) : undefined;
  const pageOffset = values.get('PAGE_OFFSET');
  return {
    ...(arm64VaBits !== undefined && { arm64VaBits }),
    ...(armLpae !== undefined && { armLpae }),
    ...(x86FiveLevel !== undefined && { x86FiveLevel }),
    ...(i386Pae !== undefined && { i386Pae }),
    ...(pageOffset !== undefined && /^0x[0-9a-f]{1,8}$/i.test(pageOffset) && { pageOffset: BigInt(pageOffset) }),
  };
}

const number = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,3}$/.test(text) ? Number(text) : undefined;
