/** Arrays by seat that have become too short. */
type Numbers = Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

/** The fresh array with what the old one holds at its beginning. */
export function larger<T extends Numbers>(old: T, fresh: T): T {
  fresh.set(old);
  return fresh;
}
