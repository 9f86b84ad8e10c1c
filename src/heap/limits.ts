/** Reading limits; a file that exceeds one is refused, not truncated. */
export interface HeapLimits {
  /** Bytes of the (unpacked) file. */
  readonly maxBytes: number;
  readonly maxNodes: number;
  readonly maxEdges: number;
  readonly maxStrings: number;
  /** Bytes of the string section. */
  readonly maxStringBytes: number;
}

/** A node takes 22 bytes of columns and an edge 9, so a file at these limits takes about 4 GiB before any pass. */
export const DEFAULT_LIMITS: HeapLimits = {
  maxBytes: 16 * 2 ** 30,
  maxNodes: 60_000_000,
  maxEdges: 180_000_000,
  maxStrings: 30_000_000,
  maxStringBytes: 2 ** 30,
};
