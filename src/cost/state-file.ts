import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The result of reading a state file; `unusable` when it exists and cannot be trusted. */
export type StateRead =
  | { readonly state: 'absent' }
  | { readonly state: 'read'; readonly text: string }
  | { readonly state: 'unusable'; readonly cause: unknown };

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function isOurs({ uid }: Stats): boolean {
  return process.getuid === undefined || uid === process.getuid();
}

/**
 * The default state directory has a guessable name in a world-writable directory, so it must belong to this user, or to
 * root, who mounts volumes.
 */
async function checkDirectory(directory: string): Promise<void> {
  const stats = await lstat(directory);
  if (!stats.isDirectory())
    throw new Error('the state directory is not a directory, or a symbolic link to one');
  if (!isOurs(stats) && stats.uid !== 0) throw new Error('the state directory belongs to another user');
}

/**
 * Reads a small text file without following a symbolic link and without waiting on a pipe.
 * @param maxBytes a longer file is unusable
 */
export async function readStateFile(path: string, maxBytes: number): Promise<StateRead> {
  try {
    await checkDirectory(dirname(path));
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw new Error('the state file is not a regular file');
      if (!isOurs(stats)) throw new Error('the state file belongs to another user');
      if (stats.size > maxBytes) throw new Error(`the state file is longer than ${maxBytes} bytes`);
      return { state: 'read', text: await file.readFile('utf8') };
    } finally {
      await file.close();
    }
  } catch (cause) {
    return isMissing(cause) ? { state: 'absent' } : { state: 'unusable', cause };
  }
}

/**
 * Replaces a file in one step: 0600, in a directory that is made 0700 when it is not there, under a temporary name that
 * is renamed. Rejects when that is not possible; nothing is left behind.
 */
export async function writeStateFile(path: string, text: string): Promise<void> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await checkDirectory(directory);
  const temporary = `${path}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
