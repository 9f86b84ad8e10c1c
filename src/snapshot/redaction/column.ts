import { faults } from './limits.js';

interface NumberColumn {
  readonly length: number;
  set(source: this): void;
  [ordinal: number]: number;
}

/**
 * A typed array that grows with the content of the file, never with what its header claims, so that a small hostile
 * file cannot demand much memory.
 */
export class Column<Numbers extends NumberColumn> {
  readonly #Type: new (length: number) => Numbers;
  readonly #what: string;
  readonly #limit: number;
  /** Longer than the written part; the rest is 0. */
  values: Numbers;

  /**
   * @param limit maximum number of values
   * @param what plural noun for the error's reason
   */
  constructor(Type: new (length: number) => Numbers, limit: number, what: string) {
    this.#Type = Type;
    this.#what = what;
    this.#limit = limit;
    this.values = new Type(Math.min(limit, 1024));
  }

  /** Makes room for that many values. @throws TIDEMARK_ERR_REDACTION_LIMIT */
  fit(length: number): Numbers {
    if (length <= this.values.length) return this.values;
    if (length > this.#limit) throw faults.beyondLimit(this.#what, this.#limit);
    const larger = new this.#Type(Math.min(this.#limit, Math.max(length, this.values.length * 2)));
    larger.set(this.values);
    return (this.values = larger);
  }
}
