import { DEFAULT_LIMITS, type HeapLimits } from '../limits.js';
import type { StringTable } from '../strings.js';
import { beyondLimit, heapFaults, invalid, truncated } from './faults.js';
import { headerSection, type Header } from './header.js';
import { JsonValue } from './json-value.js';
import { NumberList, type RowSink } from './number-list.js';
import { SnapshotScanner, type Section } from './scanner.js';
import { StringList } from './string-list.js';
import { StringStore } from './string-store.js';

/**
 * Reads a `.heapsnapshot` in one pass, from chunks of any size: `push` each, then `finish`. Subclasses decide what to
 * do with the rows.
 *
 * The section `snapshot` must come first, as it describes the others. Their order does not matter, and unknown ones
 * are skipped (`trace_function_infos`, `trace_tree`, `samples`).
 *
 * Throws a {@link TidemarkError}: `TIDEMARK_ERR_HEAP_INVALID`, `TIDEMARK_ERR_HEAP_TRUNCATED` or
 * `TIDEMARK_ERR_HEAP_LIMIT`; the reader is unusable afterwards.
 */
export abstract class HeapReader {
  protected readonly limits: HeapLimits;
  readonly #scanner = new SnapshotScanner(heapFaults, (name) => this.#open(name));
  #bytes = 0;
  #header: Header | undefined;
  #strings: StringStore | undefined;

  constructor(limits: Partial<HeapLimits> = {}) {
    this.limits = { ...DEFAULT_LIMITS, ...limits };
  }

  push(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.limits.maxBytes) throw beyondLimit('bytes', this.limits.maxBytes);
    this.#scanner.push(chunk);
  }

  /** The sink for the rows of that section; without one, the section is skipped. */
  protected abstract rowsOf(section: string, header: Header): RowSink | undefined;

  /** Call after the last chunk. */
  protected ends(): { readonly header: Header; readonly strings: StringTable } {
    if (this.#bytes === 0) throw truncated('it is empty');
    if (!this.#scanner.done) {
      throw truncated(`it ends after ${this.#bytes} bytes within ${this.#scanner.place}`);
    }
    const [header, strings] = [this.#header, this.#strings?.table()];
    if (header === undefined || strings === undefined) {
      throw invalid(`it has no "${header === undefined ? 'snapshot' : 'strings'}"`);
    }
    return { header, strings };
  }

  #open(name: string): Section {
    if (name === 'snapshot') return headerSection(heapFaults, (header) => (this.#header = header));
    if (this.#header === undefined)
      throw invalid('it does not begin with "snapshot"', `"${name}" comes first`);
    if (name === 'strings') {
      this.#strings = new StringStore(this.limits);
      return new StringList(heapFaults, this.#strings);
    }
    const rows = this.rowsOf(name, this.#header);
    return rows === undefined ? new JsonValue(heapFaults) : new NumberList(heapFaults, name, rows);
  }
}
