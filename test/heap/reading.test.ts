import t from 'tap';
import { locationOf, nodeName, type HeapGraph } from '../../src/heap/graph.js';
import type { NodeOrdinal } from '../../src/heap/index-types.js';
import { EDGE_KINDS, NODE_KINDS } from '../../src/heap/kinds.js';
import { LightReader } from '../../src/heap/format/light-reader.js';
import { SnapshotReader } from '../../src/heap/format/snapshot-reader.js';
import { readBytes, readText, SnapshotBuilder } from './helpers/builder.js';
import { asV8, codeOf, sample } from './helpers/sample.js';

/** Offsets of nodes of 7 fields as those of 5. */
function narrowed(values: readonly number[], every: number, offset: number): number[] {
  return values.map((value, i) => (i % every === offset ? (value / 7) * 5 : value));
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

t.test('numbers of types that V8 used before it listed them are known', async (t) => {
  const raw = sample().raw();
  // As V8 wrote it up to Node 10.
  raw.snapshot.meta.node_types[0] = NODE_KINDS.slice(0, NODE_KINDS.indexOf('symbol'));
  raw.nodes[7] = 12;
  const bytes = Buffer.from(JSON.stringify(raw));
  t.equal(NODE_KINDS[readBytes(bytes).nodeKind[1]!], 'symbol');
  const light = new LightReader();
  light.push(bytes);
  t.match(light.finish().classes[0], { name: '(symbol)', count: 1 });
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
