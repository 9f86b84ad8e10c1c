import { fieldsOf, type Header, type JsonObject } from '../../heap/format/header.js';
import { faults, malformed } from './limits.js';

/** What the redaction needs to know of a file's layout besides its {@link Header}. */
export interface Layout extends Header {
  /** -1 means that the file lacks the field. */
  readonly traceFunction: { readonly width: number; readonly name: number; readonly script: number };
  readonly sampleWidth: number;
  /** The header without what JSON hides, such as duplicate keys. */
  readonly text: string;
}

const EDGE_FIELDS = 'type name_or_index to_node';
const EDGE_TYPES = new Set(['context', 'element', 'property', 'internal', 'hidden', 'shortcut', 'weak']);
const MAX_DEPTH = 8;

/** The header is not redacted, so it may contain only numbers and short technical words. */
function checkWords(value: unknown, depth = 0): void {
  if (depth > MAX_DEPTH) throw malformed('its header is nested too deeply');
  if (typeof value === 'number') return;
  if (typeof value === 'string') {
    if (!/^[a-z_ ]{0,40}$/.test(value)) throw malformed('its header holds text that is no name of a field');
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (!Array.isArray(value)) checkWords(key, depth + 1);
      checkWords(item, depth + 1);
    }
  } else throw malformed('its header holds a value of another kind');
}

/** A text in a field unknown to the redaction would pass as a number: only `name` may be text. */
function checkNodeTypes({ meta, node }: Header): void {
  for (const [at, type] of (meta['node_types'] as readonly unknown[]).entries()) {
    if (at !== node.type && at !== node.name && type !== 'number') {
      throw malformed('a field of its nodes is of an unknown type');
    }
  }
}

/** @throws TIDEMARK_ERR_REDACTION_MALFORMED if the header has anything that the redaction does not know */
export function layoutOf(header: Header): Layout {
  const { json, meta, edge } = header;
  checkWords(json);
  checkNodeTypes(header);
  if (fieldsOf(meta, 'edge_fields', faults).join(' ') !== EDGE_FIELDS) {
    throw malformed('the fields of its edges are unknown');
  }
  if (!edge.types.every((type) => EDGE_TYPES.has(type))) throw malformed('it has edges of an unknown type');
  const traceFields = optionalFields(meta, 'trace_function_info_fields');
  return {
    ...header,
    traceFunction: {
      width: Math.max(1, traceFields.length),
      name: traceFields.indexOf('name'),
      script: traceFields.indexOf('script_name'),
    },
    sampleWidth: Math.max(1, optionalFields(meta, 'sample_fields').length),
    text: JSON.stringify(json),
  };
}

const optionalFields = (meta: JsonObject, name: string): readonly string[] =>
  fieldsOf(meta, name, faults, []);
