import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { rename, rm, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { TidemarkError } from '../../base/errors.js';
import { createFile, dataPath, metadataPath, prepareDirectory, temporaryPath } from './directory.js';
import { toJson, wrongField, type SnapshotDescription, type SnapshotMetadata } from './metadata.js';
import type { Owner } from './owner.js';
import { storageError } from './storage-error.js';

export interface WritingPlan {
  readonly directory: string;
  readonly id: string;
  readonly owner: Owner;
  readonly createdAt: string;
  /** The stored file may not be larger. */
  readonly maxBytes: number;
}

export interface Written {
  readonly metadata: SnapshotMetadata;
  readonly stats: BigIntStats;
}

/** A snapshot is mostly digits: a higher level costs more time than it saves bytes. */
const COMPRESSION_LEVEL = 1;

interface Content {
  readonly rawBytes: number;
  readonly storedBytes: number;
  readonly sha256: string;
}

async function writeContent(
  source: AsyncIterable<Uint8Array>,
  handle: FileHandle,
  plan: WritingPlan,
  signal: AbortSignal | undefined,
): Promise<Content> {
  const hash = createHash('sha256');
  let rawBytes = 0;
  let storedBytes = 0;
  await pipeline(
    source,
    async function* count(chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        rawBytes += chunk.length;
        yield chunk;
      }
    },
    createGzip({ level: COMPRESSION_LEVEL }),
    async (chunks: AsyncIterable<Uint8Array>) => {
      for await (const chunk of chunks) {
        storedBytes += chunk.length;
        if (storedBytes > plan.maxBytes) {
          throw new TidemarkError('TIDEMARK_ERR_SNAPSHOT_STORAGE', {
            reason: `it alone is larger than the quota of ${plan.maxBytes} bytes`,
          });
        }
        hash.update(chunk);
        await handle.writeFile(chunk);
      }
    },
    ...(signal === undefined ? [] : [{ signal }]),
  );
  return { rawBytes, storedBytes, sha256: hash.digest('hex') };
}

/**
 * Writes a snapshot under temporary names and renames it when it is complete, the data first, so that metadata never exists
 * without data. No file is left after a failure.
 *
 * @throws TIDEMARK_ERR_SNAPSHOT_STORAGE, TIDEMARK_ERR_SNAPSHOT_DIRECTORY, and what the source throws
 */
export async function writeSnapshot(
  source: AsyncIterable<Uint8Array>,
  describe: () => SnapshotDescription,
  plan: WritingPlan,
  signal?: AbortSignal,
): Promise<Written> {
  const { directory, id, owner, createdAt } = plan;
  const dataTemporary = temporaryPath(directory, id, 'data', owner);
  const metadataTemporary = temporaryPath(directory, id, 'metadata', owner);
  const published: string[] = [];
  let handle: FileHandle | undefined;
  try {
    await prepareDirectory(directory);
    handle = await createFile(dataTemporary);
    const content = await writeContent(source, handle, plan, signal);
    await handle.sync();
    const description = describe();
    const wrong = wrongField(description);
    if (wrong !== undefined) throw new TypeError(`the description of a snapshot has a wrong ${wrong}`);
    const metadata: SnapshotMetadata = { id, createdAt, ...description, ...content };
    await writeWhole(metadataTemporary, toJson(metadata));
    published.push(dataPath(directory, id));
    await rename(dataTemporary, dataPath(directory, id));
    published.push(metadataPath(directory, id));
    await rename(metadataTemporary, metadataPath(directory, id));
    return { metadata, stats: await handle.stat({ bigint: true }) };
  } catch (error) {
    // Before the pipeline has started, nothing else ends the source.
    if ('destroy' in source && typeof source.destroy === 'function') source.destroy();
    for (const path of [...published, dataTemporary, metadataTemporary]) {
      // What cannot be removed now is removed at the next start; the first error is the one to report.
      await rm(path, { force: true }).catch(() => undefined);
    }
    throw storageError(error);
  } finally {
    await handle?.close();
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  const handle = await createFile(path);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
