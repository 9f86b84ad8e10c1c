import type { HeapLimits } from '../limits.js';
import { sharedNumbers, firstRows, nextRows } from './columns.js';
import { beyondLimit, invalid } from './faults.js';
import type { Header } from './header.js';
import type { Numbers, RowSink } from './number-list.js';

const MAX_UINT32 = 2 ** 32 - 1;

/** Splits the list of nodes into columns. */
export class NodeColumns implements RowSink {
  readonly width: number;
  count = 0;
  kind: Uint8Array<ArrayBuffer>;
  name: Uint32Array<ArrayBuffer>;
  id: Uint32Array<ArrayBuffer>;
  selfSize: Float64Array<ArrayBuffer>;
  detachedness: Uint8Array<ArrayBuffer>;
  firstEdge: Uint32Array<SharedArrayBuffer>;
  readonly #header: Header;
  #edges = 0;

  constructor(header: Header, limits: HeapLimits, bytes: number | undefined) {
    if (header.nodeCount > limits.maxNodes) throw beyondLimit('nodes', limits.maxNodes);
    this.#header = header;
    this.width = header.node.width;
    const rows = firstRows(header.nodeCount, this.width, bytes);
    this.kind = new Uint8Array(rows);
    this.name = new Uint32Array(rows);
    this.id = new Uint32Array(rows);
    this.selfSize = new Float64Array(rows);
    this.detachedness = new Uint8Array(rows);
    this.firstEdge = sharedNumbers(rows + 1);
  }

  take(numbers: Numbers, count: number): void {
    const { width } = this;
    const { type, name, id, selfSize, edgeCount, detachedness, kinds } = this.#header.node;
    this.#reserve(this.count + count / width);
    const { kind: kindColumn, name: nameColumn, id: idColumn, selfSize: sizeColumn } = this;
    const { firstEdge, detachedness: detachedColumn } = this;
    const kindCount = kinds.length;
    let row = this.count;
    let edges = this.#edges;
    for (let at = 0; at < count; at += width, row++) {
      const rawKind = numbers[at + type]!;
      if (rawKind >= kindCount) throw invalid(`node ${row} has the unknown type ${rawKind}`);
      const nameIndex = numbers[at + name]!;
      const nodeId = numbers[at + id]!;
      if (nameIndex > MAX_UINT32 || nodeId > MAX_UINT32)
        throw invalid(`node ${row} has a name or an id beyond 32 bits`);
      kindColumn[row] = kinds[rawKind | 0]!;
      nameColumn[row] = nameIndex;
      idColumn[row] = nodeId;
      sizeColumn[row] = numbers[at + selfSize]!;
      firstEdge[row] = edges;
      edges += numbers[at + edgeCount]!;
      if (detachedness >= 0) detachedColumn[row] = numbers[at + detachedness]! & 3;
      // Checked before the column can wrap around.
      if (edges > this.#header.edgeCount) throw invalid('its nodes have more edges than its header says');
    }
    this.count = row;
    this.#edges = edges;
    firstEdge[row] = edges;
  }

  /** Rejects a list whose length is not that of the header. */
  finish(): void {
    const { nodeCount, edgeCount, rootIndex } = this.#header;
    if (this.count !== nodeCount)
      throw invalid(`it has ${this.count} nodes and its header says ${nodeCount}`);
    if (this.#edges !== edgeCount) {
      throw invalid(`its nodes have ${this.#edges} edges and its header says ${edgeCount}`);
    }
    if (rootIndex % this.width !== 0 || rootIndex / this.width >= nodeCount) {
      throw invalid('it has no root');
    }
  }

  #reserve(needed: number): void {
    const declared = this.#header.nodeCount;
    if (needed > declared) throw invalid(`it has more nodes than the ${declared} its header says`);
    if (needed <= this.kind.length) return;
    const rows = nextRows(this.kind.length, needed, declared);
    const { kind, name, id, selfSize, detachedness, firstEdge } = this;
    (this.kind = new Uint8Array(rows)).set(kind);
    (this.name = new Uint32Array(rows)).set(name);
    (this.id = new Uint32Array(rows)).set(id);
    (this.selfSize = new Float64Array(rows)).set(selfSize);
    (this.detachedness = new Uint8Array(rows)).set(detachedness);
    (this.firstEdge = sharedNumbers(rows + 1)).set(firstEdge);
  }
}
