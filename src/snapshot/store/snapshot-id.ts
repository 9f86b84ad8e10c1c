import { randomBytes } from 'node:crypto';

const ID = /^\d{8}T\d{6}Z-[0-9a-f]{12}$/;

/**
 * A new name of a snapshot, such as `20260319T094205Z-5f0c1e92ab37`: sorted by time, and with 48 random bits, so that
 * two processes that write into one directory do not meet.
 */
export function newSnapshotId(wallMs: number): string {
  const time = new Date(wallMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `${time}-${randomBytes(6).toString('hex')}`;
}

/** Whether a text can be the id of a snapshot. Anything else must never become part of a path. */
export const isSnapshotId = (text: string): boolean => ID.test(text);
