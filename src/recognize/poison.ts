/**
 * Addresses that the kernel writes into pointers nobody may use any more: include/linux/poison.h. Only those that
 * nothing else explains.
 */
import { hex } from './thing.ts';

interface Poison {
  readonly base: bigint;
  /** How far an access through the pointer goes. */
  readonly reach: bigint;
  readonly name: string;
  readonly meaning: string;
}

const LIST = 'a list entry was used after list_del()';
const FREED = 'freed slab memory was used (slub_debug, poisoning)';
const UNSET = 'slab memory was used before it was written (slub_debug, poisoning)';

const list = (base: bigint, reach: bigint, name: string): Poison => ({ base, reach, name, meaning: LIST });
/** Eight (or four) equal bytes; arm64 may print the highest one as 0. */
const filled = (byte: bigint, name: string, meaning: string): Poison[] =>
  [0x0101_0101_0101_0101n, 0x01_0101_0101_0101n, 0x0101_0101n].map(ones => ({
    base: ones * byte,
    reach: 0x1000n,
    name,
    meaning,
  }));

/** CONFIG_ILLEGAL_POINTER_VALUE of 64-bit kernels. */
const ILLEGAL = 0xdead_0000_0000_0000n;

const POISONS: readonly Poison[] = [
  list(ILLEGAL + 0x100n, 0x22n, 'LIST_POISON1'),
  list(ILLEGAL + 0x122n, 0xden, 'LIST_POISON2'),
  list(ILLEGAL + 0x200n, 0xe00n, 'LIST_POISON2 as it was before 4.18 or so'),
  list(ILLEGAL + 0x100100n, 0x1000n, 'LIST_POISON1 before 4.3'),
  list(ILLEGAL + 0x200200n, 0x1000n, 'LIST_POISON2 before 4.3'),
  list(0x100100n, 0x100n, 'LIST_POISON1 of 32-bit kernels before 4.3'),
  list(0x200200n, 0x100n, 'LIST_POISON2 of 32-bit kernels before 4.3'),
  ...filled(0x6bn, 'POISON_FREE', FREED),
  ...filled(0x5an, 'POISON_INUSE', UNSET),
];

/** `LIST_POISON1 + 0x8: a list entry was used after list_del()`; undefined for what is no poison. */
export function poisonText(address: bigint): string | undefined {
  const poison = POISONS.find(({ base, reach }) => base <= address && address < base + reach);
  if (!poison) return undefined;
  const offset = address - poison.base;
  return `${poison.name}${offset === 0n ? '' : ` + ${hex(offset)}`}: ${poison.meaning}`;
}
