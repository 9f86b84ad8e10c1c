import { malformed } from './malformed.js';

/** What the file says about its own layout. Offsets count from the start of a row. */
export interface Layout {
  readonly nodeWidth: number;
  readonly nodeType: number;
  readonly nodeName: number;
  readonly nodeSelfSize: number;
  readonly nodeEdgeCount: number;
  readonly nodeTypes: readonly string[];
  readonly edgeTypes: readonly string[];
  readonly traceFunctionWidth: number;
  readonly traceFunctionName: number;
  readonly traceFunctionScript: number;
  readonly sampleWidth: number;
  readonly locationWidth: number;
  readonly nodeCount: number;
  readonly edgeCount: number;
  /** The header without what JSON hides: keys that come twice, for one. */
  readonly json: string;
}

type Fields = Readonly<Record<string, unknown>>;

const EDGE_TYPES = new Set(['context', 'element', 'property', 'internal', 'hidden', 'shortcut', 'weak']);
const MAX_DEPTH = 8;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The header is not redacted, so that nothing may be in it but numbers and short technical words. */
function checkWords(value: unknown, depth = 0): void {
  if (depth > MAX_DEPTH) throw malformed('its header is nested too deeply');
  if (typeof value === 'number') return;
  if (typeof value === 'string') {
    if (!/^[a-z_ ]{0,40}$/.test(value)) throw malformed('its header holds text that is no name of a field');
  } else if (Array.isArray(value)) {
    for (const item of value) checkWords(item, depth + 1);
  } else if (isFields(value)) {
    for (const [key, item] of Object.entries(value)) {
      checkWords(key, depth + 1);
      checkWords(item, depth + 1);
    }
  } else throw malformed('its header holds a value of another kind');
}

function words(meta: Fields, key: string): readonly string[] {
  const value = meta[key];
  if (!Array.isArray(value) || value.length === 0 || value.length > 64) {
    throw malformed(`its header has no list ${key}`);
  }
  return value.map((word: unknown) => {
    if (typeof word !== 'string') throw malformed(`${key} of its header is no list of words`);
    return word;
  });
}

function offset(fields: readonly string[], name: string): number {
  const at = fields.indexOf(name);
  if (at < 0) throw malformed(`its header does not say where ${name} is`);
  return at;
}

function kinds(meta: Fields, key: string): readonly string[] {
  const value = meta[key];
  return words({ [key]: Array.isArray(value) ? value[0] : undefined }, key);
}

function count(header: Fields, key: string): number {
  const value = header[key];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw malformed(`its header has no ${key}`);
  }
  return value;
}

const optionalWidth = (meta: Fields, key: string): number =>
  meta[key] === undefined ? 1 : words(meta, key).length;

/** A text in a field that the redactor does not know would pass as a number does: only `name` may be one. */
function checkNodeTypes(meta: Fields, fields: readonly string[]): void {
  const types = meta['node_types'];
  if (!Array.isArray(types)) return;
  for (const [at, type] of types.entries()) {
    if (at > 0 && type !== 'number' && fields[at] !== 'name') {
      throw malformed('a field of its nodes is of an unknown type');
    }
  }
}

/**
 * Reads the value of the key `snapshot`.
 *
 * @throws TIDEMARK_ERR_REDACTION_MALFORMED
 */
export function readHeader(json: string): Layout {
  let header: unknown;
  try {
    header = JSON.parse(json);
  } catch (cause) {
    // The parser's message may quote the text.
    void cause;
    throw malformed('its header is not JSON');
  }
  if (!isFields(header) || !isFields(header['meta'])) throw malformed('its header has no meta');
  checkWords(header);
  const meta = header['meta'];
  const nodeFields = words(meta, 'node_fields');
  const edgeFields = words(meta, 'edge_fields');
  checkNodeTypes(meta, nodeFields);
  if (edgeFields.join(' ') !== 'type name_or_index to_node') {
    throw malformed('the fields of its edges are unknown');
  }
  const edgeTypes = kinds(meta, 'edge_types');
  if (!edgeTypes.every((type) => EDGE_TYPES.has(type))) throw malformed('it has edges of an unknown type');
  const traceFields =
    meta['trace_function_info_fields'] === undefined ? [] : words(meta, 'trace_function_info_fields');
  return {
    nodeWidth: nodeFields.length,
    nodeType: offset(nodeFields, 'type'),
    nodeName: offset(nodeFields, 'name'),
    nodeSelfSize: offset(nodeFields, 'self_size'),
    nodeEdgeCount: offset(nodeFields, 'edge_count'),
    nodeTypes: kinds(meta, 'node_types'),
    edgeTypes,
    traceFunctionWidth: Math.max(1, traceFields.length),
    traceFunctionName: traceFields.indexOf('name'),
    traceFunctionScript: traceFields.indexOf('script_name'),
    sampleWidth: optionalWidth(meta, 'sample_fields'),
    locationWidth: optionalWidth(meta, 'location_fields'),
    nodeCount: count(header, 'node_count'),
    edgeCount: count(header, 'edge_count'),
    json: JSON.stringify(header),
  };
}
