import { EDGE_KINDS, isIndexed } from '../kinds.js';
import type { HeapLimits } from '../limits.js';
import { sharedNumbers, firstRows, nextRows } from './columns.js';
import { beyondLimit, invalid } from './faults.js';
import type { Header } from './header.js';
import type { Numbers, RowSink } from './number-list.js';

const MAX_UINT32 = 2 ** 32 - 1;

/** Splits the list of edges into columns. */
export class EdgeColumns implements RowSink {
  readonly width: number;
  count = 0;
  kind: Uint8Array<ArrayBuffer>;
  name: Uint32Array<ArrayBuffer>;
  to: Uint32Array<SharedArrayBuffer>;
  readonly #header: Header;
  /** By kind: 1 if the name is a string. */
  readonly #hasText = Uint8Array.from(EDGE_KINDS, (_, kind) => (isIndexed(kind) ? 0 : 1));
  #highestName = -1;

  constructor(header: Header, limits: HeapLimits, bytes: number | undefined) {
    if (header.edgeCount > limits.maxEdges) throw beyondLimit('edges', limits.maxEdges);
    this.#header = header;
    this.width = header.edge.width;
    const rows = firstRows(header.edgeCount, this.width, bytes);
    this.kind = new Uint8Array(rows);
    this.name = new Uint32Array(rows);
    this.to = sharedNumbers(rows);
  }

  take(numbers: Numbers, count: number): void {
    const { width } = this;
    const { type, name, to, kinds } = this.#header.edge;
    const nodeFieldCount = this.#header.node.width;
    const lastNode = (this.#header.nodeCount - 1) * nodeFieldCount;
    this.#reserve(this.count + count / width);
    const { kind: kindColumn, name: nameColumn, to: toColumn } = this;
    const hasText = this.#hasText;
    let row = this.count;
    let highestName = this.#highestName;
    const kindCount = kinds.length;
    for (let at = 0; at < count; at += width, row++) {
      const rawKind = numbers[at + type]!;
      if (rawKind >= kindCount) throw invalid(`edge ${row} has the unknown type ${rawKind}`);
      const kind = kinds[rawKind | 0]!;
      kindColumn[row] = kind;
      const nameOrIndex = numbers[at + name]!;
      if (nameOrIndex > MAX_UINT32) throw invalid(`edge ${row} has a name beyond 32 bits`);
      nameColumn[row] = nameOrIndex;
      if (nameOrIndex > highestName && hasText[kind] === 1) highestName = nameOrIndex;
      const target = numbers[at + to]!;
      if (target > lastNode) throw invalid(`edge ${row} leads to ${target}, where no node is`);
      // The column drops the fraction, so multiplying back shows whether there was one.
      toColumn[row] = target / nodeFieldCount;
      if (toColumn[row]! * nodeFieldCount !== target)
        throw invalid(`edge ${row} leads to ${target}, between two nodes`);
    }
    this.count = row;
    this.#highestName = highestName;
  }

  /** Rejects a list whose length is not that of the header, and names beyond the string table. */
  finish(stringCount: number): void {
    const { edgeCount } = this.#header;
    if (this.count !== edgeCount)
      throw invalid(`it has ${this.count} edges and its header says ${edgeCount}`);
    if (this.#highestName >= stringCount) throw invalid('an edge has a name that is not among its strings');
  }

  #reserve(needed: number): void {
    const declared = this.#header.edgeCount;
    if (needed > declared) throw invalid(`it has more edges than the ${declared} its header says`);
    if (needed <= this.kind.length) return;
    const rows = nextRows(this.kind.length, needed, declared);
    const { kind, name, to } = this;
    (this.kind = new Uint8Array(rows)).set(kind);
    (this.name = new Uint32Array(rows)).set(name);
    (this.to = sharedNumbers(rows)).set(to);
  }
}
