import { lstat, rm } from 'node:fs/promises';
import { TidemarkError } from '../../base/errors.js';
import { systemClock, type Clock } from '../../base/clock.js';
import {
  dataPath,
  listDirectory,
  metadataPath,
  openFile,
  prepareDirectory,
  removeLeftovers,
} from './directory.js';
import { fromJson, MAX_METADATA_BYTES, type SnapshotDescription, type SnapshotMetadata } from './metadata.js';
import { thisOwner } from './owner.js';
import { surplus, type QuotaEntry, type SnapshotQuota } from './quota.js';
import { openedSnapshot, type OpenSnapshot, type SnapshotEncoding } from './reading.js';
import { isSnapshotId, newSnapshotId } from './snapshot-id.js';
import { isAbsent } from './storage-error.js';
import { createVerification } from './verification.js';
import { writeSnapshot } from './writing.js';

/** A file that is not served, and why. */
export interface StoreProblem {
  /** Absent when the name is not the store's: such a file can only be removed by hand. */
  readonly id?: string;
  readonly name: string;
  readonly problem: 'foreign' | 'no-metadata' | 'bad-metadata' | 'no-data' | 'wrong-size' | 'wrong-checksum';
}

export interface SnapshotList {
  /** Newest first. */
  readonly snapshots: readonly SnapshotMetadata[];
  /** Up to 100. */
  readonly problems: readonly StoreProblem[];
  /** Of all snapshots that are listed. */
  readonly storedBytes: number;
}

export interface SnapshotStore {
  readonly directory: string;
  /** Temporary files of writers that have died, which were removed when the store was opened. */
  readonly leftovers: number;
  /**
   * Stores the bytes of a `.heapsnapshot`, then makes room for it by the quota.
   *
   * @param source what fails here fails the writing, and leaves no file
   * @param describe called when the source has ended
   * @throws TIDEMARK_ERR_SNAPSHOT_STORAGE when there is no room
   * @throws TIDEMARK_ERR_SNAPSHOT_DIRECTORY when the directory can no longer be used
   */
  add(
    source: AsyncIterable<Uint8Array>,
    describe: () => SnapshotDescription,
    options?: { readonly signal?: AbortSignal },
  ): Promise<SnapshotMetadata>;
  /** @param options.verify reads every file that has not been read yet, so that changed bytes are found as well */
  list(options?: { readonly verify?: boolean }): Promise<SnapshotList>;
  /** @throws TIDEMARK_ERR_SNAPSHOT_UNKNOWN, TIDEMARK_ERR_SNAPSHOT_DAMAGED */
  get(id: string): Promise<SnapshotMetadata>;
  /** @throws TIDEMARK_ERR_SNAPSHOT_UNKNOWN */
  delete(id: string): Promise<void>;
  /**
   * Opens a snapshot for reading. The first time all of it is read, to compare its checksum.
   *
   * @throws TIDEMARK_ERR_SNAPSHOT_UNKNOWN, TIDEMARK_ERR_SNAPSHOT_DAMAGED
   */
  open(id: string, encoding: SnapshotEncoding): Promise<OpenSnapshot>;
  /** Removes what the quota does not allow, oldest first, but never what is read. @returns the ids that went */
  prune(): Promise<readonly string[]>;
}

export interface SnapshotStoreOptions {
  /** Made if it is not there; for this user alone. */
  readonly directory: string;
  readonly quota: SnapshotQuota;
  readonly clock?: Clock;
}

const MAX_PROBLEMS = 100;

/**
 * Opens the store of snapshots of a directory, and removes what a crash left in it. Several stores, in one process or
 * in several, may share a directory; the quota is the directory's.
 *
 * @throws TIDEMARK_ERR_SNAPSHOT_DIRECTORY
 */
export async function openSnapshotStore(options: SnapshotStoreOptions): Promise<SnapshotStore> {
  const { directory, quota, clock = systemClock } = options;
  const owner = thisOwner();
  const verification = createVerification();
  const readers = new Map<string, number>();
  await prepareDirectory(directory);
  const leftovers = await removeLeftovers(directory, owner, clock.wall());

  async function readMetadata(id: string): Promise<SnapshotMetadata | StoreProblem['problem']> {
    const handle = await openFile(metadataPath(directory, id));
    if (handle === undefined) return 'no-metadata';
    try {
      const { size } = await handle.stat();
      if (size > MAX_METADATA_BYTES) return 'bad-metadata';
      return fromJson(await handle.readFile('utf8'), id) ?? 'bad-metadata';
    } finally {
      await handle.close();
    }
  }

  async function examine(id: string, verify: boolean): Promise<SnapshotMetadata | StoreProblem['problem']> {
    const metadata = await readMetadata(id);
    if (typeof metadata === 'string') return metadata;
    const handle = await openFile(dataPath(directory, id));
    if (handle === undefined) return 'no-data';
    try {
      const stats = await handle.stat({ bigint: true });
      if (stats.size !== BigInt(metadata.storedBytes)) return 'wrong-size';
      const isWhole = verify ? await verification.isWhole(handle, metadata) : verification.known(id, stats);
      return isWhole === false ? 'wrong-checksum' : metadata;
    } finally {
      await handle.close();
    }
  }

  async function exists(id: string): Promise<boolean> {
    const { ids } = await listDirectory(directory);
    return ids.includes(id);
  }

  /** @throws TIDEMARK_ERR_SNAPSHOT_UNKNOWN, also for a text that is no id: it never reaches the file system */
  async function known(id: string): Promise<void> {
    if (!isSnapshotId(id) || !(await exists(id))) throw new TidemarkError('TIDEMARK_ERR_SNAPSHOT_UNKNOWN');
  }

  async function remove(id: string): Promise<void> {
    // A link or a folder in its place is removed itself and not followed.
    await rm(metadataPath(directory, id), { force: true, recursive: true });
    await rm(dataPath(directory, id), { force: true, recursive: true });
  }

  async function quotaEntry(id: string, held: string | undefined): Promise<QuotaEntry | undefined> {
    const metadata = await readMetadata(id);
    const isHeld = readers.has(id) || id === held;
    if (typeof metadata !== 'string') {
      return { id, createdAtMs: Date.parse(metadata.createdAt), bytes: metadata.storedBytes, isHeld };
    }
    // Half of a snapshot: another store may be about to rename the other half, so its age counts from the file's time.
    try {
      const { mtimeMs, size } = await lstat(dataPath(directory, id));
      return { id, createdAtMs: mtimeMs, bytes: size, isHeld };
    } catch (error) {
      if (!isAbsent(error)) throw error;
      return undefined;
    }
  }

  async function prune(held?: string): Promise<readonly string[]> {
    const { ids } = await listDirectory(directory);
    const entries: QuotaEntry[] = [];
    for (const id of ids) {
      const entry = await quotaEntry(id, held);
      if (entry !== undefined) entries.push(entry);
    }
    const leaving = surplus(entries, quota, clock.wall()).filter((id) => !readers.has(id));
    for (const id of leaving) await remove(id);
    return leaving;
  }

  function hold(id: string): () => void {
    readers.set(id, (readers.get(id) ?? 0) + 1);
    return () => {
      const count = (readers.get(id) ?? 1) - 1;
      if (count === 0) readers.delete(id);
      else readers.set(id, count);
    };
  }

  await prune();

  return {
    directory,
    leftovers,
    async add(source, describe, { signal } = {}) {
      const id = newSnapshotId(clock.wall());
      const createdAt = new Date(clock.wall()).toISOString();
      const plan = { directory, id, owner, createdAt, maxBytes: quota.maxBytes };
      const { metadata, stats } = await writeSnapshot(source, describe, plan, signal);
      verification.trust(id, stats);
      await prune(id);
      return metadata;
    },
    async list({ verify = false } = {}) {
      const { ids, foreign } = await listDirectory(directory);
      verification.keep(ids);
      const snapshots: SnapshotMetadata[] = [];
      const problems: StoreProblem[] = [];
      for (const id of ids) {
        const found = await examine(id, verify);
        if (typeof found !== 'string') snapshots.push(found);
        else if (await exists(id)) problems.push({ id, name: id, problem: found });
      }
      for (const name of foreign) problems.push({ name, problem: 'foreign' });
      snapshots.sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt) || (a.id < b.id ? 1 : -1));
      return {
        snapshots,
        problems: problems.slice(0, MAX_PROBLEMS),
        storedBytes: snapshots.reduce((sum, { storedBytes }) => sum + storedBytes, 0),
      };
    },
    async get(id) {
      await known(id);
      const found = await examine(id, false);
      if (typeof found === 'string')
        throw new TidemarkError('TIDEMARK_ERR_SNAPSHOT_DAMAGED', { reason: found });
      return found;
    },
    async delete(id) {
      await known(id);
      await remove(id);
    },
    async open(id, encoding) {
      await known(id);
      const release = hold(id);
      try {
        const metadata = await readMetadata(id);
        if (typeof metadata === 'string') throw damaged(metadata);
        const handle = await openFile(dataPath(directory, id));
        if (handle === undefined) throw damaged('no-data');
        try {
          if (!(await verification.isWhole(handle, metadata))) throw damaged('wrong-checksum');
        } catch (error) {
          await handle.close();
          throw error;
        }
        return openedSnapshot(handle, metadata, encoding, release);
      } catch (error) {
        release();
        throw error;
      }
    },
    prune: () => prune(),
  };
}

const damaged = (reason: string): TidemarkError =>
  new TidemarkError('TIDEMARK_ERR_SNAPSHOT_DAMAGED', { reason });
