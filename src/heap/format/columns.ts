/** First rows of a column when the size of the file is unknown. */
const FIRST_ROWS = 16_384;

/**
 * Rows to allocate at first for a list whose header says `declared` rows. A header can lie: the number is capped at
 * what fits in `bytes` bytes of file, at two bytes a number.
 */
export function firstRows(declared: number, width: number, bytes: number | undefined): number {
  if (bytes === undefined) return Math.min(declared, FIRST_ROWS);
  return Math.min(declared, Math.floor(bytes / (2 * width)) + 1);
}

/** Rows to allocate when `needed` are needed, for a list of at most `declared`. */
export function nextRows(rows: number, needed: number, declared: number): number {
  return Math.min(declared, Math.max(needed, rows * 2));
}

/**
 * A column of numbers below 2 ** 32 that another thread can read without a copy. Only for such columns: V8 does not
 * count shared memory, so dropping it alone never triggers a collection.
 */
export function sharedNumbers(rows: number): Uint32Array<SharedArrayBuffer> {
  return new Uint32Array(new SharedArrayBuffer(rows * Uint32Array.BYTES_PER_ELEMENT));
}
