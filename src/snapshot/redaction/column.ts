import { overLimit } from './malformed.js';

interface NumberColumn {
  readonly length: number;
  set(source: this): void;
  [ordinal: number]: number;
}

/**
 * A typed array that grows with what is in the file and never with what its header claims, so that a small hostile
 * file cannot ask for much memory.
 */
export class Column<Numbers extends NumberColumn> {
  readonly #make: (length: number) => Numbers;
  readonly #what: string;
  readonly #limit: number;
  /** Longer than what was written; the rest is 0. */
  values: Numbers;

  /**
   * @param limit values that may be held
   * @param what in the error's reason, in the plural
   */
  constructor(make: (length: number) => Numbers, limit: number, what: string) {
    this.#make = make;
    this.#what = what;
    this.#limit = limit;
    this.values = make(Math.min(limit, 1024));
  }

  /** @throws TIDEMARK_ERR_REDACTION_LIMIT */
  fit(length: number): void {
    if (length <= this.values.length) return;
    if (length > this.#limit) throw overLimit(`more than ${this.#limit} ${this.#what}`);
    const larger = this.#make(Math.min(this.#limit, Math.max(length, this.values.length * 2)));
    larger.set(this.values);
    this.values = larger;
  }
}

export const bytesColumn = (limit: number, what: string): Column<Uint8Array> =>
  new Column<Uint8Array>((length) => new Uint8Array(length), limit, what);

export const flagsColumn = (limit: number, what: string): Column<Uint16Array> =>
  new Column<Uint16Array>((length) => new Uint16Array(length), limit, what);

export const wordsColumn = (limit: number, what: string): Column<Uint32Array> =>
  new Column<Uint32Array>((length) => new Uint32Array(length), limit, what);
