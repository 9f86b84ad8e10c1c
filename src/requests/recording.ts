import { ServerResponse } from 'node:http';
import type { DeepSampler } from './deep-samples.js';
import { NO_RECORD, type HeapDelta, type Recorder } from './recorder.js';

const kRecord = Symbol('tidemark.record');

/** Stands for the row of a route whose requests are not recorded. */
export const EXCLUDED_ROW = -1;

/** What recording needs of a response, be it of HTTP/1, of HTTP/2 or injected. */
export interface RecordedResponse {
  [kRecord]?: number;
  readonly statusCode: number;
  readonly writableEnded: boolean;
  readonly writableFinished: boolean;
  on(event: 'close', listener: () => void): unknown;
}

export interface RecordingParts {
  readonly recorder: Recorder;
  readonly deep: DeepSampler | undefined;
  /** `/orders/:id` excludes all methods of a pattern, `GET /orders/:id` one of them and its HEAD. */
  readonly exclude: readonly string[];
}

/**
 * Which requests are recorded and when their record is closed, for any server framework. On the path of every request:
 * `begin` and what it leaves on the response allocate nothing.
 */
export interface Recording {
  /** The row of a route, added when it is new, or {@link EXCLUDED_ROW}. */
  rowOf(method: string | readonly string[], pattern: string): number;
  /** Begins a record, which ends with the response. Where the route is not known yet, it is that of unmatched requests. */
  begin(response: RecordedResponse, row: number): void;
  /** Tells the route of a request that has begun; an excluded one is forgotten. */
  assign(response: RecordedResponse, row: number): void;
  isOpen(response: RecordedResponse): boolean;
  /** Reads the heap for the headers of an open response; undefined for one that was read before. */
  read(response: RecordedResponse): HeapDelta | undefined;
}

export function createRecording({ recorder, deep, exclude }: RecordingParts): Recording {
  const excluded = new Set(exclude);
  const isExcluded = (method: string, pattern: string): boolean =>
    excluded.has(pattern) ||
    excluded.has(`${method} ${pattern}`) ||
    (method === 'HEAD' && excluded.has(`GET ${pattern}`));

  // `this` is the response, so that one function serves every request. 'close' comes after 'finish', after an abort,
  // for hijacked responses and streams alike, and on HTTP/2 and injected responses too.
  function close(this: RecordedResponse): void {
    const record = this[kRecord]!;
    if (record === NO_RECORD) return;
    this[kRecord] = NO_RECORD;
    const statusCode = wasAnswered(this) ? this.statusCode : 0;
    deep?.end(record, recorder.rowOf(record), statusCode);
    recorder.end(record, statusCode);
  }

  return {
    rowOf(method, pattern) {
      const label = methodLabel(method);
      return isExcluded(label, pattern) ? EXCLUDED_ROW : recorder.addRoute(label, pattern);
    },
    begin(response, row) {
      if (row === EXCLUDED_ROW) return;
      const record = recorder.begin(row);
      if (record === NO_RECORD) return;
      response[kRecord] = record;
      response.on('close', close);
      deep?.begin(record);
    },
    assign(response, row) {
      const record = response[kRecord] ?? NO_RECORD;
      if (record === NO_RECORD) return;
      if (row !== EXCLUDED_ROW) {
        recorder.move(record, row);
        return;
      }
      response[kRecord] = NO_RECORD;
      deep?.drop(record);
      recorder.drop(record);
    },
    isOpen: (response) => (response[kRecord] ?? NO_RECORD) !== NO_RECORD,
    read: (response) => recorder.read(response[kRecord]!),
  };
}

/** `GET`, `GET|PUT`, or `ALL` for more methods than anybody lists. */
function methodLabel(method: string | readonly string[]): string {
  if (typeof method === 'string') return method;
  return method.length > 6 ? 'ALL' : method.join('|');
}

/**
 * Whether the whole response was sent. `writableFinished` alone does not tell: it is false for an injected response,
 * whose bytes nobody drains, and true when the client left before the last bytes (HTTP/1) or before the first (HTTP/2).
 */
export function wasAnswered(response: Omit<RecordedResponse, 'on'>): boolean {
  if (!response.writableEnded) return false;
  if (!(response instanceof ServerResponse)) return response.writableFinished;
  // A response lets go of its socket when it is done; the request keeps it.
  return response.socket?.destroyed !== true && !response.req.socket.errored;
}
