import { Buffer } from 'node:buffer';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import t from 'tap';
import {
  createRedaction,
  redacting,
  type Redaction,
  type RedactionSummary,
} from '../../../src/snapshot/redaction/redaction.js';
import { faultsOf, edgesOf, nodesOf, type Graph } from './graph.js';
import { buildSnapshot, bytesOf, type BuiltExtras, type BuiltNode } from './snapshot-builder.js';

const KEY = Buffer.alloc(16, 7);

function run(redaction: Redaction, bytes: Uint8Array, chunkBytes = bytes.length): [Buffer, RedactionSummary] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    pieces.push(...redaction.push(bytes.subarray(at, at + chunkBytes)));
  }
  const summary = redaction.end();
  return [Buffer.concat(pieces), summary];
}

function redact(graph: readonly BuiltNode[], extras?: BuiltExtras): Graph {
  const [bytes] = run(createRedaction(), bytesOf(buildSnapshot(graph, extras)));
  return JSON.parse(bytes.toString()) as Graph;
}

const hashOf = (placeholder: string): string => /‹\w+:([0-9a-f]{16}):\d+›/.exec(placeholder)![1]!;

/** One of every kind of use. */
const zoo: readonly BuiltNode[] = [
  { type: 'synthetic', name: '', edges: [{ type: 'element', name: 1, to: 1 }] },
  {
    type: 'object',
    name: 'Account',
    edges: [
      { type: 'property', name: 'email', to: 2 },
      { type: 'property', name: 'alice@example.com', to: 1 },
      { type: 'property', name: '__proto__', to: 1 },
      { type: 'internal', name: 'map', to: 5 },
      { type: 'internal', name: '12', to: 2 },
      {
        type: 'weak',
        name: '3 / part of key (Account @3) -> value (pass word @7) pair in WeakMap (table @11)',
        to: 1,
      },
      { type: 'hidden', name: 7, to: 2 },
    ],
  },
  { type: 'string', name: 'email' },
  { type: 'string', name: 'pass word' },
  {
    type: 'code',
    name: '(constant pool)',
    edges: [
      { type: 'hidden', name: 0, to: 2 },
      { type: 'hidden', name: 1, to: 8 },
      { type: 'hidden', name: 2, to: 9 },
    ],
  },
  { type: 'object shape', name: 'system / Map' },
  {
    type: 'closure',
    name: 'Account',
    edges: [
      { type: 'context', name: 'cache', to: 1 },
      { type: 'property', name: 'get balance', to: 1 },
      { type: 'property', name: 'set s3cr3t value', to: 1 },
      { type: 'property', name: '<symbol cache>', to: 1 },
      { type: 'property', name: '<symbol pass word>', to: 1 },
      { type: 'property', name: '<symbol>', to: 1 },
    ],
  },
  { type: 'code', name: '(context local names)', edges: [{ type: 'internal', name: '0', to: 10 }] },
  { type: 'string', name: 'balance' },
  { type: 'string', name: 'bob@example.com' },
  { type: 'string', name: 'cache' },
  { type: 'object', name: 'a tag', edges: [{ type: 'property', name: 'bob@example.com', to: 1 }] },
  { type: 'regexp', name: 'pass word' },
  { type: 'symbol', name: 'symbol' },
  { type: 'concatenated string', name: '(concatenated string)' },
  { type: 'bigint', name: '123' },
  { type: 'code', name: 'file:///app/main.mjs?token=abc' },
  { type: 'string', name: 'Zoë "quoted"\n' },
  { type: 'string', name: '' },
];

t.test('each use of a text is redacted or kept for itself', async (t) => {
  const graph = redact(zoo);
  t.same(faultsOf(graph), []);
  const names = nodesOf(graph).map(({ name }) => name);
  const edges = edgesOf(graph).map(({ name }) => name);
  t.equal(names[1], 'Account', 'a class with a constructor');
  t.match(names[2], /^‹str:[0-9a-f]{16}:5›$/, 'a value that is the same as a name');
  t.equal(edges[1], 'email', 'the name itself');
  t.match(edges[2], /^‹key:[0-9a-f]{16}:17›$/);
  t.equal(edges[3], '__proto__', 'a name of the language');
  t.same(edges.slice(4, 6), ['map', '12'], 'words and numbers of V8');
  t.equal(edges[6], '3 / part of key (… @3) -> value (… @7) pair in WeakMap (table @11)');
  const ofClosure = edges.slice(11, 17);
  t.same(ofClosure.slice(0, 2), ['cache', 'get balance'], 'a variable; an accessor of a name');
  t.match(ofClosure[2], /^set ‹key:[0-9a-f]{16}:12›$/, 'an accessor of data');
  t.equal(ofClosure[3], '<symbol cache>', 'a symbol that is called like its variable');
  t.match(ofClosure[4], /^<symbol ‹sym:[0-9a-f]{16}:9›>$/);
  t.equal(ofClosure[5], '<symbol>');
  t.match(edges.at(-1), /^‹key:/, 'a literal that does not look like a name');
  t.match(names[11], /^‹class:[0-9a-f]{16}:5›$/, 'a tag without a constructor');
  t.match(names[12], /^‹str:/, 'a regular expression');
  t.same(names.slice(13, 15), ['symbol', '(concatenated string)'], 'words of V8 for a value');
  t.match(names[15], /^‹name:/, 'a number that is shown');
  t.match(names[16], /^file:\/\/\/app\/main\.mjs\?‹file:[0-9a-f]{16}:9›$/);
  t.match(names[17], /:13›$/, 'the length is that of the content, not of its spelling');
  t.equal(names[18], '', 'nothing is nothing');
  t.equal(hashOf(names[3]!), hashOf(names[12]!), 'equal content has equal digits');
  t.equal(hashOf(names[3]!), hashOf(ofClosure[4]!), 'also as a part of a name');
  t.equal(hashOf(names[9]!), hashOf(edges.at(-1)!), 'also as a key');
});

const others = (numbers: number[], width: number): number[] => numbers.filter((_, at) => at % width !== 1);

t.test('nothing but names and their table changes', async (t) => {
  const text = buildSnapshot(zoo);
  const before = JSON.parse(text) as Graph;
  const after = redact(zoo);
  t.same(after.snapshot, before.snapshot);
  t.same({ ...after, nodes: 0, edges: 0, strings: 0 }, { ...before, nodes: 0, edges: 0, strings: 0 });
  t.same(others(after.nodes, 6), others(before.nodes, 6));
  t.same(others(after.edges, 3), others(before.edges, 3));
  t.equal(edgesOf(after)[7]!.index, 7, 'the number of a hidden edge stays');
});

t.test('a line that V8 does not know stays unknown', async (t) => {
  const text = buildSnapshot(zoo).replace(
    '"locations":[0,1,2,3]',
    '"locations":[0,1,-1,-1\n,6,1,2000000000,3]',
  );
  const [bytes] = run(createRedaction(), bytesOf(text));
  t.match(bytes.toString(), '"locations":[0,1,-1,-1\n,6,1,2000000000,3\n]');
});

t.test('symbols are known by a number that V8 used before it listed it', async (t) => {
  // As V8 wrote it up to Node 10.
  const text = buildSnapshot(zoo).replace(',"symbol","bigint","object shape"]', ']');
  t.not(text, buildSnapshot(zoo));
  const [bytes] = run(createRedaction({}, KEY), bytesOf(text));
  const [listed] = run(createRedaction({}, KEY), bytesOf(buildSnapshot(zoo)));
  t.same((JSON.parse(bytes.toString()) as Graph).strings, (JSON.parse(listed.toString()) as Graph).strings);
});

t.test('functions and files of an allocation trace are names', async (t) => {
  const url = 'https://user:pass@example.com/main.js';
  const { strings, ...graph } = redact(zoo, { traceFunctions: [['serve', url]] }) as Graph & {
    trace_function_infos: number[];
  };
  const [, name, file] = graph.trace_function_infos;
  t.equal(strings[name!], 'serve');
  t.match(strings[file!], /^https:\/\/‹file:[0-9a-f]{16}:29›$/);
});

t.test('chunks of any size give the same bytes', async (t) => {
  const bytes = bytesOf(buildSnapshot(zoo, { traceFunctions: [['serve', '/app/main.js']] }));
  const [whole, summary] = run(createRedaction({}, KEY), bytes);
  for (const size of [1, 2, 3, 7, 64, 1000]) {
    const [cut, ofCut] = run(createRedaction({}, KEY), bytes, size);
    t.ok(cut.equals(whole), `chunks of ${size}`);
    t.same(ofCut, summary);
  }
  t.match(summary, { nodes: zoo.length, edges: 19, heapBytes: zoo.length * 16, bytesRead: bytes.length });
  t.equal(summary.bytesWritten, whole.length);
});

const digits = (): string[] =>
  nodesOf(redact(zoo)).flatMap(({ name }) => (name.includes('‹') ? [hashOf(name)] : []));

t.test('placeholders of two redactions have nothing in common', async (t) => {
  const first = new Set(digits());
  t.ok(first.size > 5);
  t.notOk(digits().some((hash) => first.has(hash)));
});

t.test('a text of megabytes is hashed and not held, and said to be as long as it is', async (t) => {
  const long = 'xyz '.repeat(1e6);
  const bytes = bytesOf(
    buildSnapshot([
      { type: 'string', name: long },
      { type: 'object', name: long },
    ]),
  );
  const [redacted] = run(createRedaction(), bytes, 65_536);
  t.ok(redacted.length < 5000);
  const [text, object] = nodesOf(JSON.parse(redacted.toString()) as Graph);
  t.match(text!.name, /:4000000›$/);
  t.match(object!.name, /^‹class:/);
  t.equal(hashOf(text!.name), hashOf(object!.name));
});

t.test('without room for what code says, names are redacted and not kept', async (t) => {
  for (const limits of [{ maxEvidence: 0 }, { maxHeldText: 0 }]) {
    const [bytes, summary] = run(createRedaction(limits), bytesOf(buildSnapshot(zoo)));
    const edges = edgesOf(JSON.parse(bytes.toString()) as Graph);
    t.match(edges[1]!.name, /^‹key:/);
    if ('maxEvidence' in limits) t.equal(summary.droppedEvidence, 4);
  }
});

t.test('as a step of a pipeline it hands on the failure of its input', async (t) => {
  const bytes = bytesOf(buildSnapshot(zoo));
  const collected: Uint8Array[] = [];
  const collect = async (source: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of source) collected.push(chunk);
  };
  let summary: RedactionSummary | undefined;
  await pipeline(
    Readable.from([bytes]),
    redacting(createRedaction(), (result) => (summary = result)),
    collect,
  );
  t.equal(summary?.bytesWritten, Buffer.concat(collected).length);
  const half = Readable.from([bytes.subarray(0, bytes.length / 2)]);
  await t.rejects(pipeline(half, redacting(createRedaction()), collect), {
    code: 'TIDEMARK_ERR_REDACTION_MALFORMED',
    message: /cut off/,
  });
});
