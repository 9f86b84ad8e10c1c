import { ServerResponse } from 'node:http';
import type { DeepSampler } from './deep-samples.js';
import { NO_RECORD, type HeapDelta, type Recorder } from './recorder.js';

const kRecord = Symbol('tidemark.record');

/** Row of a route whose requests are not recorded. */
export const EXCLUDED_ROW = -1;

/** What recording needs of a response, whether of HTTP/1, HTTP/2 or injected. */
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
  /** `/orders/:id` excludes all methods of a pattern, `GET /orders/:id` only that one and its HEAD. */
  readonly exclude: readonly string[];
}

/**
 * Decides which requests are recorded and when their record is closed, for any server framework. On the path of every
 * request: `begin` and what it attaches to the response allocate nothing.
 */
export interface Recording {
  /** The row of a route, added if it is new, or {@link EXCLUDED_ROW}. */
  rowOf(method: string | readonly string[], pattern: string): number;
  /**
   * Begins a record, which ends with the response. While the route is unknown, it is that of unmatched requests.
   *
   * @param isShown whether its heap delta may be shown to somebody, see {@link read}; true by default
   */
  begin(response: RecordedResponse, row: number, isShown?: boolean): void;
  /** Sets the route of a request that has begun; an excluded one is dropped. */
  assign(response: RecordedResponse, row: number): void;
  /** Whether the response is open and was begun with `isShown`. */
  isShown(response: RecordedResponse): boolean;
  /** Reads the heap for the headers of an open response; undefined if it was read before. */
  read(response: RecordedResponse): HeapDelta | undefined;
}

export function createRecording({ recorder, deep, exclude }: RecordingParts): Recording {
  const excluded = new Set(exclude);
  const isExcluded = (method: string, pattern: string): boolean =>
    excluded.has(pattern) ||
    excluded.has(`${method} ${pattern}`) ||
    (method === 'HEAD' && excluded.has(`GET ${pattern}`));

  // `this` is the response, so that one function serves every request. 'close' comes after 'finish' and after an
  // abort, also for hijacked responses, streams, HTTP/2 and injected responses.
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
    begin(response, row, isShown) {
      if (row === EXCLUDED_ROW) return;
      const record = recorder.begin(row, isShown);
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
    isShown(response) {
      const record = response[kRecord] ?? NO_RECORD;
      return record !== NO_RECORD && recorder.isShown(record);
    },
    read: (response) => recorder.read(response[kRecord]!),
  };
}

/** `GET`, `GET|PUT`, or `ALL` for more than six methods. */
function methodLabel(method: string | readonly string[]): string {
  if (typeof method === 'string') return method;
  return method.length > 6 ? 'ALL' : method.join('|');
}

/**
 * Whether the whole response was sent. `writableFinished` alone is not enough: it is false for an injected response,
 * whose bytes nobody reads, and true if the client left before the last bytes (HTTP/1) or before the first (HTTP/2).
 */
export function wasAnswered(response: Omit<RecordedResponse, 'on'>): boolean {
  if (!response.writableEnded) return false;
  if (!(response instanceof ServerResponse)) return response.writableFinished;
  // A response releases its socket when it is done; the request keeps it.
  return response.socket?.destroyed !== true && !response.req.socket.errored;
}
