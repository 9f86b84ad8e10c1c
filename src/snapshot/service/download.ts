import type { Readable } from 'node:stream';
import { parseRange } from '../store/byte-range.js';
import type { SnapshotStore } from '../store/store.js';

export interface DownloadRequest {
  /** The header `Accept-Encoding`. */
  readonly acceptEncoding?: string | undefined;
  /** The header `Range`. */
  readonly range?: string | undefined;
  /** The header `If-Range`: another validator than ours asks for the whole. */
  readonly ifRange?: string | undefined;
}

export interface Download {
  readonly statusCode: 200 | 206;
  readonly headers: Readonly<Record<string, string>>;
  readonly stream: Readable;
}

/** A snapshot as an answer: as it is stored if the client takes gzip, and resumable (RFC 9110, section 14). */
export async function download(
  store: SnapshotStore,
  id: string,
  { acceptEncoding, range: asked, ifRange }: DownloadRequest,
): Promise<Download> {
  const encoding = takesGzip(acceptEncoding) ? 'gzip' : 'identity';
  const snapshot = await store.open(id, encoding);
  try {
    const { etag, size } = snapshot;
    const range = ifRange === undefined || ifRange === etag ? parseRange(asked, size) : undefined;
    const length = range === undefined ? size : range.end - range.start + 1;
    const headers = {
      'content-type': 'application/json',
      'content-disposition': `attachment; filename="${id}.heapsnapshot"`,
      'content-length': String(length),
      'accept-ranges': 'bytes',
      vary: 'accept-encoding',
      etag,
      ...(encoding === 'gzip' && { 'content-encoding': 'gzip' }),
      ...(range && { 'content-range': `bytes ${range.start}-${range.end}/${size}` }),
    };
    return { statusCode: range === undefined ? 200 : 206, headers, stream: snapshot.stream(range) };
  } catch (error) {
    await snapshot.close();
    throw error;
  }
}

function takesGzip(header = ''): boolean {
  return header.split(',').some((part) => {
    const [name, weight] = part.trim().split(/\s*;\s*/);
    return (name === 'gzip' || name === 'x-gzip') && weight !== 'q=0';
  });
}
