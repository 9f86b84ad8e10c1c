import t from 'tap';
import { TidemarkError } from '../../src/errors.js';
import { locationOf, nodeName, type HeapGraph } from '../../src/heap/graph.js';
import type { NodeOrdinal } from '../../src/heap/index-types.js';
import { EDGE_KINDS, NODE_KINDS } from '../../src/heap/kinds.js';
import { LightReader } from '../../src/heap/reading/light-reader.js';
import { SnapshotReader } from '../../src/heap/reading/snapshot-reader.js';
import { readBytes, readText, SnapshotBuilder, type RawSnapshot } from './helpers/builder.js';

function sample(): SnapshotBuilder {
  const b = new SnapshotBuilder();
  const a = b.node('Straße "q" \\ \u0001 \u{1F600}', { size: 2 ** 33 });
  const c = b.node('<div id="a">', { kind: 'native', id: 4_000_000_000 });
  b.edge(0, a, 'x').edge(0, c, 7, 'element').edge(a, c, 'y', 'weak').edge(c, c, 12, 'hidden');
  return b.locate(c, 5, -1, -1).locate(a, 4, 10, 20).detach(c);
}

function list(values: readonly number[], width: number): string {
  const records = [];
  for (let i = 0; i < values.length; i += width) records.push(`${values.slice(i, i + width).join(',')}\n`);
  return records.join(',');
}

/** Offsets of nodes of 7 fields as those of 5. */
function narrowed(values: readonly number[], every: number, offset: number): number[] {
  return values.map((value, i) => (i % every === offset ? (value / 7) * 5 : value));
}

/** V8's own layout of a file: one record a line, the comma at its beginning. */
function asV8(raw: RawSnapshot): string {
  return [
    `{"snapshot":${JSON.stringify(raw.snapshot)},\n"nodes":[${list(raw.nodes, 7)}],\n"edges":[${list(raw.edges, 3)}],\n`,
    `"trace_function_infos":[],\n"trace_tree":[1,[2,{"a":"]}\\""}]],\n"samples":[],\n"locations":[${list(raw.locations!, 4)}],\n`,
    `"strings":[${raw.strings.map((text) => JSON.stringify(text)).join(',\n')}]}\n`,
  ].join('');
}

/** A graph as plain data, so that two can be compared. */
function dump(graph: HeapGraph): object {
  const { nodeCount, edgeKind, edgeName, edgeTo, firstEdge, locations } = graph;
  return {
    root: graph.root,
    nodes: Array.from({ length: nodeCount }, (_, node) => [
      NODE_KINDS[graph.nodeKind[node]!],
      nodeName(graph, node as NodeOrdinal),
      graph.nodeId[node],
      graph.selfSize[node],
      graph.detachedness[node],
    ]),
    edges: [...edgeKind].map((kind, edge) => [EDGE_KINDS[kind], edgeName[edge], edgeTo[edge]]),
    firstEdge: [...firstEdge],
    locations: [[...locations.node], [...locations.scriptId], [...locations.line], [...locations.column]],
    strings: Array.from({ length: graph.strings.count }, (_, i) => graph.strings.text(i)),
  };
}

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'no error';
  } catch (error) {
    return error instanceof TidemarkError ? error.code : `not ours: ${String(error)}`;
  }
}

t.test('a file becomes columns', async (t) => {
  const graph = readText(asV8(sample().raw()));
  t.same(dump(graph), {
    root: 0,
    nodes: [
      ['synthetic', '', 1, 0, 0],
      ['object', 'Straße "q" \\ \u0001 \u{1F600}', 3, 2 ** 33, 0],
      ['native', '<div id="a">', 4_000_000_000, 10, 2],
    ],
    edges: [
      ['property', 3, 1],
      ['element', 7, 2],
      ['weak', 4, 2],
      ['hidden', 12, 2],
    ],
    firstEdge: [0, 2, 3, 4],
    locations: [
      [1, 2],
      [4, 5],
      [10, -1],
      [20, -1],
    ],
    strings: ['', 'Straße "q" \\ \u0001 \u{1F600}', '<div id="a">', 'x', 'y'],
  });
  t.equal(locationOf(graph.locations, 2), 1);
  t.equal(locationOf(graph.locations, 0), -1);
});

t.test('chunks may end at any byte', async (t) => {
  const bytes = Buffer.from(asV8(sample().raw()));
  const whole = dump(readBytes(bytes));
  for (let cut = 0; cut <= bytes.length; cut++) {
    const reader = new SnapshotReader();
    reader.push(bytes.subarray(0, cut));
    reader.push(bytes.subarray(cut));
    t.same(dump(reader.finish()), whole, `cut at ${cut}`);
  }
  const reader = new SnapshotReader();
  for (const byte of bytes) reader.push(Uint8Array.of(byte));
  t.same(dump(reader.finish()), whole, 'one byte at a time');
});

t.test('a file that is cut anywhere says so', async (t) => {
  const text = asV8(sample().raw()).trimEnd();
  const bytes = Buffer.from(text);
  for (let length = 0; length < bytes.length; length++) {
    t.equal(
      codeOf(() => readBytes(bytes.subarray(0, length))),
      'TIDEMARK_ERR_HEAP_TRUNCATED',
      `${length} bytes`,
    );
  }
});

t.test('columns that grow step by step are the same', async (t) => {
  const b = new SnapshotBuilder();
  for (let i = 1; i <= 40_000; i++) b.edge(0, b.node(`N${i}`, { size: i }), `e${i}`).edge(i, 0);
  const text = JSON.stringify(b.raw());
  const known = readText(text, { expectedBytes: text.length });
  const grown = readText(text);
  t.same(dump(grown), dump(known));
  t.equal(grown.selfSize.length, 40_001, 'and not longer than they need to be');
});

t.test('fields are found by name, unknown ones are passed over', async (t) => {
  const raw = sample().raw();
  const expected = dump(readText(JSON.stringify(raw)));
  const order = ['detachedness', 'edge_count', 'extra', 'self_size', 'id', 'name', 'type'];
  const old = raw.snapshot.meta.node_fields;
  const nodes: number[] = [];
  for (let at = 0; at < raw.nodes.length; at += 7) {
    nodes.push(...order.map((field) => (field === 'extra' ? 99 : raw.nodes[at + old.indexOf(field)]!)));
  }
  const node_types = [
    'number',
    'number',
    'number',
    'number',
    'number',
    'string',
    raw.snapshot.meta.node_types[0]!,
  ];
  const meta = { ...raw.snapshot.meta, node_fields: order, node_types };
  const mixed = { ...raw, snapshot: { ...raw.snapshot, meta }, nodes };
  t.same(dump(readText(JSON.stringify(mixed))), expected);

  const short = ['type', 'name', 'id', 'self_size', 'edge_count'];
  const shortNodes = raw.nodes.filter((_, i) => i % 7 < 5);
  const shortRaw = {
    ...raw,
    snapshot: { ...raw.snapshot, meta: { ...raw.snapshot.meta, node_fields: short } },
    nodes: shortNodes,
    edges: narrowed(raw.edges, 3, 2),
    locations: narrowed(raw.locations!, 4, 0),
  };
  const graph = readText(JSON.stringify(shortRaw));
  t.same([...graph.edgeTo], [1, 2, 2, 2]);
  t.same([...graph.detachedness], [0, 0, 0], 'a field that is not there is nothing');
});

t.test('kinds are found by name, unknown ones have a kind of their own', async (t) => {
  const raw = sample().raw();
  raw.snapshot.meta.node_types[0] = [...(raw.snapshot.meta.node_types[0] as string[]), 'new kind'];
  raw.snapshot.meta.edge_types[0] = ['property', 'new kind', 'context', 'weak'];
  raw.nodes[7] = 16;
  raw.edges = [0, 3, 7, 1, 999, 14, 3, 4, 14, 2, 3, 14];
  const graph = readText(JSON.stringify(raw));
  t.equal(NODE_KINDS[graph.nodeKind[1]!], 'unknown');
  t.same(
    [...graph.edgeKind].map((kind) => EDGE_KINDS[kind]),
    ['property', 'unknown', 'weak', 'context'],
  );
});

t.test('sections come in any order after the first, and unknown ones are passed over', async (t) => {
  const { snapshot, nodes, edges, locations, strings } = sample().raw();
  const expected = dump(readText(JSON.stringify({ snapshot, nodes, edges, locations, strings })));
  const deep = '['.repeat(200_000) + ']'.repeat(200_000);
  const mixed = JSON.stringify({
    snapshot,
    strings,
    locations,
    edges,
    nodes,
    other: { a: '\\"]' },
    n: 12,
    w: null,
  });
  t.same(dump(readText(`${mixed.slice(0, -1)},"trace_tree":${deep}}`)), expected);
  t.equal(
    codeOf(() => readText(JSON.stringify({ nodes, snapshot, edges, strings }))),
    'TIDEMARK_ERR_HEAP_INVALID',
  );
});

t.test('what cannot be a snapshot is refused with a code', async (t) => {
  const bad: Record<string, (raw: RawSnapshot) => unknown> = {
    'an edge beyond the nodes': (raw) => (raw.edges[2] = 21),
    'an edge between two nodes': (raw) => (raw.edges[2] = 8),
    'an unknown type of node': (raw) => (raw.nodes[0] = 16),
    'an unknown type of edge': (raw) => (raw.edges[0] = 7),
    'a name of a node beyond the strings': (raw) => (raw.nodes[1] = 5),
    'a name of an edge beyond the strings': (raw) => (raw.edges[1] = 5),
    'more edges than nodes have': (raw) => raw.edges.push(0, 0, 0),
    'nodes that have more edges': (raw) => (raw.nodes[4] = 3),
    'fewer nodes than declared': (raw) => (raw.snapshot.node_count = 4),
    'more nodes than declared': (raw) => (raw.snapshot.node_count = 2),
    'a half record': (raw) => raw.nodes.pop(),
    'no nodes': (raw) => Object.assign(raw.snapshot, { node_count: 0 }, (raw.nodes.length = 0)),
    'a root that is no node': (raw) => (raw.snapshot.root_index = 21),
    'a root between two nodes': (raw) => (raw.snapshot.root_index = 1),
    'a negative number': (raw) => (raw.nodes[3] = -1),
    'a fraction': (raw) => (raw.nodes[3] = 1.5),
    'a number of 20 digits': (raw) => (raw.nodes[3] = 1e20),
    'an id beyond 32 bits': (raw) => (raw.nodes[2] = 2 ** 32),
    'a location of no node': (raw) => (raw.locations![0] = 3),
    'a negative count': (raw) => (raw.snapshot.edge_count = -1),
    'no field for the name': (raw) => (raw.snapshot.meta.node_fields[1] = 'nom'),
    'types that are no list': (raw) => (raw.snapshot.meta.node_types[0] = 'object'),
    'a list that is text': (raw) => Object.assign(raw, { edges: 'edges' }),
    'a list within a list': (raw) => Object.assign(raw, { edges: [[1]] }),
    'strings that are numbers': (raw) => Object.assign(raw, { strings: [1] }),
    'no meta': (raw) => Object.assign(raw.snapshot, { meta: [] }),
    'no strings': (raw) => Object.assign(raw, { strings: undefined }),
  };
  for (const [name, spoil] of Object.entries(bad)) {
    const raw = structuredClone(sample().raw());
    spoil(raw);
    t.equal(
      codeOf(() => readText(JSON.stringify(raw))),
      'TIDEMARK_ERR_HEAP_INVALID',
      name,
    );
  }
  for (const text of [
    'hello',
    '[]',
    '{}',
    'null',
    '\u0000\u0001',
    '{"snapshot":{}}',
    '{"snapshot":1,"nodes":[]}',
  ]) {
    t.equal(
      codeOf(() => readText(text)),
      'TIDEMARK_ERR_HEAP_INVALID',
      JSON.stringify(text),
    );
  }
  const text = JSON.stringify(sample().raw());
  const nodes = '"nodes":[';
  for (const list of [',', '1,,2', '1 2', '1,', '-', '--1', '+1', '1;', '"1"', '0x1', 'null', '1]']) {
    const spoilt = text.replace(nodes, `"nodes":[${list}`);
    t.equal(
      codeOf(() => readText(spoilt)),
      'TIDEMARK_ERR_HEAP_INVALID',
      `nodes ${list}`,
    );
  }
  t.equal(
    codeOf(() => readText(`${text} x`)),
    'TIDEMARK_ERR_HEAP_INVALID',
    'something after the end',
  );
  t.equal(
    codeOf(() => readText(`${text.slice(0, -1)},"nodes":[]}`)),
    'TIDEMARK_ERR_HEAP_INVALID',
    'a section twice',
  );
});

t.test('a header that promises more than the file has does not take the memory', async (t) => {
  const raw = sample().raw();
  raw.snapshot.node_count = 50_000_000;
  raw.snapshot.edge_count = 150_000_000;
  const text = JSON.stringify(raw);
  const before = process.memoryUsage().arrayBuffers;
  const reader = new SnapshotReader({ expectedBytes: text.length });
  reader.push(Buffer.from(text));
  t.ok(process.memoryUsage().arrayBuffers - before < 64 * 2 ** 20);
  t.equal(
    codeOf(() => reader.finish()),
    'TIDEMARK_ERR_HEAP_INVALID',
  );
});

t.test('what is beyond a limit is refused, and the limit is named', async (t) => {
  const text = JSON.stringify(sample().raw());
  const limits = { maxNodes: 2, maxEdges: 3, maxStrings: 4, maxStringBytes: 20, maxBytes: 100 };
  for (const [name, value] of Object.entries(limits)) {
    t.equal(
      codeOf(() => readText(text, { limits: { [name]: value } })),
      'TIDEMARK_ERR_HEAP_LIMIT',
      name,
    );
  }
  t.throws(() => readText(text, { limits: { maxNodes: 2 } }), { message: /more than 2 nodes/ });
  t.equal(
    codeOf(() => new SnapshotReader({ expectedBytes: 2 ** 40 })),
    'TIDEMARK_ERR_HEAP_LIMIT',
    'by its size alone',
  );
  const header = `{"snapshot":{"a":"${'x'.repeat(2 ** 20)}"}}`;
  t.equal(
    codeOf(() => readText(header)),
    'TIDEMARK_ERR_HEAP_LIMIT',
    'a header of a MiB',
  );
  t.equal(
    codeOf(() => readText(`{"${'k'.repeat(300)}":1}`)),
    'TIDEMARK_ERR_HEAP_INVALID',
    'a long key',
  );
});

t.test('strings across the blocks of the table are whole', async (t) => {
  const b = new SnapshotBuilder();
  const texts = Array.from({ length: 40 }, (_, i) => `${i}${'ä"'.repeat(20_000 + i)}`);
  for (const text of texts) b.edge(0, b.node(text));
  const graph = b.graph();
  for (const [i, text] of texts.entries()) {
    t.equal(graph.strings.text(graph.nodeName[i + 1]!, 1e6), text, `string ${i}`);
  }
});

t.test('the light reader has the same classes without keeping nodes', async (t) => {
  const b = sample();
  b.node('A', { size: 5 });
  b.node('A', { size: 6 });
  b.node('f', { kind: 'closure', size: 64 });
  b.node('text', { kind: 'string', size: 24 });
  const reader = new LightReader();
  for (const byte of Buffer.from(asV8(b.raw()))) reader.push(Uint8Array.of(byte));
  const light = reader.finish();
  t.match(light, { nodes: 7, edges: 4, selfBytes: 2 ** 33 + 10 + 11 + 64 + 24 });
  t.same(light.classes.slice(1), [
    { name: 'Function', count: 1, selfBytes: 64 },
    { name: '(string)', count: 1, selfBytes: 24 },
    { name: 'A', count: 2, selfBytes: 11 },
    { name: '<div>', count: 1, selfBytes: 10 },
    { name: '(synthetic)', count: 1, selfBytes: 0 },
  ]);
  const far = b.raw();
  far.nodes[8] = 4_000_000_000;
  const hostile = new LightReader();
  t.equal(
    codeOf(() => hostile.push(Buffer.from(JSON.stringify(far)))),
    'TIDEMARK_ERR_HEAP_LIMIT',
  );
  const cut = new LightReader();
  cut.push(Buffer.from('{"snapshot":'));
  t.equal(
    codeOf(() => cut.finish()),
    'TIDEMARK_ERR_HEAP_TRUNCATED',
  );
});
