/**
 * `/proc/[pid]/auxv`: pairs of native words, type and value, up to AT_NULL. The words have 4 bytes in a 32-bit program
 * and 8 in a 64-bit one; which of the two is told by the bytes, because a captured file comes without its machine.
 *
 * @see getauxval(3); kernel `include/uapi/linux/auxvec.h`.
 */
export interface AuxiliaryVector {
  readonly wordBytes: 4 | 8;
  /** AT_PAGESZ (6). */
  readonly pageBytes: number;
  /** AT_CLKTCK (17): clock ticks per second in stat's times. */
  readonly ticksPerSecond: number;
}

const AT_NULL = 0;
const AT_PAGESZ = 6;
const AT_CLKTCK = 17;
/** Types in use are small numbers (51 is the largest in 6.18); a larger one means the words were cut wrongly. */
const LARGEST_TYPE = 1024;

function pairs(view: DataView, wordBytes: 4 | 8, little: boolean): Map<number, number> | undefined {
  const out = new Map<number, number>();
  const word = (at: number): number =>
    wordBytes === 4 ? view.getUint32(at, little) : Number(view.getBigUint64(at, little));
  for (let at = 0; at + 2 * wordBytes <= view.byteLength; at += 2 * wordBytes) {
    const type = word(at);
    if (type === AT_NULL) return out;
    if (type > LARGEST_TYPE) return undefined;
    out.set(type, word(at + wordBytes));
  }
  return undefined;
}

export function decodeAuxv(bytes: Uint8Array): AuxiliaryVector | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const little of [true, false]) {
    for (const wordBytes of [8, 4] as const) {
      const found = pairs(view, wordBytes, little);
      const pageBytes = found?.get(AT_PAGESZ);
      const ticksPerSecond = found?.get(AT_CLKTCK);
      if (pageBytes && ticksPerSecond && Number.isInteger(Math.log2(pageBytes)))
        return { wordBytes, pageBytes, ticksPerSecond };
    }
  }
  return undefined;
}
