import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { TidemarkError } from '../base/errors.js';
import type { Progress } from './progress.js';

/** Reads a file chunk by chunk into a result. */
export interface FileReader<T> {
  push(chunk: Uint8Array): void;
  finish(): T;
}

const CHUNK_BYTES = 2 ** 20;

/**
 * Reads a file, plain or gzipped.
 *
 * @throws TidemarkError `TIDEMARK_ERR_CLI_FILE`, or what the reader throws, with the file's name added: the reader's
 *   message alone does not say which of several files is meant
 */
export async function readSnapshotFile<T>(
  file: string,
  open: (fileBytes: number) => FileReader<T>,
  progress: Progress,
): Promise<T> {
  try {
    const facts = await stat(file);
    if (!facts.isFile()) throw new Error('is no file');
    const reader = open(facts.size);
    const source = createReadStream(file, { highWaterMark: CHUNK_BYTES });
    const show = progressOf(progress, file, 'reading', facts.size);
    await pipeline(source, counted(show), unpacked, async (chunks: AsyncIterable<Uint8Array>) => {
      for await (const chunk of chunks) reader.push(chunk);
    });
    return reader.finish();
  } catch (error) {
    if (!(error instanceof TidemarkError)) throw fileError(error, file);
    if (error.message.includes(file)) throw error;
    throw new TidemarkError(error.code, { reason: `${file}: ${error.message}`, cause: error });
  }
}

/** Shows how much of a file was read: as a share if its size is known. */
export function progressOf(
  progress: Progress,
  file: string,
  step: string,
  size: number | undefined,
): (bytes: number) => void {
  return (bytes) => {
    const read =
      size === undefined ? `${Math.floor(bytes / 2 ** 20)} MiB` : `${Math.floor((100 * bytes) / size)} %`;
    progress.show(`${path.basename(file)}: ${step}, ${read}`);
  };
}

/** A pipeline step that reports how many bytes have passed. */
export function counted(onBytes: (bytes: number) => void) {
  return async function* count(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      onBytes(bytes);
      yield chunk;
    }
  };
}

/** A pipeline step that decompresses what begins as gzip does (RFC 1952, section 2.3.1), whatever the file's name. */
export async function* unpacked(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let head: Buffer = Buffer.alloc(0);
  const chunks = source[Symbol.asyncIterator]();
  while (head.length < 2) {
    const { value, done } = await chunks.next();
    if (done === true) break;
    head = Buffer.concat([head, value]);
  }
  async function* all(): AsyncGenerator<Buffer, void> {
    if (head.length > 0) yield head;
    yield* { [Symbol.asyncIterator]: () => chunks };
  }
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* all();
    return;
  }
  const packed = Readable.from(all(), { objectMode: false });
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  packed.once('error', (error) => gunzip.destroy(error));
  try {
    // Not a pipeline: gunzip ends before its input if zeros follow, with which some writers fill a block.
    yield* packed.pipe(gunzip) as AsyncIterable<Buffer>;
  } finally {
    packed.destroy();
    gunzip.destroy();
  }
}

/** A file system error as one of ours. Node's own messages already name the path. */
export function fileError(error: unknown, file?: string): TidemarkError {
  const message = error instanceof Error ? error.message : String(error);
  const reason = file === undefined || message.includes(file) ? message : `${file}: ${message}`;
  return new TidemarkError('TIDEMARK_ERR_CLI_FILE', { reason, cause: error });
}
