import { NodeKind, NODE_KINDS } from '../kinds.js';
import type { HeapLimits } from '../limits.js';
import { beyondLimit, invalid } from './faults.js';
import type { Header } from './header.js';
import type { Numbers, RowSink } from './number-list.js';

/** Sums the nodes by name and kind, without keeping any. */
export class ClassSums implements RowSink {
  readonly width: number;
  nodes = 0;
  selfBytes = 0;
  /** By kind. */
  readonly kindCount = new Float64Array(NODE_KINDS.length);
  readonly kindBytes = new Float64Array(NODE_KINDS.length);
  /** By name, for objects and native objects. */
  nameCount = new Uint32Array(1024);
  nameBytes = new Float64Array(1024);
  readonly #header: Header;
  readonly #limits: HeapLimits;

  constructor(header: Header, limits: HeapLimits) {
    this.#header = header;
    this.#limits = limits;
    this.width = header.node.width;
  }

  take(numbers: Numbers, count: number): void {
    const { type, name, selfSize, kinds } = this.#header.node;
    for (let at = 0; at < count; at += this.width) {
      const rawKind = numbers[at + type]!;
      if (rawKind >= kinds.length) throw invalid(`node ${this.nodes} has the unknown type ${rawKind}`);
      const kind = kinds[rawKind]!;
      const bytes = numbers[at + selfSize]!;
      this.nodes += 1;
      this.selfBytes += bytes;
      this.kindCount[kind]! += 1;
      this.kindBytes[kind]! += bytes;
      if (kind !== NodeKind.object && kind !== NodeKind.native) continue;
      const nameIndex = numbers[at + name]!;
      if (nameIndex >= this.nameCount.length) this.#grow(nameIndex + 1);
      this.nameCount[nameIndex]! += 1;
      this.nameBytes[nameIndex]! += bytes;
    }
    if (this.nodes > this.#header.nodeCount) throw invalid('it has more nodes than its header says');
  }

  #grow(needed: number): void {
    const { maxStrings } = this.#limits;
    if (needed > maxStrings) throw beyondLimit('strings', maxStrings);
    // Names are indices into the string table, so they need no more rows than it may have.
    const rows = Math.min(maxStrings, Math.max(needed, 2 * this.nameCount.length));
    const { nameCount, nameBytes } = this;
    (this.nameCount = new Uint32Array(rows)).set(nameCount);
    (this.nameBytes = new Float64Array(rows)).set(nameBytes);
  }
}
