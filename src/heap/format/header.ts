import { EDGE_KINDS, EdgeKind, NODE_KINDS, NodeKind } from '../kinds.js';
import { invalid } from './fault.js';

/** How the lists of a file are laid out, from its `snapshot` section. -1 is a field that the file does not have. */
export interface Header {
  readonly nodeCount: number;
  readonly edgeCount: number;
  /** Offset of the root in the list of nodes. */
  readonly rootIndex: number;
  readonly node: {
    readonly fieldCount: number;
    readonly type: number;
    readonly name: number;
    readonly id: number;
    readonly selfSize: number;
    readonly edgeCount: number;
    readonly detachedness: number;
    /** Our number of each kind by the number that the file uses. */
    readonly kinds: Uint8Array;
  };
  readonly edge: {
    readonly fieldCount: number;
    readonly type: number;
    readonly name: number;
    readonly to: number;
    readonly kinds: Uint8Array;
  };
  readonly location: {
    readonly fieldCount: number;
    readonly node: number;
    readonly scriptId: number;
    readonly line: number;
    readonly column: number;
  };
}

const MAX_FIELDS = 64;
const MAX_KINDS = 250;

type Json = Readonly<Record<string, unknown>>;

function record(value: unknown, name: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw invalid(`"${name}" is not an object`);
}

function strings(value: unknown, name: string, most: number): readonly string[] {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw invalid(`"${name}" is not a list of strings`);
  }
  if (value.length > most) throw invalid(`"${name}" has more than ${most} entries`);
  return value;
}

function count(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw invalid(`"${name}" is not a count`);
}

function field(fields: readonly string[], name: string): number {
  const position = fields.indexOf(name);
  if (position < 0) throw invalid(`its records have no field "${name}"`);
  return position;
}

function kinds(
  types: unknown,
  position: number,
  known: readonly string[],
  other: number,
  name: string,
): Uint8Array {
  const names = Array.isArray(types) ? (types[position] as unknown) : undefined;
  return Uint8Array.from(strings(names, name, MAX_KINDS), (kind) => {
    const number = known.indexOf(kind);
    return number < 0 ? other : number;
  });
}

/**
 * Reads the `snapshot` section. Fields are found by name, as V8 changes their number and order: `trace_node_id` is gone
 * from Node 24 on, `detachedness` came with Node 16.
 */
export function parseHeader(text: string): Header {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw invalid(`its header is no JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  const header = record(parsed, 'snapshot');
  const meta = record(header['meta'], 'meta');
  const node = strings(meta['node_fields'], 'node_fields', MAX_FIELDS);
  const edge = strings(meta['edge_fields'], 'edge_fields', MAX_FIELDS);
  const location = strings(meta['location_fields'] ?? [], 'location_fields', MAX_FIELDS);
  const nodeType = field(node, 'type');
  const edgeType = field(edge, 'type');
  return {
    nodeCount: count(header['node_count'], 'node_count'),
    edgeCount: count(header['edge_count'], 'edge_count'),
    rootIndex: count(header['root_index'] ?? 0, 'root_index'),
    node: {
      fieldCount: node.length,
      type: nodeType,
      name: field(node, 'name'),
      id: field(node, 'id'),
      selfSize: field(node, 'self_size'),
      edgeCount: field(node, 'edge_count'),
      detachedness: node.indexOf('detachedness'),
      kinds: kinds(meta['node_types'], nodeType, NODE_KINDS, NodeKind.unknown, 'node_types'),
    },
    edge: {
      fieldCount: edge.length,
      type: edgeType,
      name: field(edge, 'name_or_index'),
      to: field(edge, 'to_node'),
      kinds: kinds(meta['edge_types'], edgeType, EDGE_KINDS, EdgeKind.unknown, 'edge_types'),
    },
    location: {
      fieldCount: Math.max(1, location.length),
      node: location.indexOf('object_index'),
      scriptId: location.indexOf('script_id'),
      line: location.indexOf('line'),
      column: location.indexOf('column'),
    },
  };
}
