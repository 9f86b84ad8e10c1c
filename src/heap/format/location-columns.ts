import type { Locations } from '../graph.js';
import { nextRows } from './columns.js';
import { invalid } from './faults.js';
import type { Header } from './header.js';
import type { Numbers, RowSink } from './number-list.js';

const FIRST_ROWS = 4096;
const MAX_INT32 = 2 ** 31 - 1;

/** Splits the list of locations into columns. V8 writes -1 for an unknown line. */
export class LocationColumns implements RowSink {
  readonly width: number;
  readonly signed = true;
  #count = 0;
  #node = new Uint32Array(FIRST_ROWS);
  #place = new Int32Array(3 * FIRST_ROWS);
  readonly #header: Header;

  constructor(header: Header) {
    this.#header = header;
    this.width = header.location.width;
  }

  take(numbers: Numbers, count: number): void {
    const { node, scriptId, line, column } = this.#header.location;
    if (node < 0 || scriptId < 0 || line < 0 || column < 0) return;
    const { width: nodeFieldCount } = this.#header.node;
    const { nodeCount } = this.#header;
    for (let at = 0; at < count; at += this.width) {
      const ordinal = numbers[at + node]! / nodeFieldCount;
      if (!Number.isInteger(ordinal) || ordinal < 0 || ordinal >= nodeCount) {
        throw invalid(`location ${this.#count} is of ${numbers[at + node]}, where no node is`);
      }
      if (this.#count === this.#node.length) this.#grow(nodeCount);
      this.#node[this.#count] = ordinal;
      const place = 3 * this.#count;
      this.#place[place] = this.#field(numbers[at + scriptId]!);
      this.#place[place + 1] = this.#field(numbers[at + line]!);
      this.#place[place + 2] = this.#field(numbers[at + column]!);
      this.#count += 1;
    }
  }

  /** Sorted by node; V8 writes them in hash-map order. If a node has two, the last one counts. */
  locations(): Locations {
    const rowOfNode = new Uint32Array(this.#header.nodeCount);
    let count = 0;
    for (let row = 0; row < this.#count; row++) {
      const node = this.#node[row]!;
      if (rowOfNode[node] === 0) count += 1;
      rowOfNode[node] = row + 1;
    }
    const [node, scriptId] = [new Uint32Array(count), new Int32Array(count)];
    const [line, column] = [new Int32Array(count), new Int32Array(count)];
    for (let ordinal = 0, at = 0; at < count; ordinal++) {
      const row = rowOfNode[ordinal]! - 1;
      if (row < 0) continue;
      node[at] = ordinal;
      scriptId[at] = this.#place[3 * row]!;
      line[at] = this.#place[3 * row + 1]!;
      column[at] = this.#place[3 * row + 2]!;
      at += 1;
    }
    return { node, scriptId, line, column };
  }

  #field(value: number): number {
    if (Math.abs(value) > MAX_INT32) throw invalid(`location ${this.#count} has a field beyond 31 bits`);
    return value;
  }

  #grow(nodeCount: number): void {
    // V8 writes at most one location a node; accepting more would let a file grow without bound.
    if (this.#count === nodeCount) throw invalid('it has more locations than nodes');
    const rows = nextRows(this.#count, this.#count + 1, Math.max(nodeCount, FIRST_ROWS));
    const node = new Uint32Array(rows);
    node.set(this.#node);
    const place = new Int32Array(3 * rows);
    place.set(this.#place);
    this.#node = node;
    this.#place = place;
  }
}
