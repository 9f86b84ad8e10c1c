import { EDGE_KINDS, EdgeKind, NODE_KINDS, NodeKind } from '../kinds.js';
import type { Faults } from './faults.js';
import { JsonValue } from './json-value.js';
import type { Section } from './scanner.js';

/** Layout of a file's lists, from its `snapshot` section. -1 means that the file lacks the field. */
export interface Header {
  readonly nodeCount: number;
  readonly edgeCount: number;
  /** Offset of the root in the list of nodes. */
  readonly rootIndex: number;
  readonly node: {
    readonly width: number;
    readonly type: number;
    readonly name: number;
    readonly id: number;
    readonly selfSize: number;
    readonly edgeCount: number;
    readonly detachedness: number;
    /** Type names by the number that the file uses, and our number of each. */
    readonly types: readonly string[];
    readonly kinds: Uint8Array;
  };
  readonly edge: {
    readonly width: number;
    readonly type: number;
    readonly name: number;
    readonly to: number;
    readonly types: readonly string[];
    readonly kinds: Uint8Array;
  };
  readonly location: {
    readonly width: number;
    readonly node: number;
    readonly scriptId: number;
    readonly line: number;
    readonly column: number;
  };
  /** The parsed section, and its `meta`. */
  readonly json: JsonObject;
  readonly meta: JsonObject;
}

export type JsonObject = Readonly<Record<string, unknown>>;

const MAX_FIELDS = 64;
const MAX_TYPES = 250;
/** Enough for any header; V8's has about 2 KiB. */
const MAX_BYTES = 2 ** 20;

/** Reads the `snapshot` section, at most 1 MiB, and passes the header on. */
export function headerSection(faults: Faults, take: (header: Header) => void): Section {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let text = '';
  let length = 0;
  return new JsonValue(faults, {
    bytes(chunk, from, to) {
      length += to - from;
      if (length > MAX_BYTES) throw faults.beyondLimit('bytes of header', MAX_BYTES);
      text += decoder.decode(chunk.subarray(from, to), { stream: true });
    },
    end: () => take(parseHeader(text, faults)),
  });
}

/**
 * Fields are found by name, since V8 changes their number and order: Node 24 dropped `trace_node_id`, Node 16 added
 * `detachedness`.
 */
function parseHeader(text: string, faults: Faults): Header {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw faults.invalid('its header is not JSON', error instanceof Error ? error.message : String(error));
  }
  const header = objectOf(json, 'snapshot', faults);
  const meta = objectOf(header['meta'], 'meta', faults);
  const node = fieldsOf(meta, 'node_fields', faults);
  const edge = fieldsOf(meta, 'edge_fields', faults);
  const location = fieldsOf(meta, 'location_fields', faults, []);
  const field = (fields: readonly string[], name: string): number => {
    const position = fields.indexOf(name);
    if (position < 0) throw faults.invalid(`its header has no field "${name}"`);
    return position;
  };
  const count = (name: string, missing?: number): number => {
    const value = header[name] ?? missing;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    throw faults.invalid(`"${name}" of its header is no count`);
  };
  const types = (name: string, position: number, known: readonly string[]): readonly string[] => {
    const lists = meta[name];
    const listed = stringsOf(Array.isArray(lists) ? lists[position] : undefined, name, MAX_TYPES, faults);
    // V8 has used numbers before listing them: up to Node 10 it wrote symbols, whose name was not in the list.
    return listed.every((type, at) => type === known[at]) && listed.length < known.length ? known : listed;
  };
  const nodeTypes = types('node_types', field(node, 'type'), NODE_KINDS.slice(0, NodeKind.unknown));
  const edgeTypes = types('edge_types', field(edge, 'type'), EDGE_KINDS.slice(0, EdgeKind.unknown));
  return {
    nodeCount: count('node_count'),
    edgeCount: count('edge_count'),
    rootIndex: count('root_index', 0),
    node: {
      width: node.length,
      type: field(node, 'type'),
      name: field(node, 'name'),
      id: field(node, 'id'),
      selfSize: field(node, 'self_size'),
      edgeCount: field(node, 'edge_count'),
      detachedness: node.indexOf('detachedness'),
      types: nodeTypes,
      kinds: kindsOf(nodeTypes, NODE_KINDS, NodeKind.unknown),
    },
    edge: {
      width: edge.length,
      type: field(edge, 'type'),
      name: field(edge, 'name_or_index'),
      to: field(edge, 'to_node'),
      types: edgeTypes,
      kinds: kindsOf(edgeTypes, EDGE_KINDS, EdgeKind.unknown),
    },
    location: {
      width: Math.max(1, location.length),
      node: location.indexOf('object_index'),
      scriptId: location.indexOf('script_id'),
      line: location.indexOf('line'),
      column: location.indexOf('column'),
    },
    json: header,
    meta,
  };
}

/** The field names of a list in `meta`; `missing` is the default for an absent list. */
export function fieldsOf(
  meta: JsonObject,
  name: string,
  faults: Faults,
  missing?: readonly string[],
): readonly string[] {
  return stringsOf(meta[name] ?? missing, name, MAX_FIELDS, faults);
}

function objectOf(value: unknown, name: string, faults: Faults): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw faults.invalid(`"${name}" is not an object`);
}

function stringsOf(value: unknown, name: string, most: number, faults: Faults): readonly string[] {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw faults.invalid(`"${name}" is not a list of strings`);
  }
  if (value.length > most) throw faults.invalid(`"${name}" has more than ${most} entries`);
  return value;
}

function kindsOf(types: readonly string[], known: readonly string[], unknown: number): Uint8Array {
  return Uint8Array.from(types, (type) => {
    const kind = known.indexOf(type);
    return kind < 0 ? unknown : kind;
  });
}
