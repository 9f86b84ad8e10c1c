import { TidemarkError } from '../../base/errors.js';

const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'EROFS']);

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** Whether the file is simply not there, which another process that uses the directory may have seen to. */
export const isAbsent = (error: unknown): boolean => codeOf(error) === 'ENOENT';

/** Gives an error of the file system that says "no room" its code; every other is returned as it is. */
export function storageError(error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined || !NO_ROOM.has(code)) return error;
  return new TidemarkError('TIDEMARK_ERR_SNAPSHOT_STORAGE', { reason: code, cause: error });
}
