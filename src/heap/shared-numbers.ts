/**
 * A column of numbers below 2 ** 32 that another thread can read without a copy. Only for such columns: V8 does not count
 * shared memory, so that dropping it alone never makes it collect.
 */
export function sharedNumbers(rows: number): Uint32Array<SharedArrayBuffer> {
  return new Uint32Array(new SharedArrayBuffer(rows * Uint32Array.BYTES_PER_ELEMENT));
}
