import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { TidemarkError } from '../base/errors.js';

/** What reads a file chunk by chunk. */
export interface Sink {
  push(chunk: Uint8Array): void;
}

export interface FileFacts {
  /** Bytes on the disk. */
  readonly bytes: number;
  readonly isGzip: boolean;
}

const CHUNK_BYTES = 2 ** 20;

/** Looks at the size and the first bytes. Throws `TIDEMARK_ERR_CLI_FILE` when it cannot. */
export async function inspectFile(path: string): Promise<FileFacts> {
  try {
    const handle = await open(path, 'r');
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw new Error('is no file');
      const { bytesRead, buffer } = await handle.read(new Uint8Array(2), 0, 2, 0);
      return { bytes: stat.size, isGzip: bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b };
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileError(path, error);
  }
}

/** Pushes the file into the sink, unpacked if it is gzip; `onBytes` hears how much of the file was read. */
export async function feedFile(
  path: string,
  { isGzip }: FileFacts,
  sink: Sink,
  onBytes: (bytes: number) => void,
): Promise<void> {
  let bytes = 0;
  const source = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const count = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      onBytes(bytes);
      yield chunk;
    }
  };
  const drain = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of chunks) sink.push(chunk);
  };
  try {
    if (isGzip) await pipeline(source, count, createGunzip({ chunkSize: CHUNK_BYTES }), drain);
    else await pipeline(source, count, drain);
  } catch (error) {
    throw error instanceof TidemarkError ? error : fileError(path, error);
  }
}

export function fileError(path: string, error: unknown): TidemarkError {
  const message = error instanceof Error ? error.message : String(error);
  return new TidemarkError('TIDEMARK_ERR_CLI_FILE', { reason: `${path}: ${message}`, cause: error });
}
