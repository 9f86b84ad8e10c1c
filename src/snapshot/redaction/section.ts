import type { ByteSink } from './byte-sink.js';

/** Reads the value of one key of the file as it comes, and writes what becomes of it. */
export interface Section {
  /**
   * @param bytes the chunk; read from `from` up to `to`
   * @returns where it stopped: `to`, or behind the end of the value, and then {@link Section.done} is true
   * @throws TIDEMARK_ERR_REDACTION_MALFORMED, TIDEMARK_ERR_REDACTION_LIMIT
   */
  read(bytes: Uint8Array, from: number, to: number, sink: ByteSink): number;
  readonly done: boolean;
}
