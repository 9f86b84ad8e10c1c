import { Buffer } from 'node:buffer';

export interface BuiltEdge {
  readonly type: string;
  readonly name: string | number;
  /** Position of the node in the list. */
  readonly to: number;
}

export interface BuiltNode {
  readonly type: string;
  readonly name: string;
  readonly edges?: readonly BuiltEdge[];
}

const NODE_TYPES =
  'hidden,array,string,object,code,closure,regexp,number,native,synthetic,concatenated string,sliced string,symbol,bigint,object shape';
const EDGE_TYPES = 'context,element,property,internal,hidden,shortcut,weak';

const meta = {
  node_fields: 'type,name,id,self_size,edge_count,detachedness'.split(','),
  node_types: [NODE_TYPES.split(','), 'string', 'number', 'number', 'number', 'number'],
  edge_fields: 'type,name_or_index,to_node'.split(','),
  edge_types: [EDGE_TYPES.split(','), 'string_or_number', 'node'],
  trace_function_info_fields: 'function_id,name,script_name,script_id,line,column'.split(','),
  trace_node_fields: 'id,function_info_index,count,size,children'.split(','),
  sample_fields: 'timestamp_us,last_assigned_id'.split(','),
  location_fields: 'object_index,script_id,line,column'.split(','),
};

export interface BuiltExtras {
  /** Rows of name and file. */
  readonly traceFunctions?: readonly (readonly [name: string, file: string])[];
}

/** A snapshot as V8 writes it: strings numbered in the order of their first use, behind `<dummy>`. */
export function buildSnapshot(
  graph: readonly BuiltNode[],
  { traceFunctions = [] }: BuiltExtras = {},
): string {
  const indexes = new Map([['<dummy>', 0]]);
  const indexOf = (text: string): number => {
    const known = indexes.get(text) ?? indexes.size;
    indexes.set(text, known);
    return known;
  };
  const nodes = graph.map(({ type, name, edges = [] }, at) =>
    [NODE_TYPES.split(',').indexOf(type), indexOf(name), at * 2 + 1, 16, edges.length, 0].join(','),
  );
  const edges = graph.flatMap(({ edges = [] }) =>
    edges.map(({ type, name, to }) => {
      const index = typeof name === 'number' ? name : indexOf(name);
      return [EDGE_TYPES.split(',').indexOf(type), index, to * 6].join(',');
    }),
  );
  const functions = traceFunctions.map(([name, file], at) =>
    [at, indexOf(name), indexOf(file), 1, 2, 3].join(','),
  );
  const header = {
    meta,
    node_count: graph.length,
    edge_count: edges.length,
    trace_function_count: functions.length,
  };
  const strings = [...indexes.keys()].map((text) =>
    JSON.stringify(text).replaceAll(
      /[\u0080-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  );
  return [
    `{"snapshot":${JSON.stringify(header)},\n"nodes":[${nodes.join('\n,')}\n],\n"edges":[${edges.join('\n,')}\n],\n`,
    `"trace_function_infos":[${functions.join('\n,')}],\n"trace_tree":[1,0,0,0,[2,0,1,16,[]]],\n"samples":[0,9],\n`,
    `"locations":[0,1,2,3],\n"strings":[${strings.join(',\n')}]}\n`,
  ].join('');
}

export const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');
