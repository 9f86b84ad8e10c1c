import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { SnapshotMetadata } from './metadata.js';

/** Remembers which files were found whole, and in which state of the file. */
export interface Verification {
  /** Whether the file is what the metadata says. Reads all of it, unless it was read before and is untouched since. */
  isWhole(handle: FileHandle, metadata: SnapshotMetadata): Promise<boolean>;
  /** The file was written just now, and hashed while it was. */
  trust(id: string, stats: BigIntStats): void;
  /** What is known without reading; undefined when nothing is. */
  known(id: string, stats: BigIntStats): boolean | undefined;
  /** Forgets all but these. */
  keep(ids: readonly string[]): void;
}

const CHUNK_BYTES = 256 * 1024;

// The change time cannot be set back by a program, as the modification time can.
const stateOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [dev, ino, size, mtimeNs, ctimeNs].join(' ');

async function hashOf(handle: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let position = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}

export function createVerification(): Verification {
  const found = new Map<string, { readonly state: string; readonly isWhole: boolean }>();

  function known(id: string, stats: BigIntStats): boolean | undefined {
    const before = found.get(id);
    return before?.state === stateOf(stats) ? before.isWhole : undefined;
  }

  return {
    known,
    async isWhole(handle, metadata) {
      const stats = await handle.stat({ bigint: true });
      if (stats.size !== BigInt(metadata.storedBytes)) return false;
      const before = known(metadata.id, stats);
      if (before !== undefined) return before;
      const isWhole = (await hashOf(handle)) === metadata.sha256;
      found.set(metadata.id, { state: stateOf(stats), isWhole });
      return isWhole;
    },
    trust(id, stats) {
      found.set(id, { state: stateOf(stats), isWhole: true });
    },
    keep(ids) {
      const wanted = new Set(ids);
      for (const id of found.keys()) if (!wanted.has(id)) found.delete(id);
    },
  };
}
