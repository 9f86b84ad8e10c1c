import t from 'tap';
import { SnapshotReader } from '../../src/heap/format/snapshot-reader.js';
import { readBytes, readText, type RawSnapshot } from './helpers/builder.js';
import { asV8, codeOf, sample } from './helpers/sample.js';

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
  for (const list of [',', '1,,2', '1 2', '1,', '-', '--1', '+1', '1;', '"1"', '0x1', 'null', '1]', '01,']) {
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
