import { TidemarkError } from '../../base/errors.js';

/** Bytes from `start` to `end`, both included, as in HTTP. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads the header `Range` (RFC 9110, section 14.2). One range is served; several ranges and other units are
 * ignored, which the RFC allows.
 *
 * @param size of the whole, bytes
 * @returns undefined when the whole is to be sent
 * @throws TIDEMARK_ERR_SNAPSHOT_RANGE when no byte of the range exists
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  if (first === '') {
    const length = Math.min(Number(last), size);
    if (length === 0) throw outside(size);
    return { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < start) return undefined;
  if (start >= size) throw outside(size);
  return { start, end };
}

/** @throws TIDEMARK_ERR_SNAPSHOT_RANGE */
export function checkRange({ start, end }: ByteRange, size: number): void {
  const isWithin = Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && end < size;
  if (!isWithin || start > end) throw outside(size);
}

const outside = (size: number): TidemarkError =>
  new TidemarkError('TIDEMARK_ERR_SNAPSHOT_RANGE', { reason: `it has ${size} bytes` });
