/**
 * A column of numbers below 2 ** 32 that another thread can read without a copy. Only for such columns: V8 does not
 * count shared memory, so dropping it alone never triggers a collection.
 */
export function sharedNumbers(rows: number): Uint32Array<SharedArrayBuffer> {
  return new Uint32Array(new SharedArrayBuffer(rows * Uint32Array.BYTES_PER_ELEMENT));
}
