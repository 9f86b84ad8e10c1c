import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { TidemarkError } from '../../base/errors.js';
import { checkRange, type ByteRange } from './byte-range.js';
import type { SnapshotMetadata } from './metadata.js';

export type SnapshotEncoding = 'gzip' | 'identity';

/** A snapshot that is being read, and is not removed meanwhile. Either read a stream to its end or close it. */
export interface OpenSnapshot {
  readonly metadata: SnapshotMetadata;
  readonly encoding: SnapshotEncoding;
  /** Bytes in that encoding. */
  readonly size: number;
  /** A strong validator with its quotes (RFC 9110, section 8.8.3): equal as long as the bytes are. */
  readonly etag: string;
  /**
   * The bytes, or those of a range. Once only; the snapshot is closed with the stream. A range of the identity bytes
   * costs decompressing all that is before it.
   *
   * @throws TIDEMARK_ERR_SNAPSHOT_RANGE
   */
  stream(range?: ByteRange): Readable;
  close(): Promise<void>;
}

const CHUNK_BYTES = 256 * 1024;

async function* fileBytes(handle: FileHandle, { start, end }: ByteRange): AsyncGenerator<Buffer, void> {
  let position = start;
  while (position <= end) {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end - position + 1));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) throw damaged('it ends early');
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

const damaged = (reason: string): TidemarkError =>
  new TidemarkError('TIDEMARK_ERR_SNAPSHOT_DAMAGED', { reason });

async function* identityBytes(
  handle: FileHandle,
  { storedBytes, rawBytes }: SnapshotMetadata,
  { start, end }: ByteRange,
): AsyncGenerator<Uint8Array, void> {
  if (rawBytes === 0) return;
  const source = Readable.from(fileBytes(handle, { start: 0, end: storedBytes - 1 }), { objectMode: false });
  const gunzip = createGunzip();
  source.once('error', (error) => gunzip.destroy(error));
  try {
    let position = 0;
    for await (const chunk of source.pipe(gunzip) as AsyncIterable<Buffer>) {
      const from = Math.max(0, start - position);
      const to = Math.min(chunk.length, end + 1 - position);
      if (from < to) yield chunk.subarray(from, to);
      position += chunk.length;
      // Whatever the file holds beyond what its metadata says is not sent.
      if (position > end) return;
    }
    throw damaged('it ends early');
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

/** @param released called once, when the snapshot is no longer read */
export function openedSnapshot(
  handle: FileHandle,
  metadata: SnapshotMetadata,
  encoding: SnapshotEncoding,
  released: () => void,
): OpenSnapshot {
  const size = encoding === 'gzip' ? metadata.storedBytes : metadata.rawBytes;
  let isClosed = false;
  let isStreaming = false;

  async function close(): Promise<void> {
    if (isClosed) return;
    isClosed = true;
    released();
    await handle.close();
  }

  async function* bytes(range: ByteRange): AsyncGenerator<Uint8Array, void> {
    try {
      yield* encoding === 'gzip' ? fileBytes(handle, range) : identityBytes(handle, metadata, range);
    } finally {
      await close();
    }
  }

  return {
    metadata,
    encoding,
    size,
    etag: `"${metadata.sha256.slice(0, 32)}-${encoding}"`,
    stream(range) {
      if (range !== undefined) checkRange(range, size);
      if (isStreaming || isClosed) throw new TypeError('an open snapshot is streamed once');
      isStreaming = true;
      const stream = Readable.from(bytes(range ?? { start: 0, end: size - 1 }), { objectMode: false });
      // A generator that was never asked for its first bytes does not run its `finally`.
      stream.once('close', () => void close());
      return stream;
    },
    close,
  };
}
