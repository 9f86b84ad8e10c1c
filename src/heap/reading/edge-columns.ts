import { EdgeKind } from '../kinds.js';
import type { HeapLimits } from '../limits.js';
import { firstRows, nextRows } from './columns.js';
import { beyondLimit, invalid } from './fault.js';
import type { Header } from './header.js';
import type { RecordSink } from './number-list.js';

const MAX_UINT32 = 2 ** 32 - 1;

/** Takes the list of edges apart into columns. */
export class EdgeColumns implements RecordSink {
  readonly fieldCount: number;
  readonly signed = false;
  count = 0;
  kind: Uint8Array<ArrayBuffer>;
  name: Uint32Array<ArrayBuffer>;
  to: Uint32Array<ArrayBuffer>;
  readonly #header: Header;
  #highestName = -1;

  constructor(header: Header, limits: HeapLimits, bytes: number | undefined) {
    if (header.edgeCount > limits.maxEdges) throw beyondLimit('edges', limits.maxEdges);
    this.#header = header;
    this.fieldCount = header.edge.fieldCount;
    const rows = firstRows(header.edgeCount, this.fieldCount, bytes);
    this.kind = new Uint8Array(rows);
    this.name = new Uint32Array(rows);
    this.to = new Uint32Array(rows);
  }

  take(numbers: Float64Array, count: number): void {
    const { fieldCount } = this;
    const { type, name, to, kinds } = this.#header.edge;
    const nodeFieldCount = this.#header.node.fieldCount;
    const lastNode = (this.#header.nodeCount - 1) * nodeFieldCount;
    this.#reserve(this.count + count / fieldCount);
    const { kind: kindColumn, name: nameColumn, to: toColumn } = this;
    let row = this.count;
    let highestName = this.#highestName;
    for (let at = 0; at < count; at += fieldCount, row++) {
      const rawKind = numbers[at + type]!;
      if (rawKind >= kinds.length) throw invalid(`edge ${row} has the unknown type ${rawKind}`);
      const target = numbers[at + to]!;
      const ordinal = target / nodeFieldCount;
      if (target > lastNode || ordinal !== Math.floor(ordinal)) {
        throw invalid(`edge ${row} leads to ${target}, where no node is`);
      }
      const kind = kinds[rawKind]!;
      const nameOrIndex = numbers[at + name]!;
      if (nameOrIndex > MAX_UINT32) throw invalid(`edge ${row} has a name beyond 32 bits`);
      const indexed = kind === EdgeKind.element || kind === EdgeKind.hidden || kind === EdgeKind.unknown;
      if (nameOrIndex > highestName && !indexed) highestName = nameOrIndex;
      kindColumn[row] = kind;
      nameColumn[row] = nameOrIndex;
      toColumn[row] = ordinal;
    }
    this.count = row;
    this.#highestName = highestName;
  }

  /** Refuses a list that is not as long as the header says, and names beyond the table of strings. */
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
    (this.to = new Uint32Array(rows)).set(to);
  }
}
