import { closeSync, openSync, writeSync } from 'node:fs';

const NODE_TYPES =
  'hidden,array,string,object,code,closure,regexp,number,native,synthetic,concatenated string,sliced string,symbol,bigint,object shape'.split(
    ',',
  );
const EDGE_TYPES = 'context,element,property,internal,hidden,shortcut,weak'.split(',');
const [CONTEXT, ELEMENT, PROPERTY, INTERNAL, , SHORTCUT, WEAK] = EDGE_TYPES.keys();
const NODE_FIELDS = 7;
const META = {
  node_fields: ['type', 'name', 'id', 'self_size', 'edge_count', 'trace_node_id', 'detachedness'],
  node_types: [NODE_TYPES, 'string', 'number', 'number', 'number', 'number', 'number'],
  edge_fields: ['type', 'name_or_index', 'to_node'],
  edge_types: [EDGE_TYPES, 'string_or_number', 'node'],
  trace_function_info_fields: ['function_id', 'name', 'script_name', 'script_id', 'line', 'column'],
  trace_node_fields: ['id', 'function_info_index', 'count', 'size', 'children'],
  sample_fields: ['timestamp_us', 'last_assigned_id'],
  location_fields: ['object_index', 'script_id', 'line', 'column'],
};

/** Writes text in large pieces. */
class Writer {
  /** @param {string} file */
  constructor(file) {
    this.descriptor = openSync(file, 'w');
    this.text = '';
    this.bytes = 0;
  }

  /** @param {string} text */
  add(text) {
    this.text += text;
    if (this.text.length > 2 ** 20) this.flush();
  }

  flush() {
    this.bytes += writeSync(this.descriptor, this.text);
    this.text = '';
  }

  end() {
    this.flush();
    closeSync(this.descriptor);
    return this.bytes;
  }
}

/**
 * Writes a snapshot in the layout of V8: a server with `maps` Maps that hold sessions, each of eleven objects that refer to
 * each other, to shared shapes and to neighbours. The same for the same arguments, so that a published figure can be had
 * again; of the proportions of a real heap it has 2.2 edges a node and a tenth as many strings as nodes.
 * @param {string} file
 * @param {{ nodes: number, maps?: number }} size
 */
export function generateSnapshot(file, { nodes, maps = 50 }) {
  /** @type {string[]} */
  const strings = [];
  /** @type {Map<string, number>} */
  const indexes = new Map();
  /** @param {string} text */
  const string = (text) => {
    let index = indexes.get(text);
    if (index === undefined) {
      index = strings.push(text) - 1;
      indexes.set(text, index);
    }
    return index;
  };
  /** @type {number[][]} type, name, self size, edges */
  const head = [];
  /** @type {number[][][]} */
  const headEdges = [];
  /** @param {string} type @param {string} name @param {number} size */
  const add = (type, name, size) => {
    headEdges.push([]);
    return head.push([NODE_TYPES.indexOf(type), string(name), size]) - 1;
  };
  /** @param {number} from @param {number | undefined} kind @param {string | number} name @param {number} to */
  const link = (from, kind, name, to) => {
    headEdges[from]?.push([kind ?? 0, typeof name === 'number' ? name : string(name), to]);
  };

  const root = add('synthetic', '', 0);
  const gcRoots = add('synthetic', '(GC roots)', 0);
  const global = add('object', 'global', 32);
  const shapes = ['Session', 'Object', 'Array', 'Function', 'Context'].map(() =>
    add('object shape', 'system / Map', 72),
  );
  const [sessionShape = 0, objectShape = 0, arrayShape = 0, functionShape = 0, contextShape = 0] = shapes;
  const shared = add('code', 'onExpire', 56);
  const script = add('code', '/app/src/sessions.js', 144);
  link(root, ELEMENT, 1, gcRoots);
  link(root, SHORTCUT, 'global', global);
  link(shared, INTERNAL, 'script', script);
  for (const shape of shapes) link(gcRoots, ELEMENT, shape, shape);
  link(gcRoots, ELEMENT, 1, shared);
  const perSession = 10;
  const sessions = Math.floor((nodes - head.length - 2 * maps) / perSession / maps);
  const first = head.length + 2 * maps;
  const tables = [];
  for (let map = 0; map < maps; map++) {
    const buckets = 2 ** Math.ceil(Math.log2(sessions / 2));
    const node = add('object', 'Map', 32);
    const table = add('array', '', 16 + 8 * (3 + 7 * buckets));
    link(global, PROPERTY, `cache${map}`, node);
    link(node, INTERNAL, 'table', table);
    tables.push({ table, firstSlot: 3 + buckets });
  }

  const total = first + maps * sessions * perSession;
  const edgesOfSession = 22;
  const edgeCount = headEdges.flat().length + maps * sessions * (edgesOfSession + 2);
  const writer = new Writer(file);
  writer.add(
    `{"snapshot":${JSON.stringify({ meta: META, node_count: total, edge_count: edgeCount, trace_function_count: 0 })},\n"nodes":[`,
  );
  const names = {
    session: string('Session'),
    object: string('Object'),
    array: string('Array'),
    text: string('(concatenated string)'),
    none: string(''),
    callback: string('onExpire'),
    context: string('system / Context'),
    number: string('heap number'),
    common: string('user'),
  };
  /** @param {number} session */
  const key = (session) => string(`session-${session}-${((session * 2654435761) >>> 0).toString(36)}`);

  let id = 1;
  const isTable = new Map(tables.map(({ table }) => [table, true]));
  for (const [row, [type, name, size]] of head.entries()) {
    const edges = (headEdges[row]?.length ?? 0) + (isTable.has(row) ? 2 * sessions : 0);
    writer.add(`${row === 0 ? '' : ','}${type},${name},${id},${size},${edges},0,0\n`);
    id += 2;
  }
  for (let session = 0; session < maps * sessions; session++) {
    const size = 16 + 8 * (session % 7);
    const record = [
      [3, names.session, 48, 5],
      [2, key(session), 40, 0],
      [3, names.object, 32, 4],
      [10, names.text, 32, 2],
      [2, names.common, 24, 0],
      [3, names.array, 32, 3],
      [1, names.none, size, 2],
      [5, names.callback, 64, 3],
      [3, names.context, 40, 3],
      [7, names.number, 16, 0],
    ];
    for (const [type, name, bytes, edges] of record) {
      writer.add(`,${type},${name},${id},${bytes},${edges},0,0\n`);
      id += 2;
    }
  }

  writer.add('],\n"edges":[');
  let separator = '';
  /** @param {number | undefined} kind @param {number} name @param {number} to */
  const edge = (kind, name, to) => {
    writer.add(`${separator}${kind},${name},${to * NODE_FIELDS}\n`);
    separator = ',';
  };
  const slot = Array.from({ length: 3 * sessions + 2 }, () => -1);
  for (const [row, edges] of headEdges.entries()) {
    for (const [kind, name = 0, to = 0] of edges) edge(kind, name, to);
    const map = tables.findIndex(({ table }) => table === row);
    if (map < 0) continue;
    for (let i = 0; i < sessions; i++) {
      const session = first + (map * sessions + i) * perSession;
      const firstSlot = tables[map]?.firstSlot ?? 0;
      slot[3 * i] = string(String(firstSlot + 3 * i));
      slot[3 * i + 1] = string(String(firstSlot + 3 * i + 1));
      edge(INTERNAL, slot[3 * i] ?? 0, session + 1);
      edge(INTERNAL, slot[3 * i + 1] ?? 0, session);
    }
  }
  const at = Object.fromEntries(
    [
      'key',
      'user',
      'name',
      'tags',
      'next',
      'map',
      'first',
      'second',
      'elements',
      'shared',
      'context',
      'session',
      'previous',
      'seen',
      'onExpire',
      '0',
      '1',
    ].map((name) => [name, string(name)]),
  );
  const end = first + maps * sessions * perSession;
  for (let base = first; base < end; base += perSession) {
    const neighbour = base + perSession < end ? base + perSession : first;
    edge(PROPERTY, at['key'] ?? 0, base + 1);
    edge(PROPERTY, at['user'] ?? 0, base + 2);
    edge(PROPERTY, at['onExpire'] ?? 0, base + 7);
    edge(WEAK, at['next'] ?? 0, neighbour);
    edge(INTERNAL, at['map'] ?? 0, sessionShape);
    edge(PROPERTY, at['name'] ?? 0, base + 3);
    edge(PROPERTY, at['tags'] ?? 0, base + 5);
    edge(PROPERTY, at['seen'] ?? 0, base + 9);
    edge(INTERNAL, at['map'] ?? 0, objectShape);
    edge(INTERNAL, at['first'] ?? 0, base + 1);
    edge(INTERNAL, at['second'] ?? 0, base + 4);
    edge(INTERNAL, at['elements'] ?? 0, base + 6);
    edge(ELEMENT, 0, base + 1);
    edge(INTERNAL, at['map'] ?? 0, arrayShape);
    edge(INTERNAL, at['0'] ?? 0, base + 1);
    // Every 16th refers to its neighbour, so that the dominator tree is not the tree it was made from.
    edge(INTERNAL, at['1'] ?? 0, (base / perSession) % 16 < 1 ? neighbour + 3 : base + 4);
    edge(INTERNAL, at['shared'] ?? 0, shared);
    edge(INTERNAL, at['context'] ?? 0, base + 8);
    edge(INTERNAL, at['map'] ?? 0, functionShape);
    edge(CONTEXT, at['session'] ?? 0, base);
    edge(CONTEXT, at['seen'] ?? 0, base + 9);
    edge(INTERNAL, at['map'] ?? 0, contextShape);
  }
  writer.add('],\n"trace_function_infos":[],\n"trace_tree":[],\n"samples":[],\n"locations":[],\n"strings":[');
  for (const [i, text] of strings.entries()) writer.add(`${i === 0 ? '' : ',\n'}${JSON.stringify(text)}`);
  writer.add(']}\n');
  return { bytes: writer.end(), nodes: total, edges: edgeCount, strings: strings.length };
}
