import { constants } from 'node:fs';
import { chmod, lstat, mkdir, open, readdir, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { TidemarkError } from '../../base/errors.js';
import { lifeOf, ownerTag, parseOwnerTag, type Owner } from './owner.js';
import { isSnapshotId } from './snapshot-id.js';
import { isAbsent, storageError } from './storage-error.js';

const DATA = '.heapsnapshot.gz';
const METADATA = '.json';
const TEMPORARY = /^\d{8}T\d{6}Z-[0-9a-f]{12}\.(?:data|metadata)\.([0-9a-f]{12}-\d+-\d+)\.tmp$/;
// A process elsewhere cannot be checked; if it has written nothing for so long, it counts as dead.
const STALE_MS = 60 * 60 * 1000;
const MODE_OF_OTHERS = 0o077;

/** Names of the files of a snapshot. The id must have been checked. */
export const dataPath = (directory: string, id: string): string => join(directory, id + DATA);
export const metadataPath = (directory: string, id: string): string => join(directory, id + METADATA);

export function temporaryPath(
  directory: string,
  id: string,
  part: 'data' | 'metadata',
  owner: Owner,
): string {
  return join(directory, `${id}.${part}.${ownerTag(owner)}.tmp`);
}

/** What is in the directory, judged by names alone. */
export interface DirectoryListing {
  /** Ids that have a file, sorted. */
  readonly ids: readonly string[];
  readonly temporary: readonly string[];
  /** Names that the store does not use. */
  readonly foreign: readonly string[];
}

export async function listDirectory(directory: string): Promise<DirectoryListing> {
  const ids = new Set<string>();
  const temporary: string[] = [];
  const foreign: string[] = [];
  for (const name of await namesIn(directory)) {
    const id = [DATA, METADATA].flatMap((end) => (name.endsWith(end) ? [name.slice(0, -end.length)] : []))[0];
    if (id !== undefined && isSnapshotId(id)) ids.add(id);
    else if (TEMPORARY.test(name)) temporary.push(name);
    else foreign.push(name);
  }
  return { ids: [...ids].toSorted(), temporary, foreign };
}

/** A removed directory counts as empty; it is made again for the next snapshot. */
async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

const unusable = (reason: string, cause?: unknown): TidemarkError =>
  new TidemarkError('TIDEMARK_ERR_SNAPSHOT_DIRECTORY', { reason, cause });

/**
 * Makes the directory, for this user alone. One that others may enter is closed to them if it holds nothing but snapshots:
 * closing a directory that somebody else uses would do harm.
 *
 * @throws TIDEMARK_ERR_SNAPSHOT_DIRECTORY
 */
export async function prepareDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const found = await lstat(directory);
    if (found.isSymbolicLink()) throw unusable('it is a symbolic link');
    if (process.getuid === undefined) return;
    if (found.uid !== process.getuid()) throw unusable('it belongs to another user');
    if ((found.mode & MODE_OF_OTHERS) === 0) return;
    const { foreign } = await listDirectory(directory);
    if (foreign.length > 0)
      throw unusable('others may enter it, and something other than snapshots is in it');
    await chmod(directory, 0o700);
  } catch (error) {
    if (error instanceof TidemarkError) throw error;
    throw unusable(error instanceof Error ? error.message : 'it cannot be made', error);
  }
}

/**
 * Removes the temporary files of writers that have died. Those of living writers, in this process or another, stay.
 *
 * @returns how many were removed
 */
export async function removeLeftovers(directory: string, here: Owner, nowMs: number): Promise<number> {
  let removed = 0;
  const { temporary } = await listDirectory(directory);
  for (const name of temporary) {
    const path = join(directory, name);
    const owner = parseOwnerTag(TEMPORARY.exec(name)?.[1] ?? '');
    const life = owner === undefined ? 'unknown' : lifeOf(owner, here);
    if (life === 'alive') continue;
    if (life === 'unknown' && nowMs - (await modifiedMs(path)) < STALE_MS) continue;
    await rm(path, { force: true });
    removed += 1;
  }
  return removed;
}

async function modifiedMs(path: string): Promise<number> {
  try {
    return (await lstat(path)).mtimeMs;
  } catch (error) {
    if (isAbsent(error)) return 0;
    throw error;
  }
}

const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_RDONLY, O_WRONLY } = constants;

/** @throws TIDEMARK_ERR_SNAPSHOT_STORAGE */
export async function createFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  } catch (error) {
    throw storageError(error);
  }
}

/**
 * Opens a file of the store for reading.
 *
 * @returns undefined if there is none, or something else is in its place, such as a symbolic link
 */
export async function openFile(path: string): Promise<FileHandle | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(path, O_RDONLY | O_NOFOLLOW | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    // ELOOP: a symbolic link. ENXIO: a socket, or a pipe that nobody writes to.
    if (isAbsent(error) || (error instanceof Error && /ELOOP|EMLINK|ENXIO|EISDIR/.test(error.message)))
      return undefined;
    throw error;
  }
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  return undefined;
}
