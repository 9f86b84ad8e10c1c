/** Rows a column has room for at first, when nothing is known of the size of the file. */
const FIRST_ROWS = 16_384;

/**
 * Rows to allocate at first for a list that its file says has `declared` rows. A header can lie: no more is believed than
 * can stand in `bytes` bytes of file, at two bytes a number.
 */
export function firstRows(declared: number, width: number, bytes: number | undefined): number {
  if (bytes === undefined) return Math.min(declared, FIRST_ROWS);
  return Math.min(declared, Math.floor(bytes / (2 * width)) + 1);
}

/** Rows to allocate when `needed` are, of a list of at most `declared`. */
export function nextRows(rows: number, needed: number, declared: number): number {
  return Math.min(declared, Math.max(needed, rows * 2));
}
