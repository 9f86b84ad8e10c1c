import { SnapshotReader, type ReaderOptions } from '../../../src/heap/format/snapshot-reader.js';
import type { HeapGraph } from '../../../src/heap/graph.js';
import { EDGE_KINDS, NODE_KINDS, type EdgeKindName, type NodeKindName } from '../../../src/heap/kinds.js';

/** The parts of a snapshot file that are read; others are passed over. */
export interface RawSnapshot {
  snapshot: {
    meta: {
      node_fields: string[];
      node_types: (string | string[])[];
      edge_fields: string[];
      edge_types: (string | string[])[];
      location_fields?: string[];
    };
    node_count: number;
    edge_count: number;
    root_index?: number;
  };
  nodes: number[];
  edges: number[];
  locations?: number[];
  strings: string[];
}

interface BuiltNode {
  readonly kind: NodeKindName;
  readonly name: string;
  readonly size: number;
  readonly id: number;
  readonly edges: { kind: EdgeKindName; name: string | number; to: number }[];
}

const NODE_FIELDS = ['type', 'name', 'id', 'self_size', 'edge_count', 'trace_node_id', 'detachedness'];

/** Makes a snapshot in a few lines: `const a = b.node('A'); b.edge(b.root, a)`. Node 0 is the root. */
export class SnapshotBuilder {
  readonly root = 0;
  readonly #nodes: BuiltNode[] = [];
  readonly #locations: number[] = [];
  readonly #detached = new Set<number>();

  constructor() {
    this.node('', { kind: 'synthetic', size: 0 });
  }

  node(name: string, options: { kind?: NodeKindName; size?: number; id?: number } = {}): number {
    const { kind = 'object', size = 10, id = 2 * this.#nodes.length + 1 } = options;
    return this.#nodes.push({ kind, name, size, id, edges: [] }) - 1;
  }

  edge(from: number, to: number, name: string | number = 'x', kind: EdgeKindName = 'property'): this {
    this.#nodes[from]!.edges.push({ kind, name, to });
    return this;
  }

  locate(node: number, scriptId: number, line: number, column: number): this {
    this.#locations.push(node * NODE_FIELDS.length, scriptId, line, column);
    return this;
  }

  detach(node: number): this {
    this.#detached.add(node);
    return this;
  }

  raw(): RawSnapshot {
    const strings: string[] = [];
    const index = new Map<string, number>();
    const string = (text: string): number => {
      if (!index.has(text)) index.set(text, strings.push(text) - 1);
      return index.get(text)!;
    };
    const nodes = this.#nodes.flatMap(({ kind, name, id, size, edges }, node) => [
      NODE_KINDS.indexOf(kind),
      string(name),
      id,
      size,
      edges.length,
      0,
      this.#detached.has(node) ? 2 : 0,
    ]);
    const edges = this.#nodes.flatMap((node) =>
      node.edges.flatMap(({ kind, name, to }) => [
        EDGE_KINDS.indexOf(kind),
        typeof name === 'number' ? name : string(name),
        to * NODE_FIELDS.length,
      ]),
    );
    return {
      snapshot: {
        meta: {
          node_fields: NODE_FIELDS,
          node_types: [NODE_KINDS.slice(0, -1), 'string', 'number', 'number', 'number', 'number', 'number'],
          edge_fields: ['type', 'name_or_index', 'to_node'],
          edge_types: [EDGE_KINDS.slice(0, -1), 'string_or_number', 'node'],
          location_fields: ['object_index', 'script_id', 'line', 'column'],
        },
        node_count: this.#nodes.length,
        edge_count: edges.length / 3,
      },
      nodes,
      edges,
      locations: this.#locations,
      strings,
    };
  }

  graph(): HeapGraph {
    return readText(JSON.stringify(this.raw()));
  }
}

export function readText(text: string, options: ReaderOptions = {}): HeapGraph {
  return readBytes(Buffer.from(text), options);
}

export function readBytes(bytes: Uint8Array, options: ReaderOptions = {}): HeapGraph {
  const reader = new SnapshotReader(options);
  reader.push(bytes);
  return reader.finish();
}

/** The first nodes of a snapshot, breadth first, with the edges among them: small, and with all that V8 writes. */
export function shrink(raw: RawSnapshot, count: number): RawSnapshot {
  const fields = raw.snapshot.meta.node_fields.length;
  const edgeCount = raw.snapshot.meta.node_fields.indexOf('edge_count');
  const first = [0];
  for (let node = 0; node < raw.nodes.length / fields; node++) {
    first.push(first[node]! + raw.nodes[node * fields + edgeCount]!);
  }
  const rows = new Map<number, number>([[0, 0]]);
  for (const node of rows.keys()) {
    // A few of each, so that the depth is more than one.
    for (let edge = first[node]!; edge < Math.min(first[node + 1]!, first[node]! + 12); edge++) {
      const to = raw.edges[3 * edge + 2]! / fields;
      if (!rows.has(to) && rows.size < count) rows.set(to, rows.size);
    }
  }
  const strings: string[] = [];
  const string = (index: number): number => strings.push(raw.strings[index]!) - 1;
  const nodes: number[] = [];
  const edges: number[] = [];
  for (const node of rows.keys()) {
    const values = raw.nodes.slice(node * fields, (node + 1) * fields);
    values[1] = string(values[1]!);
    let kept = 0;
    for (let edge = first[node]!; edge < first[node + 1]!; edge++) {
      const [kind, name, to] = raw.edges.slice(3 * edge, 3 * edge + 3) as [number, number, number];
      const row = rows.get(to / fields);
      if (row === undefined) continue;
      edges.push(kind, kind === 1 || kind === 4 ? name : string(name), row * fields);
      kept += 1;
    }
    values[edgeCount] = kept;
    nodes.push(...values);
  }
  const locations: number[] = [];
  for (let i = 0; i < (raw.locations?.length ?? 0); i += 4) {
    const row = rows.get(raw.locations![i]! / fields);
    if (row !== undefined) locations.push(row * fields, ...raw.locations!.slice(i + 1, i + 4));
  }
  const snapshot = { ...raw.snapshot, node_count: rows.size, edge_count: edges.length / 3 };
  return { ...raw, snapshot, nodes, edges, locations, strings };
}
